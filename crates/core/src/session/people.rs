//! Whom the session knows: the contact list, and people watched beside it.

use crate::{
    by_name::ByName, limits::STALE_GRACE, message::Change, presence::Presence,
    signin_name::SigninName, status::MiStatus, time::Tick,
};

/// A person, as far as the session knows them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// Sign-in name as the engine or, before it spoke, the page gave it.
    pub name: SigninName,
    /// How the person is shown; `None` where that is not known.
    pub friendly_name: Option<String>,
    /// What may be seen.
    pub presence: Presence,
    /// Since when that may be outdated: the connection is lost, or the engine cannot say. `None` while it is true.
    pub stale_since: Option<Tick>,
    /// What the knowledge rests on.
    pub basis: Basis,
    /// Whether the person is on the contact list.
    pub listed: bool,
    /// How many on the page follow this person beside the list.
    watchers: u32,
    /// Whether the engine was told, on this connection, that somebody follows.
    watch_told: bool,
    /// Whether the snapshot that is being taken over has this person on the list.
    in_snapshot: bool,
}

/// The basis of what is known about a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Basis {
    /// The engine has not spoken of this person yet.
    NotTold,
    /// The engine said so; UNKNOWN is no such user, or one who may not be seen.
    Told,
    /// The engine has just started and cannot say yet.
    Settling,
    /// The connection was lost for longer than the grace, and what was known is forgotten.
    Lost,
}

/// Everybody whom the page shows or the engine must hear about.
#[derive(Default, Debug)]
pub(super) struct KnownPeople {
    known: ByName<Person>,
    /// The contact list in its order.
    list: Vec<SigninName>,
}

/// The difference that an update made to what is known about a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Learned {
    pub(super) previous: MiStatus,
    pub(super) current: MiStatus,
    pub(super) listed: bool,
    /// Whether anything that is shown differs.
    pub(super) visible: bool,
    /// How the person was called before, where the engine calls them otherwise now.
    pub(super) renamed: Option<String>,
}

impl Person {
    fn unknown(name: SigninName) -> Self {
        Self {
            name,
            friendly_name: None,
            presence: Presence::UNKNOWN,
            stale_since: None,
            basis: Basis::NotTold,
            listed: false,
            watchers: 0,
            watch_told: false,
            in_snapshot: false,
        }
    }

    /// Returns what to call the person: the display name, else the sign-in name.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.friendly_name.as_deref().unwrap_or(self.name.as_str())
    }

    /// Whether the presence may be outdated.
    #[must_use]
    pub const fn is_stale(&self) -> bool {
        self.stale_since.is_some()
    }

    /// Whether the person is on the list, or somebody on the page follows them: only then is the presence kept true.
    #[must_use]
    pub const fn is_followed(&self) -> bool {
        self.listed || self.watchers > 0
    }

    /// Whether anybody has a reason to know this person, the engine's being told included.
    const fn is_of_interest(&self) -> bool {
        self.is_followed() || self.watch_told
    }
}

impl KnownPeople {
    pub(super) fn get(&self, name: &SigninName) -> Option<&Person> {
        self.known.get(name)
    }

    pub(super) fn listed(&self) -> impl Iterator<Item = &Person> {
        self.list.iter().filter_map(|name| self.known.get(name))
    }

    pub(super) fn is_listed(&self, name: &SigninName) -> bool {
        self.known.get(name).is_some_and(|person| person.listed)
    }

    /// Takes what the engine says of somebody; `None` for people nobody asked about (any more).
    ///
    /// Not `believed` is what may be old by now: it is stale like what was known before.
    pub(super) fn learn(&mut self, change: Change, believed: bool, now: Tick) -> Option<Learned> {
        let person = self.known.get_mut(&change.name)?;
        let before = person.clone();
        person.name = change.name;
        let settling = change.settling && change.presence.status == MiStatus::Unknown;
        if settling && person.presence.status != MiStatus::Unknown {
            // What was known is the best guess until the engine can say.
            person.basis = Basis::Settling;
            person.stale_since.get_or_insert(now);
        } else {
            person.basis = if settling { Basis::Settling } else { Basis::Told };
            person.friendly_name = change.friendly_name;
            person.presence = change.presence;
            let is_stale = !believed && person.presence.status != MiStatus::Unknown;
            person.stale_since = is_stale.then(|| before.stale_since.unwrap_or(now));
        }
        Some(Learned {
            previous: before.presence.status,
            current: person.presence.status,
            listed: person.listed,
            visible: *person != before || person.name.as_str() != before.name.as_str(),
            renamed: (before.basis != Basis::NotTold
                && before.friendly_name != person.friendly_name)
                .then(|| before.friendly_name.unwrap_or_else(|| before.name.to_string())),
        })
    }

    /// Puts somebody on the list; false if they were on it.
    pub(super) fn list(&mut self, name: &SigninName) -> bool {
        let added = !core::mem::replace(&mut self.entry(name).listed, true);
        if added {
            self.list.push(name.clone());
        }
        added
    }

    /// Takes somebody off the list; false if they were not on it.
    pub(super) fn unlist(&mut self, name: &SigninName) -> bool {
        let Some(person) = self.known.get_mut(name).filter(|person| person.listed) else {
            return false;
        };
        person.listed = false;
        self.list.retain(|listed| listed != name);
        self.drop_if_idle(name);
        true
    }

