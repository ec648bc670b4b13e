//! What programs say about people: claims, and choices in their name.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{ask, key, problem, read, server};
use crate::{
    client::TestServer,
    process::{Running, command},
};

const CLAIM: &str = "/presence/alice@x/claims/event-7";
const STATUS: &str = "/presence/alice@x/status";

pub(super) fn in_ms(ms: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    i64::try_from(now).unwrap() + ms
}

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

async fn start(args: &[&str]) -> (TestServer, String) {
    let server = server(args).await;
    let scopes = ["presence:read", "claims:write", "status:write"];
    let key = key(&server, "calendar", &scopes).await;
    (server, key)
}

async fn put(server: &TestServer, key: &str, path: &str, body: &Value) {
    let answer = ask(server.address, key, "PUT", path, &body.to_string()).await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{path} {body}");
}

async fn delete(server: &TestServer, key: &str, path: &str) {
    let answer = ask(server.address, key, "DELETE", path, "").await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{path}");
}

#[tokio::test]
async fn a_claim_holds_until_it_is_taken_back_and_what_was_before_is_there_again() {
    let (mut server, key) = start(&[]).await;
    let mut alice = server.signin("alice@x").await;
    let until = in_ms(HOUR);
    let claim =
        json!({"source": "calendar", "status": "in-a-meeting", "note": "Planning", "until": until});
    put(&server, &key, CLAIM, &claim).await;
    let seen = read(server.address, &key, "/presence/alice@x").await;
    assert_eq!(
        (&seen["statusName"], &seen["note"], &seen["until"], &seen["source"]),
        (&json!("in-a-meeting"), &json!("Planning"), &json!(until), &json!("calendar"))
    );
    // Again is as once, and by number is as by name.
    put(&server, &key, CLAIM, &claim).await;
    let longer = json!({"source": "call", "status": 50.0, "from": null, "until": until + 1});
    put(&server, &key, CLAIM, &longer).await;
    let list = read(server.address, &key, "/presence/alice@x/claims").await;
    let claim = &list["claims"][0];
    assert!(claim["from"].as_i64().is_some_and(|from| from < until), "{claim}");
    assert_eq!(list["claims"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&claim["id"], &claim["source"], &claim["status"], &claim["statusName"], &claim["until"]),
        (&json!("event-7"), &json!("call"), &json!(50), &json!("on-the-phone"), &json!(until + 1))
    );
    assert!(claim.get("note").is_none(), "{claim}");
    // It outlives the server, and what the person chose goes before it.
    server.restart().await;
    let address = server.address;
    let mut again = server.signin("alice@x").await;
    assert_eq!(read(address, &key, "/presence/alice@x").await["status"], 50);
    again.set_status(10).await;
    assert_eq!(read(address, &key, "/presence/alice@x").await["status"], 10);
    again.set_status(2).await;
    assert_eq!(read(address, &key, "/presence/alice@x").await["status"], 50);
    for _ in 0..2 {
        delete(&server, &key, CLAIM).await;
        assert_eq!(read(address, &key, "/presence/alice@x").await["status"], 2);
    }
    assert_eq!(read(address, &key, "/presence/alice@x/claims").await, json!({"claims": []}));
    alice.closed().await;
}

#[tokio::test]
async fn a_key_sees_and_takes_back_its_own_claims_only() {
    let (server, calendar) = start(&[]).await;
    let phone = key(&server, "phone", &["claims:write"]).await;
    let _alice = server.signin("alice@x").await;
    let claim = json!({"source": "calendar", "status": "busy", "until": in_ms(HOUR)});
    put(&server, &calendar, CLAIM, &claim).await;
    delete(&server, &phone, CLAIM).await;
    assert_eq!(read(server.address, &phone, "/presence/alice@x/claims").await["claims"], json!([]));
    assert_eq!(read(server.address, &calendar, "/presence/alice@x").await["status"], 10);
}

#[tokio::test]
async fn a_claim_about_somebody_who_is_invisible_or_gone_shows_nowhere() {
    let (server, key) = start(&[]).await;
    let mut alice = server.signin("alice@x").await;
    alice.set_status(6).await;
    let get = async || ask(server.address, &key, "GET", "/presence/alice@x", "").await.body;
    let before = get().await;
    let claim = json!({"source": "call", "status": "on-the-phone", "until": in_ms(HOUR)});
    put(&server, &key, CLAIM, &claim).await;
    assert_eq!(get().await, before);
    alice.send(json!({"type": "signout"})).await;
    alice.closed().await;
    assert_eq!(get().await, before);
}

