//! The reference model: who is there, what each chose, and what each must therefore see (design §5, rules 1, 3, 5, 7).
//!
//! Written to be read, not to be fast. Knows connections and durable writes; must never look into the registry.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mistatus_core::{
    limits::RESUME_WINDOW,
    message::Resume,
    presence::{Intent, Viewer, effective_status},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, Tick, UnixMs},
};
use mistatus_hub::{ClientId, Departure, HubConfig, Visibility, Write};

/// The reference model of what is true.
#[derive(Debug)]
pub struct Model {
    config: HubConfig,
    users: BTreeMap<SigninName, User>,
    /// Clients over all their connections.
    seats: BTreeMap<u64, Seat>,
    last_seat: u64,
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
    pub(crate) connection: ClientId,
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
    contacts: Vec<SigninName>,
    /// Connected clients and whether each is idle.
    clients: BTreeMap<u64, bool>,
    lingering: Vec<Lingering>,
}

/// A client whose connection was lost and that still counts as connected.
#[derive(Debug)]
struct Lingering {
    seat: u64,
    until: Tick,
    idle: bool,
}

/// A client across all its connections.
#[derive(Debug)]
struct Seat {
    user: SigninName,
    connection: Option<ClientId>,
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
            seats: BTreeMap::new(),
            last_seat: 0,
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
            }
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
            user.lingering.retain(|gone| gone.seat != former);
        }
        let said = resume.map(|resume| resume.token.reveal().to_owned());
        let seat = match former.filter(|_| resumed) {
            Some(seat) => {
                if let Some(known) = self.seats.get_mut(&seat) {
                    known.connection = Some(connection);
                    known.former_key = said;
                    key.clone_into(&mut known.key);
                }
                seat
            }
            None => {
                if let Some(former) = former {
                    self.seats.remove(&former);
                }
                self.last_seat += 1;
                let seat = Seat {
                    user: name.clone(),
                    connection: Some(connection),
                    lost_at: now,
                    key: key.to_owned(),
                    former_key: None,
                };
                self.seats.insert(self.last_seat, seat);
                self.last_seat
            }
        };
        self.of(name).clients.insert(seat, idle);
        Ok(())
    }

    /// Takes that something was heard of a client.
    pub(crate) fn spoke(&mut self, connection: ClientId) {
        if let Some(seat) = self.seat(connection)
            && let Some(known) = self.seats.get_mut(&seat)
        {
            known.former_key = None;
        }
    }

    pub(crate) fn is_idle(&mut self, connection: ClientId, idle: bool) {
        if let Some(seat) = self.seat(connection)
            && let Some(user) = self.seats.get(&seat).map(|known| known.user.clone())
        {
            self.of(&user).clients.insert(seat, idle);
        }
    }

    pub(crate) fn left(&mut self, connection: ClientId, departure: Departure, now: Tick) {
        let Some(seat) = self.seat(connection) else { return };
        let Some(name) = self.seats.get(&seat).map(|known| known.user.clone()) else { return };
        let until = now + self.config.damping;
        let user = self.of(&name);
        let Some(idle) = user.clients.remove(&seat) else { return };
        match departure {
            Departure::Lost => {
                user.lingering.push(Lingering { seat, until, idle });
                if let Some(known) = self.seats.get_mut(&seat) {
                    known.connection = None;
                    known.lost_at = now;
                }
                self.forget_lost(&name, now);
            }
            Departure::SignedOut => {
                if user.clients.is_empty() {
                    user.lingering.clear();
                }
                self.seats.remove(&seat);
            }
        }
    }

    pub(crate) fn restarted(&mut self, now: Tick, wall: UnixMs) {
        self.settled = now + self.config.damping;
        self.seats.clear();
        for user in self.users.values_mut() {
            user.clients.clear();
            user.lingering.clear();
            user.intent = user.stored.clone();
        }
        self.expire(wall);
    }

    /// Ends what has come to its end; the server looks at the calendar just now.
    pub(crate) fn expire(&mut self, wall: UnixMs) {
        for user in self.users.values_mut() {
            if user.intent.until.is_some_and(|until| until <= wall) {
                user.intent = Intent::ended();
            }
        }
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

    /// Returns a user's effective status for oneself or for those who may see it.
    #[must_use]
    pub fn status(&self, name: &SigninName, viewer: Viewer, now: Tick) -> MiStatus {
        let Some(user) = self.users.get(name) else { return MiStatus::Unknown };
        let lingering = user.lingering.iter().filter(|gone| gone.until > now);
        let mut idle = user.clients.values().copied().chain(lingering.map(|gone| gone.idle));
        let first = idle.next();
        effective_status(
            user.intent.status,
            first.is_some(),
            first.unwrap_or(true) && idle.all(|idle| idle),
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
                    self.contacts(viewer).contains(subject)
                        && self.contacts(subject).contains(viewer)
                }
            }
    }

    /// Returns every status that `viewer` may be told of `subject` just now.
    #[must_use]
    pub fn allowed(&self, viewer: &SigninName, subject: &SigninName, now: Tick) -> Statuses {
        let status = self.status(subject, Viewer::Other, now);
        let unknown = Statuses::one(MiStatus::Unknown);
        // A permission that the other gave or took while away shows when the other is seen next:
        // until then both the old and the new answer are right.
        let veiled = self.config.visibility == Visibility::Contacts;
        match status {
            MiStatus::Unknown => unknown,
            MiStatus::Offline if now < self.settled => unknown.or(Statuses::one(status)),
            MiStatus::Offline if veiled && viewer != subject => unknown.or(Statuses::one(status)),
            _ if self.may_see(viewer, subject) => Statuses::one(status),
            _ => unknown,
        }
    }

    /// Returns the client that a secret belongs to.
    fn former(&self, name: &SigninName, said: &str, now: Tick) -> Option<u64> {
        let mut known = self.seats.iter().rev();
        let found = known.find(|(_, seat)| {
            let is_kept = seat.connection.is_some() || now < seat.lost_at + RESUME_WINDOW;
            let fits = seat.key == said || seat.former_key.as_deref() == Some(said);
            seat.user == *name && is_kept && fits
        });
        found.map(|(seat, _)| *seat)
    }

    fn forget_lost(&mut self, name: &SigninName, now: Tick) {
        self.seats
            .retain(|_, seat| seat.connection.is_some() || now < seat.lost_at + RESUME_WINDOW);
        let lost = |(place, seat): (&u64, &Seat)| {
            (seat.user == *name && seat.connection.is_none()).then_some((seat.lost_at, *place))
        };
        let lost: Vec<_> = self.seats.iter().filter_map(lost).collect();
        if lost.len() > self.config.lost_per_user_max
            && let Some((_, oldest)) = lost.iter().min()
        {
            self.seats.remove(oldest);
        }
    }

    fn seat(&self, connection: ClientId) -> Option<u64> {
        let mut known = self.seats.iter();
        known.find(|(_, seat)| seat.connection == Some(connection)).map(|(seat, _)| *seat)
    }

    fn of(&mut self, name: &SigninName) -> &mut User {
        self.users.get_mut(name).expect("the registry writes about users that it has stored")
    }
}

/// How many notes are remembered.
const NOTES: usize = 10_000;
