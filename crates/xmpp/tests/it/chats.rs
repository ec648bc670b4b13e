//! Messages: sent, told, copied, delivered, returned.

use mistatus_core::{
    chat::{ChatMessage, MessageId, MessageText},
    hresult::HResult,
    message::{Command, Notice, Outcome, Request, RequestId, Signal, Update},
    status::MiStatus::Invisible,
    time::Span,
    unread::Unread,
};
use mistatus_xmpp::xml::Element;

use crate::support::{
    Client, NOON, Service, choose, greeting, is_quiet, name, reconnect, signed_in,
};

fn managed() -> Service {
    Service {
        manages: true,
        resumable: true,
        ..Service::with_roster(&[("bob@example.com", "both"), ("carol@example.com", "to")])
    }
}

fn send(id: u64, to: &str, text: &str) -> Request {
    let text = MessageText::parse(text).expect("a valid text");
    Request { id: RequestId(id), command: Command::SendMessage { to: name(to), text } }
}

fn said(text: &str) -> (String, String) {
    ("bob@example.com".to_owned(), text.to_owned())
}

fn confirm(from: &str, up_to: MessageId) -> Signal {
    Signal::ConfirmMessages { from: name(from), up_to }
}

/// A message of somebody, with an id that is theirs for good and a wish for a receipt.
fn message(from: &str, id: &str, text: &str) -> String {
    format!(
        "<message xmlns='jabber:client' from='{from}' to='alice@example.com' type='chat' id='{id}'>\
         <body>{text}</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/><request xmlns='urn:xmpp:receipts'/></message>"
    )
}

fn receipt(from: &str, id: &str) -> String {
    format!(
        "<message xmlns='jabber:client' from='{from}' type='chat'><received xmlns='urn:xmpp:receipts' id='{id}'/></message>"
    )
}

fn copy(outer: &str, kind: &str, inner: &str) -> String {
    format!(
        "<message xmlns='jabber:client'{outer}><{kind} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded></{kind}></message>"
    )
}

fn messages(client: &Client) -> Vec<&ChatMessage> {
    let told = client.notices.iter().filter_map(|notice| match notice {
        Notice::Update(_, Update::Message { message, .. }) => Some(message),
        _ => None,
    });
    told.collect()
}

/// Returns who wrote what, in the order in which it was told.
fn told(client: &Client) -> Vec<(&str, &str)> {
    messages(client)
        .into_iter()
        .map(|message| (message.from.as_str(), message.text.as_str()))
        .collect()
}

fn unread(client: &Client) -> Vec<Unread> {
    let told = client.notices.iter().filter_map(|notice| match notice {
        Notice::Update(_, Update::Unread { unread }) => Some(unread.clone()),
        _ => None,
    });
    told.collect()
}

fn delivered(client: &Client) -> Vec<MessageId> {
    let told = client.notices.iter().filter_map(|notice| match notice {
        Notice::Update(_, Update::Delivered { up_to, .. }) => Some(*up_to),
        _ => None,
    });
    told.collect()
}

fn id_of(said: &[Element]) -> String {
    let message = said.iter().find(|element| element.name == "message").expect("a message");
    message.attribute("id").expect("with an id").to_owned()
}

#[test]
fn a_message_counts_as_sent_when_the_service_has_it() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    client.take_notices();
    let said = client.request(send(7, "bob@example.com", "Hi <b>&\n"));
    let names: Vec<_> = said.iter().map(|element| element.name.as_str()).collect();
    assert_eq!(names, ["message", "r"]);
    assert!(id_of(&said).ends_with(".7"));
    assert_eq!(client.take_notices(), []);
    service.talk(&mut client, said);
    assert_eq!(service.messages_heard(), [("bob@example.com".to_owned(), "Hi <b>&\n".to_owned())]);
    assert!(matches!(
        client.notices.as_slice(),
        [Notice::Update(_, Update::Message { request: Some(RequestId(7)), message }), Notice::Update(_, Update::Outcome(Outcome { hr: HResult::S_OK, .. })), Notice::Pong]
        if !message.delivered && message.to == name("bob@example.com") && message.at == NOON
    ));
}

#[test]
fn without_stream_management_a_ping_tells_that_it_was_sent() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    let said = client.request(send(7, "bob@example.com", "Hi"));
    service.talk(&mut client, said);
    assert_eq!(told(&client), [("alice@example.com", "Hi")]);
    assert_eq!(client.outcomes(), [(7, HResult::S_OK)]);
}

