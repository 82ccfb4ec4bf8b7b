//! The nodes' formulas, a pixel at a time.

use host::{Components, Frame, RectI};

/// What Min and Plus are asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    pub process: [bool; 4],
    pub invert: bool,
    pub mix: f64,
}

impl Ask {
    /// As a new instance has it.
    pub const DEFAULT: Self = Self {
        process: [true, true, true, false],
        invert: false,
        mix: 1.0,
    };
}

/// The images of a render; outside its bounds, and where there is none, an image is 0.
pub struct Images<'a> {
    pub b: Option<&'a Frame>,
    pub a: Option<&'a Frame>,
    pub residual: Option<&'a Frame>,
    pub mask: Option<&'a Frame>,
}

pub fn at(frame: Option<&Frame>, x: i32, y: i32, channel: usize) -> f32 {
    frame
        .and_then(|frame| frame.pixel(x, y))
        .map_or(0.0, |pixel| pixel[channel])
}

fn strength(images: &Images<'_>, ask: &Ask, x: i32, y: i32) -> f32 {
    let mix = ask.mix as f32;
    match images.mask {
        None => mix,
        Some(mask) => {
            let mask = at(Some(mask), x, y, 0);
            mix * if ask.invert { 1.0 - mask } else { mask }
        }
    }
}

fn canonical(value: f32) -> f32 {
    if value.is_nan() {
        f32::from_bits(0x7FC0_0000)
    } else {
        value
    }
}

fn processed(components: Components, ask: &Ask, channel: usize) -> bool {
    components == Components::Alpha || ask.process[channel]
}

/// A pixel function over a region, zeros around it.
fn picture(
    bounds: RectI,
    components: Components,
    sample: impl Fn(i32, i32, usize) -> f32,
) -> Frame {
    Frame::from_fn(bounds, components, sample).expect("it fits")
}

/// Min's difference.
pub fn min(
    bounds: RectI,
    components: Components,
    images: &Images<'_>,
    ask: &Ask,
    finite: bool,
) -> Frame {
    picture(bounds, components, |x, y, c| {
        let (a, b) = (at(images.a, x, y, c), at(images.b, x, y, c));
        if !processed(components, ask, c) {
            return if c == 3 { b } else { 0.0 };
        }
        let m = strength(images, ask, x, y);
        if m == 0.0 || a.to_bits() == b.to_bits() {
            return 0.0;
        }
        let d = m * (a - b);
        if !finite {
            return canonical(d);
        }
        if !a.is_finite() || !b.is_finite() || d.is_nan() {
            return 0.0;
        }
        fitting(d, b)
    })
}

/// In the range of a float, and such that the sum with `b` is too.
fn fitting(d: f32, b: f32) -> f32 {
    let d = d.clamp(-f32::MAX, f32::MAX);
    if (b + d).is_infinite() {
        f32::from_bits(d.to_bits() - 1)
    } else {
        d
    }
}

/// Min's residual.
pub fn residual(bounds: RectI, components: Components, images: &Images<'_>, ask: &Ask) -> Frame {
    picture(bounds, components, |x, y, c| {
        let (a, b) = (at(images.a, x, y, c), at(images.b, x, y, c));
        let m = strength(images, ask, x, y);
        if !processed(components, ask, c) || m != 1.0 || !a.is_finite() || !b.is_finite() {
            return 0.0;
        }
        let d = if a.to_bits() == b.to_bits() {
            0.0
        } else {
            fitting(a - b, b)
        };
        let q = if d == 0.0 { b } else { b + d };
        if q != a && q.is_finite() { a - q } else { 0.0 }
    })
}

/// Plus.
pub fn plus(bounds: RectI, components: Components, images: &Images<'_>, ask: &Ask) -> Frame {
    picture(bounds, components, |x, y, c| {
        let b = at(images.b, x, y, c);
        if !processed(components, ask, c) {
            return b;
        }
        let m = strength(images, ask, x, y);
        let add = |to: f32, what: f32| {
            if m == 0.0 || what == 0.0 {
                to
            } else {
                canonical(to + m * what)
            }
        };
        let q = add(b, at(images.a, x, y, c));
        match images.residual {
            None => q,
            residual => add(q, at(residual, x, y, c)),
        }
    })
}

/// Compare's absolute difference, all channels.
pub fn absolute(bounds: RectI, components: Components, images: &Images<'_>) -> Frame {
    picture(bounds, components, |x, y, c| {
        let (a, b) = (at(images.a, x, y, c), at(images.b, x, y, c));
        if a.to_bits() == b.to_bits() {
            0.0
        } else {
            canonical((a - b).abs())
        }
    })
}
