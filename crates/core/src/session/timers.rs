//! The session's deadlines: one slot for each reason.

use crate::{
    limits::{LATE, LATE_GRACE},
    time::Tick,
};

/// The reason why [`Session::handle_timeout`](super::Session::handle_timeout) is to be called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Timer {
    /// The sign-in took too long.
    Signin,
    /// The engine did not confirm the sign-out.
    Signout,
    /// The next attempt is due.
    Reconnect,
    /// A lost connection could not be resumed unnoticed.
    Quiet,
    /// Nothing was heard for a while: probe the link.
    Heartbeat,
    /// The probe was not answered.
    HeartbeatGrace,
    /// What was known before the connection was lost is too old to be shown.
    Stale,
    /// A request was not answered.
    Request,
    /// A gap was not closed, or has stayed closed for long enough.
    Resync,
    /// Collected watches are to be sent.
    WatchBatch,
    /// Something is due in the dialect.
    Dialect,
}

impl Timer {
    const ALL: [Self; 11] = [
        Self::Signin,
        Self::Signout,
        Self::Reconnect,
        Self::Quiet,
        Self::Heartbeat,
        Self::HeartbeatGrace,
        Self::Stale,
        Self::Request,
        Self::Resync,
        Self::WatchBatch,
        Self::Dialect,
    ];

    /// Whether it is for an answer, which may have come while the page could not look.
    const fn waits_for_answer(self) -> bool {
        matches!(
            self,
            Self::Signin | Self::HeartbeatGrace | Self::Request | Self::Resync | Self::Dialect
        )
    }
}

#[derive(Default, Debug)]
pub(super) struct Timers {
    slots: [Option<Tick>; Timer::ALL.len()],
    /// To when deadlines were put off that were looked at too late.
    put_off_to: Option<Tick>,
}

impl Timers {
    pub(super) const fn set(&mut self, timer: Timer, at: Tick) {
        self.slots[timer as usize] = Some(at);
    }

    pub(super) const fn clear(&mut self, timer: Timer) {
        self.slots[timer as usize] = None;
    }

    pub(super) fn clear_all(&mut self) {
        *self = Self::default();
    }

    pub(super) const fn is_set(&self, timer: Timer) -> bool {
        self.slots[timer as usize].is_some()
    }

    /// Returns the earliest deadline; of equal ones the first of the enumeration.
    pub(super) fn next(&self) -> Option<(Tick, Timer)> {
        Timer::ALL.into_iter().filter_map(|timer| Some((self.slots[timer as usize]?, timer))).min()
    }

    /// Clears and returns the earliest timer that is due.
    ///
    /// A page that stood still, as while it showed a dialogue, may look at a deadline before it reads the answer that came
    /// in time: what is looked at late is put off, once.
    pub(super) fn take_due(&mut self, now: Tick) -> Option<Timer> {
        loop {
            let (at, timer) = self.next().filter(|(at, _)| *at <= now)?;
            if !timer.waits_for_answer() || now <= at + LATE || self.put_off_to == Some(at) {
                self.clear(timer);
                return Some(timer);
            }
            let to = now + LATE_GRACE;
            self.put_off_to = Some(to);
            self.set(timer, to);
        }
    }
}
