//! Contact requests, blocking and groups, rule by rule.

use mistatus_core::{
    group::{Group, GroupId, GroupName},
    hresult::HResult,
    limits::{CONTACT_REQUESTS_MAX, GROUPS_MAX},
    message::{Command, Notice, RequestId, Seq, Update},
    presence::{Presence, Source},
    status::MiStatus::*,
};

use super::world::{Store, World, key, name};
use crate::{Departure, HubConfig, Visibility};

const ALICE: u64 = 1;
const BOB: u64 = 2;
const SECOND: u64 = 3;
const OK: HResult = HResult::S_OK;

/// Alice and Bob are there, and who sees whom has to be allowed.
fn strangers() -> World {
    let mut world = World::new(Visibility::Contacts);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world
}

fn answer(world: &mut World, client: u64, who: &str, accept: bool) -> HResult {
    world.ask(client, Command::AnswerContactRequest { name: name(who), accept })
}

fn block(world: &mut World, client: u64, who: &str, blocked: bool) -> HResult {
    world.ask(client, Command::SetBlocked { name: name(who), blocked })
}

fn group_name(text: &str) -> GroupName {
    GroupName::parse(text).expect("a valid name")
}

fn create(world: &mut World, client: u64, text: &str) -> HResult {
    world.ask(client, Command::CreateGroup { name: group_name(text) })
}

fn put_into(world: &mut World, client: u64, group: u32, who: &str, member: bool) -> HResult {
    let group = GroupId(group);
    world.ask(client, Command::SetGroupMember { group, name: name(who), member })
}

fn who_asks(world: &mut World, client: u64) -> Vec<String> {
    let requests = world.snapshot(client).requests.into_iter();
    requests.map(|request| request.from.as_str().to_owned()).collect()
}

#[test]
fn who_is_put_on_a_list_is_asked_and_seen_once_they_accept() {
    let mut world = strangers();
    world.connect(SECOND, "bob@x");
    assert_eq!(world.add(ALICE, "bob@x"), OK);
    for client in [BOB, SECOND] {
        assert!(matches!(
            &world.heard(client)[..],
            [Notice::Update(_, Update::ContactRequested { request })] if request.from == name("alice@x")
        ));
    }
    world.heard(ALICE);
    assert_eq!(answer(&mut world, BOB, "alice@x", true), OK);
    assert_eq!(world.statuses(ALICE), [Online]);
    assert!(matches!(
        &world.heard(SECOND)[..],
        [Notice::Update(_, Update::ContactRequestGone { .. })]
    ));
    assert_eq!(world.snapshot(BOB).contacts, [], "the list of who accepts stays as it is");
    world.set(BOB, Busy);
    assert_eq!(world.statuses(ALICE), [Busy]);
    assert_eq!(
        answer(&mut world, SECOND, "alice@x", true),
        HResult::MSGR_E_USER_NOT_FOUND,
        "only once"
    );
}

#[test]
fn a_refusal_is_told_to_nobody_but_the_own_clients() {
    let mut world = strangers();
    world.add(ALICE, "bob@x");
    world.heard(ALICE);
    assert_eq!(answer(&mut world, BOB, "alice@x", false), OK);
    assert_eq!(world.heard(ALICE), []);
    assert_eq!(who_asks(&mut world, BOB), [""; 0]);
    assert_eq!(world.snapshot(ALICE).contacts[0].presence, Presence::UNKNOWN);
}

#[test]
fn a_request_waits_over_absence_and_restart() {
    let mut world = World::new(Visibility::Contacts);
    world.connect(ALICE, "alice@x");
    world.add(ALICE, "bob@x");
    world.connect(BOB, "bob@x");
    assert_eq!(who_asks(&mut world, BOB), ["alice@x"], "also of somebody who was never there");
    world.disconnect(BOB, Departure::SignedOut);
    world.restart();
    world.connect(SECOND, "bob@x");
    assert_eq!(who_asks(&mut world, SECOND), ["alice@x"]);
    assert_eq!(answer(&mut world, SECOND, "alice@x", true), OK);
    world.restart();
    world.connect(4, "bob@x");
    assert_eq!(who_asks(&mut world, 4), [""; 0]);
    world.connect(5, "alice@x");
    assert_eq!(world.snapshot(5).contacts[0].presence.status, Online, "what was allowed holds");
}

