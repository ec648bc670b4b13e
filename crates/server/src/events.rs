//! Changes of presence for back ends that follow them: numbered, kept for a while, and handed to all at once. Decides
//! nothing about who sees what.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

use axum::body::Bytes;
use mistatus_core::{
    limits::RESUME_WINDOW,
    message::Change,
    signin_name::SigninName,
    time::{Tick, UnixMs},
};
use tokio::sync::{OnceCell, broadcast};

use crate::limits::{EVENTS_KEPT_MAX, EVENTS_WAITING_MAX, EVERYBODY_SHARED};

/// The changes of one run of the server.
pub(crate) struct Events {
    /// Tells this run from others, whose numbers mean something else.
    run: u64,
    last: u64,
    kept: VecDeque<(Tick, Arc<Event>)>,
    live: broadcast::Sender<Arc<Event>>,
    /// How everybody was a moment ago.
    everybody: Option<(Tick, Arc<Snapshot>)>,
}

/// A change with its number.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) number: u64,
    pub(crate) change: Change,
}

/// Where somebody stands in the changes of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Position {
    pub(crate) run: u64,
    /// The number of the last change that has been seen.
    pub(crate) number: u64,
}

/// The people whom somebody follows, by their names as they were given; everybody without.
#[derive(Clone, Debug)]
pub(crate) struct Followed(pub(crate) Option<Arc<BTreeSet<SigninName>>>);

/// What somebody who follows is told first, and where the rest comes from.
pub(crate) struct Following {
    pub(crate) position: Position,
    /// How everybody is whom they follow; `None` where it goes on from a position.
    pub(crate) snapshot: Option<Arc<Snapshot>>,
    /// What came since.
    pub(crate) missed: Vec<Arc<Event>>,
    pub(crate) live: broadcast::Receiver<Arc<Event>>,
}

/// How people were after the change of that number.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) number: u64,
    pub(crate) changes: Vec<Change>,
    /// It as text, once somebody has written it; all who have it share that.
    pub(crate) written: OnceCell<Bytes>,
}

impl Events {
    pub(crate) fn new(wall: UnixMs) -> Self {
        Self {
            run: wall.as_millis(),
            last: 0,
            kept: VecDeque::new(),
            live: broadcast::channel(EVENTS_WAITING_MAX).0,
            everybody: None,
        }
    }

    /// Hands a change to all who follow.
    pub(crate) fn publish(&mut self, change: Change, now: Tick) {
        self.last += 1;
        let event = Arc::new(Event { number: self.last, change });
        self.kept.push_back((now, event.clone()));
        let is_over = |at: Tick| now.since(at) > RESUME_WINDOW;
        while self.kept.len() > EVENTS_KEPT_MAX
            || self.kept.front().is_some_and(|(at, _)| is_over(*at))
        {
            self.kept.pop_front();
        }
        // It may be long, and is of no use any more.
        self.everybody.take_if(|(at, _)| now.since(*at) > EVERYBODY_SHARED);
        // Where nobody follows, nobody has to be told.
        let _ = self.live.send(event);
    }

    /// Lets somebody follow from a position on where that is possible, else from a snapshot: one of a moment ago, or of
    /// now, which `take` returns.
    pub(crate) fn follow(
        &mut self,
        followed: &Followed,
        after: Option<Position>,
        now: Tick,
        take: impl FnOnce() -> Vec<Change>,
    ) -> Following {
        let (snapshot, missed) = match after.and_then(|after| self.missed(followed, after)) {
            Some(missed) => (None, missed),
            None => {
                let shared = self.shared(followed, now);
                let (snapshot, missed) =
                    shared.unwrap_or_else(|| (self.snapshot(followed, now, take()), Vec::new()));
                (Some(snapshot), missed)
            }
        };
        let position = Position { run: self.run, number: self.last };
        Following { position, snapshot, missed, live: self.live.subscribe() }
    }

    /// Returns a snapshot that somebody else was given a moment ago, and what came since.
    fn shared(&self, followed: &Followed, now: Tick) -> Option<(Arc<Snapshot>, Vec<Arc<Event>>)> {
        let (at, snapshot) = self.everybody.as_ref()?;
        if followed.0.is_some() || now.since(*at) > EVERYBODY_SHARED {
            return None;
        }
        let position = Position { run: self.run, number: snapshot.number };
        Some((snapshot.clone(), self.missed(followed, position)?))
    }

    fn snapshot(&mut self, followed: &Followed, now: Tick, changes: Vec<Change>) -> Arc<Snapshot> {
        let number = self.last;
        let snapshot = Arc::new(Snapshot { number, changes, written: OnceCell::new() });
        if followed.0.is_none() {
            self.everybody = Some((now, snapshot.clone()));
        }
        snapshot
    }

