//! Credentials that are not accepted, or not to be had: what passes by itself, and what does not.

use super::{Did::*, H, *};
use crate::limits::{CREDENTIALS_BACKOFF_MAX, LOOK_MIN, RETRY_AFTER_MAX};
use MiStatus::*;

/// A page with a token function that tries for ever, as those with elements do.
fn page() -> Client {
    Client::new(SessionOptions { renewable_token: true, keep_trying: true, ..<_>::default() })
}

/// The engine's refusal; with a time it may pass.
fn refusal(hr: HResult, retry_after: Option<u64>) -> Notice {
    Notice::Bye { hr, retry_after: retry_after.map(Span::from_millis), message: None }
}

impl Client {
    /// Gives token after token to an engine that refuses them, until the session waits.
    fn refused(&mut self, retry_after: Option<u64>) -> usize {
        let mut asked = 0;
        while self.session.my_status() == LocalFindingServer {
            asked += 1;
            self.token(Some("wrong"));
            self.link(LinkEvent::Opened);
            self.told([refusal(H::MSGR_E_INVALID_PASSWORD, retry_after)]);
        }
        asked
    }

    /// Lets the time until the next attempt pass, and returns how long it was.
    fn next_attempt(&mut self) -> Span {
        let (at, timer) = self.session.poll_timeout().expect("it comes back by itself");
        assert_eq!(timer, Timer::Reconnect);
        let waited = at.since(self.now);
        self.after(waited.as_millis());
        waited
    }
}

#[test]
fn a_refusal_that_may_pass_is_tried_again_with_a_token_each_until_one_is_accepted() {
    let mut client = page();
    client.session.signin(client.now).unwrap();
    client.drain();
    assert_eq!(client.refused(Some(5_000)), 2, "a fresh token is tried at once");
    for _ in 0..20 {
        assert!(client.next_attempt() >= Span::from_secs(5));
        assert_eq!(client.refused(Some(5_000)), 1, "and one each time from then on");
    }
    client.next_attempt();
    client.token(Some("right"));
    client.link(LinkEvent::Opened);
    let did = client.told([welcome("me@x"), snapshot(0, &[])]);
    assert!(did.contains(&Signin(H::S_OK)) && did.contains(&My(H::S_OK, Online)), "{did:?}");
}

#[test]
fn refused_pages_come_back_spread_over_minutes() {
    let waits: Vec<_> = (0..50)
        .map(|seed| {
            let options =
                SessionOptions { renewable_token: true, keep_trying: true, seed, ..<_>::default() };
            let mut client = Client::new(options);
            client.session.signin(client.now).unwrap();
            client.refused(Some(0));
            for _ in 0..12 {
                client.next_attempt();
                client.refused(Some(0));
            }
            client.next_attempt()
        })
        .collect();
    assert!(waits.iter().all(|wait| *wait <= CREDENTIALS_BACKOFF_MAX));
    let within = |from, to| {
        waits.iter().filter(|wait| (from..to).contains(&(wait.as_millis() / 1_000))).count()
    };
    assert!(within(0, 100) > 5 && within(100, 200) > 5 && within(200, 300) > 5, "{waits:?}");
}

#[test]
fn a_hostile_engine_cannot_send_a_page_away_for_ever() {
    let mut client = page();
    client.session.signin(client.now).unwrap();
    client.refused(Some(u64::MAX));
    let longest = RETRY_AFTER_MAX.as_millis() + CREDENTIALS_BACKOFF_MAX.as_millis();
    assert!(client.next_attempt().as_millis() <= longest);
}

