//! The presence rules of design §5, one by one.

use mistatus_core::{
    hresult::HResult,
    limits::{self, DEPARTURE_DAMPING},
    message::{Command, Notice, Outcome, Request, RequestId, Signal, Update},
    presence::{Intent, Presence, Source},
    status::MiStatus::{self, *},
    time::{Span, UnixMs},
};

use super::world::{Store, World, arrival, intent, name, noted};
use crate::{Arrival, Closing, ConnectionId, Departure, HubConfig, Visibility, Write};

const ALICE: u64 = 1;
const BOB: u64 = 2;
const SECOND: u64 = 3;
const AFTER_DAMPING: Span = Span::from_millis(DEPARTURE_DAMPING.as_millis() + 1000);

/// Bob watches Alice; both are signed in.
fn pair() -> World {
    let mut world = World::new(Visibility::Everyone);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    assert_eq!(world.watch(BOB, &["alice@x"])[0].presence.status, Online);
    world.heard(ALICE);
    world
}

fn idle(world: &mut World, client: u64, idle: bool) {
    let idle_for = idle.then_some(Span::from_secs(300));
    world.request(client, Signal::ReportIdle { idle_for });
}

#[test]
fn every_choice_arrives_as_the_rules_say() {
    let rows = [
        (Busy, Busy, Busy),
        (Invisible, Offline, Invisible),
        (Away, Away, Away),
        (BeRightBack, BeRightBack, BeRightBack),
        (OnThePhone, OnThePhone, OnThePhone),
        (OutToLunch, OutToLunch, OutToLunch),
        (DoNotDisturb, DoNotDisturb, DoNotDisturb),
        (Custom, Custom, Custom),
    ];
    for (chosen, others, own) in rows {
        let mut world = pair();
        world.set(ALICE, chosen);
        assert_eq!(world.statuses(BOB), [others], "{chosen}");
        assert_eq!(world.own(ALICE), [own], "{chosen}");
    }
}

#[test]
fn idle_shows_only_through_online() {
    let mut world = pair();
    idle(&mut world, ALICE, true);
    assert_eq!((world.statuses(BOB), world.own(ALICE)), (vec![Idle], vec![Idle]));
    world.set(ALICE, Busy);
    assert_eq!(world.statuses(BOB), [Busy]);
    world.set(ALICE, Online);
    assert_eq!(world.statuses(BOB), [Idle]);
    idle(&mut world, ALICE, false);
    assert_eq!(world.statuses(BOB), [Online]);
}

#[test]
fn own_status_set_to_what_it_was_is_answered_and_not_announced() {
    let mut world = pair();
    world.connect(SECOND, "alice@x");
    world.set(ALICE, Online);
    assert_eq!(world.statuses(BOB), []);
    assert_eq!(world.own(SECOND), [Online], "all own clients are told");
    let heard = world.heard(ALICE);
    assert!(matches!(
        heard[..],
        [
            Notice::Update(_, Update::MyStatus { .. }),
            Notice::Update(_, Update::Outcome(Outcome { hr: HResult::S_OK, message: None, .. }))
        ]
    ));
}

#[test]
fn values_that_nobody_may_choose_are_refused() {
    for status in MiStatus::ALL.into_iter().filter(|status| !status.is_settable()) {
        let mut world = pair();
        world.set(ALICE, status);
        assert!(matches!(
            world.heard(ALICE)[..],
            [Notice::Update(
                _,
                Update::Outcome(Outcome { hr: HResult::E_INVALIDARG, message: Some(_), .. })
            )]
        ));
        assert_eq!(world.statuses(BOB), []);
    }
}

#[test]
fn a_query_is_answered_in_its_turn() {
    let mut world = pair();
    let id = world.id();
    world.request(ALICE, Request { id, command: Command::QueryStatus });
    assert!(matches!(
        world.heard(ALICE)[..],
        [
            Notice::Update(_, Update::MyStatus { .. }),
            Notice::Update(_, Update::Outcome(Outcome { hr: HResult::S_OK, .. }))
        ]
    ));
}

#[test]
fn a_user_is_idle_when_all_clients_are() {
    let mut world = pair();
    world.connect(SECOND, "Alice@X");
    idle(&mut world, ALICE, true);
    assert_eq!(world.statuses(BOB), []);
    idle(&mut world, SECOND, true);
    assert_eq!(world.statuses(BOB), [Idle]);
    idle(&mut world, ALICE, false);
    assert_eq!(world.statuses(BOB), [Online]);
}

