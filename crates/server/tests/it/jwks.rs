//! Keys of an identity provider: fetched, changed, and out of reach.

use std::{fs, time::Duration};

use jsonwebtoken::Algorithm;
use mistatus_server::JwksTimes;
use serde_json::json;

use crate::{
    auth::{self, refused, signed_with},
    client::{Client, TestServer},
    http::metric,
    keys::{accepts, fixture},
    process::{Running, command},
    provider::{Answer, Provider, Signer, answer_by_tls, http, set},
};

/// So rarely that a test ends before.
const NEVER: Duration = Duration::from_secs(86_400);
const SOON: Duration = Duration::from_millis(20);

/// Only what a token asks for.
const BY_TOKENS: JwksTimes = JwksTimes { refresh: NEVER, retry: NEVER, ask_again: Duration::ZERO };

async fn server(provider: &Provider, times: JwksTimes, more: &[&str]) -> TestServer {
    let jwks = format!("--jwks={}", provider.url());
    let args = [&jwks, "--jwt-audience=mistatus", "--metrics-from=127.0.0.1"];
    let args: Vec<_> = args.into_iter().chain(more.iter().copied()).collect();
    TestServer::tuned(&args, |config| {
        config.jwks_times = times;
        config.keys_check = SOON;
    })
    .await
}

fn signer(kid: &str) -> Signer {
    Signer::new(Algorithm::ES256, kid)
}

#[tokio::test]
async fn tokens_of_a_provider_are_checked_by_its_keys() {
    let algorithms = [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA, Algorithm::RS256];
    let signers = algorithms.map(|algorithm| Signer::new(algorithm, &format!("{algorithm:?}")));
    let provider = Provider::start(Answer::Set(set(&signers.each_ref()))).await;
    let times = JwksTimes { ask_again: NEVER, ..BY_TOKENS };
    let server = server(&provider, times, &[]).await;
    for signer in &signers {
        assert!(accepts(&server, &signer.token("alice@x")).await, "{}", signer.kid);
        let stranger = Signer::new(Algorithm::ES256, "stranger");
        let forged = json!({"token": stranger.token_of(&signer.kid, "alice@x")});
        refused(&server, forged, if signer.kid == "ES256" { "fits no key" } else { "algorithm" })
            .await;
    }
    assert_eq!(provider.fetches(), 1, "each of these keys is known");
}

#[tokio::test]
async fn a_public_key_of_a_set_is_never_a_secret() {
    let signer = Signer::new(Algorithm::EdDSA, "1");
    let answer = set(&[&signer]);
    let provider = Provider::start(Answer::Set(answer.clone())).await;
    let server = server(&provider, BY_TOKENS, &[]).await;
    assert!(accepts(&server, &signer.token("alice@x")).await);
    let claims = json!({"sub": "alice@x", "exp": auth::in_seconds(600), "aud": "mistatus"});
    let text = answer["keys"][0]["x"].as_str().unwrap();
    let forged = signed_with(text, Algorithm::HS256, &claims);
    assert!(refused(&server, json!({"token": forged}), "algorithm").await);
    assert_eq!(provider.fetches(), 1, "no set has keys of this kind");
}

#[tokio::test]
async fn a_new_key_is_fetched_for_the_first_token_that_names_it() {
    let (old, new) = (signer("old"), signer("new"));
    let provider = Provider::start(Answer::Set(set(&[&old]))).await;
    let server = server(&provider, BY_TOKENS, &[]).await;
    let mut alice = server.connect().await;
    alice.signin(json!({"token": old.token("alice@x")})).await;
    provider.answer(Answer::Set(set(&[&old, &new])));
    assert!(accepts(&server, &new.token("bob@x")).await);
    assert!(accepts(&server, &old.token("bob@x")).await, "both are good while keys change");
    assert_eq!(provider.fetches(), 2);
    // A renewal waits as a sign-in does.
    let newest = signer("newest");
    provider.answer(Answer::Set(set(&[&newest])));
    let token = newest.token("alice@x");
    assert_eq!(alice.ask(json!({"type": "renew-token", "token": token})).await["hr"], 0);
    let old = json!({"token": old.token("bob@x")});
    assert!(refused(&server, old, "does not know").await, "what was taken out is good no more");
}

#[tokio::test]
async fn a_key_that_nobody_names_any_more_goes_by_itself() {
    let (old, new) = (signer("old"), signer("new"));
    let provider = Provider::start(Answer::Set(set(&[&old]))).await;
    let times = JwksTimes { refresh: SOON, retry: SOON, ask_again: NEVER };
    let server = server(&provider, times, &[]).await;
    assert!(accepts(&server, &old.token("alice@x")).await);
    provider.answer(Answer::Set(set(&[&new])));
    while accepts(&server, &old.token("alice@x")).await {}
    assert!(accepts(&server, &new.token("alice@x")).await);
}

