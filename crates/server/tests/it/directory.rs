//! `mistatus-server people`: the directory from a file, with the server running or not.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::json;
use tempfile::TempDir;

use crate::{
    api::make_key,
    client::Client,
    http::send,
    process::{Running, command, output},
};

fn people(data: &Path, what: &[&str]) -> Command {
    let mut command = command();
    command.arg("people").args(what).arg("--data").arg(data);
    command
}

fn import(data: &Path, file: &Path, yes: bool) -> Output {
    let mut command = people(data, &["import"]);
    command.arg(file).args(yes.then_some("--yes"));
    output(&mut command)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Imports what is right, and returns what was said.
fn imported(data: &Path, file: &Path, yes: bool) -> String {
    let done = import(data, file, yes);
    assert!(done.status.success(), "{}", text(&done.stderr));
    text(&done.stdout)
}

fn export(data: &Path) -> String {
    let done = output(&mut people(data, &["export"]));
    assert!(done.status.success(), "{}", text(&done.stderr));
    text(&done.stdout)
}

fn write(folder: &TempDir, content: impl AsRef<[u8]>) -> PathBuf {
    let file = folder.path().join("people.csv");
    fs::write(&file, content).unwrap();
    file
}

fn start(data: &Path) -> Running {
    Running::start(command().args(["--listen=127.0.0.1:0", "--directory", "--data"]).arg(data))
}

async fn may_sign_in(server: &Running, name: &str) -> bool {
    let mut client = Client::connect(server.address).await;
    client.send(json!({"type": "signin", "name": name})).await;
    let first = client.next().await.expect("the server says something");
    first["type"] == "signed-in"
}

#[tokio::test]
async fn a_file_is_shown_first_and_taken_over_with_yes_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = start(&data);
    let file = write(
        &folder,
        "\u{feff}name,friendlyName,title,groups\r\nalice@x,\"Adams, Alice\",Sales,Berlin; Sales\r\nbob@x,,,\r\n",
    );
    let shown = imported(&data, &file, false);
    assert!(shown.contains("add alice@x\n") && shown.contains("2 to add"), "{shown}");
    assert!(shown.contains("Nothing was changed"), "{shown}");
    assert!(!may_sign_in(&server, "alice@x").await);
    imported(&data, &file, true);
    let mut alice = Client::connect(server.address).await;
    alice.signin(json!({"name": "alice@x"})).await;
    let exported = export(&data);
    let expected =
        "name,friendlyName,title,groups\nalice@x,\"Adams, Alice\",Sales,Berlin;Sales\nbob@x,,,\n";
    assert_eq!(exported, expected);

    let file = write(&folder, "name\nbob@x\n\"carol, of x\"\n");
    let shown = imported(&data, &file, true);
    for line in
        ["add carol, of x\n", "remove alice@x\n", "1 to add, 0 to change, 1 to remove, 1 as"]
    {
        assert!(shown.contains(line), "{line:?} is missing in {shown}");
    }
    assert_eq!(alice.closed().await, Some(4401), "who is taken out is signed out at once");
    // What was acknowledged is there, however the server ends.
    let log = server.kill();
    assert!(!log.contains("alice"), "{log}");
    assert_eq!(export(&data), "name,friendlyName,title,groups\nbob@x,,,\n\"carol, of x\",,,\n");
    let server = start(&data);
    assert!(may_sign_in(&server, "Carol, of x").await);
    assert!(!may_sign_in(&server, "alice@x").await);
}

#[tokio::test]
async fn a_directory_that_would_remove_everybody_needs_yes() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    imported(&data, &write(&folder, "name\nalice@x\nbob@x\n"), true);
    let server = start(&data);
    for content in ["name\n", "\u{feff}name,title\r\n", "name\ncarol@x\n"] {
        let refused = import(&data, &write(&folder, content), false);
        assert!(!refused.status.success());
        let (said, shown) = (text(&refused.stderr), text(&refused.stdout));
        assert!(said.contains("remove everybody") && said.contains("--yes"), "{said}");
        assert!(shown.contains("2 to remove"), "{shown}");
    }
    assert!(may_sign_in(&server, "alice@x").await);
    imported(&data, &write(&folder, "name\n"), true);
    assert!(!may_sign_in(&server, "alice@x").await);
    assert!(import(&data, &write(&folder, "name\n"), false).status.success(), "nobody is left");
}

