//! `mistatus-server check`: what is wrong, what is dangerous, and that nothing is touched.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use jsonwebtoken::Algorithm;
use serde_json::json;

use crate::{
    auth::SECRET,
    process::{command, output, spawn},
    provider::{self, Answer, Provider, Signer},
};

const KEY: &str =
    concat!("--jwt-key=", env!("CARGO_MANIFEST_DIR"), "/tests/it/keys/ed25519.pub.pem");
const GOOD: [&str; 3] =
    [KEY, "--jwt-audience=mistatus", "--allowed-origin=https://intranet.example"];

fn check(data: &Path, args: &[&str]) -> Command {
    let mut check = command();
    check.arg("check").args(args).arg("--data").arg(data);
    check
}

/// Returns what a check prints, where it ends with this code.
fn found(command: &mut Command, code: i32) -> String {
    let output = output(command);
    let found = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{found}{error}");
    found
}

fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// A directory that a server has written and left.
fn left_by_a_server() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut running = spawn(directory.path());
    let pid = running.child.id().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &pid]).status().unwrap().success());
    assert!(running.child.wait().unwrap().success());
    directory
}

#[test]
fn settings_that_are_right_are_praised_and_nothing_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let said = found(&mut check(&data, &GOOD), 0);
    assert!(!said.contains("dangerous:") && !said.contains("wrong:"), "{said}");
    assert!(said.contains("no database") && said.contains("--visibility contacts"), "{said}");
    assert!(!data.exists());
}

#[cfg(unix)]
#[test]
fn a_sound_database_is_looked_at_and_left_as_it_is() {
    let directory = left_by_a_server();
    let before = files(directory.path());
    let said = found(&mut check(directory.path(), &GOOD), 0);
    assert!(said.contains("the database is sound"), "{said}");
    assert_eq!(files(directory.path()), before);
    let running = spawn(directory.path());
    let said = found(&mut check(directory.path(), &GOOD), 0);
    assert!(said.contains("a server has it open"), "{said}");
    drop(running);
}

#[test]
fn each_danger_is_named_with_what_it_means() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    for (args, words) in [
        (&[][..], &["--auth open", "word"][..]),
        (&[KEY], &["--jwt-audience"]),
        (&[KEY, "--allowed-origin=null"], &["--allowed-origin null"]),
        (&[KEY, "--allowed-origin=http://intranet.example"], &["without TLS"]),
        (&[KEY, "--trusted-proxy=0.0.0.0/0"], &["--trusted-proxy", "/0"]),
        (&[KEY, "--metrics-from=::/0"], &["--metrics-from", "invisible"]),
        (&[KEY, "--metrics-from=127.0.0.1"], &["--metrics-from", "--metrics-listen"]),
        (&[KEY, "--listen=0.0.0.0:1"], &["plain HTTP", "0.0.0.0:1"]),
        (&[KEY, "--visibility=everyone", "--pictures=everyone"], &["--pictures everyone"]),
    ] {
        let said = found(&mut check(&data, args), 0);
        let dangers: Vec<_> = said.lines().filter(|line| line.starts_with("dangerous: ")).collect();
        for word in words {
            assert!(
                dangers.iter().any(|line| line.contains(word)),
                "{word:?} is missing in {said}"
            );
        }
    }
    let local = found(
        &mut check(&data, &[&GOOD[..], &["--allowed-origin=http://localhost:5173"]].concat()),
        0,
    );
    assert!(!local.contains("dangerous:"), "{local}");
}

