//! Claims of services: which holds, when it begins and ends, and what is never told by it.

use mistatus_core::{
    claim::{ClaimId, ClaimKey, ClaimSource, KnownClaim, ServiceName},
    hresult::HResult,
    limits::CLAIM_AHEAD_MAX,
    message::{Command, Notice, Request, Signal, Update},
    presence::{Intent, Note, Presence, Source},
    status::MiStatus::{self, *},
    time::{Span, UnixMs},
};

use super::world::{Store, World, intent, name, noted};
use crate::{
    Departure, HubConfig, NewClaim, ServiceCommand, ServiceRequestId, StoreError, Visibility,
    config::{CLAIMS_MAX, CLAIMS_PER_SERVICE_MAX, DISMISSAL_KEPT, SERVICE_PENDING_PER_USER_MAX},
};

const ALICE: u64 = 1;
const BOB: u64 = 2;
const HOUR: Span = Span::from_secs(3_600);
const MINUTE: Span = Span::from_secs(60);

fn key(service: &str, id: &str) -> ClaimKey {
    ClaimKey { service: ServiceName::parse(service).unwrap(), id: ClaimId::parse(id).unwrap() }
}

fn later(world: &World, span: Span) -> UnixMs {
    world.wall() + span
}

/// A claim from now on.
fn claim(world: &World, source: ClaimSource, status: MiStatus, lasts: Span) -> NewClaim {
    NewClaim { source, status, note: None, from: None, until: later(world, lasts) }
}

fn meeting(world: &World, lasts: Span) -> NewClaim {
    claim(world, ClaimSource::Calendar, InAMeeting, lasts)
}

fn put(world: &mut World, who: &str, id: &str, claim: NewClaim) -> HResult {
    let command = ServiceCommand::PutClaim { key: key("calendar", id), claim };
    let id = world.serve(who, command);
    ended(world, id)
}

fn remove(world: &mut World, who: &str, id: &str) -> HResult {
    let id = world.serve(who, ServiceCommand::RemoveClaim { key: key("calendar", id) });
    ended(world, id)
}

fn ended(world: &World, id: ServiceRequestId) -> HResult {
    world.served.get(&id).expect("the request has ended").0
}

fn why(world: &World) -> &str {
    let (_, (_, message)) = world.served.last_key_value().expect("something was asked");
    message.as_deref().expect("a refusal has words")
}

/// Alice is there, and Bob sees her.
fn office() -> World {
    let mut world = World::new(Visibility::Everyone);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world.watch(BOB, &["alice@x"]);
    world.heard(ALICE);
    world
}

fn seen(world: &mut World) -> Presence {
    let mut seen = world.watch(BOB, &["alice@x"]);
    seen.pop().expect("who is watched is told").presence
}

#[test]
fn a_claim_is_seen_with_its_cause_note_and_end_until_it_ends() {
    let mut world = office();
    let until = later(&world, HOUR);
    let note = Note::parse("Quarterly review").unwrap();
    let claimed = NewClaim { note: note.clone(), ..meeting(&world, HOUR) };
    let since = Some(world.wall());
    assert_eq!(put(&mut world, "alice@x", "review", claimed), HResult::S_OK);
    let source = Some(Source::Calendar);
    let expected = Presence { status: InAMeeting, note, since, until: Some(until), source };
    assert_eq!(world.changes(BOB).pop().unwrap().presence, expected);
    assert_eq!(world.own(ALICE), [InAMeeting], "the user is told, too");
    world.pass(HOUR);
    let told = world.changes(BOB);
    assert_eq!(told.len(), 1);
    let Presence { status, note, until, source, .. } = told[0].presence.clone();
    assert_eq!((status, note, until, source), (Online, None, None, Some(Source::Expiry)));
    assert_eq!(world.own(ALICE), [Online]);
}