#[test]
fn what_cannot_be_sent_is_refused() {
    let mut client = signed_in(&mut managed());
    for (id, to, text) in
        [(1, "alice@example.com", "Hi"), (2, "nobody", "Hi"), (3, "bob@example.com", "\u{1}")]
    {
        assert!(is_quiet(&client.request(send(id, to, text))));
    }
    assert_eq!(client.outcomes(), [1, 2, 3].map(|id| (id, HResult::E_INVALIDARG)));
}

#[test]
fn a_message_that_comes_back_has_failed_unless_somebody_else_says_so() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    client.take_notices();
    let said = client.request(send(1, "bob@example.com", "Hi"));
    let id = id_of(&said);
    let error = |from: &str| {
        format!(
            "<message xmlns='jabber:client' from='{from}' type='error' id='{id}'><body>Hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        )
    };
    client.receive(&error("mallory@example.com"));
    assert_eq!(client.outcomes(), []);
    client.receive(&error("bob@example.com"));
    service.talk(&mut client, said);
    assert_eq!(client.outcomes(), [(1, HResult::MSGR_E_USER_NOT_FOUND)]);
    assert_eq!(told(&client), []);
}

#[test]
fn a_message_that_comes_back_after_it_was_sent_has_failed_for_good() {
    let mut service = Service { archives: true, ..managed() };
    let mut client = signed_in(&mut service);
    let said = client.request(send(1, "bob@example.com", "Hi"));
    let id = id_of(&said);
    service.talk(&mut client, said);
    client.take_notices();
    let back = |from: &str, id: &str| {
        format!(
            "<message xmlns='jabber:client' from='{from}' type='error' id='{id}'><error type='cancel'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        )
    };
    for (from, id) in [("mallory@example.com", &*id), ("bob@example.com", "of another client")] {
        client.receive(&back(from, id));
    }
    assert_eq!(client.take_notices(), []);
    client.receive(&back("bob@example.com/pc", &id));
    assert_eq!(client.outcomes(), [(1, HResult::MSGR_E_USER_NOT_FOUND)]);
    // The archive has it all the same; it is not shown as sent beside the failed one.
    let said = client.request(Request {
        id: RequestId(2),
        command: Command::FetchMessages { with: name("bob@example.com"), before: None },
    });
    let query = said[0].attribute("id").unwrap().to_owned();
    client.receive(&format!("<message xmlns='jabber:client' from='alice@example.com'><result xmlns='urn:xmpp:mam:2' queryid='{query}' id='a1'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T12:00:00Z'/><message xmlns='jabber:client' from='alice@example.com/pc' to='bob@example.com' type='chat' id='{id}'><body>Hi</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/></message></forwarded></result></message>"));
    client.receive(&format!("<iq xmlns='jabber:client' type='result' id='{query}'><fin xmlns='urn:xmpp:mam:2' complete='true'><set xmlns='http://jabber.org/protocol/rsm'><first>a1</first></set></fin></iq>"));
    let is_page = |notice: &&Notice| matches!(notice, Notice::Messages { messages, .. } if messages.is_empty());
    assert_eq!(client.notices.iter().filter(is_page).count(), 1, "{:?}", client.notices);
}

#[test]
fn receipts_tell_what_is_delivered_and_only_the_reader_can_give_them() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    let said = client.request(send(1, "bob@example.com", "Hi"));
    let id = id_of(&said);
    service.talk(&mut client, said);
    for from in ["mallory@example.com/pc", "bob@example.com/pc", "bob@example.com/phone"] {
        client.receive(&receipt(from, &id));
    }
    client.receive(&receipt("bob@example.com/pc", "another"));
    assert_eq!(delivered(&client), [messages(&client)[0].id]);
}

#[test]
fn a_receipt_before_the_confirmation_says_both() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    client.take_notices();
    let said = client.request(send(1, "bob@example.com", "Hi"));
    client.receive(&receipt("bob@example.com/pc", &id_of(&said)));
    service.talk(&mut client, said);
    assert_eq!(client.outcomes(), [(1, HResult::S_OK)]);
    assert_eq!((told(&client).len(), delivered(&client).len()), (1, 1));
}

