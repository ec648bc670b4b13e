//! The file of webhooks: what is wrong with one, and what becomes of a change.

use std::{fs, sync::Arc};

use serde_json::json;
use tokio::sync::Notify;

use super::{
    Setup, change, hook, hook_at,
    receiver::{Answer, Receiver, SECRET},
};
use crate::{
    client::Client,
    http::metric,
    process::{Running, command, output},
};

#[tokio::test]
async fn a_webhook_that_is_new_hears_what_changes_and_no_more() {
    let mut receiver = Receiver::start().await;
    let setup = Setup::new("# none yet\n");
    let server = setup.server().await;
    let mut alice = server.signin("alice@x").await;
    let mut bob = server.signin("bob@x").await;
    setup.write(&hook("late", &receiver, ""));
    // That the file has been read is seen by who comes from then on.
    let mut told = Vec::new();
    for number in 0.. {
        let _other = server.signin(&format!("other-{number}@x")).await;
        told.extend(receiver.rest());
        if !told.is_empty() {
            break;
        }
    }
    alice.set_status(10).await;
    bob.send(json!({"type": "signout"})).await;
    // Of each person what changed before would be told before.
    for expected in [change("alice@x", 10), change("bob@x", 1)] {
        while !told.iter().any(|arrived| arrived.change() == expected) {
            told.push(receiver.next().await);
        }
    }
    let told = told.iter().map(|arrived| arrived.change());
    let mut told: Vec<_> = told.filter(|(name, _)| !name.starts_with("other-")).collect();
    told.sort();
    assert_eq!(told, [change("alice@x", 10), change("bob@x", 1)]);
}

#[tokio::test]
async fn the_file_is_read_again_and_the_last_good_one_stays() {
    let (mut first, mut second) = (Receiver::start().await, Receiver::start().await);
    let setup = Setup::new(&hook("board", &first, ""));
    let server = setup.server().await;
    let mut alice = server.signin("alice@x").await;
    assert_eq!(first.next().await.change(), change("alice@x", 2));
    setup.write("[[webhook]]\nname = 'board'\nurl = 7\n");
    while metric(server.address, "mistatus_webhooks_failing").await == 0 {}
    alice.set_status(10).await;
    assert_eq!(first.next().await.change(), change("alice@x", 10));
    // What a receiver did not take goes to the new address.
    drop(first);
    alice.set_status(34).await;
    while metric(server.address, "mistatus_webhooks_queued").await == 0 {}
    setup.write(&hook("board", &second, ""));
    assert_eq!(second.next().await.change(), change("alice@x", 34));
    assert_eq!(metric(server.address, "mistatus_webhooks_failing").await, 0);
    // What waits for a webhook that is taken out goes with it.
    drop(second);
    alice.set_status(2).await;
    while metric(server.address, "mistatus_webhooks_queued").await == 0 {}
    // A file that is empty is one that is being written.
    setup.write("");
    while metric(server.address, "mistatus_webhooks_failing").await == 0 {}
    assert!(metric(server.address, "mistatus_webhooks_queued").await > 0);
    setup.write("# None any more.\n");
    while metric(server.address, "mistatus_webhooks_queued").await > 0 {}
}

#[tokio::test]
async fn what_the_address_from_before_a_change_answers_does_not_count_for_the_new_one() {
    let (mut first, mut second) = (Receiver::start().await, Receiver::start().await);
    let release = Arc::<Notify>::default();
    let held = release.clone();
    first.answer(move |arrived| match arrived.name() {
        "alice@x" => Answer::Held(410, held.clone()),
        _ => Answer::Status(200),
    });
    let setup = Setup::new(&hook("board", &first, ""));
    let server = setup.server().await;
    let _alice = server.signin("alice@x").await;
    let asked = first.next().await;
    setup.write(&hook("board", &second, ""));
    // That the file has been read is seen by who comes from then on.
    let mut clients = Vec::new();
    for number in 0.. {
        clients.push(server.signin(&format!("other-{number}@x")).await);
        if !second.rest().is_empty() {
            break;
        }
    }
    release.notify_one();
    let again = second.until("alice@x", 2).await.pop().unwrap();
    assert_eq!(again.id(), asked.id());
    assert_eq!(metric(server.address, "mistatus_webhooks_dropped_total").await, 0);
}