#[test]
fn what_the_user_chose_is_there_again_when_the_claim_has_ended() {
    let mut world = office();
    let choice = Request {
        id: world.id(),
        command: Command::SetStatus { intent: noted(Away, "at the dentist") },
    };
    world.request(ALICE, choice);
    let before = seen(&mut world);
    let claimed = meeting(&world, HOUR);
    assert_eq!(put(&mut world, "alice@x", "review", claimed), HResult::S_OK);
    assert_eq!(seen(&mut world), before, "what was chosen goes before what is claimed");
    world.set(ALICE, Online);
    assert_eq!(world.statuses(BOB), [InAMeeting], "nothing else is chosen now");
    let choice = Request {
        id: world.id(),
        command: Command::SetStatus { intent: noted(Away, "at the dentist") },
    };
    world.request(ALICE, choice);
    world.statuses(BOB);
    world.pass(HOUR);
    assert_eq!(world.statuses(BOB), [], "the end of a claim that did not count is told nobody");
    let after = seen(&mut world);
    assert_eq!((after.status, after.note), (before.status, before.note));
}

#[test]
fn the_users_own_note_stays_where_a_claim_has_none() {
    let mut world = office();
    let choice =
        Request { id: world.id(), command: Command::SetStatus { intent: noted(Online, "room 5") } };
    world.request(ALICE, choice);
    let claimed = meeting(&world, HOUR);
    put(&mut world, "alice@x", "review", claimed);
    assert_eq!(seen(&mut world).note, Note::parse("room 5").unwrap());
    let note = Note::parse("with Bob").unwrap();
    let claimed = NewClaim { note: note.clone(), ..meeting(&world, HOUR) };
    put(&mut world, "alice@x", "review", claimed);
    assert_eq!(seen(&mut world).note, note);
}

#[test]
fn the_highest_rank_counts_and_what_is_below_is_there_again() {
    let mut world = office();
    let rows = [
        (ClaimSource::Agent, Custom),
        (ClaimSource::Schedule, OutToLunch),
        (ClaimSource::Calendar, InAMeeting),
        (ClaimSource::Meeting, InAConference),
        (ClaimSource::Call, OnThePhone),
    ];
    for (source, status) in rows {
        let claimed = claim(&world, source, status, HOUR);
        put(&mut world, "alice@x", source.name(), claimed);
        assert_eq!(world.statuses(BOB), [status]);
        assert_eq!(seen(&mut world).source, Some(source.cause()));
    }
    for (at, (source, _)) in rows.iter().enumerate().rev() {
        remove(&mut world, "alice@x", source.name());
        let below = if at == 0 { Online } else { rows[at - 1].1 };
        assert_eq!(world.statuses(BOB), [below]);
    }
}

#[test]
fn of_two_with_the_same_rank_the_one_that_began_last_counts() {
    let mut world = office();
    let claimed = meeting(&world, HOUR);
    put(&mut world, "alice@x", "long", claimed);
    world.pass(MINUTE);
    let claimed = claim(&world, ClaimSource::Calendar, OutOfOffice, MINUTE);
    put(&mut world, "alice@x", "short", claimed);
    assert_eq!(world.statuses(BOB), [InAMeeting, OutOfOffice]);
    world.pass(MINUTE);
    assert_eq!(world.statuses(BOB), [InAMeeting]);
}

#[test]
fn a_claim_that_begins_later_waits() {
    let mut world = office();
    let claimed =
        NewClaim { from: Some(later(&world, MINUTE)), ..meeting(&world, Span::from_secs(120)) };
    put(&mut world, "alice@x", "review", claimed);
    world.pass(Span::from_secs(59));
    assert_eq!(world.statuses(BOB), []);
    world.pass(Span::from_secs(1));
    assert_eq!(world.statuses(BOB), [InAMeeting]);
    world.pass(MINUTE);
    assert_eq!(world.statuses(BOB), [Online]);
}

