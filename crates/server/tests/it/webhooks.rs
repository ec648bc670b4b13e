//! Webhooks: changes of presence that a real receiver is sent, or would be if it answered.

mod files;
mod receiver;
mod restart;

use std::{fs, path::Path, time::Duration};

use mistatus_server::WebhookTimes;
use serde_json::json;

use self::receiver::{Answer, Receiver, SECRET};
use crate::{
    api::{make_key, read},
    client::TestServer,
    http::metric,
};

/// Writes a webhook as it stands in the file.
fn hook(name: &str, receiver: &Receiver, more: &str) -> String {
    hook_at(name, &receiver.url(), more)
}

fn hook_at(name: &str, url: &str, more: &str) -> String {
    format!("[[webhook]]\nname = '{name}'\nurl = '{url}'\nsecret = '{SECRET}'\n{more}\n")
}

/// A folder with a file of webhooks, for a server that looks at it all the time and tries again soon.
struct Setup {
    directory: tempfile::TempDir,
}

impl Setup {
    fn new(file: &str) -> Self {
        let setup = Self { directory: tempfile::tempdir().unwrap() };
        setup.write(file);
        setup
    }

    fn file(&self) -> std::path::PathBuf {
        self.directory.path().join("webhooks.toml")
    }

    /// Puts a whole file there at once.
    fn write(&self, file: &str) {
        let whole = self.directory.path().join("whole");
        fs::write(&whole, file).unwrap();
        fs::rename(whole, self.file()).unwrap();
    }

    async fn server(&self) -> TestServer {
        let file = format!("--webhooks={}", self.file().display());
        let brief = Duration::from_millis(5);
        TestServer::tuned(&[&file, "--damping=1"], |config| {
            config.webhook_times = WebhookTimes { check: brief, retry: brief };
            config.service_keys_check = brief;
        })
        .await
    }
}

/// Makes a service key, and waits until the server takes it.
async fn reading_key(server: &TestServer) -> String {
    let data: &Path = &server.directory.path().join("data");
    let key = make_key(data, "reader", &["presence:read"]);
    while metric(server.address, "mistatus_service_keys").await == 0 {}
    key
}

fn change(name: &str, status: u64) -> (String, u64) {
    (name.to_owned(), status)
}

#[tokio::test]
async fn a_change_arrives_signed_and_says_what_the_api_says() {
    let mut receiver = Receiver::start().await;
    let setup = Setup::new(&hook("board", &receiver, ""));
    let server = setup.server().await;
    let key = reading_key(&server).await;
    let mut alice = server.signin("alice@x").await;
    let arrived = receiver.next().await;
    assert_eq!(arrived.change(), change("alice@x", 2));
    alice.ask(json!({"type": "set-status", "status": 10, "note": "In a \"call\" – ☎"})).await;
    let arrived = receiver.next().await;
    assert_eq!(arrived.path, "/path-of-it?token=of-the-query");
    assert_eq!(arrived.headers["content-type"], "application/json");
    assert!(arrived.id().starts_with("msg_"), "{}", arrived.id());
    assert_eq!(arrived.headers["webhook-signature"], arrived.expected_signature(SECRET));
    assert_eq!(arrived.body["type"], "presence.changed");
    assert!(arrived.body["timestamp"].as_str().unwrap().ends_with('Z'), "{}", arrived.text);
    let said = read(server.address, &key, "/presence/alice@x").await;
    assert_eq!(said["note"], "In a \"call\" – ☎");
    assert_eq!(arrived.body["data"], said);
    let mut keys: Vec<_> = arrived.body.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["data", "timestamp", "type"]);
}

