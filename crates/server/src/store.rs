//! The database: opened once, read whole at the start, then written by one thread in batches.
//!
//! A write is reported only after its transaction is on the disk (`synchronous = FULL`), so that what was
//! acknowledged survives `kill -9` and a power cut. Decides nothing.

use std::{
    fmt,
    path::Path,
    sync::{Arc, mpsc},
    thread::JoinHandle,
};

use mistatus_core::{
    presence::{Intent, Note, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::UnixMs,
};
use mistatus_hub::{StoreError, Ticket, UserRecord, Write};
use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::{mpsc::UnboundedSender, oneshot};

use crate::{
    limits::{STORE_BATCH_MAX, STORE_PATIENCE},
    metrics::{Metrics, count},
};

/// Is what the writing thread is asked.
pub(crate) enum ToStore {
    Write(Ticket, Write),
    /// Answered once everything before it is through and the database was read.
    Ping(oneshot::Sender<()>),
}

/// Reports how a write ended.
pub(crate) type Stored = (Ticket, Result<(), StoreError>);

/// Tells why the database cannot be used.
#[derive(Debug)]
pub(crate) struct OpenError(String);

/// Opens the database in a directory, which is made where it is missing, and brings its tables up to date.
pub(crate) fn open(directory: &Path) -> Result<Connection, OpenError> {
    let fail = |what: String| OpenError(format!("data directory {}: {what}", directory.display()));
    make_directory(directory).map_err(|error| fail(error.to_string()))?;
    let mut database = Connection::open(directory.join("mistatus.sqlite3"))
        .map_err(|error| fail(error.to_string()))?;
    database.busy_timeout(STORE_PATIENCE).map_err(|error| fail(error.to_string()))?;
    prepare(&mut database).map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            fail("another mistatus-server uses it".to_owned())
        }
        _ => fail(error.to_string()),
    })?;
    let version: usize = database
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| fail(error.to_string()))?;
    if version > MIGRATIONS.len() {
        return Err(fail(format!(
            "written by a later mistatus-server (version {version} of its tables; this one knows {})",
            MIGRATIONS.len()
        )));
    }
    Ok(database)
}

/// Reads everybody.
pub(crate) fn load(database: &Connection) -> rusqlite::Result<Vec<UserRecord>> {
    let mut contacts =
        database.prepare("SELECT name FROM contacts WHERE owner = ?1 ORDER BY place")?;
    let mut users =
        database.prepare("SELECT folded, name, friendly_name, status, note, until FROM users")?;
    let rows = users.query_map([], |row| {
        let folded: String = row.get(0)?;
        let name: String = row.get(1)?;
        let intent = Intent {
            status: MiStatus::from_number(row.get(3)?)
                .filter(|status| status.is_settable())
                .unwrap_or(MiStatus::Online),
            note: row
                .get::<_, Option<String>>(4)?
                .and_then(|note| Note::parse(&note).ok().flatten()),
            until: row
                .get::<_, Option<i64>>(5)?
                .map(|ms| UnixMs::from_millis(u64::try_from(ms).unwrap_or_default())),
            source: Source::User,
        };
        Ok((folded, name, row.get(2)?, intent))
    })?;
    let mut records = Vec::new();
    for row in rows {
        let (folded, name, friendly_name, intent) = row?;
        let Ok(name) = SigninName::parse(&name) else {
            tracing::warn!("a user of the database has no valid sign-in name and is left out");
            continue;
        };
        let names = contacts.query_map([&folded], |row| row.get::<_, String>(0))?;
        let contacts = names
            .filter_map(|name| name.map(|name| SigninName::parse(&name).ok()).transpose())
            .collect::<Result<_, _>>()?;
        records.push(UserRecord { name, friendly_name, intent, chosen_at: None, contacts });
    }
    Ok(records)
}

