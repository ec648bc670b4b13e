//! Presence as it changes, by server-sent events.

use std::{net::SocketAddr, time::Duration};

use futures_util::future::join_all;
use mistatus_server::Rate;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use super::{ask, key, problem, server};
use crate::{
    client::{Client, TestServer},
    http::metric,
    process::{command, output},
};

const SCOPES: &[&str] = &["events:read", "presence:read"];

/// An open stream, read event by event.
struct Events(BufReader<TcpStream>);

/// One event, or a comment, whose name is `comment`.
#[derive(Debug)]
struct Event {
    name: String,
    id: String,
    data: Value,
}

impl Events {
    async fn open(address: SocketAddr, key: &str, names: &[&str], after: Option<&str>) -> Self {
        let socket = TcpStream::connect(address).await.unwrap();
        Self::over(socket, address, key, names, after).await
    }

    async fn over(
        socket: TcpStream,
        address: SocketAddr,
        key: &str,
        names: &[&str],
        after: Option<&str>,
    ) -> Self {
        let query: Vec<_> = names.iter().map(|name| format!("names={name}")).collect();
        let after = after.map(|id| format!("last-event-id: {id}\r\n")).unwrap_or_default();
        // An answer to HTTP/1.0 has no chunks.
        let request = format!(
            "GET /api/v1/events?{} HTTP/1.0\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n{after}\r\n",
            query.join("&")
        );
        let mut socket = BufReader::new(socket);
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut events = Self(socket);
        let head = events.block().await.expect("the answer has a head");
        assert!(head[0].contains(" 200 "), "{head:?}");
        assert!(head.iter().any(|line| line == "content-type: text/event-stream"), "{head:?}");
        events
    }

    /// Returns the lines up to the next empty one; `None` at the end.
    async fn block(&mut self) -> Option<Vec<String>> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            let read = timeout(PATIENCE, self.0.read_line(&mut line)).await;
            match read.expect("the stream goes on") {
                Ok(0) | Err(_) => return None,
                Ok(_) if line.trim_end().is_empty() => return Some(lines),
                Ok(_) => lines.push(line.trim_end().to_owned()),
            }
        }
    }

    async fn next(&mut self) -> Option<Event> {
        let lines = self.block().await?;
        let field = |name: &str| {
            lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or("")
        };
        let data = serde_json::from_str(field("data")).unwrap_or_default();
        let name = if lines[0].starts_with(':') { "comment" } else { field("event") };
        Some(Event { name: name.to_owned(), id: field("id").to_owned(), data })
    }

    /// Waits for the next event, which has to be of that name.
    async fn expect(&mut self, name: &str) -> Event {
        let event = self.next().await.expect("the stream goes on");
        assert_eq!(event.name, name, "{event:?}");
        event
    }

    /// Waits for the next change: who, and what to.
    async fn changed(&mut self) -> (String, u64) {
        let data = self.expect("presence").await.data;
        (data["name"].as_str().unwrap().to_owned(), data["status"].as_u64().unwrap())
    }

    async fn end(&mut self) {
        let ends = async { while self.next().await.is_some() {} };
        timeout(PATIENCE, ends).await.expect("the stream ends");
    }
}

/// Far longer than anything takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn change(name: &str, status: u64) -> (String, u64) {
    (name.to_owned(), status)
}

async fn start() -> (TestServer, String) {
    let server = server(&[]).await;
    let key = key(&server, "wallboard", SCOPES).await;
    (server, key)
}

#[tokio::test]
async fn a_snapshot_comes_first_and_then_each_change_of_whom_one_follows() {
    let (server, key) = start().await;
    let mut alice = server.signin("alice@x").await;
    let mut carol = server.signin("carol@x").await;
    let mut events = Events::open(server.address, &key, &["ALICE@x", "bob%40x"], None).await;
    let snapshot = events.expect("snapshot").await.data;
    let people = snapshot["presence"].as_array().unwrap();
    let seen: Vec<_> = people.iter().map(|one| (&one["name"], &one["status"])).collect();
    assert_eq!(seen, [(&json!("ALICE@x"), &json!(2)), (&json!("bob@x"), &json!(0))]);
    carol.set_status(10).await;
    alice.ask(json!({"type": "set-status", "status": 34, "note": "Gone"})).await;
    let mut away = events.expect("presence").await.data;
    assert!(away["since"].take().is_u64());
    assert_eq!(
        away,
        json!({
            "name": "ALICE@x", "status": 34, "statusName": "away", "note": "Gone", "since": null,
            "source": "user", "settling": false,
        })
    );
    let _bob = server.signin("bob@x").await;
    assert_eq!(events.changed().await, change("bob@x", 2));
}

