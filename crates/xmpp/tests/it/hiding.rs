//! Being invisible: what is sent in which order, and what is never sent.

use std::collections::VecDeque;

use mistatus_core::{
    dialect::Dialect,
    hresult::HResult,
    message::{Command, Notice, Request, RequestId, Signal, Update},
    presence::{Intent, Source},
    status::MiStatus::*,
    time::{Span, UnixMs},
};
use mistatus_xmpp::{XmppOptions, xml::Element};

use crate::support::{
    Client, Service, choose, greeting, is_quiet, name, options, presence, presence_kind, signed_in,
    signed_in_with,
};

/// Says in a word what was sent.
fn word(element: &Element) -> String {
    let inner = element.elements().next().and_then(|query| query.elements().next());
    let code =
        element.first("s", "urn:mistatus:presence:1").and_then(|ours| ours.attribute("code"));
    match (element.name.as_str(), inner) {
        ("iq", Some(inner)) if inner.name == "active" => {
            if inner.attribute("name").is_some() { "activate" } else { "lift" }.to_owned()
        }
        ("iq", Some(inner)) if inner.name == "list" => "define".to_owned(),
        ("iq", Some(inner)) if inner.name == "choice" => "keep".to_owned(),
        ("presence", _) => code.or(element.attribute("type")).unwrap_or_default().to_owned(),
        _ => element.elements().next().map_or(element.name.clone(), |child| child.name.clone()),
    }
}

fn words(service: &Service, from: usize) -> Vec<String> {
    service.heard[from..].iter().map(word).collect()
}

fn hidden_from_the_start() -> XmppOptions {
    let chosen = Some((Intent::chosen(Invisible, Source::User), UnixMs::from_millis(1)));
    XmppOptions { chosen, ..options() }
}

#[test]
fn hiding_takes_the_presence_back_first_and_coming_back_lifts_first() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    let from = service.heard.len();
    for (id, status) in [(1, Invisible), (2, Busy)] {
        let said = client.request(choose(id, status));
        service.talk(&mut client, said);
    }
    assert_eq!(
        words(&service, from),
        ["keep", "define", "unavailable", "activate", "6", "ping", "keep", "lift", "10", "ping"]
    );
    assert_eq!(client.own_statuses(), [Invisible, Busy]);
    assert_eq!(client.outcomes(), [(1, HResult::S_OK), (2, HResult::S_OK)]);
}

#[test]
fn without_lists_hiding_is_refused_and_nothing_changes() {
    let mut service = Service { hides: false, ..Service::default() };
    let mut client = signed_in(&mut service);
    let said = client.request(choose(1, Invisible));
    assert!(is_quiet(&said));
    assert_eq!((client.own_statuses(), client.outcomes()), (vec![], vec![(1, HResult::E_NOTIMPL)]));
}

#[test]
fn a_service_that_claims_lists_and_has_none_is_found_out() {
    for step in ["define", "activate"] {
        let mut service = Service::default();
        let mut client = signed_in(&mut service);
        let mut said = std::collections::VecDeque::from(client.request(choose(1, Invisible)));
        while let Some(element) = said.pop_front() {
            let id = element.attribute("id").unwrap_or_default();
            let answers = if word(&element) == step {
                vec![format!(
                    "<iq xmlns='jabber:client' type='error' id='{id}'><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
                )]
            } else {
                service.answer(&element)
            };
            service.heard.push(element);
            for answer in answers {
                said.extend(client.receive(&answer));
            }
        }
        assert_eq!(client.outcomes(), [(1, HResult::E_NOTIMPL)], "{step}");
        // The user is shown as before, not as gone.
        assert_eq!(service.presences_heard().last().map(String::as_str), Some("2"), "{step}");
        assert!(!service.presences_heard().contains(&"6".to_owned()), "{step}");
    }
}

#[test]
fn signing_in_hidden_says_nothing_before_the_list_counts() {
    let mut service = Service::with_roster(&[("bob@example.com", "both")]);
    let client = signed_in_with(&mut service, hidden_from_the_start());
    let words = words(&service, 0);
    let at = words.iter().position(|word| word == "define").unwrap();
    assert_eq!(words[at..], ["define", "probe", "ping", "activate", "6", "ping", "ping"]);
    assert_eq!(client.snapshot().me.status, Invisible);
}

#[test]
fn who_signs_out_hidden_goes_while_the_list_still_counts() {
    let mut service = Service::with_roster(&[("bob@example.com", "both")]);
    let mut client = signed_in_with(&mut service, hidden_from_the_start());
    let said = client.request(Signal::Signout);
    let words: Vec<_> = said.iter().map(word).collect();
    assert_eq!(words, ["unavailable", "close"]);
}