/// Inserts users who are not there yet, all at once; those who are keep what they have.
pub(crate) fn seed(database: &mut Connection, records: &[UserRecord]) -> rusqlite::Result<()> {
    let transaction = database.transaction()?;
    for record in records {
        let known = transaction
            .query_row("SELECT 1 FROM users WHERE folded = ?1", [record.name.folded()], |_| Ok(()))
            .optional()?;
        if known.is_some() {
            continue;
        }
        let friendly_name = record.friendly_name.clone();
        write(&transaction, &Write::PutUser { name: record.name.clone(), friendly_name })?;
        let intent = record.intent.clone();
        let at = record.chosen_at.unwrap_or_default();
        write(&transaction, &Write::PutIntent { name: record.name.clone(), intent, at })?;
        for contact in &record.contacts {
            let (owner, contact) = (record.name.clone(), contact.clone());
            write(&transaction, &Write::AddContact { owner, contact })?;
        }
    }
    transaction.commit()
}

/// Starts the writing thread; it ends, with everything written, when all senders are gone.
pub(crate) fn start(
    database: Connection,
    results: UnboundedSender<Stored>,
    metrics: Arc<Metrics>,
) -> std::io::Result<(mpsc::Sender<ToStore>, JoinHandle<()>)> {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::Builder::new()
        .name("store".to_owned())
        .spawn(move || run(database, &receiver, &results, &metrics))?;
    Ok((sender, thread))
}

fn run(
    mut database: Connection,
    inbox: &mpsc::Receiver<ToStore>,
    results: &UnboundedSender<Stored>,
    metrics: &Metrics,
) {
    while let Ok(first) = inbox.recv() {
        let mut writes = Vec::new();
        let mut pings = Vec::new();
        for message in std::iter::once(first).chain(inbox.try_iter()).take(STORE_BATCH_MAX) {
            match message {
                ToStore::Write(ticket, write) => writes.push((ticket, write)),
                ToStore::Ping(answer) => pings.push(answer),
            }
        }
        for (ticket, result) in write_batch(&mut database, &writes) {
            count(if result.is_ok() {
                &metrics.writes_total
            } else {
                &metrics.writes_failed_total
            });
            // Nobody listens any more while the server stops.
            let _ = results.send((ticket, result));
        }
        for answer in pings {
            if database.query_row("SELECT count(*) FROM users", [], |_| Ok(())).is_ok() {
                let _ = answer.send(());
            }
        }
    }
}

fn write_batch(database: &mut Connection, writes: &[(Ticket, Write)]) -> Vec<Stored> {
    if writes.is_empty() {
        return Vec::new();
    }
    let attempt = |database: &mut Connection| -> rusqlite::Result<Vec<Stored>> {
        let transaction = database.transaction()?;
        let mut results = Vec::with_capacity(writes.len());
        for (ticket, wanted) in writes {
            // A statement that fails undoes itself and leaves the rest of the transaction as it is.
            let result = write(&transaction, wanted).map_err(|error| {
                tracing::error!(%error, "a write failed");
                StoreError
            });
            results.push((*ticket, result));
        }
        transaction.commit()?;
        Ok(results)
    };
    attempt(database).unwrap_or_else(|error| {
        tracing::error!(%error, writes = writes.len(), "a batch of writes failed");
        writes.iter().map(|(ticket, _)| (*ticket, Err(StoreError))).collect()
    })
}

fn write(database: &Connection, write: &Write) -> rusqlite::Result<()> {
    match write {
        Write::PutUser { name, friendly_name } => database
            .prepare_cached(
                "INSERT INTO users (folded, name, friendly_name, status) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (folded) DO UPDATE SET friendly_name = excluded.friendly_name",
            )?
            .execute(params![
                name.folded(),
                name.as_str(),
                friendly_name,
                MiStatus::Online.number()
            ])?,
        Write::PutIntent { name, intent, at: _ } => database
            .prepare_cached(
                "UPDATE users SET status = ?2, note = ?3, until = ?4 WHERE folded = ?1",
            )?
            .execute(params![
                name.folded(),
                intent.status.number(),
                intent.note.as_ref().map(Note::as_str),
                intent.until.map(|until| until.as_millis().cast_signed()),
            ])?,
        Write::AddContact { owner, contact } => database
            .prepare_cached(
                "INSERT INTO contacts (owner, contact, name) VALUES (?1, ?2, ?3)
                 ON CONFLICT (owner, contact) DO NOTHING",
            )?
            .execute(params![owner.folded(), contact.folded(), contact.as_str()])?,
        Write::RemoveContact { owner, contact } => database
            .prepare_cached("DELETE FROM contacts WHERE owner = ?1 AND contact = ?2")?
            .execute(params![owner.folded(), contact.folded()])?,
    };
    Ok(())
}

