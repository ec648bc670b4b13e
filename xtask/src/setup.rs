//! Installs what is missing: the wasm target, the npm packages, and, for tests, Chromium.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::run::{command, exists, root, run, say};

pub(crate) const CHROMIUM: &str = "/usr/bin/chromium";
pub(crate) const CHROMEDRIVER: &str = "/usr/bin/chromedriver";

/// Sees to what a build needs.
pub(crate) fn for_build() -> Result<()> {
    wasm_target()?;
    npm_packages()
}

/// Sees to what the tests need beside that.
pub(crate) fn for_tests() -> Result<()> {
    for_build()?;
    browser()
}

fn wasm_target() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let library = command("rustc").args(["--print=target-libdir", "--target", TARGET]).output();
    let library = library.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    if library.is_ok_and(|folder| !folder.is_empty() && Path::new(&folder).is_dir()) {
        return Ok(());
    }
    if !exists("rustup") {
        bail!(
            "the Rust target {TARGET} is missing, and there is no rustup (https://rustup.rs) to add it with"
        );
    }
    say("installing the Rust target wasm32-unknown-unknown");
    run(command("rustup").args(["target", "add", TARGET]))
}

fn npm_packages() -> Result<()> {
    if !exists("node") || !exists("npm") {
        bail!("Node.js 20 or later with npm is missing; install it from your system's packages");
    }
    let lock =
        fs::read(root().join("package-lock.json")).context("package-lock.json is missing")?;
    let installed = root().join("node_modules/.installed-lock.json");
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say("installing the npm packages of package-lock.json into node_modules");
    run(command("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    fs::write(installed, lock).context("node_modules is not writable")
}

fn browser() -> Result<()> {
    if Path::new(CHROMIUM).exists() && Path::new(CHROMEDRIVER).exists() {
        return Ok(());
    }
    if !exists("apt-get") {
        bail!(
            "the tests need {CHROMIUM} and {CHROMEDRIVER}, and there is no apt-get to install them with"
        );
    }
    say("installing Chromium and its driver by apt-get");
    apt(&["update", "-qq"])?;
    apt(&[
        "install",
        "-y",
        "-qq",
        "--no-install-recommends",
        "chromium",
        "chromium-driver",
        "fonts-dejavu-core",
    ])
}

fn apt(arguments: &[&str]) -> Result<()> {
    let is_root = command("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0"));
    let mut apt: Command = if is_root {
        command("apt-get")
    } else {
        let mut sudo = command("sudo");
        sudo.arg("apt-get");
        sudo
    };
    run(apt.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}
