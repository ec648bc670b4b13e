//! The store on real files: what is written is read, old files go on, bad ones are left alone.

mod access;

use std::{fs, path::Path};

use mistatus_core::{
    chat::{MessageId, MessageText},
    claim::{Claim, ClaimId, ClaimKey, ClaimSource, ClaimSources, ServiceName},
    group::{GroupId, GroupName},
    idle::{IdleAfter, IdleChoice},
    message::RequestId,
    presence::{Intent, Note, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::Span,
};
use mistatus_hub::{BlockedView, ClaimRecord, RelationsRecord, memory::MemoryStore};

use super::*;
use crate::store::tables::{MIGRATIONS, open_file};

fn name(text: &str) -> SigninName {
    SigninName::parse(text).unwrap()
}

fn record() -> UserRecord {
    let note = Note::parse("Höhe × Breite").unwrap();
    let intent =
        Intent { note, until: Some(UnixMs::MAX), ..Intent::chosen(MiStatus::Busy, Source::Api) };
    UserRecord {
        name: name("Alice@x"),
        friendly_name: Some("Alice".to_owned()),
        intent,
        chosen_at: Some(UnixMs::from_millis(1_795_248_000_123)),
        contacts: vec![name("Zoe@x"), name("bob@x")],
        deferred: vec![],
        relations: RelationsRecord::default(),
        claims: Vec::new(),
        ignored: ClaimSources::NONE,
        idle: IdleChoice::NONE,
    }
}

/// Everything in a directory, by the letter.
fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    all.sort();
    all
}

fn refused(directory: &Path, words: &[&str]) {
    let before = files(directory);
    let error = open(directory).expect_err("the file cannot be used").to_string();
    for word in words.iter().chain(&["mistatus.sqlite3"]) {
        assert!(error.contains(word), "{word:?} is missing in {error:?}");
    }
    assert!(files(directory) == before, "nothing may be written");
}

#[test]
fn what_was_written_is_read_in_its_order() {
    let directory = tempfile::tempdir().unwrap();
    let record = record();
    let mut database = open(directory.path()).unwrap();
    seed(&mut database, std::slice::from_ref(&record)).unwrap();
    let later = UserRecord { friendly_name: None, contacts: vec![], ..record.clone() };
    seed(&mut database, &[later]).unwrap();
    drop(database);
    let database = open(directory.path()).unwrap();
    let read = load(&database).unwrap();
    assert_eq!(read, std::slice::from_ref(&record));
    assert_eq!(read[0].name.as_str(), "Alice@x");
    assert_eq!(read[0].contacts[0].as_str(), "Zoe@x");
}

#[test]
fn every_source_is_kept_and_nothing_chosen_is_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    let database = open(directory.path()).unwrap();
    let mut writes = Vec::new();
    for source in Source::ALL {
        let name = name(source.name());
        let intent = Intent::chosen(MiStatus::Online, source);
        writes.push(Write::PutUser { name: name.clone(), friendly_name: None });
        writes.push(Write::PutIntent { name, intent, at: UnixMs::from_millis(7) });
    }
    writes.push(Write::PutUser { name: name("never"), friendly_name: None });
    let writes: Vec<_> = (0..).map(Ticket).zip(writes).collect();
    write_batch(&database, &writes, &Metrics::default());
    for user in load(&database).unwrap() {
        let expected = match Source::from_name(user.name.as_str()) {
            Some(source) => (source, Some(UnixMs::from_millis(7))),
            None => (Source::Connection, None),
        };
        assert_eq!((user.intent.source, user.chosen_at), expected, "{:?}", user.name);
    }
}

/// Leaves a database as the first release left it, with people in it.
fn first_version(directory: &Path) {
    let database = Connection::open(directory.join("mistatus.sqlite3")).unwrap();
    database.execute_batch(include_str!("../../tests/data/version1.sql")).unwrap();
}

fn load_sorted(database: &Connection) -> Vec<UserRecord> {
    let mut read = load(database).unwrap();
    read.sort_by(|a, b| a.name.cmp(&b.name));
    read
}

