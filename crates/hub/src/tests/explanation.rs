//! Since when, until when and why: what others and oneself are told about a status.

use mistatus_core::{
    limits::DEPARTURE_DAMPING,
    message::{Command, MyPresence, Notice, Request, Resume, Seq, Signal, Update},
    presence::{Intent, Presence, Source},
    status::MiStatus::*,
    time::{Span, UnixMs},
};

use super::world::{World, arrival, intent, key, name, noted};
use crate::{Arrival, Departure, UserRecord, Visibility};

const ALICE: u64 = 1;
const BOB: u64 = 2;
const SECOND: u64 = 3;

/// Bob watches Alice for some time.
fn pair() -> World {
    let mut world = World::new(Visibility::Everyone);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world.watch(BOB, &["alice@x"]);
    world.heard(ALICE);
    world.pass(Span::from_secs(10));
    world.heard(BOB);
    world
}

fn choose(world: &mut World, client: u64, intent: Intent) {
    let id = world.id();
    world.request(client, Request { id, command: Command::SetStatus { intent } });
}

fn idle(world: &mut World, client: u64, idle: bool) {
    let idle_for = idle.then_some(Span::from_secs(300));
    world.request(client, Signal::ReportIdle { idle_for });
}

/// What Bob was told of Alice, once.
#[track_caller]
fn told(world: &mut World) -> Presence {
    let changes = world.changes(BOB);
    assert_eq!(changes.len(), 1, "{changes:?}");
    changes[0].presence.clone()
}

