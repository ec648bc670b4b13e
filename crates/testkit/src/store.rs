//! A store in memory that answers after a while and survives the server.

use std::collections::{BTreeMap, VecDeque};

use mistatus_core::{
    presence::Intent,
    signin_name::SigninName,
    time::{Span, Tick},
};
use mistatus_hub::{Ticket, UserRecord, Write};

use crate::random::Random;

/// Holds what is durable, and what is about to be.
#[derive(Default)]
pub(crate) struct Store {
    records: BTreeMap<SigninName, UserRecord>,
    waiting: VecDeque<(Tick, Ticket, Write)>,
    last: Tick,
}

impl Store {
    pub(crate) fn accept(&mut self, ticket: Ticket, write: Write, now: Tick, random: &mut Random) {
        self.last = self.last.max(now + Span::from_millis(random.below(40)));
        self.waiting.push_back((self.last, ticket, write));
    }

    pub(crate) fn next(&self) -> Option<Tick> {
        self.waiting.front().map(|(at, ..)| *at)
    }

    /// Makes the oldest waiting write durable and returns it.
    pub(crate) fn finish_one(&mut self) -> Option<(Ticket, Write)> {
        let (_, ticket, write) = self.waiting.pop_front()?;
        self.apply(&write);
        Some((ticket, write))
    }

    /// The oldest waiting write fails: nothing of it is durable.
    pub(crate) fn fail_one(&mut self) -> Option<Ticket> {
        self.waiting.pop_front().map(|(_, ticket, _)| ticket)
    }

    /// The server dies: of the writes on their way the first few are durable, the rest never were.
    pub(crate) fn crash(&mut self, random: &mut Random) -> Vec<Write> {
        let survive = random.below(self.waiting.len() as u64 + 1) as usize;
        let durable: Vec<_> =
            self.waiting.drain(..).take(survive).map(|(.., write)| write).collect();
        for write in &durable {
            self.apply(write);
        }
        durable
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &UserRecord> {
        self.records.values()
    }

    fn apply(&mut self, write: &Write) {
        match write {
            Write::PutUser { name, friendly_name } => {
                let record = self.records.entry(name.clone()).or_insert_with(|| UserRecord {
                    name: name.clone(),
                    friendly_name: None,
                    intent: Intent::AUTOMATIC,
                    chosen_at: None,
                    contacts: Vec::new(),
                    believed: Vec::new(),
                });
                record.friendly_name.clone_from(friendly_name);
            }
            Write::PutIntent { name, intent, at } => {
                let record = self.of(name);
                record.intent = intent.clone();
                record.chosen_at = Some(*at);
            }
            Write::AddContact { owner, contact, believed } => {
                self.of(owner).contacts.push(contact.clone());
                self.believe(owner, contact, *believed);
            }
            Write::RemoveContact { owner, contact, believed } => {
                self.of(owner).contacts.retain(|listed| listed != contact);
                self.believe(owner, contact, *believed);
            }
            Write::Reveal { owner } => self.of(owner).believed.clear(),
        }
    }

    fn believe(&mut self, owner: &SigninName, contact: &SigninName, believed: Option<bool>) {
        let all = &mut self.of(owner).believed;
        all.retain(|(name, _)| name != contact);
        all.extend(believed.map(|listed| (contact.clone(), listed)));
    }

    fn of(&mut self, name: &SigninName) -> &mut UserRecord {
        self.records.get_mut(name).expect("the registry writes about users that it has stored")
    }
}
