//! What one write does to the tables. Opens no transaction: that is the batch's affair.

use mistatus_core::{
    group::{GroupId, GroupName},
    presence::{Intent, Note},
    signin_name::SigninName,
    status::MiStatus,
    time::UnixMs,
};
use mistatus_hub::{BlockedView, Write};
use rusqlite::{Connection, Params, params};

use super::{claims, messages, people};

pub(super) fn write(database: &Connection, write: &Write) -> rusqlite::Result<()> {
    match write {
        Write::PutUser { name, friendly_name } => run(
            database,
            "INSERT INTO users (folded, name, friendly_name, status) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (folded) DO UPDATE SET friendly_name = excluded.friendly_name",
            params![name.folded(), name.as_str(), friendly_name, MiStatus::Online.number()],
        ),
        Write::PutIntent { name, intent, at } => put_intent(database, name, intent, *at),
        Write::PutClaim { owner, key, claim, dismissed, at } => {
            claims::put(database, owner, key, claim, *dismissed)?;
            claims::remove_ended_of(database, owner, *at)
        }
        Write::DismissClaim { owner, key } => claims::dismiss(database, owner, key),
        Write::IgnoreClaims { owner, source, ignored } => {
            claims::ignore(database, owner, *source, *ignored)
        }
        Write::SetIdle { owner, choice } => run(
            database,
            "UPDATE users SET idle_transmit = ?2, idle_after = ?3 WHERE folded = ?1",
            params![
                owner.folded(),
                choice.transmit,
                choice.after.map(|after| after.span().as_millis().cast_signed()),
            ],
        ),
        Write::RemoveClaim { owner, key, at } => claims::remove(database, owner, key, *at),
        Write::AddContact { owner, contact, deferred, asked } => {
            defer(database, owner, contact, *deferred)?;
            run(
                database,
                "INSERT INTO contacts (owner, contact, name) VALUES (?1, ?2, ?3)
                 ON CONFLICT (owner, contact) DO NOTHING",
                params![owner.folded(), contact.folded(), contact.as_str()],
            )?;
            end_request(database, owner, contact)?;
            match asked {
                Some(at) => put_request(database, contact, owner, *at),
                None => Ok(()),
            }
        }
        Write::RemoveContact { owner, contact, deferred } => {
            defer(database, owner, contact, *deferred)?;
            for table in ["contacts", "allowed", "group_members"] {
                let sql = format!("DELETE FROM {table} WHERE owner = ?1 AND contact = ?2");
                run(database, &sql, [owner.folded(), contact.folded()])?;
            }
            end_request(database, contact, owner)
        }
        Write::Reveal { owner } => {
            run(database, "DELETE FROM beliefs WHERE owner = ?1", [owner.folded()])?;
            let sql = "DELETE FROM blocked WHERE owner = ?1 AND NOT blocked";
            run(database, sql, [owner.folded()])
        }
        Write::PutRequest { owner, from, at } => put_request(database, owner, from, *at),
        Write::AnswerRequest { owner, from, accept, deferred } => {
            end_request(database, owner, from)?;
            if !accept {
                return Ok(());
            }
            defer(database, owner, from, *deferred)?;
            run(
                database,
                "INSERT INTO allowed VALUES (?1, ?2, ?3) ON CONFLICT (owner, contact) DO NOTHING",
                params![owner.folded(), from.folded(), from.as_str()],
            )
        }
        Write::SetBlocked { owner, contact, blocked, view } => {
            set_blocked(database, owner, contact, *blocked, view.as_ref())
        }
        Write::PutGroup { owner, group, name } => put_group(database, owner, *group, name),
        Write::RemoveGroup { owner, group } => run(
            database,
            "DELETE FROM groups WHERE owner = ?1 AND number = ?2",
            params![owner.folded(), group.0],
        ),
        Write::SetGroupMember { owner, group, contact, member: true } => run(
            database,
            "INSERT INTO group_members (owner, number, contact, name) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (owner, contact, number) DO NOTHING",
            params![owner.folded(), group.0, contact.folded(), contact.as_str()],
        ),
        Write::SetGroupMember { owner, group, contact, member: false } => run(
            database,
            "DELETE FROM group_members WHERE owner = ?1 AND number = ?2 AND contact = ?3",
            params![owner.folded(), group.0, contact.folded()],
        ),
        Write::ChangeDirectory { put, removed } => people::change(database, put, removed),
        Write::PutMessage { message, request, hidden } => {
            messages::put(database, message, *request, *hidden).map(drop)
        }
        Write::HideMessage { id } => messages::hide(database, *id).map(drop),
        Write::ReleaseHidden { owner, from } => messages::release(database, owner, from).map(drop),
        Write::ConfirmMessages { owner, from, up_to, told } => {
            messages::confirm(database, owner, from, *up_to, *told).map(drop)
        }
        Write::MarkRead { owner, from, up_to } => {
            messages::mark_read(database, owner, from, *up_to).map(drop)
        }
    }
}

