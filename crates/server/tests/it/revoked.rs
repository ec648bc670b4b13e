//! Tokens that hold no longer before their end.

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    auth::{self, in_seconds, refused, signed},
    client::{Client, INVALID_PASSWORD, TestServer, hr},
    http::metric,
    process::{Running, command, output},
};

/// A list of revoked credentials; replaced as a whole, as operators are told to.
struct List {
    directory: tempfile::TempDir,
}

impl List {
    fn new(content: &str) -> Self {
        let list = Self { directory: tempfile::tempdir().unwrap() };
        list.replace(content);
        list
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("revoked")
    }

    fn replace(&self, content: &str) {
        let fresh = self.directory.path().join("fresh");
        fs::write(&fresh, content).unwrap();
        fs::rename(fresh, self.path()).unwrap();
    }

    async fn server(&self) -> (TestServer, tempfile::TempDir) {
        let revoked = format!("--revoked={}", self.path().display());
        let tune = |config: &mut mistatus_server::Config| {
            config.revoked_check = Duration::from_millis(20);
        };
        auth::tuned(&["--visibility=everyone", &revoked], tune).await
    }
}

fn token(name: &str, issued_at: i64, id: &str) -> Value {
    let claims = json!({"sub": name, "exp": in_seconds(600), "iat": issued_at, "jti": id});
    json!({"token": signed(&claims)})
}

async fn signin(server: &TestServer, greeting: Value) -> Client {
    let mut client = server.connect().await;
    client.signin(greeting).await;
    client
}

async fn sent_away(client: &mut Client) {
    let bye = client.expect("bye").await;
    assert_eq!(bye["hr"], hr(INVALID_PASSWORD), "{bye}");
    assert!(bye["message"].as_str().unwrap().contains("revoked"), "{bye}");
    assert_eq!(client.closed().await, Some(4401));
}

/// Tells whether a token is refused as revoked. Each time by somebody else, whose rate is fresh.
async fn is_revoked(address: SocketAddr, id: &str) -> bool {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut client = Client::connect(address).await;
    let name = format!("{}@x", NEXT.fetch_add(1, Relaxed));
    let mut greeting = token(&name, in_seconds(0), id);
    greeting["type"] = json!("signin");
    client.send(greeting).await;
    let answer = client.find(|frame| frame["type"] == "bye" || frame["type"] == "snapshot").await;
    answer["message"].as_str().is_some_and(|message| message.contains("revoked"))
}

#[tokio::test]
async fn who_is_revoked_is_gone_at_once_and_stays_out() {
    let list = List::new("# nobody yet\n");
    let (server, _key) = list.server().await;
    let old = token("alice@x", in_seconds(-100), "1");
    let mut alice = signin(&server, old.clone()).await;
    let mut phone = signin(&server, old.clone()).await;
    let mut bob = signin(&server, token("bob@x", in_seconds(-100), "2")).await;
    bob.ask(json!({"type": "watch", "names": ["alice@x"]})).await;
    bob.sees("alice@x", 2).await;
    list.replace(&format!("sub ALICE@x before {}\n", in_seconds(-50)));
    sent_away(&mut alice).await;
    sent_away(&mut phone).await;
    bob.sees("alice@x", 1).await;
    assert!(!refused(&server, old, "revoked").await);
    // Whoever got a fresh token since is welcome.
    let mut alice = signin(&server, token("alice@x", in_seconds(-10), "3")).await;
    bob.sees("alice@x", 2).await;
    list.replace("sub alice@x\n");
    sent_away(&mut alice).await;
    assert!(!refused(&server, token("alice@x", in_seconds(0), "4"), "revoked").await);
    bob.set_status(10).await;
}

#[tokio::test]
async fn one_token_can_be_revoked_and_is_no_renewal() {
    let list = List::new("jti stolen\n");
    let (server, _key) = list.server().await;
    assert!(!refused(&server, token("alice@x", in_seconds(0), "stolen"), "revoked").await);
    let mut alice = signin(&server, token("alice@x", in_seconds(0), "first")).await;
    let mut renewal = token("alice@x", in_seconds(0), "stolen");
    renewal["type"] = json!("renew-token");
    let outcome = alice.ask(renewal.clone()).await;
    assert_eq!(outcome["hr"], hr(INVALID_PASSWORD));
    assert!(outcome["message"].as_str().unwrap().contains("revoked"), "{outcome}");
    let mut renewal = token("alice@x", in_seconds(0), "second");
    renewal["type"] = json!("renew-token");
    assert_eq!(alice.ask(renewal).await["hr"], 0);
    // The token that the connection began with counts no longer; the one that it has now does.
    list.replace("jti first\n");
    while !is_revoked(server.address, "first").await {}
    alice.set_status(10).await;
    list.replace("jti second\n");
    sent_away(&mut alice).await;
}

#[tokio::test]
async fn a_list_that_makes_no_sense_changes_nothing_and_is_reported() {
    let list = List::new("jti stolen\n");
    let key = list.directory.path().join("secret");
    fs::write(&key, "a secret for tests that is long enough for HS256").unwrap();
    let mut settings = command();
    settings
        .args(["--listen=127.0.0.1:0", "--auth=jwt", "--metrics-from=127.0.0.1", "--jwt-key"])
        .arg(&key);
    settings.arg("--data").arg(list.directory.path().join("data"));
    settings.arg("--revoked").arg(list.path());
    let running = Running::start(&mut settings);
    list.replace("jti stolen\njti other\nsub alice@x bofore 7\nsub bob@x before yesterday\n");
    while metric(running.address, "mistatus_revoked_failing").await == 0 {}
    assert!(is_revoked(running.address, "stolen").await, "the last good list stays");
    assert!(!is_revoked(running.address, "other").await);
    list.replace("jti other\n");
    while metric(running.address, "mistatus_revoked_failing").await == 1 {}
    assert!(is_revoked(running.address, "other").await);
    assert!(!is_revoked(running.address, "stolen").await);
    let log = running.kill();
    assert!(log.contains("line 4: "), "{log}");
    assert_eq!(log.matches("the last good one stays").count(), 1, "no flood: {log}");
    assert!(!log.contains("bob"), "{log}");

    list.replace("sub carol@x\nnonsense\n");
    let refused = output(&mut settings);
    let message = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{message}");
    assert!(message.contains("line 2: ") && message.contains("`jti ID`"), "{message}");
}
