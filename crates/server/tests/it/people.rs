//! People who allow, refuse, block and write to each other: over several devices, absences and restarts.

use serde_json::{Value, json};

use crate::{
    client::{Client, E_INVALIDARG, SERVER_TOO_BUSY, TestServer, hr},
    http::metric,
};

const MESSAGE_TOO_LONG: u32 = 0x8100_033F;
const USER_NOT_FOUND: u32 = 0x8100_030A;

async fn strict() -> TestServer {
    TestServer::with(&["--visibility=contacts"]).await
}

async fn add(client: &mut Client, name: &str) {
    let outcome = client.ask(json!({"type": "add-contact", "name": name})).await;
    assert_eq!(outcome["hr"], 0, "{outcome}");
}

async fn answer(client: &mut Client, name: &str, accept: bool) -> Value {
    let frame = json!({"type": "answer-contact-request", "name": name, "accept": accept});
    client.ask(frame).await["hr"].clone()
}

async fn block(client: &mut Client, name: &str, blocked: bool) {
    let frame = json!({"type": "set-blocked", "name": name, "blocked": blocked});
    assert_eq!(client.ask(frame).await["hr"], 0);
}

/// Writes under a request id that no other message of the writer has; returns the outcome.
async fn write(client: &mut Client, id: u64, to: &str, text: &str) -> Value {
    client.send(json!({"type": "send-message", "id": id, "to": to, "text": text})).await;
    client.find(|frame| frame["type"] == "outcome" && frame["id"] == id).await
}

async fn reads(client: &mut Client) -> Value {
    client.expect("message").await["message"].clone()
}

async fn confirm(client: &mut Client, message: &Value) {
    let (from, id) = (&message["from"], &message["id"]);
    client.send(json!({"type": "confirm-messages", "from": from, "upTo": id})).await;
}

async fn history(client: &mut Client, with: &str, before: Option<u64>) -> (Vec<Value>, bool) {
    let frame = json!({"type": "fetch-messages", "with": with, "before": before});
    assert_eq!(client.ask(frame).await["hr"], 0);
    let mut answer = client.expect("messages").await;
    let more = answer["more"] == true;
    let Value::Array(messages) = answer["messages"].take() else { panic!("{answer}") };
    (messages, more)
}

#[tokio::test]
async fn two_people_add_each_other_and_see_each_other() {
    let mut server = strict().await;
    let mut alice = server.signin("alice@x").await;
    let mut phone = server.signin("bob@x").await;
    let mut desk = server.signin("bob@x").await;
    add(&mut alice, "bob@x").await;
    assert_eq!(alice.expect("contact-added").await["contact"]["status"], 0);
    for client in [&mut phone, &mut desk] {
        assert_eq!(client.expect("contact-requested").await["request"]["from"], "alice@x");
    }
    assert_eq!(answer(&mut phone, "alice@x", true).await, 0);
    assert_eq!(desk.expect("contact-request-gone").await["name"], "alice@x");
    alice.sees("bob@x", 2).await;
    add(&mut desk, "alice@x").await;
    assert_eq!(desk.expect("contact-added").await["contact"]["status"], 2);
    server.restart().await;
    let mut bob = server.signin("bob@x").await;
    let mut alice = server.signin("alice@x").await;
    assert_eq!(alice.snapshot().await["contacts"][0]["status"], 2);
    assert_eq!(bob.snapshot().await["requests"], Value::Null, "it was answered");
}

#[tokio::test]
async fn who_is_refused_learns_nothing_and_who_asks_waits_over_a_restart() {
    let mut server = strict().await;
    let mut alice = server.signin("alice@x").await;
    add(&mut alice, "bob@x").await;
    add(&mut alice, "nobody@x").await;
    server.restart().await;
    let mut bob = server.connect().await;
    let snapshot = bob.signin(json!({"name": "bob@x"})).await;
    assert_eq!(snapshot["requests"][0]["from"], "alice@x");
    let mut alice = server.signin("alice@x").await;
    alice.snapshot().await;
    assert_eq!(answer(&mut bob, "alice@x", false).await, 0);
    assert_eq!(answer(&mut bob, "alice@x", true).await, hr(USER_NOT_FOUND));
    let mut snapshot = alice.snapshot().await;
    assert!(alice.seen.is_empty(), "{:?}", alice.seen);
    let mut people = ["bob@x", "nobody@x"].into_iter().enumerate().map(|(place, name)| {
        let mut contact = snapshot["contacts"][place].take();
        assert_eq!(contact["name"], name);
        contact["name"] = json!("");
        contact
    });
    assert_eq!(people.next(), people.next(), "who refuses looks like nobody");
}

