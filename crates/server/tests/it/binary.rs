//! The real binary: its line on stdout, its settings, its ends.

use std::process::Output;

use serde_json::json;

use crate::{
    client::Client,
    process::{Running, command, output, spawn},
};

#[test]
fn open_authentication_refuses_other_addresses() {
    let output = output(command().args(["--auth", "open", "--listen", "0.0.0.0:0"]));
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("--auth jwt") && message.contains("127.0.0.1"), "{message}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_file_with_an_unknown_key_is_refused_with_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("server.toml");
    std::fs::write(&file, "listen = '127.0.0.1:0'\nalowed-origin = ['https://a.example']\n")
        .unwrap();
    let output = output(command().arg("--config").arg(&file));
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr);
    for word in ["server.toml", "alowed-origin", "allowed-origin", "jwt-key"] {
        assert!(message.contains(word), "{word:?} is missing in {message}");
    }
}

#[test]
fn the_environment_goes_before_the_file_and_a_flag_before_both() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("server.toml");
    std::fs::write(&file, "listen = '192.0.2.1:1'\n").unwrap();
    let mut settings = command();
    settings.arg("--config").arg(&file).arg("--auth=open");
    let shown = |output: Output| String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(shown(output(&mut settings)).contains("192.0.2.1"));
    settings.env("MISTATUS_LISTEN", "192.0.2.2:1");
    assert!(shown(output(&mut settings)).contains("192.0.2.2"));
    settings.args(["--listen", "192.0.2.3:1"]);
    assert!(shown(output(&mut settings)).contains("192.0.2.3"));
}

#[tokio::test]
async fn a_data_directory_has_one_server_and_a_port_too() {
    let directory = tempfile::tempdir().unwrap();
    let running = spawn(directory.path());
    let second =
        output(command().args(["--listen", "127.0.0.1:0", "--data"]).arg(directory.path()));
    assert!(String::from_utf8_lossy(&second.stderr).contains("another mistatus-server"));
    let other = tempfile::tempdir().unwrap();
    let address = running.address.to_string();
    let third = output(command().args(["--listen", &address, "--data"]).arg(other.path()));
    assert!(String::from_utf8_lossy(&third.stderr).contains(&address));
    assert!(!third.status.success());
}

#[tokio::test]
async fn logs_hold_neither_names_nor_secrets() {
    let directory = tempfile::tempdir().unwrap();
    let secret = "a secret for tests that is long enough for HS256";
    let key = directory.path().join("secret");
    std::fs::write(&key, secret).unwrap();
    let revoked = directory.path().join("revoked");
    std::fs::write(&revoked, "sub mallory@x\njti stolen-token-id\n").unwrap();
    let running = Running::start(
        command()
            .args(["--listen", "127.0.0.1:0", "--auth", "jwt", "--data"])
            .arg(directory.path().join("data"))
            .arg("--jwt-key")
            .arg(&key)
            .arg("--revoked")
            .arg(&revoked)
            .env("MISTATUS_LOG", "trace"),
    );
    let mut secrets = vec![secret.to_owned()];
    let mut greeting = |name: &str| {
        let token = crate::auth::signed(&json!({
            "sub": name, "exp": crate::auth::in_seconds(600), "jti": "token-id", "name": "Alice Rivera",
        }));
        secrets.push(token.clone());
        json!({"type": "signin", "token": token})
    };
    let mut alice = Client::connect(running.address).await;
    alice.send(greeting("alice@x")).await;
    let resume = alice.expect("signed-in").await["resume"].as_str().unwrap().to_owned();
    alice.ask(json!({"type": "set-status", "status": 10, "note": "private note"})).await;
    alice.ask(json!({"type": "add-contact", "name": "bob@x"})).await;
    // Goes on with the connection, which is closed.
    let mut again = Client::connect(running.address).await;
    let mut with_resume = greeting("alice@x");
    with_resume["resume"] = json!({"token": resume, "seq": 0});
    again.send(with_resume).await;
    let welcome = again.expect("signed-in").await;
    assert_eq!(welcome["resumed"], true);
    let mut mallory = Client::connect(running.address).await;
    mallory.send(greeting("mallory@x")).await;
    mallory.expect("bye").await;
    // A token in the address, where it does not belong.
    crate::http::get(running.address, "/stream?token=t0ken-in-the-address", &[]).await;
    std::fs::write(
        &revoked,
        "sub mallory@x\njti stolen-token-id\nsub \u{7f}carol@x before never\n",
    )
    .unwrap();
    secrets.extend([resume, welcome["resume"].as_str().unwrap().to_owned()]);
    let log = running.kill();
    assert!(log.contains("database read") && log.contains("a sign-in was refused"), "{log}");
    let words = ["alice", "Alice", "private note", "bob", "mallory", "carol", "token-id", "t0ken"];
    for word in words.into_iter().chain(secrets.iter().map(String::as_str)) {
        assert!(!log.contains(word), "the log holds {word:?}: {log}");
    }
}

