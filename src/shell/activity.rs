//! Whether the user is there: by the last input over all tabs, and by the device where the page may know of it.
//!
//! Decided from timestamps of the calendar whenever somebody asks, so that neither sleep nor a throttled timer nor a
//! reload changes the answer. Asks no clock.

use mistatus_core::time::{Span, UnixMs};

/// How long an input may stay unknown to other tabs: pointer moves come by the hundred.
const WRITE_EVERY: Span = Span::from_secs(5);

/// The user's activity: the last input, and the use of the device.
#[derive(Clone, Copy, Debug)]
pub(super) struct Activity {
    last_input: UnixMs,
    /// The last input that all tabs know of.
    written: UnixMs,
    device: Device,
}

/// The use of the whole device, as the platform reports it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Device {
    /// Nothing: only input into pages counts.
    Silent,
    /// Somebody uses it.
    Used,
    /// Nobody does since then, or its screen is locked.
    Left(UnixMs),
}

impl Activity {
    /// Starts with what other tabs, or this one before a reload, wrote. Opening a page is no input, but a user
    /// of whom nothing is known is there.
    pub(super) fn new(written: Option<UnixMs>, now: UnixMs) -> Self {
        let last_input = written.filter(|written| *written <= now).unwrap_or(now);
        Self { last_input, written: written.unwrap_or_default(), device: Device::Silent }
    }

    /// Takes what other tabs wrote.
    pub(super) fn learn(&mut self, written: Option<UnixMs>, now: UnixMs) {
        // Times to come are from before the clock was set back; they would hold the user here until then.
        self.last_input = self.last_input.min(now);
        if let Some(written) = written {
            self.written = written;
            if written <= now {
                self.last_input = self.last_input.max(written);
            }
        }
    }

    /// Takes an input into this page. Returns whether [`Activity::last_input`] is to be written for other tabs.
    pub(super) fn input(&mut self, now: UnixMs) -> bool {
        let was_left = matches!(self.device, Device::Left(since) if since >= self.last_input);
        self.last_input = now;
        let is_news = was_left || now < self.written || now.since(self.written) >= WRITE_EVERY;
        if is_news {
            self.written = now;
        }
        is_news
    }

    /// Takes what the platform says; who used the device until now was there. Returns as [`Activity::input`].
    pub(super) fn device(&mut self, device: Device, now: UnixMs) -> bool {
        let was_used = self.device == Device::Used;
        let used_at = match device {
            Device::Left(since) if was_used => since.max(self.last_input),
            _ if was_used || device == Device::Used => now,
            _ => self.last_input,
        };
        let is_news = used_at != self.last_input && self.input(used_at);
        self.device = device;
        is_news
    }

    /// Returns when the last input was.
    pub(super) const fn last_input(&self) -> UnixMs {
        self.last_input
    }

    /// Returns for how long the user has been idle; `None` while there.
    pub(super) fn idle_for(&self, after: Span, now: UnixMs) -> Option<Span> {
        let since = match self.device {
            Device::Used => return None,
            Device::Left(since) if since >= self.last_input => return Some(now.since(since)),
            Device::Left(_) | Device::Silent => self.last_input,
        };
        Some(now.since(since)).filter(|idle| *idle >= after)
    }

    /// Returns after what time the user becomes idle without input; `None` if that is so already, or the device tells.
    pub(super) fn idle_in(&self, after: Span, now: UnixMs) -> Option<Span> {
        if self.device == Device::Used || self.idle_for(after, now).is_some() {
            return None;
        }
        let left = after.as_millis() - now.since(self.last_input).as_millis();
        Some(Span::from_millis(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Span = Span::from_secs(300);

    const fn at(seconds: u64) -> UnixMs {
        UnixMs::from_millis(seconds * 1000)
    }

    fn is_idle(activity: &Activity, now: u64) -> bool {
        activity.idle_for(AFTER, at(now)).is_some()
    }

    #[test]
    fn a_user_of_whom_nothing_is_known_is_there() {
        let activity = Activity::new(None, at(1000));
        assert!(!is_idle(&activity, 1299));
        assert_eq!(activity.idle_in(AFTER, at(1299)), Some(Span::from_secs(1)));
        assert_eq!(activity.idle_for(AFTER, at(1300)), Some(AFTER));
        assert_eq!(activity.idle_in(AFTER, at(1300)), None);
    }

    #[test]
    fn a_reload_is_no_input() {
        let activity = Activity::new(Some(at(1000)), at(1400));
        assert_eq!(activity.idle_for(AFTER, at(1400)), Some(Span::from_secs(400)));
    }

    #[test]
    fn input_in_another_tab_counts() {
        let mut activity = Activity::new(Some(at(1000)), at(1400));
        activity.learn(Some(at(1399)), at(1400));
        assert!(!is_idle(&activity, 1400));
        activity.learn(Some(at(1000)), at(1400));
        assert!(!is_idle(&activity, 1400), "an older input takes nothing back");
        activity.learn(None, at(1400));
        assert!(!is_idle(&activity, 1400), "nor does a storage that was emptied");
    }

    #[test]
    fn inputs_are_written_now_and_then() {
        let mut activity = Activity::new(None, at(1000));
        let written = (1000..1012).filter(|second| activity.input(at(*second)));
        assert_eq!(written.collect::<Vec<_>>(), [1000, 1005, 1010]);
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nobody() {
        let mut activity = Activity::new(Some(at(9000)), at(1000));
        activity.learn(Some(at(9000)), at(1300));
        assert!(is_idle(&activity, 1300));
        assert!(activity.input(at(1301)), "what others know is mended at once");
        let mut other = Activity::new(None, at(9000));
        other.learn(Some(at(9000)), at(1000));
        other.learn(Some(at(9000)), at(1300));
        assert!(is_idle(&other, 1300));
    }

    #[test]
    fn a_device_that_is_used_elsewhere_is_not_idle() {
        let mut activity = Activity::new(None, at(1000));
        assert!(activity.device(Device::Used, at(1001)));
        assert!(!is_idle(&activity, 9000));
        assert_eq!(activity.idle_in(AFTER, at(9000)), None);
        activity.device(Device::Left(at(8700)), at(9000));
        assert_eq!(activity.idle_for(AFTER, at(9000)), Some(AFTER));
    }

    #[test]
    fn a_device_that_was_left_is_idle_from_then_on() {
        let mut activity = Activity::new(None, at(1000));
        activity.device(Device::Left(at(1010)), at(1010));
        assert_eq!(activity.idle_for(AFTER, at(1011)), Some(Span::from_secs(1)));
        assert!(activity.input(at(1012)), "who comes back is seen in all tabs at once");
        assert!(!is_idle(&activity, 1012));
    }

    #[test]
    fn who_used_the_device_while_that_was_told_was_there_until_then() {
        let mut activity = Activity::new(Some(at(1000)), at(2000));
        activity.device(Device::Used, at(2000));
        activity.device(Device::Silent, at(5000));
        assert!(!is_idle(&activity, 5299));
        assert!(is_idle(&activity, 5300));
    }
}
