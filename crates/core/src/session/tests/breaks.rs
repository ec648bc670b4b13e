//! Lost connections: resumed unnoticed, found out late, given up, sought again only where that makes sense.

use super::*;
use crate::{
    chat::{ChatMessage, MessageId, MessageText},
    limits::{
        BACKOFF_MAX, BACKOFF_UNSEEN_MAX, HEARTBEAT_DEFAULT, HEARTBEAT_GRACE, LATE_GRACE,
        QUIET_GRACE, RECONNECT_TIMEOUT, SIGNIN_TIMEOUT, STALE_GRACE,
    },
    message::Resume,
    unread::Unread,
};

/// Returns a welcome whose connection can be resumed by the token, and that says whether it resumes one itself.
fn welcome_with(token: &str, resumed: bool) -> Notice {
    let Notice::SignedIn(welcome) = welcome("me@x") else { unreachable!() };
    Notice::SignedIn(Welcome { resume: Some(Token::new(token.to_owned())), resumed, ..welcome })
}

fn connected() -> Client {
    let mut client = Client::persistent();
    client.dial();
    client.told([welcome_with("first", false), snapshot(4, &[change("bob@x", Online)])]);
    client.requests();
    client
}

/// Lets the session try once more, up to the open link.
fn come_back(client: &mut Client) -> Vec<Did> {
    let (at, _) = client.session.poll_timeout().unwrap();
    client.now = at.max(client.now);
    client.session.handle_timeout(client.now);
    let mut did = client.drain();
    did.extend(client.token(None));
    did.extend(client.link(LinkEvent::Opened));
    did.retain(|did| !matches!(did, Out(_)));
    did
}

#[test]
fn a_short_break_is_resumed_without_anybody_being_told() {
    let mut client = connected();
    assert_eq!(client.link(LinkEvent::Closed), []);
    assert!(client.session.is_signed_in());
    assert_eq!(client.status_of("bob@x"), (Online, false));
    assert_eq!(come_back(&mut client), []);
    let resume = client.script.greetings.borrow().last().unwrap().resume.clone();
    assert_eq!(resume, Some(Resume { token: Token::new("first".to_owned()), seen: Seq(4) }));
    let missed = bob_is(5, Busy);
    assert_eq!(
        client.told([welcome_with("second", true), missed]),
        [Contact("bob@x", Online, Busy)]
    );
    assert_eq!(client.session.my_status(), Online);
}

#[test]
fn what_was_read_in_a_short_break_is_said_over_the_resumed_connection() {
    let mut client = connected();
    let of_bob = |count| {
        let newest = Some(MessageId(7));
        Update::Unread { unread: Unread { from: name("bob@x"), count, newest } }
    };
    let message = ChatMessage {
        id: MessageId(7),
        from: name("bob@x"),
        to: name("me@x"),
        text: MessageText::parse("hello").unwrap(),
        at: UnixMs::from_millis(1_790_000_000_000),
        delivered: false,
    };
    client.told([
        Notice::Update(Seq(5), Update::Message { message, request: None }),
        Notice::Update(Seq(6), of_bob(1)),
    ]);
    client.link(LinkEvent::Closed);
    client.session.mark_read(&name("bob@x"));
    assert_eq!(client.session.unread(&name("bob@x")), 0);
    come_back(&mut client);
    client.requests();
    client.told([welcome_with("second", true)]);
    let mark = Signal::MarkRead { from: name("bob@x"), up_to: MessageId(7) };
    assert!(client.requests().contains(&ClientMessage::Signal(mark)));
}

#[test]
fn a_break_that_lasts_is_told_and_what_was_known_becomes_stale() {
    let mut client = connected();
    client.link(LinkEvent::Closed);
    come_back(&mut client);
    let did = client.after(QUIET_GRACE.as_millis());
    assert_eq!(did, [My(H::MSGR_E_DISCONNECTED, LocalConnectingToServer)]);
    assert_eq!(client.status_of("bob@x"), (Online, true));
    let did = client.told([welcome_with("second", true)]);
    assert_eq!(did, [Signin(H::S_OK), My(H::S_OK, Online)]);
    client.told([Notice::Pong]);
    assert_eq!(client.status_of("bob@x"), (Online, false));
}

