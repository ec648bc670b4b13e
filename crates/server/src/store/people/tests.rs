//! The directory on real files: held against the registry's own store for tests, and half of nothing.

use mistatus_core::{
    chat::{ChatMessage, MessageId, MessageText},
    message::RequestId,
    time::UnixMs,
};
use mistatus_hub::{Ticket, Write, memory::MemoryStore};

use super::*;
use crate::{
    metrics::Metrics,
    store::{load, load_messages, open, write_batch, writing::write},
};

fn called(text: &str) -> SigninName {
    SigninName::parse(text).unwrap()
}

fn person(name: &str, groups: &[&str]) -> Person {
    Person {
        name: called(name),
        friendly_name: Some("Ada".to_owned()),
        title: None,
        groups: groups.iter().map(|group| GroupName::parse(group).unwrap()).collect(),
    }
}

fn change(put: &[Person], removed: &[&str]) -> Write {
    let removed = removed.iter().map(|name| called(name)).collect();
    Write::ChangeDirectory { put: put.to_vec(), removed }
}

fn user(name: &str) -> Write {
    Write::PutUser { name: called(name), friendly_name: None }
}

fn add(owner: &str, contact: &str) -> Write {
    let (owner, contact) = (called(owner), called(contact));
    Write::AddContact { owner, contact, deferred: Some(true), asked: Some(UnixMs::from_millis(7)) }
}

fn message(id: u64, from: &str, to: &str) -> Write {
    let message = ChatMessage {
        id: MessageId(id),
        from: called(from),
        to: called(to),
        text: MessageText::parse("Hello").unwrap(),
        at: UnixMs::from_millis(7),
        delivered: false,
    };
    Write::PutMessage { message, request: RequestId(id), hidden: false }
}

#[test]
fn who_comes_and_goes_is_kept_as_the_registry_says() {
    let directory = tempfile::tempdir().unwrap();
    let database = open(directory.path()).unwrap();
    let mut memory = MemoryStore::default();
    let steps = [
        change(&[person("Ada@x", &["A", "B"]), person("bob@x", &[])], &[]),
        user("ada@x"),
        user("bob@x"),
        user("carol@x"),
        add("ada@x", "bob@x"),
        add("bob@x", "ada@x"),
        add("carol@x", "bob@x"),
        message(1, "ada@x", "bob@x"),
        message(2, "bob@x", "carol@x"),
        message(3, "ada@x", "carol@x"),
        change(&[person("ADA@x", &["B", "C"])], &[]),
        change(&[person("zoe@x", &["C"])], &["BOB@x", "nobody@x"]),
        change(&[], &["carol@x"]),
    ];
    for step in steps {
        write(&database, &step).unwrap();
        memory.apply(&step);
        let people = load_people(&database).unwrap();
        assert!(people.iter().eq(memory.people()), "{people:?}");
        let names = |name: &SigninName| name.as_str().to_owned();
        let spelled: Vec<_> = people.iter().map(|person| names(&person.name)).collect();
        assert_eq!(spelled, memory.people().map(|person| names(&person.name)).collect::<Vec<_>>());
        let mut users = load(&database).unwrap();
        users.sort_by(|one, other| one.name.cmp(&other.name));
        assert_eq!(users, memory.records().cloned().collect::<Vec<_>>());
        assert_eq!(load_messages(&database).unwrap(), memory.messages());
    }
    let traces = traces(&database, &called("bob@x")).unwrap();
    assert_eq!(traces, Traces::default());
}

#[test]
fn a_change_that_fails_leaves_nothing_behind_and_spares_what_is_written_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let database = open(directory.path()).unwrap();
    change_all(&database, &[person("ada@x", &["A"])], &[]);
    let trigger = "CREATE TRIGGER refuse BEFORE INSERT ON people_groups WHEN new.name = 'bad' BEGIN
                       SELECT RAISE(ABORT, 'refused');
                   END";
    database.execute_batch(trigger).unwrap();
    let writes = [
        (Ticket(1), user("ada@x")),
        (Ticket(2), change(&[person("bob@x", &[]), person("eve@x", &["bad"])], &["ada@x"])),
        (Ticket(3), user("carol@x")),
    ];
    let stored = write_batch(&database, &writes, &Metrics::default());
    let went_well: Vec<_> = stored.iter().map(|(_, result)| result.is_ok()).collect();
    assert_eq!(went_well, [true, false, true]);
    assert_eq!(load_people(&database).unwrap(), [person("ada@x", &["A"])]);
    let users: Vec<_> = load(&database).unwrap().into_iter().map(|user| user.name).collect();
    assert_eq!(users, [called("ada@x"), called("carol@x")]);
}

fn change_all(database: &Connection, put: &[Person], removed: &[SigninName]) {
    super::change(database, put, removed).unwrap();
}
