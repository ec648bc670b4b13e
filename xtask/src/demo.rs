//! The demo: builds everything and starts the server with demo people. Opens no browser.

use std::process::Command;

use anyhow::Result;

use crate::{
    dist,
    run::{self, command, say, target},
};

/// Runs until it is interrupted.
pub(crate) fn run(options: &[String]) -> Result<()> {
    dist::build()?;
    let mut server = command(run::dist().join("mistatus-server"));
    server.arg("--demo");
    let has = |name: &str| options.iter().any(|option| option.starts_with(name));
    if !has("--data") {
        server.arg("--data").arg(target().join("demo"));
    }
    if !has("--listen") {
        server.args(["--listen", "127.0.0.1:0"]);
    }
    say("starting the demo; open the address below in a browser, end it with Ctrl+C");
    become_one(server.args(options))
}

/// Puts the server in the place of this program, so that whatever ends this one ends the server, politely.
#[cfg(unix)]
fn become_one(server: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(server.exec().into())
}

#[cfg(not(unix))]
fn become_one(server: &mut Command) -> Result<()> {
    run::run(server)
}
