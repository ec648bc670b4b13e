//! A choice made whenever: it is asked for once there is somebody to ask, and has one verdict.

use super::*;
use crate::presence::Note;
use MiStatus::{Away, Busy, Offline, Online};

/// Returns the statuses that the engine was asked for since the last time.
fn asked(client: &Client) -> Vec<MiStatus> {
    let status = |message| match message {
        ClientMessage::Request(Request { command: Command::SetStatus { intent }, .. }) => {
            Some(intent.status)
        }
        _ => None,
    };
    client.requests().into_iter().filter_map(status).collect()
}

#[test]
fn what_is_chosen_on_the_way_is_asked_for_once_signed_in() {
    let mut client = Client::persistent();
    client.dial();
    for status in [Away, Busy] {
        client.session.choose(chosen(status), client.now).unwrap();
        assert_eq!(client.session.choosing(), Some(status));
    }
    assert_eq!(asked(&client), []);
    client.told([welcome("me@x"), snapshot(0, &[])]);
    assert_eq!(asked(&client), [Busy], "the last one, once");
    assert_eq!(client.session.choosing(), Some(Busy));
    assert_eq!(client.told([i_am(1, Busy)]), [My(H::S_OK, Busy)]);
    assert_eq!(client.session.choosing(), None);
}

#[test]
fn note_and_end_go_with_the_status_that_they_belonged_to() {
    let mut client = Client::persistent();
    client.dial();
    client.session.choose(chosen(Busy), client.now).unwrap();
    let Notice::Snapshot(mut known) = snapshot(0, &[]) else { unreachable!() };
    known.me.intent.note = Note::parse("Reviewing").unwrap();
    known.me.intent.until = Some(UnixMs::from_millis(1));
    client.told([welcome("me@x"), Notice::Snapshot(known)]);
    client.session.choose(chosen(Online), client.now).unwrap();
    let intents = client.requests().into_iter().filter_map(|message| match message {
        ClientMessage::Request(Request { command: Command::SetStatus { intent }, .. }) => {
            Some((intent.status, intent.note, intent.until))
        }
        _ => None,
    });
    assert_eq!(intents.collect::<Vec<_>>(), [(Busy, None, None), (Online, None, None)]);
}

#[test]
fn what_is_chosen_between_two_attempts_waits_for_the_one_that_succeeds() {
    let mut client = Client::persistent().signed_in(&[]);
    client.link(LinkEvent::Closed);
    assert_eq!(client.session.my_status(), Offline, "it waits before it tries again");
    client.session.choose(chosen(Busy), client.now).unwrap();
    for _ in 0..2 {
        client.after(120_000);
        client.token(None);
        client.link(LinkEvent::Closed);
        assert_eq!(client.session.choosing(), Some(Busy), "an attempt that fails loses nothing");
    }
    client.after(120_000);
    client.token(None);
    client.link(LinkEvent::Opened);
    client.told([welcome("me@x"), snapshot(0, &[])]);
    assert_eq!(asked(&client), [Busy]);
}

#[test]
fn what_was_chosen_on_the_way_ends_with_the_sign_in_that_it_waited_for() {
    let mut client = Client::persistent();
    client.dial();
    client.session.choose(chosen(Busy), client.now).unwrap();
    client.session.signout(client.now).unwrap();
    assert_eq!(client.session.choosing(), None);
    assert_eq!(client.session.choose(chosen(Busy), client.now), Err(H::MSGR_E_NOT_LOGGED_ON));
    client.drain();
    client.dial();
    client.told([welcome("me@x"), snapshot(0, &[])]);
    assert_eq!(asked(&client), []);
    assert_eq!(client.session.choose(chosen(MiStatus::Idle), client.now), Err(H::E_INVALIDARG));
}

