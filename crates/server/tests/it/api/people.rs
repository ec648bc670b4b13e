//! The directory over HTTP: whom the company says there is, and how nobody is left of whom it does not.

use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::Connection;
use serde_json::{Value, json};

use super::{ask, key, problem, read, server};
use crate::client::{Client, E_INVALIDARG, SERVER_TOO_BUSY, TestServer, hr};

const USER_NOT_FOUND: u32 = 0x8100_030A;
const ALL: [&str; 5] =
    ["people:read", "people:write", "presence:read", "claims:write", "status:write"];

async fn start(args: &[&str]) -> (TestServer, String) {
    let server = server(&[&["--directory"], args].concat()).await;
    let key = key(&server, "hr", &ALL).await;
    (server, key)
}

async fn put(server: &TestServer, key: &str, name: &str, person: Value) {
    let body = person.to_string();
    let answer = ask(server.address, key, "PUT", &format!("/people/{name}"), &body).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
}

async fn delete(server: &TestServer, key: &str, name: &str) -> Value {
    let answer = ask(server.address, key, "DELETE", &format!("/people/{name}"), "").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// Waits until a client is told that its user is not in the directory.
async fn turned_away(client: &mut Client) {
    assert_eq!(client.closed().await, Some(4401));
    let bye = client.expect("bye").await;
    assert_eq!(bye["hr"], hr(USER_NOT_FOUND), "{bye}");
    assert!(bye["message"].as_str().unwrap().contains("directory"), "{bye}");
    assert_eq!(bye.get("retryAfter"), None, "to come back leads to nothing");
}

async fn refused(server: &TestServer, name: &str) {
    let mut client = server.connect().await;
    client.send(json!({"type": "signin", "name": name})).await;
    turned_away(&mut client).await;
}

#[tokio::test]
async fn those_alone_sign_in_who_are_in_the_directory_also_after_a_restart() {
    let (mut server, key) = start(&[]).await;
    refused(&server, "alice@x").await;
    put(&server, &key, "Alice%40x", json!({"friendlyName": "Alice Adams", "groups": ["B", "A"]}))
        .await;
    for _ in 0..2 {
        let mut alice = server.connect().await;
        alice.send(json!({"type": "signin", "name": "ALICE@x", "friendlyName": "Queen"})).await;
        assert_eq!(alice.expect("signed-in").await["friendlyName"], "Alice Adams");
        let person = read(server.address, &key, "/people/alice@X").await;
        let expected =
            json!({"name": "Alice@x", "friendlyName": "Alice Adams", "groups": ["A", "B"]});
        assert_eq!(person, expected);
        refused(&server, "bob@x").await;
        drop(alice);
        server.restart().await;
    }
}

#[tokio::test]
async fn whoever_is_erased_is_signed_out_and_nothing_is_left_of_them() {
    let (mut server, key) = start(&[]).await;
    for name in ["alice@x", "bob@x", "eve@x"] {
        put(&server, &key, name, json!({})).await;
    }
    let mut alice = server.signin("alice@x").await;
    let mut bob = server.signin("bob@x").await;
    for name in ["alice@x", "eve@x"] {
        assert_eq!(bob.ask(json!({"type": "add-contact", "name": name})).await["hr"], 0);
    }
    assert_eq!(alice.ask(json!({"type": "add-contact", "name": "bob@x"})).await["hr"], 0);
    let text = json!({"type": "send-message", "to": "alice@x", "text": "Hello"});
    assert_eq!(bob.ask(text).await["hr"], 0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let until = u64::try_from(now).unwrap() + 3_600_000;
    let claim = json!({"source": "agent", "status": "busy", "until": until}).to_string();
    let claimed = ask(server.address, &key, "PUT", "/presence/bob@x/claims/a", &claim).await;
    assert_eq!(claimed.status, 204, "{}", claimed.body);
    // What webhooks would still be sent.
    server.stop().await;
    let file = server.directory.path().join("data/mistatus.sqlite3");
    let database = Connection::open(&file).unwrap();
    let rows = "INSERT INTO webhooks (name) VALUES ('crm');
                INSERT INTO webhook_people (hook, person, state) VALUES ('crm', 'bob@x', '{}');
                INSERT INTO webhook_queue (hook, person, id, body, at) VALUES ('crm', 'bob@x', 'i', '{}', 1);";
    database.execute_batch(rows).unwrap();
    drop(database);
    server.restart().await;
    let mut alice = server.signin("alice@x").await;
    let mut bob = server.signin("bob@x").await;

    let erased = delete(&server, &key, "BOB@x").await;
    let expected = json!({
        "inDirectory": true, "signedIn": true, "contacts": 2, "listedBy": 1, "groups": 0, "claims": 1,
        "messages": 1, "webhooks": 1,
    });
    assert_eq!(erased, expected);
    turned_away(&mut bob).await;
    refused(&server, "bob@x").await;
    alice.find(|frame| frame["type"] == "contact-removed" && frame["name"] == "bob@x").await;
    let missing = ask(server.address, &key, "GET", "/people/bob@x", "").await;
    problem(&missing, 404, "no-such-person", Some("name"));
    let presence = read(server.address, &key, "/presence/bob@x").await;
    assert_eq!(presence["statusName"], "unknown");
    let status = ask(server.address, &key, "PUT", "/presence/bob@x/status", r#"{"status": 10}"#);
    problem(&status.await, 404, "no-such-person", Some("name"));
    let again = delete(&server, &key, "bob@x").await;
    assert_eq!((&again["inDirectory"], &again["messages"]), (&json!(false), &json!(0)));

    server.restart().await;
    let snapshot = server.signin("alice@x").await.snapshot().await;
    assert_eq!((&snapshot["contacts"], snapshot.get("unread")), (&json!([]), None), "{snapshot}");
    server.stop().await;
    let database = Connection::open(&file).unwrap();
    let mut tables = database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        .unwrap();
    let tables: Vec<String> =
        tables.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    for table in tables {
        let mut columns = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let count = columns.column_count();
        let mut rows = columns.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..count {
                let text = format!("{:?}", row.get_ref(column).unwrap());
                let bytes = row.get_ref(column).unwrap().as_str().unwrap_or_default().to_owned();
                assert!(!bytes.to_lowercase().contains("bob@x"), "{table}: {text}");
            }
        }
    }
    let queued: u64 =
        database.query_row("SELECT queued FROM webhooks", [], |row| row.get(0)).unwrap();
    assert_eq!(queued, 0);
}

#[tokio::test]
async fn people_are_found_page_by_page() {
    let (server, key) = start(&[]).await;
    for number in 0..101 {
        put(&server, &key, &format!("p{number:03}@x"), json!({"friendlyName": "Ada Lovelace"}))
            .await;
    }
    put(&server, &key, "zoe%2Fa@x", json!({"title": "Sales"})).await;
    let first = read(server.address, &key, "/people?query=LOVE").await;
    assert_eq!(first["people"].as_array().unwrap().len(), 100);
    assert_eq!(first["cursor"], "p099@x");
    let rest = read(server.address, &key, "/people?query=love&cursor=p099%40x").await;
    assert_eq!((rest["people"].as_array().unwrap().len(), rest.get("cursor")), (1, None));
    let slash = read(server.address, &key, "/people?query=zoe/").await;
    assert_eq!(slash["people"], json!([{"name": "zoe/a@x", "title": "Sales", "groups": []}]));
    assert_eq!(read(server.address, &key, "/people/zoe%2Fa@x").await["title"], "Sales");
}

#[tokio::test]
async fn those_who_share_a_group_see_each_other_without_having_added_each_other() {
    let (server, key) = start(&["--visibility=contacts"]).await;
    put(&server, &key, "alice@x", json!({"groups": ["Sales"]})).await;
    put(&server, &key, "bob@x", json!({"groups": []})).await;
    let mut alice = server.signin("alice@x").await;
    alice.set_status(10).await;
    let mut bob = server.signin("bob@x").await;
    bob.ask(json!({"type": "watch", "names": ["alice@x"]})).await;
    bob.sees("alice@x", 0).await;
    put(&server, &key, "bob@x", json!({"groups": ["Sales", "Berlin"]})).await;
    bob.sees("alice@x", 10).await;
    delete(&server, &key, "alice@x").await;
    bob.sees("alice@x", 0).await;
}

#[tokio::test]
async fn whoever_is_signed_in_finds_people_of_the_directory() {
    let (server, key) = start(&["--visibility=contacts"]).await;
    put(&server, &key, "alice@x", json!({})).await;
    for number in 0..21 {
        let person =
            json!({"friendlyName": "Ada Lovelace", "title": "Maths", "groups": ["Hidden"]});
        put(&server, &key, &format!("p{number:02}@x"), person).await;
    }
    let mut alice = server.signin("alice@x").await;
    let outcome = alice.ask(json!({"type": "find-people", "beginning": " LOVE"})).await;
    assert_eq!(outcome["hr"], 0);
    let found = alice.expect("people").await;
    assert_eq!((&found["id"], &found["more"]), (&outcome["id"], &json!(true)));
    assert_eq!(found["people"].as_array().unwrap().len(), 20);
    let first = json!({"name": "p00@x", "friendlyName": "Ada Lovelace", "title": "Maths"});
    assert_eq!(found["people"][0], first, "nothing of groups");
    alice.ask(json!({"type": "find-people", "beginning": "ALICE"})).await;
    assert_eq!(alice.expect("people").await["people"], json!([{"name": "alice@x"}]));
    for beginning in [json!(""), json!("  "), json!(7), json!("x".repeat(65)), Value::Null] {
        let outcome = alice.ask(json!({"type": "find-people", "beginning": beginning})).await;
        assert_eq!(outcome["hr"], hr(E_INVALIDARG), "{beginning}");
    }
    let too_busy = hr(SERVER_TOO_BUSY);
    let mut outcomes = 0;
    while alice.ask(json!({"type": "find-people", "beginning": "nobody"})).await["hr"] != too_busy {
        outcomes += 1;
        assert!(outcomes < 1_000, "searches are not free");
    }
    let other = server_without_directory().await;
    let mut bob = other.signin("bob@x").await;
    let outcome = bob.ask(json!({"type": "find-people", "beginning": "a"})).await;
    assert_eq!(outcome["hr"], hr(0x8000_4001), "{outcome}");
}

async fn server_without_directory() -> TestServer {
    server(&[]).await
}

#[tokio::test]
async fn what_is_wrong_about_people_is_named_and_changes_nothing() {
    let (server, key) = start(&[]).await;
    put(&server, &key, "alice@x", json!({"title": "Sales"})).await;
    let long = "x".repeat(257);
    let names: Vec<_> = (0..10_000).map(|number| format!("g{number}")).collect();
    for (body, field) in [
        (json!({"title": 7}), "title"),
        (json!({"friendlyName": []}), "friendlyName"),
        (json!({"groups": "Sales"}), "groups"),
        (json!({"groups": [7]}), "groups[0]"),
        (json!({"groups": ["a", " "]}), "groups[1]"),
        (json!({"groups": ["a\u{7}"]}), "groups[0]"),
        (json!({"groups": [long]}), "groups[0]"),
        (json!({"groups": names}), "groups"),
        (json!({"title": long}), "title"),
        (json!({"friendlyName": long}), "friendlyName"),
        (json!({"name": "bob@x"}), "name"),
    ] {
        let answer = ask(server.address, &key, "PUT", "/people/alice@x", &body.to_string()).await;
        let problem = problem(&answer, 400, "invalid-field", Some(field));
        assert!(problem["allowed"].is_string() || problem["detail"].is_string(), "{problem}");
    }
    let large = json!({"title": "x".repeat(2 * 1024 * 1024)}).to_string();
    let answer = ask(server.address, &key, "PUT", "/people/alice@x", &large).await;
    problem(&answer, 413, "body-too-large", None);
    let long_name = "x".repeat(130);
    for (method, path, status, kind, field) in [
        ("PUT", "/people/%20x", 400, "invalid-field", Some("name")),
        ("DELETE", "/people/a%0Ab", 400, "invalid-field", Some("name")),
        ("GET", &format!("/people/{long_name}"), 400, "invalid-field", Some("name")),
        ("GET", "/people/nobody@x", 404, "no-such-person", Some("name")),
        ("GET", "/people/a/b", 404, "no-such-path", None),
        ("GET", "/people?limit=9", 400, "invalid-field", Some("limit")),
        ("GET", "/people?cursor=%20", 400, "invalid-field", Some("cursor")),
        ("GET", "/people?query=%FF", 400, "invalid-field", Some("query")),
        ("POST", "/people", 405, "no-such-method", None),
    ] {
        let body = if method == "PUT" { "{}" } else { "" };
        let answer = ask(server.address, &key, method, path, body).await;
        problem(&answer, status, kind, field);
    }
    let people = read(server.address, &key, "/people").await;
    assert_eq!(people["people"], json!([{"name": "alice@x", "title": "Sales", "groups": []}]));
}

#[tokio::test]
async fn a_server_without_a_directory_says_so() {
    let server = server(&[]).await;
    let key = key(&server, "hr", &ALL).await;
    for (method, path, body) in [
        ("GET", "/people", ""),
        ("GET", "/people/alice@x", ""),
        ("PUT", "/people/alice@x", "{}"),
        ("DELETE", "/people/alice@x", ""),
        ("GET", "/groups/A", ""),
        ("PUT", "/groups/A", r#"{"members": []}"#),
        ("DELETE", "/groups/A", ""),
    ] {
        let answer = ask(server.address, &key, method, path, body).await;
        let problem = problem(&answer, 403, "not-allowed-here", None);
        assert!(problem["allowed"].as_str().unwrap().contains("--directory"), "{problem}");
    }
    server.signin("alice@x").await;
}

#[tokio::test]
async fn a_shared_group_has_the_members_that_it_was_given_last() {
    let (server, key) = start(&["--visibility=contacts"]).await;
    for name in ["alice@x", "bob@x", "carol@x"] {
        put(&server, &key, name, json!({"groups": ["Berlin"]})).await;
    }
    let set = async |members: &[&str]| {
        let body = json!({"members": members}).to_string();
        ask(server.address, &key, "PUT", "/groups/R%26D%2FLab", &body).await.status
    };
    assert_eq!(set(&["BOB@x", "alice@x", "alice@x"]).await, 204);
    let group = read(server.address, &key, "/groups/R%26D%2FLab").await;
    assert_eq!(group, json!({"id": "R&D/Lab", "members": ["alice@x", "bob@x"]}));
    let alice = read(server.address, &key, "/people/alice@x").await;
    assert_eq!(alice["groups"], json!(["Berlin", "R&D/Lab"]));
    assert_eq!(set(&["carol@x", "bob@x"]).await, 204);
    let group = read(server.address, &key, "/groups/R%26D%2FLab").await;
    assert_eq!(group["members"], json!(["bob@x", "carol@x"]));
    for _ in 0..2 {
        let gone = ask(server.address, &key, "DELETE", "/groups/R%26D%2FLab", "").await;
        assert_eq!(gone.status, 204);
    }
    let missing = ask(server.address, &key, "GET", "/groups/R%26D%2FLab", "").await;
    problem(&missing, 404, "no-such-group", Some("id"));
    let bob = read(server.address, &key, "/people/bob@x").await;
    assert_eq!(bob["groups"], json!(["Berlin"]));
}

#[tokio::test]
async fn what_is_wrong_about_groups_is_named_and_changes_nothing() {
    let (server, key) = start(&[]).await;
    put(&server, &key, "alice@x", json!({"groups": ["A"]})).await;
    let names: Vec<_> = (0..10_000).map(|number| format!("p{number}@x")).collect();
    let long = "x".repeat(130);
    for (body, field) in [
        (json!({}), "members"),
        (json!({"members": "alice@x"}), "members"),
        (json!({"members": ["alice@x", 7]}), "members[1]"),
        (json!({"members": ["alice@x", " x"]}), "members[1]"),
        (json!({"members": [long]}), "members[0]"),
        (json!({"members": ["alice@x", "nobody@x"]}), "members[1]"),
        (json!({"members": names}), "members"),
        (json!({"members": [], "name": "B"}), "name"),
    ] {
        let answer = ask(server.address, &key, "PUT", "/groups/A", &body.to_string()).await;
        problem(&answer, 400, "invalid-field", Some(field));
    }
    let long = "x".repeat(65);
    for (id, status, kind, field) in [
        ("%20", 400, "invalid-field", Some("id")),
        ("a%07", 400, "invalid-field", Some("id")),
        ("%FF", 400, "invalid-field", Some("id")),
        (long.as_str(), 400, "invalid-field", Some("id")),
        ("a/b", 404, "no-such-path", None),
    ] {
        let path = format!("/groups/{id}");
        let answer = ask(server.address, &key, "PUT", &path, r#"{"members": []}"#).await;
        problem(&answer, status, kind, field);
    }
    for number in 0..32 {
        let body = json!({"members": ["alice@x"]}).to_string();
        let answer = ask(server.address, &key, "PUT", &format!("/groups/G{number}"), &body).await;
        if number < 31 {
            assert_eq!(answer.status, 204, "{}", answer.body);
        } else {
            problem(&answer, 409, "directory-full", None);
        }
    }
    let group = read(server.address, &key, "/groups/A").await;
    assert_eq!(group["members"], json!(["alice@x"]));
}
