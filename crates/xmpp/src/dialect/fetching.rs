//! Older messages, out of the service's archive where there is one.

use std::collections::VecDeque;

use mistatus_core::{
    chat::MessageId,
    hresult::HResult,
    limits::FETCH_MESSAGES_MAX,
    message::{Notice, RequestId},
    signin_name::SigninName,
};

use super::{
    Clock, XmppDialect,
    progress::{Draft, Fetch, Found},
    stream::Awaited,
};
use crate::{
    archive::{self, Kept, Page},
    errors,
    history::Mark,
    jid::{BareJid, Jid},
    limits::ARCHIVE_ROUNDS_MAX,
    messages,
    xml::Element,
};

impl<C: Clock> XmppDialect<C> {
    pub(super) fn fetch_messages(
        &mut self,
        request: RequestId,
        with: &SigninName,
        before: Option<MessageId>,
    ) {
        let Some(stream) = &self.stream else { return };
        let jid = BareJid::of_user(with)
            .filter(|jid| stream.abilities.archive && *jid != stream.jid.bare);
        let Some(with) = jid else {
            self.notice(Notice::Messages { id: request, messages: Vec::new(), more: false });
            return self.outcome(request, HResult::S_OK, None);
        };
        // What the archive calls a message that was only just sent, nobody has said: its newest page does.
        let from = before.and_then(|before| self.history.archived_as(before)).map(str::to_owned);
        self.query(Fetch::new(request, with, before), from.as_deref());
    }

    /// Sends a message that an earlier stream may have carried already, unless the archive shows that it did.
    pub(super) fn send_unless_kept(&mut self, draft: Draft) {
        let fetch = Fetch::new(draft.request, draft.to.clone(), None);
        self.query(Fetch { wanted: Some(draft), ..fetch }, None);
    }

    fn query(&mut self, mut fetch: Fetch, before: Option<&str>) {
        let Some(stream) = &mut self.stream else { return };
        let id = stream.wait(Awaited::Fetched);
        let query =
            archive::query(&id, Some(&fetch.with), Page::Before(before.unwrap_or_default()));
        fetch.rounds += 1;
        stream.fetches.insert(id, fetch);
        self.send(&query);
    }

    /// Takes a message of the archive; [`Self::message`] has checked from whom.
    pub(super) fn page_goes_on(&mut self, kept: &Kept<'_>) {
        let Some(stream) = &mut self.stream else { return };
        if stream.missed.as_ref().is_some_and(|missed| missed.query == kept.query) {
            return self.missed(kept);
        }
        let end = |name| kept.message.attribute(name).and_then(Jid::parse).map(|jid| jid.bare);
        let own = &stream.jid.bare;
        let Some(fetch) = stream.fetches.get_mut(kept.query) else { return };
        let writer = end("from").unwrap_or_else(|| own.clone());
        let reader = end("to").unwrap_or_else(|| own.clone());
        let is_of_both =
            writer == fetch.with && reader == *own || writer == *own && reader == fetch.with;
        if !is_of_both || fetch.found.len() >= FETCH_MESSAGES_MAX {
            return;
        }
        if let Some(id) = messages::receipt_of(kept.message).filter(|_| writer == fetch.with) {
            fetch.receipts.push(id.to_owned());
        }
        fetch.found.extend(Found::read(kept, own, writer, fetch.with.clone()));
    }

