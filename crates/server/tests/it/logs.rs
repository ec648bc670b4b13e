//! The log of the real binary as programs read it: `--log-format json`.

use std::{fs, path::Path, process::Command};

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::{
    auth::{in_seconds, signed_with},
    client::Client,
    process::{Running, command, output},
};

const SECRET: &str = "a secret of the tests with enough bytes";

/// Reads each line as an object with the fields that every line has.
fn lines(log: &str) -> Vec<Value> {
    let lines = log.lines().map(|line| {
        let said: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        let time = said["timestamp"].as_str().unwrap_or_else(|| panic!("no time: {line}"));
        assert!(humantime::parse_rfc3339(time).is_ok(), "{line}");
        assert!(["ERROR", "WARN", "INFO", "DEBUG"].contains(&said["level"].as_str().unwrap()));
        assert!(said["message"].is_string() && said["target"].is_string(), "{line}");
        said
    });
    lines.collect()
}

fn server(directory: &Path, args: &[&str]) -> Command {
    let key = directory.join("secret");
    fs::write(&key, SECRET).unwrap();
    let mut server = command();
    server.args(["--listen=127.0.0.1:0", "--data"]).arg(directory.join("data"));
    server.arg("--jwt-key").arg(key).args(args);
    server
}

#[cfg(unix)]
#[tokio::test]
async fn each_line_is_an_object_with_its_fields_and_without_secrets() {
    let directory = tempfile::tempdir().unwrap();
    let mut running = Running::start(
        server(directory.path(), &["--log-format=json"]).env("MISTATUS_LOG", "debug"),
    );
    let claims = json!({"sub": "mallory@x", "exp": in_seconds(600)});
    let token = signed_with("another secret with enough bytes for it", Algorithm::HS256, &claims);
    let mut mallory = Client::connect(running.address).await;
    mallory.send(json!({"type": "signin", "token": token})).await;
    mallory.expect("bye").await;
    running.signal("TERM");
    running.child.wait().unwrap();
    let log = running.kill();
    let said = lines(&log);
    let line = |message: &str| {
        said.iter().find(|line| line["message"] == message).unwrap_or_else(|| panic!("{log}"))
    };
    assert_eq!(line("database read")["users"], 0, "fields keep their kinds");
    let refused = line("a sign-in was refused");
    assert_eq!(refused["level"], "WARN");
    assert!(refused["cause"].as_str().unwrap().contains("signature"), "{refused}");
    assert!(refused["remedy"].as_str().unwrap().contains("--jwt-key"), "{refused}");
    assert_eq!(line("stopping")["level"], "INFO");
    for secret in [token.as_str(), SECRET, "mallory"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn why_the_server_does_not_start_is_an_object_too() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("server.toml");
    fs::write(&config, "log-format = 'json'\n").unwrap();
    let config = format!("--config={}", config.display());
    for (args, level, code, word) in [
        (&["--damping=0"][..], "info", 2, "--damping"),
        (&["--data=/proc/none"], "off", 1, "/proc/none"),
        (&[], "loud", 2, "TARGET=LEVEL"),
    ] {
        let mut server = server(directory.path(), &[]);
        if args == ["--data=/proc/none"] {
            server = command();
            server.arg("--listen=127.0.0.1:0");
        }
        let output = output(server.arg(&config).args(args).env("MISTATUS_LOG", level));
        assert_eq!(output.status.code(), Some(code));
        let said = lines(&String::from_utf8(output.stderr).unwrap());
        let last = said.last().unwrap();
        assert_eq!(last["level"], "ERROR");
        assert!(last["message"].as_str().unwrap().contains(word), "{last}");
    }
}

#[test]
fn what_is_no_format_is_named_with_those_that_are() {
    let output = output(command().arg("--log-format=xml"));
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    for word in ["xml", "text", "json"] {
        assert!(message.contains(word), "{word:?} is missing in {message}");
    }
}
