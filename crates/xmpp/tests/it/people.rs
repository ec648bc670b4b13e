//! The list and its people: presences, pushes, requests, strangers.

use mistatus_core::{
    dialect::Dialect,
    hresult::HResult,
    message::{ClientMessage, Command, Notice, Outcome, Request, RequestId, Signal, Update},
    presence::{Intent, Source},
    search::SearchText,
    status::MiStatus::{self, *},
    time::Span,
};

use mistatus_xmpp::{XmppOptions, xml::Element};

use crate::support::{
    Client, NOON, Service, choose, greeting, is_quiet, name, options, presence, presence_kind,
    signed_in, signed_in_with,
};

fn with_bob() -> (Service, Client) {
    let mut service = Service::with_roster(&[("bob@example.com", "both")]);
    let mut client = signed_in(&mut service);
    client.take_notices();
    (service, client)
}

fn told(client: &Client) -> Vec<MiStatus> {
    client.changes().into_iter().map(|(_, status)| status).collect()
}

#[test]
fn changes_are_told_once_and_numbered_without_a_gap() {
    let (_, mut client) = with_bob();
    for text in [
        presence("bob@example.com/pc", "<show>away</show>"),
        presence("bob@example.com/pc", "<show>away</show>"),
        presence("bob@example.com/phone", "<priority>-1</priority>"),
        presence("bob@example.com/phone", "<show>dnd</show><priority>5</priority>"),
        presence_kind("bob@example.com/phone", "unavailable"),
        presence_kind("bob@example.com", "unavailable"),
    ] {
        client.receive(&text);
    }
    assert_eq!(told(&client), [Away, Busy, Away, Offline]);
    assert_eq!(client.numbers(), [1, 2, 3, 4]);
}

#[test]
fn strangers_are_not_heard() {
    let (_, mut client) = with_bob();
    for text in [
        presence("mallory@example.com/pc", "<show>dnd</show>"),
        presence("example.com", ""),
        presence("not an address", ""),
        presence_kind("mallory@example.com/pc", "error"),
    ] {
        client.receive(&text);
    }
    assert_eq!(told(&client), []);
}

#[test]
fn a_contact_whose_service_is_gone_is_unknown_and_a_bounce_means_nothing() {
    let (_, mut client) = with_bob();
    client.receive(&presence("bob@example.com/pc", ""));
    let error = |condition: &str| {
        format!(
            "<presence xmlns='jabber:client' from='bob@example.com' type='error'><error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>"
        )
    };
    client.receive(&error("recipient-unavailable"));
    client.receive(&error("remote-server-timeout"));
    client.receive(&presence("bob@example.com/pc", ""));
    assert_eq!(told(&client), [Online, Unknown, Online]);
}

#[test]
fn adding_asks_and_the_answer_brings_the_presence() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    client.take_notices();
    let said = client.request(Request {
        id: RequestId(5),
        command: Command::AddContact { name: name("Bob@example.com") },
    });
    service.talk(&mut client, said);
    assert_eq!(service.count_heard("presence", "subscribe"), 1);
    assert!(
        matches!(&client.notices[..], [Notice::Update(_, Update::ContactAdded { contact }), Notice::Update(_, Update::Outcome(Outcome { .. }))]
        if contact.presence.status == Unknown && contact.friendly_name.is_none())
    );
    assert_eq!(client.outcomes(), [(5, HResult::S_OK)]);
    client.receive("<iq xmlns='jabber:client' type='set' id='p'><query xmlns='jabber:iq:roster'><item jid='bob@example.com' name='bob@example.com' subscription='to'/></query></iq>");
    client.receive(&presence("bob@example.com/pc", ""));
    assert_eq!(told(&client), [Offline, Online]);
    let said = client.request(Request {
        id: RequestId(6),
        command: Command::AddContact { name: name("bob@example.com") },
    });
    assert!(is_quiet(&said));
    for (id, name_) in [(7, "alice@example.com"), (8, "nobody")] {
        client.request(Request {
            id: RequestId(id),
            command: Command::AddContact { name: name(name_) },
        });
    }
    let expect = [
        (5, HResult::S_OK),
        (6, HResult::MSGR_E_ALREADY_IN_LIST),
        (7, HResult::E_FAIL),
        (8, HResult::E_INVALIDARG),
    ];
    assert_eq!(client.outcomes(), expect);
}

