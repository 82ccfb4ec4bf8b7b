//! The arguments of `deltaplate extract`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use host::Value;

use super::{Existing, Sequence, Whole};

/// `deltaplate extract`
#[derive(Debug, Args)]
pub struct Extract {
    /// The picture with the overlay on it.
    pub merged: PathBuf,
    /// The same picture without the overlay.
    #[arg(value_name = "BG")]
    pub background: PathBuf,
    /// The layer: an EXR of 32-bit floats.
    #[arg(short = 'o', long = "out", value_name = "OUT.exr")]
    pub out: PathBuf,
    /// What is written; several with commas between them.
    ///
    /// The first is the picture of the file, R G B and, of overlay and straight, A; every further
    /// one is a layer of its own name, as residual.R. Overlay, straight and residual are in the
    /// blend space, recomposite is as the plates are.
    #[arg(
        long,
        value_name = "WHAT",
        value_enum,
        value_delimiter = ',',
        default_value = "overlay"
    )]
    pub output: Vec<Output>,
    /// What is known of the overlay.
    #[command(flatten)]
    pub overlay: Overlay,
    /// How it is estimated.
    #[command(flatten)]
    pub estimate: Estimate,
    /// How much may be held.
    #[command(flatten)]
    pub whole: Whole,
    /// Which frames.
    #[command(flatten)]
    pub sequence: Sequence,
    /// Measure this frame; what it finds holds for all frames.
    ///
    /// The first frame where none is named. Where a farm renders a shot in parts, name one, or the
    /// parts will differ.
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        help_heading = "Sequences"
    )]
    pub analyze: Option<i64>,
    /// What happens to outputs that are there.
    #[command(flatten)]
    pub existing: Existing,
}

/// What is known of the overlay.
#[derive(Debug, Args)]
#[command(next_help_heading = "The overlay")]
pub struct Overlay {
    /// How opaque it is, from 0.01 to 1; auto measures it.
    ///
    /// It can be measured in the blend mode normal. In the others, give it: what was added with a
    /// gain of 0.3 has an opacity of 0.3.
    #[arg(long, value_name = "K", default_value = "auto", value_parser = opacity)]
    pub opacity: Opacity,
    /// How the opacity varies over the picture; uniform, or matte where there is one.
    #[arg(long, value_name = "MODE", value_enum)]
    pub opacity_mode: Option<OpacityMode>,
    /// The opacity, for the opacity mode matte: the alpha of this image, or else its first channel.
    #[arg(long, value_name = "FILE")]
    pub matte: Option<PathBuf>,
    /// How it was laid on.
    #[arg(long, value_name = "MODE", value_enum, default_value = "normal")]
    pub blend: Blend,
    /// The encoding in which it was laid on.
    ///
    /// Linear stands for the plates' own numbers, whatever they are; the others encode them first.
    /// An overlay that an editor laid on 8-bit pictures was laid on their own numbers.
    #[arg(long, value_name = "SPACE", value_enum, default_value = "linear")]
    pub space: Space,
    /// The background is of another exposure: find its gain. Needs --opacity K.
    #[arg(long)]
    pub match_gain: bool,
    /// Lay the layer over this image in the output recomposite, instead of over BG.
    #[arg(long, value_name = "FILE")]
    pub new_background: Option<PathBuf>,
}

/// How the overlay is estimated.
#[derive(Debug, Args)]
#[command(next_help_heading = "The estimate")]
pub struct Estimate {
    /// Recommended weighs noise and edges; closed solves pixel by pixel; seed is the sign iteration
    /// of 2015, 300 times.
    #[arg(long, value_name = "METHOD", value_enum, default_value = "recommended")]
    pub method: Method,
    /// What the plates went through; auto measures it.
    #[arg(long, value_name = "SOURCE", value_enum, default_value = "auto")]
    pub source: Source,
    /// Set any other parameter of the node OverlayExtract, as denoise=0.5 or unlimited=true.
    ///
    /// `deltaplate nodes org.deltaplate.overlayextract` lists them. What is set here is not measured.
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    pub set: Vec<(String, Value)>,
}

/// The opacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Opacity {
    /// To be measured.
    Auto,
    /// Known.
    Known(f64),
}

/// One word of the command line for one option of a parameter, in the order of the node's.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$hint:meta])* $variant:ident = $label:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
        pub enum $name {
            $($(#[$hint])* $variant,)+
        }

        impl $name {
            /// What the node calls it.
            pub fn label(self) -> &'static str {
                match self {
                    $($name::$variant => $label,)+
                }
            }
        }
    };
}

words! {
    /// What is written.
    Output {
        /// The layer, premultiplied
        Overlay = "Overlay",
        /// The layer's own colour
        Straight = "Straight",
        /// The opacity
        Matte = "Matte",
        /// The layer over the background, or over a new one
        Recomposite = "Recomposite",
        /// What the recomposite lacks of MERGED
        Residual = "Residual",
        /// Red where some of the background is left in the layer, blue where too much was taken off
        Ghost = "Ghost Map",
    }
}

words! {
    /// How the opacity varies.
    OpacityMode {
        /// The same everywhere
        Uniform = "Uniform",
        /// Slowly: soft reflections
        Smooth = "Smooth",
        /// The overlay has one colour: logos, titles
        Solid = "Solid Colour",
        /// The least that explains the picture
        Minimum = "Minimum",
        /// Given by --matte
        Matte = "Matte",
        /// The overlay stands still over a moving background
        Frames = "Frames",
    }
}

words! {
    /// How the overlay was laid on.
    Blend {
        /// Over
        Normal = "Normal",
        /// Added light, a true reflection
        Add = "Add",
        /// Screen
        Screen = "Screen",
        /// Multiply
        Multiply = "Multiply",
    }
}

words! {
    /// In which numbers.
    Space {
        /// The plates' own numbers
        Linear = "Linear",
        /// Encoded with sRGB's curve
        Srgb = "sRGB",
        /// Encoded with Rec.709's curve
        Rec709 = "Rec.709",
        /// Encoded with a power: --set gamma=2.2
        Gamma = "Gamma",
        /// The one that a single opacity explains best, of plates in linear light
        Detect = "Linear",
    }
}

words! {
    /// How the overlay is estimated.
    Method {
        /// Weighed and smoothed
        Recommended = "Recommended",
        /// Pixel by pixel
        Closed = "Closed Form",
        /// The sign iteration of 2015
        Seed = "Seed",
    }
}

words! {
    /// What the plates went through.
    Source {
        /// To be measured
        Auto = "Automatic",
        /// Nothing: renders
        Clean = "Clean",
        /// Rounding to 8 bits
        #[value(name = "8bit")]
        EightBit = "8-bit",
        /// Grain
        Noisy = "Noisy",
        /// JPEG or a video codec
        Compressed = "Compressed",
    }
}

fn opacity(text: &str) -> Result<Opacity, String> {
    if text == "auto" {
        return Ok(Opacity::Auto);
    }
    let known = super::number(text, "an opacity from 0.01 to 1", |value| {
        (0.01..=1.0).contains(&value)
    });
    known.map(Opacity::Known)
}

/// A value as JSON writes it; what is no JSON is text.
fn setting(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or("must be NAME=VALUE")?;
    let value = match serde_json::from_str(value) {
        Ok(json) => Value::from_json(&json)?,
        Err(_) => Value::String(value.to_owned()),
    };
    Ok((name.to_owned(), value))
}
