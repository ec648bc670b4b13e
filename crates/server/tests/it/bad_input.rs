//! Everything that a client can get wrong: a clear error each time, and the connection lives on where it can.

use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, E_INVALIDARG, NOT_LOGGED_ON, TestServer, hr};

async fn still_works(client: &mut Client) {
    client.send(json!({"type": "ping"})).await;
    client.expect("pong").await;
}

async fn refused(client: &mut Client, text: &str, words: &[&str]) {
    client.send_text(text).await;
    let answer =
        client.find(|frame| frame["type"] == "refused" || frame["type"] == "outcome").await;
    assert_eq!(answer["hr"], hr(E_INVALIDARG), "{answer}");
    let message = answer["message"].as_str().unwrap_or_default();
    for word in words {
        assert!(message.contains(word), "{word:?} is missing in {message:?}");
    }
    still_works(client).await;
}

#[tokio::test]
async fn frames_that_make_no_sense_are_refused_and_survived() {
    let server = TestServer::open().await;
    let mut alice = server.signin("alice@x").await;
    refused(&mut alice, "not json", &[]).await;
    refused(&mut alice, "[]", &[]).await;
    refused(&mut alice, "{}", &["type"]).await;
    refused(&mut alice, r#"{"type":"dance","id":7}"#, &["set-status", "watch"]).await;
    refused(&mut alice, r#"{"type":"set-status","id":0,"status":10}"#, &["id"]).await;
    refused(&mut alice, r#"{"type":"watch","id":8,"names":[]}"#, &["100"]).await;
    let deep = "[".repeat(30_000);
    refused(&mut alice, &deep, &[]).await;
}

#[tokio::test]
async fn statuses_that_nobody_may_choose_are_refused() {
    let server = TestServer::open().await;
    let mut alice = server.signin("alice@x").await;
    for status in
        [json!(0), json!(1), json!(18), json!(82), json!(256), json!(7), json!(-1), json!("busy")]
    {
        let outcome = alice.ask(json!({"type": "set-status", "status": status})).await;
        assert_eq!(outcome["hr"], hr(E_INVALIDARG), "{status}");
        assert!(outcome["message"].is_string());
    }
    assert_eq!(alice.snapshot().await["me"]["status"], 2);
}

#[tokio::test]
async fn names_are_checked_and_compared_without_letter_case() {
    let server = TestServer::open().await;
    let mut alice = server.signin("Alice@Example.com").await;
    let long = "a".repeat(130);
    for (name, word) in
        [(" bob@x", "space"), ("bob\n@x", "line feed"), (long.as_str(), "130"), ("", "empty")]
    {
        let frame = json!({"type": "add-contact", "id": 1000, "name": name}).to_string();
        refused(&mut alice, &frame, &[word]).await;
        let mut stranger = server.connect().await;
        stranger.send(json!({"type": "signin", "name": name})).await;
        let answer = stranger.expect("refused").await;
        assert!(answer["message"].as_str().unwrap().contains(word), "{answer}");
        stranger.signin(json!({"name": "stranger@x"})).await;
    }
    let mut bob = server.signin("bob@x").await;
    bob.ask(json!({"type": "watch", "names": ["ALICE@EXAMPLE.COM"]})).await;
    assert_eq!(bob.expect("changes").await["changes"][0]["status"], 2);
}

#[tokio::test]
async fn names_like_markup_are_text() {
    let server = TestServer::open().await;
    let name = "<img src=x onerror=alert(1)>";
    let mut client = server.connect().await;
    client.send(json!({"type": "signin", "name": name, "friendlyName": name})).await;
    let welcome = client.expect("signed-in").await;
    assert_eq!((&welcome["name"], &welcome["friendlyName"]), (&json!(name), &json!(name)));
}

#[tokio::test]
async fn requests_before_signin_are_refused() {
    let server = TestServer::open().await;
    let mut client = server.connect().await;
    let outcome = client.ask(json!({"type": "set-status", "status": 10})).await;
    assert_eq!(outcome["hr"], hr(NOT_LOGGED_ON));
    client.send(json!({"type": "resync"})).await;
    assert_eq!(client.expect("refused").await["hr"], hr(NOT_LOGGED_ON));
    client.signin(json!({"name": "alice@x"})).await;
    client.send(json!({"type": "signin", "name": "mallory@x"})).await;
    assert_eq!(client.expect("refused").await["hr"], hr(0x8100_0304), "MSGR_E_ALREADY_LOGGED_ON");
    still_works(&mut client).await;
}

#[tokio::test]
async fn whoever_does_not_sign_in_is_sent_away() {
    let server = TestServer::tuned(&[], |config| {
        config.stream.signin_timeout = std::time::Duration::from_millis(20);
    })
    .await;
    let mut client = server.connect().await;
    assert_eq!(client.expect("bye").await["hr"], hr(0x8100_0306), "MSGR_E_LOGON_TIMEOUT");
    assert_eq!(client.closed().await, Some(4408));
}

#[tokio::test]
async fn nobody_can_speak_for_somebody_else() {
    let server = TestServer::open().await;
    let mut bob = server.signin("bob@x").await;
    let mut mallory = server.signin("mallory@x").await;
    let frame = json!({"type": "set-status", "status": 10, "name": "bob@x", "signinName": "bob@x", "for": "bob@x"});
    assert_eq!(mallory.ask(frame).await["hr"], 0, "unknown fields are ignored");
    assert_eq!(bob.snapshot().await["me"]["status"], 2);
    assert_eq!(mallory.snapshot().await["me"]["status"], 10);
}

#[tokio::test]
async fn binary_frames_are_refused_and_survived() {
    let server = TestServer::open().await;
    let mut alice = server.signin("alice@x").await;
    alice.socket.send(Message::binary(vec![0, 159, 146, 150])).await.unwrap();
    assert_eq!(alice.expect("refused").await["hr"], hr(E_INVALIDARG));
    still_works(&mut alice).await;
}

#[tokio::test]
async fn a_frame_that_is_too_large_ends_the_connection() {
    let server = TestServer::open().await;
    let mut alice = server.signin("alice@x").await;
    let largest = json!({"type": "ping", "padding": "x".repeat(65_536 - 28)}).to_string();
    assert_eq!(largest.len(), 65_536);
    alice.send_text(&largest).await;
    alice.expect("pong").await;
    // The server may close before all of it is sent.
    let _ = alice.socket.send(Message::text(format!("{largest} "))).await;
    assert_eq!(alice.closed().await, Some(1009));
    let mut alice = server.signin("alice@x").await;
    let _ = alice.socket.send(Message::text("x".repeat(2_000_000))).await;
    assert_eq!(alice.closed().await, Some(1009));
}

#[tokio::test]
async fn too_many_frames_are_refused_and_survived() {
    let server = TestServer::open().await;
    let mut alice = server.signin("alice@x").await;
    for id in 1..=600 {
        alice.send(json!({"type": "query-status", "id": id})).await;
    }
    let mut busy = 0;
    for id in 1..=600 {
        let outcome = alice.find(|frame| frame["type"] == "outcome" && frame["id"] == id).await;
        match &outcome["hr"] {
            Value::Number(number) if number.as_i64() == Some(0) => {}
            number => {
                assert_eq!(*number, hr(0x8100_030E), "MSGR_E_SERVER_TOO_BUSY");
                busy += 1;
            }
        }
    }
    assert!(busy > 0);
    loop {
        alice.send(json!({"type": "ping"})).await;
        let answer =
            alice.find(|frame| frame["type"] == "pong" || frame["type"] == "refused").await;
        if answer["type"] == "pong" {
            break;
        }
    }
}
