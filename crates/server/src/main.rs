//! `mistatus-server`: reads the command line, does a task or runs the server until it is told to stop. No logic.

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
};

use mistatus_server::{Command, Config, LogFormat, Server, Settings, logging};

fn main() -> ExitCode {
    let command = match Command::from_args(std::env::args_os()) {
        Ok(command) => command,
        Err(error) => return error.report(LogFormat::Text),
    };
    let format = match &command {
        Command::Serve(settings) => settings.log_format(),
        Command::Task(_) => LogFormat::Text,
    };
    if let Err(error) = logging::start(format) {
        return error.report(format);
    }
    match command {
        Command::Serve(settings) => serve(*settings, format),
        Command::Task(task) => task.run(),
    }
}

fn serve(settings: Settings, format: LogFormat) -> ExitCode {
    let config = match settings.check() {
        Ok(config) => config,
        Err(error) => return error.report(format),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(format, &format!("cannot start the runtime: {error}")),
    };
    runtime.block_on(run(config, format))
}

async fn run(config: Config, format: LogFormat) -> ExitCode {
    let who_sees_whom = config.who_sees_whom();
    // From the beginning: a signal that nobody listens for ends the process where it stands. While the database is read
    // it waits.
    let mut signals = Signals::listen();
    // Asked now: once a terminal is closed, it is none any more.
    let in_terminal = std::io::stderr().is_terminal();
    let started = tokio::select! {
        started = Server::start(config) => started,
        () = signals.stop() => return ExitCode::SUCCESS,
    };
    let server = match started {
        Ok(server) => server,
        Err(error) => return fail(format, &error.to_string()),
    };
    // Whoever started this waits for the line; a closed pipe is no reason to stop.
    let mut stdout = std::io::stdout();
    let _ = writeln!(stdout, "listening on http://{}\n{who_sees_whom}", server.address());
    if let Some(address) = server.metrics_address() {
        let _ = writeln!(stdout, "metrics on http://{address}/metrics");
    }
    let _ = stdout.flush();
    loop {
        match signals.next().await {
            #[cfg(unix)]
            Signal::Hangup if !in_terminal && reload(&server) => {}
            _ => break,
        }
    }
    tracing::info!("stopping");
    server.stop().await;
    ExitCode::SUCCESS
}

/// Reads the keys again; returns `false` where there are none, and the signal means what it means to others: the end.
fn reload(server: &Server) -> bool {
    match server.reload() {
        Ok(false) => return false,
        Ok(true) => {
            tracing::info!("SIGHUP: the keys were read again; other settings need a restart")
        }
        Err(error) => {
            tracing::error!(%error, "SIGHUP: a key cannot be read again; the last good one stays")
        }
    }
    true
}

/// Something that an operator, or the system, says to a running process.
enum Signal {
    /// Stop: SIGTERM or SIGINT.
    Stop,
    /// Files have changed, or the terminal was closed: SIGHUP.
    #[cfg(unix)]
    Hangup,
}

/// The signals of this process. From [`Signals::listen`] on none of them ends it by itself.
#[cfg(unix)]
struct Signals {
    terminate: Option<tokio::signal::unix::Signal>,
    interrupt: Option<tokio::signal::unix::Signal>,
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).ok();
        Self {
            terminate: listen(SignalKind::terminate()),
            interrupt: listen(SignalKind::interrupt()),
            hangup: listen(SignalKind::hangup()),
        }
    }

    /// Waits for the next one.
    async fn next(&mut self) -> Signal {
        tokio::select! {
            () = received(&mut self.terminate) => Signal::Stop,
            () = received(&mut self.interrupt) => Signal::Stop,
            () = received(&mut self.hangup) => Signal::Hangup,
        }
    }

    /// Waits for the next one that stops; those that say something else stay for [`Signals::next`].
    async fn stop(&mut self) {
        tokio::select! {
            () = received(&mut self.terminate) => {}
            () = received(&mut self.interrupt) => {}
        }
    }
}

/// Waits for a signal; for ever where it cannot be listened for.
#[cfg(unix)]
async fn received(signal: &mut Option<tokio::signal::unix::Signal>) {
    if let Some(signal) = signal
        && signal.recv().await.is_some()
    {
        return;
    }
    std::future::pending::<()>().await;
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    const fn listen() -> Self {
        Self
    }

    async fn next(&mut self) -> Signal {
        self.stop().await;
        Signal::Stop
    }

    async fn stop(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

fn fail(format: LogFormat, message: &str) -> ExitCode {
    logging::last_words(format, message);
    ExitCode::FAILURE
}
