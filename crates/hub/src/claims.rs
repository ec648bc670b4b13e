//! What services claim about one user, and which of it holds. Tells nobody.

use core::cmp::Reverse;
use std::{collections::BTreeMap, sync::Arc};

use mistatus_core::{
    claim::{Claim, ClaimKey, ClaimSource, ClaimSources, KnownClaim},
    time::UnixMs,
};

use crate::{
    config::{CLAIMS_MAX, DISMISSAL_KEPT},
    io::ClaimRecord,
};

/// The claims about one user, and which of them the user does not want to count.
#[derive(Default)]
pub(crate) struct Claims {
    all: BTreeMap<ClaimKey, KeptClaim>,
    ignored: ClaimSources,
}

struct KeptClaim {
    claim: Claim,
    phase: Phase,
    is_dismissed: bool,
}

/// How far a claim is. It never goes back, also where the calendar is set back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Waiting,
    Begun,
    /// It is kept only since it was dismissed: when it is made again with the same beginning, as by a program that takes
    /// everything back before it claims anew, it is so still.
    Ended,
}

impl KeptClaim {
    /// Whether it is known that it was dismissed.
    fn is_remembered(&self, wall: UnixMs) -> bool {
        self.is_dismissed && self.claim.until + DISMISSAL_KEPT > wall
    }
}

impl Claims {
    /// Takes what was stored; call [`Claims::advance`] next.
    pub(crate) fn restored(records: Vec<ClaimRecord>, ignored: ClaimSources) -> Self {
        let kept = |ClaimRecord { key, claim, dismissed }| {
            (key, KeptClaim { claim, phase: Phase::Waiting, is_dismissed: dismissed })
        };
        Self { all: records.into_iter().map(kept).collect(), ignored }
    }

    /// Lets begin and end what is due.
    pub(crate) fn advance(&mut self, wall: UnixMs) {
        for kept in self.all.values_mut() {
            if kept.claim.until <= wall {
                kept.phase = Phase::Ended;
            } else if kept.phase == Phase::Waiting && kept.claim.from <= wall {
                kept.phase = Phase::Begun;
            }
        }
        self.all.retain(|_, kept| kept.phase != Phase::Ended || kept.is_remembered(wall));
        let ended = |(key, kept): (&ClaimKey, &KeptClaim)| {
            (kept.phase == Phase::Ended).then(|| (kept.claim.until, key.clone()))
        };
        let mut ended: Vec<_> = self.all.iter().filter_map(ended).collect();
        if ended.len() > CLAIMS_MAX {
            ended.sort_unstable();
            for (_, key) in &ended[..ended.len() - CLAIMS_MAX] {
                self.all.remove(key);
            }
        }
    }

    /// Returns when a claim begins or ends next.
    pub(crate) fn next_edge(&self) -> Option<UnixMs> {
        let edge = |kept: &KeptClaim| match kept.phase {
            Phase::Waiting => Some(kept.claim.from),
            Phase::Begun => Some(kept.claim.until),
            Phase::Ended => None,
        };
        self.all.values().filter_map(edge).min()
    }

    /// Returns the claim that counts now: that of the highest rank, among equals the one that began last.
    pub(crate) fn holding(&self) -> Option<&Claim> {
        self.first().map(|(_, claim)| claim)
    }

    fn first(&self) -> Option<(&ClaimKey, &Claim)> {
        let counts = |kept: &KeptClaim| {
            kept.phase == Phase::Begun
                && !kept.is_dismissed
                && !self.ignored.contains(kept.claim.source)
        };
        let claims = self.all.iter().filter(|(_, kept)| counts(kept));
        claims
            .map(|(key, kept)| (key, &kept.claim))
            .min_by_key(|(_, claim)| (claim.source.rank(), Reverse(claim.from)))
    }

    /// Returns a claim that has not ended.
    pub(crate) fn get(&self, key: &ClaimKey) -> Option<&Claim> {
        self.live_one(key).map(|kept| &kept.claim)
    }

