//! The session against a scripted engine, in virtual time.

use std::{cell::RefCell, rc::Rc, sync::Arc};

mod breaks;
mod chats;
mod choosing;
mod claims;
mod credentials;
mod gaps;
mod hostile;
mod idle;
mod lists;
mod reading;
mod tabs;

use super::*;
use crate::{
    claim::ClaimSources,
    dialect::DialectError,
    idle::IdleChoice,
    limits::BACKOFF_FORGIVEN_AFTER,
    message::{
        Change, ClientMessage, Command, Greeting, Notice, Outcome, Request, RequestId, Signal,
        Snapshot, Update, Welcome,
    },
    presence::{Intent, Presence, Source},
    time::UnixMs,
};

/// A dialect that passes notices through and records requests for the test to look at.
#[derive(Clone, Default)]
struct Script {
    incoming: Rc<RefCell<VecDeque<Notice>>>,
    greetings: Rc<RefCell<Vec<Greeting>>>,
    requests: Rc<RefCell<Vec<ClientMessage>>>,
    /// In how long something is due that no text brings, and what that is.
    due: Rc<RefCell<Option<(Span, Notice)>>>,
    /// What is said when the page goes.
    last_words: Rc<RefCell<Option<String>>>,
    transmit: Rc<RefCell<Option<String>>>,
}

impl Dialect for Script {
    fn subprotocol(&self) -> &'static str {
        "script"
    }

    fn open(&mut self, greeting: Greeting) {
        self.greetings.borrow_mut().push(greeting);
    }

    fn send(&mut self, message: ClientMessage) {
        self.requests.borrow_mut().push(message);
    }

    fn attach(&mut self) {}

    fn receive(&mut self, _text: &str) {}

    fn poll_timeout(&self) -> Option<Span> {
        self.due.borrow().as_ref().map(|(span, _)| *span)
    }

    fn handle_timeout(&mut self) {
        let due = self.due.take().map(|(_, notice)| notice);
        self.incoming.borrow_mut().extend(due);
    }

    fn leave(&mut self) {
        self.transmit.replace(self.last_words.take());
    }

    fn poll_transmit(&mut self) -> Option<String> {
        self.transmit.take()
    }

    fn poll_notice(&mut self) -> Option<Result<Notice, DialectError>> {
        self.incoming.borrow_mut().pop_front().map(Ok)
    }
}

struct Client {
    session: Session<Script>,
    script: Script,
    now: Tick,
}