#[tokio::test]
async fn whoever_names_nobody_follows_everybody_and_needs_the_scope_to_read_everybody() {
    let (server, key) = start().await;
    let mut alice = server.signin("Alice@x").await;
    let mut events = Events::open(server.address, &key, &[], None).await;
    let snapshot = events.expect("snapshot").await.data;
    assert_eq!(snapshot["presence"].as_array().unwrap().len(), 1);
    let _bob = server.signin("bob@x").await;
    alice.set_status(50).await;
    assert_eq!(events.changed().await, change("bob@x", 2));
    assert_eq!(events.changed().await, change("Alice@x", 50));
    let narrow = super::key(&server, "narrow", &["events:read"]).await;
    let answer = ask(server.address, &narrow, "GET", "/events", "").await;
    let problem = problem(&answer, 403, "missing-scope", None);
    assert!(problem["detail"].as_str().unwrap().contains("presence:read"), "{problem}");
    Events::open(server.address, &narrow, &["alice@x"], None).await.expect("snapshot").await;
}

#[tokio::test]
async fn a_stream_that_broke_goes_on_where_it_was() {
    let (mut server, key) = start().await;
    let mut alice = server.signin("alice@x").await;
    let mut bob = server.signin("bob@x").await;
    let names = ["alice@x", "bob@x"];
    let mut events = Events::open(server.address, &key, &names, None).await;
    events.expect("snapshot").await;
    alice.set_status(10).await;
    let id = events.expect("presence").await.id;
    drop(events);
    alice.set_status(34).await;
    bob.set_status(50).await;
    // Whatever the order of the names.
    let mut events = Events::open(server.address, &key, &["Bob@x", "alice@x"], Some(&id)).await;
    assert_eq!(events.changed().await, change("alice@x", 34));
    let last = events.expect("presence").await;
    assert_eq!(last.data["name"], "Bob@x");
    alice.set_status(2).await;
    assert_eq!(events.changed().await, change("alice@x", 2));
    // Where nothing was missed, nothing is told but the id.
    let mut one = Events::open(server.address, &key, &["alice@x"], None).await;
    let first = one.expect("snapshot").await.id;
    bob.set_status(2).await;
    let mut again = Events::open(server.address, &key, &["alice@x"], Some(&first)).await;
    assert_ne!(again.expect("comment").await.id, first, "bob's change is behind it");
    alice.set_status(10).await;
    assert_eq!(again.changed().await, change("alice@x", 10));
    // For other names, for nonsense, and for another run of the server there is a snapshot.
    for id in [first.as_str(), "", "x", "1-2-3", "%", "99999999999999999999-all-1"] {
        let mut events = Events::open(server.address, &key, &names, Some(id)).await;
        events.expect("snapshot").await;
    }
    server.restart().await;
    Events::open(server.address, &key, &["alice@x"], Some(&first)).await.expect("snapshot").await;
}

#[tokio::test]
async fn of_somebody_who_is_invisible_nothing_is_told() {
    let (server, key) = start().await;
    let mut hidden = server.signin("hidden@x").await;
    let mut other = server.signin("other@x").await;
    let mut events = Events::open(server.address, &key, &[], None).await;
    events.expect("snapshot").await;
    hidden.set_status(6).await;
    assert_eq!(events.changed().await, change("hidden@x", 1));
    hidden.ask(json!({"type": "set-status", "status": 6, "note": "Hiding"})).await;
    let mut second = server.signin("hidden@x").await;
    second.send(json!({"type": "signout"})).await;
    second.closed().await;
    other.set_status(10).await;
    assert_eq!(events.changed().await, change("other@x", 10));
}

