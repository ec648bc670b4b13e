//! What can be said of a data directory by looking at it. Makes, changes and locks nothing.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use rusqlite::{Connection, OpenFlags};

use super::{
    access,
    tables::{DATABASE, MIGRATIONS, explain, inspect, with_remedy},
};

/// What is known of a database that was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DatabaseCondition {
    /// There is none yet; the server makes it.
    Missing,
    /// Of use to the server.
    Sound,
    /// A server has it open, or did not end properly: part of it is in another file, and cannot be judged from outside.
    Open,
}

/// Says what is dangerous about a data directory; `None` where nothing is, or where there is none yet.
///
/// # Errors
/// The server cannot use it; the text says why and what helps.
pub(crate) fn look_at_directory(directory: &Path) -> Result<Option<String>, String> {
    match fs::metadata(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", directory.display())),
        Ok(about) if !about.is_dir() => {
            Err(format!("{} is no directory; --data must name one", directory.display()))
        }
        Ok(_) => {
            access::look(directory).map_err(|error| format!("{}: {error}", directory.display()))
        }
    }
}

/// Tells whether the database of a data directory is of use.
///
/// # Errors
/// It is damaged, of another program or of a later version, or cannot be read.
pub(crate) fn look_at_database(directory: &Path) -> Result<DatabaseCondition, String> {
    let path = directory.join(DATABASE);
    let named = |error: String| format!("{}: {error}", path.display());
    match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(DatabaseCondition::Missing);
        }
        Err(error) => return Err(named(error.to_string())),
        Ok(_) => {}
    }
    // Whoever closes the database takes it away, empty or not.
    if directory.join(format!("{DATABASE}-wal")).exists() {
        return Ok(DatabaseCondition::Open);
    }
    let database = open_unchanged(&path).map_err(|error| named(explain(&error)))?;
    inspect(&database, MIGRATIONS.len()).map_err(|error| named(with_remedy(error)))?;
    Ok(DatabaseCondition::Sound)
}

/// Opens a file that nobody writes, without the files that SQLite keeps beside one otherwise.
pub(super) fn open_unchanged(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{}?immutable=1", percent_encoded(path)), flags)
}

/// Writes a path as SQLite's file names in addresses want it.
fn percent_encoded(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let encoded = path.as_os_str().as_encoded_bytes().iter().map(|byte| {
        if plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
    });
    encoded.collect()
}
