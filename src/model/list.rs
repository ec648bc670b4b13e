//! The contact list as it is shown: people in sections, one line each. No DOM, no signals.

use std::{cell::OnceCell, rc::Rc};

use mistatus_core::{
    by_name::ByName,
    dialect::Dialect,
    group::GroupId,
    session::{Person, Session},
    signin_name::SigninName,
};

/// The order of the contact list.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Order {
    /// By the user's groups.
    #[default]
    Groups,
    /// By who is there.
    Online,
}

/// Everything that the contact list shows.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ListView {
    /// Whose list it is, also while the connection is lost; nobody's once signed out.
    pub user: Option<SigninName>,
    /// Whether somebody is signed in.
    pub signed_in: bool,
    /// People on the list, by sign-in name until they are put into the order of what they are called.
    pub contacts: Vec<Rc<Entry>>,
    /// The user's groups in their order: number, name, members.
    pub groups: Vec<(GroupId, String, Vec<SigninName>)>,
    /// People beside the list who wrote and were not read.
    pub strangers: Vec<Rc<Entry>>,
    /// People beside the list whom the user has blocked.
    pub blocked: Vec<Rc<Entry>>,
    /// Who asks to see the user: sign-in name and what to call them.
    pub requests: Vec<(SigninName, String)>,
}

/// A person in the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Sign-in name.
    pub name: SigninName,
    /// What to call the person.
    pub shown: String,
    /// Whether the person is there.
    pub online: bool,
    /// Whether the user has blocked the person.
    pub blocked: bool,
    /// Whether the person is on the list.
    pub listed: bool,
    /// What a search looks at, once somebody searches.
    searched: OnceCell<String>,
}

/// A part of the list, usually with a heading.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// Everybody, where there are no groups: has no heading.
    All,
    /// One of the user's groups.
    Group(GroupId),
    /// Contacts in no group.
    Others,
    /// Contacts who are there.
    Online,
    /// Contacts who are not, or of whom that is not known.
    Offline,
    /// People beside the list who wrote.
    Strangers,
    /// People beside the list who are blocked.
    Blocked,
}

/// The content of a line.
#[derive(Clone, Debug)]
pub enum Row {
    /// The heading of a section.
    Heading(Section),
    /// A person, in a section.
    Person(Section, Rc<Entry>),
}

/// A line of the list with its position among its siblings.
#[derive(Clone, Debug)]
pub struct Line {
    /// What stands in it.
    pub row: Row,
    /// Its place among its siblings, from 1.
    pub place: usize,
    /// How many siblings there are, itself included.
    pub of: usize,
    /// For headings: how many people the section has, and whether they are shown.
    pub under: Option<(usize, bool)>,
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Heading(one), Self::Heading(other)) => one == other,
            (Self::Person(one, person), Self::Person(other, same)) => {
                one == other && person.name == same.name && person.blocked == same.blocked
            }
            _ => false,
        }
    }
}

impl Entry {
    /// Makes an entry.
    #[must_use]
    pub fn new(name: SigninName, shown: &str) -> Self {
        let shown = shown.to_owned();
        let searched = OnceCell::new();
        Self { name, shown, online: false, blocked: false, listed: false, searched }
    }

    fn is_found(&self, filter: &str, plain: fn(&str) -> String) -> bool {
        let names = || [plain(&self.shown), plain(self.name.as_str())].join(" ");
        holds(self.searched.get_or_init(names), filter)
    }

    fn of(person: &Person) -> Self {
        Self {
            online: person.presence.status.is_online(),
            listed: person.listed,
            ..Self::new(person.name.clone(), person.display_name())
        }
    }
}

