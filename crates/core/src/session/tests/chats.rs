//! Messages: sent, told, confirmed, failed, fetched.

use super::*;
use crate::{
    chat::{ChatMessage, MessageId, MessageText},
    limits::REQUEST_TIMEOUT,
};

fn text(text: &str) -> MessageText {
    MessageText::parse(text).unwrap()
}

fn message(id: u64, from: &str, to: &str) -> ChatMessage {
    ChatMessage {
        id: MessageId(id),
        from: name(from),
        to: name(to),
        text: text(&format!("message {id}")),
        at: UnixMs::from_millis(1_790_000_000_000 + id),
        delivered: false,
    }
}

fn incoming(seq: u64, id: u64) -> Notice {
    Notice::Update(
        Seq(seq),
        Update::Message { message: message(id, "bob@x", "me@x"), request: None },
    )
}

fn ids(client: &Client) -> Vec<u64> {
    let chat = client.session.chat(&name("bob@x"));
    chat.into_iter().flat_map(|chat| chat.messages().map(|message| message.id.0)).collect()
}

#[test]
fn a_message_is_on_its_way_then_sent_then_delivered() {
    let mut client = Client::persistent().signed_in(&[]);
    let id = client
        .session
        .request(Command::SendMessage { to: name("bob@x"), text: text("hello") }, client.now)
        .unwrap();
    let chat = |client: &Client| {
        let chat = client.session.chat(&name("bob@x")).unwrap();
        let delivered = chat.messages().next_back().map(|message| message.delivered);
        (chat.unsent().len(), delivered)
    };
    assert_eq!(chat(&client), (1, None));
    let message = message(40, "me@x", "bob@x");
    client.told([
        Notice::Update(Seq(1), Update::Message { message, request: Some(id) }),
        Notice::Update(Seq(2), Update::Outcome(Outcome { id, hr: H::S_OK, message: None })),
    ]);
    assert_eq!(chat(&client), (0, Some(false)));
    client.told([Notice::Update(
        Seq(3),
        Update::Delivered { to: name("bob@x"), up_to: MessageId(40) },
    )]);
    assert_eq!(chat(&client), (0, Some(true)));
}

#[test]
fn what_comes_is_told_once_and_confirmed() {
    let mut client = Client::persistent().signed_in(&[]);
    let did = client.told([incoming(1, 5)]);
    let told = |did: &[Did]| {
        did.iter().filter(|did| matches!(did, Out(Output::Event(Event::Message { .. })))).count()
    };
    assert_eq!(told(&did), 1);
    let confirm =
        ClientMessage::Signal(Signal::ConfirmMessages { from: name("bob@x"), up_to: MessageId(5) });
    assert_eq!(client.requests(), [confirm]);
    // It waits at the engine until that is confirmed, and may come again over another connection.
    let did = client.told([incoming(2, 5)]);
    assert_eq!((told(&did), ids(&client)), (0, vec![5]));
}

#[test]
fn messages_stand_in_the_order_of_the_engine() {
    let mut client = Client::persistent().signed_in(&[]);
    client.told([incoming(1, 5), incoming(2, 9), incoming(3, 7)]);
    assert_eq!(ids(&client), [5, 7, 9]);
}

#[test]
fn a_refused_message_stays_to_be_seen_and_discarded() {
    let mut client = Client::persistent().signed_in(&[]);
    let bob = name("bob@x");
    let id = client
        .session
        .request(Command::SendMessage { to: bob.clone(), text: text("hello") }, client.now)
        .unwrap();
    client.session.discard_unsent(&bob, id);
    assert_eq!(client.session.chat(&bob).unwrap().unsent().len(), 1, "it may still arrive");
    let hr = H::MSGR_E_SERVER_TOO_BUSY;
    client.told([Notice::Update(Seq(1), Update::Outcome(Outcome { id, hr, message: None }))]);
    assert_eq!(client.session.chat(&bob).unwrap().unsent()[0].failure, Some(hr));
    client.session.discard_unsent(&bob, id);
    assert_eq!(client.session.chat(&bob).unwrap().unsent().len(), 0);
}

#[test]
fn a_message_that_is_told_with_another_text_is_corrected_and_no_news() {
    let mut client = Client::persistent().signed_in(&[]);
    client.told([incoming(1, 5), incoming(2, 6)]);
    let corrections = |client: &Client| client.session.chat(&name("bob@x")).unwrap().corrections();
    assert_eq!(corrections(&client), 0);
    let corrected = ChatMessage { text: text("corrected"), ..message(5, "bob@x", "me@x") };
    let did = client
        .told([Notice::Update(Seq(3), Update::Message { message: corrected, request: None })]);
    assert!(!did.iter().any(|did| matches!(did, Out(Output::Event(Event::Message { .. })))));
    let chat = client.session.chat(&name("bob@x")).unwrap();
    let texts: Vec<_> = chat.messages().map(|message| message.text.as_str()).collect();
    assert_eq!((texts, chat.corrections()), (vec!["corrected", "message 6"], 1));
}

