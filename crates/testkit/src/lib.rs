//! Whole conversations in one thread and in virtual time: client sessions, a registry, bad links between them.
//!
//! Reading order: [`world`] is what a test holds; `client` is one page, `link` what lies between page and server,
//! `store` what survives the server; [`model`] says what everybody must see, and never looks into the registry.
//!
//! Only for tests. Must not know sockets, threads or real clocks: the same seed gives the same run.

pub mod model;
pub mod random;
pub mod world;
mod agreement;
mod client;
mod link;
mod store;

pub use link::Weather;
pub use model::Model;
pub use random::Random;
pub use world::{World, name};
