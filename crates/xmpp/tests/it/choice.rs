//! What the user chose is kept at the account, and taken from there before anything is said.

use mistatus_core::{
    message::{Command, Request, RequestId},
    presence::{Intent, Note, Source},
    status::MiStatus::*,
    time::{Span, UnixMs},
};
use mistatus_xmpp::XmppOptions;

use crate::support::{Client, NOON, Service, choose, options, signed_in, signed_in_with};

/// Lets one client choose, and returns the service as the next client finds it.
fn after(intent: Intent) -> Service {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    let said = client.request(Request { id: RequestId(1), command: Command::SetStatus { intent } });
    service.talk(&mut client, said);
    Service { kept: service.kept, ..Service::default() }
}

fn kept(service: &Service) -> usize {
    service.count_heard("iq", "set")
}

#[test]
fn another_client_takes_what_was_chosen_before_it_says_anything() {
    let until = Some(NOON + Span::from_secs(3_600));
    let note = Note::parse("Back at <three>").unwrap();
    let chosen = Intent { until, note, ..Intent::chosen(DoNotDisturb, Source::User) };
    let mut service = after(chosen.clone());
    let client = signed_in(&mut service);
    assert_eq!(service.presences_heard(), ["114"]);
    let me = &client.snapshot().me;
    assert_eq!((me.status, &me.intent, me.since), (DoNotDisturb, &chosen, Some(NOON)));
    let presence = service.heard.iter().find(|element| element.name == "presence").unwrap();
    assert_eq!(presence.first("status", "jabber:client").unwrap().content(), "Back at <three>");
}

#[test]
fn whoever_appears_offline_does_so_from_the_first_moment_on_every_client() {
    let mut service = after(Intent::chosen(Invisible, Source::User));
    let client = signed_in(&mut service);
    assert_eq!(service.presences_heard(), ["6"]);
    assert_eq!(client.snapshot().me.status, Invisible);
}

#[test]
fn what_is_over_is_not_taken_up_again() {
    let until = Some(NOON + Span::from_secs(60));
    let mut service = after(Intent { until, ..Intent::chosen(Busy, Source::User) });
    let mut client = Client::new(options());
    client.pass(Span::from_secs(60));
    let said = client.open(crate::support::greeting());
    service.talk(&mut client, said);
    assert_eq!(service.presences_heard(), ["2"]);
    assert_eq!(client.snapshot().me.intent.until, None);
    let next = signed_in(&mut Service { kept: service.kept, ..Service::default() });
    assert_eq!(next.snapshot().me.intent.status, Online);
}

#[test]
fn what_the_page_remembers_counts_where_it_is_newer_and_is_kept_then() {
    let later = NOON + Span::from_secs(1);
    for (chosen_at, expected) in [(later, Away), (UnixMs::from_millis(1), Busy)] {
        let mut service = after(Intent::chosen(Busy, Source::User));
        let chosen = Some((Intent::chosen(Away, Source::User), chosen_at));
        let client = signed_in_with(&mut service, XmppOptions { chosen, ..options() });
        assert_eq!(client.snapshot().me.status, expected);
        let next = signed_in(&mut Service { kept: service.kept, ..Service::default() });
        assert_eq!(next.snapshot().me.status, expected);
    }
}

#[test]
fn what_was_taken_back_is_not_chosen_any_more() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    for (id, intent) in [(1, Intent::chosen(Busy, Source::Api)), (2, Intent::AUTOMATIC)] {
        let said =
            client.request(Request { id: RequestId(id), command: Command::SetStatus { intent } });
        service.talk(&mut client, said);
    }
    // Others go on saying what they took over unless they are told of something newer.
    let last = service.heard.iter().rfind(|element| element.name == "presence").unwrap();
    let ours = last.first("s", "urn:mistatus:presence:1").unwrap();
    assert_eq!((ours.attribute("code"), ours.attribute("m")), (Some("2"), Some("1")));
    let next = signed_in(&mut Service { kept: service.kept, ..Service::default() });
    assert_eq!(next.snapshot().me.intent.status, Online);
}

#[test]
fn a_service_that_keeps_nothing_is_not_asked_to() {
    let mut service = Service { kept: None, ..Service::default() };
    let mut client = signed_in(&mut service);
    let before = kept(&service);
    let said = client.request(choose(1, Busy));
    service.talk(&mut client, said);
    assert_eq!(kept(&service), before);
    assert_eq!(client.own_statuses(), [Busy]);
}

#[test]
fn what_makes_no_sense_is_not_taken() {
    for inside in [
        "<choice xmlns='urn:mistatus:choice:1'/>",
        "<choice xmlns='urn:mistatus:choice:1'><presence xmlns='jabber:client'/></choice>",
        "<choice xmlns='urn:mistatus:choice:1'><presence xmlns='jabber:client'>\
         <s xmlns='urn:mistatus:presence:1' code='256' t='2026-11-21T11:00:00Z' m='1'/></presence></choice>",
        "<choice xmlns='urn:mistatus:choice:1'><presence xmlns='jabber:client'>\
         <s xmlns='urn:mistatus:presence:1' code='10' t='yesterday' m='1'/></presence></choice>",
    ] {
        let kept = Some(format!("<query xmlns='jabber:iq:private'>{inside}</query>"));
        let client = signed_in(&mut Service { kept, ..Service::default() });
        assert_eq!(client.snapshot().me.status, Online, "{inside}");
    }
}
