//! Time as an input: nobody in this crate asks a clock.

use core::ops::{Add, AddAssign};

/// A point on a monotonic clock of the caller's choice, in milliseconds.
///
/// Only differences mean anything. A tick never goes back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Tick(u64);

/// A length of time in whole milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span(u64);

/// A wall-clock time: milliseconds since 1970-01-01T00:00:00Z, by the server's clock.
///
/// At most 2^53 - 1, so that every JavaScript number holds it exactly.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct UnixMs(u64);

impl Tick {
    /// Makes a tick from milliseconds of the caller's clock.
    #[must_use]
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// Returns the milliseconds of the caller's clock.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Returns how much time has passed since `earlier`; nothing when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// Makes a span of milliseconds.
    #[must_use]
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// Makes a span of seconds.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Returns the milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }
}

impl UnixMs {
    /// The latest instant: JavaScript's `Number.MAX_SAFE_INTEGER`.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// Makes an instant; later ones than [`UnixMs::MAX`] are clamped to it.
    #[must_use]
    pub const fn from_millis(ms: u64) -> Self {
        if ms > Self::MAX.0 { Self::MAX } else { Self(ms) }
    }

    /// Returns the milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Returns how much time has passed since `earlier`; nothing when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Span> for Tick {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Tick {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Add<Span> for UnixMs {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self::from_millis(self.0.saturating_add(span.0))
    }
}