    pub(super) fn page_ended(&mut self, answer: &Element) {
        let Some(stream) = &mut self.stream else { return };
        let fetch = answer.attribute("id").and_then(|id| stream.fetches.remove(id));
        let Some(mut fetch) = fetch else { return };
        let own = stream.jid.bare.clone();
        let end = match (archive::end(answer), fetch.wanted.take()) {
            (Some(end), None) => end,
            // Better twice than never.
            (None, Some(draft)) => return self.post(draft),
            (Some(_), Some(draft)) => return self.looked_for(draft, fetch.found),
            // What the archive has forgotten has nothing before it.
            (None, None) if errors::of_stanza(answer) == HResult::MSGR_E_USER_NOT_FOUND => {
                return self.page_done(fetch, false);
            }
            (None, None) => {
                let failure = (errors::of_stanza(answer), errors::text(answer));
                return self.outcome(fetch.request, failure.0, failure.1);
            }
        };
        let found = core::mem::take(&mut fetch.found);
        // What is corrected is on the page or known; else the correction stands for both.
        let names: Vec<_> = found.iter().filter_map(|found| found.mark.name()).collect();
        let is_correction = |found: &Found| {
            let replaced = found.replaces.clone().map(|id| (found.mark.writer.clone(), id));
            replaced.is_some_and(|name| names.contains(&name) || self.history.knows(&name))
        };
        let (corrections, found): (Vec<_>, Vec<_>) = found.into_iter().partition(is_correction);
        let marks = found.iter().map(|found| (found.mark.clone(), found.at)).collect();
        // The page ends before that one where it was asked for so; else it may reach beyond.
        let named = fetch.before.filter(|before| self.history.archived_as(*before).is_some());
        let limit = fetch.messages.front().map(|message| message.id).or(named);
        let ids = self.history.place(marks, limit);
        for Found { mark, text, at, replaces } in corrections {
            self.history.correct(&mark, &replaces.unwrap_or_default(), &text, at);
        }
        for id in core::mem::take(&mut fetch.receipts) {
            self.message_arrived(&own, &fetch.with, &id);
        }
        for (Found { mark, text, at, .. }, id) in found.into_iter().zip(ids).rev() {
            let message = self.chat_message(id, &mark.writer, mark.reader(&own), text, at);
            let is_older = fetch.before.is_none_or(|before| id < before);
            if let Some(message) = message.filter(|_| is_older) {
                fetch.messages.push_front(message);
            }
        }
        // Some archives keep receipts too, and count them as a part of their pages.
        let is_full = fetch.messages.len() >= FETCH_MESSAGES_MAX;
        if !is_full && !end.is_complete && fetch.rounds < ARCHIVE_ROUNDS_MAX {
            return self.query(fetch, end.first.as_deref());
        }
        self.page_done(fetch, !end.is_complete);
    }

    fn page_done(&mut self, fetch: Fetch, more: bool) {
        let cut = fetch.messages.len().saturating_sub(FETCH_MESSAGES_MAX);
        let messages = fetch.messages.into_iter().skip(cut).collect();
        self.notice(Notice::Messages { id: fetch.request, messages, more: more || cut > 0 });
        self.outcome(fetch.request, HResult::S_OK, None);
    }

    fn looked_for(&mut self, draft: Draft, found: Vec<Found>) {
        let is_it = |found: &&Found| {
            found.mark.writer != found.mark.with && found.mark.id.as_ref() == Some(&draft.id)
        };
        match found.iter().find(is_it) {
            Some(Found { mark, at, .. }) => self.tell_sent(draft, mark.clone(), *at),
            None => self.post(draft),
        }
    }
}

impl Found {
    /// Reads a message of the archive; `None` where it has no words.
    pub(super) fn read(
        kept: &Kept<'_>,
        own: &BareJid,
        writer: BareJid,
        with: BareJid,
    ) -> Option<Self> {
        let words = messages::read(kept.message, own)?;
        let mark =
            Mark { archived_as: Some(kept.id.to_owned()), ..Mark::new(&words, writer, with, true) };
        Some(Self { mark, text: words.text, at: kept.at, replaces: words.replaces })
    }
}

impl Fetch {
    const fn new(request: RequestId, with: BareJid, before: Option<MessageId>) -> Self {
        Self {
            request,
            with,
            before,
            found: Vec::new(),
            messages: VecDeque::new(),
            receipts: Vec::new(),
            rounds: 0,
            wanted: None,
        }
    }
}
