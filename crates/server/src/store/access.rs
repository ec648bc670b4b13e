//! Who else may read the data directory and what is in it: nobody. Opens no database.

use std::{fs::File, io, path::Path};

use super::tables::DATABASE;
#[cfg(unix)]
use crate::service_keys::KeysFile;

/// Makes the directory and the file where they are missing, and takes away what others may do with the directory.
///
/// A directory of another account stays as it is, with a warning, where not everybody may write to it: the files are
/// closed all the same.
///
/// # Errors
/// Others may read or change something, and that cannot be mended; the text says what and how to mend it.
#[cfg(unix)]
pub(super) fn close_directory(directory: &Path, database: &Path) -> Result<(), String> {
    use std::{
        fs,
        os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    };

    fs::DirBuilder::new()
        .recursive(true)
        .mode(DIRECTORY_MODE)
        .create(directory)
        .map_err(|error| error.to_string())?;
    let name = database.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mode = mode_of(directory)?;
    if mode & OTHERS != 0 {
        refuse_shared(directory, mode)?;
        match close(directory, DIRECTORY_MODE) {
            Ok(()) => {}
            Err(Unclosed { kind: io::ErrorKind::PermissionDenied, text })
                if mode & ALL_WRITE == 0 =>
            {
                tracing::warn!("{text}; the files in it are closed");
            }
            Err(Unclosed { text, .. }) => return Err(text),
        }
    }
    // SQLite would make it as the process's umask says; its other files get the mode of this one.
    fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(FILE_MODE)
        .open(database)
        .map(drop)
        .map_err(|error| format!("{name}: {error}"))
}

/// Says what others may do with the directory, and that this ends with the next start; changes nothing.
///
/// # Errors
/// The server would not start; the text says why and what helps.
#[cfg(unix)]
pub(super) fn look(directory: &Path) -> Result<Option<String>, String> {
    let mode = mode_of(directory)?;
    if mode & OTHERS == 0 {
        return Ok(None);
    }
    refuse_shared(directory, mode)?;
    Ok(Some(format!(
        "{} is open to others (mode {mode:04o}): the server closes it at its next start, and you can now (chmod 700)",
        directory.display()
    )))
}

/// Lets no directory pass that is open to others and holds what may be meant for them.
#[cfg(unix)]
fn refuse_shared(directory: &Path, mode: u32) -> Result<(), String> {
    let entries = std::fs::read_dir(directory).map_err(|error| error.to_string())?;
    let is_ours = |entry: &std::fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // The last is there on a file system of its own, for root only.
        OWN.iter().any(|own| name.starts_with(own)) || name == "lost+found"
    };
    if entries.filter_map(Result::ok).all(|entry| is_ours(&entry)) {
        return Ok(());
    }
    Err(format!(
        "the data directory holds other files, too, and is open to others (mode {mode:04o}); give --data a \
         directory of its own, which is made with mode 0700, or close this one (chmod 700)"
    ))
}

/// Takes away what others may do with the database's file, with those that SQLite keeps beside it, and with the
/// service keys.
///
/// # Errors
/// As of [`close_directory`].
#[cfg(unix)]
pub(super) fn close_files(database: &Path) -> Result<(), String> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut file = database.as_os_str().to_owned();
        file.push(suffix);
        let file = Path::new(&file);
        if file.exists() && mode_of(file)? & OTHERS != 0 {
            close(file, FILE_MODE).map_err(|unclosed| unclosed.text)?;
        }
    }
    database.parent().map_or(Ok(()), close_service_keys)
}

/// Takes away what others may do with the service keys, which decide who may do what over HTTP.
///
/// Those of another account, as an operator may have put them there, stay as they are where only reading is allowed.
#[cfg(unix)]
fn close_service_keys(directory: &Path) -> Result<(), String> {
    let keys = KeysFile::of(directory).path();
    if !keys.exists() {
        return Ok(());
    }
    let mode = mode_of(&keys)?;
    if mode & OTHERS == 0 {
        return Ok(());
    }
    match close(&keys, FILE_MODE) {
        Err(Unclosed { kind: io::ErrorKind::PermissionDenied, text })
            if mode & OTHERS_WRITE == 0 =>
        {
            tracing::warn!("{text}");
            Ok(())
        }
        closed => closed.map_err(|unclosed| unclosed.text),
    }
}

#[cfg(not(unix))]
pub(super) fn close_directory(directory: &Path, _database: &Path) -> Result<(), String> {
    std::fs::create_dir_all(directory).map_err(|error| error.to_string())
}

#[cfg(not(unix))]
pub(super) fn look(_directory: &Path) -> Result<Option<String>, String> {
    Ok(None)
}

#[cfg(not(unix))]
pub(super) fn close_files(_database: &Path) -> Result<(), String> {
    Ok(())
}