/// What the session did, without the events that only repaint.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Did {
    Out(Output),
    My(HResult, MiStatus),
    Signin(HResult),
    Signout,
    Contact(&'static str, MiStatus, MiStatus),
    Added(HResult, &'static str),
    Removed(HResult, &'static str),
    Done(HResult),
}

const PEOPLE: [&str; 4] = ["me@x", "bob@x", "carol@x", "dave@x"];

fn name(text: &str) -> SigninName {
    SigninName::parse(text).unwrap()
}

fn known(name: &SigninName) -> &'static str {
    PEOPLE.into_iter().find(|person| *person == name.folded()).unwrap()
}

fn change(who: &str, status: MiStatus) -> Change {
    Change { name: name(who), friendly_name: None, presence: Presence::of(status), settling: false }
}

fn me(status: MiStatus) -> MyPresence {
    let intent = if status.is_settable() { chosen(status) } else { Intent::AUTOMATIC };
    MyPresence {
        status,
        intent,
        since: None,
        source: None,
        claims: Arc::default(),
        ignored: ClaimSources::NONE,
        idle: IdleChoice::NONE,
    }
}

fn chosen(status: MiStatus) -> Intent {
    Intent::chosen(status, Source::User)
}

fn welcome(who: &str) -> Notice {
    Notice::SignedIn(Welcome {
        name: name(who),
        friendly_name: "Me".to_owned(),
        heartbeat: Span::from_secs(25),
        server_time: UnixMs::from_millis(1_790_000_000_000),
        resume: None,
        resumed: false,
    })
}

/// Tells of a change of Bob.
fn bob_is(seq: u64, status: MiStatus) -> Notice {
    let update = Update::Changes { changes: vec![change("bob@x", status)] };
    Notice::Update(Seq(seq), update)
}

/// Tells of the own status.
fn i_am(seq: u64, status: MiStatus) -> Notice {
    Notice::Update(Seq(seq), Update::MyStatus { me: me(status) })
}

fn snapshot(seq: u64, contacts: &[Change]) -> Notice {
    Notice::Snapshot(Snapshot {
        seq: Seq(seq),
        me: me(MiStatus::Online),
        contacts: contacts.to_vec(),
        watched: Vec::new(),
        groups: Vec::new(),
        blocked: Vec::new(),
        requests: Vec::new(),
        unread: Vec::new(),
    })
}

impl Client {
    fn new(options: SessionOptions) -> Self {
        let script = Script::default();
        Self {
            session: Session::new(options, script.clone()),
            script,
            now: Tick::from_millis(1_000_000),
        }
    }

    fn persistent() -> Self {
        Self::new(SessionOptions { keep_trying: true, seed: 5, ..SessionOptions::default() })
    }

    fn drain(&mut self) -> Vec<Did> {
        let mut did = Vec::new();
        while let Some(output) = self.session.poll_output() {
            did.push(match output {
                Output::Event(
                    Event::Presence { .. }
                    | Event::Trouble { .. }
                    | Event::NotSignedIn { .. }
                    | Event::Chat { .. }
                    | Event::Choosing,
                ) => continue,
                Output::Event(Event::MyStatus { hr, status }) => Did::My(hr, status),
                Output::Event(Event::Signin { hr, .. }) => Did::Signin(hr),
                Output::Event(Event::Signout) => Did::Signout,
                Output::Event(Event::ContactStatus { name, previous, current }) => {
                    // Whoever is told must find the state already changed.
                    assert_eq!(
                        self.session.person(&name).map(|p| p.presence.status),
                        Some(current)
                    );
                    Did::Contact(known(&name), previous, current)
                }
                Output::Event(Event::ContactAdded { hr, name }) => Did::Added(hr, known(&name)),
                Output::Event(Event::ContactRemoved { hr, name }) => Did::Removed(hr, known(&name)),
                Output::Event(Event::Done { hr, .. }) => Did::Done(hr),
                other => Did::Out(other),
            });
        }
        did
    }

    fn after(&mut self, ms: u64) -> Vec<Did> {
        self.now += Span::from_millis(ms);
        self.session.handle_timeout(self.now);
        self.drain()
    }

    fn told(&mut self, notices: impl IntoIterator<Item = Notice>) -> Vec<Did> {
        self.script.incoming.borrow_mut().extend(notices);
        self.session.handle_link(LinkEvent::Text(""), self.now);
        self.drain()
    }

    fn link(&mut self, event: LinkEvent<'_>) -> Vec<Did> {
        self.session.handle_link(event, self.now);
        self.drain()
    }

    fn token(&mut self, token: Option<&str>) -> Vec<Did> {
        let token = token.map(|secret| Token::new(secret.to_owned()));
        self.session.handle_token(Ok(token), self.now);
        self.drain()
    }

    /// Gives a token where the page has them.
    fn some_token(&mut self) {
        self.token(self.session.options.renewable_token.then_some("token"));
    }

    fn dial(&mut self) {
        self.session.signin(self.now).unwrap();
        self.some_token();
        self.link(LinkEvent::Opened);
    }

    fn signed_in(mut self, contacts: &[Change]) -> Self {
        self.dial();
        self.told([welcome("me@x"), snapshot(0, contacts)]);
        assert!(self.session.is_signed_in());
        self.script.requests.borrow_mut().clear();
        self
    }

    fn reconnect(&mut self, contacts: &[Change]) -> Vec<Did> {
        self.come_back(snapshot(0, contacts))
    }

    fn come_back(&mut self, snapshot: Notice) -> Vec<Did> {
        self.session.wake(self.now);
        self.some_token();
        self.link(LinkEvent::Opened);
        self.told([welcome("me@x"), snapshot])
    }

    fn requests(&self) -> Vec<ClientMessage> {
        self.script.requests.take()
    }

    fn status_of(&self, who: &str) -> (MiStatus, bool) {
        let person = self.session.person(&name(who)).unwrap();
        (person.presence.status, person.is_stale())
    }
}

use Did::{Added, Contact, Done, My, Out, Removed, Signin, Signout};
use HResult as H;
use MiStatus::{
    Busy, Idle, LocalConnectingToServer, LocalDisconnectingFromServer, LocalFindingServer,
    LocalSynchronizingWithServer, Offline, Online, Unknown,
};

#[test]
fn signing_in_passes_through_every_state_in_the_documented_order() {
    let mut client = Client::new(SessionOptions::default());
    client.session.signin(client.now).unwrap();
    assert_eq!(
        client.drain(),
        [My(H::S_OK, LocalFindingServer), Out(Output::WantToken { fresh: false })]
    );
    assert_eq!(
        client.token(Some("t")),
        [My(H::S_OK, LocalConnectingToServer), Out(Output::OpenLink)]
    );
    assert_eq!(client.link(LinkEvent::Opened), []);
    assert_eq!(client.script.greetings.borrow()[0].token.as_ref().map(Token::reveal), Some("t"));
    assert_eq!(
        client.told([
            welcome("me@x"),
            snapshot(0, &[change("bob@x", Busy), change("dave@x", Offline)])
        ]),
        [
            Signin(H::S_OK),
            My(H::S_OK, LocalSynchronizingWithServer),
            Contact("bob@x", Offline, Busy),
            My(H::S_OK, Online),
        ]
    );
    assert_eq!(client.session.signin(client.now), Err(H::MSGR_E_ALREADY_LOGGED_ON));
}

#[test]
fn what_is_due_in_the_dialect_is_told_without_a_text() {
    let mut client = Client::persistent().signed_in(&[change("bob@x", MiStatus::Online)]);
    let bob = bob_is(1, MiStatus::Busy);
    client.script.due.replace(Some((Span::from_secs(3), bob)));
    assert_eq!(client.told([]), []);
    assert_eq!(client.after(2_999), []);
    let changed = Did::Contact("bob@x", MiStatus::Online, MiStatus::Busy);
    assert_eq!(client.after(1), [changed]);
    assert_eq!(client.after(3_000), []);
}

#[test]
fn signing_out_waits_for_the_engine_but_not_for_ever() {
    for answered in [true, false] {
        let mut client = Client::persistent().signed_in(&[change("bob@x", Busy)]);
        client.session.signout(client.now).unwrap();
        assert_eq!(client.drain(), [My(H::S_OK, LocalDisconnectingFromServer)]);
        assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Signout)]);
        let end = if answered {
            client.told([Notice::Bye { hr: H::S_OK, retry_after: None, message: None }])
        } else {
            client.after(5_000)
        };
        assert_eq!(end, [Out(Output::CloseLink), Signout, My(H::S_OK, Offline)]);
        assert_eq!(client.session.poll_timeout(), None);
        assert_eq!(client.session.contacts().count(), 0);
        assert_eq!(client.session.signout(client.now), Err(H::MSGR_E_NOT_LOGGED_ON));
    }
}

