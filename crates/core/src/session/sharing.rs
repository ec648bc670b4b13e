//! Several tabs, one connection: one tab leads and holds the link, the others follow.
//!
//! A follower's session is like any other, but its texts go through the leader, who hands the engine's on to all:
//! every tab sees the same numbers, so any of them can go on with the connection when the leader is gone.

use super::{Attempt, Failure, LeadWish, Numbering, Output, PeerMessage, Phase, Session, Timer};
use crate::{
    dialect::Dialect,
    hresult::HResult,
    limits::{LEADER_GRACE, QUIET_GRACE, WATCH_BATCH_MAX},
    message::{Notice, Signal, Welcome},
    signin_name::SigninName,
    time::Tick,
};

/// The role of a session among the tabs that share a connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// It shares with nobody.
    Alone,
    /// It holds the link. Data is of the connection that there is, or was last.
    Leader { epoch: u64, welcome: String },
    /// Another tab holds the link; the epoch is of the last connection that it told of.
    Follower { epoch: Option<u64> },
}

impl<D: Dialect> Session<D> {
    /// Takes whether this tab leads: `true` once the lock is granted, `false` where another tab has it, also when that
    /// one took it away. Before the first call a session shares with nobody.
    pub fn handle_lead(&mut self, leads: bool, now: Tick) {
        match (&self.role, leads) {
            (Role::Alone | Role::Follower { .. }, true) => {
                let followed = self.is_follower();
                self.role = Role::Leader { epoch: 0, welcome: String::new() };
                if followed {
                    self.change_link(now);
                }
            }
            (Role::Alone | Role::Leader { .. }, false) => {
                if self.phase != Phase::SignedOut {
                    self.output(Output::CloseLink);
                }
                self.role = Role::Follower { epoch: None };
                self.output(Output::Lead(LeadWish::Request));
                self.change_link(now);
            }
            (Role::Leader { .. }, true) | (Role::Follower { .. }, false) => {}
        }
    }

    /// Takes what another tab posted.
    pub fn handle_peer(&mut self, message: &PeerMessage, now: Tick) {
        if self.suspended.is_some() || matches!(self.phase, Phase::SignedOut) {
            return;
        }
        self.notice_sleep(now);
        match &self.role {
            Role::Alone => {}
            Role::Leader { .. } => self.follower_says(message, now),
            Role::Follower { .. } => self.leader_says(message, now),
        }
    }

    /// Says that the page is about to be frozen or put away: gives up the link, and the lead to another tab.
    pub fn suspend(&mut self, now: Tick) {
        if self.suspended.is_some() {
            return;
        }
        let attempt = match self.phase {
            Phase::SignedOut => return,
            Phase::Disconnecting => {
                self.output(Output::CloseLink);
                self.finish_signout();
                return;
            }
            Phase::Finding { attempt }
            | Phase::Connecting { attempt, .. }
            | Phase::Authenticating { attempt } => attempt,
            Phase::Synchronizing | Phase::Waiting | Phase::SignedIn => Attempt::ByItself,
        };
        self.leave_undecided();
        self.suspended = Some(attempt);
        self.token_refused = false;
        if self.is_follower() {
            let names = self.people.watched();
            self.output(Output::Post(PeerMessage::Unwatch(names)));
        } else {
            self.dialect.leave();
            self.flush();
            self.output(Output::CloseLink);
        }
        if self.role != Role::Alone {
            self.output(Output::Lead(LeadWish::Release));
        }
        for timer in [
            Timer::Signin,
            Timer::Reconnect,
            Timer::Quiet,
            Timer::Heartbeat,
            Timer::HeartbeatGrace,
            Timer::WatchBatch,
        ] {
            self.timers.clear(timer);
        }
        if self.is_connected() {
            self.quiet = true;
            self.lost_at = now;
        }
        self.forget_doubt();
        self.renewing_token = false;
        self.phase = Phase::Waiting;
    }

    /// Says that the page is back from [`Session::suspend`]: it connects at once.
    pub fn revive(&mut self, now: Tick) {
        let Some(attempt) = self.suspended.take() else { return };
        if self.quiet {
            if now.since(self.lost_at) > QUIET_GRACE {
                self.end_quiet(now);
            } else {
                self.timers.set(Timer::Quiet, self.lost_at + QUIET_GRACE);
            }
        }
        if self.role != Role::Alone {
            // Who watches whom has to be told anew: others may have taken the connection over.
            self.people.rewatch_all();
            self.role = Role::Follower { epoch: None };
            self.output(Output::Lead(LeadWish::Request));
        }
        self.find(attempt, now);
    }

