//! Older messages out of the service's archive.

use mistatus_core::{
    chat::{ChatMessage, MessageId, MessageText},
    hresult::HResult,
    message::{ClientMessage, Command, Notice, Request, RequestId, Update},
};
use mistatus_xmpp::xml::Element;

use crate::support::{Client, Service, is_quiet, name, reconnect, signed_in};

fn service() -> Service {
    Service {
        archives: true,
        manages: true,
        ..Service::with_roster(&[("bob@example.com", "both")])
    }
}

fn fetch(id: u64, before: Option<MessageId>) -> Request {
    Request {
        id: RequestId(id),
        command: Command::FetchMessages { with: name("bob@example.com"), before },
    }
}

/// One message of the archive, minutes after ten.
fn kept(from: &str, query: &str, number: u32, writer: &str, reader: &str) -> String {
    format!(
        "<message xmlns='jabber:client'{from}><result xmlns='urn:xmpp:mam:2' queryid='{query}' id='a{number}'>\
         <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T10:{number:02}:00Z'/>\
         <message xmlns='jabber:client' from='{writer}' to='{reader}' type='chat' id='m{number}'>\
         <body>Text {number}</body></message></forwarded></result></message>"
    )
}

fn of_bob(query: &str, number: u32) -> String {
    kept(" from='alice@example.com'", query, number, "bob@example.com/pc", "alice@example.com")
}

fn end(query: &str, first: &str, complete: bool) -> String {
    format!(
        "<iq xmlns='jabber:client' type='result' id='{query}'><fin xmlns='urn:xmpp:mam:2' complete='{complete}'>\
         <set xmlns='http://jabber.org/protocol/rsm'><first>{first}</first><last>z</last></set></fin></iq>"
    )
}

fn query(said: &[Element]) -> (String, Option<String>) {
    let query = said[0].first("query", "urn:xmpp:mam:2").expect("a query");
    let set = query.first("set", "http://jabber.org/protocol/rsm").expect("a page");
    let before = set.first("before", "http://jabber.org/protocol/rsm").map(Element::content);
    (query.attribute("queryid").unwrap().to_owned(), before)
}

fn pages(client: &Client) -> Vec<(u64, Vec<&ChatMessage>, bool)> {
    let pages = client.notices.iter().filter_map(|notice| match notice {
        Notice::Messages { id, messages, more } => Some((id.0, messages.iter().collect(), *more)),
        _ => None,
    });
    pages.collect()
}

fn texts(client: &Client) -> Vec<Vec<String>> {
    let texts = |page: &[&ChatMessage]| {
        page.iter().map(|message| message.text.as_str().to_owned()).collect()
    };
    pages(client).iter().map(|(_, page, _)| texts(page)).collect()
}

#[test]
fn without_an_archive_there_is_nothing_more() {
    let mut client = signed_in(&mut Service::default());
    assert!(is_quiet(&client.request(fetch(1, None))));
    assert_eq!(pages(&client), [(1, vec![], false)]);
    assert_eq!(client.outcomes(), [(1, HResult::S_OK)]);
}

#[test]
fn pages_are_asked_for_backwards_and_told_in_order() {
    let mut client = signed_in(&mut service());
    let (first, before) = query(&client.request(fetch(1, None)));
    assert_eq!(before.as_deref(), Some(""));
    for number in 10..60 {
        client.receive(&of_bob(&first, number));
    }
    client.receive(&end(&first, "a10", false));
    let oldest = pages(&client)[0].1[0].id;
    let (second, before) = query(&client.request(fetch(2, Some(oldest))));
    assert_eq!(before.as_deref(), Some("a10"));
    client.receive(&kept("", &second, 1, "alice@example.com/other", "bob@example.com"));
    client.receive(&of_bob(&second, 2));
    client.receive(&end(&second, "a1", true));
    let expect: Vec<_> = (10..60).map(|number| format!("Text {number}")).collect();
    assert_eq!(texts(&client), [expect, vec!["Text 1".to_owned(), "Text 2".to_owned()]]);
    let told = pages(&client);
    assert_eq!((told[0].2, told[1].2), (true, false));
    let mut ids: Vec<_> = told[1].1.iter().chain(&told[0].1).map(|message| message.id).collect();
    assert!(ids.is_sorted());
    ids.dedup();
    assert_eq!(ids.len(), 52);
    assert_eq!(told[1].1[0].from, name("alice@example.com"));
    assert_eq!(client.outcomes(), [(1, HResult::S_OK), (2, HResult::S_OK)]);
    // None of this is news.
    assert!(
        !client
            .notices
            .iter()
            .any(|notice| matches!(notice, Notice::Update(_, Update::Message { .. })))
    );
}

