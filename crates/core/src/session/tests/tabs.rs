//! Tabs that share a connection: who says what to whom, and takeovers.

use super::*;
use crate::limits::{LEADER_GRACE, LEADER_PROBE, WATCH_BATCH_MAX};

const EPOCH: u64 = 7;

fn up(epoch: u64, resumed: bool) -> PeerMessage {
    PeerMessage::Up { epoch, resumed, welcome: String::new() }
}

impl Client {
    fn peer(&mut self, message: &PeerMessage) -> Vec<Did> {
        self.session.handle_peer(message, self.now);
        self.drain()
    }

    /// Says what the leader is told by the engine.
    pub(super) fn shared(&mut self, notices: impl IntoIterator<Item = Notice>) -> Vec<Did> {
        self.script.incoming.borrow_mut().extend(notices);
        self.peer(&self.text_of_engine())
    }

    /// An empty text of the engine over the connection that there is.
    fn text_of_engine(&self) -> PeerMessage {
        PeerMessage::FromServer(said_over(self.epoch(), ""))
    }

    fn epoch(&self) -> u64 {
        match self.session.role {
            Role::Leader { epoch, .. } | Role::Follower { epoch: Some(epoch) } => epoch,
            _ => panic!("there is no connection"),
        }
    }

    fn leads(&mut self, leads: bool) -> Vec<Did> {
        self.session.handle_lead(leads, self.now);
        self.drain()
    }

    fn hears_up(&mut self, epoch: u64, resumed: bool) -> Vec<Did> {
        let Notice::SignedIn(welcome) = welcome("me@x") else { unreachable!() };
        let resume = Some(Token::new("shared".to_owned()));
        self.script
            .incoming
            .borrow_mut()
            .push_back(Notice::SignedIn(Welcome { resume, ..welcome }));
        self.peer(&up(epoch, resumed))
    }
}

pub(super) fn leader() -> Client {
    let mut client = Client::persistent();
    client.leads(true);
    client.signed_in(&[change("bob@x", Online)])
}

pub(super) fn follower() -> Client {
    let mut client = Client::persistent();
    assert_eq!(client.leads(false), [Out(Output::Lead(LeadWish::Request))]);
    client.session.signin(client.now).unwrap();
    assert!(client.drain().contains(&Out(Output::Post(PeerMessage::Hello))));
    client.hears_up(EPOCH, true);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Resync)]);
    client.shared([snapshot(4, &[change("bob@x", Online)])]);
    assert!(client.session.is_signed_in());
    client
}

#[test]
fn what_the_engine_asks_is_answered_by_the_leader_and_proves_the_connection_to_all() {
    let mut leader = leader();
    leader.requests();
    assert_eq!(leader.told([Notice::Ping]), [Out(Output::Post(leader.text_of_engine()))]);
    assert!(matches!(leader.requests()[..], [ClientMessage::Signal(Signal::Pong { .. })]));
    let mut follower = follower();
    follower.requests();
    follower.now += Span::from_secs(30);
    follower.shared([Notice::Ping]);
    assert_eq!(follower.requests(), []);
    follower.after(10_000);
    assert_eq!(follower.status_of("bob@x"), (Online, false));
}

#[test]
fn a_leader_hands_on_what_the_engine_says_and_says_what_followers_want() {
    let mut client = leader();
    let did = client.told([bob_is(1, Busy)]);
    assert_eq!(did, [Out(Output::Post(client.text_of_engine())), Contact("bob@x", Online, Busy)]);
    let did = client.peer(&PeerMessage::ToServer(said_over(client.epoch(), "a frame")));
    assert_eq!(did, [Out(Output::Transmit("a frame".to_owned()))]);
    assert!(matches!(
        client.peer(&PeerMessage::Hello)[..],
        [Out(Output::Post(PeerMessage::Up { .. }))]
    ));
}

