//! Idleness: what the user says about it for all devices, and what follows from that for one page.

use core::fmt;

use crate::{
    limits::{IDLE_AFTER_MAX, IDLE_AFTER_MIN},
    time::Span,
};

/// How long somebody has to be without input to count as idle: [`IDLE_AFTER_MIN`] to [`IDLE_AFTER_MAX`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct IdleAfter(Span);

/// The reason why a length of time is no threshold of idleness.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InvalidIdleAfter(Span);

/// What a user chose about idleness, for all devices. What is not chosen is as each page says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IdleChoice {
    /// Whether idleness is told to anybody, where the page tells it.
    pub transmit: bool,
    /// After how long without input the user is idle; `None` leaves it to the page.
    pub after: Option<IdleAfter>,
}

impl IdleAfter {
    /// Takes a threshold.
    ///
    /// # Errors
    /// It is shorter than [`IDLE_AFTER_MIN`] or longer than [`IDLE_AFTER_MAX`].
    pub fn new(after: Span) -> Result<Self, InvalidIdleAfter> {
        let is_allowed = (IDLE_AFTER_MIN..=IDLE_AFTER_MAX).contains(&after);
        is_allowed.then_some(Self(after)).ok_or(InvalidIdleAfter(after))
    }

    /// Returns the length of time.
    #[must_use]
    pub const fn span(self) -> Span {
        self.0
    }
}

impl IdleChoice {
    /// Nothing is chosen: each page says.
    pub const NONE: Self = Self { transmit: true, after: None };

    /// Returns after how long without input the user is idle on a page that says `page` by itself; `None` where idleness
    /// is told nobody. A page that tells nobody of it goes on doing so, whatever its user chose.
    #[must_use]
    pub fn threshold(self, page: Option<Span>) -> Option<Span> {
        let page = page.filter(|_| self.transmit)?;
        Some(self.after.map_or(page, IdleAfter::span))
    }
}

impl Default for IdleChoice {
    fn default() -> Self {
        Self::NONE
    }
}

impl fmt::Display for InvalidIdleAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [given, min, max] = [self.0, IDLE_AFTER_MIN, IDLE_AFTER_MAX].map(Span::as_millis);
        write!(f, "the threshold of idleness is {given} ms; {min} to {max} ms are allowed")
    }
}

impl core::error::Error for InvalidIdleAfter {}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: Span = Span::from_secs(300);

    fn after(seconds: u64) -> IdleAfter {
        IdleAfter::new(Span::from_secs(seconds)).unwrap()
    }

    #[test]
    fn a_threshold_has_bounds_and_an_error_names_them() {
        assert_eq!(after(86_400).span(), Span::from_secs(86_400));
        assert!(IdleAfter::new(Span::from_millis(86_400_001)).is_err());
        let error = IdleAfter::new(Span::from_millis(999)).unwrap_err().to_string();
        assert_eq!(error, "the threshold of idleness is 999 ms; 1000 to 86400000 ms are allowed");
    }

    #[test]
    fn the_choice_goes_before_the_page_but_for_what_the_page_keeps_to_itself() {
        let choice = |transmit, after| IdleChoice { transmit, after };
        let rows = [
            (IdleChoice::NONE, Some(PAGE), Some(PAGE)),
            (IdleChoice::NONE, None, None),
            (choice(true, Some(after(60))), Some(PAGE), Some(Span::from_secs(60))),
            (choice(true, Some(after(600))), Some(PAGE), Some(Span::from_secs(600))),
            (choice(true, Some(after(60))), None, None),
            (choice(false, None), Some(PAGE), None),
            (choice(false, Some(after(60))), Some(PAGE), None),
        ];
        for (choice, page, expect) in rows {
            assert_eq!(choice.threshold(page), expect, "{choice:?} on {page:?}");
        }
    }
}
