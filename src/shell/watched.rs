//! A person followed for as long as somebody looks.

use leptos::prelude::ArcRwSignal;
use mistatus_core::{
    session::{Basis, Event},
    signin_name::SigninName,
};

use super::Presence;
use crate::model::ContactView;

/// A subscription to one person's presence, which lasts until the last one for that person is dropped.
pub struct Watched {
    presence: Presence,
    name: SigninName,
    signal: ArcRwSignal<ContactView>,
}

impl Watched {
    pub(super) fn new(presence: Presence, name: SigninName) -> Self {
        let signal = presence.model().contact(&name);
        presence.watch(&name);
        // Somebody on the list is known already, and no change may come for hours.
        presence.with_session(|session| {
            // Somebody who was followed before keeps the last value, marked as stale, until the answer is there.
            let awaited = session.is_signed_in()
                && session.person(&name).is_some_and(|person| person.basis == Basis::NotTold);
            if !awaited {
                presence.model().apply(&Event::Presence { name: name.clone() }, session);
            }
        });
        Self { presence, name, signal }
    }

    /// Returns what is known of the person, as a signal.
    #[must_use]
    pub fn signal(&self) -> ArcRwSignal<ContactView> {
        self.signal.clone()
    }

    /// Returns whom this follows.
    #[must_use]
    pub const fn name(&self) -> &SigninName {
        &self.name
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.presence.unwatch(&self.name);
        let followed = self.presence.with_session(|session| {
            session.person(&self.name).is_some_and(|person| person.is_followed())
        });
        if !followed {
            self.presence.model().leave_stale(&self.name);
        }
    }
}
