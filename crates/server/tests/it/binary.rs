//! The real binary: its line on stdout, its settings, its ends.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::json;

use crate::client::Client;

/// A running binary; killed when dropped.
struct Running {
    child: Child,
    address: SocketAddr,
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mistatus-server"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MISTATUS_")) {
        command.env_remove(name);
    }
    command
}

fn spawn(data: &Path) -> Running {
    let mut child = command()
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let mut line = String::new();
    let stdout = child.stdout.as_mut().expect("stdout is piped");
    BufReader::new(stdout).read_line(&mut line).expect("a line is printed");
    let address = line.trim().strip_prefix("listening on http://").expect("the promised line");
    let address = address.parse().expect("an address with a real port");
    Running { child, address }
}

fn output(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().expect("the binary ends by itself")
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn nothing_acknowledged_is_missing_after_a_sudden_end() {
    let directory = tempfile::tempdir().unwrap();
    let mut contacts = Vec::new();
    for round in 0..3_u16 {
        // `kill` is SIGKILL: no time for anything.
        let running = spawn(directory.path());
        let mut alice = Client::connect(running.address).await;
        let snapshot = alice.signin(json!({"name": "alice@x"})).await;
        let listed: Vec<_> = snapshot["contacts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|contact| contact["name"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(listed, contacts);
        if round > 0 {
            assert_eq!(snapshot["me"]["note"], format!("round {}", round - 1));
        }
        for place in 0..20 {
            let name = format!("contact{round}.{place}@x");
            let outcome = alice.ask(json!({"type": "add-contact", "name": name})).await;
            assert_eq!(outcome["hr"], 0);
            contacts.push(name);
        }
        let intent = json!({"type": "set-status", "status": 10, "note": format!("round {round}")});
        assert_eq!(alice.ask(intent).await["hr"], 0);
        drop(running);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_polite_end_says_goodbye() {
    let directory = tempfile::tempdir().unwrap();
    let mut running = spawn(directory.path());
    let mut alice = Client::connect(running.address).await;
    alice.signin(json!({"name": "alice@x"})).await;
    let pid = running.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    alice.expect("bye").await;
    assert_eq!(alice.closed().await, Some(1001));
    assert!(running.child.wait().unwrap().success());
}

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
async fn logs_hold_neither_names_nor_tokens() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = command()
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(directory.path())
        .env("MISTATUS_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).map(|_| text)
    });
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://").unwrap().parse().unwrap();
    let mut alice = Client::connect(address).await;
    let friendly_name = "Alice Rivera";
    alice
        .signin(json!({"name": "alice@x", "friendlyName": friendly_name, "token": "s3cr3t"}))
        .await;
    alice.ask(json!({"type": "set-status", "status": 10, "note": "private note"})).await;
    alice.ask(json!({"type": "add-contact", "name": "bob@x"})).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let log = log.join().unwrap().unwrap();
    assert!(log.contains("database read"));
    for word in ["alice", "Alice", "s3cr3t", "private note", "bob"] {
        assert!(!log.contains(word), "the log holds {word:?}: {log}");
    }
}
