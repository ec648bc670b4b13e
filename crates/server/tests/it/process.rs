//! The real binary as a process of its own.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    thread::JoinHandle,
};

/// A running binary; killed when dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    stdout: BufReader<ChildStdout>,
    log: Option<JoinHandle<String>>,
}

pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mistatus-server"));
    forget_settings(&mut command);
    command
}

fn forget_settings(command: &mut Command) {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MISTATUS_")) {
        command.env_remove(name);
    }
}

pub(crate) fn spawn(data: &Path) -> Running {
    Running::start(command().args(["--listen", "127.0.0.1:0", "--data"]).arg(data))
}

pub(crate) fn output(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().expect("the binary ends by itself")
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut stderr = child.stderr.take().expect("stderr is piped");
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            // What cannot be read is missing in the log, and the test says so.
            let _ = stderr.read_to_string(&mut text);
            text
        });
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        stdout.read_line(&mut line).expect("a line is printed");
        let address = line.trim().strip_prefix("listening on http://").expect("the promised line");
        let address = address.parse().expect("an address with a real port");
        Self { child, address, stdout, log: Some(log) }
    }

    /// Waits for the next line on stdout.
    pub(crate) fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line is printed");
        line
    }

    /// Starts the binary with authentication by a secret, and returns the file that holds it, too.
    pub(crate) fn start_with_secret(directory: &Path, secret: &str) -> (Self, PathBuf) {
        let key = directory.join("secret");
        std::fs::write(&key, secret).unwrap();
        let running = Self::start(
            command()
                .args(["--listen=127.0.0.1:0", "--auth=jwt", "--metrics-from=127.0.0.1", "--data"])
                .arg(directory.join("data"))
                .arg("--jwt-key")
                .arg(&key),
        );
        (running, key)
    }

    /// Starts the binary so that a file which may not grow is an error and not its end, as on a full disk.
    #[cfg(target_os = "linux")]
    pub(crate) fn start_for_full_disk(data: &Path) -> Self {
        Self::start_limited(data, "unlimited")
    }

    /// Starts the binary on a disk that is full already.
    #[cfg(target_os = "linux")]
    pub(crate) fn start_on_full_disk(data: &Path) -> Self {
        Self::start_limited(data, "0")
    }

    #[cfg(target_os = "linux")]
    fn start_limited(data: &Path, blocks: &str) -> Self {
        let mut shell = Command::new("sh");
        forget_settings(&mut shell);
        let script =
            r#"trap "" XFSZ; ulimit -S -f "$2"; exec "$0" --listen 127.0.0.1:0 --data "$1""#;
        shell.args(["-c", script, env!("CARGO_BIN_EXE_mistatus-server")]).arg(data).arg(blocks);
        Self::start(&mut shell)
    }

    /// Sets to how many bytes files may grow: `0` or `unlimited`.
    #[cfg(target_os = "linux")]
    pub(crate) fn limit_files(&self, bytes: &str) {
        let pid = self.child.id().to_string();
        let limit = format!("--fsize={bytes}:");
        let status = Command::new("prlimit").args(["--pid", &pid, &limit]).status();
        assert!(status.expect("prlimit of util-linux is installed").success());
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Ends the binary with no time for anything, and returns its log.
    pub(crate) fn kill(mut self) -> String {
        self.end();
        self.log.take().expect("nobody else takes it").join().expect("the log is read")
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
