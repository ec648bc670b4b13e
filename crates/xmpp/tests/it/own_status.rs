//! What the user chooses, idleness, ends, and the user's other connections.

use mistatus_core::{
    dialect::Dialect,
    hresult::HResult,
    idle::IdleChoice,
    message::{ClientMessage, Command, Greeting, Request, RequestId, Signal},
    presence::{Intent, Source},
    status::MiStatus::*,
    time::Span,
};

use crate::support::{
    Client, NOON, Service, choose, greeting, is_quiet, options, presence, signed_in,
};

#[test]
fn a_choice_is_told_before_its_outcome_once_the_service_has_it() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    client.take_notices();
    let said = client.request(choose(9, OnThePhone));
    assert!(client.notices.is_empty());
    service.talk(&mut client, said);
    assert_eq!(
        (client.own_statuses(), client.outcomes()),
        (vec![OnThePhone], vec![(9, HResult::S_OK)])
    );
    assert_eq!(client.numbers(), [1, 2]);
    assert_eq!(service.presences_heard(), ["2", "50"]);
}

#[test]
fn choices_in_quick_succession_are_carried_out_in_order() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    client.take_notices();
    let mut said = client.request(choose(1, Busy));
    said.extend(client.request(choose(2, Away)));
    said.extend(client.request(choose(2, Away)));
    service.talk(&mut client, said);
    assert_eq!(client.own_statuses(), [Busy, Away]);
    assert_eq!(client.outcomes(), [(1, HResult::S_OK), (2, HResult::S_OK)]);
}

#[test]
fn a_refused_presence_is_an_error_and_what_was_before_holds() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    client.take_notices();
    let said = client.request(choose(1, Busy));
    client.receive("<presence xmlns='jabber:client' type='error'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>");
    service.talk(&mut client, said);
    assert_eq!(client.outcomes(), [(1, HResult::E_INVALIDARG)]);
    let said = client.request(Request { id: RequestId(2), command: Command::QueryStatus });
    service.talk(&mut client, said);
    assert_eq!(client.own_statuses(), [Online]);
    assert_eq!(service.presences_heard(), ["2", "10", "2"]);
}

#[test]
fn a_presence_that_came_too_late_for_a_connection_that_left_is_no_refusal() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    let said = client.request(choose(1, Busy));
    client.receive("<presence xmlns='jabber:client' type='error' from='alice@example.com/gone'><error type='cancel'><recipient-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>");
    service.talk(&mut client, said);
    assert_eq!(client.outcomes(), [(1, HResult::S_OK)]);
}

#[test]
fn idleness_is_told_with_its_beginning_and_coming_back_restores() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    client.take_notices();
    let idle = |seconds: Option<u64>| {
        ClientMessage::Signal(Signal::ReportIdle { idle_for: seconds.map(Span::from_secs) })
    };
    for seconds in [Some(600), Some(600), None] {
        let said = client.request(idle(seconds));
        service.talk(&mut client, said);
    }
    assert_eq!(client.own_statuses(), [Idle, Online]);
    let idle_presence =
        service.heard.iter().find(|element| element.first("idle", "urn:xmpp:idle:1").is_some());
    let since = idle_presence.unwrap().first("idle", "urn:xmpp:idle:1").unwrap().attribute("since");
    assert_eq!(since, Some("2026-11-21T11:50:00Z"));
    assert_eq!(service.presences_heard(), ["2", "18", "2"]);
}

#[test]
fn an_idle_user_does_not_pop_up_as_online() {
    let mut service = Service::default();
    let mut client = Client::new(options());
    let said = client.open(Greeting { idle_for: Some(Span::from_secs(60)), ..greeting() });
    service.talk(&mut client, said);
    assert_eq!(client.snapshot().me.status, Idle);
    assert_eq!(service.presences_heard(), ["18"]);
}

#[test]
fn an_end_comes_by_itself() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    let until = Some(NOON + Span::from_secs(60));
    let intent = Intent { until, ..Intent::chosen(Busy, Source::User) };
    let said = client.request(Request { id: RequestId(1), command: Command::SetStatus { intent } });
    service.talk(&mut client, said);
    client.take_notices();
    client.pass(Span::from_millis(59_999));
    assert_eq!(client.dialect.poll_timeout(), Some(Span::from_millis(1)));
    assert_eq!(client.wait(), []);
    client.pass(Span::from_millis(1));
    let said = client.wait();
    assert_eq!(client.dialect.poll_timeout(), None, "it is being ended");
    assert_eq!(client.wait(), []);
    service.talk(&mut client, said);
    assert_eq!(client.own_statuses(), [Online]);
    assert_eq!(client.dialect.poll_timeout(), None);
    assert_eq!(service.presences_heard(), ["2", "10", "2"]);
}

fn other(code: u16, second: u8, attributes: &str) -> String {
    let ours = format!(
        "<s xmlns='urn:mistatus:presence:1' code='{code}' t='2026-11-21T11:00:{second:02}Z' {attributes}/>"
    );
    presence("alice@example.com/other", &ours)
}

#[test]
fn a_choice_is_later_than_one_of_a_connection_whose_clock_is_ahead() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    client.take_notices();
    let ahead = other(10, 5, "m='1'").replace("T11:00:05Z", "T13:00:05Z");
    let said = client.receive(&ahead);
    service.talk(&mut client, said);
    assert_eq!(client.own_statuses(), [Busy]);
    let said = client.request(choose(1, Away));
    service.talk(&mut client, said);
    let mut ours =
        service.heard.iter().filter_map(|element| element.first("s", "urn:mistatus:presence:1"));
    let last = ours.next_back().and_then(|ours| ours.attribute("t"));
    assert_eq!(last, Some("2026-11-21T13:00:05.001Z"));
    // It comes back to whoever was overtaken, and nothing else does.
    let said = client.receive(&ahead);
    service.talk(&mut client, said);
    assert_eq!(client.own_statuses(), [Busy, Away]);
}

#[test]
fn what_another_connection_chose_later_is_taken_over_once() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    client.take_notices();
    for text in
        [other(10, 5, "m='1'"), other(10, 5, "m='1'"), other(34, 4, "m='1'"), other(34, 9, "")]
    {
        let said = client.receive(&text);
        service.talk(&mut client, said);
    }
    assert_eq!(client.own_statuses(), [Busy]);
    assert_eq!(service.presences_heard(), ["2", "10"]);
    let said = client.request(choose(1, Away));
    service.talk(&mut client, said);
    let said = client.receive(&other(10, 5, "m='1'"));
    service.talk(&mut client, said);
    assert_eq!(client.own_statuses(), [Busy, Away]);
}

#[test]
fn a_choice_about_idleness_for_all_devices_is_refused_and_nothing_is_said() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    let choice = IdleChoice { transmit: false, after: None };
    let said = client.request(Request { id: RequestId(1), command: Command::SetIdle { choice } });
    assert!(is_quiet(&said), "{said:?}");
    assert_eq!(client.snapshot().me.idle, IdleChoice::NONE);
    assert_eq!(client.outcomes(), [(1, HResult::E_NOTIMPL)]);
}

#[test]
fn the_user_is_idle_when_every_connection_is() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    client.take_notices();
    client.receive(&other(2, 1, ""));
    let said = client.request(Signal::ReportIdle { idle_for: Some(Span::from_secs(600)) });
    service.talk(&mut client, said);
    assert_eq!(client.own_statuses(), []);
    client.receive(&other(18, 2, ""));
    client.receive(
        "<presence xmlns='jabber:client' from='alice@example.com/other' type='unavailable'/>",
    );
    assert_eq!(client.own_statuses(), [Idle]);
}
