//! What lies between a page and the server: connections that delay, break, repeat and swallow. Decides nothing.

use mistatus_core::{
    message::{Resume, Seq},
    time::{Span, Tick},
};

use crate::{authority::Credentials, random::Random};

/// The condition of the network between one client and the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weather {
    /// Connections open and carry every text, in order, after a while.
    Fair,
    /// New connections are refused at once.
    Refusing,
    /// New connections are never answered.
    Silent,
}

/// A connection, seen from outside.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Whose it is, by number of the client.
    pub(crate) client: usize,
    pub(crate) opened_at: Tick,
    /// Whether it is half-open: swallows all that either side says, and its end. Never mended, as in TCP the
    /// texts that were lost would have to come after all.
    pub(crate) swallows: bool,
    /// Whether the server holds its end.
    pub(crate) is_accepted: bool,
    /// What the client greeted with; `None` before the greeting.
    pub(crate) greeting: Option<Greeted>,
    pub(crate) credentials: Option<Credentials>,
    /// Last number that was sent over it, and the last that the client had seen before.
    pub(crate) told: Option<Seq>,
    to_client: Tick,
    to_hub: Tick,
}

/// The parts of a greeting that the reference model needs.
#[derive(Clone, Debug)]
pub(crate) struct Greeted {
    pub(crate) idle: bool,
    /// What a later connection is to say to go on with this one.
    pub(crate) key: String,
    pub(crate) resume: Option<Resume>,
}

/// The direction in which something travels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Towards {
    Client,
    Hub,
}

/// The content of one transfer over a connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Parcel {
    Opened,
    Text(String),
    Closed,
    /// A ping of the protocol below, which whatever holds the client's socket answers while the machine is awake.
    Probe,
    Pong,
}

impl Connection {
    pub(crate) fn new(client: usize, swallows: bool, now: Tick) -> Self {
        Self {
            client,
            opened_at: now,
            swallows,
            is_accepted: false,
            greeting: None,
            credentials: None,
            told: None,
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