#[tokio::test]
async fn a_choice_in_somebodys_name_is_like_their_own() {
    let (server, key) = start(&[]).await;
    let mut alice = server.signin("alice@x").await;
    let until = in_ms(HOUR);
    put(&server, &key, STATUS, &json!({"status": "away", "note": "Gone", "until": until})).await;
    let me = alice.expect("my-status").await["me"].clone();
    assert_eq!(
        (&me["status"], &me["note"], &me["until"], &me["chosenBy"]),
        (&json!(34), &json!("Gone"), &json!(until), &json!("api"))
    );
    let seen = read(server.address, &key, "/presence/alice@x").await;
    assert_eq!((&seen["status"], &seen["source"]), (&json!(34), &json!("api")));
    put(&server, &key, STATUS, &json!({"status": 10})).await;
    let seen = read(server.address, &key, "/presence/alice@x").await;
    assert_eq!((&seen["status"], seen.get("note")), (&json!(10), None));
    for _ in 0..2 {
        delete(&server, &key, STATUS).await;
        let seen = read(server.address, &key, "/presence/alice@x").await;
        assert_eq!((&seen["status"], &seen["source"]), (&json!(2), &json!("api")));
    }
    // It waits for whoever is not there.
    alice.send(json!({"type": "signout"})).await;
    alice.closed().await;
    put(&server, &key, STATUS, &json!({"status": "do-not-disturb"})).await;
    assert_eq!(read(server.address, &key, "/presence/alice@x").await["status"], 1);
    let _alice = server.signin("alice@x").await;
    assert_eq!(read(server.address, &key, "/presence/alice@x").await["status"], 114);
}

#[tokio::test]
async fn nothing_is_said_about_somebody_who_never_signed_in() {
    let (server, key) = start(&[]).await;
    let claim = json!({"source": "call", "status": 50, "until": in_ms(HOUR)}).to_string();
    let choice = json!({"status": 10}).to_string();
    for (method, path, body) in [
        ("PUT", CLAIM, claim.as_str()),
        ("DELETE", CLAIM, ""),
        ("GET", "/presence/alice@x/claims", ""),
        ("PUT", STATUS, &choice),
        ("DELETE", STATUS, ""),
    ] {
        let answer = ask(server.address, &key, method, path, body).await;
        problem(&answer, 404, "no-such-person", Some("name"));
    }
    assert_eq!(read(server.address, &key, "/presence/alice@x").await["status"], 0);
}

#[tokio::test]
async fn what_is_wrong_with_a_claim_is_named() {
    let (server, key) = start(&[]).await;
    let _alice = server.signin("alice@x").await;
    let good = json!({"source": "calendar", "status": "busy", "note": "n", "from": in_ms(0), "until": in_ms(HOUR)});
    let long = "n".repeat(501);
    for (field, value, word) in [
        ("source", json!("user"), "call, meeting, calendar, schedule, agent"),
        ("source", json!("CALL"), "call, meeting"),
        ("source", json!(7), "string"),
        ("source", Value::Null, "null"),
        ("status", json!("idle"), "10 busy"),
        ("status", json!("offline"), "10 busy"),
        ("status", json!("invisible"), "10 busy"),
        ("status", json!(0), "10 busy"),
        ("status", json!(18), "10 busy"),
        ("status", json!(256), "10 busy"),
        ("status", json!(7), "number or the name"),
        ("status", json!(-1), "number or the name"),
        ("status", json!(10.5), "number or the name"),
        ("status", json!("Busy"), "number or the name"),
        ("status", json!(["busy"]), "number or the name"),
        ("note", json!(long), "500"),
        ("note", json!(5), "string"),
        ("from", json!("2026-11-30T10:00:00Z"), "milliseconds"),
        ("from", json!(-1), "milliseconds"),
        ("from", json!(1.5), "milliseconds"),
        ("from", json!(1e300), "milliseconds"),
        ("from", json!(9_007_199_254_740_992_u64), "9007199254740991"),
        ("until", json!(1), "later than"),
        ("until", json!(in_ms(-1)), "later than"),
        ("until", json!(in_ms(32 * DAY)), "31 days"),
        ("until", json!(u64::MAX), "9007199254740991"),
        ("until", json!("tomorrow"), "milliseconds"),
        ("until", Value::Null, "null"),
        ("expires", json!(1), "`until`"),
        ("dismissed", json!(true), "`until`"),
    ] {
        let mut claim = good.clone();
        claim[field] = value;
        let answer = ask(server.address, &key, "PUT", CLAIM, &claim.to_string()).await;
        let problem = problem(&answer, 400, "invalid-field", Some(field));
        assert!(problem["allowed"].is_string(), "{problem}");
        assert!(answer.body.contains(word), "{word:?} is missing in {problem}");
        assert!(answer.body.len() < 1_000, "{problem}");
    }
    for field in ["source", "status", "until"] {
        let mut claim = good.clone();
        claim.as_object_mut().unwrap().remove(field);
        let answer = ask(server.address, &key, "PUT", CLAIM, &claim.to_string()).await;
        problem(&answer, 400, "invalid-field", Some(field));
    }
    let mut backwards = good.clone();
    backwards["from"] = json!(in_ms(2 * HOUR));
    let answer = ask(server.address, &key, "PUT", CLAIM, &backwards.to_string()).await;
    problem(&answer, 400, "invalid-field", Some("until"));
    let long = "i".repeat(65);
    for id in ["a%2Fb", "%20", "%C3%A4", long.as_str(), "a+b", "a,b"] {
        let path = format!("/presence/alice@x/claims/{id}");
        for (method, body) in [("PUT", good.to_string()), ("DELETE", String::new())] {
            let answer = ask(server.address, &key, method, &path, &body).await;
            let problem = problem(&answer, 400, "invalid-field", Some("id"));
            assert!(problem["allowed"].as_str().unwrap().contains("64"), "{problem}");
        }
    }
    for (path, field) in
        [("/presence/alice@x/claims/%FF", "id"), ("/presence/%FF/claims/a", "name")]
    {
        problem(
            &ask(server.address, &key, "DELETE", path, "").await,
            400,
            "invalid-field",
            Some(field),
        );
    }
    let path = "/presence/alice@x/claims/a/b";
    problem(
        &ask(server.address, &key, "PUT", path, &good.to_string()).await,
        404,
        "no-such-path",
        None,
    );
    // Nothing of it was done.
    assert_eq!(read(server.address, &key, "/presence/alice@x/claims").await["claims"], json!([]));
    assert_eq!(read(server.address, &key, "/presence/alice@x").await["status"], 2);
}

