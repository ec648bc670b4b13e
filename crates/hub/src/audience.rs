//! Who hears of a name: the clients that watch it or have it on their list, whether it exists or not. Tells nobody.
//!
//! So a change costs its audience and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use mistatus_core::signin_name::SigninName;

use crate::client::ClientId;

/// The clients that hear of each name.
#[derive(Default, PartialEq, Eq, Debug)]
pub(crate) struct Audience(BTreeMap<SigninName, BTreeSet<ClientId>>);

impl Audience {
    /// Lets a client hear of a name.
    pub(crate) fn join(&mut self, name: &SigninName, client: ClientId) {
        self.0.entry(name.clone()).or_default().insert(client);
    }

    /// Takes a client out of the audience of a name.
    pub(crate) fn leave(&mut self, name: &SigninName, client: ClientId) {
        if let Some(clients) = self.0.get_mut(name) {
            clients.remove(&client);
            if clients.is_empty() {
                self.0.remove(name);
            }
        }
    }

    /// Returns who hears of a name.
    pub(crate) fn of(&self, name: &SigninName) -> Vec<ClientId> {
        self.0.get(name).into_iter().flatten().copied().collect()
    }
}
