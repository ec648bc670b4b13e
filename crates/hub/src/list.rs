//! The contact list, contact requests and blocking: what is allowed, and who hears of it.

use std::sync::Arc;

use mistatus_core::{
    hresult::HResult, limits::CONTACT_REQUESTS_MAX, message::Update, signin_name::SigninName,
};

use crate::{
    account::Account,
    config::Visibility,
    hub::Hub,
    io::Write,
    jobs::{Continuation, Refusal, Step},
};

impl Hub {
    pub(crate) fn contact_added(
        &mut self,
        owner: &SigninName,
        contact: &SigninName,
        deferred: Option<bool>,
        asks: bool,
    ) {
        let before = self.may_see(contact, owner);
        let Some(account) = self.accounts.get_mut(owner) else { return };
        account.add_contact(contact, deferred);
        let own: Vec<_> = account.clients.iter().copied().collect();
        let added = Arc::new(Update::ContactAdded { contact: self.view(owner, contact) });
        for client in own {
            self.audience.join(contact, client);
            self.tell(client, added.clone());
        }
        if before != self.may_see(contact, owner) {
            self.permission_changed(contact, owner);
        }
        self.release_hidden(owner);
        self.end_request(owner, contact);
        if asks && self.has_to_ask(owner, contact) {
            self.ask(owner, contact);
        }
    }

    pub(crate) fn contact_removed(
        &mut self,
        owner: &SigninName,
        contact: &SigninName,
        deferred: Option<bool>,
    ) {
        let before = self.may_see(contact, owner);
        let saw = self.may_see(owner, contact);
        let Some(account) = self.accounts.get_mut(owner) else { return };
        let name = account.remove_contact(contact, deferred).unwrap_or_else(|| contact.clone());
        let removed = Arc::new(Update::ContactRemoved { name });
        let own: Vec<_> = account.clients.iter().copied().collect();
        for client in own {
            let watches =
                self.clients.get(&client).is_some_and(|known| known.watches.contains(contact));
            if !watches {
                self.audience.leave(contact, client);
            }
            self.tell(client, removed.clone());
        }
        if before != self.may_see(contact, owner) {
            self.permission_changed(contact, owner);
        }
        if saw && !self.may_see(owner, contact) {
            self.permission_changed(owner, contact);
        }
        self.leave_groups(owner, contact);
        self.end_request(contact, owner);
    }

    /// Whether the one whom a user puts on the list has to be asked.
    pub(crate) fn has_to_ask(&self, owner: &SigninName, contact: &SigninName) -> bool {
        let Some(asked) = self.accounts.get(contact) else { return false };
        let relations = &asked.relations;
        self.config.visibility == Visibility::Contacts
            && owner != contact
            && self.stays(owner)
            && self.stays(contact)
            && !self.are_colleagues(owner, contact)
            && !asked.permits(owner)
            && !relations.blocked.contains(owner)
            && !relations.is_asked_by(owner)
            && relations.requests.len() < CONTACT_REQUESTS_MAX
    }

    /// Tells somebody that a user wants to see them.
    pub(crate) fn ask(&mut self, owner: &SigninName, contact: &SigninName) {
        let wall = self.wall;
        let Some(asked) = self.accounts.get_mut(contact) else { return };
        asked.relations.requests.push((owner.clone(), wall));
        let request = self.contact_request(owner, wall);
        self.tell_all_of(contact, Update::ContactRequested { request });
    }

    /// Asks somebody who signs in for the first time on behalf of all who have them on the list already.
    pub(crate) fn collect_requests(&mut self, newcomer: &SigninName) {
        // Everybody is looked at: not where nobody has to ask.
        if self.config.visibility == Visibility::Everyone {
            return;
        }
        let lists = |account: &&Account| account.contacts.contains(newcomer);
        let owners: Vec<_> =
            self.accounts.values().filter(lists).map(|account| account.name.clone()).collect();
        for from in owners {
            if self.has_to_ask(&from, newcomer) {
                let write = Write::PutRequest {
                    owner: newcomer.clone(),
                    from: from.clone(),
                    at: self.wall,
                };
                self.store(write, Continuation::Nobody);
                self.ask(&from, newcomer);
            }
        }
    }

