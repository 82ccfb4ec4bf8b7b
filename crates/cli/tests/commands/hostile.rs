//! Headers that lie, files that end early, EXR that no transfer carries, codecs that round.

use std::fs;
use std::path::Path;

use images::{Codec, Image, SampleType, WriteOptions};

use crate::support::{Make, Ran, folder, in_folder, names, painted, read, texture};

/// What every command that reads `bad` says of it: one sentence that names it, and no file is touched.
#[track_caller]
fn refused(home: &Path, bad: &str, reason: &str) {
    fs::write(home.join("out.exr"), "precious").unwrap();
    let (stem, ending) = bad.rsplit_once('.').unwrap();
    let numbered = format!("{stem}.1001.{ending}");
    fs::copy(home.join(bad), home.join(&numbered)).unwrap();
    let graph = format!(
        r#"{{ "readers": [{{ "id": "in", "file": "{bad}" }}],
            "writers": [{{ "id": "out", "input": "in", "file": "out.exr" }}] }}"#
    );
    fs::write(home.join("graph.json"), graph).unwrap();
    let before = names(home);
    // Beside a sound plate it may be another size that is said first.
    for (words, reason) in [
        (format!("min @{bad} @{bad} -o @out.exr"), reason),
        (format!("min @{bad} @{bad} --estimate"), reason),
        (format!("min @{bad} @{bad} -o @out.exr --memory 1M"), reason),
        (format!("compare @{bad} @{bad}"), reason),
        (format!("compare @{bad} @{bad} --memory 1M"), reason),
        (format!("roundtrip @{bad} @{bad} --out @new"), reason),
        (format!("extract @{bad} @{bad} -o @out.exr"), reason),
        (format!("probe @{bad} 0 0"), reason),
        ("render @graph.json".to_owned(), reason),
        (format!("min @bg.tif @{bad} -o @out.exr"), bad),
        (format!("plus @{bad} @d.exr -o @out.exr"), bad),
        (format!("plus @bg.tif @{bad} -o @out.exr"), bad),
        (format!("roundtrip @bg.tif @{bad} --out @new"), bad),
        (format!("extract @bg.tif @{bad} -o @out.exr"), bad),
        (format!("unpack @{bad} -o @new.####.exr"), bad),
        (format!("pack @{numbered} -o @out.exr"), &numbered),
    ] {
        let ran = in_folder(home, &format!("{words} -q")).ends(4);
        assert!(ran.err.contains(reason), "{words}: {}", ran.err);
        let named = ran.err.contains(&format!("/{bad}")) || ran.err.contains(&numbered);
        assert!(named, "{words}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{words}: {}", ran.err);
        assert_eq!(ran.out, "", "{words}");
    }
    // A header alone may be sound.
    let ran = in_folder(home, &format!("info @{bad} -q"));
    assert!([0, 4].contains(&ran.code), "{}", ran.err);
    assert_eq!(names(home), before);
    assert_eq!(fs::read(home.join("out.exr")).unwrap(), b"precious");
}

/// A folder with a sound pair and its difference.
fn sound() -> tempfile::TempDir {
    let home = folder();
    let make = Make::sized(16, 16, "RGB", SampleType::U8);
    make.write(&home.path().join("bg.tif"), texture);
    make.write(&home.path().join("p.tif"), painted);
    in_folder(home.path(), "min @bg.tif @p.tif -o @d.exr").ends(0);
    home
}

/// A small file of each format, with the place of its width and height.
fn with_size(
    home: &Path,
    name: &str,
    kind: SampleType,
    find: &[u8],
    after: usize,
) -> (Vec<u8>, usize) {
    Make::sized(37, 21, "RGB", kind).write(&home.join(name), texture);
    let bytes = fs::read(home.join(name)).unwrap();
    let place = bytes.windows(find.len()).position(|window| window == find);
    (bytes, place.unwrap() + after)
}

