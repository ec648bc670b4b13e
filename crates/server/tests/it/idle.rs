//! What users choose about idleness: over real sockets, on all their devices, and after a sudden end.

use serde_json::{Value, json};

use crate::{
    client::{Client, E_INVALIDARG, TestServer, hr},
    process::spawn,
};

const ONLINE: u16 = 2;
const BUSY: u16 = 10;
const IDLE: u16 = 18;

fn chosen() -> Value {
    json!({"transmit": false, "after": 600_000})
}

async fn choose(client: &mut Client, idle: Value) -> Value {
    client.ask(json!({"type": "set-idle", "idle": idle})).await["hr"].clone()
}

#[tokio::test]
async fn a_choice_about_idleness_outlasts_a_sudden_end_of_the_server() {
    let directory = tempfile::tempdir().unwrap();
    let running = spawn(directory.path());
    let mut client = Client::connect(running.address).await;
    let snapshot = client.signin(json!({"name": "alice@x"})).await;
    assert_eq!(snapshot["me"]["idle"], Value::Null, "nothing is chosen");
    assert_eq!(choose(&mut client, chosen()).await, 0);
    running.kill();
    let running = spawn(directory.path());
    let mut client = Client::connect(running.address).await;
    let snapshot = client.signin(json!({"name": "alice@x"})).await;
    assert_eq!(snapshot["me"]["idle"], chosen());
    assert_eq!(choose(&mut client, Value::Null).await, 0);
    assert_eq!(client.snapshot().await["me"]["idle"], Value::Null);
}

#[tokio::test]
async fn idleness_that_is_not_to_be_told_reaches_nobody() {
    let server = TestServer::open().await;
    let mut alice = server.signin("alice@x").await;
    let mut phone = server.signin("alice@x").await;
    let mut bob = server.signin("bob@x").await;
    bob.ask(json!({"type": "watch", "names": ["alice@x"]})).await;
    for client in [&mut alice, &mut phone] {
        client.send(json!({"type": "report-idle", "idleFor": 300_000})).await;
    }
    bob.sees("alice@x", IDLE).await;
    assert_eq!(choose(&mut phone, chosen()).await, 0);
    let told = alice.find(|frame| frame["me"]["idle"] == chosen()).await;
    assert_eq!((&told["type"], &told["me"]["status"]), (&json!("my-status"), &json!(ONLINE)));
    bob.sees("alice@x", ONLINE).await;
    // An old client says so nevertheless, and another signs in like that.
    alice.send(json!({"type": "report-idle", "idleFor": 300_000})).await;
    let mut tablet = server.connect().await;
    tablet.signin(json!({"name": "alice@x", "idleFor": 300_000})).await;
    tablet.set_status(BUSY).await;
    let frame = bob.expect("changes").await;
    assert_eq!(frame["changes"][0]["status"], BUSY, "the next that Bob hears is this");
}

#[tokio::test]
async fn a_threshold_that_is_none_is_refused_with_what_is_allowed() {
    let server = TestServer::open().await;
    let mut alice = server.signin("alice@x").await;
    for after in [0, 999, 86_400_001] {
        let idle = json!({"transmit": true, "after": after});
        let outcome = alice.ask(json!({"type": "set-idle", "idle": idle})).await;
        assert_eq!(outcome["hr"], hr(E_INVALIDARG));
        let message = outcome["message"].as_str().unwrap();
        assert!(message.contains("1000 to 86400000 ms are allowed"), "{message}");
    }
    assert_eq!(alice.snapshot().await["me"]["idle"], Value::Null);
}
