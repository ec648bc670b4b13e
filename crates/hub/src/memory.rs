//! A store in memory that does what a database does for the registry: for tests and models. Keeps everything.

use std::collections::{BTreeMap, BTreeSet};

use mistatus_core::{
    chat::{ChatMessage, MessageId},
    claim::ClaimSources,
    group::Group,
    idle::IdleChoice,
    message::RequestId,
    presence::Intent,
    signin_name::SigninName,
};

use crate::{
    directory::Person,
    io::{
        BlockRecord, ClaimRecord, HiddenRecord, MessagesRecord, Query, RelationsRecord, UserRecord,
        Write,
    },
    undelivered::Amount,
};

/// A store in memory that plays the part of the database.
#[derive(Clone, Default, Debug)]
pub struct MemoryStore {
    records: BTreeMap<SigninName, UserRecord>,
    people: BTreeMap<SigninName, Person>,
    messages: BTreeMap<MessageId, Kept>,
    /// The last number ever given to a message.
    last_message: u64,
}

#[derive(Clone, Debug)]
struct Kept {
    message: ChatMessage,
    request: RequestId,
    hidden: bool,
    /// Whether it counts no longer for its writer.
    released: bool,
    waiting: bool,
    unread: bool,
}

impl MemoryStore {
    /// Puts somebody there who never signed in.
    pub fn insert(&mut self, record: UserRecord) {
        self.records.insert(record.name.clone(), record);
    }

    /// Iterates over those who are in the directory.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// Iterates over everybody.
    pub fn records(&self) -> impl Iterator<Item = &UserRecord> {
        self.records.values()
    }

    /// Returns what the registry needs of messages at its start.
    #[must_use]
    pub fn messages(&self) -> MessagesRecord {
        let waiting = self.messages.values().filter(|kept| kept.waiting);
        let untold = |kept: &&Kept| !kept.waiting && !kept.hidden && !kept.message.delivered;
        let confirmed = self.messages.values().filter(untold).map(|kept| &kept.message);
        let unread = self.messages.values().filter(|kept| kept.unread);
        let of_both =
            |message: &ChatMessage| (message.to.clone(), message.from.clone(), message.id);
        MessagesRecord {
            last: self.last_message,
            waiting: waiting.map(|kept| kept.message.clone()).collect(),
            confirmed: confirmed.cloned().collect(),
            unread: unread.map(|kept| of_both(&kept.message)).collect(),
            hidden: self.hidden(),
        }
    }

    fn hidden(&self) -> Vec<HiddenRecord> {
        let mut amounts = BTreeMap::<_, Amount>::new();
        for kept in self.messages.values().filter(|kept| kept.hidden && !kept.released) {
            let both = (kept.message.from.clone(), kept.message.to.clone());
            *amounts.entry(both).or_default() += Amount::of(&kept.message);
        }
        let record = |((writer, reader), amount)| HiddenRecord { writer, reader, amount };
        amounts.into_iter().map(record).collect()
    }

