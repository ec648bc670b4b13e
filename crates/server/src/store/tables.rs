//! The database's file: who may open it, whether it is sound, and its tables from version to version. Reads no people.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::{access, people, unfinished, webhooks};
use crate::limits::STORE_PATIENCE;

/// Tells why the database cannot be used.
#[derive(Debug)]
pub(crate) struct OpenError {
    path: PathBuf,
    what: String,
}

/// Opens the database in a directory, which is made where it is missing, and brings its tables up to date.
///
/// Directory and files are closed to others. A file that is damaged, locked, of a later version, of another program or
/// no database at all is left as it is.
pub(crate) fn open(directory: &Path) -> Result<Connection, OpenError> {
    let path = directory.join(DATABASE);
    access::close_directory(directory, &path)
        .map_err(|what| OpenError { path: directory.to_owned(), what })?;
    let database = open_file(&path, MIGRATIONS).map_err(|what| OpenError { path, what })?;
    unfinished::remove(directory);
    Ok(database)
}

pub(super) fn open_file(path: &Path, migrations: &[&str]) -> Result<Connection, String> {
    let identity = access::identity(path);
    let mut database = Connection::open(path).map_err(|error| explain(&error))?;
    claim(&database).map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => with_remedy(explain(&error)),
        _ => explain(&error),
    })?;
    // Whoever restored a backup held the file that was opened, and waited for.
    if identity.is_some() && access::identity(path) != identity {
        return Err("the file was replaced while it was opened; start again".to_owned());
    }
    inspect(&database, migrations.len()).map_err(with_remedy)?;
    access::close_files(path)?;
    migrate(&mut database, migrations).map_err(|error| explain(&error))?;
    Ok(database)
}

/// Tells whether a file is sound, and of a version up to the one that is `known`. Writes nothing.
///
/// # Errors
/// What else it is, and what helps.
pub(super) fn inspect(database: &Connection, known: usize) -> Result<(), String> {
    let version = version(database).map_err(|error| explain(&error))?;
    if !is_ours(database, version).map_err(|error| explain(&error))? {
        return Err("the file is a database of another program".to_owned());
    }
    if version > known {
        return Err(format!(
            "written by a later mistatus-server (version {version} of its tables; this one knows {known})"
        ));
    }
    let sound: String = database
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| explain(&error))?;
    if sound != "ok" {
        return Err(format!("the file is damaged ({})", sound.replace('\n', " ")));
    }
    Ok(())
}

/// Makes the file this process's own, by reading it. Writes nothing.
pub(super) fn claim(database: &Connection) -> rusqlite::Result<()> {
    database.busy_timeout(STORE_PATIENCE)?;
    // One process owns the file: a second server on the same directory is told, not served.
    database.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    version(database).map(drop)
}

fn version(database: &Connection) -> rusqlite::Result<usize> {
    database.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Whether the file was made by a mistatus-server, or has nothing in it yet.
fn is_ours(database: &Connection, version: usize) -> rusqlite::Result<bool> {
    let id: i32 = database.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if id != 0 {
        return Ok(id == APPLICATION_ID);
    }
    // The first releases did not say whose the file is.
    let columns = |table: &str| -> rusqlite::Result<Vec<String>> {
        let mut statement = database.prepare("SELECT name FROM pragma_table_info(?1)")?;
        statement.query_map([table], |row| row.get(0))?.collect()
    };
    let has = |table: &str, known: &[&str]| {
        columns(table).map(|found| known.iter().all(|name| found.iter().any(|one| one == name)))
    };
    if version > 0 {
        return Ok(has("users", &["folded", "name", "friendly_name", "status", "note", "until"])?
            && has("contacts", &["place", "owner", "contact", "name"])?);
    }
    database.query_row("SELECT count(*) = 0 FROM sqlite_master", [], |row| row.get(0))
}

/// Brings the tables up to date. A file that needs nothing is not written to: it is of use on a full disk, too.
fn migrate(database: &mut Connection, migrations: &[&str]) -> rusqlite::Result<()> {
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "foreign_keys", true)?;
    let version = version(database)?;
    if version < migrations.len() {
        // All steps or none: a file between two versions would be of no use to anybody.
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (done, migration) in migrations.iter().enumerate().skip(version) {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "user_version", done + 1)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        return transaction.commit();
    }
    let id: i32 = database.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if id != APPLICATION_ID
        && let Err(error) = database.pragma_update(None, "application_id", APPLICATION_ID)
    {
        tracing::warn!(%error, "the database takes no writes; whose it is will be written at a later start");
    }
    Ok(())
}

pub(super) fn explain(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another mistatus-server uses it, or a `mistatus-server backup` or `restore` that has not ended, or \
             another program"
                .to_owned()
        }
        Some(ErrorCode::NotADatabase) => "the file is no SQLite database".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => format!("the file is damaged ({error})"),
        _ => error.to_string(),
    }
}

/// Says what to do about a database that is of no use as it is.
pub(super) fn with_remedy(error: String) -> String {
    format!(
        "{error}; nothing was changed: put a backup in its place (mistatus-server restore), move it away to begin with \
         an empty one, or let --data name another directory"
    )
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.what)
    }
}

