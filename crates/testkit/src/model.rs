//! The reference model: who is there, what each chose, and what each must therefore see (design rules 1, 3, 5, 7).
//!
//! Written to be read, not to be fast. Knows connections and durable writes; must never look into the registry.

use std::collections::BTreeMap;

use mistatus_core::{
    presence::{Intent, Viewer, effective_status},
    signin_name::SigninName,
    status::MiStatus,
    time::{Tick, UnixMs},
};
use mistatus_hub::{ClientId, Departure, HubConfig, Visibility, Write};

/// Knows what is true.
#[derive(Debug)]
pub struct Model {
    config: HubConfig,
    users: BTreeMap<SigninName, User>,
    /// Until when nobody can say who is gone, after a restart.
    settled: Tick,
}

/// Is what is true of one user.
#[derive(Debug)]
struct User {
    intent: Intent,
    contacts: Vec<SigninName>,
    /// Connections and whether each is idle.
    clients: BTreeMap<ClientId, bool>,
    /// Vanished connections that still count: until when, and whether they were idle.
    lingering: Vec<(Tick, bool)>,
}

impl Model {
    /// Makes a world without anybody.
    #[must_use]
    pub fn new(config: HubConfig) -> Self {
        Self { config, users: BTreeMap::new(), settled: Tick::default() }
    }

    /// Takes what has become durable.
    pub(crate) fn written(&mut self, write: &Write) {
        match write {
            Write::PutUser { name, .. } => {
                self.users.entry(name.clone()).or_insert_with(|| User {
                    intent: Intent::AUTOMATIC,
                    contacts: Vec::new(),
                    clients: BTreeMap::new(),
                    lingering: Vec::new(),
                });
            }
            Write::PutIntent { name, intent, .. } => self.of(name).intent = intent.clone(),
            Write::AddContact { owner, contact, .. } => {
                self.of(owner).contacts.push(contact.clone())
            }
            Write::RemoveContact { owner, contact, .. } => {
                self.of(owner).contacts.retain(|listed| listed != contact);
            }
            Write::Reveal { .. } => {}
        }
    }

    pub(crate) fn came(&mut self, name: &SigninName, client: ClientId, idle: bool) {
        self.of(name).clients.insert(client, idle);
    }

    pub(crate) fn is_idle(&mut self, client: ClientId, idle: bool) {
        for user in self.users.values_mut() {
            if let Some(known) = user.clients.get_mut(&client) {
                *known = idle;
            }
        }
    }

    pub(crate) fn left(&mut self, client: ClientId, departure: Departure, now: Tick) {
        let until = now + self.config.damping;
        for user in self.users.values_mut() {
            let Some(idle) = user.clients.remove(&client) else { continue };
            match departure {
                Departure::Lost => user.lingering.push((until, idle)),
                Departure::SignedOut if user.clients.is_empty() => user.lingering.clear(),
                Departure::SignedOut => {}
            }
        }
    }

    pub(crate) fn restarted(&mut self, now: Tick) {
        self.settled = now + self.config.damping;
        for user in self.users.values_mut() {
            user.clients.clear();
            user.lingering.clear();
        }
    }

    /// Returns somebody's contact list.
    #[must_use]
    pub fn contacts(&self, name: &SigninName) -> &[SigninName] {
        self.users.get(name).map_or(&[], |user| &user.contacts)
    }

    /// Returns what somebody chose and has not ended.
    #[must_use]
    pub fn intent(&self, name: &SigninName, wall: UnixMs) -> Intent {
        match self.users.get(name) {
            Some(user) if user.intent.until.is_none_or(|until| until > wall) => user.intent.clone(),
            _ => Intent::AUTOMATIC,
        }
    }

    /// Returns a user's effective status for oneself or for those who may see it.
    #[must_use]
    pub fn status(&self, name: &SigninName, viewer: Viewer, now: Tick, wall: UnixMs) -> MiStatus {
        let Some(user) = self.users.get(name) else { return MiStatus::Unknown };
        let lingering = user.lingering.iter().filter(|(until, _)| *until > now);
        let idle: Vec<_> =
            user.clients.values().copied().chain(lingering.map(|(_, idle)| *idle)).collect();
        let (connected, idle) = (!idle.is_empty(), idle.iter().all(|idle| *idle));
        effective_status(self.intent(name, wall).status, connected, idle, viewer)
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
    pub fn allowed(
        &self,
        viewer: &SigninName,
        subject: &SigninName,
        now: Tick,
        wall: UnixMs,
    ) -> Vec<MiStatus> {
        let status = self.status(subject, Viewer::Other, now, wall);
        // A permission that the other gave or took while away shows when the other is seen next:
        // until then both the old and the new answer are right.
        let veiled = self.config.visibility == Visibility::Contacts;
        match status {
            MiStatus::Unknown => vec![MiStatus::Unknown],
            MiStatus::Offline if now < self.settled => vec![MiStatus::Unknown, MiStatus::Offline],
            MiStatus::Offline if veiled && viewer != subject => {
                vec![MiStatus::Unknown, MiStatus::Offline]
            }
            _ if self.may_see(viewer, subject) => vec![status],
            _ => vec![MiStatus::Unknown],
        }
    }

    fn of(&mut self, name: &SigninName) -> &mut User {
        self.users.get_mut(name).expect("the registry writes about users that it has stored")
    }
}
