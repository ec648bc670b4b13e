//! The registry of a server, sans-IO: who is connected, who watches whom, what each of them is told.
//!
//! Reading order: [`config`] and [`io`] are what goes in and comes out; `account` is one user, `client` one client
//! over all its connections, `backlog` what it was told; `people` is how a user stands to others, `inbox` what waits for
//! a user; [`hub`] takes the inputs, `arrivals` lets clients come and go, `requests` works off what they want, `lists`
//! and `messages` do what it is about, `telling` decides who hears of it. [`memory`] is a store for tests.
//!
//! Must not know sockets, databases, clocks or randomness: time is an input, writes are outputs.

pub mod config;
pub mod io;
mod account;
mod backlog;
mod client;
mod inbox;
mod people;
mod timers;
pub mod hub;
mod arrivals;
mod lists;
mod messages;
mod requests;
mod telling;
pub mod memory;

pub use config::{HubConfig, Visibility};
pub use hub::Hub;
pub use io::{
    Arrival, BlockRecord, ClientId, Closing, Curtain, Departure, MessagesRecord, Output,
    PeopleRecord, Query, StoreError, Ticket, Timer, UserRecord, Write,
};

#[cfg(test)]
mod tests;
