//! Tokens: whose they are, how long they hold, and every way in which they can be wrong.

use std::{fs, path::Path};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::{
    client::{Client, INVALID_PASSWORD, TestServer, hr, upgrade},
    process::{Running, command, output},
};

pub(crate) const SECRET: &str = "a secret for tests that is long enough for HS256";

/// A server that trusts `SECRET`.
pub(crate) async fn server(more: &[&str]) -> (TestServer, tempfile::TempDir) {
    tuned(more, |_| {}).await
}

pub(crate) async fn tuned(
    more: &[&str],
    tune: impl FnOnce(&mut mistatus_server::Config),
) -> (TestServer, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let key = directory.path().join("secret");
    // As editors and `openssl rand` leave it.
    fs::write(&key, format!("{SECRET}\n")).unwrap();
    let key = format!("--jwt-key={}", key.display());
    // Tests read how often what happened.
    let args = ["--auth=jwt", "--metrics-from=127.0.0.1", &key];
    let args: Vec<_> = args.into_iter().chain(more.iter().copied()).collect();
    (TestServer::tuned(&args, tune).await, directory)
}

pub(crate) fn in_seconds(seconds: i64) -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap() + seconds
}

pub(crate) fn signed_with(secret: &str, algorithm: Algorithm, claims: &Value) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    encode(&Header::new(algorithm), claims, &key).unwrap()
}

pub(crate) fn signed(claims: &Value) -> String {
    signed_with(SECRET, Algorithm::HS256, claims)
}

pub(crate) fn token(name: &str) -> String {
    signed(&json!({"sub": name, "exp": in_seconds(600)}))
}

/// Every refusal looks the same but for the words to developers. Returns whether it may pass by itself.
pub(crate) async fn refused(server: &TestServer, greeting: Value, word: &str) -> bool {
    let mut client = server.connect().await;
    let mut greeting = greeting;
    greeting["type"] = json!("signin");
    client.send(greeting).await;
    let bye = client.expect("bye").await;
    assert_eq!(bye["hr"], hr(INVALID_PASSWORD), "{bye}");
    assert!(bye["message"].as_str().unwrap().contains(word), "{word:?} is missing in {bye}");
    assert_eq!(client.closed().await, Some(4401));
    bye["retryAfter"].is_u64()
}

#[tokio::test]
async fn the_token_says_who_somebody_is() {
    let (server, _key) = server(&[]).await;
    let mut client = server.connect().await;
    let claims = json!({"sub": "alice@x", "exp": in_seconds(600), "name": "Alice Rivera"});
    let token = signed(&claims);
    let greeting =
        json!({"type": "signin", "token": token, "name": "boss@x", "friendlyName": "The Boss"});
    client.send(greeting).await;
    let welcome = client.expect("signed-in").await;
    assert_eq!(
        (&welcome["name"], &welcome["friendlyName"]),
        (&json!("alice@x"), &json!("Alice Rivera"))
    );
}

#[tokio::test]
async fn a_name_is_the_same_however_an_identity_provider_writes_it() {
    let (server, _key) = server(&[]).await;
    for written in ["j\u{fc}rgen@x", "ju\u{308}rgen@x", " j\u{fc}rgen@x\u{a0}"] {
        let mut client = server.connect().await;
        client.send(json!({"type": "signin", "token": token(written)})).await;
        let welcome = client.expect("signed-in").await;
        assert_eq!(welcome["name"], "j\u{fc}rgen@x", "{written:?}");
    }
}