#[test]
fn whoever_adds_the_one_who_asks_has_answered() {
    let mut world = strangers();
    world.add(ALICE, "bob@x");
    world.heard(ALICE);
    assert_eq!(world.add(BOB, "alice@x"), OK);
    assert_eq!(who_asks(&mut world, BOB), [""; 0]);
    assert_eq!(world.statuses(ALICE), [Online]);
    assert_eq!(who_asks(&mut world, ALICE), [""; 0], "nobody is asked who has allowed it");
}

#[test]
fn taking_somebody_off_the_list_takes_back_the_request_and_what_was_allowed() {
    let mut world = strangers();
    world.add(ALICE, "bob@x");
    world.heard(BOB);
    assert_eq!(world.remove(ALICE, "bob@x"), OK);
    assert!(matches!(
        &world.heard(BOB)[..],
        [Notice::Update(_, Update::ContactRequestGone { .. })]
    ));
    world.add(ALICE, "bob@x");
    answer(&mut world, BOB, "alice@x", true);
    world.add(BOB, "alice@x");
    world.heard(ALICE);
    assert_eq!(world.remove(BOB, "alice@x"), OK);
    assert_eq!(world.statuses(ALICE), [Unknown]);
}

#[test]
fn nobody_is_buried_under_requests() {
    let mut world = World::new(Visibility::Contacts);
    world.connect(BOB, "bob@x");
    for number in 0..=CONTACT_REQUESTS_MAX as u64 {
        let client = 1000 + number;
        world.connect(client, &format!("{number}@x"));
        assert_eq!(world.add(client, "bob@x"), OK, "nobody learns that it was dropped");
        world.disconnect(client, Departure::SignedOut);
    }
    assert_eq!(who_asks(&mut world, BOB).len(), CONTACT_REQUESTS_MAX);
}

#[test]
fn who_is_blocked_sees_a_departure_and_asks_for_nothing() {
    let mut world = World::new(Visibility::Everyone);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world.watch(BOB, &["alice@x"]);
    world.set(ALICE, Busy);
    world.heard(BOB);
    assert_eq!(block(&mut world, ALICE, "bob@x", true), OK);
    let seen = world.changes(BOB);
    assert_eq!(seen[0].presence.status, Offline);
    assert_eq!(seen[0].presence.source, Some(Source::Connection));
    assert_eq!(seen[0].presence.since, Some(world.wall()));
    assert_eq!(world.watch(ALICE, &["bob@x"])[0].presence.status, Online, "the own view stays");
    world.set(ALICE, Away);
    assert_eq!(world.heard(BOB), []);
    assert_eq!(block(&mut world, ALICE, "bob@x", true), HResult::S_FALSE);
    assert_eq!(block(&mut world, ALICE, "alice@x", true), HResult::E_INVALIDARG);
    assert_eq!(block(&mut world, ALICE, "bob@x", false), OK);
    assert_eq!(world.statuses(BOB), [Away]);
}

#[test]
fn a_block_holds_over_a_restart_and_ends_requests() {
    let mut world = strangers();
    world.add(BOB, "alice@x");
    world.heard(ALICE);
    assert_eq!(block(&mut world, ALICE, "bob@x", true), OK);
    let told = world.heard(ALICE);
    assert!(matches!(
        &told[..],
        [
            Notice::Update(_, Update::Blocked { blocked: true, .. }),
            Notice::Update(_, Update::ContactRequestGone { .. }),
            _
        ]
    ));
    world.remove(BOB, "alice@x");
    assert_eq!(world.add(BOB, "alice@x"), OK);
    assert_eq!(who_asks(&mut world, ALICE), [""; 0]);
    world.restart();
    world.connect(SECOND, "alice@x");
    let snapshot = world.snapshot(SECOND);
    assert_eq!((snapshot.blocked, snapshot.requests), (vec![name("bob@x")], vec![]));
    assert_eq!(block(&mut world, SECOND, "bob@x", false), OK);
    world.restart();
    world.connect(4, "alice@x");
    assert_eq!(world.snapshot(4).blocked, []);
}

