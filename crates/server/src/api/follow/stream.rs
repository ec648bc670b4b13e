//! One stream of events: what it says first, then what changes, until the server stops or the key holds no longer.

use std::{collections::VecDeque, convert::Infallible, sync::Arc};

use axum::response::sse;
use futures_util::{Stream, stream};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::{
    sync::{
        broadcast::{self, error::RecvError},
        watch,
    },
    time::{Interval, MissedTickBehavior, interval_at},
};

use crate::{
    api::{
        access::{EventsRead, Granted, StreamPlace},
        presence::{ListView, PresenceView},
        problem::Problem,
    },
    door::{self, Stay},
    engine::ToEngine,
    events::{Event, First, Followed, Following, Position},
    http::{self, App},
    limits::API_KEY_CHECK,
};

/// A stream of events, with what it has still to say.
pub(super) struct Follower {
    app: App,
    key: Granted<EventsRead>,
    followed: Followed,
    /// Tells for whom ids are: those of other names would have missed something else.
    tag: String,
    position: Position,
    live: broadcast::Receiver<Arc<Event>>,
    pending: VecDeque<sse::Event>,
    comments: Interval,
    key_checks: Interval,
    stopping: watch::Receiver<bool>,
    _permits: (StreamPlace, Stay),
}

impl Follower {
    /// Begins to follow, after an id of an earlier stream where that is possible.
    pub(super) async fn start(
        app: App,
        key: Granted<EventsRead>,
        followed: Followed,
        after: Option<&str>,
        permits: (StreamPlace, Stay),
    ) -> Result<Self, Problem> {
        let tag = tag(&followed);
        let after = after.and_then(|id| position(id, &tag));
        let Following { position, first, live } = ask(&app, &followed, after).await?;
        let every = |period| {
            let mut interval = interval_at(tokio::time::Instant::now() + period, period);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            interval
        };
        let mut follower = Self {
            comments: every(app.api_comment_every),
            key_checks: every(API_KEY_CHECK),
            stopping: app.stream.stopping.clone(),
            app,
            key,
            followed,
            tag,
            position,
            live,
            pending: VecDeque::new(),
            _permits: permits,
        };
        follower.begin(first);
        Ok(follower)
    }

    pub(super) fn events(self) -> impl Stream<Item = Result<sse::Event, Infallible>> {
        stream::unfold(self, |mut follower| async {
            let event = follower.next().await?;
            Some((Ok(event), follower))
        })
    }

    /// Waits for the next event; `None` at the end.
    async fn next(&mut self) -> Option<sse::Event> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Some(event);
            }
            tokio::select! {
                // The end goes before everything else, and what is due before what has changed.
                biased;
                () = door::stop(&mut self.stopping) => return None,
                _ = self.key_checks.tick() => if !self.key.still_holds(&self.app) {
                    return None;
                },
                _ = self.comments.tick() => {
                    let id = self.id(self.position.number);
                    return Some(sse::Event::default().comment("").id(id));
                }
                event = self.live.recv() => match event {
                    Ok(event) => self.tell(&event),
                    // The reader is slow: how everybody is now says it in less.
                    Err(RecvError::Lagged(_)) => {
                        let fresh = ask(&self.app, &self.followed, None).await.ok()?;
                        (self.position, self.live) = (fresh.position, fresh.live);
                        self.begin(fresh.first);
                    }
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    fn begin(&mut self, first: First) {
        match first {
            First::Snapshot(changes) => {
                let presence = changes.into_iter().map(PresenceView::of).collect();
                let id = self.id(self.position.number);
                self.pending.extend(event("snapshot", id, &ListView { presence }));
            }
            First::Missed(events) => {
                // Their numbers come before the position, which is the end of what is known.
                let end = self.position;
                events.iter().for_each(|event| self.tell(event));
                self.position = end;
                if self.pending.is_empty() {
                    // Whoever came back learns that there was nothing.
                    let id = self.id(end.number);
                    self.pending.push_back(sse::Event::default().comment("").id(id));
                }
            }
        }
    }

    fn tell(&mut self, Event { number, change }: &Event) {
        self.position.number = *number;
        if self.followed.concerns(change) {
            let mut change = change.clone();
            change.name = self.followed.as_given(&change.name).clone();
            self.pending.extend(event("presence", self.id(*number), &PresenceView::of(change)));
        }
    }

    fn id(&self, number: u64) -> String {
        format!("{:x}-{}-{number}", self.position.run, self.tag)
    }
}

async fn ask(
    app: &App,
    followed: &Followed,
    after: Option<Position>,
) -> Result<Following, Problem> {
    let question = |answer| ToEngine::Follow(followed.clone(), after, answer);
    http::ask(app, question).await.ok_or_else(Problem::unavailable)
}

/// Makes an event; JSON has no line breaks outside of texts, where they are escaped.
fn event(kind: &str, id: String, data: &impl Serialize) -> Option<sse::Event> {
    sse::Event::default().event(kind).id(id).json_data(data).ok()
}

/// Returns a short text that is another for other names.
fn tag(followed: &Followed) -> String {
    let Some(names) = &followed.0 else { return "all".to_owned() };
    let mut digest = Sha256::new();
    for name in names.iter() {
        digest.update(name.folded());
        // No name holds it.
        digest.update("\n");
    }
    digest.finalize().iter().take(TAG_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// Reads an id; `None` for one of other names, or of nobody.
fn position(id: &str, expected: &str) -> Option<Position> {
    let mut parts = id.split('-');
    let (run, tag, number) = (parts.next()?, parts.next()?, parts.next()?);
    if tag != expected || parts.next().is_some() {
        return None;
    }
    Some(Position { run: u64::from_str_radix(run, 16).ok()?, number: number.parse().ok()? })
}

/// Bytes of a digest that make a tag: no secret, and few sets of names in one program.
const TAG_BYTES: usize = 6;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use mistatus_core::signin_name::SigninName;

    use super::*;

    #[test]
    fn ids_are_read_by_whom_they_are_for() {
        let followed = |names: &[&str]| {
            let names: BTreeSet<_> =
                names.iter().map(|name| SigninName::parse(name).unwrap()).collect();
            Followed(Some(Arc::new(names)))
        };
        let both = tag(&followed(&["a@x", "b@x"]));
        assert_eq!(both, tag(&followed(&["B@x", "a@x"])), "order and letter case do not matter");
        assert_ne!(both, tag(&followed(&["a@x"])));
        assert_ne!(both, tag(&Followed(None)));
        let expected = Position { run: 0x1a, number: 7 };
        assert_eq!(position(&format!("1a-{both}-7"), &both), Some(expected));
        for id in ["", "7", "1a-all-7", "1a--7", &format!("1a-{both}-7-8"), &format!("x-{both}-7")]
        {
            assert_eq!(position(id, &both), None, "{id:?}");
        }
    }
}