#[test]
fn a_signin_that_is_given_up_by_the_user_ends_at_once() {
    let mut client = Client::new(SessionOptions::default());
    client.session.signin(client.now).unwrap();
    client.drain();
    client.session.signout(client.now).unwrap();
    assert_eq!(
        client.drain(),
        [
            Out(Output::Lead(LeadWish::Release)),
            Out(Output::CloseLink),
            My(H::S_OK, LocalDisconnectingFromServer),
            Signin(H::MSGR_E_CANCEL),
            Signout,
            My(H::S_OK, Offline),
        ]
    );
    assert_eq!(client.token(Some("late")), []);
}

#[test]
fn a_signin_without_an_answer_ends_after_fifteen_seconds() {
    let mut client = Client::new(SessionOptions::default());
    client.dial();
    client.drain();
    assert_eq!(client.after(14_999), []);
    assert_eq!(
        client.after(1),
        [
            Out(Output::CloseLink),
            Signin(H::MSGR_E_LOGON_TIMEOUT),
            My(H::MSGR_E_LOGON_TIMEOUT, Offline)
        ]
    );
    assert_eq!(client.session.poll_timeout(), None);
}

#[test]
fn the_fifteen_seconds_include_the_search_for_a_token() {
    let mut client = Client::new(SessionOptions::default());
    client.session.signin(client.now).unwrap();
    client.drain();
    let end = client.after(15_000);
    assert!(end.contains(&Signin(H::MSGR_E_LOGON_TIMEOUT)), "{end:?}");
    assert_eq!(client.session.my_status(), Offline);
}

