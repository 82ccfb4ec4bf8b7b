//! Files of differences, of one frame or of many.

use images::{Channel, Image, Rect, Samples, WriteOptions};
use transfer::{Difference, Error, FileDifference, Pack, Whole, probe};

use super::files::{OPTIONS, says_something};
use super::scratch::Scratch;

/// Frames of a pack, and parts of a file, that are looked at.
const FRAMES: usize = 4;

/// Any bytes as the file of a difference, or of a pack.
pub fn transfer(bytes: &[u8]) {
    let scratch = Scratch::new();
    let path = scratch.file("in.exr", bytes);
    let said = |error: Error| match error {
        Error::Image(error) => says_something(&error, &path),
        other => {
            let said = other.to_string();
            assert!(said.contains("in.exr"), "{said}");
            assert!(!said.chars().any(char::is_control), "{said:?}");
        }
    };
    let whole = Difference::read(&path, &OPTIONS);
    let strips = FileDifference::open(&path, &OPTIONS);
    match (whole, strips) {
        (Ok(whole), strips) => {
            let strips = strips.expect("what can be read whole can be read in strips");
            assert_eq!(*strips.facts(), whole.facts());
            restored(&scratch, &whole, &strips);
        }
        (Err(error), _) => said(error),
    }
    match Pack::open(&path) {
        Ok(mut pack) => {
            let frames: Vec<i64> = pack.frames().take(FRAMES).collect();
            for frame in frames {
                if let Err(error) = probe(&path, [0, 0], &[frame], &OPTIONS) {
                    said(error);
                }
                match pack.read(frame, &OPTIONS) {
                    Ok(difference) => drop(difference.restore(&background(&difference.target))),
                    Err(error) => said(error),
                }
            }
        }
        Err(error) => said(error),
    }
    for pixel in [[0, 0], [i32::MAX, i32::MIN]] {
        if let Err(error) = probe(&path, pixel, &[], &OPTIONS) {
            said(error);
        }
    }
}

/// A plate of which only the windows and types are those of `target`.
fn background(target: &images::Header) -> Image {
    let count = target.data.area() as usize;
    let floats: Vec<f32> = (0..count).map(|index| index as f32 / 64.0 - 1.0).collect();
    let channel = |info: &images::ChannelInfo| Channel {
        name: info.name.clone(),
        samples: Samples::from_f32(info.sample_type, &floats),
    };
    Image {
        display: target.display,
        data: target.data,
        pixel_aspect: target.pixel_aspect,
        channels: target.channels.iter().map(channel).collect(),
        metadata: target.metadata.clone(),
    }
}

/// On any background a difference restores something, whole as in strips.
fn restored(scratch: &Scratch, whole: &Difference, strips: &FileDifference) {
    let target = &whole.target;
    let below = background(target);
    let restored = whole.restore(&below);
    assert_eq!(restored.header(), *target);
    whole.proves(&restored);
    let plate = Whole::new(below.clone().into());
    let checked = strips.check_background::<Error>(&plate, 3, |_| Ok(()));
    assert_eq!(checked.is_ok(), whole.check_background(&below).is_ok());
    let mut image: Option<Image> = None;
    let rows = target.data.height().div_ceil(3).max(1);
    for top in (target.data.y0..target.data.y1).step_by(rows) {
        let end = target.data.y1.min(top.saturating_add(rows as i32));
        let window = Rect {
            y0: top,
            y1: end,
            ..target.data
        };
        let strip = strip(&below, strips, window);
        match &mut image {
            Some(image) => image.append(strip),
            None => image = Some(strip),
        }
    }
    assert!(
        image.as_ref() == Some(&restored),
        "strips restore another plate"
    );
    // It may claim types that its format has not.
    let path = scratch.path(&format!("out.{}", target.metadata.format.name()));
    if images::write(&path, &restored, &WriteOptions::default()).is_ok() {
        let back = images::read(&path, &OPTIONS).expect("what was written can be read");
        assert!(back.channels == restored.channels);
    }
}

/// What two stock additions and the last tier make of a window.
fn strip(below: &Image, strips: &FileDifference, window: Rect) -> Image {
    let mut planes = Vec::new();
    let tiers = [Some(strips.difference()), strips.residual()];
    for channel in &strips.facts().target.channels {
        let mut plane = below
            .plane(&channel.name, window)
            .expect("it has the channel");
        for tier in tiers.iter().flatten() {
            let rows = tier.rows(window.y0..window.y1).expect("it was read whole");
            let added = rows.plane(&channel.name, window).expect("it was checked");
            for (sum, d) in plane.iter_mut().zip(added) {
                if d != 0.0 {
                    *sum += d;
                }
            }
        }
        planes.push(plane);
    }
    strips.deliver(window, planes).expect("it was read whole")
}
