//! What webhooks are told after the server was stopped, or killed.

use std::{collections::HashMap, path::Path};

use serde_json::json;

use super::{
    Setup, change, hook, reading_key,
    receiver::{Answer, Receiver, SECRET},
};
use crate::{
    api::read,
    client::{Client, TestServer},
    http::metric,
    process::{Running, command},
};

#[tokio::test]
async fn what_is_queued_goes_on_after_a_restart_as_it_was() {
    let mut receiver = Receiver::start().await;
    receiver.answer(|_| Answer::Status(500));
    let setup = Setup::new(&hook("board", &receiver, ""));
    let mut server = setup.server().await;
    let mut alice = server.signin("alice@x").await;
    for status in [10, 34] {
        alice.set_status(status).await;
    }
    let first = receiver.next().await;
    while metric(server.address, "mistatus_webhooks_queued").await < 3 {}
    server.stop().await;
    receiver.rest();
    receiver.answer(|_| Answer::Status(200));
    server.restart().await;
    let again = receiver.next().await;
    assert_eq!((again.id(), &again.text), (first.id(), &first.text));
    assert_eq!(receiver.next().await.change(), change("alice@x", 10));
    assert_eq!(receiver.next().await.change(), change("alice@x", 34));
    assert_eq!(receiver.next().await.change(), change("alice@x", 1), "she has not come back");
}

#[tokio::test]
async fn after_a_restart_only_what_has_changed_is_told() {
    let mut receiver = Receiver::start().await;
    let setup = Setup::new(&hook("board", &receiver, ""));
    let mut server = setup.server().await;
    let mut returns = server.signin("returns@x").await;
    returns.set_status(10).await;
    receiver.until("returns@x", 10).await;
    let _vanishes = server.signin("vanishes@x").await;
    receiver.until("vanishes@x", 2).await;
    let mut left = server.signin("left@x").await;
    left.send(json!({"type": "signout"})).await;
    receiver.until("left@x", 1).await;
    let key = reading_key(&server).await;
    let is_settling = async |server: &TestServer, name| {
        read(server.address, &key, &format!("/presence/{name}")).await["settling"] == true
    };
    server.restart().await;
    let mut returns = server.signin("returns@x").await;
    assert_eq!(receiver.next().await.change(), change("vanishes@x", 1));
    while is_settling(&server, "left@x").await {}
    returns.set_status(34).await;
    assert_eq!(receiver.next().await.change(), change("returns@x", 34));
    server.restart().await;
    let mut returns = server.signin("returns@x").await;
    for name in ["left@x", "vanishes@x", "returns@x"] {
        while is_settling(&server, name).await {}
    }
    // What is told of each next is what changes next.
    returns.set_status(2).await;
    assert_eq!(receiver.next().await.change(), change("returns@x", 2));
    let _left = server.signin("left@x").await;
    assert_eq!(receiver.next().await.change(), change("left@x", 2));
    let _vanishes = server.signin("vanishes@x").await;
    assert_eq!(receiver.next().await.change(), change("vanishes@x", 2));
}

#[tokio::test]
async fn a_webhook_that_comes_with_a_start_hears_who_returns_and_not_who_does_not() {
    let mut receiver = Receiver::start().await;
    let setup = Setup::new("# none yet\n");
    let mut server = setup.server().await;
    let key = reading_key(&server).await;
    drop((server.signin("returns@x").await, server.signin("stays-away@x").await));
    server.stop().await;
    setup.write(&hook("late", &receiver, ""));
    server.restart().await;
    let _returns = server.signin("returns@x").await;
    assert_eq!(receiver.next().await.change(), change("returns@x", 2));
    let path = "/presence/stays-away@x";
    while read(server.address, &key, path).await["settling"] == true {}
    let _comes = server.signin("stays-away@x").await;
    assert_eq!(receiver.next().await.change(), change("stays-away@x", 2));
}

/// Starts the binary with a file of webhooks.
fn start(data: &Path, file: &Path) -> Running {
    let mut command = command();
    command.args(["--listen=127.0.0.1:0", "--damping=1", "--data"]).arg(data);
    Running::start(command.arg("--webhooks").arg(file))
}

#[tokio::test]
async fn a_sudden_end_loses_nothing_and_gives_no_id_to_another_body() {
    let mut receiver = Receiver::start().await;
    let setup = Setup::new(&hook("board", &receiver, ""));
    let data = setup.directory.path().join("data");
    let mut bodies = HashMap::<String, String>::new();
    let mut last = Vec::new();
    for (round, status) in [10, 34, 50, 2].into_iter().enumerate() {
        // What arrives stays without an answer until the next round.
        receiver.answer(|_| Answer::Silence);
        let running = start(&data, &setup.file());
        let mut alice = Client::connect(running.address).await;
        alice.signin(json!({"name": "alice@x"})).await;
        let hung = if round == 0 { Some(receiver.next().await) } else { None };
        alice.ask(json!({"type": "set-status", "status": status, "note": round.to_string()})).await;
        let mut bob = Client::connect(running.address).await;
        bob.signin(json!({"name": "bob@x"})).await;
        bob.ask(json!({"type": "set-status", "status": 10, "note": round.to_string()})).await;
        while metric(running.address, "mistatus_webhooks_queued").await == 0 {}
        running.kill();
        last.extend(hung);
        last.extend(receiver.rest());
        receiver.answer(|_| Answer::Status(200));
        let running = start(&data, &setup.file());
        let mut alice = Client::connect(running.address).await;
        alice.signin(json!({"name": "alice@x"})).await;
        let note = round.to_string();
        loop {
            let arrived = receiver.next().await;
            let is_last = arrived.name() == "alice@x" && arrived.body["data"]["note"] == note;
            assert_eq!(arrived.headers["webhook-signature"], arrived.expected_signature(SECRET));
            last.push(arrived);
            if is_last {
                break;
            }
        }
        running.kill();
        last.extend(receiver.rest());
        for arrived in last.drain(..) {
            let known = bodies.insert(arrived.id().to_owned(), arrived.text.clone());
            assert!(known.is_none_or(|known| known == arrived.text), "{} has two", arrived.id());
        }
    }
    assert!(bodies.len() >= 8, "{bodies:?}");
}

#[tokio::test]
async fn a_server_that_waits_for_a_webhook_stops_without_it() {
    let mut receiver = Receiver::start().await;
    receiver.answer(|_| Answer::Silence);
    let setup = Setup::new(&hook("board", &receiver, ""));
    let mut running = start(&setup.directory.path().join("data"), &setup.file());
    let mut alice = Client::connect(running.address).await;
    alice.signin(json!({"name": "alice@x"})).await;
    receiver.next().await;
    running.signal("TERM");
    assert!(running.child.wait().unwrap().success());
}
