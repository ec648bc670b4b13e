//! Going on after a break: nothing lost, nothing twice, and nothing kept for longer than it may be.

use mistatus_core::{
    hresult::HResult,
    limits::{DEPARTURE_DAMPING, RESUME_NOTICES_MAX, RESUME_WINDOW},
    message::{Command, Notice, Request, RequestId, Seq, Signal, Update},
    status::MiStatus::{self, *},
    time::Span,
};

use super::world::{Store, World, intent, name};
use crate::{Arrival, Closing, ConnectionId, Departure, HubConfig, Visibility, audience::Audience};

const ALICE: u64 = 1;
const BOB: u64 = 2;
const AGAIN: u64 = 3;
const ONCE_MORE: u64 = 4;

/// Bob watches Alice, and can go on with his connection.
fn pair_with(config: HubConfig) -> World {
    let mut world = World::with(config);
    world.connect(ALICE, "alice@x");
    world.connect_as(BOB, world.resumable(BOB, "bob@x"));
    world.watch(BOB, &["alice@x"]);
    world
}

fn pair() -> World {
    pair_with(HubConfig { visibility: Visibility::Everyone, ..HubConfig::default() })
}

fn is_resumed(heard: &[Notice]) -> bool {
    match heard {
        [Notice::SignedIn(welcome), rest @ ..] => {
            let snapshot = rest.iter().any(|notice| matches!(notice, Notice::Snapshot(_)));
            assert_ne!(welcome.resumed, snapshot, "either goes on or starts anew: {heard:?}");
            welcome.resumed
        }
        _ => panic!("not welcomed: {heard:?}"),
    }
}

fn statuses(heard: &[Notice]) -> Vec<MiStatus> {
    let changes = heard.iter().flat_map(|notice| match notice {
        Notice::Update(_, Update::Changes { changes }) => changes.as_slice(),
        _ => &[],
    });
    changes.map(|change| change.presence.status).collect()
}

fn set(world: &mut World, client: u64, status: MiStatus) -> RequestId {
    let id = world.id();
    world.request(client, Request { id, command: Command::SetStatus { intent: intent(status) } });
    id
}

fn outcomes(heard: &[Notice], of: RequestId) -> Vec<HResult> {
    let outcomes = heard.iter().filter_map(Notice::outcome);
    outcomes.filter(|outcome| outcome.id == of).map(|outcome| outcome.hr).collect()
}

#[test]
fn what_was_missed_comes_once_in_order_and_then_life_goes_on() {
    let mut world = pair();
    let seen = world.last_seq(BOB);
    world.disconnect(BOB, Departure::Lost);
    for status in [Busy, Away] {
        world.set(ALICE, status);
    }
    world.pass(Span::from_secs(1));
    assert_eq!(world.heard(BOB), [], "nobody is there to hear it");
    let heard = world.resume(AGAIN, "bob@x", BOB, seen);
    assert!(is_resumed(&heard));
    assert_eq!(statuses(&heard), [Busy, Away]);
    world.set(ALICE, DoNotDisturb);
    assert_eq!(world.statuses(AGAIN), [DoNotDisturb], "the watch goes on, and so do the numbers");
}

#[test]
fn what_was_on_its_way_when_the_link_broke_comes_again() {
    let mut world = pair();
    let seen = world.last_seq(BOB);
    world.set(ALICE, Busy);
    world.disconnect(BOB, Departure::Lost);
    let heard = world.resume(AGAIN, "bob@x", BOB, seen);
    assert_eq!((is_resumed(&heard), statuses(&heard)), (true, vec![Busy]));
}

#[test]
fn each_welcome_names_another_secret() {
    let mut world = pair();
    let mut secrets = Vec::new();
    for client in [AGAIN, ONCE_MORE] {
        let heard = world.resume(client, "bob@x", client - 1, 2);
        let Some(Notice::SignedIn(welcome)) = heard.into_iter().next() else {
            panic!("no welcome")
        };
        secrets.push(welcome.resume);
    }
    assert!(secrets.iter().all(Option::is_some));
    assert_ne!(secrets[0], secrets[1]);
}

#[test]
fn a_secret_holds_until_its_successor_has_arrived_for_certain() {
    let mut world = pair();
    let seen = world.last_seq(BOB);
    assert!(is_resumed(&world.resume(AGAIN, "bob@x", BOB, seen)));
    // The welcome was lost on its way, and the client knows only the old secret.
    assert!(is_resumed(&world.resume(ONCE_MORE, "bob@x", BOB, seen)));
    world.request(ONCE_MORE, Signal::Ping { seen: None });
    assert!(!is_resumed(&world.resume(5, "bob@x", BOB, seen)), "it has spoken since");
    assert!(is_resumed(&world.resume(6, "bob@x", 5, 0)));
}

