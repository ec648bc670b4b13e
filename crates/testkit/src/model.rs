//! The reference model: who is there, what each chose, and what each must therefore see (design §5, rules 1, 3, 5, 7).
//!
//! Written to be read, not to be fast. Knows connections and durable writes; must never look into the registry.

use core::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mistatus_core::{
    claim::{Claim, ClaimKey},
    group::GroupName,
    idle::{IdleAfter, IdleChoice},
    limits::{IDLE_AFTER_DEFAULT, RESUME_WINDOW},
    message::Resume,
    presence::{Intent, Viewer, effective_status},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, Tick, UnixMs},
};
use mistatus_hub::{ConnectionId, Departure, HubConfig, Visibility, Write};

/// The reference model of what is true.
#[derive(Debug)]
pub struct Model {
    config: HubConfig,
    users: BTreeMap<SigninName, User>,
    /// The shared groups that people are in.
    groups: BTreeMap<SigninName, BTreeSet<GroupName>>,
    /// Clients over all their connections.
    clients: BTreeMap<u64, KnownClient>,
    last_client: u64,
    /// Until when nobody can say who is gone, after a restart.
    settled: Tick,
    /// What each could have been told of each, and since when.
    past: BTreeMap<(SigninName, SigninName), VecDeque<(Tick, Statuses)>>,
    /// Notes of choices that became durable: each is another one, and none may become so twice.
    notes: BTreeSet<u64>,
}

/// A client that the registry has welcomed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coming<'a> {
    pub(crate) name: &'a SigninName,
    pub(crate) connection: ConnectionId,
    pub(crate) idle: bool,
    /// What a later connection is to say to go on with this one.
    pub(crate) key: &'a str,
    pub(crate) resume: Option<&'a Resume>,
    /// Whether the registry says that it goes on with another.
    pub(crate) resumed: bool,
}

/// The true state of one user.
#[derive(Debug)]
struct User {
    intent: Intent,
    /// What was chosen last, ended or not: what a server that starts finds, by the calendar of that moment.
    stored: Intent,
    /// What is claimed, and whether it has begun.
    claims: BTreeMap<ClaimKey, (Claim, bool)>,
    /// What a server that starts finds.
    stored_claims: BTreeMap<ClaimKey, Claim>,
    /// What was chosen about idleness.
    idle: IdleChoice,
    contacts: Vec<SigninName>,
    /// Connected clients and whether each said that it is idle.
    clients: BTreeMap<u64, bool>,
    lingering: Vec<Lingering>,
}

/// A client whose connection was lost and that still counts as connected.
#[derive(Debug)]
struct Lingering {
    client: u64,
    until: Tick,
    idle: bool,
    /// How long it had been silent when it was lost.
    silent_for: Span,
}

/// A client across all its connections.
#[derive(Debug)]
struct KnownClient {
    user: SigninName,
    connection: Option<ConnectionId>,
    spoke_at: Tick,
    lost_at: Tick,
    key: String,
    /// The key before the current one; valid until the client has sent something.
    former_key: Option<String>,
}

/// A set of statuses.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Statuses(u32);

impl Statuses {
    /// Returns the set of one.
    #[must_use]
    pub fn one(status: MiStatus) -> Self {
        let place = MiStatus::ALL.iter().position(|known| *known == status);
        Self(place.map_or(0, |place| 1 << place))
    }

    /// Whether a status is in it.
    #[must_use]
    pub fn contains(self, status: MiStatus) -> bool {
        self.0 & Self::one(status).0 != 0
    }

    /// Returns what is in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the statuses, for messages.
    #[must_use]
    pub fn list(self) -> Vec<MiStatus> {
        MiStatus::ALL.into_iter().filter(|status| self.contains(*status)).collect()
    }
}

/// How long the past is kept: what a lost connection missed may be told at the end of the window, and was not
/// confirmed for a heartbeat before.
const PAST: Span = Span::from_secs(150);

impl Model {
    /// Makes a world without anybody.
    #[must_use]
    pub fn new(config: HubConfig) -> Self {
        Self {
            config,
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            clients: BTreeMap::new(),
            last_client: 0,
            settled: Tick::default(),
            past: BTreeMap::new(),
            notes: BTreeSet::new(),
        }
    }

