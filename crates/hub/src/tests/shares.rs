//! How much can be written to whom: a share of each writer, counted by what that writer did and was told.

use mistatus_core::{
    chat::{MessageId, MessageText},
    hresult::HResult,
    message::{Command, Notice, Request, RequestId, Signal, Update},
    status::MiStatus::{Invisible, Online},
};
use mistatus_testkit::frames::frames;

use super::world::{World, name};
use crate::{Amount, Departure, HubConfig, Visibility, Write};

const ALICE: u64 = 1;
const BOB: u64 = 2;
const CAROL: u64 = 3;
const OK: HResult = HResult::S_OK;
const BUSY: HResult = HResult::MSGR_E_SERVER_TOO_BUSY;

/// A world with Alice and Bob, in which three messages may be undelivered to one and five to all.
fn world(visibility: Visibility) -> World {
    let mut world = World::with(HubConfig {
        visibility,
        undelivered_to_one_max: Amount { count: 3, bytes: 1_000 },
        undelivered_max: Amount { count: 5, bytes: 1_500 },
        ..HubConfig::default()
    });
    world.connect(ALICE, "Alice@x");
    world.connect(BOB, "bob@x");
    world
}

fn write(world: &mut World, client: u64, to: &str, text: &str) -> HResult {
    let text = MessageText::parse(text).expect("a text");
    world.ask(client, Command::SendMessage { to: name(to), text })
}

fn confirm(world: &mut World, client: u64, from: &str) {
    let (from, up_to) = (name(from), MessageId(u64::MAX));
    world.request(client, Signal::ConfirmMessages { from, up_to });
}

fn block(world: &mut World, client: u64, who: &str, blocked: bool) {
    assert_eq!(world.ask(client, Command::SetBlocked { name: name(who), blocked }), OK);
}

/// Returns the last message of each `delivered` that a client was told.
fn delivered(world: &mut World, client: u64) -> Vec<u64> {
    let up_to = |notice| match notice {
        Notice::Update(_, Update::Delivered { up_to, .. }) => Some(up_to.0),
        _ => None,
    };
    world.heard(client).into_iter().filter_map(up_to).collect()
}

/// What has become of Alice.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Left,
    Blocks,
    BlocksAndLeft,
    Hides,
}

impl Fate {
    fn befall(self, world: &mut World) {
        match self {
            Self::Left => {}
            Self::Blocks | Self::BlocksAndLeft => block(world, ALICE, "bob@x", true),
            Self::Hides => world.set(ALICE, Invisible),
        }
        if matches!(self, Self::Left | Self::BlocksAndLeft) {
            world.disconnect(ALICE, Departure::SignedOut);
        }
    }

    /// Does what only somebody who is there can do.
    fn read(self, world: &mut World, client: u64) {
        if matches!(self, Self::Blocks | Self::Hides) {
            confirm(world, client, "bob@x");
        }
    }
}

/// Returns the frames that Bob is told who writes to Alice until he may not, and again after a restart.
fn told_who_writes_to(visibility: Visibility, fate: Fate) -> Vec<String> {
    let mut world = world(visibility);
    // Each has the other on the list; where that matters they may write, too.
    world.add(ALICE, "bob@x");
    world.add(BOB, "alice@x");
    let mut id = 100;
    let mut write = |world: &mut World, client, text: &str| {
        id += 1;
        let text = MessageText::parse(text).expect("a text");
        let command = Command::SendMessage { to: name("ALICE@X"), text };
        world.request(client, Request { id: RequestId(id), command });
    };
    write(&mut world, BOB, "one");
    fate.befall(&mut world);
    for text in ["two", "three", "four", "five"] {
        fate.read(&mut world, ALICE);
        write(&mut world, BOB, text);
    }
    let mut told = frames(&world.heard(BOB));
    world.restart();
    let (alice, bob) = (ALICE + 10, BOB + 10);
    if matches!(fate, Fate::Blocks | Fate::Hides) {
        world.connect(alice, "Alice@x");
    }
    let arrived = world.connect(bob, "Bob@x");
    world.put_back(bob, arrived);
    for text in ["six", "seven"] {
        fate.read(&mut world, alice);
        write(&mut world, bob, text);
    }
    world.request(
        bob,
        Request {
            id: RequestId(500),
            command: Command::FetchMessages { with: name("aLice@x"), before: None },
        },
    );
    told.extend(frames(&world.heard(bob)));
    told
}