#[test]
fn messages_are_told_with_rising_numbers_and_confirmed_to_whom_may_know() {
    let mut client = signed_in(&mut managed());
    client.take_notices();
    for (from, id) in [
        ("bob@example.com/pc", "1"),
        ("bob@example.com/pc", "2"),
        ("carol@example.com/x", "1"),
        ("stranger@example.com/x", "1"),
    ] {
        client.receive(&message(from, id, "Hi"));
    }
    let ids: Vec<_> = messages(&client).into_iter().map(|message| message.id).collect();
    assert_eq!(ids.len(), 4);
    assert!(ids[0] < ids[1]);
    let receipts = |said: Vec<Element>| -> Vec<_> {
        said.iter()
            .map(|said| {
                let about = said.first("received", "urn:xmpp:receipts").expect("a receipt");
                (
                    said.attribute("to").unwrap().to_owned(),
                    about.attribute("id").unwrap().to_owned(),
                )
            })
            .collect()
    };
    let said = receipts(client.request(confirm("bob@example.com", ids[0])));
    assert_eq!(said, [("bob@example.com/pc".to_owned(), "1".to_owned())]);
    let said = receipts(client.request(confirm("bob@example.com", ids[1])));
    assert_eq!(said, [("bob@example.com/pc".to_owned(), "2".to_owned())]);
    // Carol does not see the user, the stranger neither.
    for from in ["carol@example.com", "stranger@example.com", "bob@example.com"] {
        assert!(is_quiet(&client.request(confirm(from, ids[3]))));
    }
}

#[test]
fn the_invisible_give_no_receipts() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    let said = client.request(choose(1, Invisible));
    service.talk(&mut client, said);
    client.receive(&message("bob@example.com/pc", "1", "Hi"));
    let id = messages(&client)[0].id;
    assert!(is_quiet(&client.request(confirm("bob@example.com", id))));
}

#[test]
fn a_message_is_told_once_whichever_ways_it_comes() {
    let mut client = signed_in(&mut managed());
    let hi = message("bob@example.com/pc", "1", "Hi");
    client.receive(&hi);
    client.receive(&hi);
    client.receive(&copy(" from='alice@example.com'", "received", &hi));
    assert_eq!(told(&client), [("bob@example.com", "Hi")]);
    // The same id for another text is somebody's sloppiness, not the same message.
    client.receive(&message("bob@example.com/pc", "1", "Ho"));
    client.receive(&message("carol@example.com/pc", "1", "Hi"));
    assert_eq!(told(&client).len(), 3);
    // Ids that promise nothing, straight from the writer: two messages.
    let plain = "<message xmlns='jabber:client' from='bob@example.com/pc' id='7'><body>ping</body></message>";
    client.receive(plain);
    client.receive(plain);
    client.receive(
        "<message xmlns='jabber:client' from='bob@example.com/pc'><body>ping</body></message>",
    );
    assert_eq!(told(&client).len(), 6);
}

#[test]
fn copies_of_other_clients_are_told_for_both_directions() {
    let mut client = signed_in(&mut managed());
    client.take_notices();
    let sent = "<message xmlns='jabber:client' from='alice@example.com/phone' to='bob@example.com' type='chat' id='9'><body>From the phone</body></message>";
    client.receive(&copy(" from='alice@example.com'", "sent", sent));
    client.receive(&copy(
        " from='alice@example.com'",
        "received",
        &message("bob@example.com/pc", "1", "To the phone"),
    ));
    assert_eq!(
        told(&client),
        [("alice@example.com", "From the phone"), ("bob@example.com", "To the phone")]
    );
    // The other client has confirmed it.
    assert!(is_quiet(&client.request(confirm("bob@example.com", messages(&client)[1].id))));
    client.receive(&copy(
        " from='alice@example.com'",
        "received",
        &receipt("bob@example.com/pc", "9")
            .replace("type='chat'", "to='alice@example.com/phone' type='chat'"),
    ));
    assert_eq!(delivered(&client), [messages(&client)[0].id]);
}

