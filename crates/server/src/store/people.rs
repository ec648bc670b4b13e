//! The directory in the database: whom the company says there is, and how nothing is left of those who go.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use mistatus_core::{friendly_name, group::GroupName, signin_name::SigninName};
use mistatus_hub::{Person, Plan};
use rusqlite::{Connection, params};

use super::reading::{name, valid};

/// What is left of somebody in the database.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Traces {
    /// Whether the directory has them.
    pub(crate) is_listed: bool,
    /// Whether they have signed in.
    pub(crate) is_known: bool,
    pub(crate) contacts: u64,
    /// How many others have them on their lists.
    pub(crate) listed_by: u64,
    pub(crate) groups: u64,
    pub(crate) claims: u64,
    /// Written by them or to them.
    pub(crate) messages: u64,
    /// What webhooks would still be sent about them.
    pub(crate) webhooks: u64,
}

/// Reads everybody in the directory, in the order of the names.
pub(crate) fn load_people(database: &Connection) -> rusqlite::Result<Vec<Person>> {
    let mut memberships = database.prepare("SELECT person, name FROM people_groups")?;
    let rows = valid(&mut memberships, [], |row| {
        let group = GroupName::parse(&row.get::<_, String>(1)?).ok();
        Ok(group.map(|group| (row.get::<_, String>(0), group)))
    })?;
    let mut groups = BTreeMap::<String, BTreeSet<GroupName>>::new();
    for (person, group) in rows {
        groups.entry(person?).or_default().insert(group);
    }
    let sql = "SELECT folded, name, friendly_name, title FROM people ORDER BY folded";
    let mut people = database.prepare(sql)?;
    valid(&mut people, [], |row| {
        let folded: String = row.get(0)?;
        let (friendly_name, title): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
        Ok(name(row, 1)?.map(|name| Person {
            name,
            friendly_name: friendly_name.and_then(|name| friendly_name::clean(&name)),
            title: title.and_then(|title| friendly_name::clean(&title)),
            groups: groups.remove(&folded).unwrap_or_default(),
        }))
    })
}

/// Returns what another directory would change.
pub(crate) fn plan(database: &Connection, people: &[Person]) -> rusqlite::Result<Plan> {
    let before = load_people(database)?;
    let mut users = database.prepare("SELECT name FROM users ORDER BY folded")?;
    let users = valid(&mut users, [], |row| name(row, 0))?;
    let before: BTreeMap<_, _> = before.iter().map(|person| (&person.name, person)).collect();
    let known = before.keys().copied().chain(&users);
    Ok(Plan::between(|name| before.get(name).copied(), known, people))
}

/// Changes the directory, all of it or nothing. A transaction of others around it stays whole.
pub(crate) fn change(
    database: &Connection,
    put: &[Person],
    removed: &[SigninName],
) -> rusqlite::Result<()> {
    database.execute_batch("SAVEPOINT directory")?;
    let changed = erase(database, removed)
        .and_then(|()| put.iter().try_for_each(|person| put_person(database, person)));
    if changed.is_err() {
        // A disk that failed has taken the transaction with it, and there is nothing to go back to.
        let _ = database.execute_batch("ROLLBACK TO directory; RELEASE directory");
        return changed;
    }
    database.execute_batch("RELEASE directory")
}

fn put_person(database: &Connection, person: &Person) -> rusqlite::Result<()> {
    let Person { name, friendly_name, title, groups } = person;
    database
        .prepare_cached(
            "INSERT INTO people VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (folded) DO UPDATE SET
                 name = excluded.name, friendly_name = excluded.friendly_name, title = excluded.title",
        )?
        .execute(params![name.folded(), name.as_str(), friendly_name, title])?;
    let sql = "DELETE FROM people_groups WHERE person = ?1";
    database.prepare_cached(sql)?.execute([name.folded()])?;
    let sql = "INSERT INTO people_groups VALUES (?1, ?2)";
    for group in groups {
        database.prepare_cached(sql)?.execute([name.folded(), group.as_str()])?;
    }
    Ok(())
}

/// Takes people out of every table, whoever's the row is. Once for all of them: most of the columns have no index.
fn erase(database: &Connection, gone: &[SigninName]) -> rusqlite::Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let names = names_of(gone);
    for (table, column) in PLACES {
        let sql =
            format!("DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?1))");
        database.prepare_cached(&sql)?.execute([&names])?;
    }
    Ok(())
}

/// Returns what is left of somebody.
pub(crate) fn traces(database: &Connection, of: &SigninName) -> rusqlite::Result<Traces> {
    let count = |table: &str, column: &str| -> rusqlite::Result<u64> {
        let sql = format!("SELECT count(*) FROM {table} WHERE {column} = ?1");
        database.prepare_cached(&sql)?.query_row([of.folded()], |row| row.get(0))
    };
    Ok(Traces {
        is_listed: count("people", "folded")? > 0,
        is_known: count("users", "folded")? > 0,
        contacts: count("contacts", "owner")?,
        listed_by: count("contacts", "contact")?,
        groups: count("groups", "owner")?,
        claims: count("claims", "owner")?,
        messages: count("messages", "writer")? + count("messages", "reader")?,
        webhooks: count("webhook_queue", "person")?,
    })
}

/// Whether the directory has somebody, by the folded name.
pub(crate) fn is_listed(database: &Connection, folded: &str) -> rusqlite::Result<bool> {
    database
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM people WHERE folded = ?1)")?
        .query_row([folded], |row| row.get(0))
}

/// Returns folded names as a JSON array, which SQLite takes for a table.
fn names_of(names: &[SigninName]) -> String {
    let folded = names.iter().map(|name| serde_json::Value::from(name.folded()));
    serde_json::Value::Array(folded.collect()).to_string()
}

/// Where a person is named, by the folded name. What hangs on a row of `people` or `users` goes with it.
const PLACES: [(&str, &str); 13] = [
    ("people", "folded"),
    ("users", "folded"),
    ("contacts", "contact"),
    ("beliefs", "contact"),
    ("group_members", "contact"),
    ("blocked", "contact"),
    ("allowed", "contact"),
    ("requests", "contact"),
    ("messages", "writer"),
    ("messages", "reader"),
    ("webhook_queue", "person"),
    ("webhook_people", "person"),
    ("people_groups", "person"),
];

pub(super) const TABLES: &str = "
    CREATE TABLE people (
        folded TEXT PRIMARY KEY NOT NULL,
        name TEXT NOT NULL,
        friendly_name TEXT,
        title TEXT
    ) STRICT;
    CREATE TABLE people_groups (
        person TEXT NOT NULL REFERENCES people (folded) ON DELETE CASCADE,
        name TEXT NOT NULL,
        PRIMARY KEY (person, name)
    ) STRICT;
";
