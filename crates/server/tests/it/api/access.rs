//! Who may ask: keys, scopes, rates, host names.

use std::time::Duration;

use mistatus_server::Rate;
use serde_json::{Value, json};

use super::{ALL_SCOPES, ask, key, make_key, problem, read, server};
use crate::{
    client::TestServer,
    http::{get, metric, send},
    process::{Running, command, output},
};

#[tokio::test]
async fn nobody_reads_without_a_key_that_holds() {
    let server = server(&[]).await;
    let made = key(&server, "reader", &["presence:read"]).await;
    let path = "/api/v1/presence/alice@x";
    let missing = get(server.address, path, &[]).await;
    problem(&missing, 401, "unauthorized", None);
    assert_eq!(missing.headers["www-authenticate"], "Bearer realm=\"mistatus\"");
    for value in [
        "Bearer msk_wrong".to_owned(),
        format!("Bearer {made}x"),
        format!("Basic {made}"),
        made.clone(),
        "Bearer".to_owned(),
        String::new(),
    ] {
        let answer = get(server.address, path, &[("authorization", &value)]).await;
        let problem = problem(&answer, 401, "unauthorized", None);
        assert!(answer.headers["www-authenticate"].contains("invalid_token"));
        assert!(problem["allowed"].as_str().unwrap().contains("key create"), "{problem}");
        assert!(!answer.body.contains("msk_"), "{}", answer.body);
    }
    assert!(metric(server.address, "mistatus_refused_total{reason=\"credentials\"}").await >= 6);
    read(server.address, &made, "/presence/alice@x").await;
    let data = server.directory.path().join("data");
    let revoked = output(command().args(["key", "revoke", "reader", "--data"]).arg(&data));
    assert!(revoked.status.success());
    while metric(server.address, "mistatus_service_keys").await != 0 {}
    problem(
        &ask(server.address, &made, "GET", "/presence/alice@x", "").await,
        401,
        "unauthorized",
        None,
    );
}

#[tokio::test]
async fn each_route_needs_the_scope_that_its_description_names() {
    let server = server(&["--directory"]).await;
    let description = get(server.address, "/api/v1/openapi.json", &[]).await;
    assert_eq!(description.status, 200);
    let description: Value = serde_json::from_str(&description.body).unwrap();
    let mut routes = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        let item = item.as_object().unwrap();
        // What is wrong with the name keeps the answer from going on for ever.
        let place = path.replace(['{', '}'], "").replace("/events", "/events?names=");
        for method in ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"] {
            if method == "GET" && path == "/presence/query" {
                // A person may be called so, and is read as `/presence/{name}` says.
                continue;
            }
            let Some(operation) = item.get(&method.to_ascii_lowercase()) else {
                let answer = ask(server.address, "msk_none", method, &place, "").await;
                problem(&answer, 405, "no-such-method", None);
                assert!(!answer.headers["allow"].contains(method), "{method} {path}");
                continue;
            };
            let Some(scope) = operation["security"][0]["serviceKey"][0].as_str() else { continue };
            routes += 1;
            let answer = send(server.address, method, &format!("/api/v1{place}"), &[], "").await;
            problem(&answer, 401, "unauthorized", None);
            let others: Vec<_> = ALL_SCOPES.into_iter().filter(|other| *other != scope).collect();
            let other = key(&server, &format!("other-{routes}"), &others).await;
            let answer = ask(server.address, &other, method, &place, "").await;
            let problem = problem(&answer, 403, "missing-scope", None);
            assert!(problem["detail"].as_str().unwrap().contains(scope), "{problem}");
            let challenge = &answer.headers["www-authenticate"];
            assert!(challenge.contains(&format!("scope=\"{scope}\"")), "{challenge}");
            let right = key(&server, &format!("right-{routes}"), &[scope]).await;
            let answer = ask(server.address, &right, method, &place, "").await;
            let is_let_in = ![401, 403, 405].contains(&answer.status);
            assert!(is_let_in && !answer.body.contains("no-such-path"), "{method} {path}");
        }
    }
    assert!(routes >= 8);
}