fn prepare(database: &mut Connection) -> rusqlite::Result<()> {
    // One process owns the file: a second server on the same directory is told, not served.
    database.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "foreign_keys", true)?;
    let transaction =
        database.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: usize = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (done, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", done + 1)?;
    }
    transaction.commit()
}

#[cfg(unix)]
fn make_directory(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    // Names and contact lists are nobody else's business.
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn make_directory(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}

/// Each brings the tables from one `user_version` to the next; never changed, only added to.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE users (
        folded TEXT PRIMARY KEY NOT NULL,
        name TEXT NOT NULL,
        friendly_name TEXT,
        status INTEGER NOT NULL,
        note TEXT,
        until INTEGER
    ) STRICT;
    CREATE TABLE contacts (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        owner TEXT NOT NULL REFERENCES users (folded) ON DELETE CASCADE,
        contact TEXT NOT NULL,
        name TEXT NOT NULL,
        UNIQUE (owner, contact)
    ) STRICT;
"];

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> SigninName {
        SigninName::parse(text).unwrap()
    }

    #[test]
    fn what_was_written_is_read_in_its_order() {
        let directory = tempfile::tempdir().unwrap();
        let until = Some(UnixMs::MAX);
        let note = Note::parse("Höhe × Breite").unwrap();
        let intent = Intent { note, until, ..Intent::chosen(MiStatus::Busy, Source::User) };
        let record = UserRecord {
            name: name("Alice@x"),
            friendly_name: Some("Alice".to_owned()),
            intent,
            chosen_at: None,
            contacts: vec![name("Zoe@x"), name("bob@x")],
        };
        let mut database = open(directory.path()).unwrap();
        seed(&mut database, std::slice::from_ref(&record)).unwrap();
        let later = UserRecord { friendly_name: None, contacts: vec![], ..record.clone() };
        seed(&mut database, &[later]).unwrap();
        drop(database);
        let database = open(directory.path()).unwrap();
        let read = load(&database).unwrap();
        assert_eq!(read, std::slice::from_ref(&record));
        assert_eq!(read[0].name.as_str(), "Alice@x");
        assert_eq!(read[0].contacts[0].as_str(), "Zoe@x");
    }

    #[test]
    fn a_write_that_fails_leaves_the_others_of_its_batch() {
        let directory = tempfile::tempdir().unwrap();
        let mut database = open(directory.path()).unwrap();
        let orphan = Write::AddContact { owner: name("nobody@x"), contact: name("bob@x") };
        let user = Write::PutUser { name: name("alice@x"), friendly_name: None };
        let results = write_batch(&mut database, &[(Ticket(1), orphan), (Ticket(2), user)]);
        assert_eq!(results, [(Ticket(1), Err(StoreError)), (Ticket(2), Ok(()))]);
        assert_eq!(load(&database).unwrap().len(), 1);
    }

    #[test]
    fn a_second_server_and_a_later_version_are_told_apart() {
        let directory = tempfile::tempdir().unwrap();
        let first = open(directory.path()).unwrap();
        assert!(open(directory.path()).unwrap_err().0.contains("another mistatus-server"));
        first.pragma_update(None, "user_version", 99).unwrap();
        drop(first);
        assert!(open(directory.path()).unwrap_err().0.contains("later mistatus-server"));
    }
}
