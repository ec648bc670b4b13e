//! The hook of `trunk serve`: builds the widget quickly and puts it where Trunk serves it. Not for people to call.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::{
    run::{copy, dist},
    widget::{self, Profile},
};

/// Where Trunk.toml says that the server beside it listens.
const STREAM: &str = "ws://127.0.0.1:8787/stream";

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
    // Trunk's reloading, which it fills in when it serves the page, and only there.
    let reload = made.split_once("<script>").and_then(|(_, rest)| rest.split_once("</script>"));
    let reload =
        reload.map_or_else(String::new, |(script, _)| format!("<script>{script}</script>\n"));
    // Trunk's proxy does not pass the subprotocol on: the page goes straight to the server.
    let page = fs::read_to_string(&served)?
        .replacen("<html ", &format!("<html data-server=\"{STREAM}\" "), 1)
        .replace("</body>", &format!("{reload}</body>"));
    fs::write(&served, page)?;
    Ok(())
}
