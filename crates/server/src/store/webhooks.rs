//! What webhooks have still to say: the state that each was told last of each person, and bodies that wait. Sends none.
//!
//! A person has a `due` for as long as something about them waits: when the oldest of it may be sent. What waits behind
//! that has no time of its own, so that it comes in order.

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, sync::atomic::Ordering::Relaxed};

use mistatus_core::time::{Span, UnixMs};
use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::oneshot;

use super::{instant, note_condition};
use crate::{
    clock,
    limits::{WEBHOOK_GIVE_UP, WEBHOOK_QUEUE_MAX, WEBHOOK_RETRY_MAX},
    metrics::Metrics,
};

/// Something that webhooks want of the database; in one transaction with what else waits.
pub(crate) struct Work(Box<Doing>);

type Doing = dyn FnOnce(&Connection) -> rusqlite::Result<Answer> + Send;

/// Says what came of it, once that is on the disk.
type Answer = Box<dyn FnOnce() + Send>;

/// How somebody is, for one webhook.
pub(crate) struct Announcement {
    pub(crate) hook: String,
    /// The folded sign-in name.
    pub(crate) person: String,
    /// What is compared with what was told last.
    pub(crate) state: String,
    /// What brought that about; compared as well, but not where it is the return after a start of the server.
    pub(crate) source: Option<String>,
    pub(crate) is_return: bool,
    pub(crate) id: String,
    pub(crate) body: String,
    pub(crate) if_unknown: IfUnknown,
}

/// Tells what is done where a webhook was told nothing of somebody before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum IfUnknown {
    Queue,
    /// It is what later changes are told from.
    Record,
}

/// What came of announcements.
#[derive(Default)]
pub(crate) struct Announced {
    /// The webhooks that have something new to send.
    pub(crate) hooks: BTreeSet<String>,
    /// How many bodies gave way to others.
    pub(crate) dropped: u64,
}

/// A body that waits, the oldest about its person.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    place: i64,
    pub(crate) person: String,
    pub(crate) id: String,
    pub(crate) body: String,
    /// How often it was tried.
    pub(crate) failures: u32,
}

/// What a webhook may send now.
pub(crate) struct Due {
    pub(crate) waiting: Vec<Waiting>,
    /// When there may be more.
    pub(crate) next: Option<UnixMs>,
    /// How many bodies were too old.
    pub(crate) dropped: u64,
}

impl Work {
    pub(crate) fn new<T: Send + 'static>(
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> (Self, oneshot::Receiver<T>) {
        let (answer, answered) = oneshot::channel();
        let work = Self(Box::new(|database| {
            let done = work(database)?;
            // Whoever asked may be gone.
            Ok(Box::new(|| drop(answer.send(done))))
        }));
        (work, answered)
    }
}

/// Does all of it or nothing; nobody is answered then.
pub(super) fn carry_out(database: &Connection, works: Vec<Work>, metrics: &Metrics) {
    if works.is_empty() {
        return;
    }
    let attempt = || -> rusqlite::Result<(Vec<Answer>, u64)> {
        let transaction = database.unchecked_transaction()?;
        let answers = works.into_iter().map(|work| work.0(&transaction)).collect::<Result<_, _>>();
        let sql = "SELECT coalesce(sum(queued), 0) FROM webhooks";
        let queued = transaction.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        let answers = answers?;
        transaction.commit()?;
        Ok((answers, queued))
    };
    match attempt() {
        Ok((answers, queued)) => {
            metrics.webhooks_queued.store(queued, Relaxed);
            answers.into_iter().for_each(|answer| answer());
        }
        Err(error) => note_condition(metrics, Err(&error)),
    }
}

/// Forgets everything about webhooks that are none any more, and about people whom one does not follow any more.
/// Returns which webhooks are new.
pub(crate) fn keep(
    database: &Connection,
    hooks: &[(String, Option<BTreeSet<String>>)],
) -> rusqlite::Result<BTreeSet<String>> {
    let mut statement = database.prepare_cached("SELECT name FROM webhooks")?;
    let known: BTreeSet<String> =
        statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for gone in known.iter().filter(|name| !hooks.iter().any(|(kept, _)| kept == *name)) {
        database.execute("DELETE FROM webhooks WHERE name = ?1", [gone])?;
    }
    let mut fresh = BTreeSet::new();
    for (hook, followed) in hooks {
        if !known.contains(hook) {
            database.execute("INSERT INTO webhooks (name) VALUES (?1)", [hook])?;
            fresh.insert(hook.clone());
        } else if let Some(followed) = followed {
            forget_others(database, hook, followed)?;
        }
    }
    Ok(fresh)
}

