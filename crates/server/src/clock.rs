//! The only place that reads clocks for the registry.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use mistatus_core::time::{Span, Tick, UnixMs};

/// Translates between the machine's clocks and those of the registry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now() }
    }

    pub(crate) fn now(self) -> Tick {
        Tick::from_millis(millis(self.start.elapsed()))
    }

    /// Returns when a tick has certainly come.
    pub(crate) fn instant(self, tick: Tick) -> Instant {
        self.start + Duration::from_millis(tick.as_millis())
    }
}

/// Reads the calendar.
pub(crate) fn wall() -> UnixMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMs::from_millis(millis(since))
}

pub(crate) fn span(duration: Duration) -> Span {
    Span::from_millis(millis(duration))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