#[tokio::test]
async fn a_delivery_that_fails_holds_back_what_is_about_the_same_person_only() {
    let mut receiver = Receiver::start().await;
    receiver.answer(|arrived| Answer::Status(if arrived.name() == "alice@x" { 500 } else { 200 }));
    let setup = Setup::new(&hook("board", &receiver, ""));
    let server = setup.server().await;
    let mut alice = server.signin("alice@x").await;
    let first = receiver.next().await;
    for status in [10, 34, 50] {
        alice.set_status(status).await;
    }
    let mut bob = server.signin("bob@x").await;
    bob.set_status(10).await;
    let before = receiver.until("bob@x", 10).await;
    let of_alice = before.iter().filter(|arrived| arrived.name() == "alice@x");
    for again in of_alice {
        assert_eq!((again.id(), &again.text), (first.id(), &first.text), "it is tried as it is");
    }
    receiver.answer(|_| Answer::Status(200));
    let mut seen = vec![first.id().to_owned()];
    let mut changes = vec![first.change()];
    for arrived in receiver.until("alice@x", 50).await {
        assert_eq!(arrived.headers["webhook-signature"], arrived.expected_signature(SECRET));
        if !seen.iter().any(|id| id == arrived.id()) {
            seen.push(arrived.id().to_owned());
            changes.push(arrived.change());
        }
    }
    assert_eq!(changes, [2, 10, 34, 50].map(|status| change("alice@x", status)));
    while metric(server.address, "mistatus_webhooks_queued").await > 0 {}
    assert_eq!(metric(server.address, "mistatus_webhooks_sent_total").await, 6);
    assert!(metric(server.address, "mistatus_webhooks_failed_total").await > 0);
    assert_eq!(metric(server.address, "mistatus_webhooks_dropped_total").await, 0);
}

#[tokio::test]
async fn a_webhook_that_hangs_holds_up_no_other_one() {
    let mut hanging = Receiver::start().await;
    let mut other = Receiver::start().await;
    hanging.answer(|_| Answer::Silence);
    let setup = Setup::new(&format!("{}{}", hook("a", &hanging, ""), hook("b", &other, "")));
    let server = setup.server().await;
    let mut clients = Vec::new();
    // More people than deliveries may be on their way.
    for name in ["alice@x", "bob@x", "carol@x", "dan@x", "eve@x", "fred@x"] {
        clients.push(server.signin(name).await);
        other.until(name, 2).await;
    }
    hanging.next().await;
}

