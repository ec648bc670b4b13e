//! How long to wait before the next attempt: exponential, with full jitter.
//!
//! Full jitter (any time between zero and the bound) spreads a mass reconnect best;
//! a flat table would bring everybody back together after a server restart.

use crate::{limits::BACKOFF_FIRST, time::Span};

#[derive(Debug)]
pub(super) struct Backoff {
    state: u64,
    failures: u32,
}

impl Backoff {
    pub(super) const fn new(seed: u64) -> Self {
        Self { state: seed, failures: 0 }
    }

    /// A connection was good: the next failure starts from the first bound again.
    pub(super) const fn reset(&mut self) {
        self.failures = 0;
    }

    /// Returns a wait below a bound that doubles with each call, up to the last.
    pub(super) fn next_delay(&mut self, last_bound: Span) -> Span {
        let bound = BACKOFF_FIRST
            .as_millis()
            .saturating_mul(1 << self.failures.min(16))
            .min(last_bound.as_millis());
        self.failures = self.failures.saturating_add(1);
        Span::from_millis(self.random() % (bound + 1))
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): spreads clients, is no secret.
    pub(super) const fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{BACKOFF_MAX, BACKOFF_UNSEEN_MAX, CREDENTIALS_BACKOFF_MAX};

    #[test]
    fn bounds_double_up_to_the_last() {
        let mut backoff = Backoff::new(7);
        for bound in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            assert!(backoff.next_delay(BACKOFF_MAX).as_millis() <= bound);
        }
        assert!((0..100).any(|_| backoff.next_delay(BACKOFF_UNSEEN_MAX) > BACKOFF_MAX));
        let longest =
            (0..100).map(|_| backoff.next_delay(CREDENTIALS_BACKOFF_MAX).as_millis()).max();
        assert!(longest.is_some_and(|ms| ms > 30_000 && ms <= 300_000), "{longest:?}");
        backoff.reset();
        assert!(backoff.next_delay(BACKOFF_MAX).as_millis() <= 500);
    }

    #[test]
    fn delays_of_different_seeds_are_spread_over_the_whole_range() {
        let delays: Vec<_> =
            (0..100).map(|seed| Backoff::new(seed).next_delay(BACKOFF_MAX).as_millis()).collect();
        assert!(delays.iter().any(|ms| *ms < 100) && delays.iter().any(|ms| *ms > 400));
    }
}