#[tokio::test]
async fn a_file_that_is_wrong_stops_the_start_and_is_named_by_the_check() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("webhooks.toml");
    let data = directory.path().join("data");
    let good = hook_at("board", "https://board.example.com/in?key=k3y", "");
    for (text, words) in [
        (good.replace("secret", "secrt"), &["line 4", "unknown field `secrt`"][..]),
        (good.replace("https", "http"), &["line 3", "`url`", "http:"]),
        (good.replace("https://", "https://user:pass@"), &["line 3", "`url`", "password"]),
        (good.replace("LaSw'", "'"), &["line 4", "`secret`"]),
        (format!("{good}names = [' ']\n"), &["`names`", "sign-in name"]),
    ] {
        fs::write(&file, &text).unwrap();
        for task in [None, Some("check")] {
            let mut command = command();
            command.args(task).args(["--listen=127.0.0.1:0", "--data"]).arg(&data);
            let output = output(command.arg("--webhooks").arg(&file));
            assert!(!output.status.success(), "{text}");
            let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
            let said = said.concat();
            for word in ["--webhooks", "webhooks.toml"].iter().chain(words) {
                assert!(said.contains(word), "{word} is missing in {said}");
            }
            for secret in ["MfKQ", "k3y", "pass@"] {
                assert!(!said.contains(secret), "{said}");
            }
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_check_says_who_could_read_secrets_or_change_where_changes_go() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("webhooks.toml");
    fs::write(&file, hook_at("board", "https://board.example.com/", "")).unwrap();
    for (mode, words) in [(0o600, &[][..]), (0o604, &["chmod o-r"]), (0o620, &["chmod go-w"])] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let mut command = command();
        command.args(["check", "--data"]).arg(directory.path().join("data"));
        let output = output(command.arg("--webhooks").arg(&file));
        assert!(output.status.success());
        let said = String::from_utf8(output.stdout).unwrap();
        let about: Vec<_> = said.lines().filter(|line| line.contains("webhooks.toml")).collect();
        assert_eq!(about.len(), words.len(), "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn no_log_holds_a_secret_a_query_or_a_name() {
    let mut receiver = Receiver::start().await;
    receiver.answer(|_| Answer::Status(500));
    let setup = Setup::new(&hook("board", &receiver, ""));
    let mut command = command();
    command.env("MISTATUS_LOG", "trace").args(["--listen=127.0.0.1:0", "--data"]);
    command.arg(setup.directory.path().join("data")).arg("--webhooks").arg(setup.file());
    let mut running = Running::start(&mut command);
    let mut alice = Client::connect(running.address).await;
    alice.signin(json!({"name": "alice@x"})).await;
    receiver.next().await;
    while metric(running.address, "mistatus_webhooks_failed_total").await == 0 {}
    setup.write(&format!("whsec_leaked = '{SECRET}'\n"));
    while metric(running.address, "mistatus_webhooks_failing").await == 0 {}
    running.signal("TERM");
    running.child.wait().unwrap();
    let log = running.kill();
    assert!(log.contains("a webhook does not take a change") && log.contains("board"), "{log}");
    assert!(log.contains("the file of webhooks is wrong"), "{log}");
    for secret in ["MfKQ", "leaked", "of-the-query", "path-of-it", "alice"] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}

#[tokio::test]
async fn a_receiver_by_tls_is_asked_without_proxies_where_this_machine_trusts_its_certificate() {
    let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/keys");
    let address = crate::provider::answer_by_tls(&json!({}));
    let url = format!("https://localhost:{}/in", address.port());
    let setup = Setup::new(&hook_at("board", &url, ""));
    for (roots, counter) in [("certificate.pem", "failed"), ("tls.ca.pem", "sent")] {
        let data = setup.directory.path().join(roots);
        let mut command = command();
        command.env("SSL_CERT_FILE", format!("{keys}/{roots}"));
        // Nobody listens there, and nobody is to be asked there.
        for proxy in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"] {
            command.env(proxy, "http://127.0.0.1:9");
        }
        command.args(["--listen=127.0.0.1:0", "--data"]).arg(data);
        let running = Running::start(command.arg("--webhooks").arg(setup.file()));
        let mut alice = Client::connect(running.address).await;
        alice.signin(json!({"name": "alice@x"})).await;
        while metric(running.address, &format!("mistatus_webhooks_{counter}_total")).await == 0 {}
        for other in ["failed", "sent"].iter().filter(|other| **other != counter) {
            let count = metric(running.address, &format!("mistatus_webhooks_{other}_total")).await;
            assert_eq!(count, 0, "{roots}");
        }
        running.kill();
    }
}
