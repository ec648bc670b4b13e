//! What a build leaves: the server with the widget inside, the widget, the npm package (design §4.8).

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{
    run::{cargo, command, copy, dist, fresh_dir, root, run, say, target},
    widget::{self, Profile},
};

const SERVER: &str = "mistatus-server";

/// Builds everything into dist/.
pub(crate) fn build() -> Result<()> {
    widget::build(Profile::Release)?;
    package()?;
    server()?;
    say(&format!("{} holds mistatus-server, widget/ and the npm package", dist().display()));
    Ok(())
}

/// Packs npm/ with the licences of the whole, in a folder of its own: npm knows no files outside of its package.
fn package() -> Result<()> {
    say("packing the npm package");
    let source = root().join("npm");
    let manifest = fs::read_to_string(source.join("package.json")).context("npm/package.json")?;
    let version = format!("\"version\": \"{}\"", widget::version());
    if !manifest.contains(&version) {
        bail!("npm/package.json must have the workspace's version: {version}");
    }
    let stage = target().join("npm-package");
    fresh_dir(&stage)?;
    fresh_dir(&stage.join("dist"))?;
    // All but the scripts that make it: the manifests, and types and a script for every entry.
    for entry in fs::read_dir(&source)? {
        let path = entry?.path();
        if let Some(name) = path.file_name()
            && path.is_file()
            && path.extension().is_some_and(|extension| extension != "mjs")
        {
            copy(&path, &stage.join(name))?;
        }
    }
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        copy(&root().join(name), &stage.join(name))?;
    }
    for entry in fs::read_dir(source.join("dist"))? {
        let entry = entry?;
        copy(&entry.path(), &stage.join("dist").join(entry.file_name()))?;
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
        .current_dir(&stage)
        .stdout(std::process::Stdio::null()))
}

fn server() -> Result<()> {
    say("building the server with the widget inside");
    run(cargo().args(["build", "--locked", "--release", "--package=mistatus-server"]))?;
    keep(&target().join("release/mistatus-server"), SERVER)
}

/// Puts a program into dist/.
pub(crate) fn keep(program: &Path, name: &str) -> Result<()> {
    let kept = dist().join(name);
    // A running server keeps the old file; overwriting it would fail as "text file busy".
    if kept.exists() {
        fs::remove_file(&kept)?;
    }
    copy(program, &kept)
}

/// Returns the server that is shipped.
pub(crate) fn built_server() -> Result<PathBuf> {
    let server = dist().join(SERVER);
    if !server.exists() {
        bail!("there is no server in dist/; run `cargo xtask build`");
    }
    Ok(server)
}
