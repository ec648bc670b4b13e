//! Whether a file of the operator may have changed since it was read. Reads no content.

use std::{
    fs, io,
    path::Path,
    time::{Duration, SystemTime},
};

/// What a file was like when it was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
}

impl Stamp {
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let about = fs::metadata(path)?;
        Ok(Self { modified: about.modified().ok(), bytes: about.len() })
    }

    pub(crate) fn bytes(self) -> u64 {
        self.bytes
    }

    /// Whether the file is certainly the one that was read when it had the stamp `seen`.
    pub(crate) fn is_unchanged(self, seen: Option<Self>) -> bool {
        // What was written a moment ago may be written again without another time.
        let settled = self.modified.and_then(|at| at.elapsed().ok());
        settled.is_some_and(|age| age > SETTLED) && seen == Some(self)
    }
}

/// Longer than the coarsest times of files are apart.
const SETTLED: Duration = Duration::from_secs(3);