#[test]
fn a_header_that_claims_too_much_is_refused() {
    let home = sound();
    let home = home.path();
    let most = i32::MAX;
    let box2i = |x, y| [0, 0, x - 1, y - 1].map(i32::to_le_bytes).concat();
    for (name, kind, find, after) in [
        (
            "huge.exr",
            SampleType::Half,
            &b"dataWindow\0box2i\0"[..],
            21,
        ),
        ("huge.png", SampleType::U8, b"IHDR", 4),
        ("huge.dpx", SampleType::U10, b"SDPX", 772),
    ] {
        let (mut bytes, at) = with_size(home, name, kind, find, after);
        let claim = match name {
            "huge.exr" => box2i(1 << 29, 1 << 29),
            _ => [most, most].map(i32::to_be_bytes).concat(),
        };
        bytes[at..at + claim.len()].copy_from_slice(&claim);
        if name == "huge.png" {
            // The chunk's sum is right.
            let sum = crc(&bytes[at - 4..at + 13]);
            bytes[at + 13..at + 17].copy_from_slice(&sum.to_be_bytes());
        }
        fs::write(home.join(name), bytes).unwrap();
    }
    let (mut tiff, _) = with_size(home, "huge.tif", SampleType::U8, b"II*\0", 0);
    let directory = u32::from_le_bytes(*tiff[4..].first_chunk().unwrap()) as usize;
    for entry in 0..usize::from(tiff[directory]) {
        let at = directory + 2 + entry * 12;
        if matches!(tiff[at..at + 2], [0 | 1, 1]) {
            // Width and height, as 32-bit numbers.
            tiff[at + 2..at + 4].copy_from_slice(&[4, 0]);
            tiff[at + 8..at + 12].copy_from_slice(&most.to_le_bytes());
        }
    }
    fs::write(home.join("huge.tif"), tiff).unwrap();
    let head = format!("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {most} +X {most}\n");
    fs::write(home.join("huge.hdr"), head).unwrap();
    for (name, reason) in [
        ("huge.exr", "536870912 x"),
        ("huge.tif", "the TIFF is damaged"),
        ("huge.png", "2147483647 x 2147483647"),
        ("huge.dpx", "2147483647 x 2147483647"),
        ("huge.hdr", "2147483647 x 2147483647"),
    ] {
        refused(home, name, reason);
        little_memory_is_enough(home, name);
    }
}

/// The sum of a PNG's chunk, by its definition.
fn crc(bytes: &[u8]) -> u32 {
    let byte = |sum: u32, &byte: &u8| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    };
    !bytes.iter().fold(u32::MAX, byte)
}

/// The claim is refused by a process that could not get what is claimed.
fn little_memory_is_enough(home: &Path, bad: &str) {
    let said = little_memory_is_enough_for(home, &format!("min {bad} {bad} -o d2.exr"), 4);
    assert!(said.contains(bad), "{said}");
}

