//! Files that hold keys, read again when they change. Checks no token.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use tokio::{sync::watch, time::sleep};

use super::{TrustedKey, jwk::KeySet};
use crate::{
    door,
    key::{self, JwtAlgorithm},
    limits::JWKS_BYTES_MAX,
    metrics::Metrics,
    stamp::{self, Stamp},
};

/// Where keys are, and what the operator says of them.
#[derive(Debug)]
pub(crate) struct KeyFile {
    pub(crate) path: PathBuf,
    pub(crate) kind: KeyFileKind,
}

/// What a file of keys is to hold.
#[derive(Clone, Copy, Debug)]
pub(crate) enum KeyFileKind {
    /// One key, perhaps with what it is for.
    Key(Option<JwtAlgorithm>),
    /// A set of keys (JWKS).
    Set,
}

/// The files of all keys, and what was last read of them.
#[derive(Debug)]
pub(crate) struct KeyFiles {
    /// Held while files are read, never while a token is checked.
    files: Mutex<Vec<Followed>>,
    current: RwLock<Arc<[TrustedKey]>>,
}

/// One file with its last good keys.
#[derive(Debug)]
struct Followed {
    file: KeyFile,
    seen: Option<Stamp>,
    keys: Vec<TrustedKey>,
    /// Which keys of a set are not used, as it was last logged.
    left_out: Vec<String>,
}

/// Which files are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    /// Those that may have changed.
    Changed,
}

impl KeyFiles {
    /// Reads the files for the first time; each must be right then.
    pub(crate) fn open(files: Vec<KeyFile>) -> Result<Self, String> {
        let follow = |file| Followed { file, seen: None, keys: Vec::new(), left_out: Vec::new() };
        let files = Mutex::new(files.into_iter().map(follow).collect());
        let files = Self { files, current: RwLock::new(Arc::new([])) };
        files.read(Which::All).map(|_| files)
    }

    /// Reads all files again; of those that are wrong the last good keys stay.
    pub(crate) fn read_again(&self) -> Result<(), String> {
        self.read(Which::All).map(|_| ())
    }

    pub(crate) fn current(&self) -> Arc<[TrustedKey]> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads files again whenever they have changed, until the server stops.
    pub(crate) async fn follow(
        self: Arc<Self>,
        every: Duration,
        metrics: Arc<Metrics>,
        mut stopping: watch::Receiver<bool>,
    ) {
        if self.files.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            return;
        }
        loop {
            tokio::select! {
                () = sleep(every) => {}
                () = door::stop(&mut stopping) => return,
            }
            let files = self.clone();
            let reading = tokio::task::spawn_blocking(move || files.read(Which::Changed));
            let Ok(result) = reading.await else { return };
            let wrong = "a key cannot be read again; the last good one stays";
            if stamp::is_other(result, &metrics.keys_failing, wrong) {
                tracing::info!(keys = self.current().len(), "the files of keys were read");
            }
        }
    }

    /// Reads files, and tells whether there are other keys now. One that is wrong does not keep others from being read.
    fn read(&self, which: Which) -> Result<bool, String> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let errors: Vec<_> = files.iter_mut().filter_map(|file| file.read(which).err()).collect();
        let keys: Arc<[_]> = files.iter().flat_map(|file| file.keys.iter().cloned()).collect();
        let is_other = self.current() != keys;
        if is_other {
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = keys;
        }
        if errors.is_empty() { Ok(is_other) } else { Err(errors.join("; ")) }
    }
}

impl Followed {
    fn read(&mut self, which: Which) -> Result<(), String> {
        let path = self.file.path.display();
        let unreadable = |error| format!("cannot read {path}: {error}");
        let stamp = Stamp::of(&self.file.path).map_err(unreadable)?;
        if which == Which::Changed && stamp.is_unchanged(self.seen) {
            return Ok(());
        }
        self.keys = match self.file.kind {
            KeyFileKind::Key(declared) => {
                let bytes = fs::read(&self.file.path).map_err(unreadable)?;
                let (algorithm, key) =
                    key::read(&bytes, declared).map_err(|error| format!("{path}: {error}"))?;
                vec![TrustedKey { id: None, algorithm: algorithm.algorithm(), key }]
            }
            KeyFileKind::Set if stamp.bytes() > JWKS_BYTES_MAX => {
                return Err(format!("{path}: a set of keys has at most {JWKS_BYTES_MAX} bytes"));
            }
            KeyFileKind::Set => {
                let bytes = fs::read(&self.file.path).map_err(unreadable)?;
                let set = KeySet::read(&bytes).map_err(|error| format!("{path}: {error}"))?;
                if !set.left_out.is_empty() && set.left_out != self.left_out {
                    let left_out = set.left_out.join("; ");
                    tracing::warn!(left_out, "some keys of --jwks are not used");
                }
                self.left_out = set.left_out;
                set.keys
            }
        };
        self.seen = Some(stamp);
        Ok(())
    }
}