#[test]
fn removing_takes_off_the_list_and_nothing_is_known_any_more() {
    let (mut service, mut client) = with_bob();
    client.request(Request {
        id: RequestId(1),
        command: Command::Watch { names: vec![name("bob@example.com"), name("x@example.com")] },
    });
    let said = client.request(Request {
        id: RequestId(2),
        command: Command::RemoveContact { name: name("bob@example.com") },
    });
    service.talk(&mut client, said);
    client.receive(&presence("bob@example.com/pc", ""));
    client.request(Request {
        id: RequestId(3),
        command: Command::RemoveContact { name: name("bob@example.com") },
    });
    assert_eq!(told(&client), [Offline, Unknown, Unknown]);
    assert_eq!(
        client
            .notices
            .iter()
            .filter(|notice| matches!(notice, Notice::Update(_, Update::ContactRemoved { .. })))
            .count(),
        1
    );
    assert_eq!(
        client.outcomes(),
        [(1, HResult::S_OK), (2, HResult::S_OK), (3, HResult::MSGR_E_USER_NOT_FOUND)]
    );
}

#[test]
fn a_refused_change_of_the_list_has_the_code_of_the_service() {
    let (_, mut client) = with_bob();
    let said = client.request(Request {
        id: RequestId(1),
        command: Command::AddContact { name: name("c@example.com") },
    });
    let id = said[0].attribute("id").unwrap().to_owned();
    client.receive(&format!("<iq xmlns='jabber:client' type='error' id='{id}'><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"));
    assert_eq!(client.outcomes(), [(1, HResult::MSGR_E_POLICY_RESTRICTED)]);
    assert!(client.drain().is_empty());
}

#[test]
fn pushes_of_others_change_nothing() {
    let (_, mut client) = with_bob();
    let push = |from: &str| {
        format!(
            "<iq xmlns='jabber:client' type='set' id='p' from='{from}'><query xmlns='jabber:iq:roster'><item jid='mallory@example.com' subscription='both'/></query></iq>"
        )
    };
    for from in
        ["mallory@example.com/pc", "mallory@example.com", "evil.example", "bob@example.com/pc"]
    {
        let said = client.receive(&push(from));
        assert_eq!(said[0].attribute("type"), Some("error"), "{from}");
    }
    assert!(client.notices.is_empty());
    for from in ["alice@example.com", "example.com"] {
        client.receive(&push(from));
    }
    assert_eq!(client.numbers(), [1]);
}

#[test]
fn whoever_was_silent_for_minutes_is_asked_and_without_an_answer_is_gone() {
    let (mut service, mut client) = with_bob();
    client.receive(&presence("bob@example.com/pc", ""));
    let beat = |service: &mut Service, client: &mut Client| {
        let said = client.request(Signal::Ping { seen: None });
        let asked =
            said.iter().filter(|element| element.attribute("type") == Some("probe")).count();
        service.talk(client, said);
        asked
    };
    assert_eq!(beat(&mut service, &mut client), 0);
    client.pass(Span::from_secs(301));
    assert_eq!(beat(&mut service, &mut client), 1);
    client.receive(&presence("bob@example.com/pc", ""));
    assert_eq!(beat(&mut service, &mut client), 0);
    client.pass(Span::from_secs(301));
    assert_eq!(beat(&mut service, &mut client), 1);
    assert_eq!(told(&client), [Online]);
    beat(&mut service, &mut client);
    assert_eq!(told(&client), [Online, Offline]);
}

#[test]
fn ten_thousand_people_are_one_snapshot() {
    let names: Vec<_> = (0..10_000).map(|index| format!("user{index}@example.com")).collect();
    let items: Vec<_> = names.iter().map(|name| (name.as_str(), "both")).collect();
    let mut service = Service::with_roster(&items);
    service.presences = names.iter().map(|name| presence(&format!("{name}/pc"), "")).collect();
    let client = signed_in(&mut service);
    assert_eq!(client.snapshot().contacts.len(), 10_000);
    assert!(client.snapshot().contacts.iter().all(|contact| contact.presence.status == Online));
}

