//! The contact list: told whole at first, then by pushes (RFC 6121 §2.1.6), and whole again where these contradict each
//! other.

use crate::map::Map;
use mistatus_core::{
    hresult::HResult,
    message::{Change, Notice, RequestId, Update},
};

use super::{
    Clock, XmppDialect,
    stream::{Awaited, Start},
};
use crate::{
    errors,
    jid::BareJid,
    limits::ASKED_AGAIN_MAX,
    ns,
    roster::{self, Item, Subscription},
    stanza,
    xml::Element,
};

impl<C: Clock> XmppDialect<C> {
    /// Takes the list, or the service's word that it is as it was.
    pub(super) fn roster_told(&mut self, answer: &Element) {
        let now = self.clock.now();
        let Some(stream) = &mut self.stream else { return };
        let is_outdated = core::mem::take(&mut stream.is_list_outdated);
        if answer.attribute("type") != Some("error") {
            if is_outdated {
                return self.ask_list_again(Awaited::Roster);
            }
            if stream.start == Start::Done {
                return self.compare_list(answer);
            }
        }
        if answer.attribute("type") == Some("error") {
            let message = errors::text(answer).unwrap_or_default();
            self.notice(Notice::Refused { hr: errors::of_stanza(answer), message });
        } else if let Some(query) = answer.first("query", ns::ROSTER) {
            let (version, items) = roster::read(query);
            let items = items.into_iter().filter(|item| item.subscription != Subscription::Remove);
            let items = items.map(|item| (item.jid.clone(), item)).collect();
            let is_versioned = self.roster.is_some();
            let version = version.filter(|_| is_versioned).unwrap_or_default();
            self.roster = Some((version, items));
            self.take_roster(now);
            if !is_versioned {
                self.roster = None;
            }
        } else {
            self.take_roster(now);
        }
        if let Some(stream) = &self.stream {
            self.groups.begin(stream.contacts.items());
        }
        self.asked();
    }

    /// Asks for all of the list, also where the service counts its versions: of changes that crossed each other, the older
    /// one may have come with the newest number.
    fn ask_list_again(&mut self, about: Awaited) {
        let is_versioned = self.roster.is_some();
        let Some(stream) = &mut self.stream else { return };
        let id = stream.wait(about);
        self.send(&roster::get(&id, is_versioned.then_some("")));
    }

    /// Takes from the list, told again, what is otherwise than was known.
    fn compare_list(&mut self, answer: &Element) {
        let now = self.clock.now();
        let (Some(stream), Some(query)) = (&self.stream, answer.first("query", ns::ROSTER)) else {
            return;
        };
        let (version, items) = roster::read(query);
        let items: Map<_, _> = items.into_iter().map(|item| (item.jid.clone(), item)).collect();
        let is_gone = |item: &&Item| !items.contains_key(&item.jid);
        let gone = stream.contacts.items().filter(is_gone);
        let gone = gone.map(|item| Item { subscription: Subscription::Remove, ..item.clone() });
        let is_new = |item: &&Item| {
            let known = stream.contacts.get(&item.jid).map(|contact| &contact.item);
            known != Some(*item) && !stream.is_echo(item, now)
        };
        let changed: Vec<_> = gone.chain(items.values().filter(is_new).cloned()).collect();
        if self.roster.is_some() {
            self.roster = Some((version.unwrap_or_default(), items));
        }
        for item in changed {
            self.put(item);
        }
    }

    fn take_roster(&mut self, now: mistatus_core::time::UnixMs) {
        let (Some(stream), Some((_, items))) = (&mut self.stream, &self.roster) else { return };
        for item in items.values() {
            stream.contacts.put(item.clone(), self.nicks.get(&item.jid), now);
        }
    }

