//! Tests of the registry in virtual time, against a store that the test plays.

mod explanation;
mod order;
mod properties;
mod resume;
mod rules;
mod store;
mod two_worlds;
mod unbroken;
mod world;