/// The command ends so in a process that could not get much more than a gigabyte, most of which threads and
/// arenas only reserve; gives what it says.
#[cfg(target_os = "linux")]
fn little_memory_is_enough_for(home: &Path, words: &str, code: i32) -> String {
    let output = std::process::Command::new("sh")
        .args(["-c", "ulimit -v 1500000 && exec \"$0\" -q \"$@\""])
        .arg(env!("CARGO_BIN_EXE_deltaplate"))
        .args(words.split_whitespace())
        .current_dir(home)
        // Each arena and each thread reserves addresses that it may never use.
        .env("MALLOC_ARENA_MAX", "2")
        .env("RAYON_NUM_THREADS", "2")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

#[cfg(not(target_os = "linux"))]
fn little_memory_is_enough_for(_: &Path, words: &str, _: i32) -> String {
    words.to_owned()
}

#[test]
fn a_file_that_ends_early_is_refused() {
    let home = sound();
    for (name, kind) in [
        ("short.exr", SampleType::Half),
        ("short.tif", SampleType::U16),
        ("short.png", SampleType::U16),
        ("short.dpx", SampleType::U10),
    ] {
        let path = home.path().join(name);
        Make::sized(16, 16, "RGB", kind).write(&path, texture);
        let whole = fs::read(&path).unwrap();
        for length in [whole.len() - 9, whole.len() / 2, 20] {
            fs::write(&path, &whole[..length]).unwrap();
            let ran = in_folder(home.path(), &format!("min -q @{name} @p.tif -o @o.exr")).ends(4);
            assert!(ran.err.contains(name), "{name} {length}: {}", ran.err);
        }
    }
    // A difference that was cut on its way is no difference.
    let mut whole = fs::read(home.path().join("d.exr")).unwrap();
    fs::write(home.path().join("cut.exr"), &whole[..whole.len() - 1]).unwrap();
    let ran = in_folder(home.path(), "plus -q @bg.tif @cut.exr -o @o.tif").ends(4);
    assert!(ran.err.contains("cut.exr: "), "{}", ran.err);
    // Nor is one whose hash would speak to the terminal.
    let name = b"deltaplate:backgroundHash\0string\0";
    let place = whole.windows(name.len()).position(|bytes| bytes == name);
    whole[place.unwrap() + name.len() + 4] = 0x1b;
    fs::write(home.path().join("odd.exr"), whole).unwrap();
    let ran = in_folder(home.path(), "plus -q @bg.tif @odd.exr -o @o.tif").ends(4);
    assert!(
        ran.err.contains("backgroundHash' is no hash"),
        "{}",
        ran.err
    );
    assert!(!home.path().join("o.tif").exists() && !home.path().join("o.exr").exists());
}

#[test]
fn an_exr_that_no_transfer_carries_is_refused() {
    let home = sound();
    let path = home.path().join("sound.exr");
    Make::sized(16, 16, "RGB", SampleType::Half).write(&path, texture);
    let bytes = fs::read(&path).unwrap();
    let find = |what: &[u8]| {
        let place = bytes.windows(what.len()).position(|window| window == what);
        place.unwrap() + what.len()
    };
    let codec = find(b"compression\0compression\0") + 4;
    let sampling = find(b"R\0\x01\0\0\0") + 4;
    for (name, at, byte, reason) in [
        ("deep.exr", 5, 0x08, "deep EXR"),
        ("subsampled.exr", sampling, 2, "subsampled channel 'R'"),
        ("packed.exr", codec, 10, "unknown codec (10)"),
        ("escape.exr", sampling - 10, 0x1b, "control characters"),
    ] {
        let mut other = bytes.clone();
        other[at] = byte;
        fs::write(home.path().join(name), other).unwrap();
        refused(home.path(), name, reason);
    }
}

/// Bytes put in place of others.
fn with(mut bytes: Vec<u8>, at: usize, new: &[u8]) -> Vec<u8> {
    bytes[at..at + new.len()].copy_from_slice(new);
    bytes
}

#[test]
fn structures_that_lie_are_refused() {
    let home = sound();
    let home = home.path();
    let made = |name: &str, kind, channels| {
        Make::sized(16, 16, channels, kind).write(&home.join(name), texture);
        fs::read(home.join(name)).unwrap()
    };
    let tiff = made("sound.tif", SampleType::U8, "Y");
    let directory = u32::from_le_bytes(*tiff[4..].first_chunk().unwrap()) as usize;
    let count = usize::from(u16::from_le_bytes(
        *tiff[directory..].first_chunk().unwrap(),
    ));
    let entry = |tag: u16| {
        let entries = (0..count).map(|index| directory + 2 + index * 12);
        let mut found = entries.filter(|&at| tiff[at..at + 2] == tag.to_le_bytes());
        found.next().unwrap()
    };
    let next = directory + 2 + count * 12;
    let dpx = made("sound.dpx", SampleType::U10, "RGB");
    let png = made("sound.png", SampleType::U8, "RGB");
    let pixels = png.windows(4).position(|name| name == b"IDAT").unwrap();
    let exr = made("sound.exr", SampleType::Half, "RGB");
    let window = b"screenWindowWidth\0float\0";
    let place = exr.windows(window.len()).position(|name| name == window);
    let table = place.unwrap() + window.len() + 4 + 4 + 1;
    let line = b"\x02\x02\0\x10\x90\x01\x90\x02\x90\x03\x90\x80";
    let hdr = |lines: &[u8]| {
        [
            &b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 16\n"[..],
            lines,
        ]
        .concat()
    };
    assert_eq!(in_folder(home, "info @sound.exr").code, 0);
    let cases = [
        // A directory that comes after itself, one that lies elsewhere, strips that lie nowhere or are many.
        (
            "loop.tif",
            with(tiff.clone(), next, &(directory as u32).to_le_bytes()),
        ),
        (
            "far.tif",
            with(tiff.clone(), next, &0x7fff_ffffu32.to_le_bytes()),
        ),
        (
            "nowhere.tif",
            with(tiff.clone(), entry(273) + 8, &0xffff_fff0u32.to_le_bytes()),
        ),
        (
            "many.tif",
            with(tiff.clone(), entry(273) + 4, &0x1000_0000u32.to_le_bytes()),
        ),
        ("within.dpx", with(dpx.clone(), 808, &801u32.to_be_bytes())),
        (
            "beyond.dpx",
            with(dpx.clone(), 808, &0xffff_fff0u32.to_be_bytes()),
        ),
        ("elements.dpx", with(dpx, 770, &9u16.to_be_bytes())),
        (
            "chunk.png",
            with(png.clone(), pixels - 4, &u32::MAX.to_be_bytes()),
        ),
        ("name.png", with(png.clone(), pixels, &[0, 200, 1, 255])),
        (
            "offset.exr",
            with(exr.clone(), table, &u64::MAX.to_le_bytes()),
        ),
        (
            "longer.hdr",
            hdr(&[&line[..4], &[0xff, 1], &line[6..], line].concat()),
        ),
        ("shorter.hdr", hdr(&line[..9])),
        ("nothing.hdr", hdr(&[&line[..4], &[0; 40]].concat())),
    ];
    fs::write(home.join("sound.hdr"), hdr(&line.repeat(2))).unwrap();
    assert_eq!(in_folder(home, "compare @sound.hdr @sound.hdr").code, 0);
    for (name, bytes) in cases {
        fs::write(home.join(name), bytes).unwrap();
        refused(home, name, name);
    }
}

/// A kilobyte for each megabyte: a sound PNG of more pixels than whoever looks at one has memory for.
#[test]
fn what_unpacks_to_too_much_is_refused_or_takes_little() {
    let home = folder();
    let home = home.path();
    let black = |name: &str, size: i32| {
        Make::sized(size, size, "Y", SampleType::U8).write(&home.join(name), |_, _, _| 0.0);
    };
    black("small.png", 8);
    black("large.png", 6000);
    assert!(fs::metadata(home.join("large.png")).unwrap().len() < 100_000);
    in_folder(home, "probe @large.png 5999 5999").ends(0);
    little_memory_is_enough_for(home, "probe large.png 5999 5999", 0);
    let graph = |text: &str| fs::write(home.join("graph.json"), text).unwrap();
    graph(
        r#"{ "readers": [{ "id": "in", "file": "large.png" }],
            "writers": [{ "id": "out", "input": "in", "file": "out.exr" }] }"#,
    );
    for words in [
        "extract @large.png @large.png -o @out.exr",
        "render @graph.json",
    ] {
        let ran = in_folder(home, &format!("{words} --memory 1G -q")).ends(4);
        assert!(
            ran.err.contains("36000000 pixels are held whole"),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("--memory"), "{}", ran.err);
        assert!(!home.join("out.exr").exists());
    }
    // Nodes that nothing is connected to are black over the project.
    graph(
        r#"{ "project": { "extent": [0, 0, 100000, 100000] },
            "nodes": [{ "id": "black", "plugin": "org.deltaplate.min" }],
            "writers": [{ "id": "out", "input": "black", "file": "out.exr" }] }"#,
    );
    let ran = in_folder(home, "render @graph.json -q").ends(4);
    assert!(ran.err.contains("10000000000 pixels"), "{}", ran.err);
    in_folder(
        home,
        "extract @small.png @small.png -o @out.exr --opacity 0.5 --memory 49M",
    )
    .ends(0);
}

