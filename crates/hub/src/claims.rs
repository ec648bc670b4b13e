//! What services claim about one user, and which of it holds. Tells nobody.

use core::cmp::Reverse;
use std::{collections::BTreeMap, sync::Arc};

use mistatus_core::{
    claim::{Claim, ClaimKey, ClaimSource, ClaimSources, KnownClaim},
    time::UnixMs,
};

use crate::io::ClaimRecord;

/// The claims about one user, and which of them the user does not want to count.
#[derive(Default)]
pub(crate) struct Claims {
    all: BTreeMap<ClaimKey, KeptClaim>,
    ignored: ClaimSources,
}

struct KeptClaim {
    claim: Claim,
    /// Once begun it holds until its end, also where the calendar is set back meanwhile.
    has_begun: bool,
    is_dismissed: bool,
}

impl Claims {
    /// Takes what was stored; call [`Claims::advance`] next.
    pub(crate) fn restored(records: Vec<ClaimRecord>, ignored: ClaimSources) -> Self {
        let kept = |ClaimRecord { key, claim, dismissed }| {
            (key, KeptClaim { claim, has_begun: false, is_dismissed: dismissed })
        };
        Self { all: records.into_iter().map(kept).collect(), ignored }
    }

    /// Lets begin and end what is due.
    pub(crate) fn advance(&mut self, wall: UnixMs) {
        self.all.retain(|_, kept| kept.claim.until > wall);
        for kept in self.all.values_mut() {
            kept.has_begun |= kept.claim.from <= wall;
        }
    }

    /// Returns when a claim begins or ends next.
    pub(crate) fn next_edge(&self) -> Option<UnixMs> {
        let edge =
            |kept: &KeptClaim| if kept.has_begun { kept.claim.until } else { kept.claim.from };
        self.all.values().map(edge).min()
    }

    /// Returns the claim that counts now: that of the highest rank, among equals the one that began last.
    pub(crate) fn holding(&self) -> Option<&Claim> {
        self.first().map(|(_, claim)| claim)
    }

    fn first(&self) -> Option<(&ClaimKey, &Claim)> {
        let counts = |kept: &KeptClaim| {
            kept.has_begun && !kept.is_dismissed && !self.ignored.contains(kept.claim.source)
        };
        let claims = self.all.iter().filter(|(_, kept)| counts(kept));
        claims
            .map(|(key, kept)| (key, &kept.claim))
            .min_by_key(|(_, claim)| (claim.source.rank(), Reverse(claim.from)))
    }

    pub(crate) fn get(&self, key: &ClaimKey) -> Option<&Claim> {
        Some(&self.all.get(key)?.claim)
    }

    /// Makes a claim, or puts it in the place of the one before. What was dismissed stays so unless it begins anew.
    pub(crate) fn put(&mut self, key: ClaimKey, claim: Claim) {
        let before = self.all.get(&key).filter(|before| before.claim.from == claim.from);
        let (has_begun, is_dismissed) =
            before.map_or((false, false), |before| (before.has_begun, before.is_dismissed));
        self.all.insert(key, KeptClaim { claim, has_begun, is_dismissed });
    }

    pub(crate) fn remove(&mut self, key: &ClaimKey) {
        self.all.remove(key);
    }

    /// Whether there is such a claim that the user has not dismissed.
    pub(crate) fn can_be_dismissed(&self, key: &ClaimKey) -> bool {
        self.all.get(key).is_some_and(|kept| !kept.is_dismissed)
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
        let others = self.all.keys().filter(|key| *key != one);
        others.fold((0, 0), |(of_service, all), key| {
            (of_service + usize::from(key.service == one.service), all + 1)
        })
    }

    /// Returns all of them, in the order of their keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = ClaimRecord> {
        self.all.iter().map(|(key, kept)| ClaimRecord {
            key: key.clone(),
            claim: kept.claim.clone(),
            dismissed: kept.is_dismissed,
        })
    }

    /// Returns what the user is told of them; `counts` says whether one of them decides the status at all.
    pub(crate) fn told(&self, counts: bool) -> Arc<[KnownClaim]> {
        let first = self.first().filter(|_| counts).map(|(key, _)| key.clone());
        self.iter()
            .map(|ClaimRecord { key, claim, dismissed }| {
                let in_force = first.as_ref() == Some(&key);
                KnownClaim { key, claim, dismissed, in_force }
            })
            .collect()
    }
}
