//! A scripted day of two people, through real frames, step by step.

use mistatus_core::{
    hresult::HResult,
    idle::IdleChoice,
    presence::{Intent, Source},
    session::Event,
    status::MiStatus::{self, *},
    time::Span,
};
use mistatus_hub::HubConfig;
use mistatus_testkit::{Weather, World, name};

const ANN: &str = "ann@example.org";
const BOB: &str = "bob@example.org";

/// What a page was told, without the events that only repaint.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Told {
    Signin(HResult),
    Signout,
    My(HResult, MiStatus),
    Contact(MiStatus, MiStatus),
    Added(HResult),
    Removed(HResult),
    Done(HResult),
}

use Told::{Added, Contact, Done, My, Removed, Signin, Signout};

const OK: HResult = HResult::S_OK;

fn told(world: &mut World, page: usize) -> Vec<Told> {
    let events = world.events(page).into_iter();
    events
        .filter_map(|event| match event {
            Event::Signin { hr, .. } => Some(Signin(hr)),
            Event::Signout => Some(Signout),
            Event::MyStatus { hr, status } => Some(My(hr, status)),
            Event::ContactStatus { previous, current, .. } => Some(Contact(previous, current)),
            Event::ContactAdded { hr, .. } => Some(Added(hr)),
            Event::ContactRemoved { hr, .. } => Some(Removed(hr)),
            Event::Done { hr, .. } => Some(Done(hr)),
            _ => None,
        })
        .collect()
}

/// Two people who have each other on their lists; what happened so far has been heard.
fn two_people(seed: u64) -> (World, usize, usize) {
    let mut world = World::new(seed, HubConfig::default());
    let (ann, bob) = (world.join(ANN), world.join(BOB));
    world.add_contact(ann, BOB);
    world.add_contact(bob, ANN);
    world.pass(Span::from_secs(10));
    world.events(ann);
    world.events(bob);
    (world, ann, bob)
}

#[test]
fn a_sign_in_goes_through_its_states_in_order() {
    let mut world = World::new(1, HubConfig::default());
    let ann = world.join(ANN);
    assert_eq!(
        told(&mut world, ann),
        [
            My(OK, LocalFindingServer),
            My(OK, LocalConnectingToServer),
            Signin(OK),
            My(OK, LocalSynchronizingWithServer),
            My(OK, Online),
        ]
    );
}

#[test]
fn somebody_is_put_on_the_list_and_taken_off_it() {
    let (mut world, ann, _) = two_people(2);
    assert_eq!(world.seen(ann, BOB), Online);
    world.add_contact(ann, BOB);
    world.pass(Span::from_secs(10));
    assert_eq!(
        told(&mut world, ann),
        [Added(HResult::MSGR_E_ALREADY_IN_LIST), Done(HResult::MSGR_E_ALREADY_IN_LIST)]
    );
    world.remove_contact(ann, BOB);
    world.pass(Span::from_secs(10));
    assert_eq!(told(&mut world, ann), [Removed(OK), Done(OK)]);
    assert_eq!(world.session(ann).contacts().count(), 0);
}

#[test]
fn busy_arrives_with_the_status_before() {
    let (mut world, ann, bob) = two_people(3);
    world.choose_status(ann, Busy);
    world.pass(Span::from_secs(10));
    assert_eq!(told(&mut world, ann), [My(OK, Busy), Done(OK)]);
    assert_eq!(told(&mut world, bob), [Contact(Online, Busy)]);
    // The same once more: the own event comes, nobody else hears of it.
    world.choose_status(ann, Busy);
    world.pass(Span::from_secs(10));
    assert_eq!(told(&mut world, ann), [My(OK, Busy), Done(OK)]);
    assert_eq!(told(&mut world, bob), []);
}

