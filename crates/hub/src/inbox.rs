//! The messages that wait for one user, and what the writers are to hear of those that do no longer. Tells nobody.

use core::ops::AddAssign;
use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use mistatus_core::{
    chat::{ChatMessage, MessageId},
    footprint::Footprint,
    signin_name::SigninName,
};

use crate::config::HubConfig;

/// Holds what no client of the user has confirmed.
#[derive(Default)]
pub(crate) struct Inbox {
    waiting: BTreeMap<MessageId, Arc<ChatMessage>>,
    bytes: usize,
    /// What of each writer was confirmed while the writer was not to know that the user is there.
    pub(crate) untold: BTreeMap<SigninName, Taken>,
}

/// A number of messages and their size in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Amount {
    pub(crate) count: usize,
    pub(crate) bytes: usize,
}

/// The messages of one writer that were confirmed: the last one, and how many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Taken {
    pub(crate) up_to: MessageId,
    pub(crate) amount: Amount,
}

impl Amount {
    pub(crate) fn of(message: &ChatMessage) -> Self {
        Self { count: 1, bytes: message.footprint() }
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, more: Self) {
        self.count += more.count;
        self.bytes += more.bytes;
    }
}

impl Inbox {
    pub(crate) fn put(&mut self, message: Arc<ChatMessage>) {
        self.bytes += message.footprint();
        self.waiting.insert(message.id, message);
    }

    /// Whether nothing more may wait, with some more that would.
    pub(crate) fn is_full(&self, more: Amount, config: &HubConfig) -> bool {
        self.waiting.len() + more.count >= config.waiting_max
            || self.bytes + more.bytes >= config.waiting_bytes_max
    }

    /// Returns what would wait, too, if the user were gone as it seems.
    pub(crate) fn untold_amount(&self) -> Amount {
        let mut all = Amount::default();
        self.untold.values().for_each(|taken| all += taken.amount);
        all
    }

    /// Returns what waits longest, after a message.
    pub(crate) fn first(&self, count: usize, told: MessageId) -> Vec<Arc<ChatMessage>> {
        let first = self.waiting.iter().take(count);
        first.filter(|(id, _)| **id > told).map(|(_, message)| message.clone()).collect()
    }

    /// Takes out what somebody wrote up to a message.
    pub(crate) fn confirm(&mut self, from: &SigninName, up_to: MessageId) -> Option<Taken> {
        let of_writer = |(_, message): &(&MessageId, &Arc<ChatMessage>)| message.from == *from;
        let taken: Vec<_> =
            self.waiting.range(..=up_to).filter(of_writer).map(|(id, _)| *id).collect();
        let mut amount = Amount::default();
        for id in &taken {
            if let Some(message) = self.waiting.remove(id) {
                amount += Amount::of(&message);
            }
        }
        self.bytes -= amount.bytes;
        taken.last().map(|up_to| Taken { up_to: *up_to, amount })
    }

    /// Keeps to itself that the user has messages of a writer.
    pub(crate) fn keep_untold(&mut self, writer: SigninName, taken: Taken) {
        match self.untold.entry(writer) {
            Entry::Occupied(mut known) => {
                let all = known.get_mut();
                all.up_to = taken.up_to.max(all.up_to);
                all.amount += taken.amount;
            }
            Entry::Vacant(unknown) => {
                unknown.insert(taken);
            }
        }
    }
}
