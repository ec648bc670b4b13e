//! Backups while the server runs, whoever asks for them: a command of the operator's or a back end. One at a time.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering::Relaxed, mpsc},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use tempfile::NamedTempFile;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use crate::{
    metrics::Metrics,
    store::{BackupOrder, ToStore, unfinished},
};

/// Makes backups, one at a time: each takes as much room on the disk as the database.
pub(crate) struct Backups {
    directory: PathBuf,
    store: mpsc::Sender<ToStore>,
    metrics: Arc<Metrics>,
    turn: Arc<Mutex<()>>,
}

/// A backup in a file that is gone once this is dropped.
pub(crate) struct BackupFile {
    file: NamedTempFile,
    _turn: OwnedMutexGuard<()>,
}

/// Tells why there is no backup.
#[derive(Debug)]
pub(crate) enum NoBackup {
    /// Another one is being made, or fetched.
    Another,
    /// The disk does not take it, or the server stops.
    Failed(String),
}

impl Backups {
    pub(crate) fn new(
        directory: PathBuf,
        store: mpsc::Sender<ToStore>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { directory, store, metrics, turn: Arc::default() }
    }

    /// Returns the data directory.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Makes a backup while the server goes on. Given up when this is dropped before its end.
    ///
    /// # Errors
    /// Another one is being made, or the disk does not take it.
    pub(crate) async fn make(&self) -> Result<BackupFile, NoBackup> {
        let turn = self.turn.clone().try_lock_owned().map_err(|_| NoBackup::Another)?;
        let began = Instant::now();
        let file = unfinished::make(&self.directory);
        let file = file
            .map_err(|error| NoBackup::Failed(format!("{}: {error}", self.directory.display())))?;
        let (answer, answered) = oneshot::channel();
        let order = BackupOrder { path: file.path().to_owned(), answer };
        let gone = |()| Err("the store is gone".to_owned());
        let done = match self.store.send(ToStore::BackUp(order)) {
            Ok(()) => answered.await.map_err(drop).unwrap_or_else(gone),
            Err(_) => gone(()),
        };
        done.inspect_err(|error| tracing::error!(%error, "a backup failed"))
            .map_err(NoBackup::Failed)?;
        let about = file.as_file().metadata();
        let bytes = about.map_err(|error| NoBackup::Failed(error.to_string()))?.len();
        let took_ms = began.elapsed().as_millis();
        tracing::info!(bytes, took_ms, "a backup was made");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.metrics.backup_time.store(now.as_secs(), Relaxed);
        Ok(BackupFile { file, _turn: turn })
    }
}

impl BackupFile {
    /// Opens the file for reading, and returns its bytes.
    pub(crate) async fn open(&self) -> io::Result<(tokio::fs::File, u64)> {
        let file = tokio::fs::File::open(self.file.path()).await?;
        let bytes = file.metadata().await?.len();
        Ok((file, bytes))
    }
}

impl fmt::Display for NoBackup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Another => {
                f.write_str("another backup is being made or fetched; ask again when it is there")
            }
            Self::Failed(error) => f.write_str(error),
        }
    }
}
