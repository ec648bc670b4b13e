//! Groups, blocked people, contact requests.

use super::*;
use crate::{
    chat::ContactRequest,
    group::{Group, GroupId, GroupName},
    search::{FoundPerson, SearchText},
};

fn group_name(text: &str) -> GroupName {
    GroupName::parse(text).unwrap()
}

fn group(id: u32, text: &str, members: &[&str]) -> Group {
    let members = members.iter().map(|member| name(member)).collect();
    Group { id: GroupId(id), name: group_name(text), members }
}

fn lists(seq: u64, groups: Vec<Group>, blocked: &[&str]) -> Notice {
    let Notice::Snapshot(snapshot) = snapshot(seq, &[change("bob@x", Online)]) else {
        unreachable!()
    };
    let blocked = blocked.iter().map(|who| name(who)).collect();
    Notice::Snapshot(Snapshot { groups, blocked, ..snapshot })
}

/// Events about lists, as far as they are told here.
fn told(did: Vec<Did>) -> Vec<Event> {
    let events = did.into_iter().filter_map(|did| match did {
        Out(Output::Event(event)) => Some(event),
        _ => None,
    });
    events.filter(|event| !matches!(event, Event::Chat { .. })).collect()
}

#[test]
fn groups_are_there_after_the_sign_in_without_events() {
    let mut client = Client::persistent();
    client.dial();
    let did =
        client.told([welcome("me@x"), lists(0, vec![group(1, "Team", &["bob@x"])], &["dave@x"])]);
    assert_eq!(told(did), []);
    assert_eq!(client.session.groups().count(), 1);
    assert!(client.session.is_blocked(&name("dave@x")));
}

#[test]
fn what_differs_in_a_later_snapshot_is_told_as_changes() {
    let mut client = Client::persistent();
    client.dial();
    let before = vec![group(1, "Team", &["bob@x"]), group(2, "Old", &[])];
    client.told([welcome("me@x"), lists(0, before, &["dave@x"])]);
    let after = vec![group(1, "Crew", &["carol@x"]), group(3, "New", &[])];
    let events = told(client.told([lists(1, after, &["carol@x"])]));
    let (hr, one) = (H::S_OK, GroupId(1));
    assert_eq!(
        events,
        [
            Event::GroupRemoved { hr, group: GroupId(2) },
            Event::GroupRenamed { hr, group: one },
            Event::GroupMember { hr, group: one, name: name("bob@x"), member: false },
            Event::GroupMember { hr, group: one, name: name("carol@x"), member: true },
            Event::GroupAdded { hr, group: Some(GroupId(3)), request: None },
            Event::Blocked { hr, name: name("dave@x"), blocked: false },
            Event::Blocked { hr, name: name("carol@x"), blocked: true },
        ]
    );
}

#[test]
fn verdicts_of_the_engine_end_in_events() {
    let mut client = Client::persistent().signed_in(&[change("bob@x", Online)]);
    let id = client
        .session
        .request(Command::CreateGroup { name: group_name("Team") }, client.now)
        .unwrap();
    let added = Notice::Update(
        Seq(1),
        Update::GroupAdded { group: group(7, "Team", &[]), request: Some(id) },
    );
    let done = Notice::Update(Seq(2), Update::Outcome(Outcome { id, hr: H::S_OK, message: None }));
    let did = client.told([added, done]);
    let expect = Event::GroupAdded { hr: H::S_OK, group: Some(GroupId(7)), request: Some(id) };
    assert_eq!(did, [Out(Output::Event(expect)), Done(H::S_OK)]);

    let id = client
        .session
        .request(Command::RenameGroup { group: GroupId(7), name: group_name("Crew") }, client.now)
        .unwrap();
    let hr = H::MSGR_E_GROUP_ALREADY_EXISTS;
    let did =
        client.told([Notice::Update(Seq(3), Update::Outcome(Outcome { id, hr, message: None }))]);
    let expect = Event::GroupRenamed { hr, group: GroupId(7) };
    assert_eq!(did, [Out(Output::Event(expect)), Done(hr)]);
    assert_eq!(client.session.group(GroupId(7)).unwrap().name, group_name("Team"));
}

