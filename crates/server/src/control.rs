//! What operators' commands ask of the running server, over a socket in the data directory: a backup, and what is to be in
//! the directory. Decides nothing.
//!
//! A line says what is wanted: `backup`, or `people` with what and how many bytes follow. The answer is a line, `ok BYTES`
//! before so many bytes or `error TEXT`.

mod people;

use std::{io, path::Path, sync::Arc};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::watch,
    task::JoinSet,
    time::timeout,
};

pub(crate) use self::people::PeopleDesk;
use crate::{
    backups::{BackupFile, Backups},
    door,
    limits::{BACKUP_CHUNK, CONTROL_LINE_MAX, CONTROL_TIMEOUT},
};

/// The socket's name in the data directory.
pub(crate) const SOCKET: &str = "control.sock";

/// What a command says to get a backup.
pub(crate) const BACKUP: &str = "backup";

/// What a command says before what it wants of the directory.
pub(crate) const PEOPLE: &str = "people";

/// Listens for commands, from this call on, until the server stops. Where that cannot be done, the log says so and the
/// server runs without.
pub(crate) fn listen(
    backups: Arc<Backups>,
    people: Option<PeopleDesk>,
    mut stop: watch::Receiver<bool>,
) -> impl Future<Output = ()> {
    let path = backups.directory().join(SOCKET);
    let bound = bind(&path).inspect_err(|error| {
        tracing::warn!(
            %error,
            path = %path.display(),
            "this server listens for no commands: there are backups only while it does not run"
        );
    });
    async move {
        let Ok(listener) = bound else { return };
        let mut running = JoinSet::new();
        loop {
            tokio::select! {
                () = door::stop(&mut stop) => break,
                accepted = listener.accept() => {
                    if let Ok((stream, _)) = accepted {
                        running.spawn(serve(stream, backups.clone(), people.clone()));
                    } else {
                        tokio::time::sleep(crate::limits::ACCEPT_REST).await;
                    }
                }
                Some(_) = running.join_next() => {}
            }
        }
        // Whoever waits for a backup is told by the end of the connection.
        running.shutdown().await;
        let _ = std::fs::remove_file(path);
    }
}

/// Listens in the place of a server that was killed; there is no other, since the database is this one's.
fn bind(path: &Path) -> io::Result<UnixListener> {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn serve(stream: UnixStream, backups: Arc<Backups>, people: Option<PeopleDesk>) {
    if !is_operator(&stream, backups.directory()) {
        return;
    }
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    let mut bounded = (&mut stream).take(CONTROL_LINE_MAX);
    if !matches!(timeout(CONTROL_TIMEOUT, bounded.read_line(&mut line)).await, Ok(Ok(_))) {
        return;
    }
    let answered = match line.trim() {
        BACKUP => match backups.make().await {
            Ok(backup) => hand_over(stream.get_mut(), &backup).await,
            Err(error) => say(stream.get_mut(), &format!("error {error}")).await,
        },
        line => match line.strip_prefix(PEOPLE) {
            Some(rest) => people::answer(&mut stream, people, rest.trim()).await,
            None => {
                let known =
                    format!("this server knows the commands `{BACKUP}` and `{PEOPLE}` alone");
                say(stream.get_mut(), &format!("error {known}")).await
            }
        },
    };
    if let Err(error) = answered {
        tracing::warn!(%error, "an operator's command did not hear the answer to its end");
    }
}

/// Whether the other end runs as root or as this server. For the moment in which the socket is there and not closed to
/// others yet.
fn is_operator(stream: &UnixStream, directory: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = directory.join(SOCKET).metadata().map(|about| about.uid());
    match (stream.peer_cred(), own) {
        (Ok(peer), Ok(own)) => peer.uid() == own || peer.uid() == 0,
        _ => false,
    }
}

async fn hand_over(stream: &mut UnixStream, backup: &BackupFile) -> io::Result<()> {
    let (mut file, bytes) = backup.open().await?;
    say(stream, &format!("ok {bytes}")).await?;
    let mut chunk = vec![0; BACKUP_CHUNK];
    loop {
        let length = file.read(&mut chunk).await?;
        if length == 0 {
            return Ok(());
        }
        timeout(CONTROL_TIMEOUT, stream.write_all(&chunk[..length])).await??;
    }
}

async fn say(stream: &mut UnixStream, line: &str) -> io::Result<()> {
    let line = format!("{}\n", line.replace('\n', " "));
    timeout(CONTROL_TIMEOUT, stream.write_all(line.as_bytes())).await?
}
