//! Files of the operator that are read again: whether one may have changed, and what the log says of it. Reads no content.

use std::{
    fs, io,
    path::Path,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
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

/// Takes what came of reading files again, and tells whether something else stands in them. That they cannot be used, as
/// `wrong` says, is logged when it begins, and counted for as long as it lasts.
pub(crate) fn is_other(
    read: Result<bool, String>,
    failing: &AtomicU64,
    wrong: &'static str,
) -> bool {
    let failed_before = failing.swap(u64::from(read.is_err()), Relaxed) == 1;
    match read {
        Ok(is_other) => is_other,
        Err(error) => {
            if !failed_before {
                tracing::error!(%error, "{wrong}");
            }
            false
        }
    }
}

/// Longer than the coarsest times of files are apart.
const SETTLED: Duration = Duration::from_secs(3);
