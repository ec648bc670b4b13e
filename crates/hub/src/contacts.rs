//! A contact list: ordered, without duplicates. Tells nobody.

use std::collections::BTreeMap;

use mistatus_core::signin_name::SigninName;

/// An ordered list without duplicates; every operation takes logarithmic time.
#[derive(Default)]
pub(crate) struct ContactList {
    order: BTreeMap<u64, SigninName>,
    places: BTreeMap<SigninName, u64>,
    next: u64,
}

impl ContactList {
    pub(crate) fn contains(&self, name: &SigninName) -> bool {
        self.places.contains_key(name)
    }

    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// Appends; does nothing where the name is there already.
    pub(crate) fn push(&mut self, name: SigninName) {
        if self.contains(&name) {
            return;
        }
        self.places.insert(name.clone(), self.next);
        self.order.insert(self.next, name);
        self.next += 1;
    }

    /// Removes, and returns the name as it was given.
    pub(crate) fn remove(&mut self, name: &SigninName) -> Option<SigninName> {
        let place = self.places.remove(name)?;
        self.order.remove(&place)
    }

    /// Returns the name as it was given.
    pub(crate) fn as_given(&self, name: &SigninName) -> Option<&SigninName> {
        self.order.get(self.places.get(name)?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &SigninName> {
        self.order.values()
    }
}
