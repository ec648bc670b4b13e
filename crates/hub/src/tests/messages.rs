//! What people write to each other: stored before it is acknowledged, told once, in order, to all who may.

use mistatus_core::{
    chat::{ChatMessage, MessageId, MessageText},
    hresult::HResult,
    limits::FETCH_MESSAGES_MAX,
    message::{Command, Notice, Outcome, Request, RequestId, Signal, Update},
    status::MiStatus::Invisible,
};

use super::world::{Store, World, name};
use crate::{Amount, Departure, HubConfig, Visibility};

const ALICE: u64 = 1;
const BOB: u64 = 2;
const SECOND: u64 = 3;
const LATER: u64 = 4;
const OK: HResult = HResult::S_OK;

fn pair() -> World {
    let mut world = World::new(Visibility::Everyone);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world
}

fn text(text: &str) -> MessageText {
    MessageText::parse(text).expect("a valid text")
}

fn send(world: &mut World, client: u64, to: &str, what: &str) -> HResult {
    world.ask(client, Command::SendMessage { to: name(to), text: text(what) })
}

fn confirm(world: &mut World, client: u64, from: &str, up_to: u64) {
    world.request(client, Signal::ConfirmMessages { from: name(from), up_to: MessageId(up_to) });
}

fn messages(notices: Vec<Notice>) -> Vec<ChatMessage> {
    let message = |notice| match notice {
        Notice::Update(_, Update::Message { message, .. }) => Some(message),
        _ => None,
    };
    notices.into_iter().filter_map(message).collect()
}

fn texts(notices: Vec<Notice>) -> Vec<String> {
    messages(notices).into_iter().map(|message| message.text.as_str().to_owned()).collect()
}

fn delivered(notices: &[Notice]) -> Vec<u64> {
    let up_to = |notice: &Notice| match notice {
        Notice::Update(_, Update::Delivered { up_to, .. }) => Some(up_to.0),
        _ => None,
    };
    notices.iter().filter_map(up_to).collect()
}

fn history(
    world: &mut World,
    client: u64,
    with: &str,
    before: Option<u64>,
) -> (Vec<ChatMessage>, bool) {
    world.heard(client);
    let before = before.map(MessageId);
    assert_eq!(world.ask(client, Command::FetchMessages { with: name(with), before }), OK);
    match world.heard(client).swap_remove(0) {
        Notice::Messages { messages, more, .. } => (messages, more),
        other => panic!("answered by {other:?}"),
    }
}

#[test]
fn a_message_goes_to_all_clients_of_both_once_it_is_durable() {
    let mut world = pair();
    world.connect(SECOND, "alice@x");
    world.connect(LATER, "bob@x");
    world.store = Store::Hangs;
    let (id, to) = (RequestId(77), name("BOB@x"));
    world.request(
        ALICE,
        Request { id, command: Command::SendMessage { to, text: text("<b>hello</b>") } },
    );
    for client in [ALICE, BOB, SECOND, LATER] {
        assert_eq!(world.heard(client), []);
    }
    world.store = Store::Works;
    world.release(Ok(()));
    for (client, request) in [(ALICE, Some(id)), (SECOND, Some(id)), (BOB, None), (LATER, None)] {
        let told = world.heard(client);
        let Notice::Update(_, Update::Message { message, request: of }) = &told[0] else {
            panic!("{told:?}")
        };
        assert_eq!((message.text.as_str(), *of), ("<b>hello</b>", request));
        assert_eq!((message.from.as_str(), message.to.as_str()), ("alice@x", "bob@x"));
    }
}

#[test]
fn messages_wait_in_order_until_one_client_confirms_them() {
    let mut world = pair();
    world.disconnect(BOB, Departure::SignedOut);
    for what in ["one", "two", "three"] {
        assert_eq!(send(&mut world, ALICE, "bob@x", what), OK);
    }
    world.restart();
    world.connect(ALICE + 10, "alice@x");
    for client in [SECOND, LATER] {
        let told = world.connect(client, "bob@x");
        assert!(matches!(&told[..2], [Notice::SignedIn(_), Notice::Snapshot(_)]));
        assert_eq!(texts(told), ["one", "two", "three"]);
    }
    let told = send(&mut world, LATER, "alice@x", "four");
    assert_eq!(told, OK);
    let ids: Vec<_> = messages(world.heard(ALICE + 10)).iter().map(|it| it.id.0).collect();
    assert_eq!(ids, [4], "numbers go on after a restart");
    confirm(&mut world, SECOND, "alice@x", 2);
    assert_eq!(delivered(&world.heard(ALICE + 10)), [0; 0], "not before all that waited is there");
    assert_eq!(texts(world.connect(5, "bob@x")), ["three"]);
    confirm(&mut world, 5, "alice@x", 3);
    confirm(&mut world, 5, "alice@x", 3);
    assert_eq!(delivered(&world.heard(ALICE + 10)), [3], "once");
    world.restart();
    assert_eq!(texts(world.connect(6, "bob@x")), [""; 0]);
}