/// The first command of docs/EMBEDDING.md, with a key and a folder of this test in the place of those that it names.
fn documented_command(directory: &std::path::Path, key: &str) -> std::process::Command {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/EMBEDDING.md");
    let text = std::fs::read_to_string(file).unwrap();
    let start = text.find("\nmistatus-server ").expect("it documents a command") + 1;
    let words = text[start..].split("```").next().unwrap().replace('\\', " ");
    let mut documented = command();
    for word in words.split_whitespace().skip(1) {
        match word {
            "/var/lib/mistatus" => documented.arg(directory.join("data")),
            "/etc/mistatus/key.pem" => documented.arg(key),
            word => documented.arg(word),
        };
    }
    documented.arg("--listen=127.0.0.1:0");
    documented
}

#[tokio::test]
async fn the_documented_command_shows_people_to_each_other_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/keys/ed25519.pub.pem");
    let mut running = Running::start(&mut documented_command(directory.path(), key));
    let sign = |name: &str| {
        let claims = json!({"sub": name, "exp": crate::auth::in_seconds(600)});
        let private = jsonwebtoken::EncodingKey::from_ed_pem(include_bytes!("keys/ed25519.pem"));
        let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
        jsonwebtoken::encode(&header, &claims, &private.unwrap()).unwrap()
    };
    let mut bob = Client::connect(running.address).await;
    bob.signin(json!({"token": sign("bob@x")})).await;
    let mut request = crate::client::upgrade(running.address);
    let origin = "https://intranet.example.com".parse().unwrap();
    request.headers_mut().insert("origin", origin);
    let mut alice = Client::open(request).await.expect("its origin is allowed");
    alice.signin(json!({"token": sign("alice@x")})).await;
    // As `<mi-status contact="bob@x">` does.
    alice.ask(json!({"type": "watch", "names": ["bob@x"]})).await;
    alice.sees("bob@x", 2).await;
    assert!(running.next_line().starts_with("--visibility everyone: "));
}

#[test]
fn who_says_nothing_of_visibility_is_told_what_holds() {
    let directory = tempfile::tempdir().unwrap();
    let (mut running, _key) = Running::start_with_secret(directory.path(), crate::auth::SECRET);
    let line = running.next_line();
    for words in ["--visibility contacts: ", "accepted", "unknown", "--visibility everyone"] {
        assert!(line.contains(words), "{words:?} is missing in {line}");
    }
}

#[test]
fn a_log_level_that_is_none_is_an_error_that_names_it() {
    let directory = tempfile::tempdir().unwrap();
    for wrong in ["nonsense", "info,hyper=loud", "debug,warn,mistatus"] {
        let mut server = command();
        // An address that is none ends it in any case.
        server.args(["--listen=nowhere", "--data"]).arg(directory.path());
        let output = output(server.env("MISTATUS_LOG", wrong));
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2));
        let word = wrong.rsplit(',').next().unwrap();
        for word in ["MISTATUS_LOG", word, "debug", "TARGET=LEVEL"] {
            assert!(message.contains(word), "{word:?} is missing in {message}");
        }
    }
}

