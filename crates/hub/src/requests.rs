//! What clients say: what is done at once, and requests that wait their turn and the store.

use std::sync::Arc;

use mistatus_core::{
    chat::MessageId,
    hresult::HResult,
    limits::WATCH_BATCH_MAX,
    message::{ClientMessage, Command, Notice, Outcome, Request, RequestId, Seq, Signal, Update},
    presence::{Intent, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::{Tick, UnixMs},
};

use crate::{
    account::Account,
    client::{Activity, ClientId, Link, Pulse},
    groups::{judge_end_of_group, judge_group_name, judge_member, judge_new_group},
    hub::Hub,
    io::{Closing, ConnectionId, Departure, Output, StoreError, Write},
    jobs::{Continuation, Effect, Job, NOT_STORED, Queued, Refusal, Step, TellOwner},
    messages::judge_message,
};

/// Most requests that wait for their client to be signed in: whoever sends `signin` need not wait for the answer to send
/// what every sign-in is followed by.
const EARLY_MESSAGES_MAX: usize = 8;

/// Whether a message waits for its client to be signed in. A sign-out comes after those that do.
fn waits_for_signin(message: &ClientMessage, early: &[ClientMessage]) -> bool {
    match message {
        ClientMessage::Signal(Signal::Ping { .. } | Signal::Pong { .. }) => false,
        ClientMessage::Signal(Signal::Signout) => !early.is_empty(),
        _ => early.len() < EARLY_MESSAGES_MAX,
    }
}

impl Hub {
    /// Takes what a client says.
    pub fn handle_message(
        &mut self,
        connection: ConnectionId,
        message: ClientMessage,
        now: Tick,
        wall: UnixMs,
    ) {
        self.tell_time(now, wall);
        match self.joining.get_mut(&connection) {
            // It has said goodbye.
            Some(early) if early.last() == Some(&ClientMessage::Signal(Signal::Signout)) => {}
            Some(early) if waits_for_signin(&message, early) => early.push(message),
            Some(_) => self.refuse_early(connection, &message),
            None => self.take_message(connection, message),
        }
    }

    /// Takes what a client says that has been told that it is signed in.
    pub(crate) fn take_message(&mut self, connection: ConnectionId, message: ClientMessage) {
        // A frame that was on its way when the connection was closed.
        let Some(client) = self.connections.get(&connection).copied() else { return };
        let Some(known) = self.clients.get_mut(&client) else { return };
        let before = known.link;
        known.link = Link::Up { connection, pulse: Pulse::new(self.now) };
        known.keys.confirm();
        if let Link::Up { pulse: Pulse { is_silent: true, .. }, .. } = before {
            self.set_activity(client, Activity::Active);
        }
        match message {
            ClientMessage::Request(request) => {
                if !self.is_repeated(client, request.id) {
                    self.take_request(client, request);
                }
            }
            ClientMessage::Signal(signal) => self.take_signal(connection, client, signal),
        }
    }

    fn take_request(&mut self, client: ClientId, request: Request) {
        let id = request.id;
        match request.command {
            Command::Watch { names } => self.watch(client, id, names),
            Command::FetchMessages { with, before } => {
                self.fetch_messages(client, id, with, before);
            }
            Command::FindPeople { beginning } => self.find_people(client, id, &beginning),
            // Credentials are the caller's affair: it passes on only what it has accepted.
            Command::RenewToken { .. } => self.outcome(client, id, HResult::S_OK, None),
            _ => self.enqueue(client, request),
        }
    }

    fn take_signal(&mut self, connection: ConnectionId, client: ClientId, signal: Signal) {
        match signal {
            Signal::ReportIdle { idle_for } => {
                self.set_activity(client, Activity::from_idle_for(idle_for));
            }
            Signal::Unwatch { names } => self.unwatch(client, &names),
            Signal::ConfirmMessages { from, up_to } => self.confirm_messages(client, &from, up_to),
            Signal::MarkRead { from, up_to } => self.mark_read(client, &from, up_to),
            Signal::Resync => self.resync(client),
            Signal::Ping { seen } => {
                self.confirm(client, seen);
                self.outputs.push_back(Output::Notify(connection, Notice::Pong));
            }
            Signal::Pong { seen } => self.confirm(client, seen),
            Signal::Signout => {
                self.say_goodbye(connection);
                self.leave(connection, Departure::SignedOut);
            }
        }
    }

    pub(crate) fn set_activity(&mut self, client: ClientId, activity: Activity) {
        let Some(user) = self.clients.get(&client).map(|known| known.user.clone()) else { return };
        self.change(&user, TellOwner::OfChanges, Source::Idle, |account| {
            account.connected.insert(client, activity);
        });
    }

    fn say_goodbye(&mut self, connection: ConnectionId) {
        let bye = Notice::Bye { hr: HResult::S_OK, retry_after: None, message: None };
        self.outputs.push_back(Output::Notify(connection, bye));
        self.outputs.push_back(Output::Close(connection, Closing::SignedOut));
    }

    /// Tells a client everything anew. What it ignored among that were messages that wait.
    fn resync(&mut self, client: ClientId) {
        self.send_snapshot(client);
        let Some(known) = self.clients.get_mut(&client) else { return };
        known.told = MessageId(0);
        let user = known.user.clone();
        self.tell_waiting(&user);
    }

    fn confirm(&mut self, client: ClientId, seen: Option<Seq>) {
        if let (Some(known), Some(seen)) = (self.clients.get_mut(&client), seen) {
            known.backlog.confirm(seen);
        }
    }

    /// Whether a request was taken already; one that has ended is answered by the same outcome again.
    fn is_repeated(&mut self, client: ClientId, id: RequestId) -> bool {
        let Some(known) = self.clients.get(&client) else { return false };
        if known.running.contains(&id) {
            return true;
        }
        let is_its = |update: &&Arc<Update>| matches!(&***update, Update::Outcome(outcome) if outcome.id == id);
        match known.finished.iter().find(is_its).cloned() {
            Some(outcome) => {
                self.tell(client, outcome);
                true
            }
            None => false,
        }
    }

    /// Answers a client that says too much before it was told that it is signed in, or what does not wait for that.
    fn refuse_early(&mut self, connection: ConnectionId, message: &ClientMessage) {
        let hr = HResult::MSGR_E_NOT_LOGGED_ON;
        let why = format!("at most {EARLY_MESSAGES_MAX} requests are taken before `signed-in`");
        let notice = match message {
            ClientMessage::Request(request) => {
                Notice::Outcome(Outcome { id: request.id, hr, message: Some(why) })
            }
            ClientMessage::Signal(Signal::Ping { .. }) => Notice::Pong,
            ClientMessage::Signal(Signal::Pong { .. }) => return,
            ClientMessage::Signal(Signal::Signout) => {
                self.joining.remove(&connection);
                return self.say_goodbye(connection);
            }
            ClientMessage::Signal(_) => Notice::Refused { hr, message: why },
        };
        self.outputs.push_back(Output::Notify(connection, notice));
    }

    fn watch(&mut self, client: ClientId, id: RequestId, names: Vec<SigninName>) {
        let (watches_max, given) = (self.config.watches_max, names.len());
        let Some(known) = self.clients.get_mut(&client) else { return };
        if given > WATCH_BATCH_MAX {
            let message = format!("{given} names in one request; at most {WATCH_BATCH_MAX}");
            return self.outcome(client, id, HResult::E_INVALIDARG, Some(message));
        }
        let mut fresh: Vec<_> =
            names.iter().filter(|name| !known.watches.contains(*name)).collect();
        fresh.sort_unstable();
        fresh.dedup();
        let total = known.watches.len() + fresh.len();
        if total > watches_max {
            let message = format!("{total} names would be watched; at most {watches_max} may be");
            return self.outcome(client, id, HResult::MSGR_E_LIST_FULL, Some(message));
        }
        let user = known.user.clone();
        let of_user = self.watches_of(&user) + fresh.len();
        if of_user > self.config.watches_per_user_max {
            let message = format!(
                "{of_user} names would be watched on all connections of this user; at most {} may be",
                self.config.watches_per_user_max
            );
            return self.outcome(client, id, HResult::MSGR_E_LIST_FULL, Some(message));
        }
        let Some(known) = self.clients.get_mut(&client) else { return };
        let mut batch = std::collections::BTreeSet::new();
        for name in &names {
            known.watches.insert(name.clone());
            self.audience.join(name, client);
            batch.insert(name);
        }
        if !batch.is_empty() {
            let changes = batch.into_iter().map(|name| self.view(&user, name)).collect();
            self.tell(client, Update::Changes { changes });
        }
        self.outcome(client, id, HResult::S_OK, None);
    }

    fn watches_of(&self, user: &SigninName) -> usize {
        let clients = self.accounts.get(user).into_iter().flat_map(|account| &account.clients);
        clients.filter_map(|client| self.clients.get(client)).map(|known| known.watches.len()).sum()
    }

    fn unwatch(&mut self, client: ClientId, names: &[SigninName]) {
        let Some(known) = self.clients.get_mut(&client) else { return };
        for name in names {
            let listed = self
                .accounts
                .get(&known.user)
                .is_some_and(|account| account.contacts.contains(name));
            if known.watches.remove(name) && !listed {
                self.audience.leave(name, client);
            }
        }
    }

    fn enqueue(&mut self, client: ClientId, request: Request) {
        if let Some(account) = self.make_room(client, request.id) {
            account.queue.push_back(Queued::Client(Job { client, request }));
            let owner = account.name.clone();
            self.run_queue(&owner);
        }
    }

    /// Notes that a request waits for its outcome; refuses it where too many do.
    pub(crate) fn make_room(&mut self, client: ClientId, id: RequestId) -> Option<&mut Account> {
        let known = self.clients.get(&client)?;
        let account = self.accounts.get(&known.user)?;
        let full = [
            (known.running.len(), self.config.pending_max),
            (account.requests_waiting(), self.config.pending_per_user_max),
        ];
        if let Some((_, max)) = full.into_iter().find(|(waiting, max)| waiting >= max) {
            let message = format!("{max} requests wait already; try again later");
            self.outcome(client, id, HResult::MSGR_E_SERVER_TOO_BUSY, Some(message));
            return None;
        }
        let known = self.clients.get_mut(&client)?;
        known.running.insert(id);
        self.accounts.get_mut(&known.user)
    }

    /// Judges waiting requests until one has to wait for the store.
    pub(crate) fn run_queue(&mut self, owner: &SigninName) {
        while let Some(account) = self.accounts.get_mut(owner) {
            if account.writing || self.leaving.contains(owner) {
                return;
            }
            let Some(next) = account.queue.pop_front() else { return };
            let job = match next {
                Queued::Client(job) => job,
                Queued::Service(job) => {
                    account.services_waiting -= 1;
                    self.run_service_job(owner, job);
                    continue;
                }
            };
            match self.judge(owner, &job) {
                Ok(Step::Store(write)) => {
                    let effect = Effect::of(&write);
                    self.await_store(owner);
                    self.store(write, Continuation::Job { owner: owner.clone(), job, effect });
                }
                Ok(Step::LookUp(query)) => {
                    self.await_store(owner);
                    self.look_up(query, Continuation::Lookup { owner: owner.clone(), job });
                }
                Ok(Step::TellStatus) => {
                    if let Some(me) = self.accounts.get(owner).map(|account| account.me()) {
                        self.tell(job.client, Update::MyStatus { me });
                    }
                    self.finish(&job, HResult::S_OK, None);
                }
                Ok(Step::End(hr)) => self.finish(&job, hr, None),
                Err((hr, message)) => self.finish(&job, hr, Some(message)),
            }
        }
    }

    pub(crate) fn await_store(&mut self, owner: &SigninName) {
        if let Some(account) = self.accounts.get_mut(owner) {
            account.writing = true;
        }
    }

    /// Notes that what a user's requests waited for is written, or will not be.
    pub(crate) fn store_answered(&mut self, owner: &SigninName) {
        if let Some(account) = self.accounts.get_mut(owner) {
            account.writing = false;
        }
    }

    /// Decides whether a request may be carried out, and what has to be durable first.
    fn judge(&self, owner: &SigninName, job: &Job) -> Result<Step, Refusal> {
        let Some(account) = self.accounts.get(owner) else { return Ok(Step::TellStatus) };
        self.judge_subject(&job.request.command)?;
        let write = match &job.request.command {
            Command::QueryStatus => return Ok(Step::TellStatus),
            Command::SetStatus { intent } => {
                self.judge_intent(intent)?;
                Write::PutIntent { name: owner.clone(), intent: intent.clone(), at: self.wall }
            }
            Command::DismissClaim { key } => {
                if !account.claims.can_be_dismissed(key) {
                    // It was, or has ended meanwhile: what was wanted is so.
                    return Ok(Step::End(HResult::S_OK));
                }
                Write::DismissClaim { owner: owner.clone(), key: key.clone() }
            }
            Command::IgnoreClaims { source, ignored } => {
                let (source, ignored) = (*source, *ignored);
                if account.claims.ignores(source) == ignored {
                    return Ok(Step::End(HResult::S_OK));
                }
                Write::IgnoreClaims { owner: owner.clone(), source, ignored }
            }
            Command::SetIdle { choice } => {
                if account.idle == *choice {
                    return Ok(Step::End(HResult::S_OK));
                }
                Write::SetIdle { owner: owner.clone(), choice: *choice }
            }
            Command::AddContact { name: contact } => {
                if account.contacts.contains(contact) {
                    let message = "that contact is on the list already".to_owned();
                    return Err((HResult::MSGR_E_ALREADY_IN_LIST, message));
                }
                let max = self.config.contacts_max;
                if account.contacts.len() >= max {
                    let message = format!("the contact list has {max} people; more do not fit");
                    return Err((HResult::MSGR_E_LIST_FULL, message));
                }
                let deferred = account.deferred_by(contact, true);
                let asked = self.has_to_ask(owner, contact).then_some(self.wall);
                let (owner, contact) = (owner.clone(), contact.clone());
                Write::AddContact { owner, contact, deferred, asked }
            }
            Command::RemoveContact { name: contact } => {
                if !account.contacts.contains(contact) {
                    let message = "that contact is not on the list".to_owned();
                    return Err((HResult::MSGR_E_USER_NOT_FOUND, message));
                }
                let deferred = account.deferred_by(contact, false);
                let (owner, contact) = (owner.clone(), contact.clone());
                Write::RemoveContact { owner, contact, deferred }
            }
            Command::AnswerContactRequest { name, accept } => {
                self.judge_answer(account, name, *accept)?
            }
            Command::SetBlocked { name, blocked } => {
                return self.judge_block(account, name, *blocked);
            }
            Command::CreateGroup { name } => judge_new_group(account, name)?,
            Command::RenameGroup { group, name } => judge_group_name(account, *group, name)?,
            Command::RemoveGroup { group } => judge_end_of_group(account, *group)?,
            Command::SetGroupMember { group, name, member } => {
                judge_member(account, *group, name, *member, self.config.memberships_max)?
            }
            Command::SendMessage { to, .. } => return judge_message(owner, to, job.request.id),
            // Carried out at once, without a queue.
            Command::Watch { .. }
            | Command::FetchMessages { .. }
            | Command::FindPeople { .. }
            | Command::RenewToken { .. } => {
                return Ok(Step::End(HResult::S_OK));
            }
        };
        Ok(Step::Store(write))
    }

    /// Decides whether anything may be asked for about somebody: nothing is written about people who do not exist, as
    /// the company says, or are about to be taken out.
    fn judge_subject(&self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::AddContact { name } | Command::SendMessage { to: name, .. } => {
                self.require(name)
            }
            Command::RemoveContact { name }
            | Command::AnswerContactRequest { name, .. }
            | Command::SetBlocked { name, .. }
            | Command::SetGroupMember { name, .. }
                if self.leaving.contains(name) =>
            {
                self.require(name)
            }
            _ => Ok(()),
        }
    }

    /// Decides whether something may be chosen.
    pub(crate) fn judge_intent(&self, intent: &Intent) -> Result<(), Refusal> {
        if !intent.status.is_settable() {
            let message = format!("status {} cannot be chosen", intent.status.number());
            return Err((HResult::E_INVALIDARG, message));
        }
        if intent.status == MiStatus::Invisible && !self.config.may_hide {
            let message = "the operator of this server does not allow appearing offline".to_owned();
            return Err((HResult::MSGR_E_POLICY_RESTRICTED, message));
        }
        if intent.until.is_some_and(|until| until <= self.wall) {
            let message = format!(
                "`until` has passed: the server's clock stands at {} ms",
                self.wall.as_millis()
            );
            return Err((HResult::E_INVALIDARG, message));
        }
        Ok(())
    }

    /// Takes a choice that is durable.
    pub(crate) fn intent_stored(&mut self, owner: &SigninName, intent: Intent) {
        // The end may have passed while the store was busy.
        let ended = intent.until.is_some_and(|until| until <= self.wall);
        let intent = if ended { Intent::ended() } else { intent };
        self.set_intent(owner, intent, TellOwner::Always);
    }

    pub(crate) fn job_stored(
        &mut self,
        owner: &SigninName,
        job: Job,
        Effect { deferred, asks }: Effect,
        result: Result<(), StoreError>,
    ) {
        self.store_answered(owner);
        match result {
            Ok(()) => {
                match &job.request.command {
                    Command::SetStatus { intent } => {
                        self.intent_stored(owner, intent.clone());
                    }
                    Command::DismissClaim { key } => {
                        self.change(owner, TellOwner::Always, Source::User, |account| {
                            account.claims.dismiss(key);
                        });
                    }
                    Command::IgnoreClaims { source, ignored } => {
                        self.change(owner, TellOwner::Always, Source::User, |account| {
                            account.claims.ignore(*source, *ignored);
                        });
                    }
                    // To others it looks like input, or the lack of it.
                    Command::SetIdle { choice } => {
                        self.change(owner, TellOwner::Always, Source::Idle, |account| {
                            account.idle = *choice;
                        });
                    }
                    Command::AddContact { name } => self.contact_added(owner, name, deferred, asks),
                    Command::RemoveContact { name } => self.contact_removed(owner, name, deferred),
                    Command::AnswerContactRequest { name, accept } => {
                        self.request_answered(owner, name, *accept, deferred);
                    }
                    Command::SetBlocked { name, blocked } => {
                        self.block_changed(owner, name, *blocked);
                    }
                    Command::CreateGroup { name } => self.group_made(owner, name, job.request.id),
                    Command::RenameGroup { group, name } => self.group_renamed(owner, *group, name),
                    Command::RemoveGroup { group } => self.group_removed(owner, *group),
                    Command::SetGroupMember { group, name, member } => {
                        self.member_changed(owner, *group, name, *member);
                    }
                    Command::QueryStatus
                    | Command::SendMessage { .. }
                    | Command::Watch { .. }
                    | Command::FetchMessages { .. }
                    | Command::FindPeople { .. }
                    | Command::RenewToken { .. } => {}
                }
                // The user was seen again while the store was busy.
                if deferred.is_some() && self.accounts.get(owner).is_some_and(Account::is_seen) {
                    self.store(Write::Reveal { owner: owner.clone() }, Continuation::Nobody);
                }
                self.finish(&job, HResult::S_OK, None);
            }
            Err(StoreError) => {
                let message = Some(NOT_STORED.to_owned());
                self.finish(&job, HResult::MSGR_E_SERVER_UNAVAILABLE, message);
            }
        }
        self.run_queue(owner);
    }

    /// Ends a request that waited its turn; its client may be gone.
    pub(crate) fn finish(&mut self, job: &Job, hr: HResult, message: Option<String>) {
        self.outcome(job.client, job.request.id, hr, message);
    }

    /// Ends a request.
    pub(crate) fn outcome(
        &mut self,
        client: ClientId,
        id: RequestId,
        hr: HResult,
        message: Option<String>,
    ) {
        let kept_max = self.config.backlog_max;
        let Some(known) = self.clients.get_mut(&client) else { return };
        known.running.remove(&id);
        let outcome = Arc::new(Update::Outcome(Outcome { id, hr, message }));
        known.finished.push_back(outcome.clone());
        // A client repeats only what it has seen no outcome of, and of outcomes no more are kept than updates.
        while known.finished.len() > kept_max {
            known.finished.pop_front();
        }
        self.tell(client, outcome);
    }
}