#[test]
fn a_claim_goes_before_idle() {
    let mut world = office();
    world.request(ALICE, Signal::ReportIdle { idle_for: Some(MINUTE) });
    let claimed = meeting(&world, MINUTE);
    put(&mut world, "alice@x", "review", claimed);
    assert_eq!(world.statuses(BOB), [Idle, InAMeeting]);
    world.pass(MINUTE);
    assert_eq!(world.statuses(BOB), [Idle]);
}

#[test]
fn a_claim_connects_nobody_and_shows_nobody_who_is_invisible() {
    let mut world = office();
    world.set(ALICE, Invisible);
    world.statuses(BOB);
    let claimed = meeting(&world, MINUTE);
    assert_eq!(put(&mut world, "alice@x", "review", claimed), HResult::S_OK);
    world.pass(Span::from_secs(120));
    world.request(ALICE, Signal::Signout);
    let claimed = meeting(&world, HOUR);
    assert_eq!(put(&mut world, "alice@x", "review", claimed), HResult::S_OK);
    assert_eq!(world.changes(BOB), []);
    assert_eq!(seen(&mut world).status, Offline);
}

#[test]
fn whoever_comes_while_a_claim_holds_is_seen_by_it() {
    let mut world = office();
    world.request(ALICE, Signal::Signout);
    let claimed = meeting(&world, HOUR);
    put(&mut world, "alice@x", "review", claimed);
    world.statuses(BOB);
    world.connect(3, "alice@x");
    let told = world.changes(BOB);
    assert_eq!(told.len(), 1);
    let Presence { status, source, .. } = told[0].presence;
    assert_eq!((status, source), (InAMeeting, Some(Source::Connection)));
}

#[test]
fn an_acknowledged_claim_outlives_a_restart_and_one_that_ended_meanwhile_does_not() {
    let mut world = office();
    let claimed = meeting(&world, HOUR);
    put(&mut world, "alice@x", "long", claimed);
    let claimed = claim(&world, ClaimSource::Call, OnThePhone, MINUTE);
    put(&mut world, "alice@x", "short", claimed);
    world.restart();
    world.connect(11, "alice@x");
    world.connect(12, "bob@x");
    let see = |world: &mut World| world.watch(12, &["alice@x"])[0].presence.status;
    assert_eq!(see(&mut world), OnThePhone);
    world.calendar_ahead = 120_000;
    world.restart();
    world.connect(21, "alice@x");
    world.connect(22, "bob@x");
    let told = world.watch(22, &["alice@x"]);
    assert_eq!(told[0].presence.status, InAMeeting);
    assert_eq!(told[0].presence.since, None, "since when, nobody knows who has just started");
}

#[test]
fn what_could_not_be_stored_is_refused_and_seen_by_nobody() {
    let mut world = office();
    world.store = Store::Hangs;
    let command =
        ServiceCommand::PutClaim { key: key("calendar", "a"), claim: meeting(&world, HOUR) };
    let id = world.serve("alice@x", command);
    assert_eq!(world.served.get(&id), None, "nothing is acknowledged before it is durable");
    assert_eq!(world.changes(BOB), []);
    world.release(Err(StoreError));
    assert_eq!(ended(&world, id), HResult::MSGR_E_SERVER_UNAVAILABLE);
    assert_eq!(world.changes(BOB), []);
}

#[test]
fn a_calendar_that_is_set_forward_ends_a_claim_and_one_set_back_does_not_revive_it() {
    let mut world = office();
    let claimed = meeting(&world, HOUR);
    put(&mut world, "alice@x", "review", claimed);
    world.calendar_ahead = 3_600_000;
    world.pass(MINUTE);
    world.calendar_ahead = 0;
    world.pass(MINUTE);
    assert_eq!(world.statuses(BOB), [InAMeeting, Online]);
}

