//! Which line of the tree is active, and where keys lead from there, after the ARIA Authoring Practices. Knows no document.

use mistatus_core::signin_name::SigninName;

use super::form::Mode;
use crate::model::{Line, Row, Section};

/// The lines of a tree, one of which the keyboard is at.
#[derive(Default)]
pub(super) struct Navigation {
    lines: Vec<Line>,
    active: Option<Row>,
    /// Who becomes active once they have a line.
    awaited: Option<SigninName>,
}

/// What a key means in the tree.
#[derive(PartialEq, Debug)]
pub(super) enum KeyAction {
    /// Make the line at that place the active one; a place behind the last line is the last line.
    Go(usize),
    /// Open or close a section.
    Toggle(Section),
    /// Do what a line is there for.
    Activate(Row),
    /// Open the menu of the active line.
    OpenMenu,
    /// Open the form.
    OpenForm(Mode),
    /// Nothing, but the key belongs to the tree.
    Stay,
}

/// What the meaning of a key depends on beside the active line.
#[derive(Clone, Copy)]
pub(super) struct Situation<'a> {
    /// Sections whose people are not shown.
    pub(super) closed: &'a [Section],
    /// How many lines fit into the tree.
    pub(super) page: usize,
    /// Whether lines are read from right to left.
    pub(super) is_rtl: bool,
    /// Whether the shift key is held.
    pub(super) shift: bool,
}

impl Navigation {
    /// Returns the lines.
    pub(super) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Returns what stands in the active line.
    pub(super) const fn active(&self) -> Option<&Row> {
        self.active.as_ref()
    }

    /// Makes the line with that in it the active one.
    pub(super) fn set_active(&mut self, row: Option<Row>) {
        self.active = row;
    }

    /// Makes somebody active as soon as they have a line.
    pub(super) fn await_person(&mut self, name: SigninName) {
        self.awaited = Some(name);
    }

    /// Takes new lines in, and returns the place to go to where the active line changes: to who was awaited, or to what
    /// is now in the place of a line that is gone.
    pub(super) fn replace(&mut self, lines: Vec<Line>) -> Option<usize> {
        let before = self.active_place();
        self.lines = lines;
        let found = self.awaited.as_ref().and_then(|name| self.place_of(name));
        if found.is_some() {
            self.awaited = None;
        }
        found.or_else(|| before.filter(|_| self.active_place().is_none()))
    }

    /// Returns the place of the active line; none where it is not there.
    pub(super) fn active_place(&self) -> Option<usize> {
        let active = self.active.as_ref()?;
        self.lines.iter().position(|line| line.row == *active)
    }

    /// Returns the place of the first line of somebody.
    pub(super) fn place_of(&self, name: &SigninName) -> Option<usize> {
        let is_them =
            |line: &Line| matches!(&line.row, Row::Person(_, entry) if entry.name == *name);
        self.lines.iter().position(is_them)
    }

    /// Makes a line the active one and returns its place; one behind the last is the last.
    pub(super) fn go(&mut self, place: usize) -> usize {
        let place = place.min(self.lines.len().saturating_sub(1));
        self.active = self.row_at(place);
        place
    }

    /// Returns what a key means, of those that mean something; letters are not among them.
    pub(super) fn command(&self, key: &str, situation: Situation<'_>) -> Option<KeyAction> {
        let Situation { page, is_rtl, shift, .. } = situation;
        let place = self.active_place();
        let here = place.unwrap_or_default();
        Some(match key {
            "ArrowDown" => KeyAction::Go(place.map_or(0, |place| place + 1)),
            "ArrowUp" => KeyAction::Go(here.saturating_sub(1)),
            "PageDown" => KeyAction::Go(here + page),
            "PageUp" => KeyAction::Go(here.saturating_sub(page)),
            "Home" => KeyAction::Go(0),
            "End" => KeyAction::Go(usize::MAX),
            "ArrowRight" => self.sideways(place, !is_rtl, situation.closed),
            "ArrowLeft" => self.sideways(place, is_rtl, situation.closed),
            "Enter" | " " => place
                .and_then(|place| self.row_at(place))
                .map_or(KeyAction::Stay, KeyAction::Activate),
            "ContextMenu" => KeyAction::OpenMenu,
            "F10" if shift => KeyAction::OpenMenu,
            "Delete" => KeyAction::OpenForm(Mode::remove(&self.row_at(place?)?)?),
            "F2" => KeyAction::OpenForm(Mode::rename(&self.row_at(place?)?)?),
            _ => return None,
        })
    }