#[test]
fn a_client_that_comes_back_idle_does_not_pop_up_as_online() {
    let mut world = pair();
    idle(&mut world, ALICE, true);
    world.disconnect(ALICE, Departure::Lost);
    assert_eq!(world.statuses(BOB), [Idle]);
    let idle_for = Some(Span::from_secs(400));
    world.connect_as(SECOND, Arrival { idle_for, ..arrival("alice@x") });
    world.pass(AFTER_DAMPING);
    assert_eq!(world.statuses(BOB), []);
}

#[test]
fn a_reload_is_not_a_departure() {
    let mut world = pair();
    world.disconnect(ALICE, Departure::Lost);
    world.pass(Span::from_secs(2));
    world.connect(SECOND, "alice@x");
    world.pass(AFTER_DAMPING);
    assert_eq!(world.statuses(BOB), []);
}

#[test]
fn a_client_that_stays_away_is_a_departure_after_the_damping_time() {
    let mut world = pair();
    world.disconnect(ALICE, Departure::Lost);
    world.pass(Span::from_millis(DEPARTURE_DAMPING.as_millis() - 1));
    assert_eq!(world.statuses(BOB), []);
    world.pass(Span::from_millis(1));
    assert_eq!(world.statuses(BOB), [Offline]);
}

#[test]
fn a_signout_on_the_last_client_is_a_departure_at_once() {
    let mut world = pair();
    world.connect(SECOND, "alice@x");
    world.request(ALICE, Signal::Signout);
    assert_eq!(world.statuses(BOB), [], "another client is there");
    world.request(SECOND, Signal::Signout);
    assert_eq!(world.statuses(BOB), [Offline]);
    assert_eq!(
        world.closed,
        [(ConnectionId(ALICE), Closing::SignedOut), (ConnectionId(SECOND), Closing::SignedOut)]
    );
}

#[test]
fn a_signout_shortly_after_a_reload_is_a_departure_at_once() {
    let mut world = pair();
    world.disconnect(ALICE, Departure::Lost);
    world.connect(SECOND, "alice@x");
    world.request(SECOND, Signal::Signout);
    assert_eq!(world.statuses(BOB), [Offline]);
}

#[test]
fn going_invisible_and_signing_out_look_the_same() {
    let (mut hidden, mut gone) = (pair(), pair());
    for world in [&mut hidden, &mut gone] {
        world.pass(Span::from_secs(5));
        world.heard(BOB);
    }
    hidden.set(ALICE, Invisible);
    gone.request(ALICE, Signal::Signout);
    let (seen_hidden, seen_gone) = (hidden.heard(BOB), gone.heard(BOB));
    assert_eq!(seen_hidden.len(), 1);
    assert_eq!(seen_hidden, seen_gone);
    assert_eq!(hidden.snapshot(BOB), gone.snapshot(BOB));
}

#[test]
fn nothing_that_an_invisible_user_does_is_seen() {
    let mut world = pair();
    world.set(ALICE, Invisible);
    world.heard(BOB);
    let before = world.snapshot(BOB);
    let id = world.id();
    world.request(
        ALICE,
        Request { id, command: Command::SetStatus { intent: noted(Invisible, "still here") } },
    );
    idle(&mut world, ALICE, true);
    idle(&mut world, ALICE, false);
    world.connect_as(
        SECOND,
        Arrival { friendly_name: Some("New".to_owned()), ..arrival("alice@x") },
    );
    world.disconnect(SECOND, Departure::Lost);
    world.disconnect(ALICE, Departure::Lost);
    world.pass(AFTER_DAMPING);
    assert_eq!(world.changes(BOB), []);
    assert_eq!(world.snapshot(BOB), before);
    assert!(
        world.connect(4, "carol@x").len() == 2
            && world.watch(4, &["alice@x"])[0].presence == before.watched[0].presence
    );
}

#[test]
fn a_friendly_name_given_while_invisible_shows_with_the_user() {
    let mut world = pair();
    world.set(ALICE, Invisible);
    world.heard(BOB);
    let friendly_name = Some("Alice Rivera".to_owned());
    world.connect_as(SECOND, Arrival { friendly_name, ..arrival("alice@x") });
    assert_eq!(world.changes(BOB), []);
    world.set(SECOND, Online);
    let changes = world.changes(BOB);
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].friendly_name.as_deref(), Some("Alice Rivera"));
}

