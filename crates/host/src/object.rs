//! What property sets belong to.

use crate::value::ParamKind;
use std::fmt;

/// The object that a property set belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Object {
    /// The host.
    Host,
    /// An effect in Describe and DescribeInContext.
    EffectDescriptor,
    /// An instance of an effect.
    EffectInstance,
    /// A clip in DescribeInContext.
    ClipDescriptor,
    /// A clip of an instance.
    ClipInstance,
    /// An image.
    Image,
    /// The parameters of an effect, all together.
    ParamSet,
    /// A parameter in DescribeInContext.
    ParamDescriptor(ParamKind),
    /// A parameter of an instance.
    ParamInstance(ParamKind),
    /// What the host hands to an action.
    InArgs,
    /// What an action answers.
    OutArgs,
    /// Something else.
    #[default]
    Other,
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Host => "host",
            Self::EffectDescriptor => "effect descriptor",
            Self::EffectInstance => "effect instance",
            Self::ClipDescriptor => "clip descriptor",
            Self::ClipInstance => "clip instance",
            Self::Image => "image",
            Self::ParamSet => "parameter set",
            Self::ParamDescriptor(kind) => return write!(f, "{kind:?} parameter"),
            Self::ParamInstance(kind) => return write!(f, "{kind:?} parameter of an instance"),
            Self::InArgs => "in arguments",
            Self::OutArgs => "out arguments",
            Self::Other => "property set",
        };
        f.write_str(text)
    }
}