impl std::error::Error for OpenError {}

/// The file's name in the data directory.
pub(crate) const DATABASE: &str = "mistatus.sqlite3";

/// Names the program that a database belongs to, in its header.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"MSts");

/// Each brings the tables from one `user_version` to the next; never changed, only added to.
pub(super) const MIGRATIONS: &[&str] = &[
    "
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
",
    // Until here every choice was made by hand; ONLINE alone is what nobody chose.
    "
    ALTER TABLE users ADD COLUMN source TEXT;
    ALTER TABLE users ADD COLUMN chosen_at INTEGER;
    UPDATE users SET source = 'user' WHERE status <> 2 OR note IS NOT NULL OR until IS NOT NULL;
",
    // Permissions to see the owner that changed while the owner seemed offline, as others still see them.
    "
    CREATE TABLE beliefs (
        owner TEXT NOT NULL REFERENCES users (folded) ON DELETE CASCADE,
        contact TEXT NOT NULL,
        name TEXT NOT NULL,
        listed INTEGER NOT NULL,
        PRIMARY KEY (owner, contact)
    ) STRICT;
",
    // Groups, blocking, requests and messages. `permits` and the friendly name are what the blocked one still sees.
    // A message's state: 0 waits, 1 was confirmed and its writer is not to know yet, 2 was delivered, 3 is the writer's
    // alone. Its number is never given twice, also where the last one is gone.
    "
    ALTER TABLE users ADD COLUMN last_group INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE groups (
        owner TEXT NOT NULL REFERENCES users (folded) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (owner, number)
    ) STRICT;
    CREATE TABLE group_members (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        owner TEXT NOT NULL,
        number INTEGER NOT NULL,
        contact TEXT NOT NULL,
        name TEXT NOT NULL,
        UNIQUE (owner, contact, number),
        FOREIGN KEY (owner, number) REFERENCES groups (owner, number) ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX group_members_of ON group_members (owner, number);
    CREATE TABLE blocked (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        owner TEXT NOT NULL REFERENCES users (folded) ON DELETE CASCADE,
        contact TEXT NOT NULL,
        name TEXT NOT NULL,
        blocked INTEGER NOT NULL,
        permits INTEGER NOT NULL,
        friendly_name TEXT,
        UNIQUE (owner, contact)
    ) STRICT;
    CREATE TABLE allowed (
        owner TEXT NOT NULL REFERENCES users (folded) ON DELETE CASCADE,
        contact TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (owner, contact)
    ) STRICT;
    CREATE TABLE requests (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        owner TEXT NOT NULL REFERENCES users (folded) ON DELETE CASCADE,
        contact TEXT NOT NULL,
        name TEXT NOT NULL,
        at INTEGER NOT NULL,
        UNIQUE (owner, contact)
    ) STRICT;
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        writer TEXT NOT NULL,
        reader TEXT NOT NULL,
        from_name TEXT NOT NULL,
        to_name TEXT NOT NULL,
        text TEXT NOT NULL,
        at INTEGER NOT NULL,
        request INTEGER NOT NULL,
        state INTEGER NOT NULL,
        UNIQUE (writer, request)
    ) STRICT;
    CREATE INDEX messages_between ON messages (writer, reader, id);
    CREATE INDEX messages_open ON messages (reader, writer, id) WHERE state < 2;
    CREATE INDEX messages_by_age ON messages (at);
",
    // Until here it was not kept what was read: what a client had counts as read.
    "
    ALTER TABLE messages ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
    UPDATE messages SET unread = 1 WHERE state = 0;
    CREATE INDEX messages_unread ON messages (reader, writer, id) WHERE unread = 1;
",
    // What services claim about people, and of which sources they want no claim to count. `starts` and `until` are instants of the calendar.
    "
    CREATE TABLE claims (
        owner TEXT NOT NULL REFERENCES users (folded) ON DELETE CASCADE,
        service TEXT NOT NULL,
        id TEXT NOT NULL,
        source TEXT NOT NULL,
        status INTEGER NOT NULL,
        note TEXT,
        starts INTEGER NOT NULL,
        until INTEGER NOT NULL,
        dismissed INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (owner, service, id)
    ) STRICT;
    CREATE INDEX claims_by_end ON claims (until);
    CREATE TABLE ignored_claims (
        owner TEXT NOT NULL REFERENCES users (folded) ON DELETE CASCADE,
        source TEXT NOT NULL,
        PRIMARY KEY (owner, source)
    ) STRICT;
",
    webhooks::TABLES,
    // What the user chose about idleness, for all devices; `idle_after` in milliseconds.
    "
    ALTER TABLE users ADD COLUMN idle_transmit INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE users ADD COLUMN idle_after INTEGER;
",
    // What went nowhere counts for its writer by state 3; state 4 is the same and counts no longer.
    "
    CREATE INDEX messages_hidden ON messages (writer, reader) WHERE state = 3;
",
    people::TABLES,
];
