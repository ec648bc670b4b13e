//! Who exists as the company says: who may sign in, what becomes of those who go, and who shares a group.

use mistatus_core::{
    chat::MessageText,
    hresult::HResult,
    limits::DEPARTURE_DAMPING,
    message::{Command, Notice, Signal, Update},
    status::MiStatus::*,
};
use mistatus_testkit::frames::frames;

use super::world::{Store, World, arrival, name, person};
use crate::{
    Closing, ConnectionId, Departure, DirectoryCommand, NewClaim, Person, ServiceCommand,
    StoreError, Visibility, Write,
};

const ALICE: u64 = 1;
const BOB: u64 = 2;
const CAROL: u64 = 3;

fn world(visibility: Visibility) -> World {
    let mut world = World::new(visibility);
    world.list(&[("Alice@x", ""), ("bob@x", ""), ("carol@x", "")]);
    for (client, who) in [(ALICE, "alice@x"), (BOB, "bob@x"), (CAROL, "carol@x")] {
        let arrival = world.resumable(client, who);
        world.connect_as(client, arrival);
    }
    world
}

fn remove(who: &str) -> DirectoryCommand {
    DirectoryCommand::Remove { name: name(who) }
}

fn write_to(who: &str) -> Command {
    Command::SendMessage { to: name(who), text: MessageText::parse("Hello").unwrap() }
}

fn bye(told: &[Notice]) -> Option<HResult> {
    told.iter().find_map(|notice| match notice {
        Notice::Bye { hr, retry_after: None, message: Some(_) } => Some(*hr),
        _ => None,
    })
}

#[test]
fn who_is_not_in_the_directory_is_turned_away_for_good() {
    let mut world = world(Visibility::Everyone);
    let told = world.connect(9, "eve@x");
    assert_eq!(bye(&told), Some(HResult::MSGR_E_USER_NOT_FOUND));
    assert_eq!(world.closed, [(ConnectionId(9), Closing::NotListed)]);
    assert!(world.memory.records().all(|record| record.name != name("eve@x")));
    world.list(&[("Eve@X", "")]);
    assert!(bye(&world.connect(10, "eve@x")).is_none(), "names are compared without letter case");
}

#[test]
fn who_signed_in_before_there_was_a_directory_does_not_exist_until_they_are_put_there() {
    let mut world = World::new(Visibility::Everyone);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world.set(BOB, Busy);
    let put = vec![person("alice@x", "")];
    world.memory.apply(&Write::ChangeDirectory { put, removed: Vec::new() });
    world.hub.use_directory(Vec::new());
    world.restart();
    world.connect(ALICE + 10, "alice@x");
    world.pass(DEPARTURE_DAMPING);
    world.heard(ALICE + 10);
    let seen = world.watch(ALICE + 10, &["bob@x"]);
    assert_eq!(seen[0].presence.status, Unknown);
    assert_eq!(world.hub.common_views().len(), 1);
    assert_eq!(world.hub.plan(&[person("alice@x", "")]).removed, [name("bob@x")]);
    world.list(&[("bob@x", "")]);
    assert_eq!(world.statuses(ALICE + 10), [Offline]);
}

#[test]
fn who_is_taken_out_is_signed_out_and_gone_from_everything_of_everybody() {
    let mut world = world(Visibility::Everyone);
    world.add(ALICE, "BOB@x");
    world.add(BOB, "alice@x");
    world.watch(CAROL, &["bob@x"]);
    world.ask(CAROL, Command::SetBlocked { name: name("bob@x"), blocked: true });
    world.ask(
        ALICE,
        Command::CreateGroup { name: mistatus_core::group::GroupName::parse("A").unwrap() },
    );
    let group = world.snapshot(ALICE).groups[0].id;
    world.ask(ALICE, Command::SetGroupMember { group, name: name("bob@x"), member: true });
    world.ask(BOB, write_to("alice@x"));
    world.ask(CAROL, write_to("alice@x"));
    for client in [ALICE, BOB, CAROL] {
        world.heard(client);
    }
    let done = world.direct(remove("bob@X"));
    assert_eq!(world.served[&done], (HResult::S_OK, None));
    assert_eq!(bye(&world.heard(BOB)), Some(HResult::MSGR_E_USER_NOT_FOUND));
    assert_eq!(world.closed, [(ConnectionId(BOB), Closing::NotListed)]);
    let told = world.heard(ALICE);
    let is_removal = |notice: &Notice| matches!(notice, Notice::Update(_, Update::ContactRemoved { name: gone }) if *gone == name("bob@x"));
    assert!(told.iter().any(is_removal), "{told:?}");
    let of_carol = world.heard(CAROL);
    let is_unblocked = |notice: &Notice| {
        matches!(notice, Notice::Update(_, Update::Blocked { blocked: false, .. }))
    };
    assert!(of_carol.iter().any(is_unblocked));
    for stage in ["at once", "after a restart"] {
        let alice = world.snapshot(ALICE);
        assert_eq!((alice.contacts.len(), alice.groups[0].members.len()), (0, 0), "{stage}");
        let writers: Vec<_> = alice.unread.iter().map(|unread| unread.from.clone()).collect();
        assert_eq!(writers, [name("carol@x")], "{stage}");
        assert_eq!(world.snapshot(CAROL).blocked, [], "{stage}");
        let messages = world.memory.messages();
        assert!(messages.waiting.iter().all(|message| message.from != name("bob@x")), "{stage}");
        assert!(world.memory.records().all(|record| record.name != name("bob@x")), "{stage}");
        assert_eq!(bye(&world.connect(50, "bob@x")), Some(HResult::MSGR_E_USER_NOT_FOUND));
        world.restart();
        world.connect(ALICE, "alice@x");
        world.connect(CAROL, "carol@x");
    }
    let number = world.memory.messages().last;
    world.ask(CAROL, write_to("alice@x"));
    assert_eq!(world.memory.messages().last, number + 1, "no number is given twice");
}