#[test]
fn blocking_is_bounded() {
    let config = HubConfig { contacts_max: 1, ..HubConfig::default() };
    let mut world = World::with(config);
    world.connect(ALICE, "alice@x");
    assert_eq!(block(&mut world, ALICE, "bob@x", true), OK);
    assert_eq!(block(&mut world, ALICE, "carol@x", true), HResult::MSGR_E_LIST_FULL);
}

#[test]
fn groups_are_the_same_for_all_clients_and_after_a_restart() {
    let mut world = strangers();
    world.connect(SECOND, "alice@x");
    world.add(ALICE, "Bob@x");
    world.add(ALICE, "carol@x");
    world.heard(SECOND);
    assert_eq!(create(&mut world, ALICE, "Team"), OK);
    assert_eq!(create(&mut world, ALICE, "Other"), OK);
    assert_eq!(put_into(&mut world, ALICE, 1, "carol@x", true), OK);
    assert_eq!(put_into(&mut world, ALICE, 1, "bob@x", true), OK);
    let rename = Command::RenameGroup { group: GroupId(1), name: group_name("Crew") };
    assert_eq!(world.ask(ALICE, rename), OK);
    assert_eq!(world.ask(ALICE, Command::RemoveGroup { group: GroupId(2) }), OK);
    let told = world.heard(SECOND);
    assert!(
        matches!(
            &told[..],
            [
                Notice::Update(
                    _,
                    Update::GroupAdded { group: Group { id: GroupId(1), .. }, request: Some(_) }
                ),
                Notice::Update(_, Update::GroupAdded { group: Group { id: GroupId(2), .. }, .. }),
                Notice::Update(_, Update::GroupMember { group: GroupId(1), member: true, .. }),
                Notice::Update(_, Update::GroupMember { .. }),
                Notice::Update(_, Update::GroupRenamed { .. }),
                Notice::Update(_, Update::GroupRemoved { group: GroupId(2) }),
            ]
        ),
        "{told:?}"
    );
    let crew = |members: &[&str]| Group {
        id: GroupId(1),
        name: group_name("Crew"),
        members: members.iter().copied().map(name).collect(),
    };
    assert_eq!(world.snapshot(SECOND).groups, [crew(&["carol@x", "bob@x"])]);
    world.remove(ALICE, "bob@x");
    world.restart();
    world.connect(4, "alice@x");
    assert_eq!(
        world.snapshot(4).groups,
        [crew(&["carol@x"])],
        "who is off the list is in no group"
    );
    assert_eq!(create(&mut world, 4, "Third"), OK);
    assert_eq!(world.snapshot(4).groups[1].id, GroupId(3), "no number is given twice");
}

#[test]
fn each_mistake_about_groups_has_its_code() {
    let mut world = strangers();
    world.add(ALICE, "bob@x");
    assert_eq!(create(&mut world, ALICE, "Team"), OK);
    assert_eq!(create(&mut world, ALICE, "team"), OK, "names are compared as they are");
    assert_eq!(create(&mut world, ALICE, "Team"), HResult::MSGR_E_GROUP_ALREADY_EXISTS);
    let rename = |group| Command::RenameGroup { group: GroupId(group), name: group_name("Team") };
    assert_eq!(world.ask(ALICE, rename(1)), OK, "to its own name");
    assert_eq!(world.ask(ALICE, rename(2)), HResult::MSGR_E_GROUP_ALREADY_EXISTS);
    assert_eq!(world.ask(ALICE, rename(9)), HResult::MSGR_E_GROUP_DOES_NOT_EXIST);
    let remove = Command::RemoveGroup { group: GroupId(9) };
    assert_eq!(world.ask(ALICE, remove), HResult::MSGR_E_GROUP_DOES_NOT_EXIST);
    let rows = [
        (9, "bob@x", true, HResult::MSGR_E_GROUP_DOES_NOT_EXIST),
        (1, "carol@x", true, HResult::MSGR_E_USER_NOT_FOUND),
        (1, "bob@x", false, HResult::MSGR_E_USER_NOT_GROUP_MEMBER),
        (1, "bob@x", true, OK),
        (1, "bob@x", true, HResult::MSGR_E_ALREADY_IN_LIST),
        (1, "bob@x", false, OK),
    ];
    for (group, who, member, hr) in rows {
        assert_eq!(put_into(&mut world, ALICE, group, who, member), hr, "{group} {who} {member}");
    }
    for number in 2..GROUPS_MAX {
        assert_eq!(create(&mut world, ALICE, &number.to_string()), OK);
    }
    assert_eq!(create(&mut world, ALICE, "more"), HResult::MSGR_E_TOO_MANY_GROUPS);
}