#[tokio::test]
async fn a_log_that_is_no_terminal_has_no_colours() {
    let directory = tempfile::tempdir().unwrap();
    for level in ["", "debug", "warn,mistatus_server=debug"] {
        let running = Running::start(
            command()
                .args(["--listen", "127.0.0.1:0", "--data"])
                .arg(directory.path())
                .env("MISTATUS_LOG", level),
        );
        Client::connect(running.address).await.signin(json!({"name": "alice@x"})).await;
        let log = running.kill();
        assert!(log.contains("database read"), "{level}: {log}");
        assert!(!log.contains('\u{1b}'), "{level}: {log:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn sighup_reads_the_key_again_and_ends_nobody() {
    use crate::auth::{in_seconds, signed, signed_with};
    let directory = tempfile::tempdir().unwrap();
    let (mut running, key) = Running::start_with_secret(directory.path(), crate::auth::SECRET);
    let claims = json!({"sub": "alice@x", "exp": in_seconds(600)});
    let mut alice = Client::connect(running.address).await;
    alice.signin(json!({"token": signed(&claims)})).await;
    let secret = "another secret, just as long as the right one";
    let fresh = signed_with(secret, jsonwebtoken::Algorithm::HS256, &claims);
    let accepted = async |address, token: &str| {
        let mut client = Client::connect(address).await;
        client.send(json!({"type": "signin", "token": token})).await;
        client.next().await.unwrap()["type"] == "signed-in"
    };
    assert!(!accepted(running.address, &fresh).await);
    std::fs::write(&key, secret).unwrap();
    running.signal("HUP");
    while !accepted(running.address, &fresh).await {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(!accepted(running.address, &signed(&claims)).await, "the old key is none any more");
    alice.set_status(10).await;
    std::fs::write(&key, "{\"keys\": []}").unwrap();
    running.signal("HUP");
    assert!(accepted(running.address, &fresh).await);
    assert!(running.child.try_wait().unwrap().is_none(), "it runs");
    assert!(running.kill().contains("the keys were read again"));
}

#[cfg(unix)]
#[tokio::test]
async fn sighup_stops_a_server_that_has_no_key_to_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let mut running = spawn(directory.path());
    let mut alice = Client::connect(running.address).await;
    alice.signin(json!({"name": "alice@x"})).await;
    running.signal("HUP");
    assert!(alice.expect("bye").await["retryAfter"].is_number());
    assert_eq!(alice.closed().await, Some(1001));
    assert!(running.child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_log_that_nobody_reads_any_more_ends_no_server() {
    use std::{
        io::{BufRead, BufReader},
        process::{Command, Stdio},
    };
    let directory = tempfile::tempdir().unwrap();
    let mut server = command();
    server.args(["--listen=127.0.0.1:0", "--data"]).arg(directory.path());
    let mut child = server.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut String::new()).unwrap();
    drop(child.stderr.take());
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &pid]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_server_that_is_stopped_in_its_first_moment_stops_politely() {
    use std::{
        io::{BufRead, BufReader},
        process::{Command, Stdio},
    };
    for signal in ["TERM", "INT"] {
        for _ in 0..5 {
            let directory = tempfile::tempdir().unwrap();
            let mut server = command();
            server.args(["--listen=127.0.0.1:0", "--data"]).arg(directory.path());
            let mut child = server.stdout(Stdio::piped()).spawn().unwrap();
            BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut String::new()).unwrap();
            let pid = child.id().to_string();
            assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
            assert!(child.wait().unwrap().success(), "{signal}");
        }
    }
}
