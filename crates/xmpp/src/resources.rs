//! Several connections of one person, merged into one presence by the normative mapping.

use core::cmp::Reverse;

use mistatus_core::status::MiStatus;

use crate::{limits::RESOURCES_MAX, mapping::Seen};

/// The available connections of one person; the one that announced its presence last is at the end.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Resources(Vec<(Box<str>, Seen)>);

impl Resources {
    /// Takes what a connection says. Beyond the bound, the one that has been silent longest is forgotten.
    pub fn put(&mut self, resource: &str, seen: Seen) {
        self.remove(resource);
        if self.0.len() >= RESOURCES_MAX {
            self.0.remove(0);
        }
        self.0.push((resource.into(), seen));
    }

    /// A connection is gone.
    pub fn remove(&mut self, resource: &str) {
        self.0.retain(|(name, _)| **name != *resource);
    }

    /// All connections are gone.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether none is available.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Iterates over what the connections say.
    pub fn iter(&self) -> impl Iterator<Item = &Seen> {
        self.0.iter().map(|(_, seen)| seen)
    }

    /// Returns what counts; `None` where nobody is there.
    ///
    /// What somebody chose last, else the highest priority (a negative one only where there is no other), else what
    /// is most available, else the newest.
    #[must_use]
    pub fn merged(&self) -> Option<&Seen> {
        let there = || self.iter().filter(|seen| is_there(seen.status));
        there().filter(|seen| seen.chosen_at.is_some()).max_by_key(|seen| seen.chosen_at).or_else(
            || {
                there().max_by_key(|seen| {
                    (seen.priority >= 0, seen.priority, Reverse(rank(seen.status)), seen.since)
                })
            },
        )
    }
}

const fn is_there(status: MiStatus) -> bool {
    !matches!(status, MiStatus::Offline | MiStatus::Invisible)
}

/// Orders what is equal otherwise: the smallest is shown.
const fn rank(status: MiStatus) -> u8 {
    match status {
        MiStatus::Online | MiStatus::Custom => 0,
        MiStatus::Idle | MiStatus::MayBeAvailable => 2,
        MiStatus::BeRightBack => 3,
        MiStatus::Away => 4,
        MiStatus::OutToLunch | MiStatus::OutOfOffice => 5,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use mistatus_core::{
        status::MiStatus::{self, *},
        time::UnixMs,
    };

    use super::*;

    fn seen(status: MiStatus, priority: i8, since: u64) -> Seen {
        Seen {
            status,
            since: Some(UnixMs::from_millis(since)),
            chosen_at: None,
            until: None,
            note: None,
            priority,
        }
    }

    fn chosen(status: MiStatus, since: u64) -> Seen {
        let chosen_at = Some(UnixMs::from_millis(since));
        Seen { chosen_at, ..seen(status, 0, since) }
    }

    fn check(resources: &[Seen], expect: Option<MiStatus>) {
        // Whoever spoke first.
        for turn in 0..resources.len().max(1) {
            let mut all = Resources::default();
            for (index, seen) in
                resources.iter().cycle().skip(turn).take(resources.len()).enumerate()
            {
                all.put(&index.to_string(), seen.clone());
            }
            assert_eq!(all.merged().map(|seen| seen.status), expect, "{resources:?}");
        }
    }

    #[test]
    fn the_first_rule_that_decides_counts() {
        check(&[], None);
        check(&[seen(Invisible, 0, 1)], None);
        check(&[chosen(Busy, 1), chosen(Away, 2), seen(Online, 127, 3)], Some(Away));
        check(&[chosen(Busy, 1), chosen(Invisible, 2)], Some(Busy));
        check(&[seen(Away, 5, 1), seen(Online, 1, 2)], Some(Away));
        check(&[seen(Online, -1, 2), seen(Away, 0, 1)], Some(Away));
        check(&[seen(Online, -1, 2)], Some(Online));
        check(&[seen(Away, -1, 2), seen(Online, -2, 2)], Some(Away));
        let ranked = [Online, Busy, Idle, BeRightBack, Away, OutToLunch];
        for (index, better) in ranked.iter().enumerate() {
            for worse in &ranked[index + 1..] {
                check(&[seen(*worse, 0, 2), seen(*better, 0, 1)], Some(*better));
            }
        }
        check(&[seen(Busy, 0, 1), seen(OnThePhone, 0, 2)], Some(OnThePhone));
    }

    #[test]
    fn a_connection_that_leaves_no_longer_counts_and_none_fills_the_memory() {
        let mut all = Resources::default();
        for index in 0..100 {
            all.put(&index.to_string(), seen(Online, 0, index));
        }
        assert_eq!(all.iter().count(), RESOURCES_MAX);
        for index in 0..100 {
            all.remove(&index.to_string());
        }
        assert!(all.is_empty());
    }
}