/// Tells one file from another that takes its name; `None` where there is none.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().ok().map(|about| (about.dev(), about.ino()))
}

/// Elsewhere no file is replaced that is open.
#[cfg(not(unix))]
pub(super) fn identity(_path: &Path) -> Option<()> {
    None
}

#[cfg(unix)]
fn mode_of(path: &Path) -> Result<u32, String> {
    use std::os::unix::fs::PermissionsExt;
    let about = std::fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(about.permissions().mode() & 0o7777)
}

/// Opens a file of the data directory for writing, or makes an empty one that belongs to the account of the server.
///
/// That account may put what it likes into the directory, and this process may be root: no link is followed, and a
/// file that is there stays whose it is.
///
/// # Errors
/// There is something else of that name, or the file can be neither opened nor made.
pub(crate) fn open_own_file(directory: &Path, name: &str) -> io::Result<File> {
    let path = directory.join(name);
    let mut options = File::options();
    options.write(true);
    restrict(&mut options);
    match options.clone().create_new(true).open(&path) {
        Ok(fresh) => {
            give_to_owner(&fresh, directory)?;
            return Ok(fresh);
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let refused = || {
        io::Error::other(format!(
            "{name} must be a regular file and no link; look at it and remove it"
        ))
    };
    // Asked first since opening a device may do something; asked again since it may be another by then.
    if !is_own(&path.symlink_metadata()?) {
        return Err(refused());
    }
    let file = options.open(&path)?;
    if is_own(&file.metadata()?) { Ok(file) } else { Err(refused()) }
}

/// Lets nobody else read a file that is made, follows no link, and waits for nobody at the other end of a pipe.
#[cfg(unix)]
fn restrict(options: &mut std::fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(FILE_MODE).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
}

#[cfg(not(unix))]
fn restrict(_options: &mut std::fs::OpenOptions) {}

/// Whether this is a regular file without a second name, which may be one of another directory.
#[cfg(unix)]
fn is_own(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    about.is_file() && about.nlink() == 1
}

#[cfg(not(unix))]
fn is_own(about: &std::fs::Metadata) -> bool {
    about.is_file()
}

/// Gives a file that this process has just made in the data directory to the account of the server, which may be
/// another than this process's.
///
/// # Errors
/// That account cannot read the file, and nothing can be done about it; or it is none that was just made.
#[cfg(unix)]
pub(crate) fn give_to_owner(file: &File, directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let is = file.metadata()?;
    if !is_own(&is) {
        return Err(io::Error::other("a file with another name is not given away"));
    }
    let database = directory.join(DATABASE).metadata();
    // Without a database the directory's owner is a guess: that of a container's volume is another account.
    let is_certain = database.is_ok();
    let wanted = database.or_else(|_| directory.metadata())?;
    if is.uid() == wanted.uid() {
        return Ok(());
    }
    match fchown(file, Some(wanted.uid()), Some(wanted.gid())) {
        Err(error) if is_certain => Err(error),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
pub(crate) fn give_to_owner(_file: &File, _directory: &Path) -> io::Result<()> {
    Ok(())
}

/// Tells why others could not be kept out.
#[cfg(unix)]
struct Unclosed {
    kind: std::io::ErrorKind,
    text: String,
}

#[cfg(unix)]
fn close(path: &Path, mode: u32) -> Result<(), Unclosed> {
    use std::os::unix::fs::PermissionsExt;
    let before =
        mode_of(path).map_err(|text| Unclosed { kind: std::io::ErrorKind::Other, text })?;
    let closed = std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
    closed.map_err(|error| Unclosed {
        kind: error.kind(),
        text: format!(
            "{} is open to others (mode {before:04o}), and that cannot be changed: {error}; its owner must close it \
             (chmod {mode:o}), or --data must name a directory of this account",
            path.display()
        ),
    })?;
    tracing::warn!(
        path = %path.display(),
        before = %format_args!("{before:04o}"),
        now = %format_args!("{mode:04o}"),
        "others could read this, or more; not any longer"
    );
    Ok(())
}

/// How the names of the server's own files begin.
#[cfg(unix)]
const OWN: [&str; 3] = [DATABASE, "service-keys.", "control.sock"];
/// What the account itself may do, and nobody else.
#[cfg(unix)]
const DIRECTORY_MODE: u32 = 0o700;
#[cfg(unix)]
const FILE_MODE: u32 = 0o600;
/// What the group and everybody else may do.
#[cfg(unix)]
const OTHERS: u32 = 0o077;
/// What lets the group and everybody else change a file.
#[cfg(unix)]
const OTHERS_WRITE: u32 = 0o022;
/// What lets everybody replace the files of a directory.
#[cfg(unix)]
const ALL_WRITE: u32 = 0o002;
