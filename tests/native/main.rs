//! What must hold for the whole repository: who may depend on whom, how files look, what must agree with what.
//!
//! Reads files and `cargo metadata`; tests no behaviour.

#![cfg(not(target_arch = "wasm32"))]

mod agreement;
mod architecture;
mod paths;
mod reliability;
mod sources;
mod tidy;