    /// Takes what has become durable.
    ///
    /// # Errors
    /// It was carried out before, or cannot be.
    pub(crate) fn written(&mut self, write: &Write, wall: UnixMs) -> Result<(), String> {
        match write {
            Write::PutUser { name, .. } => {
                self.users.entry(name.clone()).or_insert_with(|| User {
                    intent: Intent::AUTOMATIC,
                    stored: Intent::AUTOMATIC,
                    claims: BTreeMap::new(),
                    stored_claims: BTreeMap::new(),
                    idle: IdleChoice::NONE,
                    contacts: Vec::new(),
                    clients: BTreeMap::new(),
                    lingering: Vec::new(),
                });
            }
            Write::PutIntent { name, intent, .. } => {
                let serial = intent.note.as_ref().and_then(|note| note.as_str().strip_prefix('#'));
                if let Some(serial) = serial.and_then(|serial| serial.parse().ok())
                    && !self.notes.insert(serial)
                {
                    return Err(format!("choice {serial} was carried out twice"));
                }
                if self.notes.len() > NOTES {
                    self.notes.pop_first();
                }
                let user = self.of(name);
                user.stored = intent.clone();
                // An end that passed while the store was busy, as by a calendar that was set, is one at once.
                let ended = intent.until.is_some_and(|until| until <= wall);
                user.intent = if ended { Intent::ended() } else { intent.clone() };
                user.advance_claims(wall);
            }
            Write::PutClaim { owner, key, claim, .. } => {
                let user = self.of(owner);
                user.stored_claims.insert(key.clone(), claim.clone());
                let before = user.claims.get(key).filter(|(before, _)| before.from == claim.from);
                let has_begun = before.is_some_and(|(_, has_begun)| *has_begun);
                user.claims.insert(key.clone(), (claim.clone(), has_begun));
                user.advance_claims(wall);
            }
            Write::RemoveClaim { owner, key, .. } => {
                let user = self.of(owner);
                user.stored_claims.remove(key);
                user.claims.remove(key);
                user.advance_claims(wall);
            }
            Write::SetIdle { owner, choice } => self.of(owner).idle = *choice,
            Write::AddContact { owner, contact, .. } => {
                let contacts = &mut self.of(owner).contacts;
                if contacts.contains(contact) {
                    return Err(format!("{} was put on a list twice", contact.as_str()));
                }
                contacts.push(contact.clone());
            }
            Write::RemoveContact { owner, contact, .. } => {
                let contacts = &mut self.of(owner).contacts;
                if !contacts.contains(contact) {
                    return Err(format!("{} was taken off a list twice", contact.as_str()));
                }
                contacts.retain(|listed| listed != contact);
            }
            Write::ChangeDirectory { put, .. } => {
                for person in put {
                    self.groups.insert(person.name.clone(), person.groups.clone());
                }
            }
            // What nobody of this world does, and what is no affair of presence.
            _ => {}
        }
        Ok(())
    }

    /// Takes a client that was welcomed, maybe in the place of one that was there before.
    ///
    /// # Errors
    /// It goes on with a connection that it cannot know.
    pub(crate) fn came(&mut self, who: Coming<'_>, now: Tick) -> Result<(), String> {
        let Coming { name, connection, idle, key, resume, resumed } = who;
        let former = resume.and_then(|resume| self.former(name, resume.token.reveal(), now));
        if resumed && former.is_none() {
            return Err("a connection went on with one that it cannot know".to_owned());
        }
        if let Some(former) = former {
            let user = self.of(name);
            user.clients.remove(&former);
            user.lingering.retain(|gone| gone.client != former);
        }
        let said = resume.map(|resume| resume.token.reveal().to_owned());
        let client = match former.filter(|_| resumed) {
            Some(client) => {
                if let Some(known) = self.clients.get_mut(&client) {
                    known.connection = Some(connection);
                    known.spoke_at = now;
                    known.former_key = said;
                    key.clone_into(&mut known.key);
                }
                client
            }
            None => {
                if let Some(former) = former {
                    self.clients.remove(&former);
                }
                self.last_client += 1;
                let client = KnownClient {
                    user: name.clone(),
                    connection: Some(connection),
                    spoke_at: now,
                    lost_at: now,
                    key: key.to_owned(),
                    former_key: None,
                };
                self.clients.insert(self.last_client, client);
                self.last_client
            }
        };
        self.of(name).clients.insert(client, idle);
        Ok(())
    }

    /// Takes that something was heard of a client.
    pub(crate) fn spoke(&mut self, connection: ConnectionId, now: Tick) {
        if let Some(client) = self.client_of(connection)
            && let Some(known) = self.clients.get_mut(&client)
        {
            known.former_key = None;
            known.spoke_at = now;
        }
    }

    pub(crate) fn is_idle(&mut self, connection: ConnectionId, idle: bool) {
        if let Some(client) = self.client_of(connection)
            && let Some(user) = self.clients.get(&client).map(|known| known.user.clone())
        {
            self.of(&user).clients.insert(client, idle);
        }
    }

