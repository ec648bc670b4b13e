//! The server as a static program: for systems whose C library is older than the one here, or another, as Alpine's.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, bail};

use crate::{
    dist::keep,
    fuzz::host,
    run::{cargo, copy, dist, fresh_dir, run, say, target},
    setup::{self, Need, root_command},
};

/// Compiles the C of SQLite and of the cryptography.
pub(crate) const COMPILER: &str = "musl-gcc";

/// Returns the target for programs without libraries of the system, for machines such as this one.
pub(crate) fn triple() -> Result<String> {
    let host = host()?;
    match host.split_once('-') {
        Some((machine, rest)) if rest.contains("linux") => {
            Ok(format!("{machine}-unknown-linux-musl"))
        }
        _ => bail!("a static server is for Linux; this is {host}"),
    }
}

/// Builds the server into dist/, beside the one that `cargo xtask build` left, and shows that it starts.
pub(crate) fn build() -> Result<()> {
    setup::see_to(&[Need::Musl])?;
    if !dist().join("widget").is_dir() {
        bail!("the widget, which the server holds, is not built: cargo xtask build");
    }
    say("building the server as a static program, with the widget inside");
    let built = compile("release")?;
    starts_alone(&built)?;
    keep(&built, "mistatus-server-static")
}

/// Builds it without optimisation, and shows that it starts where there is nothing else.
pub(crate) fn check() -> Result<()> {
    starts_alone(&compile("dev")?)
}

fn compile(profile: &str) -> Result<PathBuf> {
    let triple = triple()?;
    run(cargo()
        .args(["build", "--locked", "--package=mistatus-server", "--profile", profile])
        .args(["--target", &triple])
        .env(format!("CC_{}", triple.replace('-', "_")), COMPILER))?;
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target().join(triple).join(folder).join("mistatus-server"))
}

/// Starts the server in a root folder that holds nothing but its program.
fn starts_alone(program: &Path) -> Result<()> {
    let root = target().join("static-root");
    fresh_dir(&root)?;
    copy(program, &root.join("mistatus-server"))?;
    let mut server = root_command("chroot")
        .arg(&root)
        .args(["/mistatus-server", "--listen=127.0.0.1:0", "--data=/data"])
        .stdout(Stdio::piped())
        .spawn()
        .context("chroot cannot be started")?;
    let mut line = String::new();
    if let Some(stdout) = server.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    // Its data directory is root's.
    let _ = root_command("kill").arg(server.id().to_string()).status();
    let _ = server.wait();
    let _ = root_command("rm").arg("-r").arg(&root).status();
    if !line.starts_with("listening on http://") {
        bail!("the static server does not start where there is nothing else; it printed {line:?}");
    }
    Ok(())
}