#[test]
fn what_is_told_of_messages_is_the_same_of_who_left_blocks_or_hides() {
    for visibility in [Visibility::Everyone, Visibility::Contacts] {
        let left = told_who_writes_to(visibility, Fate::Left);
        let refused = left.iter().filter(|frame| frame.contains("may wait for delivery")).count();
        let spelled = left.iter().filter(|frame| frame.contains(r#""to":"Alice@x""#)).count();
        assert_eq!((refused, spelled), (4, 4), "three messages, and the page of all: {left:#?}");
        for fate in [Fate::Blocks, Fate::BlocksAndLeft, Fate::Hides] {
            assert_eq!(told_who_writes_to(visibility, fate), left, "{fate:?}, {visibility:?}");
        }
    }
}

#[test]
fn nobody_fills_an_inbox_for_others() {
    let mut world = world(Visibility::Everyone);
    world.connect(CAROL, "carol@x");
    world.disconnect(ALICE, Departure::SignedOut);
    for hr in [OK, OK, OK, BUSY] {
        assert_eq!(write(&mut world, BOB, "alice@x", "more"), hr);
    }
    for hr in [OK, OK, OK, BUSY] {
        assert_eq!(write(&mut world, CAROL, "alice@x", "more"), hr);
    }
    assert_eq!(write(&mut world, BOB, "carol@x", "and to others"), OK);
}

#[test]
fn bytes_count_as_well_as_messages() {
    let mut world = world(Visibility::Everyone);
    world.disconnect(ALICE, Departure::SignedOut);
    assert_eq!(write(&mut world, BOB, "alice@x", &"x".repeat(980)), OK);
    assert_eq!(write(&mut world, BOB, "alice@x", "more"), BUSY);
    assert_eq!(write(&mut world, BOB, "nobody@x", &"x".repeat(480)), OK);
    assert_eq!(write(&mut world, BOB, "no-one@x", "more"), BUSY);
}

#[test]
fn what_is_written_to_many_who_do_not_come_is_a_share_and_whoever_is_there_can_be_written_to() {
    let mut world = world(Visibility::Everyone);
    for number in 0..5 {
        assert_eq!(write(&mut world, BOB, &format!("nobody{number}@x"), "hello"), OK);
    }
    for client in [BOB, BOB + 10] {
        assert_eq!(write(&mut world, client, "nobody6@x", "hello"), BUSY);
        assert_eq!(write(&mut world, client, "nobody1@x", "hello"), BUSY);
        assert_eq!(write(&mut world, client, "alice@x", "hello"), OK);
        world.restart();
        world.connect(BOB + 10, "bob@x");
        world.connect(ALICE + 10, "alice@x");
    }
    world.set(ALICE + 10, Invisible);
    assert_eq!(write(&mut world, BOB + 10, "alice@x", "hello"), BUSY, "as to who is not there");
}

#[test]
fn what_went_nowhere_counts_until_its_writer_may_know_that_the_other_is_there() {
    // Blocked, and no more; nobody, who comes for the first time; somebody who lets the writer write.
    for (visibility, to) in [
        (Visibility::Everyone, "Alice@x"),
        (Visibility::Everyone, "nobody@x"),
        (Visibility::Contacts, "Alice@x"),
    ] {
        for hides in [false, true] {
            let mut world = world(visibility);
            let blocks = (visibility, to) == (Visibility::Everyone, "Alice@x");
            if blocks {
                block(&mut world, ALICE, "bob@x", true);
            }
            if hides {
                world.set(ALICE, Invisible);
            }
            for hr in [OK, OK, OK, BUSY] {
                assert_eq!(write(&mut world, BOB, to, "hello?"), hr, "{to}");
            }
            match (blocks, visibility) {
                (true, _) => block(&mut world, ALICE, "bob@x", false),
                (_, Visibility::Contacts) => assert_eq!(world.add(ALICE, "bob@x"), OK),
                _ => drop(world.connect(CAROL, to)),
            }
            if hides && to == "Alice@x" {
                assert_eq!(write(&mut world, BOB, to, "hello?"), BUSY, "nothing shows yet");
                world.set(ALICE, Online);
            }
            let released = |write: &&Write| matches!(write, Write::ReleaseHidden { .. });
            assert_eq!(world.writes.iter().filter(released).count(), 1, "{to}");
            assert_eq!(write(&mut world, BOB, to, "there you are"), OK, "{to}");
            world.restart();
            world.connect(BOB + 10, "bob@x");
            for hr in [OK, OK, BUSY] {
                assert_eq!(write(&mut world, BOB + 10, to, "again"), hr, "{to}");
            }
        }
    }
}

#[test]
fn what_goes_nowhere_while_the_block_ends_does_not_count_either() {
    let mut world = world(Visibility::Everyone);
    block(&mut world, ALICE, "bob@x", true);
    world.store = super::world::Store::Hangs;
    let text = MessageText::parse("hello?").expect("a text");
    for _ in 0..3 {
        let id = world.id();
        let command = Command::SendMessage { to: name("alice@x"), text: text.clone() };
        world.request(BOB, Request { id, command });
    }
    let id = world.id();
    let command = Command::SetBlocked { name: name("bob@x"), blocked: false };
    world.request(ALICE, Request { id, command });
    world.store = super::world::Store::Works;
    world.release(Ok(()));
    for hr in [OK, OK, OK, BUSY] {
        assert_eq!(write(&mut world, BOB, "alice@x", "there you are"), hr);
    }
}

#[test]
fn who_was_read_by_somebody_invisible_is_told_once_when_they_are_seen() {
    let mut world = world(Visibility::Everyone);
    world.set(ALICE, Invisible);
    let mut alice = ALICE;
    for text in ["one", "two", "three"] {
        assert_eq!(write(&mut world, BOB, "alice@x", text), OK);
        confirm(&mut world, alice, "bob@x");
        alice += 10;
        world.connect(alice, "alice@x");
    }
    assert_eq!(delivered(&mut world, BOB), [0; 0]);
    world.set(alice, Online);
    assert_eq!(delivered(&mut world, BOB), [3]);
    world.set(alice, Invisible);
    for text in ["four", "five"] {
        assert_eq!(write(&mut world, BOB, "alice@x", text), OK);
        confirm(&mut world, alice, "bob@x");
    }
    world.restart();
    world.connect(BOB + 10, "bob@x");
    world.connect(ALICE + 100, "alice@x");
    assert_eq!(write(&mut world, BOB + 10, "alice@x", "six"), OK);
    confirm(&mut world, ALICE + 100, "bob@x");
    assert_eq!(delivered(&mut world, BOB + 10), [0; 0]);
    world.set(ALICE + 100, Online);
    assert_eq!(delivered(&mut world, BOB + 10), [6]);
}

#[test]
fn whoever_comes_is_told_to_have_what_waited_once_however_often_clients_confirm() {
    let mut world = world(Visibility::Everyone);
    world.disconnect(ALICE, Departure::SignedOut);
    for text in ["one", "two", "three"] {
        assert_eq!(write(&mut world, BOB, "alice@x", text), OK);
    }
    world.connect(ALICE, "alice@x");
    world.connect(CAROL, "carol@x");
    assert_eq!(write(&mut world, CAROL, "alice@x", "me, too"), OK);
    let confirm = |world: &mut World, from, up_to| {
        let (from, up_to) = (name(from), MessageId(up_to));
        world.request(ALICE, Signal::ConfirmMessages { from, up_to });
    };
    confirm(&mut world, "carol@x", 4);
    assert_eq!(delivered(&mut world, CAROL), [4], "that did not wait");
    confirm(&mut world, "bob@x", 1);
    // Hides, reads on, and comes again: as if away.
    world.set(ALICE, Invisible);
    confirm(&mut world, "bob@x", 2);
    world.set(ALICE, Online);
    assert_eq!(delivered(&mut world, BOB), [0; 0]);
    confirm(&mut world, "bob@x", 3);
    assert_eq!(delivered(&mut world, BOB), [3]);
    for id in [5, 6] {
        assert_eq!(write(&mut world, BOB, "alice@x", "more"), OK);
        confirm(&mut world, "bob@x", id);
        assert_eq!(delivered(&mut world, BOB), [id]);
    }
}

#[test]
fn a_delivery_that_could_not_be_stored_is_told_with_the_next_change() {
    let mut world = world(Visibility::Everyone);
    assert_eq!(write(&mut world, BOB, "alice@x", "one"), OK);
    world.store = super::world::Store::Fails;
    confirm(&mut world, ALICE, "bob@x");
    assert_eq!(delivered(&mut world, BOB), [0; 0]);
    world.store = super::world::Store::Works;
    world.set(ALICE, mistatus_core::status::MiStatus::Busy);
    assert_eq!(delivered(&mut world, BOB), [1]);
}