    pub(super) const fn is_follower(&self) -> bool {
        matches!(self.role, Role::Follower { .. })
    }

    pub(super) const fn is_leader(&self) -> bool {
        matches!(self.role, Role::Leader { .. })
    }

    /// Hands on what the engine said, before it is acted upon.
    pub(super) fn share(&mut self, text: &str, notice: &Notice) {
        let connected =
            matches!(self.phase, Phase::SignedIn | Phase::Synchronizing | Phase::Disconnecting);
        let Role::Leader { epoch, welcome } = &mut self.role else { return };
        match notice {
            Notice::SignedIn(_) => {
                *epoch = self.backoff.random();
                text.clone_into(welcome);
            }
            _ if connected => {
                let text = said_over(*epoch, text);
                self.output(Output::Post(PeerMessage::FromServer(text)));
            }
            _ => {}
        }
    }

    /// Tells the followers that there is a connection.
    pub(super) fn tell_up(&mut self, resumed: bool) {
        if let Role::Leader { epoch, welcome } = &self.role {
            let message = PeerMessage::Up { epoch: *epoch, resumed, welcome: welcome.clone() };
            self.output(Output::Post(message));
        }
    }

    /// Tells the followers that there is none.
    pub(super) fn tell_down(&mut self) {
        if self.is_leader() {
            self.output(Output::Post(PeerMessage::Down { hidden: self.hidden }));
        }
    }

    /// Nobody is signed in any more: another tab may lead.
    pub(super) fn leave_peers(&mut self) {
        if self.role != Role::Alone {
            self.role = Role::Alone;
            self.output(Output::Lead(LeadWish::Release));
        }
    }

    /// A sign-in stops that may still wait to hear who leads: what it would hear then is not for the next one, which
    /// would find its own way and share with nobody.
    pub(super) fn leave_undecided(&mut self) {
        if self.role == Role::Alone && matches!(self.phase, Phase::Finding { .. }) {
            self.output(Output::Lead(LeadWish::Release));
        }
    }

    /// The way to the engine is another from now on: by the own link, or through another tab.
    fn change_link(&mut self, now: Tick) {
        match self.phase {
            _ if self.suspended.is_some() => {}
            Phase::SignedOut => {}
            Phase::SignedIn => {
                // A machine that slept may hear of the lead before it looks at the clock.
                self.doubt_silence(now);
                self.begin_quiet(now);
                self.find(Attempt::ByItself, now);
            }
            Phase::Synchronizing => self.find(Attempt::ByItself, now),
            Phase::Finding { attempt }
            | Phase::Connecting { attempt, .. }
            | Phase::Authenticating { attempt } => self.find(attempt, now),
            Phase::Waiting => self.reconnect_at(now),
            Phase::Disconnecting => self.finish_signout(),
        }
    }

    fn follower_says(&mut self, message: &PeerMessage, now: Tick) {
        match message {
            PeerMessage::Hello => match self.phase {
                // Whoever knows of this connection learns nothing; whoever does not has missed how it began.
                Phase::SignedIn => self.tell_up(false),
                Phase::Waiting if !self.quiet => self.tell_down(),
                _ => self.output(Output::Post(PeerMessage::Busy)),
            },
            PeerMessage::ToServer(text) => {
                let Role::Leader { epoch, .. } = self.role else { return };
                let text = heard_over(epoch, text);
                if let Some(text) = text
                    && matches!(self.phase, Phase::SignedIn | Phase::Synchronizing)
                {
                    self.output(Output::Transmit(text.to_owned()));
                }
            }
            PeerMessage::Unwatch(names) => {
                if self.is_connected() {
                    // A tab that goes away names everybody at once.
                    for names in names.chunks(WATCH_BATCH_MAX) {
                        self.say(Signal::Unwatch { names: names.to_vec() });
                    }
                }
                self.watch_again(names, now);
            }
            PeerMessage::Up { .. }
            | PeerMessage::Down { .. }
            | PeerMessage::Busy
            | PeerMessage::FromServer(_) => {}
        }
    }