#[test]
fn whoever_is_invisible_seems_gone() {
    let (mut world, ann, bob) = two_people(4);
    world.choose_status(ann, Invisible);
    world.pass(Span::from_secs(10));
    assert_eq!(told(&mut world, ann), [My(OK, Invisible), Done(OK)]);
    assert_eq!(told(&mut world, bob), [Contact(Online, Offline)]);
    world.reload(ann);
    world.pass(Span::from_secs(60));
    world.set_idle(ann, true);
    world.pass(Span::from_secs(10));
    world.signout(ann);
    world.pass(Span::from_secs(60));
    assert_eq!(told(&mut world, bob), [], "nothing of all that shows");
}

#[test]
fn a_sign_out_is_seen_at_once() {
    let (mut world, ann, bob) = two_people(5);
    world.signout(ann);
    world.pass(Span::from_secs(7));
    assert_eq!(
        told(&mut world, ann),
        [My(OK, LocalDisconnectingFromServer), Signout, My(OK, Offline)]
    );
    assert_eq!(told(&mut world, bob), [Contact(Online, Offline)]);
}

#[test]
fn a_reload_is_not_a_departure() {
    let (mut world, ann, bob) = two_people(6);
    world.choose_status(ann, Away);
    world.pass(Span::from_secs(10));
    world.events(bob);
    world.reload(ann);
    world.pass(Span::from_secs(60));
    assert_eq!(world.session(ann).my_status(), Away);
    assert_eq!(told(&mut world, bob), []);
}

#[test]
fn a_page_that_only_vanishes_is_missed_after_the_damping_time() {
    let (mut world, ann, bob) = two_people(7);
    world.set_weather(ann, Weather::Refusing);
    world.cut(ann);
    world.pass(HubConfig::default().damping);
    assert_eq!(told(&mut world, bob), []);
    world.pass(Span::from_secs(4));
    assert_eq!(told(&mut world, bob), [Contact(Online, Offline)]);
}

#[test]
fn a_half_open_connection_is_found_out_on_both_sides() {
    let (mut world, ann, bob) = two_people(8);
    world.half_open(ann);
    world.set_weather(ann, Weather::Silent);
    world.pass(Span::from_secs(60));
    assert_eq!(told(&mut world, bob), [Contact(Online, Offline)]);
    assert!(!world.session(ann).is_signed_in());
    assert!(world.session(ann).contacts().all(|person| person.is_stale()));
    world.pass(Span::from_secs(60));
    assert_eq!(world.seen(ann, BOB), Unknown, "too old to be shown");
    world.quiet();
    assert_eq!(world.seen(ann, BOB), Online);
    assert_eq!(told(&mut world, bob), [Contact(Offline, Online)]);
}

#[test]
fn a_restart_keeps_lists_and_choices_and_everybody_comes_back_alone() {
    let (mut world, ann, bob) = two_people(9);
    world.choose_status(ann, Busy);
    world.pass(Span::from_secs(10));
    world.events(ann);
    world.events(bob);
    world.restart_hub();
    world.pass(Span::from_secs(60));
    world.assert_agreement();
    assert_eq!(world.session(ann).my_status(), Busy);
    assert_eq!(world.seen(bob, ANN), Busy);
    assert_eq!(world.session(bob).contacts().count(), 1);
    // The server is there again before anybody is told that it was gone; each is told their own status, as the server
    // does not know since when.
    assert_eq!(told(&mut world, ann), [My(OK, Busy)]);
    assert_eq!(told(&mut world, bob), [My(OK, Online)]);
}

#[test]
fn an_end_is_met_while_nobody_is_connected_and_the_server_is_restarted() {
    let (mut world, ann, bob) = two_people(10);
    let until = Some(world.wall() + Span::from_secs(60));
    world.choose(ann, Intent { until, ..Intent::chosen(Busy, Source::User) });
    world.pass(Span::from_secs(10));
    assert_eq!(world.seen(bob, ANN), Busy);
    world.signout(ann);
    world.restart_hub();
    world.pass(Span::from_secs(70));
    world.signin(ann);
    world.quiet();
    world.assert_agreement();
    assert_eq!(world.seen(bob, ANN), Online);
}