#[tokio::test]
async fn who_is_blocked_sees_nobody_and_reaches_nobody_until_that_ends() {
    let mut server = TestServer::open().await;
    let mut alice = server.signin("alice@x").await;
    let mut bob = server.signin("bob@x").await;
    add(&mut bob, "alice@x").await;
    block(&mut alice, "bob@x", true).await;
    bob.sees("alice@x", 1).await;
    assert_eq!(write(&mut bob, 1001, "alice@x", "hello?").await["hr"], 0);
    alice.set_status(10).await;
    server.restart().await;
    let mut alice = server.connect().await;
    let snapshot = alice.signin(json!({"name": "alice@x"})).await;
    assert_eq!(snapshot["blocked"], json!(["bob@x"]));
    let mut bob = server.signin("bob@x").await;
    let (messages, _) = history(&mut bob, "alice@x", None).await;
    assert_eq!((messages.len(), &messages[0]["text"]), (1, &json!("hello?")));
    alice.snapshot().await;
    assert!(alice.seen.is_empty(), "{:?}", alice.seen);
    assert_eq!(history(&mut alice, "bob@x", None).await.0, [Value::Null; 0]);
    block(&mut alice, "bob@x", false).await;
    bob.sees("alice@x", 10).await;
    write(&mut bob, 1002, "alice@x", "there you are").await;
    assert_eq!(reads(&mut alice).await["text"], "there you are");
}

#[tokio::test]
async fn groups_are_kept() {
    let mut server = TestServer::open().await;
    let mut desk = server.signin("alice@x").await;
    let mut phone = server.signin("alice@x").await;
    add(&mut desk, "bob@x").await;
    assert_eq!(desk.ask(json!({"type": "create-group", "name": "Team 🚀"})).await["hr"], 0);
    let group = phone.expect("group-added").await["group"].clone();
    assert_eq!(group["name"], "Team 🚀");
    let member =
        json!({"type": "set-group-member", "group": group["id"], "name": "bob@x", "member": true});
    assert_eq!(phone.ask(member).await["hr"], 0);
    assert_eq!(desk.expect("group-member").await["name"], "bob@x");
    server.restart().await;
    let mut alice = server.connect().await;
    let snapshot = alice.signin(json!({"name": "alice@x"})).await;
    let kept = json!([{"id": group["id"], "name": "Team 🚀", "members": ["bob@x"]}]);
    assert_eq!(snapshot["groups"], kept);
}

#[tokio::test]
async fn a_message_waits_for_who_is_away_and_reaches_every_device_once() {
    let mut server = TestServer::open().await;
    let markup = "<img src=x onerror=alert(1)> & \u{202e}\"'\n";
    let mut alice = server.signin("alice@x").await;
    let bob = server.signin("bob@x").await;
    drop(bob);
    assert_eq!(write(&mut alice, 1001, "BOB@x", markup).await["hr"], 0);
    assert_eq!(write(&mut alice, 1002, "bob@x", "second").await["hr"], 0);
    let own = alice.expect("message").await;
    assert_eq!((&own["request"], &own["message"]["text"]), (&json!(1001), &json!(markup)));
    server.restart().await;
    let mut alice = server.signin("alice@x").await;
    let mut phone = server.signin("bob@x").await;
    let mut desk = server.signin("bob@x").await;
    for client in [&mut phone, &mut desk] {
        let first = reads(client).await;
        assert_eq!((&first["text"], &first["from"]), (&json!(markup), &json!("alice@x")));
        assert_eq!(reads(client).await["text"], "second");
    }
    let (messages, more) = history(&mut phone, "alice@x", None).await;
    assert_eq!((messages.len(), more), (2, false));
    confirm(&mut desk, &messages[1]).await;
    let delivered = alice.expect("delivered").await;
    assert_eq!((&delivered["to"], &delivered["upTo"]), (&json!("bob@x"), &messages[1]["id"]));
    let (mine, _) = history(&mut alice, "bob@x", None).await;
    assert!(mine.iter().all(|message| message["delivered"] == true), "{mine:?}");
    server.restart().await;
    let mut bob = server.signin("bob@x").await;
    bob.snapshot().await;
    assert!(bob.seen.is_empty(), "nothing waits any more: {:?}", bob.seen);
}

