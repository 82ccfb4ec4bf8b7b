//! Single faults, and all of them.

use std::ffi::CString;

use crate::common::{HOST_PROPERTIES, MANDATORY_SUITES, OPTIONAL_SUITES};
use host::{
    Abort, Depth, Edge, Faults, HostOptions, ImageFault, RectD, RectI, Status, Values, Workers,
};

/// Something that a host does wrong.
#[derive(Clone, Debug)]
pub enum Fault {
    /// A suite is missing.
    Suite(&'static str, i32),
    /// A host property is missing.
    HostProperty(&'static str),
    /// A suite function fails from a call on, or at one call.
    Fail {
        function: &'static str,
        after: u64,
        once: bool,
        status: Status,
    },
    /// A suite function is NULL.
    Null(&'static str),
    /// Something wrong is said of the images of a clip, or of all.
    Image(&'static str, ImageFault),
    /// Every region of definition is this.
    Region(RectD),
    /// Every integer is this.
    Ints(i32),
    /// Every double is this.
    Doubles(f64),
    /// So many CPUs are there.
    Cpus(u32),
    /// Threads are not as asked.
    Workers(Workers),
    /// An argument of actions is this.
    Argument(&'static str, Values),
    /// An abort after so many questions.
    Abort(u64),
    /// Arithmetic without denormals.
    FlushToZero,
    /// Clips without a source are black.
    Phantoms,
    /// Other depths.
    Depths(Vec<Depth>),
    /// Another name.
    Name(&'static str),
    /// Rows.
    Padding(usize),
    Negative,
    Margin(u16),
    Misalign(usize),
    /// Images end at a closed page.
    Flush(Edge),
}

impl Fault {
    /// Has the host commit it.
    pub fn commit(&self, options: &mut HostOptions) {
        let faults = std::mem::take(&mut options.faults);
        let mut faults = self.in_suites(faults);
        match self.clone() {
            Self::Region(region) => faults.region = Some(region),
            Self::Ints(value) => faults.ints = Some(value),
            Self::Doubles(value) => faults.doubles = Some(value),
            Self::Cpus(count) => faults.cpus = Some(count),
            Self::Workers(workers) => faults.workers = workers,
            Self::Argument(name, values) => {
                faults.arguments.push((CString::new(name).unwrap(), values));
            }
            Self::Suite(name, version) => {
                options.missing_suites.insert((name.into(), version));
            }
            Self::HostProperty(name) => {
                options.missing_host_properties.insert(name.into());
            }
            Self::Abort(after) => options.abort = Abort::After(after),
            Self::FlushToZero => options.flush_to_zero = true,
            Self::Phantoms => options.phantom_inputs = true,
            Self::Depths(depths) => options.depths = depths,
            Self::Name(name) => options.name = name.into(),
            Self::Padding(bytes) => options.row_layout.padding = bytes,
            Self::Negative => options.row_layout.negative = true,
            Self::Margin(pixels) => options.row_layout.margin = pixels,
            Self::Misalign(bytes) => options.row_layout.misalign = bytes,
            Self::Flush(edge) => options.row_layout.flush = Some(edge),
            Self::Fail { .. } | Self::Null(_) | Self::Image(..) => (),
        }
        options.faults = faults;
    }

    fn in_suites(&self, faults: Faults) -> Faults {
        match self.clone() {
            Self::Fail {
                function,
                after,
                once: false,
                status,
            } => faults.fail(function, after, status),
            Self::Fail {
                function,
                after,
                once: true,
                status,
            } => faults.fail_once(function, after, status),
            Self::Null(function) => faults.null(function),
            Self::Image(clip, fault) => faults.image(clip, fault),
            _ => faults,
        }
    }

    /// Whether the host may lose count of its images by it, or what it is told.
    pub fn concerns(&self, function: &str) -> bool {
        match self {
            Self::Fail { function: f, .. } | Self::Null(f) => *f == function,
            _ => false,
        }
    }

    /// Whether messages may not arrive.
    pub fn silences(&self) -> bool {
        let functions = ["message", "setPersistentMessage", "clearPersistentMessage"];
        matches!(self, Self::Suite("OfxMessageSuite", _))
            || functions.iter().any(|function| self.concerns(function))
    }

    /// Whether there may be no output to render into, or other arguments than the host means.
    pub fn lies_to_renders(&self) -> bool {
        match self {
            Self::Argument(..) => true,
            Self::Image(clip, fault) => {
                let none = match fault {
                    ImageFault::NullHandle | ImageFault::NullData => true,
                    ImageFault::Without(name) => name.as_c_str() == c"OfxImagePropData",
                    _ => false,
                };
                none && ["", "Output"].contains(clip)
            }
            _ => false,
        }
    }

    /// Whether calls of suites may fail.
    pub fn is_of_calls(&self) -> bool {
        matches!(self, Self::Fail { .. } | Self::Null(_) | Self::Suite(..))
    }

    /// Whether an input may show pixels of the output that nobody has written yet.
    pub fn shows_the_output(&self) -> bool {
        matches!(self, Self::Image(_, ImageFault::Output { .. }))
    }

    /// Whether the window that the plug-in sees may be another than the host's.
    pub fn moves_the_window(&self) -> bool {
        match self {
            Self::Image(clip, _) => clip.is_empty() || *clip == "Output",
            Self::Argument(name, _) => *name == "OfxImageEffectPropRenderWindow",
            _ => false,
        }
    }
}

/// The suite functions that the plug-in calls and that answer with a status.
pub const FUNCTIONS: [&str; 33] = [
    "propSetPointer",
    "propSetString",
    "propSetDouble",
    "propSetInt",
    "propGetPointer",
    "propGetString",
    "propGetDouble",
    "propGetInt",
    "propGetDimension",
    "getPropertySet",
    "getParamSet",
    "clipDefine",
    "clipGetHandle",
    "clipGetImage",
    "clipReleaseImage",
    "clipGetRegionOfDefinition",
    "paramDefine",
    "paramGetHandle",
    "paramGetPropertySet",
    "paramGetValueAtTime",
    "paramSetValueAtTime",
    "paramSetValue",
    "paramDeleteAllKeys",
    "paramEditBegin",
    "paramEditEnd",
    "multiThread",
    "multiThreadNumCPUs",
    "message",
    "setPersistentMessage",
    "clearPersistentMessage",
    "progressStart",
    "progressUpdate",
    "progressEnd",
];

/// The calls from which on, or at which, functions fail. Every call by itself is in `call`.
const CALLS: [u64; 8] = [0, 1, 3, 8, 21, 55, 144, 377];

/// Errors, and what is none.
pub const STATUSES: [Status; 8] = [
    Status::FAILED,
    Status::ERR_BAD_HANDLE,
    Status::ERR_MEMORY,
    Status::ERR_UNKNOWN,
    Status::ERR_FATAL,
    Status::REPLY_DEFAULT,
    Status::REPLY_NO,
    Status(-4711),
];

/// Every fault, each by itself.
pub fn all() -> Vec<Fault> {
    let mut all: Vec<Fault> = Vec::new();
    let suite = |(name, version)| Fault::Suite(name, version);
    all.extend(MANDATORY_SUITES.map(suite));
    all.extend(OPTIONAL_SUITES.map(suite));
    all.extend(HOST_PROPERTIES.map(Fault::HostProperty));
    all.extend(FUNCTIONS.map(Fault::Null));
    all.push(Fault::Null("abort"));
    let mut status = STATUSES.into_iter().cycle();
    for function in FUNCTIONS {
        for after in CALLS {
            for once in [false, true] {
                let status = status.next().unwrap();
                all.push(Fault::Fail {
                    function,
                    after,
                    once,
                    status,
                });
            }
        }
    }
    for clip in [
        "",
        "B",
        "A",
        "D",
        "Residual",
        "Matte",
        "NewBackground",
        "Mask",
        "Source",
        "Output",
    ] {
        all.extend(images().into_iter().map(|fault| Fault::Image(clip, fault)));
    }
    all.extend(values());
    all.extend(arguments());
    all.extend((0..8).map(Fault::Abort));
    all.extend([Fault::FlushToZero, Fault::Phantoms, Fault::Negative]);
    all.extend(["", "DaVinciResolve", "fr.inria.Natron"].map(Fault::Name));
    all.extend([
        Fault::Depths(vec![Depth::Float]),
        Fault::Depths(vec![Depth::Byte]),
        Fault::Depths(Vec::new()),
    ]);
    all.extend([1, 2, 3, 4, 100].map(Fault::Padding));
    all.extend([1, 2, 3, 4, 8].map(Fault::Misalign));
    all.extend([1, 7].map(Fault::Margin));
    all.extend([Edge::Low, Edge::High].map(Fault::Flush));
    all
}

fn images() -> Vec<ImageFault> {
    let text = |text: &str| CString::new(text).unwrap();
    let mut all = vec![ImageFault::NullHandle, ImageFault::NullData];
    all.extend(
        [
            [0, 0, 0, 0],
            [5, 5, 1, 1],
            [0, 5, 1, 5],
            [i32::MAX - 1, i32::MAX - 1, i32::MAX, i32::MAX],
            [i32::MIN, i32::MIN, i32::MIN + 1, i32::MIN + 1],
            [i32::MAX, i32::MAX, i32::MIN, i32::MIN],
            [i32::MIN, i32::MIN, i32::MAX, i32::MAX],
        ]
        .map(|[x1, y1, x2, y2]| ImageFault::Bounds(RectI::new(x1, y1, x2, y2))),
    );
    all.extend([0, 1, -1, 3, -3, 7, i32::MAX].map(ImageFault::RowBytes));
    all.extend([1, 2, 3].map(ImageFault::Shift));
    let components = [
        "OfxImageComponentAlpha",
        "OfxImageComponentNone",
        "",
        "Motion",
    ];
    all.extend(components.map(|name| ImageFault::Components(text(name))));
    let depths = ["Byte", "Short", "Half", "None"].map(|name| format!("OfxBitDepth{name}"));
    all.extend(depths.map(|name| ImageFault::Depth(text(&name))));
    all.push(ImageFault::Depth(text("")));
    let odd = [f64::NAN, f64::INFINITY, 0.0, -1.0, 0.25, 1e-300, 1e300];
    all.extend(odd.map(|value| ImageFault::Scale([value, value])));
    all.extend(odd.map(ImageFault::PixelAspect));
    all.extend(
        [
            "OfxImagePropData",
            "OfxImagePropBounds",
            "OfxImagePropRowBytes",
            "OfxImagePropPixelAspectRatio",
            "OfxImageEffectPropComponents",
            "OfxImageEffectPropPixelDepth",
            "OfxImageEffectPropRenderScale",
        ]
        .map(|name| ImageFault::Without(text(name))),
    );
    all.extend([(0, 0), (1, 0), (0, 1), (1, 1)].map(|(x, y)| ImageFault::Output { x, y }));
    all
}

fn values() -> Vec<Fault> {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let far = f64::from(i32::MAX);
    let regions = [
        [nan, nan, nan, nan],
        [0.0, 0.0, nan, 5.0],
        [5.0, 5.0, 1.0, 1.0],
        [0.0, 0.0, 0.0, 0.0],
        [-far - 1.0, -far - 1.0, far, far],
        [-inf, -inf, inf, inf],
        [inf, inf, -inf, -inf],
        [-1e300, -1e300, 1e300, 1e300],
        [0.0, 0.0, 1e6, 1e6],
        [far - 1.0, far - 1.0, far, far],
        [1e-300, 1e-300, 2e-300, 2e-300],
    ];
    let doubles = [nan, inf, -inf, 0.0, -0.0, 1e308, -1e308, 1e-308, 0.5];
    let ints = [i32::MIN, -1, 0, 1, 2, 3, 4, 5, i32::MAX];
    let workers = [Workers::None, Workers::Last, Workers::Twice];
    let mut all: Vec<Fault> = Vec::new();
    all.extend(regions.map(|edges| Fault::Region(edges.into())));
    all.extend(doubles.map(Fault::Doubles));
    all.extend(ints.map(Fault::Ints));
    all.extend(workers.map(Fault::Workers));
    all.extend([0, 1, 2, 1000, u32::MAX].map(Fault::Cpus));
    all
}

fn arguments() -> Vec<Fault> {
    let (time, scale, window) = (
        "OfxPropTime",
        "OfxImageEffectPropRenderScale",
        "OfxImageEffectPropRenderWindow",
    );
    let odd = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -1.0,
        1e300,
        1e-300,
    ];
    let (low, high) = (i32::MIN, i32::MAX);
    let windows = [
        [low, low, high, high],
        [high, high, low, low],
        [5, 5, 1, 1],
        [0, 0, 0, 0],
        [high - 1, high - 1, high, high],
        [3, 3, 4, 4],
    ];
    let mut all: Vec<Fault> = Vec::new();
    all.extend(odd.map(|value| Fault::Argument(time, value.into())));
    all.extend(odd.map(|value| Fault::Argument(scale, [value, value].into())));
    all.extend(windows.map(|edges| Fault::Argument(window, edges.into())));
    // Of other types, and too few.
    for name in [
        time,
        scale,
        window,
        "OfxPropName",
        "OfxPropType",
        "OfxPropChangeReason",
    ] {
        let few: [Values; 5] = [
            7.into(),
            0.5.into(),
            c"".into(),
            c"nothing that anybody knows".into(),
            0_usize.into(),
        ];
        all.extend(few.map(|values| Fault::Argument(name, values)));
    }
    all
}
