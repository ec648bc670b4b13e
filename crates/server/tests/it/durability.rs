//! What was acknowledged is there: after a sudden end, a polite one, and while the disk takes nothing.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Client, SERVER_UNAVAILABLE, TestServer, hr},
    http::get,
    process::{Running, command, output, spawn},
};

/// What one client has said, and of what it was told that it is kept. All numbers count from the first round on.
#[derive(Clone, Copy, Default)]
struct Said {
    notes: u64,
    notes_kept: u64,
    contacts: u64,
    contacts_kept: u64,
}

/// Changes status and list as fast as answers come, until the link breaks.
async fn keep_changing(mut client: Client, mut said: Said, kept: Arc<AtomicU64>) -> Said {
    let (first_note, first_contact) = (said.notes + 1, said.contacts);
    loop {
        // A few on the way at a time, so that the end always cuts into the middle.
        while said.notes - said.notes_kept.max(first_note - 1) < 6 && said.notes < first_note + 150
        {
            let note = said.notes + 1;
            let contact = said.contacts;
            let set = json!({"type": "set-status", "id": 2 * note, "status": 10, "note": note.to_string()});
            let name = format!("contact{contact}@x");
            let add = json!({"type": "add-contact", "id": 2 * contact + 1_000_001, "name": name});
            let frames = [set.to_string(), add.to_string()];
            for frame in frames {
                if client.socket.send(Message::text(frame)).await.is_err() {
                    return said;
                }
            }
            said.notes = note;
            said.contacts = contact + 1;
        }
        let Ok(frame) = client.next().await else { return said };
        if frame["type"] != "outcome" {
            continue;
        }
        assert_eq!(frame["hr"], 0, "{frame}");
        let id = frame["id"].as_u64().unwrap();
        if id > 1_000_000 {
            let contact = (id - 1_000_001) / 2;
            assert_eq!(contact, said.contacts_kept.max(first_contact), "outcomes come in order");
            said.contacts_kept = contact + 1;
        } else {
            assert_eq!(id / 2, said.notes_kept.max(first_note - 1) + 1, "outcomes come in order");
            said.notes_kept = id / 2;
        }
        kept.fetch_add(1, SeqCst);
    }
}

