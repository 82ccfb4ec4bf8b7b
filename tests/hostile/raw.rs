//! Calls that no host should make: before Load, twice, after the end, with handles that are none, from many threads.

use std::ffi::CStr;
use std::sync::atomic::{AtomicBool, Ordering};

use host::{
    Arguments, Components, EffectContext, Faults, Host, HostOptions, ImageFault, Instance,
    InstanceOptions, Library, RectI, RenderArgs, Status, Values, reuse_handles,
};

use crate::common::{Random, library, noise, still};
use crate::run::is_an_answer;
use crate::tally::Tally;
use crate::{NODES, SMALL, wanted_runs};

const LOAD: &CStr = c"OfxActionLoad";
const UNLOAD: &CStr = c"OfxActionUnload";
const DESCRIBE: &CStr = c"OfxActionDescribe";
const CREATE: &CStr = c"OfxActionCreateInstance";
const DESTROY: &CStr = c"OfxActionDestroyInstance";
const RENDER: &CStr = c"OfxImageEffectActionRender";

const ACTIONS: [&CStr; 26] = [
    LOAD,
    UNLOAD,
    DESCRIBE,
    CREATE,
    DESTROY,
    RENDER,
    c"OfxImageEffectActionDescribeInContext",
    c"OfxImageEffectActionGetRegionOfDefinition",
    c"OfxImageEffectActionGetRegionsOfInterest",
    c"OfxImageEffectActionGetFramesNeeded",
    c"OfxImageEffectActionIsIdentity",
    c"OfxImageEffectActionGetClipPreferences",
    c"OfxImageEffectActionGetTimeDomain",
    c"OfxImageEffectActionGetOutputColourspace",
    c"OfxImageEffectActionBeginSequenceRender",
    c"OfxImageEffectActionEndSequenceRender",
    c"OfxActionInstanceChanged",
    c"OfxActionBeginInstanceChanged",
    c"OfxActionEndInstanceChanged",
    c"OfxActionBeginInstanceEdit",
    c"OfxActionEndInstanceEdit",
    c"OfxActionPurgeCaches",
    c"OfxActionSyncPrivateData",
    c"OfxActionDialog",
    c"",
    c"no action at all, but a text of some length with %s and %n in it",
];

const NULL: Arguments = Arguments::Handle(0);

fn id(node: usize) -> String {
    format!("org.deltaplate.{}", NODES[node].0)
}

/// Arguments that fit actions, in part, and such that do not.
fn arguments(random: &mut Random) -> Arguments {
    let set = |values: &[(&str, Values)]| {
        Arguments::Set(
            values
                .iter()
                .map(|(name, v)| ((*name).into(), v.clone()))
                .collect(),
        )
    };
    match random.next() % 7 {
        0 => NULL,
        1 => Arguments::Handle(0xDEAD_BEE0),
        2 => set(&[]),
        3 => set(&[
            ("OfxPropTime", 3.0.into()),
            ("OfxImageEffectPropRenderScale", [1.0, 1.0].into()),
            ("OfxImageEffectPropRenderWindow", [0, 0, 24, 16].into()),
            (
                "OfxImageEffectPropRegionOfDefinition",
                [0.0, 0.0, 0.0, 0.0].into(),
            ),
            ("OfxPropName", c"".into()),
        ]),
        4 => set(&[
            ("OfxPropTime", c"noon".into()),
            ("OfxImageEffectPropRenderWindow", 1.into()),
            ("OfxPropName", 5.into()),
        ]),
        5 => set(&[
            ("OfxPropType", c"OfxTypeParameter".into()),
            ("OfxPropName", c"analyze".into()),
            ("OfxPropChangeReason", c"OfxChangeUserEdited".into()),
            ("OfxPropTime", f64::NAN.into()),
        ]),
        _ => {
            let contexts = [
                c"OfxImageEffectContextGeneral",
                c"OfxImageEffectContextFilter",
                c"OfxImageEffectContextPaint",
                c"",
            ];
            let context = contexts[(random.next() % 4) as usize];
            set(&[("OfxImageEffectPropContext", context.into())])
        }
    }
}

#[test]
fn structures_are_where_they_were_and_there_are_no_others() {
    let library = library();
    let count = i32::try_from(library.plugins().len()).unwrap();
    for number in 0..count {
        assert_ne!(library.structure(number), 0);
        assert_eq!(library.structure(number), library.structure(number));
    }
    for number in [-1, i32::MIN, count, count + 1, 7, 8, 1000, i32::MAX] {
        assert_eq!(library.structure(number), 0, "{number}");
    }
}

