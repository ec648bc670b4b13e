//! One user: intent, contact list, clients, and what of it others see. Tells nobody.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mistatus_core::{
    message::MyPresence,
    presence::{Intent, Presence, Viewer, effective_status},
    signin_name::SigninName,
    status::MiStatus,
    time::{Tick, UnixMs},
};

use crate::{
    client::{Activity, Seat},
    requests::Job,
};

/// Is a user who has signed in at least once.
pub(crate) struct Account {
    pub(crate) name: SigninName,
    /// What the user wants to be called; others learn it when the user is next seen.
    pub(crate) friendly_name: Option<String>,
    /// What the store has been given as friendly name.
    pub(crate) stored_friendly_name: Option<String>,
    pub(crate) intent: Intent,
    pub(crate) contacts: ContactList,
    /// Clients that have a connection.
    pub(crate) clients: BTreeMap<Seat, Activity>,
    /// These, and those that may still go on with a lost one.
    pub(crate) seats: BTreeSet<Seat>,
    /// Clients that vanished a short while ago and still count.
    pub(crate) lingering: Vec<Lingering>,
    pub(crate) shown: Shown,
    /// Whose permission to see this user changed while the user seemed offline, and what it was before: the
    /// change shows with the user, since only somebody who is connected can bring it about.
    pub(crate) veil: BTreeMap<SigninName, Sight>,
    /// Requests of all clients in order of arrival; the next starts when the write of the last is through,
    /// so that each is judged by what is durable.
    pub(crate) queue: VecDeque<Job>,
    pub(crate) writing: bool,
    /// Whether the registry has just started: who was connected before may be on the way back,
    /// and until the damping time is over nobody can say that they are gone.
    pub(crate) may_return: bool,
}

/// Is a client that vanished, until the damping time is over.
pub(crate) struct Lingering {
    pub(crate) seat: Seat,
    pub(crate) until: Tick,
    pub(crate) activity: Activity,
}

/// Is what those see of a user who may.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) friendly_name: Option<String>,
    pub(crate) presence: Presence,
}

/// Tells whether a viewer may see a user.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    Allowed,
    Denied,
}

/// Is an ordered list without duplicates; every operation costs a logarithm.
#[derive(Default)]
pub(crate) struct ContactList {
    order: BTreeMap<u64, SigninName>,
    places: BTreeMap<SigninName, u64>,
    next: u64,
}

impl Account {
    pub(crate) fn new(name: SigninName, friendly_name: Option<String>, intent: Intent) -> Self {
        Self {
            name,
            stored_friendly_name: friendly_name.clone(),
            shown: Shown { friendly_name: friendly_name.clone(), presence: Presence::OFFLINE },
            friendly_name,
            intent,
            contacts: ContactList::default(),
            clients: BTreeMap::new(),
            seats: BTreeSet::new(),
            veil: BTreeMap::new(),
            lingering: Vec::new(),
            queue: VecDeque::new(),
            writing: false,
            may_return: false,
        }
    }

    /// Says that the registry has just started and has not heard of this user yet.
    pub(crate) fn await_return(&mut self) {
        self.may_return = true;
        self.shown.presence = Presence::UNKNOWN;
    }

    /// Whether nobody can say yet if the user is there.
    pub(crate) fn is_settling(&self) -> bool {
        self.may_return && self.shown.presence.status == MiStatus::Unknown
    }

    pub(crate) fn me(&self) -> MyPresence {
        MyPresence {
            status: self.status(Viewer::Oneself),
            intent: self.intent.clone(),
            since: None,
            source: None,
        }
    }

    /// Computes what others see from now on.
    ///
    /// Neither note nor friendly name follow while the user seems offline: they would tell that somebody
    /// who is invisible is there.
    pub(crate) fn shown_now(&self, wall: UnixMs) -> Shown {
        let status = self.status(Viewer::Other);
        let since = if status == self.shown.presence.status {
            self.shown.presence.since
        } else {
            Some(wall)
        };
        if status == MiStatus::Offline {
            // Since when, nobody knows who was not there.
            let since = since.filter(|_| self.shown.presence.status != MiStatus::Unknown);
            let presence = match self.may_return {
                true => Presence::UNKNOWN,
                false => Presence { since, ..Presence::of(status) },
            };
            return Shown { friendly_name: self.shown.friendly_name.clone(), presence };
        }
        let presence = Presence { note: self.intent.note.clone(), since, ..Presence::of(status) };
        Shown { friendly_name: self.friendly_name.clone(), presence }
    }

    fn status(&self, viewer: Viewer) -> MiStatus {
        let mut activities =
            self.clients.values().copied().chain(self.lingering.iter().map(|gone| gone.activity));
        let connected = activities.clone().next().is_some();
        let idle = activities.all(|activity| activity == Activity::Idle);
        effective_status(self.intent.status, connected, idle, viewer)
    }
}

impl ContactList {
    pub(crate) fn contains(&self, name: &SigninName) -> bool {
        self.places.contains_key(name)
    }

    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// Appends; does nothing where the name is there already.
    pub(crate) fn push(&mut self, name: SigninName) {
        if self.contains(&name) {
            return;
        }
        self.places.insert(name.clone(), self.next);
        self.order.insert(self.next, name);
        self.next += 1;
    }

    /// Removes, and returns the name as it was given.
    pub(crate) fn remove(&mut self, name: &SigninName) -> Option<SigninName> {
        let place = self.places.remove(name)?;
        self.order.remove(&place)
    }

    /// Returns the name as it was given.
    pub(crate) fn as_given(&self, name: &SigninName) -> Option<&SigninName> {
        self.order.get(self.places.get(name)?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &SigninName> {
        self.order.values()
    }
}
