//! What waits to be written to one connection, bounded in number and in size. Writes nothing.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use mistatus_core::{chat::ChatMessage, message::Notice};
use tokio::sync::{
    Notify,
    mpsc::{self, error::TrySendError},
};

/// The sending end of one connection's queue of notices.
#[derive(Clone)]
pub(crate) struct Outbox {
    queue: mpsc::Sender<Outgoing>,
    people: Arc<AtomicUsize>,
    people_max: usize,
    too_slow: Arc<Notify>,
}

/// The receiving end of the queue, held by the connection's writer.
pub(crate) struct Queued {
    queue: mpsc::Receiver<Outgoing>,
    people: Arc<AtomicUsize>,
    pub(crate) too_slow: Arc<Notify>,
}

/// An entry in the queue of a connection's writer.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Notice(Notice),
    Close(u16),
}

/// Tells that more waits than may.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Overflow;

/// Makes the two ends. So many notices may wait, which may tell of so many people.
pub(crate) fn outbox(notices_max: usize, people_max: usize) -> (Outbox, Queued) {
    let (sender, receiver) = mpsc::channel(notices_max);
    let (people, too_slow) = (Arc::<AtomicUsize>::default(), Arc::<Notify>::default());
    let queued = Queued { queue: receiver, people: people.clone(), too_slow: too_slow.clone() };
    (Outbox { queue: sender, people, people_max, too_slow }, queued)
}

impl Outbox {
    /// Queues; a writer that is gone is no error, it reports by its connection.
    pub(crate) fn push(&self, outgoing: Outgoing) -> Result<(), Overflow> {
        let people = people(&outgoing);
        // Counted first: the writer may take it out before this returns.
        let before = self.people.fetch_add(people, Relaxed);
        let queued = if before + people > self.people_max {
            Err(Overflow)
        } else {
            match self.queue.try_send(outgoing) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Closed(_)) => Ok(()),
                Err(TrySendError::Full(_)) => Err(Overflow),
            }
        };
        self.people.fetch_sub(people, Relaxed);
        queued
    }

    /// Tells the writer to give up what is queued: the reader is too slow.
    pub(crate) fn give_up(&self) {
        self.too_slow.notify_one();
    }
}

impl Queued {
    /// Waits for the next one; `None` once nobody can queue any more.
    pub(crate) async fn next(&mut self) -> Option<Outgoing> {
        let outgoing = self.queue.recv().await?;
        self.people.fetch_sub(people(&outgoing), Relaxed);
        Some(outgoing)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

/// Returns of how many people something tells: that is what takes the memory.
fn people(outgoing: &Outgoing) -> usize {
    match outgoing {
        Outgoing::Notice(Notice::Snapshot(snapshot)) => {
            let members: usize = snapshot.groups.iter().map(|group| group.members.len()).sum();
            let others = snapshot.blocked.len() + snapshot.requests.len();
            snapshot.contacts.len() + snapshot.watched.len() + members + others
        }
        Outgoing::Notice(Notice::Changes { changes, .. }) => changes.len(),
        Outgoing::Notice(Notice::Message { message, .. }) => size(message),
        Outgoing::Notice(Notice::Messages { messages, .. }) => messages.iter().map(size).sum(),
        Outgoing::Notice(_) | Outgoing::Close(_) => 0,
    }
}

/// Returns how many people take as much memory as a message.
fn size(message: &ChatMessage) -> usize {
    1 + message.text.as_str().len() / PERSON_BYTES
}

/// About how many bytes one person takes in a notice.
const PERSON_BYTES: usize = 400;
