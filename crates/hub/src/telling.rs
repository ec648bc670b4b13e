//! Who is told what: changes, snapshots, and the permission to see.

use std::sync::Arc;

use mistatus_core::{
    chat::ContactRequest,
    message::{Change, Notice, Snapshot, Update},
    presence::{Presence, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::UnixMs,
};

use crate::{
    account::Account,
    client::{Link, Seat},
    config::Visibility,
    hub::{Hub, Waiting},
    io::{Output, Write},
};

/// Tells when a user's own clients hear of their status.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TellOwner {
    /// Also when it is as before: the user has set it.
    Always,
    /// Only when it is another.
    OfChanges,
}

impl Hub {
    /// Changes something about a user, and tells the user's clients and the audience what has become different.
    pub(crate) fn change(
        &mut self,
        name: &SigninName,
        tell: TellOwner,
        cause: Source,
        how: impl FnOnce(&mut Account),
    ) {
        let Some(account) = self.accounts.get_mut(name) else { return };
        let before = account.me();
        how(account);
        let differs = account.update(self.wall, cause);
        let me = account.me();
        // A friendly name that had to wait because the user was invisible.
        let late = account.is_seen() && account.shown.friendly_name != account.stored_friendly_name;
        if late {
            account.stored_friendly_name = account.shown.friendly_name.clone();
        }
        let unveiled = account.lift_veil();
        let opened = if account.is_seen() { account.people.open_all() } else { Vec::new() };
        let write = late.then(|| Write::PutUser {
            name: account.name.clone(),
            friendly_name: account.shown.friendly_name.clone(),
        });
        let own: Vec<_> = account.seats.iter().copied().collect();
        // Of being gone nobody is told who is there to hear it.
        let news = me != before && me.status != MiStatus::Offline;
        if tell == TellOwner::Always || news {
            let update = Arc::new(Update::MyStatus { me });
            for client in own {
                self.tell(client, update.clone());
            }
        }
        if let Some(write) = write {
            self.store(write, Waiting::Nobody);
        }
        if !unveiled.is_empty() || !opened.is_empty() {
            self.store(Write::Reveal { owner: name.clone() }, Waiting::Nobody);
        }
        // Those who may no longer see the user learn it now; those who may at last are among the audience.
        let opened = opened.into_iter().map(|(viewer, curtain)| (viewer, curtain.permits));
        for (viewer, _) in unveiled.into_iter().chain(opened).filter(|(_, permitted)| *permitted) {
            let saw = self.config.visibility == Visibility::Contacts && self.lists(&viewer, name);
            if saw && !self.may_see(&viewer, name) {
                self.permission_changed(&viewer, name);
            }
        }
        if differs {
            self.announce(name);
        }
        self.tell_confirmed(name);
    }

    /// Tells the audience of a user what it may see now.
    pub(crate) fn announce(&mut self, name: &SigninName) {
        let Some(account) = self.accounts.get(name) else { return };
        let change = Change {
            name: account.name.clone(),
            friendly_name: account.shown.friendly_name.clone(),
            presence: account.shown.presence.clone(),
            settling: account.is_settling(),
        };
        let for_all = Arc::new(Update::Changes { changes: vec![change] });
        let listeners: Vec<_> = self
            .audience
            .get(name)
            .into_iter()
            .flatten()
            .copied()
            .filter(|client| {
                self.clients.get(client).is_some_and(|client| {
                    !account.people.is_hidden_from(&client.user) && self.may_see(&client.user, name)
                })
            })
            .map(|client| {
                let special = self.clients.get(&client).and_then(|known| {
                    account.people.has_returned_for(&known.user).then(|| {
                        let change = account.seen_by(&known.user, &account.name);
                        Arc::new(Update::Changes { changes: vec![change] })
                    })
                });
                (client, special)
            })
            .collect();
        for (client, special) in listeners {
            self.tell(client, special.unwrap_or_else(|| for_all.clone()));
        }
    }

    /// Tells those behind the curtain of a user what they see: the time is over in which nobody could say who is gone.
    pub(crate) fn tell_behind_curtains(&mut self, name: &SigninName) {
        let Some(account) = self.accounts.get(name) else { return };
        let viewers: Vec<_> = account.people.hidden_from().cloned().collect();
        for viewer in viewers {
            if self.may_see(&viewer, name) {
                self.tell_viewer(&viewer, name);
            }
        }
    }

    /// Tells all clients of `viewer` that follow `subject` what they see now, as an announcement does.
    pub(crate) fn tell_viewer(&mut self, viewer: &SigninName, subject: &SigninName) {
        let Some(account) = self.accounts.get(subject) else { return };
        let change = self.view(viewer, &account.name);
        let update = Arc::new(Update::Changes { changes: vec![change] });
        let clients: Vec<_> = self.audience.get(subject).into_iter().flatten().copied().collect();
        for client in clients {
            if self.clients.get(&client).is_some_and(|known| known.user == *viewer) {
                self.tell(client, update.clone());
            }
        }
    }

