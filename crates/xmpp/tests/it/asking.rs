//! People who ask to see the user's presence: the policy, the user's answer, and what else ends the waiting.

use mistatus_core::{
    hresult::HResult,
    message::{Command, Notice, Request, RequestId, Update},
};
use mistatus_xmpp::{Approval, XmppOptions};

use crate::support::{
    Client, NOON, Service, is_quiet, name, options, presence_kind, signed_in, signed_in_with,
};

/// Returns who asked and whose asking ended, in order; the latter with a minus.
fn waiting(client: &Client) -> Vec<String> {
    let told = client.notices.iter().filter_map(|notice| match notice {
        Notice::Update(_, Update::ContactRequested { request }) => {
            Some(request.from.as_str().to_owned())
        }
        Notice::Update(_, Update::ContactRequestGone { name }) => {
            Some(format!("-{}", name.as_str()))
        }
        _ => None,
    });
    told.collect()
}

fn answer(id: u64, who: &str, accept: bool) -> Request {
    Request {
        id: RequestId(id),
        command: Command::AnswerContactRequest { name: name(who), accept },
    }
}

#[test]
fn whoever_asks_is_let_by_the_policy_or_waits() {
    for (approval, bob, stranger) in
        [(Approval::Nobody, 0, 0), (Approval::Listed, 1, 0), (Approval::Everybody, 1, 1)]
    {
        let mut service = Service::with_roster(&[("bob@example.com", "to")]);
        let mut client = signed_in_with(&mut service, XmppOptions { approval, ..options() });
        for (from, expect) in [("bob@example.com", bob), ("mallory@example.com", stranger)] {
            client.take_notices();
            let said = client.receive(&presence_kind(from, "subscribe"));
            assert_eq!(said.len(), expect, "{approval:?} {from}");
            assert_eq!(waiting(&client).contains(&from.to_owned()), expect == 0);
        }
    }
}

#[test]
fn whoever_sees_the_user_already_is_let_again_whatever_the_policy() {
    let mut service = Service::with_roster(&[("bob@example.com", "from")]);
    let options = XmppOptions { approval: Approval::Nobody, ..options() };
    let mut client = signed_in_with(&mut service, options);
    let said = client.receive(&presence_kind("bob@example.com", "subscribe"));
    assert_eq!(said[0].attribute("type"), Some("subscribed"));
    assert_eq!(waiting(&client), [""; 0]);
}

#[test]
fn who_asked_meanwhile_is_in_the_snapshot_and_told_once() {
    let mut service = Service {
        presences: vec![
            presence_kind("mallory@example.com", "subscribe"),
            presence_kind("mallory@example.com", "subscribe"),
            "<presence xmlns='jabber:client' from='nina@example.com' type='subscribe'><delay xmlns='urn:xmpp:delay' from='example.com' stamp='2026-11-20T12:00:00Z'/></presence>".to_owned(),
            presence_kind("oscar@example.com", "subscribe"),
            presence_kind("oscar@example.com", "unsubscribe"),
        ],
        ..Service::default()
    };
    let mut client = signed_in(&mut service);
    let requests = &client.snapshot().requests;
    let names: Vec<_> = requests.iter().map(|request| request.from.as_str()).collect();
    assert_eq!(names, ["nina@example.com", "mallory@example.com"]);
    assert_eq!(requests[1].at, NOON);
    assert_eq!(waiting(&client), [""; 0]);
    client.receive(&presence_kind("mallory@example.com", "subscribe"));
    assert_eq!(waiting(&client), [""; 0]);
}