    /// Makes a write durable.
    ///
    /// # Panics
    /// When it is about a user who was never stored: the registry does not do that.
    pub fn apply(&mut self, write: &Write) {
        match write {
            Write::PutUser { name, friendly_name } => {
                let record = self.records.entry(name.clone()).or_insert_with(|| UserRecord {
                    name: name.clone(),
                    friendly_name: None,
                    intent: Intent::AUTOMATIC,
                    chosen_at: None,
                    contacts: Vec::new(),
                    deferred: Vec::new(),
                    relations: RelationsRecord::default(),
                    claims: Vec::new(),
                    ignored: ClaimSources::NONE,
                    idle: IdleChoice::NONE,
                });
                record.friendly_name.clone_from(friendly_name);
            }
            Write::PutIntent { name, intent, at } => {
                let record = self.of(name);
                record.intent = intent.clone();
                record.chosen_at = Some(*at);
            }
            Write::PutClaim { owner, key, claim, dismissed, .. } => {
                let (key, claim, dismissed) = (key.clone(), claim.clone(), *dismissed);
                let claims = &mut self.of(owner).claims;
                claims.retain(|record| record.key != key);
                claims.push(ClaimRecord { key, claim, dismissed });
            }
            Write::DismissClaim { owner, key } => {
                let claims = &mut self.of(owner).claims;
                claims
                    .iter_mut()
                    .filter(|record| record.key == *key)
                    .for_each(|record| record.dismissed = true);
            }
            Write::IgnoreClaims { owner, source, ignored } => {
                self.of(owner).ignored.set(*source, *ignored);
            }
            Write::SetIdle { owner, choice } => self.of(owner).idle = *choice,
            Write::RemoveClaim { owner, key, at } => {
                let claims = &mut self.of(owner).claims;
                claims.retain(|record| record.key != *key || record.dismissed);
                for record in claims.iter_mut().filter(|record| record.key == *key) {
                    record.claim.until = record.claim.until.min(*at);
                }
            }
            Write::AddContact { owner, contact, deferred, asked } => {
                let record = self.of(owner);
                record.contacts.retain(|listed| listed != contact);
                record.contacts.push(contact.clone());
                record.relations.requests.retain(|(from, _)| from != contact);
                self.defer(owner, contact, *deferred);
                if let Some(at) = asked {
                    self.of(contact).relations.requests.push((owner.clone(), *at));
                }
            }
            Write::RemoveContact { owner, contact, deferred } => {
                let record = self.of(owner);
                record.contacts.retain(|listed| listed != contact);
                record.relations.allowed.retain(|allowed| allowed != contact);
                for group in &mut record.relations.groups {
                    group.members.retain(|member| member != contact);
                }
                self.defer(owner, contact, *deferred);
                if let Some(other) = self.records.get_mut(contact) {
                    other.relations.requests.retain(|(from, _)| from != owner);
                }
            }
            Write::Reveal { owner } => {
                // They may be about to go.
                let Some(record) = self.records.get_mut(owner) else { return };
                record.deferred.clear();
                record.relations.blocked.retain(|block| block.blocked);
            }
            Write::PutRequest { owner, from, at } => {
                self.of(owner).relations.requests.push((from.clone(), *at));
            }
            Write::AnswerRequest { owner, from, accept, deferred } => {
                let relations = &mut self.of(owner).relations;
                relations.requests.retain(|(name, _)| name != from);
                if *accept {
                    relations.allowed.push(from.clone());
                    self.defer(owner, from, *deferred);
                }
            }
            Write::SetBlocked { owner, contact, blocked, view } => {
                let relations = &mut self.of(owner).relations;
                relations.blocked.retain(|block| block.name != *contact);
                if let Some(view) = view.clone() {
                    let block = BlockRecord { name: contact.clone(), blocked: *blocked, view };
                    relations.blocked.push(block);
                }
                if *blocked {
                    relations.requests.retain(|(from, _)| from != contact);
                }
            }
            Write::PutGroup { owner, group, name } => {
                let relations = &mut self.of(owner).relations;
                relations.last_group = relations.last_group.max(group.0);
                match relations.groups.iter_mut().find(|known| known.id == *group) {
                    Some(known) => known.name = name.clone(),
                    None => relations.groups.push(Group {
                        id: *group,
                        name: name.clone(),
                        members: Vec::new(),
                    }),
                }
            }
            Write::RemoveGroup { owner, group } => {
                self.of(owner).relations.groups.retain(|known| known.id != *group);
            }
            Write::SetGroupMember { owner, group, contact, member } => {
                let groups = &mut self.of(owner).relations.groups;
                for known in groups.iter_mut().filter(|known| known.id == *group) {
                    known.members.retain(|name| name != contact);
                    if *member {
                        known.members.push(contact.clone());
                    }
                }
            }
            Write::ChangeDirectory { put, removed } => {
                self.erase(&removed.iter().cloned().collect());
                for person in put {
                    self.people.remove(&person.name);
                    self.people.insert(person.name.clone(), person.clone());
                }
            }
            Write::PutMessage { message, request, hidden } => {
                let kept = Kept {
                    message: message.clone(),
                    request: *request,
                    hidden: *hidden,
                    released: false,
                    waiting: !hidden,
                    unread: !hidden,
                };
                self.last_message = self.last_message.max(message.id.0);
                self.messages.insert(message.id, kept);
            }
            Write::HideMessage { id } => {
                if let Some(kept) = self.messages.get_mut(id) {
                    (kept.hidden, kept.waiting, kept.unread) = (true, false, false);
                }
            }
            Write::ReleaseHidden { owner, from } => {
                let is_theirs = |kept: &&mut Kept| {
                    kept.hidden && kept.message.to == *owner && kept.message.from == *from
                };
                self.messages.values_mut().filter(is_theirs).for_each(|kept| kept.released = true);
            }
            Write::ConfirmMessages { owner, from, up_to, told } => {
                for kept in self.received(owner, from, *up_to) {
                    kept.waiting = false;
                    kept.message.delivered |= told;
                }
            }
            Write::MarkRead { owner, from, up_to } => {
                for kept in self.received(owner, from, *up_to) {
                    kept.unread = false;
                }
            }
        }
    }

