//! Skips a step of the build whose inputs and outputs are as the last run of it left them.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::run::{root, say};

/// What a step depends on: files by their content, the steps' own code by when it was built.
pub(crate) struct Inputs(DefaultHasher);

impl Inputs {
    /// Starts with what every step depends on: this program, and the npm packages that it runs.
    pub(crate) fn new() -> Result<Self> {
        let program = env::current_exe().context("where this program lies")?.metadata()?;
        let mut hasher = DefaultHasher::new();
        (program.len(), program.modified()?).hash(&mut hasher);
        let mut inputs = Self(hasher);
        inputs.add(&root().join("package-lock.json"))?;
        Ok(inputs)
    }

    /// Adds a file, or all files of a folder.
    pub(crate) fn add(&mut self, path: &Path) -> Result<()> {
        hash(path, &mut self.0)
    }

    /// Adds a setting.
    pub(crate) fn add_text(&mut self, text: &str) {
        text.hash(&mut self.0);
    }
}

/// Runs a step unless `stamp` says that these inputs made the outputs that are there.
pub(crate) fn unless_made(
    stamp: &Path,
    inputs: Inputs,
    outputs: &[PathBuf],
    step: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let inputs = inputs.0.finish();
    let state = || -> Result<String> {
        let mut hasher = DefaultHasher::new();
        for output in outputs {
            hash(output, &mut hasher)?;
        }
        Ok(format!("{inputs:016x} {:016x}\n", hasher.finish()))
    };
    // What cannot be read is not as it was left.
    if fs::read_to_string(stamp).is_ok_and(|made| state().is_ok_and(|state| state == made)) {
        say("nothing has changed: what is there stays");
        return Ok(());
    }
    step()?;
    fs::write(stamp, state()?).with_context(|| stamp.display().to_string())
}

fn hash(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    let context = || path.display().to_string();
    path.hash(hasher);
    if path.is_dir() {
        let entries = fs::read_dir(path).with_context(context)?;
        let mut entries = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        entries.sort();
        entries.len().hash(hasher);
        return entries.iter().try_for_each(|entry| hash(entry, hasher));
    }
    fs::read(path).with_context(context)?.hash(hasher);
    Ok(())
}
