//! The event stream `mistatus.v1`: JSON text frames over a WebSocket.
//!
//! docs/PROTOCOL.md is the description to write another implementation from; a test holds it, the schemas
//! and the table of frames together. This crate maps between frames and the domain types of `mistatus-core`.
//! Must not open sockets, keep time, or decide what a request leads to.

mod notation;
mod fields;
mod reader;
mod codec;
mod table;
mod dialect;
#[cfg(feature = "text")]
pub mod server;
#[cfg(test)]
mod schema;

pub use dialect::JsonDialect;
#[cfg(feature = "text")]
pub use notation::Text;
pub use notation::{Notation, Object};

/// Names the WebSocket subprotocol (RFC 6455 §1.9); a server that does not choose it is not one of ours.
pub const SUBPROTOCOL: &str = "mistatus.v1";
