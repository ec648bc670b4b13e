//! The keys of back ends: `mistatus-server key`, beside a server that runs or before one does.

use std::{
    fs,
    path::Path,
    process::{Child, Output, Stdio},
};

use crate::{
    http::metric,
    process::{Running, command, output, spawn},
};

fn key(data: &Path, args: &[&str]) -> Output {
    output(command().arg("key").args(args).arg("--data").arg(data))
}

/// Runs `key` and returns what it prints, where it succeeds.
fn printed(data: &Path, args: &[&str]) -> String {
    let output = key(data, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs `key` and returns what it says, where it fails.
fn refused(data: &Path, args: &[&str], code: i32) -> String {
    let output = key(data, args);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {message}");
    assert!(output.stdout.is_empty(), "{args:?}");
    message
}

#[tokio::test]
async fn a_key_is_printed_once_and_a_running_server_takes_it_and_lets_it_go() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let running = Running::start(
        command().args(["--listen=127.0.0.1:0", "--data"]).arg(&data).env("MISTATUS_LOG", "trace"),
    );
    let create = ["create", "--name=calendar", "--scope=presence:read", "--scope", "claims:write"];
    let secret = printed(&data, &create);
    let secret = secret.strip_suffix('\n').unwrap();
    assert!(secret.starts_with("msk_") && secret.len() == 47, "{secret}");
    while metric(running.address, "mistatus_service_keys").await != 1 {}
    let list = printed(&data, &["list"]);
    assert!(
        list.starts_with("calendar  20") && list.ends_with("Z  presence:read claims:write\n"),
        "{list}"
    );
    assert!(refused(&data, &create, 1).contains("calendar"));
    assert_eq!(printed(&data, &["list"]), list);
    printed(&data, &["revoke", "calendar"]);
    while metric(running.address, "mistatus_service_keys").await != 0 {}
    assert_eq!(printed(&data, &["list"]), "");
    let again = printed(&data, &create);
    assert_ne!(again.trim(), secret, "a key that was revoked does not come back");
    let log = running.kill();
    assert!(log.contains("the service keys were read"), "{log}");
    assert!(!log.contains("msk_"), "{log}");
}

#[test]
fn what_is_wrong_with_a_key_is_said_with_what_is_allowed() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    let scopes =
        "presence:read, claims:write, status:write, people:read, people:write, events:read, admin";
    for (args, code, word) in [
        (&["create", "--name=a", "--scope=presence:write"][..], 2, scopes),
        (&["create", "--name=a"], 2, "--scope"),
        (&["create", "--name=a b", "--scope=admin"], 2, "1 to 64"),
        (&["revoke", "nobody"], 1, "nobody"),
    ] {
        let message = refused(data, args, code);
        assert!(message.contains(word), "{args:?}: {message}");
    }
    let missing = data.join("missing");
    for args in [&["list"][..], &["revoke", "a"], &["create", "--name=a", "--scope=admin"]] {
        let message = refused(&missing, args, 1);
        assert!(message.contains("missing") && message.contains("--data"), "{message}");
        assert!(!missing.exists(), "it is made by the server");
    }
    let mixed = output(command().args(["--listen=127.0.0.1:0", "key", "list"]));
    assert_eq!(mixed.status.code(), Some(2));
}

#[test]
fn the_data_directory_is_the_one_of_the_servers_settings() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("server.toml");
    fs::write(&config, format!("data = '{}'\n", directory.path().display())).unwrap();
    let made = output(
        command().args(["key", "create", "--name=a", "--scope=admin", "--config"]).arg(&config),
    );
    assert!(made.status.success());
    assert!(printed(directory.path(), &["list"]).starts_with("a  "));
}

#[test]
fn keys_that_are_made_at_the_same_time_are_all_there() {
    let directory = tempfile::tempdir().unwrap();
    let names: Vec<_> = (0..8).map(|number| format!("service-{number}")).collect();
    let start = |name: &String| -> Child {
        let mut create = command();
        create.args(["key", "create", "--scope=admin", "--name", name, "--data"]);
        create.arg(directory.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let started: Vec<_> = names.iter().map(start).collect();
    for mut one in started {
        assert!(one.wait().unwrap().success());
    }
    let list = printed(directory.path(), &["list"]);
    for name in &names {
        assert!(list.contains(name), "{name} is missing in {list}");
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_the_keys_and_a_server_starts_beside_them() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    printed(directory.path(), &["create", "--name=a", "--scope=admin"]);
    for entry in fs::read_dir(directory.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
    }
    // These files are the server's own: the directory can be closed.
    drop(spawn(directory.path()));
    let mode = directory.path().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

/// Root would give what it opens to the account of the server.
#[cfg(unix)]
#[test]
fn a_lock_that_is_no_file_of_its_own_is_refused_and_left_as_it_is() {
    use std::os::unix::{fs::symlink, net::UnixListener};
    let directory = tempfile::tempdir().unwrap();
    let [data, other] = ["data", "other"].map(|name| directory.path().join(name));
    fs::create_dir(&data).unwrap();
    let lock = data.join("service-keys.lock");
    let refuse = |what: &str| {
        let message = refused(&data, &["create", "--name=a", "--scope=admin"], 1);
        for word in ["service-keys.lock", "regular file", "remove it"] {
            assert!(message.contains(word), "{what}: {word:?} is missing in {message}");
        }
        assert!(!data.join("service-keys.toml").exists(), "{what}");
    };
    symlink(&other, &lock).unwrap();
    refuse("a link to nothing");
    assert!(!other.exists(), "nothing is made behind a link");
    fs::write(&other, "of somebody else").unwrap();
    refuse("a link");
    fs::remove_file(&lock).unwrap();
    fs::hard_link(&other, &lock).unwrap();
    refuse("a second name");
    assert_eq!(fs::read_to_string(&other).unwrap(), "of somebody else");
    fs::remove_file(&lock).unwrap();
    let socket = UnixListener::bind(&lock).unwrap();
    refuse("a socket");
    drop(socket);
    fs::remove_file(&lock).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&lock).status().unwrap().success());
    refuse("a pipe");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    refuse("a directory");
    fs::remove_dir(&lock).unwrap();
    for name in ["--name=a", "--name=b"] {
        printed(&data, &["create", name, "--scope=admin"]);
    }
}

#[tokio::test]
async fn a_file_of_keys_that_makes_no_sense_changes_nothing_and_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    printed(data, &["create", "--name=a", "--scope=admin"]);
    let path = data.join("service-keys.toml");
    let good = fs::read_to_string(&path).unwrap();
    let running = spawn(data);
    fs::write(&path, "nonsense").unwrap();
    while metric(running.address, "mistatus_service_keys_failing").await != 1 {}
    assert_eq!(
        metric(running.address, "mistatus_service_keys").await,
        1,
        "the last good ones stay"
    );
    assert!(refused(data, &["revoke", "a"], 1).contains("service-keys.toml"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "nonsense");
    fs::write(&path, good).unwrap();
    while metric(running.address, "mistatus_service_keys_failing").await != 0 {}
    let log = running.kill();
    assert_eq!(log.matches("the last good ones stay").count(), 1, "no flood: {log}");
    fs::write(&path, "nonsense").unwrap();
    let second = output(command().args(["--listen=127.0.0.1:0", "--data"]).arg(data));
    let message = String::from_utf8_lossy(&second.stderr);
    assert!(!second.status.success() && message.contains("service-keys.toml"), "{message}");
}
