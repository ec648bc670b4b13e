//! Who is told of what has changed: presence, permissions, and everything else that is numbered.

use std::sync::Arc;

use mistatus_core::{message::Update, presence::Source, signin_name::SigninName, status::MiStatus};

use crate::{
    account::Account,
    client::{ClientId, Link},
    config::Visibility,
    hub::Hub,
    io::{Output, Write},
    jobs::{Continuation, TellOwner},
};

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
        let was_seen = account.is_seen();
        let edge_before = account.claims.next_edge();
        how(account);
        let edge = account.claims.next_edge();
        let differs = account.update(self.wall, cause);
        let me = account.me();
        if !was_seen && account.is_seen() {
            account.inbox.await_all();
        }
        // A friendly name that had to wait because the user was invisible.
        let late = account.is_seen()
            && account.views.common.friendly_name != account.stored_friendly_name
            && !self.leaving.contains(name);
        if late {
            account.stored_friendly_name = account.views.common.friendly_name.clone();
        }
        let revealed = account.views.reveal(&account.relations.blocked);
        let write = late.then(|| Write::PutUser {
            name: account.name.clone(),
            friendly_name: account.views.common.friendly_name.clone(),
        });
        let own: Vec<_> = account.clients.iter().copied().collect();
        if edge != edge_before {
            self.timers.move_claim(name, edge_before, edge);
        }
        // Of being gone nobody is told who is there to hear it.
        let news = me != before && me.status != MiStatus::Offline;
        if tell == TellOwner::Always || news {
            let update = Arc::new(Update::MyStatus { me });
            for client in own {
                self.tell(client, update.clone());
            }
        }
        if let Some(write) = write {
            self.store(write, Continuation::Nobody);
        }
        if revealed.is_some() {
            self.store(Write::Reveal { owner: name.clone() }, Continuation::Nobody);
        }
        // Those who may no longer see the user learn it now; those who may at last are among the audience.
        let seemed_permitted = revealed.into_iter().flatten().filter(|(_, permitted)| *permitted);
        for (viewer, _) in seemed_permitted {
            let saw = self.config.visibility == Visibility::Contacts && self.lists(&viewer, name);
            if saw && !self.may_see(&viewer, name) {
                self.permission_changed(&viewer, name);
            }
        }
        if differs.anything {
            self.announce(name);
        }
        if differs.presence {
            self.report_presence(name);
        }
        self.tell_confirmed(name);
        self.release_hidden(name);
    }

    /// Reports how a user is to those who may see everybody.
    pub(crate) fn report_presence(&mut self, name: &SigninName) {
        let Some(account) = self.accounts.get(name).filter(|_| self.is_listed(name)) else {
            return;
        };
        let change = self.common_view(&account.name);
        self.outputs.push_back(Output::PresenceChanged(change));
    }

    /// Tells the audience of a user what it may see now.
    pub(crate) fn announce(&mut self, name: &SigninName) {
        let Some(account) = self.accounts.get(name).filter(|_| self.is_listed(name)) else {
            return;
        };
        let change = self.common_view(&account.name);
        let for_all = Arc::new(Update::Changes { changes: vec![change] });
        let listeners: Vec<_> = self
            .audience
            .of(name)
            .into_iter()
            .filter(|client| {
                self.clients.get(client).is_some_and(|client| {
                    !account.views.is_gone_for(&client.user) && self.may_see(&client.user, name)
                })
            })
            .map(|client| {
                let special = self.clients.get(&client).and_then(|known| {
                    account.views.has_returned_for(&known.user).then(|| {
                        let change = self.view(&known.user, &account.name);
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

    /// Tells those for whom a user seems gone what they see: the time is over in which nobody could say who is gone.
    pub(crate) fn tell_those_it_is_gone_for(&mut self, name: &SigninName) {
        let Some(account) = self.accounts.get(name) else { return };
        let viewers: Vec<_> = account.views.gone_for().cloned().collect();
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
        for client in self.audience.of(subject) {
            if self.clients.get(&client).is_some_and(|known| known.user == *viewer) {
                self.tell(client, update.clone());
            }
        }
    }

    /// Tells all clients of `viewer` that follow `subject` what they may see now: the permission has changed.
    pub(crate) fn permission_changed(&mut self, viewer: &SigninName, subject: &SigninName) {
        for client in self.audience.of(subject) {
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

    /// Tells all clients of a user the same.
    pub(crate) fn tell_all_of(&mut self, user: &SigninName, update: Update) {
        let Some(account) = self.accounts.get(user) else { return };
        let clients: Vec<_> = account.clients.iter().copied().collect();
        let update = Arc::new(update);
        for client in clients {
            self.tell(client, update.clone());
        }
    }

    /// Tells a client of a change by its next number, at once or when the client goes on with its connection.
    pub(crate) fn tell(&mut self, client: ClientId, update: impl Into<Arc<Update>>) {
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