#[test]
fn nobody_confirms_what_they_were_not_told() {
    let mut world = pair();
    send(&mut world, ALICE, "bob@x", "one");
    world.heard(ALICE);
    confirm(&mut world, BOB, "alice@x", 999);
    assert_eq!(delivered(&world.heard(ALICE)), [1]);
    confirm(&mut world, BOB, "carol@x", 999);
    confirm(&mut world, ALICE, "bob@x", 999);
    assert_eq!(delivered(&world.heard(ALICE)), [0; 0]);
}

#[test]
fn the_same_request_is_the_same_message_on_whatever_connection() {
    let mut world = pair();
    let id = RequestId(4242);
    let request =
        || Request { id, command: Command::SendMessage { to: name("bob@x"), text: text("once") } };
    world.request(ALICE, request());
    let first = messages(world.heard(ALICE));
    assert_eq!(texts(world.heard(BOB)), ["once"]);
    world.restart();
    world.connect(SECOND, "alice@x");
    world.request(SECOND, request());
    let told = world.heard(SECOND);
    assert!(matches!(
        told.last(),
        Some(Notice::Update(_, Update::Outcome(Outcome { hr: OK, .. })))
    ));
    assert_eq!(messages(told), first);
    assert_eq!(history(&mut world, SECOND, "bob@x", None).0.len(), 1);
    // What is not lost silently: another message under the same number.
    for (client, to, what) in [(7, "bob@x", "another"), (8, "carol@x", "once")] {
        world.connect(client, "alice@x");
        world.heard(client);
        world.request(
            client,
            Request { id, command: Command::SendMessage { to: name(to), text: text(what) } },
        );
        let refused = world.heard(client);
        assert!(
            matches!(
                refused[..],
                [Notice::Update(_, Update::Outcome(Outcome { hr: HResult::E_INVALIDARG, .. }))]
            ),
            "{refused:?}"
        );
    }
    // Somebody else's request of the same number is another.
    world.connect(LATER, "bob@x");
    world.heard(LATER);
    let request =
        Request { id, command: Command::SendMessage { to: name("alice@x"), text: text("other") } };
    world.request(LATER, request);
    assert_eq!(texts(world.heard(SECOND)), ["other"]);
}

#[test]
fn a_message_that_could_not_be_stored_was_not_sent() {
    let mut world = pair();
    world.store = Store::Fails;
    assert_eq!(send(&mut world, ALICE, "bob@x", "lost"), HResult::MSGR_E_SERVER_UNAVAILABLE);
    assert_eq!(world.heard(BOB), []);
    world.store = Store::Works;
    assert_eq!(history(&mut world, ALICE, "bob@x", None), (vec![], false));
}

#[test]
fn what_is_written_to_who_is_not_there_blocks_or_may_not_be_written_to_is_the_writers_own() {
    let mut world = World::new(Visibility::Contacts);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world.connect(SECOND, "alice@x");
    for to in ["nobody@x", "bob@x"] {
        assert_eq!(send(&mut world, ALICE, to, "hello"), OK);
        assert_eq!(texts(world.heard(SECOND)), ["hello"], "{to}");
        assert_eq!(history(&mut world, ALICE, to, None).0.len(), 1);
    }
    assert_eq!(world.heard(BOB), []);
    assert_eq!(history(&mut world, BOB, "alice@x", None), (vec![], false));
    // Whom Bob has on the list may write to him, until he blocks them.
    world.add(BOB, "alice@x");
    world.heard(BOB);
    send(&mut world, ALICE, "bob@x", "may I");
    assert_eq!(texts(world.heard(BOB)), ["may I"]);
    world.ask(BOB, Command::SetBlocked { name: name("alice@x"), blocked: true });
    world.heard(BOB);
    assert_eq!(send(&mut world, ALICE, "bob@x", "hello?"), OK);
    assert_eq!(world.heard(BOB), []);
    world.restart();
    assert_eq!(texts(world.connect(LATER, "bob@x")), ["may I"], "nor after a restart");
    assert_eq!(history(&mut world, LATER, "alice@x", None).0.len(), 1);
}

#[test]
fn who_is_blocked_or_looks_at_an_invisible_user_is_not_told_of_a_delivery() {
    let mut world = pair();
    send(&mut world, ALICE, "bob@x", "one");
    world.ask(BOB, Command::SetBlocked { name: name("alice@x"), blocked: true });
    world.heard(ALICE);
    confirm(&mut world, BOB, "alice@x", 1);
    assert_eq!(delivered(&world.heard(ALICE)), [0; 0]);
    assert!(!history(&mut world, ALICE, "bob@x", None).0[0].delivered);
    world.ask(BOB, Command::SetBlocked { name: name("alice@x"), blocked: false });
    assert_eq!(delivered(&world.heard(ALICE)), [1], "until that ends");
    world.set(BOB, Invisible);
    send(&mut world, ALICE, "bob@x", "two");
    world.heard(ALICE);
    confirm(&mut world, BOB, "alice@x", 2);
    assert_eq!(delivered(&world.heard(ALICE)), [0; 0]);
    world.restart();
    world.connect(ALICE + 10, "alice@x");
    world.connect(BOB + 10, "bob@x");
    assert_eq!(delivered(&world.heard(ALICE + 10)), [0; 0]);
    world.set(BOB + 10, mistatus_core::status::MiStatus::Online);
    assert_eq!(delivered(&world.heard(ALICE + 10)), [2]);
    let all = history(&mut world, ALICE + 10, "bob@x", None).0;
    assert!(all.iter().all(|message| message.delivered));
    let all = history(&mut world, BOB + 10, "alice@x", None).0;
    assert!(all.iter().all(|message| !message.delivered), "that is the writer's affair");
}

