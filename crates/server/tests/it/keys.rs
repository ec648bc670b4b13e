//! Several keys, and keys that change while the server runs.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::{
    auth::{self, SECRET, in_seconds, refused, signed, signed_with, token},
    client::TestServer,
    http::metric,
    process::{Running, command},
};

const OTHER_SECRET: &str = "another secret, just as long as the right one";

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/keys").join(name)
}

fn claims() -> Value {
    json!({"sub": "alice@x", "exp": in_seconds(600)})
}

fn signed_by_other(name: &str) -> String {
    let claims = json!({"sub": name, "exp": in_seconds(600)});
    signed_with(OTHER_SECRET, Algorithm::HS256, &claims)
}

fn replace(path: &Path, content: impl AsRef<[u8]>) {
    let fresh = path.with_extension("fresh");
    fs::write(&fresh, content).unwrap();
    fs::rename(fresh, path).unwrap();
}

fn often(config: &mut mistatus_server::Config) {
    config.keys_check = Duration::from_millis(20);
}

/// Whether a token is accepted; each time for somebody else, whose rate is fresh.
pub(crate) async fn accepts(server: &TestServer, token: &str) -> bool {
    let mut client = server.connect().await;
    client.send(json!({"type": "signin", "token": token})).await;
    client.next().await.unwrap()["type"] == "signed-in"
}

#[tokio::test]
async fn each_of_several_keys_is_good_for_its_own_kind_of_token() {
    let directory = tempfile::tempdir().unwrap();
    let other = directory.path().join("other");
    fs::write(&other, OTHER_SECRET).unwrap();
    let ed25519 = fixture("ed25519.pub.pem");
    let more = [&other, &ed25519].map(|file| format!("--jwt-key={}", file.display()));
    let (server, _key) = auth::server(&[&more[0], &more[1]]).await;
    let private = EncodingKey::from_ed_pem(&fs::read(fixture("ed25519.pem")).unwrap()).unwrap();
    let header = Header::new(Algorithm::EdDSA);
    for token in [
        token("alice@x"),
        signed_by_other("alice@x"),
        encode(&header, &claims(), &private).unwrap(),
    ] {
        assert!(accepts(&server, &token).await);
    }
    let neither =
        signed_with("a third secret that is as long as it must be", Algorithm::HS256, &claims());
    assert!(refused(&server, json!({"token": neither}), "fits no key").await);
    let public = fs::read_to_string(&ed25519).unwrap();
    let forged = signed_with(&public, Algorithm::HS256, &claims());
    refused(&server, json!({"token": forged}), "fits no key").await;
    let private = EncodingKey::from_rsa_pem(&fs::read(fixture("rsa.pem")).unwrap()).unwrap();
    let of_no_key = encode(&Header::new(Algorithm::RS256), &claims(), &private).unwrap();
    assert!(refused(&server, json!({"token": of_no_key}), "algorithm").await);
}

#[tokio::test]
async fn a_key_without_a_name_is_good_whatever_the_token_calls_it() {
    let (server, _key) = auth::server(&[]).await;
    let header = Header { kid: Some("2026-11".to_owned()), ..Header::new(Algorithm::HS256) };
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    assert!(accepts(&server, &encode(&header, &claims(), &key).unwrap()).await);
}

#[tokio::test]
async fn a_key_that_changes_is_read_again_and_ends_nobody() {
    let (server, directory) = auth::tuned(&[], often).await;
    let mut alice = server.connect().await;
    alice.signin(json!({"token": token("alice@x")})).await;
    assert!(!accepts(&server, &signed_by_other("bob@x")).await);
    replace(&directory.path().join("secret"), OTHER_SECRET);
    while !accepts(&server, &signed_by_other("bob@x")).await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!accepts(&server, &token("carol@x")).await, "the old key is none any more");
    alice.set_status(10).await;
}

#[tokio::test]
async fn a_key_that_turns_wrong_is_reported_and_keeps_no_other_from_changing() {
    let directory = tempfile::tempdir().unwrap();
    let paths = ["one", "two"].map(|name| directory.path().join(name));
    fs::write(&paths[0], SECRET).unwrap();
    fs::write(&paths[1], "a third secret that is as long as it must be").unwrap();
    let config = directory.path().join("server.toml");
    fs::write(&config, format!("jwt-key = [{:?}, {:?}]\n", paths[0], paths[1])).unwrap();
    let mut settings = command();
    settings.args(["--listen=127.0.0.1:0", "--metrics-from=127.0.0.1", "--config"]).arg(&config);
    settings.arg("--data").arg(directory.path().join("data"));
    let running = Running::start(&mut settings);
    let accepts = async |token: String| {
        let mut client = crate::client::Client::connect(running.address).await;
        client.send(json!({"type": "signin", "token": token})).await;
        client.next().await.unwrap()["type"] == "signed-in"
    };
    replace(&paths[0], "-----BEGIN PUBLIC KEY-----\nMCow");
    replace(&paths[1], OTHER_SECRET);
    while !accepts(signed_by_other("alice@x")).await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    while metric(running.address, "mistatus_keys_failing").await == 0 {}
    assert!(accepts(signed(&claims())).await, "the last good key stays");
    replace(&paths[0], SECRET);
    while metric(running.address, "mistatus_keys_failing").await == 1 {}
    let log = running.kill();
    assert_eq!(log.matches("the last good one stays").count(), 1, "no flood: {log}");
    assert!(
        log.contains("a damaged PEM text") && log.contains(paths[0].to_str().unwrap()),
        "{log}"
    );
    assert!(!log.contains("secret,") && !log.contains("MCow"), "{log}");
}