#[test]
fn who_is_being_taken_off_the_list_cannot_be_taken_off_it_again() {
    let mut service = Service::with_roster(&[("bob@example.com", "both")]);
    let mut client = signed_in(&mut service);
    let remove = |id| {
        ClientMessage::Request(Request {
            id: RequestId(id),
            command: Command::RemoveContact { name: name("bob@example.com") },
        })
    };
    let mut said = client.request(remove(1));
    said.extend(client.request(remove(2)));
    service.talk(&mut client, said);
    assert_eq!(client.outcomes(), [(1, HResult::S_OK), (2, HResult::MSGR_E_USER_NOT_FOUND)]);
    assert!(is_quiet(&client.request(remove(3))), "nothing to be asked for");
    assert_eq!(client.outcomes()[2], (3, HResult::MSGR_E_USER_NOT_FOUND));
}

#[test]
fn changes_that_are_told_after_the_answer_to_a_removal_bring_nobody_back() {
    let mut service = Service::with_roster(&[("bob@example.com", "none")]);
    let mut client = signed_in(&mut service);
    client.take_notices();
    let said = client.request(Request {
        id: RequestId(1),
        command: Command::RemoveContact { name: name("bob@example.com") },
    });
    let removal = said.iter().find(|element| element.name == "iq").unwrap();
    let id = removal.attribute("id").unwrap();
    let ping = client.receive(&format!("<iq xmlns='jabber:client' type='result' id='{id}'/>"));
    let push = |client: &mut Client, subscription: &str| {
        client.receive(&format!(
            "<iq xmlns='jabber:client' type='set' id='push'><query xmlns='jabber:iq:roster'>\
             <item jid='bob@example.com' name='bob' {subscription}/></query></iq>"
        ));
    };
    // Bob's refusal, which came before, the removal itself, and the refusal even later.
    push(&mut client, "subscription='none'");
    push(&mut client, "subscription='remove'");
    service.talk(&mut client, ping);
    push(&mut client, "subscription='none' ask='subscribe'");
    push(&mut client, "subscription='none'");
    let told = client.take_notices();
    let is_about_the_list = |notice: &&Notice| {
        matches!(
            notice,
            Notice::Update(_, Update::ContactAdded { .. })
                | Notice::Update(_, Update::ContactRemoved { .. })
                | Notice::Update(_, Update::Outcome(Outcome { .. }))
        )
    };
    let told: Vec<_> = told.iter().filter(is_about_the_list).collect();
    assert!(
        matches!(
            told[..],
            [
                Notice::Update(_, Update::ContactRemoved { .. }),
                Notice::Update(_, Update::Outcome(Outcome { hr: HResult::S_OK, .. }))
            ]
        ),
        "{told:?}"
    );
    // After a while it is somebody else who puts them there.
    client.pass(Span::from_secs(10));
    push(&mut client, "subscription='none'");
    assert!(
        client
            .notices
            .iter()
            .any(|notice| matches!(notice, Notice::Update(_, Update::ContactAdded { .. })))
    );
}

fn push(subscription: &str) -> String {
    format!(
        "<iq xmlns='jabber:client' type='set' id='push'><query xmlns='jabber:iq:roster'>\
         <item jid='bob@example.com' name='bob' {subscription}/></query></iq>"
    )
}

/// Returns the requests for the list.
fn asks_for_list(said: Vec<Element>) -> Vec<Element> {
    let is_it = |element: &Element| {
        element.attribute("type") == Some("get")
            && element.first("query", "jabber:iq:roster").is_some()
    };
    said.into_iter().filter(is_it).collect()
}

/// Signs in with somebody who has been asked, and tells how it went on, the older change last.
fn crossed() -> (Service, Client, Vec<Element>) {
    let mut service = Service::with_roster(&[("bob@example.com", "none")]);
    let mut client = signed_in(&mut service);
    client.receive(&push("subscription='none' ask='subscribe'"));
    client.take_notices();
    client.receive(&push("subscription='both'"));
    client.receive(&presence("bob@example.com/pc", ""));
    let asked = asks_for_list(client.receive(&push("subscription='from' ask='subscribe'")));
    (service, client, asked)
}

