//! A host that makes everything anew for each frame, as MLT does, and several frames at once.

use host::{
    Arguments, Components, Edge, EffectContext, Host, HostOptions, InstanceOptions, RenderArgs,
    RowLayout, Status,
};

use crate::common::formula::{self, Ask, Images};
use crate::common::{assert_same_bits, library, noise, painted, still};
use crate::{SMALL, wanted_runs};

const NULL: Arguments = Arguments::Handle(0);

#[test]
fn each_frame_in_an_instance_of_its_own_on_many_threads() {
    let library = library();
    let host = Host::new(HostOptions {
        threads: 2,
        canary: true,
        row_layout: RowLayout {
            negative: true,
            flush: Some(Edge::High),
            ..RowLayout::default()
        },
        ..HostOptions::default()
    });
    let b = noise(SMALL, Components::Rgba, 1);
    let a = painted(&b, 2);
    let images = Images {
        b: Some(&b),
        a: Some(&a),
        residual: None,
        mask: None,
    };
    let expected = formula::min(SMALL, Components::Rgba, &images, &Ask::DEFAULT, false);
    let frames = wanted_runs().unwrap_or(0) / 40 + 60;
    // The host keeps the plug-in loaded; its own Load and Describe come on top, for each frame.
    let plugin = host.load(&library, "org.deltaplate.min").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for frame in 0..frames {
                    host.introduce(&library, "org.deltaplate.min", false)
                        .unwrap();
                    let poke = |action| {
                        let handle = plugin.handle();
                        host.poke(
                            &library,
                            "org.deltaplate.min",
                            Some(action),
                            handle,
                            [&NULL, &NULL],
                        )
                    };
                    assert_eq!(poke(c"OfxActionLoad").unwrap(), Status::OK);
                    assert_eq!(poke(c"OfxActionDescribe").unwrap(), Status::OK);
                    let project = InstanceOptions::default();
                    let mut instance = plugin
                        .create_instance(EffectContext::General, project)
                        .unwrap();
                    instance.connect("B", still(&b)).unwrap();
                    instance.connect("A", still(&a)).unwrap();
                    let args = RenderArgs {
                        ask_identity: false,
                        ..RenderArgs::at(frame.into())
                    };
                    let found = instance.render(&args).unwrap();
                    assert_same_bits(&found, &expected, "a frame");
                    assert_eq!(instance.outstanding_images(), 0);
                }
            });
        }
    });
    assert_eq!(host.outstanding_memory(), 0);
    assert!(host.violations().is_empty(), "{:?}", host.violations());
}
