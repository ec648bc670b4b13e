//! What hostile clients send: each is bounded and sent away, and everybody else is served meanwhile.

use futures_util::{SinkExt, StreamExt};
use mistatus_server::Rate;
use serde_json::json;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::{
    client::{Client, E_INVALIDARG, SERVER_TOO_BUSY, TestServer, hr, upgrade},
    http::metric,
};

/// A frame that is wrong, and whose value would take six times as much in an error text.
fn wrong_frame() -> String {
    json!({"type": "query-status", "id": "\u{7f}".repeat(65_000)}).to_string()
}

/// Lets many connections cause refusals that they never read, and returns the peak of the server's memory in bytes.
#[cfg(target_os = "linux")]
async fn peak_under_unread_refusals(signed_in: bool) -> u64 {
    let directory = tempfile::tempdir().unwrap();
    let running = crate::process::spawn(directory.path());
    let mut attackers = Vec::new();
    for place in 0..30 {
        let mut attacker = Client::connect(running.address).await;
        if signed_in {
            attacker.signin(json!({"name": format!("mallory{place}@x")})).await;
        }
        for _ in 0..40 {
            // The server may end the connection before all of them are sent.
            if attacker.socket.send(Message::text(wrong_frame())).await.is_err() {
                break;
            }
        }
        attackers.push(attacker);
    }
    let mut alice = Client::connect(running.address).await;
    alice.signin(json!({"name": "alice@x"})).await;
    alice.set_status(10).await;
    let waiting = metric(running.address, "mistatus_outbox_bytes").await;
    assert!(waiting < 30 * 64 * 1024, "{waiting} bytes wait for the attackers");
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes = peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap();
    kilobytes * 1024
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn refusals_that_nobody_reads_do_not_fill_the_memory() {
    for signed_in in [false, true] {
        let peak = peak_under_unread_refusals(signed_in).await;
        assert!(peak < 120_000_000, "{peak} bytes at the peak; signed in: {signed_in}");
    }
}

#[tokio::test]
async fn an_error_text_holds_little_of_what_the_peer_sent() {
    let server = TestServer::open().await;
    let mut alice = server.signin("alice@x").await;
    alice.send_text(&wrong_frame()).await;
    let refused = alice.expect("refused").await;
    assert_eq!(refused["hr"], hr(E_INVALIDARG));
    let message = refused["message"].as_str().unwrap();
    assert!(message.chars().count() <= 250, "{message}");
    assert!(!message.contains(char::is_control), "{message:?}");
}

#[tokio::test]
async fn few_refusals_before_the_signin_end_the_connection() {
    let server = TestServer::open().await;
    for frame in ["nonsense", r#"{"type":"resync"}"#, r#"{"type":"signin","name":""}"#] {
        let mut stranger = server.connect().await;
        for _ in 0..20 {
            if stranger.socket.send(Message::text(frame)).await.is_err() {
                break;
            }
        }
        assert_eq!(stranger.closed().await, Some(4429), "{frame}");
        let bye = stranger.seen.pop_back().unwrap();
        assert_eq!((&bye["type"], &bye["hr"]), (&json!("bye"), &json!(hr(SERVER_TOO_BUSY))));
        assert!(bye["message"].as_str().unwrap().contains("`signin`"), "{bye}");
        assert_eq!(stranger.seen.len(), 8, "{frame}");
    }
}

#[tokio::test]
async fn a_flood_ends_though_a_frame_of_it_is_allowed_now_and_then() {
    let server = TestServer::tuned(&[], |config| {
        // Less than a `resync` costs is left, and enough for some pings.
        config.stream.rate = Rate { burst: 10, per_second: 0 };
    })
    .await;
    let mut mallory = server.signin("mallory@x").await;
    'flood: for _ in 0..5 {
        for _ in 0..900 {
            if mallory.socket.send(Message::text(r#"{"type":"resync"}"#)).await.is_err() {
                break 'flood;
            }
        }
        let _ = mallory.socket.send(Message::text(r#"{"type":"ping"}"#)).await;
    }
    assert_eq!(mallory.closed().await, Some(4429));
}

#[tokio::test]
async fn a_message_of_endless_empty_frames_ends_the_connection() {
    let server = TestServer::tuned(&[], |config| {
        config.stream.close_timeout = std::time::Duration::from_secs(60);
    })
    .await;
    let mut mallory = server.signin("mallory@x").await;
    let frame = |kind, text: &'static str, last| {
        Message::Frame(Frame::message(text, OpCode::Data(kind), last))
    };
    mallory.socket.send(frame(Data::Text, "{", false)).await.unwrap();
    for place in 0..200_000 {
        let sent = if place % 1_000 == 0 {
            // Between the frames of a message, which it does not end.
            let _ = mallory.socket.feed(Message::Ping(Default::default())).await;
            mallory.socket.send(frame(Data::Continue, "", false)).await
        } else {
            mallory.socket.feed(frame(Data::Continue, "", false)).await
        };
        if sent.is_err() {
            break;
        }
    }
    let _ = mallory.socket.send(frame(Data::Continue, "}", true)).await;
    assert_eq!(mallory.closed().await, Some(4429));
    assert_eq!(mallory.seen.back().unwrap()["type"], "bye");
    assert_eq!(mallory.seen.len(), 1, "nothing else was answered: {:?}", mallory.seen);
}

#[tokio::test]
async fn little_is_read_for_one_message_before_the_signin() {
    let server = TestServer::tuned(&[], |config| {
        config.stream.close_timeout = std::time::Duration::from_secs(60);
    })
    .await;
    let mut mallory = server.connect().await;
    let part = "x".repeat(10_000);
    for place in 0..15 {
        let kind = if place == 0 { Data::Text } else { Data::Continue };
        let frame = Frame::message(part.clone(), OpCode::Data(kind), false);
        if mallory.socket.send(Message::Frame(frame)).await.is_err() {
            break;
        }
    }
    assert_eq!(mallory.closed().await, Some(4429));
    // One that is only somewhat too long is told so, as after the sign-in.
    let mut bob = server.connect().await;
    let _ = bob.socket.send(Message::text("x".repeat(100_000))).await;
    assert_eq!(bob.closed().await, Some(1009));
}

#[tokio::test]
async fn connections_that_have_not_signed_in_are_bounded() {
    let server = TestServer::tuned(&["--trusted-proxy=127.0.0.1"], |config| {
        config.strangers_per_address = 2;
        config.strangers_max = 3;
    })
    .await;
    let from = async |address: &str| {
        let mut request = upgrade(server.address);
        request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
        Client::open(request).await
    };
    let mut alice = from("203.0.113.9").await.unwrap();
    let mut second = from("203.0.113.9").await.unwrap();
    assert_eq!(from("203.0.113.9").await.err(), Some(429));
    let mut other = from("203.0.113.10").await.unwrap();
    alice.signin(json!({"name": "alice@x"})).await;
    let mut third = from("203.0.113.9").await.expect("whoever has signed in makes room");
    let mut newcomer = from("203.0.113.11").await.expect("the oldest of most gives way");
    assert_eq!(second.closed().await, None, "without a word");
    for (place, client) in [&mut other, &mut third, &mut newcomer].into_iter().enumerate() {
        client.signin(json!({"name": format!("{place}@x")})).await;
    }
    alice.set_status(10).await;
}

#[tokio::test]
async fn a_stranger_who_is_sent_away_keeps_its_place_until_it_has_gone() {
    let server = TestServer::tuned(&["--trusted-proxy=127.0.0.1"], |config| {
        config.strangers_per_address = 1;
        config.stream.close_timeout = std::time::Duration::from_secs(60);
    })
    .await;
    let stranger = async || {
        let mut request = upgrade(server.address);
        request.headers_mut().insert("x-forwarded-for", "203.0.113.9".parse().unwrap());
        Client::open(request).await
    };
    let mut first = stranger().await.unwrap();
    for _ in 0..9 {
        first.socket.send(Message::text("nonsense")).await.unwrap();
    }
    // The answer to the close frame stays with the client until it reads on.
    while !matches!(first.socket.next().await, Some(Ok(Message::Close(_)))) {}
    for _ in 0..20 {
        assert_eq!(stranger().await.err(), Some(429));
    }
    drop(first);
    while stranger().await.is_err() {
        tokio::task::yield_now().await;
    }
}
