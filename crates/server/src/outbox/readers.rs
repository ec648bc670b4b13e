//! The queues of each user together: what one user holds, however many connections that are. Bounds nothing itself.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, Weak, atomic::Ordering::Relaxed},
};

use mistatus_core::signin_name::SigninName;

use super::{Outbox, Waiting};

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
    queues: Mutex<Vec<Weak<Waiting>>>,
}

impl Readers {
    /// Counts what waits for a connection for its user, too.
    pub(crate) fn join(&self, name: &SigninName, outbox: &Outbox) {
        let reader = self.reader(name);
        let mut queues = reader.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.retain(|queue| queue.strong_count() > 0);
        queues.push(Arc::downgrade(&outbox.waiting));
        drop(queues);
        // A connection signs in once.
        let _ = outbox.waiting.user.set(reader);
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
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.iter().filter_map(Weak::upgrade).map(|queue| queue.bytes.load(Relaxed)).sum()
    }
}

const SWEEP_FIRST: usize = 1024;
