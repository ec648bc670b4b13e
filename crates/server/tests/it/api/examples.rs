//! What docs/API.md tells people to type, as it stands there.

use std::{fs, path::Path, process::Command};

use serde_json::json;

use crate::{
    client::Client,
    http::metric,
    process::{Running, command, output},
};

#[tokio::test]
async fn the_commands_of_the_reference_work_as_they_stand_there() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/API.md");
    let page = fs::read_to_string(page).unwrap();
    let commands: Vec<_> = page
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect();
    assert!(commands.len() >= 5, "{commands:?}");
    let directory = tempfile::tempdir().unwrap();
    let running = Running::start(
        command().current_dir(&directory).args(["--listen=127.0.0.1:0", "--damping=1"]),
    );
    let waits = format!(
        "until curl --silent http://{}/metrics | grep --quiet '^mistatus_service_keys 1'; do :; done\n",
        running.address
    );
    // Claims are about people who exist.
    let mut alice = Client::connect(running.address).await;
    alice.signin(json!({"name": "alice@example.com"})).await;
    // The server takes a key within seconds.
    let script = commands.join("").replacen("curl", &format!("{waits}curl"), 1);
    let binaries = Path::new(env!("CARGO_BIN_EXE_mistatus-server")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell
        .args(["-eu", "-c", &script])
        .current_dir(&directory)
        .env("PATH", path)
        .env("SERVER", format!("http://{}", running.address));
    let output = tokio::task::spawn_blocking(move || output(&mut shell)).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{text}\n{errors}");
    assert!(text.contains("alice@example.com") && text.contains("bob@example.com"), "{text}");
    let statuses = [alice.expect("my-status").await, alice.expect("my-status").await];
    assert_eq!(statuses.map(|frame| frame["me"]["status"].clone()), [json!(82), json!(2)]);
    assert_eq!(metric(running.address, "mistatus_service_keys").await, 1);
}