#[test]
fn whoever_comes_by_the_name_of_somebody_who_went_begins_anew() {
    let mut world = world(Visibility::Everyone);
    world.set(BOB, Busy);
    world.disconnect(BOB, Departure::Lost);
    world.direct(remove("bob@x"));
    world.list(&[("bob@x", "")]);
    let told = world.resume(BOB + 10, "bob@x", BOB, 0);
    assert!(told.iter().any(
        |notice| matches!(notice, Notice::Snapshot(snapshot) if snapshot.me.status == Online)
    ));
    world.pass(DEPARTURE_DAMPING);
    assert_eq!(world.watch(CAROL, &["bob@x"])[0].presence.status, Online);
}

#[test]
fn somebody_is_not_gone_before_that_is_durable_and_nothing_is_begun_with_them_meanwhile() {
    for works in [false, true] {
        let mut world = world(Visibility::Everyone);
        world.add(ALICE, "bob@x");
        world.store = Store::Hangs;
        let done = world.direct(remove("bob@x"));
        assert!(!world.served.contains_key(&done) && world.closed.is_empty());
        assert_eq!(world.snapshot(ALICE).contacts.len(), 1);
        let missing = HResult::MSGR_E_USER_NOT_FOUND;
        assert_eq!(world.ask(ALICE, Command::RemoveContact { name: name("bob@x") }), missing);
        assert_eq!(world.add(CAROL, "bob@x"), missing);
        assert_eq!(world.ask(CAROL, write_to("bob@x")), missing);
        assert!(bye(&world.connect(9, "bob@x")).is_some());
        let id = world.id();
        world.request(BOB, mistatus_core::message::Request { id, command: write_to("alice@x") });
        let key = mistatus_core::claim::ClaimKey {
            service: mistatus_core::claim::ServiceName::parse("calendar").unwrap(),
            id: mistatus_core::claim::ClaimId::parse("a").unwrap(),
        };
        let claim = NewClaim {
            source: mistatus_core::claim::ClaimSource::Calendar,
            status: InAMeeting,
            note: None,
            from: None,
            until: world.wall() + mistatus_core::time::Span::from_secs(60),
        };
        let served = world.serve("bob@x", ServiceCommand::PutClaim { key, claim });
        assert_eq!(world.served[&served].0, missing);
        world.store = Store::Works;
        world.release(if works { Ok(()) } else { Err(StoreError) });
        let hr = if works { HResult::S_OK } else { HResult::MSGR_E_SERVER_UNAVAILABLE };
        assert_eq!(world.served[&done].0, hr);
        assert_eq!(world.snapshot(ALICE).contacts.len(), usize::from(!works));
        let waiting = world.memory.messages().waiting.len();
        assert_eq!(waiting, usize::from(!works), "what waited goes on where they stay");
    }
}

#[test]
fn changes_of_the_directory_are_made_one_after_the_other_and_bounded() {
    let mut world = world(Visibility::Everyone);
    world.store = Store::Hangs;
    let all: Vec<_> = (0..70).map(|_| world.direct(remove("bob@x"))).collect();
    let refused = world.served.values().filter(|(hr, _)| *hr == HResult::MSGR_E_SERVER_TOO_BUSY);
    assert_eq!(refused.count(), 5);
    world.store = Store::Works;
    world.release(Ok(()));
    assert!(all.iter().all(|id| world.served.contains_key(id)));
}

#[test]
fn a_whole_directory_takes_the_place_of_another() {
    let mut world = world(Visibility::Everyone);
    let people = vec![person("alice@x", "A"), person("Dave@x", "")];
    let plan = world.hub.plan(&people);
    assert_eq!((plan.added, plan.changed), (vec![name("dave@x")], vec![name("alice@x")]));
    assert_eq!(plan.removed, [name("bob@x"), name("carol@x")]);
    world.direct(DirectoryCommand::Replace { people: people.clone() });
    let who = |world: &World| world.memory.people().cloned().collect::<Vec<Person>>();
    assert_eq!(who(&world), people);
    assert_eq!(world.closed.len(), 2);
    let writes = world.writes.len();
    world.direct(DirectoryCommand::Replace { people: people.clone() });
    assert_eq!(world.writes.len(), writes, "the same again is nothing");
    assert_eq!(who(&world), people);
}

