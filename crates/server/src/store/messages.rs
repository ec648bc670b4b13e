//! What people wrote to each other, in the database. Decides nothing but what is too old.

use mistatus_core::{
    chat::{ChatMessage, MessageId, MessageText},
    limits::UNREAD_MAX,
    message::RequestId,
    signin_name::SigninName,
    time::UnixMs,
};
use mistatus_hub::{Amount, HiddenRecord, MessagesRecord, Query};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    instant,
    reading::{name, valid},
};
use crate::limits::CLEANING_BATCH;

/// Reads what the registry needs of messages at its start.
pub(crate) fn load_messages(database: &Connection) -> rusqlite::Result<MessagesRecord> {
    let last = database
        .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'messages'", [], |row| {
            row.get::<_, i64>(0)
        })
        .optional()?;
    let waiting = read(
        database,
        &format!(
            "SELECT {COLUMNS} FROM messages WHERE state < 2 AND state = {WAITING} ORDER BY id"
        ),
        [],
    )?;
    let confirmed = read(
        database,
        &format!(
            "SELECT {COLUMNS} FROM messages WHERE state < 2 AND state = {CONFIRMED} ORDER BY id"
        ),
        [],
    )?;
    Ok(MessagesRecord {
        last: last.and_then(|last| last.try_into().ok()).unwrap_or_default(),
        waiting,
        confirmed,
        unread: load_unread(database)?,
        hidden: load_hidden(database)?,
    })
}

/// Counts what went nowhere as [`Amount::of`] does.
fn load_hidden(database: &Connection) -> rusqlite::Result<Vec<HiddenRecord>> {
    let mut statement = database.prepare(&format!(
        "SELECT from_name, to_name, count(*),
             sum(octet_length(from_name) + octet_length(to_name) + octet_length(text))
         FROM messages WHERE state = {HIDDEN} GROUP BY writer, reader",
    ))?;
    valid(&mut statement, [], |row| {
        let (Some(writer), Some(reader)) = (name(row, 0)?, name(row, 1)?) else { return Ok(None) };
        let amount = Amount { count: row.get(2)?, bytes: row.get(3)? };
        Ok(Some(HiddenRecord { writer, reader, amount }))
    })
}

fn load_unread(
    database: &Connection,
) -> rusqlite::Result<Vec<(SigninName, SigninName, MessageId)>> {
    // The newest of each writer first, so that none of them makes others' count as read.
    let mut statement = database.prepare(
        "SELECT to_name, from_name, id FROM (
             SELECT to_name, from_name, id,
                 row_number() OVER (PARTITION BY reader ORDER BY of_writer, id DESC) AS place
             FROM (
                 SELECT to_name, from_name, id, reader,
                     row_number() OVER (PARTITION BY reader, writer ORDER BY id DESC) AS of_writer
                 FROM messages WHERE unread = 1))
         WHERE place <= ?1 ORDER BY id",
    )?;
    valid(&mut statement, [i64::try_from(UNREAD_MAX).unwrap_or(i64::MAX)], |row| {
        let (Some(reader), Some(writer)) = (name(row, 0)?, name(row, 1)?) else { return Ok(None) };
        Ok(Some((reader, writer, MessageId(row.get(2)?))))
    })
}

/// Looks something up.
pub(super) fn answer(database: &Connection, query: &Query) -> rusqlite::Result<Vec<ChatMessage>> {
    match query {
        Query::Sent { writer, request } => read(
            database,
            &format!("SELECT {COLUMNS} FROM messages WHERE writer = ?1 AND request = ?2"),
            params![writer.folded(), request.0.cast_signed()],
        ),
        Query::History { owner, with, before, limit } => {
            let before = before.map_or(i64::MAX, |before| number(before).max(0));
            let limit = i64::try_from(*limit).unwrap_or(i64::MAX);
            // Each half by its own index, newest first.
            let mut messages = read(
                database,
                &format!(
                    "SELECT * FROM (
                         SELECT {COLUMNS} FROM messages
                         WHERE writer = ?1 AND reader = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4)
                     UNION ALL SELECT * FROM (
                         SELECT {COLUMNS} FROM messages
                         WHERE writer = ?2 AND reader = ?1 AND id < ?3 AND state < {HIDDEN}
                         ORDER BY id DESC LIMIT ?4)
                     ORDER BY id DESC LIMIT ?4"
                ),
                params![owner.folded(), with.folded(), before, limit],
            )?;
            messages.reverse();
            Ok(messages)
        }
    }
}

