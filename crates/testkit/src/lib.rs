//! Whole conversations in one thread and in virtual time: client sessions, a registry, bad links between them.
//!
//! Reading order: [`world`] is what a test holds; [`day`] lets people do random things in it; `client` is one page,
//! `profile` the browser around its tabs, `link` what lies between page and server, `authority` who gives out tokens,
//! `store` what survives the server; [`fuzz`] takes any bytes; [`frames`] prints what the registry tells; [`model`] says what everybody must see, and never looks into the registry.
//!
//! Only for tests. Must not know sockets, threads or real clocks: the same seed gives the same run.

pub mod day;
pub mod frames;
pub mod fuzz;
pub mod model;
pub mod random;
pub mod tally;
pub mod world;
mod agreement;
mod authority;
mod client;
mod link;
mod profile;
mod queue;
mod store;

pub use day::Day;
pub use link::Weather;
pub use model::Model;
pub use random::Random;
pub use tally::Tally;
pub use world::{World, name};
