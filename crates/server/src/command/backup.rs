//! `mistatus-server backup` and `restore`: a copy of the database, and the way back.

use std::{
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use clap::Args;
use tempfile::NamedTempFile;

use super::{Place, say};
use crate::store::{backup, restore, unfinished};

/// Where to put a backup.
#[derive(Args, Debug)]
pub struct BackupTask {
    /// File to make; there must be none of that name.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Which backup to go back to.
#[derive(Args, Debug)]
pub struct RestoreTask {
    /// A file that `mistatus-server backup` made.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl BackupTask {
    pub(super) fn run(self) -> Result<(), String> {
        let named = |error: String| format!("{}: {error}", self.file.display());
        if self.file.exists() {
            return Err(named(
                "the file exists; choose another name, or remove it first".to_owned(),
            ));
        }
        unfinished::refuse(&self.file).map_err(named)?;
        let directory = self.place.directory()?;
        let copy = beside(&self.file).map_err(|error| named(error.to_string()))?;
        #[cfg(unix)]
        remove_when_stopped(copy.path()).map_err(|error| error.to_string())?;
        fetch(&directory, &copy)?;
        let bytes = backup::check(copy.path()).map_err(named)?;
        keep(copy, &self.file).map_err(|error| named(error.to_string()))?;
        let line = format!("{}: {bytes} bytes, complete and sound", self.file.display());
        say(io::stdout(), &line);
        Ok(())
    }
}

impl RestoreTask {
    pub(super) fn run(self) -> Result<(), String> {
        let kept = restore::restore(&self.file, &self.place.directory()?)?;
        say(io::stdout(), &format!("{} is the server's database now.", self.file.display()));
        if let Some(kept) = kept {
            let line =
                format!("The one before is {}: remove it when nobody needs it.", kept.display());
            say(io::stdout(), &line);
        }
        Ok(())
    }
}

/// Makes an empty file that nobody else reads, beside the one that it will be. What commands left there that were killed
/// goes: each holds a lock on its own for as long as it runs.
fn beside(file: &Path) -> io::Result<NamedTempFile> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    remove_left(folder);
    loop {
        let copy = tempfile::Builder::new().prefix(HALF_PREFIX).tempfile_in(folder)?;
        // Where locks are not to be had, nothing is removed either.
        let _ = fs4::FileExt::try_lock(copy.as_file());
        // Another command may have found it before it was locked.
        if copy.path().exists() {
            return Ok(copy);
        }
    }
}

/// Removes half-made files that nobody makes any more.
fn remove_left(folder: &Path) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let is_half = entry.file_name().to_string_lossy().starts_with(HALF_PREFIX)
            && entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_half
            && let Ok(file) = std::fs::File::open(entry.path())
            && fs4::FileExt::try_lock(&file).is_ok()
        {
            // The next command tries again.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// How the names of half-made files begin; no others in a folder do.
const HALF_PREFIX: &str = ".mistatus-backup-";

/// Removes a half-made file when a signal ends this process. One that has its name by then is not under this one.
#[cfg(unix)]
fn remove_when_stopped(half: &Path) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let half = std::path::absolute(half)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let listening = runtime.enter();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    drop(listening);
    // Ends with the process.
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        });
        let _ = std::fs::remove_file(half);
        std::process::exit(1);
    })?;
    Ok(())
}

fn keep(copy: NamedTempFile, file: &Path) -> io::Result<()> {
    copy.as_file().sync_all()?;
    copy.persist_noclobber(file)?;
    #[cfg(unix)]
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Gets a copy of the running server, or of the database itself where none runs.
fn fetch(directory: &Path, copy: &NamedTempFile) -> Result<(), String> {
    match ask_server(directory)? {
        Some(stream) => receive(stream, copy),
        None => backup::copy_unused(directory, copy.path()),
    }
}

/// Connects to the server of a data directory; `None` where none listens.
#[cfg(unix)]
fn ask_server(directory: &Path) -> Result<Option<std::os::unix::net::UnixStream>, String> {
    use std::io::Write;
    let Some(mut stream) = connect(directory)? else { return Ok(None) };
    let asked = writeln!(stream, "{}", crate::control::BACKUP);
    asked.map_err(|error| format!("the server does not listen to its end: {error}"))?;
    Ok(Some(stream))
}

/// Connects to the socket of the server of a data directory; `None` where none listens.
#[cfg(unix)]
pub(super) fn connect(directory: &Path) -> Result<Option<std::os::unix::net::UnixStream>, String> {
    use std::os::unix::net::UnixStream;
    let path = directory.join(crate::control::SOCKET);
    match UnixStream::connect(&path) {
        Ok(stream) => Ok(Some(stream)),
        // For the last the path is too long, and a server could not listen either.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound
                    | io::ErrorKind::ConnectionRefused
                    | io::ErrorKind::InvalidInput
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(format!(
            "{}: {error}; run this as the account that the server runs as, or as root",
            path.display()
        )),
    }
}

#[cfg(not(unix))]
fn ask_server(_directory: &Path) -> Result<Option<io::Empty>, String> {
    Ok(None)
}

fn receive(stream: impl Read, copy: &NamedTempFile) -> Result<(), String> {
    const CUT: &str = "the server ended the connection before the backup was complete";
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).map_err(|error| format!("{CUT}: {error}"))?;
    let line = line.trim();
    let bytes = match line.split_once(' ') {
        Some(("ok", bytes)) => bytes.parse::<u64>().map_err(|_| CUT.to_owned())?,
        Some(("error", error)) => return Err(format!("the server says: {error}")),
        _ => return Err(CUT.to_owned()),
    };
    let copied = io::copy(&mut stream, &mut copy.as_file())
        .map_err(|error| format!("{}: {error}", copy.path().display()))?;
    if copied == bytes { Ok(()) } else { Err(CUT.to_owned()) }
}
