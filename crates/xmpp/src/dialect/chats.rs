//! Messages: sent, told, copied, confirmed.

use std::collections::VecDeque;

use mistatus_core::{
    chat::{ChatMessage, MessageId, MessageText},
    hresult::HResult,
    limits::PENDING_REQUESTS_MAX,
    message::{RequestId, Update},
    signin_name::SigninName,
    time::UnixMs,
};

use super::{
    Clock, XmppDialect,
    progress::{Draft, Found, Outgoing, Receipt},
    stream::{Awaited, Start},
};
use crate::{
    archive,
    carbons::{self, Copied},
    displayed, errors,
    history::Mark,
    jid::{BareJid, Jid},
    limits::{EARLY_MESSAGES_MAX, RECEIPTS_MAX},
    messages::{self, Words},
    stream_management,
    stream_management::StreamManagement,
    xml::Element,
};

impl<C: Clock> XmppDialect<C> {
    pub(super) fn send_message(&mut self, request: RequestId, to: &SigninName, text: &MessageText) {
        let Some(stream) = &mut self.stream else { return };
        let to = BareJid::of_user(to).filter(|jid| *jid != stream.jid.bare);
        let (Some(to), Some(text)) = (to, messages::writable(text)) else {
            let message = "messages are texts to addresses like user@domain other than one's own";
            return self.outcome(request, HResult::E_INVALIDARG, Some(message.to_owned()));
        };
        let id = format!("{}.{}", self.message_prefix, request.0);
        let has_archive = stream.abilities.archive;
        let draft = Draft { request, to, id, text };
        let was_tried = !self.tried.insert(request);
        if self.tried.len() > PENDING_REQUESTS_MAX {
            self.tried.pop_first();
        }
        if was_tried && has_archive {
            self.send_unless_kept(draft);
        } else {
            self.post(draft);
        }
    }

    pub(super) fn post(&mut self, draft: Draft) {
        let request = draft.request;
        self.send(&messages::write(&draft.to, &draft.id, &draft.text));
        let Some(stream) = &mut self.stream else { return };
        let counted = stream.management.as_ref().map(StreamManagement::last_kept);
        stream.chats.outgoing.push_back(Outgoing { draft, counted });
        match counted {
            Some(_) => self.say(&stream_management::ask()),
            None => self.ping(Awaited::Sent { request }),
        }
    }

    /// Asks what became of messages that went with the link before.
    pub(super) fn ask_about_messages(&mut self) {
        if self.stream.as_ref().is_some_and(|stream| !stream.chats.outgoing.is_empty()) {
            self.say(&stream_management::ask());
        }
    }

    /// Takes back what the service does not have, as another link goes on with the stream: the session alone knows what is
    /// still to be sent, and says that again.
    pub(super) fn withdraw_messages(&mut self) {
        let Some(stream) = &mut self.stream else { return };
        let Some(management) = &mut stream.management else { return };
        // From the last on: the numbers of those before it stay.
        while let Some(last) = stream.chats.outgoing.back()
            && let Some(number) = last.counted.filter(|number| !management.has_confirmed(*number))
        {
            let request = last.draft.request;
            management.take_out(number);
            stream.chats.outgoing.pop_back();
            stream.running.remove(&request);
            self.tried.remove(&request);
        }
        // Nor is one sent that is still looked for.
        let sought = stream.fetches.values().filter_map(|fetch| fetch.wanted.as_ref());
        for request in sought.map(|draft| draft.request).collect::<Vec<_>>() {
            stream.running.remove(&request);
        }
        stream.fetches.retain(|_, fetch| fetch.wanted.is_none());
    }

    /// The service has confirmed stanzas; those may be messages.
    pub(super) fn messages_confirmed(&mut self) {
        loop {
            let Some(stream) = &mut self.stream else { return };
            let Some(management) = &stream.management else { return };
            let is_confirmed = |outgoing: &Outgoing| {
                outgoing.counted.is_some_and(|number| management.has_confirmed(number))
            };
            let Some(first) = stream.chats.outgoing.front().filter(|first| is_confirmed(first))
            else {
                return;
            };
            let request = first.draft.request;
            self.message_sent(request);
        }
    }

