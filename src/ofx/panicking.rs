//! A node that panics wherever it can, in the tests of this crate only: a panic behind the guard
//! must become a status.

use core::ffi::CStr;

use super::panel::Panel;
use super::status::Result;
use crate::geometry::RectD;
use crate::node::{
    Face, FilterDef, IdentityAsk, Node, Place, Premultiplication, Regions, Span, Strength, clip,
    identity,
};
use crate::params;

crate::params! {
    /// The parameters.
    pub struct PanickingParams {
        /// Panics when pressed.
        pub button: params::Unread = params::button(c"button", c"Button", c"Panics."),
    }
}

/// The node.
pub struct Panicking;

impl Node for Panicking {
    type Params = PanickingParams;
    type Settings = ();

    const FACE: Face = Face {
        identity: identity!("org.deltaplate.panicking"),
        label: c"Panicking",
        description: c"Panics.",
        inputs: &[clip!("B", c"Background", c"An image.")],
        filter: FilterDef::ALONE,
    };
    const PREMULTIPLICATION: Premultiplication = Premultiplication::Like(0);

    fn strength(_: &PanickingParams) -> Strength {
        Strength::FULL
    }

    fn region(_: &PanickingParams, regions: &Regions) -> RectD {
        regions.union()
    }

    fn identity(_: &PanickingParams, _: &IdentityAsk) -> Option<usize> {
        panic!("identity")
    }

    fn settings(_: &PanickingParams, _: &Place) {}

    fn row((): &(), span: &Span<'_>, _: &mut [f32]) {
        panic!("row {}", span.y)
    }

    fn pressed(_: &CStr, _: &mut Panel<'_>) -> Result<()> {
        panic!("pressed")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use host::{
        Components, EffectContext, Frame, Host, Instance, InstanceOptions, Library, MemorySource,
        RectI, RenderArgs, StaticEntry,
    };

    use crate::ofx::entry::{OfxGetNumberOfPlugins, OfxGetPlugin, OfxSetHost};

    fn instance() -> (Host, Instance) {
        let library = Library::from_entry(StaticEntry {
            number_of_plugins: OfxGetNumberOfPlugins,
            get_plugin: OfxGetPlugin,
            set_host: Some(OfxSetHost),
        })
        .unwrap();
        let host = Host::default();
        let plugin = host.load(&library, "org.deltaplate.panicking").unwrap();
        let options = InstanceOptions::default();
        let mut instance = plugin
            .create_instance(EffectContext::General, options)
            .unwrap();
        // Large enough for several threads: each of them panics.
        let frame = Frame::from_fn(RectI::new(0, 0, 800, 600), Components::Alpha, |_, _, _| 1.0);
        let source = MemorySource::still(frame.unwrap());
        instance.connect("B", Arc::new(source)).unwrap();
        (host, instance)
    }

    #[test]
    fn a_panic_in_any_action_is_a_failed_status_and_a_message() {
        let (host, mut instance) = instance();
        let no_identity = RenderArgs {
            ask_identity: false,
            ..RenderArgs::at(0.0)
        };
        let failures = [
            instance.render(&RenderArgs::at(0.0)).map(drop),
            instance.render(&no_identity).map(drop),
            instance.press("button", 0.0, 1.0),
        ];
        for failure in failures {
            let text = failure.unwrap_err().to_string();
            assert!(text.contains("kOfxStatFailed"), "{text}");
        }
        assert_eq!(instance.outstanding_images(), 0);
        let texts: Vec<String> = host.messages().iter().map(|m| m.text.clone()).collect();
        for panic in ["identity", "pressed"] {
            assert!(
                texts.iter().any(|text| text.contains(panic)),
                "{panic}: {texts:?}"
            );
        }
    }
}