#[test]
fn a_refused_token_is_asked_for_once_more_and_then_never() {
    let refusal =
        || Notice::Bye { hr: H::MSGR_E_INVALID_PASSWORD, retry_after: None, message: None };
    let mut client = Client::new(SessionOptions {
        renewable_token: true,
        keep_trying: true,
        ..SessionOptions::default()
    });
    client.dial();
    assert_eq!(
        client.told([refusal()]),
        [
            Out(Output::CloseLink),
            My(H::S_OK, LocalFindingServer),
            Out(Output::WantToken { fresh: true })
        ]
    );
    client.token(Some("fresh"));
    client.link(LinkEvent::Opened);
    assert_eq!(
        client.told([refusal()]),
        [
            Out(Output::CloseLink),
            Signin(H::MSGR_E_INVALID_PASSWORD),
            My(H::MSGR_E_INVALID_PASSWORD, Offline)
        ]
    );
    assert_eq!(client.session.poll_timeout(), None, "waiting does not heal a wrong token");
}

#[test]
fn a_token_that_ends_while_it_is_used_is_followed_by_another_signin() {
    let options = SessionOptions { renewable_token: true, ..SessionOptions::default() };
    let mut client = Client::new(options).signed_in(&[]);
    let bye = Notice::Bye { hr: H::MSGR_E_INVALID_PASSWORD, retry_after: None, message: None };
    let told = client.told([bye]);
    assert!(!told.contains(&Signout), "{told:?}");
    assert!(client.session.poll_timeout().is_some(), "it comes back by itself");
}

#[test]
fn a_first_signin_is_tried_again_only_where_that_is_wanted() {
    for keep_trying in [false, true] {
        let mut client = Client::new(SessionOptions { keep_trying, ..SessionOptions::default() });
        client.session.signin(client.now).unwrap();
        client.token(None);
        let end = client.link(LinkEvent::Closed);
        assert_eq!(end, [Signin(H::MSGR_E_CONNECT), My(H::MSGR_E_CONNECT, Offline)]);
        assert_eq!(client.session.poll_timeout().is_some(), keep_trying);
    }
}

#[test]
fn a_lost_connection_keeps_what_was_known_as_stale_and_then_forgets_it() {
    let mut client = Client::persistent().signed_in(&[change("bob@x", Busy)]);
    assert_eq!(client.link(LinkEvent::Closed), [My(H::MSGR_E_DISCONNECTED, Offline)]);
    assert_eq!(client.status_of("bob@x"), (Busy, true));
    let contacts = |mut did: Vec<Did>| {
        did.retain(|did| matches!(did, Contact(..)));
        did
    };
    assert_eq!(contacts(client.after(59_999)), []);
    assert_eq!(contacts(client.after(1)), [Contact("bob@x", Busy, Unknown)]);
    assert_eq!(client.status_of("bob@x"), (Unknown, false));
}

#[test]
fn after_a_reconnect_only_differences_are_told() {
    let people = [change("bob@x", Busy), change("carol@x", Online)];
    let mut client = Client::persistent().signed_in(&people);
    client.link(LinkEvent::Closed);
    let did = client.reconnect(&[change("bob@x", Busy), change("dave@x", Idle)]);
    assert_eq!(
        did,
        [
            Signin(H::S_OK),
            My(H::S_OK, LocalSynchronizingWithServer),
            Removed(H::S_OK, "carol@x"),
            Added(H::S_OK, "dave@x"),
            Contact("dave@x", Offline, Idle),
            My(H::S_OK, Online),
        ]
    );
    assert_eq!(client.status_of("bob@x"), (Busy, false));
}

