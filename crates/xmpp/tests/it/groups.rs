//! Groups out of the names that entries of the list have in common.

use mistatus_core::{
    group::{GroupId, GroupName},
    hresult::HResult,
    message::{Command, Notice, Request, RequestId, Update},
};

use crate::support::{Client, Service, is_quiet, name, reconnect, signed_in};

fn item(jid: &str, groups: &[&str]) -> String {
    let groups: String = groups.iter().map(|group| format!("<group>{group}</group>")).collect();
    format!("<item jid='{jid}' name='x' subscription='both'>{groups}</item>")
}

fn push(jid: &str, groups: &[&str]) -> String {
    format!(
        "<iq xmlns='jabber:client' type='set' id='p'><query xmlns='jabber:iq:roster'>{}</query></iq>",
        item(jid, groups)
    )
}

fn service() -> Service {
    Service {
        manages: true,
        roster: [
            item("bob@example.com", &["Work", " Friends "]),
            item("carol@example.com", &["Work"]),
            item("dave@example.com", &["&#9;", &"x".repeat(65)]),
        ]
        .concat(),
        ..Service::default()
    }
}

/// What is told of groups, in order, short.
fn told(client: &Client) -> Vec<String> {
    let told = client.notices.iter().filter_map(|notice| match notice {
        Notice::Update(_, Update::GroupAdded { group, request }) => {
            Some(format!("{} {} {:?}", group.id.0, group.name.as_str(), request.map(|id| id.0)))
        }
        Notice::Update(_, Update::GroupRenamed { group, name }) => {
            Some(format!("{}={}", group.0, name.as_str()))
        }
        Notice::Update(_, Update::GroupRemoved { group }) => Some(format!("-{}", group.0)),
        Notice::Update(_, Update::GroupMember { group, name, member }) => {
            Some(format!("{}{}{}", group.0, if *member { '+' } else { '-' }, name.as_str()))
        }
        _ => None,
    });
    told.collect()
}

fn snapshot(client: &Client) -> Vec<(u32, String, Vec<String>)> {
    let groups = client.snapshot().groups.iter();
    groups
        .map(|group| {
            let members = group.members.iter().map(|name| name.as_str().to_owned()).collect();
            (group.id.0, group.name.as_str().to_owned(), members)
        })
        .collect()
}

fn group_name(text: &str) -> GroupName {
    GroupName::parse(text).expect("a valid name")
}

fn create(id: u64, name: &str) -> Request {
    Request { id: RequestId(id), command: Command::CreateGroup { name: group_name(name) } }
}

fn rename(id: u64, group: u32, name: &str) -> Request {
    Request {
        id: RequestId(id),
        command: Command::RenameGroup { group: GroupId(group), name: group_name(name) },
    }
}

fn remove(id: u64, group: u32) -> Request {
    Request { id: RequestId(id), command: Command::RemoveGroup { group: GroupId(group) } }
}

fn member(id: u64, group: u32, who: &str, member: bool) -> Request {
    Request {
        id: RequestId(id),
        command: Command::SetGroupMember { group: GroupId(group), name: name(who), member },
    }
}

/// Lets the service answer until both are silent.
fn ask(service: &mut Service, client: &mut Client, request: Request) {
    let said = client.request(request);
    service.talk(client, said);
}

/// Returns the groups that entries were put into last.
fn sets(service: &Service) -> Vec<(String, Vec<String>)> {
    let sets = service.heard.iter().filter(|element| element.attribute("type") == Some("set"));
    sets.filter_map(|set| set.first("query", "jabber:iq:roster")?.elements().next())
        .map(|item| {
            let groups = item.elements().map(mistatus_xmpp::xml::Element::content).collect();
            (item.attribute("jid").unwrap_or_default().to_owned(), groups)
        })
        .collect()
}

#[test]
fn the_names_of_entries_are_the_groups_of_the_snapshot() {
    let client = signed_in(&mut service());
    let expect = [
        (1, "Friends".to_owned(), vec!["bob@example.com".to_owned()]),
        (2, "Work".to_owned(), vec!["bob@example.com".to_owned(), "carol@example.com".to_owned()]),
    ];
    assert_eq!(snapshot(&client), expect);
}

#[test]
fn what_other_clients_change_is_told() {
    let mut client = signed_in(&mut service());
    client.take_notices();
    client.receive(&push("carol@example.com", &["Work", "Team"]));
    client.receive(&push("bob@example.com", &["Work"]));
    client.receive(&push("bob@example.com", &["Work"]));
    client.receive(&push("carol@example.com", &[]));
    client.receive("<iq xmlns='jabber:client' type='set' id='p'><query xmlns='jabber:iq:roster'><item jid='bob@example.com' subscription='remove'/></query></iq>");
    let expect = [
        "3 Team None",
        "3+carol@example.com",
        "1-bob@example.com",
        "-1",
        "2-carol@example.com",
        "3-carol@example.com",
        "-3",
        // That whoever is taken off the list is in no group goes without saying.
        "-2",
    ];
    assert_eq!(told(&client), expect);
    assert_eq!(client.numbers(), (1..=9).collect::<Vec<_>>());
}

