//! What is known of everybody on the list.

use crate::map::{Map, Set};
use mistatus_core::{
    limits::{CONTACTS_MAX, DEPARTURE_DAMPING},
    message::Change,
    presence::Presence,
    signin_name::SigninName,
    time::{Span, UnixMs},
};

use crate::{
    jid::BareJid,
    limits::{PROBE_AFTER_MS, PROBES_MAX, PUSHES_CROSS},
    resources::Resources,
    roster::{Item, Subscription},
};

#[derive(Debug)]
pub(super) struct Contact {
    pub(super) item: Item,
    /// When one of the two began to see the other, where that was told as a change.
    linked_at: Option<UnixMs>,
    /// What they want to be called.
    pub(super) nick: Option<String>,
    /// Whether their service has been asked for that.
    pub(super) is_name_asked: bool,
    pub(super) resources: Resources,
    /// Whether the service said that nobody can say.
    pub(super) is_unreachable: bool,
    /// When something was heard.
    heard_at: UnixMs,
    /// Whether anything was heard on this stream.
    is_heard: bool,
    /// Whether a question is open.
    is_asked: bool,
    /// Whether the user has blocked them: nothing is heard of them then, so nothing is known.
    is_blocked: bool,
    /// Whether they were there when the stream before this one was lost, and are not back yet.
    pub(super) is_returning: bool,
    told: Presence,
}

/// Everybody on the service's roster, also those whom the user did not add.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    contacts: Map<BareJid, Contact>,
    pub(super) watched: Set<SigninName>,
    blocked: Set<BareJid>,
    returning: Set<BareJid>,
    /// Until when whoever is returning may be on the way, while anybody is.
    settles_at: Option<UnixMs>,
}

impl Contact {
    fn presence(&self) -> Presence {
        if !self.item.is_seen() || self.is_unreachable || self.is_blocked {
            return Presence::UNKNOWN;
        }
        let absent = if self.is_returning { Presence::UNKNOWN } else { Presence::OFFLINE };
        self.resources.merged().map_or(absent, |seen| seen.presence())
    }

    /// Whether it is the service's fault that nothing is known of them.
    fn is_settling(&self) -> bool {
        self.is_returning && self.item.is_seen() && !self.is_unreachable && !self.is_blocked
    }

    /// Returns what to call them: what the user calls them goes first.
    fn friendly_name(&self) -> Option<String> {
        self.item.friendly_name().or_else(|| self.nick.clone())
    }

    pub(super) fn heard(&mut self, now: UnixMs) {
        self.heard_at = now;
        self.is_heard = true;
        self.is_asked = false;
        self.is_unreachable = false;
    }
}

impl Contacts {
    pub(super) fn get(&self, jid: &BareJid) -> Option<&Contact> {
        self.contacts.get(jid)
    }

    pub(super) fn get_mut(&mut self, jid: &BareJid) -> Option<&mut Contact> {
        self.contacts.get_mut(jid)
    }

    pub(super) fn is_listed(&self, jid: &BareJid) -> bool {
        self.get(jid).is_some_and(|contact| contact.item.is_listed())
    }

    /// Takes an entry, also one that is known. Beyond the bound nobody new is taken.
    pub(super) fn put(&mut self, item: Item, nick: Option<&String>, now: UnixMs) {
        if let Some(contact) = self.contacts.get_mut(&item.jid) {
            if !item.is_seen() {
                contact.resources.clear();
            }
            if contact.item.takes_back(&item) {
                contact.linked_at = None;
            } else if item.takes_back(&contact.item) {
                contact.linked_at = Some(now);
            }
            contact.item = item;
        } else if self.contacts.len() < CONTACTS_MAX {
            let contact = Contact {
                resources: Resources::default(),
                is_unreachable: false,
                heard_at: now,
                is_heard: false,
                is_asked: false,
                is_blocked: self.blocked.contains(&item.jid),
                is_returning: self.returning.contains(&item.jid),
                told: Presence::UNKNOWN,
                nick: nick.cloned(),
                is_name_asked: false,
                linked_at: None,
                item,
            };
            self.contacts.insert(contact.item.jid.clone(), contact);
        }
    }

    /// Whether a change takes back what another one has just given. When two people let each other see at once, a service
    /// may tell of both from different processes, and the older change last.
    pub(super) fn is_doubtful(&self, item: &Item, now: UnixMs) -> bool {
        item.subscription != Subscription::Remove
            && self.contacts.get(&item.jid).is_some_and(|contact| {
                contact.item.takes_back(item)
                    && contact.linked_at.is_some_and(|at| now.since(at) < PUSHES_CROSS)
            })
    }

    pub(super) fn remove(&mut self, jid: &BareJid) {
        self.contacts.remove(jid);
    }

    pub(super) fn blocked(&self) -> impl Iterator<Item = &BareJid> {
        self.blocked.iter()
    }

    pub(super) fn is_blocked(&self, jid: &BareJid) -> bool {
        self.blocked.contains(jid)
    }

    /// Notes whether somebody is blocked; false where that was known, or too many are.
    pub(super) fn set_blocked(&mut self, jid: &BareJid, blocked: bool) -> bool {
        let is_news = match blocked {
            true => self.blocked.len() < CONTACTS_MAX && self.blocked.insert(jid.clone()),
            false => self.blocked.remove(jid),
        };
        if let Some(contact) = self.contacts.get_mut(jid).filter(|_| is_news) {
            contact.is_blocked = blocked;
            contact.resources.clear();
            // Until they answer, or do not for a while.
            contact.is_unreachable = true;
            contact.is_asked = !blocked;
        }
        is_news
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.contacts.values().map(|contact| &contact.item)
    }

