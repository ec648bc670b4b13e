//! The file of service keys in the data directory: read by the server whenever it changes, written by
//! `mistatus-server key`. Holds hashes, no keys.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{
    KeyName, KnownKey, Scope, ServiceKey, ServiceKeys,
    secret::{self, Hash},
};
use crate::{
    limits::{SERVICE_KEYS_BYTES_MAX, SERVICE_KEYS_MAX},
    metrics::Metrics,
    stamp, store,
};

/// Where the keys of a server are.
#[derive(Clone, Debug)]
pub(crate) struct KeysFile {
    directory: PathBuf,
}

/// Follows the file for a running server.
pub(crate) struct Follower {
    file: KeysFile,
    /// What the file held when it was read last; `None` where it cannot be read.
    seen: Option<String>,
    list: watch::Sender<Arc<[KnownKey]>>,
}

/// The file's content.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    #[serde(default)]
    key: Vec<Row>,
}

/// A key in the file.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) name: KeyName,
    pub(crate) scopes: BTreeSet<Scope>,
    /// When it was made, for people (RFC 3339).
    pub(crate) created: String,
    sha256: String,
}

impl KeysFile {
    pub(crate) fn of(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    /// Makes a key, and returns it: it is kept nowhere.
    ///
    /// # Errors
    /// The name is taken, there are too many, or the file cannot be written; the text says which.
    pub(crate) fn create(&self, name: KeyName, scopes: BTreeSet<Scope>) -> Result<String, String> {
        let key = secret::generate().map_err(|error| error.to_string())?;
        let row = Row {
            name,
            scopes,
            created: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            sha256: Hash::of(&key).to_string(),
        };
        self.change(|rows| {
            if rows.iter().any(|known| known.name == row.name) {
                return Err(format!(
                    "there is a service key of the name {} already; choose another name, or revoke that one first \
                     (mistatus-server key revoke {})",
                    row.name, row.name
                ));
            }
            if rows.len() >= SERVICE_KEYS_MAX {
                return Err(format!(
                    "there are {} service keys; at most {SERVICE_KEYS_MAX} are allowed: revoke some first",
                    rows.len()
                ));
            }
            rows.push(row);
            Ok(())
        })?;
        Ok(key)
    }

    /// Takes a key away for good.
    ///
    /// # Errors
    /// There is none of that name, or the file cannot be written.
    pub(crate) fn revoke(&self, name: &KeyName) -> Result<(), String> {
        self.change(|rows| {
            let before = rows.len();
            rows.retain(|row| row.name != *name);
            if rows.len() < before {
                return Ok(());
            }
            let known: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            Err(format!("there is no service key of the name {name}; there are: {known}"))
        })
    }

    /// Returns the keys, without what is secret.
    ///
    /// # Errors
    /// The file cannot be read, or makes no sense.
    pub(crate) fn list(&self) -> Result<Vec<Row>, String> {
        self.check_directory()?;
        self.rows()
    }

    /// Reads the keys for the first time, for a server: they must be right then.
    ///
    /// # Errors
    /// The file cannot be read, or makes no sense.
    pub(crate) fn open(self) -> Result<(Follower, ServiceKeys), String> {
        let (list, current) = watch::channel(Vec::new().into());
        let mut follower = Follower { file: self, seen: None, list };
        follower.read()?;
        Ok((follower, ServiceKeys { current }))
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.join(FILE)
    }

    fn rows(&self) -> Result<Vec<Row>, String> {
        let rows = self.text().and_then(|text| parse(&text));
        rows.map_err(|error| format!("{}: {error}", self.path().display()))
    }

    /// Reads the file, which holds nothing where there is none.
    fn text(&self) -> Result<String, String> {
        let file = match File::open(self.path()) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
            Err(error) => return Err(error.to_string()),
        };
        let mut text = String::new();
        // One byte more than there may be.
        let mut bounded = file.take(SERVICE_KEYS_BYTES_MAX + 1);
        bounded.read_to_string(&mut text).map_err(|error| error.to_string())?;
        if bounded.limit() == 0 {
            return Err(format!("it has more than {SERVICE_KEYS_BYTES_MAX} bytes"));
        }
        Ok(text)
    }