/// What Alice was told of herself, once.
#[track_caller]
fn own(world: &mut World, client: u64) -> MyPresence {
    let told: Vec<_> = world
        .heard(client)
        .into_iter()
        .filter_map(|notice| match notice {
            Notice::Update(_, Update::MyStatus { me }) => Some(me),
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    told[0].clone()
}

#[test]
fn each_cause_is_named_to_others_and_oneself() {
    type Act = fn(&mut World);
    let rows: [(Act, Act, Source); 6] = [
        (|_| {}, |world| choose(world, ALICE, intent(Busy)), Source::User),
        (|_| {}, |world| choose(world, ALICE, Intent::chosen(Busy, Source::Api)), Source::Api),
        (|_| {}, |world| idle(world, ALICE, true), Source::Idle),
        (|world| idle(world, ALICE, true), |world| idle(world, ALICE, false), Source::Idle),
        (
            |world| {
                let until = Some(world.wall() + Span::from_secs(5));
                choose(world, ALICE, Intent { until, ..intent(Busy) });
            },
            |world| world.pass(Span::from_secs(4)),
            Source::Expiry,
        ),
        (
            |world| {
                idle(world, ALICE, true);
                world.connect(SECOND, "alice@x");
            },
            |world| world.request(SECOND, Signal::Signout),
            Source::Idle,
        ),
    ];
    for (before, act, source) in rows {
        let mut world = pair();
        before(&mut world);
        world.pass(Span::from_secs(1));
        world.heard(BOB);
        world.heard(ALICE);
        act(&mut world);
        let (seen, me) = (told(&mut world), own(&mut world, ALICE));
        assert_eq!((seen.source, me.source), (Some(source), Some(source)));
        assert_eq!((seen.since, me.since), (Some(world.wall()), Some(world.wall())));
    }
}

#[test]
fn to_come_and_to_go_is_the_connection_for_others_whatever_it_was() {
    let connection = Some(Source::Connection);
    let mut world = pair();
    world.set(ALICE, Invisible);
    let me = own(&mut world, ALICE);
    assert_eq!((me.status, me.source), (Invisible, Some(Source::User)));
    let seen = told(&mut world);
    assert_eq!((seen.status, seen.source, seen.since), (Offline, connection, Some(world.wall())));
    world.pass(Span::from_secs(3));
    choose(&mut world, ALICE, Intent::chosen(Busy, Source::Api));
    assert_eq!(own(&mut world, ALICE).source, Some(Source::Api));
    let seen = told(&mut world);
    assert_eq!((seen.status, seen.source, seen.since), (Busy, connection, Some(world.wall())));
    world.request(ALICE, Signal::Signout);
    assert_eq!(told(&mut world).source, connection);
    world.connect(SECOND, "alice@x");
    assert_eq!(told(&mut world).source, connection);
    assert_eq!(world.snapshot(SECOND).me.source, connection);
}

#[test]
fn a_new_end_or_note_is_told_and_a_new_source_alone_is_not() {
    let mut world = pair();
    world.set(ALICE, Busy);
    let first = told(&mut world);
    world.pass(Span::from_secs(5));
    choose(&mut world, ALICE, Intent::chosen(Busy, Source::Api));
    assert_eq!(world.heard(BOB), []);
    let until = Some(world.wall() + Span::from_secs(60));
    choose(&mut world, ALICE, Intent { until, ..intent(Busy) });
    assert_eq!(told(&mut world), Presence { until, ..first.clone() }, "since when stays true");
    choose(&mut world, ALICE, noted(Busy, "Reviewing"));
    let seen = told(&mut world);
    assert_eq!((seen.until, seen.since, seen.note.is_some()), (None, first.since, true));
}

#[test]
fn nothing_of_the_choice_is_told_of_somebody_who_seems_offline() {
    for hide in [
        |world: &mut World| world.request(ALICE, Signal::Signout),
        |world: &mut World| {
            let until = Some(world.wall() + Span::from_secs(600));
            choose(world, ALICE, Intent { until, ..noted(Invisible, "hiding") });
        },
    ] {
        let mut world = pair();
        let until = Some(world.wall() + Span::from_secs(60));
        choose(&mut world, ALICE, Intent { until, ..noted(Busy, "Reviewing") });
        world.heard(BOB);
        hide(&mut world);
        let offline = Presence {
            since: Some(world.wall()),
            source: Some(Source::Connection),
            ..Presence::OFFLINE
        };
        assert_eq!(told(&mut world), offline);
        world.pass(Span::from_secs(59));
        assert_eq!(world.changes(BOB), []);
        assert_eq!(world.snapshot(BOB).watched[0].presence, offline);
    }
}

/// Alice chose something before the server went down.
fn restarted(chosen: Intent) -> (World, UnixMs) {
    let mut world = World::new(Visibility::Everyone);
    let chosen_at = UnixMs::from_millis(world.wall().as_millis() - 3_600_000);
    let record = UserRecord {
        name: name("alice@x"),
        friendly_name: None,
        intent: chosen,
        chosen_at: Some(chosen_at),
        contacts: Vec::new(),
        deferred: Vec::new(),
        relations: crate::RelationsRecord::default(),
        claims: Vec::new(),
        ignored: mistatus_core::claim::ClaimSources::NONE,
        idle: mistatus_core::idle::IdleChoice::NONE,
    };
    let (now, wall) = (world.now(), world.wall());
    world.hub.restore(record, now, wall);
    world.connect(BOB, "bob@x");
    world.watch(BOB, &["alice@x"]);
    world.pass(Span::from_secs(1));
    (world, chosen_at)
}

#[test]
fn after_a_restart_one_knows_since_when_ones_own_choice_holds() {
    let (mut world, chosen_at) = restarted(intent(Busy));
    let resume = Some(Resume { token: key(9), seen: Seq(4) });
    world.connect_as(ALICE, Arrival { resume, ..arrival("alice@x") });
    let me = world.snapshot(ALICE).me;
    assert_eq!((me.since, me.source), (Some(chosen_at), Some(Source::User)));
    let seen = told(&mut world);
    assert_eq!(
        (seen.status, seen.since),
        (Busy, None),
        "whether she was there all the time, nobody knows"
    );
}

#[test]
fn after_a_restart_an_arrival_is_one_where_nothing_speaks_for_more() {
    let (mut world, _) = restarted(intent(Busy));
    world.connect(ALICE, "alice@x");
    let me = world.snapshot(ALICE).me;
    assert_eq!((me.since, me.source), (Some(world.wall()), Some(Source::Connection)));
    let (mut world, _) = restarted(intent(Online));
    let resume = Some(Resume { token: key(9), seen: Seq(4) });
    world.connect_as(ALICE, Arrival { resume, ..arrival("alice@x") });
    let me = world.snapshot(ALICE).me;
    assert_eq!((me.status, me.since, me.source), (Online, None, None), "she may have been idle");
}

#[test]
fn settling_is_over_for_whoever_has_come_and_in_time_for_all() {
    let (mut world, _) = restarted(intent(Busy));
    let settling = |world: &mut World| {
        let seen = world.snapshot(BOB).watched[0].clone();
        (seen.presence.status, seen.settling)
    };
    assert_eq!(settling(&mut world), (Unknown, true));
    world.connect(ALICE, "alice@x");
    assert_eq!(settling(&mut world), (Busy, false));
    world.disconnect(ALICE, Departure::SignedOut);
    assert_eq!(settling(&mut world), (Unknown, true), "another device may be on its way back");
    world.pass(DEPARTURE_DAMPING);
    assert_eq!(settling(&mut world), (Offline, false));
}

#[test]
fn only_those_who_may_see_somebody_are_told_of_settling() {
    let mut world = World::new(Visibility::Contacts);
    world.restore("alice@x", intent(Busy), &["bob@x"]);
    world.restore("bob@x", intent(Busy), &["alice@x"]);
    world.connect(BOB, "bob@x");
    world.connect(SECOND, "carol@x");
    assert!(world.snapshot(BOB).contacts[0].settling);
    let seen = world.watch(SECOND, &["alice@x", "nobody@x"]);
    let facts = |at: usize| (&seen[at].presence, &seen[at].friendly_name, seen[at].settling);
    assert_eq!(facts(0), facts(1));
    assert_eq!(facts(0), (&Presence::UNKNOWN, &None, false));
    world.pass(DEPARTURE_DAMPING);
    assert_eq!(world.heard(SECOND), [], "nor when it is over");
    assert_eq!(world.statuses(BOB), [Offline]);
}

#[test]
fn an_end_is_met_when_the_calendar_is_set_forward() {
    let mut world = pair();
    let until = Some(world.wall() + Span::from_secs(3_600));
    choose(&mut world, ALICE, Intent { until, ..intent(Busy) });
    world.heard(BOB);
    world.calendar_ahead = 3_600_000;
    world.pass(Span::from_secs(60));
    assert_eq!(told(&mut world).source, Some(Source::Expiry));
}

#[test]
fn an_end_waits_for_a_calendar_that_was_set_back() {
    let mut world = pair();
    let until = Some(world.wall() + Span::from_secs(30));
    choose(&mut world, ALICE, Intent { until, ..intent(Busy) });
    world.heard(BOB);
    world.calendar_ahead = -3_600_000;
    world.pass(Span::from_secs(3_629));
    assert_eq!(world.changes(BOB), []);
    world.pass(Span::from_secs(1));
    assert_eq!(told(&mut world).source, Some(Source::Expiry));
}

#[test]
fn an_end_shows_nobody_who_is_gone_at_the_same_moment() {
    let mut world = pair();
    let until = Some(world.wall() + DEPARTURE_DAMPING);
    choose(&mut world, ALICE, Intent { until, ..intent(Invisible) });
    world.disconnect(ALICE, Departure::Lost);
    world.heard(BOB);
    world.pass(DEPARTURE_DAMPING);
    assert_eq!(world.changes(BOB), []);
}

#[test]
fn an_end_when_settling_is_over_shows_whoever_is_there_at_once() {
    let mut world = World::new(Visibility::Everyone);
    let until = Some(world.wall() + DEPARTURE_DAMPING);
    world.restore("alice@x", Intent { until, ..intent(Invisible) }, &[]);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world.watch(BOB, &["alice@x"]);
    world.pass(DEPARTURE_DAMPING);
    assert_eq!(told(&mut world).status, Online);
    assert_eq!(own(&mut world, ALICE).source, Some(Source::Expiry));
}
