//! Random conversations: what clients have pieced together is what the registry holds.

use std::collections::BTreeMap;

use mistatus_core::{
    message::{Change, Notice, Request},
    status::MiStatus::*,
    time::Span,
};
use proptest::prelude::*;

use super::world::{Store, World, arrival, intent, name};
use crate::{Departure, StoreError, Visibility};

#[derive(Clone, Debug)]
pub(super) enum Step {
    Connect(u64),
    Disconnect(u64, bool),
    Set(u64, usize),
    Until(u64, u64),
    Idle(u64, bool),
    Watch(u64, usize),
    Unwatch(u64, usize),
    Add(u64, usize),
    Remove(u64, usize),
    Pass(u64),
    Store(u8),
}

const PEOPLE: [&str; 4] = ["alice@x", "bob@x", "carol@x", "nobody@x"];
const CHOICES: [mistatus_core::status::MiStatus; 4] = [Online, Busy, Invisible, Away];

impl Step {
    /// Puts the current connection where the place stands.
    fn at(&self, places: &Places) -> Self {
        let now = |place: u64| places.0[place as usize];
        match *self {
            Self::Connect(c) => Self::Connect(now(c)),
            Self::Disconnect(c, out) => Self::Disconnect(now(c), out),
            Self::Set(c, choice) => Self::Set(now(c), choice),
            Self::Until(c, ms) => Self::Until(now(c), ms),
            Self::Idle(c, idle) => Self::Idle(now(c), idle),
            Self::Watch(c, who) => Self::Watch(now(c), who),
            Self::Unwatch(c, who) => Self::Unwatch(now(c), who),
            Self::Add(c, who) => Self::Add(now(c), who),
            Self::Remove(c, who) => Self::Remove(now(c), who),
            Self::Pass(ms) => Self::Pass(ms),
            Self::Store(which) => Self::Store(which),
        }
    }
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let client = 0..PLACES as u64;
    prop_oneof![
        3 => client.clone().prop_map(Step::Connect),
        2 => (client.clone(), any::<bool>()).prop_map(|(c, out)| Step::Disconnect(c, out)),
        4 => (client.clone(), 0..4_usize).prop_map(|(c, s)| Step::Set(c, s)),
        1 => (client.clone(), 1..20_000_u64).prop_map(|(c, ms)| Step::Until(c, ms)),
        2 => (client.clone(), any::<bool>()).prop_map(|(c, idle)| Step::Idle(c, idle)),
        3 => (client.clone(), 0..4_usize).prop_map(|(c, n)| Step::Watch(c, n)),
        1 => (client.clone(), 0..4_usize).prop_map(|(c, n)| Step::Unwatch(c, n)),
        3 => (client.clone(), 0..4_usize).prop_map(|(c, n)| Step::Add(c, n)),
        2 => (client, 0..4_usize).prop_map(|(c, n)| Step::Remove(c, n)),
        3 => (1..15_000_u64).prop_map(Step::Pass),
        1 => (0..3_u8).prop_map(Step::Store),
    ]
}

/// Which connection each place has now: a number is never used again.
pub(super) struct Places(pub(super) [u64; PLACES]);

pub(super) const PLACES: usize = 6;
pub(super) const WATCHER: u64 = 1_000_000;

