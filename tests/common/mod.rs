//! What the whole-bundle tests share: the bundle, hosts, pictures of every bit pattern, and the
//! nodes' formulas, written once more and as plainly as can be.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod files;
pub mod formula;
pub mod overlay;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use host::{
    Components, EffectContext, Frame, Host, HostOptions, Instance, InstanceOptions, Library,
    MemorySource, RectD, RectI,
};

/// The suites without which a node cannot work.
pub const MANDATORY_SUITES: [(&str, i32); 3] = [
    ("OfxPropertySuite", 1),
    ("OfxImageEffectSuite", 1),
    ("OfxParameterSuite", 1),
];

/// The other suites that a host may have.
pub const OPTIONAL_SUITES: [(&str, i32); 8] = [
    ("OfxMemorySuite", 1),
    ("OfxMultiThreadSuite", 1),
    ("OfxMessageSuite", 1),
    ("OfxMessageSuite", 2),
    ("OfxProgressSuite", 1),
    ("OfxProgressSuite", 2),
    ("OfxTimeLineSuite", 1),
    ("OfxInteractSuite", 1),
];

/// What a host may say of itself.
pub const HOST_PROPERTIES: [&str; 18] = [
    "OfxPropName",
    "OfxPropLabel",
    "OfxPropVersion",
    "OfxPropVersionLabel",
    "OfxPropAPIVersion",
    "OfxPropType",
    "OfxImageEffectHostPropIsBackground",
    "OfxImageEffectPropColourManagementStyle",
    "OfxImageEffectPropSupportedComponents",
    "OfxImageEffectPropSupportedContexts",
    "OfxImageEffectPropSupportedPixelDepths",
    "OfxImageEffectPropSupportsMultiResolution",
    "OfxImageEffectPropSupportsTiles",
    "OfxImageEffectPropTemporalClipAccess",
    "OfxImageEffectPropMultipleClipDepths",
    "OfxImageEffectPropSupportsMultipleClipPARs",
    "OfxParamHostPropMaxParameters",
    "OfxParamHostPropMaxPages",
];

/// The shared library of this build. Under `cargo test` the one at the top of target may be stale
/// or absent, so cargo is asked for it.
pub fn library_file() -> &'static Path {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args([
            "build",
            "--package",
            "deltaplate",
            "--lib",
            "--message-format=json",
        ]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let output = cargo.output().expect("cargo runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let shared = |line: &str| {
            let message: serde_json::Value = serde_json::from_str(line).ok()?;
            let files = message["filenames"].as_array()?.clone();
            let ours = message["target"]["name"] == "deltaplate";
            let mut names = files.iter().filter_map(|name| name.as_str());
            names
                .find(|name| {
                    ours && [".so", ".dylib", ".dll"]
                        .iter()
                        .any(|end| name.ends_with(end))
                })
                .map(PathBuf::from)
        };
        text.lines()
            .filter_map(shared)
            .next_back()
            .expect("a shared library was built")
    })
}

/// A copy of the library that knows no other host.
pub fn library() -> Library {
    Library::open_private(library_file()).expect("the bundle opens")
}

/// An instance in the General context, in a project of 0..256 x 0..128, of a library that no other
/// host is using.
pub fn instance_of(library: &Library, options: HostOptions, node: &str) -> (Host, Instance) {
    let host = Host::new(options);
    let plugin = host
        .load(library, &format!("org.deltaplate.{node}"))
        .expect("the node loads");
    let project = InstanceOptions {
        extent: RectD::new(0.0, 0.0, 256.0, 128.0),
        ..InstanceOptions::default()
    };
    let instance = plugin
        .create_instance(EffectContext::General, project)
        .expect("the instance is created");
    (host, instance)
}

/// The same with a library of its own.
pub fn instance(options: HostOptions, node: &str) -> (Host, Instance) {
    instance_of(&library(), options, node)
}

/// A source of one frame.
pub fn still(frame: &Frame) -> Arc<MemorySource> {
    Arc::new(MemorySource::still(frame.clone()))
}

/// A frame of random bit patterns: NaN of every payload, infinities, denormals and both zeros among
/// them, more often than chance has them.
pub fn noise(bounds: RectI, components: Components, seed: u64) -> Frame {
    let mut random = Random(seed);
    Frame::from_fn(bounds, components, |_, _, _| random.sample()).expect("it fits")
}

/// A frame like `base`, with other samples here and there.
pub fn painted(base: &Frame, seed: u64) -> Frame {
    let mut random = Random(seed);
    let channels = base.components().count();
    Frame::from_fn(base.bounds(), base.components(), |x, y, c| {
        let old = base.pixel(x, y).expect("inside")[..channels][c];
        match random.next() % 4 {
            0 => random.sample(),
            _ => old,
        }
    })
    .expect("it fits")
}

/// A mask of values in and around 0..=1, whole zeros and ones often.
pub fn mask(bounds: RectI, seed: u64) -> Frame {
    let mut random = Random(seed);
    Frame::from_fn(bounds, Components::Alpha, |_, _, _| {
        match random.next() % 4 {
            0 => 0.0,
            1 => 1.0,
            _ => (random.next() % 1024) as f32 / 1000.0,
        }
    })
    .expect("it fits")
}

/// xorshift64*: the same on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    pub fn sample(&mut self) -> f32 {
        const SPECIAL: [u32; 12] = [
            0x0000_0000,
            0x8000_0000,
            0x0000_0001,
            0x807F_FFFF,
            0x0080_0000,
            0x3F80_0000,
            0x7F7F_FFFF,
            0xFF7F_FFFF,
            0x7F80_0000,
            0xFF80_0000,
            0x7FC1_2345,
            0xFF81_0001,
        ];
        match self.next() % 4 {
            0 => f32::from_bits(SPECIAL[(self.next() % 12) as usize]),
            1 => f32::from_bits(self.next() as u32),
            // Ordinary pixels.
            _ => (self.next() % 65536) as f32 / 60000.0,
        }
    }
}

/// Fails with the first sample that differs in a bit.
#[track_caller]
pub fn assert_same_bits(found: &Frame, expected: &Frame, what: &str) {
    assert_eq!(found.bounds(), expected.bounds(), "{what}: bounds");
    assert_eq!(
        found.components(),
        expected.components(),
        "{what}: components"
    );
    let bounds = found.bounds();
    for y in bounds.y1..bounds.y2 {
        for x in bounds.x1..bounds.x2 {
            let (f, e) = (found.pixel(x, y).unwrap(), expected.pixel(x, y).unwrap());
            let same = f.iter().zip(e).all(|(f, e)| f.to_bits() == e.to_bits());
            assert!(same, "{what}: at {x} {y} found {f:?}, expected {e:?}");
        }
    }
}
