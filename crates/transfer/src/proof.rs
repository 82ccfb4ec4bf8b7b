//! What a difference is proven by.

use images::Image;

use crate::{background_hash, changed_pixels, painted_hash};

/// What a difference is proven by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// [`background_hash`] of the background.
    pub background_hash: String,
    /// [`painted_hash`] of the painted plate.
    pub painted_hash: String,
    /// Pixels of which any channel of the painted plate differs from the background.
    pub changed_pixels: u64,
}

impl Proof {
    /// The proof of these two plates.
    pub fn of(background: &Image, painted: &Image) -> Self {
        Proof {
            background_hash: background_hash(background),
            painted_hash: painted_hash(painted),
            changed_pixels: changed_pixels(background, painted),
        }
    }
}
