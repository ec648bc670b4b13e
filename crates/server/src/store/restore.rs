//! Puts a backup in the place of the database of a server that does not run, and keeps the old one beside it.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{
    access, backup,
    tables::{DATABASE, claim, explain},
};

/// Puts a backup in the place of the database; returns where the old one is now, if there was one.
///
/// # Errors
/// A server uses the directory, the file is no backup, or the disk does not take it. The database is as it was then.
pub(crate) fn restore(file: &Path, directory: &Path) -> Result<Option<PathBuf>, String> {
    let named = |error: String| format!("{}: {error}", file.display());
    if !directory.is_dir() {
        return Err(format!(
            "there is no data directory {}; name the server's with --data or --config, or make it (mkdir -m 700)",
            directory.display()
        ));
    }
    if beside(file, "-wal").exists() {
        return Err(named(
            "there is a -wal file beside it, so that it is a database in use and no backup; `mistatus-server backup` \
             makes one of it (--data names its directory)"
                .to_owned(),
        ));
    }
    // A copy of its own: what is checked is what is put in place.
    let fresh = copy_into(file, directory).map_err(|error| named(error.to_string()))?;
    backup::check(fresh.path()).map_err(named)?;
    let path = directory.join(DATABASE);
    let kept = if path.exists() {
        Some(exchange(fresh, &path)?)
    } else {
        // No other database's changes may be taken for those of this one.
        remove_leftovers(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        fresh.persist_noclobber(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        None
    };
    sync(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    Ok(kept)
}

fn copy_into(file: &Path, directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let prefix = format!("{DATABASE}-restore-");
    let mut fresh = tempfile::Builder::new().prefix(&prefix).tempfile_in(directory)?;
    io::copy(&mut File::open(file)?, &mut fresh)?;
    access::give_to_owner(fresh.as_file(), directory)?;
    fresh.as_file().sync_all()?;
    Ok(fresh)
}

/// Keeps the old database under another name, and puts the fresh one in its place: at no moment there is none.
fn exchange(fresh: tempfile::NamedTempFile, path: &Path) -> Result<PathBuf, String> {
    let named = |error: &io::Error| format!("{}: {error}", path.display());
    let lock = lock(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let kept = free_name(path);
    fs::hard_link(path, &kept).map_err(|error| {
        format!("{}: the old database cannot be kept beside the new one: {error}", kept.display())
    })?;
    let put = if lock.is_some() {
        Ok(())
    } else {
        // A damaged database; what stands beside it may be of use to who mends it, and would be harm to the other.
        ["-wal", "-journal"].into_iter().try_for_each(|suffix| move_away(path, &kept, suffix))
    };
    let put = put.and_then(|()| remove_leftovers(path));
    let put = put.and_then(|()| fresh.persist(path).map(drop).map_err(|error| error.error));
    put.map_err(|error| {
        // Only the second of its two names.
        let _ = fs::remove_file(&kept);
        named(&error)
    })?;
    Ok(kept)
}

/// Makes the old database this process's own, in one file and with all changes in it; `None` for one that is damaged,
/// with which no server starts either.
fn lock(path: &Path) -> Result<Option<Connection>, String> {
    let attempt = || -> rusqlite::Result<(Connection, String)> {
        let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        claim(&database)?;
        // Takes the changes in, and the files beside it away.
        let set = |row: &rusqlite::Row<'_>| row.get(0);
        let mode = database.pragma_update_and_check(None, "journal_mode", "DELETE", set)?;
        database.execute_batch("BEGIN EXCLUSIVE")?;
        Ok((database, mode))
    };
    match attempt() {
        Ok((database, mode)) if mode == "delete" => Ok(Some(database)),
        Ok(_) => Err("its last changes cannot be taken into it; is the disk full?".to_owned()),
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Ok(None),
            _ => Err(format!("{}; stop the server first", explain(&error))),
        },
    }
}

fn free_name(path: &Path) -> PathBuf {
    let now = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string();
    let now = now.replace([':', '-'], "");
    let name = |number: u32| match number {
        0 => beside(path, &format!("-before-restore-{now}")),
        number => beside(path, &format!("-before-restore-{now}-{number}")),
    };
    // As many as there can be in one second.
    (0..u32::MAX).map(name).find(|name| !name.exists()).unwrap_or_else(|| name(u32::MAX))
}

fn move_away(path: &Path, kept: &Path, suffix: &str) -> io::Result<()> {
    match fs::rename(beside(path, suffix), beside(kept, suffix)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove_leftovers(path: &Path) -> io::Result<()> {
    for suffix in ["-wal", "-shm"] {
        match fs::remove_file(beside(path, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(unix)]
fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_directory: &Path) -> io::Result<()> {
    Ok(())
}
