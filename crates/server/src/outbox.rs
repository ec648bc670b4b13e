//! What waits to be written to one connection, bounded in number and in bytes. Writes nothing.

#[cfg(test)]
mod at_all_limits;
mod readers;

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
};

use mistatus_core::{
    footprint::Footprint,
    message::{Notice, Seq, Update},
};
use mistatus_json::server::EncodedUpdate;
use tokio::sync::{
    Notify,
    mpsc::{self, error::TrySendError},
};

use self::readers::Reader;
pub(crate) use self::readers::Readers;
use crate::metrics::Metrics;

/// The sending end of one connection's queue of notices.
#[derive(Clone)]
pub(crate) struct Outbox {
    queue: mpsc::Sender<Outgoing>,
    waiting: Arc<QueuedBytes>,
}

/// The receiving end of the queue, held by the connection's writer.
pub(crate) struct Queued {
    queue: mpsc::Receiver<Outgoing>,
    waiting: Arc<QueuedBytes>,
    /// Bytes of what the writer took last: it waits for the peer until the next one is taken.
    taken: usize,
    pub(crate) too_slow: Arc<Notify>,
}

/// An entry in the queue of a connection's writer.
pub(crate) enum Outgoing {
    Notice(Box<Notice>),
    /// An update with its number for this connection; its text is the same for all who are told.
    Update(Seq, Arc<SharedUpdate>),
    /// A ping of the WebSocket protocol, which the peer's network stack answers.
    Probe,
    Close(u16),
}

/// An update for many connections: the first that sends it prints it for all.
pub(crate) struct SharedUpdate {
    update: Arc<Update>,
    text: OnceLock<EncodedUpdate>,
}

/// The bounds of one connection's queue, and of all together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutboxMax {
    pub(crate) notices: usize,
    pub(crate) bytes: usize,
    /// Bytes of all connections of a user.
    pub(crate) user: usize,
    /// Bytes that a connection may always have waiting.
    pub(crate) share: usize,
    /// Bytes of all connections, beyond which those give way that hold most.
    pub(crate) all: usize,
}

/// The error of a queue where more waits than may.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Overflow;

/// Counts the bytes that wait for one connection, and those of all connections in the metrics.
struct QueuedBytes {
    bytes: AtomicUsize,
    max: OutboxMax,
    /// Whose it is, from the sign-in on.
    user: OnceLock<Membership>,
    too_slow: Arc<Notify>,
    /// Whether the writer was told to give up what is queued.
    given_up: AtomicBool,
    metrics: Arc<Metrics>,
}

/// The user of a connection, among all.
struct Membership {
    readers: Arc<Readers>,
    reader: Arc<Reader>,
}

/// Makes the two ends of a queue.
pub(crate) fn outbox(max: OutboxMax, metrics: Arc<Metrics>) -> (Outbox, Queued) {
    let (sender, receiver) = mpsc::channel(max.notices + LAST);
    let too_slow = Arc::<Notify>::default();
    let waiting = Arc::new(QueuedBytes {
        bytes: AtomicUsize::new(0),
        max,
        user: OnceLock::new(),
        too_slow: too_slow.clone(),
        given_up: AtomicBool::new(false),
        metrics,
    });
    let queued = Queued { queue: receiver, waiting: waiting.clone(), taken: 0, too_slow };
    (Outbox { queue: sender, waiting }, queued)
}

impl Outbox {
    /// Queues; a writer that is gone is no error, it reports by its connection. There is always room for the last:
    /// the peer is to know why it is sent away.
    pub(crate) fn push(&self, outgoing: Outgoing) -> Result<(), Overflow> {
        let bytes = outgoing.bytes();
        let is_last = outgoing.is_last();
        // Counted first: the writer may take it out before this returns.
        let has_room = self.waiting.add(bytes) && self.queue.capacity() > LAST;
        let queued = if has_room || is_last {
            match self.queue.try_send(outgoing) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Closed(_)) => Ok(()),
                Err(TrySendError::Full(_)) => Err(Overflow),
            }
        } else {
            Err(Overflow)
        };
        self.waiting.remove(bytes);
        queued
    }

    /// Tells the writer to give up what is queued: the reader is too slow.
    pub(crate) fn give_up(&self) {
        self.waiting.give_up();
    }
}

impl SharedUpdate {
    pub(crate) const fn new(update: Arc<Update>) -> Self {
        Self { update, text: OnceLock::new() }
    }