#[test]
fn no_such_user_and_not_permitted_look_the_same() {
    let mut world = World::new(Visibility::Contacts);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    let seen = world.watch(BOB, &["ALICE@x", "NOBODY@x"]);
    assert_eq!(seen.len(), 2);
    for (change, given) in seen.iter().zip(["ALICE@x", "NOBODY@x"]) {
        assert_eq!(change.name.as_str(), given);
        assert_eq!((&change.friendly_name, &change.presence), (&None, &Presence::UNKNOWN));
    }
    world.set(ALICE, Busy);
    assert_eq!(world.heard(BOB), [], "changes of people who may not be seen are not told");
}

#[test]
fn people_who_added_each_other_see_each_other_until_one_takes_it_back() {
    let mut world = World::new(Visibility::Contacts);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    assert_eq!(world.add(BOB, "alice@x"), HResult::S_OK);
    assert_eq!(world.snapshot(BOB).contacts[0].presence, Presence::UNKNOWN);
    world.add(ALICE, "bob@x");
    assert_eq!(world.statuses(BOB), [Online]);
    assert_eq!(world.snapshot(ALICE).contacts[0].presence.status, Online);
    world.remove(ALICE, "bob@x");
    assert_eq!(world.statuses(BOB), [Unknown]);
    world.set(ALICE, Busy);
    assert_eq!(world.statuses(BOB), []);
}

#[test]
fn what_an_invisible_user_permits_shows_with_the_user() {
    let mut world = World::new(Visibility::Contacts);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world.add(BOB, "alice@x");
    world.set(ALICE, Invisible);
    world.heard(BOB);
    world.add(ALICE, "bob@x");
    assert_eq!(world.heard(BOB), []);
    world.set(ALICE, Online);
    assert_eq!(world.statuses(BOB), [Online]);
    world.set(ALICE, Invisible);
    assert_eq!(world.statuses(BOB), [Offline]);
    world.remove(ALICE, "bob@x");
    assert_eq!(world.heard(BOB), []);
    world.set(ALICE, Busy);
    assert_eq!(world.statuses(BOB), [Unknown]);
}

#[test]
fn an_unknown_name_becomes_known_with_its_first_signin() {
    let mut world = World::new(Visibility::Everyone);
    world.connect(BOB, "bob@x");
    assert_eq!(world.watch(BOB, &["alice@x"])[0].presence, Presence::UNKNOWN);
    world.connect(ALICE, "alice@x");
    assert_eq!(world.statuses(BOB), [Online]);
}

#[test]
fn the_contact_list_keeps_its_order_and_its_rules() {
    let mut world = World::with(HubConfig { contacts_max: 3, ..HubConfig::default() });
    world.connect(ALICE, "alice@x");
    world.connect(SECOND, "alice@x");
    for contact in ["Zoe@x", "bob@x"] {
        assert_eq!(world.add(ALICE, contact), HResult::S_OK);
    }
    assert_eq!(world.add(ALICE, "zoe@x"), HResult::MSGR_E_ALREADY_IN_LIST);
    assert_eq!(world.add(ALICE, "alice@x"), HResult::S_OK, "the documents do not forbid oneself");
    assert_eq!(world.add(ALICE, "d@x"), HResult::MSGR_E_LIST_FULL);
    assert_eq!(world.remove(ALICE, "d@x"), HResult::MSGR_E_USER_NOT_FOUND);
    assert_eq!(world.remove(ALICE, "BOB@x"), HResult::S_OK);
    let listed: Vec<_> =
        world.snapshot(SECOND).contacts.iter().map(|contact| contact.name.to_string()).collect();
    assert_eq!(listed, ["Zoe@x", "alice@x"], "as given, in order, on every client");
}

#[test]
fn an_end_clears_the_intent_whoever_is_connected() {
    let mut world = pair();
    let until = Some(UnixMs::from_millis(world.wall().as_millis() + 3_600_000));
    let id = world.id();
    world.request(
        ALICE,
        Request { id, command: Command::SetStatus { intent: Intent { until, ..intent(Busy) } } },
    );
    assert_eq!(world.statuses(BOB), [Busy]);
    world.disconnect(ALICE, Departure::Lost);
    world.pass(Span::from_secs(60));
    assert_eq!(world.statuses(BOB), [Offline]);
    world.pass(Span::from_secs(3540));
    world.connect(ALICE, "alice@x");
    assert_eq!(world.statuses(BOB), [Online]);
}

