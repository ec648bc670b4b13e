//! The messages that wait for one user, and what the writers are to hear of those that do no longer. Tells nobody.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use mistatus_core::{
    chat::{ChatMessage, MessageId},
    signin_name::SigninName,
};

use crate::{backlog::message_bytes, config::HubConfig};

/// Holds what no client of the user has confirmed.
#[derive(Default)]
pub(crate) struct Inbox {
    waiting: BTreeMap<MessageId, Arc<ChatMessage>>,
    bytes: usize,
    /// The last one of each writer that was confirmed while the writer was not to know that the user is there.
    pub(crate) untold: BTreeMap<SigninName, MessageId>,
}

impl Inbox {
    pub(crate) fn put(&mut self, message: Arc<ChatMessage>) {
        self.bytes += message_bytes(&message);
        self.waiting.insert(message.id, message);
    }

    /// Whether nothing more may wait, with some more that would.
    pub(crate) fn is_full(&self, more: usize, config: &HubConfig) -> bool {
        self.waiting.len() + more >= config.waiting_max || self.bytes >= config.waiting_bytes_max
    }

    /// Returns what waits longest, after a message.
    pub(crate) fn first(&self, count: usize, told: MessageId) -> Vec<Arc<ChatMessage>> {
        let first = self.waiting.iter().take(count);
        first.filter(|(id, _)| **id > told).map(|(_, message)| message.clone()).collect()
    }

    /// Takes out what somebody wrote up to a message, and returns the last one.
    pub(crate) fn confirm(&mut self, from: &SigninName, up_to: MessageId) -> Option<MessageId> {
        let of_writer = |(_, message): &(&MessageId, &Arc<ChatMessage>)| message.from == *from;
        let taken: Vec<_> =
            self.waiting.range(..=up_to).filter(of_writer).map(|(id, _)| *id).collect();
        for id in &taken {
            if let Some(message) = self.waiting.remove(id) {
                self.bytes -= message_bytes(&message);
            }
        }
        taken.last().copied()
    }

    /// Keeps to itself that the user has messages of a writer.
    pub(crate) fn keep_untold(&mut self, writer: SigninName, up_to: MessageId) {
        match self.untold.entry(writer) {
            Entry::Occupied(mut known) => {
                let last = known.get_mut();
                *last = up_to.max(*last);
            }
            Entry::Vacant(unknown) => {
                unknown.insert(up_to);
            }
        }
    }
}