#[cfg(unix)]
#[test]
fn files_that_other_accounts_read_or_change_are_named() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    fs::create_dir(&data).unwrap();
    let set = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let write = |name: &str, text: &str, mode| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        set(&path, mode);
        path
    };
    let secret = write("secret", SECRET, 0o644);
    let next = write("next", &SECRET.to_uppercase(), 0o644);
    let revoked = write("revoked", "", 0o664);
    let config = write("server.toml", &format!("revoked = '{}'\n", revoked.display()), 0o600);
    let signer = Signer::new(Algorithm::ES256, "1");
    let jwks = write("jwks.json", &provider::set(&[&signer]).to_string(), 0o666);
    let service_keys = data.join("service-keys.toml");
    fs::write(&service_keys, "").unwrap();
    set(&service_keys, 0o620);
    set(&data, 0o750);
    let keys = format!("--jwt-key={},{}", secret.display(), next.display());
    let set_of_keys = format!("--jwks={}", jwks.display());
    let mut check = check(&data, &[&keys, &set_of_keys, "--jwt-audience=here"]);
    check.arg("--config").arg(&config);
    let said = found(&mut check, 0);
    for words in [
        ["0750", "chmod 700"],
        ["secret is a secret that every account", "o-r"],
        ["next is a secret that every account", "o-r"],
        ["revoked can be changed", "go-w"],
        ["jwks.json can be changed", "go-w"],
        ["service-keys.toml can be changed", "go-w"],
    ] {
        let line = said.lines().find(|line| line.contains(words[0]));
        let line = line.unwrap_or_else(|| panic!("{words:?} is missing in {said}"));
        assert!(line.starts_with("dangerous: ") && line.contains(words[1]), "{line}");
    }
    for (path, mode) in [
        (&data, 0o700),
        (&secret, 0o640),
        (&next, 0o600),
        (&revoked, 0o644),
        (&jwks, 0o644),
        (&service_keys, 0o640),
    ] {
        set(path, mode);
    }
    let said = found(&mut check, 0);
    assert!(!said.contains("dangerous:"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_a_provider_are_fetched_once_and_what_is_wrong_with_them_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let mut keys = provider::set(&[&Signer::new(Algorithm::ES256, "1")]);
    keys["keys"].as_array_mut().unwrap().push(json!({"kty": "oct", "k": "c2VjcmV0"}));
    let provider = Provider::start(Answer::Set(keys)).await;
    let jwks = format!("--jwks={}", provider.url());
    let said = found(&mut check(&data, &[&jwks, "--jwt-name-claim=email"]), 0);
    for words in [
        "note: the keys of --jwks were fetched",
        "symmetric (`oct`)",
        "note: --jwt-name-claim email",
        "dangerous: --jwt-audience is not set: a token that the provider of --jwks issued",
    ] {
        assert!(said.contains(words), "{words:?} is missing in {said}");
    }
    assert_eq!(provider.fetches(), 1);
    provider.answer(Answer::Nothing);
    let said = found(&mut check(&data, &[&jwks, "--jwt-audience=here"]), 1);
    assert!(said.contains("wrong: the keys of --jwks cannot be fetched"), "{said}");
    assert!(!data.exists());
}

#[test]
fn what_keeps_a_server_from_starting_is_said_and_left_as_it_is() {
    let cases: [(&str, &str, &[u8], &str); 3] = [
        ("mistatus.sqlite3", "no SQLite database", &[b'x'; 4096], "is no SQLite database"),
        ("service-keys.toml", "keys", b"nonsense", "service-keys.toml"),
        ("mistatus.sqlite3", "short", b"SQLite format 3\0", "mistatus.sqlite3"),
    ];
    for (file, name, content, word) in cases {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(file), content).unwrap();
        let before = files(directory.path());
        let said = found(&mut check(directory.path(), &GOOD), 1);
        let wrong: Vec<_> = said.lines().filter(|line| line.starts_with("wrong: ")).collect();
        assert!(wrong.iter().any(|line| line.contains(word)), "{name}: {said}");
        assert_eq!(files(directory.path()), before, "{name}");
    }
    let directory = tempfile::tempdir().unwrap();
    for args in [&["--jwt-key=/nonexistent"][..], &["--damping=0"], &["--config=/nonexistent"]] {
        let said = found(&mut check(directory.path(), args), 1);
        assert!(said.starts_with("wrong: "), "{said}");
    }
    assert_eq!(output(&mut check(directory.path(), &["--nonsense"])).status.code(), Some(2));
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(found(&mut check(&file, &GOOD), 1).contains("is no directory"));
}

#[cfg(unix)]
#[test]
fn a_directory_that_is_shared_and_a_damaged_database_are_wrong() {
    use std::os::unix::fs::PermissionsExt;
    let directory = left_by_a_server();
    let path = directory.path().join("mistatus.sqlite3");
    let mut damaged = fs::read(&path).unwrap();
    let from = damaged.len() - 4096;
    damaged[from..].fill(7);
    fs::write(&path, damaged).unwrap();
    let said = found(&mut check(directory.path(), &GOOD), 1);
    assert!(said.contains("damaged"), "{said}");
    fs::write(directory.path().join("other"), "").unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let said = found(&mut check(directory.path(), &GOOD), 1);
    assert!(said.contains("holds other files") && said.contains("damaged"), "{said}");
}