    /// Whether it is this one, and not one like it.
    pub(crate) fn is(&self, update: &Arc<Update>) -> bool {
        Arc::ptr_eq(&self.update, update)
    }

    /// Returns the frame for a connection on which it has that number.
    pub(crate) fn numbered(&self, seq: Seq) -> String {
        self.text.get_or_init(|| EncodedUpdate::new(&self.update)).numbered(seq)
    }
}

impl Outgoing {
    /// Returns about how many bytes it takes while it waits; what is shared counts in full.
    fn bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Notice(notice) => notice.footprint(),
                Self::Update(_, shared) => shared.update.footprint(),
                Self::Probe | Self::Close(_) => 0,
            }
    }

    const fn is_last(&self) -> bool {
        match self {
            Self::Notice(notice) => matches!(**notice, Notice::Bye { .. }),
            Self::Close(_) => true,
            Self::Update(..) | Self::Probe => false,
        }
    }
}

impl Queued {
    /// Waits for the next one; `None` once nobody can queue any more. The one before counts as written.
    pub(crate) async fn next(&mut self) -> Option<Outgoing> {
        self.waiting.remove(std::mem::take(&mut self.taken));
        let outgoing = self.queue.recv().await?;
        self.taken = outgoing.bytes();
        Some(outgoing)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

impl QueuedBytes {
    /// Counts; `false` where that is more than may wait. On top of less than a share anything may that its user has
    /// room for: a snapshot is as long as its list, and without it nobody could sign in.
    fn add(&self, bytes: usize) -> bool {
        let before = self.bytes.fetch_add(bytes, Relaxed);
        self.metrics.outbox_bytes.fetch_add(bytes as u64, Relaxed);
        let user_has_room =
            || self.user.get().is_none_or(|user| user.reader.bytes() <= self.max.user);
        if before < self.max.share {
            return bytes <= self.max.share || user_has_room();
        }
        before + bytes <= self.max.bytes && user_has_room() && self.all_have_room()
    }

    /// Whether there is room for all; makes some, where it can be had from others who hold more.
    fn all_have_room(&self) -> bool {
        let all = self.metrics.outbox_bytes.load(Relaxed);
        let over = all.saturating_sub(self.max.all as u64);
        over == 0 || self.user.get().is_some_and(|user| user.readers.relieve(over, self))
    }

    fn give_up(&self) {
        self.given_up.store(true, Relaxed);
        self.too_slow.notify_one();
    }

    fn remove(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Relaxed);
        self.metrics.outbox_bytes.fetch_sub(bytes as u64, Relaxed);
    }
}

impl Drop for QueuedBytes {
    fn drop(&mut self) {
        // What was given up waits no longer.
        self.metrics.outbox_bytes.fetch_sub(*self.bytes.get_mut() as u64, Relaxed);
    }
}

/// Most that is last in a queue: `bye`, and the close code.
const LAST: usize = 2;

#[cfg(test)]
mod tests {
    use mistatus_core::{hresult::HResult, signin_name::SigninName};

    use super::*;

    const MAX: OutboxMax =
        OutboxMax { notices: 100, bytes: 4_000, user: 8_000, share: 1_000, all: 10_000 };

    fn refusal(bytes: usize) -> Outgoing {
        let message = "x".repeat(bytes);
        Outgoing::Notice(Notice::Refused { hr: HResult::E_INVALIDARG, message }.into())
    }

    /// Queues notices of 500 bytes and more until no more may wait.
    fn fill(outbox: &Outbox) -> usize {
        (0..MAX.notices).take_while(|_| outbox.push(refusal(500)).is_ok()).count()
    }

    #[tokio::test]
    async fn every_notice_counts_in_bytes_until_it_is_written() {
        let metrics = Arc::<Metrics>::default();
        let (outbox, mut queued) = outbox(MAX, metrics.clone());
        let filled = fill(&outbox);
        assert!((2..8).contains(&filled), "{filled}");
        let full = metrics.outbox_bytes.load(Relaxed);
        assert!(full >= 500 * filled as u64 && full <= MAX.bytes as u64, "{full}");
        queued.next().await.unwrap();
        assert_eq!(metrics.outbox_bytes.load(Relaxed), full, "it is being written");
        queued.next().await.unwrap();
        assert!(metrics.outbox_bytes.load(Relaxed) < full);
        assert_eq!(outbox.push(refusal(400)), Ok(()));
        drop((outbox, queued));
        assert_eq!(metrics.outbox_bytes.load(Relaxed), 0);
    }

