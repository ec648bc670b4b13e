//! Claims about people in the database.

use mistatus_core::{
    claim::{Claim, ClaimId, ClaimKey, ClaimSource, ClaimSources, ServiceName},
    presence::Note,
    signin_name::SigninName,
    status::MiStatus,
    time::UnixMs,
};
use mistatus_hub::{ClaimRecord, config::DISMISSAL_KEPT};
use rusqlite::{Connection, Row, Statement, params};

use super::{instant, reading::valid};
use crate::limits::CLEANING_BATCH;

/// Makes a claim, or puts it in the place of the one before.
pub(super) fn put(
    database: &Connection,
    owner: &SigninName,
    key: &ClaimKey,
    claim: &Claim,
    dismissed: bool,
) -> rusqlite::Result<()> {
    database
        .prepare_cached(
            "INSERT OR REPLACE INTO claims VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            owner.folded(),
            key.service.as_str(),
            key.id.as_str(),
            claim.source.name(),
            claim.status.number(),
            claim.note.as_ref().map(Note::as_str),
            claim.from.as_millis().cast_signed(),
            claim.until.as_millis().cast_signed(),
            dismissed,
        ])
        .map(drop)
}

/// Takes a claim back; one that was dismissed ends instead.
pub(super) fn remove(
    database: &Connection,
    owner: &SigninName,
    key: &ClaimKey,
    at: UnixMs,
) -> rusqlite::Result<()> {
    let of = [owner.folded(), key.service.as_str(), key.id.as_str()];
    database
        .prepare_cached(
            "DELETE FROM claims WHERE owner = ?1 AND service = ?2 AND id = ?3 AND NOT dismissed",
        )?
        .execute(of)?;
    database
        .prepare_cached(
            "UPDATE claims SET until = min(until, ?4) WHERE owner = ?1 AND service = ?2 AND id = ?3",
        )?
        .execute(params![of[0], of[1], of[2], at.as_millis().cast_signed()])
        .map(drop)
}

/// Lets a claim count no longer.
pub(super) fn dismiss(
    database: &Connection,
    owner: &SigninName,
    key: &ClaimKey,
) -> rusqlite::Result<()> {
    database
        .prepare_cached(
            "UPDATE claims SET dismissed = 1 WHERE owner = ?1 AND service = ?2 AND id = ?3",
        )?
        .execute([owner.folded(), key.service.as_str(), key.id.as_str()])
        .map(drop)
}

/// Lets claims of one kind of source count no longer, or again.
pub(super) fn ignore(
    database: &Connection,
    owner: &SigninName,
    source: ClaimSource,
    ignored: bool,
) -> rusqlite::Result<()> {
    let sql = if ignored {
        "INSERT INTO ignored_claims VALUES (?1, ?2) ON CONFLICT (owner, source) DO NOTHING"
    } else {
        "DELETE FROM ignored_claims WHERE owner = ?1 AND source = ?2"
    };
    database.prepare_cached(sql)?.execute([owner.folded(), source.name()]).map(drop)
}

/// Removes what has ended of one user and is of no more use, so that a program that claims a thousand things a minute
/// leaves as little behind as one that claims a few.
pub(super) fn remove_ended_of(
    database: &Connection,
    owner: &SigninName,
    now: UnixMs,
) -> rusqlite::Result<()> {
    database
        .prepare_cached(
            "DELETE FROM claims
             WHERE owner = ?1 AND until <= CASE WHEN dismissed THEN ?3 ELSE ?2 END",
        )?
        .execute(params![
            owner.folded(),
            now.as_millis().cast_signed(),
            forgotten_at(now).as_millis().cast_signed(),
        ])
        .map(drop)
}

/// Removes some of everybody's, and returns how many.
pub(super) fn remove_ended(database: &Connection, now: UnixMs) -> rusqlite::Result<usize> {
    database
        .prepare_cached(
            "DELETE FROM claims WHERE rowid IN (
                 SELECT rowid FROM claims
                 WHERE until <= ?1 AND until <= CASE WHEN dismissed THEN ?2 ELSE ?1 END LIMIT ?3)",
        )?
        .execute(params![
            now.as_millis().cast_signed(),
            forgotten_at(now).as_millis().cast_signed(),
            i64::try_from(CLEANING_BATCH).unwrap_or(i64::MAX),
        ])
}

/// A dismissal of what ended before that is not kept any more.
fn forgotten_at(now: UnixMs) -> UnixMs {
    UnixMs::from_millis(now.as_millis().saturating_sub(DISMISSAL_KEPT.as_millis()))
}

/// Reads the claims about one user after another.
pub(super) struct ClaimStatements<'d> {
    claims: Statement<'d>,
    ignored: Statement<'d>,
}

impl<'d> ClaimStatements<'d> {
    pub(super) fn prepare(database: &'d Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            claims: database.prepare(
                "SELECT service, id, source, status, note, starts, until, dismissed FROM claims
                 WHERE owner = ?1 ORDER BY service, id",
            )?,
            ignored: database.prepare("SELECT source FROM ignored_claims WHERE owner = ?1")?,
        })
    }

    /// Reads the claims, and of which kinds of sources none is to count.
    pub(super) fn read(
        &mut self,
        folded: &str,
    ) -> rusqlite::Result<(Vec<ClaimRecord>, ClaimSources)> {
        let claims = valid(&mut self.claims, [folded], |row| {
            Ok(record(row)?.filter(|record| is_possible(&record.claim)))
        })?;
        let ignored = valid(&mut self.ignored, [folded], |row| {
            Ok(ClaimSource::from_name(&row.get::<_, String>(0)?))
        })?;
        Ok((claims, ignored.into_iter().collect()))
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<Option<ClaimRecord>> {
    let service = ServiceName::parse(&row.get::<_, String>(0)?).ok();
    let id = ClaimId::parse(&row.get::<_, String>(1)?).ok();
    let source = ClaimSource::from_name(&row.get::<_, String>(2)?);
    let status = MiStatus::from_number(row.get(3)?);
    let note = row.get::<_, Option<String>>(4)?;
    let (from, until) = (instant(row.get(5)?), instant(row.get(6)?));
    let dismissed = row.get(7)?;
    let parts = (|| Some((service?, id?, source?, status?)))();
    Ok(parts.map(|(service, id, source, status)| ClaimRecord {
        key: ClaimKey { service, id },
        claim: Claim {
            source,
            status,
            note: note.and_then(|note| Note::parse(&note).ok().flatten()),
            from,
            until,
        },
        dismissed,
    }))
}

/// Whether a claim could have been made at some time.
fn is_possible(claim: &Claim) -> bool {
    claim.status.is_claimable() && claim.from < claim.until
}
