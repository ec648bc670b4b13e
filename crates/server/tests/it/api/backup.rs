//! Backups over HTTP: what arrives is whole, goes back, and is for keys of the scope `admin` only.

use std::{fs, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{ALL_SCOPES, ask, key, problem, server};
use crate::{
    backup::{done, fill},
    client::TestServer,
    http::metric,
    process::spawn,
};

const PATH: &str = "/admin/backup";

/// Asks for a backup, and returns the connection over which the answer comes.
async fn begin(address: SocketAddr, key: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1{PATH} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nauthorization: Bearer {key}\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket
}

/// Reads an answer to its end: its head, and its body byte by byte.
async fn finish(mut socket: TcpStream) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).await.unwrap();
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("it has a head") + 4;
    let body = bytes.split_off(end);
    (String::from_utf8(bytes).unwrap().to_ascii_lowercase(), body)
}

async fn with_note(server: &TestServer, note: &str) {
    let mut alice = server.signin("alice@x").await;
    let frame = serde_json::json!({"type": "set-status", "status": 10, "note": note});
    assert_eq!(alice.ask(frame).await["hr"], 0);
}

#[tokio::test]
async fn a_program_fetches_a_copy_that_a_server_goes_on_with() {
    let server = server(&[]).await;
    with_note(&server, "before").await;
    let key = key(&server, "keeper", &["admin"]).await;
    let (head, body) = finish(begin(server.address, &key).await).await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{head}");
    assert!(head.contains("content-type: application/vnd.sqlite3\r\n"), "{head}");
    with_note(&server, "after").await;
    let directory = tempfile::tempdir().unwrap();
    let (file, data) = (directory.path().join("copy"), directory.path().join("data"));
    fs::write(&file, body).unwrap();
    fs::create_dir(&data).unwrap();
    done("restore", &file, &data);
    let running = spawn(&data);
    let mut alice = crate::client::Client::connect(running.address).await;
    let snapshot = alice.signin(serde_json::json!({"name": "alice@x"})).await;
    assert_eq!(snapshot["me"]["note"], "before", "{snapshot}");
}

#[tokio::test]
async fn a_backup_is_for_keys_of_operators_only() {
    let server = server(&[]).await;
    let others: Vec<_> = ALL_SCOPES.into_iter().filter(|scope| *scope != "admin").collect();
    let other = key(&server, "calendar", &others).await;
    problem(&ask(server.address, &other, "POST", PATH, "").await, 403, "missing-scope", None);
    problem(&ask(server.address, "msk_wrong", "POST", PATH, "").await, 401, "unauthorized", None);
    let admin = key(&server, "keeper", &["admin"]).await;
    problem(&ask(server.address, &admin, "GET", PATH, "").await, 405, "no-such-method", None);
}

#[tokio::test]
async fn one_backup_is_made_at_a_time_and_who_goes_away_holds_up_nobody() {
    let directory = tempfile::tempdir().unwrap();
    drop(spawn(directory.path()));
    // More than the buffers of two sockets take.
    fill(directory.path());
    let running = spawn(directory.path());
    let admin = super::make_key(directory.path(), "keeper", &["admin"]);
    while metric(running.address, "mistatus_service_keys").await != 1 {}
    let mut slow = begin(running.address, &admin).await;
    let mut beginning = [0; 12];
    slow.read_exact(&mut beginning).await.unwrap();
    assert_eq!(&beginning, b"HTTP/1.1 200");
    let second = ask(running.address, &admin, "POST", PATH, "").await;
    let problem = problem(&second, 503, "unavailable", None);
    assert!(problem["detail"].as_str().unwrap().contains("another backup"), "{problem}");
    drop(slow);
    let bytes = loop {
        let (head, body) = finish(begin(running.address, &admin).await).await;
        if head.starts_with("http/1.1 200") {
            break body.len();
        }
    };
    assert!(bytes > 20_000_000, "{bytes}");
    let left: Vec<_> = fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("unfinished"))
        .collect();
    assert!(left.len() <= 1, "{left:?}");
}
