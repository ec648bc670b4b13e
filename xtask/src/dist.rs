//! What a build leaves: the server with the widget inside, the widget, the npm package (design §4.8).

use std::fs;

use anyhow::{Context, Result, bail};

use crate::{
    run::{cargo, command, copy, dist, root, run, say, target},
    widget::{self, Profile},
};

/// Builds everything into dist/.
pub(crate) fn build() -> Result<()> {
    widget::build(Profile::Release)?;
    package()?;
    server()?;
    say(&format!("{} holds mistatus-server, widget/ and the npm package", dist().display()));
    Ok(())
}

fn package() -> Result<()> {
    say("packing the npm package");
    let manifest =
        fs::read_to_string(root().join("npm/package.json")).context("npm/package.json")?;
    let version = format!("\"version\": \"{}\"", widget::version());
    if !manifest.contains(&version) {
        bail!("npm/package.json must have the workspace's version: {version}");
    }
    let out = dist();
    for entry in fs::read_dir(&out)?.flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "tgz") {
            fs::remove_file(entry.path())?;
        }
    }
    run(command("npm")
        .args(["pack", "--silent", "--pack-destination"])
        .arg(&out)
        .current_dir(root().join("npm"))
        .stdout(std::process::Stdio::null()))
}

fn server() -> Result<()> {
    say("building the server with the widget inside");
    run(cargo().args(["build", "--locked", "--release", "--package=mistatus-server"]))?;
    let binary = dist().join("mistatus-server");
    // A running server keeps the old file; overwriting it would fail as "text file busy".
    if binary.exists() {
        fs::remove_file(&binary)?;
    }
    copy(&target().join("release/mistatus-server"), &binary)
}