#[tokio::test]
async fn tokens_that_are_wrong_are_refused_and_it_is_said_where_that_may_pass() {
    let (server, _key) = server(&["--jwt-audience=mistatus"]).await;
    let fits = json!({"sub": "alice@x", "exp": in_seconds(600), "aud": "mistatus"});
    let with = |key: &str, value: Value| {
        let mut claims = fits.clone();
        claims[key] = value;
        json!({"token": signed(&claims)})
    };
    let without = |key: &str| {
        let mut claims = fits.clone();
        claims.as_object_mut().unwrap().remove(key);
        json!({"token": signed(&claims)})
    };
    assert!(!refused(&server, json!({}), "`token` is missing").await);
    assert!(!refused(&server, json!({"name": "alice@x"}), "`token` is missing").await);
    assert!(refused(&server, json!({"token": "nonsense"}), "not a JSON Web Token").await);
    assert!(refused(&server, with("exp", json!(in_seconds(-2))), "expired").await);
    assert!(refused(&server, with("nbf", json!(in_seconds(600))), "not valid yet").await);
    assert!(refused(&server, with("aud", json!("others")), "another audience").await);
    assert!(refused(&server, without("aud"), "`aud` is missing").await);
    assert!(refused(&server, without("exp"), "`exp` is missing").await);
    assert!(refused(&server, without("sub"), "`sub` is missing").await);
    assert!(refused(&server, with("sub", json!(null)), "`sub` is missing").await);
    assert!(refused(&server, with("exp", json!("tomorrow")), "`exp` must be a number").await);
    assert!(!refused(&server, with("sub", json!(7)), "`sub` must be a sign-in name").await);
    assert!(refused(&server, with("name", json!(["Alice"])), "`name` must be a text").await);
    for claim in ["exp", "nbf", "iat"] {
        let milliseconds = with(claim, json!(in_seconds(600) * 1000));
        assert!(
            refused(&server, milliseconds, &format!("`{claim}` is more than ten years ahead"))
                .await
        );
    }
    assert!(!refused(&server, with("sub", json!(" \u{a0}")), "sub").await);
    assert!(!refused(&server, with("sub", json!("a".repeat(130))), "sub").await);
    let other =
        signed_with("another secret, just as long as the right one", Algorithm::HS256, &fits);
    assert!(refused(&server, json!({"token": other}), "signature").await);
    let other = signed_with(SECRET, Algorithm::HS512, &fits);
    assert!(refused(&server, json!({"token": other}), "algorithm").await);
    let mut client = server.connect().await;
    client.signin(json!({"token": signed(&fits)})).await;
}

#[test]
fn a_public_file_of_another_kind_is_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("key");
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/keys");
    let jwks = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let marked =
        [b"\xEF\xBB\xBF", fs::read(keys.join("ec521.pub.pem")).unwrap().as_slice()].concat();
    for (content, kind) in [
        (jwks.into(), "JWKS"),
        (fs::read(keys.join("ed25519.ssh.pub")).unwrap(), "SSH"),
        (fs::read(keys.join("rsa1024.pub.pem")).unwrap(), "1024 bits"),
        (marked, "P-521"),
    ] {
        fs::write(&file, content).unwrap();
        let mut server = command();
        server.args(["--listen=127.0.0.1:0", "--auth=jwt", "--data"]).arg(directory.path());
        let output = output(server.arg("--jwt-key").arg(&file));
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{kind}: {text}");
        for word in [kind, "HS256", "PEM", file.to_str().unwrap()] {
            assert!(text.contains(word) || kind == "1024 bits", "{word:?} is missing in {text}");
        }
    }
}

#[tokio::test]
async fn a_public_key_with_a_byte_order_mark_and_windows_line_ends_works() {
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/keys");
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("key.pem");
    let pem = fs::read_to_string(keys.join("ed25519.pub.pem")).unwrap();
    fs::write(&file, format!("\u{feff}{}", pem.replace('\n', "\r\n"))).unwrap();
    let argument = format!("--jwt-key={}", file.display());
    let server = TestServer::with(&["--auth=jwt", &argument]).await;
    let private = EncodingKey::from_ed_pem(&fs::read(keys.join("ed25519.pem")).unwrap()).unwrap();
    let claims = json!({"sub": "alice@x", "exp": in_seconds(600)});
    let token = encode(&Header::new(Algorithm::EdDSA), &claims, &private).unwrap();
    server.connect().await.signin(json!({"token": token})).await;
    let forged = signed_with(&fs::read_to_string(&file).unwrap(), Algorithm::HS256, &claims);
    refused(&server, json!({"token": forged}), "algorithm").await;
}

#[tokio::test]
async fn a_cause_of_refusals_is_logged_once_with_its_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let (running, _) = Running::start_with_secret(directory.path(), SECRET);
    let claims = json!({"sub": "alice@x", "exp": in_seconds(600)});
    let forged =
        signed_with("another secret, just as long as the right one", Algorithm::HS256, &claims);
    for _ in 0..3 {
        let mut client = Client::connect(running.address).await;
        client.send(json!({"type": "signin", "token": forged})).await;
        client.closed().await;
    }
    for _ in 0..3 {
        let mut request = upgrade(running.address);
        request.headers_mut().insert("origin", "https://intranet.example".parse().unwrap());
        assert_eq!(Client::open(request).await.err(), Some(403));
    }
    let log = running.kill();
    for (row, words) in [
        ("a sign-in was refused", ["--jwt-key", "signature", "WARN"]),
        ("a page was refused", ["--allowed-origin", "https://intranet.example", "WARN"]),
    ] {
        let rows: Vec<_> = log.lines().filter(|line| line.contains(row)).collect();
        assert_eq!(rows.len(), 1, "{log}");
        for word in words {
            assert!(rows[0].contains(word), "{word:?} is missing in {log}");
        }
    }
}

