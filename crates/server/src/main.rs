//! `mistatus-server`: reads the settings, runs the server until it is told to stop. No logic.

use std::{
    io::{IsTerminal, Write},
    pin::pin,
    process::ExitCode,
};

use mistatus_server::{Config, Server, logging};

fn main() -> ExitCode {
    if let Err(error) = logging::start() {
        return error.report();
    }
    let config = match Config::from_args(std::env::args_os()) {
        Ok(config) => config,
        Err(error) => return error.report(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start the runtime: {error}")),
    };
    runtime.block_on(run(config))
}

async fn run(config: Config) -> ExitCode {
    // From the beginning: unheard, it would end the process.
    let mut hangups = Hangups::listen();
    // Asked now: once a terminal is closed, it is none any more.
    let in_terminal = std::io::stderr().is_terminal();
    let server = match Server::start(config).await {
        Ok(server) => server,
        Err(error) => return fail(&error.to_string()),
    };
    // Whoever started this waits for the line; a closed pipe is no reason to stop.
    let mut stdout = std::io::stdout();
    let _ = writeln!(stdout, "listening on http://{}", server.address());
    let _ = stdout.flush();
    let mut stop = pin!(stop_signal());
    loop {
        tokio::select! {
            () = &mut stop => break,
            () = hangups.next() => if in_terminal || !reload(&server) { break },
        }
    }
    tracing::info!("stopping");
    server.stop().await;
    ExitCode::SUCCESS
}

/// Reads the key again; returns `false` where there is none, and the signal means what it means to others: the end.
fn reload(server: &Server) -> bool {
    match server.reload() {
        Ok(false) => return false,
        Ok(true) => tracing::info!("SIGHUP: the key was read again; other settings need a restart"),
        Err(error) => {
            tracing::error!(%error, "SIGHUP: the key cannot be read again; the last good one stays")
        }
    }
    true
}

/// The signals by which an operator says that files have changed, and a terminal that it was closed.
struct Hangups {
    #[cfg(unix)]
    signals: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    #[cfg(unix)]
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self { signals: signal(SignalKind::hangup()).ok() }
    }

    #[cfg(not(unix))]
    const fn listen() -> Self {
        Self {}
    }

    /// Waits for the next one; for ever where there are none.
    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signals) = &mut self.signals
            && signals.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}

#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn stop_signal() {
    let _ = tokio::signal::ctrl_c().await;
}

fn fail(message: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "mistatus-server: {message}");
    ExitCode::FAILURE
}
