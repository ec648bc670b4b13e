//! What others see of one user, and what is kept from them. Tells nobody, and decides nothing about who is connected.
//!
//! Whoever is invisible must look like somebody who is gone, and whoever blocks somebody must look to them like that as
//! well. So two things are kept beside what everybody sees: a [`BlockedView`] for each viewer who is blocked, or was and
//! is not to notice yet; and the deferred permission of each viewer whose permission has changed while the user seemed
//! gone, since only somebody who is connected can change it. Both end when the user is next seen.

use std::collections::{BTreeMap, BTreeSet};

use mistatus_core::{
    presence::{Presence, Source},
    signin_name::SigninName,
    time::UnixMs,
};

use crate::{contacts::ContactList, io::BlockedView};

/// A user's name and presence in the eyes of somebody.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Appearance {
    pub(crate) friendly_name: Option<String>,
    pub(crate) presence: Presence,
}

/// Tells what has become different in the eyes of others.
#[derive(Clone, Copy)]
pub(crate) struct Difference {
    pub(crate) anything: bool,
    pub(crate) presence: bool,
}

/// What each viewer who may see the user sees.
pub(crate) struct Views {
    /// What all see for whom there is nothing else here.
    pub(crate) common: Appearance,
    /// The permission that a viewer still seems to have, or not to have.
    deferred: BTreeMap<SigninName, bool>,
    blocked: BTreeMap<SigninName, Blocked>,
    /// For whom the user has come back since, by being unblocked: until the status changes they see that instant.
    returned: BTreeMap<SigninName, UnixMs>,
}

/// What one viewer sees instead of the user's presence, and since when.
struct Blocked {
    view: BlockedView,
    since: Option<UnixMs>,
}

impl Views {
    pub(crate) fn new(friendly_name: Option<String>) -> Self {
        let source = Some(Source::Connection);
        let presence = Presence { source, ..Presence::OFFLINE };
        Self {
            common: Appearance { friendly_name, presence },
            deferred: BTreeMap::new(),
            blocked: BTreeMap::new(),
            returned: BTreeMap::new(),
        }
    }

    /// Takes what was stored.
    pub(crate) fn restore(
        &mut self,
        deferred: impl Iterator<Item = (SigninName, bool)>,
        blocked: impl Iterator<Item = (SigninName, BlockedView)>,
    ) {
        self.deferred = deferred.collect();
        let restored = |view| Blocked { view, since: None };
        self.blocked = blocked.map(|(viewer, view)| (viewer, restored(view))).collect();
    }

    /// Whether the user is connected in the eyes of others.
    pub(crate) const fn is_seen(&self) -> bool {
        self.common.presence.status.is_online()
    }

    /// Takes what is seen from now on; returns what of it differs.
    pub(crate) fn update(&mut self, common: Appearance) -> Difference {
        let presence = common.presence != self.common.presence;
        let anything = presence || common.friendly_name != self.common.friendly_name;
        if common.presence.status != self.common.presence.status {
            // Since when it holds is the same for everybody again.
            self.returned.clear();
        }
        self.common = common;
        Difference { anything, presence }
    }

    /// Whether a viewer may see the user, as far as they may know; `permits` says what is true.
    pub(crate) fn seems_to_permit(&self, viewer: &SigninName, permits: bool) -> bool {
        match self.blocked.get(viewer) {
            Some(blocked) => blocked.view.permits,
            None => self.deferred.get(viewer).copied().unwrap_or(permits),
        }
    }

    /// Returns the permission that a viewer is to keep in their own eyes when the true one is about to become another.
    pub(crate) fn deferred_by(&self, viewer: &SigninName, from: bool, to: bool) -> Option<bool> {
        let seems = self.deferred.get(viewer).copied().unwrap_or(from);
        // What is changed back leaves nothing to hide.
        (!self.is_seen() && seems != to).then_some(seems)
    }

