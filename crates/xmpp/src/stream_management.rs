//! Confirmations and resumption (XEP-0198): what was sent and not confirmed is sent again, once.

use core::fmt;
use std::collections::VecDeque;

use crate::{
    limits::{UNACKNOWLEDGED_BEFORE_ASKING, UNACKNOWLEDGED_MAX},
    ns,
    xml::Element,
};

/// The counters of one stream's stanzas in both directions. They begin at 0 and wrap around at 2^32 (§4).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamManagement {
    id: Option<String>,
    received: u32,
    acknowledged: u32,
    unacknowledged: VecDeque<String>,
    since_asked: usize,
    /// The last counter that the service said; what was given up is acknowledged, but not confirmed.
    confirmed: u32,
}

/// The error of a service that confirms more than it was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooManyConfirmed {
    /// What it confirms.
    pub handled: u32,
    /// How many stanzas it was sent.
    pub sent: u32,
}

/// Asks to begin, with resumption; what the service should keep is named in seconds.
#[must_use]
pub fn enable(seconds: u64) -> Element {
    Element::new("enable", ns::STREAM_MANAGEMENT)
        .with("resume", "true")
        .with("max", &seconds.to_string())
}

/// Asks for a confirmation.
#[must_use]
pub fn ask() -> Element {
    Element::new("r", ns::STREAM_MANAGEMENT)
}

/// Returns the counter of an element; `None` for one without.
#[must_use]
pub fn handled(element: &Element) -> Option<u32> {
    element.attribute("h")?.parse().ok()
}

impl StreamManagement {
    /// Begins with the service's answer.
    #[must_use]
    pub fn begin(enabled: &Element) -> Self {
        let may_resume = matches!(enabled.attribute("resume"), Some("true" | "1"));
        Self {
            id: enabled
                .attribute("id")
                .filter(|id| may_resume && !id.is_empty())
                .map(str::to_owned),
            received: 0,
            acknowledged: 0,
            unacknowledged: VecDeque::new(),
            since_asked: 0,
            confirmed: 0,
        }
    }

    /// Goes on with a stream of which is known what it is called and how many stanzas came over it.
    #[must_use]
    pub const fn left(id: String, received: u32) -> Self {
        Self {
            id: Some(id),
            received,
            acknowledged: 0,
            unacknowledged: VecDeque::new(),
            since_asked: 0,
            confirmed: 0,
        }
    }

    /// Believes what the service has of a stream of which nothing is kept.
    pub fn believe(&mut self, handled: u32) {
        if self.unacknowledged.is_empty() {
            self.acknowledged = handled;
            self.confirmed = handled;
        }
    }

    /// Returns how many stanzas came from the service.
    #[must_use]
    pub const fn received(&self) -> u32 {
        self.received
    }

    /// Returns what names the stream in a later one; `None` where it cannot be resumed.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Counts a stanza from the service.
    pub const fn count_received(&mut self) {
        self.received = self.received.wrapping_add(1);
    }

    /// Keeps a stanza for the service. Returns whether a confirmation should be asked for after it.
    pub fn keep(&mut self, stanza: String) -> bool {
        if self.unacknowledged.len() >= UNACKNOWLEDGED_MAX {
            // Nothing may be lost in the middle: without the oldest the stream cannot be resumed.
            self.id = None;
            self.unacknowledged.pop_front();
            self.acknowledged = self.acknowledged.wrapping_add(1);
        }
        self.unacknowledged.push_back(stanza);
        self.since_asked += 1;
        if self.since_asked < UNACKNOWLEDGED_BEFORE_ASKING {
            return false;
        }
        self.since_asked = 0;
        true
    }

    /// Takes a stanza out that was not confirmed: it is not sent again. Only between two links, for services count what
    /// they are sent.
    pub fn take_out(&mut self, number: u32) {
        let at = number.wrapping_sub(self.acknowledged).wrapping_sub(1) as usize;
        self.unacknowledged.remove(at);
    }

    /// Returns the number of the stanza that was kept last.
    #[must_use]
    pub fn last_kept(&self) -> u32 {
        // At most `UNACKNOWLEDGED_MAX`.
        self.acknowledged.wrapping_add(u32::try_from(self.unacknowledged.len()).unwrap_or(0))
    }

    /// Whether the service has said that it has the stanza of a number.
    #[must_use]
    pub const fn has_confirmed(&self, number: u32) -> bool {
        self.confirmed.wrapping_sub(number) <= u32::MAX / 2
    }

    /// Answers the service's question for a confirmation.
    #[must_use]
    pub fn confirmation(&self) -> Element {
        Element::new("a", ns::STREAM_MANAGEMENT).with("h", &self.received.to_string())
    }

    /// Asks to go on with this stream over another link; `None` where that cannot be.
    #[must_use]
    pub fn resume(&self) -> Option<Element> {
        Some(
            Element::new("resume", ns::STREAM_MANAGEMENT)
                .with("h", &self.received.to_string())
                .with("previd", self.id.as_deref()?),
        )
    }