    /// Takes a push; [`Self::question`] has checked from whom.
    pub(super) fn roster_pushed(&mut self, push: &Element) {
        let Some(query) = push.first("query", ns::ROSTER) else { return };
        let (version, items) = roster::read(query);
        // Exactly one (RFC 6121 §2.1.6); of more, nothing is believed.
        let [item] = items.as_slice() else {
            return self.trouble("a change of the list names not exactly one person");
        };
        let now = self.clock.now();
        let Some(stream) = &mut self.stream else { return };
        if stream.awaits_list() {
            stream.is_list_outdated = true;
        }
        if stream.is_echo(item, now) {
            return;
        }
        if stream.contacts.is_doubtful(item, now) {
            if !stream.awaits_list() {
                self.ask_list_again(Awaited::Roster);
            }
            return;
        }
        if let Some((known, cache)) = &mut self.roster {
            *known = version.unwrap_or_default();
            if item.subscription == Subscription::Remove {
                cache.remove(&item.jid);
            } else {
                cache.insert(item.jid.clone(), item.clone());
            }
        }
        self.put(item.clone());
    }

    pub(super) fn put(&mut self, item: Item) {
        let now = self.clock.now();
        let Some(stream) = &mut self.stream else { return };
        let jid = item.jid.clone();
        let before = stream.contacts.get(&jid).map(|contact| contact.item.clone());
        let was_listed = before.as_ref().is_some_and(Item::is_listed);
        let is_news = item.is_seen() && !before.as_ref().is_some_and(Item::is_seen);
        let is_renamed =
            before.is_some_and(|before| before.friendly_name() != item.friendly_name());
        let may_see = item.subscription != Subscription::Remove && item.sees();
        if item.subscription == Subscription::Remove {
            stream.contacts.remove(&jid);
            self.nicks.remove(&jid);
        } else {
            let nick = self.nicks.get(&jid);
            stream.contacts.put(item, nick, now);
        }
        if may_see {
            // Perhaps because another client of the user has answered.
            self.accepted(&jid);
        }
        self.tell_put(&jid, was_listed, is_renamed);
        self.regroup(&jid);
        if is_news {
            self.ask_name(&jid);
            self.ask_presence(&jid);
        }
    }

    /// Asks whoever has become visible for their presence: it may have come ahead of the change of the list, or not come at
    /// all, where the service puts people on the list (shared rosters).
    fn ask_presence(&mut self, jid: &BareJid) {
        let Some(stream) = &self.stream else { return };
        if stream.start == Start::Done && !stream.hiding.is_active {
            self.probe(core::slice::from_ref(jid));
        }
    }

    fn tell_put(&mut self, jid: &BareJid, was_listed: bool, is_renamed: bool) {
        let Some(stream) = &mut self.stream else { return };
        let is_listed = stream.contacts.is_listed(jid);
        let Some(name) = jid.signin_name().filter(|_| stream.start == Start::Done) else { return };
        let is_watched = stream.contacts.watched.contains(&name);
        if was_listed && !is_listed {
            let change = is_watched.then(|| stream.contacts.tell_by_name(name.clone()));
            self.update(Update::ContactRemoved { name });
            self.tell(change);
        } else if is_listed && !was_listed {
            if let Some(contact) = stream.contacts.tell(jid) {
                self.update(Update::ContactAdded { contact });
            }
        } else if is_renamed && is_listed {
            let change = stream.contacts.tell(jid);
            self.tell(change);
        } else {
            self.tell_person(jid);
        }
    }

    fn tell(&mut self, change: Option<Change>) {
        if let Some(change) = change {
            self.update(Update::Changes { changes: vec![change] });
        }
    }