    pub(crate) fn left(&mut self, connection: ConnectionId, departure: Departure, now: Tick) {
        let Some(client) = self.client_of(connection) else { return };
        let known = self.clients.get(&client).map(|known| (known.user.clone(), known.spoke_at));
        let Some((name, spoke_at)) = known else { return };
        let (until, silent_for) = (now + self.config.damping, now.since(spoke_at));
        let user = self.of(&name);
        let Some(idle) = user.clients.remove(&client) else { return };
        match departure {
            Departure::Lost => {
                user.lingering.push(Lingering { client, until, idle, silent_for });
                if let Some(known) = self.clients.get_mut(&client) {
                    known.connection = None;
                    known.lost_at = now;
                }
                self.forget_lost(&name, now);
            }
            Departure::SignedOut => {
                if user.clients.is_empty() {
                    user.lingering.clear();
                }
                self.clients.remove(&client);
            }
        }
    }

    pub(crate) fn restarted(&mut self, now: Tick, wall: UnixMs) {
        self.settled = now + self.config.damping;
        self.clients.clear();
        for user in self.users.values_mut() {
            user.clients.clear();
            user.lingering.clear();
            user.intent = user.stored.clone();
            let claims = user.stored_claims.iter();
            user.claims =
                claims.map(|(key, claim)| (key.clone(), (claim.clone(), false))).collect();
        }
        self.expire(wall);
    }

    /// Ends what has come to its end; the server looks at the calendar just now.
    pub(crate) fn expire(&mut self, wall: UnixMs) {
        for user in self.users.values_mut() {
            if user.intent.until.is_some_and(|until| until <= wall) {
                user.intent = Intent::ended();
            }
            user.advance_claims(wall);
        }
    }

    /// Returns the claim that decides how somebody is while they are connected.
    #[must_use]
    pub fn claim(&self, name: &SigninName) -> Option<&Claim> {
        let user = self.users.get(name).filter(|user| user.intent.status == MiStatus::Online)?;
        let begun = user.claims.values().filter(|(_, has_begun)| *has_begun);
        begun.map(|(claim, _)| claim).min_by_key(|claim| (claim.source.rank(), Reverse(claim.from)))
    }

    /// Notes what is true now, for [`Model::could_be_told`].
    pub(crate) fn remember(&mut self, now: Tick) {
        let names: Vec<_> = self.users.keys().cloned().collect();
        for viewer in &names {
            for subject in &names {
                let allowed = self.allowed(viewer, subject, now);
                let past = self.past.entry((viewer.clone(), subject.clone())).or_default();
                if past.back().is_none_or(|(_, last)| *last != allowed) {
                    past.push_back((now, allowed));
                }
                // The oldest entry holds until the second oldest begins.
                while past.len() > 1 && now.since(past[1].0) > PAST {
                    past.pop_front();
                }
            }
        }
    }

    /// Returns what `viewer` could have been told of `subject` in the last `span`.
    #[must_use]
    pub fn could_be_told(
        &self,
        viewer: &SigninName,
        subject: &SigninName,
        span: Span,
        now: Tick,
    ) -> Statuses {
        let Some(past) = self.past.get(&(viewer.clone(), subject.clone())) else {
            return Statuses::one(MiStatus::Unknown);
        };
        let mut all = Statuses::default();
        for (since, statuses) in past.iter().rev() {
            all = all.or(*statuses);
            if now.since(*since) > span {
                return all;
            }
        }
        // Before the first entry one of the two did not exist.
        all.or(Statuses::one(MiStatus::Unknown))
    }

    /// Returns somebody's contact list.
    #[must_use]
    pub fn contacts(&self, name: &SigninName) -> &[SigninName] {
        self.users.get(name).map_or(&[], |user| &user.contacts)
    }

    /// Returns what somebody chose and has not ended.
    #[must_use]
    pub fn intent(&self, name: &SigninName) -> Intent {
        self.users.get(name).map_or(Intent::AUTOMATIC, |user| user.intent.clone())
    }

    /// Returns what somebody chose about idleness.
    #[must_use]
    pub fn idle_choice(&self, name: &SigninName) -> IdleChoice {
        self.users.get(name).map_or(IdleChoice::NONE, |user| user.idle)
    }

    /// Returns a user's effective status for oneself or for those who may see it.
    #[must_use]
    pub fn status(&self, name: &SigninName, viewer: Viewer, now: Tick) -> MiStatus {
        self.status_by_silence(name, viewer, SILENT_AT_THE_LATEST, now)
    }

