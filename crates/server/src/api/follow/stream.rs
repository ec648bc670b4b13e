//! One stream of events: what it says first, then what changes, until the server stops, the key holds no longer, or the
//! reader takes nothing any more. A task of its own, since nobody asks for the next piece where nobody reads.

use std::{collections::VecDeque, convert::Infallible, sync::Arc};

use axum::body::{Body, Bytes};
use futures_util::stream;
use tokio::{
    sync::{
        broadcast::{self, error::RecvError},
        mpsc, watch,
    },
    time::{Instant, Interval, MissedTickBehavior, interval_at, sleep, timeout},
};

use super::text;
use crate::{
    api::{
        access::{EventsRead, Granted, StreamPlace},
        problem::Problem,
    },
    door::{self, Stay},
    engine::ToEngine,
    events::{Event, Followed, Following, Position, Snapshot},
    http::{self, App},
    limits::{API_BUSY_RETRY, API_KEY_CHECK, API_PIECE_BYTES, API_PIECES_WAITING},
    metrics::Refused,
};

/// A stream of events, with what it has still to say.
pub(super) struct Follower {
    app: App,
    key: Arc<Granted<EventsRead>>,
    followed: Followed,
    /// Tells for whom ids are: those of other names would have missed something else.
    tag: String,
    position: Position,
    live: broadcast::Receiver<Arc<Event>>,
    /// Written when their turn comes, so that they are small.
    pending: VecDeque<Pending>,
    comments: Interval,
}

/// Something that a stream has still to say.
enum Pending {
    Snapshot(Arc<Snapshot>),
    Event(Arc<Event>),
    /// Where the stream is.
    Place,
}

/// What ends a stream whatever its reader does.
struct Ends {
    app: App,
    key: Arc<Granted<EventsRead>>,
    key_checks: Interval,
    stopping: watch::Receiver<bool>,
}

impl Follower {
    /// Begins to follow, after an id of an earlier stream where that is possible.
    pub(super) async fn start(
        app: App,
        key: Granted<EventsRead>,
        followed: Followed,
        after: Option<&str>,
    ) -> Result<Self, Problem> {
        let tag = text::tag(&followed);
        let after = after.and_then(|id| text::position(id, &tag));
        let following = ask(&app, &followed, after).await.ok_or_else(Problem::unavailable)?;
        let Following { position, snapshot, missed, live } = following;
        let (key, comments) = (Arc::new(key), every(app.api_comment_every));
        let pending = VecDeque::new();
        let mut follower = Self { app, key, followed, tag, position, live, pending, comments };
        follower.begin(position, snapshot, missed);
        Ok(follower)
    }

    /// Goes on in a task; returns what it says, as the body of an answer.
    pub(super) fn spawn(self, permits: (StreamPlace, Stay)) -> Body {
        let (pieces, said) = mpsc::channel(API_PIECES_WAITING);
        tokio::spawn(self.run(pieces, permits));
        Body::from_stream(stream::unfold(said, |mut said| async {
            let piece: Bytes = said.recv().await?;
            Some((Ok::<_, Infallible>(piece), said))
        }))
    }

    /// Speaks until the end, after which the connection closes with the last of the permits.
    async fn run(mut self, pieces: mpsc::Sender<Bytes>, permits: (StreamPlace, Stay)) {
        let mut ends = Ends {
            app: self.app.clone(),
            key: self.key.clone(),
            key_checks: every(API_KEY_CHECK),
            stopping: self.app.stream.stopping.clone(),
        };
        tokio::select! {
            biased;
            () = ends.wait() => {}
            () = pieces.closed() => {}
            () = self.speak(&pieces) => {}
        }
        drop(permits);
    }

    async fn speak(&mut self, pieces: &mpsc::Sender<Bytes>) {
        let patience = self.app.stream.limits.write_timeout;
        while let Some(said) = self.next().await {
            match timeout(patience, hand_over(said, pieces)).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(_) => {
                    self.app.stream.metrics.refuse(Refused::SlowReader);
                    let key = self.key.name().as_str();
                    tracing::warn!(key, "a stream of events is read too slowly and is closed");
                    return;
                }
            }
        }
    }

    /// Waits for what is to be said next; `None` at the end.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(pending) = self.pending.pop_front() {
                return self.write(pending).await;
            }
            tokio::select! {
                // What is due goes before what has changed.
                biased;
                _ = self.comments.tick() => self.pending.push_back(Pending::Place),
                event = self.live.recv() => match event {
                    Ok(event) => self.tell(event),
                    // The reader is slow: how everybody is now says it in less.
                    Err(RecvError::Lagged(_)) => self.begin_anew().await,
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    async fn begin_anew(&mut self) {
        loop {
            if let Some(fresh) = ask(&self.app, &self.followed, None).await {
                self.live = fresh.live;
                return self.begin(fresh.position, fresh.snapshot, fresh.missed);
            }
            // The registry is busy; whoever came back instead would ask as well.
            sleep(API_BUSY_RETRY).await;
        }
    }

    fn begin(
        &mut self,
        position: Position,
        snapshot: Option<Arc<Snapshot>>,
        missed: Vec<Arc<Event>>,
    ) {
        self.pending.extend(snapshot.map(Pending::Snapshot));
        missed.into_iter().for_each(|event| self.tell(event));
        if self.pending.is_empty() {
            // Whoever came back learns that there was nothing.
            self.pending.push_back(Pending::Place);
        }
        // The numbers of what was missed come before it.
        self.position = position;
    }

    fn tell(&mut self, event: Arc<Event>) {
        self.position.number = event.number;
        if self.followed.concerns(&event.change) {
            self.pending.push_back(Pending::Event(event));
        }
    }

    async fn write(&self, pending: Pending) -> Option<Bytes> {
        let id = |number| text::id(self.position.run, &self.tag, number);
        match pending {
            Pending::Place => Some(text::comment(&id(self.position.number))),
            Pending::Event(event) => {
                let mut change = event.change.clone();
                change.name = self.followed.as_given(&change.name).clone();
                text::presence(change, &id(event.number))
            }
            Pending::Snapshot(snapshot) => {
                let id = id(snapshot.number);
                let written = snapshot.written.get_or_try_init(|| {
                    let snapshot = snapshot.clone();
                    // Of everybody in a large company it takes long.
                    let write = move || text::snapshot(&snapshot, &id);
                    async move { tokio::task::spawn_blocking(write).await.ok().flatten().ok_or(()) }
                });
                written.await.ok().cloned()
            }
        }
    }
}

impl Ends {
    async fn wait(&mut self) {
        loop {
            tokio::select! {
                () = door::stop(&mut self.stopping) => return,
                _ = self.key_checks.tick() => if !self.key.still_holds(&self.app) {
                    return;
                },
            }
        }
    }
}

/// Hands over what is said in pieces, as its reader takes them; `false` where there is no reader.
async fn hand_over(mut said: Bytes, pieces: &mpsc::Sender<Bytes>) -> bool {
    while !said.is_empty() {
        let piece = said.split_to(said.len().min(API_PIECE_BYTES));
        if pieces.send(piece).await.is_err() {
            return false;
        }
    }
    true
}

async fn ask(app: &App, followed: &Followed, after: Option<Position>) -> Option<Following> {
    http::ask(app, |answer| ToEngine::Follow(followed.clone(), after, answer)).await
}

fn every(period: std::time::Duration) -> Interval {
    let mut interval = interval_at(Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}
