//! The database as a file, for programs that keep copies elsewhere.

use std::time::Duration;

use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use tokio::{fs::File, io::AsyncReadExt, sync::mpsc, time::timeout};
use utoipa::ToSchema;

use crate::{
    api::{
        access::{Admin, Granted},
        description::CommonProblems,
        problem::{Kind, Problem},
    },
    backups::{BackupFile, NoBackup},
    door::{Guest, Stay},
    http::App,
    limits::{API_BUSY_RETRY, BACKUP_CHUNK, BACKUP_TAKE_TIMEOUT},
};

/// A SQLite database, byte by byte.
#[derive(ToSchema)]
#[schema(as = Database, value_type = String, content_media_type = "application/vnd.sqlite3")]
#[expect(dead_code, reason = "only described: the bytes are those of a file")]
pub(crate) struct DatabaseView(String);

/// What is read of a file, or why it cannot be read any further.
type Piece = std::io::Result<Vec<u8>>;

/// Copy the database
///
/// A copy of one moment with everything acknowledged until then, as `mistatus-server backup` makes it, while the server
/// goes on. It is complete when as many bytes have arrived as `content-length` says, and goes back by
/// `mistatus-server restore`. One is made at a time; whoever takes nothing of it for half a minute loses it. It holds
/// what people wrote: keep it as safe as the server.
#[utoipa::path(
    post,
    path = "/admin/backup",
    operation_id = "makeBackup",
    tag = "Operating",
    responses(
        (status = 200, description = "The copy.", body = DatabaseView, content_type = "application/vnd.sqlite3"),
        CommonProblems,
    ),
    security(("serviceKey" = ["admin"])),
)]
pub(crate) async fn make(
    _key: Granted<Admin>,
    State(app): State<App>,
    Extension(guest): Extension<Guest>,
) -> Result<Response, Problem> {
    // Making it may last as long as handing it over.
    let stay = guest.stay();
    let backup = app.backups.make().await.map_err(refused)?;
    let opened = backup.open().await;
    let (file, bytes) = opened.map_err(|error| refused(NoBackup::Failed(error.to_string())))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.sqlite3")),
        (header::CONTENT_LENGTH, HeaderValue::from(bytes)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"mistatus.sqlite3\""),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    let (pieces, body) = mpsc::channel(1);
    tokio::spawn(hand_over(file, pieces, BACKUP_TAKE_TIMEOUT, (backup, stay)));
    let body = stream::unfold(body, async |mut body| Some((body.recv().await?, body)));
    Ok((headers, Body::from_stream(body)).into_response())
}

/// Reads the file as fast as it is taken. What is kept meanwhile is dropped at the end, or when nobody takes any more:
/// the connection ends before as many bytes went out as were promised, and nobody takes it for a whole copy.
async fn hand_over(
    mut file: File,
    pieces: mpsc::Sender<Piece>,
    patience: Duration,
    _kept: (BackupFile, Stay),
) {
    loop {
        let mut piece = vec![0; BACKUP_CHUNK];
        let read = match file.read(&mut piece).await {
            Ok(0) => return,
            Ok(length) => {
                piece.truncate(length);
                Ok(piece)
            }
            Err(error) => Err(error),
        };
        let is_over = read.is_err();
        let sent = timeout(patience, pieces.send(read)).await;
        if is_over || !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
}

fn refused(reason: NoBackup) -> Problem {
    Problem::new(Kind::Unavailable, reason.to_string()).retrying_after(API_BUSY_RETRY)
}
