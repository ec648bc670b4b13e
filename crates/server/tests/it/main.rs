//! The server over real sockets, on free ports. Waits for conditions; asserts no wall-clock time.

mod api;
mod attack;
mod auth;
mod backup;
mod bad_input;
mod binary;
mod check;
mod client;
mod conversation;
mod durability;
mod http;
mod idle;
mod invite;
mod jwks;
mod keys;
mod limits;
mod logs;
mod operating;
mod people;
mod process;
mod provider;
mod resume;
mod revoked;
mod service_keys;
mod token;
mod webhooks;
