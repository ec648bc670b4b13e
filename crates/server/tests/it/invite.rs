//! Invitations: the links that `mistatus-server invite` signs, and the page that they open.

use std::{fs, path::Path, process::Command};

use jsonwebtoken::dangerous::insecure_decode;
use serde_json::{Value, json};

use crate::{
    auth::SECRET,
    client::{Client, TestServer},
    http::get,
    process::{Running, command, output},
};

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/keys");

fn invite() -> Command {
    let mut invite = command();
    invite.arg("invite");
    invite
}

fn secret(directory: &Path) -> String {
    let secret = directory.join("secret");
    fs::write(&secret, SECRET).unwrap();
    format!("--jwt-key={}", secret.display())
}

/// Returns the link and what is said beside it.
fn invited(args: &[&str]) -> (String, String) {
    let output = output(invite().args(args));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    (String::from_utf8(output.stdout).unwrap().trim().to_owned(), said)
}

#[tokio::test]
async fn a_link_signs_its_person_in_and_says_nothing_before_the_fragment() {
    let directory = tempfile::tempdir().unwrap();
    for key in ["ed25519", "rsa"] {
        let running = Running::start(
            command()
                .args(["--listen=127.0.0.1:0", "--invites", "--jwt-audience=mistatus", "--data"])
                .arg(directory.path().join(key))
                .arg(format!("--jwt-key={KEYS}/{key}.pub.pem")),
        );
        let (link, _) = invited(&[
            "--url=https://example.com/presence/",
            "--sub=alice@x",
            "--name=Alice Rivera",
            "--jwt-audience=mistatus",
            &format!("--jwt-key={KEYS}/{key}.pem"),
        ]);
        let (address, token) = link.split_once('#').unwrap();
        assert_eq!(address, "https://example.com/presence/invite");
        let mut alice = Client::connect(running.address).await;
        alice.send(json!({"type": "signin", "token": token})).await;
        let welcome = alice.expect("signed-in").await;
        let names = (&welcome["name"], &welcome["friendlyName"]);
        assert_eq!(names, (&json!("alice@x"), &json!("Alice Rivera")));
        let page = get(running.address, "/invite", &[]).await;
        assert_eq!(page.status, 200);
        let log = running.kill();
        assert!(!log.contains(token), "{log}");
    }
}

#[tokio::test]
async fn an_invitation_is_taken_back_by_the_line_that_the_command_names() {
    let directory = tempfile::tempdir().unwrap();
    let key = secret(directory.path());
    let revoked = directory.path().join("revoked");
    fs::write(&revoked, "").unwrap();
    let list = format!("--revoked={}", revoked.display());
    let server = TestServer::tuned(&["--invites", &key, &list], |config| {
        config.revoked_check = std::time::Duration::from_millis(10);
    })
    .await;
    let (link, said) =
        invited(&["--url=http://127.0.0.1:1", "--sub=alice@x", "--for=31days", &key]);
    let token = link.split_once('#').unwrap().1;
    let claims = insecure_decode::<Value>(token).unwrap().claims;
    let life = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
    assert_eq!(life, 31 * 86_400);
    let mut alice = server.connect().await;
    alice.send(json!({"type": "signin", "token": token})).await;
    alice.expect("signed-in").await;
    let line = said.split('`').nth(1).unwrap();
    assert_eq!(line, format!("jti {}", claims["jti"].as_str().unwrap()));
    fs::write(&revoked, format!("{line}\n")).unwrap();
    let bye = alice.expect("bye").await;
    assert!(bye["message"].as_str().unwrap().contains("revoked"), "{bye}");
}

#[tokio::test]
async fn the_page_is_there_where_the_operator_wants_it_and_loads_nothing_from_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    let key = secret(directory.path());
    let without = TestServer::with(&[&key]).await;
    let page = get(without.address, "/invite", &[]).await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("--invites"), "{}", page.body);
    assert_eq!(get(without.address, "/invite.js", &[]).await.status, 404);

    let server = TestServer::with(&[&key, "--invites"]).await;
    for (path, kind) in
        [("/invite", "text/html"), ("/invite.js", "text/javascript"), ("/invite.css", "text/css")]
    {
        let answer = get(server.address, path, &[]).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.headers["content-type"].starts_with(kind), "{path}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{path}");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        let policy = &answer.headers["content-security-policy"];
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        let tag = answer.headers["etag"].clone();
        let again = get(server.address, path, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
    }
    let page = get(server.address, "/invite", &[]).await.body;
    for attribute in ["src=\"", "href=\""] {
        for address in page.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(!address.contains([':', '/']), "{address} is not beside the page");
        }
    }
    assert!(!page.contains("<style") && !page.contains(" style=\""), "{page}");
    assert_eq!(page.matches("<script").count(), page.matches("></script>").count(), "{page}");
}

#[test]
fn what_cannot_be_an_invitation_is_said_with_what_can() {
    let directory = tempfile::tempdir().unwrap();
    let key = secret(directory.path());
    let key = key.as_str();
    let here = "--url=https://example.com";
    for (args, code, words) in [
        (&[here, key][..], 2, &["--sub"][..]),
        (&["--sub=alice@x", key], 2, &["--url"]),
        (&[here, "--sub= alice", key], 2, &["--sub", "space"]),
        (&[here, "--sub=alice@x"], 1, &["--jwt-key"]),
        (&["--url=http://example.com", "--sub=alice@x", key], 2, &["by http:", "https://HOST"]),
        (&[here, "--sub=alice@x", "--for=32days", key], 2, &["--for", "1s to 31days"]),
        (&[here, "--sub=alice@x", "--for=soon", key], 2, &["--for", "1s to 31days"]),
        (&[here, "--sub=alice@x", "--for=0s", key], 2, &["--for", "1s to 31days"]),
    ] {
        let output = output(invite().args(args));
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{message}");
        assert!(output.stdout.is_empty());
        for word in words {
            assert!(message.contains(word), "{word:?} is missing in {message}");
        }
    }
}
