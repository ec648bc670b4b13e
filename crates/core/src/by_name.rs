//! A map from people to something, small in code.
//!
//! Every other map of the standard library or of indexmap costs 7 to 15 kB gzip of WebAssembly
//! (docs/decisions/0003), which every page would load; this one costs one. Sorted by folded name, so that
//! the order is the same everywhere. An insertion moves pointers: 10,000 of them take about 50 ms in all.

use crate::signin_name::SigninName;

/// A map from sign-in names to values, in the order of the folded names.
#[derive(Clone, Debug)]
pub struct ByName<V>(Vec<Box<(SigninName, V)>>);

impl<V> Default for ByName<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> ByName<V> {
    /// Returns somebody's value.
    #[must_use]
    pub fn get(&self, name: &SigninName) -> Option<&V> {
        Some(&self.0[self.find(name).ok()?].1)
    }

    /// Returns somebody's value, to change it.
    #[must_use]
    pub fn get_mut(&mut self, name: &SigninName) -> Option<&mut V> {
        let at = self.find(name).ok()?;
        Some(&mut self.0[at].1)
    }

    /// Returns somebody's value, made first where there is none.
    pub fn get_or_insert_with(&mut self, name: &SigninName, make: impl FnOnce() -> V) -> &mut V {
        let at = match self.find(name) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, Box::new((name.clone(), make())));
                at
            }
        };
        &mut self.0[at].1
    }

    /// Returns how many there are.
    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets somebody.
    pub fn remove(&mut self, name: &SigninName) {
        if let Ok(at) = self.find(name) {
            drop(self.0.remove(at));
        }
    }

    /// Iterates over the names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &SigninName> {
        self.0.iter().map(|entry| &entry.0)
    }

    /// Iterates over the values.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|entry| &entry.1)
    }

    /// Iterates over the values, to change them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|entry| &mut entry.1)
    }

    /// Keeps those for whom `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&mut V) -> bool) {
        self.0.retain_mut(|entry| keep(&mut entry.1));
    }

    fn find(&self, name: &SigninName) -> Result<usize, usize> {
        self.0.binary_search_by(|entry| entry.0.cmp(name))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_map_that_it_replaces(steps in proptest::collection::vec(("[a-dA-D]{1,2}", 0..4u8), 0..60)) {
            let (mut map, mut model) = (ByName::default(), BTreeMap::new());
            for (at, (text, step)) in steps.into_iter().enumerate() {
                let name = SigninName::parse(&text).unwrap();
                match step {
                    0 => {
                        map.remove(&name);
                        model.remove(&name);
                    }
                    1 => {
                        map.retain(|value| *value % 3 != 0);
                        model.retain(|_, value| *value % 3 != 0);
                    }
                    _ => prop_assert_eq!(
                        *map.get_or_insert_with(&name, || at),
                        *model.entry(name.clone()).or_insert(at)
                    ),
                }
                prop_assert_eq!(map.get(&name), model.get(&name));
                prop_assert!(map.values().eq(model.values()));
            }
        }
    }
}