#[test]
fn forged_copies_are_not_told() {
    let mut client = signed_in(&mut managed());
    client.take_notices();
    let forged = "<message xmlns='jabber:client' from='bob@example.com' to='alice@example.com' type='chat'><body>I owe mallory 100</body></message>";
    let own = "<message xmlns='jabber:client' from='alice@example.com/pc' to='bob@example.com' type='chat'><body>I owe mallory 100</body></message>";
    for from in [
        "mallory@example.com/pc",
        "mallory@example.com",
        "bob@example.com",
        "example.com",
        "alice@evil.example",
        "alice@example.com/other",
        "alice@example.com.evil.example",
    ] {
        for (kind, inner) in [("received", forged), ("sent", own)] {
            client.receive(&copy(&format!(" from='{from}'"), kind, inner));
        }
    }
    // From the account, but of a conversation that is not the user's.
    let of_others = "<message xmlns='jabber:client' from='bob@example.com' to='carol@example.com' type='chat'><body>Hi</body></message>";
    client.receive(&copy(" from='alice@example.com'", "received", of_others));
    client.receive(&copy(" from='alice@example.com'", "sent", of_others));
    client.receive(&copy(" from='alice@example.com'", "received", own));
    assert_eq!(told(&client), []);
}

#[test]
fn what_is_no_conversation_of_two_people_is_not_told() {
    let mut client = signed_in(&mut managed());
    client.take_notices();
    for text in [
        "<message xmlns='jabber:client' from='room@example.com/bob' type='groupchat'><body>Hi</body></message>",
        "<message xmlns='jabber:client' from='example.com'><body>The service goes down</body></message>",
        "<message xmlns='jabber:client' from='alice@example.com/pc'><body>To oneself</body></message>",
        "<message xmlns='jabber:client'><body>From nobody</body></message>",
        "<message xmlns='jabber:client' from='bob@example.com/pc' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
        "<message xmlns='jabber:client' from='bob@example.com/pc' type='chat'><html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>Hi</body></html></message>",
    ] {
        client.receive(text);
    }
    client.receive("<message xmlns='jabber:client' from='@'><body>Hi</body></message>");
    assert_eq!(client.take_notices(), []);
    assert_eq!(client.errors.len(), 1);
}

/// The same message, which takes the place of another one.
fn correcting(message: &str, replaced: &str) -> String {
    let replace =
        format!("<replace xmlns='urn:xmpp:message-correct:0' id='{replaced}'/></message>");
    message.replace("</message>", &replace)
}

#[test]
fn a_correction_takes_the_place_of_what_its_writer_wrote_there_and_of_nothing_else() {
    let mut client = signed_in(&mut managed());
    client.receive(&message("bob@example.com/pc", "1", "Helo"));
    let count = unread(&client).len();
    client.receive(&correcting(&message("bob@example.com/pc", "2", "Hello"), "1"));
    let corrected = messages(&client)[1];
    assert_eq!((corrected.id, corrected.text.as_str()), (messages(&client)[0].id, "Hello"));
    assert_eq!(unread(&client).len(), count, "it is no news");
    // The first text comes again, as a copy.
    client.receive(&copy(
        " from='alice@example.com'",
        "received",
        &message("bob@example.com/pc", "1", "Helo"),
    ));
    assert_eq!(messages(&client).len(), 2);
    for (from, replaced) in [("carol@example.com/pc", "1"), ("bob@example.com/pc", "unknown")] {
        client.take_notices();
        client.receive(&correcting(&message(from, "3", "Bye"), replaced));
        let writer = from.trim_end_matches("/pc");
        assert_eq!(told(&client), [(writer, "Bye")], "a message of its own");
        assert_eq!(unread(&client).len(), 1, "{from}");
    }
}

#[test]
fn a_page_of_the_archive_has_what_was_corrected_once() {
    let mut client = signed_in(&mut Service { archives: true, ..managed() });
    client.take_notices();
    let said = client.request(Request {
        id: RequestId(2),
        command: Command::FetchMessages { with: name("bob@example.com"), before: None },
    });
    let query = said[0].attribute("id").unwrap().to_owned();
    let page = [
        message("bob@example.com/pc", "1", "Helo"),
        message("bob@example.com/pc", "2", "Bob"),
        correcting(&message("bob@example.com/pc", "3", "Hello"), "1"),
        correcting(&message("bob@example.com/pc", "4", "Hullo"), "1"),
        correcting(&message("bob@example.com/pc", "5", "Of a message before"), "0"),
    ];
    for (at, inner) in page.iter().enumerate() {
        client.receive(&format!("<message xmlns='jabber:client' from='alice@example.com'><result xmlns='urn:xmpp:mam:2' queryid='{query}' id='a{at}'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T11:00:0{at}Z'/>{inner}</forwarded></result></message>"));
    }
    client.receive(&format!("<iq xmlns='jabber:client' type='result' id='{query}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>"));
    let pages = client.notices.iter().find_map(|notice| match notice {
        Notice::Messages { messages, .. } => Some(messages),
        _ => None,
    });
    let texts: Vec<_> = pages.unwrap().iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["Hullo", "Bob", "Of a message before"]);
}

