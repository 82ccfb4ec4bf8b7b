//! Every fault by itself.

use host::{
    Components, EffectContext, Faults, Host, HostOptions, ImageFault, InstanceOptions, RectI,
    RenderArgs,
};

use crate::case::Case;
use crate::common::{library, noise, still};
use crate::fault;
use crate::run::{run, seed};
use crate::tally::Tally;
use crate::{NODES, wanted_runs};

#[test]
fn each_fault_by_itself() {
    let library = library();
    let tally = Tally::default();
    let faults = fault::all();
    assert!(faults.len() > 1000, "{} faults", faults.len());
    let mut index = 0;
    for (at, fault) in faults.iter().enumerate() {
        for node in 0..NODES.len() {
            for filter in [false, true] {
                index += 1;
                // In every node and context where there is time, else in one of them.
                if wanted_runs().is_none() && (at + 2 * node + usize::from(filter)) % 8 != 0 {
                    continue;
                }
                let case = Case::plain(node, filter, vec![fault.clone()], seed(index));
                if let Err(wrong) = run(&library, &case, &tally) {
                    panic!("{wrong}: {case:#?}");
                }
            }
        }
    }
    tally.print("each fault by itself");
    assert!(tally.count("Render", "OK") > 100);
    assert!(tally.count("Render", "kOfxStatErrImageFormat") > 10);
}

/// The result would depend on the order of the pixels.
#[test]
fn an_input_in_the_outputs_memory_is_refused() {
    let library = library();
    let frame = noise(RectI::new(0, 0, 64, 32), Components::Rgba, 1);
    for (name, clips) in NODES {
        for (&clip, (x, y)) in clips.iter().flat_map(|clip| {
            let places = [(0, 0), (1, 0), (0, 1)];
            places.map(|place| (clip, place))
        }) {
            let host = Host::new(HostOptions {
                faults: Faults::default().image(clip, ImageFault::Output { x, y }),
                ..HostOptions::default()
            });
            let plugin = host.load(&library, &format!("org.deltaplate.{name}"));
            let mut instance = plugin
                .unwrap()
                .create_instance(EffectContext::General, InstanceOptions::default())
                .unwrap();
            for clip in clips {
                instance.connect(clip, still(&frame)).unwrap();
            }
            let rendered = instance
                .render(&RenderArgs {
                    ask_identity: false,
                    ..RenderArgs::at(1.0)
                })
                .map(drop);
            let texts: Vec<String> = host.messages().into_iter().map(|m| m.text).collect();
            let told = format!("{clip} cannot be used: the host lends the output's own memory");
            assert!(
                rendered.is_err() && texts.iter().any(|text| text.contains(&told)),
                "{name}, {clip} at {x}, {y}: {rendered:?}, {texts:?}"
            );
            assert_eq!(instance.outstanding_images(), 0);
        }
    }
}
