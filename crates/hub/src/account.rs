//! One user: intent, contact list, clients, and what of it others see. Tells nobody.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mistatus_core::{
    message::{Change, MyPresence},
    presence::{Intent, Presence, Source, Viewer, effective_status},
    signin_name::SigninName,
    status::MiStatus,
    time::{Tick, UnixMs},
};

use crate::{
    client::{Activity, Seat},
    inbox::Inbox,
    people::People,
    requests::Job,
};

/// A user who has signed in at least once.
pub(crate) struct Account {
    pub(crate) name: SigninName,
    /// What the user wants to be called; others learn it when the user is next seen.
    pub(crate) friendly_name: Option<String>,
    /// What the store has been given as friendly name.
    pub(crate) stored_friendly_name: Option<String>,
    pub(crate) intent: Intent,
    /// When that was chosen.
    pub(crate) chosen_at: Option<UnixMs>,
    pub(crate) contacts: ContactList,
    pub(crate) people: People,
    pub(crate) inbox: Inbox,
    /// Clients that have a connection.
    pub(crate) clients: BTreeMap<Seat, Activity>,
    /// These, and those that may still go on with a lost one.
    pub(crate) seats: BTreeSet<Seat>,
    /// Clients that vanished a short while ago and still count.
    pub(crate) lingering: Vec<Lingering>,
    pub(crate) shown: Shown,
    pub(crate) own: Own,
    /// Who was given or lost the permission to see the user while the user seemed offline, and whether they had it
    /// before: only somebody who is connected can bring that about, so for others it happens when the user is seen
    /// again.
    veil: BTreeMap<SigninName, bool>,
    /// Requests of all clients in order of arrival; the next starts when the write of the last is through,
    /// so that each is judged by what is durable.
    pub(crate) queue: VecDeque<Job>,
    /// How many pages of messages are being read.
    pub(crate) fetching: usize,
    pub(crate) writing: bool,
    /// Whether the registry has just started: who was connected before may be on the way back,
    /// and until the damping time is over nobody can say that they are gone.
    pub(crate) may_return: bool,
}

/// A client whose connection was lost, until the damping time is over.
pub(crate) struct Lingering {
    pub(crate) seat: Seat,
    pub(crate) until: Tick,
    pub(crate) activity: Activity,
}

/// A user's name and presence as permitted viewers see them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) friendly_name: Option<String>,
    pub(crate) presence: Presence,
}

/// The status that is shown to the user themselves, since when, and by what cause.
pub(crate) struct Own {
    status: MiStatus,
    since: Option<UnixMs>,
    source: Option<Source>,
}

/// An ordered list without duplicates; every operation takes logarithmic time.
#[derive(Default)]
pub(crate) struct ContactList {
    order: BTreeMap<u64, SigninName>,
    places: BTreeMap<SigninName, u64>,
    next: u64,
}

