//! The registry of a server, sans-IO: who is connected, who watches whom, what each of them is told.
//!
//! Reading order: [`config`] and [`io`] are what goes in and comes out; `account` is one user, `client` one client
//! over all its connections, `backlog` what it was told; [`hub`] takes the inputs, `arrivals` lets clients come and
//! go, `requests` works off what they want, `telling` decides who hears of it.
//!
//! Must not know sockets, databases, clocks or randomness: time is an input, writes are outputs.

pub mod config;
pub mod io;
mod account;
mod backlog;
mod client;
mod timers;
pub mod hub;
mod arrivals;
mod requests;
mod telling;

pub use config::{HubConfig, Visibility};
pub use hub::Hub;
pub use io::{
    Arrival, ClientId, Closing, Departure, Output, StoreError, Ticket, Timer, UserRecord, Write,
};

#[cfg(test)]
mod tests;
