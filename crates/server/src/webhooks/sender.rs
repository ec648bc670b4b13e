//! Sends what waits for one webhook: several people at a time, each in order, with attempts further and further apart.
//! Queues nothing.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};

use super::{
    Episodes, Hook,
    delivery::{Attempt, Client, Message},
    publisher::Queue,
};
use crate::{
    clock,
    limits::{
        REFUSALS_LOGGED_EVERY, WEBHOOK_BUSY_RETRY, WEBHOOK_DELIVERIES_MAX, WEBHOOK_RETRY_MAX,
        WEBHOOK_STOP,
    },
    metrics::{Metrics, count},
    store::webhooks::{self, Due, Waiting},
};

/// What a sender and whoever queues for it share.
#[derive(Default)]
pub(super) struct Shared {
    /// Rung when something was queued.
    pub(super) queued: Notify,
    /// Whether the receiver wants nothing more, until the file changes.
    pub(super) is_gone: AtomicBool,
}

/// Sends for one webhook until that is none any more.
pub(super) struct Sender {
    hook: watch::Receiver<Arc<Hook>>,
    shared: Arc<Shared>,
    queue: Queue,
    metrics: Arc<Metrics>,
    /// After how long the first attempt is repeated.
    retry: Duration,
    client: Client,
    under_way: JoinSet<(Arc<Hook>, Waiting, Attempt)>,
    /// About whom something is under way.
    busy: BTreeSet<String>,
    /// Until when the receiver wants to be left alone.
    rests_until: Instant,
    log: SenderLog,
}

/// What was last logged, so that a receiver that is away for a day fills no log.
#[derive(Default)]
struct SenderLog {
    /// Whether the last word was that it fails.
    said_failing: bool,
    said_at: Option<Instant>,
    drops: Episodes,
}

impl Sender {
    pub(super) fn new(
        hook: watch::Receiver<Arc<Hook>>,
        shared: Arc<Shared>,
        queue: Queue,
        metrics: Arc<Metrics>,
        retry: Duration,
    ) -> Self {
        Self {
            hook,
            shared,
            queue,
            metrics,
            retry,
            client: Client::default(),
            under_way: JoinSet::new(),
            busy: BTreeSet::new(),
            rests_until: Instant::now(),
            log: SenderLog::default(),
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            let next = self.send_what_is_due().await;
            let shared = self.shared.clone();
            tokio::select! {
                changed = self.hook.changed() => match changed {
                    Ok(()) => self.begin_anew(),
                    Err(_) => break,
                },
                Some(Ok((asked, done, attempt))) = self.under_way.join_next() => {
                    self.end(&asked, done, attempt).await;
                }
                () = shared.queued.notified() => {}
                () = sleep_until(next) => {}
            }
        }
        // What arrives now is not sent again by the next start.
        let ends = async {
            while let Some(Ok((asked, done, attempt))) = self.under_way.join_next().await {
                self.end(&asked, done, attempt).await;
            }
        };
        let _ = timeout(WEBHOOK_STOP, ends).await;
    }

    /// The operator has changed something, perhaps what was wrong.
    fn begin_anew(&mut self) {
        self.client = Client::default();
        self.rests_until = Instant::now();
        self.log.said_failing = false;
        self.log.said_at = None;
    }

    /// Begins as many deliveries as there is room for; returns when to look again.
    async fn send_what_is_due(&mut self) -> Instant {
        let far = Instant::now() + WEBHOOK_RETRY_MAX;
        if self.shared.is_gone.load(Relaxed) || self.busy.len() >= WEBHOOK_DELIVERIES_MAX {
            return far;
        }
        if Instant::now() < self.rests_until {
            return self.rests_until;
        }
        let hook = self.hook.borrow().clone();
        let name = hook.name.clone();
        let now = clock::wall();
        // Those about whom something is under way are due as well.
        let work = move |database: &_| webhooks::due(database, &name, now, WEBHOOK_DELIVERIES_MAX);
        let Some(Due { waiting, next, dropped }) = self.queue.ask(work).await else {
            return Instant::now() + WEBHOOK_BUSY_RETRY;
        };
        self.note_dropped(&hook, dropped);
        for waiting in waiting {
            if self.busy.len() < WEBHOOK_DELIVERIES_MAX && self.busy.insert(waiting.person.clone())
            {
                self.deliver(hook.clone(), waiting);
            }
        }
        let wait = next.map_or(WEBHOOK_RETRY_MAX, |next| {
            Duration::from_millis(next.as_millis().saturating_sub(now.as_millis()))
        });
        Instant::now() + wait.min(WEBHOOK_RETRY_MAX)
    }

    fn deliver(&mut self, hook: Arc<Hook>, waiting: Waiting) {
        let client = self.client.clone();
        let message = Message { id: waiting.id.clone(), body: waiting.body.clone() };
        self.under_way.spawn(async move {
            let attempt = client.deliver(hook.clone(), message).await;
            (hook, waiting, attempt)
        });
    }