    /// Changes the file as a whole, or not at all; nobody else changes it meanwhile.
    fn change(
        &self,
        change: impl FnOnce(&mut Vec<Row>) -> Result<(), String>,
    ) -> Result<(), String> {
        self.check_directory()?;
        let _lock = self.lock().map_err(|error| self.unwritable(&error))?;
        let mut rows = self.rows()?;
        change(&mut rows)?;
        let rows = toml::to_string(&Content { key: rows }).map_err(|error| error.to_string())?;
        self.replace(&format!("{HEADING}{rows}")).map_err(|error| self.unwritable(&error))
    }

    fn check_directory(&self) -> Result<(), String> {
        if self.directory.is_dir() {
            return Ok(());
        }
        Err(format!(
            "there is no data directory {}; name the server's with --data or --config, or start the server first, \
             which makes it",
            self.directory.display()
        ))
    }

    fn unwritable(&self, error: &io::Error) -> String {
        format!(
            "cannot write {}: {error}; run this as the account that the server runs as",
            self.path().display()
        )
    }

    /// Waits until nobody else writes. The lock ends with the returned file, or with the process.
    fn lock(&self) -> io::Result<File> {
        let file = store::open_own_file(&self.directory, LOCK_FILE)?;
        fs4::FileExt::lock(&file)?;
        Ok(file)
    }

    fn replace(&self, text: &str) -> io::Result<()> {
        // With mode 0600; beside the other, so that it can take its place.
        let mut fresh = tempfile::Builder::new().prefix(FILE).tempfile_in(&self.directory)?;
        fresh.write_all(text.as_bytes())?;
        store::give_to_owner(fresh.as_file(), &self.directory)?;
        fresh.as_file().sync_all()?;
        fresh.persist(self.path())?;
        // A key that was revoked must not be back after a power cut.
        #[cfg(unix)]
        File::open(&self.directory)?.sync_all()?;
        Ok(())
    }
}

impl Follower {
    /// Reads the file again and again, for as long as anybody asks for keys.
    pub(crate) async fn follow(mut self, every: Duration, metrics: Arc<Metrics>) {
        while !self.list.is_closed() {
            metrics.service_keys.store(self.list.borrow().len() as u64, Relaxed);
            tokio::time::sleep(every).await;
            let read = tokio::task::spawn_blocking(move || {
                let read = self.read();
                (self, read)
            });
            let Ok((follower, result)) = read.await else { return };
            self = follower;
            let wrong = "the service keys cannot be read; the last good ones stay";
            if stamp::is_other(result, &metrics.service_keys_failing, wrong) {
                let keys = self.list.borrow().len();
                tracing::info!(keys, "the service keys were read");
            }
        }
    }

    /// Reads the file, which is small; tells whether other keys hold now.
    fn read(&mut self) -> Result<bool, String> {
        let named = |error| format!("{}: {error}", self.file.path().display());
        let text = self.file.text().map_err(named)?;
        if self.seen.as_ref() == Some(&text) {
            return Ok(false);
        }
        let rows = parse(&text).map_err(named)?;
        let fresh: Arc<[_]> = rows.into_iter().filter_map(Row::known).collect();
        self.seen = Some(text);
        Ok(self.list.send_if_modified(|current| {
            let changed = *current != fresh;
            *current = fresh;
            changed
        }))
    }
}

impl Row {
    /// Returns the key for comparisons; `None` where the hash is none.
    fn known(self) -> Option<KnownKey> {
        let hash = Hash::parse(&self.sha256)?;
        let key = Arc::new(ServiceKey { name: self.name, scopes: self.scopes });
        Some(KnownKey { hash, key })
    }
}

/// Reads the text of a file of service keys.
pub(crate) fn parse(text: &str) -> Result<Vec<Row>, String> {
    let rows = toml::from_str::<Content>(text).map_err(|error| error.to_string())?.key;
    if rows.len() > SERVICE_KEYS_MAX {
        return Err(format!("it has {} keys; at most {SERVICE_KEYS_MAX} are allowed", rows.len()));
    }
    let mut names = BTreeSet::new();
    for row in &rows {
        if !names.insert(&row.name) {
            return Err(format!("it has two keys of the name {}", row.name));
        }
        if Hash::parse(&row.sha256).is_none() {
            return Err(format!("`sha256` of {} must be 64 hexadecimal digits", row.name));
        }
    }
    Ok(rows)
}

const FILE: &str = "service-keys.toml";
const LOCK_FILE: &str = "service-keys.lock";
const HEADING: &str = "# The service keys of this server, written by `mistatus-server key`: a hash of each, not the key itself.\n\n";
