//! The hook of `trunk serve`: builds the widget quickly and puts it where Trunk serves it. Not for people to call.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::{
    run::{copy, dist},
    widget::{self, Profile},
};

/// Fills the folder that Trunk names, in the place of the empty page that Trunk made.
pub(crate) fn hook() -> Result<()> {
    let staging: PathBuf = env::var_os("TRUNK_STAGING_DIR")
        .context(
            "this is the hook of `trunk serve`, which sets TRUNK_STAGING_DIR; call that instead",
        )?
        .into();
    widget::build(Profile::Dev)?;
    let served = staging.join("index.html");
    let made = fs::read_to_string(&served).unwrap_or_default();
    for entry in fs::read_dir(dist().join("widget"))? {
        let entry = entry?;
        copy(&entry.path(), &staging.join(entry.file_name()))?;
    }
    // Trunk's reloading, as a file of its own: the page has a policy against inline scripts.
    let reload = made.split_once("<script>").and_then(|(_, rest)| rest.split_once("</script>"));
    if let Some((script, _)) = reload {
        fs::write(staging.join("reload.js"), script)?;
        let page = fs::read_to_string(&served)?;
        fs::write(
            &served,
            page.replace("</body>", "<script src=\"reload.js\"></script>\n</body>"),
        )?;
    }
    Ok(())
}