    /// Takes a confirmation.
    ///
    /// # Errors
    /// It confirms what was never sent (§5).
    pub fn confirm(&mut self, handled: u32) -> Result<(), TooManyConfirmed> {
        let fresh = handled.wrapping_sub(self.acknowledged) as usize;
        if fresh > self.unacknowledged.len() {
            // An older counter than the last looks like a far larger one. After the oldest stanzas were given up,
            // it is what an honest service says.
            if self.id.is_none() && handled.wrapping_sub(self.acknowledged) > u32::MAX / 2 {
                if handled.wrapping_sub(self.confirmed) <= u32::MAX / 2 {
                    self.confirmed = handled;
                }
                return Ok(());
            }
            let sent = u32::try_from(self.unacknowledged.len()).unwrap_or(u32::MAX);
            return Err(TooManyConfirmed { handled, sent: self.acknowledged.wrapping_add(sent) });
        }
        self.unacknowledged.drain(..fresh);
        self.acknowledged = handled;
        self.confirmed = handled;
        Ok(())
    }

    /// Iterates over what must be sent again after a resumption, in order.
    pub fn unacknowledged(&self) -> impl Iterator<Item = &str> {
        self.unacknowledged.iter().map(String::as_str)
    }
}

impl fmt::Display for TooManyConfirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service confirms {} stanzas, {} were sent", self.handled, self.sent)
    }
}

impl core::error::Error for TooManyConfirmed {}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> StreamManagement {
        StreamManagement::begin(
            &Element::new("enabled", ns::STREAM_MANAGEMENT).with("resume", "true").with("id", "x"),
        )
    }

    fn kept(management: &StreamManagement) -> Vec<&str> {
        management.unacknowledged().collect()
    }

    #[test]
    fn what_is_confirmed_is_not_sent_again() {
        let mut management = begun();
        for stanza in ["1", "2", "3"] {
            management.keep(stanza.to_owned());
        }
        assert_eq!(management.confirm(2), Ok(()));
        assert_eq!(management.confirm(2), Ok(()));
        assert_eq!(kept(&management), ["3"]);
        assert_eq!(management.confirm(4), Err(TooManyConfirmed { handled: 4, sent: 3 }));
        assert_eq!(management.confirm(1), Err(TooManyConfirmed { handled: 1, sent: 3 }));
        assert_eq!(kept(&management), ["3"]);
    }

    #[test]
    fn counters_wrap_around() {
        let mut management = begun();
        management.acknowledged = u32::MAX;
        management.received = u32::MAX;
        management.confirmed = u32::MAX;
        management.keep("1".to_owned());
        let first = management.last_kept();
        management.keep("2".to_owned());
        let second = management.last_kept();
        assert!(!management.has_confirmed(first));
        assert_eq!(management.confirm(0), Ok(()));
        assert!(management.has_confirmed(first) && !management.has_confirmed(second));
        assert_eq!(kept(&management), ["2"]);
        assert_eq!(management.confirm(1), Ok(()));
        management.count_received();
        assert_eq!(management.confirmation().attribute("h"), Some("0"));
    }

    #[test]
    fn what_is_taken_out_is_not_sent_again() {
        let mut management = begun();
        for stanza in ["1", "2", "3", "4"] {
            management.keep(stanza.to_owned());
        }
        assert_eq!(management.confirm(1), Ok(()));
        management.take_out(3);
        for gone in [0, 1, 9, u32::MAX] {
            management.take_out(gone);
        }
        assert_eq!(kept(&management), ["2", "4"]);
    }

    #[test]
    fn without_an_id_or_the_word_nothing_is_resumed() {
        let enabled = Element::new("enabled", ns::STREAM_MANAGEMENT);
        for element in [
            enabled.clone(),
            enabled.clone().with("id", "x"),
            enabled.clone().with("id", "x").with("resume", "false"),
            enabled.with("id", "").with("resume", "1"),
        ] {
            assert_eq!(StreamManagement::begin(&element).resume(), None);
        }
        assert_eq!(begun().resume().unwrap().attribute("previd"), Some("x"));
    }

    #[test]
    fn a_service_that_confirms_nothing_does_not_fill_the_memory() {
        let mut management = begun();
        let asked = (0..3 * UNACKNOWLEDGED_MAX).filter(|_| management.keep(String::new())).count();
        assert_eq!(asked, 3 * UNACKNOWLEDGED_MAX / UNACKNOWLEDGED_BEFORE_ASKING);
        assert_eq!(kept(&management).len(), UNACKNOWLEDGED_MAX);
        assert_eq!(management.resume(), None);
        assert_eq!(management.confirm(7), Ok(()));
        // What was given up is not confirmed for that.
        assert!(management.has_confirmed(7) && !management.has_confirmed(8));
        assert_eq!(management.confirm(u32::try_from(3 * UNACKNOWLEDGED_MAX).unwrap()), Ok(()));
        assert!(kept(&management).is_empty());
    }
}