/// Compares what a restarted server says with what a client was told; returns where the client goes on.
fn compare(snapshot: &Value, said: Said) -> Said {
    let note = noted(snapshot);
    assert!((said.notes_kept..=said.notes).contains(&note), "{note} of {}", said.notes_kept);
    let contacts: Vec<_> = snapshot["contacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|contact| contact["name"].as_str().unwrap().to_owned())
        .collect();
    let listed = contacts.len() as u64;
    assert!((said.contacts_kept..=said.contacts).contains(&listed), "{listed}");
    let expected: Vec<_> = (0..listed).map(|place| format!("contact{place}@x")).collect();
    assert_eq!(contacts, expected, "what was kept is kept in order, without a hole");
    Said { notes: said.notes, notes_kept: note, contacts: listed, contacts_kept: listed }
}

/// Returns the number in one's own note; none is the beginning.
fn noted(snapshot: &Value) -> u64 {
    snapshot["me"]["note"].as_str().map_or(0, |note| note.parse().unwrap())
}

#[tokio::test]
async fn nothing_acknowledged_is_missing_after_sudden_ends_under_load() {
    let directory = tempfile::tempdir().unwrap();
    let mut all = [Said::default(); 4];
    // After so many acknowledgements each: early, in the midst, and with a long journal.
    for acknowledgements in [1, 90, 37, 240, 5, 150] {
        let running = spawn(directory.path());
        let kept = Arc::new(AtomicU64::new(0));
        let mut tasks = Vec::new();
        for (place, said) in all.iter().enumerate() {
            let mut client = Client::connect(running.address).await;
            let snapshot = client.signin(json!({"name": format!("{place}@x")})).await;
            let said = compare(&snapshot, *said);
            tasks.push(tokio::spawn(keep_changing(client, said, kept.clone())));
        }
        while kept.load(SeqCst) < acknowledgements {
            assert!(!tasks.iter().all(tokio::task::JoinHandle::is_finished), "all links broke");
            tokio::task::yield_now().await;
        }
        running.kill();
        for (said, task) in all.iter_mut().zip(tasks) {
            *said = task.await.unwrap();
        }
    }
    let running = spawn(directory.path());
    for (place, said) in all.iter().enumerate() {
        let mut client = Client::connect(running.address).await;
        compare(&client.signin(json!({"name": format!("{place}@x")})).await, *said);
    }
    assert!(all.iter().map(|said| said.notes_kept).sum::<u64>() > 100, "there was load");
}

/// Writes one message after the other, each until it is acknowledged, until the link breaks; returns how many were.
async fn keep_writing(mut client: Client, mut acknowledged: u64, all: Arc<AtomicU64>) -> u64 {
    loop {
        // The one that was on the way when the server ended is said again under its number.
        let (id, text) = (acknowledged + 1, acknowledged.to_string());
        let frame = json!({"type": "send-message", "id": id, "to": "reader@x", "text": text});
        if client.socket.send(Message::text(frame.to_string())).await.is_err() {
            return acknowledged;
        }
        loop {
            let Ok(frame) = client.next().await else { return acknowledged };
            if frame["type"] == "outcome" && frame["id"] == id {
                assert_eq!(frame["hr"], 0, "{frame}");
                break;
            }
        }
        acknowledged += 1;
        all.fetch_add(1, SeqCst);
    }
}

#[tokio::test]
async fn every_acknowledged_message_is_there_once_after_sudden_ends() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = [0; 3];
    for acknowledgements in [1, 40, 17, 60] {
        let running = spawn(directory.path());
        let all = Arc::new(AtomicU64::new(0));
        let mut tasks = Vec::new();
        for (place, before) in acknowledged.iter().enumerate() {
            let mut client = Client::connect(running.address).await;
            client.signin(json!({"name": format!("{place}@x")})).await;
            tasks.push(tokio::spawn(keep_writing(client, *before, all.clone())));
        }
        while all.load(SeqCst) < acknowledgements {
            assert!(!tasks.iter().all(tokio::task::JoinHandle::is_finished), "all links broke");
            tokio::task::yield_now().await;
        }
        running.kill();
        for (count, task) in acknowledged.iter_mut().zip(tasks) {
            *count = task.await.unwrap();
        }
    }
    let running = spawn(directory.path());
    for (place, count) in acknowledged.iter().enumerate() {
        let mut client = Client::connect(running.address).await;
        client.signin(json!({"name": format!("{place}@x")})).await;
        let fetch = json!({"type": "fetch-messages", "with": "reader@x"});
        let mut texts = Vec::new();
        let mut before = Value::Null;
        loop {
            let mut fetch = fetch.clone();
            fetch["before"] = before;
            assert_eq!(client.ask(fetch).await["hr"], 0);
            let page = client.expect("messages").await;
            let messages = page["messages"].as_array().unwrap();
            before = messages.first().map_or(Value::Null, |message| message["id"].clone());
            let page_texts =
                messages.iter().map(|message| message["text"].as_str().unwrap().parse().unwrap());
            texts.splice(0..0, page_texts.collect::<Vec<u64>>());
            if page["more"] != true {
                break;
            }
        }
        let written = texts.len() as u64;
        assert_eq!(texts, (0..written).collect::<Vec<_>>(), "each once, in its order");
        assert!((*count..=count + 1).contains(&written), "{written} of {count}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_polite_end_keeps_what_it_accepted_and_spreads_the_return() {
    let directory = tempfile::tempdir().unwrap();
    let mut notes = [0; 6];
    for (round, signal) in [(0, "TERM"), (1, "INT")] {
        let mut running = spawn(directory.path());
        let mut stranger = Client::connect(running.address).await;
        let mut clients = Vec::new();
        for (place, least) in notes.iter().enumerate() {
            let mut client = Client::connect(running.address).await;
            let snapshot = client.signin(json!({"name": format!("{place}@x")})).await;
            if round > 0 {
                assert!(noted(&snapshot) >= *least, "older than {least}");
            }
            clients.push(client);
        }
        for client in &mut clients {
            for id in round * 100 + 1..=round * 100 + 60 {
                let note = id.to_string();
                client
                    .send(json!({"type": "set-status", "id": id, "status": 10, "note": note}))
                    .await;
            }
        }
        // Something is under way in any case.
        clients[0].expect("my-status").await;
        running.signal(signal);
        let mut returns = Vec::new();
        for (place, client) in clients.iter_mut().enumerate() {
            assert_eq!(client.closed().await, Some(1001));
            let bye = client.seen.back().unwrap();
            assert_eq!((&bye["type"], &bye["hr"]), (&json!("bye"), &hr(0x8100_0347).into()));
            returns.push(bye["retryAfter"].as_u64().unwrap());
            let kept =
                client.seen.iter().filter(|frame| frame["type"] == "outcome" && frame["hr"] == 0);
            let last = kept.filter_map(|frame| frame["id"].as_u64()).max();
            notes[place] = last.unwrap_or(notes[place]);
        }
        returns.sort_unstable();
        returns.dedup();
        assert_eq!(returns.len(), notes.len(), "nobody comes back together: {returns:?}");
        assert_eq!(
            stranger.closed().await,
            Some(1001),
            "whoever has not signed in is told as well"
        );
        assert!(running.child.wait().unwrap().success());
    }
    let running = spawn(directory.path());
    for (place, least) in notes.iter().enumerate() {
        let mut client = Client::connect(running.address).await;
        let snapshot = client.signin(json!({"name": format!("{place}@x")})).await;
        assert!(noted(&snapshot) >= *least, "older than {least}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_starts_on_a_full_disk_where_its_file_needs_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let running = Running::start_for_full_disk(directory.path());
    Client::connect(running.address).await.signin(json!({"name": "alice@x"})).await;
    drop(running);
    let path = directory.path().join("mistatus.sqlite3");
    // As the last release that did not say whose the file is left it.
    let anonymous = "PRAGMA application_id = 0; PRAGMA wal_checkpoint(TRUNCATE)";
    for statements in ["PRAGMA wal_checkpoint(TRUNCATE)", anonymous] {
        let database = rusqlite::Connection::open(&path).unwrap();
        database.execute_batch(statements).unwrap();
        drop(database);
        let running = Running::start_on_full_disk(directory.path());
        let health = get(running.address, "/healthz", &[]).await;
        assert_eq!(health.body, r#"{"status":"ok"}"#, "nothing was to be written yet");
        Client::connect(running.address).await.signin(json!({"name": "alice@x"})).await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_refuses_changes_and_nothing_else_until_there_is_room() {
    let directory = tempfile::tempdir().unwrap();
    let running = Running::start_for_full_disk(directory.path());
    let mut alice = Client::connect(running.address).await;
    alice.signin(json!({"name": "alice@x"})).await;
    let mut bob = Client::connect(running.address).await;
    bob.signin(json!({"name": "bob@x"})).await;
    bob.ask(json!({"type": "watch", "names": ["alice@x"]})).await;
    assert_eq!(alice.ask(json!({"type": "add-contact", "name": "bob@x"})).await["hr"], 0);
    let health = async || get(running.address, "/healthz", &[]).await;
    assert_eq!(health().await.body, r#"{"status":"ok"}"#);

    running.limit_files("0");
    for _ in 0..20 {
        let outcome = alice.ask(json!({"type": "set-status", "status": 10})).await;
        assert_eq!(outcome["hr"], hr(SERVER_UNAVAILABLE), "{outcome}");
        assert!(outcome["message"].is_string());
    }
    let outcome = alice.ask(json!({"type": "remove-contact", "name": "bob@x"})).await;
    assert_eq!(outcome["hr"], hr(SERVER_UNAVAILABLE), "{outcome}");
    // What needs no disk goes on: who is there, idle or not, and coming back.
    alice.send(json!({"type": "report-idle", "idleFor": 1000})).await;
    bob.sees("alice@x", 18).await;
    let mut phone = Client::connect(running.address).await;
    let snapshot = phone.signin(json!({"name": "alice@x"})).await;
    assert_eq!(snapshot["me"]["chosen"], 2);
    assert_eq!(snapshot["contacts"][0]["name"], "bob@x");
    bob.sees("alice@x", 2).await;
    let mut stranger = Client::connect(running.address).await;
    stranger.send(json!({"type": "signin", "name": "stranger@x"})).await;
    assert_eq!(stranger.expect("bye").await["hr"], hr(SERVER_UNAVAILABLE));
    assert_eq!(stranger.closed().await, Some(4503));
    let answer = health().await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"status":"read-only"}"#));
    let metrics = get(running.address, "/metrics", &[]).await.body;
    assert!(metrics.contains("\nmistatus_store_failing 1\n"), "{metrics}");

    running.limit_files("unlimited");
    assert_eq!(health().await.body, r#"{"status":"ok"}"#, "it recovers by itself");
    alice.set_status(114).await;
    bob.sees("alice@x", 114).await;
    let log = running.kill();
    assert_eq!(log.matches("the database takes no writes").count(), 1, "{log}");
    assert_eq!(log.matches("the database takes writes again").count(), 1, "{log}");

    let running = spawn(directory.path());
    let mut alice = Client::connect(running.address).await;
    let snapshot = alice.signin(json!({"name": "alice@x"})).await;
    assert_eq!(snapshot["me"]["chosen"], 114);
    assert_eq!(snapshot["contacts"][0]["name"], "bob@x");
}

#[tokio::test]
async fn a_database_in_use_stays_with_whoever_has_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mistatus.sqlite3");
    drop(spawn(directory.path()));
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let refused =
        output(command().args(["--listen", "127.0.0.1:0", "--data"]).arg(directory.path()));
    let message = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{message}");
    assert!(
        message.contains("mistatus.sqlite3") && message.contains("another program"),
        "{message}"
    );
    other.execute_batch("COMMIT").unwrap();
    drop(other);
    let running = spawn(directory.path());
    let mut alice = Client::connect(running.address).await;
    alice.signin(json!({"name": "alice@x"})).await;
    let other = rusqlite::Connection::open(&path).unwrap();
    assert!(other.execute_batch("BEGIN IMMEDIATE").is_err(), "a running server lets nobody in");
    assert!(other.query_row("SELECT count(*) FROM users", [], |_| Ok(())).is_err());
    alice.set_status(10).await;
}

#[test]
fn a_file_that_cannot_be_used_is_named_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mistatus.sqlite3");
    let noise: Vec<u8> = (0..40_000_u32).map(|place| (place * 31 % 251) as u8).collect();
    let later = {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        let ours = i32::from_be_bytes(*b"MSts");
        let header = format!("PRAGMA application_id = {ours}; PRAGMA user_version = 77;");
        database.execute_batch(&header).unwrap();
        database.execute_batch("CREATE TABLE users (id)").unwrap();
        let other = tempfile::tempdir().unwrap();
        let copy = other.path().join("later");
        database.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        fs::read(copy).unwrap()
    };
    let foreign = {
        let other = tempfile::tempdir().unwrap();
        let file = other.path().join("bookmarks");
        let database = rusqlite::Connection::open(&file).unwrap();
        database.execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
        drop(database);
        fs::read(file).unwrap()
    };
    for (content, word) in [
        (noise, "no SQLite database"),
        (later, "later mistatus-server"),
        (foreign, "database of another program"),
    ] {
        fs::write(&path, &content).unwrap();
        let refused =
            output(command().args(["--listen", "127.0.0.1:0", "--data"]).arg(directory.path()));
        let message = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{message}");
        assert!(message.contains(path.to_str().unwrap()) && message.contains(word), "{message}");
        assert!(refused.stdout.is_empty(), "it never listens");
        assert!(fs::read(&path).unwrap() == content, "nothing is overwritten");
    }
}

#[tokio::test]
async fn who_chose_and_when_survives_a_restart() {
    let mut server = TestServer::open().await;
    let mut alice = server.signin("alice@x").await;
    let set = json!({"type": "set-status", "status": 10, "source": "api"});
    assert_eq!(alice.ask(set).await["hr"], 0);
    let before = alice.snapshot().await["me"].clone();
    let mut other = server.connect().await;
    other.send(json!({"type": "signin", "name": "alice@x"})).await;
    let secret = other.expect("signed-in").await["resume"].clone();
    server.restart().await;
    // What it was before the restart, the client says; the server has forgotten the connection, not the choice.
    let resume = json!({"token": secret, "seq": 0});
    let mut alice = server.connect().await;
    let after = alice.signin(json!({"name": "alice@x", "resume": resume})).await["me"].clone();
    assert_eq!((&after["chosenBy"], &after["source"]), (&json!("api"), &json!("api")));
    let since = |me: &Value| me["since"].as_u64().unwrap();
    assert!(since(&after) <= since(&before), "{after} is later than {before}");
}