    /// Returns what came after a position; `None` where that is not known any more.
    fn missed(&self, followed: &Followed, after: Position) -> Option<Vec<Arc<Event>>> {
        let forgotten = self.last - self.kept.len() as u64;
        let is_known = after.run == self.run && (forgotten..=self.last).contains(&after.number);
        let missed = self.kept.iter().map(|(_, event)| event);
        let concerns =
            |event: &&Arc<Event>| event.number > after.number && followed.concerns(&event.change);
        is_known.then(|| missed.filter(concerns).cloned().collect())
    }
}

impl Followed {
    pub(crate) fn concerns(&self, change: &Change) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(&change.name))
    }

    /// Returns the name by which somebody is followed.
    pub(crate) fn as_given<'a>(&'a self, name: &'a SigninName) -> &'a SigninName {
        self.0.as_ref().and_then(|names| names.get(name)).unwrap_or(name)
    }
}

#[cfg(test)]
mod tests {
    use mistatus_core::{presence::Presence, time::Span};

    use super::*;

    fn name(text: &str) -> SigninName {
        SigninName::parse(text).unwrap()
    }

    fn change(who: &str) -> Change {
        Change {
            name: name(who),
            friendly_name: None,
            presence: Presence::OFFLINE,
            settling: false,
        }
    }

    /// Returns the numbers of what was missed; `None` for a snapshot.
    fn missed(events: &Events, followed: &Followed, run: u64, number: u64) -> Option<Vec<u64>> {
        let missed = events.missed(followed, Position { run, number })?;
        Some(missed.iter().map(|event| event.number).collect())
    }

    #[test]
    fn all_who_follow_everybody_share_a_snapshot_and_are_told_what_came_since() {
        let mut events = Events::new(UnixMs::from_millis(7));
        let at = |seconds| Tick::default() + Span::from_secs(seconds);
        let mut taken = 0;
        let mut follow = |events: &mut Events, followed: &Followed, seconds| {
            let following = events.follow(followed, None, at(seconds), || {
                taken += 1;
                Vec::new()
            });
            let number = following.snapshot.expect("there is no position").number;
            let missed: Vec<_> = following.missed.iter().map(|event| event.number).collect();
            (taken, number, missed)
        };
        let everybody = Followed(None);
        assert_eq!(follow(&mut events, &everybody, 0), (1, 0, vec![]));
        events.publish(change("alice@x"), at(1));
        events.publish(change("bob@x"), at(2));
        assert_eq!(follow(&mut events, &everybody, 2), (1, 0, vec![1, 2]));
        let bob = Followed(Some(Arc::new(BTreeSet::from([name("bob@x")]))));
        assert_eq!(follow(&mut events, &bob, 2), (2, 2, vec![]), "it is of others");
        assert_eq!(follow(&mut events, &everybody, 5), (2, 0, vec![1, 2]));
        assert_eq!(follow(&mut events, &everybody, 6), (3, 2, vec![]), "it is too old");
        for _ in 0..=EVENTS_KEPT_MAX {
            events.publish(change("alice@x"), at(6));
        }
        let end = 3 + EVENTS_KEPT_MAX as u64;
        assert_eq!(follow(&mut events, &everybody, 6), (4, end, vec![]), "too much came since");
        events.publish(change("bob@x"), at(12));
        assert!(events.everybody.is_none(), "what is too old takes no memory");
    }

    #[test]
    fn what_was_missed_is_told_as_long_as_all_of_it_is_kept() {
        let run = 1_800_000_000_000;
        let mut events = Events::new(UnixMs::from_millis(run));
        let everybody = Followed(None);
        let bob = Followed(Some(Arc::new(BTreeSet::from([name("BOB@x")]))));
        let at = |seconds| Tick::default() + Span::from_secs(seconds);
        assert_eq!(missed(&events, &everybody, run, 0), Some(vec![]));
        events.publish(change("alice@x"), at(0));
        events.publish(change("bob@x"), at(1));
        events.publish(change("alice@x"), at(60));
        assert_eq!(missed(&events, &everybody, run, 0), Some(vec![1, 2, 3]));
        assert_eq!(missed(&events, &everybody, run, 2), Some(vec![3]));
        assert_eq!(missed(&events, &bob, run, 0), Some(vec![2]));
        assert_eq!(missed(&events, &bob, run, 3), Some(vec![]));
        assert_eq!(missed(&events, &everybody, run, 4), None, "that has not come yet");
        assert_eq!(missed(&events, &everybody, run + 1, 0), None, "another run");
        events.publish(change("alice@x"), at(61));
        assert_eq!(missed(&events, &everybody, run, 0), None, "the first is forgotten");
        assert_eq!(missed(&events, &everybody, run, 1), Some(vec![2, 3, 4]));
    }

    #[test]
    fn a_burst_is_kept_up_to_a_bound() {
        let mut events = Events::new(UnixMs::from_millis(7));
        for _ in 0..=EVENTS_KEPT_MAX {
            events.publish(change("alice@x"), Tick::default());
        }
        assert_eq!(missed(&events, &Followed(None), 7, 0), None);
        let all = missed(&events, &Followed(None), 7, 1);
        assert_eq!(all.map(|all| all.len()), Some(EVENTS_KEPT_MAX));
    }
}
