//! One connection, as the registry knows it. Decides nothing.

use std::collections::BTreeSet;

use mistatus_core::{message::Seq, signin_name::SigninName, time::Tick};

/// Is a connection that has been told its snapshot.
pub(crate) struct Client {
    pub(crate) user: SigninName,
    /// Number of the last numbered notice.
    pub(crate) seq: Seq,
    /// Names as this client gave them.
    pub(crate) watches: BTreeSet<SigninName>,
    /// How many of its requests have no outcome yet.
    pub(crate) pending: usize,
    pub(crate) pulse: Pulse,
}

/// Tells whether a client still lives.
#[derive(Clone, Copy)]
pub(crate) enum Pulse {
    /// It was heard of then.
    Heard(Tick),
    /// It was asked for a sign of life, and has not answered yet.
    Asked,
}

/// Tells whether somebody sits in front of a client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activity {
    Active,
    Idle,
}

impl Client {
    pub(crate) fn new(user: SigninName, now: Tick) -> Self {
        Self {
            user,
            seq: Seq::default(),
            watches: BTreeSet::new(),
            pending: 0,
            pulse: Pulse::Heard(now),
        }
    }
}

impl Activity {
    pub(crate) fn from_idle_for(idle_for: Option<mistatus_core::time::Span>) -> Self {
        if idle_for.is_some() { Self::Idle } else { Self::Active }
    }
}
