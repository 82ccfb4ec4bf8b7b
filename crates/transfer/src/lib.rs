//! The file of a difference, and its proof
