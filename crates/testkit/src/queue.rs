//! What is on its way through the world, in the order of arrival. Decides nothing.

use std::collections::BTreeMap;

use mistatus_core::{session::PeerMessage, time::Tick};
use mistatus_hub::ConnectionId;

use crate::link::{Parcel, Towards};

/// A scheduled event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Happening {
    /// Something comes out of a connection.
    Link { connection: ConnectionId, towards: Towards, parcel: Parcel },
    /// A tab hears another one.
    Peer { to: usize, generation: u32, message: PeerMessage },
    /// A tab hears of the lock that it wants.
    Lock { to: usize, generation: u32, ticket: u64, granted: bool },
    /// A machine wakes up.
    Wake { profile: usize },
}

/// All scheduled events.
#[derive(Default, Debug)]
pub(crate) struct Queue {
    /// By arrival and then by departure.
    waiting: BTreeMap<(Tick, u64), Happening>,
    last: u64,
}

impl Queue {
    pub(crate) fn push(&mut self, at: Tick, what: Happening) {
        self.last += 1;
        self.waiting.insert((at, self.last), what);
    }

    pub(crate) fn next(&self) -> Option<Tick> {
        self.waiting.first_key_value().map(|((at, _), _)| *at)
    }

    pub(crate) fn pop(&mut self) -> Option<Happening> {
        self.waiting.pop_first().map(|(_, what)| what)
    }

    /// Loses what is on its way over a connection.
    pub(crate) fn lose(&mut self, id: ConnectionId) {
        self.waiting.retain(
            |_, what| !matches!(what, Happening::Link { connection, .. } if *connection == id),
        );
    }
}