#[test]
fn a_headline_of_somebody_is_a_message() {
    let mut client = signed_in(&mut managed());
    let text = message("bob@example.com/pc", "1", "News").replace("'chat'", "'headline'");
    client.receive(&text);
    assert_eq!(told(&client), [("bob@example.com", "News")]);
}

#[test]
fn only_the_service_of_the_user_says_since_when_a_message_waited() {
    let mut client = signed_in(&mut managed());
    let stamp = "2026-11-20T12:00:00Z";
    let (mut expect, yesterday) = (Vec::new(), NOON.as_millis() - 86_400_000);
    for (index, (from, is_believed)) in [
        ("from='example.com'", true),
        ("from='alice@example.com'", true),
        ("from='bob@example.com'", false),
        ("from='bob@example.com/pc'", false),
        ("from='alice@example.com/pc'", false),
        ("from='example.org'", false),
        ("from='@'", false),
        ("", false),
    ]
    .into_iter()
    .enumerate()
    {
        // What the writer says of it stands first.
        let delays = format!(
            "<delay xmlns='urn:xmpp:delay' from='bob@example.com' stamp='2001-01-01T00:00:00Z'/>\
             <delay xmlns='urn:xmpp:delay' {from} stamp='{stamp}'/></message>"
        );
        let text = message("bob@example.com/pc", &format!("m{index}"), "Hi");
        let text = text.replace("</message>", &delays);
        client.receive(&text);
        expect.push(if is_believed { yesterday } else { NOON.as_millis() });
    }
    let told: Vec<_> =
        messages(&client).into_iter().map(|message| message.at.as_millis()).collect();
    assert_eq!(told, expect);
}

#[test]
fn what_waited_is_told_after_the_snapshot_with_its_time_once() {
    let offline = |id: &str, stamp: &str| {
        message("bob@example.com/pc", id, id).replace(
            "</message>",
            &format!(
                "<delay xmlns='urn:xmpp:delay' from='example.com' stamp='{stamp}'/></message>"
            ),
        )
    };
    let mut service = managed();
    service.presences = vec![
        offline("first", "2026-11-20T12:00:00Z"),
        offline("second", "2026-11-20T12:00:00Z"),
        // In the future: no later than now.
        offline("third", "2027-11-20T12:00:00Z"),
        offline("first", "2026-11-20T12:00:00Z"),
    ];
    let mut client = signed_in(&mut service);
    let told: Vec<_> =
        messages(&client).into_iter().map(|message| (message.text.as_str(), message.at)).collect();
    let yesterday = mistatus_core::time::UnixMs::from_millis(NOON.as_millis() - 86_400_000);
    assert_eq!(told, [("first", yesterday), ("second", yesterday), ("third", NOON)]);
    let ids: Vec<_> = messages(&client).into_iter().map(|message| message.id).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    let is_message = |notice: &Notice| matches!(notice, Notice::Update(_, Update::Message { .. }));
    let is_snapshot = |notice: &Notice| matches!(notice, Notice::Snapshot(_));
    assert!(
        client.notices.iter().position(is_snapshot) < client.notices.iter().position(is_message)
    );
    // A stamp puts nothing in front of what the session has already.
    client.receive(&offline("late", "2026-11-01T12:00:00Z"));
    assert!(messages(&client)[3].id > ids[2]);
}

#[test]
fn a_message_cut_off_with_the_link_is_sent_again_and_told_once() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    // The service never saw it.
    client.request(send(1, "bob@example.com", "Hi"));
    client.repeats = Some(send(1, "bob@example.com", "Hi"));
    reconnect(&mut service, &mut client, 0);
    assert!(client.welcome().resumed);
    assert_eq!(service.messages_heard().len(), 1);
    assert_eq!(told(&client), [("alice@example.com", "Hi")]);
    assert_eq!(client.outcomes(), [(1, HResult::S_OK)]);
}

