//! Counts what happened in a run, so that a run in which little happened is not taken for proof.

use core::fmt;

/// A count of each kind of event.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Tally {
    /// Everything that happened: what people did, what arrived, what was due, what became durable.
    pub steps: u64,
    /// Connections that broke, seen by both ends.
    pub breaks: u64,
    /// Connections that swallowed everything from then on.
    pub half_open: u64,
    /// Ends of the server without a word.
    pub kills: u64,
    /// Polite ends of the server.
    pub shutdowns: u64,
    /// Connections that started anew.
    pub fresh: u64,
    /// Connections that went on with one before.
    pub resumed: u64,
    /// Connections that were taken over while they still seemed alive.
    pub taken_over: u64,
    /// Texts that came twice.
    pub repeated: u64,
    /// Tabs that became leaders.
    pub leads: u64,
    /// Leads that were taken from a silent leader.
    pub stolen: u64,
    /// Machines that slept.
    pub sleeps: u64,
    /// Pages that stood still.
    pub freezes: u64,
    /// Times at which the calendar was set.
    pub clock_jumps: u64,
    /// Requests of services.
    pub claims: u64,
    /// Times at which the company put somebody into shared groups.
    pub regroupings: u64,
    /// Tokens that were refused.
    pub refused_tokens: u64,
    /// Tokens that were renewed without a break.
    pub renewed_tokens: u64,
    /// Writes that did not become durable.
    pub failed_writes: u64,
    /// Times of quiet after which everybody agreed.
    pub agreements: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = [
            ("steps", self.steps),
            ("breaks", self.breaks),
            ("half-open", self.half_open),
            ("kills", self.kills),
            ("shutdowns", self.shutdowns),
            ("fresh", self.fresh),
            ("resumed", self.resumed),
            ("taken over", self.taken_over),
            ("repeated", self.repeated),
            ("leads", self.leads),
            ("stolen", self.stolen),
            ("sleeps", self.sleeps),
            ("freezes", self.freezes),
            ("clock jumps", self.clock_jumps),
            ("claims", self.claims),
            ("regroupings", self.regroupings),
            ("refused tokens", self.refused_tokens),
            ("renewed tokens", self.renewed_tokens),
            ("failed writes", self.failed_writes),
            ("agreements", self.agreements),
        ];
        for (place, (what, count)) in rows.into_iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{what} {count}")?;
        }
        Ok(())
    }
}