#[test]
fn all_groups_together_have_a_bounded_number_of_members() {
    let mut world = World::with(HubConfig { memberships_max: 3, ..HubConfig::default() });
    world.connect(ALICE, "alice@x");
    for group in ["one", "two"] {
        create(&mut world, ALICE, group);
    }
    let full = HResult::MSGR_E_LIST_FULL;
    world.add(ALICE, "bob@x");
    world.add(ALICE, "carol@x");
    for (group, who, hr) in [
        (1, "bob@x", OK),
        (1, "carol@x", OK),
        (2, "bob@x", OK),
        (2, "carol@x", full),
        (2, "bob@x", HResult::MSGR_E_ALREADY_IN_LIST),
    ] {
        assert_eq!(put_into(&mut world, ALICE, group, who, true), hr, "{group} {who}");
    }
    assert_eq!(put_into(&mut world, ALICE, 1, "bob@x", false), OK);
    assert_eq!(put_into(&mut world, ALICE, 2, "carol@x", true), OK);
    world.restart();
    world.connect(SECOND, "alice@x");
    assert_eq!(put_into(&mut world, SECOND, 1, "bob@x", true), full);
    world.remove(SECOND, "carol@x");
    assert_eq!(
        put_into(&mut world, SECOND, 1, "bob@x", true),
        OK,
        "who is off the list is in none"
    );
}

#[test]
fn what_could_not_be_stored_was_not_done() {
    let mut world = strangers();
    world.add(ALICE, "bob@x");
    world.heard(BOB);
    world.store = Store::Fails;
    let failed = HResult::MSGR_E_SERVER_UNAVAILABLE;
    assert_eq!(create(&mut world, ALICE, "Team"), failed);
    assert_eq!(block(&mut world, BOB, "alice@x", true), failed);
    assert_eq!(answer(&mut world, BOB, "alice@x", true), failed);
    let snapshot = world.snapshot(BOB);
    assert_eq!((snapshot.blocked.len(), snapshot.requests.len()), (0, 1));
    assert_eq!(world.snapshot(ALICE).groups, []);
}

#[test]
fn what_a_lost_client_misses_of_people_it_is_told_when_it_is_back() {
    let mut world = strangers();
    let first = world.resumable(SECOND, "alice@x");
    world.connect_as(SECOND, first);
    world.add(BOB, "alice@x");
    let seen = world.last_seq(SECOND);
    world.disconnect(SECOND, Departure::Lost);
    create(&mut world, ALICE, "Team");
    block(&mut world, ALICE, "bob@x", true);
    let resume = Some(mistatus_core::message::Resume { token: key(SECOND), seen: Seq(seen) });
    let arrival = crate::Arrival { resume, ..world.resumable(4, "alice@x") };
    let told = world.connect_as(4, arrival);
    assert!(
        matches!(
            &told[..],
            [
                Notice::SignedIn(_),
                Notice::Update(_, Update::GroupAdded { request: Some(RequestId(_)), .. }),
                Notice::Update(_, Update::Blocked { .. }),
                Notice::Update(_, Update::ContactRequestGone { .. }),
                ..
            ]
        ),
        "{told:?}"
    );
}