#[test]
fn a_claim_that_has_begun_goes_on_where_the_calendar_is_set_back() {
    let mut world = office();
    let claimed = meeting(&world, HOUR);
    put(&mut world, "alice@x", "review", claimed);
    world.calendar_ahead = -600_000;
    world.request(ALICE, Signal::ReportIdle { idle_for: Some(MINUTE) });
    world.request(ALICE, Signal::ReportIdle { idle_for: None });
    world.pass(MINUTE);
    assert_eq!(world.statuses(BOB), [InAMeeting]);
}

#[test]
fn the_same_claim_again_is_not_written_again_and_keeps_its_beginning() {
    let mut world = office();
    let first = meeting(&world, HOUR);
    put(&mut world, "alice@x", "review", first.clone());
    let (written, begun) = (world.writes.len(), world.wall());
    world.pass(MINUTE);
    assert_eq!(put(&mut world, "alice@x", "review", first.clone()), HResult::S_OK);
    assert_eq!(world.writes.len(), written);
    let longer = NewClaim { until: first.until + HOUR, ..first };
    put(&mut world, "alice@x", "review", longer);
    let service = ServiceName::parse("calendar").unwrap();
    let kept = world.hub.claims_by(&service, &name("ALICE@x")).unwrap();
    assert_eq!(kept[0].claim.from, begun, "a claim that is made longer began when it began");
    assert_eq!(world.statuses(BOB), [InAMeeting, InAMeeting], "the end is another one");
}

#[test]
fn services_see_and_remove_only_what_they_claim_themselves() {
    let mut world = office();
    let claimed = meeting(&world, HOUR);
    put(&mut world, "alice@x", "review", claimed);
    let other = key("telephone", "review");
    let id = world.serve("alice@x", ServiceCommand::RemoveClaim { key: other.clone() });
    assert_eq!(ended(&world, id), HResult::S_OK, "what is not there need not be removed");
    assert_eq!(seen(&mut world).status, InAMeeting);
    let by = |service: &ServiceName, who| world.hub.claims_by(service, &name(who));
    assert_eq!(by(&other.service, "alice@x").unwrap(), []);
    assert_eq!(by(&other.service, "nobody@x"), None);
}

#[test]
fn what_cannot_be_claimed_is_refused_with_what_is_allowed() {
    let mut world = office();
    let now = world.wall();
    let good = meeting(&world, HOUR);
    let too_far = UnixMs::from_millis((now + CLAIM_AHEAD_MAX).as_millis() + 1);
    let rows = [
        (NewClaim { status: Idle, ..good.clone() }, "status 18 cannot be claimed"),
        (NewClaim { status: Invisible, ..good.clone() }, "status 6 cannot be claimed"),
        (NewClaim { until: now, ..good.clone() }, "`until` must be later than `from`"),
        (NewClaim { from: Some(UnixMs::from_millis(0)), until: now, ..good.clone() }, "has passed"),
        (NewClaim { until: too_far, ..good.clone() }, "31 days"),
    ];
    for (bad, words) in rows {
        assert_eq!(put(&mut world, "alice@x", "a", bad), HResult::E_INVALIDARG);
        assert!(why(&world).contains(words), "{words:?} is missing in {:?}", why(&world));
    }
    assert_eq!(put(&mut world, "nobody@x", "a", good), HResult::MSGR_E_USER_NOT_FOUND);
    assert_eq!(world.changes(BOB), []);
}

#[test]
fn no_more_is_claimed_than_is_kept() {
    let mut world = office();
    let good = meeting(&world, HOUR);
    let services = CLAIMS_MAX / CLAIMS_PER_SERVICE_MAX;
    for service in 0..services {
        for id in 0..CLAIMS_PER_SERVICE_MAX {
            let key = key(&format!("service-{service}"), &format!("claim-{id}"));
            let claim = good.clone();
            let id = world.serve("alice@x", ServiceCommand::PutClaim { key, claim });
            assert_eq!(ended(&world, id), HResult::S_OK);
        }
    }
    for service in ["service-0", "another"] {
        let (key, claim) = (key(service, "one-more"), good.clone());
        let id = world.serve("alice@x", ServiceCommand::PutClaim { key, claim });
        assert_eq!(ended(&world, id), HResult::MSGR_E_LIST_FULL);
    }
    let (key, claim) =
        (key("service-0", "claim-0"), NewClaim { until: good.until + HOUR, ..good.clone() });
    let id = world.serve("alice@x", ServiceCommand::PutClaim { key, claim });
    assert_eq!(ended(&world, id), HResult::S_OK, "one that is replaced is none more");
}

