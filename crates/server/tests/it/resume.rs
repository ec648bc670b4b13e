//! A connection that goes on with another one, over real sockets.

use serde_json::{Value, json};

use crate::{
    auth,
    client::{Client, TestServer},
};

async fn signed_in(server: &TestServer, greeting: Value) -> (Client, Value) {
    let mut client = server.connect().await;
    let mut greeting = greeting;
    greeting["type"] = json!("signin");
    client.send(greeting).await;
    let welcome = client.expect("signed-in").await;
    (client, welcome)
}

#[tokio::test]
async fn every_connection_has_a_secret_of_its_own_that_nobody_can_guess() {
    let server = TestServer::open().await;
    let mut secrets = std::collections::BTreeSet::new();
    for _ in 0..50 {
        let (_client, welcome) = signed_in(&server, json!({"name": "alice@x"})).await;
        let secret = welcome["resume"].as_str().unwrap().to_owned();
        assert!(
            secret.len() >= 32 && secret.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{secret}"
        );
        assert!(secrets.insert(secret), "the same secret twice");
    }
}

#[tokio::test]
async fn a_lost_client_is_told_exactly_what_it_missed() {
    let server = TestServer::open().await;
    let (mut watcher, welcome) = signed_in(&server, json!({"name": "watcher@x"})).await;
    watcher.expect("snapshot").await;
    watcher.ask(json!({"type": "watch", "names": ["alice@x"]})).await;
    let mut alice = server.signin("alice@x").await;
    let mut seq = 0;
    while let Ok(frame) = watcher.next().await {
        seq = frame["seq"].as_u64().unwrap_or(seq);
        if frame["changes"][0]["status"] == 2 {
            break;
        }
    }
    drop(watcher);
    for status in [10, 34, 114] {
        alice.set_status(status).await;
    }
    let resume = json!({"token": welcome["resume"], "seq": seq});
    let (mut watcher, again) =
        signed_in(&server, json!({"name": "watcher@x", "resume": resume})).await;
    assert_eq!(again["resumed"], true);
    assert_ne!(again["resume"], welcome["resume"]);
    for (place, status) in (1..).zip([10, 34, 114]) {
        let frame = watcher.next().await.unwrap();
        assert_eq!(frame["seq"], seq + place, "no snapshot, no hole: {frame}");
        assert_eq!(frame["changes"][0]["status"], status);
    }
    alice.set_status(50).await;
    assert_eq!(watcher.expect("changes").await["seq"], seq + 4, "and it goes on");
}

#[tokio::test]
async fn a_connection_that_still_seems_alive_is_taken_over() {
    let server = TestServer::open().await;
    let (mut old, welcome) = signed_in(&server, json!({"name": "alice@x"})).await;
    old.expect("snapshot").await;
    let resume = json!({"token": welcome["resume"], "seq": 0});
    let (mut new, again) = signed_in(&server, json!({"name": "alice@x", "resume": resume})).await;
    assert_eq!(again["resumed"], true);
    assert_eq!(old.closed().await, Some(4411));
    assert!(old.seen.iter().all(|frame| frame["type"] != "bye"), "{:?}", old.seen);
    new.set_status(10).await;
}

#[tokio::test]
async fn the_secret_of_somebody_else_is_of_no_use() {
    let (server, _key) = auth::server(&[]).await;
    let token = |name: &str| auth::signed(&json!({"sub": name, "exp": auth::in_seconds(600)}));
    let (mut alice, welcome) = signed_in(&server, json!({"token": token("alice@x")})).await;
    alice.expect("snapshot").await;
    let resume = json!({"token": welcome["resume"], "seq": 0});
    let (mut mallory, hers) =
        signed_in(&server, json!({"token": token("mallory@x"), "resume": resume.clone()})).await;
    assert_eq!((&hers["name"], &hers["resumed"]), (&json!("mallory@x"), &Value::Null));
    mallory.expect("snapshot").await;
    // The secret without a token is nothing either.
    auth::refused(&server, json!({"resume": resume}), "`token` is missing").await;
    alice.set_status(10).await;
}
