//! One user: intent, contact list, clients, and what of it others see. Tells nobody.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mistatus_core::{
    claim::{Claim, note_and_end},
    idle::IdleChoice,
    message::{Change, MyPresence},
    presence::{Intent, Presence, Source, Viewer, effective_status},
    signin_name::SigninName,
    status::MiStatus,
    time::{Tick, UnixMs},
    unread::UnreadMessages,
};

use crate::{
    claims::Claims,
    client::{Activity, ClientId},
    contacts::ContactList,
    inbox::Inbox,
    io::{BlockRecord, BlockedView},
    jobs::Queued,
    relations::Relations,
    views::{Appearance, Difference, Views},
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
    pub(crate) relations: Relations,
    pub(crate) inbox: Inbox,
    pub(crate) claims: Claims,
    /// What the user chose about idleness, for all devices.
    pub(crate) idle: IdleChoice,
    pub(crate) unread: UnreadMessages,
    /// Clients that have a connection.
    pub(crate) connected: BTreeMap<ClientId, Activity>,
    /// These, and those that may still go on with a lost one.
    pub(crate) clients: BTreeSet<ClientId>,
    /// Clients that vanished a short while ago and still count.
    pub(crate) lingering: Vec<Lingering>,
    pub(crate) views: Views,
    pub(crate) own: Own,
    /// Requests of all clients and services in order of arrival; the next starts when the write of the last is through,
    /// so that each is judged by what is durable.
    pub(crate) queue: VecDeque<Queued>,
    /// How many of these are requests of services.
    pub(crate) services_waiting: usize,
    /// How many pages of messages are being read.
    pub(crate) fetching: usize,
    pub(crate) writing: bool,
    /// Whether the registry has just started: who was connected before may be on the way back,
    /// and until the damping time is over nobody can say that they are gone.
    pub(crate) may_return: bool,
}

/// A client whose connection was lost, until the damping time is over.
pub(crate) struct Lingering {
    pub(crate) client: ClientId,
    pub(crate) until: Tick,
    pub(crate) activity: Activity,
}

/// The status that is shown to the user themselves, since when, and by what cause.
pub(crate) struct Own {
    status: MiStatus,
    since: Option<UnixMs>,
    source: Option<Source>,
}

impl Account {
    pub(crate) fn new(name: SigninName, friendly_name: Option<String>, intent: Intent) -> Self {
        let source = Some(Source::Connection);
        Self {
            name,
            stored_friendly_name: friendly_name.clone(),
            views: Views::new(friendly_name.clone()),
            own: Own { status: MiStatus::Offline, since: None, source },
            chosen_at: None,
            friendly_name,
            intent,
            contacts: ContactList::default(),
            relations: Relations::default(),
            inbox: Inbox::default(),
            claims: Claims::default(),
            idle: IdleChoice::NONE,
            unread: UnreadMessages::default(),
            connected: BTreeMap::new(),
            clients: BTreeSet::new(),
            lingering: Vec::new(),
            queue: VecDeque::new(),
            services_waiting: 0,
            fetching: 0,
            writing: false,
            may_return: false,
        }
    }

    /// Says that the registry has just started and has not heard of this user yet.
    pub(crate) fn await_return(&mut self) {
        self.may_return = true;
        self.views.common.presence = Presence::UNKNOWN;
    }

    /// Whether nobody can say yet if the user is there.
    pub(crate) fn is_settling(&self) -> bool {
        self.may_return && self.views.common.presence.status == MiStatus::Unknown
    }

    /// Returns how many requests of the user's own clients wait.
    pub(crate) fn requests_waiting(&self) -> usize {
        self.queue.len() - self.services_waiting + self.fetching
    }

    /// Whether the user has allowed somebody to see them.
    pub(crate) fn permits(&self, name: &SigninName) -> bool {
        self.contacts.contains(name) || self.relations.allowed.contains(name)
    }

    /// Whether somebody may see the user, as far as they may know.
    pub(crate) fn seems_to_permit(&self, name: &SigninName) -> bool {
        self.views.seems_to_permit(name, self.permits(name))
    }

    /// Takes what others have seen since before a restart.
    pub(crate) fn restore_views(
        &mut self,
        deferred: Vec<(SigninName, bool)>,
        blocked: &[BlockRecord],
    ) {
        let wrong: Vec<_> = deferred
            .into_iter()
            .filter(|(name, permitted)| *permitted != self.permits(name))
            .collect();
        let blocked = blocked.iter().map(|block| (block.name.clone(), block.view.clone()));
        self.views.restore(wrong.into_iter(), blocked);
    }

    /// Returns the permission that somebody is to keep in their own eyes when the true one is about to change.
    pub(crate) fn deferred_by(&self, name: &SigninName, permitted: bool) -> Option<bool> {
        self.views.deferred_by(name, self.permits(name), permitted)
    }

    /// Returns what somebody whom the user blocks is to see of them from then on.
    pub(crate) fn view_when_blocked(&self, name: &SigninName) -> BlockedView {
        self.views.view_when_blocked(name, self.permits(name))
    }

