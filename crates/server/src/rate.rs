//! Token buckets: how often a connection, and a user with all connections together, may speak. Takes time as an input.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use mistatus_core::{signin_name::SigninName, time::Tick};

/// Tells how much may be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// Frames at once.
    pub burst: u32,
    /// Frames a second for long.
    pub per_second: u32,
}

/// Counts what may still be sent.
#[derive(Debug)]
pub(crate) struct Bucket {
    rate: Rate,
    /// In thousandths of a frame, so that whole milliseconds add up without loss.
    level: u64,
    last: Tick,
}

/// The token bucket that all connections of a user share.
pub(crate) type SharedBucket = Arc<Mutex<Bucket>>;

/// Keeps the buckets of users. They outlive the connections until they are full again, so that connecting anew
/// does not fill them.
#[derive(Debug)]
pub(crate) struct UserRates {
    rate: Rate,
    users: Mutex<Users>,
}

#[derive(Debug)]
struct Users {
    buckets: BTreeMap<SigninName, SharedBucket>,
    /// With so many, those that nobody needs are dropped.
    sweep_at: usize,
}

impl Bucket {
    pub(crate) fn full(rate: Rate, now: Tick) -> Self {
        Self { rate, level: u64::from(rate.burst) * FRAME, last: now }
    }

    /// Takes so many frames out; `false`, and nothing is taken, where there are not as many left.
    pub(crate) fn take(&mut self, frames: u32, now: Tick) -> bool {
        self.refill(now);
        let wanted = u64::from(frames) * FRAME;
        let enough = self.level >= wanted;
        if enough {
            self.level -= wanted;
        }
        enough
    }

    /// Returns how long after the last call of [`Bucket::take`] there are as many frames; never, where the bucket does not
    /// hold them.
    pub(crate) fn wait(&self, frames: u32) -> Duration {
        let missing = (u64::from(frames) * FRAME).saturating_sub(self.level);
        Duration::from_millis(missing.div_ceil(u64::from(self.rate.per_second).max(1)))
    }

    fn refill(&mut self, now: Tick) {
        let rate = u64::from(self.rate.per_second);
        let gained = now.since(self.last).as_millis().saturating_mul(rate);
        self.level = self.level.saturating_add(gained).min(self.capacity());
        self.last = self.last.max(now);
    }

    fn is_full(&mut self, now: Tick) -> bool {
        self.refill(now);
        self.level == self.capacity()
    }

    fn capacity(&self) -> u64 {
        u64::from(self.rate.burst) * FRAME
    }
}

impl UserRates {
    pub(crate) fn new(rate: Rate) -> Self {
        Self { rate, users: Mutex::new(Users { buckets: BTreeMap::new(), sweep_at: SWEEP_FIRST }) }
    }

    pub(crate) fn bucket(&self, name: &SigninName, now: Tick) -> SharedBucket {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = users.buckets.get(name) {
            return known.clone();
        }
        if users.buckets.len() >= users.sweep_at {
            users
                .buckets
                .retain(|_, bucket| Arc::strong_count(bucket) > 1 || !is_full(bucket, now));
            users.sweep_at = SWEEP_FIRST.max(2 * users.buckets.len());
        }
        let fresh = Arc::new(Mutex::new(Bucket::full(self.rate, now)));
        users.buckets.insert(name.clone(), fresh.clone());
        fresh
    }
}

/// Takes frames out of a shared bucket.
pub(crate) fn take_shared(bucket: &SharedBucket, frames: u32, now: Tick) -> bool {
    bucket.lock().unwrap_or_else(PoisonError::into_inner).take(frames, now)
}

fn is_full(bucket: &SharedBucket, now: Tick) -> bool {
    bucket.lock().unwrap_or_else(PoisonError::into_inner).is_full(now)
}

const FRAME: u64 = 1000;
const SWEEP_FIRST: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 400, per_second: 50 };

    #[test]
    fn a_burst_is_taken_and_the_rest_in_time() {
        let at = Tick::from_millis;
        let mut bucket = Bucket::full(RATE, at(0));
        for _ in 0..RATE.burst / 2 {
            assert!(bucket.take(1, at(0)));
        }
        assert!(bucket.take(RATE.burst / 2, at(0)));
        assert!(!bucket.take(1, at(0)));
        let one = 1000 / u64::from(RATE.per_second);
        assert!(!bucket.take(1, at(one - 1)));
        assert!(bucket.take(1, at(one)));
        assert!(!bucket.take(1, at(one)));
        assert!(!bucket.take(2, at(2 * one)));
        assert!(bucket.take(2, at(3 * one)));
    }

    #[test]
    fn a_user_who_comes_back_finds_the_bucket_as_it_was_left() {
        let rates = UserRates::new(RATE);
        let name = |place: usize| SigninName::parse(&format!("{place}@x")).unwrap();
        let start = Tick::from_millis(0);
        assert!(take_shared(&rates.bucket(&name(0), start), RATE.burst, start));
        for place in 1..3 * SWEEP_FIRST {
            rates.bucket(&name(place), start);
        }
        assert!(!take_shared(&rates.bucket(&name(0), start), 1, start));
        assert!(
            rates.users.lock().unwrap().buckets.len() <= SWEEP_FIRST + 1,
            "the rest is dropped"
        );
    }
}
