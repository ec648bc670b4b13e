//! What people write to each other: who may, what waits for whom, and who hears that it has arrived.

use std::{collections::BTreeMap, sync::Arc};

use mistatus_core::{
    chat::{ChatMessage, MessageId},
    hresult::HResult,
    limits::FETCH_MESSAGES_MAX,
    message::{Command, Notice, Outcome, RequestId, Update},
    signin_name::SigninName,
};

use crate::{
    client::ClientId,
    config::{UNCONFIRMED_MAX, Visibility},
    hub::Hub,
    inbox::Taken,
    io::{Output, Query, StoreError, Write},
    jobs::{Continuation, Job, NOT_STORED, Refusal, Sent, Step},
};

impl Hub {
    /// Takes on a message, unless it was before.
    pub(crate) fn message_looked_up(
        &mut self,
        owner: &SigninName,
        job: Job,
        result: Result<Vec<ChatMessage>, StoreError>,
    ) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        account.writing = false;
        let owner = account.name.clone();
        match (result, &job.request.command) {
            (Ok(found), Command::SendMessage { to, text }) => match found.into_iter().next() {
                Some(message) if message.to != *to || message.text != *text => {
                    self.finish(&job, HResult::E_INVALIDARG, Some(OTHER_MESSAGE.to_owned()));
                }
                Some(message) => {
                    let request = Some(job.request.id);
                    self.tell(job.client, Update::Message { message, request });
                    self.finish(&job, HResult::S_OK, None);
                }
                None => match self.fate(&owner, to) {
                    Ok(hidden) => {
                        self.last_message += 1;
                        let message = ChatMessage {
                            id: MessageId(self.last_message),
                            from: owner.clone(),
                            to: self
                                .accounts
                                .get(to)
                                .filter(|_| !hidden)
                                .map_or(to, |to| &to.name)
                                .clone(),
                            text: text.clone(),
                            at: self.wall,
                            delivered: false,
                        };
                        let write = Write::PutMessage {
                            message: message.clone(),
                            request: job.request.id,
                            hidden,
                        };
                        self.await_store(&owner);
                        let sent = Sent { message: Arc::new(message), hidden };
                        self.store(
                            write,
                            Continuation::Message { owner: owner.clone(), job, sent },
                        );
                    }
                    Err((hr, message)) => self.finish(&job, hr, Some(message)),
                },
            },
            _ => self.finish(&job, HResult::MSGR_E_SERVER_UNAVAILABLE, Some(NOT_STORED.to_owned())),
        }
        self.run_queue(&owner);
    }

    /// Decides whether a message is the writer's alone.
    ///
    /// Nothing in the answer may tell the writer who is not there, who has blocked them, and whom they may not
    /// write to: a full inbox is told only of those who, as far as the writer may know, can be written to.
    fn fate(&self, writer: &SigninName, to: &SigninName) -> Result<bool, Refusal> {
        let Some(account) = self.accounts.get(to) else { return Ok(true) };
        let everyone = self.config.visibility == Visibility::Everyone;
        let mut unseen = account.views.dropped(writer);
        if !account.is_seen() || account.views.is_gone_for(writer) {
            unseen += account.inbox.untold_amount();
        }
        let full = account.inbox.is_full(unseen, &self.config);
        if full && (everyone || account.seems_to_permit(writer)) {
            let message = "too much waits for one who does not come".to_owned();
            return Err((HResult::MSGR_E_SERVER_TOO_BUSY, message));
        }
        let may_write = everyone || account.permits(writer);
        Ok(full || !may_write || account.relations.blocked.contains(writer))
    }

    pub(crate) fn message_stored(
        &mut self,
        owner: &SigninName,
        job: &Job,
        sent: Sent,
        result: Result<(), StoreError>,
    ) {
        self.store_answered(owner);
        match result {
            Ok(()) => {
                let message = sent.message.clone();
                let told = ChatMessage::clone(&message);
                let request = Some(job.request.id);
                self.tell_all_of(owner, Update::Message { message: told, request });
                self.arrive(owner, message, sent.hidden);
                self.finish(job, HResult::S_OK, None);
            }
            Err(StoreError) => {
                let message = Some(NOT_STORED.to_owned());
                self.finish(job, HResult::MSGR_E_SERVER_UNAVAILABLE, message);
            }
        }
        self.run_queue(owner);
    }

    fn arrive(&mut self, writer: &SigninName, message: Arc<ChatMessage>, hidden: bool) {
        let (id, to) = (message.id, message.to.clone());
        let Some(account) = self.accounts.get_mut(&to) else { return };
        // The writer may have been blocked while the store was busy.
        let blocked = account.relations.blocked.contains(writer);
        if hidden || blocked {
            account.views.count_dropped(writer, &message);
            if !hidden {
                self.store(Write::HideMessage { id }, Continuation::Nobody);
            }
            return;
        }
        account.unread.insert(writer, id);
        account.inbox.put(message);
        self.tell_waiting(&to);
        self.tell_unread(&to, writer);
    }

    /// Tells the clients of a user what waits and what they were not told yet: each message to all of them in a row.
    pub(crate) fn tell_waiting(&mut self, user: &SigninName) {
        let Some(account) = self.accounts.get(user) else { return };
        let mut waiting = BTreeMap::<_, (Arc<ChatMessage>, Vec<ClientId>)>::new();
        for client in &account.clients {
            let Some(known) = self.clients.get_mut(client) else { continue };
            for message in account.inbox.first(UNCONFIRMED_MAX, known.told) {
                known.told = message.id;
                let (_, clients) = waiting.entry(message.id).or_insert((message, Vec::new()));
                clients.push(*client);
            }
        }
        for (message, clients) in waiting.into_values() {
            let message = ChatMessage::clone(&message);
            let update = Arc::new(Update::Message { message, request: None });
            for client in clients {
                self.tell(client, update.clone());
            }
        }
    }

    pub(crate) fn confirm_messages(
        &mut self,
        client: ClientId,
        from: &SigninName,
        up_to: MessageId,
    ) {
        let Some(known) = self.clients.get(&client) else { return };
        // What it was not told it cannot have.
        let up_to = up_to.min(known.told);
        let owner = known.user.clone();
        let Some(account) = self.accounts.get_mut(&owner) else { return };
        let Some(taken) = account.inbox.confirm(from, up_to) else { return };
        let up_to = taken.up_to;
        // Whoever seems gone cannot have read anything, and there is no more room at theirs than there was.
        let told = account.is_seen() && !account.views.is_gone_for(from);
        if !told {
            account.inbox.keep_untold(from.clone(), taken);
        }
        let (owner, from) = (account.name.clone(), from.clone());
        let write =
            Write::ConfirmMessages { owner: owner.clone(), from: from.clone(), up_to, told };
        self.store(write, Continuation::Confirmed { owner: owner.clone(), from, up_to, told });
        self.tell_waiting(&owner);
    }

    pub(crate) fn confirmation_stored(
        &mut self,
        owner: &SigninName,
        from: SigninName,
        up_to: MessageId,
        told: bool,
        result: Result<(), StoreError>,
    ) {
        // After a restart they wait again, and are confirmed again.
        let Ok(()) = result else { return };
        if told {
            self.tell_all_of(&from, Update::Delivered { to: owner.clone(), up_to });
        } else {
            self.tell_confirmed(owner);
        }
    }

    /// Tells writers what a user has, of whom they may know by now that they are there.
    pub(crate) fn tell_confirmed(&mut self, owner: &SigninName) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        if account.inbox.untold.is_empty() || !account.is_seen() {
            return;
        }
        let untold = core::mem::take(&mut account.inbox.untold);
        let (kept, free) =
            untold.into_iter().partition(|(from, _)| account.views.is_gone_for(from));
        account.inbox.untold = kept;
        let free: BTreeMap<_, _> = free;
        let owner = account.name.clone();
        for (from, Taken { up_to, .. }) in free {
            let (told, owner) = (true, owner.clone());
            let write =
                Write::ConfirmMessages { owner: owner.clone(), from: from.clone(), up_to, told };
            self.store(write, Continuation::Confirmed { owner, from, up_to, told });
        }
    }

    pub(crate) fn fetch_messages(
        &mut self,
        client: ClientId,
        id: RequestId,
        with: SigninName,
        before: Option<MessageId>,
    ) {
        let Some(account) = self.make_room(client, id) else { return };
        account.fetching += 1;
        let owner = account.name.clone();
        // One more than is told, to know whether there are older ones.
        let limit = FETCH_MESSAGES_MAX + 1;
        let query = Query::History { owner: owner.clone(), with, before, limit };
        self.look_up(query, Continuation::History { client, id, owner });
    }

    /// Answers at once or not at all, and keeps nothing: a client that has not heard the answer asks again.
    pub(crate) fn history_read(
        &mut self,
        client: ClientId,
        id: RequestId,
        owner: &SigninName,
        result: Result<Vec<ChatMessage>, StoreError>,
    ) {
        if let Some(account) = self.accounts.get_mut(owner) {
            account.fetching -= 1;
        }
        let Some(known) = self.clients.get_mut(&client) else { return };
        known.running.remove(&id);
        let Some(connection) = known.connection() else { return };
        let (hr, message) = match result {
            Ok(mut messages) => {
                let more = messages.len() > FETCH_MESSAGES_MAX;
                if more {
                    messages.drain(..messages.len() - FETCH_MESSAGES_MAX);
                }
                for message in &mut messages {
                    message.delivered &= message.from == *owner;
                }
                let notice = Notice::Messages { id, messages, more };
                self.outputs.push_back(Output::Notify(connection, notice));
                (HResult::S_OK, None)
            }
            Err(StoreError) => {
                let message = "the server cannot read them at the moment".to_owned();
                (HResult::MSGR_E_SERVER_UNAVAILABLE, Some(message))
            }
        };
        let outcome = Notice::Outcome(Outcome { id, hr, message });
        self.outputs.push_back(Output::Notify(connection, outcome));
    }
}

pub(crate) fn judge_message(
    writer: &SigninName,
    to: &SigninName,
    request: RequestId,
) -> Result<Step, Refusal> {
    if to == writer {
        let message = "nobody can write to themselves".to_owned();
        return Err((HResult::E_INVALIDARG, message));
    }
    Ok(Step::LookUp(Query::Sent { writer: writer.clone(), request }))
}

const OTHER_MESSAGE: &str = "this id names another message; each has its own, also over sign-ins";
