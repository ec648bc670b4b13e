//! Numbers for messages, which XMPP does not number: by their time, in their order, and the same again for the same
//! message, whether it comes from its writer, as a copy, or out of the archive.

use crate::map::Map;
use mistatus_core::{
    chat::{MessageId, MessageText},
    time::UnixMs,
};

use crate::{jid::BareJid, limits::HISTORY_MAX, messages::Words};

/// Numbers of one millisecond. The last one of the year 2248 is below 2^53, which scripts can hold.
const STEPS: u64 = 1_024;

/// The numbers of the messages that have come so far.
#[derive(Debug, Default)]
pub(crate) struct History {
    entries: Map<MessageId, Entry>,
    by_archive: Map<String, MessageId>,
    /// By writer and the writer's id.
    by_writer: Map<(BareJid, String), MessageId>,
    /// The last one of each conversation.
    last: Map<BareJid, MessageId>,
}

/// The properties by which a message is recognized when it comes again.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) writer: BareJid,
    /// With whom the conversation is.
    pub(crate) with: BareJid,
    pub(crate) id: Option<String>,
    pub(crate) is_unique: bool,
    pub(crate) archived_as: Option<String>,
    /// Whether it came straight from its writer: what is called alike then is another message, unless the writer
    /// promised otherwise.
    pub(crate) is_direct: bool,
    pub(crate) text: u64,
}

#[derive(Debug)]
struct Entry {
    mark: Mark,
    is_delivered: bool,
    /// What its writer made of it, and when.
    corrected: Option<(UnixMs, MessageText)>,
    /// Whether it came back.
    is_taken_back: bool,
}

impl Mark {
    /// Makes the mark of a message. Without `has_archive` nobody keeps a writer from inventing the archive's ids.
    pub(crate) fn new(words: &Words, writer: BareJid, with: BareJid, has_archive: bool) -> Self {
        Self {
            writer,
            with,
            id: words.id.clone(),
            is_unique: words.is_unique,
            archived_as: words.archived_as.clone().filter(|_| has_archive),
            is_direct: false,
            text: hash(&words.text),
        }
    }

    /// Makes the mark of a message that this client writes.
    pub(crate) fn of_own(id: String, text: &MessageText, writer: BareJid, with: BareJid) -> Self {
        let text = hash(text);
        Self {
            writer,
            with,
            id: Some(id),
            is_unique: true,
            archived_as: None,
            is_direct: true,
            text,
        }
    }

    /// Returns whom the message is for.
    pub(crate) fn reader<'a>(&'a self, own: &'a BareJid) -> &'a BareJid {
        if self.writer == *own { &self.with } else { own }
    }

    /// Returns by what name of whom a message is known.
    pub(crate) fn name(&self) -> Option<(BareJid, String)> {
        Some((self.writer.clone(), self.id.clone()?))
    }
}

impl History {
    /// Returns the number of a message that was told before, and learns what the archive calls it.
    pub(crate) fn find(&mut self, mark: &Mark) -> Option<MessageId> {
        if let Some(id) = mark.archived_as.as_ref().and_then(|name| self.by_archive.get(name)) {
            return Some(*id);
        }
        let id = *self.by_writer.get(&mark.name()?)?;
        let entry = self.entries.get_mut(&id)?;
        let known = &mut entry.mark;
        let is_unique = mark.is_unique && known.is_unique;
        let is_same = known.text == mark.text
            && known.with == mark.with
            && (is_unique || !(mark.is_direct && known.is_direct));
        if is_same
            && known.archived_as.is_none()
            && let Some(name) = &mark.archived_as
        {
            known.archived_as = Some(name.clone());
            self.by_archive.insert(name.clone(), id);
        }
        is_same.then_some(id)
    }

    /// Numbers a message that has just come: after all others of the conversation.
    pub(crate) fn append(&mut self, mark: Mark, at: UnixMs) -> MessageId {
        let after = self.last.get(&mark.with).map_or(0, |last| last.0 + 1);
        self.insert(mark, first_of(at).max(after))
    }

    /// Numbers a page of the archive, in its order; what is older than `before`, where that is given.
    pub(crate) fn place(
        &mut self,
        page: Vec<(Mark, UnixMs)>,
        before: Option<MessageId>,
    ) -> Vec<MessageId> {
        let known: Vec<_> = page.iter().map(|(mark, _)| self.find(mark)).collect();
        // Clocks differ: what stands before something in the archive is numbered before it, whatever its time.
        let mut limits = Vec::with_capacity(page.len());
        let mut limit = before.map_or(u64::MAX, |before| before.0);
        for known in known.iter().rev() {
            limit = known.map_or(limit.saturating_sub(1), |known| known.0.min(limit));
            limits.push(limit);
        }
        limits.reverse();
        let mut floor = 0;
        let numbered =
            page.into_iter().zip(known).zip(limits).map(|(((mark, at), known), limit)| {
                let id =
                    known.unwrap_or_else(|| self.insert(mark, first_of(at).max(floor).min(limit)));
                floor = floor.max(id.0 + 1);
                id
            });
        numbered.collect()
    }

