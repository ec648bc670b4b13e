//! What operators' commands ask of the running server, over a socket in the data directory: a backup. Decides nothing.
//!
//! A line says what is wanted: `backup`. The answer is a line, `ok BYTES` before so many bytes or `error TEXT`.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering::Relaxed, mpsc},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use tempfile::NamedTempFile;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::{Mutex, MutexGuard, oneshot, watch},
    task::JoinSet,
    time::timeout,
};

use crate::{
    door,
    limits::{BACKUP_CHUNK, CONTROL_LINE_MAX, CONTROL_TIMEOUT},
    metrics::Metrics,
    store::{BackupOrder, ToStore, unfinished},
};

/// The socket's name in the data directory.
pub(crate) const SOCKET: &str = "control.sock";

/// What a command says to get a backup.
pub(crate) const BACKUP: &str = "backup";

/// Makes backups, one at a time: each takes as much room on the disk as the database.
pub(crate) struct Backups {
    directory: PathBuf,
    store: mpsc::Sender<ToStore>,
    metrics: Arc<Metrics>,
    turn: Mutex<()>,
}

/// A backup in a file that is gone once this is dropped.
pub(crate) struct BackupFile<'b> {
    file: NamedTempFile,
    _turn: MutexGuard<'b, ()>,
}

impl Backups {
    pub(crate) fn new(
        directory: PathBuf,
        store: mpsc::Sender<ToStore>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { directory, store, metrics, turn: Mutex::default() }
    }

    /// Makes a backup while the server goes on. Given up when this is dropped before its end.
    ///
    /// # Errors
    /// Another one is being made, or the disk does not take it.
    pub(crate) async fn make(&self) -> Result<BackupFile<'_>, String> {
        let turn = self.turn.try_lock().map_err(|_| {
            "another backup is being made or fetched; ask again when it is there".to_owned()
        })?;
        let began = Instant::now();
        let file = unfinished::make(&self.directory);
        let file = file.map_err(|error| format!("{}: {error}", self.directory.display()))?;
        let (answer, answered) = oneshot::channel();
        let order = BackupOrder { path: file.path().to_owned(), answer };
        let gone = |()| Err("the store is gone".to_owned());
        let done = match self.store.send(ToStore::BackUp(order)) {
            Ok(()) => answered.await.map_err(drop).unwrap_or_else(gone),
            Err(_) => gone(()),
        };
        done.inspect_err(|error| tracing::error!(%error, "a backup failed"))?;
        let bytes = file.as_file().metadata().map_err(|error| error.to_string())?.len();
        let took_ms = began.elapsed().as_millis();
        tracing::info!(bytes, took_ms, "a backup was made");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.metrics.backup_time.store(now.as_secs(), Relaxed);
        Ok(BackupFile { file, _turn: turn })
    }
}

impl BackupFile<'_> {
    /// Opens the file for reading, and returns its bytes.
    async fn open(&self) -> io::Result<(tokio::fs::File, u64)> {
        let file = tokio::fs::File::open(self.file.path()).await?;
        let bytes = file.metadata().await?.len();
        Ok((file, bytes))
    }
}

/// Listens for commands until the server stops. Where that cannot be done, the log says so and the server runs
/// without.
pub(crate) async fn listen(backups: Backups, mut stop: watch::Receiver<bool>) {
    let path = backups.directory.join(SOCKET);
    let listener = match bind(&path) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(
                %error,
                path = %path.display(),
                "this server listens for no commands: there are backups only while it does not run"
            );
            return;
        }
    };
    let backups = Arc::new(backups);
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            () = door::stop(&mut stop) => break,
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    running.spawn(serve(stream, backups.clone()));
                } else {
                    tokio::time::sleep(crate::limits::ACCEPT_REST).await;
                }
            }
            Some(_) = running.join_next() => {}
        }
    }
    // Whoever waits for a backup is told by the end of the connection.
    running.shutdown().await;
    let _ = std::fs::remove_file(path);
}

/// Listens in the place of a server that was killed; there is no other, since the database is this one's.
fn bind(path: &Path) -> io::Result<UnixListener> {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn serve(mut stream: UnixStream, backups: Arc<Backups>) {
    if !is_operator(&stream, &backups.directory) {
        return;
    }
    let line = {
        let (reading, _) = stream.split();
        let mut line = String::new();
        let mut bounded = BufReader::new(reading.take(CONTROL_LINE_MAX));
        match timeout(CONTROL_TIMEOUT, bounded.read_line(&mut line)).await {
            Ok(Ok(_)) => line,
            _ => return,
        }
    };
    let answered = match line.trim() {
        BACKUP => match backups.make().await {
            Ok(backup) => hand_over(&mut stream, &backup).await,
            Err(error) => say(&mut stream, &format!("error {error}")).await,
        },
        _ => {
            say(&mut stream, &format!("error this server knows the command `{BACKUP}` alone")).await
        }
    };
    if let Err(error) = answered {
        tracing::warn!(%error, "an operator's command did not hear the answer to its end");
    }
}

/// Whether the other end runs as root or as this server. For the moment in which the socket is there and not closed to
/// others yet.
fn is_operator(stream: &UnixStream, directory: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = directory.join(SOCKET).metadata().map(|about| about.uid());
    match (stream.peer_cred(), own) {
        (Ok(peer), Ok(own)) => peer.uid() == own || peer.uid() == 0,
        _ => false,
    }
}

async fn hand_over(stream: &mut UnixStream, backup: &BackupFile<'_>) -> io::Result<()> {
    let (mut file, bytes) = backup.open().await?;
    say(stream, &format!("ok {bytes}")).await?;
    let mut chunk = vec![0; BACKUP_CHUNK];
    loop {
        let length = file.read(&mut chunk).await?;
        if length == 0 {
            return Ok(());
        }
        timeout(CONTROL_TIMEOUT, stream.write_all(&chunk[..length])).await??;
    }
}

async fn say(stream: &mut UnixStream, line: &str) -> io::Result<()> {
    let line = format!("{}\n", line.replace('\n', " "));
    timeout(CONTROL_TIMEOUT, stream.write_all(line.as_bytes())).await?
}
