//! The clocks of the page: a monotonic one for everything that waits, the calendar's for what other tabs must understand.

use std::cell::{Cell, OnceCell};

use mistatus_core::time::{Tick, UnixMs};
use web_sys::Performance;

/// What the page's clock shows at first, in milliseconds: about a year. What was before the page, such as the user's last
/// input, has a tick, too.
const START: u64 = 366 * 24 * 3_600_000;

/// Never goes back, and goes on while the machine sleeps.
///
/// The browser's monotonic clock stands still during sleep on some systems, and the calendar's is set at will. So the
/// page's advances by whichever of the two advanced further; a calendar that is set forward looks like a sleep.
#[derive(Default, Debug)]
pub(super) struct Clock {
    tick: Cell<f64>,
    read: Cell<Option<Reading>>,
    /// The browser's monotonic clock, kept since asking for it anew costs two calls.
    performance: OnceCell<Option<Performance>>,
}

/// The time of the browser's two clocks at one moment, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Reading {
    monotonic: f64,
    calendar: f64,
}

impl Clock {
    /// Returns milliseconds on the page's own clock.
    pub(super) fn now(&self) -> Tick {
        // Pages without `performance` are not browsers; only the calendar moves there.
        let monotonic = self
            .performance
            .get_or_init(|| web_sys::window()?.performance())
            .as_ref()
            .map_or(0.0, Performance::now);
        self.advance(Reading { monotonic, calendar: js_sys::Date::now() })
    }

    fn advance(&self, reading: Reading) -> Tick {
        if let Some(before) = self.read.replace(Some(reading)) {
            let passed = (reading.monotonic - before.monotonic)
                .max(reading.calendar - before.calendar)
                .max(0.0);
            self.tick.set(self.tick.get() + passed);
        }
        Tick::from_millis(START + whole(self.tick.get()))
    }
}

/// Returns the calendar's time.
pub(super) fn today() -> UnixMs {
    UnixMs::from_millis(whole(js_sys::Date::now()))
}

/// Drops the fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates; what is negative or no number becomes nothing"
)]
pub(super) const fn whole(ms: f64) -> u64 {
    ms as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(readings: &[(f64, f64)], expect: &[u64]) {
        let clock = Clock::default();
        let ticks: Vec<_> = readings
            .iter()
            .map(|&(monotonic, calendar)| {
                clock.advance(Reading { monotonic, calendar }).as_millis() - START
            })
            .collect();
        assert_eq!(ticks, expect);
    }

    #[test]
    fn both_clocks_running_count_once() {
        check(&[(100.0, 1_000.0), (150.0, 1_050.0), (151.5, 1_051.0)], &[0, 50, 51]);
    }

    #[test]
    fn fractions_are_not_lost() {
        check(&[(0.0, 0.0), (0.6, 0.0), (1.2, 0.0), (1.8, 0.0)], &[0, 0, 1, 1]);
    }

    #[test]
    fn sleep_counts_where_the_monotonic_clock_stood_still() {
        check(&[(100.0, 1_000.0), (101.0, 3_601_000.0)], &[0, 3_600_000]);
    }

    #[test]
    fn a_calendar_that_is_set_back_does_not_turn_time_back() {
        check(&[(100.0, 9_000.0), (160.0, 0.0), (170.0, 10.0)], &[0, 60, 70]);
    }
}