impl Account {
    pub(crate) fn new(name: SigninName, friendly_name: Option<String>, intent: Intent) -> Self {
        let source = Some(Source::Connection);
        Self {
            name,
            stored_friendly_name: friendly_name.clone(),
            shown: Shown {
                friendly_name: friendly_name.clone(),
                presence: Presence { source, ..Presence::OFFLINE },
            },
            own: Own { status: MiStatus::Offline, since: None, source },
            chosen_at: None,
            friendly_name,
            intent,
            contacts: ContactList::default(),
            people: People::default(),
            inbox: Inbox::default(),
            clients: BTreeMap::new(),
            seats: BTreeSet::new(),
            veil: BTreeMap::new(),
            lingering: Vec::new(),
            queue: VecDeque::new(),
            fetching: 0,
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

    /// Whether the user has allowed somebody to see them.
    pub(crate) fn permits(&self, name: &SigninName) -> bool {
        self.contacts.contains(name) || self.people.allowed.contains(name)
    }

    /// Whether somebody may see the user, as far as they may know.
    pub(crate) fn seems_to_permit(&self, name: &SigninName) -> bool {
        match self.people.curtain(name) {
            Some(curtain) => curtain.permits,
            None => self.seemed_to_permit(name),
        }
    }

    /// Returns what others are to go on believing when the permission of somebody is about to be given or taken away.
    pub(crate) fn believed_after_change(&self, name: &SigninName, permitted: bool) -> Option<bool> {
        let seemed = self.seemed_to_permit(name);
        // What is changed back leaves nothing to hide.
        (!self.is_seen() && seemed != permitted).then_some(seemed)
    }

    /// Says what others have believed since before a restart.
    pub(crate) fn restore_veil(&mut self, believed: Vec<(SigninName, bool)>) {
        let is_wrong = |(name, permitted): &(SigninName, bool)| *permitted != self.permits(name);
        self.veil = believed.into_iter().filter(is_wrong).collect();
    }

    /// Puts somebody on the list who is not there.
    pub(crate) fn add_contact(&mut self, name: &SigninName, believed: Option<bool>) {
        self.contacts.push(name.clone());
        self.believe(name, believed);
    }

    /// Takes somebody off the list and their permission away, and returns the name as it was given.
    pub(crate) fn remove_contact(
        &mut self,
        name: &SigninName,
        believed: Option<bool>,
    ) -> Option<SigninName> {
        let given = self.contacts.remove(name)?;
        self.people.allowed.remove(name);
        self.believe(name, believed);
        Some(given)
    }

    /// Lets somebody see the user who is not on the list.
    pub(crate) fn allow(&mut self, name: &SigninName, believed: Option<bool>) {
        self.people.allowed.insert(name.clone());
        self.believe(name, believed);
    }

    /// Returns what a viewer who may see the user is told.
    pub(crate) fn seen_by(&self, viewer: &SigninName, name: &SigninName) -> Change {
        let special = self.people.seen_by(viewer, &self.shown, self.may_return);
        let hidden = self.people.is_hidden_from(viewer);
        let Shown { friendly_name, presence } = special.unwrap_or_else(|| self.shown.clone());
        let settling = if hidden { self.may_return } else { self.is_settling() };
        Change { name: name.clone(), friendly_name, presence, settling }
    }

    /// Returns whom the veil was about, and whether they had the permission before, once the user is seen.
    pub(crate) fn lift_veil(&mut self) -> BTreeMap<SigninName, bool> {
        if self.is_seen() { core::mem::take(&mut self.veil) } else { BTreeMap::new() }
    }

    /// Whether the user is connected in the eyes of others.
    pub(crate) const fn is_seen(&self) -> bool {
        self.shown.presence.status.is_online()
    }

    fn seemed_to_permit(&self, name: &SigninName) -> bool {
        self.veil.get(name).copied().unwrap_or_else(|| self.permits(name))
    }

    fn believe(&mut self, name: &SigninName, believed: Option<bool>) {
        match believed {
            Some(permitted) if !self.is_seen() => {
                self.veil.insert(name.clone(), permitted);
            }
            _ => {
                self.veil.remove(name);
            }
        }
    }

    pub(crate) fn me(&self) -> MyPresence {
        MyPresence {
            status: self.own.status,
            intent: self.intent.clone(),
            since: self.own.since,
            source: self.own.source,
        }
    }

    /// Says that a client has come back after a restart: the user's own status is what it was before.
    pub(crate) fn resume_own(&mut self) {
        let status = self.status(Viewer::Oneself);
        // When input stopped or came, nobody wrote down.
        let is_chosen = !matches!(status, MiStatus::Online | MiStatus::Idle);
        self.own = Own {
            status,
            since: self.chosen_at.filter(|_| is_chosen),
            source: is_chosen.then_some(self.intent.source),
        };
    }

    /// Brings what the user and others see up to date; returns whether others see a difference.
    ///
    /// `cause` is what the last change of a status that is shown is put down to. To come and to go is always put
    /// down to the connection, also where somebody became visible or invisible by choice: nobody may tell these
    /// apart (design §5, rule 2).
    pub(crate) fn update(&mut self, wall: UnixMs, cause: Source) -> bool {
        let own = self.status(Viewer::Oneself);
        if own != self.own.status {
            let source = cause_between(self.own.status, own, cause);
            self.own = Own { status: own, since: Some(wall), source: Some(source) };
        }
        let shown = self.shown_now(wall, cause);
        let differs = shown != self.shown;
        if shown.presence.status != self.shown.presence.status {
            self.people.status_changed();
        }
        self.shown = shown;
        differs
    }

    /// Computes what others see from now on.
    ///
    /// Neither note nor end nor friendly name follow while the user seems offline: they would tell that somebody
    /// who is invisible is there.
    fn shown_now(&self, wall: UnixMs, cause: Source) -> Shown {
        let before = &self.shown.presence;
        let status = match self.status(Viewer::Other) {
            MiStatus::Offline if self.may_return => MiStatus::Unknown,
            status => status,
        };
        let (since, source) = if status == before.status {
            (before.since, before.source)
        } else if status == MiStatus::Unknown {
            (None, None)
        } else {
            // Since when, nobody knows who has just started.
            let since = (before.status != MiStatus::Unknown).then_some(wall);
            (since, Some(cause_between(before.status, status, cause)))
        };
        let presence = Presence { since, source, ..Presence::of(status) };
        if !status.is_online() {
            return Shown { friendly_name: self.shown.friendly_name.clone(), presence };
        }
        let presence =
            Presence { note: self.intent.note.clone(), until: self.intent.until, ..presence };
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

/// Returns what a change of status is put down to.
const fn cause_between(before: MiStatus, after: MiStatus, cause: Source) -> Source {
    match (before, after) {
        (MiStatus::Offline | MiStatus::Unknown, _) | (_, MiStatus::Offline) => Source::Connection,
        _ => cause,
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