    #[test]
    fn one_large_notice_may_wait_by_itself() {
        let (outbox, _queued) = outbox(MAX, Arc::default());
        assert_eq!(outbox.push(refusal(10 * MAX.bytes)), Ok(()));
        assert_eq!(outbox.push(refusal(1)), Err(Overflow));
    }

    #[test]
    fn the_last_has_room_behind_a_queue_that_is_full() {
        let notices = |count: usize| {
            let (outbox, queued) = outbox(OutboxMax { notices: 3, ..MAX }, Arc::default());
            assert!((0..count).all(|_| outbox.push(refusal(1)).is_ok()));
            (outbox, queued)
        };
        let bytes = outbox(MAX, Arc::default());
        fill(&bytes.0);
        for (outbox, _queued) in [notices(3), bytes] {
            assert_eq!(outbox.push(refusal(500)), Err(Overflow));
            let hr = HResult::MSGR_E_SERVER_TOO_BUSY;
            let bye = Notice::Bye { hr, retry_after: None, message: Some("x".repeat(500)) };
            assert_eq!(outbox.push(Outgoing::Notice(bye.into())), Ok(()));
            assert_eq!(outbox.push(Outgoing::Close(4429)), Ok(()));
        }
    }

    #[test]
    fn one_user_holds_no_more_however_many_connections_that_are() {
        let metrics = Arc::<Metrics>::default();
        let readers = Arc::<Readers>::default();
        let open = |who: &str| {
            let (outbox, queued) = outbox(OutboxMax { all: 100_000, ..MAX }, metrics.clone());
            readers.join(&SigninName::parse(who).unwrap(), &outbox);
            (outbox, queued)
        };
        let many: Vec<_> = (0..10).map(|_| open("mallory@x")).collect();
        let snapshots = many.iter().filter(|(outbox, _)| outbox.push(refusal(3_000)).is_ok());
        assert_eq!(snapshots.count(), 2);
        let filled: Vec<_> = many.iter().map(|(outbox, _)| fill(outbox)).collect();
        assert!(filled.iter().all(|filled| *filled <= 2), "{filled:?}");
        let all = metrics.outbox_bytes.load(Relaxed);
        assert!(all <= (MAX.user + 10 * (MAX.share + 600)) as u64, "{all}");
        let (alice, _queued) = open("alice@x");
        assert_eq!(alice.push(refusal(3_000)), Ok(()), "another user has room");
        drop(many);
        let (again, _queued) = open("mallory@x");
        assert_eq!(again.push(refusal(3_000)), Ok(()));
    }

    #[test]
    fn those_who_hold_most_make_room_for_the_others() {
        let metrics = Arc::<Metrics>::default();
        let readers = Arc::<Readers>::default();
        let open = |who: &str| {
            let (outbox, queued) = outbox(MAX, metrics.clone());
            readers.join(&SigninName::parse(who).unwrap(), &outbox);
            (outbox, queued)
        };
        let has_given_up =
            |outbox: &Outbox| outbox.waiting.given_up.load(std::sync::atomic::Ordering::Relaxed);
        let mut mallory = vec![open("mallory@x"), open("mallory@x")];
        let carol = open("carol@x");
        let filled: Vec<_> = mallory.iter().map(|(outbox, _)| fill(outbox)).collect();
        assert!(fill(&carol.0) > 0 && filled[0] > 2, "{filled:?}");
        assert!(has_given_up(&mallory[0].0) || has_given_up(&mallory[1].0));
        assert!(!has_given_up(&carol.0));
        // Its writer ends.
        mallory.retain(|(outbox, _)| !has_given_up(outbox));
        assert_eq!(mallory.len(), 1, "one was enough");
        let bob = open("bob@x");
        assert_eq!(fill(&bob.0), filled[0], "as much as without the others");
        assert!(!has_given_up(&bob.0));
        assert!(metrics.outbox_bytes.load(Relaxed) <= (MAX.all + MAX.bytes) as u64);
    }

    #[test]
    fn all_connections_share_a_bound_that_leaves_each_its_share() {
        let metrics = Arc::<Metrics>::default();
        let many: Vec<_> = (0..20).map(|_| outbox(MAX, metrics.clone())).collect();
        let filled: Vec<_> = many.iter().map(|(outbox, _)| fill(outbox)).collect();
        assert!(filled[0] > filled[19] && filled[19] >= 2, "{filled:?}");
        let all = metrics.outbox_bytes.load(Relaxed);
        assert!(all <= (MAX.all + 20 * (MAX.share + 600)) as u64, "{all}");
    }
}
