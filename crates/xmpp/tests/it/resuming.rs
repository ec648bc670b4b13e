//! A lost link, and the stream that goes on over another.

use mistatus_core::{
    dialect::Dialect,
    hresult::HResult,
    limits::DEPARTURE_DAMPING,
    message::{Notice, Signal},
    status::MiStatus::{self, *},
    time::Span,
};

use crate::support::{Client, Service, choose, presence, presence_kind, reconnect, signed_in};

fn managed() -> Service {
    Service {
        manages: true,
        resumable: true,
        ..Service::with_roster(&[("bob@example.com", "both")])
    }
}

#[test]
fn what_was_not_confirmed_is_sent_again_once_and_nothing_is_told_anew() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    let said = client.request(choose(1, Busy));
    assert_eq!(said.len(), 3);
    // The presence arrived, the ping behind it did not.
    for element in &said[..2] {
        service.answer(element);
    }
    client.take_notices_but_welcome();
    let heard = service.heard.len();
    // The session says it again too; it is on its way already.
    client.repeats = Some(choose(1, Busy));
    reconnect(&mut service, &mut client, 0);
    assert!(client.welcome().resumed);
    assert!(!client.notices.iter().any(|notice| matches!(notice, Notice::Snapshot(_))));
    let again: Vec<_> = service.heard[heard..]
        .iter()
        .filter(|element| ["iq", "presence"].contains(&element.name.as_str()))
        .collect();
    assert_eq!(again, [&said[2]]);
    assert_eq!(client.outcomes(), [(1, HResult::S_OK)]);
}

#[test]
fn a_stream_goes_on_more_than_once_and_counts_on() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    client.receive(&presence("bob@example.com/pc", ""));
    client.take_notices_but_welcome();
    for round in 0..3 {
        reconnect(&mut service, &mut client, 1 + round);
        assert!(client.welcome().resumed);
        client.receive(&presence(
            "bob@example.com/pc",
            if round % 2 == 0 { "<show>dnd</show>" } else { "" },
        ));
    }
    let resumes: Vec<_> = service.heard.iter().filter(|element| element.name == "resume").collect();
    let counts: Vec<u32> =
        resumes.iter().map(|resume| resume.attribute("h").unwrap().parse().unwrap()).collect();
    assert_eq!(counts.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(client.numbers(), [2, 3, 4]);
}

#[test]
fn a_stream_that_is_gone_is_begun_anew() {
    let mut service = Service { resumable: false, ..managed() };
    let mut client = signed_in(&mut service);
    client.receive(&presence("bob@example.com/pc", ""));
    client.take_notices_but_welcome();
    reconnect(&mut service, &mut client, 1);
    assert!(!client.welcome().resumed);
    // What was known of them is the best guess.
    let bob = &client.snapshot().contacts[0];
    assert_eq!((bob.presence.status, bob.settling), (Unknown, true));
    assert_eq!(service.heard.iter().filter(|element| element.name == "enable").count(), 2);
}

fn bob(status: MiStatus) -> (String, MiStatus) {
    ("bob@example.com".to_owned(), status)
}

/// Brings up a client that sees Bob, and loses the stream for good.
fn begun_anew() -> (Service, Client) {
    let mut service = Service { resumable: false, ..managed() };
    let mut client = signed_in(&mut service);
    client.receive(&presence("bob@example.com/pc", ""));
    client.take_notices_but_welcome();
    reconnect(&mut service, &mut client, 1);
    client.take_notices_but_welcome();
    (service, client)
}

#[test]
fn whoever_was_there_is_not_gone_before_they_had_the_time_to_come_back() {
    let (_, mut client) = begun_anew();
    // So services answer for whom they have not heard of since they were started.
    client.receive(&presence_kind("bob@example.com", "unavailable"));
    client.pass(Span::from_millis(DEPARTURE_DAMPING.as_millis() - 1));
    client.receive("<r xmlns='urn:xmpp:sm:3'/>");
    assert_eq!(client.changes(), []);
    client.pass(Span::from_millis(1));
    client.receive("<r xmlns='urn:xmpp:sm:3'/>");
    assert_eq!(client.changes(), [bob(Offline)]);
    client.receive("<r xmlns='urn:xmpp:sm:3'/>");
    assert_eq!(client.changes(), [bob(Offline)]);
}