    /// The service has taken a message on; nothing where that was known.
    pub(super) fn message_sent(&mut self, request: RequestId) {
        let Some(draft) = self.take_outgoing(|draft| draft.request == request) else { return };
        let at = self.clock.now();
        let Some(stream) = &self.stream else { return };
        let own = stream.jid.bare.clone();
        let mark = Mark::of_own(draft.id.clone(), &draft.text, own, draft.to.clone());
        self.tell_sent(draft, mark, at);
    }

    /// Tells that the service has a message, and ends the request.
    pub(super) fn tell_sent(&mut self, draft: Draft, mark: Mark, at: UnixMs) {
        let Draft { request, to, text, .. } = draft;
        let own = mark.writer.clone();
        self.tried.remove(&request);
        let id = match self.history.find(&mark) {
            Some(id) => id,
            None => self.history.append(mark, at),
        };
        if let Some(message) = self.chat_message(id, &own, &to, text, at) {
            self.update(Update::Message { message, request: Some(request) });
        }
        self.outcome(request, HResult::S_OK, None);
    }

    fn take_outgoing(&mut self, is_it: impl Fn(&Draft) -> bool) -> Option<Draft> {
        let outgoing = &mut self.stream.as_mut()?.chats.outgoing;
        let at = outgoing.iter().position(|outgoing| is_it(&outgoing.draft))?;
        outgoing.remove(at).map(|outgoing| outgoing.draft)
    }

    /// Takes a message, whatever it is.
    pub(super) fn message(&mut self, message: &Element) {
        let now = self.clock.now();
        let Some(stream) = &self.stream else { return };
        let own = stream.jid.bare.clone();
        let from = match message.attribute("from").map(Jid::parse) {
            Some(None) => return self.trouble("a message comes from what is no address"),
            Some(Some(from)) => from,
            // RFC 6120 §8.1.2.1: the own account.
            None => Jid { bare: own.clone(), resource: None },
        };
        if from.bare == own && from.resource.is_none() {
            // Only the account itself tells of copies and keeps an archive; from anybody else it is a forgery.
            if let Some(kept) = archive::read(message, now) {
                return self.page_goes_on(&kept);
            }
            if self.name_told(&own, message) {
                return;
            }
            if let Some(displayed) = displayed::told(message) {
                return self.read_elsewhere(displayed);
            }
            return match carbons::read(message, &own) {
                Some(Copied::Sent(copy)) => self.copy_of_sent(&own, copy, now),
                Some(Copied::Received(copy)) => self.copy_of_received(&own, copy, now),
                None => {}
            };
        }
        if from.bare == own {
            return;
        }
        if message.attribute("type") == Some("error") {
            return self.message_returned(&own, &from.bare, message);
        }
        if stream.contacts.is_blocked(&from.bare) {
            return;
        }
        if from.resource.is_none() && self.name_told(&from.bare, message) {
            return;
        }
        if let Some(id) = messages::receipt_of(message) {
            self.message_arrived(&own, &from.bare, id);
        }
        if let Some(words) = messages::read(message, &own) {
            let at = messages::delay(message, &own, now).unwrap_or(now);
            let wants_receipt = words.wants_receipt;
            let id = words.id.clone().filter(|_| wants_receipt);
            let told = self.tell_message(words, &from.bare, &own, at, true);
            if let (Some(message), Some(id), Some(stream)) = (told, id, &mut self.stream) {
                if stream.chats.receipts.len() >= RECEIPTS_MAX {
                    stream.chats.receipts.pop_front();
                }
                stream.chats.receipts.push_back(Receipt { message, to: from, id });
            }
        }
    }

    fn copy_of_sent(&mut self, own: &BareJid, copy: &Element, now: UnixMs) {
        let to = copy.attribute("to").and_then(Jid::parse).map(|to| to.bare);
        if let (Some(to), Some(words)) = (to, messages::read(copy, own)) {
            let at = messages::delay(copy, own, now).unwrap_or(now);
            self.tell_message(words, own, &to, at, false);
        }
    }