    /// The same, with those counted as idle who have been silent for so long, and for as much longer as they chose.
    fn status_by_silence(
        &self,
        name: &SigninName,
        viewer: Viewer,
        silence: Span,
        now: Tick,
    ) -> MiStatus {
        let Some(user) = self.users.get(name) else { return MiStatus::Unknown };
        let chosen = user.idle.after.map_or(IDLE_AFTER_DEFAULT, IdleAfter::span);
        let longer = chosen.as_millis().saturating_sub(IDLE_AFTER_DEFAULT.as_millis());
        let silence = Span::from_millis(silence.as_millis() + longer);
        let silent_for =
            |client| now.since(self.clients.get(client).map_or(now, |known| known.spoke_at));
        let connected =
            user.clients.iter().map(|(client, idle)| *idle || silent_for(client) >= silence);
        let lingering = user.lingering.iter().filter(|gone| gone.until > now);
        let lingering = lingering.map(|gone| gone.idle || gone.silent_for >= silence);
        let mut idle = connected.chain(lingering);
        let first = idle.next();
        effective_status(
            user.intent.status,
            self.claim(name).map(|claim| claim.status),
            first.is_some(),
            user.idle.transmit && first.unwrap_or(true) && idle.all(|idle| idle),
            viewer,
        )
    }

    /// Whether `viewer` may see `subject`, by the lists as they are.
    #[must_use]
    pub fn may_see(&self, viewer: &SigninName, subject: &SigninName) -> bool {
        viewer == subject
            || match self.config.visibility {
                Visibility::Everyone => self.users.contains_key(subject),
                Visibility::Contacts => {
                    let mutual = self.contacts(viewer).contains(subject)
                        && self.contacts(subject).contains(viewer);
                    mutual
                        || (self.users.contains_key(subject) && self.share_a_group(viewer, subject))
                }
            }
    }

    fn share_a_group(&self, one: &SigninName, other: &SigninName) -> bool {
        match (self.groups.get(one), self.groups.get(other)) {
            (Some(one), Some(other)) => !one.is_disjoint(other),
            _ => false,
        }
    }

    /// Returns every status that `viewer` may be told of `subject` just now.
    #[must_use]
    pub fn allowed(&self, viewer: &SigninName, subject: &SigninName, now: Tick) -> Statuses {
        let by_silence = |silence| {
            let status = self.status_by_silence(subject, Viewer::Other, silence, now);
            self.allowed_of(status, viewer, subject, now)
        };
        by_silence(IDLE_AFTER_DEFAULT).or(by_silence(SILENT_AT_THE_LATEST))
    }

    fn allowed_of(
        &self,
        status: MiStatus,
        viewer: &SigninName,
        subject: &SigninName,
        now: Tick,
    ) -> Statuses {
        let unknown = Statuses::one(MiStatus::Unknown);
        // A permission that the other gave or took while away shows when the other is seen next:
        // until then both the old and the new answer are right.
        let by_contacts = self.config.visibility == Visibility::Contacts;
        match status {
            MiStatus::Unknown => unknown,
            MiStatus::Offline if now < self.settled => unknown.or(Statuses::one(status)),
            MiStatus::Offline if by_contacts && viewer != subject => {
                unknown.or(Statuses::one(status))
            }
            _ if self.may_see(viewer, subject) => Statuses::one(status),
            _ => unknown,
        }
    }

    /// Returns the client that a secret belongs to.
    fn former(&self, name: &SigninName, said: &str, now: Tick) -> Option<u64> {
        let mut known = self.clients.iter().rev();
        let found = known.find(|(_, client)| {
            let is_kept = client.connection.is_some() || now < client.lost_at + RESUME_WINDOW;
            let fits = client.key == said || client.former_key.as_deref() == Some(said);
            client.user == *name && is_kept && fits
        });
        found.map(|(client, _)| *client)
    }

    fn forget_lost(&mut self, name: &SigninName, now: Tick) {
        self.clients.retain(|_, client| {
            client.connection.is_some() || now < client.lost_at + RESUME_WINDOW
        });
        let lost = |(place, client): (&u64, &KnownClient)| {
            (client.user == *name && client.connection.is_none())
                .then_some((client.lost_at, *place))
        };
        let lost: Vec<_> = self.clients.iter().filter_map(lost).collect();
        if lost.len() > self.config.lost_per_user_max
            && let Some((_, oldest)) = lost.iter().min()
        {
            self.clients.remove(oldest);
        }
    }

    fn client_of(&self, connection: ConnectionId) -> Option<u64> {
        let mut known = self.clients.iter();
        known.find(|(_, client)| client.connection == Some(connection)).map(|(client, _)| *client)
    }

    fn of(&mut self, name: &SigninName) -> &mut User {
        self.users.get_mut(name).expect("the registry writes about users that it has stored")
    }
}

impl User {
    fn advance_claims(&mut self, wall: UnixMs) {
        self.claims.retain(|_, (claim, _)| claim.until > wall);
        for (claim, has_begun) in self.claims.values_mut() {
            *has_begun |= claim.from <= wall;
        }
    }
}

/// When a client that cannot speak counts as idle at the latest: the registry looks when it asks for signs of life.
const SILENT_AT_THE_LATEST: Span = Span::from_secs(IDLE_AFTER_DEFAULT.as_millis() / 1000 + 60);

/// How many notes are remembered.
const NOTES: usize = 10_000;