#[test]
fn pages_that_hold_receipts_are_filled_up_and_never_overflow() {
    let mut client = signed_in(&mut service());
    let (id, _) = query(&client.request(fetch(1, None)));
    for number in 35..60 {
        client.receive(&of_bob(&id, number));
    }
    let (id, before) = query(&client.receive(&end(&id, "a35", false)));
    assert_eq!(before.as_deref(), Some("a35"));
    for number in 0..35 {
        client.receive(&of_bob(&id, number));
    }
    client.receive(&end(&id, "a0", true));
    let told = pages(&client);
    // What did not fit is there for the next page.
    assert_eq!((told[0].1.len(), told[0].2), (50, true));
    assert_eq!(told[0].1[0].text.as_str(), "Text 10");
    assert!(told[0].1.is_sorted_by_key(|message| message.id));
}

#[test]
fn what_was_told_before_has_the_same_number() {
    let mut client = signed_in(&mut service());
    client.receive("<message xmlns='jabber:client' from='bob@example.com/pc' to='alice@example.com' type='chat' id='m31'><body>Text 31</body></message>");
    let told = client.notices.iter().find_map(|notice| match notice {
        Notice::Update(_, Update::Message { message, .. }) => Some(message.id),
        _ => None,
    });
    let told = told.expect("it was told");
    // Nobody has said what the archive calls it: the newest page does, and then the one before.
    let (first, before) = query(&client.request(fetch(1, Some(told))));
    assert_eq!(before.as_deref(), Some(""));
    client.receive(&of_bob(&first, 31));
    let said = client.receive(&end(&first, "a31", false));
    assert_eq!(pages(&client), []);
    let (second, before) = query(&said);
    assert_eq!(before.as_deref(), Some("a31"));
    client.receive(&of_bob(&second, 30));
    client.receive(&end(&second, "a30", true));
    assert_eq!(texts(&client), [["Text 30"]]);
    assert!(pages(&client)[0].1[0].id < told);
    let (third, _) = query(&client.request(fetch(2, None)));
    client.receive(&of_bob(&third, 30));
    client.receive(&of_bob(&third, 31));
    client.receive(&end(&third, "a30", true));
    assert_eq!(pages(&client)[1].1[1].id, told);
}

#[test]
fn a_live_message_that_the_archive_has_named_is_known_there_by_that_name() {
    let mut client = signed_in(&mut service());
    client.receive("<message xmlns='jabber:client' from='bob@example.com/pc' type='chat'><body>Hi</body><stanza-id xmlns='urn:xmpp:sid:0' by='alice@example.com' id='a77'/><stanza-id xmlns='urn:xmpp:sid:0' by='bob@example.com' id='a1'/></message>");
    let told = client.notices.iter().find_map(|notice| match notice {
        Notice::Update(_, Update::Message { message, .. }) => Some(message.id),
        _ => None,
    });
    let (_, before) = query(&client.request(fetch(1, told)));
    assert_eq!(before.as_deref(), Some("a77"));
}

#[test]
fn pages_of_others_and_pages_that_nobody_asked_for_are_not_told() {
    let mut client = signed_in(&mut service());
    let (id, _) = query(&client.request(fetch(1, None)));
    for from in ["mallory@example.com/pc", "bob@example.com", "example.com", "alice@example.com/pc"]
    {
        client.receive(&kept(
            &format!(" from='{from}'"),
            &id,
            1,
            "bob@example.com",
            "alice@example.com",
        ));
    }
    client.receive(&of_bob("another", 2));
    // Of a conversation that was not asked for.
    client.receive(&kept("", &id, 3, "mallory@example.com", "alice@example.com"));
    client.receive(&kept("", &id, 4, "bob@example.com", "mallory@example.com"));
    // Without a time, without a message.
    client.receive(&of_bob(&id, 5).replace("stamp='2026-11-21T10:05:00Z'", ""));
    client.receive(&format!("<message xmlns='jabber:client'><result xmlns='urn:xmpp:mam:2' queryid='{id}' id='x'/></message>"));
    for from in ["mallory@example.com", "bob@example.com/pc"] {
        client.receive(&end(&id, "", true).replace("type=", &format!("from='{from}' type=")));
    }
    assert_eq!(pages(&client), []);
    client.receive(&end(&id, "", true));
    assert_eq!(pages(&client), [(1, vec![], false)]);
}

