//! Whom the user has blocked.

use mistatus_core::{
    hresult::HResult,
    message::{Command, Notice, Outcome, Request, RequestId, Signal, Update},
    status::MiStatus::*,
};

use crate::support::{Client, Service, choose, is_quiet, name, presence, presence_kind, signed_in};

fn block(id: u64, who: &str, blocked: bool) -> Request {
    Request { id: RequestId(id), command: Command::SetBlocked { name: name(who), blocked } }
}

fn push(from: &str, inner: &str) -> String {
    format!("<iq xmlns='jabber:client' type='set' id='p'{from}>{inner}</iq>")
}

fn told(client: &Client) -> Vec<(&str, bool)> {
    let told = client.notices.iter().filter_map(|notice| match notice {
        Notice::Update(_, Update::Blocked { name, blocked }) => Some((name.as_str(), *blocked)),
        _ => None,
    });
    told.collect()
}

fn with_bob() -> (Service, Client) {
    let mut service = Service::with_roster(&[("bob@example.com", "both")]);
    service.blocked = Some(vec!["mallory@example.com", "example.org", "a@example.com/pc"]);
    let mut client = signed_in(&mut service);
    client.receive(&presence("bob@example.com/pc", ""));
    (service, client)
}

#[test]
fn the_list_of_the_service_is_in_the_snapshot() {
    let (_, client) = with_bob();
    let blocked: Vec<_> = client.snapshot().blocked.iter().map(|name| name.as_str()).collect();
    assert_eq!(blocked, ["mallory@example.com"]);
}

#[test]
fn blocking_is_told_and_nothing_is_known_of_whom_one_does_not_hear() {
    let (mut service, mut client) = with_bob();
    client.take_notices();
    for (id, blocked) in [(1, true), (2, true), (3, false), (4, false)] {
        let said = client.request(block(id, "bob@example.com", blocked));
        service.talk(&mut client, said);
    }
    assert_eq!(told(&client), [("bob@example.com", true), ("bob@example.com", false)]);
    let expect =
        [(1, HResult::S_OK), (2, HResult::S_FALSE), (3, HResult::S_OK), (4, HResult::S_FALSE)];
    assert_eq!(client.outcomes(), expect);
    // Asked again, since nobody tells what was missed.
    assert_eq!(service.count_heard("presence", "probe"), 1);
    client.receive(&presence("bob@example.com/pc", "<show>dnd</show>"));
    let statuses: Vec<_> = client.changes().into_iter().map(|(_, status)| status).collect();
    assert_eq!(statuses, [Unknown, Busy]);
}

#[test]
fn whoever_is_there_no_longer_after_being_unblocked_is_offline_a_heartbeat_later() {
    let (mut service, mut client) = with_bob();
    for (id, blocked) in [(1, true), (2, false)] {
        let said = client.request(block(id, "bob@example.com", blocked));
        service.talk(&mut client, said);
    }
    client.take_notices();
    let said = client.request(Signal::Ping { seen: None });
    service.talk(&mut client, said);
    assert_eq!(client.changes(), [("bob@example.com".to_owned(), Offline)]);
}

#[test]
fn what_other_clients_block_is_told_and_forged_changes_are_not() {
    let (_, mut client) = with_bob();
    client.take_notices();
    let block = "<block xmlns='urn:xmpp:blocking'><item jid='bob@example.com'/></block>";
    for from in
        [" from='bob@example.com/pc'", " from='evil.example'", " from='mallory@example.com'"]
    {
        let said = client.receive(&push(from, block));
        assert_eq!(said[0].attribute("type"), Some("error"));
    }
    assert_eq!(told(&client), []);
    let said = client.receive(&push("", block));
    assert_eq!(said[0].attribute("type"), Some("result"));
    client.receive(&push(" from='alice@example.com'", "<unblock xmlns='urn:xmpp:blocking'/>"));
    assert_eq!(
        told(&client),
        [("bob@example.com", true), ("bob@example.com", false), ("mallory@example.com", false)]
    );
}