#[test]
fn somebody_else_on_the_same_page_starts_from_nothing() {
    let mut client = Client::persistent().signed_in(&[change("bob@x", Busy)]);
    client.link(LinkEvent::Closed);
    client.session.wake(client.now);
    client.token(None);
    client.link(LinkEvent::Opened);
    client.told([welcome("carol@x")]);
    assert!(client.session.person(&name("bob@x")).is_none());
}

#[test]
fn reconnects_wait_longer_each_time_and_start_over_after_a_success() {
    let mut client = Client::persistent().signed_in(&[]);
    client.link(LinkEvent::Closed);
    for bound in [500, 1_000, 2_000, 4_000] {
        let (at, timer) = client.session.poll_timeout().unwrap();
        assert_eq!(timer, Timer::Reconnect);
        assert!(at.since(client.now).as_millis() <= bound);
        client.now = at;
        client.session.handle_timeout(at);
        client.token(None);
        let end = client.link(LinkEvent::Closed);
        assert_eq!(end, [My(H::MSGR_E_CONNECT, Offline)], "retries are not announced as sign-ins");
    }
    client.reconnect(&[]);
    client.after(BACKOFF_FORGIVEN_AFTER.as_millis());
    client.link(LinkEvent::Closed);
    let (at, _) = client.session.poll_timeout().unwrap();
    assert!(at.since(client.now).as_millis() <= 500);
}

#[test]
fn an_engine_that_accepts_and_hangs_up_at_once_is_not_called_ever_faster() {
    let mut client = Client::persistent().signed_in(&[]);
    let mut waits = Vec::new();
    for _ in 0..12 {
        client.link(LinkEvent::Closed);
        let (at, _) = client.session.poll_timeout().unwrap();
        waits.push(at.since(client.now));
        client.now = at;
        client.reconnect(&[]);
    }
    assert!(waits.iter().any(|wait| *wait > Span::from_secs(5)), "{waits:?}");
}

#[test]
fn an_engine_that_hangs_up_before_the_snapshot_is_not_called_ever_faster() {
    let mut client = Client::persistent();
    client.now = Tick::from_millis(1_000_000);
    client.session.signin(client.now).unwrap();
    let mut waits = Vec::new();
    for _ in 0..12 {
        client.token(None);
        client.link(LinkEvent::Opened);
        client.told([welcome("me@x")]);
        client.link(LinkEvent::Closed);
        let (at, _) = client.session.poll_timeout().unwrap();
        waits.push(at.since(client.now));
        client.now = at;
        client.session.handle_timeout(at);
    }
    assert!(waits.iter().any(|wait| *wait > Span::from_secs(5)), "{waits:?}");
}

#[test]
fn the_engine_says_when_to_come_back() {
    let mut client = Client::persistent().signed_in(&[]);
    let did = client.told([Notice::Bye {
        hr: H::MSGR_E_SERVER_SHUTDOWN,
        retry_after: Some(Span::from_secs(9)),
        message: None,
    }]);
    assert_eq!(did, [Out(Output::CloseLink), My(H::MSGR_E_DISCONNECTED, Offline)]);
    let (at, _) = client.session.poll_timeout().unwrap();
    assert!(at.since(client.now) >= Span::from_secs(9));
}

#[test]
fn a_goodbye_that_waiting_cannot_heal_signs_out() {
    let mut client = Client::persistent().signed_in(&[change("bob@x", Busy)]);
    let did =
        client.told([Notice::Bye { hr: H::MSGR_E_REMOTE_LOGIN, retry_after: None, message: None }]);
    assert_eq!(did, [Out(Output::CloseLink), Signout, My(H::MSGR_E_REMOTE_LOGIN, Offline)]);
    assert_eq!(client.session.poll_timeout(), None);
}

#[test]
fn a_silent_link_is_probed_and_then_given_up() {
    let mut client = Client::persistent().signed_in(&[]);
    assert_eq!(client.after(25_000), []);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Ping { seen: Some(Seq(0)) })]);
    client.told([Notice::Pong]);
    client.after(25_000);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Ping { seen: Some(Seq(0)) })]);
    assert_eq!(client.after(10_000), [Out(Output::CloseLink), My(H::MSGR_E_DISCONNECTED, Offline)]);
}