#[test]
fn who_asks_is_called_as_they_say_and_by_their_address() {
    let mut client = signed_in(&mut Service::default());
    client.receive("<presence xmlns='jabber:client' from='mallory@example.com' type='subscribe'><nick xmlns='http://jabber.org/protocol/nick'> Bob </nick></presence>");
    client.receive(&presence_kind("nina@example.com", "subscribe"));
    client.request(mistatus_core::message::Signal::Resync);
    let requests = &client.snapshot().requests;
    let called: Vec<_> = requests.iter().map(|request| request.friendly_name.as_deref()).collect();
    assert_eq!(called, [Some("Bob (mallory@example.com)"), None]);
    // And so does the user.
    let mut service = Service { nick: Some("Alice W.".to_owned()), ..Service::default() };
    let mut client = signed_in(&mut service);
    let command = Command::AddContact { name: name("bob@example.com") };
    let said = client.request(Request { id: RequestId(1), command });
    service.talk(&mut client, said);
    let asks = service.heard.iter().find(|said| said.attribute("type") == Some("subscribe"));
    let nick = asks.unwrap().first("nick", "http://jabber.org/protocol/nick");
    assert_eq!(nick.map(|nick| nick.content()).as_deref(), Some("Alice W."));
}

#[test]
fn an_answer_is_said_and_ends_the_waiting() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    client.take_notices();
    for (id, who, accept, kind) in
        [(1, "m@example.com", true, "subscribed"), (2, "n@example.com", false, "unsubscribed")]
    {
        client.receive(&presence_kind(who, "subscribe"));
        let said = client.request(answer(id, who, accept));
        assert_eq!((said[0].attribute("type"), said[0].attribute("to")), (Some(kind), Some(who)));
        service.talk(&mut client, said);
    }
    let said = client.request(answer(3, "m@example.com", true));
    assert!(is_quiet(&said));
    assert_eq!(
        waiting(&client),
        ["m@example.com", "-m@example.com", "n@example.com", "-n@example.com"]
    );
    let expect = [(1, HResult::S_OK), (2, HResult::S_OK), (3, HResult::MSGR_E_USER_NOT_FOUND)];
    assert_eq!(client.outcomes(), expect);
    assert_eq!(client.numbers(), [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn accepting_puts_nobody_on_the_list() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    client.receive(&presence_kind("m@example.com", "subscribe"));
    let said = client.request(answer(1, "m@example.com", true));
    service.talk(&mut client, said);
    client.receive("<iq xmlns='jabber:client' type='set' id='p'><query xmlns='jabber:iq:roster'><item jid='m@example.com' subscription='from'/></query></iq>");
    assert!(
        !client
            .notices
            .iter()
            .any(|notice| matches!(notice, Notice::Update(_, Update::ContactAdded { .. })))
    );
    assert_eq!(service.count_heard("presence", "subscribe"), 0);
}

#[test]
fn what_is_taken_back_or_answered_elsewhere_waits_no_longer() {
    let mut client = signed_in(&mut Service::default());
    for from in ["m@example.com", "n@example.com"] {
        client.receive(&presence_kind(from, "subscribe"));
    }
    client.take_notices();
    client.receive(&presence_kind("m@example.com", "unsubscribe"));
    client.receive(&presence_kind("m@example.com", "unsubscribe"));
    client.receive("<iq xmlns='jabber:client' type='set' id='p'><query xmlns='jabber:iq:roster'><item jid='n@example.com' subscription='from'/></query></iq>");
    assert_eq!(waiting(&client), ["-m@example.com", "-n@example.com"]);
}

#[test]
fn adding_whoever_waits_lets_them_see_at_once() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    client.receive(&presence_kind("m@example.com", "subscribe"));
    let said = client.request(Request {
        id: RequestId(1),
        command: Command::AddContact { name: name("m@example.com") },
    });
    service.talk(&mut client, said);
    assert_eq!(service.count_heard("presence", "subscribed"), 1);
    assert_eq!(waiting(&client), ["m@example.com", "-m@example.com"]);
}

#[test]
fn services_and_what_is_no_user_cannot_ask() {
    let mut client = signed_in(&mut Service::default());
    for from in ["example.com", "icq.example.com", &format!("{}@example.com", "x".repeat(500))] {
        assert!(client.receive(&presence_kind(from, "subscribe")).is_empty());
    }
    assert_eq!(waiting(&client), [""; 0]);
}