#[test]
fn an_end_is_announced_to_the_user_and_the_audience() {
    let mut world = pair();
    let until = Some(UnixMs::from_millis(world.wall().as_millis() + 5_000));
    let id = world.id();
    world.request(
        ALICE,
        Request { id, command: Command::SetStatus { intent: Intent { until, ..intent(Busy) } } },
    );
    world.heard(ALICE);
    world.pass(Span::from_millis(4_999));
    assert_eq!(world.own(ALICE), []);
    world.heard(BOB);
    world.pass(Span::from_millis(1));
    assert_eq!((world.own(ALICE), world.statuses(BOB)), (vec![Online], vec![Online]));
}

#[test]
fn an_end_that_has_passed_is_refused_and_a_restored_one_counts_as_none() {
    let mut world = World::new(Visibility::Everyone);
    let until = Some(world.wall());
    world.restore("alice@x", Intent { until, ..intent(Busy) }, &["bob@x"]);
    world.connect(ALICE, "alice@x");
    let snapshot = world.snapshot(ALICE);
    assert_eq!((snapshot.me.status, snapshot.contacts.len()), (Online, 1));
    let id = world.id();
    world.request(
        ALICE,
        Request { id, command: Command::SetStatus { intent: Intent { until, ..intent(Busy) } } },
    );
    assert!(matches!(
        world.heard(ALICE)[..],
        [Notice::Update(_, Update::Outcome(Outcome { hr: HResult::E_INVALIDARG, .. }))]
    ));
}

#[test]
fn after_a_restart_nobody_is_called_offline_before_there_was_time_to_return() {
    let mut world = World::new(Visibility::Everyone);
    for who in ["alice@x", "carol@x"] {
        world.restore(who, intent(Busy), &[]);
    }
    world.restore("dave@x", intent(Invisible), &[]);
    world.connect(BOB, "bob@x");
    let seen = world.watch(BOB, &["alice@x", "carol@x", "dave@x"]);
    assert!(seen.iter().all(|change| change.presence == Presence::UNKNOWN));
    world.connect(ALICE, "alice@x");
    world.connect(SECOND, "dave@x");
    assert_eq!(world.statuses(BOB), [Busy], "who is invisible is like who is gone");
    world.pass(mistatus_core::limits::DEPARTURE_DAMPING);
    let gone: Vec<_> = world.changes(BOB);
    assert_eq!(gone.len(), 2);
    let offline = Presence { source: Some(Source::Connection), ..Presence::OFFLINE };
    assert!(gone.iter().all(|change| change.presence == offline), "since when is not known");
}

#[test]
fn watches_are_counted_and_forgotten() {
    let mut world = World::with(HubConfig { watches_max: 2, ..HubConfig::default() });
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    assert_eq!(world.watch(BOB, &["a@x", "A@x", "alice@x"]).len(), 2, "a name counts once");
    let id = world.id();
    world.request(BOB, Request { id, command: Command::Watch { names: vec![name("b@x")] } });
    assert!(matches!(
        world.heard(BOB)[..],
        [Notice::Update(_, Update::Outcome(Outcome { hr: HResult::MSGR_E_LIST_FULL, .. }))]
    ));
    world.request(BOB, Signal::Unwatch { names: vec![name("alice@x"), name("never@x")] });
    world.set(ALICE, Busy);
    assert_eq!(world.heard(BOB), []);
    assert_eq!(world.watch(BOB, &["b@x"]).len(), 1);
}

#[test]
fn a_contact_that_is_watched_as_well_is_told_once_and_kept_by_the_list() {
    let mut world = pair();
    world.add(BOB, "alice@x");
    world.heard(BOB);
    world.set(ALICE, Busy);
    assert_eq!(world.statuses(BOB), [Busy]);
    world.request(BOB, Signal::Unwatch { names: vec![name("alice@x")] });
    world.set(ALICE, Away);
    assert_eq!(world.statuses(BOB), [Away]);
    world.remove(BOB, "alice@x");
    world.set(ALICE, Busy);
    assert_eq!(world.statuses(BOB), []);
}

