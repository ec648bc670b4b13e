//! What is bounded, and that reaching a bound hurts nobody else.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use mistatus_core::time::Span;
use mistatus_server::{Rate, StreamLimits};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Client, SERVER_TOO_BUSY, TestServer, hr, upgrade},
    http::{get, metric},
};

async fn refusals(server: &TestServer, reason: &str) -> u64 {
    metric(server.address, &format!("mistatus_refused_total{{reason=\"{reason}\"}}")).await
}

async fn behind_proxy(server: &TestServer, forwarded_for: &str) -> Result<Client, u16> {
    let mut request = upgrade(server.address);
    request.headers_mut().insert("x-forwarded-for", forwarded_for.parse().unwrap());
    Client::open(request).await
}

#[tokio::test]
async fn connections_of_one_address_are_bounded_behind_a_proxy_too() {
    let server =
        TestServer::with(&["--trusted-proxy=127.0.0.1", "--connections-per-address=2"]).await;
    let first = behind_proxy(&server, "203.0.113.9").await.unwrap();
    let _second = behind_proxy(&server, "203.0.113.9").await.unwrap();
    for claimed in ["203.0.113.9", "198.51.100.1, 203.0.113.9", "127.0.0.1, 203.0.113.9"] {
        assert_eq!(behind_proxy(&server, claimed).await.err(), Some(429), "{claimed}");
    }
    assert_eq!(refusals(&server, "address").await, 3);
    let mut other = behind_proxy(&server, "203.0.113.10").await.unwrap();
    other.signin(json!({"name": "alice@x"})).await;
    drop(first);
    while behind_proxy(&server, "203.0.113.9").await.is_err() {}
}

#[tokio::test]
async fn a_proxy_that_was_not_declared_is_not_believed() {
    let server = TestServer::with(&["--connections-per-address=1"]).await;
    let _one = behind_proxy(&server, "203.0.113.9").await.unwrap();
    let _two = behind_proxy(&server, "203.0.113.9").await.unwrap();
    assert_eq!(refusals(&server, "address").await, 0, "this machine's own do not count");
}

#[tokio::test]
async fn metrics_are_for_operators() {
    let args = ["--trusted-proxy=127.0.0.1", "--metrics-from=203.0.113.0/24"];
    let server = TestServer::with(&args).await;
    let status =
        async |headers: &[(&str, &str)]| get(server.address, "/metrics", headers).await.status;
    assert_eq!(status(&[]).await, 200);
    assert_eq!(status(&[("x-forwarded-for", "198.51.100.1")]).await, 403);
    assert_eq!(status(&[("x-forwarded-for", "203.0.113.9")]).await, 200);
    assert_eq!(status(&[("x-forwarded-for", "203.0.113.9, 198.51.100.1")]).await, 403);
    let server = TestServer::open().await;
    let undeclared = [("x-forwarded-for", "127.0.0.1")];
    assert_eq!(get(server.address, "/metrics", &undeclared).await.status, 403);
    assert_eq!(get(server.address, "/metrics", &[("via", "1.1 proxy")]).await.status, 403);
}

/// A server where people sign in by tokens, and where it gives its metrics, if not to everybody's address.
async fn behind_silent_proxy(more: &[&str]) -> (TestServer, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let key = directory.path().join("secret");
    std::fs::write(&key, crate::auth::SECRET).unwrap();
    let key = format!("--jwt-key={}", key.display());
    let args: Vec<_> = [key.as_str()].into_iter().chain(more.iter().copied()).collect();
    (TestServer::with(&args).await, directory)
}

#[tokio::test]
async fn a_proxy_that_does_not_say_for_whom_it_asks_gets_no_metrics() {
    // As nginx without `proxy_set_header` asks: from this machine, by the name that it was told, with no word of anybody.
    for more in [&[][..], &["--trusted-proxy=127.0.0.1"]] {
        let (server, _directory) = behind_silent_proxy(more).await;
        let answer = get(server.address, "/metrics", &[]).await;
        assert_eq!(answer.status, 403, "{more:?}");
        assert!(answer.body.contains("--metrics-listen"), "{}", answer.body);
        assert_eq!(get(server.address, "/healthz", &[]).await.status, 200);
    }
}