#[tokio::test]
async fn unsigned_tokens_are_refused() {
    let (server, _key) = server(&[]).await;
    // {"alg":"none","typ":"JWT"} and {"sub":"alice@x","exp":9999999999}.
    let none =
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhbGljZUB4IiwiZXhwIjo5OTk5OTk5OTk5fQ.";
    refused(&server, json!({"token": none}), "algorithm").await;
}

#[tokio::test]
async fn the_key_file_decides_the_algorithm() {
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/keys");
    let read = |name: &str| fs::read(keys.join(name)).unwrap();
    let rows = [
        ("ed25519", Algorithm::EdDSA, EncodingKey::from_ed_pem(&read("ed25519.pem")).unwrap()),
        ("ec", Algorithm::ES256, EncodingKey::from_ec_pem(&read("ec.pem")).unwrap()),
        ("ec384", Algorithm::ES384, EncodingKey::from_ec_pem(&read("ec384.pem")).unwrap()),
        ("rsa", Algorithm::RS256, EncodingKey::from_rsa_pem(&read("rsa.pem")).unwrap()),
    ];
    let claims = json!({"sub": "alice@x", "exp": in_seconds(600)});
    for (name, algorithm, private) in rows {
        let public = format!("{name}.pub.pem");
        let argument = format!("--jwt-key={}", keys.join(&public).display());
        let server = TestServer::with(&["--auth=jwt", &argument]).await;
        let token = encode(&Header::new(algorithm), &claims, &private).unwrap();
        server.connect().await.signin(json!({"token": token})).await;
        // The public key is public: whoever signs with it as if it were a secret must not get in.
        let secret = String::from_utf8(read(&public)).unwrap();
        for secret in [secret.as_str(), secret.trim_end()] {
            let forged = signed_with(secret, Algorithm::HS256, &claims);
            refused(&server, json!({"token": forged}), "algorithm").await;
        }
    }
}

#[tokio::test]
async fn a_token_is_renewed_without_a_break_and_ends_otherwise() {
    let (server, _key) = server(&[]).await;
    let mut client = server.connect().await;
    let short = |seconds| signed(&json!({"sub": "alice@x", "exp": in_seconds(seconds)}));
    client.signin(json!({"token": short(8)})).await;
    assert!(client.expect("token-expiring").await["expiresIn"].is_u64());
    let wrong = client.ask(json!({"type": "renew-token", "token": token("bob@x")})).await;
    assert_eq!(wrong["hr"], hr(INVALID_PASSWORD));
    let right = client.ask(json!({"type": "renew-token", "token": token("Alice@x")})).await;
    assert_eq!(right["hr"], 0, "{right}");
    let right = client.ask(json!({"type": "renew-token", "token": short(5)})).await;
    assert_eq!(right["hr"], 0, "{right}");
    client.expect("token-expiring").await;
    let bye = client.expect("bye").await;
    assert_eq!(bye["hr"], hr(INVALID_PASSWORD));
    assert_eq!(client.closed().await, Some(4401));
}

#[tokio::test]
async fn only_people_who_added_each_other_see_each_other() {
    let (server, _key) = server(&[]).await;
    let signin = async |name: &str| -> Client {
        let mut client = server.connect().await;
        client.signin(json!({"token": token(name)})).await;
        client
    };
    let (mut alice, mut bob) = (signin("alice@x").await, signin("bob@x").await);
    bob.ask(json!({"type": "watch", "names": ["alice@x", "nobody@x"]})).await;
    let changes = bob.expect("changes").await["changes"].clone();
    assert_eq!(
        changes,
        json!([{"name": "alice@x", "status": 0}, {"name": "nobody@x", "status": 0}])
    );
    bob.ask(json!({"type": "add-contact", "name": "alice@x"})).await;
    alice.ask(json!({"type": "add-contact", "name": "bob@x"})).await;
    bob.sees("alice@x", 2).await;
    alice.ask(json!({"type": "remove-contact", "name": "bob@x"})).await;
    bob.sees("alice@x", 0).await;
}

#[tokio::test]
async fn open_servers_take_people_at_their_word() {
    let server = TestServer::open().await;
    refused(&server, json!({}), "`name` is missing").await;
}

