//! The seam between the session and the wire: one trait, one implementation a protocol.

use core::fmt;

use crate::{
    message::{ClientMessage, Greeting, Notice},
    time::Span,
};

/// An implementation of one protocol for the session, over a link that carries whole texts in order.
///
/// Sans-IO: bytes go in by [`Dialect::receive`], out by [`Dialect::poll_transmit`].
/// A negotiation of several rounds is the dialect's own affair; the session hears of it when
/// [`Notice::SignedIn`], [`Notice::Bye`] or an error comes out.
pub trait Dialect {
    /// Names the WebSocket subprotocol to ask for.
    fn subprotocol(&self) -> &'static str;

    /// Starts anew on a link that has just opened; what was left of an earlier link is forgotten.
    fn open(&mut self, greeting: Greeting);

    /// Joins a connection that another tab has opened: as [`Dialect::open`], but says nothing.
    fn attach(&mut self);

    /// Says something. Only after [`Notice::SignedIn`] came out.
    fn send(&mut self, message: ClientMessage);

    /// Takes one text that the link delivered.
    fn receive(&mut self, text: &str);

    /// Takes whether somebody can see the page, at any time: some engines save what a hidden page does not need.
    fn handle_visibility(&mut self, _visible: bool) {}

    /// The page is about to be put away, and the link to be closed: says what must be said before.
    fn leave(&mut self) {}

    /// Returns in how long something is due that no text brings, after each text that was taken; `None` for nothing.
    fn poll_timeout(&self) -> Option<Span> {
        None
    }

    /// Does what is due. Early or twice is a no-op.
    fn handle_timeout(&mut self) {}

    /// Returns the next text to send; call until `None` after every other call.
    fn poll_transmit(&mut self) -> Option<String>;

    /// Returns the next thing that was understood or not; call until `None` after every [`Dialect::receive`]
    /// and [`Dialect::handle_timeout`].
    fn poll_notice(&mut self) -> Option<Result<Notice, DialectError>>;
}

/// The error of a received text that violates the protocol. The link stays usable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DialectError {
    /// What was wrong and what is allowed, for developers; English, holds nothing of the peer's text.
    pub message: String,
}

impl fmt::Display for DialectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for DialectError {}