fn put_intent(
    database: &Connection,
    name: &SigninName,
    intent: &Intent,
    at: UnixMs,
) -> rusqlite::Result<()> {
    run(
        database,
        "UPDATE users SET status = ?2, note = ?3, until = ?4, source = ?5, chosen_at = ?6
         WHERE folded = ?1",
        params![
            name.folded(),
            intent.status.number(),
            intent.note.as_ref().map(Note::as_str),
            intent.until.map(|until| until.as_millis().cast_signed()),
            intent.source.name(),
            at.as_millis().cast_signed(),
        ],
    )
}

fn set_blocked(
    database: &Connection,
    owner: &SigninName,
    contact: &SigninName,
    blocked: bool,
    view: Option<&BlockedView>,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM blocked WHERE owner = ?1 AND contact = ?2";
    run(database, sql, [owner.folded(), contact.folded()])?;
    if let Some(BlockedView { permits, friendly_name }) = view {
        run(
            database,
            "INSERT INTO blocked (owner, contact, name, blocked, permits, friendly_name)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                owner.folded(),
                contact.folded(),
                contact.as_str(),
                blocked,
                permits,
                friendly_name
            ],
        )?;
    }
    if blocked { end_request(database, owner, contact) } else { Ok(()) }
}

fn put_group(
    database: &Connection,
    owner: &SigninName,
    group: GroupId,
    name: &GroupName,
) -> rusqlite::Result<()> {
    run(
        database,
        "INSERT INTO groups VALUES (?1, ?2, ?3)
         ON CONFLICT (owner, number) DO UPDATE SET name = excluded.name",
        params![owner.folded(), group.0, name.as_str()],
    )?;
    run(
        database,
        "UPDATE users SET last_group = max(last_group, ?2) WHERE folded = ?1",
        params![owner.folded(), group.0],
    )
}

fn put_request(
    database: &Connection,
    owner: &SigninName,
    from: &SigninName,
    at: UnixMs,
) -> rusqlite::Result<()> {
    run(
        database,
        "INSERT INTO requests (owner, contact, name, at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (owner, contact) DO NOTHING",
        params![owner.folded(), from.folded(), from.as_str(), at.as_millis().cast_signed()],
    )
}

fn end_request(
    database: &Connection,
    owner: &SigninName,
    from: &SigninName,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM requests WHERE owner = ?1 AND contact = ?2";
    run(database, sql, [owner.folded(), from.folded()])
}

fn defer(
    database: &Connection,
    owner: &SigninName,
    contact: &SigninName,
    deferred: Option<bool>,
) -> rusqlite::Result<()> {
    let (of, about) = (owner.folded(), contact.folded());
    match deferred {
        Some(listed) => run(
            database,
            "INSERT OR REPLACE INTO beliefs VALUES (?1, ?2, ?3, ?4)",
            params![of, about, contact.as_str(), listed],
        ),
        None => run(database, "DELETE FROM beliefs WHERE owner = ?1 AND contact = ?2", [of, about]),
    }
}

fn run(database: &Connection, sql: &str, parameters: impl Params) -> rusqlite::Result<()> {
    database.prepare_cached(sql)?.execute(parameters).map(drop)
}
