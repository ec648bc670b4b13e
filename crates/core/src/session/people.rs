//! Whom the session knows: the contact list, and people watched beside it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{message::Change, presence::Presence, signin_name::SigninName, status::MiStatus};

/// Is what the session knows of one person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// Sign-in name as the engine or, before it spoke, the page gave it.
    pub name: SigninName,
    /// How the person is shown; `None` where that is not known.
    pub friendly_name: Option<String>,
    /// What may be seen.
    pub presence: Presence,
    /// Whether that is from before a lost connection.
    pub stale: bool,
    /// Whether the person is on the contact list.
    pub listed: bool,
    /// How many on the page follow this person beside the list.
    watchers: u32,
}

#[derive(Default, Debug)]
pub(super) struct People {
    known: BTreeMap<SigninName, Person>,
    /// The contact list in its order.
    list: Vec<SigninName>,
    to_watch: BTreeSet<SigninName>,
    to_unwatch: BTreeSet<SigninName>,
}

/// Is what a change of knowledge amounts to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Learned {
    pub(super) previous: MiStatus,
    pub(super) current: MiStatus,
    pub(super) listed: bool,
    /// Whether anything that is shown differs.
    pub(super) visible: bool,
}

impl Person {
    fn unknown(name: SigninName) -> Self {
        Self {
            name,
            friendly_name: None,
            presence: Presence::UNKNOWN,
            stale: false,
            listed: false,
            watchers: 0,
        }
    }
}

impl People {
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
    pub(super) fn learn(&mut self, change: Change) -> Option<Learned> {
        let person = self.known.get_mut(&change.name)?;
        let before = person.clone();
        person.name = change.name;
        person.friendly_name = change.friendly_name;
        person.presence = change.presence;
        person.stale = false;
        Some(Learned {
            previous: before.presence.status,
            current: person.presence.status,
            listed: person.listed,
            visible: *person != before || person.name.as_str() != before.name.as_str(),
        })
    }

    /// Puts somebody on the list; false if they were on it.
    pub(super) fn list(&mut self, name: &SigninName) -> bool {
        let person =
            self.known.entry(name.clone()).or_insert_with(|| Person::unknown(name.clone()));
        let added = !core::mem::replace(&mut person.listed, true);
        if added {
            self.list.push(name.clone());
        }
        added
    }

    /// Takes somebody off the list; false if they were not on it. Off the list and unwatched, nothing is known.
    pub(super) fn unlist(&mut self, name: &SigninName) -> bool {
        let Some(person) = self.known.get_mut(name).filter(|person| person.listed) else {
            return false;
        };
        person.listed = false;
        if person.watchers == 0 {
            self.known.remove(name);
        }
        self.list.retain(|listed| listed != name);
        true
    }

    /// Takes the list's order from a snapshot; every name must be listed.
    pub(super) fn reorder(&mut self, list: Vec<SigninName>) {
        self.list = list;
    }

    /// Returns the names on the list.
    pub(super) fn list_names(&self) -> Vec<SigninName> {
        self.list.clone()
    }

    /// Counts one more watcher; true if that is news to the engine.
    pub(super) fn watch(&mut self, name: &SigninName) -> bool {
        let person =
            self.known.entry(name.clone()).or_insert_with(|| Person::unknown(name.clone()));
        person.watchers += 1;
        let first = person.watchers == 1;
        if first && !self.to_unwatch.remove(name) {
            self.to_watch.insert(name.clone());
        }
        first
    }

    /// Counts one watcher less; true if that is news to the engine.
    pub(super) fn unwatch(&mut self, name: &SigninName) -> bool {
        let Some(person) = self.known.get_mut(name).filter(|person| person.watchers > 0) else {
            return false;
        };
        person.watchers -= 1;
        if person.watchers > 0 {
            return false;
        }
        if !person.listed {
            self.known.remove(name);
        }
        if !self.to_watch.remove(name) {
            self.to_unwatch.insert(name.clone());
        }
        true
    }

    /// Returns and forgets the collected watches and unwatches.
    pub(super) fn take_watch_changes(&mut self) -> (Vec<SigninName>, Vec<SigninName>) {
        let watch = core::mem::take(&mut self.to_watch).into_iter().collect();
        let unwatch = core::mem::take(&mut self.to_unwatch).into_iter().collect();
        (watch, unwatch)
    }

    /// A new connection knows no watches: all are to be sent again.
    pub(super) fn rewatch_all(&mut self) {
        self.to_unwatch.clear();
        self.to_watch = self
            .known
            .values()
            .filter(|person| person.watchers > 0)
            .map(|person| person.name.clone())
            .collect();
    }

    /// Keeps the last values as stale; returns who is shown differently now.
    pub(super) fn mark_stale(&mut self) -> Vec<SigninName> {
        let mut changed = Vec::new();
        for person in self.known.values_mut() {
            if !person.stale && person.presence.status != MiStatus::Unknown {
                person.stale = true;
                changed.push(person.name.clone());
            }
        }
        changed
    }

    /// Drops stale values; returns whose, their last status, and whether they are on the list.
    pub(super) fn forget_stale(&mut self) -> Vec<(SigninName, MiStatus, bool)> {
        let mut changed = Vec::new();
        for person in self.known.values_mut().filter(|person| person.stale) {
            changed.push((person.name.clone(), person.presence.status, person.listed));
            person.presence = Presence::UNKNOWN;
            person.stale = false;
        }
        changed
    }

    /// Empties the list and all knowledge; watched people stay, unknown. Returns who is shown differently now.
    pub(super) fn sign_out(&mut self) -> Vec<SigninName> {
        self.list.clear();
        let mut changed = Vec::new();
        self.known.retain(|name, person| {
            let watchers = person.watchers;
            let unknown = Person { watchers, ..Person::unknown(name.clone()) };
            if *person != unknown {
                changed.push(name.clone());
            }
            *person = unknown;
            watchers > 0
        });
        changed
    }
}