#[test]
fn a_plug_in_without_a_host_says_so() {
    let library = library();
    let host = Host::default();
    let poke = |action, handle| {
        host.poke(&library, &id(0), action, handle, [&NULL, &NULL])
            .unwrap()
    };
    assert_eq!(poke(Some(DESCRIBE), 64), Status::FAILED, "before Load");
    host.introduce(&library, &id(0), true).unwrap();
    assert_eq!(poke(Some(LOAD), 0), Status::ERR_MISSING_HOST_FEATURE);
    assert_eq!(
        poke(Some(DESCRIBE), 64),
        Status::FAILED,
        "after a failed Load"
    );
    host.introduce(&library, &id(0), false).unwrap();
    host.introduce(&library, &id(0), false).unwrap();
    assert_eq!(poke(Some(LOAD), 0), Status::OK);
    assert_eq!(poke(Some(LOAD), 0), Status::OK, "more often than Unload");
    assert_eq!(poke(Some(DESCRIBE), 0), Status::ERR_BAD_HANDLE);
    assert_eq!(poke(None, 64), Status::ERR_BAD_HANDLE);
    assert_eq!(poke(Some(c"no action"), 64), Status::REPLY_DEFAULT);
    for _ in 0..3 {
        assert_eq!(poke(Some(UNLOAD), 0), Status::OK);
    }
    assert_eq!(
        poke(Some(RENDER), 64),
        Status::ERR_BAD_HANDLE,
        "after Unload"
    );
    // A poorer host takes over: nothing of the richer one is left.
    let poor = Host::new(HostOptions {
        missing_suites: [("OfxPropertySuite".into(), 1)].into(),
        ..HostOptions::default()
    });
    poor.introduce(&library, &id(0), false).unwrap();
    assert_eq!(poke(Some(LOAD), 0), Status::ERR_MISSING_HOST_FEATURE);
    assert_eq!(poke(Some(DESCRIBE), 64), Status::FAILED);
}

fn created(host: &Host, library: &Library, node: usize, context: EffectContext) -> Instance {
    let plugin = host.load(library, &id(node)).unwrap();
    plugin
        .create_instance(context, InstanceOptions::default())
        .unwrap()
}

fn connected(host: &Host, library: &Library, node: usize) -> Instance {
    let mut instance = created(host, library, node, EffectContext::General);
    let frame = noise(SMALL, Components::Rgba, 3);
    instance.connect("B", still(&frame)).unwrap();
    instance
}

#[test]
fn an_instance_made_twice_renders_and_one_ended_twice_does_not() {
    let library = library();
    let host = Host::default();
    let instance = connected(&host, &library, 0);
    let args = RenderArgs {
        ask_identity: false,
        ..RenderArgs::at(0.0)
    };
    let poke = |action, handle| {
        host.poke(&library, &id(0), action, handle, [&NULL, &NULL])
            .unwrap()
    };
    let handle = instance.handle();
    instance.render(&args).unwrap();
    assert_eq!(poke(Some(CREATE), handle), Status::OK);
    instance.render(&args).unwrap();
    for _ in 0..2 {
        assert_eq!(poke(Some(DESTROY), handle), Status::OK);
        let error = instance.render(&args).unwrap_err().to_string();
        assert!(error.contains("kOfxStatErrBadHandle"), "{error}");
    }
    assert_eq!(poke(Some(CREATE), handle), Status::OK);
    instance.render(&args).unwrap();
    drop(instance);
    assert_eq!(poke(Some(RENDER), handle), Status::ERR_BAD_HANDLE);
    assert_eq!(poke(Some(CREATE), handle), Status::ERR_BAD_HANDLE);
    assert!(host.violations().is_empty(), "{:?}", host.violations());
}

#[test]
fn contexts_that_were_not_offered_are_refused() {
    let library = library();
    let host = Host::default();
    let plugin = host.load(&library, &id(1)).unwrap();
    for context in [
        c"OfxImageEffectContextPaint",
        c"OfxImageEffectContextTransition",
        c"",
    ] {
        let args = Arguments::Set(vec![("OfxImageEffectPropContext".into(), context.into())]);
        let action = Some(c"OfxImageEffectActionDescribeInContext");
        let status = host.poke(&library, &id(1), action, plugin.handle(), [&args, &NULL]);
        assert_eq!(status.unwrap(), Status::FAILED, "{context:?}");
    }
}