pub(super) fn put(
    database: &Connection,
    message: &ChatMessage,
    request: RequestId,
    hidden: bool,
) -> rusqlite::Result<usize> {
    database
        .prepare_cached(
            "INSERT INTO messages
                 (id, writer, reader, from_name, to_name, text, at, request, state, unread)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            number(message.id),
            message.from.folded(),
            message.to.folded(),
            message.from.as_str(),
            message.to.as_str(),
            message.text.as_str(),
            message.at.as_millis().cast_signed(),
            request.0.cast_signed(),
            if hidden { HIDDEN } else { WAITING },
            !hidden,
        ])
}

pub(super) fn hide(database: &Connection, id: MessageId) -> rusqlite::Result<usize> {
    database
        .prepare_cached("UPDATE messages SET state = ?2, unread = 0 WHERE id = ?1")?
        .execute(params![number(id), HIDDEN])
}

pub(super) fn release(
    database: &Connection,
    owner: &SigninName,
    from: &SigninName,
) -> rusqlite::Result<usize> {
    let sql = format!(
        "UPDATE messages SET state = {RELEASED}
         WHERE writer = ?1 AND reader = ?2 AND state = {HIDDEN}"
    );
    database.prepare_cached(&sql)?.execute([from.folded(), owner.folded()])
}

pub(super) fn confirm(
    database: &Connection,
    owner: &SigninName,
    from: &SigninName,
    up_to: MessageId,
    told: bool,
) -> rusqlite::Result<usize> {
    database
        .prepare_cached(
            "UPDATE messages SET state = ?4
             WHERE reader = ?1 AND writer = ?2 AND id <= ?3 AND state < 2",
        )?
        .execute(params![
            owner.folded(),
            from.folded(),
            number(up_to),
            if told { DELIVERED } else { CONFIRMED }
        ])
}

pub(super) fn mark_read(
    database: &Connection,
    owner: &SigninName,
    from: &SigninName,
    up_to: MessageId,
) -> rusqlite::Result<usize> {
    database
        .prepare_cached(
            "UPDATE messages SET unread = 0
             WHERE reader = ?1 AND writer = ?2 AND id <= ?3 AND unread = 1",
        )?
        .execute(params![owner.folded(), from.folded(), number(up_to)])
}

/// Removes some of the messages that are too old, and returns how many. What nobody has fetched is older: whoever
/// wrote it must not learn by its end whether it waits, or is known to nobody but them.
pub(super) fn remove_old(
    database: &Connection,
    delivered_before: UnixMs,
    others_before: UnixMs,
) -> rusqlite::Result<usize> {
    database
        .prepare_cached(
            "DELETE FROM messages WHERE id IN (
                 SELECT id FROM messages
                 WHERE at < max(?1, ?2) AND at < CASE state WHEN ?3 THEN ?1 ELSE ?2 END LIMIT ?4)",
        )?
        .execute(params![
            delivered_before.as_millis().cast_signed(),
            others_before.as_millis().cast_signed(),
            DELIVERED,
            i64::try_from(CLEANING_BATCH).unwrap_or(i64::MAX),
        ])
}

fn read(
    database: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> rusqlite::Result<Vec<ChatMessage>> {
    let mut statement = database.prepare_cached(sql)?;
    valid(&mut statement, parameters, message)
}

fn message(row: &Row<'_>) -> rusqlite::Result<Option<ChatMessage>> {
    let (Some(from), Some(to)) = (name(row, 1)?, name(row, 2)?) else { return Ok(None) };
    let Ok(text) = MessageText::parse(&row.get::<_, String>(3)?) else { return Ok(None) };
    Ok(Some(ChatMessage {
        id: MessageId(row.get(0)?),
        from,
        to,
        text,
        at: instant(row.get(4)?),
        delivered: row.get::<_, i64>(5)? == DELIVERED,
    }))
}

fn number(id: MessageId) -> i64 {
    i64::try_from(id.0).unwrap_or(i64::MAX)
}

const COLUMNS: &str = "id, from_name, to_name, text, at, state";

/// It waits for the other.
const WAITING: i64 = 0;
/// The other has it, and the writer is not to know yet.
const CONFIRMED: i64 = 1;
/// The other has it.
const DELIVERED: i64 = 2;
/// The other never hears of it.
const HIDDEN: i64 = 3;
/// Nor does the other of this, and it counts no longer for the writer.
const RELEASED: i64 = 4;
