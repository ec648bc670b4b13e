//! How much can be written to whom, over restarts with the real database: whoever has left, blocks or hides looks alike.

use mistatus_hub::Amount;
use mistatus_server::Config;
use serde_json::{Value, json};

use crate::client::{Client, SERVER_TOO_BUSY, TestServer, hr};

/// What has become of Alice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Left,
    Blocks,
    Hides,
}

fn small_shares(config: &mut Config) {
    config.hub.undelivered_to_one_max = Amount { count: 3, bytes: 1_000 };
    config.hub.undelivered_max = Amount { count: 5, bytes: 2_000 };
}

async fn write(client: &mut Client, id: u64, to: &str) -> Value {
    client.send(json!({"type": "send-message", "id": id, "to": to, "text": "hello"})).await;
    client.find(|frame| frame["type"] == "outcome" && frame["id"] == id).await["hr"].clone()
}

/// Confirms what Bob wrote, once it has come; what was written behind a block never does.
async fn read(alice: &mut Client, comes: bool) {
    if comes {
        alice.expect("message").await;
    }
    alice.send(json!({"type": "confirm-messages", "from": "bob@x", "upTo": 1_000})).await;
    alice.snapshot().await;
}

/// Returns a frame without what depends on when it was sent.
fn timeless(mut frame: Value) -> Value {
    for at in ["at", "since"] {
        remove(&mut frame, at);
    }
    frame
}

fn remove(value: &mut Value, field: &str) {
    match value {
        Value::Object(fields) => {
            fields.remove(field);
            fields.values_mut().for_each(|value| remove(value, field));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| remove(value, field)),
        _ => {}
    }
}

/// Lets Bob write to Alice by a spelling of his own, before and after a restart, and returns all that he is told.
async fn told_who_writes(fate: Fate) -> Vec<Value> {
    let mut server = TestServer::tuned(&[], small_shares).await;
    let mut alice = server.signin("Alice@Example.com").await;
    let mut bob = server.signin("bob@x").await;
    let mut told = Vec::new();
    match fate {
        Fate::Left => {
            alice.send(json!({"type": "signout"})).await;
            alice.closed().await;
        }
        Fate::Blocks => {
            alice.ask(json!({"type": "set-blocked", "name": "bob@x", "blocked": true})).await;
        }
        Fate::Hides => alice.set_status(6).await,
    }
    for id in 1..=2 {
        assert_eq!(write(&mut bob, id, "ALICE@EXAMPLE.COM").await, 0);
        if fate != Fate::Left {
            read(&mut alice, fate == Fate::Hides).await;
        }
    }
    told.extend(bob.seen.drain(..));
    server.restart_tuned(small_shares).await;
    let mut alice = None;
    if fate != Fate::Left {
        alice = Some(server.signin("alice@example.com").await);
    }
    let mut bob = server.signin("bob@x").await;
    assert_eq!(write(&mut bob, 3, "ALICE@EXAMPLE.COM").await, 0);
    if let Some(alice) = &mut alice {
        read(alice, fate == Fate::Hides).await;
    }
    let refused = write(&mut bob, 4, "alice@example.com").await;
    assert_eq!(refused, hr(SERVER_TOO_BUSY), "{fate:?}");
    bob.ask(json!({"type": "fetch-messages", "with": "aLiCe@example.com"})).await;
    told.extend(bob.seen.drain(..));
    told.into_iter().map(timeless).collect()
}

#[tokio::test]
async fn what_is_told_of_messages_is_the_same_of_who_left_blocks_or_hides() {
    let left = told_who_writes(Fate::Left).await;
    let spelled = |message: &Value| message["to"] == "Alice@Example.com";
    let messages = left.iter().filter(|frame| frame["type"] == "message");
    assert!(messages.clone().all(|frame| spelled(&frame["message"])), "{left:#?}");
    assert_eq!(messages.count(), 3);
    let page = left.iter().find(|frame| frame["type"] == "messages").expect("a page");
    assert!(page["messages"].as_array().unwrap().iter().all(spelled), "{page}");
    for fate in [Fate::Blocks, Fate::Hides] {
        assert_eq!(told_who_writes(fate).await, left, "{fate:?}");
    }
}

#[tokio::test]
async fn nobody_fills_an_inbox_for_others_nor_writes_without_end_to_names_that_do_not_exist() {
    let mut server = TestServer::tuned(&[], small_shares).await;
    drop(server.signin("alice@x").await);
    let mut bob = server.signin("bob@x").await;
    for id in 1..=3 {
        assert_eq!(write(&mut bob, id, "alice@x").await, 0);
    }
    assert_eq!(write(&mut bob, 4, "alice@x").await, hr(SERVER_TOO_BUSY));
    for (id, to) in [(5, "nobody@x"), (6, "no-one@x")] {
        assert_eq!(write(&mut bob, id, to).await, 0);
    }
    for restarted in [false, true] {
        if restarted {
            server.restart_tuned(small_shares).await;
            bob = server.signin("bob@x").await;
        }
        assert_eq!(write(&mut bob, 7, "nobody-else@x").await, hr(SERVER_TOO_BUSY));
    }
    let mut carol = server.signin("carol@x").await;
    assert_eq!(write(&mut carol, 1, "alice@x").await, 0, "she has a share of her own");
    assert_eq!(write(&mut bob, 8, "carol@x").await, 0, "she is there");
    // What he wrote to somebody who comes for the first time went nowhere, and counts no longer.
    let newcomer = server.signin("nobody@x").await;
    drop(newcomer);
    carol.find(|frame| frame["type"] == "message" && frame["message"]["from"] == "bob@x").await;
    carol.send(json!({"type": "confirm-messages", "from": "bob@x", "upTo": 1_000})).await;
    bob.expect("delivered").await;
    assert_eq!(write(&mut bob, 9, "nobody-else@x").await, 0);
    assert_eq!(write(&mut bob, 10, "nobody-else@x").await, hr(SERVER_TOO_BUSY));
    server.restart_tuned(small_shares).await;
    let mut bob = server.signin("bob@x").await;
    assert_eq!(write(&mut bob, 11, "nobody-else@x").await, hr(SERVER_TOO_BUSY));
}