#[test]
fn two_pages_of_one_person_are_one_person() {
    let (mut world, ann, bob) = two_people(11);
    let second = world.join(ANN);
    world.set_idle(ann, true);
    world.pass(Span::from_secs(10));
    assert_eq!(told(&mut world, bob), [], "one of two is in use");
    world.set_idle(second, true);
    world.pass(Span::from_secs(10));
    assert_eq!(told(&mut world, bob), [Contact(Online, Idle)]);
    world.choose_status(second, Busy);
    world.pass(Span::from_secs(10));
    assert_eq!(world.session(ann).my_status(), Busy);
    world.signout(second);
    world.pass(Span::from_secs(20));
    assert_eq!(told(&mut world, bob), [Contact(Idle, Busy)], "the other page is still there");
    assert_eq!(world.session(ann).contacts().next().map(|who| &who.name), Some(&name(BOB)));
}

#[test]
fn what_one_page_says_about_idleness_holds_on_all_of_its_users_pages_at_once() {
    let (mut world, ann, bob) = two_people(12);
    let second = world.join(ANN);
    world.set_idle(ann, true);
    world.set_idle(second, true);
    world.pass(Span::from_secs(10));
    assert_eq!(told(&mut world, bob), [Contact(Online, Idle)]);
    let silent = IdleChoice { transmit: false, after: None };
    world.choose_idle(second, silent);
    world.pass(Span::from_secs(10));
    assert_eq!(world.session(ann).idle_choice(), Some(silent));
    assert_eq!(told(&mut world, bob), [Contact(Idle, Online)]);
    world.reload(ann);
    world.restart_hub();
    world.pass(Span::from_secs(90));
    assert_eq!(world.session(ann).idle_choice(), Some(silent));
    assert!(!told(&mut world, bob).contains(&Contact(Online, Idle)));
    world.choose_idle(ann, IdleChoice::NONE);
    world.pass(Span::from_secs(10));
    assert_eq!(told(&mut world, bob), [Contact(Online, Idle)], "nobody touched anything");
    world.quiet();
    world.assert_agreement();
}

#[test]
fn hidden_pages_are_back_within_a_minute_after_a_restart_and_not_all_at_once() {
    let mut world = World::new(9, HubConfig::default());
    let pages: Vec<_> = (0..10).map(|who| world.join(&format!("{who}@example.org"))).collect();
    for page in &pages {
        world.set_visible(*page, false);
        world.set_weather(*page, Weather::Refusing);
    }
    world.restart_hub();
    // A server that is away for long: the waits are as long as they become.
    world.pass(Span::from_secs(900));
    for page in &pages {
        world.set_weather(*page, Weather::Fair);
    }
    let mut back = Vec::new();
    for _ in 0..6 {
        world.pass(Span::from_secs(10));
        back.push(pages.iter().filter(|page| world.session(**page).is_signed_in()).count());
    }
    world.pass(Span::from_secs(3));
    assert!(pages.iter().all(|page| world.session(*page).is_signed_in()), "{back:?}");
    assert!(back[0] < 8, "{back:?}");
}

#[test]
fn hidden_pages_outlast_a_short_restart_without_seeming_gone() {
    let (mut world, ann, bob) = two_people(10);
    world.set_visible(ann, false);
    world.restart_hub();
    world.pass(Span::from_secs(30));
    assert!(!told(&mut world, bob).contains(&Contact(Online, Offline)));
    assert_eq!(world.seen(bob, ANN), Online);
}

#[test]
fn a_page_that_stands_still_is_there_and_idle_after_a_while() {
    let (mut world, ann, bob) = two_people(11);
    world.freeze(ann, false);
    world.pass(Span::from_secs(120));
    assert_eq!((told(&mut world, bob), world.seen(bob, ANN)), (vec![], Online));
    world.pass(Span::from_secs(3_600));
    assert_eq!(told(&mut world, bob), [Contact(Online, Idle)]);
    world.thaw(ann);
    world.pass(Span::from_secs(5));
    assert_eq!(told(&mut world, bob), [Contact(Idle, Online)]);
}