#[test]
fn what_was_known_is_believed_again_when_all_that_was_missed_is_known() {
    let mut client = connected();
    client.link(LinkEvent::Closed);
    come_back(&mut client);
    client.after(QUIET_GRACE.as_millis());
    client.requests();
    client.told([welcome_with("second", true)]);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Ping { seen: Some(Seq(4)) })]);
    assert_eq!(client.status_of("bob@x"), (Online, true));
    for (seq, status) in [(5, Busy), (6, Idle)] {
        client.told([bob_is(seq, status)]);
        assert_eq!(client.status_of("bob@x"), (status, true));
    }
    client.told([Notice::Pong]);
    assert_eq!(client.status_of("bob@x"), (Idle, false));
}

#[test]
fn the_first_attempt_that_fails_ends_the_silence() {
    let mut client = connected();
    client.link(LinkEvent::Closed);
    come_back(&mut client);
    assert_eq!(client.link(LinkEvent::Closed), [My(H::MSGR_E_DISCONNECTED, Offline)]);
    assert_eq!(client.status_of("bob@x"), (Online, true));
}

#[test]
fn a_connection_that_comes_back_has_longer_than_a_sign_in_that_somebody_waits_for() {
    let mut client = connected();
    client.link(LinkEvent::Closed);
    come_back(&mut client);
    client.after(SIGNIN_TIMEOUT.as_millis());
    client.after(LATE_GRACE.as_millis());
    assert_eq!(
        client.told([welcome_with("second", true)]),
        [Signin(H::S_OK), My(H::S_OK, Online)],
        "an engine that was busy answers late"
    );
    client.link(LinkEvent::Closed);
    come_back(&mut client);
    let did = client.after(RECONNECT_TIMEOUT.as_millis() - 1);
    assert!(!did.contains(&Out(Output::CloseLink)), "{did:?}");
    let did = client.after(1);
    assert!(did.contains(&Out(Output::CloseLink)), "{did:?}");
}

#[test]
fn requests_of_a_short_break_are_carried_out_after_it() {
    let mut client = connected();
    client.session.request(Command::SetStatus { intent: chosen(Busy) }, client.now).unwrap();
    client.link(LinkEvent::Closed);
    client.session.request(Command::AddContact { name: name("carol@x") }, client.now).unwrap();
    let before = client.requests();
    come_back(&mut client);
    client.told([welcome_with("second", true)]);
    let repeated = client.requests();
    assert_eq!(repeated[..1], before[..], "the request without outcome comes again, as it was");
    assert!(
        matches!(&repeated[1], ClientMessage::Request(Request { command: Command::AddContact { name }, .. }) if *name == super::name("carol@x"))
    );
}

#[test]
fn a_fresh_connection_carries_out_only_what_was_never_said() {
    let mut client = connected();
    client.session.request(Command::SetStatus { intent: chosen(Busy) }, client.now).unwrap();
    client.link(LinkEvent::Closed);
    client.session.request(Command::AddContact { name: name("carol@x") }, client.now).unwrap();
    client.requests();
    come_back(&mut client);
    let did = client.told([welcome_with("second", false), snapshot(0, &[change("bob@x", Online)])]);
    assert_eq!(did, [My(H::MSGR_E_DISCONNECTED, Online), Done(H::MSGR_E_DISCONNECTED)]);
    assert!(matches!(
        client.requests()[..],
        [ClientMessage::Request(Request { command: Command::AddContact { .. }, .. })]
    ));
}

#[test]
fn what_was_forgotten_is_not_resumed() {
    let mut client = connected();
    client.link(LinkEvent::Closed);
    come_back(&mut client);
    client.link(LinkEvent::Closed);
    client.session.handle_network(false, client.now);
    let did = client.after(STALE_GRACE.as_millis() + 1);
    assert_eq!(did.last(), Some(&Contact("bob@x", Online, Unknown)));
    client.session.handle_network(true, client.now);
    client.token(None);
    client.link(LinkEvent::Opened);
    assert_eq!(client.script.greetings.borrow().last().unwrap().resume, None);
}

#[test]
fn after_a_sleep_nothing_is_believed_until_the_engine_answers() {
    let mut client = connected();
    let silence = HEARTBEAT_DEFAULT.as_millis() + HEARTBEAT_GRACE.as_millis() + 1;
    client.after(silence);
    assert_eq!(client.status_of("bob@x"), (Online, true));
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Ping { seen: Some(Seq(4)) })]);
    client.told([bob_is(5, Busy)]);
    assert_eq!(client.status_of("bob@x"), (Busy, true), "said before the sleep, heard after it");
    client.told([Notice::Pong]);
    assert_eq!(client.status_of("bob@x"), (Busy, false));
}