#[test]
fn without_a_persistent_message_a_plain_one_is_shown() {
    let frame = noise(SMALL, Components::Rgba, 3);
    for faults in [
        Faults::default().null("setPersistentMessage"),
        Faults::default().fail("setPersistentMessage", 0, Status::FAILED),
    ] {
        let host = Host::new(HostOptions {
            faults: faults.image("B", ImageFault::Depth(c"OfxBitDepthByte".into())),
            ..HostOptions::default()
        });
        let library = library();
        let mut instance = created(&host, &library, 0, EffectContext::General);
        instance.connect("B", still(&frame)).unwrap();
        let args = RenderArgs {
            ask_identity: false,
            ..RenderArgs::at(0.0)
        };
        let error = instance.render(&args).unwrap_err().to_string();
        assert!(error.contains("kOfxStatErrImageFormat"), "{error}");
        let messages = host.messages();
        let text = &messages.last().expect("a message").text;
        assert_eq!(text, "B cannot be used: its samples are not 32-bit floats.");
        assert!(!messages.last().unwrap().persistent);
    }
}

#[test]
fn actions_in_any_order_with_any_handle() {
    reuse_handles();
    let library = library();
    let tally = Tally::default();
    let rounds = wanted_runs().unwrap_or(600);
    let mut random = Random(77);
    // Handles that stood for something once.
    let mut stale = vec![1, 64, usize::MAX];
    for round in 0..rounds {
        tally.run();
        let host = Host::default();
        let node = (random.next() % NODES.len() as u64) as usize;
        let early = random.next().is_multiple_of(4);
        let instance = (!early).then(|| connected(&host, &library, node));
        let mut handles = vec![0, stale[(random.next() % stale.len() as u64) as usize]];
        if let Some(instance) = &instance {
            handles.extend([instance.handle(); 4]);
            handles.push(instance.plugin().handle());
        }
        for _ in 0..12 {
            // Load would introduce the host of another round.
            let action = ACTIONS[(random.next() % ACTIONS.len() as u64) as usize];
            let action = Some(action).filter(|_| !random.next().is_multiple_of(20));
            let handle = handles[(random.next() % handles.len() as u64) as usize];
            let (input, output) = (arguments(&mut random), arguments(&mut random));
            // Another node's main entry, too.
            let other = if random.next().is_multiple_of(6) {
                (node + 1) % NODES.len()
            } else {
                node
            };
            let status = host
                .poke(&library, &id(other), action, handle, [&input, &output])
                .unwrap();
            let name = action.map_or("NULL".into(), CStr::to_string_lossy);
            assert!(is_an_answer(status), "round {round}: {name}: {status}");
            tally.answer(&name, status.to_string());
        }
        if let Some(instance) = instance {
            stale.push(instance.handle());
            assert_eq!(instance.outstanding_images(), 0, "round {round}");
        }
        assert_eq!(host.outstanding_memory(), 0);
        let messages = host.messages();
        assert!(
            !messages.iter().any(|m| m.text.contains("has a defect")),
            "{messages:?}"
        );
    }
    tally.print("actions in any order");
}

#[test]
fn instances_that_end_while_they_render_do_not_take_the_render_with_them() {
    let library = library();
    let host = Host::new(HostOptions {
        threads: 2,
        canary: true,
        ..HostOptions::default()
    });
    let instances: Vec<Instance> = (0..NODES.len())
        .map(|node| connected(&host, &library, node))
        .collect();
    let done = AtomicBool::new(false);
    let window = RectI::new(0, 0, 24, 16);
    let args = RenderArgs {
        window: Some(window),
        ask_identity: false,
        ..RenderArgs::at(0.0)
    };
    let rounds = wanted_runs().unwrap_or(0) / 20 + 150;
    std::thread::scope(|scope| {
        for (node, instance) in instances.iter().enumerate() {
            let (host, library, done, args) = (&host, &library, &done, &args);
            scope.spawn(move || {
                let mut random = Random(node as u64 + 5);
                while !done.load(Ordering::Relaxed) {
                    let action = [CREATE, DESTROY][(random.next() % 2) as usize];
                    let status = host.poke(
                        library,
                        &id(node),
                        Some(action),
                        instance.handle(),
                        [&NULL, &NULL],
                    );
                    assert_eq!(status.unwrap(), Status::OK);
                    std::thread::yield_now();
                }
            });
            scope.spawn(move || {
                let mut answers = [0; 2];
                for _ in 0..rounds {
                    match instance.render(args) {
                        Ok(_) => answers[0] += 1,
                        Err(error) => {
                            answers[1] += 1;
                            let text = error.to_string();
                            assert!(text.contains("kOfxStatErrBadHandle"), "{text}");
                        }
                    }
                }
                println!(
                    "{}: {} rendered, {} had ended",
                    NODES[node].0, answers[0], answers[1]
                );
                done.store(true, Ordering::Relaxed);
            });
        }
    });
    for instance in &instances {
        assert_eq!(instance.outstanding_images(), 0);
    }
}