#[test]
fn services_that_ask_too_much_are_refused_and_the_user_is_not() {
    let mut world = office();
    world.store = Store::Hangs;
    world.set(ALICE, Busy);
    let ask = |world: &mut World| {
        let command = ServiceCommand::RemoveClaim { key: key("calendar", "a") };
        world.serve("alice@x", command)
    };
    for _ in 0..SERVICE_PENDING_PER_USER_MAX {
        let id = ask(&mut world);
        assert_eq!(world.served.get(&id), None, "it waits its turn");
    }
    let id = ask(&mut world);
    assert_eq!(ended(&world, id), HResult::MSGR_E_SERVER_TOO_BUSY);
    world.store = Store::Works;
    world.release(Ok(()));
    assert_eq!(world.served.len(), SERVICE_PENDING_PER_USER_MAX + 1, "every request ends");
    assert_eq!(world.statuses(BOB), [Busy]);
}

#[test]
fn a_service_chooses_as_the_user_could() {
    let forbidding = HubConfig { may_hide: false, ..HubConfig::default() };
    let mut world = World::with(forbidding);
    world.connect(ALICE, "alice@x");
    let choose = |world: &mut World, intent: Intent| {
        let id = world.serve("alice@x", ServiceCommand::SetStatus { intent });
        ended(world, id)
    };
    assert_eq!(choose(&mut world, noted(Busy, "do not call")), HResult::S_OK);
    let me = world.snapshot(ALICE).me;
    assert_eq!((me.status, me.intent.source, me.source), (Busy, Source::Api, Some(Source::Api)));
    assert_eq!(choose(&mut world, intent(Invisible)), HResult::MSGR_E_POLICY_RESTRICTED);
    assert_eq!(choose(&mut world, intent(Idle)), HResult::E_INVALIDARG);
    let ended = Intent { until: Some(world.wall()), ..intent(Away) };
    assert_eq!(choose(&mut world, ended), HResult::E_INVALIDARG);
    assert_eq!(choose(&mut world, Intent::AUTOMATIC), HResult::S_OK);
    let me = world.snapshot(ALICE).me;
    assert_eq!((me.status, me.intent.note), (Online, None));
    world.disconnect(ALICE, Departure::Lost);
}

fn dismiss(world: &mut World, id: &str) -> HResult {
    world.ask(ALICE, Command::DismissClaim { key: key("calendar", id) })
}

fn ignore(world: &mut World, ignored: bool) -> HResult {
    world.ask(ALICE, Command::IgnoreClaims { source: ClaimSource::Calendar, ignored })
}

#[test]
fn the_user_is_told_what_is_claimed_about_them() {
    let mut world = office();
    let waiting =
        NewClaim { from: Some(later(&world, HOUR)), ..meeting(&world, Span::from_secs(7_200)) };
    put(&mut world, "alice@x", "later", waiting);
    let told = world.heard(ALICE);
    let [Notice::Update(_, Update::MyStatus { me })] = &told[..] else {
        panic!("the user is told of what waits, too: {told:?}");
    };
    assert_eq!((me.status, me.claims.len()), (Online, 1));
    assert_eq!(world.snapshot(ALICE).me, *me);
    let KnownClaim { key, claim, dismissed, in_force } = &me.claims[0];
    assert_eq!((key.id.as_str(), claim.status), ("later", InAMeeting));
    assert_eq!((*dismissed, *in_force), (false, false));
    assert_eq!(world.changes(BOB), []);
}

