//! The queue of webhooks, on a real file: what may be sent when, and what is dropped.

use super::*;
use crate::store::open;

const SECOND: u64 = 1_000;
const DAY: u64 = 86_400 * SECOND;

fn database() -> (tempfile::TempDir, Connection) {
    let directory = tempfile::tempdir().unwrap();
    let database = open(directory.path()).unwrap();
    let fresh = keep(&database, &[("board".to_owned(), None)]).unwrap();
    assert_eq!(fresh, BTreeSet::from(["board".to_owned()]));
    (directory, database)
}

fn at(ms: u64) -> UnixMs {
    UnixMs::from_millis(ms)
}

fn told(person: &str, state: &str) -> Announcement {
    Announcement {
        hook: "board".to_owned(),
        person: person.to_owned(),
        state: state.to_owned(),
        source: Some("user".to_owned()),
        is_return: false,
        id: format!("{person} {state}"),
        body: state.to_owned(),
        if_unknown: IfUnknown::Queue,
    }
}

fn say(database: &Connection, person: &str, state: &str, now: u64) {
    announce(database, &[told(person, state)], at(now)).unwrap();
}

/// Returns what may be sent: about whom, and what it says.
fn sendable(database: &Connection, now: u64) -> Vec<(String, String)> {
    let due = due(database, "board", at(now), 10).unwrap();
    due.waiting.into_iter().map(|waiting| (waiting.person, waiting.body)).collect()
}

fn pair(person: &str, body: &str) -> (String, String) {
    (person.to_owned(), body.to_owned())
}

fn queued(database: &Connection) -> u64 {
    let counted: u64 =
        database.query_row("SELECT count(*) FROM webhook_queue", [], |row| row.get(0)).unwrap();
    let kept: u64 = database
        .query_row("SELECT coalesce(sum(queued), 0) FROM webhooks", [], |row| row.get(0))
        .unwrap();
    assert_eq!(counted, kept, "the number is kept");
    counted
}

fn first(database: &Connection, now: u64) -> Waiting {
    due(database, "board", at(now), 1).unwrap().waiting.remove(0)
}

#[test]
fn of_each_person_the_oldest_may_be_sent_and_what_is_behind_it_waits_for_it() {
    let (_directory, database) = database();
    for (person, state) in [("alice", "busy"), ("alice", "away"), ("bob", "busy")] {
        say(&database, person, state, 1);
    }
    assert_eq!(sendable(&database, 1), [pair("alice", "busy"), pair("bob", "busy")]);
    let alice = first(&database, 1);
    failed(&database, "board", &alice, at(10)).unwrap();
    say(&database, "alice", "online", 2);
    assert_eq!(sendable(&database, 9), [pair("bob", "busy")]);
    assert_eq!(due(&database, "board", at(9), 10).unwrap().next, Some(at(10)));
    let alice = due(&database, "board", at(10), 10).unwrap().waiting.remove(1);
    assert_eq!((alice.body.as_str(), alice.failures), ("busy", 1));
    delivered(&database, "board", &alice, at(11)).unwrap();
    assert_eq!(sendable(&database, 11), [pair("bob", "busy"), pair("alice", "away")]);
    assert_eq!(queued(&database), 3);
}

#[test]
fn no_state_is_told_twice_and_a_return_is_none() {
    let (_directory, database) = database();
    let told_now = |announcement: Announcement| {
        !announce(&database, &[announcement], at(1)).unwrap().hooks.is_empty()
    };
    let with_source = |source: &str, is_return| Announcement {
        source: Some(source.to_owned()),
        is_return,
        id: format!("{source} {is_return}"),
        ..told("alice", "busy")
    };
    let recorded = Announcement { if_unknown: IfUnknown::Record, ..told("alice", "busy") };
    assert!(!told_now(recorded));
    assert!(!told_now(told("alice", "busy")));
    assert!(!told_now(with_source("connection", true)), "nobody knows what was before a start");
    assert!(told_now(with_source("call", false)), "that is a change");
    assert!(told_now(told("alice", "away")));
    let recorded = Announcement { if_unknown: IfUnknown::Record, ..told("alice", "online") };
    assert!(told_now(recorded), "only what is unknown is recorded");
    let of_another = Announcement { hook: "none".to_owned(), ..told("alice", "gone") };
    assert!(!told_now(of_another));
    assert_eq!(queued(&database), 3);
}

#[test]
fn what_is_a_day_old_is_dropped_and_what_came_later_goes_on() {
    let (_directory, database) = database();
    say(&database, "alice", "busy", SECOND);
    say(&database, "alice", "away", 2 * SECOND);
    say(&database, "bob", "busy", SECOND);
    let dropped = |now| due(&database, "board", at(now), 10).unwrap().dropped;
    assert_eq!(dropped(DAY), 0);
    assert_eq!(dropped(DAY + SECOND), 2);
    assert_eq!(sendable(&database, DAY + SECOND), [pair("alice", "away")]);
    assert_eq!(due(&database, "board", at(DAY + SECOND), 10).unwrap().next, None);
    say(&database, "bob", "away", DAY + SECOND);
    assert_eq!(sendable(&database, DAY + SECOND), [pair("alice", "away"), pair("bob", "away")]);
}

#[test]
fn where_too_much_waits_the_oldest_goes() {
    let (_directory, database) = database();
    for (now, state) in ["busy", "away", "online", "phone"].into_iter().enumerate() {
        say(&database, "alice", state, now as u64);
    }
    assert_eq!(make_room(&database, "board", 4).unwrap(), 0);
    assert_eq!(make_room(&database, "board", 2).unwrap(), 2);
    assert_eq!(sendable(&database, 9), [pair("alice", "online")]);
    assert_eq!(queued(&database), 2);
    assert_eq!(drop_all(&database, "board").unwrap(), 2);
    assert_eq!((sendable(&database, 9), queued(&database)), (vec![], 0));
}

#[test]
fn a_time_that_a_wrong_clock_wrote_holds_up_nothing() {
    let (_directory, database) = database();
    say(&database, "alice", "busy", 400 * DAY);
    assert_eq!(sendable(&database, DAY), [pair("alice", "busy")]);
    failed(&database, "board", &first(&database, DAY), at(DAY + 3_600 * SECOND)).unwrap();
    assert_eq!(sendable(&database, DAY), []);
    retry_now(&database, "board", at(DAY)).unwrap();
    assert_eq!(first(&database, DAY).failures, 0);
}

#[test]
fn who_is_followed_no_longer_is_forgotten_and_so_is_a_webhook_that_is_none() {
    let (_directory, database) = database();
    say(&database, "alice", "busy", 1);
    say(&database, "bob", "busy", 1);
    let only_bob = Some(BTreeSet::from(["bob".to_owned()]));
    assert_eq!(keep(&database, &[("board".to_owned(), only_bob)]).unwrap(), BTreeSet::new());
    assert_eq!(sendable(&database, 1), [pair("bob", "busy")]);
    assert_eq!(queued(&database), 1);
    assert_eq!(keep(&database, &[("phone".to_owned(), None)]).unwrap().len(), 1);
    assert_eq!((sendable(&database, 1), queued(&database)), (vec![], 0));
    let people: u64 =
        database.query_row("SELECT count(*) FROM webhook_people", [], |row| row.get(0)).unwrap();
    assert_eq!(people, 0);
}