#[test]
fn a_file_of_the_first_version_goes_on_with_nothing_lost() {
    let directory = tempfile::tempdir().unwrap();
    first_version(directory.path());
    let database = open(directory.path()).unwrap();
    let read = load_sorted(&database);
    let alice = UserRecord {
        name: name("Alice@Example.com"),
        friendly_name: Some("Alice Rivera".to_owned()),
        intent: Intent {
            note: Note::parse("Ünïcode 'quoted'").unwrap(),
            until: Some(UnixMs::from_millis(9_000_000_000_000)),
            ..Intent::chosen(MiStatus::Busy, Source::User)
        },
        chosen_at: None,
        contacts: ["Zoe@example.com", "nobody@example.com", "BOB@example.com"].map(name).into(),
        deferred: vec![],
        relations: RelationsRecord::default(),
        claims: Vec::new(),
        ignored: ClaimSources::NONE,
        idle: IdleChoice::NONE,
    };
    let bob = UserRecord {
        name: name("bob@example.com"),
        friendly_name: Some("Bob".to_owned()),
        intent: Intent::chosen(MiStatus::Invisible, Source::User),
        chosen_at: None,
        contacts: vec![name("Alice@example.com")],
        deferred: vec![],
        relations: RelationsRecord::default(),
        claims: Vec::new(),
        ignored: ClaimSources::NONE,
        idle: IdleChoice::NONE,
    };
    let zoe = UserRecord {
        name: name("Zoe@example.com"),
        friendly_name: None,
        intent: Intent::AUTOMATIC,
        chosen_at: None,
        contacts: vec![],
        deferred: vec![],
        relations: RelationsRecord::default(),
        claims: Vec::new(),
        ignored: ClaimSources::NONE,
        idle: IdleChoice::NONE,
    };
    assert_eq!(read, [alice, bob, zoe]);
    let shown: Vec<_> = read[0].contacts.iter().map(SigninName::as_str).collect();
    assert_eq!(shown, ["Zoe@example.com", "nobody@example.com", "BOB@example.com"]);
    drop(database);
    assert_eq!(load_sorted(&open(directory.path()).unwrap()), read, "once is enough");
}

#[test]
fn of_an_older_file_only_what_waits_is_unread() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mistatus.sqlite3");
    let old = open_file(&path, &MIGRATIONS[..4]).unwrap();
    let insert = "INSERT INTO messages
        (id, writer, reader, from_name, to_name, text, at, request, state)
        VALUES (?1, 'alice@x', 'bob@x', 'alice@x', 'bob@x', 'hello', 1, ?1, ?2)";
    for (id, state) in [(1, 2), (2, 1), (3, 0), (4, 3)] {
        old.execute(insert, (id, state)).unwrap();
    }
    drop(old);
    let unread = load_messages(&open(directory.path()).unwrap()).unwrap().unread;
    assert_eq!(unread, [(name("bob@x"), name("alice@x"), MessageId(3))]);
}

#[test]
fn the_last_choice_about_idleness_is_kept_and_one_that_is_none_is_left_out() {
    let directory = tempfile::tempdir().unwrap();
    let mut database = open(directory.path()).unwrap();
    seed(&mut database, &[record()]).unwrap();
    let read = || load(&database).unwrap().swap_remove(0).idle;
    let after = IdleAfter::new(Span::from_secs(86_400)).ok();
    for choice in [
        IdleChoice { transmit: false, after },
        IdleChoice { transmit: true, after },
        IdleChoice { transmit: false, after: None },
        IdleChoice::NONE,
    ] {
        write(&database, &Write::SetIdle { owner: name("alice@x"), choice }).unwrap();
        assert_eq!(read(), choice);
    }
    for wrong in ["-1", "0", "999", "86400001", "9223372036854775807"] {
        let sql = format!("UPDATE users SET idle_transmit = 0, idle_after = {wrong}");
        database.execute_batch(&sql).unwrap();
        assert_eq!(read(), IdleChoice { transmit: false, after: None }, "{wrong}");
    }
}

