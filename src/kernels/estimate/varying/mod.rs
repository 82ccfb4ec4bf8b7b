//! Opacity that is not the same everywhere.
//!
//! From one frame, opacity and colour are four unknowns in three equations: any opacity above
//! [`minimum`] reproduces the merged picture exactly. So each way takes something for granted:
//! [`smooth`] an opacity that varies slowly, for reflections; [`solid`] one colour, for logos and
//! titles; [`frames`] a still overlay over a moving background.
//!
//! All are for [`Blend::Normal`](super::model::Blend::Normal).

pub mod frames;
pub mod minimum;
pub mod smooth;
pub mod solid;
mod support;
