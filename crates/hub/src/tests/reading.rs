//! What a user has not read: the same on all their clients, over restarts, and nobody else's business.

use mistatus_core::{
    chat::{MessageId, MessageText},
    message::{Command, Notice, Signal, Update},
    unread::Unread,
};

use super::world::{Store, World, name};
use crate::{Departure, StoreError, Visibility};

const ALICE: u64 = 1;
const BOB: u64 = 2;
const SECOND: u64 = 3;

fn world() -> World {
    let mut world = World::new(Visibility::Everyone);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world.connect(SECOND, "bob@x");
    world
}

fn write(world: &mut World, client: u64, to: &str) {
    let text = MessageText::parse("hello").expect("a text");
    world.ask(client, Command::SendMessage { to: name(to), text });
}

fn read(world: &mut World, client: u64, from: &str, up_to: u64) {
    world.request(client, Signal::MarkRead { from: name(from), up_to: MessageId(up_to) });
}

fn plain(unread: &Unread) -> (String, u32, Option<u64>) {
    (unread.from.as_str().to_owned(), unread.count, unread.newest.map(|id| id.0))
}

/// Returns what a client has been told, as the writer, the number of messages and the last of them.
fn told(world: &mut World, client: u64) -> Vec<(String, u32, Option<u64>)> {
    let unread = |notice: Notice| match notice {
        Notice::Update(_, Update::Unread { unread }) => Some(plain(&unread)),
        _ => None,
    };
    world.heard(client).into_iter().filter_map(unread).collect()
}

fn of_snapshot(world: &mut World, client: u64) -> Vec<(String, u32, Option<u64>)> {
    world.snapshot(client).unread.iter().map(plain).collect()
}

fn alice(count: u32, newest: u64) -> (String, u32, Option<u64>) {
    ("alice@x".to_owned(), count, (count > 0).then_some(newest))
}

#[test]
fn a_message_is_unread_on_every_client_until_it_was_read_on_one() {
    let mut world = world();
    write(&mut world, ALICE, "bob@x");
    write(&mut world, ALICE, "bob@x");
    for client in [BOB, SECOND] {
        assert_eq!(told(&mut world, client), [alice(1, 1), alice(2, 2)]);
    }
    read(&mut world, BOB, "ALICE@x", 1);
    for client in [BOB, SECOND] {
        assert_eq!(told(&mut world, client), [alice(1, 2)]);
        assert_eq!(of_snapshot(&mut world, client), [alice(1, 2)]);
    }
    read(&mut world, SECOND, "alice@x", 2);
    for client in [BOB, SECOND] {
        assert_eq!(told(&mut world, client), [alice(0, 0)]);
        assert_eq!(of_snapshot(&mut world, client), []);
    }
}

#[test]
fn what_a_client_has_got_is_still_unread_over_a_restart() {
    let mut world = world();
    write(&mut world, ALICE, "bob@x");
    write(&mut world, ALICE, "bob@x");
    world.request(BOB, Signal::ConfirmMessages { from: name("alice@x"), up_to: MessageId(2) });
    read(&mut world, BOB, "alice@x", 1);
    world.restart();
    world.connect(BOB + 10, "bob@x");
    assert_eq!(of_snapshot(&mut world, BOB + 10), [alice(1, 2)]);
    read(&mut world, BOB + 10, "alice@x", 2);
    world.restart();
    world.connect(BOB + 20, "bob@x");
    assert_eq!(of_snapshot(&mut world, BOB + 20), []);
}

#[test]
fn a_mark_is_told_once_it_is_durable_and_taken_back_where_it_is_not() {
    let mut world = world();
    write(&mut world, ALICE, "bob@x");
    told(&mut world, SECOND);
    world.store = Store::Hangs;
    read(&mut world, BOB, "alice@x", 1);
    assert_eq!(told(&mut world, SECOND), []);
    world.store = Store::Works;
    world.release(Err(StoreError));
    assert_eq!(told(&mut world, SECOND), [alice(1, 1)]);
    read(&mut world, BOB, "alice@x", 1);
    assert_eq!(told(&mut world, SECOND), [alice(0, 0)]);
}

#[test]
fn a_mark_that_changes_nothing_costs_nothing() {
    let mut world = world();
    write(&mut world, ALICE, "bob@x");
    read(&mut world, BOB, "alice@x", 1);
    told(&mut world, BOB);
    let writes = world.writes.len();
    for (from, up_to) in [("alice@x", 1), ("alice@x", u64::MAX), ("nobody@x", 1), ("bob@x", 1)] {
        read(&mut world, BOB, from, up_to);
    }
    assert_eq!((world.writes.len(), told(&mut world, BOB)), (writes, vec![]));
}

#[test]
fn who_wrote_is_not_told_what_was_read() {
    let mut world = world();
    write(&mut world, ALICE, "bob@x");
    world.heard(ALICE);
    read(&mut world, BOB, "alice@x", 1);
    assert_eq!(world.heard(ALICE), []);
    assert_eq!(of_snapshot(&mut world, ALICE), []);
}

#[test]
fn what_never_reaches_the_user_is_not_counted() {
    let mut world = world();
    world.ask(BOB, Command::SetBlocked { name: name("alice@x"), blocked: true });
    world.heard(BOB);
    write(&mut world, ALICE, "bob@x");
    assert_eq!(told(&mut world, BOB), []);
    world.restart();
    world.connect(BOB + 10, "bob@x");
    assert_eq!(of_snapshot(&mut world, BOB + 10), []);
}

#[test]
fn what_came_while_nobody_was_there_is_unread() {
    let mut world = world();
    for client in [BOB, SECOND] {
        world.disconnect(client, Departure::SignedOut);
    }
    write(&mut world, ALICE, "bob@x");
    let told = world.connect(BOB + 10, "bob@x");
    let Notice::Snapshot(snapshot) = &told[1] else { panic!("{told:?}") };
    assert_eq!(snapshot.unread.iter().map(plain).collect::<Vec<_>>(), [alice(1, 1)]);
}