#[test]
fn a_group_made_here_needs_no_members_and_takes_some() {
    let mut service = service();
    let mut client = signed_in(&mut service);
    client.take_notices();
    ask(&mut service, &mut client, create(1, "Team"));
    ask(&mut service, &mut client, member(2, 3, "bob@example.com", true));
    ask(&mut service, &mut client, member(3, 3, "bob@example.com", false));
    assert_eq!(told(&client), ["3 Team Some(1)", "3+bob@example.com", "3-bob@example.com"]);
    let groups = |groups: &[&str]| groups.iter().map(|group| (*group).to_owned()).collect();
    let expect = [
        ("bob@example.com".to_owned(), groups(&["Work", " Friends ", "Team"])),
        ("bob@example.com".to_owned(), groups(&["Work", " Friends "])),
    ];
    assert_eq!(sets(&service), expect);
    assert_eq!(client.outcomes(), [1, 2, 3].map(|id| (id, HResult::S_OK)));
}

#[test]
fn what_cannot_be_is_refused_and_the_service_hears_nothing() {
    let mut service = service();
    let mut client = signed_in(&mut service);
    let requests = [
        (create(1, "Work"), HResult::MSGR_E_GROUP_ALREADY_EXISTS),
        (rename(2, 1, "Work"), HResult::MSGR_E_GROUP_ALREADY_EXISTS),
        (rename(3, 9, "New"), HResult::MSGR_E_GROUP_DOES_NOT_EXIST),
        (rename(4, 1, "Friends"), HResult::S_FALSE),
        (remove(5, 9), HResult::MSGR_E_GROUP_DOES_NOT_EXIST),
        (member(6, 9, "bob@example.com", true), HResult::MSGR_E_GROUP_DOES_NOT_EXIST),
        (member(7, 1, "bob@example.com", true), HResult::MSGR_E_ALREADY_IN_LIST),
        (member(8, 1, "carol@example.com", false), HResult::MSGR_E_USER_NOT_GROUP_MEMBER),
        (member(9, 1, "stranger@example.com", true), HResult::MSGR_E_USER_NOT_FOUND),
        (member(10, 1, "nobody", true), HResult::MSGR_E_USER_NOT_FOUND),
        (create(11, "New\u{fffe}"), HResult::MSGR_E_BAD_GROUP_NAME),
        (rename(12, 1, "New\u{ffff}"), HResult::MSGR_E_BAD_GROUP_NAME),
    ];
    let expect: Vec<_> = requests.iter().zip(1..).map(|((_, hr), id)| (id, *hr)).collect();
    for (request, _) in requests {
        assert!(is_quiet(&client.request(request)));
    }
    assert_eq!(client.outcomes(), expect);
    client.take_notices();
    for id in 0..99 {
        client.request(create(100 + id, &format!("Group {id}")));
    }
    assert_eq!(client.outcomes().last(), Some(&(198, HResult::MSGR_E_TOO_MANY_GROUPS)));
}

#[test]
fn renaming_and_removing_change_every_entry_and_are_told_as_one() {
    let mut service = service();
    let mut client = signed_in(&mut service);
    client.take_notices();
    ask(&mut service, &mut client, rename(1, 2, "Job"));
    assert_eq!(told(&client), ["2=Job"]);
    ask(&mut service, &mut client, remove(2, 2));
    assert_eq!(told(&client), ["2=Job", "-2"]);
    let last: Vec<_> = sets(&service).into_iter().map(|(_, groups)| groups.join("|")).collect();
    assert_eq!(last, ["Job| Friends ", "Job", " Friends ", ""]);
    assert_eq!(client.outcomes(), [(1, HResult::S_OK), (2, HResult::S_OK)]);
    // Its number is never used again.
    ask(&mut service, &mut client, create(3, "Job"));
    assert_eq!(told(&client).last().map(String::as_str), Some("3 Job Some(3)"));
}

#[test]
fn a_change_that_goes_through_in_part_leaves_what_the_service_has() {
    for (request, expect) in [
        (rename(1, 2, "Job"), &["3 Job None", "2-bob@example.com", "3+bob@example.com"][..]),
        (remove(1, 2), &["2-bob@example.com"][..]),
    ] {
        let mut service = service();
        let mut client = signed_in(&mut service);
        client.take_notices();
        let said = client.request(request);
        let [bob, carol] = said.as_slice() else { panic!("two changes: {said:?}") };
        for text in service.answer(bob) {
            client.receive(&text);
        }
        let id = carol.attribute("id").unwrap();
        client.receive(&format!("<iq xmlns='jabber:client' type='error' id='{id}'><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"));
        let mut told = told(&client);
        told.sort();
        let mut expect = expect.to_vec();
        expect.sort_unstable();
        assert_eq!(told, expect);
        assert_eq!(client.outcomes(), [(1, HResult::MSGR_E_POLICY_RESTRICTED)]);
    }
}

#[test]
fn numbers_and_groups_made_here_outlast_the_stream() {
    let mut service = service();
    let mut client = signed_in(&mut service);
    ask(&mut service, &mut client, create(1, "Team"));
    service.roster = item("erin@example.com", &["Work", "Aces"]);
    reconnect(&mut service, &mut client, 2);
    assert!(!client.welcome().resumed);
    let names: Vec<_> = snapshot(&client).into_iter().map(|(id, name, _)| (id, name)).collect();
    assert_eq!(names, [(2, "Work".to_owned()), (3, "Team".to_owned()), (4, "Aces".to_owned())]);
}

#[test]
fn a_service_with_too_many_groups_is_taken_in_part() {
    let roster: String = (0..300)
        .map(|index| item(&format!("u{index}@example.com"), &[&format!("G{index}")]))
        .collect();
    let mut service = Service { roster, ..Service::default() };
    let mut client = signed_in(&mut service);
    assert_eq!(client.snapshot().groups.len(), 100);
    client.take_notices();
    client.receive(&push("u299@example.com", &["One more"]));
    assert_eq!(client.take_notices(), []);
}
