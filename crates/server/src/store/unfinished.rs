//! Half-made copies in the data directory: under names that nobody chooses for a file to keep.

use std::{fs, io, path::Path};

use tempfile::NamedTempFile;

use super::tables::DATABASE;

/// Makes an empty file for a copy; gone once the returned value is dropped.
///
/// # Errors
/// The directory takes none.
pub(crate) fn make(directory: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(&prefix()).tempfile_in(directory)
}

/// Removes what processes left that were killed. For those who hold the database: nobody else makes a copy then.
pub(super) fn remove(directory: &Path) {
    for entry in directory.read_dir().into_iter().flatten().flatten() {
        if is_unfinished(&entry.path()) {
            // The next start tries again.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Lets nobody keep a file under a name that is removed.
///
/// # Errors
/// The file has such a name; the text says which.
pub(crate) fn refuse(file: &Path) -> Result<(), String> {
    if !is_unfinished(file) {
        return Ok(());
    }
    Err(format!(
        "a file whose name begins with {} is removed by the server; choose another name",
        prefix()
    ))
}

fn is_unfinished(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix()))
}

fn prefix() -> String {
    format!("{DATABASE}-unfinished-")
}
