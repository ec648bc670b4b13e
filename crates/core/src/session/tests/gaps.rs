//! Updates that are missing: what is known is doubted, asked for again, and in the end sought over a new connection.

use super::*;
use crate::limits::{QUIET_GRACE, RESYNC_WAIT, RESYNCS_MAX, STALE_GRACE};

const RESYNC: ClientMessage = ClientMessage::Signal(Signal::Resync);

fn connected() -> Client {
    Client::persistent().signed_in(&[change("bob@x", Online)])
}

/// Leaves an update out.
fn gap(client: &mut Client, seq: u64) -> Vec<Did> {
    client.told([bob_is(seq + 2, Busy)])
}

fn resyncs(client: &Client) -> usize {
    client.requests().into_iter().filter(|said| *said == RESYNC).count()
}

fn refused() -> Notice {
    let message = "too many frames".to_owned();
    Notice::Refused { hr: H::MSGR_E_SERVER_TOO_BUSY, message }
}

#[test]
fn what_was_known_before_a_gap_is_doubted_until_all_of_it_was_told_anew() {
    let mut client = connected();
    assert_eq!(gap(&mut client, 0), []);
    assert_eq!(client.status_of("bob@x"), (Online, true));
    // That the link lives says nothing of what is missing.
    client.told([Notice::Pong, bob_is(3, Idle)]);
    assert_eq!(client.status_of("bob@x"), (Online, true));
    client.told([snapshot(3, &[change("bob@x", Idle)])]);
    assert_eq!(client.status_of("bob@x"), (Idle, false));
    assert_eq!(resyncs(&client), 1);
}

#[test]
fn a_question_that_is_refused_or_not_answered_is_asked_again_ever_more_rarely() {
    let mut client = connected();
    gap(&mut client, 0);
    assert_eq!(resyncs(&client), 1);
    let mut wait = RESYNC_WAIT.as_millis();
    for _ in 1..RESYNCS_MAX {
        client.told([refused()]);
        client.after(wait - 1);
        assert_eq!(resyncs(&client), 0);
        client.after(1);
        assert_eq!(resyncs(&client), 1);
        wait *= 2;
    }
    assert_eq!(client.status_of("bob@x"), (Online, true));
    client.told([Notice::Ping]);
    let did = client.after(wait);
    assert!(did.contains(&Out(Output::CloseLink)), "{did:?}");
    // What was left out is in no connection that goes on with this one.
    client.after(QUIET_GRACE.as_millis());
    client.reconnect(&[change("bob@x", Idle)]);
    assert_eq!(client.script.greetings.borrow().last().unwrap().resume, None);
    assert_eq!(client.status_of("bob@x"), (Idle, false));
}

#[test]
fn nothing_that_is_older_than_the_grace_is_shown_while_updates_are_missing() {
    let mut client = connected();
    gap(&mut client, 0);
    let mut did = Vec::new();
    // The engine goes on answering to everything but that question.
    for _ in 0..STALE_GRACE.as_millis() / 1_000 {
        client.told([Notice::Ping, Notice::Pong]);
        did.extend(client.after(1_000));
    }
    assert!(did.contains(&Contact("bob@x", Online, Unknown)), "{did:?}");
}

#[test]
fn a_gap_after_each_answer_leads_to_a_new_connection_and_to_no_storm_of_questions() {
    let mut client = connected();
    let (mut questions, mut seq, mut ended) = (0, 0, false);
    for _ in 0..60 {
        // As many answers as anybody likes, each with a gap behind it.
        for _ in 0..100 {
            seq += 3;
            client.told([snapshot(seq, &[change("bob@x", Online)])]);
            gap(&mut client, seq);
        }
        questions += resyncs(&client);
        ended = client.after(1_000).contains(&Out(Output::CloseLink));
        if ended {
            break;
        }
    }
    assert!(ended && questions == RESYNCS_MAX as usize, "{questions}");
}

#[test]
fn a_gap_that_stays_closed_is_forgotten() {
    let mut client = connected();
    for round in 0..10 {
        let seq = round * 10;
        gap(&mut client, seq);
        assert_eq!(resyncs(&client), 1, "at once");
        client.told([snapshot(seq + 10, &[change("bob@x", Online)])]);
        client.after(BACKOFF_FORGIVEN_AFTER.as_millis());
        client.told([Notice::Pong]);
        client.requests();
    }
    assert!(client.session.is_signed_in());
}
