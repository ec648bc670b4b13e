//! How people are, as programs of the company read it.

use serde_json::{Value, json};

use super::{ask, key, problem, read, server};

const SCOPE: &[&str] = &["presence:read"];

#[tokio::test]
async fn a_program_reads_how_people_are() {
    let server = server(&[]).await;
    let key = key(&server, "reader", SCOPE).await;
    let mut alice = server.signin("Alice@Example.com").await;
    let until = 9_000_000_000_000_u64;
    let busy = json!({"type": "set-status", "status": 10, "note": "Reviewing", "until": until});
    assert_eq!(alice.ask(busy).await["hr"], 0);
    let mut seen = read(server.address, &key, "/presence/alice@example.com").await;
    assert!(seen["since"].take().as_u64().is_some_and(|since| since > 1_600_000_000_000));
    let mut expected = json!({
        "name": "alice@example.com", "status": 10, "statusName": "busy", "note": "Reviewing",
        "since": null, "until": until, "source": "user", "settling": false,
    });
    assert_eq!(seen, expected);
    let body = r#"{"names":["nobody@x","ALICE@example.com","nobody@x"]}"#;
    let answer = ask(server.address, &key, "POST", "/presence/query", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let mut list: Value = serde_json::from_str(&answer.body).unwrap();
    list["presence"][1]["since"].take();
    expected["name"] = json!("ALICE@example.com");
    let nobody =
        json!({"name": "nobody@x", "status": 0, "statusName": "unknown", "settling": false});
    assert_eq!(list, json!({ "presence": [nobody, expected, nobody] }));
}

#[tokio::test]
async fn a_name_may_have_any_character_that_names_have() {
    let server = server(&[]).await;
    let key = key(&server, "reader", SCOPE).await;
    for (name, path) in
        [("a/b?c#d%@x", "a%2Fb%3Fc%23d%25@x"), ("Zoë 😀@x", "Zo%C3%AB%20%F0%9F%98%80@x")]
    {
        let _client = server.signin(name).await;
        let seen = read(server.address, &key, &format!("/presence/{path}")).await;
        assert_eq!((&seen["name"], &seen["status"]), (&json!(name), &json!(2)));
    }
}

#[tokio::test]
async fn who_may_see_whom_and_who_blocks_whom_has_no_influence() {
    let server = server(&["--visibility=contacts"]).await;
    let key = key(&server, "reader", SCOPE).await;
    let mut alice = server.signin("alice@x").await;
    alice.ask(json!({"type": "set-blocked", "name": "bob@x", "blocked": true})).await;
    alice.set_status(50).await;
    let seen = read(server.address, &key, "/presence/alice@x").await;
    assert_eq!(seen["statusName"], "on-the-phone");
}

#[tokio::test]
async fn an_invisible_person_reads_like_one_who_left() {
    let mut server = server(&["--damping=1"]).await;
    let key = key(&server, "reader", SCOPE).await;
    let mut hidden = server.signin("hidden@x").await;
    let mut absent = server.signin("absent@x").await;
    hidden.ask(json!({"type": "set-status", "status": 6, "note": "Hiding"})).await;
    absent.send(json!({"type": "signout"})).await;
    absent.closed().await;
    let [mut one, mut other] = [
        read(server.address, &key, "/presence/hidden@x").await,
        read(server.address, &key, "/presence/absent@x").await,
    ];
    for seen in [&mut one, &mut other] {
        assert!(seen["since"].take().is_u64() && seen["name"].take().is_string());
    }
    assert_eq!(one, other);
    assert_eq!((&one["status"], &one["source"]), (&json!(1), &json!("connection")));
    let tag = async |address| {
        ask(address, &key, "GET", "/presence/hidden@x", "").await.headers["etag"].clone()
    };
    let before = tag(server.address).await;
    hidden.ask(json!({"type": "set-status", "status": 6, "note": "Still hiding"})).await;
    hidden.ask(json!({"type": "set-status", "status": 6, "until": 9_000_000_000_000_u64})).await;
    assert_eq!(tag(server.address).await, before);

    // Since when, nobody knows who has just started: to the last byte the same.
    server.restart().await;
    let settling = read(server.address, &key, "/presence/absent@x").await;
    assert_eq!((&settling["status"], &settling["settling"]), (&json!(0), &json!(true)));
    let _hidden = server.signin("hidden@x").await;
    while read(server.address, &key, "/presence/absent@x").await["settling"] == true {}
    let query = async |name: &str| {
        let body = json!({"names": [name]}).to_string();
        let one = ask(server.address, &key, "GET", &format!("/presence/{name}"), "").await;
        let many = ask(server.address, &key, "POST", "/presence/query", &body).await;
        [one.body, many.body].map(|body| body.replace(name, "NAME"))
    };
    let [one, other] = [query("hidden@x").await, query("absent@x").await];
    assert_eq!(one, other);
    assert!(one[0].contains("\"offline\""), "{one:?}");
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let server = server(&[]).await;
    let key = key(&server, "reader", SCOPE).await;
    let mut alice = server.signin("alice@x").await;
    let path = "/api/v1/presence/alice@x";
    let bearer = format!("Bearer {key}");
    let first = ask(server.address, &key, "GET", "/presence/alice@x", "").await;
    let tag = first.headers["etag"].clone();
    assert_eq!(first.headers["cache-control"], "private, no-cache");
    let again = async |tag: &str| {
        let headers = [("authorization", bearer.as_str()), ("if-none-match", tag)];
        crate::http::get(server.address, path, &headers).await
    };
    for tag in [&tag, &format!("\"other\", W/{tag}")] {
        let answer = again(tag).await;
        assert_eq!((answer.status, answer.body.as_str()), (304, ""));
        assert_eq!(answer.headers["etag"], *first.headers["etag"]);
    }
    alice.set_status(34).await;
    let changed = again(&tag).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.headers["etag"], tag);
}

#[tokio::test]
async fn a_person_may_be_called_like_an_address() {
    let server = server(&[]).await;
    let key = key(&server, "reader", &["presence:read", "status:write"]).await;
    let _query = server.signin("query").await;
    for name in ["query", "QUERY", "%71uery"] {
        let presence = read(server.address, &key, &format!("/presence/{name}")).await;
        assert_eq!(presence["status"], 2, "{name}: {presence}");
    }
    let choice = json!({"status": 10}).to_string();
    let answer = ask(server.address, &key, "PUT", "/presence/query/status", &choice).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    let answer = ask(server.address, &key, "DELETE", "/presence/query", "").await;
    problem(&answer, 405, "no-such-method", None);
}
