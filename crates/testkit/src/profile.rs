//! One browser profile: its tabs share a channel and a lock, as browsers give them. Decides nothing about presence.

use std::collections::{BTreeMap, VecDeque};

use mistatus_core::time::{Span, Tick};

use crate::random::Random;

/// A machine with a browser profile.
#[derive(Default, Debug)]
pub(crate) struct Profile {
    /// Whether its tabs share one connection.
    pub(crate) shares: bool,
    pub(crate) network_down: bool,
    /// When one of its users signed out last.
    pub(crate) signed_out_at: Option<Tick>,
    lock: Lock,
    /// When the last message of one tab to another arrives: they keep their order.
    arrivals: BTreeMap<(usize, usize), Tick>,
}

/// A tab's claim to the lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Claim {
    None,
    /// It asked by this ticket, and may have been answered.
    Made(u64),
}

/// The way in which a tab asks for the lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Manner {
    IfFree,
    InLine,
    Steal,
}

/// The answer to a tab's claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Verdict {
    pub(crate) tab: usize,
    pub(crate) ticket: u64,
    pub(crate) granted: bool,
}

#[derive(Default, Debug)]
struct Lock {
    holder: Option<(usize, u64)>,
    line: VecDeque<(usize, u64)>,
    last: u64,
}

impl Profile {
    /// One whose tabs share a connection.
    pub(crate) fn sharing() -> Self {
        Self { shares: true, ..Self::default() }
    }

    /// Asks for the lock; returns the ticket, and who is to hear what.
    pub(crate) fn claim(&mut self, tab: usize, manner: Manner) -> (u64, Vec<Verdict>) {
        let lock = &mut self.lock;
        lock.last += 1;
        let ticket = lock.last;
        let verdict = |(tab, ticket), granted| Verdict { tab, ticket, granted };
        let mine = (tab, ticket);
        let heard = match (manner, lock.holder) {
            (_, None) => {
                lock.holder = Some(mine);
                vec![verdict(mine, true)]
            }
            (Manner::IfFree, Some(_)) => vec![verdict(mine, false)],
            (Manner::InLine, Some(_)) => {
                lock.line.push_back(mine);
                Vec::new()
            }
            (Manner::Steal, Some(robbed)) => {
                lock.holder = Some(mine);
                vec![verdict(robbed, false), verdict(mine, true)]
            }
        };
        (ticket, heard)
    }

    /// Gives the lock back or leaves the line; returns who has it now.
    pub(crate) fn leave(&mut self, tab: usize) -> Option<Verdict> {
        let lock = &mut self.lock;
        lock.line.retain(|(waiting, _)| *waiting != tab);
        if lock.holder.is_some_and(|(holder, _)| holder == tab) {
            lock.holder = lock.line.pop_front();
            return lock.holder.map(|(tab, ticket)| Verdict { tab, ticket, granted: true });
        }
        None
    }

    /// Returns when something that one tab says now is heard by another.
    pub(crate) fn arrival(
        &mut self,
        from: usize,
        to: usize,
        now: Tick,
        random: &mut Random,
    ) -> Tick {
        // Mostly at once, sometimes behind other work of a busy page.
        let bound = if random.below(50) == 0 { 300 } else { 6 };
        let last = self.arrivals.entry((from, to)).or_default();
        *last = (*last).max(now + Span::from_millis(random.below(bound)));
        *last
    }
}