    /// Returns the number of what the archive calls so.
    pub(crate) fn numbered(&self, archived_as: &str) -> Option<MessageId> {
        self.by_archive.get(archived_as).copied()
    }

    /// Returns what the archive calls a message.
    pub(crate) fn archived_as(&self, id: MessageId) -> Option<&str> {
        self.entries.get(&id)?.mark.archived_as.as_deref()
    }

    /// A receipt came; returns of which message, where it is one of that conversation that the user wrote.
    pub(crate) fn deliver(&mut self, own: &BareJid, with: &BareJid, id: &str) -> Option<MessageId> {
        let id = *self.by_writer.get(&(own.clone(), id.to_owned()))?;
        let entry = self.entries.get_mut(&id).filter(|entry| entry.mark.with == *with)?;
        (!core::mem::replace(&mut entry.is_delivered, true)).then_some(id)
    }

    /// Whether a receipt has come.
    pub(crate) fn is_delivered(&self, id: MessageId) -> bool {
        self.entries.get(&id).is_some_and(|entry| entry.is_delivered)
    }

    /// Whether a message of that writer and name is known.
    pub(crate) fn knows(&self, name: &(BareJid, String)) -> bool {
        self.by_writer.contains_key(name)
    }

    /// Takes another text of a writer for a message of theirs in the same conversation, unless a newer one is known; returns
    /// which message it is, where that is known.
    pub(crate) fn correct(
        &mut self,
        mark: &Mark,
        id: &str,
        text: &MessageText,
        at: UnixMs,
    ) -> Option<MessageId> {
        let id = *self.by_writer.get(&(mark.writer.clone(), id.to_owned()))?;
        let entry = self.entries.get_mut(&id).filter(|entry| entry.mark.with == mark.with)?;
        if entry.corrected.as_ref().is_none_or(|(before, _)| *before <= at) {
            entry.corrected = Some((at, text.clone()));
        }
        Some(id)
    }

    /// Returns what a message says by its writer's last word, where that is another one than the first.
    pub(crate) fn corrected(&self, id: MessageId) -> Option<&MessageText> {
        self.entries.get(&id)?.corrected.as_ref().map(|(_, text)| text)
    }

    /// Notes that a message came back; false where the user wrote none such to that person.
    pub(crate) fn take_back(&mut self, own: &BareJid, with: &BareJid, id: &str) -> bool {
        let id = self.by_writer.get(&(own.clone(), id.to_owned()));
        let entry = id.and_then(|id| self.entries.get_mut(id));
        let entry = entry.filter(|entry| entry.mark.with == *with);
        entry.map(|entry| entry.is_taken_back = true).is_some()
    }

    /// Whether a message came back, whatever the archive says of it.
    pub(crate) fn is_taken_back(&self, id: MessageId) -> bool {
        self.entries.get(&id).is_some_and(|entry| entry.is_taken_back)
    }

    fn insert(&mut self, mark: Mark, wanted: u64) -> MessageId {
        let mut id = MessageId(wanted);
        while self.entries.contains_key(&id) {
            id.0 += 1;
        }
        if let Some(name) = &mark.archived_as {
            self.by_archive.insert(name.clone(), id);
        }
        if let Some(name) = mark.name() {
            self.by_writer.insert(name, id);
        }
        let last = self.last.get_or_insert_with(mark.with.clone(), || id);
        *last = id.max(*last);
        self.entries
            .insert(id, Entry { mark, is_delivered: false, corrected: None, is_taken_back: false });
        if self.entries.len() > HISTORY_MAX {
            self.forget_oldest();
        }
        id
    }

    fn forget_oldest(&mut self) {
        let Some((id, Entry { mark, .. })) = self.entries.pop_first() else { return };
        if let Some(name) = &mark.archived_as {
            self.by_archive.remove(name);
        }
        // Another one may be called so by now.
        if let Some(name) = mark.name().filter(|name| self.by_writer.get(name) == Some(&id)) {
            self.by_writer.remove(&name);
        }
        if self.last.get(&mark.with) == Some(&id) {
            self.last.remove(&mark.with);
        }
    }
}

fn first_of(at: UnixMs) -> u64 {
    const LAST: u64 = (1 << 53) / STEPS - 1;
    at.as_millis().min(LAST) * STEPS
}

