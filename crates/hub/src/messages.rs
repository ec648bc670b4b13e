//! What people write to each other: who may, what waits for whom, and who hears that it has arrived.

use std::{collections::BTreeMap, sync::Arc};

use mistatus_core::{
    chat::{ChatMessage, MessageId, MessageText},
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
    undelivered::Amount,
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
                None => match self.take_on(&owner, to, text) {
                    Ok(sent) => {
                        let write = Write::PutMessage {
                            message: ChatMessage::clone(&sent.message),
                            request: job.request.id,
                            hidden: sent.hidden,
                        };
                        self.await_store(&owner);
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

    /// Makes a message of what somebody writes, where it stays within their share.
    ///
    /// Nothing in the answer may tell the writer who is not there, who has blocked them, and whom they may not write
    /// to: name and share are as the writer may know them.
    fn take_on(
        &mut self,
        writer: &SigninName,
        to: &SigninName,
        text: &MessageText,
    ) -> Result<Sent, Refusal> {
        self.require(writer)?;
        self.require(to)?;
        let known = self.accounts.get(to);
        let everyone =
            self.config.visibility == Visibility::Everyone || self.are_colleagues(writer, to);
        let seems_known = known.filter(|known| everyone || known.seems_to_permit(writer));
        let message = ChatMessage {
            id: MessageId(self.last_message + 1),
            from: writer.clone(),
            to: seems_known.map_or(to, |known| &known.name).clone(),
            text: text.clone(),
            at: self.wall,
            delivered: false,
        };
        self.check_share(&message)?;
        let hidden = known.is_none_or(|known| {
            !(everyone || known.permits(writer)) || known.relations.blocked.contains(writer)
        });
        self.last_message = message.id.0;
        Ok(Sent { message: Arc::new(message), hidden })
    }

    /// Refuses a message where too much of its writer's was not delivered yet.
    fn check_share(&self, message: &ChatMessage) -> Result<(), Refusal> {
        let ChatMessage { from, to, .. } = message;
        let more = Amount::of(message);
        let (one, all) = (self.config.undelivered_to_one_max, self.config.undelivered_max);
        let refuse = |max: Amount, whom: &str| {
            let Amount { count, bytes } = max;
            let message = format!(
                "{count} messages, or {bytes} bytes, that one user wrote to {whom} may wait for delivery; \
                 more are taken once some of these have arrived"
            );
            Err((HResult::MSGR_E_SERVER_TOO_BUSY, message))
        };
        if !self.undelivered.fits_reader(from, to, more, one) {
            return refuse(one, "one other");
        }
        // Whoever is there fetches it at once.
        if !self.reaches(from, to) && !self.undelivered.fits_all(from, more, all) {
            return refuse(all, "all others");
        }
        Ok(())
    }

    /// Whether somebody gets what is written to them at once, and the writer may know.
    fn reaches(&self, writer: &SigninName, reader: &SigninName) -> bool {
        self.accounts.get(reader).is_some_and(|account| {
            let everyone = self.config.visibility == Visibility::Everyone
                || self.are_colleagues(writer, reader);
            account.is_seen()
                && !account.views.is_gone_for(writer)
                && (everyone || account.permits(writer))
        })
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
        // The writer may have been blocked while the store was busy.
        let blocks = self
            .accounts
            .get(&to)
            .is_some_and(|account| account.relations.blocked.contains(writer));
        self.undelivered.add(writer, &to, Amount::of(&message), hidden || blocks);
        if hidden || blocks {
            if !hidden {
                self.store(Write::HideMessage { id }, Continuation::Nobody);
            }
            return self.release_hidden(&to);
        }
        let Some(account) = self.accounts.get_mut(&to) else { return };
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
        account.inbox.keep_untold(from.clone(), taken);
        let tells = account.tells_what_arrived(from);
        let told = tells.then(|| account.inbox.untold.remove(from)).flatten();
        let (taken, told) = (told.unwrap_or(taken), told.is_some());
        let up_to = taken.up_to;
        let (owner, from) = (account.name.clone(), from.clone());
        let write =
            Write::ConfirmMessages { owner: owner.clone(), from: from.clone(), up_to, told };
        self.store(write, Continuation::Confirmed { owner: owner.clone(), from, taken, told });
        self.tell_waiting(&owner);
    }

    pub(crate) fn confirmation_stored(
        &mut self,
        owner: &SigninName,
        from: SigninName,
        taken: Taken,
        told: bool,
        result: Result<(), StoreError>,
    ) {
        match (result, told) {
            (Ok(()), true) => {
                self.undelivered.delivered(&from, owner, taken.amount);
                let Taken { up_to, .. } = taken;
                self.tell_all_of(&from, Update::Delivered { to: owner.clone(), up_to });
            }
            (Ok(()), false) => self.tell_confirmed(owner),
            // It is told with the next change of the user; after a restart they wait and are confirmed again.
            (Err(StoreError), true) => {
                if let Some(account) = self.accounts.get_mut(owner) {
                    account.inbox.keep_untold(from, taken);
                }
            }
            (Err(StoreError), false) => {}
        }
    }

    /// Tells writers what a user has, of whom they may know by now that they are there.
    pub(crate) fn tell_confirmed(&mut self, owner: &SigninName) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        if account.inbox.untold.is_empty() || !account.is_seen() {
            return;
        }
        let untold = core::mem::take(&mut account.inbox.untold);
        let (free, kept) =
            untold.into_iter().partition(|(from, _)| account.tells_what_arrived(from));
        account.inbox.untold = kept;
        let free: BTreeMap<_, _> = free;
        let owner = account.name.clone();
        for (from, taken) in free {
            let (told, owner, up_to) = (true, owner.clone(), taken.up_to);
            let write =
                Write::ConfirmMessages { owner: owner.clone(), from: from.clone(), up_to, told };
            self.store(write, Continuation::Confirmed { owner, from, taken, told });
        }
    }

    /// Lets what went nowhere count no longer for those who may know that the user is there now: what waits would be
    /// fetched, and whoever was blocked may write again.
    pub(crate) fn release_hidden(&mut self, owner: &SigninName) {
        let in_vain = self.undelivered.in_vain(owner);
        let free: Vec<_> = in_vain.filter(|from| self.reaches(from, owner)).cloned().collect();
        for from in free {
            self.undelivered.release(&from, owner);
            let write = Write::ReleaseHidden { owner: owner.clone(), from };
            self.store(write, Continuation::Nobody);
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
