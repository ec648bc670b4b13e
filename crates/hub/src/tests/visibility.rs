//! Who sees whom: a table of all that decides about it, and what a viewer is shown in each case.

use mistatus_core::{
    message::Command,
    presence::{Note, Presence},
    status::MiStatus::*,
};

use self::Sees::*;
use super::world::{World, arrival, name, noted};
use crate::{Arrival, Departure, Visibility};

const ALICE: u64 = 1;
const BOB: u64 = 2;

/// What Bob sees of Alice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sees {
    /// Her status and what she is called.
    Status,
    /// That she is gone, and what she is called.
    Gone,
    /// That nobody can say yet, and what she is called.
    Settling,
    /// Nothing: as of somebody who does not exist.
    Nothing,
}

/// How Alice is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Is {
    Busy,
    Invisible,
    Absent,
    /// As after a restart of the server.
    JustRestored,
}

const EACH: [Is; 4] = [Is::Busy, Is::Invisible, Is::Absent, Is::JustRestored];

/// The policy, whether Bob has Alice on his list, whether she permits him to see her, whether she blocks him; and what he
/// sees of her when she is busy, invisible, absent, and just restored.
#[rustfmt::skip]
const TABLE: [(Visibility, bool, bool, bool, [Sees; 4]); 16] = {
    use Visibility::{Contacts, Everyone};
    const YES: bool = true;
    const NO_: bool = false;
    const SHOWN: [Sees; 4] = [Status, Gone, Gone, Settling];
    const GONE_: [Sees; 4] = [Gone, Gone, Gone, Settling];
    const BARE_: [Sees; 4] = [Nothing, Nothing, Nothing, Nothing];
    [
    //  policy    lists permits blocks
        (Everyone, NO_, NO_, NO_, SHOWN),
        (Everyone, NO_, YES, NO_, SHOWN),
        (Everyone, YES, NO_, NO_, SHOWN),
        (Everyone, YES, YES, NO_, SHOWN),
        (Everyone, NO_, NO_, YES, GONE_),
        (Everyone, NO_, YES, YES, GONE_),
        (Everyone, YES, NO_, YES, GONE_),
        (Everyone, YES, YES, YES, GONE_),
        (Contacts, NO_, NO_, NO_, BARE_),
        (Contacts, NO_, YES, NO_, BARE_),
        (Contacts, YES, NO_, NO_, BARE_),
        (Contacts, YES, YES, NO_, SHOWN),
        (Contacts, NO_, NO_, YES, BARE_),
        (Contacts, NO_, YES, YES, BARE_),
        (Contacts, YES, NO_, YES, BARE_),
        (Contacts, YES, YES, YES, GONE_),
    ]
};

#[test]
fn who_sees_whom_is_as_the_table_says() {
    for (policy, lists, permits, blocks, sees) in TABLE {
        let seen = EACH.map(|is| look(policy, lists, permits, blocks, is));
        assert_eq!(seen, sees, "{policy:?}, lists {lists}, permits {permits}, blocks {blocks}");
    }
}

/// Bob, whom Alice blocked before she ever permitted anything, must not learn that she exists, or when she comes.
#[test]
fn who_never_seemed_permitted_hears_nothing_when_the_user_is_seen_again() {
    for unblocks in [false, true] {
        let mut world = World::new(Visibility::Contacts);
        world.connect(ALICE, "alice@x");
        world.connect(BOB, "bob@x");
        world.add(BOB, "alice@x");
        let block = |blocked| Command::SetBlocked { name: name("bob@x"), blocked };
        world.ask(ALICE, block(true));
        world.add(ALICE, "bob@x");
        world.set(ALICE, Invisible);
        world.remove(ALICE, "bob@x");
        if unblocks {
            world.ask(ALICE, block(false));
        }
        world.heard(BOB);
        world.set(ALICE, Busy);
        assert_eq!(world.heard(BOB), [], "unblocked: {unblocks}");
    }
}