#[test]
fn a_look_at_a_refused_page_tries_at_once_but_not_before_the_engine_wants_it() {
    let mut client = page();
    client.session.signin(client.now).unwrap();
    client.refused(Some(5_000));
    for _ in 0..12 {
        client.next_attempt();
        client.refused(Some(5_000));
    }
    client.session.handle_visibility(false, client.now);
    client.drain();
    client.now += Span::from_secs(5);
    client.session.handle_visibility(true, client.now);
    assert!(client.drain().contains(&Out(Output::WantToken { fresh: false })));
    client.refused(Some(5_000));
    client.session.handle_visibility(false, client.now);
    client.session.handle_visibility(true, client.now);
    assert_eq!(client.drain(), []);
    assert_eq!(client.next_attempt(), Span::from_secs(5));
}

#[test]
fn what_was_known_is_kept_as_stale_over_a_refusal_that_passes() {
    let mut client = page().signed_in(&[change("bob@x", Busy)]);
    client.told([refusal(H::MSGR_E_INVALID_PASSWORD, Some(5_000))]);
    client.after(5_500);
    client.refused(Some(5_000));
    assert_eq!(client.status_of("bob@x"), (Busy, true));
    client.next_attempt();
    client.token(Some("right"));
    client.link(LinkEvent::Opened);
    client.told([welcome("me@x"), snapshot(0, &[change("bob@x", Busy)])]);
    assert_eq!(client.status_of("bob@x"), (Busy, false));
}

#[test]
fn a_refusal_that_does_not_pass_is_the_end() {
    for hr in [H::MSGR_E_INVALID_PASSWORD, H::MSGR_E_SERVER_VERSION, H::MSGR_E_TOO_MANY_SESSIONS] {
        let mut client = page().signed_in(&[change("bob@x", Busy)]);
        client.link(LinkEvent::Closed);
        client.session.wake(client.now);
        for _ in 0..2 {
            client.token(Some("token"));
            client.link(LinkEvent::Opened);
            client.told([refusal(hr, None)]);
        }
        assert_eq!(client.session.poll_timeout(), None, "{hr}");
        assert!(client.session.account().is_none());
        client.session.handle_visibility(true, client.now);
        assert_eq!(client.drain(), [], "{hr}");
    }
}

#[test]
fn whatever_the_engine_says_may_pass_is_tried_again() {
    let mut client = page();
    client.dial();
    client.told([refusal(H::MSGR_E_TOO_MANY_SESSIONS, Some(60_000))]);
    assert!(client.next_attempt() >= Span::from_secs(60));
    assert_eq!(client.session.my_status(), LocalFindingServer);
}

#[test]
fn a_token_endpoint_that_is_down_is_asked_again_ever_more_rarely() {
    let mut client = page();
    client.session.signin(client.now).unwrap();
    client.drain();
    let mut waits = Vec::new();
    for _ in 0..40 {
        let failure = TokenFailure { message: "it answered 500".to_owned() };
        client.session.handle_token(Err(failure), client.now);
        client.drain();
        waits.push(client.next_attempt());
    }
    assert!(waits[0] <= Span::from_millis(500), "{waits:?}");
    assert!(waits.iter().max() > Some(&Span::from_secs(60)), "{waits:?}");
    assert!(waits.iter().max() <= Some(&CREDENTIALS_BACKOFF_MAX), "{waits:?}");
}

#[test]
fn where_nobody_is_logged_in_nothing_is_known_and_nobody_is_asked_until_somebody_looks() {
    let mut client = page().signed_in(&[change("bob@x", Busy)]);
    client.link(LinkEvent::Closed);
    client.session.wake(client.now);
    client.drain();
    let did = client.token(None);
    assert!(did.ends_with(&[My(H::MSGR_E_NOT_LOGGED_ON, Offline)]), "{did:?}");
    assert!(!did.contains(&Out(Output::OpenLink)));
    assert!(client.session.account().is_none());
    assert_eq!(client.session.contacts().count(), 0);
    assert_eq!(client.after(3_600_000), []);
    client.session.handle_visibility(false, client.now);
    client.session.handle_visibility(true, client.now);
    assert!(client.drain().contains(&Out(Output::WantToken { fresh: false })));
    client.token(Some("token"));
    client.link(LinkEvent::Opened);
    let did = client.told([welcome("me@x"), snapshot(0, &[])]);
    assert!(did.contains(&My(H::S_OK, Online)), "{did:?}");
}

