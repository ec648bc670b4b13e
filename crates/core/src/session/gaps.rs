//! Updates that are missing: what is known is doubted, and the whole of it asked for again, ever more rarely. An engine
//! that goes on leaving some out is given up for a new connection.

use super::{Numbering, Session, Timer};
use crate::{
    dialect::Dialect,
    limits::{BACKOFF_FORGIVEN_AFTER, RESYNC_WAIT, RESYNCS_MAX},
    message::Signal,
    time::{Span, Tick},
};

impl<D: Dialect> Session<D> {
    /// Whether updates are missing.
    pub(super) fn has_gap(&self) -> bool {
        self.is_connected() && self.numbering == Numbering::Lost
    }

    /// Updates are missing: nothing is shown as true any more until all of it has been told anew.
    pub(super) fn lose_count(&mut self, now: Tick) {
        self.numbering = Numbering::Lost;
        self.mark_stale(now, now);
        if self.resyncs == 0 {
            self.resync(now);
        } else {
            // However often the same happens, that comes no later for it.
            self.timers.set(Timer::Resync, self.resync_at);
        }
    }

    /// Asks for all of it. Nothing answers to the question itself: it may be refused, or get lost.
    pub(super) fn resync(&mut self, now: Tick) {
        self.resyncs += 1;
        self.wait_for_answer(now);
        self.say(Signal::Resync);
    }

    /// All of it has been told anew; whether that holds, time will show.
    pub(super) fn gap_closed(&mut self, now: Tick) {
        if self.resyncs > 0 {
            self.timers.set(Timer::Resync, now + BACKOFF_FORGIVEN_AFTER);
        }
    }

    pub(super) fn resync_due(&mut self, now: Tick) {
        if !self.has_gap() {
            self.resyncs = 0;
        } else if self.resyncs < RESYNCS_MAX {
            self.resync(now);
        } else {
            self.trouble(
                "the server left out updates, and did not make up for it when it was asked",
            );
            // For a tab that shares a connection, and does not get one of its own.
            self.wait_for_answer(now);
            self.give_up_on_link(now);
        }
    }

    /// Sets how long an answer may take; each time twice as long.
    fn wait_for_answer(&mut self, now: Tick) {
        let doubled = self.resyncs.clamp(1, RESYNCS_MAX) - 1;
        self.resync_at = now + Span::from_millis(RESYNC_WAIT.as_millis() << doubled);
        self.timers.set(Timer::Resync, self.resync_at);
    }
}