#[test]
fn a_change_of_the_list_that_is_older_than_the_one_before_hides_nobody() {
    let (mut service, mut client, asked) = crossed();
    assert_eq!(asked.len(), 1);
    service.roster = "<item jid='bob@example.com' name='bob' subscription='both'/>".to_owned();
    // Once is enough, however many come.
    assert!(asks_for_list(client.receive(&push("subscription='to'"))).is_empty());
    client.receive(&presence("bob@example.com/pc", "<show>dnd</show>"));
    service.talk(&mut client, asked);
    client.receive(&presence("bob@example.com/pc", "<show>away</show>"));
    assert_eq!(told(&client), [Offline, Online, Busy, Away]);
}

#[test]
fn what_is_taken_back_at_once_is_believed_when_the_list_says_so() {
    let (mut service, mut client, asked) = crossed();
    assert_eq!(told(&client), [Offline, Online]);
    service.roster = "<item jid='bob@example.com' name='bob' subscription='from'/>".to_owned();
    service.talk(&mut client, asked);
    assert_eq!(told(&client), [Offline, Online, Unknown]);
    // What comes after that is a change like any other, and so is one long after.
    client.receive(&push("subscription='both'"));
    client.pass(Span::from_secs(60));
    assert!(asks_for_list(client.receive(&push("subscription='from'"))).is_empty());
    assert_eq!(told(&client), [Offline, Online, Unknown, Offline, Unknown]);
}

#[test]
fn a_list_that_may_be_older_than_a_change_is_asked_for_again() {
    let (mut service, mut client, asked) = crossed();
    client.receive(&push("subscription='both'"));
    service.roster = "<item jid='bob@example.com' name='bob' subscription='from'/>".to_owned();
    let asked = service.answer(&asked[0]).iter().flat_map(|text| client.receive(text)).collect();
    let asked = asks_for_list(asked);
    assert_eq!((asked.len(), told(&client)), (1, vec![Offline, Online]));
    service.roster = "<item jid='carol@example.com' subscription='to' name='Carol'/>".to_owned();
    service.talk(&mut client, asked);
    // What the list says was missed: whoever is gone, and whoever is new.
    let list = client.take_notices().into_iter().filter_map(|notice| match notice {
        Notice::Update(_, Update::ContactRemoved { name }) => Some(name.to_string()),
        Notice::Update(_, Update::ContactAdded { contact }) => Some(contact.name.to_string()),
        _ => None,
    });
    assert_eq!(list.collect::<Vec<_>>(), ["bob@example.com", "carol@example.com"]);
}

#[test]
fn a_change_that_overtakes_the_first_list_is_not_lost() {
    let mut service = Service::with_roster(&[("bob@example.com", "none")]);
    let mut client = Client::new(options());
    let said = client.open(greeting());
    let mut said = std::collections::VecDeque::from(said);
    let mut is_pushed = false;
    while let Some(element) = said.pop_front() {
        for text in service.answer(&element) {
            if !is_pushed && !asks_for_list(vec![element.clone()]).is_empty() {
                is_pushed = true;
                said.extend(client.receive(&push("subscription='both'")));
                service.roster =
                    "<item jid='bob@example.com' name='bob' subscription='both'/>".to_owned();
            }
            said.extend(client.receive(&text));
        }
    }
    client.take_notices();
    client.receive(&presence("bob@example.com/pc", ""));
    assert_eq!(told(&client), [Online]);
}

#[test]
fn whom_the_service_keeps_on_the_list_cannot_be_taken_off_it() {
    for keeps in [true, false] {
        let mut service = Service::with_roster(&[("bob@example.com", "both")]);
        let mut client = signed_in(&mut service);
        let said = client.request(Request {
            id: RequestId(1),
            command: Command::RemoveContact { name: name("bob@example.com") },
        });
        let id = said[0].attribute("id").unwrap();
        let ping = client.receive(&format!("<iq xmlns='jabber:client' type='result' id='{id}'/>"));
        // Without his own group, but still there.
        client.receive(&push("subscription='both'"));
        if !keeps {
            service.roster = String::new();
        }
        service.talk(&mut client, ping);
        let expect = if keeps { HResult::MSGR_E_POLICY_RESTRICTED } else { HResult::S_OK };
        assert_eq!(client.outcomes(), [(1, expect)]);
        let said = client.request(Signal::Resync);
        service.talk(&mut client, said);
        assert_eq!(client.snapshot().contacts.len(), usize::from(keeps));
    }
}