#[test]
fn what_lay_in_the_link_over_a_sleep_is_not_believed() {
    let mut client = connected();
    client.requests();
    client.now +=
        Span::from_millis(HEARTBEAT_DEFAULT.as_millis() + HEARTBEAT_GRACE.as_millis() + 1);
    client.told([bob_is(5, Busy)]);
    assert_eq!(client.status_of("bob@x"), (Busy, true));
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Ping { seen: Some(Seq(4)) })]);
    client.told([Notice::Pong]);
    assert_eq!(client.status_of("bob@x"), (Busy, false));
}

#[test]
fn after_a_long_sleep_nothing_is_shown_and_all_of_it_fetched_anew() {
    let mut client = connected();
    let did = client.after(STALE_GRACE.as_millis() * 100);
    assert_eq!(did, [Contact("bob@x", Online, Unknown)]);
    client.requests();
    client.told([Notice::Pong]);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Resync)]);
    client.told([snapshot(9, &[change("bob@x", Busy)])]);
    assert_eq!(client.status_of("bob@x"), (Busy, false));
}

#[test]
fn a_hidden_page_comes_back_from_a_short_break_as_a_visible_one_does() {
    let mut client = connected();
    client.session.handle_visibility(false, client.now);
    assert_eq!(client.link(LinkEvent::Closed), []);
    assert_eq!(come_back(&mut client), []);
    assert_eq!(client.told([welcome_with("second", true)]), []);
    assert_eq!(client.session.my_status(), Online);
}

/// Returns the waits before the next attempts, each of which fails.
fn waits(client: &mut Client, attempts: usize) -> Vec<Span> {
    let wait = |_| {
        let before = client.now;
        while client.session.poll_timeout().unwrap().1 != Timer::Reconnect {
            let (at, _) = client.session.poll_timeout().unwrap();
            client.now = at;
            client.session.handle_timeout(at);
        }
        come_back(client);
        client.link(LinkEvent::Closed);
        client.now.since(before)
    };
    (0..attempts).map(wait).collect()
}

#[test]
fn a_page_that_nobody_looks_at_tries_more_rarely_and_for_ever_and_at_once_when_seen() {
    let mut client = connected();
    client.session.handle_visibility(false, client.now);
    client.link(LinkEvent::Closed);
    let waits = waits(&mut client, 100);
    assert!(waits.iter().all(|wait| *wait <= BACKOFF_UNSEEN_MAX), "{waits:?}");
    assert!(waits.iter().any(|wait| *wait > BACKOFF_MAX), "{waits:?}");
    client.session.handle_visibility(true, client.now);
    let did = client.drain();
    assert_eq!(did, [My(H::S_OK, LocalFindingServer), Out(Output::WantToken { fresh: false })]);
}

#[test]
fn a_platform_that_is_wrong_about_the_network_keeps_nobody_away() {
    let mut client = connected();
    client.session.handle_network(false, client.now);
    client.told([Notice::Pong]);
    client.link(LinkEvent::Closed);
    let waits = waits(&mut client, 100);
    assert!(waits.iter().all(|wait| *wait <= BACKOFF_UNSEEN_MAX), "{waits:?}");
    assert!(waits.iter().any(|wait| *wait > BACKOFF_MAX), "{waits:?}");
    for look in [
        |client: &mut Client| client.session.handle_visibility(true, client.now),
        |client: &mut Client| client.session.handle_network(true, client.now),
    ] {
        look(&mut client);
        assert!(client.drain().contains(&Out(Output::WantToken { fresh: false })));
        client.token(None);
        client.link(LinkEvent::Closed);
    }
}

/// Longer than anything is waited for, and too short for what is known to be forgotten.
const STANDSTILL: u64 = 30_000;

#[test]
fn a_page_that_stood_still_reads_the_answer_to_a_probe_before_it_gives_up() {
    let mut client = connected();
    client.after(HEARTBEAT_DEFAULT.as_millis());
    assert_eq!(client.after(STANDSTILL), [], "the pong may wait behind the timer");
    client.told([Notice::Pong]);
    assert_eq!(client.after(HEARTBEAT_GRACE.as_millis()), []);
    assert_eq!(client.session.my_status(), Online);
    assert_eq!(client.status_of("bob@x"), (Online, false));
}

#[test]
fn a_page_that_stood_still_reads_the_answer_to_its_sign_in() {
    let mut client = Client::persistent();
    client.dial();
    assert_eq!(client.after(STANDSTILL), []);
    client.told([welcome_with("first", false), snapshot(4, &[])]);
    assert_eq!(client.after(STANDSTILL), []);
    assert_eq!(client.session.my_status(), Online);
}

