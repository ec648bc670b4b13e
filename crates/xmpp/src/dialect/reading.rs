//! What the user has read: counted here, and agreed upon with their other clients.

use mistatus_core::{
    chat::MessageId, limits::CONTACTS_MAX, message::Update, signin_name::SigninName,
};

use super::{
    Clock, XmppDialect,
    stream::{Awaited, Start},
};
use crate::{displayed, jid::BareJid};

impl<C: Clock> XmppDialect<C> {
    /// Notes a message that nobody has read here, unless it is the last that was read elsewhere.
    pub(super) fn count_unread(&mut self, from: &SigninName, id: MessageId) {
        self.unread.insert(from, id);
        let marker = BareJid::of_user(from).and_then(|jid| self.displayed.get(&jid));
        if marker.is_some_and(|marker| self.history.archived_as(id) == Some(marker)) {
            self.unread.read(from, id);
        }
        self.update(Update::Unread { unread: self.unread.of(from) });
    }

    /// The user has read what somebody wrote.
    pub(super) fn mark_read(&mut self, from: &SigninName, up_to: MessageId) {
        if self.unread.read(from, up_to).is_empty() {
            return;
        }
        self.update(Update::Unread { unread: self.unread.of(from) });
        let (Some(stream), Some(jid)) = (&mut self.stream, BareJid::of_user(from)) else { return };
        if let Some(message) = self.history.archived_as(up_to) {
            let id = stream.wait(Awaited::Nothing);
            let said = displayed::publish(&id, &jid, &stream.jid.bare, message);
            self.send(&said);
        }
    }

    /// Another client of the user has shown messages.
    pub(super) fn read_elsewhere(&mut self, displayed: Vec<(BareJid, String)>) {
        for (jid, archived_as) in displayed {
            let Some(from) = jid.signin_name() else { continue };
            let up_to = self.history.numbered(&archived_as);
            if self.displayed.len() < CONTACTS_MAX || self.displayed.contains_key(&jid) {
                self.displayed.insert(jid, archived_as);
            }
            let is_news = up_to.is_some_and(|up_to| !self.unread.read(&from, up_to).is_empty());
            // The snapshot has it.
            if is_news && self.stream.as_ref().is_some_and(|stream| stream.start == Start::Done) {
                self.update(Update::Unread { unread: self.unread.of(&from) });
            }
        }
    }
}