#[test]
fn a_dismissed_claim_counts_no_more_until_it_begins_anew() {
    let mut world = office();
    let claimed = meeting(&world, HOUR);
    put(&mut world, "alice@x", "review", claimed.clone());
    assert_eq!(dismiss(&mut world, "review"), HResult::S_OK);
    assert_eq!(world.statuses(BOB), [InAMeeting, Online]);
    assert_eq!(seen(&mut world).source, Some(Source::User), "it was the user who wanted that");
    let longer = NewClaim { until: claimed.until + HOUR, ..claimed.clone() };
    put(&mut world, "alice@x", "review", longer);
    assert_eq!(world.statuses(BOB), [], "it is the same meeting");
    world.restart();
    world.connect(11, "alice@x");
    assert_eq!(world.snapshot(11).me.status, Online, "after a restart, too");
    let anew = NewClaim { from: Some(later(&world, MINUTE)), ..claimed };
    put(&mut world, "alice@x", "review", anew);
    world.pass(MINUTE);
    assert_eq!(world.snapshot(11).me.status, InAMeeting);
}

#[test]
fn what_is_gone_or_dismissed_already_can_be_dismissed() {
    let mut world = office();
    let claimed = meeting(&world, HOUR);
    put(&mut world, "alice@x", "review", claimed);
    assert_eq!(dismiss(&mut world, "another"), HResult::S_OK);
    assert_eq!(dismiss(&mut world, "review"), HResult::S_OK);
    let written = world.writes.len();
    assert_eq!(dismiss(&mut world, "review"), HResult::S_OK);
    assert_eq!(world.writes.len(), written);
}

#[test]
fn a_source_that_is_ignored_counts_no_more_until_it_is_not() {
    let mut world = office();
    let claimed = meeting(&world, HOUR);
    put(&mut world, "alice@x", "review", claimed);
    let claimed = claim(&world, ClaimSource::Schedule, OutToLunch, HOUR);
    put(&mut world, "alice@x", "lunch", claimed);
    assert_eq!(ignore(&mut world, true), HResult::S_OK);
    assert_eq!(world.statuses(BOB), [InAMeeting, OutToLunch]);
    assert!(world.snapshot(ALICE).me.ignored.iter().eq([ClaimSource::Calendar]));
    world.restart();
    world.connect(11, "alice@x");
    assert_eq!(world.snapshot(11).me.status, OutToLunch, "after a restart, too");
    world.connect(BOB + 10, "bob@x");
    world.connect(ALICE, "alice@x");
    assert_eq!(ignore(&mut world, false), HResult::S_OK);
    assert_eq!(world.snapshot(ALICE).me.status, InAMeeting);
}

#[test]
fn the_user_is_told_which_claim_is_in_force() {
    let mut world = office();
    let in_force = |world: &mut World| -> Vec<_> {
        let claims = world.snapshot(ALICE).me.claims;
        let named = claims.iter().filter(|known| known.in_force);
        named.map(|known| known.key.id.as_str().to_owned()).collect()
    };
    let claimed = meeting(&world, HOUR);
    put(&mut world, "alice@x", "review", claimed);
    assert_eq!(in_force(&mut world), ["review"]);
    let claimed = claim(&world, ClaimSource::Call, OnThePhone, HOUR);
    put(&mut world, "alice@x", "call", claimed);
    assert_eq!(in_force(&mut world), ["call"]);
    world.set(ALICE, Busy);
    assert_eq!(in_force(&mut world), [""; 0], "what was chosen goes before");
    world.set(ALICE, Online);
    dismiss(&mut world, "call");
    assert_eq!(in_force(&mut world), ["review"]);
    ignore(&mut world, true);
    assert_eq!(in_force(&mut world), [""; 0]);
}