#[test]
fn a_migration_that_breaks_off_leaves_the_old_file() {
    let directory = tempfile::tempdir().unwrap();
    first_version(directory.path());
    let path = directory.path().join("mistatus.sqlite3");
    let broken = format!("{} INSERT INTO nowhere VALUES (1);", MIGRATIONS[1]);
    let error = open_file(&path, &[MIGRATIONS[0], &broken]).unwrap_err();
    assert!(error.contains("nowhere"), "{error}");
    let old = Connection::open(&path).unwrap();
    let version: i64 = old.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
    assert!(old.prepare("SELECT source FROM users").is_err(), "half a migration is none");
    drop(old);
    assert_eq!(load(&open(directory.path()).unwrap()).unwrap().len(), 3);
}

#[test]
fn a_deferred_permission_is_kept_until_it_is_revealed() {
    let directory = tempfile::tempdir().unwrap();
    let mut database = open(directory.path()).unwrap();
    seed(&mut database, &[record()]).unwrap();
    let owner = name("alice@x");
    let (zoe, carol) = (name("zoe@x"), name("Carol@x"));
    let written = |writes: &[Write]| {
        for wanted in writes {
            write(&database, wanted).unwrap();
        }
        load(&database).unwrap().swap_remove(0).deferred
    };
    let remove =
        |deferred| Write::RemoveContact { owner: owner.clone(), contact: zoe.clone(), deferred };
    let add = |contact: &SigninName, deferred| Write::AddContact {
        owner: owner.clone(),
        contact: contact.clone(),
        deferred,
        asked: None,
    };
    let mut deferred = written(&[remove(Some(true)), add(&carol, Some(false))]);
    deferred.sort_unstable();
    assert_eq!(deferred, [(carol.clone(), false), (zoe.clone(), true)]);
    assert_eq!(written(&[add(&zoe, None)]), [(carol, false)], "changed back");
    assert_eq!(written(&[Write::Reveal { owner: owner.clone() }]), []);
}

#[test]
fn a_write_that_fails_leaves_the_others_of_its_batch() {
    let directory = tempfile::tempdir().unwrap();
    let database = open(directory.path()).unwrap();
    let metrics = Metrics::default();
    let orphan = Write::AddContact {
        owner: name("nobody@x"),
        contact: name("bob@x"),
        deferred: None,
        asked: None,
    };
    let user = Write::PutUser { name: name("alice@x"), friendly_name: None };
    let results = write_batch(&database, &[(Ticket(1), orphan), (Ticket(2), user)], &metrics);
    assert_eq!(results, [(Ticket(1), Err(StoreError)), (Ticket(2), Ok(()))]);
    assert_eq!(load(&database).unwrap().len(), 1);
    assert_eq!(condition(&database, &metrics).unwrap(), Condition::Well);
}

#[test]
fn a_second_server_and_a_later_version_are_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    let first = open(directory.path()).unwrap();
    let error = open(directory.path()).unwrap_err().to_string();
    for word in ["another mistatus-server", "`mistatus-server backup`"] {
        assert!(error.contains(word), "{word:?} is missing in {error}");
    }
    first.pragma_update(None, "user_version", 99).unwrap();
    drop(first);
    refused(directory.path(), &["later mistatus-server", "version 99"]);
}

#[test]
fn a_file_that_is_no_database_or_damaged_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mistatus.sqlite3");
    fs::write(&path, "dear diary, ".repeat(1000)).unwrap();
    refused(directory.path(), &["no SQLite database", "nothing was changed"]);
    fs::remove_file(&path).unwrap();
    let mut database = open(directory.path()).unwrap();
    seed(&mut database, &[record()]).unwrap();
    drop(database);
    let mut bytes = fs::read(&path).unwrap();
    // The header stays as it is; what follows is noise.
    bytes[4096..].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    refused(directory.path(), &["damaged", "nothing was changed"]);
}

fn written(database: &Connection, writes: &[Write]) {
    for wanted in writes {
        write(database, wanted).unwrap();
    }
}

fn user(who: &str) -> Write {
    Write::PutUser { name: name(who), friendly_name: None }
}

