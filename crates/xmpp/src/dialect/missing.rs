//! What came while this client had no stream, out of the archive (XEP-0313): everything after the last message that is known.

use mistatus_core::limits::FETCH_MESSAGES_MAX;

use super::{
    Clock, XmppDialect,
    progress::{Found, Missed},
    stream::Awaited,
};
use crate::{
    archive::{self, Kept, Page},
    jid::Jid,
    limits::ARCHIVE_ROUNDS_MAX,
    messages,
    xml::Element,
};

impl<C: Clock> XmppDialect<C> {
    /// Asks for what was missed since the last stream, or, before the first one, where the archive ends.
    pub(super) fn catch_up(&mut self) {
        let known = self.last_archived.clone();
        self.ask_missed(known.clone(), known, 0);
    }

    fn ask_missed(&mut self, last: Option<String>, known: Option<String>, rounds: usize) {
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.abilities.archive) else {
            return;
        };
        let query = stream.wait(Awaited::Missed);
        let page = last.as_deref().map_or(Page::Last, Page::After);
        let asked = archive::query(&query, None, page);
        let is_news = last.is_some();
        stream.missed = Some(Missed { query, is_news, last, known, rounds, page: Vec::new() });
        self.send(&asked);
    }

    /// Takes a message of the page.
    pub(super) fn missed(&mut self, kept: &Kept<'_>) {
        let Some(stream) = &mut self.stream else { return };
        let Some(missed) = &mut stream.missed else { return };
        missed.last = Some(kept.id.to_owned());
        let own = stream.jid.bare.clone();
        let end = |name| kept.message.attribute(name).and_then(Jid::parse).map(|jid| jid.bare);
        let from = end("from").unwrap_or_else(|| own.clone());
        let to = end("to").unwrap_or_else(|| own.clone());
        let is_ours = (from == own) != (to == own);
        if !missed.is_news || !is_ours || stream.contacts.is_blocked(&from) {
            return;
        }
        if let Some(id) = messages::receipt_of(kept.message) {
            return self.message_arrived(&own, &from, id);
        }
        let with = if from == own { to } else { from.clone() };
        // Services write too, but nobody can answer them; and they know how many were asked for.
        if with.signin_name().is_some() && missed.page.len() < FETCH_MESSAGES_MAX {
            missed.page.extend(Found::read(kept, &own, from, with));
        }
    }

    /// The page has ended.
    pub(super) fn missed_ended(&mut self, answer: &Element) {
        let missed = self.stream.as_mut().and_then(|stream| stream.missed.take());
        let Some(Missed { is_news, last, known, rounds, page, .. }) = missed else { return };
        self.tell_missed(page);
        match archive::end(answer) {
            // What was known last is forgotten there.
            None if is_news => self.last_archived = None,
            None => {}
            Some(end) if is_news && !end.is_complete && rounds < ARCHIVE_ROUNDS_MAX => {
                self.ask_missed(last, known, rounds + 1);
            }
            // An empty archive has an end, too.
            Some(_) if self.last_archived == known => {
                self.last_archived = Some(last.unwrap_or_default());
            }
            Some(_) => {}
        }
    }
}