#[test]
fn signing_in_hidden_without_lists_says_nothing_at_all() {
    let mut service =
        Service { hides: false, ..Service::with_roster(&[("bob@example.com", "both")]) };
    let client = signed_in_with(&mut service, hidden_from_the_start());
    assert_eq!(service.presences_heard(), [""; 0]);
    assert_eq!(service.count_heard("presence", "probe"), 1);
    assert!(
        client
            .notices
            .iter()
            .any(|notice| matches!(notice, Notice::Refused { hr: HResult::E_NOTIMPL, .. }))
    );
    assert_eq!(client.snapshot().me.status, Invisible);
}

#[test]
fn who_hides_answers_nobody_but_the_service() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    let question = |from: &str| {
        format!(
            "<iq xmlns='jabber:client' type='get' id='q' from='{from}'><ping xmlns='urn:xmpp:ping'/></iq>"
        )
    };
    assert_eq!(client.receive(&question("bob@example.com/pc")).len(), 1);
    let said = client.request(choose(1, Invisible));
    // From the first moment on, before the service has answered.
    let absent = |said: Vec<Element>| {
        let error = said[0].first("error", "jabber:client").expect("an error").clone();
        let is_it = error.first("service-unavailable", "urn:ietf:params:xml:ns:xmpp-stanzas");
        said.len() == 1 && error.attribute("type") == Some("cancel") && is_it.is_some()
    };
    assert!(absent(client.receive(&question("bob@example.com/pc"))));
    service.talk(&mut client, said);
    assert!(absent(client.receive(&question("bob@example.com/pc"))));
    let answer = client.receive(&question("example.com"));
    assert_eq!(answer[0].attribute("type"), Some("result"));
    let last = "<iq xmlns='jabber:client' type='get' id='q' from='bob@example.com/pc'><query xmlns='jabber:iq:last'/></iq>";
    assert!(absent(client.receive(last)));
}

fn hidden(service: &mut Service) -> Client {
    signed_in_with(service, hidden_from_the_start())
}

#[test]
fn who_hides_answers_by_a_list_that_lets_one_person_hear_it_and_has_no_presence_then() {
    let mut service = Service::default();
    let mut client = hidden(&mut service);
    client.receive(&presence_kind("bob@example.com", "subscribe"));
    client.take_notices();
    let from = service.heard.len();
    let answer = Command::AnswerContactRequest { name: name("bob@example.com"), accept: true };
    let said = client.request(Request { id: RequestId(1), command: answer });
    service.talk(&mut client, said);
    assert_eq!(
        words(&service, from)[..6],
        ["define", "unavailable", "activate", "subscribed", "activate", "6"]
    );
    let list = service.heard[from].to_string();
    let order = |part| list.find(part).expect(part);
    assert!(order("bob@example.com") < order("deny") && list.contains("mistatus-answer"), "{list}");
    let active = |at: usize| service.heard[from + at].to_string();
    assert!(active(2).contains("mistatus-answer") && active(4).contains("mistatus-invisible"));
    assert_eq!(client.outcomes(), [(1, HResult::S_OK)]);
}

#[test]
fn nobody_is_let_see_the_user_by_itself_while_they_hide() {
    let mut service = Service::with_roster(&[("bob@example.com", "to")]);
    let mut client = hidden(&mut service);
    let said = client.receive(&presence_kind("bob@example.com", "subscribe"));
    assert!(is_quiet(&said), "{said:?}");
    let is_it =
        |notice: &Notice| matches!(notice, Notice::Update(_, Update::ContactRequested { .. }));
    assert!(client.notices.iter().any(is_it), "the user may");
    let said = client.request(choose(1, Busy));
    service.talk(&mut client, said);
    assert_eq!(service.count_heard("presence", "subscribed"), 1);
    let is_it =
        |notice: &Notice| matches!(notice, Notice::Update(_, Update::ContactRequestGone { .. }));
    assert!(client.notices.iter().any(is_it));
}

#[test]
fn idleness_while_hiding_reaches_nobody() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    let defining = client.request(choose(1, Invisible));
    let said = client.request(Signal::ReportIdle { idle_for: Some(Span::from_secs(600)) });
    assert_eq!(said, []);
    service.talk(&mut client, defining);
    let said = client.request(Signal::ReportIdle { idle_for: None });
    service.talk(&mut client, said);
    assert_eq!(service.presences_heard(), ["2", "unavailable", "6"]);
}