/// The image as a file says that packed it with a codec that rounds: where packing does not pay, such a
/// file holds the samples as they are.
fn write_as(path: &Path, image: &Image, code: u8) {
    let options = WriteOptions {
        codec: Some(Codec::None),
        ..WriteOptions::default()
    };
    images::write(path, image, &options).unwrap();
    let mut bytes = fs::read(path).unwrap();
    let name = b"compression\0compression\0";
    let place = bytes.windows(name.len()).position(|window| window == name);
    bytes[place.unwrap() + name.len() + 4] = code;
    fs::write(path, bytes).unwrap();
}

#[test]
fn codecs_that_round_are_warned_about() {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    let make = Make::sized(24, 1, "RGB", SampleType::Half);
    make.write(&path("bg.exr"), texture);
    make.write(&path("p.exr"), |x, y, c| {
        texture(x + i32::from(x == 3), y, c)
    });
    let warnings = |ran: &Ran| -> Vec<String> {
        let report = ran.json();
        let warnings = report["warnings"].as_array().unwrap().iter();
        warnings
            .map(|text| text.as_str().unwrap().to_owned())
            .collect()
    };
    for (code, name) in [(6, "b44"), (7, "b44a"), (8, "dwaa"), (9, "dwab")] {
        write_as(&path("lossy.exr"), &read(&path("bg.exr")), code);
        let info = in_folder(home.path(), "info @lossy.exr").ends(0);
        assert!(info.out.contains(&format!("{name}, lossy")), "{}", info.out);
        let ran = in_folder(home.path(), "min @lossy.exr @p.exr -o @d.exr --json").ends(0);
        assert!(
            ran.err.contains(&format!("codec {name} is lossy")),
            "{}",
            ran.err
        );
        assert!(
            warnings(&ran)[0].contains("its hash will tell"),
            "{:?}",
            warnings(&ran)
        );

        // A painted plate's samples come back, in a codec that keeps them.
        write_as(&path("lossy.exr"), &read(&path("p.exr")), code);
        let ran = in_folder(
            home.path(),
            "roundtrip @bg.exr @lossy.exr --out @out --json",
        )
        .ends(0);
        assert!(
            warnings(&ran)[0].contains("in a lossless codec"),
            "{:?}",
            warnings(&ran)
        );
        let restored = read(&path("out/lossy.exr"));
        assert!(restored.channels == read(&path("p.exr")).channels);
        assert_eq!(restored.metadata.codec, Codec::Zip);
    }
    // Of floats PXR24 loses bits, of halves none.
    write_as(&path("half.exr"), &read(&path("bg.exr")), 5);
    let ran = in_folder(home.path(), "min @half.exr @p.exr -o @d.exr --json").ends(0);
    assert_eq!(warnings(&ran), [""; 0]);
    // What rounds as nothing else is no plate to restore.
    fs::write(path("photo.jpg"), [0xff, 0xd8, 0xff, 0xe0]).unwrap();
    let ran = in_folder(home.path(), "min @bg.exr @photo.jpg -o @d2.exr").ends(4);
    assert!(
        ran.err.contains("photo.jpg: a JPEG cannot be restored"),
        "{}",
        ran.err
    );
}
