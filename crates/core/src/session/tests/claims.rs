//! Claims about the user: who listens is told of them, and of the own status only where that has changed.

use super::*;
use crate::{
    claim::{Claim, ClaimId, ClaimKey, ClaimSource, KnownClaim, ServiceName},
    message::MyPresence,
    presence::Note,
};
use MiStatus::{InAMeeting, Online};

fn claimed(status: MiStatus) -> MyPresence {
    let key = ClaimKey {
        service: ServiceName::parse("calendar").unwrap(),
        id: ClaimId::parse("review").unwrap(),
    };
    let claim = Claim {
        source: ClaimSource::Calendar,
        status: InAMeeting,
        note: None,
        from: UnixMs::from_millis(1),
        until: UnixMs::from_millis(2),
    };
    let claims = [KnownClaim { key, claim, dismissed: false, in_force: false }].into();
    MyPresence { status, claims, ..me(Online) }
}

fn told(client: &mut Client, seq: u64, me: MyPresence) -> Vec<Did> {
    client.told([Notice::Update(Seq(seq), Update::MyStatus { me })])
}

#[test]
fn a_claim_for_later_is_no_change_of_the_status() {
    let mut client = Client::persistent().signed_in(&[]);
    let claims = Out(Output::Event(Event::Claims));
    assert_eq!(told(&mut client, 1, claimed(Online)), [claims]);
    assert_eq!(client.session.me().unwrap().claims.len(), 1);
    assert_eq!(
        told(&mut client, 2, claimed(Online)),
        [My(H::S_OK, Online)],
        "what is told again answers somebody"
    );
}

#[test]
fn the_claim_in_force_says_why_and_until_when() {
    let mut mine = claimed(InAMeeting);
    mine.intent.note = Note::parse("room 5").unwrap();
    assert_eq!(mine.presence().until, None, "what does not count says nothing");
    let mut known = mine.claims[0].clone();
    known.in_force = true;
    mine.claims = [known.clone()].into();
    let presence = mine.presence();
    assert_eq!(
        (presence.note, presence.until),
        (mine.intent.note.clone(), Some(mine.claims[0].claim.until))
    );
    known.claim.note = Note::parse("with Bob").unwrap();
    mine.claims = [known].into();
    assert_eq!(mine.presence().note, Note::parse("with Bob").unwrap());
}

#[test]
fn a_claim_that_begins_is_told_with_the_status() {
    let mut client = Client::persistent().signed_in(&[]);
    let did = told(&mut client, 1, claimed(InAMeeting));
    assert_eq!(did, [Out(Output::Event(Event::Claims)), My(H::S_OK, InAMeeting)]);
    let ignoring =
        MyPresence { ignored: [ClaimSource::Calendar].into_iter().collect(), ..claimed(Online) };
    let did = told(&mut client, 2, ignoring);
    assert_eq!(did, [Out(Output::Event(Event::Claims)), My(H::S_OK, Online)]);
}

#[test]
fn fresh_lists_tell_of_claims_that_are_others() {
    let mut client = Client::persistent().signed_in(&[]);
    let Notice::Snapshot(mut fresh) = snapshot(0, &[]) else { unreachable!() };
    fresh.me = claimed(Online);
    let did = client.told([Notice::Snapshot(fresh.clone())]);
    assert_eq!(did, [Out(Output::Event(Event::Claims))]);
    assert_eq!(client.told([Notice::Snapshot(fresh)]), []);
}
