//! A page that goes, and the next one of the same tab.

use mistatus_core::{
    dialect::Dialect,
    hresult::HResult,
    message::{Greeting, Notice, Update},
    status::MiStatus::{Busy, Invisible, Online},
    time::Span,
};
use mistatus_xmpp::{XmppOptions, xml::Element};

use crate::support::{
    Client, Service, choose, greeting, name, options, presence, presence_kind, reconnect, signed_in,
};

fn managed() -> Service {
    Service {
        manages: true,
        resumable: true,
        ..Service::with_roster(&[("bob@example.com", "both")])
    }
}

/// Makes the next page, with what the one before has left; it has not said anything yet.
fn next(left: Option<&str>) -> Client {
    let mut client = Client::new(XmppOptions { seed: [9; 32], ..options() });
    client.dialect.take_over(left);
    client
}

fn talk(service: &mut Service, client: &mut Client, greeting: Greeting) {
    service.relink();
    service.heard.clear();
    let said = client.open(greeting);
    service.talk(client, said);
}

fn counted(client: &mut Client) -> u32 {
    let said = client.receive("<r xmlns='urn:xmpp:sm:3'/>");
    said[0].attribute("h").and_then(|counted| counted.parse().ok()).expect("a count")
}

fn heard(service: &Service, kind: &str) -> usize {
    service.heard.iter().filter(|element| element.name == kind).count()
}

fn binds(service: &Service) -> bool {
    let is_it =
        |element: &Element| element.first("bind", "urn:ietf:params:xml:ns:xmpp-bind").is_some();
    service.heard.iter().any(is_it)
}

#[test]
fn the_next_page_goes_on_with_the_stream_and_tells_what_came_meanwhile() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    client.receive(&presence_kind("mallory@example.com", "subscribe"));
    let counted_before = counted(&mut client);
    let left = client.dialect.left().expect("a stream");
    assert_eq!(client.dialect.left(), Some(left.clone()), "as often as it is asked for");

    let hi = "<message xmlns='jabber:client' from='bob@example.com/pc' type='chat' id='1'><body>Hi</body></message>";
    service.queued = vec![hi.to_owned()];
    service.presences_probed = vec![presence("bob@example.com/pc", "<show>dnd</show>")];
    let mut client = next(Some(&left));
    talk(&mut service, &mut client, greeting());
    assert!(!binds(&service) && heard(&service, "resume") == 1);
    assert!(!client.welcome().resumed, "the session begins anew");
    assert_eq!(service.presences_heard(), ["2"]);
    let snapshot = client.snapshot();
    assert_eq!(snapshot.contacts[0].presence.status, Busy);
    assert_eq!(snapshot.requests[0].from, name("mallory@example.com"));
    let is_snapshot = |notice: &Notice| matches!(notice, Notice::Snapshot(_));
    let is_message = |notice: &Notice| matches!(notice, Notice::Update(_, Update::Message { .. }));
    let at = client.notices.iter().position(is_message).expect("a message");
    assert!(client.notices.iter().position(is_snapshot).is_some_and(|snapshot| snapshot < at));
    assert_eq!(client.notices.iter().filter(|notice| is_message(notice)).count(), 1);
    assert!(counted(&mut client) > counted_before, "it counts on");

    // And so does the page after that one, and one whose link breaks.
    let last = client.numbers().last().copied().unwrap_or_default();
    reconnect(&mut service, &mut client, last);
    assert!(client.welcome().resumed);
    let mut third = next(client.dialect.left().as_deref());
    talk(&mut service, &mut third, greeting());
    assert!(!binds(&service));
    let said = third.request(choose(1, Invisible));
    service.talk(&mut third, said);
    assert_eq!(service.presences_heard(), ["2", "unavailable", "6"], "it is the same client");
}

#[test]
fn without_a_stream_the_next_page_begins_anew() {
    let mut service = managed();
    let left = signed_in(&mut service).dialect.left().expect("a stream");
    let of_another = left.replacen("alice", "eve", 1);
    let garbage = [
        "",
        "\n\n\n",
        "alice@example.com\nx\n1\n",
        "alice@example.com/x\n\n1\n",
        "alice@example.com/x\ny\n-1\n",
    ];
    for (left, resumable) in
        garbage.map(|text| (text, true)).into_iter().chain([(&*of_another, true), (&*left, false)])
    {
        service.resumable = resumable;
        let mut client = next(Some(left));
        service.announced = false;
        talk(&mut service, &mut client, greeting());
        assert!(binds(&service), "{left}");
        assert_eq!(service.count_heard("presence", "probe"), 0);
        assert_eq!(client.snapshot().me.status, Online);
    }
}

#[test]
fn a_service_that_does_not_answer_whether_it_goes_on_is_left() {
    let mut service = managed();
    let left = signed_in(&mut service).dialect.left();
    let mut client = next(left.as_deref());
    service.relink();
    let mut said = std::collections::VecDeque::from(client.open(greeting()));
    while let Some(element) = said.pop_front().filter(|element| element.name != "resume") {
        for text in service.answer(&element) {
            said.extend(client.receive(&text));
        }
    }
    let due = client.dialect.poll_timeout().expect("somebody waits");
    client.pass(due);
    client.wait();
    assert_eq!(client.bye(), Some(HResult::MSGR_E_DISCONNECTED));
    client.take_notices();
    talk(&mut service, &mut client, greeting());
    assert!(binds(&service));
    assert_eq!(client.dialect.poll_timeout(), None);
}

#[test]
fn whoever_hides_leaves_no_stream_and_says_so() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    client.dialect.leave();
    assert!(client.drain().is_empty() && client.dialect.left().is_some());
    client.request(choose(1, Invisible));
    // From the first moment on.
    client.dialect.leave();
    let names: Vec<_> = client.drain().into_iter().map(|element| element.name).collect();
    assert_eq!(
        (names, client.dialect.left()),
        (vec!["presence".to_owned(), "close".to_owned()], None)
    );
    client.pass(Span::from_secs(1));
    talk(&mut service, &mut client, greeting());
    assert!(binds(&service), "a page that is back from where it was put away");
}