#[test]
fn hostile_heartbeats_are_clamped() {
    for (told, expect) in [(1, 5_000), (u64::MAX, 55_000)] {
        let mut client = Client::new(SessionOptions::default());
        client.dial();
        let Notice::SignedIn(welcome) = welcome("me@x") else { unreachable!() };
        let welcome = Welcome { heartbeat: Span::from_millis(told), ..welcome };
        client.told([Notice::SignedIn(welcome), snapshot(0, &[])]);
        let (at, _) = client.session.poll_timeout().unwrap();
        assert_eq!(at.since(client.now), Span::from_millis(expect));
    }
}

#[test]
fn a_status_is_set_when_the_engine_says_so() {
    let mut client = Client::persistent().signed_in(&[]);
    let id =
        client.session.request(Command::SetStatus { intent: chosen(Busy) }, client.now).unwrap();
    assert_eq!(client.drain(), []);
    assert_eq!(client.session.my_status(), Online, "not before it is confirmed");
    assert_eq!(
        client.requests(),
        [ClientMessage::Request(Request {
            id,
            command: Command::SetStatus { intent: chosen(Busy) }
        })]
    );
    let did =
        client.told([i_am(1, Busy), Notice::Outcome(Outcome { id, hr: H::S_OK, message: None })]);
    assert_eq!(did, [My(H::S_OK, Busy), Done(H::S_OK)]);
}

#[test]
fn setting_the_value_it_has_is_answered_all_the_same() {
    let mut client = Client::persistent().signed_in(&[]);
    for seq in 1..=2 {
        let did = client.told([i_am(seq, Online)]);
        assert_eq!(did, [My(H::S_OK, Online)]);
    }
}

#[test]
fn a_status_that_is_refused_is_told_with_the_one_that_stays() {
    let mut client = Client::persistent().signed_in(&[]);
    let id =
        client.session.request(Command::SetStatus { intent: chosen(Busy) }, client.now).unwrap();
    let hr = H::MSGR_E_SERVER_UNAVAILABLE;
    assert_eq!(
        client.told([Notice::Outcome(Outcome { id, hr, message: None })]),
        [My(hr, Online), Done(hr)]
    );
    assert_eq!(client.told([Notice::Outcome(Outcome { id, hr, message: None })]), [], "told once");
}

#[test]
fn a_request_without_an_answer_ends() {
    let mut client = Client::persistent().signed_in(&[]);
    client.session.request(Command::AddContact { name: name("bob@x") }, client.now).unwrap();
    client.drain();
    client.now += Span::from_secs(10);
    client.told([Notice::Pong]);
    client.session.request(Command::QueryStatus, client.now).unwrap();
    let hr = H::MSGR_E_SERVER_UNAVAILABLE;
    assert_eq!(client.after(5_000), [Added(hr, "bob@x"), Done(hr)]);
    client.told([Notice::Pong]);
    assert_eq!(client.after(10_000), [Done(hr)]);
}

#[test]
fn requests_in_flight_end_with_the_connection() {
    let mut client = Client::persistent().signed_in(&[]);
    client.session.request(Command::SetStatus { intent: chosen(Busy) }, client.now).unwrap();
    client.session.request(Command::AddContact { name: name("bob@x") }, client.now).unwrap();
    let hr = H::MSGR_E_DISCONNECTED;
    assert_eq!(
        client.link(LinkEvent::Closed),
        [Done(hr), Added(hr, "bob@x"), Done(hr), My(hr, Offline)]
    );
}