#[tokio::test]
async fn a_key_that_asks_too_often_is_told_when_to_come_back() {
    let server = TestServer::tuned(&[], |config| {
        config.service_keys_check = Duration::from_millis(5);
        config.api_rate = Rate { burst: 3, per_second: 1 };
    })
    .await;
    let [busy, other] = [
        key(&server, "busy", &["presence:read"]).await,
        key(&server, "other", &["presence:read"]).await,
    ];
    let mut answers = Vec::new();
    while answers.last().is_none_or(|status| *status == 200) {
        let answer = ask(server.address, &busy, "GET", "/presence/alice@x", "").await;
        answers.push(answer.status);
        if answer.status != 200 {
            let problem = problem(&answer, 429, "too-many-requests", None);
            assert!(problem["allowed"].as_str().unwrap().contains('3'), "{problem}");
            let seconds: u64 = answer.headers["retry-after"].parse().unwrap();
            assert!(seconds >= 1, "{seconds}");
        }
    }
    assert!(answers.len() > 3, "{answers:?}");
    assert!(metric(server.address, "mistatus_refused_total{reason=\"rate\"}").await >= 1);
    read(server.address, &other, "/presence/alice@x").await;
    // Many names are worth more than one request.
    let names: Vec<_> = (0..1_000).map(|number| format!("{number}@x")).collect();
    let body = json!({ "names": names }).to_string();
    let answer = ask(server.address, &other, "POST", "/presence/query", &body).await;
    problem(&answer, 429, "too-many-requests", None);
}

#[tokio::test]
async fn a_foreign_name_for_this_machine_reads_nothing_without_authentication() {
    let server = server(&[]).await;
    let key = format!("Bearer {}", key(&server, "reader", &["presence:read"]).await);
    for path in ["/api/v1/presence/alice@x", "/api/v1/openapi.json", "/api/v1/nothing"] {
        let headers = [("host", "evil.example"), ("authorization", key.as_str())];
        let answer = get(server.address, path, &headers).await;
        let problem = problem(&answer, 403, "foreign-host", None);
        assert!(problem["detail"].as_str().unwrap().contains("--auth open"), "{problem}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_are_not_let_in() {
    let server = server(&["--allowed-origin=https://intranet.example"]).await;
    let key = format!("Bearer {}", key(&server, "reader", &["presence:read"]).await);
    let origin = ("origin", "https://intranet.example");
    let path = "/api/v1/presence/alice@x";
    let answer = get(server.address, path, &[origin, ("authorization", &key)]).await;
    let asked = ("access-control-request-method", "GET");
    let preflight = send(server.address, "OPTIONS", path, &[origin, asked], "").await;
    problem(&preflight, 405, "no-such-method", None);
    for answer in [answer, preflight] {
        assert!(!answer.headers.keys().any(|name| name.starts_with("access-control")));
    }
}

#[tokio::test]
async fn neither_keys_nor_names_reach_the_log() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let running = Running::start(
        command().args(["--listen=127.0.0.1:0", "--data"]).arg(&data).env("MISTATUS_LOG", "trace"),
    );
    let key = make_key(&data, "reader", &["presence:read"]);
    while metric(running.address, "mistatus_service_keys").await != 1 {}
    read(running.address, &key, "/presence/somebody@x").await;
    let body = r#"{"names":["somebody@x"],"somebody":1}"#;
    ask(running.address, &key, "POST", "/presence/query", body).await;
    ask(running.address, "msk_wrong", "GET", "/presence/somebody@x", "").await;
    let log = running.kill();
    assert!(log.contains("a back end was refused") && log.contains("key list"), "{log}");
    assert!(!log.contains("msk_") && !log.contains("somebody"), "{log}");
}
