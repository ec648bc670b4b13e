//! The database: opened once, read whole at the start, then written by one thread in batches.
//!
//! A write is reported only after its transaction is on the disk (`synchronous = FULL`), so that what was
//! acknowledged survives `kill -9` and a power cut. A disk that takes no writes is not the end: they fail one by
//! one until it does again. Decides nothing.

mod access;
pub(crate) mod backup;
mod claims;
mod inspection;
mod messages;
pub(crate) mod people;
mod reading;
pub(crate) mod restore;
mod tables;
#[cfg(test)]
mod tests;
pub(crate) mod unfinished;
pub(crate) mod webhooks;
mod writing;

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{
        Arc,
        atomic::Ordering::Relaxed,
        mpsc::{self, RecvTimeoutError, TryRecvError},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use mistatus_core::{chat::ChatMessage, time::UnixMs};
use mistatus_hub::{Query, StoreError, Ticket, UserRecord, Write};
use rusqlite::{Connection, OptionalExtension};
use tokio::sync::{mpsc::UnboundedSender, oneshot};

use self::writing::write;
pub(crate) use self::{
    access::{give_to_owner, open_own_file},
    inspection::{DatabaseCondition, look_at_database, look_at_directory},
    messages::load_messages,
    reading::load,
    tables::open,
};
use crate::{
    clock,
    limits::{CLEANING_BATCH, CLEANING_INTERVAL, STORE_BATCH_MAX, UNDELIVERED_KEPT},
    metrics::{Metrics, count},
};

/// A message to the thread that writes the database.
pub(crate) enum ToStore {
    Write(Ticket, Write),
    /// Answered with everything before it.
    Fetch(Ticket, Query),
    /// Answered once everything before it is through and the database was read; not where it cannot be read.
    Ping(oneshot::Sender<Condition>),
    #[cfg_attr(not(unix), expect(dead_code, reason = "orders come over a Unix socket"))]
    BackUp(BackupOrder),
    Webhooks(webhooks::Work),
}

/// Asks for a copy of the database in a file that is there and empty.
pub(crate) struct BackupOrder {
    pub(crate) path: PathBuf,
    /// Whoever wants no copy any more drops the other end.
    pub(crate) answer: oneshot::Sender<Result<(), String>>,
}

/// Tells what the database is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Condition {
    /// Everything.
    Well,
    /// It is read, but the last write failed and would fail again.
    WritesFail,
}

/// Reports how a write or a look-up ended.
#[derive(Debug)]
pub(crate) enum Report {
    Stored(Ticket, Result<(), StoreError>),
    Fetched(Ticket, Result<Vec<ChatMessage>, StoreError>),
}

/// Tells how a write ended.
type Stored = (Ticket, Result<(), StoreError>);

/// Inserts users who are not there yet, all at once; those who are keep what they have.
pub(crate) fn seed(database: &mut Connection, records: &[UserRecord]) -> rusqlite::Result<()> {
    let transaction = database.transaction()?;
    for record in records {
        let known = transaction
            .query_row("SELECT 1 FROM users WHERE folded = ?1", [record.name.folded()], |_| Ok(()))
            .optional()?;
        if known.is_some() {
            continue;
        }
        let friendly_name = record.friendly_name.clone();
        write(&transaction, &Write::PutUser { name: record.name.clone(), friendly_name })?;
        if let Some(at) = record.chosen_at {
            let (name, intent) = (record.name.clone(), record.intent.clone());
            write(&transaction, &Write::PutIntent { name, intent, at })?;
        }
        for contact in &record.contacts {
            let (owner, contact) = (record.name.clone(), contact.clone());
            write(
                &transaction,
                &Write::AddContact { owner, contact, deferred: None, asked: None },
            )?;
        }
    }
    transaction.commit()
}

/// Starts the writing thread; it ends, with everything written, when all senders are gone.
///
/// Delivered messages are kept for `keep_messages`.
pub(crate) fn start(
    database: Connection,
    reports: UnboundedSender<Report>,
    metrics: Arc<Metrics>,
    keep_messages: Duration,
) -> std::io::Result<(mpsc::Sender<ToStore>, JoinHandle<()>)> {
    let (sender, receiver) = mpsc::channel();
    let cleaning = Cleaning { keep: keep_messages, next: Instant::now() };
    let thread = std::thread::Builder::new()
        .name("store".to_owned())
        .spawn(move || run(database, &receiver, &reports, &metrics, cleaning))?;
    Ok((sender, thread))
}

/// Says when old messages are removed next.
struct Cleaning {
    keep: Duration,
    next: Instant,
}

