//! What the tests share: the example bundle, and frames.
#![allow(dead_code)] // each test binary uses a part

use host::{
    Components, EffectContext, Frame, Host, HostOptions, Instance, InstanceOptions, Library,
    MemorySource, Plugin, RectI,
};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, OnceLock};

/// The library of `examples/hostile`, built on demand: tests are not built after examples.
pub fn hostile() -> PathBuf {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["build", "--example", "hostile", "--message-format=json"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "the example does not build:\n{talk}"
        );
        let messages = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
        let artifacts = messages
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let mut artifacts = artifacts
            .filter(|m| m["reason"] == "compiler-artifact" && m["target"]["name"] == "hostile");
        let artifact = artifacts.next_back().expect("cargo names the library");
        artifact["filenames"][0].as_str().expect("a path").into()
    })
    .clone()
}

/// A copy of the library for a host of its own.
pub fn library() -> Library {
    Library::open_private(hostile()).unwrap()
}

/// A plug-in of the example in a host of its own.
pub fn plugin(options: HostOptions, id: &str) -> (Host, Plugin) {
    let host = Host::new(options);
    let plugin = host.load(&library(), id).unwrap();
    (host, plugin)
}

/// An instance of a plug-in of the example, in a host of its own.
pub fn instance(options: HostOptions, id: &str) -> (Host, Instance) {
    let (host, plugin) = plugin(options, id);
    let instance = plugin
        .create_instance(EffectContext::General, InstanceOptions::default())
        .unwrap();
    (host, instance)
}

/// A frame whose samples all differ, from 0 to below 1.
pub fn ramp(bounds: RectI, components: Components) -> Frame {
    let count = (bounds.width() * bounds.height() * components.count()) as f32;
    let mut n = -1.0;
    Frame::from_fn(bounds, components, |_, _, _| {
        n += 1.0;
        n / count
    })
    .unwrap()
}

/// A still.
pub fn still(frame: Frame) -> Arc<MemorySource> {
    Arc::new(MemorySource::still(frame))
}

/// What the honest effect makes of a frame, sample for sample.
pub fn inverted(frame: &Frame, gain: f64) -> Frame {
    let samples = |x, y, c: usize| {
        frame
            .pixel(x, y)
            .map_or(gain as f32, |p| (gain - f64::from(p[c])) as f32)
    };
    Frame::from_fn(frame.bounds(), frame.components(), samples).unwrap()
}