#[tokio::test]
async fn names_are_followed_as_they_stand_in_the_file_and_nobody_else() {
    let mut receiver = Receiver::start().await;
    let setup = Setup::new(&hook("board", &receiver, "names = ['ALICE@x', 'carol@x']"));
    let server = setup.server().await;
    let _bob = server.signin("bob@x").await;
    let _alice = server.signin("alice@x").await;
    assert_eq!(receiver.next().await.change(), change("ALICE@x", 2));
    let _carol = server.signin("carol@x").await;
    assert_eq!(receiver.next().await.change(), change("carol@x", 2));
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let mut receiver = Receiver::start().await;
    let elsewhere = Receiver::start().await;
    let to = format!("location: http://{}/in", elsewhere.address);
    let setup = Setup::new(&hook("board", &receiver, ""));
    let server = setup.server().await;
    for (number, status) in [301, 302, 303, 307, 308].into_iter().enumerate() {
        let to = to.clone();
        receiver.answer(move |_| Answer::With(status, to.clone()));
        let name = format!("person-{number}@x");
        let _person = server.signin(&name).await;
        let id = receiver.until(&name, 2).await.pop().unwrap().id().to_owned();
        // It comes again once it has failed.
        while receiver.next().await.id() != id {}
        receiver.answer(|_| Answer::Status(200));
        while metric(server.address, "mistatus_webhooks_queued").await > 0 {}
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_receiver_that_asks_for_rest_gets_it() {
    let mut receiver = Receiver::start().await;
    receiver.answer(|_| Answer::With(503, "retry-after: 2".to_owned()));
    let setup = Setup::new(&hook("board", &receiver, ""));
    let server = setup.server().await;
    let _alice = server.signin("alice@x").await;
    let first = receiver.next().await;
    receiver.answer(|_| Answer::Status(200));
    let second = receiver.next().await;
    assert_eq!(first.id(), second.id());
    let seconds =
        |one: &receiver::Arrived| one.headers["webhook-timestamp"].parse::<u64>().unwrap();
    assert!(seconds(&second) >= seconds(&first) + 2, "it was asked for two seconds");
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_told_nothing_until_the_file_changes() {
    let mut receiver = Receiver::start().await;
    let mut other = Receiver::start().await;
    receiver.answer(|_| Answer::Status(500));
    let file = format!("{}{}", hook("gone", &receiver, ""), hook("other", &other, ""));
    let setup = Setup::new(&file);
    let server = setup.server().await;
    let mut alice = server.signin("alice@x").await;
    alice.set_status(10).await;
    other.until("alice@x", 10).await;
    receiver.answer(|_| Answer::Status(410));
    while metric(server.address, "mistatus_webhooks_dropped_total").await < 2 {}
    while metric(server.address, "mistatus_webhooks_queued").await > 0 {}
    receiver.rest();
    receiver.answer(|_| Answer::Status(200));
    alice.set_status(34).await;
    other.until("alice@x", 34).await;
    assert_eq!(receiver.rest().len(), 0);
    setup.write(&format!("# It is back.\n{file}"));
    assert_eq!(receiver.next().await.change(), change("alice@x", 34), "that is news to it");
    alice.set_status(50).await;
    assert_eq!(receiver.next().await.change(), change("alice@x", 50));
}

#[tokio::test]
async fn whoever_hides_looks_like_somebody_who_leaves_and_blocks_are_told_to_nobody() {
    let mut receiver = Receiver::start().await;
    let setup = Setup::new(&hook("board", &receiver, ""));
    let server = setup.server().await;
    let mut bodies = Vec::new();
    for hides in [true, false] {
        let mut alice = server.signin("alice@x").await;
        receiver.until("alice@x", 2).await;
        alice.ask(json!({"type": "set-status", "status": 10, "note": "Here"})).await;
        receiver.until("alice@x", 10).await;
        let block = json!({"type": "set-blocked", "name": "bob@x", "blocked": hides});
        assert_eq!(alice.ask(block).await["hr"], 0);
        if hides {
            alice.set_status(6).await;
            // What follows while nobody can see it is told to nobody.
            alice.ask(json!({"type": "set-status", "status": 6, "note": "Hiding"})).await;
            let mut second = server.signin("alice@x").await;
            second.send(json!({"type": "signout"})).await;
            second.closed().await;
        } else {
            alice.send(json!({"type": "signout"})).await;
            alice.closed().await;
        }
        let mut gone = receiver.next().await;
        assert_eq!(gone.change(), change("alice@x", 1));
        let since = gone.body["data"]["since"].take();
        let timestamp = gone.body["timestamp"].take();
        bodies.push((
            gone.body,
            gone.headers.len(),
            gone.text.len(),
            since.is_u64(),
            timestamp.is_string(),
        ));
        if hides {
            alice.set_status(2).await;
            assert_eq!(receiver.next().await.change(), change("alice@x", 2));
            alice.send(json!({"type": "signout"})).await;
            alice.closed().await;
            receiver.until("alice@x", 1).await;
        }
    }
    assert_eq!(bodies[0], bodies[1]);
}

#[test]
fn the_example_of_the_documentation_is_signed_by_its_secret() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/OPERATING.md");
    let page = fs::read_to_string(page).unwrap();
    let value = |start: &str, end: &str| {
        let after = page.split_once(start).unwrap_or_else(|| panic!("{start} is missing")).1;
        after.split_once(end).unwrap().0.to_owned()
    };
    let text = value("\n\n{\"type\":", "\n```");
    let example = receiver::Arrived {
        path: String::new(),
        headers: ["webhook-id", "webhook-timestamp"]
            .into_iter()
            .map(|name| (name.to_owned(), value(&format!("{name}: "), "\n")))
            .collect(),
        text: format!("{{\"type\":{text}"),
        body: json!(null),
    };
    let secret = value("secret = \"", "\"");
    assert_eq!(value("webhook-signature: ", "\n"), example.expected_signature(&secret));
}
