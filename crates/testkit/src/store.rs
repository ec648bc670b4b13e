//! A store in memory that answers after a while and survives the server.

use std::collections::VecDeque;

use mistatus_core::{
    chat::ChatMessage,
    time::{Span, Tick},
};
use mistatus_hub::{MessagesRecord, Person, Query, Ticket, UserRecord, Write, memory::MemoryStore};

use crate::random::Random;

/// A store with the durable data, and the operations that wait for their turn.
#[derive(Default)]
pub(crate) struct Store {
    durable: MemoryStore,
    waiting: VecDeque<(Tick, Ticket, Asked)>,
    last: Tick,
}

/// An operation that the registry asks of the store.
pub(crate) enum Asked {
    Write(Write),
    Fetch(Query),
}

/// An operation that succeeded.
pub(crate) enum Done {
    Stored(Ticket, Write),
    Fetched(Ticket, Vec<ChatMessage>),
}

/// An operation that failed.
pub(crate) enum Failed {
    Store(Ticket),
    Fetch(Ticket),
}

impl Store {
    pub(crate) fn accept(&mut self, ticket: Ticket, asked: Asked, now: Tick, random: &mut Random) {
        self.last = self.last.max(now + Span::from_millis(random.below(40)));
        self.waiting.push_back((self.last, ticket, asked));
    }

    pub(crate) fn next(&self) -> Option<Tick> {
        self.waiting.front().map(|(at, ..)| *at)
    }

    /// Does what has waited longest.
    pub(crate) fn finish_one(&mut self) -> Option<Done> {
        let (_, ticket, asked) = self.waiting.pop_front()?;
        Some(match asked {
            Asked::Write(write) => {
                self.durable.apply(&write);
                Done::Stored(ticket, write)
            }
            Asked::Fetch(query) => Done::Fetched(ticket, self.durable.answer(&query)),
        })
    }

    /// What has waited longest fails: nothing of it is durable.
    pub(crate) fn fail_one(&mut self) -> Option<Failed> {
        let (_, ticket, asked) = self.waiting.pop_front()?;
        Some(match asked {
            Asked::Write(_) => Failed::Store(ticket),
            Asked::Fetch(_) => Failed::Fetch(ticket),
        })
    }

    /// The server dies: of the writes on their way the first few are durable, the rest never were.
    pub(crate) fn crash(&mut self, random: &mut Random) -> Vec<Write> {
        let survive = random.below(self.waiting.len() as u64 + 1) as usize;
        let survivors = self.waiting.drain(..).take(survive);
        let durable: Vec<_> = survivors
            .filter_map(|(.., asked)| match asked {
                Asked::Write(write) => Some(write),
                Asked::Fetch(_) => None,
            })
            .collect();
        for write in &durable {
            self.durable.apply(write);
        }
        durable
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &UserRecord> {
        self.durable.records()
    }

    pub(crate) fn people(&self) -> Vec<Person> {
        self.durable.people().cloned().collect()
    }

    pub(crate) fn messages(&self) -> MessagesRecord {
        self.durable.messages()
    }
}