#[test]
fn what_was_dismissed_stays_so_when_it_is_claimed_again_after_its_end_also_over_a_restart() {
    for restarted in [false, true] {
        let mut world = office();
        let from = Some(world.wall());
        let claimed = NewClaim { from, ..meeting(&world, MINUTE) };
        put(&mut world, "alice@x", "over", claimed.clone());
        dismiss(&mut world, "over");
        world.pass(Span::from_secs(120));
        assert_eq!(world.snapshot(ALICE).me.claims.len(), 0, "what has ended is told nobody");
        if restarted {
            world.restart();
            world.connect(ALICE, "alice@x");
        }
        let again = NewClaim { until: later(&world, HOUR), ..claimed };
        put(&mut world, "alice@x", "over", again.clone());
        let me = world.snapshot(ALICE).me;
        assert_eq!((me.status, me.claims[0].dismissed), (Online, true), "restarted: {restarted}");
        let anew = NewClaim { from: Some(world.wall()), ..again };
        put(&mut world, "alice@x", "over", anew);
        let me = world.snapshot(ALICE).me;
        assert_eq!((me.status, me.claims[0].dismissed), (InAMeeting, false), "it begins anew");
    }
}

#[test]
fn a_program_that_takes_everything_back_before_it_claims_anew_does_not_undo_what_the_user_did() {
    for restarted in [false, true] {
        let mut world = office();
        let claimed = NewClaim { from: Some(world.wall()), ..meeting(&world, HOUR) };
        put(&mut world, "alice@x", "review", claimed.clone());
        dismiss(&mut world, "review");
        assert_eq!(remove(&mut world, "alice@x", "review"), HResult::S_OK);
        assert_eq!(world.snapshot(ALICE).me.claims.len(), 0);
        if restarted {
            world.restart();
            world.connect(ALICE, "alice@x");
        }
        put(&mut world, "alice@x", "review", claimed.clone());
        assert_eq!(world.snapshot(ALICE).me.status, Online, "restarted: {restarted}");
    }
}

#[test]
fn a_dismissal_is_forgotten_a_day_after_the_end_and_no_more_are_kept_than_claims() {
    let mut world = office();
    let claimed = NewClaim { from: Some(world.wall()), ..meeting(&world, MINUTE) };
    put(&mut world, "alice@x", "review", claimed.clone());
    dismiss(&mut world, "review");
    world.pass(MINUTE);
    world.pass(DISMISSAL_KEPT);
    let again = NewClaim { until: later(&world, HOUR), ..claimed };
    put(&mut world, "alice@x", "review", again.clone());
    let dismissed = |world: &mut World| {
        let service = ServiceName::parse("calendar").unwrap();
        let known = world.hub.claims_by(&service, &name("alice@x")).unwrap();
        known.into_iter().map(|known| known.dismissed).collect::<Vec<_>>()
    };
    assert_eq!(dismissed(&mut world), [false]);
    for number in 0..=CLAIMS_MAX {
        let id = format!("claim-{number}");
        put(&mut world, "alice@x", &id, again.clone());
        dismiss(&mut world, &id);
        world.pass(Span::from_millis(1));
        remove(&mut world, "alice@x", &id);
    }
    remove(&mut world, "alice@x", "review");
    for (id, expected) in [("claim-0", false), ("claim-1", true)] {
        put(&mut world, "alice@x", id, again.clone());
        assert_eq!(dismissed(&mut world), [expected], "{id}");
        remove(&mut world, "alice@x", id);
    }
}

#[test]
fn a_claim_that_waits_is_made_to_begin_now_where_its_beginning_is_left_out() {
    let mut world = office();
    let waiting =
        NewClaim { from: Some(later(&world, HOUR)), ..meeting(&world, Span::from_secs(7_200)) };
    put(&mut world, "alice@x", "review", waiting);
    let now = meeting(&world, MINUTE);
    assert_eq!(put(&mut world, "alice@x", "review", now), HResult::S_OK);
    assert_eq!(world.statuses(BOB), [InAMeeting]);
}
