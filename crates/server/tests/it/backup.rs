//! `mistatus-server backup` and `restore`: beside a server under load, after one that was killed, and what is refused.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
};

use mistatus_server::{Config, Rate, Server};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    client::Client,
    http::metric,
    process::{Running, command, output, spawn},
};

fn run(task: &str, file: &Path, data: &Path) -> Output {
    output(command().arg(task).arg(file).arg("--data").arg(data))
}

pub(crate) fn done(task: &str, file: &Path, data: &Path) -> String {
    let output = run(task, file, data);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(task: &str, file: &Path, data: &Path, words: &[&str]) {
    let output = run(task, file, data);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    for word in words {
        assert!(message.contains(word), "{word:?} is missing in {message}");
    }
}

#[cfg(unix)]
fn stop(mut running: Running) {
    running.signal("TERM");
    assert!(running.child.wait().unwrap().success());
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn signed_in(running: &Running, name: &str) -> (Client, Value) {
    let mut client = Client::connect(running.address).await;
    let snapshot = client.signin(json!({"name": name})).await;
    (client, snapshot)
}

async fn set_note(client: &mut Client, note: &str) {
    let outcome = client.ask(json!({"type": "set-status", "status": 10, "note": note})).await;
    assert_eq!(outcome["hr"], 0, "{outcome}");
}

/// Writes so much into a database that copying it takes a while. Delivered messages: the server reads none of them.
pub(crate) fn fill(data: &Path) {
    let mut database = Connection::open(data.join("mistatus.sqlite3")).unwrap();
    let transaction = database.transaction().unwrap();
    let insert = "INSERT INTO messages
        (writer, reader, from_name, to_name, text, at, request, state)
        VALUES ('a@x', 'b@x', 'a@x', 'b@x', ?1, ?2, ?3, 2)";
    let now = crate::auth::in_seconds(0) * 1_000;
    let text = "x".repeat(8_000);
    for number in 0..3_000 {
        transaction.execute(insert, (&text, now, number)).unwrap();
    }
    transaction.commit().unwrap();
}

/// What one user has said, and what of it was acknowledged: rounds of a note with a number and of a contact.
#[derive(Default)]
struct Said {
    begun: AtomicU64,
    kept: AtomicU64,
}

/// Sets the next note, then adds the next contact, as fast as answers come.
async fn keep_writing(mut client: Client, said: Arc<Said>, enough: Arc<AtomicBool>) {
    while !enough.load(SeqCst) {
        let round = said.begun.fetch_add(1, SeqCst) + 1;
        set_note(&mut client, &round.to_string()).await;
        let contact = format!("contact{round}@x");
        let outcome = client.ask(json!({"type": "add-contact", "name": contact})).await;
        assert_eq!(outcome["hr"], 0, "{outcome}");
        said.kept.store(round, SeqCst);
    }
}

/// Returns the last note and the number of contacts in a backup; the contacts must have no hole.
fn rounds(backup: &Path, user: &str) -> (u64, u64) {
    let backup = Connection::open(backup).unwrap();
    let note: Option<String> = backup
        .query_row("SELECT note FROM users WHERE folded = ?1", [user], |row| row.get(0))
        .unwrap();
    let mut select =
        backup.prepare("SELECT contact FROM contacts WHERE owner = ?1 ORDER BY place").unwrap();
    let contacts: Vec<String> =
        select.query_map([user], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    for (round, contact) in (1..).zip(&contacts) {
        assert_eq!(*contact, format!("contact{round}@x"));
    }
    (note.map_or(0, |note| note.parse().unwrap()), contacts.len() as u64)
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_restores_to_a_moment_that_was() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    stop(spawn(&data));
    fill(&data);
    let arguments = ["mistatus-server", "--listen=127.0.0.1:0", "--data"];
    let arguments = arguments.into_iter().map(Into::into).chain([data.clone().into_os_string()]);
    let mut config = Config::from_args(arguments).unwrap();
    let endless = Rate { burst: u32::MAX, per_second: 1_000_000 };
    (config.user_rate, config.stream.rate) = (endless, endless);
    let server = Server::start(config).await.unwrap();

    let users: Vec<_> = (0..4).map(|number| format!("user{number}@x")).collect();
    let enough = Arc::new(AtomicBool::new(false));
    let mut load = Vec::new();
    for user in &users {
        let mut client = Client::connect(server.address()).await;
        client.signin(json!({"name": user})).await;
        let said = Arc::new(Said::default());
        load.push((said.clone(), tokio::spawn(keep_writing(client, said, enough.clone()))));
    }
    while load.iter().any(|(said, _)| said.kept.load(SeqCst) == 0) {
        tokio::task::yield_now().await;
    }
    let mut last = Vec::new();
    for number in 0..3 {
        let file = directory.path().join(format!("backup{number}"));
        let kept: Vec<_> = load.iter().map(|(said, _)| said.kept.load(SeqCst)).collect();
        let (into, from) = (file.clone(), data.clone());
        tokio::task::spawn_blocking(move || done("backup", &into, &from)).await.unwrap();
        last.clear();
        for ((user, (said, _)), kept) in users.iter().zip(&load).zip(kept) {
            let (note, contacts) = rounds(&file, user);
            // Before each contact its note was kept.
            assert!(note == contacts || note == contacts + 1, "{note} and {contacts}");
            let begun = said.begun.load(SeqCst);
            assert!((kept..=begun).contains(&note), "{kept} <= {note} <= {begun}");
            assert!(contacts >= kept, "{contacts} of {kept}");
            last.push((note, contacts));
        }
    }
    enough.store(true, SeqCst);
    for (_, task) in load {
        task.await.unwrap();
    }
    server.stop().await;

    done("restore", &directory.path().join("backup2"), &data);
    let running = spawn(&data);
    for (user, (note, contacts)) in users.iter().zip(last) {
        let (_, snapshot) = signed_in(&running, user).await;
        assert_eq!(snapshot["me"]["note"].as_str().map_or(0, |note| note.parse().unwrap()), note);
        assert_eq!(snapshot["contacts"].as_array().unwrap().len() as u64, contacts);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn restoring_goes_back_and_keeps_what_was_there() {
    let directory = tempfile::tempdir().unwrap();
    let (data, file) = (directory.path().join("data"), directory.path().join("backup"));
    let running = spawn(&data);
    let (mut alice, _) = signed_in(&running, "alice@x").await;
    set_note(&mut alice, "before").await;
    assert_eq!(metric(running.address, "mistatus_backup_time_seconds").await, 0);
    assert!(done("backup", &file, &data).contains("complete and sound"));
    assert!(metric(running.address, "mistatus_backup_time_seconds").await > 0);
    set_note(&mut alice, "after").await;
    refused("restore", &file, &data, &["another mistatus-server", "stop the server"]);
    set_note(&mut alice, "last").await;
    // What it wrote last is in the file of changes.
    running.kill();
    assert!(names(&data).contains(&"mistatus.sqlite3-wal".to_owned()));
    let said = done("restore", &file, &data);
    let left = names(&data);
    let kept = left.iter().find(|name| name.contains("-before-restore-")).unwrap();
    assert!(said.contains(kept), "{said}");
    assert!(!left.iter().any(|name| name.ends_with("-wal") || name.ends_with("-shm")), "{left:?}");
    let running = spawn(&data);
    assert_eq!(signed_in(&running, "alice@x").await.1["me"]["note"], "before");
    stop(running);
    // What was kept is a whole database, and a backup of its own.
    let kept = data.join(kept);
    done("restore", &kept, &data);
    assert!(kept.exists());
    let running = spawn(&data);
    assert_eq!(signed_in(&running, "alice@x").await.1["me"]["note"], "last");
}

#[cfg(unix)]
#[tokio::test]
async fn without_a_server_the_database_itself_is_copied_with_all_that_was_kept() {
    let directory = tempfile::tempdir().unwrap();
    let [data, elsewhere, file] =
        ["data", "elsewhere", "backup"].map(|name| directory.path().join(name));
    refused("backup", &file, &data, &["there is no database", "--data"]);
    assert!(!file.exists() && !data.exists());
    let running = spawn(&data);
    let (mut alice, _) = signed_in(&running, "alice@x").await;
    set_note(&mut alice, "kept").await;
    running.kill();
    done("backup", &file, &data);
    refused("backup", &file, &data, &["exists"]);
    refused("restore", &file, &elsewhere, &["no data directory", "elsewhere"]);
    fs::create_dir(&elsewhere).unwrap();
    done("restore", &file, &elsewhere);
    let running = spawn(&elsewhere);
    assert_eq!(signed_in(&running, "alice@x").await.1["me"]["note"], "kept");
    // The killed server's socket is in nobody's way.
    stop(spawn(&data));
    assert_eq!(names(&data), ["mistatus.sqlite3"]);
}

#[cfg(unix)]
#[test]
fn what_is_no_backup_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    stop(spawn(&data));
    let write = |name: &str, content: &[u8]| -> PathBuf {
        let path = directory.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let copy = |name: &str| write(name, &fs::read(data.join("mistatus.sqlite3")).unwrap());
    let before = fs::read(data.join("mistatus.sqlite3")).unwrap();
    let other = directory.path().join("other");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE notes (text)").unwrap();
    let later = copy("later");
    Connection::open(&later).unwrap().pragma_update(None, "user_version", 1_000).unwrap();
    let in_use = copy("in-use");
    write("in-use-wal", b"changes");
    let mut damaged = before.clone();
    let from = damaged.len() - 4096;
    damaged[from..].fill(7);
    for (file, word) in [
        (write("empty", b""), "empty"),
        (write("nonsense", &[7; 4096]), "no SQLite database"),
        (write("damaged", &damaged), "damaged"),
        (other, "another program"),
        (later, "later mistatus-server"),
        (in_use, "-wal"),
        (directory.path().join("missing"), "missing"),
        (data.join("mistatus.sqlite3"), "database already"),
    ] {
        refused("restore", &file, &data, &[word, &file.display().to_string()]);
        assert_eq!(names(&data), ["mistatus.sqlite3"], "{file:?}");
        assert!(fs::read(data.join("mistatus.sqlite3")).unwrap() == before, "{file:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_damaged_database_gives_way_and_stays_beside() {
    let directory = tempfile::tempdir().unwrap();
    let (data, file) = (directory.path().join("data"), directory.path().join("backup"));
    stop(spawn(&data));
    done("backup", &file, &data);
    fs::write(data.join("mistatus.sqlite3"), [7; 8192]).unwrap();
    refused("backup", &directory.path().join("another"), &data, &["no SQLite database"]);
    done("restore", &file, &data);
    let names = names(&data);
    let kept = names.iter().find(|name| name.contains("-before-restore-")).unwrap();
    assert_eq!(fs::read(data.join(kept)).unwrap(), [7; 8192]);
    stop(spawn(&data));
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_a_backup_or_reaches_the_socket_and_both_leave_nothing_behind() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let (data, file) = (directory.path().join("data"), directory.path().join("backup"));
    fs::create_dir(&data).unwrap();
    // Left by a server that was killed in the midst of a backup, and by a `restore`.
    fs::write(data.join("mistatus.sqlite3-unfinished-old"), "half").unwrap();
    let running = spawn(&data);
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let socket = data.join("control.sock");
    while !socket.exists() {}
    done("backup", &file, &data);
    assert_eq!(mode(&socket), 0o600);
    assert_eq!(mode(&file), 0o600);
    stop(running);
    assert_eq!(names(&data), ["mistatus.sqlite3"]);
    done("restore", &file, &data);
    assert_eq!(mode(&data.join("mistatus.sqlite3")), 0o600);
    assert_eq!(names(directory.path()), ["backup", "data"]);
}

#[cfg(unix)]
#[test]
fn backups_in_the_data_directory_stay_there() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    stop(spawn(data));
    let kept = ["mistatus.sqlite3-backup-monday", "mistatus.sqlite3-before-restore-monday"];
    for name in kept {
        done("backup", &data.join(name), data);
    }
    let unfinished = data.join("mistatus.sqlite3-unfinished-monday");
    refused("backup", &unfinished, data, &["mistatus.sqlite3-unfinished-", "another name"]);
    let running = spawn(data);
    refused("backup", &unfinished, data, &["mistatus.sqlite3-unfinished-", "another name"]);
    stop(running);
    assert_eq!(names(data), ["mistatus.sqlite3", kept[0], kept[1]]);
}

#[cfg(unix)]
#[test]
fn what_a_stopped_restore_left_is_gone_with_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let (data, file) = (directory.path().join("data"), directory.path().join("backup"));
    stop(spawn(&data));
    done("backup", &file, &data);
    let left = data.join("mistatus.sqlite3-unfinished-old");
    fs::write(&left, "half").unwrap();
    done("restore", &file, &data);
    assert!(!left.exists());
}

/// SQLite would take it for changes of the database that is put there.
#[cfg(unix)]
#[test]
fn changes_of_another_database_are_no_part_of_the_restored_one() {
    let directory = tempfile::tempdir().unwrap();
    let (data, file) = (directory.path().join("data"), directory.path().join("backup"));
    stop(spawn(&data));
    done("backup", &file, &data);
    let journals = ["-wal", "-shm", "-journal"].map(|suffix| format!("mistatus.sqlite3{suffix}"));
    fs::remove_file(data.join("mistatus.sqlite3")).unwrap();
    for name in &journals {
        fs::write(data.join(name), "changes").unwrap();
    }
    done("restore", &file, &data);
    assert_eq!(names(&data), ["mistatus.sqlite3"]);
    // With such a file beside it the backup itself is a database in use.
    fs::write(directory.path().join("backup-journal"), "changes").unwrap();
    refused("restore", &file, &data, &["-journal", "in use"]);
}

#[cfg(unix)]
#[test]
fn a_backup_that_is_stopped_leaves_nothing_beside_its_file() {
    use std::os::unix::net::UnixListener;
    for signal in ["TERM", "INT"] {
        let directory = tempfile::tempdir().unwrap();
        let [data, target] = ["data", "target"].map(|name| directory.path().join(name));
        fs::create_dir(&data).unwrap();
        fs::create_dir(&target).unwrap();
        // A server that does not answer.
        let listener = UnixListener::bind(data.join("control.sock")).unwrap();
        let mut task = command();
        task.arg("backup").arg(target.join("file")).arg("--data").arg(&data);
        let mut task = task.spawn().unwrap();
        let server = listener.accept().unwrap();
        assert_eq!(names(&target).len(), 1, "half a backup");
        let pid = task.id().to_string();
        assert!(
            std::process::Command::new("kill")
                .args(["-s", signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        assert!(!task.wait().unwrap().success());
        assert!(names(&target).is_empty(), "{signal}");
        drop(server);
    }
}

#[cfg(unix)]
#[test]
fn what_a_killed_backup_left_is_gone_with_the_next_and_what_another_makes_stays() {
    use std::os::unix::net::UnixListener;
    let directory = tempfile::tempdir().unwrap();
    let [data, other, target] = ["data", "other", "target"].map(|name| directory.path().join(name));
    fs::create_dir(&other).unwrap();
    fs::create_dir(&target).unwrap();
    stop(spawn(&data));
    // A server that does not answer.
    let listener = UnixListener::bind(other.join("control.sock")).unwrap();
    let half = |name: &str| {
        let mut task = command();
        task.arg("backup").arg(target.join(name)).arg("--data").arg(&other);
        let task = task.spawn().unwrap();
        (task, listener.accept().unwrap())
    };
    let (mut killed, _server) = half("killed");
    killed.kill().unwrap();
    killed.wait().unwrap();
    let left = names(&target);
    assert_eq!(left.len(), 1, "{left:?}");
    let (mut running, _server) = half("running");
    fs::write(target.join(".backup-of-mine"), "mine").unwrap();
    done("backup", &target.join("file"), &data);
    let there = names(&target);
    assert!(!there.contains(&left[0]), "{there:?}");
    assert_eq!(there.len(), 3, "the other's, somebody's and the new one: {there:?}");
    running.kill().unwrap();
    running.wait().unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn what_the_server_does_not_know_is_refused_and_it_goes_on() {
    use std::{
        io::{Read, Write},
        os::unix::net::UnixStream,
    };
    let directory = tempfile::tempdir().unwrap();
    let running = spawn(directory.path());
    let socket = directory.path().join("control.sock");
    while UnixStream::connect(&socket).is_err() {}
    for (said, word) in [(&b"shutdown\n"[..], "error"), (b"\n", "error"), (b"\xff\n", "")] {
        let mut stream = UnixStream::connect(&socket).unwrap();
        stream.write_all(said).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with(word), "{answer}");
    }
    let mut stream = UnixStream::connect(&socket).unwrap();
    // It may be closed before all is said.
    let _ = stream.write_all(&[b'x'; 100_000]);
    // Somebody who asks and goes away at once.
    UnixStream::connect(&socket).unwrap().write_all(b"backup\n").unwrap();
    let file = directory.path().join("backup");
    while !run("backup", &file, directory.path()).status.success() {}
    let (mut alice, _) = signed_in(&running, "alice@x").await;
    set_note(&mut alice, "here").await;
    drop(running);
}