#[tokio::test]
async fn what_is_wrong_with_a_choice_is_named() {
    let (server, key) = start(&[]).await;
    let _alice = server.signin("alice@x").await;
    for (body, field, word) in [
        (json!({}), "status", "missing"),
        (json!({"status": null}), "status", "null"),
        (json!({"status": "idle"}), "status", "6 invisible"),
        (json!({"status": "in-a-meeting"}), "status", "6 invisible"),
        (json!({"status": 82}), "status", "6 invisible"),
        (json!({"status": "dancing"}), "status", "number or the name"),
        (json!({"status": 10, "note": "n".repeat(501)}), "note", "500"),
        (json!({"status": 10, "note": []}), "note", "string"),
        (json!({"status": 10, "until": in_ms(-1)}), "until", "later than now"),
        (json!({"status": 10, "until": true}), "until", "milliseconds"),
        (json!({"status": 10, "source": "user"}), "source", "unknown"),
    ] {
        let answer = ask(server.address, &key, "PUT", STATUS, &body.to_string()).await;
        let problem = problem(&answer, 400, "invalid-field", Some(field));
        assert!(answer.body.contains(word), "{word:?} is missing in {problem}");
    }
    assert_eq!(read(server.address, &key, "/presence/alice@x").await["status"], 2);
}

#[tokio::test]
async fn nobody_is_hidden_where_the_operator_forbids_it() {
    let (server, key) = start(&["--invisible=forbidden"]).await;
    let _alice = server.signin("alice@x").await;
    let answer = ask(server.address, &key, "PUT", STATUS, r#"{"status":"invisible"}"#).await;
    problem(&answer, 403, "not-allowed-here", Some("status"));
}

#[tokio::test]
async fn a_service_may_claim_sixteen_things_about_one_person() {
    let (server, key) = start(&[]).await;
    let _alice = server.signin("alice@x").await;
    let claim = json!({"source": "agent", "status": "away", "until": in_ms(HOUR)});
    for number in 0..16 {
        put(&server, &key, &format!("/presence/alice@x/claims/{number}"), &claim).await;
    }
    let answer = ask(server.address, &key, "PUT", CLAIM, &claim.to_string()).await;
    let problem = problem(&answer, 409, "too-many-claims", None);
    assert!(problem["detail"].as_str().unwrap().contains("16"), "{problem}");
    delete(&server, &key, "/presence/alice@x/claims/3").await;
    put(&server, &key, CLAIM, &claim).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_cannot_be_stored_is_not_done_and_may_be_tried_again() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let running = Running::start_for_full_disk(&data);
    let key = super::make_key(&data, "calendar", &["presence:read", "claims:write"]);
    while crate::http::metric(running.address, "mistatus_service_keys").await != 1 {}
    let mut alice = crate::client::Client::connect(running.address).await;
    alice.signin(json!({"name": "alice@x"})).await;
    running.limit_files("0");
    let claim =
        json!({"source": "call", "status": "on-the-phone", "until": in_ms(HOUR)}).to_string();
    let answer = ask(running.address, &key, "PUT", CLAIM, &claim).await;
    problem(&answer, 503, "unavailable", None);
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(read(running.address, &key, "/presence/alice@x").await["status"], 2);
    running.limit_files("unlimited");
    let answer = ask(running.address, &key, "PUT", CLAIM, &claim).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    running.kill();
    // What was acknowledged is there after the hardest end.
    let running = Running::start(command().args(["--listen=127.0.0.1:0", "--data"]).arg(&data));
    let mut alice = crate::client::Client::connect(running.address).await;
    alice.signin(json!({"name": "alice@x"})).await;
    assert_eq!(read(running.address, &key, "/presence/alice@x").await["status"], 50);
}
