//! Whether the connection still lives, and when to look: heartbeats, sleep, visibility, network.

use super::{Event, Failure, LeadWish, Output, PeerMessage, Phase, Role, Session, Timer};
use crate::{
    dialect::Dialect,
    hresult::HResult,
    limits::{BACKOFF_MAX, BACKOFF_UNSEEN_MAX, HEARTBEAT_GRACE, LEADER_GRACE, LEADER_PROBE},
    message::Signal,
    time::{Span, Tick},
};

/// The doubt about what was known, while the connection has not been given up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Doubt {
    None,
    /// Nothing was heard for too long, or not all that was missed has been told: values are marked stale until the
    /// engine answers.
    Stale,
    /// They became so old that they were forgotten.
    Forgotten,
}

impl<D: Dialect> Session<D> {
    /// Takes the network's state as the platform reports it. Back from down, a waiting session connects at once; down, it
    /// tries more rarely, since the platform may be wrong.
    pub fn handle_network(&mut self, up: bool, now: Tick) {
        self.network_down = !up;
        if up {
            self.wake(now);
            return;
        }
        match self.phase {
            Phase::Waiting => self.end_quiet(now),
            // The platform may be wrong, or mean another network: what was known is doubted, and the link probed.
            Phase::SignedIn => {
                self.doubt(now);
                self.probe(now);
            }
            _ => {}
        }
    }

    /// Takes whether the user can see the page. A hidden page comes back from a lost connection more rarely; one that is
    /// seen does at once, and makes sure of the link.
    pub fn handle_visibility(&mut self, visible: bool, now: Tick) {
        self.hidden = !visible;
        self.dialect.handle_visibility(visible);
        self.flush();
        if visible {
            self.wake(now);
        } else if self.is_follower() && self.is_connected() {
            self.timers.clear(Timer::Heartbeat);
            self.timers.clear(Timer::HeartbeatGrace);
        }
    }

    /// Says that the user looks at the page: a waiting session connects at once, a signed-in one probes the link.
    pub fn wake(&mut self, now: Tick) {
        if self.suspended.is_some() {
            return;
        }
        match self.phase {
            Phase::Waiting => self.reconnect_at(now),
            Phase::SignedIn if !self.timers.is_set(Timer::HeartbeatGrace) => {
                self.doubt_silence(now);
                self.probe(now);
            }
            _ => {}
        }
    }

    /// Returns the longest wait before a lost connection is sought again. Whoever is hidden is still there.
    pub(super) const fn longest_wait(&self) -> Span {
        if self.hidden || self.network_down { BACKOFF_UNSEEN_MAX } else { BACKOFF_MAX }
    }

    /// Something came from the engine.
    pub(super) fn heard(&mut self, now: Tick) {
        self.last_heard = now;
        if self.is_connected() {
            self.link_answers(now);
        }
    }

    /// The link, or the tab that holds it, gave a sign of life.
    pub(super) fn link_answers(&mut self, now: Tick) {
        self.timers.clear(Timer::HeartbeatGrace);
        match self.probe_interval() {
            Some(interval) => self.timers.set(Timer::Heartbeat, now + interval),
            None => self.timers.clear(Timer::Heartbeat),
        }
    }

    pub(super) fn probe(&mut self, now: Tick) {
        self.timers.clear(Timer::Heartbeat);
        let grace = if self.is_follower() {
            self.output(Output::Post(PeerMessage::Hello));
            LEADER_GRACE
        } else {
            HEARTBEAT_GRACE
        };
        self.timers.set(Timer::HeartbeatGrace, now + grace);
        // The leader's word says nothing of the engine.
        if !self.is_follower() || self.doubt != Doubt::None {
            self.say(Signal::Ping { seen: self.seen() });
        }
    }

    /// A probe was not answered.
    pub(super) fn give_up_on_link(&mut self, now: Tick) {
        if self.is_follower() {
            self.output(Output::Lead(LeadWish::Steal));
            // Until the lead is there, or in case it cannot be had.
            self.timers.set(Timer::HeartbeatGrace, now + LEADER_PROBE);
        } else {
            self.output(Output::CloseLink);
            self.link_lost(Failure::new(HResult::MSGR_E_DISCONNECTED), now);
        }
    }

    /// Doubts what is known where the engine was silent for longer than a living connection can be: the machine slept.
    pub(super) fn doubt_silence(&mut self, now: Tick) {
        if self.is_silent(now) {
            self.doubt(now);
        }
    }

    /// Looks at the clock before something is heard: whoever slept may hear what was said before, or another tab, ahead
    /// of the timers.
    pub(super) fn notice_sleep(&mut self, now: Tick) {
        if self.is_connected() && self.doubt == Doubt::None && self.is_silent(now) {
            self.doubt(now);
            self.probe(now);
        }
    }

    pub(super) fn is_silent(&self, now: Tick) -> bool {
        now.since(self.last_heard).as_millis()
            > self.heartbeat.as_millis() + HEARTBEAT_GRACE.as_millis()
    }

    fn doubt(&mut self, now: Tick) {
        if self.doubt == Doubt::None {
            self.doubt = Doubt::Stale;
            self.mark_stale(self.last_heard, now);
        }
    }

    /// The engine answers: whatever it had to say before has been heard, since a link loses nothing in the middle.
    /// Other words of it prove nothing: what came in while a machine slept is read in the order in which it was said.
    pub(super) fn believe(&mut self, now: Tick) {
        let doubt = core::mem::replace(&mut self.doubt, Doubt::None);
        match doubt {
            // What is missing was not said.
            _ if self.has_gap() => {}
            Doubt::None => {}
            Doubt::Stale => self.unmark_stale(),
            Doubt::Forgotten => self.lose_count(now),
        }
    }

    /// Marks what is known as stale since then, and forgets it where that is too long ago.
    pub(super) fn mark_stale(&mut self, since: Tick, now: Tick) {
        for name in self.people.mark_stale(since) {
            self.event(Event::Presence { name });
        }
        self.forget_stale(now);
    }

    pub(super) fn unmark_stale(&mut self) {
        for name in self.people.unmark_stale() {
            self.event(Event::Presence { name });
        }
    }

    fn probe_interval(&self) -> Option<Span> {
        match self.role {
            Role::Follower { .. } => (!self.hidden).then_some(LEADER_PROBE),
            _ => Some(self.heartbeat),
        }
    }
}