    fn copy_of_received(&mut self, own: &BareJid, copy: &Element, now: UnixMs) {
        let from = copy.attribute("from").and_then(Jid::parse).map(|from| from.bare);
        let Some(from) = from.filter(|from| from != own) else { return };
        if let Some(id) = messages::receipt_of(copy) {
            self.message_arrived(own, &from, id);
        }
        if let Some(words) = messages::read(copy, own) {
            let at = messages::delay(copy, own, now).unwrap_or(now);
            self.tell_message(words, &from, own, at, false);
        }
    }

    /// Tells a message unless it was told before; returns its number.
    pub(super) fn tell_message(
        &mut self,
        words: Words,
        from: &BareJid,
        to: &BareJid,
        at: UnixMs,
        is_direct: bool,
    ) -> Option<MessageId> {
        let stream = self.stream.as_ref()?;
        let with = if *from == stream.jid.bare { to } else { from };
        // Services write too, but nobody can answer them.
        with.signin_name().filter(|_| *with != stream.jid.bare)?;
        let has_archive = stream.abilities.archive;
        if let Some(id) = words.archived_as.as_ref().filter(|_| has_archive) {
            self.last_archived = Some(id.clone());
        }
        let mark = Mark { is_direct, ..Mark::new(&words, from.clone(), with.clone(), has_archive) };
        self.tell_found(Found { mark, text: words.text, at, replaces: words.replaces })
    }

    fn tell_found(&mut self, found: Found) -> Option<MessageId> {
        let Found { mark, text, at, replaces } = found;
        if let Some(id) = self.history.find(&mark) {
            return Some(id);
        }
        let corrected =
            replaces.and_then(|replaced| self.history.correct(&mark, &replaced, &text, at));
        let id = corrected.unwrap_or_else(|| self.history.append(mark.clone(), at));
        let own = &self.stream.as_ref()?.jid.bare;
        let message = self.chat_message(id, &mark.writer, mark.reader(own), text, at)?;
        if corrected.is_some() && self.stream.as_ref()?.start == Start::Done {
            // It is no news, so it is not unread.
            self.update(Update::Message { message, request: None });
        } else {
            self.tell_or_keep(message);
        }
        Some(id)
    }

    /// Tells a page of the archive with what came while there was no stream.
    pub(super) fn tell_missed(&mut self, mut page: Vec<Found>) {
        while let Some(first) = page.first() {
            let with = first.mark.with.clone();
            let (these, others) = page.into_iter().partition(|found| found.mark.with == with);
            self.tell_missed_of(these);
            page = others;
        }
    }

    /// Tells those of one conversation. What has come by itself already stays behind what stands before it in the archive.
    fn tell_missed_of(&mut self, page: Vec<Found>) {
        let Some(stream) = &self.stream else { return };
        let own = stream.jid.bare.clone();
        let (corrections, page): (Vec<_>, Vec<_>) =
            page.into_iter().partition(|found| found.replaces.is_some());
        let mut marks: Vec<_> = page.iter().map(|found| (found.mark.clone(), found.at)).collect();
        let known: Vec<_> =
            marks.iter().map(|(mark, _)| self.history.find(mark).is_some()).collect();
        let settled = known.iter().rposition(|known| *known).map_or(0, |last| last + 1);
        let news = marks.split_off(settled);
        let mut ids = self.history.place(marks, None);
        ids.extend(news.into_iter().map(|(mark, at)| self.history.append(mark, at)));
        for ((found, _), id) in
            page.into_iter().zip(known).zip(ids).filter(|((_, known), _)| !known)
        {
            let Found { mark, text, at, .. } = found;
            let message = self.chat_message(id, &mark.writer, mark.reader(&own), text, at);
            if let Some(message) = message {
                self.tell_or_keep(message);
            }
        }
        for correction in corrections {
            self.tell_found(correction);
        }
    }

    /// Tells a message, or keeps it until the snapshot is there.
    fn tell_or_keep(&mut self, message: ChatMessage) {
        let Some(stream) = &mut self.stream else { return };
        if stream.start == Start::Done {
            self.tell_new_message(message);
        } else if stream.chats.early.len() < EARLY_MESSAGES_MAX {
            stream.chats.early.push_back(message);
        } else {
            self.trouble("more messages were waiting than this client takes");
        }
    }