pub(super) fn apply(world: &mut World, places: &mut Places, step: &Step) {
    let id = world.id();
    match step.at(places) {
        Step::Connect(client) => {
            world.disconnect(client, Departure::Lost);
            let place = client as usize % PLACES;
            places.0[place] += PLACES as u64;
            world.hub.connect(
                crate::ClientId(places.0[place]),
                arrival(PEOPLE[place % 3]),
                world.now(),
                world.wall(),
            );
        }
        Step::Disconnect(client, true) => world.request(client, Request::Signout),
        Step::Disconnect(client, false) => world.disconnect(client, Departure::Lost),
        Step::Set(client, choice) => {
            world.request(client, Request::SetStatus { id, intent: intent(CHOICES[choice]) });
        }
        Step::Until(client, ms) => {
            let mut intent = intent(Busy);
            intent.until = Some(world.wall() + Span::from_millis(ms));
            world.request(client, Request::SetStatus { id, intent });
        }
        Step::Idle(client, idle) => {
            let idle_for = idle.then_some(Span::ZERO);
            world.request(client, Request::ReportIdle { idle_for });
        }
        Step::Watch(client, who) => {
            world.request(client, Request::Watch { id, names: vec![name(PEOPLE[who])] });
        }
        Step::Unwatch(client, who) => {
            world.request(client, Request::Unwatch { names: vec![name(PEOPLE[who])] });
        }
        Step::Add(client, who) => {
            world.request(client, Request::AddContact { id, name: name(PEOPLE[who]) });
        }
        Step::Remove(client, who) => {
            world.request(client, Request::RemoveContact { id, name: name(PEOPLE[who]) });
        }
        Step::Pass(ms) => world.pass(Span::from_millis(ms)),
        Step::Store(0) => world.store = Store::Hangs,
        Step::Store(which) => {
            world.store = if which == 1 { Store::Works } else { Store::Fails };
            world.release(if which == 1 { Ok(()) } else { Err(StoreError) });
        }
    }
    // What the connection above left in the queue is drained by any input.
    world.pass(Span::ZERO);
    world.request(u64::MAX, Request::Ping { seen: None });
}

/// What one client knows from its notices alone.
#[derive(Default)]
struct Known {
    people: BTreeMap<String, Change>,
}

impl Known {
    fn take(&mut self, notice: Notice) {
        match notice {
            Notice::SignedIn(_) => self.people.clear(),
            Notice::Snapshot(snapshot) => {
                for change in snapshot.contacts.into_iter().chain(snapshot.watched) {
                    self.people.insert(change.name.folded().to_owned(), change);
                }
            }
            Notice::Changes { changes, .. } => {
                for change in changes {
                    self.people.insert(change.name.folded().to_owned(), change);
                }
            }
            Notice::ContactAdded { contact, .. } => {
                self.people.insert(contact.name.folded().to_owned(), contact);
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn clients_know_what_a_fresh_snapshot_says(
        contacts_only in any::<bool>(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let visibility =
            if contacts_only { Visibility::Contacts } else { Visibility::Everyone };
        let mut world = World::new(visibility);
        let mut places = Places(std::array::from_fn(|place| place as u64));
        let mut known: BTreeMap<u64, Known> = BTreeMap::new();
        for step in &steps {
            apply(&mut world, &mut places, step);
            for client in places.0 {
                for notice in world.heard(client) {
                    known.entry(client).or_default().take(notice);
                }
            }
        }
        world.store = Store::Works;
        world.release(Ok(()));
        for client in places.0 {
            for notice in world.heard(client) {
                known.entry(client).or_default().take(notice);
            }
        }
        for client in places.0 {
            world.request(client, Request::Resync);
            let Some(Notice::Snapshot(snapshot)) = world.heard(client).pop() else { continue };
            for change in snapshot.contacts.iter().chain(&snapshot.watched) {
                let pieced = known[&client].people.get(change.name.folded());
                prop_assert_eq!(pieced, Some(change));
            }
        }
    }

    #[test]
    fn an_invisible_user_is_never_seen(
        contacts_only in any::<bool>(),
        listed in any::<bool>(),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut places = Places(std::array::from_fn(|place| place as u64));
        let visibility =
            if contacts_only { Visibility::Contacts } else { Visibility::Everyone };
        let mut world = World::new(visibility);
        let list: &[&str] = if listed { &["nobody@x"] } else { &[] };
        world.restore("alice@x", intent(Invisible), list);
        // Whom the steps call nobody is the one who watches.
        world.connect(WATCHER, "nobody@x");
        world.add(WATCHER, "alice@x");
        // A registry that has just started says nothing of people for a while.
        world.pass(mistatus_core::limits::DEPARTURE_DAMPING);
        world.heard(WATCHER);
        let seen = |world: &mut World| {
            let snapshot = world.snapshot(WATCHER);
            (snapshot.contacts, snapshot.watched)
        };
        let before = seen(&mut world);
        for step in &steps {
            // Everything but choosing another status.
            if !matches!(step, Step::Set(..) | Step::Until(..)) {
                apply(&mut world, &mut places, step);
            }
        }
        prop_assert_eq!(world.changes(WATCHER), vec![]);
        prop_assert_eq!(seen(&mut world), before);
    }
}
