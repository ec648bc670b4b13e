//! Copies of the database, as it is at one moment: while it is written, or while nobody has it open.

use std::{fs, path::Path};

use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};

use super::{
    inspection::open_unchanged,
    tables::{DATABASE, MIGRATIONS, claim, explain, inspect},
};
use crate::limits::{BACKUP_SPARE, BACKUP_STEP_PAGES};

/// Copies a database into a file that is there and empty. After each step calls `between`, which may write to the
/// database by the same connection: the copy follows. Where it returns `false`, the copy is given up.
///
/// # Errors
/// The copy was given up, or the disk takes none; what is in the file then is of no use.
pub(super) fn copy(
    database: &Connection,
    path: &Path,
    mut between: impl FnMut() -> bool,
) -> Result<(), String> {
    let bytes = size(database).map_err(|error| explain(&error))?;
    let free = path.parent().map(fs4::available_space).transpose().ok().flatten();
    let needed = bytes.saturating_add(BACKUP_SPARE);
    if free.is_some_and(|free| free < needed) {
        return Err(format!(
            "the disk of the data directory has {} bytes left; a backup needs {needed} there for a while",
            free.unwrap_or_default()
        ));
    }
    let mut copy = Connection::open(path).map_err(|error| explain(&error))?;
    // Half a copy is thrown away, so nothing is needed to mend one.
    copy.pragma_update(None, "journal_mode", "OFF").map_err(|error| explain(&error))?;
    copy.pragma_update(None, "synchronous", "OFF").map_err(|error| explain(&error))?;
    let backup = Backup::new(database, &mut copy).map_err(|error| explain(&error))?;
    loop {
        match backup.step(BACKUP_STEP_PAGES).map_err(|error| explain(&error))? {
            StepResult::Done => return Ok(()),
            _ if between() => {}
            _ => {
                return Err(
                    "the backup was given up: the server stops, or nobody waits for it".to_owned()
                );
            }
        }
    }
}

/// Copies the database of a data directory that no server uses; none can use it meanwhile.
///
/// # Errors
/// A server uses it, it is of no use, or there is none; the text says which.
pub(crate) fn copy_unused(directory: &Path, path: &Path) -> Result<(), String> {
    let from = directory.join(DATABASE);
    let named = |error: String| format!("{}: {error}", from.display());
    if !from.exists() {
        return Err(named(
            "there is no database; --data or --config must name the server's".to_owned(),
        ));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let database =
        Connection::open_with_flags(&from, flags).map_err(|error| named(explain(&error)))?;
    claim(&database).map_err(|error| named(explain(&error)))?;
    inspect(&database, MIGRATIONS.len()).map_err(named)?;
    copy(&database, path, || true).map_err(named)
}

/// Tells whether a file is a backup that a server of this version can go on with, and returns its bytes.
///
/// # Errors
/// What else it is.
pub(crate) fn check(path: &Path) -> Result<u64, String> {
    let bytes = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if bytes == 0 {
        return Err("the file is empty".to_owned());
    }
    let copy = open_unchanged(path).map_err(|error| explain(&error))?;
    inspect(&copy, MIGRATIONS.len())?;
    let problem: String = copy
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| explain(&error))?;
    let tables: bool = copy
        .query_row("SELECT count(*) > 0 FROM sqlite_master", [], |row| row.get(0))
        .map_err(|error| explain(&error))?;
    match (problem.as_str(), tables) {
        ("ok", true) => Ok(bytes),
        ("ok", false) => Err("there is nothing in it".to_owned()),
        (problem, _) => Err(format!("the file is damaged ({})", problem.replace('\n', " "))),
    }
}

fn size(database: &Connection) -> rusqlite::Result<u64> {
    let number = |name: &str| database.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
    Ok(number("page_count")?.saturating_mul(number("page_size")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open;

    const MESSAGE: &str = "INSERT INTO messages
        (writer, reader, from_name, to_name, text, at, request, state)
        VALUES ('a@x', 'b@x', 'a@x', 'b@x', ?1, 1, ?2, 2)";

    fn count(database: &Connection, query: &str) -> u64 {
        database.query_row(query, [], |row| row.get(0)).unwrap()
    }

    /// A database of as many bytes as take a backup several steps.
    fn large(directory: &Path) -> Connection {
        let database = open(directory).unwrap();
        let transaction = database.unchecked_transaction().unwrap();
        for number in 0..1_000 {
            transaction.execute(MESSAGE, ("x".repeat(8_000), number)).unwrap();
        }
        transaction.commit().unwrap();
        database
    }

    #[test]
    fn a_backup_has_what_is_written_while_it_is_made_wholly_or_not_at_all() {
        let directory = tempfile::tempdir().unwrap();
        let database = large(directory.path());
        let copy_path = directory.path().join("mistatus.sqlite3-copy");
        let mut written = 0;
        // Two tables in one transaction, in pages at the beginning and at the end of the file.
        copy(&database, &copy_path, || {
            written += 1;
            let transaction = database.unchecked_transaction().unwrap();
            let user = "INSERT INTO users (folded, name, status) VALUES (?1, ?1, 2)";
            transaction.execute(user, [format!("user{written}@x")]).unwrap();
            transaction.execute(MESSAGE, ("y".repeat(8_000), 1_000 + written)).unwrap();
            transaction
                .execute("UPDATE messages SET text = 'z' WHERE request = ?1", [written])
                .unwrap();
            transaction.commit().unwrap();
            true
        })
        .unwrap();
        assert!(written > 3, "several steps");
        check(&copy_path).unwrap();
        let copied = open_unchanged(&copy_path).unwrap();
        assert_eq!(count(&copied, "SELECT count(*) FROM users"), written);
        assert_eq!(count(&copied, "SELECT count(*) FROM messages"), 1_000 + written);
        assert_eq!(count(&copied, "SELECT count(*) FROM messages WHERE text = 'z'"), written);
    }

    #[test]
    fn a_backup_that_nobody_waits_for_is_given_up() {
        let directory = tempfile::tempdir().unwrap();
        let database = large(directory.path());
        let path = directory.path().join("mistatus.sqlite3-copy");
        assert!(copy(&database, &path, || false).unwrap_err().contains("given up"));
        assert!(check(&path).is_err(), "half a copy is none");
        let user = "INSERT INTO users (folded, name, status) VALUES ('a@x', 'a@x', 2)";
        database.execute(user, []).unwrap();
    }

    #[test]
    fn what_is_no_backup_is_said() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let refused = |word: &str| {
            let error = check(&path).unwrap_err();
            assert!(error.contains(word), "{word:?} is missing in {error:?}");
        };
        refused("No such file");
        for (content, word) in [
            (&b""[..], "empty"),
            (b"nonsense", "no SQLite database"),
            (&[7; 8192], "no SQLite database"),
        ] {
            fs::write(&path, content).unwrap();
            refused(word);
        }
        let statements = [
            ("CREATE TABLE other (a)", "another program"),
            ("PRAGMA user_version = 1000; PRAGMA application_id = 1297314931", "later"),
        ];
        for (statement, word) in statements {
            fs::remove_file(&path).unwrap();
            Connection::open(&path).unwrap().execute_batch(statement).unwrap();
            refused(word);
        }
    }
}
