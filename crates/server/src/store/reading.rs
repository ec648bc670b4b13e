//! Everybody, as the database holds them. What is not valid, somebody else has written: it is left out, and the log
//! says so.

use mistatus_core::{
    group::{Group, GroupId, GroupName},
    idle::{IdleAfter, IdleChoice},
    presence::{Intent, Note, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::Span,
};
use mistatus_hub::{BlockRecord, BlockedView, RelationsRecord, UserRecord};
use rusqlite::{Connection, Error, Params, Row, Statement};

use super::{claims::ClaimStatements, instant};

/// Reads everybody.
pub(crate) fn load(database: &Connection) -> rusqlite::Result<Vec<UserRecord>> {
    let mut contacts =
        database.prepare("SELECT name FROM contacts WHERE owner = ?1 ORDER BY place")?;
    let mut deferred = database.prepare("SELECT name, listed FROM beliefs WHERE owner = ?1")?;
    let mut claimed = ClaimStatements::prepare(database)?;
    let mut stored = RelationsStatements::prepare(database)?;
    let mut users = database.prepare(
        "SELECT folded, name, friendly_name, status, note, until, source, chosen_at, last_group,
             idle_transmit, idle_after
         FROM users",
    )?;
    let mut rows = users.query([])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        let folded = lenient(row.get::<_, String>(0))?;
        let Some((folded, name)) = folded.zip(lenient(name(row, 1))?.flatten()) else {
            tracing::warn!("a user of the database has no valid sign-in name and is left out");
            continue;
        };
        let relations = stored.read(&folded)?;
        let (claims, ignored) = claimed.read(&folded)?;
        // Numbers of groups are never given twice.
        let last_group = relations.groups.iter().map(|group| group.id.0).max().unwrap_or_default();
        let last_group = lenient(row.get::<_, u32>(8))?.unwrap_or_default().max(last_group);
        records.push(UserRecord {
            name,
            friendly_name: lenient(row.get(2))?.flatten(),
            intent: intent(row)?,
            chosen_at: row.get::<_, Option<i64>>(7)?.map(instant),
            contacts: valid(&mut contacts, [&folded], name_of)?,
            deferred: valid(&mut deferred, [&folded], |row| {
                Ok(name_of(row)?.zip(Some(row.get(1)?)))
            })?,
            relations: RelationsRecord { last_group, ..relations },
            claims,
            ignored,
            idle: idle_choice(row)?,
        });
    }
    Ok(records)
}

fn intent(row: &Row<'_>) -> rusqlite::Result<Intent> {
    Ok(Intent {
        status: lenient(row.get(3))?
            .and_then(MiStatus::from_number)
            .filter(|status| status.is_settable())
            .unwrap_or(MiStatus::Online),
        note: lenient(row.get::<_, Option<String>>(4))?
            .flatten()
            .and_then(|note| Note::parse(&note).ok().flatten()),
        until: row.get::<_, Option<i64>>(5)?.map(instant),
        // Without one, nothing was ever chosen.
        source: lenient(row.get::<_, Option<String>>(6))?
            .flatten()
            .and_then(|name| Source::from_name(&name))
            .unwrap_or(Source::Connection),
    })
}

fn idle_choice(row: &Row<'_>) -> rusqlite::Result<IdleChoice> {
    let after = lenient(row.get::<_, Option<u64>>(10))?.flatten();
    Ok(IdleChoice {
        transmit: lenient(row.get(9))?.unwrap_or(IdleChoice::NONE.transmit),
        after: after.and_then(|ms| IdleAfter::new(Span::from_millis(ms)).ok()),
    })
}

/// Reads how a user stands to others.
struct RelationsStatements<'d> {
    groups: Statement<'d>,
    members: Statement<'d>,
    blocked: Statement<'d>,
    allowed: Statement<'d>,
    requests: Statement<'d>,
}

impl<'d> RelationsStatements<'d> {
    fn prepare(database: &'d Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            groups: database
                .prepare("SELECT name, number FROM groups WHERE owner = ?1 ORDER BY number")?,
            members: database.prepare(
                "SELECT name FROM group_members WHERE owner = ?1 AND number = ?2 ORDER BY place",
            )?,
            blocked: database.prepare(
                "SELECT name, blocked, permits, friendly_name FROM blocked
                 WHERE owner = ?1 ORDER BY place",
            )?,
            allowed: database.prepare("SELECT name FROM allowed WHERE owner = ?1")?,
            requests: database
                .prepare("SELECT name, at FROM requests WHERE owner = ?1 ORDER BY place")?,
        })
    }

    fn read(&mut self, folded: &str) -> rusqlite::Result<RelationsRecord> {
        let mut groups = valid(&mut self.groups, [folded], |row| {
            let Ok(name) = GroupName::parse(&row.get::<_, String>(0)?) else { return Ok(None) };
            Ok(Some(Group { id: GroupId(row.get(1)?), name, members: Vec::new() }))
        })?;
        for group in &mut groups {
            group.members = valid(&mut self.members, (folded, group.id.0), name_of)?;
        }
        Ok(RelationsRecord {
            groups,
            last_group: 0,
            blocked: valid(&mut self.blocked, [folded], |row| {
                let Some(name) = name_of(row)? else { return Ok(None) };
                let view = BlockedView { permits: row.get(2)?, friendly_name: row.get(3)? };
                Ok(Some(BlockRecord { name, blocked: row.get(1)?, view }))
            })?,
            allowed: valid(&mut self.allowed, [folded], name_of)?,
            requests: valid(&mut self.requests, [folded], |row| {
                Ok(name_of(row)?.zip(Some(instant(row.get(1)?))))
            })?,
        })
    }
}

/// Reads all rows, but for those that are not valid: somebody else has written them into the file.
pub(super) fn valid<T>(
    statement: &mut Statement<'_>,
    parameters: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<Option<T>>,
) -> rusqlite::Result<Vec<T>> {
    let rows = statement.query_map(parameters, read)?;
    rows.filter_map(|row| lenient(row).map(Option::flatten).transpose()).collect()
}

/// Leaves out a value that the database's own type allows and ours does not; what else goes wrong stays an error.
fn lenient<T>(value: rusqlite::Result<T>) -> rusqlite::Result<Option<T>> {
    match value {
        Ok(value) => Ok(Some(value)),
        Err(
            error @ (Error::IntegralValueOutOfRange(..)
            | Error::FromSqlConversionFailure(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..)),
        ) => {
            tracing::warn!(%error, "a value of the database is out of range and is left out");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn name_of(row: &Row<'_>) -> rusqlite::Result<Option<SigninName>> {
    name(row, 0)
}

pub(super) fn name(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<SigninName>> {
    Ok(SigninName::parse(&row.get::<_, String>(column)?).ok())
}
