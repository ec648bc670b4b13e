//! The demo: builds everything and starts the server with demo people.

use anyhow::Result;

use crate::{
    dist,
    run::{self, command, say, target},
};

/// Runs until it is interrupted.
pub(crate) fn run(options: &[String]) -> Result<()> {
    dist::build()?;
    let mut server = command(run::dist().join("mistatus-server"));
    server.arg("--demo").arg("--data").arg(target().join("demo"));
    if !options.iter().any(|option| option.starts_with("--listen")) {
        server.args(["--listen", "127.0.0.1:0"]);
    }
    say("starting the demo; open the address below, end it with Ctrl+C");
    run::run(server.args(options))
}