#[test]
fn nobody_goes_on_with_what_is_not_theirs_or_does_not_exist() {
    let mut world = pair();
    let seen = world.last_seq(BOB);
    world.disconnect(BOB, Departure::Lost);
    assert!(!is_resumed(&world.resume(10, "alice@x", BOB, seen)), "the secret of somebody else");
    assert!(!is_resumed(&world.resume(11, "bob@x", 99, seen)), "no secret");
    assert!(!is_resumed(&world.resume(12, "bob@x", BOB, seen + 1)), "a number that never was");
    assert!(!is_resumed(&world.resume(13, "bob@x", BOB, seen)), "it has started anew since");
}

#[test]
fn who_signed_out_starts_anew() {
    let mut world = pair();
    let seen = world.last_seq(BOB);
    world.request(BOB, Signal::Signout);
    assert!(!is_resumed(&world.resume(AGAIN, "bob@x", BOB, seen)));
}

#[test]
fn a_lost_client_is_forgotten_when_the_window_closes() {
    let mut world = pair();
    let seen = world.last_seq(BOB);
    world.disconnect(BOB, Departure::Lost);
    world.pass(Span::from_millis(RESUME_WINDOW.as_millis() - 1));
    assert_eq!(world.hub.lost(), 1);
    world.pass(Span::from_millis(1));
    assert_eq!(world.hub.lost(), 0);
    assert!(!is_resumed(&world.resume(AGAIN, "bob@x", BOB, seen)));
}

#[test]
fn a_client_whose_secret_nobody_has_is_not_kept() {
    let mut world = pair();
    world.disconnect(ALICE, Departure::Lost);
    assert_eq!(world.hub.lost(), 0);
}

#[test]
fn more_than_fits_is_told_as_a_snapshot() {
    for (missed, resumed) in [(RESUME_NOTICES_MAX, true), (RESUME_NOTICES_MAX + 1, false)] {
        let mut world = pair();
        let seen = world.last_seq(BOB);
        world.disconnect(BOB, Departure::Lost);
        for status in [Busy, Away].into_iter().cycle().take(missed) {
            world.set(ALICE, status);
        }
        assert_eq!(world.hub.lost(), usize::from(resumed), "{missed}");
        assert_eq!(is_resumed(&world.resume(AGAIN, "bob@x", BOB, seen)), resumed, "{missed}");
    }
}

#[test]
fn what_a_client_confirmed_is_not_kept() {
    let mut world = pair();
    let seen = world.last_seq(BOB);
    world.set(ALICE, Busy);
    world.request(BOB, Signal::Pong { seen: Some(Seq(seen + 1)) });
    world.disconnect(BOB, Departure::Lost);
    assert!(!is_resumed(&world.resume(AGAIN, "bob@x", BOB, seen)));
    let now = world.last_seq(AGAIN);
    world.set(ALICE, Away);
    world.request(AGAIN, Signal::Ping { seen: Some(Seq(now + 9)) });
    assert!(
        is_resumed(&world.resume(ONCE_MORE, "bob@x", AGAIN, now)),
        "what was never sent confirms nothing"
    );
}

#[test]
fn a_connection_that_still_seems_alive_is_taken_over() {
    let mut world = pair();
    world.watch(ALICE, &["bob@x"]);
    let seen = world.last_seq(BOB);
    world.heard(BOB);
    let heard = world.resume(AGAIN, "bob@x", BOB, seen);
    assert!(is_resumed(&heard));
    assert_eq!(world.closed, [(ConnectionId(BOB), Closing::Resumed)]);
    assert_eq!(world.heard(BOB), [], "no goodbye");
    assert_eq!(world.hub.connections(), 2);
    // What the old one still says, and its end, are of no interest.
    set(&mut world, BOB, Busy);
    world.disconnect(BOB, Departure::Lost);
    world.pass(DEPARTURE_DAMPING);
    assert_eq!(world.changes(ALICE), []);
}

#[test]
fn taking_over_works_also_for_the_last_client_that_a_user_may_have() {
    let mut world = pair_with(HubConfig { clients_max: 1, ..HubConfig::default() });
    let seen = world.last_seq(BOB);
    assert!(is_resumed(&world.resume(AGAIN, "bob@x", BOB, seen)));
    let heard = world.resume(ONCE_MORE, "bob@x", 99, seen);
    assert!(matches!(heard[..], [Notice::Bye { hr: HResult::MSGR_E_TOO_MANY_SESSIONS, .. }]));
}

