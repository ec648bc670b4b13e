//! Messages: sent, told, confirmed, failed, fetched.

use super::*;
use crate::chat::{ChatMessage, MessageId, MessageText};

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