#[test]
fn whom_everybody_sees_as_gone_is_taken_out_in_the_same_way_invisible_or_not() {
    let [hidden, absent] = [true, false].map(|hides| {
        let mut world = world(Visibility::Everyone);
        world.add(ALICE, "bob@x");
        world.watch(CAROL, &["bob@x"]);
        if hides {
            world.set(BOB, Invisible);
        } else {
            world.request(BOB, Signal::Signout);
        }
        for client in [ALICE, CAROL] {
            world.heard(client);
        }
        world.direct(remove("bob@x"));
        [frames(&world.heard(ALICE)), frames(&world.heard(CAROL))]
    });
    assert_eq!(hidden, absent);
}

#[test]
fn those_who_share_a_group_see_and_reach_each_other_until_they_share_it_no_more() {
    let mut world = World::new(Visibility::Contacts);
    world.list(&[("alice@x", "A"), ("bob@x", "B"), ("carol@x", "")]);
    for (client, who) in [(ALICE, "alice@x"), (BOB, "bob@x"), (CAROL, "carol@x")] {
        world.connect(client, who);
    }
    world.set(ALICE, Busy);
    for client in [BOB, CAROL] {
        assert_eq!(world.watch(client, &["alice@x"])[0].presence.status, Unknown);
        world.heard(client);
    }
    world.list(&[("bob@x", "AB")]);
    assert_eq!(world.statuses(BOB), [Busy]);
    assert_eq!(world.heard(CAROL), []);
    world.ask(BOB, write_to("alice@x"));
    assert_eq!(world.memory.messages().waiting.len(), 1, "it reaches her");
    assert_eq!(world.add(BOB, "alice@x"), HResult::S_OK);
    assert_eq!(world.snapshot(ALICE).requests, [], "nobody has to be asked");
    world.remove(BOB, "alice@x");
    world.heard(BOB);
    world.set(ALICE, Invisible);
    assert_eq!(world.statuses(BOB), [Offline]);
    world.set(ALICE, Away);
    assert_eq!(world.statuses(BOB), [Away]);
    world.ask(ALICE, Command::SetBlocked { name: name("bob@x"), blocked: true });
    assert_eq!(world.statuses(BOB), [Offline]);
    world.ask(ALICE, Command::SetBlocked { name: name("bob@x"), blocked: false });
    assert_eq!(world.statuses(BOB), [Away]);
    // Both move at once: that is no news.
    let people = vec![person("alice@x", "C"), person("bob@x", "C"), person("carol@x", "")];
    world.direct(DirectoryCommand::Replace { people });
    assert_eq!(world.heard(BOB), []);
    world.list(&[("alice@x", "A")]);
    assert_eq!(world.statuses(BOB), [Unknown]);
    world.ask(BOB, write_to("alice@x"));
    assert_eq!(world.memory.messages().waiting.len(), 1, "it does not reach her any more");
}

#[test]
fn what_the_company_calls_somebody_is_what_everybody_sees() {
    let mut world = World::new(Visibility::Contacts);
    let named = |friendly: &str| DirectoryCommand::Put {
        person: Person { friendly_name: Some(friendly.to_owned()), ..person("bob@x", "") },
    };
    world.list(&[("alice@x", "")]);
    world.direct(named("Robert"));
    world.connect(ALICE, "alice@x");
    let seen = |world: &mut World| {
        world.changes(ALICE).into_iter().map(|change| change.friendly_name).collect::<Vec<_>>()
    };
    let stranger = world.watch(ALICE, &["bob@x"]);
    assert_eq!(stranger[0].friendly_name.as_deref(), Some("Robert"), "it is no secret");
    let own = crate::Arrival { friendly_name: Some("Bobby".to_owned()), ..arrival("bob@x") };
    let told = world.connect_as(BOB, own);
    assert!(told.iter().any(
        |notice| matches!(notice, Notice::SignedIn(welcome) if welcome.friendly_name == "Robert")
    ));
    world.add(ALICE, "bob@x");
    world.add(BOB, "alice@x");
    world.heard(ALICE);
    world.set(BOB, Busy);
    assert_eq!(seen(&mut world), [Some("Robert".to_owned())]);
    world.direct(named("Bob the Builder"));
    assert_eq!(seen(&mut world), [Some("Bob the Builder".to_owned())], "at once");
    world.direct(DirectoryCommand::Put { person: person("bob@x", "") });
    assert_eq!(seen(&mut world), [None], "what they called themselves was not kept");
}
