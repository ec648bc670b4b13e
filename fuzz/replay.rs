//! Runs what fuzzing has kept: part of the native tests of each crate that has targets.

use std::{fs, path::Path};

/// Runs a target with each file of its corpus.
pub(super) fn replay(target: &str, run: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files: Vec<_> = fs::read_dir(&corpus).expect("each target has a corpus").collect();
    assert!(!files.is_empty(), "{} is empty", corpus.display());
    for file in files {
        let data = fs::read(file.expect("the folder can be read").path());
        run(&data.expect("its files can be read"));
    }
}