fn forget_others(
    database: &Connection,
    hook: &str,
    followed: &BTreeSet<String>,
) -> rusqlite::Result<()> {
    let mut statement =
        database.prepare_cached("SELECT person FROM webhook_people WHERE hook = ?1")?;
    let people: Vec<String> =
        statement.query_map([hook], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for person in people.iter().filter(|person| !followed.contains(*person)) {
        for table in ["webhook_queue", "webhook_people"] {
            let sql = format!("DELETE FROM {table} WHERE hook = ?1 AND person = ?2");
            database.prepare_cached(&sql)?.execute([hook, person])?;
        }
    }
    Ok(())
}

/// Queues what differs from what was told last.
pub(crate) fn announce(
    database: &Connection,
    announcements: &[Announcement],
    now: UnixMs,
) -> rusqlite::Result<Announced> {
    let mut announced = Announced::default();
    for announcement in announcements {
        if is_news(database, announcement)? && queue(database, announcement, now)? {
            announced.hooks.insert(announcement.hook.clone());
        }
    }
    for hook in &announced.hooks {
        announced.dropped += make_room(database, hook, WEBHOOK_QUEUE_MAX)?;
    }
    Ok(announced)
}

/// Tells whether a webhook is to be told; what it was told nothing of is recorded instead where that is wanted.
fn is_news(database: &Connection, announcement: &Announcement) -> rusqlite::Result<bool> {
    let Announcement { hook, person, state, source, is_return, if_unknown, .. } = announcement;
    let sql = "SELECT state, source FROM webhook_people WHERE hook = ?1 AND person = ?2";
    let known: Option<(String, Option<String>)> = database
        .prepare_cached(sql)?
        .query_row([hook, person], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((known_state, known_source)) = known {
        return Ok(known_state != *state || (known_source != *source && !is_return));
    }
    if *if_unknown == IfUnknown::Record {
        // The webhook may be none any more.
        let sql = "INSERT INTO webhook_people (hook, person, state, source)
                   SELECT name, ?2, ?3, ?4 FROM webhooks WHERE name = ?1";
        database.prepare_cached(sql)?.execute(params![hook, person, state, source])?;
        return Ok(false);
    }
    Ok(true)
}

/// Puts a body behind what waits; `false` where the webhook is none any more.
fn queue(
    database: &Connection,
    announcement: &Announcement,
    now: UnixMs,
) -> rusqlite::Result<bool> {
    let Announcement { hook, person, state, source, id, body, .. } = announcement;
    let now = now.as_millis().cast_signed();
    let sql = "INSERT INTO webhook_queue (hook, person, id, body, at)
               SELECT name, ?2, ?3, ?4, ?5 FROM webhooks WHERE name = ?1";
    if database.prepare_cached(sql)?.execute(params![hook, person, id, body, now])? == 0 {
        return Ok(false);
    }
    let sql =
        "INSERT INTO webhook_people (hook, person, state, source, due) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (hook, person)
               DO UPDATE SET state = excluded.state, source = excluded.source,
                             due = coalesce(due, excluded.due)";
    database.prepare_cached(sql)?.execute(params![hook, person, state, source, now])?;
    Ok(true)
}

/// Lets the oldest bodies go where there are too many; returns how many.
fn make_room(database: &Connection, hook: &str, max: u64) -> rusqlite::Result<u64> {
    let sql = "SELECT queued FROM webhooks WHERE name = ?1";
    let queued: u64 = database.prepare_cached(sql)?.query_row([hook], |row| row.get(0))?;
    let over = queued.saturating_sub(max);
    if over > 0 {
        let sql = "DELETE FROM webhook_queue WHERE place IN (
                       SELECT place FROM webhook_queue WHERE hook = ?1 ORDER BY at, place LIMIT ?2)";
        database.prepare_cached(sql)?.execute(params![hook, over])?;
    }
    Ok(over)
}

/// Returns up to so many bodies that may be sent, each the oldest about its person. Lets those go that are too old.
pub(crate) fn due(
    database: &Connection,
    hook: &str,
    now: UnixMs,
    count: usize,
) -> rusqlite::Result<Due> {
    let dropped = drop_old(database, hook, now)?;
    let millis = now.as_millis().cast_signed();
    let too_late = millis.saturating_add(LATEST_RETRY.as_millis().cast_signed());
    let mut waiting = Vec::new();
    loop {
        // A time that lies too far ahead was written by a clock that was wrong.
        let sql = "SELECT person, failures FROM webhook_people
                   WHERE hook = ?1 AND due IS NOT NULL AND (due <= ?2 OR due > ?3)
                   ORDER BY due LIMIT ?4";
        let people: Vec<(String, u32)> = database
            .prepare_cached(sql)?
            .query_map(params![hook, millis, too_late, count], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<Result<_, _>>()?;
        let asked = people.len();
        waiting.clear();
        for (person, failures) in people {
            waiting.extend(oldest(database, hook, person, failures)?);
        }
        // Whose bodies have all been dropped, does not wait any more; others may.
        if waiting.len() == asked {
            break;
        }
    }
    let sql = "SELECT min(due) FROM webhook_people WHERE hook = ?1 AND due > ?2";
    let next: Option<i64> =
        database.prepare_cached(sql)?.query_row(params![hook, millis], |row| row.get(0))?;
    Ok(Due { waiting, next: next.map(instant), dropped })
}

fn drop_old(database: &Connection, hook: &str, now: UnixMs) -> rusqlite::Result<u64> {
    let oldest = now.as_millis().saturating_sub(clock::span(WEBHOOK_GIVE_UP).as_millis());
    let sql = "DELETE FROM webhook_queue WHERE hook = ?1 AND at <= ?2";
    let gone = database.prepare_cached(sql)?.execute(params![hook, oldest.cast_signed()])?;
    Ok(gone as u64)
}

/// Returns the oldest body about somebody; where there is none, nothing about them is due any more.
fn oldest(
    database: &Connection,
    hook: &str,
    person: String,
    failures: u32,
) -> rusqlite::Result<Option<Waiting>> {
    let sql = "SELECT place, id, body FROM webhook_queue
               WHERE hook = ?1 AND person = ?2 ORDER BY place LIMIT 1";
    let found = database
        .prepare_cached(sql)?
        .query_row([hook, &person], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((place, id, body)) = found else {
        plan(database, hook, &person, None, 0)?;
        return Ok(None);
    };
    Ok(Some(Waiting { place, person, id, body, failures }))
}

/// Takes away a body that has arrived; the next about the same person may follow.
pub(crate) fn delivered(
    database: &Connection,
    hook: &str,
    done: &Waiting,
    now: UnixMs,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM webhook_queue WHERE place = ?1 AND id = ?2";
    database.prepare_cached(sql)?.execute(params![done.place, done.id])?;
    let sql = "UPDATE webhook_people SET failures = 0, due = CASE
                   WHEN EXISTS (SELECT 1 FROM webhook_queue WHERE hook = ?1 AND person = ?2) THEN ?3
               END
               WHERE hook = ?1 AND person = ?2";
    let now = now.as_millis().cast_signed();
    database.prepare_cached(sql)?.execute(params![hook, done.person, now]).map(drop)
}

/// Keeps a body that has not arrived, and everything about the same person behind it, for later.
pub(crate) fn failed(
    database: &Connection,
    hook: &str,
    done: &Waiting,
    due: UnixMs,
) -> rusqlite::Result<()> {
    plan(database, hook, &done.person, Some(due), done.failures.saturating_add(1))
}

/// Sets when something about a person is tried next.
fn plan(
    database: &Connection,
    hook: &str,
    person: &str,
    due: Option<UnixMs>,
    failures: u32,
) -> rusqlite::Result<()> {
    let due = due.map(|due| due.as_millis().cast_signed());
    let sql = "UPDATE webhook_people SET failures = ?4, due = ?3 WHERE hook = ?1 AND person = ?2";
    database.prepare_cached(sql)?.execute(params![hook, person, due, failures]).map(drop)
}

/// Lets a webhook try at once what waits for another attempt.
pub(crate) fn retry_now(database: &Connection, hook: &str, now: UnixMs) -> rusqlite::Result<()> {
    let sql = "UPDATE webhook_people SET due = min(due, ?2), failures = 0
               WHERE hook = ?1 AND due IS NOT NULL";
    database.prepare_cached(sql)?.execute(params![hook, now.as_millis().cast_signed()]).map(drop)
}

/// Lets go everything that a webhook would still send; returns how much.
pub(crate) fn drop_all(database: &Connection, hook: &str) -> rusqlite::Result<u64> {
    let sql = "DELETE FROM webhook_queue WHERE hook = ?1";
    Ok(database.prepare_cached(sql)?.execute([hook])? as u64)
}

/// No attempt is put off for longer, with what chance adds.
const LATEST_RETRY: Span = Span::from_secs(2 * WEBHOOK_RETRY_MAX.as_secs());

/// `queued` counts the rows of the queue. `due` is there for as long as something waits.
pub(super) const TABLES: &str = "
    CREATE TABLE webhooks (
        name TEXT PRIMARY KEY NOT NULL,
        queued INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE webhook_people (
        hook TEXT NOT NULL REFERENCES webhooks (name) ON DELETE CASCADE,
        person TEXT NOT NULL,
        state TEXT NOT NULL,
        source TEXT,
        due INTEGER,
        failures INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (hook, person)
    ) STRICT;
    CREATE INDEX webhook_people_due ON webhook_people (hook, due) WHERE due IS NOT NULL;
    CREATE TABLE webhook_queue (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        hook TEXT NOT NULL REFERENCES webhooks (name) ON DELETE CASCADE,
        person TEXT NOT NULL,
        id TEXT NOT NULL UNIQUE,
        body TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX webhook_queue_of ON webhook_queue (hook, person, place);
    CREATE INDEX webhook_queue_by_age ON webhook_queue (hook, at, place);
    CREATE TRIGGER webhook_queued AFTER INSERT ON webhook_queue BEGIN
        UPDATE webhooks SET queued = queued + 1 WHERE name = new.hook;
    END;
    CREATE TRIGGER webhook_unqueued AFTER DELETE ON webhook_queue BEGIN
        UPDATE webhooks SET queued = queued - 1 WHERE name = old.hook;
    END;
";