#[test]
fn others_do_not_notice_a_break_that_is_shorter_than_the_damping_time() {
    let mut world = pair();
    world.watch(ALICE, &["bob@x"]);
    let seen = world.last_seq(BOB);
    world.request(BOB, Signal::ReportIdle { idle_for: Some(Span::ZERO) });
    assert_eq!(world.statuses(ALICE), [Idle]);
    world.disconnect(BOB, Departure::Lost);
    world.pass(Span::from_secs(5));
    let resume = mistatus_core::message::Resume { token: super::world::key(BOB), seen: Seq(seen) };
    let arrival = Arrival {
        resume: Some(resume),
        idle_for: Some(Span::from_secs(9)),
        ..world.resumable(AGAIN, "bob@x")
    };
    assert!(is_resumed(&world.connect_as(AGAIN, arrival)));
    world.pass(DEPARTURE_DAMPING);
    assert_eq!(world.changes(ALICE), []);
}

#[test]
fn input_after_a_break_counts_at_once() {
    let mut world = pair();
    world.watch(ALICE, &["bob@x"]);
    world.request(BOB, Signal::ReportIdle { idle_for: Some(Span::ZERO) });
    let seen = world.last_seq(BOB);
    world.disconnect(BOB, Departure::Lost);
    world.heard(ALICE);
    let heard = world.resume(AGAIN, "bob@x", BOB, seen);
    assert_eq!(world.statuses(ALICE), [Online], "what vanished does not linger beside it");
    assert!(
        matches!(heard.last(), Some(Notice::Update(_, Update::MyStatus { me })) if me.status == Online)
    );
}

#[test]
fn a_break_that_is_longer_is_a_departure_and_the_client_goes_on_nevertheless() {
    let mut world = pair();
    world.watch(ALICE, &["bob@x"]);
    let seen = world.last_seq(BOB);
    world.disconnect(BOB, Departure::Lost);
    world.pass(Span::from_secs(20));
    assert_eq!(world.statuses(ALICE), [Offline]);
    world.set(ALICE, Busy);
    let heard = world.resume(AGAIN, "bob@x", BOB, seen);
    assert_eq!((is_resumed(&heard), statuses(&heard)), (true, vec![Busy]));
    assert_eq!(world.statuses(ALICE), [Online]);
    let own: Vec<_> = heard
        .iter()
        .filter_map(|notice| match notice {
            Notice::Update(_, Update::MyStatus { me }) => Some(me.status),
            _ => None,
        })
        .collect();
    assert_eq!(own, [Online], "nobody is told to be offline who is there to hear it");
}

#[test]
fn a_request_goes_on_while_its_client_is_away() {
    let mut world = pair();
    let seen = world.last_seq(BOB);
    world.store = Store::Hangs;
    let id = set(&mut world, BOB, Busy);
    world.disconnect(BOB, Departure::Lost);
    world.release(Ok(()));
    let heard = world.resume(AGAIN, "bob@x", BOB, seen);
    assert!(is_resumed(&heard));
    assert_eq!(outcomes(&heard, id), [HResult::S_OK]);
}

#[test]
fn a_request_that_is_repeated_is_carried_out_once() {
    let mut world = pair();
    world.watch(ALICE, &["bob@x"]);
    let seen = world.last_seq(BOB);
    world.store = Store::Hangs;
    let id = set(&mut world, BOB, Busy);
    world.disconnect(BOB, Departure::Lost);
    world.resume(AGAIN, "bob@x", BOB, seen);
    let again = |world: &mut World| {
        world.request(AGAIN, Request { id, command: Command::SetStatus { intent: intent(Busy) } });
        world.heard(AGAIN)
    };
    assert_eq!(again(&mut world), [], "it is on its way");
    assert_eq!(world.held.len(), 1);
    world.release(Ok(()));
    assert_eq!(outcomes(&world.heard(AGAIN), id), [HResult::S_OK]);
    // Somebody else's choice must not be undone by a late repetition.
    world.store = Store::Works;
    set(&mut world, AGAIN, Away);
    world.heard(AGAIN);
    let heard = again(&mut world);
    assert_eq!((outcomes(&heard, id), heard.len()), (vec![HResult::S_OK], 1));
    assert_eq!(world.statuses(ALICE), [Busy, Away]);
}

#[test]
fn a_repeated_request_ends_as_it_ended() {
    let mut world = pair();
    let id = world.id();
    let add = Request { id, command: Command::AddContact { name: name("alice@x") } };
    for time in 0..3 {
        world.request(BOB, add.clone());
        let heard = world.heard(BOB);
        assert_eq!(
            outcomes(&heard, id),
            [HResult::S_OK],
            "and not that she is on the list already"
        );
        let added = heard
            .iter()
            .any(|notice| matches!(notice, Notice::Update(_, Update::ContactAdded { .. })));
        assert_eq!(added, time == 0);
    }
}

