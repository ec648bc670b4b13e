//! The HTTP API of back ends: real requests, keys made by the real binary.

mod access;
mod backup;
mod bad_input;
mod claims;
mod durability;
mod examples;
mod follow;
mod people;
mod presence;

use std::{net::SocketAddr, path::Path, time::Duration};

use serde_json::Value;

use crate::{
    client::TestServer,
    http::{Answer, metric, send},
    process::{command, output},
};

/// What keys may be for.
const ALL_SCOPES: [&str; 7] = [
    "presence:read",
    "claims:write",
    "status:write",
    "people:read",
    "people:write",
    "events:read",
    "admin",
];

/// A server that looks at its keys all the time.
async fn server(args: &[&str]) -> TestServer {
    TestServer::tuned(args, |config| config.service_keys_check = Duration::from_millis(5)).await
}

/// Makes a service key, and waits until the server takes it.
async fn key(server: &TestServer, name: &str, scopes: &[&str]) -> String {
    let before = metric(server.address, "mistatus_service_keys").await;
    let key = make_key(&server.directory.path().join("data"), name, scopes);
    while metric(server.address, "mistatus_service_keys").await != before + 1 {}
    key
}

pub(crate) fn make_key(data: &Path, name: &str, scopes: &[&str]) -> String {
    let mut command = command();
    command.args(["key", "create", "--name", name, "--data"]).arg(data);
    for scope in scopes {
        command.args(["--scope", scope]);
    }
    let output = output(&mut command);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Asks below `/api/v1` with a key, and with a body where there is one.
async fn ask(address: SocketAddr, key: &str, method: &str, path: &str, body: &str) -> Answer {
    let key = format!("Bearer {key}");
    let mut headers = vec![("authorization", key.as_str())];
    if !body.is_empty() {
        headers.push(("content-type", "application/json"));
    }
    send(address, method, &format!("/api/v1{path}"), &headers, body).await
}

/// Asks and expects to be answered with JSON.
pub(crate) async fn read(address: SocketAddr, key: &str, path: &str) -> Value {
    let answer = ask(address, key, "GET", path, "").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/json");
    serde_json::from_str(&answer.body).expect("answers are JSON")
}

/// Checks that an answer is a problem with that status, of that kind and about that field.
fn problem(answer: &Answer, status: u16, kind: &str, field: Option<&str>) -> Value {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.headers["cache-control"], "no-store");
    let problem: Value = serde_json::from_str(&answer.body).expect("problems are JSON");
    let address = problem["type"].as_str().unwrap();
    assert!(address.ends_with(&format!("/docs/API.md#{kind}")), "{kind}: {problem}");
    assert_eq!(problem["status"], status);
    assert_eq!(problem.get("field").and_then(Value::as_str), field, "{problem}");
    for text in ["title", "detail"] {
        assert!(problem[text].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
    }
    problem
}