#[test]
fn each_choice_has_one_verdict_whatever_ends_it() {
    let hr = H::MSGR_E_DISCONNECTED;
    let choose_two = |client: &mut Client| {
        for status in [Busy, Away] {
            client
                .session
                .request(Command::SetStatus { intent: chosen(status) }, client.now)
                .unwrap();
        }
    };
    let verdicts = |did: Vec<Did>| {
        did.into_iter().filter(|did| matches!(did, My(verdict, _) if *verdict == hr)).count()
    };
    let mut signed_out = Client::persistent().signed_in(&[]);
    choose_two(&mut signed_out);
    signed_out.session.signout(signed_out.now).unwrap();
    assert_eq!(verdicts(signed_out.drain()), 2);
    let mut lost = Client::persistent().signed_in(&[]);
    choose_two(&mut lost);
    assert_eq!(verdicts(lost.link(LinkEvent::Closed)), 2, "the loss is the verdict of the last");
    let mut confirmed = Client::persistent().signed_in(&[]);
    choose_two(&mut confirmed);
    assert_eq!(confirmed.told([i_am(1, Busy)]), [My(H::S_OK, Busy)]);
    assert_eq!(confirmed.session.choosing(), Some(Away));
    assert_eq!(verdicts(confirmed.link(LinkEvent::Closed)), 1, "the other was told");
    assert_eq!(confirmed.session.my_status(), Offline);
    assert_eq!(lost.session.choosing(), None);
}

#[test]
fn what_is_chosen_while_a_break_is_not_told_yet_survives_its_becoming_a_loss() {
    let with_token = |token: &str, resumed| {
        let Notice::SignedIn(known) = welcome("me@x") else { unreachable!() };
        let resume = Some(Token::new(token.to_owned()));
        Notice::SignedIn(Welcome { resume, resumed, ..known })
    };
    for resumes in [true, false] {
        let mut client = Client::persistent();
        client.dial();
        client.told([with_token("first", false), snapshot(4, &[])]);
        client.link(LinkEvent::Closed);
        assert!(client.session.is_signed_in(), "nobody is told of a short break");
        client.session.choose(chosen(Busy), client.now).unwrap();
        if resumes {
            let (soon, _) = client.session.poll_timeout().unwrap();
            client.now = client.now.max(soon);
        } else {
            client.now += Span::from_secs(120);
        }
        client.after(0);
        client.token(None);
        client.link(LinkEvent::Opened);
        assert_eq!(client.session.choosing(), Some(Busy));
        assert_eq!(asked(&client), []);
        client.told([with_token("second", resumes)]);
        if !resumes {
            client.told([snapshot(0, &[])]);
        }
        assert_eq!(asked(&client), [Busy], "resumed: {resumes}");
    }
}

#[test]
fn what_was_chosen_on_another_device_meanwhile_is_newer() {
    for (source, stays) in [(Source::User, true), (Source::Expiry, false)] {
        let mut client = Client::persistent().signed_in(&[]);
        client.link(LinkEvent::Closed);
        client.session.choose(chosen(Busy), client.now).unwrap();
        client.after(120_000);
        client.token(None);
        client.link(LinkEvent::Opened);
        let Notice::Snapshot(mut known) = snapshot(0, &[]) else { unreachable!() };
        known.me.status = Away;
        known.me.intent = Intent::chosen(Away, source);
        let told = client.told([welcome("me@x"), Notice::Snapshot(known)]);
        assert_eq!(asked(&client).is_empty(), stays, "{source:?}");
        assert_eq!(told.contains(&My(H::MSGR_E_CANCEL, Away)), stays);
        assert_eq!(client.session.choosing().is_none(), stays);
    }
}

#[test]
fn an_answer_to_a_choice_that_no_engine_may_give_is_no_verdict() {
    for (hr, tells) in [
        (HResult::from_number(5), true),
        (H::S_FALSE, true),
        (H::MSGR_E_LIST_FULL, true),
        (HResult::from_number(-1), true),
        (H::S_OK, false),
    ] {
        let mut client = Client::persistent().signed_in(&[]);
        let command = Command::SetStatus { intent: chosen(Busy) };
        let id = client.session.request(command, client.now).unwrap();
        client.drain();
        if tells {
            client.told([i_am(1, Online)]);
        }
        let did = client.told([Notice::Outcome(Outcome { id, hr, message: None })]);
        let hr = H::MSGR_E_UNEXPECTED;
        assert_eq!(did, [My(hr, Online), Done(hr)], "one verdict, at once");
        assert_eq!(client.after(16_000), [], "and no other");
    }
}
