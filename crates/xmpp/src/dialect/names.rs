//! What the user and others want to be called.

use mistatus_core::{limits::CONTACTS_MAX, message::Update};

use super::{
    Clock, XmppDialect,
    stream::{Awaited, Start},
};
use crate::{
    jid::{BareJid, Jid},
    nick,
    xml::Element,
};

impl<C: Clock> XmppDialect<C> {
    /// Takes what the user has published, and says who is signed in.
    pub(super) fn own_name_told(&mut self, answer: &Element) {
        let published = nick::answered(answer);
        if let (Some(account), Some(stream)) = (&mut self.account, &mut self.stream) {
            let wanted = account.wanted_name.clone();
            stream.unpublished = wanted.clone().filter(|_| published != wanted);
            account.name = wanted.or(published);
        }
        self.welcome(false);
        self.asked();
    }

    /// Publishes what the page wants the user to be called. After the first presence: some services tell a name only
    /// to those who have answered that. Not while the user hides: who is told of a name learns that somebody is there.
    pub(super) fn publish_name(&mut self) {
        if self.own.is_hidden() {
            return;
        }
        let Some(stream) = &mut self.stream else { return };
        if let Some(name) = stream.unpublished.take() {
            let id = stream.wait(Awaited::Nothing);
            self.send(&nick::publish(&id, &name));
        }
    }

    /// Asks what somebody is called, whose service does not say so by itself.
    pub(super) fn ask_name(&mut self, jid: &BareJid) {
        let Some(stream) = &mut self.stream else { return };
        let Some(contact) = stream.contacts.get_mut(jid) else { return };
        if !core::mem::replace(&mut contact.is_name_asked, true) {
            let id = stream.wait(Awaited::NameOf(jid.clone()));
            self.send(&nick::get(&id, Some(&jid.to_string())));
        }
    }

    /// Whether somebody sees the user's presence.
    pub(super) fn is_seen_by(&self, jid: &BareJid) -> bool {
        let contact = self.stream.as_ref().and_then(|stream| stream.contacts.get(jid));
        contact.is_some_and(|contact| contact.item.sees())
    }

    /// Takes the answer to [`Self::ask_name`]: only from whom it is about. False for another one.
    pub(super) fn name_answered(&mut self, answer: &Element) -> bool {
        let Some(stream) = &mut self.stream else { return false };
        let from = answer.attribute("from").and_then(Jid::parse);
        let Some(from) = from.filter(|from| from.resource.is_none()) else { return false };
        let id = answer.attribute("id").unwrap_or_default();
        let is_it = |about: &Awaited| matches!(about, Awaited::NameOf(jid) if *jid == from.bare);
        if !stream.waiting.get(id).is_some_and(is_it) {
            return false;
        }
        stream.waiting.remove(id);
        if let Some(name) = nick::answered(answer) {
            self.call(&from.bare, Some(name));
        }
        true
    }

    /// Takes a name that an account tells of; false where a message is about something else.
    pub(super) fn name_told(&mut self, from: &BareJid, message: &Element) -> bool {
        let Some(name) = nick::told(message) else { return false };
        let is_own = self.stream.as_ref().is_some_and(|stream| stream.jid.bare == *from);
        match &mut self.account {
            // The session hears of it with the next sign-in.
            Some(account) if is_own => account.name = name,
            _ => self.call(from, name),
        }
        true
    }

    // Of strangers nobody asked.
    fn call(&mut self, jid: &BareJid, name: Option<String>) {
        let Some(stream) = &mut self.stream else { return };
        let Some(contact) = stream.contacts.get_mut(jid).filter(|contact| contact.nick != name)
        else {
            return;
        };
        contact.nick.clone_from(&name);
        match name {
            Some(name) if self.nicks.len() < CONTACTS_MAX => {
                self.nicks.insert(jid.clone(), name);
            }
            _ => drop(self.nicks.remove(jid)),
        }
        if stream.start == Start::Done
            && let Some(change) = stream.contacts.tell_followed(jid)
        {
            self.update(Update::Changes { changes: vec![change] });
        }
    }
}