    /// Ends a request that waits at a user, where there is one.
    pub(crate) fn end_request(&mut self, owner: &SigninName, from: &SigninName) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        if account.relations.end_request(from) {
            self.tell_all_of(owner, Update::ContactRequestGone { name: from.clone() });
        }
    }

    pub(crate) fn judge_answer(
        &self,
        account: &Account,
        from: &SigninName,
        accept: bool,
    ) -> Result<Write, Refusal> {
        if !account.relations.is_asked_by(from) {
            let message = "nobody of that name waits for an answer".to_owned();
            return Err((HResult::MSGR_E_USER_NOT_FOUND, message));
        }
        let deferred = match accept {
            true => account.deferred_by(from, true),
            false => None,
        };
        let owner = account.name.clone();
        Ok(Write::AnswerRequest { owner, from: from.clone(), accept, deferred })
    }

    pub(crate) fn request_answered(
        &mut self,
        owner: &SigninName,
        from: &SigninName,
        accept: bool,
        deferred: Option<bool>,
    ) {
        self.end_request(owner, from);
        let before = self.may_see(from, owner);
        if accept && let Some(account) = self.accounts.get_mut(owner) {
            account.allow(from, deferred);
        }
        if before != self.may_see(from, owner) {
            self.permission_changed(from, owner);
        }
        self.release_hidden(owner);
    }

    pub(crate) fn judge_block(
        &self,
        account: &Account,
        name: &SigninName,
        blocked: bool,
    ) -> Result<Step, Refusal> {
        if *name == account.name {
            let message = "nobody can block themselves".to_owned();
            return Err((HResult::E_INVALIDARG, message));
        }
        if account.relations.blocked.contains(name) == blocked {
            return Ok(Step::End(HResult::S_FALSE));
        }
        let max = self.config.contacts_max;
        if blocked && account.relations.blocked.len() >= max {
            let message = format!("{max} people are blocked; more cannot be");
            return Err((HResult::MSGR_E_LIST_FULL, message));
        }
        // Who is not seen comes back for nobody: the one who was blocked learns it with all others.
        let view = (blocked || !account.is_seen()).then(|| account.view_when_blocked(name));
        let (owner, contact) = (account.name.clone(), name.clone());
        Ok(Step::Store(Write::SetBlocked { owner, contact, blocked, view }))
    }

    /// Blocks somebody or ends that: for them the user goes, or comes.
    pub(crate) fn block_changed(&mut self, owner: &SigninName, name: &SigninName, blocked: bool) {
        let wall = self.wall;
        let Some(account) = self.accounts.get_mut(owner) else { return };
        let seen = account.is_seen();
        let given = match blocked {
            true => {
                account.relations.blocked.push(name.clone());
                name.clone()
            }
            false => account.relations.blocked.remove(name).unwrap_or_else(|| name.clone()),
        };
        self.tell_all_of(owner, Update::Blocked { name: given, blocked });
        if blocked {
            self.end_request(owner, name);
        }
        let saw = self.may_see(name, owner);
        let before = self.view(name, owner);
        let Some(account) = self.accounts.get_mut(owner) else { return };
        if blocked {
            let view = account.view_when_blocked(name);
            let since = match seen {
                // Since when somebody is gone, nobody knows who has just started.
                true => (!account.may_return).then_some(wall),
                false => account.views.common.presence.since,
            };
            account.views.block(name.clone(), view, since);
        } else if seen {
            account.views.unblock(name, wall);
            account.inbox.await_all_of(name);
        }
        let sees = self.may_see(name, owner);
        if sees && self.view(name, owner) != before {
            self.tell_viewer(name, owner);
        } else if saw && !sees {
            self.permission_changed(name, owner);
        }
        self.tell_confirmed(owner);
        self.release_hidden(owner);
    }
}