#[test]
fn groups_that_are_gone_and_strangers_who_do_not_wait_are_refused_at_once() {
    let mut client = Client::persistent().signed_in(&[]);
    let gone = Err(H::MSGR_E_GROUP_DOES_NOT_EXIST);
    assert_eq!(
        client.session.request(Command::RemoveGroup { group: GroupId(9) }, client.now),
        gone
    );
    assert_eq!(
        client
            .session
            .request(Command::RenameGroup { group: GroupId(9), name: group_name("x") }, client.now),
        gone
    );
    let answer = client
        .session
        .request(Command::AnswerContactRequest { name: name("bob@x"), accept: true }, client.now);
    assert_eq!(answer, Err(H::MSGR_E_USER_NOT_FOUND));
    let mut out = Client::persistent();
    assert_eq!(
        out.session.request(Command::RemoveGroup { group: GroupId(9) }, out.now),
        Err(H::MSGR_E_NOT_LOGGED_ON)
    );
}

#[test]
fn somebody_taken_off_the_list_is_in_no_group() {
    let mut client = Client::persistent();
    client.dial();
    client.told([welcome("me@x"), lists(0, vec![group(1, "Team", &["bob@x"])], &[])]);
    client.told([Notice::Update(Seq(1), Update::ContactRemoved { name: name("bob@x") })]);
    assert!(client.session.group(GroupId(1)).unwrap().members.is_empty());
}

#[test]
fn requests_wait_until_they_are_answered() {
    let mut client = Client::persistent().signed_in(&[]);
    let request = ContactRequest {
        from: name("bob@x"),
        friendly_name: None,
        at: UnixMs::from_millis(1_790_000_000_000),
    };
    let did = client.told([Notice::Update(Seq(1), Update::ContactRequested { request })]);
    assert_eq!(did, [Out(Output::Event(Event::ContactRequests))]);
    client
        .session
        .request(Command::AnswerContactRequest { name: name("Bob@X"), accept: true }, client.now)
        .unwrap();
    client.told([Notice::Update(Seq(2), Update::ContactRequestGone { name: name("bob@x") })]);
    assert_eq!(client.session.contact_requests().count(), 0);
}

