//! From two plates, and what the node Min makes of them, to a difference.

use images::{Image, Rect};

use crate::difference::{DIFFERENCE, REPLACE, RESIDUAL};
use crate::survey::{Survey, ways};
use crate::{Difference, Error, Proof};

/// What the node Min is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The difference, with `finite` switched on.
    Difference,
    /// The residual.
    Residual,
}

impl Difference {
    /// Makes the difference that restores `painted` from `background`, and proves it: before this
    /// returns, its own decoder has restored every native bit.
    ///
    /// `min` is asked for the planes that the node Min renders over `window`, in the order of the
    /// painted plate's channels; for the residual only where floats alone do not bring every sample
    /// back.
    ///
    /// Integers (`uint`) are no sums: where they changed they are replaced, whatever `min` gives. A
    /// channel is stored in halves where those, with a residual in halves, bring back all that is
    /// finite: codes of 8 to 16 bits and halves, also where floats hold them; any other in floats.
    /// Codes leave a difference room of half a code to either side: of the halves in it the one of the
    /// fewest bits is taken, which packs best.
    ///
    /// # Errors
    ///
    /// [`Error::Plates`] where planes and plates do not fit together, or the painted plate's
    /// attributes cannot be carried; [`Error::Proof`] where the planes do not restore it; what
    /// `min` returns.
    pub fn encode<E: From<Error>>(
        background: &Image,
        painted: &Image,
        window: Rect,
        min: impl FnMut(Output) -> Result<Vec<Vec<f32>>, E>,
    ) -> Result<Self, E> {
        let target = painted.header();
        let channels = ways([background, painted], &target, window, None, min)?;
        let mut survey = Survey::new(&target);
        survey.add(&channels, window);
        let plan = survey.plan(target, Proof::of(background, painted))?;
        let channels = plan.choose(channels);
        let tier = |name| {
            let tier = plan.tiers.iter().position(|tier| tier.0 == name)?;
            Some(plan.tier(tier, &channels, window, window))
        };
        let nothing = || Error::Proof("there is no difference".to_owned());
        let made = Difference {
            difference: tier(DIFFERENCE).ok_or_else(nothing)?,
            residual: tier(RESIDUAL),
            replace: tier(REPLACE),
            residual_samples: plan.facts.residual_samples,
            replaced_samples: plan.facts.replaced_samples,
            target: plan.facts.target,
            proof: plan.facts.proof,
        };
        // The decoder knows nothing of the above: it starts from the tiers as they are stored.
        if made.restore(background).channels != painted.channels {
            return Err(Error::Proof(
                "decoding the difference does not give the painted plate".to_owned(),
            )
            .into());
        }
        Ok(made)
    }
}
