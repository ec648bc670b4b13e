//! What users choose about idleness: kept before it is confirmed, told their own clients, and held whatever a client says.

use mistatus_core::{
    hresult::HResult,
    idle::{IdleAfter, IdleChoice},
    limits::IDLE_AFTER_DEFAULT,
    message::{Command, Notice, Signal, Update},
    presence::Source,
    status::MiStatus::{Idle, Online},
    time::Span,
};

use super::world::{Store, World, arrival};
use crate::{Arrival, Departure, StoreError, Visibility};

const ALICE: u64 = 1;
const BOB: u64 = 2;
const SECOND: u64 = 3;
const SILENT: IdleChoice = IdleChoice { transmit: false, after: None };

fn after(span: Span) -> IdleChoice {
    IdleChoice { transmit: true, after: IdleAfter::new(span).ok() }
}

fn office() -> World {
    let mut world = World::new(Visibility::Everyone);
    world.connect(ALICE, "alice@x");
    world.connect(BOB, "bob@x");
    world.watch(BOB, &["alice@x"]);
    world
}

fn is_idle(world: &mut World, client: u64, is_idle: bool) {
    let idle_for = is_idle.then_some(IDLE_AFTER_DEFAULT);
    world.request(client, Signal::ReportIdle { idle_for });
}

fn choose(world: &mut World, client: u64, choice: IdleChoice) -> HResult {
    world.ask(client, Command::SetIdle { choice })
}

fn own_choices(told: Vec<Notice>) -> Vec<IdleChoice> {
    let mine = told.into_iter().filter_map(|notice| match notice {
        Notice::Update(_, Update::MyStatus { me }) => Some(me.idle),
        _ => None,
    });
    mine.collect()
}

#[test]
fn a_choice_about_idleness_is_told_all_devices_and_nobody_else() {
    let mut world = office();
    world.connect(SECOND, "alice@x");
    let minute = after(Span::from_secs(60));
    assert_eq!(choose(&mut world, ALICE, minute), HResult::S_OK);
    assert_eq!(own_choices(world.heard(ALICE)), [minute]);
    assert_eq!(own_choices(world.heard(SECOND)), [minute]);
    assert_eq!(world.snapshot(SECOND).me.idle, minute);
    assert_eq!(world.heard(BOB), []);
    let written = world.writes.len();
    assert_eq!(choose(&mut world, SECOND, minute), HResult::S_OK);
    assert_eq!(own_choices(world.heard(ALICE)), [], "it is so already");
    assert_eq!(world.writes.len(), written);
    assert_eq!(choose(&mut world, SECOND, IdleChoice::NONE), HResult::S_OK);
    assert_eq!(world.snapshot(ALICE).me.idle, IdleChoice::NONE);
}

#[test]
fn a_choice_about_idleness_is_confirmed_once_it_is_durable_and_held_over_a_restart() {
    let mut world = office();
    world.store = Store::Fails;
    assert_eq!(choose(&mut world, ALICE, SILENT), HResult::MSGR_E_SERVER_UNAVAILABLE);
    assert_eq!(world.snapshot(ALICE).me.idle, IdleChoice::NONE);
    world.store = Store::Hangs;
    let id = world.id();
    let command = Command::SetIdle { choice: SILENT };
    world.request(ALICE, mistatus_core::message::Request { id, command });
    assert_eq!(world.heard(ALICE), [], "nothing is told before");
    world.release(Ok::<(), StoreError>(()));
    assert_eq!(own_choices(world.heard(ALICE)), [SILENT]);
    world.store = Store::Works;
    world.restart();
    world.connect(SECOND, "alice@x");
    assert_eq!(world.snapshot(SECOND).me.idle, SILENT);
}

#[test]
fn idleness_that_is_not_to_be_told_shows_nowhere_whatever_a_client_says() {
    let mut world = office();
    is_idle(&mut world, ALICE, true);
    assert_eq!(world.statuses(BOB), [Idle]);
    choose(&mut world, ALICE, SILENT);
    let told = world.changes(BOB);
    assert_eq!(told.len(), 1);
    let presence = &told[0].presence;
    let like_input = (Online, Some(Source::Idle));
    assert_eq!((presence.status, presence.source), like_input);
    assert_eq!(world.snapshot(ALICE).me.status, Online);
    is_idle(&mut world, ALICE, false);
    is_idle(&mut world, ALICE, true);
    world.disconnect(ALICE, Departure::Lost);
    let idle_for = Some(IDLE_AFTER_DEFAULT);
    world.connect_as(ALICE, Arrival { idle_for, ..arrival("alice@x") });
    assert_eq!(world.changes(BOB), [], "not even for a moment");
    choose(&mut world, ALICE, IdleChoice::NONE);
    assert_eq!(world.statuses(BOB), [Idle]);
}

#[test]
fn a_page_that_cannot_speak_is_not_idle_before_its_user_would_be() {
    let hour = Span::from_secs(3_600);
    for (choice, is_idle_at_first, is_idle_at_last) in [
        (after(Span::from_secs(10)), true, true),
        (after(hour), false, true),
        (SILENT, false, false),
    ] {
        let mut world = office();
        choose(&mut world, ALICE, choice);
        world.heard(BOB);
        world.blocked.insert(ALICE);
        world.pass(Span::from_secs(200));
        assert_eq!(world.statuses(BOB), [], "{choice:?}");
        world.pass(IDLE_AFTER_DEFAULT);
        assert_eq!(world.statuses(BOB) == [Idle], is_idle_at_first, "{choice:?}");
        world.pass(hour);
        let now = world.hub.common_view(&super::world::name("alice@x")).presence.status;
        assert_eq!(now == Idle, is_idle_at_last, "{choice:?}");
    }
}