#[test]
fn a_service_that_cannot_block_is_not_pretended_to() {
    let mut service = Service { blocked: None, ..Service::default() };
    let mut client = signed_in(&mut service);
    assert!(is_quiet(&client.request(block(1, "bob@example.com", true))));
    assert_eq!(client.outcomes(), [(1, HResult::E_NOTIMPL)]);
    let message = client.notices.iter().find_map(|notice| match notice {
        Notice::Update(_, Update::Outcome(Outcome { message, .. })) => message.as_deref(),
        _ => None,
    });
    assert!(message.is_some_and(|message| message.contains("cannot block")), "{message:?}");
}

#[test]
fn a_service_that_only_says_that_it_can_block_is_one_that_cannot() {
    let mut service = Service::default();
    let mut client = Client::new(crate::support::options());
    let mut said = client.open(crate::support::greeting());
    // Everything is answered but this.
    while let Some(element) = (!said.is_empty()).then(|| said.remove(0)) {
        let is_list = element.first("blocklist", "urn:xmpp:blocking").is_some();
        let id = element.attribute("id").unwrap_or_default();
        let refusal = format!(
            "<iq xmlns='jabber:client' type='error' id='{id}'><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        );
        let texts = if is_list { vec![refusal] } else { service.answer(&element) };
        for text in texts {
            said.extend(client.receive(&text));
        }
    }
    assert_eq!(client.snapshot().blocked, []);
    client.request(block(1, "bob@example.com", true));
    assert_eq!(client.outcomes(), [(1, HResult::E_NOTIMPL)]);
}

#[test]
fn oneself_and_what_is_no_user_cannot_be_blocked() {
    let (_, mut client) = with_bob();
    for (id, who) in [(1, "alice@example.com"), (2, "nobody")] {
        assert!(is_quiet(&client.request(block(id, who, true))));
    }
    assert_eq!(client.outcomes(), [(1, HResult::E_INVALIDARG), (2, HResult::E_INVALIDARG)]);
}

#[test]
fn a_refusal_of_the_service_has_its_code_and_changes_nothing() {
    let (_, mut client) = with_bob();
    let said = client.request(block(1, "bob@example.com", true));
    // They must not keep what they saw last.
    assert_eq!(
        (said[0].attribute("type"), said[0].attribute("to")),
        (Some("unavailable"), Some("bob@example.com"))
    );
    let id = said[1].attribute("id").unwrap();
    client.receive(&format!("<iq xmlns='jabber:client' type='error' id='{id}'><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"));
    assert_eq!(client.outcomes(), [(1, HResult::MSGR_E_POLICY_RESTRICTED)]);
    assert_eq!(told(&client), []);
}

#[test]
fn neither_messages_nor_requests_of_the_blocked_are_told_should_the_service_let_them_through() {
    let (_, mut client) = with_bob();
    client.take_notices();
    client.receive("<message xmlns='jabber:client' from='mallory@example.com/pc' type='chat'><body>Hi</body></message>");
    client.receive(&presence_kind("mallory@example.com", "subscribe"));
    assert_eq!(client.take_notices(), []);
}

#[test]
fn whoever_is_blocked_while_they_wait_for_an_answer_waits_no_longer() {
    let (mut service, mut client) = with_bob();
    client.receive(&presence_kind("nina@example.com", "subscribe"));
    let said = client.request(block(1, "nina@example.com", true));
    service.talk(&mut client, said);
    assert!(
        client
            .notices
            .iter()
            .any(|notice| matches!(notice, Notice::Update(_, Update::ContactRequestGone { .. })))
    );
}

#[test]
fn the_list_that_hides_the_user_denies_the_blocked_too() {
    let (mut service, mut client) = with_bob();
    let said = client.request(choose(1, Invisible));
    service.talk(&mut client, said);
    let said = client.request(block(2, "bob@example.com", true));
    service.talk(&mut client, said);
    let lists: Vec<Vec<_>> = service
        .heard
        .iter()
        .filter_map(|element| {
            element.first("query", "jabber:iq:privacy")?.first("list", "jabber:iq:privacy")
        })
        .map(|list| list.elements().filter_map(|item| item.attribute("value")).collect())
        .collect();
    assert_eq!(
        lists,
        [vec!["mallory@example.com"], vec!["bob@example.com", "mallory@example.com"]]
    );
}