#[tokio::test]
async fn all_who_wait_for_a_new_key_wait_for_one_fetch() {
    let (old, new) = (signer("old"), signer("new"));
    let provider = Provider::start(Answer::Set(set(&[&old]))).await;
    let secret = tempfile::tempdir().unwrap();
    let file = secret.path().join("secret");
    fs::write(&file, auth::SECRET).unwrap();
    let key = format!("--jwt-key={}", file.display());
    let times = JwksTimes { ask_again: SOON, ..BY_TOKENS };
    let server = server(&provider, times, &[&key]).await;
    assert!(accepts(&server, &old.token("alice@x")).await);
    provider.answer(Answer::Silence);
    let ask = async |place: usize| {
        let mut client = server.connect().await;
        let token = new.token(&format!("{place}@x"));
        client.send(json!({"type": "signin", "token": token})).await;
        client
    };
    // The first ones may come too early for another fetch.
    let mut first = ask(0).await;
    while provider.fetches() < 2 {
        tokio::select! {
            _ = first.closed() => first = ask(0).await,
            () = tokio::time::sleep(Duration::from_millis(5)) => {}
        }
    }
    let mut waiting = vec![first];
    for place in 1..10 {
        waiting.push(ask(place).await);
    }
    // Nobody else waits: neither for a key that is known, nor for an answer on a connection of their own.
    assert!(accepts(&server, &old.token("alice@x")).await);
    let claims = json!({"sub": "bob@x", "exp": auth::in_seconds(600), "aud": "mistatus"});
    assert!(accepts(&server, &signed_with(auth::SECRET, Algorithm::HS256, &claims)).await);
    provider.answer(Answer::Set(set(&[&old, &new])));
    for client in &mut waiting {
        client.expect("signed-in").await;
    }
    assert_eq!(provider.fetches(), 2);
}

#[tokio::test]
async fn made_up_keys_have_the_set_fetched_once_in_a_while_only() {
    let signer = signer("known");
    let provider = Provider::start(Answer::Set(set(&[&signer]))).await;
    let server = server(&provider, JwksTimes { ask_again: NEVER, ..BY_TOKENS }, &[]).await;
    assert!(accepts(&server, &signer.token("alice@x")).await);
    for kid in 0..20 {
        let token = signer.token_of(&kid.to_string(), "alice@x");
        assert!(refused(&server, json!({"token": token}), "does not know").await);
    }
    assert_eq!(provider.fetches(), 1);
}

#[tokio::test]
async fn a_server_starts_without_its_provider_and_takes_tokens_when_it_is_there() {
    let signer = signer("1");
    let provider = Provider::start(Answer::Nothing).await;
    let times = JwksTimes { refresh: NEVER, retry: SOON, ask_again: NEVER };
    let server = server(&provider, times, &[]).await;
    assert!(refused(&server, json!({"token": signer.token("alice@x")}), "no keys yet").await);
    assert_eq!(metric(server.address, "mistatus_jwks_failing").await, 1);
    provider.answer(Answer::Set(set(&[&signer])));
    while !accepts(&server, &signer.token("alice@x")).await {}
    assert_eq!(metric(server.address, "mistatus_jwks_failing").await, 0);
}

