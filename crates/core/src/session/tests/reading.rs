//! What is unread, and what was read here.

use super::*;
use crate::{
    chat::{ChatMessage, MessageId, MessageText},
    unread::Unread,
};

const BOB: &str = "bob@x";

fn incoming(seq: u64, id: u64) -> Notice {
    let message = ChatMessage {
        id: MessageId(id),
        from: name(BOB),
        to: name("me@x"),
        text: MessageText::parse("hello").unwrap(),
        at: UnixMs::from_millis(1_790_000_000_000 + id),
        delivered: false,
    };
    Notice::Update(Seq(seq), Update::Message { message, request: None })
}

fn of_bob(count: u32, newest: u64) -> Unread {
    Unread { from: name(BOB), count, newest: (count > 0).then_some(MessageId(newest)) }
}

fn unread(seq: u64, count: u32, newest: u64) -> Notice {
    Notice::Update(Seq(seq), Update::Unread { unread: of_bob(count, newest) })
}

/// Returns how often it was told that the number of unread messages is another, and the number.
fn told(client: &Client, did: &[Did]) -> (usize, u32) {
    let is_told = |did: &&Did| matches!(did, Out(Output::Event(Event::Unread { .. })));
    (did.iter().filter(is_told).count(), client.session.unread(&name(BOB)))
}

/// Returns up to where the engine has been told that Bob's messages are read.
fn marks(client: &Client) -> Vec<u64> {
    let mark = |message: ClientMessage| match message {
        ClientMessage::Signal(Signal::MarkRead { from, up_to }) if from == name(BOB) => {
            Some(up_to.0)
        }
        _ => None,
    };
    client.requests().into_iter().filter_map(mark).collect()
}

fn look(client: &mut Client) -> Vec<Did> {
    client.session.mark_read(&name(BOB));
    client.drain()
}

fn snapshot_with(seq: u64, unread: Vec<Unread>) -> Notice {
    let Notice::Snapshot(snapshot) = snapshot(seq, &[]) else { unreachable!() };
    Notice::Snapshot(Snapshot { unread, ..snapshot })
}

#[test]
fn what_the_engine_counts_is_unread_until_it_was_read_here_or_elsewhere() {
    let mut client = Client::persistent().signed_in(&[]);
    let did = client.told([incoming(1, 5), unread(2, 1, 5)]);
    assert_eq!(told(&client, &did), (1, 1));
    let did = client.told([incoming(3, 6), unread(4, 2, 6)]);
    assert_eq!(told(&client, &did), (1, 2));
    let people: Vec<_> =
        client.session.unread_people().map(|(name, count)| (name.clone(), count)).collect();
    assert_eq!(people, [(name(BOB), 2)]);
    let did = client.told([unread(5, 1, 6)]);
    assert_eq!(told(&client, &did), (1, 1), "on another client");
    client.requests();
    let did = look(&mut client);
    assert_eq!((told(&client, &did), marks(&client)), ((1, 0), vec![6]));
    let did = look(&mut client);
    assert_eq!((told(&client, &did), marks(&client)), ((0, 0), vec![]), "once");
    let did = client.told([unread(6, 0, 0)]);
    assert_eq!(told(&client, &did), (0, 0));
}

#[test]
fn what_comes_before_the_eyes_of_the_user_is_never_unread() {
    let mut client = Client::persistent().signed_in(&[]);
    client.told([incoming(1, 5)]);
    look(&mut client);
    client.requests();
    let did = client.told([unread(2, 1, 5)]);
    assert_eq!((told(&client, &did), marks(&client)), ((0, 0), vec![5]));
}

#[test]
fn what_was_read_without_a_connection_is_said_over_the_next_one() {
    let mut client = Client::persistent().signed_in(&[]);
    client.told([incoming(1, 5), unread(2, 1, 5)]);
    client.link(LinkEvent::Closed);
    client.requests();
    let did = look(&mut client);
    assert_eq!((told(&client, &did), marks(&client)), ((1, 0), vec![]));
    let did = client.come_back(snapshot_with(9, vec![of_bob(2, 6)]));
    assert_eq!((told(&client, &did), marks(&client)), ((1, 2), vec![5]), "one more has come");
    let did = client.told([unread(10, 1, 6)]);
    assert_eq!(told(&client, &did), (1, 1));
}

#[test]
fn a_snapshot_says_what_was_read_elsewhere() {
    let mut client = Client::persistent().signed_in(&[]);
    client.told([incoming(1, 5), unread(2, 1, 5)]);
    client.link(LinkEvent::Closed);
    let did = client.come_back(snapshot_with(9, Vec::new()));
    assert_eq!(told(&client, &did), (1, 0));
}

#[test]
fn what_was_counted_and_is_gone_can_be_read_once_that_is_known() {
    let mut client = Client::persistent().signed_in(&[]);
    client.told([unread(1, 1, 5)]);
    look(&mut client);
    assert_eq!(client.session.unread(&name(BOB)), 1, "nothing of it has been seen");
    let id = client.session.fetch_messages(name(BOB), client.now).unwrap();
    client.told([Notice::Messages { id, messages: Vec::new(), more: false }]);
    client.requests();
    let did = look(&mut client);
    assert_eq!((told(&client, &did), marks(&client)), ((1, 0), vec![5]));
}

#[test]
fn nothing_is_unread_for_the_next_user() {
    let mut client = Client::persistent().signed_in(&[]);
    client.told([incoming(1, 5), unread(2, 1, 5)]);
    client.session.signout(client.now).unwrap();
    let did = client.told([Notice::Bye { hr: H::S_OK, retry_after: None, message: None }]);
    assert_eq!(told(&client, &did), (1, 0));
    assert_eq!(client.session.unread_people().count(), 0);
}