#[test]
fn claims_are_kept_as_the_registry_says_and_removed_once_they_have_ended() {
    const DAY: u64 = 86_400_000;
    let directory = tempfile::tempdir().unwrap();
    let database = open(directory.path()).unwrap();
    let mut memory = MemoryStore::default();
    let owner = name("Alice@x");
    let at = |ms: u64| UnixMs::from_millis(ms);
    let key = |id| ClaimKey {
        service: ServiceName::parse("calendar").unwrap(),
        id: ClaimId::parse(id).unwrap(),
    };
    let put = |id, source, note, from, until, dismissed| Write::PutClaim {
        owner: owner.clone(),
        key: key(id),
        claim: Claim {
            source,
            status: MiStatus::InAMeeting,
            note: Note::parse(note).unwrap(),
            from: at(from),
            until: at(until),
        },
        dismissed,
        at: at(1),
    };
    let remove = |id| Write::RemoveClaim { owner: owner.clone(), key: key(id), at: at(7) };
    let ignore = |source, ignored| Write::IgnoreClaims { owner: owner.clone(), source, ignored };
    let all = ClaimSource::ALL.map(|source| put(source.name(), source, "", 1, 9, false));
    let writes = [
        user("Alice@x"),
        put("review", ClaimSource::Calendar, "Höhe × Breite", 10, 30, false),
        put("review", ClaimSource::Meeting, "moved", 20, 40, false),
        put("gone", ClaimSource::Call, "", 5, 15, false),
        remove("gone"),
        put("dismissed", ClaimSource::Agent, "", 5, 15, false),
        Write::DismissClaim { owner: owner.clone(), key: key("dismissed") },
        put("known", ClaimSource::Agent, "", 5, 2 * DAY, true),
        remove("known"),
        ignore(ClaimSource::Schedule, true),
        ignore(ClaimSource::Agent, true),
        ignore(ClaimSource::Agent, true),
        ignore(ClaimSource::Schedule, false),
    ];
    for wanted in writes.iter().chain(&all) {
        write(&database, wanted).unwrap();
        memory.apply(wanted);
    }
    let by_name = |mut claims: Vec<ClaimRecord>| {
        claims.sort_by(|one, other| one.key.cmp(&other.key));
        claims
    };
    let read = || {
        let record = load(&database).unwrap().swap_remove(0);
        (by_name(record.claims), record.ignored)
    };
    let expected = memory.records().next().unwrap().clone();
    assert_eq!(read(), (by_name(expected.claims), expected.ignored));
    assert!(read().1.iter().eq([ClaimSource::Agent]));
    let ids = || {
        let claims = read().0;
        claims.iter().map(|known| known.key.id.as_str().to_owned()).collect::<Vec<_>>()
    };
    let others = ["agent", "calendar", "call", "meeting", "schedule"];
    assert_eq!(claims::remove_ended(&database, at(8)).unwrap(), 0);
    assert_eq!(claims::remove_ended(&database, at(9)).unwrap(), others.len());
    assert_eq!(ids(), ["dismissed", "known", "review"], "what was dismissed is known for a day");
    // The next claim takes with it what has ended by then.
    let Write::PutClaim { owner, key, claim, .. } =
        put("next", ClaimSource::Call, "", DAY, 2 * DAY, false)
    else {
        unreachable!()
    };
    let next = Write::PutClaim { owner, key, claim, dismissed: false, at: at(DAY + 7) };
    write(&database, &next).unwrap();
    assert_eq!(ids(), ["dismissed", "next"]);
}

fn people_of(database: &Connection, who: &str) -> RelationsRecord {
    let all = load(database).unwrap();
    all.into_iter().find(|record| record.name == name(who)).unwrap().relations
}

