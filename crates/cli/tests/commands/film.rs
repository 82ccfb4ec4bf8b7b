//! Film scans and light probes: DPX and HDR.

use std::fs;

use images::{SampleType, Samples, WriteOptions};

use crate::support::{Make, folder, in_folder, painted, read, texture};

/// Header, user data and all: the restored file is the painted one.
#[test]
fn a_scan_comes_back_byte_for_byte() {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    for (kind, channels) in [
        (SampleType::U10, "RGB"),
        (SampleType::U16, "RGBA"),
        (SampleType::U12, "Y"),
        (SampleType::U8, "RGB"),
    ] {
        let make = Make::sized(37, 21, channels, kind);
        make.write(&path("bg.dpx"), texture);
        make.write(&path("p.dpx"), painted);
        // What a scanner says of itself.
        let mut bytes = fs::read(path("p.dpx")).unwrap();
        bytes[36..44].copy_from_slice(b"reel.007");
        bytes[1664..1670].copy_from_slice(b"\x01\x02\x03\x04\x05\x06");
        fs::write(path("p.dpx"), &bytes).unwrap();
        let report = in_folder(home.path(), "roundtrip @bg.dpx @p.dpx --out @out --json")
            .ends(0)
            .json();
        assert_eq!(
            (&report["exact"], &report["changedPixels"]),
            (&true.into(), &9.into())
        );
        assert_eq!(report["replacedSamples"], 0);
        assert!(fs::read(path("out/p.dpx")).unwrap() == bytes, "{kind:?}");
        // The sum can be delivered as another format that holds such codes.
        if kind == SampleType::U16 {
            in_folder(home.path(), "plus @bg.dpx @out/p.difference.exr -o @p.png").ends(0);
            assert!(read(&path("p.png")).channels == read(&path("p.dpx")).channels);
        }
        let info = in_folder(home.path(), "info @p.dpx").ends(0);
        assert!(info.out.contains(kind.name()), "{}", info.out);
        let probe = in_folder(home.path(), "probe @p.dpx 4 3").ends(0);
        assert!(probe.out.contains(kind.name()), "{}", probe.out);
    }
}

/// A painted light probe comes back in its own format where its samples are such a file's.
#[test]
fn a_light_probe_comes_back() {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    let head = b"#?RADIANCE\nSOFTWARE=a camera\nFORMAT=32-bit_rle_rgbe\n\n-Y 6 +X 40\n";
    let write = |name: &str, shift: u8| {
        let mut bytes = head.to_vec();
        for at in 0..240u32 {
            let paint = if (50..55).contains(&at) { shift } else { 0 };
            bytes.extend([128 + (at % 100) as u8, 5, paint, 120 + (at % 17) as u8]);
        }
        fs::write(path(name), bytes).unwrap();
    };
    write("bg.hdr", 0);
    write("p.hdr", 77);
    let report = in_folder(home.path(), "roundtrip @bg.hdr @p.hdr --out @out --json")
        .ends(0)
        .json();
    assert_eq!(
        (&report["exact"], &report["changedPixels"]),
        (&true.into(), &5.into())
    );
    let (restored, painted) = (read(&path("out/p.hdr")), read(&path("p.hdr")));
    assert!(restored == painted);
    assert!(fs::read(path("out/p.hdr")).unwrap().starts_with(head));

    // A painted plate of any floats is no such file: the reason is said, and nothing is written.
    let mut other = painted;
    if let Samples::Float(samples) = &mut other.channels[0].samples {
        samples[0] = 0.1;
    }
    other.metadata = images::Metadata::new(images::Format::Exr);
    images::write(&path("p.exr"), &other, &WriteOptions::default()).unwrap();
    in_folder(home.path(), "min @bg.hdr @p.exr -o @d.exr").ends(0);
    let ran = in_folder(home.path(), "plus @bg.hdr @d.exr -o @no.hdr").ends(4);
    assert!(ran.err.contains("write EXR"), "{}", ran.err);
    assert!(!path("no.hdr").exists());
}
