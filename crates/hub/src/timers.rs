//! The five kinds of deadlines, ordered. Decides nothing.

use std::collections::BTreeSet;

use mistatus_core::{
    signin_name::SigninName,
    time::{Tick, UnixMs},
};

use crate::{
    client::ClientId,
    config::CALENDAR_RECHECK,
    io::{ConnectionId, Timer},
};

/// Holds what is to happen when.
#[derive(Default)]
pub(crate) struct Timers {
    pub(crate) heartbeats: BTreeSet<(Tick, ConnectionId)>,
    pub(crate) departures: BTreeSet<(Tick, SigninName)>,
    /// By the calendar, since an end is an instant.
    pub(crate) expiries: BTreeSet<(UnixMs, SigninName)>,
    /// When a claim about somebody begins or ends; by the calendar, too. One entry a user, the earliest.
    pub(crate) claims: BTreeSet<(UnixMs, SigninName)>,
    /// Lost clients, until when they may come back.
    pub(crate) windows: BTreeSet<(Tick, ClientId)>,
}

impl Timers {
    /// Takes when a claim about somebody begins or ends next.
    pub(crate) fn move_claim(
        &mut self,
        name: &SigninName,
        from: Option<UnixMs>,
        to: Option<UnixMs>,
    ) {
        if let Some(before) = from {
            self.claims.remove(&(before, name.clone()));
        }
        self.claims.extend(to.map(|edge| (edge, name.clone())));
    }

    /// Returns the earliest deadline; those of the calendar are translated by the two clocks' last readings.
    pub(crate) fn next(&self, now: Tick, wall: UnixMs) -> Option<(Tick, Timer)> {
        let heartbeat = self.heartbeats.first().map(|(at, _)| (*at, Timer::Heartbeat));
        let departure = self.departures.first().map(|(at, _)| (*at, Timer::Departure));
        let by_calendar = |until: &UnixMs| now + until.since(wall).min(CALENDAR_RECHECK);
        let expiry = self.expiries.first().map(|(until, _)| (by_calendar(until), Timer::Expiry));
        let claim = self.claims.first().map(|(edge, _)| (by_calendar(edge), Timer::Claim));
        let window = self.windows.first().map(|(at, _)| (*at, Timer::ResumeWindow));
        [heartbeat, departure, expiry, claim, window]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
    }
}