#[test]
fn how_people_stand_to_each_other_is_kept_as_the_registry_says() {
    // The registry's own store for tests is what this one is held against.
    let directory = tempfile::tempdir().unwrap();
    let database = open(directory.path()).unwrap();
    let mut memory = MemoryStore::default();
    let (alice, bob, carol) = (name("Alice@x"), name("Bob@x"), name("carol@x"));
    let at = UnixMs::from_millis(1_795_248_000_123);
    let view = |friendly_name: Option<&str>| {
        Some(BlockedView { permits: true, friendly_name: friendly_name.map(str::to_owned) })
    };
    let add = |owner: &SigninName, contact: &SigninName, asked| Write::AddContact {
        owner: owner.clone(),
        contact: contact.clone(),
        deferred: None,
        asked,
    };
    let group = |number, text| Write::PutGroup {
        owner: alice.clone(),
        group: GroupId(number),
        name: GroupName::parse(text).unwrap(),
    };
    let member = |number, contact: &SigninName, member| Write::SetGroupMember {
        owner: alice.clone(),
        group: GroupId(number),
        contact: contact.clone(),
        member,
    };
    let block = |contact: &SigninName, blocked, view| Write::SetBlocked {
        owner: alice.clone(),
        contact: contact.clone(),
        blocked,
        view,
    };
    let answer = |from: &SigninName, accept, deferred| Write::AnswerRequest {
        owner: alice.clone(),
        from: from.clone(),
        accept,
        deferred,
    };
    let remove = |owner: &SigninName, contact: &SigninName| Write::RemoveContact {
        owner: owner.clone(),
        contact: contact.clone(),
        deferred: None,
    };
    let steps = [
        user("Alice@x"),
        user("Bob@x"),
        user("carol@x"),
        add(&bob, &alice, Some(at)),
        add(&carol, &alice, Some(at)),
        answer(&bob, true, Some(false)),
        group(1, "Team"),
        group(2, "Other"),
        add(&alice, &bob, None),
        member(1, &bob, true),
        member(2, &bob, true),
        member(2, &bob, false),
        group(1, "Crew"),
        Write::RemoveGroup { owner: alice.clone(), group: GroupId(2) },
        block(&carol, true, view(Some("Alice"))),
        block(&bob, true, view(None)),
        block(&carol, false, view(Some("Alice"))),
        Write::Reveal { owner: alice.clone() },
        block(&bob, false, None),
        remove(&carol, &alice),
        Write::PutRequest { owner: alice.clone(), from: carol.clone(), at },
        answer(&carol, false, None),
        add(&carol, &alice, Some(at)),
        add(&alice, &carol, None),
        remove(&alice, &bob),
        group(3, "Third"),
        member(3, &carol, true),
        Write::RemoveGroup { owner: alice.clone(), group: GroupId(3) },
    ];
    for step in steps {
        write(&database, &step).unwrap();
        memory.apply(&step);
        let mut expected: Vec<_> = memory.records().cloned().collect();
        expected.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(load_sorted(&database), expected, "after {step:?}");
    }
    assert_eq!(people_of(&database, "alice@x").last_group, 3);
    assert_eq!(load(&database).unwrap()[0].contacts[0].as_str(), "carol@x");
}

fn message(id: u64, from: &str, to: &str, at: u64) -> ChatMessage {
    ChatMessage {
        id: MessageId(id),
        from: name(from),
        to: name(to),
        text: MessageText::parse(&format!("<b>{id}</b>\u{202e} ")).unwrap(),
        at: UnixMs::from_millis(at),
        delivered: false,
    }
}

fn put(id: u64, from: &str, to: &str, hidden: bool) -> Write {
    let message = message(id, from, to, 1000 + id);
    Write::PutMessage { message, request: RequestId(100 + id), hidden }
}

