//! Plug-ins that are linked into the program, from the same sources as the example.

mod support;

#[allow(missing_docs, dead_code)]
#[path = "../examples/hostile/lib.rs"]
mod hostile;

use host::*;
use support::*;

#[test]
fn a_linked_plug_in_is_like_a_loaded_one() {
    let entry = StaticEntry {
        number_of_plugins: hostile::plugins::OfxGetNumberOfPlugins,
        get_plugin: hostile::plugins::OfxGetPlugin,
        set_host: None,
    };
    let library = Library::from_entry(entry).unwrap();
    assert_eq!(library.path(), None);
    let host = Host::default();
    let plugin = host.load(&library, "test.invert").unwrap();
    let mut instance = plugin
        .create_instance(EffectContext::Filter, InstanceOptions::default())
        .unwrap();
    let frame = ramp(RectI::new(-2, -2, 9, 5), Components::Rgba);
    instance.connect("Source", still(frame.clone())).unwrap();
    assert_eq!(
        instance.render(&RenderArgs::at(1.0)).unwrap(),
        inverted(&frame, 1.0)
    );
}
