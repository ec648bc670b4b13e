//! Real services.
fn main() {}