#[test]
fn messages_are_kept_as_the_registry_says() {
    let directory = tempfile::tempdir().unwrap();
    let database = open(directory.path()).unwrap();
    let mut memory = MemoryStore::default();
    let confirm = |up_to, told| Write::ConfirmMessages {
        owner: name("bob@x"),
        from: name("alice@x"),
        up_to: MessageId(up_to),
        told,
    };
    let read = |from, up_to| Write::MarkRead {
        owner: name("bob@x"),
        from: name(from),
        up_to: MessageId(up_to),
    };
    let release = |from| Write::ReleaseHidden { owner: name("bob@x"), from: name(from) };
    let steps = [
        put(1, "Alice@x", "bob@x", false),
        put(2, "bob@x", "alice@x", false),
        put(3, "alice@x", "bob@x", true),
        put(4, "alice@x", "carol@x", false),
        put(5, "alice@x", "bob@x", false),
        put(6, "alice@x", "bob@x", false),
        put(7, "alice@x", "bob@x", false),
        confirm(1, true),
        Write::HideMessage { id: MessageId(6) },
        confirm(5, false),
        confirm(5, true),
        confirm(7, false),
        put(8, "carol@x", "bob@x", false),
        read("alice@x", 4),
        read("carol@x", 4),
        read("Alice@x", 7),
        Write::HideMessage { id: MessageId(8) },
        put(9, "ALICE@x", "Bob@x", true),
        release("alice@x"),
        put(10, "alice@x", "bob@x", true),
        put(11, "alice@x", "nobody@x", true),
    ];
    let sent =
        |writer: &str, request| Query::Sent { writer: name(writer), request: RequestId(request) };
    let history = |owner: &str, with: &str, before: Option<u64>, limit| Query::History {
        owner: name(owner),
        with: name(with),
        before: before.map(MessageId),
        limit,
    };
    let queries = [
        sent("ALICE@x", 103),
        sent("bob@x", 103),
        sent("bob@x", 102),
        history("alice@x", "bob@x", None, 50),
        history("BOB@x", "alice@x", None, 50),
        history("bob@x", "alice@x", Some(5), 2),
        history("alice@x", "bob@x", Some(7), 3),
        history("alice@x", "nobody@x", None, 50),
    ];
    for step in steps {
        write(&database, &step).unwrap();
        memory.apply(&step);
        for query in &queries {
            let answer = messages::answer(&database, query).unwrap();
            assert_eq!(answer, memory.answer(query), "{query:?} after {step:?}");
        }
        assert_eq!(load_messages(&database).unwrap(), memory.messages(), "after {step:?}");
    }
    let amounts = load_messages(&database).unwrap().hidden;
    let counts: Vec<_> = amounts.iter().map(|hidden| hidden.amount.count).collect();
    assert_eq!(counts, [1, 1, 1], "that of Carol, and Alice's last two");
    let error = write(&database, &put(12, "alice@x", "bob@x", false));
    assert!(error.is_ok());
    let again = Write::PutMessage {
        message: message(13, "ALICE@x", "bob@x", 0),
        request: RequestId(112),
        hidden: false,
    };
    assert!(write(&database, &again).is_err(), "one request is one message");
}

#[test]
fn old_messages_go_and_their_numbers_do_not_come_back() {
    let directory = tempfile::tempdir().unwrap();
    let database = open(directory.path()).unwrap();
    let confirm = Write::ConfirmMessages {
        owner: name("bob@x"),
        from: name("alice@x"),
        up_to: MessageId(3),
        told: true,
    };
    let steps = [
        put(1, "alice@x", "bob@x", false),
        put(2, "alice@x", "bob@x", true),
        put(3, "alice@x", "bob@x", false),
        confirm,
        put(4, "alice@x", "bob@x", false),
    ];
    written(&database, &steps);
    let ids = || {
        let (owner, with) = (name("alice@x"), name("bob@x"));
        let all = Query::History { owner, with, before: None, limit: 50 };
        let all = messages::answer(&database, &all).unwrap();
        all.iter().map(|message| message.id.0).collect::<Vec<_>>()
    };
    let remove = |delivered, others| {
        let before = UnixMs::from_millis;
        messages::remove_old(&database, before(delivered), before(others)).unwrap()
    };
    assert_eq!((remove(1003, 0), ids()), (1, vec![2, 3, 4]), "only what is delivered and older");
    assert_eq!((remove(9000, 1002), ids()), (1, vec![2, 4]));
    assert_eq!((remove(9000, 9000), ids()), (2, vec![]));
    assert_eq!(load_messages(&database).unwrap().last, 4);
}