#[test]
fn a_page_that_is_looked_at_again_and_again_asks_who_is_logged_in_now_and_then() {
    let mut client = page();
    client.session.signin(client.now).unwrap();
    let mut asked = 0;
    for _ in 0..100 {
        client.token(None);
        client.session.wake(client.now);
        client.now += Span::from_secs(1);
        client.session.handle_timeout(client.now);
        let did = client.drain();
        asked += u64::from(did.contains(&Out(Output::WantToken { fresh: false })));
    }
    assert!(asked >= 1 && asked <= 100_000 / LOOK_MIN.as_millis(), "{asked}");
}

#[test]
fn a_page_without_tokens_goes_by_a_name_or_by_nothing() {
    let named = SessionOptions {
        renewable_token: true,
        signin_name: Some(name("me@x")),
        ..SessionOptions::default()
    };
    for options in [named, SessionOptions::default()] {
        let mut client = Client::new(options);
        client.session.signin(client.now).unwrap();
        client.drain();
        assert!(client.token(None).contains(&Out(Output::OpenLink)));
    }
}

/// Returns the reasons that the session tells developers of, and drops everything else that it does.
fn reasons(client: &mut Client) -> Vec<(HResult, Option<String>)> {
    let mut reasons = Vec::new();
    while let Some(output) = client.session.poll_output() {
        if let Output::Event(Event::NotSignedIn { hr, message }) = output {
            reasons.push((hr, message));
        }
    }
    reasons
}

#[test]
fn a_reason_is_told_once_until_it_is_another_or_somebody_is_signed_in() {
    let mut client = page();
    let fail = |client: &mut Client, message: &str| {
        client.session.wake(client.now);
        let failure = TokenFailure { message: message.to_owned() };
        client.session.handle_token(Err(failure), client.now);
        reasons(client)
    };
    client.session.signin(client.now).unwrap();
    let told = |message: &str| vec![(H::MSGR_E_CONNECT, Some(message.to_owned()))];
    assert_eq!(fail(&mut client, "500"), told("500"));
    assert_eq!(fail(&mut client, "500"), []);
    assert_eq!(fail(&mut client, "404"), told("404"));
    client.reconnect(&[]);
    client.link(LinkEvent::Closed);
    assert_eq!(fail(&mut client, "404"), told("404"));
}

#[test]
fn a_server_that_is_away_for_a_while_is_no_news_and_one_that_was_never_there_is() {
    let mut client = page();
    client.session.signin(client.now).unwrap();
    for told in [1, 0] {
        client.session.wake(client.now);
        client.session.handle_token(Ok(Some(Token::new("token".to_owned()))), client.now);
        client.session.handle_link(LinkEvent::Closed, client.now);
        assert_eq!(reasons(&mut client), vec![(H::MSGR_E_CONNECT, None); told]);
    }
    client.reconnect(&[]);
    client.link(LinkEvent::Closed);
    client.session.wake(client.now);
    client.session.handle_token(Ok(Some(Token::new("token".to_owned()))), client.now);
    client.session.handle_link(LinkEvent::Closed, client.now);
    assert_eq!(reasons(&mut client), []);
}

#[test]
fn that_nobody_is_logged_in_is_no_fault() {
    let mut client = page();
    client.session.signin(client.now).unwrap();
    client.session.handle_token(Ok(None), client.now);
    assert_eq!(reasons(&mut client), []);
}

#[test]
fn a_fresh_token_whose_trial_was_cut_short_was_not_refused() {
    let mut client = page();
    client.dial();
    client.told([refusal(H::MSGR_E_INVALID_PASSWORD, None)]);
    client.token(Some("fresh"));
    client.link(LinkEvent::Opened);
    client.link(LinkEvent::Closed);
    client.next_attempt();
    assert_eq!(client.refused(None), 2);
}
