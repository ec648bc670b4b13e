//! What the user has not read: the engine counts it, and hears from here what was read.

use super::{Event, Session};
use crate::{
    chat::MessageId, dialect::Dialect, limits::UNREAD_MAX, message::Signal,
    signin_name::SigninName, unread::Unread,
};

/// What of one person's messages is unread, by the engine and by this client.
#[derive(Debug)]
pub(super) struct UnreadFrom {
    /// As the engine told last.
    told: Unread,
    /// Up to where the user has read it here, whether or not the engine has heard of that; 0 for nothing.
    marked: MessageId,
}

impl UnreadFrom {
    /// Returns what is unread: nothing as soon as all of it was read here.
    fn count(&self) -> u32 {
        if self.told.newest <= Some(self.marked) { 0 } else { self.told.count }
    }
}

impl<D: Dialect> Session<D> {
    /// Returns how many messages of somebody the user has not read on any client.
    pub fn unread(&self, from: &SigninName) -> u32 {
        self.unread.get(from).map_or(0, UnreadFrom::count)
    }

    /// Iterates over the people whose messages are unread.
    pub fn unread_people(&self) -> impl Iterator<Item = (&SigninName, u32)> {
        let counted = self.unread.values().map(|unread| (&unread.told.from, unread.count()));
        counted.filter(|(_, count)| *count > 0)
    }

    /// Says that the user has before their eyes what is known of the conversation with somebody. Without a connection
    /// it is kept for the next one. [`Event::Unread`] tells what becomes of it.
    pub fn mark_read(&mut self, from: &SigninName) {
        let Some(chat) = self.chats.get(from) else { return };
        let (newest, has_more) = (chat.newest_received(), chat.has_more());
        let unread = self.unread_mut(from);
        // Where there is nothing older, what was counted and is not here is gone.
        let counted = unread.told.newest.filter(|_| !has_more);
        let up_to = counted.map_or(newest, |counted| counted.max(newest));
        if up_to <= unread.marked {
            return;
        }
        let before = unread.count();
        unread.marked = up_to;
        if before > 0 {
            self.say_read(from, up_to);
            self.event(Event::Unread { from: from.clone() });
        }
    }

    pub(super) fn unread_told(&mut self, told: Unread) {
        let (from, count) = (told.from.clone(), told.count);
        self.take_count(told);
        // It came while the user was looking at the conversation.
        if count > 0 && self.unread(&from) == 0 {
            let marked = self.unread_mut(&from).marked;
            self.say_read(&from, marked);
        }
    }

    /// Takes all that is unread; what was read here meanwhile is said again.
    pub(super) fn take_unread(&mut self, told: Vec<Unread>) {
        let is_told = |from: &SigninName| told.iter().any(|unread| unread.from == *from);
        let read: Vec<_> = self.unread.names().filter(|from| !is_told(from)).cloned().collect();
        for from in read {
            self.take_count(Unread { from, count: 0, newest: None });
        }
        for unread in told {
            self.take_count(unread);
        }
        self.repeat_marks();
    }

    pub(super) fn forget_unread(&mut self) {
        let known = core::mem::take(&mut self.unread);
        for unread in known.values().filter(|unread| unread.count() > 0) {
            self.event(Event::Unread { from: unread.told.from.clone() });
        }
    }

    fn take_count(&mut self, told: Unread) {
        let from = told.from.clone();
        if self.unread.len() >= UNREAD_MAX && self.unread.get(&from).is_none() {
            self.unread.retain(|unread| unread.count() > 0);
            if self.unread.len() >= UNREAD_MAX {
                return self.too_much();
            }
        }
        let unread = self.unread_mut(&from);
        let before = unread.count();
        unread.told = told;
        if unread.count() != before {
            self.event(Event::Unread { from });
        }
    }

    /// Says again what was read here of what the engine counts as unread: it may never have heard of it.
    pub(super) fn repeat_marks(&mut self) {
        let is_open = |unread: &&UnreadFrom| unread.told.count > 0 && unread.marked > MessageId(0);
        let open = self.unread.values().filter(is_open);
        let marks: Vec<_> = open.map(|unread| (unread.told.from.clone(), unread.marked)).collect();
        for (from, up_to) in marks {
            self.say_read(&from, up_to);
        }
    }

    fn say_read(&mut self, from: &SigninName, up_to: MessageId) {
        if self.is_connected() {
            self.say(Signal::MarkRead { from: from.clone(), up_to });
        }
    }

    fn unread_mut(&mut self, from: &SigninName) -> &mut UnreadFrom {
        let told = || Unread { from: from.clone(), count: 0, newest: None };
        self.unread.get_or_insert_with(from, || UnreadFrom { told: told(), marked: MessageId(0) })
    }
}
