//! Queues changes of presence for the webhooks, and starts a sender for each. Sends nothing itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::Ordering::Relaxed, mpsc as blocking},
};

use mistatus_core::{message::Change, signin_name::SigninName, status::MiStatus};
use tokio::{
    sync::{
        broadcast::{
            self,
            error::{RecvError, TryRecvError},
        },
        mpsc, oneshot, watch,
    },
    task::JoinHandle,
    time::sleep,
};

use super::{
    Episodes, Hook, WebhookTimes, body,
    file::CurrentHooks,
    sender::{Sender, Shared},
};
use crate::{
    clock, door,
    engine::ToEngine,
    events::{Event, Followed, Following},
    limits::{WEBHOOK_BATCH, WEBHOOK_BUSY_RETRY, WEBHOOK_QUEUE_MAX},
    metrics::Metrics,
    store::{
        ToStore, people,
        webhooks::{self, Announced, Announcement, IfUnknown, Work},
    },
};

/// Follows everybody, and queues for each webhook what it is to be told.
pub(crate) struct Publisher {
    hooks: CurrentHooks,
    engine: mpsc::Sender<ToEngine>,
    queue: Queue,
    metrics: Arc<Metrics>,
    times: WebhookTimes,
    running: BTreeMap<String, Running>,
    /// Of whom the server cannot say yet, since it has just started, whether they are gone.
    settling: BTreeSet<SigninName>,
    /// Webhooks that are new, or follow more people: of these it is only recorded how they are now.
    recording: BTreeSet<String>,
    drops: Episodes,
    /// Whether those are left out who are not in the directory: of who was taken out, nothing is kept.
    only_listed: bool,
}

/// A webhook with its sender.
struct Running {
    hook: watch::Sender<Arc<Hook>>,
    shared: Arc<Shared>,
    sender: JoinHandle<()>,
}

/// How webhooks reach the database.
#[derive(Clone)]
pub(super) struct Queue(blocking::Sender<ToStore>);

/// Tells that the database or the registry did not answer, so that something may be missing.
struct Behind;

/// Tells why changes are not passed on any further.
enum Interruption {
    FileChanged,
    Behind,
    /// The server stops.
    End,
}

impl Queue {
    /// Has something done; `None` where that failed.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Option<T> {
        let (work, answered) = Work::new(work);
        self.0.send(ToStore::Webhooks(work)).ok()?;
        answered.await.ok()
    }
}

/// Asks the registry how everybody is and for what changes; before anybody can connect, nothing is missed by that.
pub(crate) async fn follow_everybody(engine: &mpsc::Sender<ToEngine>) -> Option<Following> {
    let (answer, answered) = oneshot::channel();
    engine.send(ToEngine::Follow(Followed(None), None, answer)).await.ok()?;
    answered.await.ok()
}

impl Publisher {
    pub(crate) fn new(
        hooks: CurrentHooks,
        engine: mpsc::Sender<ToEngine>,
        store: blocking::Sender<ToStore>,
        metrics: Arc<Metrics>,
        times: WebhookTimes,
    ) -> Self {
        Self {
            hooks,
            engine,
            queue: Queue(store),
            metrics,
            times,
            running: BTreeMap::new(),
            settling: BTreeSet::new(),
            recording: BTreeSet::new(),
            drops: Episodes::default(),
            only_listed: false,
        }
    }

    /// Says whether those are left out who are not in the directory.
    pub(crate) fn only_listed(self, only_listed: bool) -> Self {
        Self { only_listed, ..self }
    }

    /// Goes on from how everybody is until the server stops, and until what is under way then has ended.
    pub(crate) async fn run(
        mut self,
        first: Option<Following>,
        mut stopping: watch::Receiver<bool>,
    ) {
        tokio::select! {
            () = door::stop(&mut stopping) => {}
            () = self.publish(first) => {}
        }
        // All of them end at once.
        let running = std::mem::take(&mut self.running).into_values();
        let senders: Vec<_> = running.map(|running| running.sender).collect();
        for sender in senders {
            let _ = sender.await;
        }
    }

    async fn publish(&mut self, mut following: Option<Following>) {
        // The file may be another than when the server was here last.
        let mut why = Interruption::FileChanged;
        loop {
            let caught_up = match why {
                Interruption::FileChanged => self.take_file().await,
                Interruption::Behind => Ok(()),
                Interruption::End => return,
            };
            let live = match caught_up {
                Ok(()) => self.catch_up(following.take()).await,
                Err(behind) => Err(behind),
            };
            match live {
                Ok(live) => why = self.pass_on(live).await,
                // From the same beginning again.
                Err(Behind) => sleep(WEBHOOK_BUSY_RETRY).await,
            }
        }
    }

    /// Starts and ends senders, as the file says.
    async fn take_file(&mut self) -> Result<(), Behind> {
        let hooks = self.hooks.borrow_and_update().clone();
        let folded = |names: &BTreeSet<SigninName>| {
            names.iter().map(|name| name.folded().to_owned()).collect::<BTreeSet<_>>()
        };
        let kept: Vec<_> =
            hooks.iter().map(|hook| (hook.name.clone(), hook.names.as_ref().map(folded))).collect();
        let keep = move |database: &_| webhooks::keep(database, &kept);
        self.recording.extend(self.queue.ask(keep).await.ok_or(Behind)?);
        self.running.retain(|name, _| hooks.iter().any(|hook| hook.name == *name));
        for hook in hooks.iter() {
            match self.running.get(&hook.name) {
                Some(running) => {
                    let before = running.hook.send_replace(hook.clone());
                    if before.names != hook.names {
                        self.recording.insert(hook.name.clone());
                    }
                    if before != *hook {
                        let (name, now) = (hook.name.clone(), clock::wall());
                        let again = move |database: &_| webhooks::retry_now(database, &name, now);
                        self.queue.ask(again).await.ok_or(Behind)?;
                    }
                    running.shared.is_gone.store(false, Relaxed);
                    running.shared.queued.notify_one();
                }
                None => {
                    let running = self.start(hook.clone());
                    self.running.insert(hook.name.clone(), running);
                }
            }
        }
        Ok(())
    }