#[tokio::test]
async fn metrics_on_a_listener_of_their_own_are_nowhere_else() {
    let args = ["--metrics-listen=127.0.0.1:0", "--metrics-from=127.0.0.0/8"];
    let (mut server, _directory) = behind_silent_proxy(&args[..1]).await;
    let own = server.running().metrics_address().expect("it has an address of its own");
    let on_own = get(own, "/metrics", &[]).await;
    assert_eq!(on_own.status, 200);
    assert!(on_own.body.contains("\nmistatus_connections 0\n"), "{}", on_own.body);
    assert_eq!(get(server.address, "/metrics", &[]).await.status, 404);
    // Nothing else is there.
    for path in
        ["/", "/healthz", "/stream", "/mistatus.js", "/status/alice@x.svg", "/api/v1/events"]
    {
        assert_eq!(get(own, path, &[]).await.status, 404, "{path}");
    }
    // A page of any site may make its name mean this machine, and a proxy may be put before it after all.
    for foreign in
        [("host", "evil.example"), ("x-forwarded-for", "127.0.0.1"), ("via", "1.1 proxy")]
    {
        assert_eq!(get(own, "/metrics", &[foreign]).await.status, 403, "{foreign:?}");
    }
    server.stop().await;
    assert!(TcpStream::connect(own).await.is_err(), "it ends with the server");
    let (server, _directory) = behind_silent_proxy(&args).await;
    let own = server.running().metrics_address().unwrap();
    let by_name = get(own, "/metrics", &[("host", "metrics.example")]).await;
    assert_eq!(by_name.status, 200, "an address that is named may ask by any name");
    assert_eq!(get(server.address, "/metrics", &[]).await.status, 404);
}

#[tokio::test]
async fn an_open_server_gives_its_metrics_on_the_listener_that_was_named_alone() {
    let server = TestServer::with(&["--metrics-listen=127.0.0.1:0"]).await;
    let own = server.running().metrics_address().unwrap();
    assert_eq!(get(own, "/metrics", &[]).await.status, 200);
    assert_eq!(get(server.address, "/metrics", &[]).await.status, 404);
}

#[tokio::test]
async fn all_connections_of_a_user_share_one_rate() {
    let server = TestServer::tuned(&[], |config| {
        // Two sign-ins, and 60 frames more.
        config.user_rate = Rate { burst: 100, per_second: 0 };
    })
    .await;
    let mut desk = server.signin("alice@x").await;
    let mut phone = server.signin("ALICE@x").await;
    let mut outcomes = Vec::new();
    for client in [&mut desk, &mut phone] {
        for _ in 0..40 {
            outcomes.push(client.ask(json!({"type": "query-status"})).await["hr"].clone());
        }
    }
    assert!(outcomes[..60].iter().all(|outcome| *outcome == 0), "{outcomes:?}");
    assert!(outcomes[60..].iter().all(|outcome| *outcome == hr(SERVER_TOO_BUSY)), "{outcomes:?}");
    assert_eq!(refusals(&server, "rate").await, 20);
    // Coming back does not fill the bucket.
    drop(desk);
    let mut again = server.connect().await;
    again.send(json!({"type": "signin", "name": "alice@x"})).await;
    let bye = again.expect("bye").await;
    assert_eq!(bye["hr"], hr(SERVER_TOO_BUSY));
    assert!(bye["retryAfter"].as_u64().unwrap() > 0);
    assert_eq!(again.closed().await, Some(4429));
    let mut bob = server.signin("bob@x").await;
    bob.set_status(10).await;
}

#[tokio::test]
async fn connections_of_one_user_are_bounded() {
    let server = TestServer::with(&["--connections-per-user=2"]).await;
    let _desk = server.signin("alice@x").await;
    let _phone = server.signin("alice@x").await;
    let mut third = server.connect().await;
    third.send(json!({"type": "signin", "name": "alice@x"})).await;
    assert_eq!(third.expect("bye").await["hr"], hr(0x8100_0321), "MSGR_E_TOO_MANY_SESSIONS");
    assert_eq!(third.closed().await, Some(4409));
    assert_eq!(refusals(&server, "user").await, 1);
    server.signin("bob@x").await;
}

