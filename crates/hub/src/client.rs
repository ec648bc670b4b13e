//! One client, over all its connections, as the registry knows it. Decides nothing.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

use mistatus_core::{
    chat::MessageId,
    message::{RequestId, Seq, Token, Update},
    signin_name::SigninName,
    time::{Span, Tick},
};

use crate::{backlog::Backlog, io::ConnectionId};

/// Names a client, whichever connection it has at the moment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct ClientId(pub(crate) u64);

/// A client that has been sent its snapshot.
pub(crate) struct Client {
    pub(crate) user: SigninName,
    pub(crate) link: Link,
    pub(crate) keys: Keys,
    pub(crate) backlog: Backlog,
    /// The last message of somebody else that it was told.
    pub(crate) told: MessageId,
    /// Names as this client gave them.
    pub(crate) watches: BTreeSet<SigninName>,
    /// Requests that have no outcome yet.
    pub(crate) running: BTreeSet<RequestId>,
    /// The outcomes of the last requests, for a client that repeats them; shared with the backlog.
    pub(crate) finished: VecDeque<Arc<Update>>,
}

/// Tells whether a client can be spoken to.
#[derive(Clone, Copy)]
pub(crate) enum Link {
    /// By that connection.
    Up { connection: ConnectionId, pulse: Pulse },
    /// Not now; what it misses is kept until then.
    Lost { until: Tick, sent: Seq },
}

/// Tells whether a connection still lives, and whether its client can speak: the socket of a page that shows a dialogue
/// is served by the browser's network stack, which answers while the page cannot.
#[derive(Clone, Copy)]
pub(crate) struct Pulse {
    /// When anything was heard last.
    pub(crate) heard: Tick,
    /// When the client itself spoke last.
    pub(crate) spoke: Tick,
    /// Whether the other end was asked for a sign of life, and has given none yet.
    pub(crate) is_asked: bool,
    /// Whether the client itself was asked, and has not spoken yet: one question is enough, however long that takes.
    pub(crate) is_client_asked: bool,
    /// Whether the client counts as idle only because it has been silent for so long.
    pub(crate) is_silent: bool,
}

/// The tokens with which a client may resume its connection.
#[derive(Default)]
pub(crate) struct Keys {
    current: Option<Token>,
    /// The one that this connection was resumed by: until the client speaks, nobody knows that it was told the
    /// current one.
    former: Option<Token>,
}

/// Tells whether somebody sits in front of a client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activity {
    Active,
    Idle,
}

impl Client {
    pub(crate) fn new(user: SigninName, link: Link, key: Option<Token>) -> Self {
        Self {
            user,
            link,
            keys: Keys { current: key, former: None },
            backlog: Backlog::default(),
            told: MessageId(0),
            watches: BTreeSet::new(),
            running: BTreeSet::new(),
            finished: VecDeque::new(),
        }
    }

    pub(crate) const fn connection(&self) -> Option<ConnectionId> {
        match self.link {
            Link::Up { connection, .. } => Some(connection),
            Link::Lost { .. } => None,
        }
    }
}

impl Pulse {
    /// Starts with a client that has spoken.
    pub(crate) const fn new(now: Tick) -> Self {
        Self { heard: now, spoke: now, is_asked: false, is_client_asked: false, is_silent: false }
    }
}

impl Keys {
    pub(crate) const fn is_empty(&self) -> bool {
        self.current.is_none() && self.former.is_none()
    }

    pub(crate) fn open_by(&self, said: &Token) -> bool {
        let same = |key: &Option<Token>| key.as_ref().is_some_and(|key| is_same(key, said));
        // Both in any case: the time it takes says nothing.
        same(&self.current) | same(&self.former)
    }

    /// Changes the lock, keeping the key that was said until the client is sure to have the new one.
    pub(crate) fn renew(&mut self, fresh: Option<Token>, said: Token) {
        self.former = fresh.is_some().then_some(said);
        self.current = fresh;
    }

    /// The client has spoken: it was told the current key.
    pub(crate) fn confirm(&mut self) {
        self.former = None;
    }
}

impl Activity {
    pub(crate) fn from_idle_for(idle_for: Option<Span>) -> Self {
        if idle_for.is_some() { Self::Idle } else { Self::Active }
    }
}

/// Compares two secrets in a time that does not tell where they differ.
fn is_same(key: &Token, said: &Token) -> bool {
    let (key, said) = (key.reveal().as_bytes(), said.reveal().as_bytes());
    let differing = key.iter().zip(said).fold(0, |differing, (a, b)| differing | (a ^ b));
    key.len() == said.len() && std::hint::black_box(differing) == 0
}