#[test]
fn what_cannot_be_asked_is_refused_at_once() {
    let mut client = Client::persistent();
    assert_eq!(
        client.session.request(Command::SetStatus { intent: chosen(Busy) }, client.now),
        Err(H::MSGR_E_NOT_LOGGED_ON)
    );
    assert_eq!(
        client.session.request(Command::SetStatus { intent: chosen(Idle) }, client.now),
        Err(H::E_INVALIDARG)
    );
    let mut client = client.signed_in(&[]);
    for status in MiStatus::ALL.into_iter().filter(|status| !status.is_settable()) {
        assert_eq!(
            client.session.request(Command::SetStatus { intent: chosen(status) }, client.now),
            Err(H::E_INVALIDARG)
        );
    }
    assert_eq!(
        client.session.request(Command::RemoveContact { name: name("bob@x") }, client.now),
        Err(H::E_FAIL)
    );
    assert_eq!(client.drain(), []);
    for _ in 0..crate::limits::PENDING_REQUESTS_MAX {
        client.session.request(Command::QueryStatus, client.now).unwrap();
    }
    assert_eq!(
        client.session.request(Command::QueryStatus, client.now),
        Err(H::MSGR_E_SERVER_TOO_BUSY)
    );
}

#[test]
fn changes_are_told_with_the_status_before() {
    let mut client = Client::persistent().signed_in(&[change("bob@x", Offline)]);
    let did = client.told([bob_is(1, Busy)]);
    assert_eq!(did, [Contact("bob@x", Offline, Busy)]);
    let did = client.told([bob_is(2, Busy)]);
    assert_eq!(did, [], "a change that changes nothing is none");
}

#[test]
fn a_repeated_number_is_dropped() {
    let mut client = Client::persistent().signed_in(&[change("bob@x", Offline)]);
    let busy = bob_is(1, Busy);
    let idle = bob_is(1, Idle);
    client.told([busy, idle]);
    assert_eq!(client.status_of("bob@x"), (Busy, false));
}

#[test]
fn after_a_gap_the_lists_are_fetched_anew() {
    let mut client = Client::persistent().signed_in(&[change("bob@x", Offline)]);
    let change_at = |seq, status| bob_is(seq, status);
    assert_eq!(client.told([change_at(2, Busy), change_at(3, Idle)]), []);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Resync)], "once");
    assert_eq!(
        client.told([snapshot(3, &[change("bob@x", Idle)])]),
        [Contact("bob@x", Offline, Idle)]
    );
    assert_eq!(client.told([change_at(4, Online)]), [Contact("bob@x", Idle, Online)]);
}

#[test]
fn a_change_before_the_snapshot_is_not_applied() {
    let mut client = Client::persistent();
    client.dial();
    let early = bob_is(1, Busy);
    client.told([welcome("me@x"), early, snapshot(1, &[change("bob@x", Idle)])]);
    assert_eq!(client.status_of("bob@x"), (Idle, false));
}

#[test]
fn watches_are_sent_together_and_repeated_on_every_connection() {
    let mut client = Client::persistent();
    client.session.watch(&name("dave@x"), client.now);
    let mut client = client.signed_in(&[]);
    client.session.watch(&name("bob@x"), client.now);
    client.session.watch(&name("bob@x"), client.now);
    client.session.watch(&name("carol@x"), client.now);
    client.session.unwatch(&name("carol@x"), client.now);
    assert_eq!(client.requests(), []);
    client.after(16);
    let [ClientMessage::Request(Request { command: Command::Watch { names }, .. })] =
        &client.requests()[..]
    else {
        panic!("one request")
    };
    assert_eq!(*names, [name("bob@x")]);
    client.session.unwatch(&name("bob@x"), client.now);
    client.link(LinkEvent::Closed);
    client.reconnect(&[]);
    let [ClientMessage::Request(Request { command: Command::Watch { names }, .. })] =
        &client.requests()[..]
    else {
        panic!("one request")
    };
    assert_eq!(*names, [name("bob@x"), name("dave@x")]);
}

#[test]
fn somebody_watched_but_not_listed_raises_no_contact_event() {
    let mut client = Client::persistent().signed_in(&[]);
    client.session.watch(&name("bob@x"), client.now);
    let did = client.told([bob_is(1, Busy)]);
    assert_eq!(did, []);
    assert_eq!(client.status_of("bob@x"), (Busy, false));
}