    /// Returns what is to be told of somebody, told before or not.
    pub(super) fn tell(&mut self, jid: &BareJid) -> Option<Change> {
        let contact = self.contacts.get_mut(jid)?;
        contact.told = contact.presence();
        Some(Change {
            name: jid.signin_name()?,
            friendly_name: contact.friendly_name(),
            settling: contact.told == Presence::UNKNOWN && contact.is_settling(),
            presence: contact.told.clone(),
        })
    }

    /// Returns what has changed of somebody on the list or watched since it was told.
    pub(super) fn tell_change(&mut self, jid: &BareJid) -> Option<Change> {
        let contact = self.contacts.get(jid)?;
        (contact.told != contact.presence()).then(|| self.tell_followed(jid)).flatten()
    }

    /// Returns what is to be told of somebody on the list or watched.
    pub(super) fn tell_followed(&mut self, jid: &BareJid) -> Option<Change> {
        let is_followed = self.contacts.get(jid)?.item.is_listed()
            || jid.signin_name().is_some_and(|name| self.watched.contains(&name));
        is_followed.then(|| self.tell(jid)).flatten()
    }

    /// Returns the list.
    pub(super) fn tell_all(&mut self) -> Vec<Change> {
        let listed: Vec<_> = self
            .contacts
            .values()
            .filter(|contact| contact.item.is_listed())
            .map(|contact| contact.item.jid.clone())
            .collect();
        listed.iter().filter_map(|jid| self.tell(jid)).collect()
    }

    /// Returns the watched people who are not on the list.
    pub(super) fn tell_watched(&mut self) -> Vec<Change> {
        let is_elsewhere =
            |name: &&SigninName| !BareJid::of_user(name).is_some_and(|jid| self.is_listed(&jid));
        let names: Vec<_> = self.watched.iter().filter(is_elsewhere).cloned().collect();
        names.into_iter().map(|name| self.tell_by_name(name)).collect()
    }

    /// Returns what is to be told of anybody: of whom the service does not tell, that nothing is known.
    pub(super) fn tell_by_name(&mut self, name: SigninName) -> Change {
        let known = BareJid::of_user(&name).and_then(|jid| self.tell(&jid));
        known.unwrap_or(Change {
            name,
            friendly_name: None,
            presence: Presence::UNKNOWN,
            settling: false,
        })
    }

    /// Returns whom to ask for their presence, so that it arrives although one's own is kept back.
    pub(super) fn seen(&self) -> Vec<BareJid> {
        let seen = self.contacts.values().filter(|contact| contact.item.is_seen());
        seen.map(|contact| contact.item.jid.clone()).collect()
    }

    /// Returns who is there.
    pub(super) fn there(&self) -> Set<BareJid> {
        let there = self.contacts.iter();
        let there =
            there.filter(|(_, contact)| !contact.resources.is_empty() || contact.is_returning);
        there.map(|(jid, _)| jid.clone()).collect()
    }

    /// Does not take those people as gone for a while, whatever the service says: it may just have begun.
    pub(super) fn expect(&mut self, returning: Set<BareJid>, now: UnixMs) {
        self.settles_at = (returning.len() > 0).then_some(now + DEPARTURE_DAMPING);
        self.returning = returning;
    }

    /// Nothing is known of those who can be seen until they have been asked.
    pub(super) fn doubt_all(&mut self) {
        self.settles_at = None;
        for contact in self.contacts.values_mut() {
            contact.is_returning |= contact.item.is_seen();
        }
    }

    /// Everybody has been asked: whoever is silent for so long is gone.
    pub(super) fn all_asked(&mut self, patience: Span, now: UnixMs) {
        if self.settles_at.is_none() && self.contacts.values().any(|contact| contact.is_returning) {
            let is_back = self.returning.len() > 0;
            self.settles_at = Some(now + if is_back { DEPARTURE_DAMPING } else { patience });
        }
    }

    /// Returns until when whoever is returning may be on the way.
    pub(super) fn settles_at(&self) -> Option<UnixMs> {
        self.settles_at
    }

    /// Whether nothing has been heard yet of somebody whom the user may see.
    pub(super) fn is_anybody_silent(&self) -> bool {
        let is_silent =
            |contact: &Contact| contact.item.is_seen() && !contact.is_heard && !contact.is_blocked;
        self.contacts.values().any(is_silent)
    }

    /// Takes those as gone who have not come back in time; returns them.
    pub(super) fn settle(&mut self, now: UnixMs) -> Vec<BareJid> {
        if self.settles_at.is_none_or(|settles_at| now < settles_at) {
            return Vec::new();
        }
        self.settles_at = None;
        self.returning = Set::new();
        let late = self.contacts.values_mut().filter(|contact| contact.is_returning);
        late.map(|contact| {
            contact.is_returning = false;
            contact.item.jid.clone()
        })
        .collect()
    }

    /// Takes those who were asked and did not answer as gone; returns them.
    pub(super) fn give_up_silent(&mut self) -> Vec<BareJid> {
        let silent = self.contacts.values_mut().filter(|contact| contact.is_asked);
        silent
            .map(|contact| {
                contact.is_asked = false;
                contact.is_unreachable = false;
                contact.resources.clear();
                contact.item.jid.clone()
            })
            .collect()
    }

    /// Marks those who are shown as there and were silent for long as asked; returns them.
    pub(super) fn doubt_silent(&mut self, now: UnixMs) -> Vec<BareJid> {
        self.contacts
            .values_mut()
            .filter(|contact| {
                !contact.resources.is_empty()
                    && now.since(contact.heard_at).as_millis() >= PROBE_AFTER_MS
            })
            .take(PROBES_MAX)
            .map(|contact| {
                contact.is_asked = true;
                contact.item.jid.clone()
            })
            .collect()
    }
}