    /// Tells all clients of `viewer` that follow `subject` what they may see now: the permission has changed.
    pub(crate) fn permission_changed(&mut self, viewer: &SigninName, subject: &SigninName) {
        let clients: Vec<_> = self.audience.get(subject).into_iter().flatten().copied().collect();
        for client in clients {
            let Some(known) = self.clients.get(&client) else { continue };
            if known.user != *viewer {
                continue;
            }
            let as_given = known.watches.get(subject);
            let listed = || self.accounts.get(viewer)?.contacts.as_given(subject);
            let change = self.view(viewer, as_given.or_else(listed).unwrap_or(subject));
            self.tell(client, Update::Changes { changes: vec![change] });
        }
    }

    /// Returns what `viewer` may see of a name.
    ///
    /// No such user and not permitted look the same, down to the spelling of the name.
    pub(crate) fn view(&self, viewer: &SigninName, name: &SigninName) -> Change {
        match self.accounts.get(name) {
            Some(account) if self.may_see(viewer, name) => account.seen_by(viewer, name),
            _ => Change {
                name: name.clone(),
                friendly_name: None,
                presence: Presence::UNKNOWN,
                settling: false,
            },
        }
    }

    /// Returns what people see of a name whom the user does not know, and who say nothing of themselves either.
    ///
    /// Nothing is known where one must be a contact; no such user, and not permitted, look the same.
    #[must_use]
    pub fn public_presence(&self, name: &SigninName) -> Presence {
        let account = self.accounts.get(name);
        let seen = account.filter(|_| self.config.visibility == Visibility::Everyone);
        seen.map_or(Presence::UNKNOWN, |account| account.shown.presence.clone())
    }

    pub(crate) fn may_see(&self, viewer: &SigninName, subject: &SigninName) -> bool {
        let seems_to_permit =
            || self.accounts.get(subject).is_some_and(|account| account.seems_to_permit(viewer));
        viewer == subject
            || match self.config.visibility {
                Visibility::Everyone => true,
                Visibility::Contacts => self.lists(viewer, subject) && seems_to_permit(),
            }
    }

    fn lists(&self, owner: &SigninName, other: &SigninName) -> bool {
        self.accounts.get(owner).is_some_and(|account| account.contacts.contains(other))
    }

    pub(crate) fn send_snapshot(&mut self, client: Seat) {
        let Some(known) = self.clients.get(&client) else { return };
        let Some(account) = self.accounts.get(&known.user) else { return };
        let Some(connection) = known.connection() else { return };
        let see = |name: &SigninName| self.view(&known.user, name);
        let snapshot = Snapshot {
            seq: known.backlog.last(),
            me: account.me(),
            contacts: account.contacts.iter().map(see).collect(),
            watched: known
                .watches
                .iter()
                .filter(|name| !account.contacts.contains(name))
                .map(see)
                .collect(),
            groups: account.people.groups.clone(),
            blocked: account.people.blocked.iter().cloned().collect(),
            requests: self.requests_of(account),
        };
        self.outputs.push_back(Output::Notify(connection, Notice::Snapshot(snapshot)));
    }

    /// Returns who waits for a user's answer.
    fn requests_of(&self, account: &Account) -> Vec<ContactRequest> {
        let request = |(from, at): &(SigninName, _)| self.contact_request(from, *at);
        account.people.requests.iter().map(request).collect()
    }

    pub(crate) fn contact_request(&self, from: &SigninName, at: UnixMs) -> ContactRequest {
        let known = self.accounts.get(from);
        ContactRequest {
            from: known.map_or(from, |known| &known.name).clone(),
            friendly_name: known.and_then(|known| known.shown.friendly_name.clone()),
            at,
        }
    }

    /// Tells all clients of a user the same.
    pub(crate) fn tell_all_of(&mut self, user: &SigninName, update: Update) {
        let Some(account) = self.accounts.get(user) else { return };
        let seats: Vec<_> = account.seats.iter().copied().collect();
        let update = Arc::new(update);
        for seat in seats {
            self.tell(seat, update.clone());
        }
    }

    /// Tells a client of a change by its next number, at once or when the client goes on with its connection.
    pub(crate) fn tell(&mut self, client: Seat, update: impl Into<Arc<Update>>) {
        let update = update.into();
        let max = self.config.backlog_max();
        let Some(known) = self.clients.get_mut(&client) else { return };
        let before = known.backlog.bytes();
        match known.link {
            Link::Up { connection, .. } => {
                let seq = known.backlog.push(update.clone(), max);
                self.outputs.push_back(Output::Update(connection, seq, update));
            }
            Link::Lost { sent, .. } => {
                known.backlog.push(update, max);
                self.lost_bytes = self.lost_bytes + known.backlog.bytes() - before;
                if known.backlog.reaches(sent) {
                    self.bound_lost();
                } else {
                    // Whatever it saw last, it cannot go on any more.
                    self.forget(client);
                }
            }
        }
    }
}