/// FNV-1a: tells a message from another one of the same writer, who gains nothing by finding two alike.
fn hash(text: &MessageText) -> u64 {
    text.as_str().bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOON: u64 = 1_795_262_400_000;

    fn jid(name: &str) -> BareJid {
        BareJid::parse(&format!("{name}@localhost")).unwrap()
    }

    fn mark(id: &str, text: &str) -> Mark {
        let text = MessageText::parse(text).unwrap();
        Mark::of_own(id.to_owned(), &text, jid("bob"), jid("bob"))
    }

    fn archived(id: &str, text: &str, name: &str) -> Mark {
        Mark { archived_as: Some(name.to_owned()), is_direct: false, ..mark(id, text) }
    }

    fn at(seconds: u64) -> UnixMs {
        UnixMs::from_millis(NOON + seconds * 1_000)
    }

    #[test]
    fn a_message_keeps_its_number_whichever_way_it_comes() {
        let mut history = History::default();
        let id = history.append(mark("1", "Hi"), at(0));
        assert_eq!(history.find(&mark("1", "Hi")), Some(id));
        assert_eq!(history.find(&archived("1", "Hi", "a1")), Some(id));
        assert_eq!(history.archived_as(id), Some("a1"));
        assert_eq!(history.find(&archived("other", "other", "a1")), Some(id));
        assert_eq!(history.find(&mark("1", "Another text")), None);
        let other = Mark { writer: jid("mallory"), with: jid("mallory"), ..mark("1", "Hi") };
        assert_eq!(history.find(&other), None);
    }

    #[test]
    fn writers_who_reuse_ids_lose_nothing() {
        let mut history = History::default();
        let sloppy = || Mark { is_unique: false, ..mark("1", "Ping") };
        let first = history.append(sloppy(), at(0));
        assert_eq!(history.find(&sloppy()), None);
        let second = history.append(sloppy(), at(0));
        assert!(first < second);
        let copy = Mark { is_direct: false, ..sloppy() };
        assert_eq!(history.find(&copy), Some(second));
    }

    #[test]
    fn what_comes_later_is_numbered_later_even_when_the_clock_goes_back() {
        let mut history = History::default();
        let ids: Vec<_> = [5, 5, 0, 9]
            .iter()
            .zip(0..)
            .map(|(second, id)| history.append(mark(&id.to_string(), "x"), at(*second)))
            .collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
        assert!(ids.iter().all(|id| id.0 < 1 << 53));
    }

    #[test]
    fn a_page_is_numbered_in_its_order_around_what_is_known() {
        let mut history = History::default();
        // The own clock is an hour behind that of the archive.
        let known = history.append(mark("2", "Two"), at(0));
        let page = ["1", "2", "3"].map(|id| {
            let text = if id == "2" { "Two" } else { "x" };
            (archived(id, text, &format!("a{id}")), at(3_600))
        });
        let ids = history.place(page.to_vec(), None);
        assert_eq!(ids[1], known);
        assert!(ids[0] < ids[1] && ids[1] < ids[2], "{ids:?}");
        assert_eq!(history.place(page.to_vec(), None), ids);
        let older = history.place(vec![(archived("0", "x", "a0"), at(9_999))], Some(ids[0]));
        assert!(older[0] < ids[0]);
    }

    #[test]
    fn receipts_count_once_and_only_from_whom_it_was_written_to() {
        let mut history = History::default();
        let own = Mark { writer: jid("alice"), ..mark("1", "Hi") };
        let id = history.append(own, at(0));
        assert_eq!(history.deliver(&jid("alice"), &jid("mallory"), "1"), None);
        assert_eq!(history.deliver(&jid("alice"), &jid("bob"), "2"), None);
        assert_eq!(history.deliver(&jid("alice"), &jid("bob"), "1"), Some(id));
        assert!(history.is_delivered(id));
        assert_eq!(history.deliver(&jid("alice"), &jid("bob"), "1"), None);
    }

    #[test]
    fn memory_is_bounded() {
        let mut history = History::default();
        for index in 0..HISTORY_MAX as u64 + 10 {
            history.append(archived(&index.to_string(), "x", &index.to_string()), at(index));
        }
        assert_eq!(history.entries.len(), HISTORY_MAX);
        assert_eq!(history.by_archive.len(), HISTORY_MAX);
        assert_eq!(history.by_writer.len(), HISTORY_MAX);
    }

    proptest! {
        #[test]
        fn numbers_never_repeat(seconds in prop::collection::vec((0..5_u64, any::<bool>()), 0..40)) {
            let mut history = History::default();
            let mut ids = Vec::new();
            for (index, (second, live)) in seconds.into_iter().enumerate() {
                let mark = archived(&index.to_string(), "x", &index.to_string());
                if live {
                    ids.push(history.append(mark, at(second)));
                } else {
                    ids.extend(history.place(vec![(mark, at(second))], None));
                }
            }
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(ids.len(), count);
        }
    }
}