fn run(
    database: Connection,
    inbox: &mpsc::Receiver<ToStore>,
    reports: &UnboundedSender<Report>,
    metrics: &Metrics,
    mut cleaning: Cleaning,
) {
    let database = &database;
    let worker = Worker { database, inbox, reports, metrics };
    let mut backups = VecDeque::new();
    loop {
        match inbox.recv_timeout(cleaning.next - Instant::now()) {
            Ok(first) => worker.turn(first, &mut backups),
            Err(RecvTimeoutError::Timeout) => {
                cleaning.next = Instant::now() + cleaning.run(database);
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
        while let Some(order) = backups.pop_front() {
            worker.back_up(order, &mut backups);
        }
    }
}

/// What the writing thread works with.
struct Worker<'a> {
    database: &'a Connection,
    inbox: &'a mpsc::Receiver<ToStore>,
    reports: &'a UnboundedSender<Report>,
    metrics: &'a Metrics,
}

impl Worker<'_> {
    /// Does a message, and what waits behind it, in one batch; puts backups off.
    fn turn(&self, first: ToStore, backups: &mut VecDeque<BackupOrder>) {
        let mut writes = Vec::new();
        let mut queries = Vec::new();
        let mut pings = Vec::new();
        let mut works = Vec::new();
        for message in std::iter::once(first).chain(self.inbox.try_iter()).take(STORE_BATCH_MAX) {
            match message {
                ToStore::Write(ticket, write) => writes.push((ticket, write)),
                ToStore::Fetch(ticket, query) => queries.push((ticket, query)),
                ToStore::Ping(answer) => pings.push(answer),
                ToStore::BackUp(order) => backups.push_back(order),
                ToStore::Webhooks(work) => works.push(work),
            }
        }
        // Nobody listens any more while the server stops.
        let stored = write_batch(self.database, &writes, self.metrics);
        for ((ticket, result), (_, write)) in stored.into_iter().zip(&writes) {
            if result.is_ok() && matches!(write, Write::PutMessage { .. }) {
                count(&self.metrics.messages_total);
            }
            count(if result.is_ok() {
                &self.metrics.writes_total
            } else {
                &self.metrics.writes_failed_total
            });
            let _ = self.reports.send(Report::Stored(ticket, result));
        }
        webhooks::carry_out(self.database, works, self.metrics);
        for (ticket, query) in queries {
            let result = messages::answer(self.database, &query).map_err(|error| {
                tracing::error!(%error, "messages could not be read");
                StoreError
            });
            let _ = self.reports.send(Report::Fetched(ticket, result));
        }
        for answer in pings {
            if let Ok(condition) = condition(self.database, self.metrics) {
                let _ = answer.send(condition);
            }
        }
    }

    /// Makes a backup, and goes on with everything else meanwhile.
    fn back_up(&self, order: BackupOrder, backups: &mut VecDeque<BackupOrder>) {
        let done = backup::copy(self.database, &order.path, || {
            match self.inbox.try_recv() {
                Ok(first) => self.turn(first, backups),
                Err(TryRecvError::Empty) => {}
                // The server stops.
                Err(TryRecvError::Disconnected) => return false,
            }
            !order.answer.is_closed()
        });
        let _ = order.answer.send(done);
    }
}

impl Cleaning {
    /// Removes some of what is too old, and returns how long to wait before the next time: others write meanwhile.
    fn run(&self, database: &Connection) -> Duration {
        let now = clock::wall();
        let before = |age| {
            let age = clock::span(age).as_millis();
            UnixMs::from_millis(now.as_millis().saturating_sub(age))
        };
        let messages = messages::remove_old(database, before(self.keep), before(UNDELIVERED_KEPT));
        match messages.and_then(|gone| Ok(gone.max(claims::remove_ended(database, now)?))) {
            Ok(CLEANING_BATCH..) => Duration::ZERO,
            Ok(_) => CLEANING_INTERVAL,
            Err(error) => {
                tracing::error!(%error, "old messages and ended claims could not be removed");
                CLEANING_INTERVAL
            }
        }
    }
}

fn write_batch(
    database: &Connection,
    writes: &[(Ticket, Write)],
    metrics: &Metrics,
) -> Vec<Stored> {
    if writes.is_empty() {
        return Vec::new();
    }
    let attempt = |database: &Connection| -> rusqlite::Result<Vec<Stored>> {
        // None is open: a backup that goes on meanwhile holds the connection, but no transaction.
        let transaction = database.unchecked_transaction()?;
        let mut results = Vec::with_capacity(writes.len());
        for (ticket, wanted) in writes {
            let result = match write(&transaction, wanted) {
                Ok(()) => Ok(()),
                // The disk failed and took the transaction with it; what came after would be written by itself.
                Err(error) if transaction.is_autocommit() => return Err(error),
                // A statement that fails undoes itself and leaves the rest of the transaction as it is.
                Err(error) => {
                    tracing::error!(%error, "a write failed");
                    Err(StoreError)
                }
            };
            results.push((*ticket, result));
        }
        transaction.commit()?;
        Ok(results)
    };
    match attempt(database) {
        Ok(results) => {
            note_condition(metrics, Ok(()));
            results
        }
        Err(error) => {
            note_condition(metrics, Err(&error));
            writes.iter().map(|(ticket, _)| (*ticket, Err(StoreError))).collect()
        }
    }
}

/// Finds out what the database is good for. After a failure that needs a write: nobody else may write for hours.
fn condition(database: &Connection, metrics: &Metrics) -> rusqlite::Result<Condition> {
    let version: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if metrics.store_failing.load(Relaxed) == 0 {
        return Ok(Condition::Well);
    }
    let tried = database.pragma_update(None, "user_version", version);
    note_condition(metrics, tried.as_ref().copied());
    Ok(if tried.is_ok() { Condition::Well } else { Condition::WritesFail })
}

/// Logs when writes begin to fail and when they work again: a full disk must not be filled by its own log.
fn note_condition(metrics: &Metrics, tried: Result<(), &rusqlite::Error>) {
    let failed_before = metrics.store_failing.swap(u64::from(tried.is_err()), Relaxed) == 1;
    match tried {
        Err(error) if !failed_before => {
            tracing::error!(%error, "the database takes no writes; presence goes on, changes are refused");
        }
        Ok(()) if failed_before => tracing::info!("the database takes writes again"),
        _ => {}
    }
}

fn instant(ms: i64) -> UnixMs {
    UnixMs::from_millis(u64::try_from(ms).unwrap_or_default())
}