#[test]
fn an_archive_that_never_comes_to_an_end_is_left_after_a_while() {
    let mut client = signed_in(&mut service());
    let mut said = client.request(fetch(1, None));
    let mut rounds = 0;
    while !said.is_empty() {
        rounds += 1;
        let (id, _) = query(&said);
        client.receive(&of_bob(&id, 1));
        said = client.receive(&end(&id, "again", false));
    }
    assert_eq!(rounds, 20);
    assert_eq!(client.outcomes(), [(1, HResult::S_OK)]);
}

#[test]
fn a_page_larger_than_asked_for_is_cut() {
    let mut client = signed_in(&mut service());
    let (id, _) = query(&client.request(fetch(1, None)));
    for number in 0..500 {
        client.receive(&of_bob(&id, number % 60).replace("id='a", &format!("id='b{number}-")));
    }
    client.receive(&end(&id, "a0", false));
    assert_eq!(pages(&client)[0].1.len(), 50);
}

#[test]
fn refusals_have_their_code_and_what_is_forgotten_has_nothing_before_it() {
    for (condition, expect, told) in [
        ("item-not-found", HResult::S_OK, 1),
        ("not-allowed", HResult::MSGR_E_POLICY_RESTRICTED, 0),
        ("resource-constraint", HResult::MSGR_E_SERVER_TOO_BUSY, 0),
    ] {
        let mut client = signed_in(&mut service());
        let (id, _) = query(&client.request(fetch(1, None)));
        client.receive(&format!("<iq xmlns='jabber:client' type='error' id='{id}'><error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"));
        assert_eq!(client.outcomes(), [(1, expect)]);
        assert_eq!(pages(&client).len(), told);
    }
}

#[test]
fn a_message_that_an_earlier_stream_carried_is_looked_for_before_it_is_sent_again() {
    for is_kept in [true, false] {
        let mut service = Service { resumable: false, ..service() };
        let mut client = signed_in(&mut service);
        let text = MessageText::parse("Hi").unwrap();
        let send = ClientMessage::Request(Request {
            id: RequestId(1),
            command: Command::SendMessage { to: name("bob@example.com"), text },
        });
        let said = client.request(send.clone());
        let sent = said[0].attribute("id").unwrap().to_owned();
        reconnect(&mut service, &mut client, 0);
        assert!(!client.welcome().resumed);
        let said = client.request(send);
        let (id, before) = query(&said);
        assert_eq!((said.len(), before.as_deref()), (1, Some("")));
        // It counts; the answer comes from here.
        service.answer(&said[0]);
        // What somebody else calls so is not it.
        let forged = of_bob(&id, 2).replace("id='m2'", &format!("id='{sent}'"));
        client.receive(&forged.replace("Text 2", "Hi"));
        if is_kept {
            let kept = kept("", &id, 3, "alice@example.com/old", "bob@example.com");
            client
                .receive(&kept.replace("id='m3'", &format!("id='{sent}'")).replace("Text 3", "Hi"));
        }
        let said = client.receive(&end(&id, "a2", false));
        assert_eq!(said.iter().any(|said| said.name == "message"), !is_kept);
        service.talk(&mut client, said);
        let told = client.notices.iter().filter(|notice| {
            matches!(notice, Notice::Update(_, Update::Message { request: Some(RequestId(1)), .. }))
        });
        assert_eq!(told.count(), 1);
        assert_eq!(client.outcomes(), [(1, HResult::S_OK)]);
    }
}

#[test]
fn receipts_in_the_archive_count() {
    let mut client = signed_in(&mut service());
    let (id, _) = query(&client.request(fetch(1, None)));
    client.receive(&kept("", &id, 1, "alice@example.com/other", "bob@example.com"));
    let receipt = of_bob(&id, 2)
        .replace("<body>Text 2</body>", "<received xmlns='urn:xmpp:receipts' id='m1'/>");
    client.receive(&receipt);
    client.receive(&end(&id, "a1", true));
    assert!(pages(&client)[0].1[0].delivered);
}