#[test]
fn a_leader_without_connection_says_so() {
    let mut client = leader();
    let did = client.link(LinkEvent::Closed);
    assert!(did.contains(&Out(Output::Post(PeerMessage::Down { hidden: false }))), "{did:?}");
    let did = client.peer(&PeerMessage::Hello);
    assert_eq!(did, [Out(Output::Post(PeerMessage::Down { hidden: false }))]);
    client.session.wake(client.now);
    client.drain();
    assert_eq!(client.peer(&PeerMessage::Hello), [Out(Output::Post(PeerMessage::Busy))]);
}

#[test]
fn a_follower_signs_in_without_token_or_link() {
    let mut client = follower();
    assert!(client.script.greetings.borrow().is_empty());
    let did = client.shared([bob_is(5, Busy)]);
    assert_eq!(did, [Contact("bob@x", Online, Busy)]);
    client.shared([Notice::TokenExpiring { expires_in: Span::from_secs(60) }]);
    assert_eq!(client.drain(), [], "tokens are the leader's affair");
}

#[test]
fn a_follower_becomes_the_leader_unnoticed() {
    let mut client = follower();
    client.session.request(Command::SetStatus { intent: chosen(Busy) }, client.now).unwrap();
    let said = client.requests();
    assert_eq!(client.leads(true), [Out(Output::WantToken { fresh: false })]);
    assert!(client.session.is_signed_in());
    client.token(None);
    assert_eq!(client.link(LinkEvent::Opened), []);
    let resume = client.script.greetings.borrow().last().unwrap().resume.clone().unwrap();
    assert_eq!((resume.token.reveal(), resume.seen), ("shared", Seq(4)));
    let Notice::SignedIn(welcome) = welcome("me@x") else { unreachable!() };
    let did = client.told([Notice::SignedIn(Welcome { resumed: true, ..welcome })]);
    assert!(matches!(did[..], [Out(Output::Post(PeerMessage::Up { resumed: true, .. }))]));
    assert_eq!(client.requests(), said, "what has no outcome is said again");
}

#[test]
fn a_follower_repeats_what_has_no_outcome_to_a_new_connection() {
    let mut client = follower();
    client.session.request(Command::SetStatus { intent: chosen(Busy) }, client.now).unwrap();
    let said = client.requests();
    client.hears_up(EPOCH, true);
    assert_eq!(client.requests(), [], "the same connection has heard it");
    client.hears_up(EPOCH + 1, true);
    assert_eq!(client.requests(), said);
}

#[test]
fn what_a_robbed_leader_says_late_of_its_own_connection_is_not_believed() {
    let mut client = follower();
    client.script.incoming.borrow_mut().clear();
    client.script.incoming.borrow_mut().push_back(bob_is(5, Busy));
    let late = PeerMessage::FromServer(said_over(EPOCH + 1, ""));
    assert_eq!(client.peer(&late), [Out(Output::Post(PeerMessage::Hello))], "who leads?");
    client.script.incoming.borrow_mut().clear();
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Resync)]);
    assert_eq!(client.status_of("bob@x"), (Online, true), "until the lists say so");
    assert_eq!(client.peer(&late), [], "once is enough");
    client.hears_up(EPOCH, false);
    assert_eq!(client.requests(), [], "the connection is still the same");
    client.shared([snapshot(4, &[change("bob@x", Idle)])]);
    assert_eq!(client.status_of("bob@x"), (Idle, false));
}

#[test]
fn a_follower_that_did_not_hear_how_a_connection_began_asks_for_the_lists() {
    let mut client = follower();
    client.hears_up(EPOCH + 1, false);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Resync)]);
    client.shared([bob_is(5, Busy)]);
    assert_eq!(client.status_of("bob@x"), (Online, true), "a number of the other connection");
    client.shared([snapshot(9, &[change("bob@x", Idle)])]);
    assert_eq!(client.status_of("bob@x"), (Idle, false));
}

#[test]
fn a_leader_says_nothing_that_was_meant_for_another_connection() {
    let mut client = leader();
    let did = client.peer(&PeerMessage::ToServer(said_over(client.epoch() ^ 1, "a frame")));
    assert_eq!(did, []);
}