    fn received(
        &mut self,
        owner: &SigninName,
        from: &SigninName,
        up_to: MessageId,
    ) -> impl Iterator<Item = &mut Kept> {
        let is_received =
            move |kept: &&mut Kept| kept.message.to == *owner && kept.message.from == *from;
        let all = self.messages.range_mut(..=up_to).map(|(_, kept)| kept);
        all.filter(is_received).filter(|kept| !kept.hidden)
    }

    /// Looks something up.
    #[must_use]
    pub fn answer(&self, query: &Query) -> Vec<ChatMessage> {
        let all = self.messages.values();
        match query {
            Query::Sent { writer, request } => all
                .filter(|kept| kept.message.from == *writer && kept.request == *request)
                .map(|kept| kept.message.clone())
                .collect(),
            Query::History { owner, with, before, limit } => {
                let is_wanted = |kept: &&Kept| {
                    let Kept { message, hidden, .. } = kept;
                    let sent = message.from == *owner && message.to == *with;
                    let received = message.from == *with && message.to == *owner && !hidden;
                    (sent || received) && before.is_none_or(|before| message.id < before)
                };
                let mut newest: Vec<_> = all
                    .rev()
                    .filter(is_wanted)
                    .take(*limit)
                    .map(|kept| kept.message.clone())
                    .collect();
                newest.reverse();
                newest
            }
        }
    }

    fn erase(&mut self, gone: &BTreeSet<SigninName>) {
        self.people.retain(|name, _| !gone.contains(name));
        self.records.retain(|name, _| !gone.contains(name));
        for record in self.records.values_mut() {
            let stays = |name: &SigninName| !gone.contains(name);
            record.contacts.retain(stays);
            record.deferred.retain(|(name, _)| stays(name));
            let relations = &mut record.relations;
            relations.groups.iter_mut().for_each(|group| group.members.retain(stays));
            relations.blocked.retain(|block| stays(&block.name));
            relations.allowed.retain(stays);
            relations.requests.retain(|(from, _)| stays(from));
        }
        let stays =
            |message: &ChatMessage| !gone.contains(&message.from) && !gone.contains(&message.to);
        self.messages.retain(|_, kept| stays(&kept.message));
    }

    fn defer(&mut self, owner: &SigninName, contact: &SigninName, deferred: Option<bool>) {
        let all = &mut self.of(owner).deferred;
        all.retain(|(name, _)| name != contact);
        all.extend(deferred.map(|permitted| (contact.clone(), permitted)));
    }

    fn of(&mut self, name: &SigninName) -> &mut UserRecord {
        self.records.get_mut(name).expect("the registry writes about users that it has stored")
    }
}