    /// Returns when a claim began that holds.
    pub(crate) fn began_at(&self, key: &ClaimKey) -> Option<UnixMs> {
        self.all.get(key).filter(|kept| kept.phase == Phase::Begun).map(|kept| kept.claim.from)
    }

    /// Whether a claim with that beginning would be dismissed, since the one before with the same was.
    pub(crate) fn is_dismissed(&self, key: &ClaimKey, from: UnixMs, wall: UnixMs) -> bool {
        let before = self.all.get(key).filter(|before| before.claim.from == from);
        before.is_some_and(|before| before.is_remembered(wall))
    }

    /// Makes a claim, or puts it in the place of the one before; call [`Claims::advance`] next.
    pub(crate) fn put(&mut self, key: ClaimKey, claim: Claim, dismissed: bool) {
        let has_begun = self.began_at(&key) == Some(claim.from);
        let phase = if has_begun { Phase::Begun } else { Phase::Waiting };
        self.all.insert(key, KeptClaim { claim, phase, is_dismissed: dismissed });
    }

    /// Takes a claim back; what was dismissed stays known as that.
    pub(crate) fn remove(&mut self, key: &ClaimKey, wall: UnixMs) {
        match self.all.get_mut(key) {
            Some(kept) if kept.is_dismissed => {
                kept.claim.until = kept.claim.until.min(wall);
                kept.phase = Phase::Ended;
            }
            _ => drop(self.all.remove(key)),
        }
    }

    fn live(&self) -> impl Iterator<Item = (&ClaimKey, &KeptClaim)> {
        self.all.iter().filter(|(_, kept)| kept.phase != Phase::Ended)
    }

    fn live_one(&self, key: &ClaimKey) -> Option<&KeptClaim> {
        self.all.get(key).filter(|kept| kept.phase != Phase::Ended)
    }

    /// Whether there is such a claim that the user has not dismissed.
    pub(crate) fn can_be_dismissed(&self, key: &ClaimKey) -> bool {
        self.live_one(key).is_some_and(|kept| !kept.is_dismissed)
    }

    pub(crate) fn dismiss(&mut self, key: &ClaimKey) {
        if let Some(kept) = self.all.get_mut(key) {
            kept.is_dismissed = true;
        }
    }

    pub(crate) fn ignores(&self, source: ClaimSource) -> bool {
        self.ignored.contains(source)
    }

    pub(crate) fn ignore(&mut self, source: ClaimSource, ignored: bool) {
        self.ignored.set(source, ignored);
    }

    /// Returns of which kinds of sources no claim counts.
    pub(crate) const fn ignored(&self) -> ClaimSources {
        self.ignored
    }

    /// Returns how many there are without one of them: of that one's service, and in all.
    pub(crate) fn count_beside(&self, one: &ClaimKey) -> (usize, usize) {
        let others = self.live().map(|(key, _)| key).filter(|key| *key != one);
        others.fold((0, 0), |(of_service, all), key| {
            (of_service + usize::from(key.service == one.service), all + 1)
        })
    }

    /// Returns all that have not ended, in the order of their keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = ClaimRecord> {
        self.live().map(|(key, kept)| ClaimRecord {
            key: key.clone(),
            claim: kept.claim.clone(),
            dismissed: kept.is_dismissed,
        })
    }

    /// Returns what the user is told of them; `counts` says whether one of them decides the status at all.
    pub(crate) fn told(&self, counts: bool) -> Arc<[KnownClaim]> {
        if self.all.is_empty() {
            // As for nearly everybody, at every change.
            return Arc::default();
        }
        let first = self.first().filter(|_| counts).map(|(key, _)| key.clone());
        self.iter()
            .map(|ClaimRecord { key, claim, dismissed }| {
                let in_force = first.as_ref() == Some(&key);
                KnownClaim { key, claim, dismissed, in_force }
            })
            .collect()
    }
}
