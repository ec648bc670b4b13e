//! The directory: whom the company says there is, and what it says of them. Tells nobody.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use mistatus_core::{group::GroupName, search::FoundPerson, signin_name::SigninName};

/// Somebody of whom the company says that they exist.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Who it is.
    pub name: SigninName,
    /// How they are shown, whatever they say themselves; `None` leaves it to them.
    pub friendly_name: Option<String>,
    /// What they do.
    pub title: Option<String>,
    /// The shared groups that they are in.
    pub groups: BTreeSet<GroupName>,
}

/// What a new directory would change.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Plan {
    /// Who comes.
    pub added: Vec<SigninName>,
    /// Of whom something else is said.
    pub changed: Vec<SigninName>,
    /// Who goes: they were in the directory, or have signed in before there was one.
    pub removed: Vec<SigninName>,
    /// How many stay as they are.
    pub unchanged: usize,
}

/// Everybody whom the company says there is.
#[derive(Default)]
pub(crate) struct Directory(BTreeMap<SigninName, Entry>);

struct Entry {
    person: Person,
    /// What is searched beside the sign-in name.
    folded: String,
}

impl Plan {
    /// Compares a directory, and those who have signed in, with the people who are to be in it.
    pub fn between<'p>(
        before: impl Fn(&SigninName) -> Option<&'p Person>,
        known: impl Iterator<Item = &'p SigninName>,
        people: &[Person],
    ) -> Self {
        let mut plan = Self::default();
        for person in people {
            match before(&person.name) {
                None => plan.added.push(person.name.clone()),
                Some(same) if same == person && same.name.as_str() == person.name.as_str() => {
                    plan.unchanged += 1;
                }
                Some(_) => plan.changed.push(person.name.clone()),
            }
        }
        let stay: BTreeSet<_> = people.iter().map(|person| &person.name).collect();
        let gone: BTreeSet<_> = known.filter(|name| !stay.contains(name)).collect();
        plan.removed = gone.into_iter().cloned().collect();
        plan
    }

    /// Whether nothing would be another.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    /// Whether nobody would be left of those who are there.
    #[must_use]
    pub fn removes_everybody(&self) -> bool {
        self.unchanged == 0
            && self.changed.is_empty()
            && (self.added.is_empty() || !self.removed.is_empty())
    }
}

impl From<&Person> for FoundPerson {
    fn from(person: &Person) -> Self {
        let Person { name, friendly_name, title, .. } = person.clone();
        Self { name, friendly_name, title }
    }
}

impl Directory {
    pub(crate) fn contains(&self, name: &SigninName) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn get(&self, name: &SigninName) -> Option<&Person> {
        self.0.get(name).map(|entry| &entry.person)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &SigninName> {
        self.0.values().map(|entry| &entry.person.name)
    }

    /// Iterates over those in a shared group.
    pub(crate) fn members<'d>(&'d self, group: &GroupName) -> impl Iterator<Item = &'d Person> {
        let group = group.clone();
        let people = self.0.values().map(|entry| &entry.person);
        people.filter(move |person| person.groups.contains(&group))
    }

    pub(crate) fn put(&mut self, person: Person) {
        // The key is spelled as it was given last.
        self.0.remove(&person.name);
        let folded = person.friendly_name.as_deref().unwrap_or_default().to_lowercase();
        self.0.insert(person.name.clone(), Entry { person, folded });
    }

    pub(crate) fn remove(&mut self, name: &SigninName) {
        self.0.remove(name);
    }

    /// Whether two people share a group.
    pub(crate) fn are_colleagues(&self, one: &SigninName, other: &SigninName) -> bool {
        match (self.get(one), self.get(other)) {
            (Some(one), Some(other)) => !one.groups.is_disjoint(&other.groups),
            _ => false,
        }
    }

    /// Returns those after a name of whom the sign-in name, the friendly name or a word in it begins so.
    pub(crate) fn search(
        &self,
        beginning: &str,
        after: Option<&SigninName>,
        limit: usize,
    ) -> Vec<&Person> {
        use core::ops::Bound::{Excluded, Unbounded};
        let beginning = beginning.trim().to_lowercase();
        let matches = |entry: &&Entry| {
            let rest = |at: usize| entry.folded.get(at..).unwrap_or_default();
            let words = entry.folded.match_indices(' ').map(|(at, _)| rest(at + 1));
            entry.person.name.folded().starts_with(&beginning)
                || entry.folded.starts_with(&beginning)
                || words.into_iter().any(|word| word.starts_with(&beginning))
        };
        let from = after.map_or(Unbounded, Excluded);
        let found = self.0.range::<SigninName, _>((from, Unbounded)).map(|(_, entry)| entry);
        found.filter(matches).map(|entry| &entry.person).take(limit).collect()
    }
}

// What the company says of somebody is theirs: debug output, which ends in logs, shows none of it.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("name", &self.name)
            .field("groups", &self.groups.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, friendly_name: &str) -> Person {
        Person {
            name: SigninName::parse(name).expect("a valid name"),
            friendly_name: Some(friendly_name.to_owned()),
            title: None,
            groups: BTreeSet::new(),
        }
    }

    #[test]
    fn people_are_found_by_how_a_name_or_a_word_of_it_begins() {
        let mut directory = Directory::default();
        for (name, friendly) in [
            ("zoe@x", "Zoë Adams"),
            ("Ada@x", "Countess of Lovelace"),
            ("bob@x", "Bob"),
            ("adam@x", "İlkay"),
        ] {
            directory.put(person(name, friendly));
        }
        let found = |text: &str| {
            let found = directory.search(text, None, 9).into_iter();
            found.map(|person| person.name.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("ADA"), ["Ada@x", "adam@x", "zoe@x"]);
        assert_eq!(found(" love"), ["Ada@x"]);
        assert_eq!(found("ZOË a"), ["zoe@x"]);
        assert_eq!(found("ove"), [""; 0]);
        assert_eq!(found("").len(), 4);
        let after = SigninName::parse("ADAM@X").expect("a valid name");
        let rest = directory.search("", Some(&after), 1);
        assert_eq!(rest[0].name.as_str(), "bob@x");
    }

    #[test]
    fn a_plan_names_who_comes_goes_and_is_said_to_be_another() {
        let before = [person("Ada@x", "Ada"), person("bob@x", "Bob"), person("eve@x", "Eve")];
        let find = |name: &SigninName| before.iter().find(|person| person.name == *name);
        let known = || before.iter().map(|person| &person.name);
        let plan = |people: &[Person]| Plan::between(find, known(), people);
        let after = [person("ada@x", "Ada"), person("bob@x", "Bob"), person("zoe@x", "Zoe")];
        let changes = plan(&after);
        assert_eq!(changes.changed, [after[0].name.clone()], "another spelling is another name");
        assert_eq!(changes.added, [after[2].name.clone()]);
        assert_eq!(changes.removed, [before[2].name.clone()]);
        assert_eq!((changes.unchanged, changes.removes_everybody()), (1, false));
        assert!(plan(&[]).removes_everybody());
        assert!(plan(&after[2..]).removes_everybody(), "others come instead");
        assert!(plan(&before).is_empty());
    }

    #[test]
    fn nothing_of_a_person_is_printed() {
        let printed = format!("{:?}", person("ada@x", "Lovelace"));
        assert!(!printed.contains("ada") && !printed.contains("Lovelace"), "{printed}");
    }
}
