//! How people go for good: they are signed out, and nothing is left of them with anybody.

use std::{collections::BTreeSet, sync::Arc};

use mistatus_core::{
    hresult::HResult,
    message::{Notice, Update},
    signin_name::SigninName,
};

use crate::{
    account::Account,
    client::Client,
    hub::Hub,
    io::{Closing, Output},
    jobs::{Continuation, NOT_LISTED, Queued},
};

impl Hub {
    /// Takes people out of everything. That is durable already.
    pub(crate) fn erase(&mut self, gone: &BTreeSet<SigninName>) {
        if gone.is_empty() {
            return;
        }
        for name in gone {
            self.sign_out(name);
            if let Some(account) = self.accounts.remove(name) {
                self.drop_account(account);
            }
            self.undelivered.forget(name);
        }
        self.forget_what_waits_for(gone);
        let others: Vec<_> = self.accounts.keys().cloned().collect();
        for other in others {
            self.take_off_list(&other, gone);
            self.take_out_of_relations(&other, gone);
            self.take_out_of_inbox(&other, gone);
        }
    }

    fn sign_out(&mut self, name: &SigninName) {
        let Some(account) = self.accounts.get(name) else { return };
        let clients: Vec<_> = account.clients.iter().copied().collect();
        for client in clients {
            if let Some(connection) = self.clients.get(&client).and_then(Client::connection) {
                let (hr, message) = (HResult::MSGR_E_USER_NOT_FOUND, Some(NOT_LISTED.to_owned()));
                let bye = Notice::Bye { hr, retry_after: None, message };
                self.outputs.push_back(Output::Notify(connection, bye));
                self.outputs.push_back(Output::Close(connection, Closing::NotListed));
                self.connections.remove(&connection);
            }
            self.forget(client);
        }
    }

    fn drop_account(&mut self, account: Account) {
        let name = account.name;
        if let Some(until) = account.intent.until {
            self.timers.expiries.remove(&(until, name.clone()));
        }
        self.timers.move_claim(&name, account.claims.next_edge(), None);
        self.timers.departures.retain(|(_, gone)| *gone != name);
        for queued in account.queue {
            if let Queued::Service(job) = queued {
                let message = Some("that person was taken out of the directory".to_owned());
                self.service_outcome(job.id, HResult::MSGR_E_USER_NOT_FOUND, message);
            }
        }
    }

    /// Lets nothing go on that was begun with them: somebody else of the same name may come.
    fn forget_what_waits_for(&mut self, gone: &BTreeSet<SigninName>) {
        for waiting in self.waiting.values_mut() {
            let is_over = match waiting {
                Continuation::Confirmed { owner, from, .. }
                | Continuation::Read { owner, from, .. } => {
                    gone.contains(owner) || gone.contains(from)
                }
                Continuation::Lookup { owner, .. } | Continuation::History { owner, .. } => {
                    gone.contains(owner)
                }
                _ => false,
            };
            if is_over {
                *waiting = Continuation::Nobody;
            }
        }
    }

    fn take_off_list(&mut self, owner: &SigninName, gone: &BTreeSet<SigninName>) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        let listed = account.contacts.iter().filter(|name| gone.contains(*name));
        let listed: Vec<_> = listed.cloned().collect();
        for name in listed {
            let Some(account) = self.accounts.get_mut(owner) else { return };
            account.contacts.remove(&name);
            let own: Vec<_> = account.clients.iter().copied().collect();
            let removed = Arc::new(Update::ContactRemoved { name: name.clone() });
            for client in own {
                let known = self.clients.get(&client);
                if !known.is_some_and(|known| known.watches.contains(&name)) {
                    self.audience.leave(&name, client);
                }
                self.tell(client, removed.clone());
            }
            self.leave_groups(owner, &name);
        }
    }

    fn take_out_of_relations(&mut self, owner: &SigninName, gone: &BTreeSet<SigninName>) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        account.views.forget(gone);
        let relations = &mut account.relations;
        relations.allowed.retain(|name| !gone.contains(name));
        let asked = relations.requests.iter().map(|(from, _)| from);
        let asked: Vec<_> = asked.filter(|from| gone.contains(*from)).cloned().collect();
        let blocked = relations.blocked.iter().filter(|name| gone.contains(*name));
        let blocked: Vec<_> = blocked.cloned().collect();
        for name in &blocked {
            relations.blocked.remove(name);
        }
        for name in blocked {
            self.tell_all_of(owner, Update::Blocked { name, blocked: false });
        }
        for from in asked {
            self.end_request(owner, &from);
        }
    }

    fn take_out_of_inbox(&mut self, owner: &SigninName, gone: &BTreeSet<SigninName>) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        account.inbox.forget(gone);
        let unread = account.unread.iter().filter_map(|unread| {
            let is_gone = gone.contains(&unread.from);
            is_gone.then_some((unread.from, unread.newest?))
        });
        let unread: Vec<_> = unread.collect();
        for (from, newest) in unread {
            if let Some(account) = self.accounts.get_mut(owner) {
                account.unread.read(&from, newest);
            }
            self.tell_unread(owner, &from);
        }
    }
}