    /// The service has put somebody on the list, or not.
    pub(super) fn added(&mut self, request: RequestId, jid: &BareJid, answer: &Element) {
        if answer.attribute("type") != Some("error") {
            let Some(stream) = &mut self.stream else { return };
            let item = stream.contacts.get(jid).map(|contact| contact.item.clone());
            // Only an answer before the push leaves somebody unlisted.
            if !item.as_ref().is_some_and(Item::is_listed) {
                let subscription = item.map_or(Subscription::None, |item| item.subscription);
                self.put(Item {
                    jid: jid.clone(),
                    name: Some(jid.to_string()),
                    subscription,
                    is_asked: false,
                    groups: Vec::new(),
                });
            }
            self.say_to("subscribe", jid);
            // Whoever is asked may see, as with `Approval::Listed`; nobody is let in against `Approval::Nobody`.
            let Some(stream) = &mut self.stream else { return };
            let waits = stream.subscribers.contains_key(jid);
            if self.options.approval != super::Approval::Nobody && waits {
                self.say_to("subscribed", jid);
                self.contact_request_gone(jid);
            }
        }
        self.finish(request, answer);
    }

    /// Asks those who have not answered: the first time may have been lost, where a service takes so many requests only.
    /// Some programs show each of them, so only the first of the user's connections asks; and nobody who hides.
    pub(super) fn ask_again(&mut self) {
        let Some(stream) = &self.stream else { return };
        if self.own.is_hidden() || stream.hiding.is_active || !stream.others.is_empty() {
            return;
        }
        let silent = stream.contacts.items().filter(|item| item.is_asked && !item.is_seen());
        let silent: Vec<_> = silent.take(ASKED_AGAIN_MAX).map(|item| item.jid.clone()).collect();
        for jid in silent {
            self.send(&stanza::presence_to("subscribe", &jid));
        }
    }

    /// The service has taken somebody off the list, or not.
    pub(super) fn removed(&mut self, request: RequestId, jid: &BareJid, answer: &Element) {
        if answer.attribute("type") == Some("error") {
            // What is not there any more is gone, as was asked for.
            if errors::of_stanza(answer) != HResult::MSGR_E_USER_NOT_FOUND {
                self.finish(request, answer);
                for request in self.too_late(jid) {
                    self.finish(request, answer);
                }
                return;
            }
        }
        // Answers come ahead of changes of the list that were made before, and those may have the person in it again.
        self.ping(Awaited::Gone { request, jid: jid.clone() });
    }

    /// All has been told which a removal brought about.
    pub(super) fn gone(&mut self, request: RequestId, jid: BareJid) {
        let contact = self.stream.as_ref().and_then(|stream| stream.contacts.get(&jid));
        match contact.map(|contact| contact.item.clone()) {
            // A service that puts people on the list itself lets nobody take them off (shared rosters), and says nothing.
            Some(item) if item.is_seen() => {
                return self.ask_list_again(Awaited::Kept { request, jid });
            }
            Some(item) => self.put(Item { subscription: Subscription::Remove, ..item }),
            None => {}
        }
        self.taken_off(request, &jid);
    }

    fn taken_off(&mut self, request: RequestId, jid: &BareJid) {
        self.outcome(request, HResult::S_OK, None);
        for request in self.too_late(jid) {
            self.outcome(request, HResult::MSGR_E_USER_NOT_FOUND, None);
        }
    }

    /// The list says whether the service keeps somebody on it who was taken off.
    pub(super) fn kept(&mut self, request: RequestId, jid: BareJid, answer: &Element) {
        let Some(stream) = &mut self.stream else { return };
        if core::mem::take(&mut stream.is_list_outdated) {
            return self.ask_list_again(Awaited::Kept { request, jid });
        }
        self.compare_list(answer);
        let is_kept =
            self.stream.as_ref().is_some_and(|stream| stream.contacts.get(&jid).is_some());
        if !is_kept {
            return self.taken_off(request, &jid);
        }
        for request in core::iter::once(request).chain(self.too_late(&jid)) {
            let message = "the service keeps this person on the list".to_owned();
            self.outcome(request, HResult::MSGR_E_POLICY_RESTRICTED, Some(message));
        }
    }

    fn too_late(&mut self, jid: &BareJid) -> Vec<RequestId> {
        self.stream.as_mut().map(|stream| stream.take_too_late(jid)).unwrap_or_default()
    }
}
