//! The messages that wait for one user, and what the writers are to hear of those that do no longer. Tells nobody.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    sync::Arc,
};

use mistatus_core::{
    chat::{ChatMessage, MessageId},
    signin_name::SigninName,
};

use crate::undelivered::Amount;

/// Holds what no client of the user has confirmed.
#[derive(Default)]
pub(crate) struct Inbox {
    waiting: BTreeMap<MessageId, Arc<ChatMessage>>,
    /// What of each writer was confirmed and the writer was not told of: while the writer was not to know that the user is
    /// there, and until all is confirmed that waited when the user came.
    pub(crate) untold: BTreeMap<SigninName, Taken>,
    /// The last message of each writer that waited when the user came. However many confirmations a client makes of what
    /// waited, its writer is told once: as by somebody who was invisible, and had read it before.
    awaited: BTreeMap<SigninName, MessageId>,
}

/// The messages of one writer that were confirmed: the last one, and how many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Taken {
    pub(crate) up_to: MessageId,
    pub(crate) amount: Amount,
}

impl Inbox {
    pub(crate) fn put(&mut self, message: Arc<ChatMessage>) {
        self.waiting.insert(message.id, message);
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
        taken.last().map(|up_to| Taken { up_to: *up_to, amount })
    }

    /// Notes what waits now that the user has come.
    pub(crate) fn await_all(&mut self) {
        let last = self.waiting.values().map(|message| (message.from.clone(), message.id));
        self.awaited = last.collect();
    }

    /// Notes what of one writer's waits now that the user has come for them.
    pub(crate) fn await_all_of(&mut self, writer: &SigninName) {
        let mut newest_first = self.waiting.values().rev();
        if let Some(last) = newest_first.find(|message| message.from == *writer) {
            self.awaited.insert(writer.clone(), last.id);
        }
    }

    /// Whether something of a writer's still waits that did when the user came.
    pub(crate) fn awaits(&mut self, writer: &SigninName) -> bool {
        let Some(last) = self.awaited.get(writer) else { return false };
        let mut waiting = self.waiting.range(..=*last);
        let awaits = waiting.any(|(_, message)| message.from == *writer);
        if !awaits {
            self.awaited.remove(writer);
        }
        awaits
    }

    /// Forgets what people wrote who exist no longer.
    pub(crate) fn forget(&mut self, gone: &BTreeSet<SigninName>) {
        self.waiting.retain(|_, message| !gone.contains(&message.from));
        self.untold.retain(|writer, _| !gone.contains(writer));
        self.awaited.retain(|writer, _| !gone.contains(writer));
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

    /// Returns what waits, and what was confirmed and its writers are not to know, by writer.
    #[cfg(test)]
    pub(crate) fn amounts(&self) -> impl Iterator<Item = (SigninName, Amount)> {
        let waiting = self.waiting.values();
        let waiting = waiting.map(|message| (message.from.clone(), Amount::of(message)));
        waiting.chain(self.untold.iter().map(|(writer, taken)| (writer.clone(), taken.amount)))
    }
}
