//! What the user chose about idleness: who listens is told of it, and the engine is told nothing that it forbids.

use super::*;
use crate::idle::IdleAfter;

const IDLE_FOR: Span = Span::from_secs(300);

fn silent() -> IdleChoice {
    IdleChoice { transmit: false, ..IdleChoice::NONE }
}

fn after(seconds: u64) -> IdleChoice {
    let after = IdleAfter::new(Span::from_secs(seconds)).unwrap();
    IdleChoice { after: Some(after), ..IdleChoice::NONE }
}

fn choosing(choice: IdleChoice) -> MyPresence {
    MyPresence { idle: choice, ..me(Online) }
}

fn chose(seq: u64, choice: IdleChoice) -> Notice {
    Notice::Update(Seq(seq), Update::MyStatus { me: choosing(choice) })
}

fn lists_with(choice: IdleChoice) -> Notice {
    let Notice::Snapshot(lists) = snapshot(0, &[]) else { unreachable!() };
    Notice::Snapshot(Snapshot { me: choosing(choice), ..lists })
}

fn told() -> Did {
    Out(Output::Event(Event::IdleChoice))
}

fn is_idle(idle_for: Option<Span>) -> ClientMessage {
    ClientMessage::Signal(Signal::ReportIdle { idle_for })
}

impl Client {
    fn idle(&mut self, idle_for: Option<Span>) {
        self.session.set_idle(idle_for, self.now);
    }
}

#[test]
fn a_choice_about_idleness_is_known_with_the_lists_and_is_no_change_of_the_status() {
    let mut client = Client::persistent();
    assert_eq!(client.session.idle_choice(), None);
    client.dial();
    let did = client.told([welcome("me@x"), lists_with(after(60))]);
    assert!(did.contains(&told()), "{did:?}");
    assert_eq!(client.session.idle_choice(), Some(after(60)));
    assert_eq!(client.told([chose(1, silent())]), [told()]);
    assert_eq!(client.told([lists_with(silent())]), [], "what is told anew is no news");
    assert_eq!(client.told([lists_with(after(60))]), [told()]);
    client.session.signout(client.now).unwrap();
    client.told([Notice::Bye { hr: H::S_OK, retry_after: None, message: None }]);
    assert_eq!(client.session.idle_choice(), None, "it was that of somebody who is gone");
}

#[test]
fn idleness_that_is_not_to_be_told_ends_and_begins_with_the_choice() {
    let mut client = Client::persistent().signed_in(&[]);
    client.idle(Some(IDLE_FOR));
    assert_eq!(client.requests(), [is_idle(Some(IDLE_FOR))]);
    client.told([chose(1, silent())]);
    assert_eq!(client.requests(), [is_idle(None)]);
    client.idle(None);
    client.idle(Some(IDLE_FOR));
    assert_eq!(client.requests(), []);
    client.now += Span::from_secs(10);
    client.told([chose(2, IdleChoice::NONE)]);
    let since_then = IDLE_FOR.as_millis() + 10_000;
    assert_eq!(client.requests(), [is_idle(Some(Span::from_millis(since_then)))]);
}

#[test]
fn a_choice_holds_over_a_lost_connection_and_its_greeting() {
    let mut client = Client::persistent().signed_in(&[]);
    client.told([chose(1, silent())]);
    client.idle(Some(IDLE_FOR));
    client.link(LinkEvent::Closed);
    client.after(2_500);
    assert_eq!(client.session.idle_choice(), Some(silent()));
    client.come_back(lists_with(silent()));
    assert_eq!(client.script.greetings.borrow().last().unwrap().idle_for, None);
    assert_eq!(client.requests(), []);
}

#[test]
fn whoever_signs_in_as_idle_takes_that_back_when_the_choice_is_known() {
    let mut client = Client::persistent();
    client.idle(Some(IDLE_FOR));
    client.dial();
    assert_eq!(client.script.greetings.borrow()[0].idle_for, Some(IDLE_FOR));
    client.told([welcome("me@x"), lists_with(silent())]);
    assert_eq!(client.requests(), [is_idle(None)]);
}

#[test]
fn lists_that_are_fetched_anew_bring_a_choice_into_force() {
    let mut client = Client::persistent().signed_in(&[]);
    client.idle(Some(IDLE_FOR));
    client.requests();
    client.told([lists_with(silent())]);
    assert_eq!(client.requests(), [is_idle(None)]);
}

#[test]
fn tabs_that_share_a_connection_know_the_choice_as_the_one_that_has_it() {
    let mut leader = tabs::leader();
    leader.idle(Some(IDLE_FOR));
    leader.requests();
    assert!(leader.told([chose(1, silent())]).contains(&told()));
    assert_eq!(leader.requests(), [is_idle(None)]);
    let mut follower = tabs::follower();
    follower.idle(Some(IDLE_FOR));
    follower.requests();
    assert_eq!(follower.shared([chose(5, silent())]), [told()]);
    assert_eq!(follower.session.idle_choice(), Some(silent()));
    assert_eq!(follower.requests(), [is_idle(None)]);
}

#[test]
fn a_choice_about_idleness_is_asked_of_the_engine_and_refused_where_nobody_is_signed_in() {
    let mut client = Client::persistent();
    let ask = |client: &mut Client| {
        client.session.request(Command::SetIdle { choice: silent() }, client.now)
    };
    assert_eq!(ask(&mut client), Err(H::MSGR_E_NOT_LOGGED_ON));
    let mut client = client.signed_in(&[]);
    let id = ask(&mut client).unwrap();
    let asked = Request { id, command: Command::SetIdle { choice: silent() } };
    assert_eq!(client.requests(), [ClientMessage::Request(asked)]);
    let done = Update::Outcome(Outcome { id, hr: H::S_OK, message: None });
    let did = client.told([chose(1, silent()), Notice::Update(Seq(2), done)]);
    assert_eq!(did, [told(), Done(H::S_OK)]);
}
