//! What services claim about one user, and which of it holds. Tells nobody.

use core::cmp::Reverse;
use std::collections::BTreeMap;

use mistatus_core::{
    claim::{Claim, ClaimKey, KnownClaim, ServiceName},
    time::UnixMs,
};

/// The claims about one user.
#[derive(Default)]
pub(crate) struct Claims(BTreeMap<ClaimKey, KeptClaim>);

struct KeptClaim {
    claim: Claim,
    /// Once begun it holds until its end, also where the calendar is set back meanwhile.
    has_begun: bool,
    is_dismissed: bool,
}

impl Claims {
    /// Takes what was stored; call [`Claims::advance`] next.
    pub(crate) fn restored(records: Vec<KnownClaim>) -> Self {
        let kept = |KnownClaim { key, claim, dismissed }| {
            (key, KeptClaim { claim, has_begun: false, is_dismissed: dismissed })
        };
        Self(records.into_iter().map(kept).collect())
    }

    /// Lets begin and end what is due.
    pub(crate) fn advance(&mut self, wall: UnixMs) {
        self.0.retain(|_, kept| kept.claim.until > wall);
        for kept in self.0.values_mut() {
            kept.has_begun |= kept.claim.from <= wall;
        }
    }

    /// Returns when a claim begins or ends next.
    pub(crate) fn next_edge(&self) -> Option<UnixMs> {
        let edge =
            |kept: &KeptClaim| if kept.has_begun { kept.claim.until } else { kept.claim.from };
        self.0.values().map(edge).min()
    }

    /// Returns the claim that counts now: that of the highest rank, among equals the one that began last.
    pub(crate) fn holding(&self) -> Option<&Claim> {
        let counts = |kept: &&KeptClaim| kept.has_begun && !kept.is_dismissed;
        let claims = self.0.values().filter(counts).map(|kept| &kept.claim);
        claims.min_by_key(|claim| (claim.source.rank(), Reverse(claim.from)))
    }

    pub(crate) fn get(&self, key: &ClaimKey) -> Option<&Claim> {
        Some(&self.0.get(key)?.claim)
    }

    /// Makes a claim, or puts it in the place of the one before. What was dismissed stays so unless it begins anew.
    pub(crate) fn put(&mut self, key: ClaimKey, claim: Claim) {
        let before = self.0.get(&key).filter(|before| before.claim.from == claim.from);
        let (has_begun, is_dismissed) =
            before.map_or((false, false), |before| (before.has_begun, before.is_dismissed));
        self.0.insert(key, KeptClaim { claim, has_begun, is_dismissed });
    }

    pub(crate) fn remove(&mut self, key: &ClaimKey) {
        self.0.remove(key);
    }

    /// Returns how many there are without one of them: of that one's service, and in all.
    pub(crate) fn count_beside(&self, one: &ClaimKey) -> (usize, usize) {
        let others = self.0.keys().filter(|key| *key != one);
        others.fold((0, 0), |(of_service, all), key| {
            (of_service + usize::from(key.service == one.service), all + 1)
        })
    }

    /// Returns those of one service.
    pub(crate) fn of(&self, service: &ServiceName) -> impl Iterator<Item = KnownClaim> {
        self.0.iter().filter(move |(key, _)| key.service == *service).map(|(key, kept)| {
            KnownClaim { key: key.clone(), claim: kept.claim.clone(), dismissed: kept.is_dismissed }
        })
    }
}