#[test]
fn a_silent_client_is_asked_and_then_dropped() {
    let mut world = pair();
    let config = HubConfig::default();
    let at = |world: &mut World, ms: u64| {
        let now = mistatus_core::time::Tick::from_millis(ms);
        world.hub.handle_timeout(now, world.wall());
        std::iter::from_fn(|| world.hub.poll_output()).collect::<Vec<_>>()
    };
    let heartbeat = config.heartbeat.as_millis();
    assert_eq!(at(&mut world, heartbeat - 1), []);
    let asked = at(&mut world, heartbeat);
    for client in [ALICE, BOB].map(ConnectionId) {
        assert!(asked.contains(&crate::Output::Probe(client)));
        assert!(asked.contains(&crate::Output::Notify(client, Notice::Ping)));
    }
    assert_eq!(asked.len(), 4);
    let closed = at(&mut world, heartbeat + config.heartbeat_grace.as_millis());
    assert!(closed.contains(&crate::Output::Close(ConnectionId(BOB), Closing::Silent)));
    assert_eq!(world.hub.connections(), 0);
}

#[test]
fn a_page_that_cannot_speak_stays_and_is_idle_after_a_while() {
    let mut world = pair();
    world.blocked.insert(ALICE);
    world.pass(Span::from_secs(299));
    assert_eq!(world.statuses(BOB), []);
    let pings = |heard: &[Notice]| heard.iter().filter(|notice| **notice == Notice::Ping).count();
    assert_eq!(pings(&world.heard(ALICE)), 1, "one question is enough");
    world.pass(Span::from_secs(60));
    assert_eq!(world.statuses(BOB), [Idle]);
    world.pass(Span::from_secs(36_000));
    assert_eq!((world.statuses(BOB), world.closed.len()), (vec![], 0));
    world.blocked.clear();
    world.request(ALICE, Signal::Pong { seen: None });
    assert_eq!(world.statuses(BOB), [Online]);
    world.pass(Span::from_secs(600));
    assert_eq!(world.statuses(BOB), []);
}

#[test]
fn a_page_that_cannot_speak_is_as_idle_as_it_said() {
    let mut world = pair();
    idle(&mut world, ALICE, true);
    world.blocked.insert(ALICE);
    world.pass(Span::from_secs(3_600));
    assert_eq!(world.statuses(BOB), [Idle]);
    world.request(ALICE, Signal::Pong { seen: None });
    assert_eq!(world.statuses(BOB), [], "it is still idle");
    idle(&mut world, ALICE, false);
    assert_eq!(world.statuses(BOB), [Online]);
}

#[test]
fn a_machine_that_dies_while_its_page_cannot_speak_is_noticed() {
    let mut world = pair();
    world.blocked.insert(ALICE);
    world.pass(Span::from_secs(60));
    let HubConfig { heartbeat, heartbeat_grace, .. } = HubConfig::default();
    let died = world.now();
    let mut closed = None;
    // Nobody answers any more.
    while closed.is_none() {
        let (at, _) = world.hub.poll_timeout().unwrap();
        world.hub.handle_timeout(at, world.wall());
        let outputs = std::iter::from_fn(|| world.hub.poll_output());
        let silent = crate::Output::Close(ConnectionId(ALICE), Closing::Silent);
        closed = outputs.into_iter().any(|output| output == silent).then_some(at);
    }
    assert!(closed.unwrap() <= died + heartbeat + heartbeat_grace);
}

#[test]
fn a_user_has_a_bounded_number_of_clients() {
    let mut world = World::with(HubConfig { clients_max: 1, ..HubConfig::default() });
    world.connect(ALICE, "alice@x");
    let heard = world.connect(SECOND, "alice@x");
    assert!(matches!(heard[..], [Notice::Bye { hr: HResult::MSGR_E_TOO_MANY_SESSIONS, .. }]));
    assert_eq!(world.closed, [(ConnectionId(SECOND), Closing::TooManyClients)]);
}

#[test]
fn a_shutdown_spreads_the_returns() {
    let mut world = pair();
    world.hub.shutdown(Span::from_millis(1000));
    let byes: Vec<_> = std::iter::from_fn(|| world.hub.poll_output())
        .filter_map(|output| match output {
            crate::Output::Notify(_, Notice::Bye { hr, retry_after, .. }) => {
                Some((hr, retry_after.map(Span::as_millis)))
            }
            _ => None,
        })
        .collect();
    let hr = HResult::MSGR_E_SERVER_SHUTDOWN;
    assert_eq!(byes, [(hr, Some(0)), (hr, Some(500))]);
}

