//! A token bucket: how often a connection may speak. Takes time as an input.

use mistatus_core::time::Tick;

use crate::limits::{RATE_BURST, RATE_PER_SECOND};

/// Counts what one connection may still send.
pub(crate) struct Bucket {
    /// In thousandths of a frame, so that whole milliseconds add up without loss.
    level: u64,
    last: Tick,
}

impl Bucket {
    pub(crate) fn full(now: Tick) -> Self {
        Self { level: CAPACITY, last: now }
    }

    /// Takes one frame out; `false` where none is left.
    pub(crate) fn take(&mut self, now: Tick) -> bool {
        let gained = now.since(self.last).as_millis().saturating_mul(u64::from(RATE_PER_SECOND));
        self.level = self.level.saturating_add(gained).min(CAPACITY);
        self.last = now;
        let enough = self.level >= FRAME;
        if enough {
            self.level -= FRAME;
        }
        enough
    }
}

const FRAME: u64 = 1000;
const CAPACITY: u64 = RATE_BURST as u64 * FRAME;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_and_the_rest_in_time() {
        let mut bucket = Bucket::full(Tick::from_millis(0));
        for _ in 0..RATE_BURST {
            assert!(bucket.take(Tick::from_millis(0)));
        }
        assert!(!bucket.take(Tick::from_millis(0)));
        let one = 1000 / u64::from(RATE_PER_SECOND);
        assert!(!bucket.take(Tick::from_millis(one - 1)));
        assert!(bucket.take(Tick::from_millis(one)));
        assert!(!bucket.take(Tick::from_millis(one)));
    }
}