impl ListView {
    /// Reads the lists of a session.
    #[must_use]
    pub fn of<D: Dialect>(session: &Session<D>) -> Self {
        let Some(account) = session.account() else { return Self::default() };
        let entry = |name: &SigninName| {
            let entry = session
                .person(name)
                .map_or_else(|| Entry::new(name.clone(), name.as_str()), Entry::of);
            Rc::new(Entry { blocked: session.is_blocked(name), ..entry })
        };
        let contacts = session.contacts().map(|person| entry(&person.name)).collect();
        let groups = session
            .groups()
            .map(|group| (group.id, group.name.as_str().to_owned(), group.members.clone()));
        let strangers =
            |name: &&SigninName| !session.person(name).is_some_and(|person| person.listed);
        let requests = session.contact_requests().map(|request| {
            let shown = request.friendly_name.as_deref().unwrap_or(request.from.as_str());
            (request.from.clone(), shown.to_owned())
        });
        Self {
            user: Some(account.name.clone()),
            signed_in: session.is_signed_in(),
            contacts,
            groups: groups.collect(),
            strangers: session
                .unread_people()
                .map(|(name, _)| name)
                .filter(strangers)
                .map(entry)
                .collect(),
            blocked: session.blocked_people().filter(strangers).map(entry).collect(),
            requests: requests.collect(),
        }
    }

    /// Returns what the user calls a group; nothing for one that is gone.
    #[must_use]
    pub fn group_name(&self, id: GroupId) -> &str {
        let group = self.groups.iter().find(|(group, ..)| *group == id);
        group.map_or("", |(_, name, _)| name)
    }

    // What the sections are, with their people; those in a group are in the order of their names.
    fn sections(&self, order: Order) -> Vec<(Section, Vec<Rc<Entry>>)> {
        let with = |keep: &dyn Fn(&Entry) -> bool| {
            self.contacts.iter().filter(|entry| keep(entry)).cloned().collect::<Vec<_>>()
        };
        let mut sections = vec![(Section::Strangers, self.strangers.clone())];
        match order {
            Order::Groups if self.groups.is_empty() => {
                sections.push((Section::All, self.contacts.clone()));
            }
            Order::Groups => {
                // Maps of a type that is there already, instead of a sort of another one.
                let mut grouped = ByName::default();
                for (id, _, members) in &self.groups {
                    let mut here = ByName::default();
                    for member in members {
                        here.get_or_insert_with(member, || 0_u32);
                        grouped.get_or_insert_with(member, || 0_u32);
                    }
                    let is_member = |entry: &Entry| here.get(&entry.name).is_some();
                    sections.push((Section::Group(*id), with(&is_member)));
                }
                let is_alone = |entry: &Entry| grouped.get(&entry.name).is_none();
                sections.push((Section::Others, with(&is_alone)));
            }
            Order::Online => {
                sections.push((Section::Online, with(&|entry| entry.online)));
                sections.push((Section::Offline, with(&|entry| !entry.online)));
            }
        }
        sections.push((Section::Blocked, self.blocked.clone()));
        sections
    }
}

// Whether a text is in another: names are short, so the searcher of the standard library would only cost its bytes.
fn holds(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|window| window == part.as_bytes())
}