#[tokio::test]
async fn a_stream_says_that_it_lives_and_lasts_for_longer_than_other_answers() {
    let server = TestServer::tuned(&[], |config| {
        config.service_keys_check = Duration::from_millis(5);
        config.api_comment_every = Duration::from_millis(20);
        config.connection_max = Duration::from_millis(100);
    })
    .await;
    let key = key(&server, "wallboard", SCOPES).await;
    let mut alice = server.signin("alice@x").await;
    let mut events = Events::open(server.address, &key, &["bob@x"], None).await;
    let first = events.expect("snapshot").await.id;
    // Others end meanwhile.
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    let ended = timeout(PATIENCE, idle.read(&mut [0])).await.expect("it ends");
    assert!(matches!(ended, Ok(0) | Err(_)));
    for _ in 0..10 {
        assert_eq!(events.expect("comment").await.id, first);
    }
    alice.set_status(10).await;
    while events.expect("comment").await.id == first {}
}

#[tokio::test]
async fn a_stream_ends_when_its_key_is_revoked_or_the_server_stops() {
    let (mut server, key) = start().await;
    let other = super::key(&server, "other", SCOPES).await;
    let mut events = Events::open(server.address, &key, &["alice@x"], None).await;
    let mut stays = Events::open(server.address, &other, &["alice@x"], None).await;
    let data = server.directory.path().join("data");
    assert!(
        output(command().args(["key", "revoke", "wallboard", "--data"]).arg(&data))
            .status
            .success()
    );
    events.end().await;
    stays.expect("snapshot").await;
    let _alice = server.signin("alice@x").await;
    assert_eq!(stays.changed().await, change("alice@x", 2));
    server.stop().await;
    stays.end().await;
}

