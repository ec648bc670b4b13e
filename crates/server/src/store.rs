//! The database: opened once, read whole at the start, then written by one thread in batches.
//!
//! A write is reported only after its transaction is on the disk (`synchronous = FULL`), so that what was
//! acknowledged survives `kill -9` and a power cut. A disk that takes no writes is not the end: they fail one by
//! one until it does again. Decides nothing.

mod tables;
#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, atomic::Ordering::Relaxed, mpsc},
    thread::JoinHandle,
};

use mistatus_core::{
    presence::{Intent, Note, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::UnixMs,
};
use mistatus_hub::{StoreError, Ticket, UserRecord, Write};
use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::{mpsc::UnboundedSender, oneshot};

pub(crate) use self::tables::open;
use crate::{
    limits::STORE_BATCH_MAX,
    metrics::{Metrics, count},
};

/// Is what the writing thread is asked.
pub(crate) enum ToStore {
    Write(Ticket, Write),
    /// Answered once everything before it is through and the database was read; not where it cannot be read.
    Ping(oneshot::Sender<Condition>),
}

/// Tells what the database is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Condition {
    /// Everything.
    Well,
    /// It is read, but the last write failed and would fail again.
    WritesFail,
}

/// Reports how a write ended.
pub(crate) type Stored = (Ticket, Result<(), StoreError>);

/// Reads everybody.
pub(crate) fn load(database: &Connection) -> rusqlite::Result<Vec<UserRecord>> {
    let mut contacts =
        database.prepare("SELECT name FROM contacts WHERE owner = ?1 ORDER BY place")?;
    let mut beliefs = database.prepare("SELECT name, listed FROM beliefs WHERE owner = ?1")?;
    let mut users = database.prepare(
        "SELECT folded, name, friendly_name, status, note, until, source, chosen_at FROM users",
    )?;
    let rows = users.query_map([], |row| {
        let folded: String = row.get(0)?;
        let name: String = row.get(1)?;
        let intent = Intent {
            status: MiStatus::from_number(row.get(3)?)
                .filter(|status| status.is_settable())
                .unwrap_or(MiStatus::Online),
            note: row
                .get::<_, Option<String>>(4)?
                .and_then(|note| Note::parse(&note).ok().flatten()),
            until: row.get::<_, Option<i64>>(5)?.map(instant),
            // Without one, nothing was ever chosen.
            source: row
                .get::<_, Option<String>>(6)?
                .and_then(|name| Source::from_name(&name))
                .unwrap_or(Source::Connection),
        };
        Ok((folded, name, row.get(2)?, intent, row.get::<_, Option<i64>>(7)?.map(instant)))
    })?;
    let mut records = Vec::new();
    for row in rows {
        let (folded, name, friendly_name, intent, chosen_at) = row?;
        let Ok(name) = SigninName::parse(&name) else {
            tracing::warn!("a user of the database has no valid sign-in name and is left out");
            continue;
        };
        let names = contacts.query_map([&folded], |row| row.get::<_, String>(0))?;
        let contacts = names
            .filter_map(|name| name.map(|name| SigninName::parse(&name).ok()).transpose())
            .collect::<Result<_, _>>()?;
        let rows =
            beliefs.query_map([&folded], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        let believed = rows
            .filter_map(|row| {
                row.map(|(name, listed)| Some((SigninName::parse(&name).ok()?, listed))).transpose()
            })
            .collect::<Result<_, _>>()?;
        records.push(UserRecord { name, friendly_name, intent, chosen_at, contacts, believed });
    }
    Ok(records)
}

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
            write(&transaction, &Write::AddContact { owner, contact, believed: None })?;
        }
    }
    transaction.commit()
}

/// Starts the writing thread; it ends, with everything written, when all senders are gone.
pub(crate) fn start(
    database: Connection,
    results: UnboundedSender<Stored>,
    metrics: Arc<Metrics>,
) -> std::io::Result<(mpsc::Sender<ToStore>, JoinHandle<()>)> {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::Builder::new()
        .name("store".to_owned())
        .spawn(move || run(database, &receiver, &results, &metrics))?;
    Ok((sender, thread))
}

