//! The registry of a server, sans-IO: who is connected, who watches whom, what each of them is told.
//!
//! Reading order: [`config`] and [`io`] are what goes in and comes out.
//! Data: `client` is one client over all its connections, `backlog` what it was told, `audience` who hears of whom;
//! `contacts`, `relations` (groups, blocks, permissions), `claims`, `views` (what others see) and `inbox` make an
//! `account`;
//! `directory` is whom the company says there is;
//! `undelivered` counts what each has written; `jobs` is what waits.
//! [`hub`] takes the inputs; `arrivals` lets clients come and go; `requests` works off what they say, `list`, `groups`,
//! `messages` and `reading` do what it is about, `services` what others than clients ask for; `people` changes the directory, `removal` takes people out of
//! everything; `viewing` decides who may see whom, `fan_out` tells them. [`memory`] is a
//! store for tests.
//!
//! Must not know sockets, databases, clocks or randomness: time is an input, writes are outputs.

pub mod config;
pub mod io;
mod client;
mod audience;
mod backlog;
mod contacts;
mod inbox;
mod undelivered;
mod directory;
mod claims;
mod relations;
mod views;
mod jobs;
mod account;
mod timers;
pub mod hub;
mod arrivals;
mod requests;
mod list;
mod groups;
mod messages;
mod reading;
mod services;
mod people;
mod removal;
mod viewing;
mod fan_out;
pub mod memory;

pub use config::{HubConfig, Visibility};
pub use directory::{Person, Plan};
pub use hub::Hub;
pub use io::{
    Arrival, BlockRecord, BlockedView, ClaimRecord, Closing, ConnectionId, Departure,
    DirectoryCommand, HiddenRecord, MessagesRecord, NewClaim, Output, Query, RelationsRecord,
    ServiceCommand, ServiceRequestId, StoreError, Ticket, Timer, UserRecord, Write,
};
pub use undelivered::Amount;

#[cfg(test)]
mod tests;