    /// Keeps the permission that a viewer seems to have; `None` where they may know the true one.
    pub(crate) fn defer(&mut self, viewer: &SigninName, seems: Option<bool>) {
        match seems.filter(|_| !self.is_seen()) {
            Some(permitted) => self.deferred.insert(viewer.clone(), permitted),
            None => self.deferred.remove(viewer),
        };
    }

    /// Returns what a viewer who goes is to see of the user from then on.
    pub(crate) fn view_when_blocked(&self, viewer: &SigninName, permits: bool) -> BlockedView {
        let blocked = self.blocked.get(viewer).map(|blocked| blocked.view.clone());
        blocked.unwrap_or_else(|| BlockedView {
            permits: self.seems_to_permit(viewer, permits),
            friendly_name: self.common.friendly_name.clone(),
        })
    }

    /// Lets the user go for a viewer; one for whom they have gone already sees no difference.
    pub(crate) fn block(&mut self, viewer: SigninName, view: BlockedView, since: Option<UnixMs>) {
        self.returned.remove(&viewer);
        let blocked = Blocked { view, since };
        self.blocked.entry(viewer).or_insert(blocked);
    }

    /// Lets the user come for a viewer, at that instant.
    pub(crate) fn unblock(&mut self, viewer: &SigninName, wall: UnixMs) {
        if self.blocked.remove(viewer).is_some() {
            self.returned.insert(viewer.clone(), wall);
        }
    }

    /// Ends what was kept from others, once the user is seen; returns from whom something was, and whether they seemed to
    /// have the permission, `None` where nothing was kept. For those who are still blocked nothing ends but that their
    /// permission is deferred: they see the user as they did.
    pub(crate) fn reveal(&mut self, blocked: &ContactList) -> Option<BTreeMap<SigninName, bool>> {
        let is_over = |viewer: &SigninName| !blocked.contains(viewer);
        if !self.is_seen() || (self.deferred.is_empty() && !self.blocked.keys().any(is_over)) {
            return None;
        }
        let mut revealed = core::mem::take(&mut self.deferred);
        let views = core::mem::take(&mut self.blocked);
        for (viewer, known) in views {
            if is_over(&viewer) {
                // What they saw while blocked is what they go on from.
                revealed.insert(viewer, known.view.permits);
            } else {
                revealed.remove(&viewer);
                self.blocked.insert(viewer, known);
            }
        }
        Some(revealed)
    }

    /// Forgets viewers who exist no longer.
    pub(crate) fn forget(&mut self, gone: &BTreeSet<SigninName>) {
        self.deferred.retain(|viewer, _| !gone.contains(viewer));
        self.blocked.retain(|viewer, _| !gone.contains(viewer));
        self.returned.retain(|viewer, _| !gone.contains(viewer));
    }

    pub(crate) fn is_gone_for(&self, viewer: &SigninName) -> bool {
        self.blocked.contains_key(viewer)
    }

    /// Iterates over those for whom the user seems gone.
    pub(crate) fn gone_for(&self) -> impl Iterator<Item = &SigninName> {
        self.blocked.keys()
    }

    pub(crate) fn has_returned_for(&self, viewer: &SigninName) -> bool {
        self.returned.contains_key(viewer)
    }

    /// Returns what a viewer sees. While the server settles, nobody can say who is gone.
    pub(crate) fn seen_by(&self, viewer: &SigninName, is_settling: bool) -> Appearance {
        if let Some(Blocked { view, since }) = self.blocked.get(viewer) {
            let gone =
                Presence { since: *since, source: Some(Source::Connection), ..Presence::OFFLINE };
            let presence = if is_settling { Presence::UNKNOWN } else { gone };
            return Appearance { friendly_name: view.friendly_name.clone(), presence };
        }
        let mut seen = self.common.clone();
        if let Some(returned) = self.returned.get(viewer) {
            seen.presence.since = Some(*returned);
            seen.presence.source = Some(Source::Connection);
        }
        seen
    }
}
