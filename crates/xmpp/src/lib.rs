//! The client's side of XMPP (RFC 6120, 6121) over a WebSocket (RFC 7395), sans-IO: the second dialect.
//!
//! One file a specification; [`dialect`] puts them together for a session of `mistatus-core`.
//! Whatever a service sends is untrusted: size, depth, order, counters and names.
//! Must not open sockets, keep time or make random numbers: texts, a clock and a seed are inputs.

mod limits;
mod map;
mod ns;
pub mod xml;
pub mod jid;
pub mod datetime;
pub mod framing;
pub mod sasl;
pub mod stanza;
pub mod errors;
pub mod caps;
pub mod nick;
pub mod displayed;
pub mod roster;
pub mod mapping;
pub mod choice;
pub mod resources;
pub mod stream_management;
pub mod privacy_lists;
pub mod blocking;
pub mod messages;
pub mod carbons;
pub mod archive;
mod history;
pub mod host_meta;
pub mod dialect;

pub use dialect::{Approval, Clock, Credentials, XmppDialect, XmppOptions};

/// The name of the WebSocket subprotocol (RFC 7395 §3.1).
pub const SUBPROTOCOL: &str = "xmpp";
