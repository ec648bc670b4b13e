//! Splits the WebAssembly: what a page with dots and picker needs, and what only the contact list and conversations do.
//!
//! The second file begins at the functions of `crates/widget/src/element/people/split.rs`. It shares memory, tables and
//! globals of the first by name, and its functions by their place in the table, so the two are of one build or of no use.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use walrus::Module;

use crate::run::{copy, fresh_dir};

/// The flag by which the linker keeps relocations: where code and data are referred to, by which they are told apart.
pub(crate) const LINKER_FLAG: &str = "-Clink-arg=--emit-relocs";

/// What the second file imports its share of the first from.
pub(crate) const SHARED: &str = "__wasm_split";

/// What the first file imports the loading of the second from: a script beside the glue.
pub(crate) const LINK: &str = "./panels.js";

/// A module that re-exports a script written by hand, which knows addresses, failures and who waits.
const LINK_SCRIPT: &str = r#"// Written by xtask/src/split.rs.
export { __wasm_split_load_panels } from "../../../www/js/loading/wasm-panels.js";
"#;

/// The two files of one build, before the glue of the first is made.
pub(crate) struct Halves {
    pub(crate) main: PathBuf,
    pub(crate) panels: PathBuf,
}

/// Splits what the linker left into a folder, which is made anew.
pub(crate) fn split(wasm: &Path, folder: &Path) -> Result<Halves> {
    fresh_dir(folder)?;
    let bytes = fs::read(wasm).with_context(|| wasm.display().to_string())?;
    let main = folder.join("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(&bytes);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = LINK;
    let made = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("{} cannot be split: {error:#}", wasm.display()))?;
    match <[PathBuf; 1]>::try_from(made.split_modules) {
        Ok([panels]) => Ok(Halves { main, panels }),
        Err(files) => bail!("there must be one file beside the first: {files:?}"),
    }
}

/// Puts the second file and the link script beside the glue.
pub(crate) fn put_beside(halves: &Halves, glue: &Path) -> Result<PathBuf> {
    let panels = glue.join("mistatus_panels.wasm");
    copy(&halves.panels, &panels)?;
    let link = glue.join(LINK);
    fs::write(&link, LINK_SCRIPT).with_context(|| link.display().to_string())?;
    Ok(panels)
}

/// Checks that the first file, as it is shipped, has all that the second asks for, and asks for nothing but its loading.
pub(crate) fn check(main: &Path, panels: &Path) -> Result<()> {
    let read = |path: &Path| Module::from_file(path).with_context(|| path.display().to_string());
    let (main, panels) = (read(main)?, read(panels)?);
    let given: BTreeSet<_> = main.exports.iter().map(|export| export.name.as_str()).collect();
    for import in panels.imports.iter() {
        if import.module != SHARED || !given.contains(import.name.as_str()) {
            bail!("the second file needs {} of {}, which nobody gives", import.name, import.module);
        }
    }
    let asked: Vec<_> = main.imports.iter().filter(|import| import.module == LINK).collect();
    if asked.len() != 1 || asked[0].name != "__wasm_split_load_panels" {
        bail!(
            "the first file must ask for one file, by the name that www/js/loading/wasm-panels.js has"
        );
    }
    Ok(())
}
