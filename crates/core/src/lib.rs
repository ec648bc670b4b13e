//! Domain types and the client session of mistatus, sans-IO.
//!
//! Reading order: [`status`], [`hresult`] and [`signin_name`] are the vocabulary of the automation API;
//! [`presence`], [`claim`], [`group`], [`chat`], [`idle`], [`unread`], [`search`] and [`message`] say what is told about people; [`dialect`] is the seam
//! to the wire; [`session`] is the client.
//!
//! Must not know serialization, sockets, clocks, randomness or the DOM: time, random seeds and texts are inputs.

pub mod chat;
pub mod claim;
pub mod dialect;
pub mod drafts;
pub mod fold;
pub mod footprint;
pub mod friendly_name;
pub mod group;
pub mod hresult;
pub mod idle;
pub mod by_name;
pub mod limits;
pub mod message;
pub mod presence;
pub mod search;
pub mod session;
pub mod signin_name;
pub mod status;
pub mod time;
pub mod unread;
#[cfg(test)]
mod work;