#[tokio::test]
async fn what_is_wrong_in_a_file_is_named_by_line_and_nothing_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    imported(&data, &write(&folder, "name\nalice@x\n"), true);
    let cases: [(&[u8], &str); 6] = [
        (b"", "line 1"),
        (b"mail\na@x\n", "there is no column `mail`"),
        (b"name;title\na@x;b\n", "divided by commas"),
        (b"name,title\nbob@x,x\n x,\n", "line 3: name"),
        (b"name\nbob@x\nBOB@X\n", "line 3: BOB@X stands in line 2 already"),
        (b"name\nb\xe9@x\n", "line 2: this is not UTF-8"),
    ];
    for (content, words) in cases {
        for yes in [false, true] {
            let refused = import(&data, &write(&folder, content), yes);
            assert!(!refused.status.success());
            let said = text(&refused.stderr);
            assert!(said.contains(words) && said.contains("people.csv"), "{words}: {said}");
        }
    }
    assert_eq!(export(&data), "name,friendlyName,title,groups\nalice@x,,,\n");
    let missing = import(&data, &folder.path().join("nowhere.csv"), true);
    assert!(text(&missing.stderr).contains("nowhere.csv"));
}

#[tokio::test]
async fn who_has_signed_in_and_is_not_in_the_first_file_is_removed_and_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Running::start(command().args(["--listen=127.0.0.1:0", "--data"]).arg(&data));
    let mut bob = Client::connect(server.address).await;
    bob.signin(json!({"name": "bob@x"})).await;
    let file = write(&folder, "name\nalice@x\n");
    let refused = import(&data, &file, true);
    assert!(text(&refused.stderr).contains("--directory"), "{}", text(&refused.stderr));
    server.kill();
    let refused = import(&data, &file, false);
    assert!(text(&refused.stdout).contains("remove bob@x\n"), "{}", text(&refused.stdout));
    imported(&data, &file, true);
    let again = imported(&data, &file, false);
    assert!(again.contains("0 to remove, 1 as they are"), "{again}");
}

#[tokio::test]
async fn ten_thousand_people_are_taken_over_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = start(&data);
    let rows = (0..10_000).map(|number| format!("p{number}@x,Person {number},,All\n"));
    let file =
        write(&folder, format!("name,friendlyName,title,groups\n{}", rows.collect::<String>()));
    let shown = imported(&data, &file, true);
    assert!(shown.contains("add 9950 more\n") && shown.contains("10000 to add"), "{shown}");
    assert_eq!(export(&data).lines().count(), 10_001);
    assert!(may_sign_in(&server, "p9999@x").await);
    let file = write(&folder, "name\np1@x\n");
    let shown = imported(&data, &file, true);
    assert!(shown.contains("9999 to remove") && shown.contains("1 to change"), "{shown}");
    assert!(!may_sign_in(&server, "p9999@x").await);
}

#[tokio::test]
async fn what_back_ends_were_told_of_people_holds_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = start(&data);
    let bearer = format!("Bearer {}", make_key(&data, "hr", &["people:read", "people:write"]));
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let ask = async |method: &str, name: &str, body: &str| {
        let path = format!("/api/v1/people/{name}");
        send(server.address, method, &path, &headers, body).await.status
    };
    while ask("GET", "p0@x", "").await == 401 {}
    for number in 0..20 {
        assert_eq!(ask("PUT", &format!("p{number:02}@x"), r#"{"title": "Maths"}"#).await, 204);
        if number % 2 == 1 {
            assert_eq!(ask("DELETE", &format!("P{number:02}@x"), "").await, 200);
        }
    }
    server.kill();
    let left: Vec<_> = (0..20).step_by(2).map(|number| format!("p{number:02}@x,,Maths,")).collect();
    assert_eq!(export(&data).lines().skip(1).collect::<Vec<_>>(), left);
}