#[test]
fn a_contact_who_is_called_otherwise_is_told_with_the_former_name() {
    let mut client = Client::persistent().signed_in(&[change("bob@x", Online)]);
    let named =
        |text: &str| Change { friendly_name: Some(text.to_owned()), ..change("bob@x", Online) };
    let told = |client: &mut Client, seq, change| {
        let did =
            client.told([Notice::Update(Seq(seq), Update::Changes { changes: vec![change] })]);
        let name = name("bob@x");
        did.into_iter()
            .filter_map(|did| match did {
                Out(Output::Event(Event::FriendlyName { name: who, previous })) if who == name => {
                    Some(previous)
                }
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&mut client, 1, named("Bob")), ["bob@x"]);
    assert_eq!(told(&mut client, 2, named("Bob")), Vec::<String>::new());
    assert_eq!(told(&mut client, 3, named("Robert")), ["Bob"]);
}

#[test]
fn what_was_told_to_have_happened_is_not_told_to_have_failed_when_its_outcome_gets_lost() {
    let begin = || {
        let mut client = Client::persistent();
        client.dial();
        client.told([welcome("me@x"), lists(0, vec![group(1, "Team", &[])], &[])]);
        client.session.request(Command::AddContact { name: name("carol@x") }, client.now).unwrap();
        client
            .session
            .request(Command::SetBlocked { name: name("dave@x"), blocked: true }, client.now)
            .unwrap();
        client
            .session
            .request(
                Command::RenameGroup { group: GroupId(1), name: group_name("Crew") },
                client.now,
            )
            .unwrap();
        client.told([
            Notice::Update(Seq(1), Update::ContactAdded { contact: change("carol@x", Online) }),
            Notice::Update(Seq(2), Update::Blocked { name: name("dave@x"), blocked: true }),
            // Another device wanted it otherwise.
            Notice::Update(
                Seq(3),
                Update::GroupRenamed { group: GroupId(1), name: group_name("Gang") },
            ),
        ]);
        client
    };
    let ended = |did: Vec<Did>, hr: HResult| {
        let done = did.iter().filter_map(|did| match did {
            Done(hr) => Some(*hr),
            _ => None,
        });
        assert_eq!(done.collect::<Vec<_>>(), [H::S_OK, H::S_OK, hr]);
        assert!(!did.iter().any(|did| matches!(did, Added(..))), "{did:?}");
        assert_eq!(
            told(did)
                .into_iter()
                .filter(|event| !matches!(event, Event::ContactRequests))
                .collect::<Vec<_>>(),
            [Event::GroupRenamed { hr, group: GroupId(1) }]
        );
    };
    ended(begin().after(15_000), H::MSGR_E_SERVER_UNAVAILABLE);
    let mut client = begin();
    client.session.signout(client.now).unwrap();
    let did = client.drain();
    let hr = did.iter().find_map(|did| match did {
        Done(hr) if hr.is_failure() => Some(*hr),
        _ => None,
    });
    ended(did, hr.expect("the renaming has no outcome"));
}

/// Returns how many steps the snapshot takes that follows on a restart of the engine, with a group of so many, as many
/// blocked, and `more` of what is otherwise then.
fn work_after_a_restart(count: usize, more: impl FnOnce(&mut Snapshot)) -> u64 {
    let names = |kind: &str| -> Vec<_> {
        // In no order.
        let numbers = (0..count).map(|at| at * 7_919 % count);
        numbers.map(|number| name(&format!("{kind}{number}@x"))).collect()
    };
    let contact = |name| Change {
        name,
        friendly_name: None,
        presence: Presence::of(Online),
        settling: false,
    };
    let Notice::Snapshot(snapshot) = snapshot(0, &[]) else { unreachable!() };
    let before = Snapshot {
        contacts: names("contact").into_iter().map(contact).collect(),
        groups: vec![Group { members: names("contact"), ..group(1, "Everybody", &[]) }],
        blocked: names("blocked"),
        ..snapshot
    };
    let mut after = before.clone();
    for contact in &mut after.contacts {
        contact.presence = Presence::UNKNOWN;
        contact.settling = true;
    }
    more(&mut after);
    let mut client = Client::persistent();
    client.dial();
    let mut take = |notice| {
        client.script.incoming.borrow_mut().push_back(notice);
        client.session.handle_link(LinkEvent::Text(""), client.now);
        while client.session.poll_output().is_some() {}
    };
    take(welcome("me@x"));
    take(Notice::Snapshot(before));
    crate::work::of(|| take(Notice::Snapshot(after)))
}

#[test]
fn the_work_of_a_snapshot_grows_with_its_lists_and_not_with_their_square() {
    let unchanged = |_: &mut Snapshot| {};
    let emptied = |snapshot: &mut Snapshot| {
        snapshot.contacts.clear();
        snapshot.groups[0].members.clear();
        snapshot.blocked.clear();
    };
    let turned_round = |snapshot: &mut Snapshot| {
        snapshot.groups[0].members.reverse();
        snapshot.blocked.reverse();
        snapshot.groups[0].members.pop();
        snapshot.blocked.pop();
    };
    let kinds: [fn(&mut Snapshot); 3] = [unchanged, emptied, turned_round];
    for (kind, change) in kinds.into_iter().enumerate() {
        // Steps of a search grow with the logarithm: 14 for the one, 10 for the other.
        let [few, many] = [1_000, 10_000].map(|count| work_after_a_restart(count, change));
        assert!(many < few * 20, "{kind}: {few} steps for 1,000, {many} for 10,000");
    }
}

#[test]
fn whoever_searches_is_told_whom_that_found_and_nothing_that_others_searched() {
    let mut client = Client::persistent().signed_in(&[]);
    let beginning = SearchText::parse("ada").unwrap();
    let id = client.session.request(Command::FindPeople { beginning }, client.now).unwrap();
    let people = || vec![FoundPerson { name: name("ada@x"), friendly_name: None, title: None }];
    let done = |id| Notice::Outcome(Outcome { id, hr: H::S_OK, message: None });
    let other = RequestId(id.0 + 1);
    let did = client.told([
        Notice::People { id: other, people: people(), more: false },
        Notice::People { id, people: people(), more: true },
        done(id),
        Notice::People { id, people: people(), more: false },
    ]);
    let found = Event::PeopleFound { id, people: people(), more: true };
    assert_eq!(did, [Did::Out(Output::Event(found)), Did::Done(H::S_OK)]);
}
