//! Somebody at all limits at once, with the longest names of one byte a character: they sign in, and what they are told
//! is whole.

use std::path::Path;

use mistatus_core::limits::{
    CONTACT_REQUESTS_MAX, CONTACTS_MAX, FRIENDLY_NAME_MAX, GROUP_MEMBERSHIPS_MAX, GROUP_NAME_MAX,
    GROUPS_MAX, MESSAGE_MAX, SIGNIN_NAME_MAX, UNREAD_MAX, WATCH_BATCH_MAX, WATCHES_MAX,
};
use rusqlite::{Connection, Transaction, params};
use serde_json::{Value, json};

use crate::client::{Client, TestServer, hr};

const ALICE: &str = "alice@x";
const LIST_FULL: u32 = 0x8100_0307;
const TOO_MANY_GROUPS: u32 = 0x8100_034C;
/// Those who have written, and how much each: the longest messages that fit into a share, and as many short ones.
const WRITERS: usize = 20;
const MESSAGES_OF_EACH: usize = 500;
const LONG_OF_EACH: usize = 100;

/// Returns the longest name, which no other kind or number has.
fn name(kind: &str, number: usize) -> String {
    format!("{kind}{number:0>width$}@x", width = SIGNIN_NAME_MAX - kind.len() - 2)
}

fn put_users(database: &Transaction<'_>, kind: &str, count: usize) {
    let sql = "INSERT INTO users (folded, name, friendly_name, status) VALUES (?1, ?1, ?2, 2)";
    let mut insert = database.prepare(sql).unwrap();
    let friendly_name = "f".repeat(FRIENDLY_NAME_MAX);
    for number in 0..count {
        insert.execute(params![name(kind, number), friendly_name]).unwrap();
    }
}

fn put_people(database: &Transaction<'_>) {
    put_users(database, "contact", CONTACTS_MAX);
    put_users(database, "asking", CONTACT_REQUESTS_MAX);
    put_users(database, "writer", WRITERS);
    let rows = [
        (
            "INSERT INTO contacts (owner, contact, name) VALUES (?1, ?2, ?2)",
            "contact",
            CONTACTS_MAX,
        ),
        (
            "INSERT INTO blocked (owner, contact, name, blocked, permits) VALUES (?1, ?2, ?2, 1, 1)",
            "blocked",
            CONTACTS_MAX,
        ),
        (
            "INSERT INTO requests (owner, contact, name, at) VALUES (?1, ?2, ?2, 0)",
            "asking",
            CONTACT_REQUESTS_MAX,
        ),
    ];
    for (sql, kind, count) in rows {
        let mut insert = database.prepare(sql).unwrap();
        for number in 0..count {
            insert.execute(params![ALICE, name(kind, number)]).unwrap();
        }
    }
    let sql = "INSERT INTO groups (owner, number, name) VALUES (?1, ?2, ?3)";
    let mut insert = database.prepare(sql).unwrap();
    for group in 1..=GROUPS_MAX {
        insert.execute(params![ALICE, group, format!("{group:0>GROUP_NAME_MAX$}")]).unwrap();
    }
    let sql = "INSERT INTO group_members (owner, number, contact, name) VALUES (?1, ?2, ?3, ?3)";
    let mut insert = database.prepare(sql).unwrap();
    for place in 0..GROUP_MEMBERSHIPS_MAX {
        let (round, contact) = (place / CONTACTS_MAX, place % CONTACTS_MAX);
        let group = (contact + round) % GROUPS_MAX + 1;
        insert.execute(params![ALICE, group, name("contact", contact)]).unwrap();
    }
}

fn put_messages(database: &Transaction<'_>) {
    let sql = "INSERT INTO messages
                   (writer, reader, from_name, to_name, text, at, request, state, unread)
               VALUES (?1, ?2, ?1, ?2, ?3, 0, ?4, 0, 1)";
    let mut insert = database.prepare(sql).unwrap();
    for writer in 0..WRITERS {
        for number in 0..MESSAGES_OF_EACH {
            let text = "m".repeat(if number < LONG_OF_EACH { MESSAGE_MAX } else { 1 });
            insert.execute(params![name("writer", writer), ALICE, text, number]).unwrap();
        }
    }
}

fn fill(directory: &Path) {
    let mut database = Connection::open(directory.join("data/mistatus.sqlite3")).unwrap();
    let transaction = database.transaction().unwrap();
    put_people(&transaction);
    put_messages(&transaction);
    transaction.commit().unwrap();
}

fn len(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}

fn is_whole(snapshot: &Value, watched: usize) {
    assert_eq!(len(&snapshot["unread"]), WRITERS, "of each something counts as unread");
    let unread = snapshot["unread"].as_array().unwrap().iter();
    let unread = unread.map(|unread| unread["count"].as_u64().unwrap()).sum::<u64>();
    let members = snapshot["groups"].as_array().unwrap().iter();
    let members = members.map(|group| len(&group["members"])).sum::<usize>();
    let lists = ["contacts", "groups", "blocked", "requests", "watched"];
    assert_eq!(
        (lists.map(|list| len(&snapshot[list])), members, unread),
        (
            [CONTACTS_MAX, GROUPS_MAX, CONTACTS_MAX, CONTACT_REQUESTS_MAX, watched],
            GROUP_MEMBERSHIPS_MAX,
            UNREAD_MAX as u64
        )
    );
}

/// Reads what the first writer wrote, and what the second one did after that: it comes as what is there is confirmed.
async fn read_messages(client: &mut Client) {
    for read in 1..=MESSAGES_OF_EACH + 1 {
        let message = client.expect("message").await["message"].take();
        let is_first = message["from"] == name("writer", 0);
        assert_eq!(is_first, read <= MESSAGES_OF_EACH, "{read}");
        if read % 50 == 0 {
            let (from, up_to) = (&message["from"], &message["id"]);
            client.send(json!({"type": "confirm-messages", "from": from, "upTo": up_to})).await;
        }
    }
}

#[tokio::test]
async fn who_is_at_all_limits_at_once_signs_in_and_is_told_everything() {
    let mut server = TestServer::open().await;
    drop(server.signin(ALICE).await);
    server.stop().await;
    fill(server.directory.path());
    server.restart().await;
    let mut alice = server.connect().await;
    is_whole(&alice.signin(json!({"name": ALICE})).await, 0);
    alice.expect("message").await;
    alice.set_status(10).await;

    let more = json!({"type": "add-contact", "name": "more@x"});
    assert_eq!(alice.ask(more).await["hr"], hr(LIST_FULL));
    let more = json!({"type": "set-blocked", "name": "more@x", "blocked": true});
    assert_eq!(alice.ask(more).await["hr"], hr(LIST_FULL));
    let more = json!({"type": "create-group", "name": "more"});
    assert_eq!(alice.ask(more).await["hr"], hr(TOO_MANY_GROUPS));
    let contact = name("contact", 7);
    let more = json!({"type": "set-group-member", "group": 50, "name": contact, "member": true});
    assert_eq!(alice.ask(more).await["hr"], hr(LIST_FULL));

    let names: Vec<_> = (0..WATCHES_MAX).map(|number| name("watched", number)).collect();
    for batch in names.chunks(WATCH_BATCH_MAX) {
        assert_eq!(alice.ask(json!({"type": "watch", "names": batch})).await["hr"], 0);
    }
    is_whole(&alice.snapshot().await, WATCHES_MAX);
    read_messages(&mut alice).await;
}