    /// Takes those off the list who are not on that of a snapshot, and returns them. All at once: they may be many.
    pub(super) fn unlist_missing(&mut self, snapshot: &[SigninName]) -> Vec<SigninName> {
        for name in snapshot {
            if let Some(person) = self.known.get_mut(name) {
                person.in_snapshot = true;
            }
        }
        let missing = self.listed().filter(|person| !person.in_snapshot);
        let missing: Vec<_> = missing.map(|person| person.name.clone()).collect();
        for person in self.known.values_mut() {
            person.listed &= person.in_snapshot;
            person.in_snapshot = false;
        }
        self.list.retain(|name| self.known.get(name).is_some_and(|person| person.listed));
        self.known.retain(|person| person.is_of_interest());
        missing
    }

    /// Takes the list's order from a snapshot; every name must be listed.
    pub(super) fn reorder(&mut self, list: Vec<SigninName>) {
        self.list = list;
    }

    /// Whether nobody is on the list.
    pub(super) const fn is_list_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns how many are on the list.
    pub(super) const fn list_len(&self) -> usize {
        self.list.len()
    }

    /// Counts one more watcher; true if that is news to the engine.
    pub(super) fn watch(&mut self, name: &SigninName) -> bool {
        let person = self.entry(name);
        person.watchers += 1;
        !person.watch_told
    }

    /// Counts one watcher less; true if that is news to the engine.
    pub(super) fn unwatch(&mut self, name: &SigninName) -> bool {
        let Some(person) = self.known.get_mut(name).filter(|person| person.watchers > 0) else {
            return false;
        };
        person.watchers -= 1;
        let news = person.watchers == 0 && person.watch_told;
        self.drop_if_idle(name);
        news
    }

    /// Returns whom the engine must be told to watch and to unwatch, and counts it as told.
    pub(super) fn take_watch_changes(&mut self) -> (Vec<SigninName>, Vec<SigninName>) {
        let (mut watch, mut unwatch) = (Vec::new(), Vec::new());
        for person in self.known.values_mut() {
            let watched = person.watchers > 0;
            if watched != person.watch_told {
                person.watch_told = watched;
                if watched { &mut watch } else { &mut unwatch }.push(person.name.clone());
            }
        }
        for name in &unwatch {
            self.drop_if_idle(name);
        }
        (watch, unwatch)
    }

    /// A new connection knows no watches: all are to be told again.
    pub(super) fn rewatch_all(&mut self) {
        for person in self.known.values_mut() {
            person.watch_told = false;
        }
        self.known.retain(|person| person.is_of_interest());
    }

    fn entry(&mut self, name: &SigninName) -> &mut Person {
        self.known.get_or_insert_with(name, || Person::unknown(name.clone()))
    }

    fn drop_if_idle(&mut self, name: &SigninName) {
        if self.known.get(name).is_some_and(|person| !person.is_of_interest()) {
            self.known.remove(name);
        }
    }

    /// Makes the engine's knowledge of who is watched doubtful for those names: who is still watched is told again.
    pub(super) fn rewatch(&mut self, names: &[SigninName]) {
        for name in names {
            if let Some(person) = self.known.get_mut(name) {
                person.watch_told = false;
            }
        }
    }

    /// Returns everybody whom the engine was told to watch.
    pub(super) fn watched(&self) -> Vec<SigninName> {
        let watched = self.known.values().filter(|person| person.watch_told);
        watched.map(|person| person.name.clone()).collect()
    }

    /// Keeps the last values as stale; returns who is shown differently now.
    pub(super) fn mark_stale(&mut self, since: Tick) -> Vec<SigninName> {
        let mut changed = Vec::new();
        for person in self.known.values_mut() {
            if !person.is_stale() && person.presence.status != MiStatus::Unknown {
                person.stale_since = Some(since);
                changed.push(person.name.clone());
            }
        }
        changed
    }

    /// The connection turned out to be whole: nothing was missed. Returns who is shown differently now.
    pub(super) fn unmark_stale(&mut self) -> Vec<SigninName> {
        let mut changed = Vec::new();
        for person in self.known.values_mut() {
            if person.is_stale() && person.basis != Basis::Settling {
                person.stale_since = None;
                changed.push(person.name.clone());
            }
        }
        changed
    }

    /// Returns since when the oldest stale value is stale.
    pub(super) fn stale_since(&self) -> Option<Tick> {
        self.known.values().filter_map(|person| person.stale_since).min()
    }

    /// Drops values that have been stale for the grace; returns whose, their last status, and whether they are on
    /// the list.
    pub(super) fn forget_stale(&mut self, now: Tick) -> Vec<(SigninName, MiStatus, bool)> {
        let mut changed = Vec::new();
        let is_old = |person: &Person| {
            #[cfg(test)]
            crate::work::done();
            person.stale_since.is_some_and(|since| now.since(since) >= STALE_GRACE)
        };
        for person in self.known.values_mut().filter(|person| is_old(person)) {
            changed.push((person.name.clone(), person.presence.status, person.listed));
            person.presence = Presence::UNKNOWN;
            person.stale_since = None;
            person.basis = Basis::Lost;
        }
        changed
    }

    /// Empties the list and all knowledge; watched people stay, unknown. Returns who is shown differently now.
    pub(super) fn sign_out(&mut self) -> Vec<SigninName> {
        self.list.clear();
        let mut changed = Vec::new();
        self.known.retain(|person| {
            if person.listed || person.presence.status != MiStatus::Unknown || person.is_stale() {
                changed.push(person.name.clone());
            }
            let watchers = person.watchers;
            *person = Person { watchers, ..Person::unknown(person.name.clone()) };
            watchers > 0
        });
        changed
    }
}