#[tokio::test]
async fn a_provider_that_fails_leaves_the_last_good_keys() {
    let (old, new) = (signer("old"), signer("new"));
    let provider = Provider::start(Answer::Set(set(&[&old]))).await;
    let elsewhere = Provider::start(Answer::Set(set(&[&new]))).await;
    let times = JwksTimes { refresh: SOON, retry: SOON, ask_again: Duration::ZERO };
    let server = server(&provider, times, &[]).await;
    assert!(accepts(&server, &old.token("alice@x")).await);
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        elsewhere.url()
    );
    let error =
        "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let mut long = set(&[&new]);
    long["padding"] = json!(" ".repeat(600_000));
    for answer in [
        Answer::Nothing,
        Answer::Raw(redirect),
        Answer::Raw(error.to_owned()),
        Answer::Raw(http("<!doctype html><title>Please sign in</title>")),
        Answer::Raw(http(r#"{"keys": []}"#)),
        Answer::Raw("no HTTP at all\r\n\r\n".to_owned()),
        Answer::Raw(http(&set(&[&new]).to_string()).replace("\r\n\r\n{", "\r\n\r\n {")),
        Answer::Set(long),
    ] {
        provider.answer(answer);
        while metric(server.address, "mistatus_jwks_failing").await == 0 {
            assert_eq!(elsewhere.fetches(), 0, "where the keys are says the operator");
        }
        assert!(accepts(&server, &old.token("alice@x")).await);
        assert!(refused(&server, json!({"token": new.token("alice@x")}), "does not know").await);
        provider.answer(Answer::Set(set(&[&old])));
        while metric(server.address, "mistatus_jwks_failing").await == 1 {}
    }
    provider.answer(Answer::Set(set(&[&new])));
    while !accepts(&server, &new.token("alice@x")).await {}
}

#[tokio::test]
async fn a_set_in_a_file_is_followed() {
    let (old, new) = (signer("old"), signer("new"));
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("jwks.json");
    fs::write(&file, set(&[&old]).to_string()).unwrap();
    let jwks = format!("--jwks={}", file.display());
    let args = [&jwks, "--jwt-audience=mistatus", "--metrics-from=127.0.0.1"];
    let server = TestServer::tuned(&args, |config| {
        config.keys_check = SOON;
    })
    .await;
    assert!(accepts(&server, &old.token("alice@x")).await);
    assert!(refused(&server, json!({"token": new.token("alice@x")}), "does not know").await);
    fs::write(&file, r#"{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}"#).unwrap();
    while metric(server.address, "mistatus_keys_failing").await == 0 {}
    assert!(accepts(&server, &old.token("alice@x")).await);
    fs::write(&file, set(&[&new]).to_string()).unwrap();
    while !accepts(&server, &new.token("alice@x")).await {}
    assert_eq!(metric(server.address, "mistatus_keys_failing").await, 0);
}

#[tokio::test]
async fn a_provider_by_https_needs_a_certificate_that_this_machine_trusts() {
    let signer = signer("1");
    let address = answer_by_tls(&set(&[&signer]));
    for (roots, is_trusted) in [("tls.ca.pem", true), ("certificate.pem", false)] {
        let directory = tempfile::tempdir().unwrap();
        let running = Running::start(
            command()
                .args(["--listen=127.0.0.1:0", "--jwt-audience=mistatus", "--data"])
                .arg(directory.path())
                .arg(format!("--jwks=https://localhost:{}/jwks", address.port()))
                .env("SSL_CERT_FILE", fixture(roots))
                .env_remove("SSL_CERT_DIR"),
        );
        let mut client = Client::connect(running.address).await;
        client.send(json!({"type": "signin", "token": signer.token("alice@x")})).await;
        let answer = client.next().await.unwrap();
        let log = running.kill();
        assert_eq!(answer["type"] == "signed-in", is_trusted, "{answer}: {log}");
        assert_eq!(log.contains("certificate"), !is_trusted, "{log}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_provider_is_logged_once_and_without_secrets() {
    let signer = signer("the-name-of-a-key");
    let provider = Provider::start(Answer::Raw(http("<!doctype html>"))).await;
    let directory = tempfile::tempdir().unwrap();
    let running = Running::start(
        command()
            .args(["--listen=127.0.0.1:0", "--data"])
            .arg(directory.path())
            .arg(format!("--jwks={}?api-key=s3cret", provider.url()))
            .env("MISTATUS_LOG", "trace"),
    );
    for _ in 0..3 {
        let mut client = Client::connect(running.address).await;
        client.send(json!({"type": "signin", "token": signer.token("alice@x")})).await;
        let bye = client.expect("bye").await;
        assert!(bye["retryAfter"].is_u64(), "{bye}");
    }
    let log = running.kill();
    for words in ["no JSON", &provider.url(), "tokens that they sign are refused", "--jwt-audience"]
    {
        assert!(log.contains(words), "{words:?} is missing in {log}");
    }
    assert_eq!(log.matches("cannot be fetched").count(), 1, "{log}");
    assert_eq!(log.matches("a sign-in was refused").count(), 1, "{log}");
    for secret in ["s3cret", "the-name-of-a-key", "alice"] {
        assert!(!log.contains(secret), "{secret:?} is in {log}");
    }
}

#[tokio::test]
async fn a_server_that_stops_waits_for_no_provider() {
    let (known, new) = (signer("known"), signer("new"));
    let provider = Provider::start(Answer::Set(set(&[&known]))).await;
    let mut server = server(&provider, BY_TOKENS, &[]).await;
    assert!(accepts(&server, &known.token("alice@x")).await);
    provider.answer(Answer::Silence);
    let mut client = server.connect().await;
    client.send(json!({"type": "signin", "token": new.token("alice@x")})).await;
    while provider.fetches() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.stop().await;
    assert_eq!(client.closed().await, Some(1001), "and not refused, as after the time of a fetch");
}