#[test]
fn all_clients_of_a_user_together_watch_no_more_than_the_limit() {
    let config = HubConfig { watches_max: 2, watches_per_user_max: 3, ..HubConfig::default() };
    let mut world = World::with(config);
    world.connect(ALICE, "alice@x");
    world.connect_as(SECOND, world.resumable(SECOND, "alice@x"));
    assert_eq!(world.watch(SECOND, &["a@x", "b@x"]).len(), 2);
    world.disconnect(SECOND, Departure::Lost);
    assert_eq!(world.watch(ALICE, &["c@x", "d@x"]).len(), 0, "a lost client holds its watches");
    assert_eq!(world.watch(ALICE, &["c@x"]).len(), 1);
    world.pass(limits::RESUME_WINDOW);
    assert_eq!(world.watch(ALICE, &["d@x"]).len(), 1);
}

#[test]
fn requests_that_wait_are_counted_for_each_client_and_each_user() {
    let config = HubConfig { pending_max: 3, pending_per_user_max: 4, ..HubConfig::default() };
    let mut world = World::with(config);
    world.connect(ALICE, "alice@x");
    world.connect(SECOND, "alice@x");
    world.store = Store::Hangs;
    let ask = |world: &mut World, client| {
        world.set(client, Busy);
        world.heard(client).len()
    };
    // The first is with the store and waits in no queue.
    let refused: Vec<_> = (0..4).map(|_| ask(&mut world, ALICE)).collect();
    assert_eq!(refused, [0, 0, 0, 1]);
    let refused: Vec<_> = (0..4).map(|_| ask(&mut world, SECOND)).collect();
    assert_eq!(refused, [0, 0, 1, 1]);
    world.store = Store::Works;
    world.release(Ok(()));
    for client in [ALICE, SECOND] {
        world.heard(client);
        assert!(ask(&mut world, client) > 1, "there is room again");
    }
}

#[test]
fn where_nobody_may_hide_nobody_does() {
    let mut world = World::with(HubConfig { may_hide: false, ..HubConfig::default() });
    world.connect(ALICE, "alice@x");
    let intent = Intent::chosen(Invisible, Source::User);
    let hr = world.ask(ALICE, Command::SetStatus { intent });
    assert_eq!(hr, HResult::MSGR_E_POLICY_RESTRICTED);
    // Who hid before that was forbidden is seen again with the next sign-in.
    let mut world = pair();
    world.set(ALICE, Invisible);
    let records: Vec<_> = world.memory.records().cloned().collect();
    let mut hub = crate::Hub::new(HubConfig { may_hide: false, ..HubConfig::default() });
    for record in records {
        hub.restore(record, world.now(), world.wall());
    }
    hub.connect(ConnectionId(ALICE), arrival("alice@x"), world.now(), world.wall());
    assert_eq!(hub.public_presence(&name("alice@x")).status, Online);
}

#[test]
fn pages_of_messages_that_are_being_read_count_as_requests_that_wait() {
    let config = HubConfig { pending_max: 3, pending_per_user_max: 4, ..HubConfig::default() };
    let mut world = World::with(config);
    world.connect(ALICE, "alice@x");
    world.connect(SECOND, "alice@x");
    // Past the world, whose store always answers.
    let mut id = 0;
    let mut is_taken = |world: &mut World, client| {
        id += 1;
        let command = Command::FetchMessages { with: name("bob@x"), before: None };
        let request = Request { id: RequestId(id), command };
        let (now, wall) = (world.now(), world.wall());
        world.hub.handle_message(ConnectionId(client), request.into(), now, wall);
        match world.hub.poll_output() {
            Some(crate::Output::Fetch(ticket, _)) => Some(ticket),
            _ => None,
        }
    };
    let tickets: Vec<_> =
        [ALICE, ALICE, ALICE, SECOND].map(|client| is_taken(&mut world, client)).into();
    assert!(tickets.iter().all(Option::is_some));
    assert_eq!([ALICE, SECOND].map(|client| is_taken(&mut world, client)), [None; 2]);
    world.hub.disconnect(ConnectionId(SECOND), Departure::SignedOut, world.now(), world.wall());
    for ticket in tickets.into_iter().flatten() {
        world.hub.handle_fetched(ticket, Ok(Vec::new()), world.now(), world.wall());
    }
    while world.hub.poll_output().is_some() {}
    for _ in 0..3 {
        assert!(is_taken(&mut world, ALICE).is_some(), "there is room again");
    }
}

