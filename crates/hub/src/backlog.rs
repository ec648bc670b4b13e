//! The updates of one client, as far as it may still ask for them. Sends nothing.

use std::{collections::VecDeque, sync::Arc};

use mistatus_core::{
    footprint::Footprint,
    message::{Seq, Update},
};

/// Counts what a client is told, and keeps the last of it that the client has not confirmed.
#[derive(Default)]
pub(crate) struct Backlog {
    last: Seq,
    /// Ends with number `last`, without a gap.
    kept: VecDeque<Arc<Update>>,
    bytes: usize,
}

/// Bounds one [`Backlog`].
#[derive(Clone, Copy)]
pub(crate) struct BacklogMax {
    pub(crate) updates: usize,
    pub(crate) bytes: usize,
}

impl Backlog {
    /// Returns the number of the last update.
    pub(crate) const fn last(&self) -> Seq {
        self.last
    }

    /// Returns about how much memory is kept; what is shared counts in full.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Numbers an update and keeps it; the oldest ones give way.
    pub(crate) fn push(&mut self, update: Arc<Update>, max: BacklogMax) -> Seq {
        self.last = self.last.next();
        self.bytes += bytes(&update);
        self.kept.push_back(update);
        while self.kept.len() > max.updates || self.bytes > max.bytes {
            self.drop_oldest();
        }
        self.last
    }

    /// Forgets what the client has seen; a number that was never given confirms nothing.
    pub(crate) fn confirm(&mut self, seen: Seq) {
        if seen > self.last {
            return;
        }
        while !self.kept.is_empty() && self.before_kept() < seen {
            self.drop_oldest();
        }
        if self.kept.is_empty() {
            self.kept.shrink_to(SPARE);
        }
    }

    /// Whether everything after a number is kept.
    pub(crate) fn reaches(&self, seen: Seq) -> bool {
        self.before_kept() <= seen && seen <= self.last
    }

    /// Returns what is kept after a number, with the old numbers.
    pub(crate) fn after(&self, seen: Seq) -> impl Iterator<Item = (Seq, Arc<Update>)> {
        let mut seq = self.before_kept();
        self.kept.iter().filter_map(move |update| {
            seq = seq.next();
            (seq > seen).then(|| (seq, update.clone()))
        })
    }

    fn before_kept(&self) -> Seq {
        Seq(self.last.0 - self.kept.len() as u64)
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.kept.pop_front() {
            self.bytes -= bytes(&oldest);
        }
    }
}

/// Returns about how much memory an update takes with its place here.
fn bytes(update: &Arc<Update>) -> usize {
    size_of::<Arc<Update>>() + update.footprint()
}

/// How many places an empty backlog keeps for the next updates.
const SPARE: usize = 4;

#[cfg(test)]
mod tests {
    use mistatus_core::{
        hresult::HResult,
        message::{Outcome, RequestId},
        signin_name::SigninName,
    };

    use super::*;

    const MAX: BacklogMax = BacklogMax { updates: 3, bytes: 10_000 };

    fn outcome(id: u64) -> Arc<Update> {
        let hr = HResult::S_OK;
        Arc::new(Update::Outcome(Outcome { id: RequestId(id), hr, message: None }))
    }

    fn filled(count: u64) -> Backlog {
        let mut backlog = Backlog::default();
        for id in 1..=count {
            assert_eq!(backlog.push(outcome(id), MAX), Seq(id));
        }
        backlog
    }

    fn numbers(backlog: &Backlog, seen: u64) -> Vec<u64> {
        let number = |(seq, update): (Seq, Arc<Update>)| match &*update {
            Update::Outcome(outcome) if seq.0 == outcome.id.0 => seq.0,
            other => panic!("{other:?} was not pushed with {seq:?}"),
        };
        backlog.after(Seq(seen)).map(number).collect()
    }

    #[test]
    fn what_comes_after_a_number_is_kept_as_far_as_it_fits() {
        let backlog = filled(5);
        let reached: Vec<_> = (0..8).filter(|seen| backlog.reaches(Seq(*seen))).collect();
        assert_eq!(reached, [2, 3, 4, 5]);
        assert_eq!(numbers(&backlog, 2), [3, 4, 5]);
        assert_eq!(numbers(&backlog, 4), [5]);
        assert_eq!(numbers(&backlog, 5), [0; 0]);
    }

    #[test]
    fn what_is_confirmed_is_forgotten_and_nothing_else() {
        let mut backlog = filled(3);
        backlog.confirm(Seq(9));
        assert!(backlog.reaches(Seq(0)), "a number that was never given confirms nothing");
        backlog.confirm(Seq(2));
        backlog.confirm(Seq(1));
        assert_eq!(numbers(&backlog, 2), [3]);
        assert!(!backlog.reaches(Seq(1)));
        backlog.confirm(Seq(3));
        assert_eq!((backlog.bytes(), backlog.last()), (0, Seq(3)));
        assert!(backlog.reaches(Seq(3)));
    }

    #[test]
    fn memory_is_bounded_by_what_the_updates_hold() {
        let mut backlog = Backlog::default();
        let name = SigninName::parse(&"n".repeat(120)).expect("a valid name");
        let long = Arc::new(Update::ContactRemoved { name });
        let max = BacklogMax { updates: 100, bytes: 1_000 };
        for _ in 0..100 {
            backlog.push(long.clone(), max);
        }
        assert!(backlog.bytes() <= 1_000);
        assert!(backlog.reaches(Seq(98)) && !backlog.reaches(Seq(90)));
    }

    #[test]
    fn an_update_is_small_beside_what_it_holds() {
        // A client may keep some hundred of them, and there may be many clients.
        assert!(size_of::<Update>() <= 144, "{}", size_of::<Update>());
    }
}
