//! What is acknowledged is durable: nothing is told before the store has it.

use mistatus_core::{
    hresult::HResult,
    message::{Command, Notice, Outcome, Request, Signal, Update},
    status::MiStatus::*,
};

use super::world::{Store, World, arrival, intent, name};
use crate::{Arrival, StoreError, Visibility, Write};

const ALICE: u64 = 1;
const BOB: u64 = 2;

fn pair() -> World {
    let mut world = World::new(Visibility::Everyone);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world.watch(BOB, &["alice@x"]);
    world
}

#[test]
fn nobody_hears_of_a_status_before_it_is_durable() {
    let mut world = pair();
    world.store = Store::Hangs;
    world.set(ALICE, Busy);
    assert_eq!((world.heard(ALICE), world.heard(BOB)), (vec![], vec![]));
    assert_eq!(
        world.held.last().map(|(_, write)| write),
        Some(&Write::PutIntent { name: name("alice@x"), intent: intent(Busy), at: world.wall() })
    );
    world.release(Ok(()));
    assert_eq!(world.statuses(BOB), [Busy]);
    assert_eq!(world.heard(ALICE).len(), 2);
}

#[test]
fn a_write_that_fails_changes_nothing_and_says_so() {
    let mut world = pair();
    world.store = Store::Fails;
    world.set(ALICE, Busy);
    assert!(matches!(
        world.heard(ALICE)[..],
        [Notice::Update(
            _,
            Update::Outcome(Outcome {
                hr: HResult::MSGR_E_SERVER_UNAVAILABLE,
                message: Some(_),
                ..
            })
        )]
    ));
    assert_eq!(world.add(ALICE, "bob@x"), HResult::MSGR_E_SERVER_UNAVAILABLE);
    assert_eq!(world.heard(BOB), []);
    let snapshot = world.snapshot(ALICE);
    assert_eq!((snapshot.me.status, snapshot.contacts.len()), (Online, 0));
    world.store = Store::Works;
    world.set(ALICE, Busy);
    assert_eq!(world.statuses(BOB), [Busy]);
}

#[test]
fn requests_of_one_user_are_judged_by_what_is_durable() {
    let mut world = pair();
    world.store = Store::Hangs;
    for _ in 0..2 {
        let id = world.id();
        world.request(ALICE, Request { id, command: Command::AddContact { name: name("bob@x") } });
    }
    assert_eq!(world.held.len(), 1, "the second waits its turn");
    world.release(Ok(()));
    let heard = world.heard(ALICE);
    let outcomes: Vec<_> =
        heard.iter().filter_map(Notice::outcome).map(|outcome| outcome.hr).collect();
    assert_eq!(outcomes, [HResult::S_OK, HResult::MSGR_E_ALREADY_IN_LIST]);
}

#[test]
fn a_new_user_is_signed_in_once_stored_and_then_what_came_meanwhile_is_done() {
    let mut world = World::new(Visibility::Everyone);
    world.store = Store::Hangs;
    assert_eq!(world.connect(ALICE, "alice@x"), []);
    let id = world.id();
    world.request(ALICE, Request { id, command: Command::Watch { names: vec![name("bob@x")] } });
    world.request(ALICE, Signal::Ping { seen: None });
    assert!(matches!(world.heard(ALICE)[..], [Notice::Pong]));
    world.release(Ok(()));
    assert!(matches!(
        world.heard(ALICE)[..],
        [
            Notice::SignedIn(_),
            Notice::Snapshot(_),
            Notice::Update(_, Update::Changes { .. }),
            Notice::Update(_, Update::Outcome(Outcome { hr: HResult::S_OK, .. }))
        ]
    ));
}

#[test]
fn what_waits_for_a_sign_in_is_bounded_and_carried_out_before_a_sign_out() {
    let mut world = World::new(Visibility::Everyone);
    world.store = Store::Hangs;
    world.connect(ALICE, "alice@x");
    let ask = |world: &mut World| {
        let id = world.id();
        world.request(ALICE, Request { id, command: Command::QueryStatus });
    };
    (0..8).for_each(|_| ask(&mut world));
    assert_eq!(world.heard(ALICE), []);
    ask(&mut world);
    assert!(matches!(
        world.heard(ALICE)[..],
        [Notice::Outcome(Outcome { hr: HResult::MSGR_E_NOT_LOGGED_ON, .. })]
    ));
    world.request(ALICE, Signal::Signout);
    ask(&mut world);
    assert_eq!(world.heard(ALICE), [], "after its goodbye it is not listened to");
    world.release(Ok(()));
    let heard = world.heard(ALICE);
    let carried_out =
        |notice: &&Notice| notice.outcome().is_some_and(|outcome| outcome.hr == HResult::S_OK);
    assert_eq!(heard.iter().filter(carried_out).count(), 8, "{heard:?}");
    assert!(matches!(heard.last(), Some(Notice::Bye { hr: HResult::S_OK, .. })), "{heard:?}");
    assert_eq!(world.hub.connections(), 0);
}

#[test]
fn a_sign_out_that_nothing_waits_before_is_answered_at_once() {
    let mut world = World::new(Visibility::Everyone);
    world.store = Store::Hangs;
    world.connect(ALICE, "alice@x");
    world.request(ALICE, Signal::Signout);
    assert!(matches!(world.heard(ALICE)[..], [Notice::Bye { hr: HResult::S_OK, .. }]));
    world.release(Ok(()));
    assert_eq!(world.heard(ALICE), []);
    assert_eq!(world.hub.connections(), 0);
}

#[test]
fn a_new_user_who_cannot_be_stored_is_sent_away() {
    let mut world = World::new(Visibility::Everyone);
    world.store = Store::Fails;
    assert!(matches!(
        world.connect(ALICE, "alice@x")[..],
        [Notice::Bye { hr: HResult::MSGR_E_SERVER_UNAVAILABLE, .. }]
    ));
    assert_eq!(world.hub.connections(), 0);
    world.store = Store::Works;
    assert_eq!(world.connect(ALICE, "alice@x").len(), 2);
}

#[test]
fn a_known_user_signs_in_while_the_store_fails() {
    let mut world = pair();
    world.store = Store::Fails;
    assert_eq!(world.connect(3, "alice@x").len(), 2);
}

#[test]
fn a_result_for_a_client_that_has_gone_still_counts() {
    let mut world = pair();
    world.store = Store::Hangs;
    world.set(ALICE, Busy);
    world.disconnect(ALICE, crate::Departure::Lost);
    world.release(Err(StoreError));
    assert_eq!(world.heard(BOB), []);
    world.connect(ALICE, "alice@x");
    world.set(ALICE, Away);
    world.disconnect(ALICE, crate::Departure::Lost);
    world.release(Ok(()));
    assert_eq!(world.statuses(BOB), [Away]);
}

#[test]
fn friendly_names_are_stored_and_cut() {
    let mut world = World::new(Visibility::Everyone);
    let friendly_name = Some("😀".repeat(200));
    let heard = world.connect_as(ALICE, Arrival { friendly_name, ..arrival("alice@x") });
    let Notice::SignedIn(welcome) = &heard[0] else { panic!("not signed in: {heard:?}") };
    assert_eq!(welcome.friendly_name.encode_utf16().count(), 256);
    assert_eq!(
        world.writes,
        [Write::PutUser {
            name: name("alice@x"),
            friendly_name: Some(welcome.friendly_name.clone())
        }]
    );
}