#[test]
fn it_is_the_clock_that_settles_who_is_gone() {
    let (_, mut client) = begun_anew();
    assert_eq!(client.dialect.poll_timeout(), Some(DEPARTURE_DAMPING));
    client.pass(DEPARTURE_DAMPING);
    client.wait();
    assert_eq!(client.changes(), [bob(Offline)]);
    assert_eq!(client.dialect.poll_timeout(), None);
}

#[test]
fn after_a_signout_nobody_is_waited_for() {
    let mut service = Service { resumable: false, ..managed() };
    let mut client = signed_in(&mut service);
    client.receive(&presence("bob@example.com/pc", ""));
    let said = client.request(Signal::Signout);
    service.talk(&mut client, said);
    service.relink();
    let said = client.open(crate::support::greeting());
    service.talk(&mut client, said);
    assert_eq!(client.snapshot().contacts[0].presence.status, Offline);
}

#[test]
fn whoever_is_back_may_leave_again() {
    let (_, mut client) = begun_anew();
    client.receive(&presence("bob@example.com/pc", "<show>dnd</show>"));
    client.receive(&presence_kind("bob@example.com/pc", "unavailable"));
    client.pass(DEPARTURE_DAMPING);
    client.receive("<r xmlns='urn:xmpp:sm:3'/>");
    assert_eq!(client.changes(), [bob(Busy), bob(Offline)]);
}

#[test]
fn a_session_that_missed_something_begins_anew() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    client.receive(&presence("bob@example.com/pc", ""));
    client.take_notices_but_welcome();
    reconnect(&mut service, &mut client, 0);
    assert!(!client.welcome().resumed);
    assert_eq!(service.count_heard("resume", ""), 0);
}

#[test]
fn a_service_that_confirms_too_much_or_another_stream_is_left() {
    for answer in [
        "<a xmlns='urn:xmpp:sm:3' h='4000'/>",
        "<a xmlns='urn:xmpp:sm:3'/>",
        "<a xmlns='urn:xmpp:sm:3' h='-1'/>",
    ] {
        let mut service = managed();
        let mut client = signed_in(&mut service);
        client.receive(answer);
        assert_eq!(client.bye(), Some(HResult::MSGR_E_UNEXPECTED), "{answer}");
    }
    let mut client = signed_in(&mut Service::default());
    client.receive("<r xmlns='urn:xmpp:sm:3'/>");
    assert_eq!(client.bye(), Some(HResult::MSGR_E_UNEXPECTED));
}

#[test]
fn confirmations_count_what_came() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    let count = |client: &mut crate::support::Client| -> u32 {
        client.receive("<r xmlns='urn:xmpp:sm:3'/>")[0].attribute("h").unwrap().parse().unwrap()
    };
    let before = count(&mut client);
    client.receive(&presence("bob@example.com/pc", ""));
    client.receive(
        "<message xmlns='jabber:client' from='bob@example.com/pc'><body>Hi</body></message>",
    );
    client.receive("<iq xmlns='jabber:client' type='result' id='nobody-waits'/>");
    client.receive("<unknown xmlns='urn:example'/>");
    assert_eq!(count(&mut client) - before, 3);
    let said = client.request(Signal::Ping { seen: None });
    assert_eq!(said[0].name, "r");
    client.take_notices();
    service.talk(&mut client, said);
    assert_eq!(client.notices, [Notice::Pong]);
}

#[test]
fn a_resumed_stream_learns_again_that_the_page_is_hidden() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    client.dialect.handle_visibility(false);
    client.drain();
    client.take_notices_but_welcome();
    let heard = service.heard.len();
    reconnect(&mut service, &mut client, 0);
    assert!(service.heard[heard..].iter().any(|element| element.name == "inactive"));
}

impl crate::support::Client {
    fn take_notices_but_welcome(&mut self) {
        self.notices.retain(|notice| matches!(notice, Notice::SignedIn(_)));
    }
}