    // In the direction of reading a section opens and leads to its people, against it they lead back and it closes.
    fn sideways(&self, place: Option<usize>, forward: bool, closed: &[Section]) -> KeyAction {
        let Some(place) = place else { return KeyAction::Stay };
        match (&self.lines[place].row, forward) {
            (Row::Heading(section), _) if closed.contains(section) == forward => {
                KeyAction::Toggle(*section)
            }
            (Row::Heading(_), true) => KeyAction::Go(place + 1),
            (Row::Person(section, _), false) => {
                let heading = Row::Heading(*section);
                let place = self.lines.iter().position(|line| line.row == heading);
                place.map_or(KeyAction::Stay, KeyAction::Go)
            }
            _ => KeyAction::Stay,
        }
    }

    fn row_at(&self, place: usize) -> Option<Row> {
        self.lines.get(place).map(|line| line.row.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use mistatus_core::group::GroupId;

    use super::*;
    use crate::model::Entry;

    const TEAM: Section = Section::Group(GroupId(7));

    const SITUATION: Situation<'static> =
        Situation { closed: &[], page: 2, is_rtl: false, shift: false };

    fn line(row: Row) -> Line {
        Line { row, place: 1, of: 1, under: None }
    }

    fn person(name: &str) -> Line {
        let name = SigninName::parse(name).unwrap();
        line(Row::Person(TEAM, Rc::new(Entry::new(name.clone(), name.as_str()))))
    }

    fn team() -> Navigation {
        let mut navigation = Navigation::default();
        navigation.replace(vec![line(Row::Heading(TEAM)), person("ann"), person("bob")]);
        navigation
    }

    #[test]
    fn keys_lead_from_line_to_line_and_not_beyond() {
        let mut team = team();
        for (key, place) in
            [("ArrowDown", 0), ("ArrowDown", 1), ("PageDown", 2), ("Home", 0), ("ArrowUp", 0)]
        {
            let Some(KeyAction::Go(to)) = team.command(key, SITUATION) else { panic!("{key}") };
            assert_eq!(team.go(to), place, "{key}");
        }
        assert_eq!(team.command("F10", SITUATION), None, "without the shift key");
    }

    #[test]
    fn sideways_leads_into_a_section_and_out_of_it() {
        let mut team = team();
        team.go(0);
        let rtl = Situation { is_rtl: true, ..SITUATION };
        let closed = Situation { closed: &[TEAM], ..SITUATION };
        assert_eq!(team.command("ArrowRight", SITUATION), Some(KeyAction::Go(1)));
        assert_eq!(team.command("ArrowLeft", rtl), Some(KeyAction::Go(1)));
        assert_eq!(team.command("ArrowLeft", SITUATION), Some(KeyAction::Toggle(TEAM)));
        assert_eq!(team.command("ArrowRight", closed), Some(KeyAction::Toggle(TEAM)));
        assert_eq!(team.command("ArrowLeft", closed), Some(KeyAction::Stay));
        team.go(2);
        assert_eq!(team.command("ArrowLeft", SITUATION), Some(KeyAction::Go(0)));
    }

    #[test]
    fn whoever_is_gone_leaves_their_place_and_whoever_is_awaited_takes_it() {
        let mut team = team();
        team.go(1);
        let ann = SigninName::parse("ann").unwrap();
        assert_eq!(team.replace(vec![line(Row::Heading(TEAM)), person("bob")]), Some(1));
        team.go(1);
        team.await_person(ann);
        assert_eq!(team.replace(vec![line(Row::Heading(TEAM)), person("bob")]), None);
        assert_eq!(
            team.replace(vec![line(Row::Heading(TEAM)), person("ann"), person("bob")]),
            Some(1)
        );
        assert_eq!(team.replace(vec![person("bob"), person("ann")]), None, "awaited once");
    }
}
