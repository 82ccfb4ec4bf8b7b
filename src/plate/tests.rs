use super::*;
use images::{Channel, Format, Image, Metadata, Samples, WriteOptions};
use std::sync::{Barrier, Mutex, MutexGuard, PoisonError};

/// There is one cache: what a test has read stays there until the test's end.
fn alone() -> MutexGuard<'static, ()> {
    static CACHE: Mutex<()> = Mutex::new(());
    CACHE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn a_name_may_have_a_place_for_the_frame_number() {
    let file = |name: &str, frame| File::of(name, frame).path().to_owned();
    assert_eq!(file("a/plate.exr", 7), Path::new("a/plate.exr"));
    assert_eq!(file("a/plate.####.exr", 7), Path::new("a/plate.0007.exr"));
    assert_eq!(
        file("a#b/plate.#.exr", 12345),
        Path::new("a#b/plate.12345.exr")
    );
    assert_eq!(file("plate.####.exr", -3), Path::new("plate.-003.exr"));
    assert_eq!(file("plate.%04d.exr", 7), Path::new("plate.0007.exr"));
    let folder = tempfile::tempdir().unwrap();
    let named = folder.path().join("plate@2x.exr");
    let name = named.to_str().unwrap();
    assert_eq!(file(name, 7), folder.path().join("plate72x.exr"));
    fs::write(&named, "").unwrap();
    assert_eq!(file(name, 7), named);
}

/// A 3 x 2 image whose data window is the right two columns of the upper row.
fn write_plate(path: &Path) {
    let image = Image {
        display: Rect {
            x0: 10,
            y0: 20,
            x1: 13,
            y1: 22,
        },
        data: Rect {
            x0: 11,
            y0: 20,
            x1: 13,
            y1: 21,
        },
        pixel_aspect: 1.0,
        channels: [("R", [1.0, 2.0]), ("G", [3.0, 4.0]), ("B", [5.0, 6.0])]
            .map(|(name, samples)| Channel {
                name: name.to_owned(),
                samples: Samples::Float(samples.to_vec()),
            })
            .into(),
        metadata: Metadata::new(Format::Exr),
    };
    images::write(path, &image, &WriteOptions::default()).unwrap();
}

fn placing(layout: Layout, scale: f64) -> Placing {
    Placing {
        origin: (-5, 7),
        layout,
        scale: (scale, scale),
    }
}

#[test]
fn a_file_lies_with_its_lower_left_corner_on_the_origin() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plate.exr");
    write_plate(&path);
    let plate = load(&path, "plate", placing(Layout::Rgba, 1.0)).unwrap();
    assert_eq!(plate.bounds, RectI::new(-4, 8, -2, 9));
    assert_eq!(plate.samples, [1.0, 3.0, 5.0, 1.0, 2.0, 4.0, 6.0, 1.0]);
    let covered = region(&path, "plate", (-5, 7), 2.0).unwrap();
    assert_eq!(covered, RectD::new(-8.0, 8.0, -4.0, 9.0));
}

#[test]
fn a_proxy_is_box_averaged() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plate.exr");
    write_plate(&path);
    let plate = load(&path, "plate", placing(Layout::Rgb, 0.5)).unwrap();
    // Columns -4 and -3 of the full image share a pixel of the proxy.
    assert_eq!(plate.bounds, RectI::new(-2, 4, -1, 5));
    assert_eq!(plate.samples, [1.5, 3.5, 5.5]);
}

#[test]
fn a_changed_file_is_read_again() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plate.exr");
    write_plate(&path);
    let read = || load(&path, "plate", placing(Layout::Rgb, 1.0));
    let covers = || region(&path, "plate", (0, 0), 1.0);
    let first = read().unwrap();
    assert!(Arc::ptr_eq(&first, &read().unwrap()));
    let width = covers().unwrap().x2 - covers().unwrap().x1;
    let mut image = images::read(&path, &ReadOptions::default()).unwrap();
    image.data.x0 += 1;
    for channel in &mut image.channels {
        channel.samples = Samples::Float(vec![9.0]);
    }
    images::write(&path, &image, &WriteOptions::default()).unwrap();
    // However coarse the file system's clock is.
    let file = fs::File::options().write(true).open(&path).unwrap();
    let later = SystemTime::now() + std::time::Duration::from_secs(9);
    file.set_modified(later).unwrap();
    assert_eq!(read().unwrap().samples, [9.0; 3]);
    assert_eq!(covers().unwrap().x2 - covers().unwrap().x1, width - 1.0);
    fs::remove_file(&path).unwrap();
    for error in [read().unwrap_err(), covers().unwrap_err()] {
        assert!(error.contains("plate.exr"), "{error}");
    }
}

#[test]
fn threads_that_want_a_file_at_once_read_it_once() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let start = Barrier::new(4);
    for round in 0..20 {
        let path = folder.path().join(format!("plate.{round}.exr"));
        write_plate(&path);
        let read = || {
            start.wait();
            load(&path, "plate", placing(Layout::Rgb, 1.0)).unwrap()
        };
        let plates = std::thread::scope(|scope| {
            let threads = [(); 4].map(|()| scope.spawn(read));
            threads.map(|thread| thread.join().unwrap())
        });
        assert!(plates.iter().all(|plate| Arc::ptr_eq(plate, &plates[0])));
    }
}

#[test]
fn what_a_clip_cannot_show_is_refused() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plate.exr");
    write_plate(&path);
    let error = load(&path, "plate", placing(Layout::Alpha, 1.0)).unwrap_err();
    assert!(error.contains("no alpha"), "{error}");
}
