//! Images strip by strip, so that one of any size takes little memory.

mod feed;
mod read;

pub(crate) use feed::{Feed, Strip};
pub(crate) use read::Rows;
pub use read::Strips;