#[test]
fn the_list_follows_the_engine() {
    let mut client = Client::persistent().signed_in(&[]);
    let did = client
        .told([Notice::Update(Seq(1), Update::ContactAdded { contact: change("bob@x", Busy) })]);
    assert_eq!(did, [Added(H::S_OK, "bob@x"), Contact("bob@x", Unknown, Busy)]);
    let did = client.told([Notice::Update(Seq(2), Update::ContactRemoved { name: name("bob@x") })]);
    assert_eq!(did, [Removed(H::S_OK, "bob@x")]);
    assert!(client.session.person(&name("bob@x")).is_none());
}

#[test]
fn idleness_is_told_once_and_taken_along_to_the_next_connection() {
    let mut client = Client::persistent().signed_in(&[]);
    client.session.set_idle(Some(Span::from_secs(300)), client.now);
    client.session.set_idle(Some(Span::from_secs(300)), client.now);
    assert_eq!(
        client.requests(),
        [ClientMessage::Signal(Signal::ReportIdle { idle_for: Some(Span::from_secs(300)) })]
    );
    client.link(LinkEvent::Closed);
    client.now += Span::from_secs(10);
    client.reconnect(&[]);
    let greetings = client.script.greetings.take();
    assert_eq!(greetings.last().unwrap().idle_for, Some(Span::from_secs(310)));
    client.session.set_idle(None, client.now);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::ReportIdle { idle_for: None })]);
}

#[test]
fn input_between_the_greeting_and_the_snapshot_is_told() {
    let mut client = Client::persistent();
    client.session.set_idle(Some(Span::from_secs(300)), client.now);
    client.dial();
    client.session.set_idle(None, client.now);
    client.told([welcome("me@x"), snapshot(0, &[])]);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::ReportIdle { idle_for: None })]);
}

#[test]
fn a_token_is_renewed_without_a_break() {
    let mut client = Client::persistent().signed_in(&[]);
    let expiring = || Notice::TokenExpiring { expires_in: Span::from_secs(60) };
    assert_eq!(client.told([expiring(), expiring()]), [Out(Output::WantToken { fresh: true })]);
    client.token(Some("fresh"));
    let requests = client.requests();
    let [ClientMessage::Request(Request { command: Command::RenewToken { token }, .. })] =
        &requests[..]
    else {
        panic!("one renewal")
    };
    assert_eq!(token.reveal(), "fresh");
    assert!(client.session.is_signed_in());
}

#[test]
fn an_engine_that_talks_out_of_turn_does_no_harm() {
    let mut client = Client::persistent();
    client.dial();
    client.told([
        snapshot(0, &[]),
        i_am(1, Busy),
        Notice::Outcome(Outcome { id: RequestId(77), hr: H::S_OK, message: None }),
        Notice::Update(Seq(1), Update::ContactRemoved { name: name("bob@x") }),
        Notice::TokenExpiring { expires_in: Span::ZERO },
        welcome("me@x"),
        welcome("carol@x"),
        snapshot(0, &[]),
    ]);
    assert!(client.session.is_signed_in());
    assert_eq!(client.session.account().unwrap().name, name("me@x"));
}

#[test]
fn timeouts_that_come_early_or_twice_do_nothing() {
    let mut client = Client::persistent().signed_in(&[]);
    assert_eq!(client.after(24_999), []);
    assert_eq!(client.requests(), []);
    client.after(1);
    client.after(0);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Ping { seen: Some(Seq(0)) })]);
}

#[test]
fn a_new_name_of_the_user_is_told_with_the_next_sign_in() {
    let called = |who: &str, friendly: &str| {
        let Notice::SignedIn(welcome) = welcome(who) else { unreachable!() };
        Notice::SignedIn(Welcome { friendly_name: friendly.to_owned(), ..welcome })
    };
    let mut client = Client::persistent().signed_in(&[]);
    for (who, friendly, previous) in
        [("me@x", "Me", None), ("me@x", "Myself", Some("Me")), ("carol@x", "Carol", None)]
    {
        client.session.signout(client.now).unwrap();
        client.after(10_000);
        client.dial();
        let did = client.told([called(who, friendly), snapshot(0, &[])]);
        let told = did.into_iter().find_map(|did| match did {
            Out(Output::Event(Event::MyFriendlyName { previous })) => Some(previous),
            _ => None,
        });
        assert_eq!(told.as_deref(), previous, "{friendly}");
    }
}
