//! `mistatus-server token`: what it signs is taken by a server, and what a server refuses it explains.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::{
    auth::{SECRET, in_seconds, signed},
    client::Client,
    process::{Running, command, output},
    provider::{Answer, Provider, Signer, set},
};

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/keys");

fn token() -> Command {
    let mut token = command();
    token.arg("token");
    token
}

fn printed(command: &mut Command) -> String {
    let output = output(command);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn refused(command: &mut Command, code: i32) -> String {
    message(&output(command), code)
}

fn message(output: &Output, code: i32) -> String {
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{message}");
    assert!(output.stdout.is_empty());
    message
}

fn with_stdin(command: &mut Command, text: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Who has something to say against the command line has ended before it reads.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    child.wait_with_output().unwrap()
}

fn secret(directory: &Path) -> String {
    let secret = directory.join("secret");
    fs::write(&secret, format!("{SECRET}\n")).unwrap();
    format!("--jwt-key={}", secret.display())
}

#[tokio::test]
async fn a_token_that_is_signed_here_signs_somebody_in() {
    for key in ["ed25519", "ec", "ec384", "rsa"] {
        let directory = tempfile::tempdir().unwrap();
        let running = Running::start(
            command()
                .args(["--listen=127.0.0.1:0", "--jwt-audience=mistatus", "--data"])
                .arg(directory.path())
                .arg(format!("--jwt-key={KEYS}/{key}.pub.pem")),
        );
        let signed = printed(
            token()
                .args(["--sub=alice@x", "--name=Alice Rivera", "--for=10m", "--audience=mistatus"])
                .arg(format!("--jwt-key={KEYS}/{key}.pem")),
        );
        let mut alice = Client::connect(running.address).await;
        alice.send(json!({"type": "signin", "token": signed})).await;
        let welcome = alice.expect("signed-in").await;
        assert_eq!(
            (&welcome["name"], &welcome["friendlyName"]),
            (&json!("alice@x"), &json!("Alice Rivera")),
            "{key}"
        );
    }
}

#[test]
fn the_servers_own_settings_are_enough_where_it_has_a_secret() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    fs::write(&path, SECRET).unwrap();
    let config = directory.path().join("server.toml");
    fs::write(&config, format!("jwt-key = '{}'\njwt-audience = 'here'\n", path.display())).unwrap();
    let signed = printed(token().arg("--sub=alice@x").arg("--config").arg(&config));
    let mut verify = token();
    verify.arg("--verify").arg("--config").arg(&config);
    for given in [signed.clone(), format!("Bearer {signed}\n")] {
        let output = with_stdin(&mut verify, &given);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("alice@x"), "{output:?}");
    }
    assert!(
        printed(token().arg("--config").arg(&config).args(["--verify", &signed])).contains("good")
    );
}

#[test]
fn a_token_has_the_claims_that_the_settings_ask_for() {
    let directory = tempfile::tempdir().unwrap();
    let key = secret(directory.path());
    let claims = ["--jwt-issuer=https://login.example", "--jwt-name-claim=email"];
    let signed = printed(token().arg("--sub=alice@x").arg(&key).args(claims));
    let said = printed(token().arg(&key).args(claims).args(["--verify", &signed]));
    assert!(said.contains("good") && said.contains("alice@x"), "{said}");
    let message = refused(token().arg(&key).args(["--verify", &signed]), 1);
    assert!(message.contains("`sub` is missing"), "{message}");
    let message =
        refused(token().args([&key, "--jwt-issuer=https://other.example", "--verify", &signed]), 1);
    assert!(message.contains("`iss`") && message.contains("--jwt-issuer"), "{message}");
}

#[test]
fn why_a_token_is_refused_is_said_with_what_helps() {
    let directory = tempfile::tempdir().unwrap();
    let key = secret(directory.path());
    let revoked = directory.path().join("revoked");
    fs::write(&revoked, "jti stolen\n").unwrap();
    let refused = |given: &str, words: &[&str]| {
        let mut verify = token();
        verify.args([&key, "--jwt-audience=here", "--verify", "--revoked"]).arg(&revoked);
        let message = message(&with_stdin(&mut verify, given), 1);
        for word in words {
            assert!(message.contains(word), "{word:?} is missing in {message}");
        }
    };
    let fits = json!({"sub": "alice@x", "exp": in_seconds(600), "aud": "here"});
    let with = |claim: &str, value: Value| {
        let mut claims = fits.clone();
        claims[claim] = value;
        signed(&claims)
    };
    refused(&with("exp", in_seconds(-5).into()), &["expired", "clocks", "\"alice@x\""]);
    refused(&with("aud", "there".into()), &["audience", "--jwt-audience", "\"there\""]);
    refused(&with("jti", "stolen".into()), &["revoked", "--revoked"]);
    refused(&with("sub", 7.into()), &["`sub`", "sign-in name"]);
    refused("nonsense", &["not a JSON Web Token", "cannot be read"]);
    refused("", &["not a JSON Web Token"]);
    refused(&"x".repeat(70_000), &["65536"]);
    let foreign = printed(token().arg("--sub=alice@x").arg(format!("--jwt-key={KEYS}/ec.pem")));
    refused(&foreign, &["algorithm", "--jwt-key", "ES256"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_a_provider_is_checked_by_its_keys_which_are_fetched_once() {
    let [known, unknown] = ["known", "unknown"].map(|kid| Signer::new(Algorithm::ES256, kid));
    let provider = Provider::start(Answer::Set(set(&[&known]))).await;
    let verify = |signer: &Signer| {
        let mut verify = token();
        verify.arg(format!("--jwks={}", provider.url())).arg("--jwt-audience=mistatus");
        verify.args(["--verify", &signer.token("alice@x")]);
        verify
    };
    let said = printed(&mut verify(&known));
    assert!(said.contains("good") && said.contains("alice@x"), "{said}");
    assert_eq!(provider.fetches(), 1);
    let message = refused(&mut verify(&unknown), 1);
    assert!(message.contains("`kid`") && message.contains("--jwks must name"), "{message}");
    assert_eq!(provider.fetches(), 2);
    provider.answer(Answer::Nothing);
    let message = refused(&mut verify(&known), 1);
    assert!(message.contains("cannot be fetched") && message.contains("no keys yet"), "{message}");
}

#[test]
fn what_cannot_be_signed_is_said_with_what_can() {
    let directory = tempfile::tempdir().unwrap();
    let key = secret(directory.path());
    let public = format!("--jwt-key={KEYS}/ed25519.pub.pem");
    for (args, code, words) in [
        (&["--sub=alice@x"][..], 1, &["--jwt-key"][..]),
        (&["--sub=alice@x", &public], 1, &["public key", "private"]),
        (&["--sub=alice@x", &key, &public], 1, &["several keys", "one key signs"]),
        (&["--sub=alice@x", "--jwt-key=/nonexistent"], 1, &["/nonexistent"]),
        (&["--sub= alice", &key], 2, &["--sub", "space"]),
        (&["--sub=alice@x", "--for=soon", &key], 2, &["--for", "10m"]),
        (&["--sub=alice@x", "--for=10years", &key], 2, &["--for", "30days"]),
        (&["--sub=alice@x", "--for=0s", &key], 2, &["--for", "1s"]),
        (&["--sub=alice@x", "--verify", &key], 2, &["--verify"]),
        (&[&key], 2, &["--sub"]),
        (&["--verify=x"], 1, &["--auth jwt", "--jwt-key"]),
    ] {
        let message = refused(token().args(args), code);
        for word in words {
            assert!(message.contains(word), "{word:?} is missing in {message}");
        }
    }
}