#[test]
fn older_messages_are_put_before_those_that_are_known() {
    let mut client = Client::persistent().signed_in(&[]);
    client.told([incoming(1, 9)]);
    client.requests();
    let id = client.session.fetch_messages(name("bob@x"), client.now).unwrap();
    let fetch = ClientMessage::Request(Request {
        id,
        command: Command::FetchMessages { with: name("bob@x"), before: Some(MessageId(9)) },
    });
    assert_eq!(client.requests(), [fetch]);
    let messages = vec![message(3, "me@x", "bob@x"), message(4, "bob@x", "me@x")];
    client.told([
        Notice::Messages { id, messages, more: false },
        Notice::Update(Seq(2), Update::Outcome(Outcome { id, hr: H::S_OK, message: None })),
    ]);
    assert_eq!(ids(&client), [3, 4, 9]);
    assert!(!client.session.chat(&name("bob@x")).unwrap().has_more());
}

#[test]
fn a_message_of_doubtful_fate_is_sent_again_over_a_fresh_connection() {
    let mut client = Client::persistent();
    client.dial();
    let Notice::SignedIn(first) = welcome("me@x") else { unreachable!() };
    let resume = Some(Token::new("first".to_owned()));
    client.told([Notice::SignedIn(Welcome { resume, ..first }), snapshot(0, &[])]);
    client
        .session
        .request(Command::SendMessage { to: name("bob@x"), text: text("hello") }, client.now)
        .unwrap();
    let said = client.requests();
    client.link(LinkEvent::Closed);
    client.reconnect(&[]);
    let again = client.requests();
    assert_eq!(again[0], said[0], "the engine takes it on once, by its id");
    assert!(
        matches!(
            &again[1],
            ClientMessage::Request(Request {
                command: Command::FetchMessages { before: None, .. },
                ..
            })
        ),
        "{again:?}"
    );
}

fn unsent(client: &Client) -> Vec<(RequestId, Option<H>)> {
    let chat = client.session.chat(&name("bob@x")).unwrap();
    chat.unsent().iter().map(|unsent| (unsent.request, unsent.failure)).collect()
}

fn write(client: &mut Client) -> RequestId {
    let command = Command::SendMessage { to: name("bob@x"), text: text("hello") };
    client.session.request(command, client.now).unwrap()
}

#[test]
fn what_is_tried_again_goes_by_the_same_request_unless_the_engine_has_refused_it() {
    for is_refused in [false, true] {
        let mut client = Client::persistent().signed_in(&[]);
        let bob = name("bob@x");
        let id = write(&mut client);
        client.session.retry_unsent(&bob, id, client.now).unwrap();
        let said = client.requests();
        assert_eq!(said.len(), 1, "it is on its way");
        client.after(REQUEST_TIMEOUT.as_millis());
        let refusal = H::MSGR_E_SERVER_UNAVAILABLE;
        assert_eq!(unsent(&client), [(id, Some(refusal))]);
        if is_refused {
            // Late, but said.
            let hr = H::MSGR_E_SERVER_TOO_BUSY;
            client
                .told([Notice::Update(Seq(1), Update::Outcome(Outcome { id, hr, message: None }))]);
            assert_eq!(unsent(&client), [(id, Some(hr))]);
        }
        client.requests();
        client.session.retry_unsent(&bob, id, client.now).unwrap();
        let again = client.requests();
        assert_eq!(again == said, !is_refused, "the engine takes it on once, by its id");
        assert_eq!((again.len(), unsent(&client)[0].1), (1, None));
    }
}

#[test]
fn what_cannot_be_tried_again_stays_as_it_is() {
    let mut client = Client::persistent().signed_in(&[]);
    let id = write(&mut client);
    client.link(LinkEvent::Closed);
    client.after(crate::limits::QUIET_GRACE.as_millis());
    let before = unsent(&client);
    let refused = client.session.retry_unsent(&name("bob@x"), id, client.now);
    assert_eq!(refused, Err(H::MSGR_E_NOT_LOGGED_ON));
    assert_eq!((unsent(&client), before.len()), (before, 1));
}

#[test]
fn a_message_that_comes_back_after_it_was_sent_is_unsent_again() {
    let mut client = Client::persistent().signed_in(&[]);
    let id = write(&mut client);
    let message = message(40, "me@x", "bob@x");
    let outcome =
        |seq, hr| Notice::Update(Seq(seq), Update::Outcome(Outcome { id, hr, message: None }));
    client.told([
        Notice::Update(Seq(1), Update::Message { message, request: Some(id) }),
        outcome(2, H::S_OK),
        incoming(3, 41),
    ]);
    assert_eq!((ids(&client), unsent(&client)), (vec![40, 41], vec![]));
    let hr = H::MSGR_E_USER_NOT_FOUND;
    client.told([outcome(4, hr), outcome(5, hr)]);
    assert_eq!((ids(&client), unsent(&client)), (vec![41], vec![(id, Some(hr))]));
    client.session.discard_unsent(&name("bob@x"), id);
    client.told([outcome(6, hr)]);
    assert_eq!((ids(&client), unsent(&client)), (vec![41], vec![]));
}
