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
    unfinished,
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
    if let Some(suffix) = ["-wal", "-journal"].iter().find(|suffix| beside(file, suffix).exists()) {
        return Err(named(format!(
            "there is a {suffix} file beside it, so that it is a database in use and no backup; `mistatus-server \
             backup` makes one of it (--data names its directory)"
        )));
    }
    let path = directory.join(DATABASE);
    if access::identity(file).is_some_and(|same| access::identity(&path) == Some(same)) {
        return Err(named("it is the server's database already".to_owned()));
    }
    let is_first = !path.exists();
    let old = if is_first { None } else { hold(&path)? };
    if old.is_some() {
        unfinished::remove(directory);
    }
    // A copy of its own: what is checked is what is put in place.
    let fresh = copy_into(file, directory).map_err(|error| named(error.to_string()))?;
    backup::check(fresh.path()).map_err(named)?;
    let kept = if is_first {
        put_first(fresh, &path).map_err(|error| format!("{}: {error}", path.display()))?;
        None
    } else {
        Some(exchange(fresh, old, &path)?)
    };
    sync(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    Ok(kept)
}

fn copy_into(file: &Path, directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut fresh = unfinished::make(directory)?;
    io::copy(&mut File::open(file)?, &mut fresh)?;
    access::give_to_owner(fresh.as_file(), directory)?;
    fresh.as_file().sync_all()?;
    Ok(fresh)
}

/// Puts the fresh database where there is none.
fn put_first(fresh: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    if path.exists() {
        return Err(io::Error::other("a database was made meanwhile; stop the server first"));
    }
    // No other database's changes may be taken for those of this one.
    remove_leftovers(path)?;
    fresh.persist_noclobber(path)?;
    Ok(())
}

/// Keeps the old database under another name, and puts the fresh one in its place: at no moment there is none.
fn exchange(
    fresh: tempfile::NamedTempFile,
    old: Option<Connection>,
    path: &Path,
) -> Result<PathBuf, String> {
    let named = |error: &io::Error| format!("{}: {error}", path.display());
    let held = old.map(|old| take_in(old, path)).transpose()?.flatten();
    let kept = free_name(path);
    fs::hard_link(path, &kept).map_err(|error| {
        format!("{}: the old database cannot be kept beside the new one: {error}", kept.display())
    })?;
    let put = if held.is_some() {
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

/// Makes the old database this process's own; `None` for one that is damaged, with which no server starts either.
fn hold(path: &Path) -> Result<Option<Connection>, String> {
    let attempt = || -> rusqlite::Result<Connection> {
        let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        claim(&database)?;
        Ok(database)
    };
    unless_damaged(attempt(), path)
}

/// Takes all changes into the file of the old database, which nobody else can read from then on; `None` where it turns
/// out to be damaged.
fn take_in(old: Connection, path: &Path) -> Result<Option<Connection>, String> {
    let attempt = || -> rusqlite::Result<String> {
        // Takes the files beside it away, too.
        let mode = old.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
        old.execute_batch("BEGIN EXCLUSIVE")?;
        Ok(mode)
    };
    match unless_damaged(attempt(), path)? {
        Some(mode) if mode == "delete" => Ok(Some(old)),
        Some(_) => Err(format!(
            "{}: its last changes cannot be taken into it; is the disk full?",
            path.display()
        )),
        None => Ok(None),
    }
}

fn unless_damaged<T>(tried: rusqlite::Result<T>, path: &Path) -> Result<Option<T>, String> {
    match tried {
        Ok(done) => Ok(Some(done)),
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Ok(None),
            _ => Err(format!("{}: {}; stop the server first", path.display(), explain(&error))),
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
    for suffix in ["-wal", "-shm", "-journal"] {
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
