//! Who may see whom, and what a client is shown of all whom it follows. Tells nobody of changes.

use mistatus_core::{
    chat::ContactRequest,
    message::{Change, Notice, Snapshot},
    presence::Presence,
    signin_name::SigninName,
    time::UnixMs,
};

use crate::{account::Account, client::ClientId, config::Visibility, hub::Hub, io::Output};

impl Hub {
    /// Returns what `viewer` may see of a name.
    ///
    /// No such user and not permitted look the same, down to the spelling of the name. What the company calls somebody is
    /// no secret.
    pub(crate) fn view(&self, viewer: &SigninName, name: &SigninName) -> Change {
        match self.accounts.get(name) {
            Some(account) if self.is_listed(name) && self.may_see(viewer, name) => {
                let change = account.seen_by(viewer, name);
                Change { friendly_name: self.shown_name(name, change.friendly_name), ..change }
            }
            _ => Change {
                name: name.clone(),
                friendly_name: self.shown_name(name, None),
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
        match self.config.visibility {
            Visibility::Everyone => self.common_view(name).presence,
            Visibility::Contacts => Presence::UNKNOWN,
        }
    }

    /// Returns what somebody would see of a name who is nobody's contact, is blocked by nobody and may see everybody, as
    /// the company's own programs may: whatever the visibility.
    ///
    /// Whoever is invisible is OFFLINE, and whoever never signed in UNKNOWN.
    #[must_use]
    pub fn common_view(&self, name: &SigninName) -> Change {
        let account = self.accounts.get(name).filter(|_| self.is_listed(name));
        let own_name = account.and_then(|known| known.views.common.friendly_name.clone());
        Change {
            name: name.clone(),
            friendly_name: self.shown_name(name, own_name),
            presence: account
                .map_or(Presence::UNKNOWN, |known| known.views.common.presence.clone()),
            settling: account.is_some_and(Account::is_settling),
        }
    }

    /// Returns that of everybody who has signed in at least once.
    #[must_use]
    pub fn common_views(&self) -> Vec<Change> {
        let names = self.accounts.values().map(|account| &account.name);
        names.filter(|name| self.is_listed(name)).map(|name| self.common_view(name)).collect()
    }

    pub(crate) fn may_see(&self, viewer: &SigninName, subject: &SigninName) -> bool {
        let seems_to_permit =
            || self.accounts.get(subject).is_some_and(|account| account.seems_to_permit(viewer));
        viewer == subject
            || match self.config.visibility {
                Visibility::Everyone => true,
                Visibility::Contacts => {
                    self.are_colleagues(viewer, subject)
                        || (self.lists(viewer, subject) && seems_to_permit())
                }
            }
    }

    pub(crate) fn lists(&self, owner: &SigninName, other: &SigninName) -> bool {
        self.accounts.get(owner).is_some_and(|account| account.contacts.contains(other))
    }

    pub(crate) fn send_snapshot(&mut self, client: ClientId) {
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
            groups: account.relations.groups.clone(),
            blocked: account.relations.blocked.iter().cloned().collect(),
            requests: self.requests_of(account),
            unread: account.unread.iter().collect(),
        };
        self.outputs.push_back(Output::Notify(connection, Notice::Snapshot(snapshot)));
    }

    /// Returns who waits for a user's answer.
    fn requests_of(&self, account: &Account) -> Vec<ContactRequest> {
        let request = |(from, at): &(SigninName, _)| self.contact_request(from, *at);
        account.relations.requests.iter().map(request).collect()
    }

    pub(crate) fn contact_request(&self, from: &SigninName, at: UnixMs) -> ContactRequest {
        let known = self.accounts.get(from);
        let own_name = known.and_then(|known| known.views.common.friendly_name.clone());
        ContactRequest {
            from: known.map_or(from, |known| &known.name).clone(),
            friendly_name: self.shown_name(from, own_name),
            at,
        }
    }
}