#[tokio::test]
async fn a_key_has_a_hundred_streams_and_no_more() {
    let (server, key) = start().await;
    let mut open = Vec::new();
    for _ in 0..100 {
        open.push(Events::open(server.address, &key, &["alice@x"], None).await);
    }
    let answer = ask(server.address, &key, "GET", "/events?names=alice@x", "").await;
    problem(&answer, 429, "too-many-requests", None);
    assert_eq!(answer.headers["retry-after"], "1");
    open.pop();
    // It is free once the server has noticed.
    let again = async || {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        let request = format!(
            "GET /api/v1/events?names=alice@x HTTP/1.0\r\nhost: {}\r\nauthorization: Bearer {key}\r\n\r\n",
            server.address
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut start = [0; 12];
        socket.read_exact(&mut start).await.unwrap();
        start == *b"HTTP/1.0 200"
    };
    while !again().await {}
}

#[tokio::test]
async fn what_is_wrong_with_a_request_to_follow_is_named() {
    let (server, key) = start().await;
    let many: Vec<_> = (0..1_001).map(|number| format!("names={number}@x")).collect();
    let (long, many) = (format!("names={}", "x".repeat(130)), many.join("&"));
    for (query, field, word) in [
        ("names=", "names[0]", "empty"),
        ("names=a@x&names=%20b", "names[1]", "space"),
        (long.as_str(), "names[0]", "130"),
        (many.as_str(), "names", "1000"),
        ("name=a@x", "name", "names"),
        ("names=a@x&cursor=1", "cursor", "names"),
        ("names[]=a@x", "names[]", "names"),
        ("names=a&names=%ff", "names[1]", "UTF-8"),
        ("names=%C3", "names[0]", "UTF-8"),
        ("%ff=a", "\u{fffd}", "names"),
    ] {
        let answer = ask(server.address, &key, "GET", &format!("/events?{query}"), "").await;
        let problem = problem(&answer, 400, "invalid-field", Some(field));
        assert!(answer.body.contains(word), "{word:?} is missing in {problem}");
    }
}

#[tokio::test]
async fn names_that_do_not_fit_into_a_head_are_refused_as_the_description_says() {
    let (server, key) = start().await;
    let query: Vec<_> = (0..1_000).map(|number| format!("names={number:0120}@x")).collect();
    let request = format!(
        "GET /api/v1/events?{} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {key}\r\n\r\n",
        query.join("&"),
        server.address
    );
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    // The rest stays unread, and the connection may be reset for that.
    let _ = socket.write_all(request.as_bytes()).await;
    let mut start = [0; 12];
    let read = timeout(PATIENCE, socket.read_exact(&mut start)).await;
    read.expect("it is refused").expect("the answer comes before the reset");
    assert_eq!(&start, b"HTTP/1.1 431");
}

#[tokio::test]
async fn a_reader_who_is_slow_is_told_how_everybody_is_in_the_end() {
    let server = TestServer::tuned(&[], |config| {
        config.service_keys_check = Duration::from_millis(5);
        config.api_rate = Rate { burst: 10_000, per_second: 10_000 };
    })
    .await;
    let key = key(&server, "wallboard", SCOPES).await;
    let writer = super::key(&server, "writer", &["status:write"]).await;
    let people: Vec<_> = (0..16).map(|number| format!("{number}@x")).collect();
    let mut clients = Vec::new();
    for name in &people {
        clients.push(server.signin(name).await);
    }
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let socket = socket.connect(server.address).await.unwrap();
    let mut events = Events::over(socket, server.address, &key, &[], None).await;
    events.expect("snapshot").await;
    let choose = async |name: &str, choice: Value| {
        let path = format!("/presence/{name}/status");
        let answer = ask(server.address, &writer, "PUT", &path, &choice.to_string()).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    };
    // Some 10 MB: more than sockets hold, and than is kept for a reader.
    let note = "\u{1}".repeat(490);
    let rounds = people.iter().map(async |name| {
        for round in 0..200 {
            choose(name, json!({"status": 10, "note": format!("{round}{note}")})).await;
        }
    });
    join_all(rounds).await;
    choose("3@x", json!({"status": 114})).await;
    let mut snapshots = 0;
    loop {
        let event = events.next().await.expect("the stream goes on");
        let seen = match event.name.as_str() {
            "snapshot" => {
                snapshots += 1;
                let people = event.data["presence"].as_array().unwrap();
                people.iter().any(|one| one["name"] == "3@x" && one["status"] == 114)
            }
            _ => event.data["status"] == 114,
        };
        if seen {
            break;
        }
    }
    assert!(snapshots > 0, "the reader was fast enough for everything");
}

/// A reader that takes nothing, for whom more waits than sockets hold.
async fn open_and_read_nothing(server: &TestServer, key: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let socket = socket.connect(server.address).await.unwrap();
    let mut events = Events::over(socket, server.address, key, &[], None).await;
    events.expect("snapshot").await;
    let writer = super::key(server, "writer", &["status:write"]).await;
    let note = "\u{1}".repeat(490);
    let rounds = (0..16).map(async |person| {
        for round in 0..200 {
            let path = format!("/presence/{person}@x/status");
            let choice = json!({"status": 10, "note": format!("{round}{note}")}).to_string();
            let answer = ask(server.address, &writer, "PUT", &path, &choice).await;
            assert_eq!(answer.status, 204, "{}", answer.body);
        }
    });
    join_all(rounds).await;
    events.0.into_inner()
}

async fn server_with_people(write_timeout: Duration) -> (TestServer, Vec<Client>) {
    let server = TestServer::tuned(&[], |config| {
        config.service_keys_check = Duration::from_millis(5);
        config.api_rate = Rate { burst: 10_000, per_second: 10_000 };
        config.stream.write_timeout = write_timeout;
    })
    .await;
    let mut people = Vec::new();
    for person in 0..16 {
        people.push(server.signin(&format!("{person}@x")).await);
    }
    (server, people)
}

/// Waits until the server has closed a connection from which nothing is read: then it refuses what is sent.
async fn closed_unread(socket: &mut TcpStream) {
    let closed = async {
        while socket.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, closed).await.expect("the server closes the connection");
}

#[tokio::test]
async fn a_reader_who_takes_nothing_is_let_go() {
    let (server, _people) = server_with_people(Duration::from_millis(300)).await;
    let key = key(&server, "wallboard", SCOPES).await;
    let mut socket = open_and_read_nothing(&server, &key).await;
    closed_unread(&mut socket).await;
    let slow = "mistatus_refused_total{reason=\"slow-reader\"}";
    assert_eq!(metric(server.address, slow).await, 1);
}

#[tokio::test]
async fn a_reader_who_takes_nothing_is_let_go_when_its_key_is_revoked() {
    let (server, _people) = server_with_people(Duration::from_secs(3_600)).await;
    let key = key(&server, "wallboard", SCOPES).await;
    let mut socket = open_and_read_nothing(&server, &key).await;
    let data = server.directory.path().join("data");
    let revoked = output(command().args(["key", "revoke", "wallboard", "--data"]).arg(&data));
    assert!(revoked.status.success());
    closed_unread(&mut socket).await;
}