#[test]
fn somebody_known_is_let_in_under_the_old_name_while_nothing_can_be_stored() {
    let mut world = pair();
    world.store = Store::Fails;
    let friendly_name = Some("New".to_owned());
    let heard = world.connect_as(SECOND, Arrival { friendly_name, ..arrival("alice@x") });
    let Some(Notice::SignedIn(welcome)) = heard.first() else { panic!("not let in: {heard:?}") };
    assert_eq!(welcome.friendly_name, "alice@x");
    assert_eq!(world.heard(BOB), []);
}

/// Bob and Alice see each other; Alice goes into hiding, changes her list, and the server is restarted.
fn restarted_while_hidden(change: impl FnOnce(&mut World)) -> World {
    let mut world = World::new(Visibility::Contacts);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world.add(BOB, "alice@x");
    world.add(ALICE, "bob@x");
    world.set(ALICE, Invisible);
    world.heard(BOB);
    change(&mut world);
    assert_eq!(world.heard(BOB), []);
    world.restart();
    world.connect(BOB + 10, "bob@x");
    world
}

#[test]
fn a_restart_does_not_tell_what_an_invisible_user_took_back() {
    let mut world = restarted_while_hidden(|world| {
        world.remove(ALICE, "bob@x");
    });
    let seen = world.snapshot(BOB + 10).contacts[0].clone();
    assert_eq!((seen.presence, seen.settling), (Presence::UNKNOWN, true), "as of anybody else");
    world.connect(ALICE + 10, "alice@x");
    world.pass(AFTER_DAMPING);
    assert_eq!(world.statuses(BOB + 10), [Offline]);
    world.set(ALICE + 10, Online);
    assert_eq!(world.statuses(BOB + 10), [Unknown]);
    world.restart();
    world.connect(BOB + 20, "bob@x");
    let seen = world.snapshot(BOB + 20).contacts[0].clone();
    assert_eq!((seen.presence, seen.settling), (Presence::UNKNOWN, false), "known by now");
}

#[test]
fn a_restart_does_not_tell_what_an_invisible_user_permitted() {
    let mut world = restarted_while_hidden(|world| {
        world.remove(ALICE, "bob@x");
        world.add(ALICE, "bob@x");
        world.add(ALICE, "carol@x");
    });
    assert!(world.snapshot(BOB + 10).contacts[0].settling, "what was changed back never happened");
    world.connect(4, "carol@x");
    world.add(4, "alice@x");
    let seen = world.snapshot(4).contacts[0].clone();
    assert_eq!((seen.presence, seen.settling), (Presence::UNKNOWN, false));
    world.connect(ALICE + 10, "alice@x");
    world.set(ALICE + 10, Online);
    assert_eq!(world.statuses(4), [Online]);
}

#[test]
fn a_list_that_is_stored_when_its_owner_is_back_is_known() {
    let mut world = World::new(Visibility::Contacts);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world.add(BOB, "alice@x");
    world.store = Store::Hangs;
    world.set(ALICE, Busy);
    let id = world.id();
    world.request(ALICE, Request { id, command: Command::AddContact { name: name("bob@x") } });
    world.disconnect(ALICE, Departure::Lost);
    world.pass(AFTER_DAMPING);
    world.release(Ok(()));
    world.connect(SECOND, "alice@x");
    assert_eq!(world.changes(BOB), []);
    world.store = Store::Works;
    world.release(Ok(()));
    assert_eq!(world.statuses(BOB), [Busy]);
    assert_eq!(world.writes.last(), Some(&Write::Reveal { owner: name("alice@x") }));
}

#[test]
fn a_friendly_name_is_cleaned_and_one_that_shows_nothing_is_none() {
    for (given, shown) in
        [("\u{3164}", "alice@x"), (" \u{202e}\n", "alice@x"), ("Eve\u{202e}nimda", "Evenimda")]
    {
        let mut world = World::new(Visibility::Everyone);
        let arrival = Arrival { friendly_name: Some(given.to_owned()), ..arrival("alice@x") };
        let told = world.connect_as(ALICE, arrival);
        let Some(Notice::SignedIn(welcome)) = told.first() else { panic!("{told:?}") };
        assert_eq!(welcome.friendly_name, shown);
        world.connect(BOB, "bob@x");
        let seen = world.watch(BOB, &["alice@x"]).remove(0);
        assert_eq!(seen.friendly_name.as_deref(), Some(shown).filter(|name| *name != "alice@x"));
    }
}