#[test]
fn a_watch_whose_answer_was_lost_is_answered_once_more() {
    let mut world = pair();
    let seen = world.last_seq(BOB);
    let id = world.id();
    let watch =
        Request { id, command: Command::Watch { names: vec![name("carol@x"), name("alice@x")] } };
    world.request(BOB, watch.clone());
    world.disconnect(BOB, Departure::Lost);
    let heard = world.resume(AGAIN, "bob@x", BOB, seen);
    assert_eq!(
        (statuses(&heard), outcomes(&heard, id)),
        (vec![Online, Unknown], vec![HResult::S_OK])
    );
    world.request(AGAIN, watch);
    let heard = world.heard(AGAIN);
    assert_eq!((statuses(&heard), outcomes(&heard, id)), (vec![], vec![HResult::S_OK]));
}

#[test]
fn lost_clients_of_one_user_are_few() {
    let mut world = pair_with(HubConfig { lost_per_user_max: 2, ..HubConfig::default() });
    let devices: Vec<u64> = (10..14).collect();
    for &device in &devices {
        world.connect_as(device, world.resumable(device, "carol@x"));
    }
    for &device in &devices {
        world.pass(Span::from_millis(10));
        world.disconnect(device, Departure::Lost);
    }
    assert_eq!(world.hub.lost(), 2);
    let goes_on: Vec<_> = devices
        .iter()
        .map(|device| is_resumed(&world.resume(device + 10, "carol@x", *device, 0)))
        .collect();
    assert_eq!(goes_on, [false, false, true, true], "the longest lost give way");
}

#[test]
fn lost_clients_of_all_users_are_bounded() {
    let mut world = pair_with(HubConfig { lost_max: 2, ..HubConfig::default() });
    for device in 10..15 {
        let who = format!("user{device}@x");
        world.connect_as(device, world.resumable(device, &who));
        world.pass(Span::from_millis(1));
        world.disconnect(device, Departure::Lost);
    }
    assert_eq!(world.hub.lost(), 2);
    assert!(is_resumed(&world.resume(20, "user14@x", 14, 0)));
    assert!(!is_resumed(&world.resume(21, "user12@x", 12, 0)));
}

#[test]
fn the_memory_of_all_lost_clients_is_bounded() {
    let mut world = pair_with(HubConfig { lost_bytes_max: 3_000, ..HubConfig::default() });
    for device in 10..14 {
        world.connect_as(device, world.resumable(device, "carol@x"));
        world.watch(device, &["alice@x"]);
        world.pass(Span::from_millis(1));
        world.disconnect(device, Departure::Lost);
    }
    let before = world.hub.lost();
    assert!(before > 0);
    world.connect_as(20, world.resumable(20, "dave@x"));
    for status in [Busy, Away].into_iter().cycle().take(20) {
        world.set(ALICE, status);
    }
    assert!(world.hub.lost() < before, "what they miss counts, too");
    assert!(world.hub.lost_bytes <= 3_000);
}

#[test]
fn a_lost_client_that_comes_back_or_is_forgotten_leaves_no_memory_behind() {
    let mut world = pair();
    let seen = world.last_seq(BOB);
    world.disconnect(BOB, Departure::Lost);
    world.set(ALICE, Busy);
    assert!(world.hub.lost_bytes > 0);
    assert!(is_resumed(&world.resume(AGAIN, "bob@x", BOB, seen)));
    assert_eq!(world.hub.lost_bytes, 0);
    world.disconnect(AGAIN, Departure::Lost);
    world.pass(RESUME_WINDOW);
    assert_eq!((world.hub.lost_bytes, world.hub.lost()), (0, 0));
    world.request(ALICE, Signal::Signout);
    assert!(world.hub.audience == Audience::default() && world.hub.clients.is_empty());
}

#[test]
fn a_client_with_too_old_a_number_replaces_what_it_was() {
    let mut world = pair();
    world.watch(ALICE, &["bob@x"]);
    let seen = world.last_seq(BOB);
    world.set(ALICE, Busy);
    world.request(BOB, Signal::Pong { seen: Some(Seq(seen + 1)) });
    world.heard(ALICE);
    assert!(!is_resumed(&world.resume(AGAIN, "bob@x", BOB, 0)));
    assert_eq!(world.closed, [(ConnectionId(BOB), Closing::Resumed)]);
    world.request(AGAIN, Signal::Signout);
    assert_eq!(
        world.statuses(ALICE),
        [Offline],
        "nothing of the earlier one is left to keep bob there"
    );
}