#[test]
fn what_a_new_connection_may_not_have_heard_is_said_again() {
    let mut client = Client::persistent();
    client.leads(false);
    client.session.signin(client.now).unwrap();
    client.hears_up(EPOCH, true);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Resync)]);
    client.hears_up(EPOCH + 1, true);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Resync)]);
    client.shared([snapshot(4, &[change("bob@x", Online)])]);
    client.session.signout(client.now).unwrap();
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Signout)]);
    client.hears_up(EPOCH + 2, true);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::Signout)]);
}

#[test]
fn a_leader_that_does_not_answer_loses_the_lead() {
    let mut client = follower();
    let did = client.after(LEADER_PROBE.as_millis());
    assert_eq!(did, [Out(Output::Post(PeerMessage::Hello))]);
    let did = client.after(LEADER_GRACE.as_millis());
    assert_eq!(did, [Out(Output::Lead(LeadWish::Steal))]);
}

#[test]
fn a_hidden_follower_leaves_a_silent_leader_alone() {
    let mut client = follower();
    client.session.handle_visibility(false, client.now);
    assert_eq!(client.after(LEADER_PROBE.as_millis() * 2), []);
    client.session.handle_visibility(true, client.now);
    assert!(client.drain().contains(&Out(Output::Post(PeerMessage::Hello))));
}

#[test]
fn a_visible_follower_takes_over_from_a_hidden_leader_without_connection() {
    let mut client = follower();
    let did = client.peer(&PeerMessage::Down { hidden: true });
    assert_eq!(did, [Out(Output::Lead(LeadWish::Steal))]);
    let did = client.peer(&PeerMessage::Down { hidden: false });
    assert_eq!(did, [My(H::MSGR_E_DISCONNECTED, Offline)]);
    assert_eq!(client.status_of("bob@x"), (Online, true));
}

#[test]
fn a_leader_whose_lead_is_taken_follows_unnoticed() {
    let mut client = leader();
    client.script.incoming.borrow_mut().clear();
    let did = client.leads(false);
    assert_eq!(
        did,
        [
            Out(Output::CloseLink),
            Out(Output::Lead(LeadWish::Request)),
            Out(Output::Post(PeerMessage::Hello))
        ]
    );
    assert!(client.session.is_signed_in());
    assert_eq!(client.hears_up(EPOCH, true), []);
    assert_eq!(client.shared([snapshot(9, &[change("bob@x", Online)])]), []);
}

#[test]
fn whom_one_tab_no_longer_watches_another_still_does() {
    let mut client = leader();
    client.session.watch(&name("carol@x"), client.now);
    client.after(16);
    client.requests();
    client.peer(&PeerMessage::Unwatch(vec![name("carol@x"), name("dave@x")]));
    client.after(16);
    let requests = client.requests();
    assert_eq!(
        requests[0],
        ClientMessage::Signal(Signal::Unwatch { names: vec![name("carol@x"), name("dave@x")] })
    );
    assert!(
        matches!(&requests[1..], [ClientMessage::Request(Request { command: Command::Watch { names }, .. })] if *names == [name("carol@x")])
    );
}

#[test]
fn a_tab_that_watched_many_leaves_them_by_the_batch() {
    let mut client = leader();
    let names: Vec<_> = (0..=WATCH_BATCH_MAX).map(|n| name(&format!("p{n}@x"))).collect();
    client.peer(&PeerMessage::Unwatch(names));
    let sizes = client.requests().into_iter().map(|request| match request {
        ClientMessage::Signal(Signal::Unwatch { names }) => names.len(),
        other => panic!("{other:?} is no unwatch"),
    });
    assert_eq!(sizes.collect::<Vec<_>>(), [WATCH_BATCH_MAX, 1]);
}

