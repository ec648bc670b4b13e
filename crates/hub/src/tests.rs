//! Tests of the registry in virtual time, against a store that the test plays.

mod blocking;
mod claims;
mod directory;
mod explanation;
mod idle;
mod messages;
mod order;
mod people;
mod properties;
mod reading;
mod resume;
mod rules;
mod shares;
mod store;
mod two_worlds;
mod unbroken;
mod visibility;
mod world;