#[test]
fn a_page_that_stood_still_reads_the_outcome_of_a_request() {
    let mut client = connected();
    let id = client.session.request(Command::QueryStatus, client.now).unwrap();
    assert_eq!(client.after(STANDSTILL), []);
    let outcome = Outcome { id, hr: H::S_OK, message: None };
    assert_eq!(client.told([Notice::Update(Seq(5), Update::Outcome(outcome))]), [Done(H::S_OK)]);
}

#[test]
fn a_page_whose_timers_are_always_late_gives_a_dead_link_up_all_the_same() {
    let mut client = connected();
    client.after(STANDSTILL);
    client.after(STANDSTILL);
    let did = client.after(STANDSTILL);
    assert!(did.contains(&Out(Output::CloseLink)), "{did:?}");
}

#[test]
fn whoever_looks_does_not_come_back_before_the_engine_wants_it() {
    let mut client = connected();
    let bye = Notice::Bye {
        hr: H::MSGR_E_SERVER_SHUTDOWN,
        retry_after: Some(Span::from_secs(20)),
        message: None,
    };
    client.told([bye]);
    client.session.wake(client.now);
    assert_eq!(client.drain(), []);
    assert_eq!(
        client.session.poll_timeout(),
        Some((client.now + Span::from_secs(20), Timer::Reconnect))
    );
}

#[test]
fn a_dead_network_casts_doubt_at_once() {
    let mut client = connected();
    client.session.handle_network(false, client.now);
    assert_eq!(client.status_of("bob@x"), (Online, true));
    client.told([Notice::Pong]);
    assert_eq!(client.status_of("bob@x"), (Online, false), "the platform was wrong");
}

#[test]
fn an_engine_that_cannot_say_yet_leaves_the_last_value_as_stale() {
    let mut client = connected();
    let settling = Change { settling: true, ..change("bob@x", Unknown) };
    let did = client.told([Notice::Update(Seq(5), Update::Changes { changes: vec![settling] })]);
    assert_eq!(did, []);
    assert_eq!(client.status_of("bob@x"), (Online, true));
    let did = client.told([bob_is(6, Offline)]);
    assert_eq!(did, [Contact("bob@x", Online, Offline)]);
}

#[test]
fn a_page_that_was_put_away_for_a_moment_comes_back_unnoticed() {
    let mut client = connected();
    client.session.suspend(client.now);
    assert_eq!(client.drain(), [Out(Output::CloseLink)]);
    assert_eq!(client.link(LinkEvent::Closed), []);
    client.now += Span::from_millis(500);
    client.session.revive(client.now);
    assert_eq!(client.drain(), [Out(Output::WantToken { fresh: false })]);
    client.token(None);
    client.link(LinkEvent::Opened);
    assert_eq!(client.told([welcome_with("second", true)]), []);
}

#[test]
fn a_link_that_cannot_be_had_is_told_with_its_reason_and_tried_again_where_that_may_pass() {
    for (hr, is_tried) in [(H::E_INVALIDARG, false), (H::MSGR_E_CONNECT, true)] {
        let mut client = Client::persistent();
        client.session.signin(client.now).unwrap();
        client.token(None);
        client.session.handle_link(LinkEvent::Failed { hr, message: "no domain" }, client.now);
        let mut told = core::iter::from_fn(|| client.session.poll_output());
        let message = Some("no domain".to_owned());
        let is_it = |output: Output| {
            output == Output::Event(Event::NotSignedIn { hr, message: message.clone() })
        };
        assert!(told.any(is_it), "{hr}");
        assert_eq!(client.session.poll_timeout().is_some(), is_tried, "{hr}");
    }
}

#[test]
fn what_must_be_said_before_a_page_is_put_away_is_said() {
    let mut client = connected();
    client.script.last_words.replace(Some("bye".to_owned()));
    client.session.suspend(client.now);
    let last = Output::Transmit("bye".to_owned());
    assert_eq!(client.drain(), [Out(last), Out(Output::CloseLink)]);
}

#[test]
fn a_page_that_was_put_away_for_long_shows_nothing_that_is_old() {
    let mut client = connected();
    client.session.suspend(client.now);
    client.drain();
    client.now += Span::from_secs(3_600);
    client.session.revive(client.now);
    let did = client.drain();
    assert_eq!(did[..2], [Contact("bob@x", Online, Unknown), My(H::MSGR_E_DISCONNECTED, Offline)]);
}