    async fn end(&mut self, asked: &Arc<Hook>, done: Waiting, attempt: Attempt) {
        let hook = self.hook.borrow().clone();
        let is_as_it_was = Arc::ptr_eq(asked, &hook);
        let name = hook.name.clone();
        let person = done.person.clone();
        match attempt {
            Attempt::Delivered => {
                count(&self.metrics.webhooks_sent_total);
                self.log.works(&hook);
                let now = clock::wall();
                self.certainly(move |database| webhooks::delivered(database, &name, &done, now))
                    .await;
            }
            // The file has changed meanwhile: it says nothing of what stands there now.
            _ if !is_as_it_was => {
                let now = clock::wall();
                self.certainly(move |database| webhooks::failed(database, &name, &done, now)).await;
            }
            Attempt::Failed { why, rest } => {
                count(&self.metrics.webhooks_failed_total);
                self.log.fails(&hook, &why);
                if let Some(rest) = rest {
                    self.rests_until = self.rests_until.max(Instant::now() + rest);
                }
                let mut chance = [0];
                // Without any chance all that is lost is the spread.
                let _ = getrandom::fill(&mut chance);
                let wait = wait_after(self.retry, done.failures, chance[0]);
                let wait = rest.unwrap_or_default().max(wait);
                let due = clock::wall() + clock::span(wait);
                self.certainly(move |database| webhooks::failed(database, &name, &done, due)).await;
            }
            Attempt::Gone => self.give_up(&hook).await,
        }
        self.busy.remove(&person);
    }

    /// Drops all that waits for a receiver that has said that it is gone for good.
    async fn give_up(&mut self, hook: &Hook) {
        if self.shared.is_gone.swap(true, Relaxed) {
            return;
        }
        let name = hook.name.clone();
        let dropped =
            self.certainly(move |database| webhooks::drop_all(database, &name)).await.unwrap_or(0);
        self.metrics.webhooks_dropped_total.fetch_add(dropped, Relaxed);
        tracing::warn!(
            webhook = hook.name,
            dropped,
            "a webhook answers 410 Gone; it is told nothing until the file of webhooks changes"
        );
    }

    fn note_dropped(&mut self, hook: &Hook, dropped: u64) {
        if dropped == 0 {
            return;
        }
        self.metrics.webhooks_dropped_total.fetch_add(dropped, Relaxed);
        if self.log.drops.begin() {
            tracing::error!(
                webhook = hook.name,
                dropped,
                "changes could not be delivered to a webhook for 24 hours and are dropped"
            );
        }
    }

    /// Does something in the database, however long that takes no writes: what has arrived must not be sent again
    /// because of that.
    async fn certainly<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T> + Clone + Send + 'static,
    ) -> Option<T> {
        let mut hook = self.hook.clone();
        loop {
            if let Some(done) = self.queue.ask(work.clone()).await {
                return Some(done);
            }
            tokio::select! {
                () = sleep(WEBHOOK_BUSY_RETRY) => {}
                // It is none any more, or the server stops.
                () = async { while hook.changed().await.is_ok() {} } => return None,
            }
        }
    }
}

impl SenderLog {
    fn works(&mut self, hook: &Hook) {
        if std::mem::take(&mut self.said_failing) {
            tracing::info!(webhook = hook.name, "a webhook takes changes again");
        }
    }

    fn fails(&mut self, hook: &Hook, why: &str) {
        // A receiver that takes one change and not the other would be told of each time.
        let is_recent = self.said_at.is_some_and(|at| at.elapsed() < REFUSALS_LOGGED_EVERY);
        if !self.said_failing && !is_recent {
            self.said_failing = true;
            self.said_at = Some(Instant::now());
            // The path of such addresses is often a secret, too.
            let (name, host) = (&hook.name, hook.address.host());
            tracing::warn!(
                webhook = name,
                host,
                why,
                "a webhook does not take a change; it is tried again"
            );
        }
    }
}

/// Returns how long to wait after a failure: twice as long each time, and up to a quarter longer by chance, so that not
/// all who failed together come back together.
fn wait_after(first: Duration, failures: u32, chance: u8) -> Duration {
    let wait = first.saturating_mul(2_u32.saturating_pow(failures)).min(WEBHOOK_RETRY_MAX);
    wait + wait / 4 * u32::from(chance) / u32::from(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::WEBHOOK_RETRY;

    #[test]
    fn attempts_are_further_and_further_apart_up_to_an_hour_and_a_quarter() {
        let wait = |failures, chance| wait_after(WEBHOOK_RETRY, failures, chance).as_secs();
        let waits: Vec<_> = (0..12).map(|failures| wait(failures, 0)).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
        assert_eq!(wait(2, u8::MAX), 25);
        assert_eq!(wait(u32::MAX, u8::MAX), 4_500);
    }
}