    /// Tells what came before the snapshot.
    pub(super) fn tell_early_messages(&mut self) {
        while let Some(stream) = &mut self.stream {
            let Some(message) = stream.chats.early.pop_front() else { return };
            self.tell_new_message(message);
        }
    }

    fn tell_new_message(&mut self, message: ChatMessage) {
        let (from, id) = (message.from.clone(), message.id);
        let Some(stream) = &self.stream else { return };
        let is_own = stream.jid.bare.signin_name().as_ref() == Some(&from);
        self.update(Update::Message { message, request: None });
        if !is_own {
            self.count_unread(&from, id);
        }
    }

    pub(super) fn chat_message(
        &self,
        id: MessageId,
        from: &BareJid,
        to: &BareJid,
        text: MessageText,
        at: UnixMs,
    ) -> Option<ChatMessage> {
        if self.history.is_taken_back(id) {
            return None;
        }
        let text = self.history.corrected(id).cloned().unwrap_or(text);
        let delivered = self.history.is_delivered(id);
        Some(ChatMessage {
            id,
            from: from.signin_name()?,
            to: to.signin_name()?,
            text,
            at,
            delivered,
        })
    }

    /// A client of the other has a message.
    pub(super) fn message_arrived(&mut self, own: &BareJid, with: &BareJid, id: &str) {
        // It may say so before the service does.
        let outgoing = self.stream.iter().flat_map(|stream| &stream.chats.outgoing);
        let sent = outgoing
            .map(|outgoing| &outgoing.draft)
            .find(|draft| draft.id == id && draft.to == *with)
            .map(|draft| draft.request);
        if let Some(request) = sent {
            self.message_sent(request);
        }
        if let Some(up_to) = self.history.deliver(own, with, id)
            && let Some(to) = with.signin_name()
            && self.stream.as_ref().is_some_and(|stream| stream.start == Start::Done)
        {
            self.update(Update::Delivered { to, up_to });
        }
    }

    /// A message came back. Only to whom it was written can send it back.
    fn message_returned(&mut self, own: &BareJid, from: &BareJid, message: &Element) {
        let Some(id) = message.attribute("id") else { return };
        let failure = (errors::of_message(message), errors::text(message));
        let is_it = |draft: &Draft| draft.id == id && draft.to == *from;
        let request = match self.take_outgoing(is_it) {
            Some(draft) => Some(draft.request),
            // After the service had taken it on.
            None => self.request_of(id).filter(|_| self.history.take_back(own, from, id)),
        };
        if let Some(request) = request {
            self.tried.remove(&request);
            self.outcome(request, failure.0, failure.1);
        }
    }

    /// Returns by which request a message was sent; `None` for those of other clients.
    fn request_of(&self, id: &str) -> Option<RequestId> {
        let request = id.strip_prefix(&self.message_prefix)?.strip_prefix('.')?;
        request.parse().ok().map(RequestId)
    }

    /// The session has messages of somebody: the writer is told, where they may know that the user is there.
    pub(super) fn confirm_messages(&mut self, from: &SigninName, up_to: MessageId) {
        let Some(stream) = &mut self.stream else { return };
        let Some(jid) = BareJid::of_user(from) else { return };
        let is_due = |receipt: &Receipt| receipt.to.bare == jid && receipt.message <= up_to;
        let (due, rest) = stream.chats.receipts.drain(..).partition(is_due);
        stream.chats.receipts = rest;
        let due: VecDeque<Receipt> = due;
        // XEP-0184 §8: a receipt says that somebody is online.
        let may_know = stream.contacts.get(&jid).is_some_and(|contact| contact.item.sees());
        if may_know && !stream.hiding.is_active && !self.own.is_hidden() {
            for Receipt { to, id, .. } in due {
                let own_id = self.draws.draw();
                self.send(&messages::receipt(&to, &own_id, &id));
            }
        }
    }
}