/// Lays the list out: what is to be seen of it, line by line.
///
/// A filter leaves the people whose names hold it, as `plain` makes them, and opens every section that has some.
#[must_use]
pub fn lines(
    view: &ListView,
    order: Order,
    filter: &str,
    plain: fn(&str) -> String,
    closed: &[Section],
) -> Vec<Line> {
    let filter = plain(filter.trim());
    let is_filtered = !filter.is_empty();
    let mut sections = view.sections(order);
    for (_, people) in &mut sections {
        people.retain(|entry| !is_filtered || entry.is_found(&filter, plain));
    }
    // An empty group is there to be filled; every other section is there for its people.
    sections.retain(|(section, people)| {
        !people.is_empty() || (matches!(section, Section::Group(_)) && !is_filtered)
    });
    let headings = sections.iter().filter(|(section, _)| *section != Section::All).count();
    let top = headings
        + sections
            .iter()
            .find(|(section, _)| *section == Section::All)
            .map_or(0, |(_, all)| all.len());
    let mut lines = Vec::new();
    let mut place = 0;
    for (section, people) in sections {
        let has_heading = section != Section::All;
        let is_open = is_filtered || !closed.contains(&section);
        let count = people.len();
        if has_heading {
            place += 1;
            let under = Some((count, is_open));
            lines.push(Line { row: Row::Heading(section), place, of: top, under });
        }
        if is_open || !has_heading {
            for (index, entry) in people.into_iter().enumerate() {
                let row = Row::Person(section, entry);
                let (place, of) = match has_heading {
                    true => (index + 1, count),
                    false => (place + index + 1, top),
                };
                lines.push(Line { row, place, of, under: None });
            }
        }
        if !has_heading {
            place += count;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use mistatus_core::fold::fold;

    use super::*;

    fn entry(name: &str, online: bool) -> Rc<Entry> {
        let name = SigninName::parse(name).unwrap();
        let shown = name.as_str().to_uppercase();
        Rc::new(Entry { online, listed: true, ..Entry::new(name, &shown) })
    }

    fn view() -> ListView {
        let member = |name| SigninName::parse(name).unwrap();
        ListView {
            signed_in: true,
            contacts: vec![entry("ann", false), entry("bob", true), entry("cem", false)],
            groups: vec![
                (GroupId(2), "Team".to_owned(), vec![member("BOB"), member("ann")]),
                (GroupId(1), "Empty".to_owned(), vec![]),
            ],
            ..ListView::default()
        }
    }

    fn texts(lines: &[Line]) -> Vec<String> {
        let text = |line: &Line| match &line.row {
            Row::Heading(section) => format!("{section:?} {:?}", line.under.unwrap()),
            Row::Person(_, entry) => {
                format!("  {} {} of {}", entry.name.as_str(), line.place, line.of)
            }
        };
        lines.iter().map(text).collect()
    }

    #[test]
    fn people_stand_in_their_groups_and_the_rest_below() {
        assert_eq!(
            texts(&lines(&view(), Order::Groups, "", fold, &[])),
            [
                "Group(GroupId(2)) (2, true)",
                "  ann 1 of 2",
                "  bob 2 of 2",
                "Group(GroupId(1)) (0, true)",
                "Others (1, true)",
                "  cem 1 of 1"
            ]
        );
    }

    #[test]
    fn without_groups_there_are_no_headings() {
        let view = ListView { groups: vec![], ..view() };
        assert_eq!(
            texts(&lines(&view, Order::Groups, "", fold, &[])),
            ["  ann 1 of 3", "  bob 2 of 3", "  cem 3 of 3"]
        );
    }

    #[test]
    fn those_who_are_there_come_first_where_that_is_the_order() {
        assert_eq!(
            texts(&lines(&view(), Order::Online, "", fold, &[Section::Offline])),
            ["Online (1, true)", "  bob 1 of 1", "Offline (2, false)"]
        );
    }

    #[test]
    fn a_filter_finds_by_either_name_and_opens_what_is_closed() {
        for filter in ["B", " bO ", "bob"] {
            assert_eq!(
                texts(&lines(&view(), Order::Groups, filter, fold, &[Section::Group(GroupId(2))])),
                ["Group(GroupId(2)) (1, true)", "  bob 1 of 1"]
            );
        }
        assert!(lines(&view(), Order::Groups, "zed", fold, &[]).is_empty());
    }

    #[test]
    fn people_beside_the_list_have_sections_of_their_own() {
        let view = ListView {
            strangers: vec![entry("eve", false)],
            blocked: vec![entry("mal", false)],
            groups: vec![],
            ..view()
        };
        let lines = lines(&view, Order::Groups, "", fold, &[]);
        assert_eq!(
            texts(&lines)[..2],
            ["Strangers (1, true)".to_owned(), "  eve 1 of 1".to_owned()]
        );
        assert_eq!(texts(&lines)[5..], ["Blocked (1, true)".to_owned(), "  mal 1 of 1".to_owned()]);
        assert_eq!(lines[2].place, 2, "contacts without a heading stand beside the headings");
        assert_eq!(lines[2].of, 5);
        assert_eq!(lines[5].place, 5);
    }
}