    /// Puts somebody on the list who is not there.
    pub(crate) fn add_contact(&mut self, name: &SigninName, deferred: Option<bool>) {
        self.contacts.push(name.clone());
        self.views.defer(name, deferred);
    }

    /// Takes somebody off the list and their permission away, and returns the name as it was given.
    pub(crate) fn remove_contact(
        &mut self,
        name: &SigninName,
        deferred: Option<bool>,
    ) -> Option<SigninName> {
        let given = self.contacts.remove(name)?;
        self.relations.allowed.remove(name);
        self.views.defer(name, deferred);
        Some(given)
    }

    /// Lets somebody see the user who is not on the list.
    pub(crate) fn allow(&mut self, name: &SigninName, deferred: Option<bool>) {
        self.relations.allowed.insert(name.clone());
        self.views.defer(name, deferred);
    }

    /// Returns what a viewer who may see the user is told.
    pub(crate) fn seen_by(&self, viewer: &SigninName, name: &SigninName) -> Change {
        let Appearance { friendly_name, presence } = self.views.seen_by(viewer, self.may_return);
        let is_gone = self.views.is_gone_for(viewer);
        let settling = if is_gone { self.may_return } else { self.is_settling() };
        Change { name: name.clone(), friendly_name, presence, settling }
    }

    /// Whether the user is connected in the eyes of others.
    pub(crate) const fn is_seen(&self) -> bool {
        self.views.is_seen()
    }

    /// Whether a writer is to be told of what was confirmed. Whoever seems gone cannot have read anything.
    pub(crate) fn tells_what_arrived(&mut self, writer: &SigninName) -> bool {
        self.is_seen() && !self.views.is_gone_for(writer) && !self.inbox.awaits(writer)
    }

    pub(crate) fn me(&self) -> MyPresence {
        MyPresence {
            status: self.own.status,
            intent: self.intent.clone(),
            since: self.own.since,
            source: self.own.source,
            claims: self.claims.told(self.claim_in_force().is_some()),
            ignored: self.claims.ignored(),
            idle: self.idle,
        }
    }

    /// Says that a client has come back after a restart: the user's own status is what it was before.
    pub(crate) fn resume_own(&mut self) {
        let status = self.status(Viewer::Oneself);
        // When input stopped or came, nobody wrote down.
        let is_chosen = self.intent.status != MiStatus::Online && status == self.intent.status;
        let claimed = self.claim_in_force().map(|claim| claim.source.cause());
        self.own = Own {
            status,
            since: self.chosen_at.filter(|_| is_chosen),
            source: claimed.or(is_chosen.then_some(self.intent.source)),
        };
    }

    /// Brings what the user and others see up to date; returns what is different for others.
    ///
    /// `cause` is what the last change of a status that is shown is put down to. To come and to go is always put
    /// down to the connection, also where somebody became visible or invisible by choice: nobody may tell these
    /// apart (design §5, rule 2).
    pub(crate) fn update(&mut self, wall: UnixMs, cause: Source) -> Difference {
        let cause = self.claim_in_force().map_or(cause, |claim| claim.source.cause());
        let own = self.status(Viewer::Oneself);
        if own != self.own.status {
            let source = cause_between(self.own.status, own, cause);
            self.own = Own { status: own, since: Some(wall), source: Some(source) };
        }
        let appearance = self.appearance(wall, cause);
        self.views.update(appearance)
    }

    /// Computes what others see from now on.
    ///
    /// Neither note nor end nor friendly name follow while the user seems offline: they would tell that somebody
    /// who is invisible is there.
    fn appearance(&self, wall: UnixMs, cause: Source) -> Appearance {
        let before = &self.views.common.presence;
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
            let friendly_name = self.views.common.friendly_name.clone();
            return Appearance { friendly_name, presence };
        }
        let (note, until) = note_and_end(&self.intent, self.claim_in_force());
        let presence = Presence { note: note.cloned(), until, ..presence };
        Appearance { friendly_name: self.friendly_name.clone(), presence }
    }

    fn status(&self, viewer: Viewer) -> MiStatus {
        let mut activities =
            self.connected.values().copied().chain(self.lingering.iter().map(|gone| gone.activity));
        let connected = activities.clone().next().is_some();
        // A client may not know yet what its user does not want to be told, or know nothing of such choices.
        let idle = self.idle.transmit && activities.all(|activity| activity == Activity::Idle);
        let claimed = self.claims.holding().map(|claim| claim.status);
        effective_status(self.intent.status, claimed, connected, idle, viewer)
    }

    /// Returns the claim that decides how the user is while somebody is connected; `None` where the user's choice does.
    fn claim_in_force(&self) -> Option<&Claim> {
        self.claims.holding().filter(|_| self.intent.status == MiStatus::Online)
    }
}

/// Returns what a change of status is put down to.
const fn cause_between(before: MiStatus, after: MiStatus, cause: Source) -> Source {
    match (before, after) {
        (MiStatus::Offline | MiStatus::Unknown, _) | (_, MiStatus::Offline) => Source::Connection,
        _ => cause,
    }
}