#[test]
fn history_comes_page_by_page_without_gaps() {
    let mut world = pair();
    let count = 2 * FETCH_MESSAGES_MAX + 3;
    for number in 0..count {
        let (client, to) = if number % 2 == 0 { (ALICE, "bob@x") } else { (BOB, "alice@x") };
        assert_eq!(send(&mut world, client, to, &number.to_string()), OK);
        send(&mut world, ALICE, "carol@x", "aside");
    }
    let (mut all, mut before, mut pages) = (Vec::new(), None, 0);
    loop {
        let (page, more) = history(&mut world, BOB, "alice@x", before);
        before = page.first().map(|message| message.id.0);
        all.splice(0..0, page.iter().map(|message| message.text.as_str().to_owned()));
        pages += 1;
        assert!(page.len() <= FETCH_MESSAGES_MAX);
        if !more {
            break;
        }
    }
    let expected: Vec<_> = (0..count).map(|number| number.to_string()).collect();
    assert_eq!((all, pages), (expected, 3));
}

#[test]
fn more_than_may_wait_is_refused() {
    let two = Amount { count: 2, bytes: 1_000 };
    let config = HubConfig { undelivered_to_one_max: two, ..HubConfig::default() };
    let mut world = World::with(config);
    world.connect(BOB, "bob@x");
    world.connect(ALICE, "alice@x");
    let rows = [OK, OK, HResult::MSGR_E_SERVER_TOO_BUSY];
    for hr in rows {
        assert_eq!(send(&mut world, ALICE, "bob@x", "hello"), hr);
    }
    confirm(&mut world, BOB, "alice@x", 1);
    assert_eq!(send(&mut world, ALICE, "bob@x", "again"), OK);
}

#[test]
fn an_inbox_that_the_invisible_or_the_blocker_empties_stays_as_full_as_that_of_somebody_gone() {
    let three = Amount { count: 3, bytes: 1_000 };
    let config = HubConfig { undelivered_to_one_max: three, ..HubConfig::default() };
    let block = |world: &mut World, blocked| {
        world.ask(BOB, Command::SetBlocked { name: name("alice@x"), blocked });
    };
    for hides in [true, false] {
        let mut world = World::with(config.clone());
        world.connect(BOB, "bob@x");
        world.connect(ALICE, "alice@x");
        send(&mut world, ALICE, "bob@x", "one");
        if hides {
            world.set(BOB, Invisible);
        } else {
            block(&mut world, true);
        }
        for hr in [OK, OK, HResult::MSGR_E_SERVER_TOO_BUSY] {
            assert_eq!(send(&mut world, ALICE, "bob@x", "more"), hr, "hides: {hides}");
            confirm(&mut world, BOB, "alice@x", 9);
        }
        if hides {
            world.restart();
            world.connect(BOB, "bob@x");
            world.connect(ALICE, "alice@x");
            let busy = HResult::MSGR_E_SERVER_TOO_BUSY;
            assert_eq!(send(&mut world, ALICE, "bob@x", "after a restart"), busy);
            world.set(BOB, mistatus_core::status::MiStatus::Online);
        } else {
            block(&mut world, false);
        }
        assert_eq!(send(&mut world, ALICE, "bob@x", "and now"), OK, "hides: {hides}");
    }
}

#[test]
fn a_flood_that_nobody_confirms_is_told_bit_by_bit() {
    let mut world = pair();
    for number in 0..150 {
        assert_eq!(send(&mut world, ALICE, "bob@x", &number.to_string()), OK);
    }
    let told = world.heard(BOB);
    assert_eq!(texts(told).len(), 100);
    confirm(&mut world, BOB, "alice@x", 60);
    let rest = texts(world.heard(BOB));
    assert_eq!((rest.len(), rest.first().map(String::as_str)), (50, Some("100")));
}

#[test]
fn nobody_writes_to_themselves() {
    let mut world = pair();
    assert_eq!(send(&mut world, ALICE, "Alice@x", "hello"), HResult::E_INVALIDARG);
}

#[test]
fn a_resync_tells_again_what_waits() {
    let mut world = pair();
    send(&mut world, ALICE, "bob@x", "one");
    world.heard(BOB);
    world.request(BOB, Signal::Resync);
    assert_eq!(texts(world.heard(BOB)), ["one"]);
}