    fn start(&self, hook: Arc<Hook>) -> Running {
        let (hook, current) = watch::channel(hook);
        let shared = Arc::<Shared>::default();
        let (queue, metrics) = (self.queue.clone(), self.metrics.clone());
        let sender = Sender::new(current, shared.clone(), queue, metrics, self.times.retry);
        Running { hook, shared, sender: tokio::spawn(sender.run()) }
    }

    /// Queues how people are who are otherwise than the webhooks were told last; returns what changes from there on.
    async fn catch_up(
        &mut self,
        following: Option<Following>,
    ) -> Result<broadcast::Receiver<Arc<Event>>, Behind> {
        let following = match following {
            Some(following) => following,
            None => follow_everybody(&self.engine).await.ok_or(Behind)?,
        };
        let snapshot = following.snapshot.iter().flat_map(|snapshot| &snapshot.changes);
        let missed = following.missed.iter().map(|event| &event.change);
        // A snapshot may be some seconds old: what it says of somebody who has changed since was told before.
        let people: BTreeMap<&SigninName, &Change> =
            snapshot.chain(missed).map(|change| (&change.name, change)).collect();
        self.announce(people.into_values()).await?;
        self.recording.clear();
        Ok(following.live)
    }

    /// Queues what changes, for as long as all of it is known and the file stays the same.
    async fn pass_on(&mut self, mut live: broadcast::Receiver<Arc<Event>>) -> Interruption {
        loop {
            let first = tokio::select! {
                changed = self.hooks.changed() => match changed {
                    Ok(()) => return Interruption::FileChanged,
                    Err(_) => return Interruption::End,
                },
                event = live.recv() => match event {
                    Ok(event) => event,
                    Err(RecvError::Lagged(_)) => return Interruption::Behind,
                    Err(RecvError::Closed) => return Interruption::End,
                },
            };
            let mut events = vec![first];
            let mut overtaken = false;
            while events.len() < WEBHOOK_BATCH && !overtaken {
                match live.try_recv() {
                    Ok(event) => events.push(event),
                    // It is said once.
                    Err(TryRecvError::Lagged(_)) => overtaken = true,
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
            let queued = self.announce(events.iter().map(|event| &event.change)).await;
            if overtaken || queued.is_err() {
                return Interruption::Behind;
            }
        }
    }

    /// Queues how people are for all webhooks that follow them.
    async fn announce(&mut self, changes: impl Iterator<Item = &Change>) -> Result<(), Behind> {
        let now = clock::wall();
        let mut batch = Vec::new();
        let mut returned = BTreeSet::new();
        for change in changes {
            if change.settling {
                self.settling.insert(change.name.clone());
                continue;
            }
            let settled =
                self.settling.contains(&change.name) && returned.insert(change.name.clone());
            // Of somebody of whom nothing is known, that they have not come back is no news.
            let is_news = !settled || change.presence.status != MiStatus::Offline;
            for (name, running) in &self.running {
                let hook = running.hook.borrow().clone();
                let follows = hook.names.as_ref().is_none_or(|names| names.contains(&change.name));
                if !follows || running.shared.is_gone.load(Relaxed) {
                    continue;
                }
                let if_unknown = match is_news && !self.recording.contains(name) {
                    true => IfUnknown::Queue,
                    false => IfUnknown::Record,
                };
                batch.extend(body::announcement(&hook, change, now, settled, if_unknown));
            }
            if batch.len() >= WEBHOOK_BATCH {
                self.queue(std::mem::take(&mut batch)).await?;
            }
        }
        self.queue(batch).await?;
        // Where it could not be queued, it is the same the next time.
        self.settling.retain(|name| !returned.contains(name));
        Ok(())
    }

    async fn queue(&mut self, batch: Vec<Announcement>) -> Result<(), Behind> {
        if batch.is_empty() {
            return Ok(());
        }
        let now = clock::wall();
        let only_listed = self.only_listed;
        let announce = move |database: &_| {
            let mut kept = Vec::with_capacity(batch.len());
            for announcement in batch {
                if !only_listed || people::is_listed(database, &announcement.person)? {
                    kept.push(announcement);
                }
            }
            webhooks::announce(database, &kept, now)
        };
        let Announced { hooks, dropped } = self.queue.ask(announce).await.ok_or(Behind)?;
        self.metrics.webhooks_dropped_total.fetch_add(dropped, Relaxed);
        if dropped > 0 && self.drops.begin() {
            tracing::error!(
                "more than {WEBHOOK_QUEUE_MAX} changes wait for a webhook; the oldest are dropped"
            );
        }
        for running in hooks.iter().filter_map(|name| self.running.get(name)) {
            running.shared.queued.notify_one();
        }
        Ok(())
    }
}