#[test]
fn another_connection_that_hides_is_followed() {
    let mut service = Service::default();
    let mut client: Client = signed_in(&mut service);
    let ours = "<s xmlns='urn:mistatus:presence:1' code='6' t='2026-11-21T11:00:00Z' m='1'/>";
    let said = client.receive(&presence("alice@example.com/other", ours));
    service.talk(&mut client, said);
    assert_eq!(service.presences_heard(), ["2", "unavailable", "6"]);
    assert_eq!(client.own_statuses(), [Invisible]);
}

#[test]
fn a_hidden_page_is_told_where_the_service_cares() {
    for client_state in [false, true] {
        let mut service = Service { client_state, ..Service::default() };
        let mut client = signed_in(&mut service);
        for visible in [false, false, true] {
            client.dialect.handle_visibility(visible);
        }
        let names: Vec<_> = client.drain().into_iter().map(|element| element.name).collect();
        assert_eq!(names.len(), if client_state { 2 } else { 0 }, "{names:?}");
    }
}

#[test]
fn whoever_hides_asks_a_crowd_little_by_little_and_does_not_wait_for_the_last() {
    let items = (0..2_000).map(|index| {
        format!("<item jid='user{index}@example.com' subscription='both' name='User {index}'/>")
    });
    let mut service =
        Service { manages: true, resumable: true, roster: items.collect(), ..Service::default() };
    let mut client = Client::new(hidden_from_the_start());
    let mut said = VecDeque::from(client.open(greeting()));
    let (mut asked, mut burst, mut asked_before_snapshot) = (0, 0, None);
    while let Some(element) = said.pop_front() {
        burst = if element.name == "iq" { 0 } else { burst + 1 };
        assert!(burst <= 150, "so much at once: {burst}");
        let mut answers = service.answer(&element);
        if element.attribute("type") == Some("probe") {
            asked += 1;
            let to = element.attribute("to").unwrap_or_default();
            // Every other one is there.
            answers.extend((asked % 2 == 0).then(|| presence(&format!("{to}/pc"), "")));
        }
        service.heard.push(element);
        for answer in answers {
            said.extend(client.receive(&answer));
        }
        let is_snapshot = |notice: &Notice| matches!(notice, Notice::Snapshot(_));
        if client.notices.iter().any(is_snapshot) {
            asked_before_snapshot.get_or_insert(asked);
        }
    }
    assert!(asked_before_snapshot.is_some_and(|asked| asked < 1_000), "{asked_before_snapshot:?}");
    assert_eq!((asked, client.welcome().resume.is_some()), (2_000, true));
    assert_eq!(service.presences_heard(), ["6"], "and only then is anything said of the user");
    let contacts = client.snapshot().contacts.clone();
    let unknown = contacts.iter().filter(|contact| contact.settling);
    assert!(unknown.count() > 1_000, "whoever was not asked yet");
    assert!(!contacts.iter().any(|contact| contact.presence.status == Offline));
    client.wait();
    let told = client.changes();
    let count = |status| told.iter().filter(|(_, told)| *told == status).count();
    let there = contacts.iter().filter(|contact| contact.presence.status == Online).count();
    assert_eq!((count(Online) + there, count(Offline)), (1_000, 1_000));
    // What is chosen then is carried out as ever.
    client.take_notices();
    let said = client.request(choose(1, Busy));
    service.talk(&mut client, said);
    assert_eq!((client.outcomes(), client.own_statuses()), (vec![(1, HResult::S_OK)], vec![Busy]));
    assert_eq!(service.presences_heard(), ["6", "10"]);
}

#[test]
fn what_is_chosen_while_a_crowd_is_asked_comes_after_the_hiding() {
    let items =
        (0..150).map(|index| format!("<item jid='u{index}@example.com' subscription='to'/>"));
    let mut service = Service { roster: items.collect(), ..Service::default() };
    let mut client = Client::new(hidden_from_the_start());
    let mut said = VecDeque::from(client.open(greeting()));
    let mut has_chosen = false;
    while let Some(element) = said.pop_front() {
        for answer in service.answer(&element) {
            said.extend(client.receive(&answer));
        }
        service.heard.push(element);
        if !has_chosen && client.notices.iter().any(|notice| matches!(notice, Notice::Snapshot(_)))
        {
            has_chosen = true;
            said.extend(client.request(choose(1, Busy)));
        }
    }
    assert_eq!(service.presences_heard().last().map(String::as_str), Some("10"));
    assert_eq!(words(&service, 0).iter().filter(|word| *word == "lift").count(), 1);
    assert_eq!(client.outcomes(), [(1, HResult::S_OK)]);
}