#[test]
fn whoever_becomes_visible_is_asked_for_their_presence() {
    let mut service = Service::with_roster(&[("bob@example.com", "none")]);
    let mut client = signed_in(&mut service);
    let probes = |said: Vec<Element>| {
        said.into_iter().filter(|element| element.attribute("type") == Some("probe")).count()
    };
    // His presence comes too early.
    client.receive(&presence("bob@example.com/pc", ""));
    assert_eq!(probes(client.receive(&push("subscription='to'"))), 1);
    assert_eq!(probes(client.receive(&push("subscription='both'"))), 0);
    let said = client.request(choose(1, Invisible));
    service.talk(&mut client, said);
    client.receive(&push("subscription='none'"));
    assert_eq!(probes(client.receive(&push("subscription='to'"))), 0, "nobody who hides asks");
}

#[test]
fn who_has_not_answered_is_asked_again_at_the_first_sign_in() {
    let roster = "<item jid='bob@example.com' subscription='from' ask='subscribe'/>\
         <item jid='carol@example.com' subscription='both'/>";
    let other = presence("alice@example.com/phone", "");
    for (presences, hidden, asks) in
        [(vec![], false, 1), (vec![other], false, 0), (vec![], true, 0)]
    {
        let mut service = Service { roster: roster.to_owned(), presences, ..Service::default() };
        let chosen = hidden.then(|| (Intent::chosen(Invisible, Source::User), NOON));
        let mut client = signed_in_with(&mut service, XmppOptions { chosen, ..options() });
        assert_eq!(service.count_heard("presence", "subscribe"), asks);
        let said = client.request(Signal::Resync);
        service.talk(&mut client, said);
        assert_eq!(service.count_heard("presence", "subscribe"), asks, "once");
    }
}

/// Signs in with somebody on the list, and waits for what they say.
fn patient() -> (Service, Client) {
    let mut service = Service::with_roster(&[("bob@example.com", "both")]);
    let patience = Span::from_millis(500);
    let client = signed_in_with(&mut service, XmppOptions { patience, ..options() });
    (service, client)
}

fn has_snapshot(client: &Client) -> bool {
    client.notices.iter().any(|notice| matches!(notice, Notice::Snapshot(_)))
}

#[test]
fn nobody_is_taken_for_gone_before_they_had_the_time_to_speak() {
    let (_, mut client) = patient();
    assert!(!has_snapshot(&client));
    assert_eq!(client.dialect.poll_timeout(), Some(Span::from_millis(500)));
    client.pass(Span::from_millis(499));
    client.wait();
    assert!(!has_snapshot(&client));
    client.receive(&presence("bob@example.com/pc", ""));
    client.wait();
    assert_eq!(client.snapshot().contacts[0].presence.status, Online);
    assert_eq!(client.dialect.poll_timeout(), None);
}

#[test]
fn whoever_says_nothing_in_time_is_gone() {
    let (_, mut client) = patient();
    client.pass(Span::from_millis(500));
    client.wait();
    assert_eq!(client.snapshot().contacts[0].presence.status, Offline);
    client.wait();
    let snapshots = client.notices.iter().filter(|notice| matches!(notice, Notice::Snapshot(_)));
    assert_eq!(snapshots.count(), 1);
}

#[test]
fn a_search_of_a_directory_is_refused_and_nothing_is_said() {
    let (_, mut client) = with_bob();
    let beginning = SearchText::parse("bob").unwrap();
    let command = Command::FindPeople { beginning };
    let said = client.request(Request { id: RequestId(1), command });
    assert!(is_quiet(&said), "{said:?}");
    let refusal = client.notices.iter().find_map(|notice| match notice {
        Notice::Update(_, Update::Outcome(outcome)) => Some(outcome),
        _ => None,
    });
    let Some(Outcome { hr, message: Some(message), .. }) = refusal else { panic!("{refusal:?}") };
    assert_eq!((*hr, &**message), (HResult::E_NOTIMPL, "over XMPP no directory is searched"));
}