/// A program of the company sees what there is to see, whoever may see whom and whoever blocks whom.
#[test]
fn what_a_program_reads_depends_on_nobodys_permission() {
    for (policy, ..) in [TABLE[0], TABLE[15]] {
        let mut world = World::new(policy);
        let read = |world: &World, who| world.hub.common_view(&name(who));
        assert_eq!(read(&world, "alice@x").presence, Presence::UNKNOWN, "who never signed in");
        world.connect_as(
            ALICE,
            Arrival { friendly_name: Some("Alice".to_owned()), ..arrival("alice@x") },
        );
        world.connect(BOB, "bob@x");
        world.ask(ALICE, Command::SetBlocked { name: name("bob@x"), blocked: true });
        world.ask(ALICE, Command::SetStatus { intent: noted(Busy, "Reviewing") });
        let seen = read(&world, "ALICE@x");
        assert_eq!((seen.presence.status, seen.settling), (Busy, false), "{policy:?}");
        assert_eq!(seen.presence.note, Note::parse("Reviewing").unwrap());
        assert_eq!((seen.name.as_str(), seen.friendly_name.as_deref()), ("ALICE@x", Some("Alice")));
        world.ask(ALICE, Command::SetStatus { intent: noted(Invisible, "Hiding") });
        let hidden = read(&world, "alice@x").presence;
        world.disconnect(ALICE, Departure::SignedOut);
        assert_eq!(read(&world, "alice@x").presence, hidden);
        assert_eq!((hidden.status, hidden.note), (Offline, None));
        world.restart();
        let restored = read(&world, "alice@x");
        assert_eq!((restored.presence.status, restored.settling), (Unknown, true));
    }
}

#[test]
fn programs_are_told_of_each_change_that_they_could_read_and_of_nothing_else() {
    let mut world = World::new(Visibility::Contacts);
    let told = |world: &mut World| {
        let reported = core::mem::take(&mut world.reported);
        let each = reported.into_iter().map(|change| (change.name, change.presence.status));
        each.map(|(name, status)| (name.as_str().to_owned(), status)).collect::<Vec<_>>()
    };
    let alice = |status| vec![("Alice@x".to_owned(), status)];
    world.connect(ALICE, "Alice@x");
    assert_eq!(told(&mut world), alice(Online));
    world.set(ALICE, Busy);
    assert_eq!(told(&mut world), alice(Busy));
    world.ask(ALICE, Command::SetStatus { intent: noted(Busy, "Reviewing") });
    assert_eq!(told(&mut world), alice(Busy), "a note is part of it");
    world.ask(ALICE, Command::SetStatus { intent: noted(Busy, "Reviewing") });
    world.connect(BOB, "alice@x");
    assert_eq!(told(&mut world), [], "nothing has changed");
    let renamed = Arrival { friendly_name: Some("Alice".to_owned()), ..arrival("alice@x") };
    world.connect_as(BOB + 1, renamed);
    assert_eq!(told(&mut world), [], "a friendly name is no presence");
    world.set(ALICE, Invisible);
    assert_eq!(told(&mut world), alice(Offline));
    world.ask(ALICE, Command::SetStatus { intent: noted(Invisible, "Hiding") });
    world.disconnect(ALICE, Departure::SignedOut);
    assert_eq!(told(&mut world), []);
}

fn look(policy: Visibility, lists: bool, permits: bool, blocks: bool, is: Is) -> Sees {
    let mut world = World::new(policy);
    world.connect_as(
        ALICE,
        Arrival { friendly_name: Some("Alice".to_owned()), ..arrival("alice@x") },
    );
    world.connect(BOB, "bob@x");
    world.set(ALICE, Busy);
    if permits {
        world.add(ALICE, "bob@x");
    }
    if lists {
        world.add(BOB, "alice@x");
    }
    if blocks {
        world.ask(ALICE, Command::SetBlocked { name: name("bob@x"), blocked: true });
    }
    match is {
        Is::Busy => {}
        Is::Invisible => world.set(ALICE, Invisible),
        Is::Absent => world.disconnect(ALICE, Departure::SignedOut),
        Is::JustRestored => {
            world.restart();
            world.connect(BOB + 10, "bob@x");
        }
    }
    let bob = if is == Is::JustRestored { BOB + 10 } else { BOB };
    world.heard(bob);
    let mut seen = world.watch(bob, &["alice@x"]);
    let change = seen.pop().expect("everybody who is watched is told of");
    match (change.presence.status, change.friendly_name.as_deref(), change.settling) {
        (Busy, Some("Alice"), false) => Status,
        (Offline, Some("Alice"), false) => Gone,
        (Unknown, Some("Alice"), true) => Settling,
        (Unknown, None, false) => Nothing,
        other => panic!("{other:?} is none of these"),
    }
}
