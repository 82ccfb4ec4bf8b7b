//! A run: a node, its inputs, what it is asked, and what goes wrong.

use host::{Components, RectI, Scale};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::fault::{self, Fault};
use crate::odd::{Odd, odds};
use crate::{ALL_COMPONENTS, FAIRLY_LARGE, LARGE, NODES, SLOW, SMALL};

/// All that a run depends on.
#[derive(Clone, Debug)]
pub struct Case {
    /// Index into the nodes.
    pub node: usize,
    /// A single input, and files.
    pub filter: bool,
    /// The inputs in their order, then the mask: where they have pixels, and which.
    pub inputs: [Option<(RectI, Components)>; 5],
    /// The pixels asked for.
    pub window: RectI,
    /// Pixels of the output around them.
    pub border: i32,
    /// The render scale.
    pub scale: f64,
    /// Threads of the host.
    pub threads: usize,
    /// What parameters are set to without regard to ranges.
    pub params: Vec<(Index, Odd)>,
    /// The file of the other image in the Filter context.
    pub file: &'static str,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// Of the pictures.
    pub seed: u64,
}

impl Case {
    /// A run in which nothing goes wrong but `faults`.
    pub fn plain(node: usize, filter: bool, faults: Vec<Fault>, seed: u64) -> Self {
        // Only large windows are worth several threads.
        let threaded = |fault: &Fault| {
            matches!(fault, Fault::Workers(_) | Fault::Cpus(_))
                || fault.concerns("multiThread")
                || fault.concerns("multiThreadNumCPUs")
        };
        let bounds = match faults.iter().any(threaded) {
            false => SMALL,
            true if node == SLOW => FAIRLY_LARGE,
            true => LARGE,
        };
        let components = ALL_COMPONENTS[seed as usize % 3];
        let image = Some((bounds, components));
        Self {
            node,
            filter,
            inputs: [
                image,
                image,
                image,
                image,
                Some((bounds, Components::Alpha)),
            ],
            window: bounds,
            border: 2,
            scale: 1.0,
            threads: 3,
            params: Vec::new(),
            file: FILES[0],
            faults,
            seed,
        }
    }

    /// The node's name and its clips.
    pub fn node(&self) -> (&'static str, &'static [&'static str]) {
        NODES[self.node]
    }

    pub fn scale(&self) -> Scale {
        self.scale.into()
    }

    /// What goes wrong includes one that is so.
    pub fn any(&self, test: impl Fn(&Fault) -> bool) -> bool {
        self.faults.iter().any(test)
    }
}

/// A picture, and what is none.
const FILES: [&str; 5] = [
    concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/crates/images/tests/data/window.exr"
    ),
    "",
    "/nowhere/plate.####.exr",
    concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
    env!("CARGO_MANIFEST_DIR"),
];

fn bounds() -> impl Strategy<Value = RectI> {
    let far = i32::MAX - 100;
    prop_oneof![
        60 => Just(SMALL),
        1 => Just(LARGE),
        30 => (-30i32..30, -30i32..30, 1i32..40, 1i32..40)
            .prop_map(|(x, y, w, h)| RectI::new(x, y, x + w, y + h)),
        8 => select(vec![
            RectI::new(5, 5, 6, 6),
            RectI::new(0, 0, 24, 1),
            RectI::new(0, 0, 1, 16),
            RectI::new(far, far, far + 24, far + 16),
            RectI::new(-far, -far, -far + 24, -far + 16),
            RectI::new(500, 500, 510, 510),
        ]),
    ]
}

/// Bounds that the node is through with in time.
fn reach(node: usize, bounds: RectI) -> RectI {
    if node == SLOW && bounds == LARGE {
        FAIRLY_LARGE
    } else {
        bounds
    }
}

/// Anything at once.
pub fn cases() -> impl Strategy<Value = Case> {
    let image = || prop::option::weighted(0.85, (bounds(), select(ALL_COMPONENTS.to_vec())));
    let mask = prop::option::weighted(0.5, (bounds(), Just(Components::Alpha)));
    let faults = prop::collection::vec(select(fault::all()), 0..5);
    let look = (
        bounds(),
        0i32..4,
        select(vec![1.0, 1.0, 0.5, 0.3, 2.0]),
        1usize..5,
    );
    (
        (0..NODES.len(), any::<bool>(), any::<u64>()),
        [image(), image(), image(), image()],
        mask,
        look,
        prop::collection::vec((any::<Index>(), select(odds())), 0..6),
        select(FILES.to_vec()),
        faults,
    )
        .prop_map(
            |(
                (node, filter, seed),
                [a, b, c, d],
                mask,
                (window, border, scale, threads),
                params,
                file,
                faults,
            )| {
                Case {
                    node,
                    filter,
                    inputs: [a, b, c, d, mask]
                        .map(|image| image.map(|(at, like)| (reach(node, at), like))),
                    window: reach(node, window),
                    border,
                    scale,
                    threads,
                    params,
                    file,
                    faults,
                    seed: seed | 1,
                }
            },
        )
}