#[tokio::test]
async fn a_key_that_cannot_be_read_again_leaves_the_last_good_one() {
    let (server, directory) = server(&[]).await;
    let file = directory.path().join("secret");
    fs::write(&file, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKiXvlHwLiGhm/cufx5WOSlBSwLOpT2A")
        .unwrap();
    let error = server.running().reload().unwrap_err();
    assert!(error.contains("SSH") && error.contains(file.to_str().unwrap()), "{error}");
    server.connect().await.signin(json!({"token": token("alice@x")})).await;
    fs::remove_file(&file).unwrap();
    assert!(server.running().reload().unwrap_err().contains(file.to_str().unwrap()));
    server.connect().await.signin(json!({"token": token("alice@x")})).await;
}

#[tokio::test]
async fn the_claims_that_say_who_somebody_is_can_be_others() {
    let (server, _key) =
        server(&["--jwt-name-claim=email", "--jwt-friendly-name-claim=given_name"]).await;
    let fits = json!({
        "sub": "f81d4fae", "exp": in_seconds(600), "email": "alice@x", "email_verified": true,
        "name": 7, "given_name": "Alice",
    });
    let with = |key: &str, value: Value| {
        let mut claims = fits.clone();
        claims[key] = value;
        json!({"token": signed(&claims)})
    };
    let mut client = server.connect().await;
    client.send(json!({"type": "signin", "token": signed(&fits)})).await;
    let welcome = client.expect("signed-in").await;
    assert_eq!((&welcome["name"], &welcome["friendlyName"]), (&json!("alice@x"), &json!("Alice")));
    assert!(refused(&server, with("email", json!(null)), "`email` is missing").await);
    assert!(!refused(&server, with("email", json!(7)), "`email` must be a sign-in name").await);
    assert!(!refused(&server, with("email_verified", json!(false)), "has not been verified").await);
    assert!(!refused(&server, with("email_verified", json!("false")), "not been verified").await);
    assert!(refused(&server, with("given_name", json!(7)), "`given_name` must be a text").await);
    let mut other = fits.clone();
    other["email"] = json!("bob@x");
    let renewal = client.ask(json!({"type": "renew-token", "token": signed(&other)})).await;
    assert_eq!(renewal["hr"], hr(INVALID_PASSWORD), "another user of the same `sub`: {renewal}");
}

#[tokio::test]
async fn tokens_of_another_issuer_are_refused_for_good() {
    let (server, _key) = server(&["--jwt-issuer=https://login.example.com/"]).await;
    let issued_by = |issuer: Value| {
        let claims = json!({"sub": "alice@x", "exp": in_seconds(600), "iss": issuer});
        json!({"token": signed(&claims)})
    };
    for other in ["https://login.example.com", "https://login.example.org/", ""] {
        assert!(!refused(&server, issued_by(json!(other)), "another issuer").await, "{other}");
    }
    assert!(refused(&server, issued_by(json!(null)), "`iss` is missing").await);
    assert!(refused(&server, issued_by(json!(7)), "`iss` is missing").await);
    let fits = issued_by(json!("https://login.example.com/"));
    server.connect().await.signin(fits).await;
}

#[tokio::test]
async fn a_leeway_lets_tokens_begin_earlier_and_end_later() {
    let (strict, _key) = server(&[]).await;
    let (lenient, _other) = server(&["--jwt-leeway=120"]).await;
    let with = |exp: i64, nbf: i64| {
        let claims = json!({"sub": "alice@x", "exp": in_seconds(exp), "nbf": in_seconds(nbf)});
        json!({"token": signed(&claims)})
    };
    assert!(refused(&strict, with(-5, -600), "expired").await);
    assert!(refused(&strict, with(600, 90), "not valid yet").await);
    strict.connect().await.signin(with(600, 10)).await;
    let mut alice = lenient.connect().await;
    alice.signin(with(-5, -600)).await;
    alice.set_status(10).await;
    lenient.connect().await.signin(with(600, 90)).await;
    assert!(refused(&lenient, with(-125, -600), "expired").await);
    assert!(refused(&lenient, with(600, 300), "not valid yet").await);
}

#[tokio::test]
async fn a_header_that_asks_for_what_is_not_known_is_refused_by_what_it_asks_for() {
    let (server, _key) = server(&[]).await;
    let claims = json!({"sub": "alice@x", "exp": in_seconds(600)});
    let critical = Header { crit: Some(vec!["b64".to_owned()]), ..Header::new(Algorithm::HS256) };
    let critical = encode(&critical, &claims, &EncodingKey::from_secret(SECRET.as_bytes()));
    assert!(refused(&server, json!({"token": critical.unwrap()}), "`crit`").await);
    // {"alg":"ES512"} and {"alg":7}.
    for (header, word) in
        [("eyJhbGciOiJFUzUxMiJ9", "algorithm"), ("eyJhbGciOjd9", "not a JSON Web Token")]
    {
        assert!(refused(&server, json!({"token": format!("{header}.e30.AAAA")}), word).await);
    }
}
