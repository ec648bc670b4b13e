//! What lies between a page and the server: connections that delay, break and swallow. Decides nothing.

use mistatus_core::time::{Span, Tick};

use crate::random::Random;

/// Tells how the way from one client to the server is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weather {
    /// Connections open and carry every text, in order, after a while.
    Fair,
    /// New connections are refused at once.
    Refusing,
    /// New connections are never answered.
    Silent,
}

/// Is one connection, seen from outside.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Whose it is, by number of the client.
    pub(crate) client: usize,
    /// Whether it is half-open: swallows all that either side says, and its end. Never mended, as in TCP the
    /// texts that were lost would have to come after all.
    pub(crate) swallows: bool,
    /// Whether the server holds its end.
    pub(crate) is_accepted: bool,
    /// Time since the last input that the client greeted with; `None` before the greeting.
    pub(crate) greeting: Option<Greeted>,
    to_client: Tick,
    to_hub: Tick,
}

/// Is what of a greeting the reference model needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Greeted {
    pub(crate) idle: bool,
}

/// Tells which way something travels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Towards {
    Client,
    Hub,
}

/// Is what travels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Parcel {
    Opened,
    Text(String),
    Closed,
}

impl Connection {
    pub(crate) fn new(client: usize, swallows: bool) -> Self {
        Self {
            client,
            swallows,
            is_accepted: false,
            greeting: None,
            to_client: Tick::default(),
            to_hub: Tick::default(),
        }
    }

    /// Returns when something that leaves now arrives: never before what left earlier.
    pub(crate) fn arrival(&mut self, towards: Towards, now: Tick, random: &mut Random) -> Tick {
        // Mostly near, sometimes over a bad mobile network.
        let bound = if random.below(20) == 0 { 3_000 } else { 120 };
        let last = match towards {
            Towards::Client => &mut self.to_client,
            Towards::Hub => &mut self.to_hub,
        };
        *last = (*last).max(now + Span::from_millis(random.below(bound)));
        *last
    }
}