#[test]
fn what_the_session_does_not_say_again_is_not_sent_over_another_link() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    // On its way when the link broke; the user has discarded the first by the time that there is another.
    let discarded = client.request(send(1, "bob@example.com", "Discarded"));
    let tried = client.request(send(2, "bob@example.com", "Tried again"));
    assert!(is_quiet(&client.request(send(2, "bob@example.com", "Tried again"))), "on its way");
    client.request(choose(3, mistatus_core::status::MiStatus::Busy));
    client.repeats = Some(send(2, "bob@example.com", "Tried again"));
    reconnect(&mut service, &mut client, 0);
    assert!(client.welcome().resumed);
    assert_eq!(service.messages_heard(), [said("Tried again")]);
    assert_ne!(id_of(&discarded), id_of(&service.heard));
    assert_eq!(id_of(&tried), id_of(&service.heard), "the same message");
    let said = client.request(send(4, "bob@example.com", "Later"));
    service.talk(&mut client, said);
    let mut outcomes = client.outcomes();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [2, 3, 4].map(|id| (id, HResult::S_OK)));
    assert_eq!(client.bye(), None, "the counters agree");
}

#[test]
fn what_was_looked_for_when_the_link_broke_is_not_sent_unasked() {
    let mut service = Service { archives: true, resumable: false, ..managed() };
    let mut client = signed_in(&mut service);
    client.request(send(1, "bob@example.com", "Hi"));
    reconnect(&mut service, &mut client, 0);
    let sought = client.request(send(1, "bob@example.com", "Hi"));
    let query = sought[0].attribute("id").unwrap().to_owned();
    service.resumable = true;
    reconnect(&mut service, &mut client, 0);
    let end = format!(
        "<iq xmlns='jabber:client' type='result' id='{query}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>"
    );
    let said = client.receive(&end);
    service.talk(&mut client, said);
    assert!(client.welcome().resumed);
    assert_eq!(service.messages_heard(), []);
    let again = client.request(send(1, "bob@example.com", "Hi"));
    assert!(again[0].first("query", "urn:xmpp:mam:2").is_some(), "it may be there: {again:?}");
}

#[test]
fn a_message_whose_confirmation_was_cut_off_is_not_sent_again() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    let said = client.request(send(1, "bob@example.com", "Hi"));
    service.answer(&said[0]);
    service.heard.clear();
    reconnect(&mut service, &mut client, 0);
    assert_eq!(service.messages_heard(), []);
    assert_eq!(told(&client), [("alice@example.com", "Hi")]);
    assert_eq!(client.outcomes(), [(1, HResult::S_OK)]);
}

#[test]
fn over_another_stream_the_same_request_is_the_same_message() {
    let mut service = Service { resumable: false, ..managed() };
    let mut client = signed_in(&mut service);
    let first = client.request(send(1, "bob@example.com", "Hi"));
    reconnect(&mut service, &mut client, 0);
    assert!(!client.welcome().resumed);
    let again = client.request(send(1, "bob@example.com", "Hi"));
    assert_eq!(id_of(&first), id_of(&again));
    service.talk(&mut client, again);
    assert_eq!(client.outcomes(), [(1, HResult::S_OK)]);
    // What is repeated of others is known too.
    client.receive(&message("bob@example.com/pc", "1", "Ho"));
    reconnect(&mut service, &mut client, 4);
    client.receive(&message("bob@example.com/pc", "1", "Ho"));
    assert_eq!(told(&client), [("alice@example.com", "Hi"), ("bob@example.com", "Ho")]);
}

#[test]
fn another_user_in_the_same_page_has_nothing_of_the_one_before() {
    let mut service = managed();
    let mut client = signed_in(&mut service);
    client.receive(&message("bob@example.com/pc", "1", "Hi"));
    let mut greeting = greeting();
    greeting.signin_name = Some(name("eve@example.com"));
    let mut other = Service { bound: Some("eve@example.com/pc".to_owned()), ..managed() };
    let said = client.open(greeting);
    other.talk(&mut client, said);
    client.take_notices();
    client.receive(&message("bob@example.com/pc", "1", "Hi").replace("alice", "eve"));
    assert_eq!(told(&client), [("bob@example.com", "Hi")]);
    assert_eq!(unread(&client).last().map(|unread| unread.count), Some(1));
}

