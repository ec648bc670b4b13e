//! People who see each other: through changes, reloads, restarts and each other's slowness.

use serde_json::{Value, json};

use crate::client::{TestServer, hr};

#[tokio::test]
async fn two_people_see_each_other() {
    let server = TestServer::open().await;
    let mut alice = server.signin("alice@example.com").await;
    let mut bob = server.signin("bob@example.com").await;
    assert_eq!(alice.ask(json!({"type": "add-contact", "name": "bob@example.com"})).await["hr"], 0);
    let added = alice.expect("contact-added").await;
    assert_eq!(added["contact"]["status"], 2);
    assert_eq!(bob.ask(json!({"type": "watch", "names": ["alice@example.com"]})).await["hr"], 0);
    bob.sees("alice@example.com", 2).await;
    alice.set_status(10).await;
    assert_eq!(alice.expect("my-status").await["me"]["status"], 10);
    bob.sees("alice@example.com", 10).await;
    bob.set_status(34).await;
    alice.sees("bob@example.com", 34).await;
    bob.send(json!({"type": "signout"})).await;
    assert_eq!(bob.expect("bye").await["hr"], 0);
    assert_eq!(bob.closed().await, Some(1000));
    alice.sees("bob@example.com", 1).await;
}

#[tokio::test]
async fn going_invisible_looks_like_signing_out() {
    let server = TestServer::open().await;
    let mut watcher = server.signin("watcher@x").await;
    let mut hidden = server.signin("hidden@x").await;
    let mut gone = server.signin("gone@x").await;
    watcher.ask(json!({"type": "watch", "names": ["hidden@x", "gone@x"]})).await;
    watcher.expect("changes").await;
    hidden.set_status(6).await;
    assert_eq!(hidden.expect("my-status").await["me"]["status"], 6);
    gone.send(json!({"type": "signout"})).await;
    let strip = |mut frame: Value| {
        let change = &mut frame["changes"][0];
        change["name"] = json!("");
        assert!(change["since"].is_u64());
        change["since"] = json!(0);
        frame["seq"] = json!(0);
        frame
    };
    let first = watcher.expect("changes").await;
    let second = watcher.expect("changes").await;
    assert_eq!(strip(first), strip(second));
    // Nothing more comes, whatever the invisible user does.
    hidden.ask(json!({"type": "set-status", "status": 6, "note": "here"})).await;
    hidden.send(json!({"type": "report-idle", "idleFor": 300_000})).await;
    hidden.snapshot().await;
    watcher.snapshot().await;
    assert!(watcher.seen.is_empty(), "{:?}", watcher.seen);
}

#[tokio::test]
async fn a_reload_is_not_a_departure() {
    let server = TestServer::tuned(&[], |config| {
        config.hub.damping = mistatus_core::time::Span::from_secs(600);
    })
    .await;
    let mut watcher = server.signin("watcher@x").await;
    let alice = server.signin("alice@x").await;
    watcher.ask(json!({"type": "watch", "names": ["alice@x"]})).await;
    watcher.expect("changes").await;
    drop(alice);
    let mut alice = server.signin("alice@x").await;
    alice.snapshot().await;
    let snapshot = watcher.snapshot().await;
    assert_eq!(snapshot["watched"][0]["status"], 2);
    assert!(watcher.seen.is_empty(), "nobody was told of the reload");
}

#[tokio::test]
async fn a_client_that_stays_away_becomes_offline() {
    let server = TestServer::tuned(&[], |config| {
        config.hub.damping = mistatus_core::time::Span::from_millis(50);
    })
    .await;
    let mut watcher = server.signin("watcher@x").await;
    let alice = server.signin("alice@x").await;
    watcher.ask(json!({"type": "watch", "names": ["alice@x"]})).await;
    drop(alice);
    watcher.sees("alice@x", 1).await;
}

#[tokio::test]
async fn a_restart_keeps_lists_and_intents() {
    let mut server = TestServer::open().await;
    let mut alice = server.signin("alice@x").await;
    for contact in ["Zoe@x", "bob@x", "carol@x"] {
        alice.ask(json!({"type": "add-contact", "name": contact})).await;
    }
    alice.ask(json!({"type": "remove-contact", "name": "BOB@x"})).await;
    let intent = json!({"type": "set-status", "status": 10, "note": "Ünïcode", "until": 9_000_000_000_000_u64});
    assert_eq!(alice.ask(intent).await["hr"], 0);
    let (_, code) = tokio::join!(server.restart(), alice.closed());
    assert_eq!(code, Some(1001));
    let bye = alice.expect("bye").await;
    assert_eq!(bye["hr"], hr(0x8100_0347), "MSGR_E_SERVER_SHUTDOWN");
    assert!(bye["retryAfter"].is_u64());
    let mut alice = server.connect().await;
    let snapshot = alice.signin(json!({"name": "alice@x"})).await;
    let me = &snapshot["me"];
    let kept = ["status", "chosen", "note", "until"].map(|field| &me[field]);
    assert_eq!(kept, [&json!(10), &json!(10), &json!("Ünïcode"), &json!(9_000_000_000_000_u64)]);
    let names: Vec<_> =
        snapshot["contacts"].as_array().unwrap().iter().map(|contact| &contact["name"]).collect();
    assert_eq!(names, ["Zoe@x", "carol@x"]);
}

#[tokio::test]
async fn several_clients_of_one_user_are_one_person() {
    let server = TestServer::open().await;
    let mut watcher = server.signin("watcher@x").await;
    let mut desk = server.signin("alice@x").await;
    let mut phone = server.signin("ALICE@x").await;
    watcher.ask(json!({"type": "watch", "names": ["alice@x"]})).await;
    watcher.expect("changes").await;
    desk.send(json!({"type": "report-idle", "idleFor": 1000})).await;
    phone.send(json!({"type": "report-idle", "idleFor": 1000})).await;
    watcher.sees("alice@x", 18).await;
    phone.set_status(10).await;
    desk.find(|frame| frame["type"] == "my-status" && frame["me"]["status"] == 10).await;
    desk.send(json!({"type": "signout"})).await;
    desk.closed().await;
    watcher.sees("alice@x", 10).await;
    watcher.snapshot().await;
    assert!(watcher.seen.is_empty(), "one of two clients is not a departure");
}

#[tokio::test]
async fn the_demo_lives() {
    let server = TestServer::with(&["--demo"]).await;
    let mut alice = server.connect().await;
    let snapshot = alice.signin(json!({"name": "alice@demo.example"})).await;
    let contacts = snapshot["contacts"].as_array().unwrap();
    assert_eq!(contacts.len(), 13);
    assert_eq!(contacts[0]["friendlyName"], "Bob Chen");
    alice.find(|frame| frame["type"] == "changes" && frame["changes"][0]["status"] != 1).await;
}