#[tokio::test]
async fn the_same_message_repeated_on_another_connection_is_one() {
    let mut server = TestServer::open().await;
    let mut bob = server.signin("bob@x").await;
    let mut alice = server.signin("alice@x").await;
    write(&mut alice, 77, "bob@x", "once").await;
    let first = reads(&mut alice).await;
    let mut other = server.signin("alice@x").await;
    assert_eq!(write(&mut other, 77, "bob@x", "once").await["hr"], 0);
    assert_eq!(reads(&mut other).await, first);
    reads(&mut bob).await;
    server.restart().await;
    let mut alice = server.signin("alice@x").await;
    assert_eq!(write(&mut alice, 77, "bob@x", "once").await["hr"], 0);
    assert_eq!(reads(&mut alice).await, first);
    assert_eq!(history(&mut alice, "bob@x", None).await.0, [first]);
}

#[tokio::test]
async fn a_message_that_is_too_long_or_none_is_refused_and_the_connection_lives() {
    let server = TestServer::open().await;
    let mut alice = server.signin("alice@x").await;
    let mut bob = server.signin("bob@x").await;
    let long = "a".repeat(50_000);
    assert_eq!(write(&mut alice, 1, "bob@x", &long).await["hr"], hr(MESSAGE_TOO_LONG));
    assert_eq!(write(&mut alice, 2, "bob@x", " \n").await["hr"], hr(E_INVALIDARG));
    assert_eq!(write(&mut alice, 3, "alice@x", "me").await["hr"], hr(E_INVALIDARG));
    let longest = "\u{1}".repeat(8_000);
    assert_eq!(write(&mut alice, 4, "bob@x", &longest).await["hr"], 0);
    assert_eq!(reads(&mut bob).await["text"], json!(longest));
}

#[tokio::test]
async fn history_is_read_page_by_page() {
    let server = TestServer::tuned(&[], |config| {
        let rate = mistatus_server::Rate { burst: 10_000, per_second: 1_000 };
        (config.stream.rate, config.user_rate) = (rate, rate);
    })
    .await;
    let mut alice = server.signin("alice@x").await;
    let mut bob = server.signin("bob@x").await;
    for number in 0..60 {
        let text = number.to_string();
        assert_eq!(write(&mut alice, 1000 + 2 * number, "bob@x", &text).await["hr"], 0);
        assert_eq!(write(&mut bob, 1001 + 2 * number, "alice@x", &text).await["hr"], 0);
    }
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let (page, more) = history(&mut alice, "bob@x", before).await;
        before = page[0]["id"].as_u64();
        all.splice(0..0, page);
        if !more {
            break;
        }
    }
    let texts: Vec<_> = all.iter().map(|message| message["text"].as_str().unwrap()).collect();
    let expected: Vec<_> = (0..120).map(|place| (place / 2).to_string()).collect();
    assert_eq!(texts, expected);
    assert!(all.is_sorted_by_key(|message| message["id"].as_u64()));
    assert_eq!(metric(server.address, "mistatus_messages_total").await, 120);
}

#[tokio::test]
async fn nobody_writes_more_than_a_hand_can() {
    let server = TestServer::tuned(&[], |config| {
        config.stream.rate = mistatus_server::Rate { burst: 100, per_second: 1 };
    })
    .await;
    let mut alice = server.signin("alice@x").await;
    let mut refused = 0;
    for id in 1..=40 {
        let outcome = write(&mut alice, id, "bob@x", "again").await;
        if outcome["hr"] == hr(SERVER_TOO_BUSY) {
            refused += 1;
        }
    }
    assert!(refused > 0, "each message counts as several frames");
    assert_eq!(metric(server.address, "mistatus_messages_total").await, 40 - refused);
}