#[test]
fn what_comes_is_unread_until_the_user_has_read_it() {
    let mut client = signed_in(&mut managed());
    for id in ["1", "2"] {
        client.receive(&message("bob@example.com/pc", id, "Hi"));
    }
    let own = message("alice@example.com/phone", "3", "Ho").replace("to='alice", "to='bob");
    client.receive(&copy(" from='alice@example.com'", "sent", &own));
    let newest = messages(&client)[1].id;
    let bob = |count, newest| Unread { from: name("bob@example.com"), count, newest };
    assert_eq!(unread(&client)[1..], [bob(2, Some(newest))], "and not what one wrote oneself");
    let said = client.request(Signal::MarkRead { from: name("bob@example.com"), up_to: newest });
    assert!(is_quiet(&said), "services are not told: {said:?}");
    assert_eq!(unread(&client).last(), Some(&bob(0, None)));
    client.take_notices();
    client.request(Signal::Resync);
    assert_eq!(client.snapshot().unread, []);
}

fn archived(text: &str, id: &str) -> String {
    let named =
        format!("<stanza-id xmlns='urn:xmpp:sid:0' by='alice@example.com' id='{id}'/></message>");
    text.replace("</message>", &named)
}

/// What an account says of what its user has read.
fn displayed(from: &str, with: &str, id: &str) -> String {
    format!(
        "<message xmlns='jabber:client' from='{from}'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:mds:displayed:0'><item id='{with}'><displayed xmlns='urn:xmpp:mds:displayed:0'><stanza-id xmlns='urn:xmpp:sid:0' by='alice@example.com' id='{id}'/></displayed></item></items></event></message>"
    )
}

#[test]
fn what_is_read_is_told_to_the_other_clients_of_the_user_alone() {
    let mut client = signed_in(&mut Service { archives: true, ..managed() });
    for id in ["1", "2"] {
        client.receive(&archived(&message("bob@example.com/pc", id, "Hi"), &format!("a{id}")));
    }
    let newest = messages(&client)[1].id;
    let said = client.request(Signal::MarkRead { from: name("bob@example.com"), up_to: newest });
    let published: Vec<_> = said
        .iter()
        .map(Element::to_string)
        .filter(|said| said.contains("urn:xmpp:mds:displayed:0"))
        .collect();
    assert_eq!(published.len(), 1);
    for part in ["'bob@example.com'", "'a2'", "whitelist", "publish-options"] {
        assert!(published[0].contains(part), "{part} in {}", published[0]);
    }
    assert!(!published[0].contains(" to="), "to the own account");
    let said = client.request(Signal::MarkRead { from: name("bob@example.com"), up_to: newest });
    assert!(is_quiet(&said), "once");
}

#[test]
fn what_another_client_of_the_user_has_shown_is_read() {
    let mut client = signed_in(&mut Service { archives: true, ..managed() });
    for id in ["1", "2", "3"] {
        client.receive(&archived(&message("bob@example.com/pc", id, "Hi"), &format!("a{id}")));
    }
    let count = |client: &Client| unread(client).last().map(|unread| unread.count);
    for (from, with, id) in [
        ("bob@example.com", "bob@example.com", "a2"),
        ("alice@example.com/pc", "bob@example.com", "a2"),
        ("alice@example.com", "carol@example.com", "a2"),
        ("alice@example.com", "bob@example.com", "unknown"),
    ] {
        client.receive(&displayed(from, with, id));
        assert_eq!(count(&client), Some(3), "{from} {with} {id}");
    }
    client.receive(&displayed("alice@example.com", "bob@example.com", "a2"));
    assert_eq!(count(&client), Some(1));
    // Shown there before it comes here.
    client.receive(&displayed("alice@example.com", "bob@example.com", "a4"));
    client.receive(&archived(&message("bob@example.com/pc", "4", "Ho"), "a4"));
    assert_eq!(count(&client), Some(0));
}

#[test]
fn texts_of_any_length_are_taken_and_the_memory_stays_bounded() {
    let mut client = signed_in(&mut managed());
    client.pass(Span::from_secs(1));
    client.receive(&message("bob@example.com/pc", "1", &"x".repeat(100_000)));
    assert_eq!(messages(&client)[0].text.as_str().len(), 8_000);
    // Receipts that the session never asks for.
    for index in 0..3_000 {
        client.receive(&message("bob@example.com/pc", &format!("m{index}"), "Hi"));
    }
    let last = messages(&client).last().map(|message| message.id).unwrap();
    let receipts = client.request(confirm("bob@example.com", last));
    assert_eq!(receipts.iter().filter(|said| said.name == "message").count(), 1_000);
}
