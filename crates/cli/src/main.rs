//! The command line of Deltaplate.
fn main() {}