    fn leader_says(&mut self, message: &PeerMessage, now: Tick) {
        match message {
            PeerMessage::Up { epoch, resumed, welcome } => {
                self.leader_is_up(*epoch, *resumed, welcome, now);
            }
            PeerMessage::Down { hidden: true } if !self.hidden => {
                self.output(Output::Lead(LeadWish::Steal));
            }
            PeerMessage::Down { .. } => {
                self.link_lost(Failure::new(HResult::MSGR_E_CONNECT), now);
            }
            PeerMessage::Busy => {
                if self.timers.is_set(Timer::HeartbeatGrace) {
                    self.timers.set(Timer::HeartbeatGrace, now + LEADER_GRACE);
                }
            }
            PeerMessage::FromServer(text) => self.engine_says(text, now),
            PeerMessage::Unwatch(names) => self.watch_again(names, now),
            PeerMessage::Hello | PeerMessage::ToServer(_) => {}
        }
    }

    fn engine_says(&mut self, text: &str, now: Tick) {
        let Role::Follower { epoch: Some(epoch) } = self.role else { return };
        let connected =
            matches!(self.phase, Phase::Synchronizing | Phase::SignedIn | Phase::Disconnecting);
        match heard_over(epoch, text) {
            Some(text) if connected => self.take_text(text, now),
            // Two tabs take themselves for the leader, as when one that stood still has not heard yet that it was
            // robbed. Which of their connections counts, the answer to a question shows; and what was missed of it,
            // the lists.
            None if self.is_connected() && self.numbering != Numbering::Lost => {
                self.lose_count(now);
                self.output(Output::Post(PeerMessage::Hello));
            }
            _ => {}
        }
    }

    fn leader_is_up(&mut self, epoch: u64, resumed: bool, welcome: &str, now: Tick) {
        let role = Role::Follower { epoch: Some(epoch) };
        let is_new = self.role != role;
        let attempt = match self.phase {
            Phase::SignedIn if !is_new => return self.link_answers(now),
            Phase::SignedIn | Phase::Synchronizing | Phase::Disconnecting if is_new => None,
            Phase::Connecting { attempt, .. } => Some(attempt),
            Phase::Waiting => Some(Attempt::ByItself),
            // Under way already.
            _ => return,
        };
        // Every script of the origin can post: what is no welcome says nothing of a connection.
        let Some(welcome) = self.read_welcome(welcome) else { return };
        if let Some(attempt) = attempt {
            if self.phase == Phase::Waiting {
                self.find(attempt, now);
            }
            self.role = role;
            self.attach(attempt, welcome, now);
            return;
        }
        if self.account.as_ref().is_none_or(|account| account.name != welcome.name) {
            return;
        }
        self.role = role;
        self.resume = welcome.resume;
        match self.phase {
            Phase::SignedIn => {
                self.link_answers(now);
                if !resumed {
                    self.resyncs = 0;
                    self.lose_count(now);
                }
                self.reconnected(resumed, now);
            }
            Phase::Disconnecting => self.say(Signal::Signout),
            // What was said over the connection before may not have been heard.
            _ => self.say(Signal::Resync),
        }
    }

    /// Joins the leader's connection.
    fn attach(&mut self, attempt: Attempt, welcome: Welcome, now: Tick) {
        self.timers.clear(Timer::HeartbeatGrace);
        self.phase = Phase::Authenticating { attempt };
        self.dialect.attach();
        self.heard(now);
        self.handle_notice(Notice::SignedIn(welcome), now);
        self.flush();
    }

    fn read_welcome(&mut self, text: &str) -> Option<Welcome> {
        self.dialect.receive(text);
        let mut read = None;
        while let Some(notice) = self.dialect.poll_notice() {
            if let Ok(Notice::SignedIn(welcome)) = notice {
                read = Some(welcome);
            }
        }
        read
    }

    /// Goes on over a new connection: what has no outcome is said again, the engine carries it out once. Over one that
    /// is not the old one resumed, only what was never said is.
    pub(super) fn reconnected(&mut self, resumed: bool, now: Tick) {
        if !resumed {
            self.people.rewatch_all();
        } else if self.numbering == Numbering::Lost {
            // The question for the lists may have gone down with the old connection.
            self.resync(now);
        }
        self.repeat_requests(resumed);
        self.flush_watches(now);
        self.report_idle(now);
    }

    /// Tells the engine again of people watched here, whom another tab has stopped watching.
    fn watch_again(&mut self, names: &[SigninName], now: Tick) {
        self.people.rewatch(names);
        self.collect_watches(now);
    }
}

/// Marks a text with the connection that it goes over.
pub(super) fn said_over(epoch: u64, text: &str) -> String {
    format!("{epoch} {text}")
}

/// Returns a text that went over that connection; `None` where it was another.
fn heard_over(epoch: u64, said: &str) -> Option<&str> {
    said.strip_prefix(&said_over(epoch, ""))
}
