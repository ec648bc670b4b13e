//! The queues of each user together: what one user holds, however many connections that are, and who holds most.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, Weak, atomic::Ordering::Relaxed},
};

use mistatus_core::signin_name::SigninName;

use super::{Membership, Outbox, QueuedBytes};
use crate::metrics::Refused;

/// The users who have connections.
#[derive(Default)]
pub(crate) struct Readers {
    users: Mutex<Users>,
}

#[derive(Default)]
struct Users {
    known: BTreeMap<SigninName, Weak<Reader>>,
    /// Those who have gone are removed when there are so many.
    sweep_at: usize,
}

/// The queues of one user.
#[derive(Default)]
pub(super) struct Reader {
    queues: Mutex<Vec<Weak<QueuedBytes>>>,
}

impl Readers {
    /// Counts what waits for a connection for its user, too.
    pub(crate) fn join(self: &Arc<Self>, name: &SigninName, outbox: &Outbox) {
        let reader = self.reader(name);
        let mut queues = reader.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.retain(|queue| queue.strong_count() > 0);
        queues.push(Arc::downgrade(&outbox.waiting));
        drop(queues);
        // A connection signs in once.
        let _ = outbox.waiting.user.set(Membership { readers: self.clone(), reader });
    }

    /// Makes room for so many bytes: those who hold most give up what waits for them. Returns `false` where that would
    /// be who asks for it.
    pub(super) fn relieve(&self, over: u64, asking: &QueuedBytes) -> bool {
        let users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        let readers: Vec<_> = users.known.values().filter_map(Weak::upgrade).collect();
        // What was given up is free as soon as its writer has heard of it.
        let mut freed = readers.iter().map(|reader| reader.given_up()).sum::<usize>() as u64;
        while freed < over {
            let most = readers.iter().max_by_key(|reader| reader.beyond_shares());
            let Some(queue) = most.and_then(|reader| reader.longest()) else { return false };
            if std::ptr::eq(&raw const *queue, asking) {
                return false;
            }
            queue.metrics.refuse(Refused::SlowReader);
            tracing::warn!("too much waits for all readers; one for whom most does is closed");
            queue.give_up();
            freed += queue.bytes.load(Relaxed) as u64;
        }
        true
    }

    fn reader(&self, name: &SigninName) -> Arc<Reader> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = users.known.get(name).and_then(Weak::upgrade) {
            return known;
        }
        if users.known.len() >= users.sweep_at {
            users.known.retain(|_, reader| reader.strong_count() > 0);
            users.sweep_at = SWEEP_FIRST.max(2 * users.known.len());
        }
        let fresh = Arc::<Reader>::default();
        users.known.insert(name.clone(), Arc::downgrade(&fresh));
        fresh
    }
}

impl Reader {
    /// Returns how many bytes wait for the user.
    pub(super) fn bytes(&self) -> usize {
        self.queues().iter().map(|queue| queue.bytes.load(Relaxed)).sum()
    }

    /// Returns how many of them will be free soon.
    fn given_up(&self) -> usize {
        let queues = self.queues();
        let given_up = queues.iter().filter(|queue| queue.given_up.load(Relaxed));
        given_up.map(|queue| queue.bytes.load(Relaxed)).sum()
    }

    /// Returns how many wait beyond what each connection may have in any case.
    fn beyond_shares(&self) -> usize {
        let queues = self.queues();
        let held = queues.iter().filter(|queue| !queue.given_up.load(Relaxed));
        held.map(|queue| queue.bytes.load(Relaxed).saturating_sub(queue.max.share)).sum()
    }

    /// Returns the queue of the user where most waits, if that is more than its share.
    fn longest(&self) -> Option<Arc<QueuedBytes>> {
        let held = self.queues().into_iter().filter(|queue| !queue.given_up.load(Relaxed));
        let longest = held.max_by_key(|queue| queue.bytes.load(Relaxed));
        longest.filter(|queue| queue.bytes.load(Relaxed) > queue.max.share)
    }

    fn queues(&self) -> Vec<Arc<QueuedBytes>> {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.iter().filter_map(Weak::upgrade).collect()
    }
}

const SWEEP_FIRST: usize = 1024;