fn run(
    mut database: Connection,
    inbox: &mpsc::Receiver<ToStore>,
    results: &UnboundedSender<Stored>,
    metrics: &Metrics,
) {
    while let Ok(first) = inbox.recv() {
        let mut writes = Vec::new();
        let mut pings = Vec::new();
        for message in std::iter::once(first).chain(inbox.try_iter()).take(STORE_BATCH_MAX) {
            match message {
                ToStore::Write(ticket, write) => writes.push((ticket, write)),
                ToStore::Ping(answer) => pings.push(answer),
            }
        }
        for (ticket, result) in write_batch(&mut database, &writes, metrics) {
            count(if result.is_ok() {
                &metrics.writes_total
            } else {
                &metrics.writes_failed_total
            });
            // Nobody listens any more while the server stops.
            let _ = results.send((ticket, result));
        }
        for answer in pings {
            if let Ok(condition) = condition(&database, metrics) {
                let _ = answer.send(condition);
            }
        }
    }
}

fn write_batch(
    database: &mut Connection,
    writes: &[(Ticket, Write)],
    metrics: &Metrics,
) -> Vec<Stored> {
    if writes.is_empty() {
        return Vec::new();
    }
    let attempt = |database: &mut Connection| -> rusqlite::Result<Vec<Stored>> {
        let transaction = database.transaction()?;
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

fn write(database: &Connection, write: &Write) -> rusqlite::Result<()> {
    match write {
        Write::PutUser { name, friendly_name } => database
            .prepare_cached(
                "INSERT INTO users (folded, name, friendly_name, status) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (folded) DO UPDATE SET friendly_name = excluded.friendly_name",
            )?
            .execute(params![
                name.folded(),
                name.as_str(),
                friendly_name,
                MiStatus::Online.number()
            ])?,
        Write::PutIntent { name, intent, at } => database
            .prepare_cached(
                "UPDATE users SET status = ?2, note = ?3, until = ?4, source = ?5, chosen_at = ?6
                 WHERE folded = ?1",
            )?
            .execute(params![
                name.folded(),
                intent.status.number(),
                intent.note.as_ref().map(Note::as_str),
                intent.until.map(|until| until.as_millis().cast_signed()),
                intent.source.name(),
                at.as_millis().cast_signed(),
            ])?,
        Write::AddContact { owner, contact, believed } => {
            believe(database, owner, contact, *believed)?;
            database
                .prepare_cached(
                    "INSERT INTO contacts (owner, contact, name) VALUES (?1, ?2, ?3)
                     ON CONFLICT (owner, contact) DO NOTHING",
                )?
                .execute(params![owner.folded(), contact.folded(), contact.as_str()])?
        }
        Write::RemoveContact { owner, contact, believed } => {
            believe(database, owner, contact, *believed)?;
            database
                .prepare_cached("DELETE FROM contacts WHERE owner = ?1 AND contact = ?2")?
                .execute(params![owner.folded(), contact.folded()])?
        }
        Write::Reveal { owner } => database
            .prepare_cached("DELETE FROM beliefs WHERE owner = ?1")?
            .execute([owner.folded()])?,
    };
    Ok(())
}

fn believe(
    database: &Connection,
    owner: &SigninName,
    contact: &SigninName,
    believed: Option<bool>,
) -> rusqlite::Result<()> {
    let (of, about) = (owner.folded(), contact.folded());
    match believed {
        Some(listed) => database
            .prepare_cached("INSERT OR REPLACE INTO beliefs VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![of, about, contact.as_str(), listed])?,
        None => database
            .prepare_cached("DELETE FROM beliefs WHERE owner = ?1 AND contact = ?2")?
            .execute([of, about])?,
    };
    Ok(())
}

fn instant(ms: i64) -> UnixMs {
    UnixMs::from_millis(u64::try_from(ms).unwrap_or_default())
}
