//! The files of the repository, as the tests read them: those that people write, not those that a build leaves.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A file: its path from the root with forward slashes, and its text.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

/// Returns the root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Reads a file by its path from the root.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns every written file that is text, ordered by path.
pub(crate) fn all() -> Vec<Source> {
    let mut found = Vec::new();
    collect(root(), &mut found);
    let mut sources: Vec<_> = found
        .into_iter()
        .filter_map(|path| {
            let text = fs::read_to_string(&path).ok()?;
            let path = path.strip_prefix(root()).ok()?.to_str()?.replace('\\', "/");
            Some(Source { path, text })
        })
        .collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(sources.iter().any(|source| source.path == "src/lib.rs"), "the sources are found");
    sources
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository can be read").flatten() {
        let path = entry.path();
        let from_root = path.strip_prefix(root()).expect("it lies below the root");
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let hidden = name.starts_with('.') && !WRITTEN.contains(&&*name);
        if hidden || GENERATED.iter().any(|generated| from_root == Path::new(generated)) {
            continue;
        }
        if path.is_dir() && name != "node_modules" && name != "target" {
            collect(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

/// Hidden folders that people write.
const WRITTEN: [&str; 4] = [".cargo", ".ci", ".github", ".vscode"];

const GENERATED: [&str; 7] = [
    "Cargo.lock",
    "dist",
    "npm/dist",
    "npm/generated",
    "package-lock.json",
    "playwright-report",
    "test-results",
];