#[test]
fn a_sign_out_in_one_tab_is_one_in_all() {
    for mut client in [leader(), follower()] {
        client.script.incoming.borrow_mut().clear();
        let bye = Notice::Bye { hr: H::S_OK, retry_after: None, message: None };
        let did =
            if client.session.is_follower() { client.shared([bye]) } else { client.told([bye]) };
        assert!(did.contains(&Out(Output::Lead(LeadWish::Release))), "{did:?}");
        assert!(did.ends_with(&[Signout, My(H::S_OK, Offline)]), "{did:?}");
    }
}

#[test]
fn a_tab_that_is_put_away_gives_up_the_lead() {
    let mut client = leader();
    client.session.suspend(client.now);
    assert_eq!(client.drain(), [Out(Output::CloseLink), Out(Output::Lead(LeadWish::Release))]);
    client.session.revive(client.now);
    assert_eq!(
        client.drain(),
        [Out(Output::Lead(LeadWish::Request)), Out(Output::Post(PeerMessage::Hello))]
    );
}

#[test]
fn a_tab_that_is_put_away_before_it_hears_who_leads_does_not_wait_for_that() {
    let mut client = Client::persistent();
    client.session.signin(client.now).unwrap();
    client.drain();
    client.session.suspend(client.now);
    assert_eq!(client.drain(), [Out(Output::Lead(LeadWish::Release)), Out(Output::CloseLink)]);
}

#[test]
fn a_sign_in_that_times_out_before_it_hears_who_leads_does_not_wait_for_that() {
    let mut client = Client::persistent();
    client.session.signin(client.now).unwrap();
    client.drain();
    let did = client.after(15_000);
    assert_eq!(did[..2], [Out(Output::Lead(LeadWish::Release)), Out(Output::CloseLink)]);
}

#[test]
fn who_was_said_to_be_idle_is_said_to_be_back_also_over_the_next_connection_of_the_tabs() {
    let mut client = follower();
    client.session.set_idle(Some(Span::from_secs(300)), client.now);
    assert!(matches!(
        client.requests()[..],
        [ClientMessage::Signal(Signal::ReportIdle { idle_for: Some(_) })]
    ));
    client.peer(&PeerMessage::Down { hidden: false });
    client.session.set_idle(None, client.now);
    client.hears_up(EPOCH, true);
    client.requests();
    client.shared([snapshot(9, &[change("bob@x", Online)])]);
    assert_eq!(client.requests(), [ClientMessage::Signal(Signal::ReportIdle { idle_for: None })]);
}

#[test]
fn tabs_number_their_requests_far_from_each_other() {
    let first = |seed| {
        let mut client = Client::new(SessionOptions { seed, ..SessionOptions::default() });
        client = client.signed_in(&[]);
        client.session.request(Command::QueryStatus, client.now).unwrap().0
    };
    let (a, b) = (first(1), first(2));
    assert!(a.abs_diff(b) >= 1 << 20 && a.max(b) < 1 << 53);
}

#[test]
fn what_is_no_welcome_tells_of_no_connection() {
    let stray = |client: &mut Client| {
        client.script.incoming.borrow_mut().clear();
        assert_eq!(client.peer(&up(EPOCH + 1, true)), []);
    };
    let mut client = follower();
    stray(&mut client);
    assert_eq!(client.epoch(), EPOCH);
    client.peer(&PeerMessage::Down { hidden: false });
    stray(&mut client);
    client.after(60_000);
    stray(&mut client);
    client.hears_up(EPOCH + 1, true);
    client.shared([snapshot(9, &[change("bob@x", Busy)])]);
    assert_eq!(client.status_of("bob@x"), (Busy, false));
    assert!(client.session.is_signed_in());
}

#[test]
fn the_connection_of_somebody_else_is_not_joined_in_place_of_ones_own() {
    let mut client = follower();
    client.script.incoming.borrow_mut().push_back(welcome("eve@x"));
    assert_eq!(client.peer(&up(EPOCH + 1, false)), []);
    assert_eq!(client.epoch(), EPOCH);
}