#[tokio::test]
async fn whoever_sends_no_request_is_not_waited_for() {
    let server = TestServer::tuned(&[], |config| {
        config.request_timeout = Duration::from_millis(500);
    })
    .await;
    let mut alice = server.signin("alice@x").await;
    for beginning in [
        "",
        "GET /stream HTTP/1.1\r\nhost: x\r\nx-slow: ",
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n",
    ] {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(beginning.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // Ends, which is the point; with or without an answer to what never came.
        let _ = socket.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert_eq!(answer.contains("200 OK"), beginning.contains("healthz"), "{answer}");
    }
    // A head that comes byte by byte, each in time, is late as a whole.
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    while socket.write_all(b"G").await.is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(refusals(&server, "request-timeout").await >= 2);
    alice.set_status(10).await;
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let server = TestServer::open().await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let row = format!("x-padding: {}\r\n", "x".repeat(1000));
    let mut sent = 0;
    while socket.write_all(row.as_bytes()).await.is_ok() && sent < 10_000_000 {
        sent += row.len();
    }
    assert!(sent < 10_000_000, "it was read to no end");
    server.signin("alice@x").await;
}

/// Lets somebody ask for much and read nothing until that is noticed, while two others go on undisturbed.
async fn a_slow_reader_is_let_go_and_slows_nobody(tune: impl FnOnce(&mut StreamLimits)) {
    let server = TestServer::tuned(&[], |config| {
        config.stream.close_timeout = Duration::from_secs(60);
        config.stream.rate.burst = 10_000;
        config.user_rate.burst = 10_000;
        tune(&mut config.stream);
    })
    .await;
    let mut slow = server.signin("slow@x").await;
    let mut watcher = server.signin("watcher@x").await;
    let mut alice = server.signin("alice@x").await;
    watcher.ask(json!({"type": "watch", "names": ["alice@x"]})).await;
    watcher.expect("changes").await;
    // Snapshots of hundreds of kilobytes: more than sockets and queue hold.
    for batch in 1..=20 {
        let names: Vec<_> = (0..100).map(|place| format!("{batch:03}{place:0126}")).collect();
        slow.send(json!({"type": "watch", "id": batch, "names": names})).await;
    }
    for _ in 0..200 {
        slow.send(json!({"type": "resync"})).await;
    }
    let mut status = 10;
    while refusals(&server, "slow-reader").await == 0 {
        alice.set_status(status).await;
        watcher.sees("alice@x", status).await;
        status = 44 - status;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    alice.set_status(178).await;
    watcher.sees("alice@x", 178).await;
    assert_eq!(slow.closed().await, Some(4430), "whoever reads again learns why");
}

#[tokio::test]
async fn a_slow_reader_is_let_go_for_the_number_of_notices() {
    a_slow_reader_is_let_go_and_slows_nobody(|limits| {
        limits.outbox_max = 64;
        limits.outbox_bytes_max = usize::MAX;
    })
    .await;
}

#[tokio::test]
async fn a_slow_reader_is_let_go_for_the_size_of_notices() {
    a_slow_reader_is_let_go_and_slows_nobody(|_| {}).await;
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_let_go_though_its_queue_has_room() {
    a_slow_reader_is_let_go_and_slows_nobody(|limits| {
        limits.write_timeout = Duration::from_millis(300);
        limits.outbox_bytes_max = usize::MAX;
    })
    .await;
}

#[tokio::test]
async fn a_flood_of_control_frames_ends_the_connection() {
    for frame in [Message::Ping(Vec::new().into()), Message::Pong(Vec::new().into())] {
        let server = TestServer::tuned(&[], |config| {
            config.stream.rate = Rate { burst: 100, per_second: 0 };
        })
        .await;
        let mut alice = server.signin("alice@x").await;
        for _ in 0..200 {
            // The server closes before all of them are sent.
            if alice.socket.send(frame.clone()).await.is_err() {
                break;
            }
        }
        assert_eq!(alice.closed().await, Some(4429));
        assert_eq!(alice.seen.back().unwrap()["hr"], hr(SERVER_TOO_BUSY));
        assert_eq!(refusals(&server, "flood").await, 1);
    }
}

#[tokio::test]
async fn a_client_that_cannot_speak_is_kept_by_the_pongs_of_its_network_stack() {
    let server = TestServer::tuned(&[], |config| {
        config.hub.heartbeat = Span::from_millis(50);
        // Then whoever was heard is asked again, and whoever was not is let go.
        config.hub.heartbeat_grace = Span::from_secs(5);
    })
    .await;
    let mut alice = server.signin("alice@x").await;
    let mut pings = 0;
    // Whoever reads answers.
    while pings < 2 {
        match alice.socket.next().await.expect("the connection lives").expect("it is unbroken") {
            Message::Ping(_) => pings += 1,
            Message::Text(text) => assert_eq!(text, r#"{"type":"ping"}"#),
            other => panic!("{other:?}"),
        }
    }
}
