//! The tree of sections and people: what is laid out in it, and where the keyboard is.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;
use mistatus_core::signin_name::SigninName;
use web_sys::{Event, HtmlElement, KeyboardEvent};

use super::{
    People, Wanted,
    navigation::{KeyAction, Navigation, Situation},
    rows::{self, Rows},
    state::State,
};
use crate::{
    model::{Changes, Entry, ListView, Row, Section, lines},
    ui::{
        dom::{is_composing, on_resize},
        intl,
        language::{Language, Word},
        picker::typeahead::Typeahead,
    },
};

/// The tree, of which only the lines in sight are in the document.
pub(super) struct Tree {
    wanted: ReadSignal<Wanted>,
    state: State,
    /// Counts what makes the lines be laid out anew.
    changes: Changes,
    view: RefCell<Rc<ListView>>,
    navigation: RefCell<Navigation>,
    typeahead: Typeahead,
    rows: OnceCell<Rc<Rows>>,
}

impl Tree {
    pub(super) fn new(wanted: ReadSignal<Wanted>, state: State) -> Self {
        Self {
            wanted,
            state,
            changes: Changes::new(0),
            view: RefCell::default(),
            navigation: RefCell::default(),
            typeahead: Typeahead::default(),
            rows: OnceCell::new(),
        }
    }

    /// Puts the lines into an element, until the present owner ends.
    pub(super) fn mount(self: &Rc<Self>, tree: HtmlElement, people: Rc<dyn People>) {
        let tree = self.rows.get_or_init(|| Rows::new(tree, people, self.wanted)).tree();
        let this = Rc::clone(self);
        on_resize(tree, Box::new(move || this.render()));
    }

    /// Shows those whose names hold this.
    pub(super) fn set_filter(&self, filter: &str) {
        self.state.update(&mut |state| filter.clone_into(&mut state.filter));
        self.change();
    }

    fn change(&self) {
        self.changes.update(|changes| *changes = changes.wrapping_add(1));
    }

    /// Returns the lists as they were read last.
    pub(super) fn view(&self) -> Rc<ListView> {
        Rc::clone(&self.view.borrow())
    }

    /// Takes the lists in.
    pub(super) fn set_view(&self, mut view: ListView) {
        view.contacts = in_order(&view.contacts, self.language());
        self.view.replace(Rc::new(view));
        self.change();
    }

    /// Lays the lines out anew, and has the present effect run again when that is to be done once more.
    pub(super) fn lay_out(&self) {
        self.changes.track();
        let order = self.wanted.with(|wanted| wanted.order);
        let view = self.view();
        let mut laid_out = Vec::new();
        self.state.update(&mut |state| {
            laid_out = lines(&view, order, &state.filter, intl::plain, &state.closed);
            state.is_signed_in = view.signed_in;
            state.empty = match state.filter.is_empty() {
                // Why there is nobody is told already.
                _ if !laid_out.is_empty() || !view.signed_in => None,
                true => Some(Word::Nobody),
                false => Some(Word::NotFound),
            };
        });
        let place = self.navigation.borrow_mut().replace(laid_out);
        match place {
            Some(place) => self.go(place),
            None => self.render(),
        }
    }

    /// Returns whether nobody and nothing stands in the tree.
    pub(super) fn is_empty(&self) -> bool {
        self.navigation.borrow().lines().is_empty()
    }

    /// Returns whether somebody has a line.
    pub(super) fn has(&self, name: &SigninName) -> bool {
        self.navigation.borrow().place_of(name).is_some()
    }

    /// Makes somebody active as soon as they have a line.
    pub(super) fn await_person(&self, name: SigninName) {
        self.navigation.borrow_mut().await_person(name);
    }

    /// Returns whether the active line is that of somebody.
    pub(super) fn is_at(&self, name: &SigninName) -> bool {
        let navigation = self.navigation.borrow();
        matches!(navigation.active(), Some(Row::Person(_, entry)) if entry.name == *name)
    }

    /// Returns what stands in the active line, where it is there.
    pub(super) fn active(&self) -> Option<Row> {
        let navigation = self.navigation.borrow();
        navigation.active_place().and_then(|_| navigation.active().cloned())
    }

    /// Makes the line with that in it the active one.
    pub(super) fn set_active(&self, row: &Row) {
        self.navigation.borrow_mut().set_active(Some(row.clone()));
        self.render();
    }

    /// Makes a line the active one and brings it into sight.
    pub(super) fn go(&self, place: usize) {
        let place = self.navigation.borrow_mut().go(place);
        if let Some(rows) = self.rows.get() {
            rows.reveal(place);
        }
        self.render();
    }

    /// Brings the document to what is in sight.
    pub(super) fn render(&self) {
        if let Some(rows) = self.rows.get() {
            let navigation = self.navigation.borrow();
            rows.render(navigation.lines(), navigation.active(), |row| self.name_of(row));
        }
    }

    /// Opens or closes a section.
    pub(super) fn toggle(&self, section: Section) {
        self.state.update(&mut |state| {
            let count = state.closed.len();
            state.closed.retain(|closed| *closed != section);
            if state.closed.len() == count {
                state.closed.push(section);
            }
        });
        self.change();
    }

    /// Returns what a key asks for, of those that belong to the tree. Letters lead to names by themselves.
    pub(super) fn command(&self, event: &KeyboardEvent) -> Option<KeyAction> {
        if is_composing(event) || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return None;
        }
        let (key, now_ms) = (event.key(), event.time_stamp());
        let rows = self.rows.get()?;
        // The space belongs to a name that is being typed.
        if key != " " || !self.typeahead.is_typing(now_ms) {
            let mut command = None;
            self.state.read(&mut |state| {
                let situation = Situation {
                    closed: &state.closed,
                    page: rows.page(),
                    is_rtl: rows.tree().matches(":dir(rtl)").unwrap_or(false),
                    shift: event.shift_key(),
                };
                command = self.navigation.borrow().command(&key, situation);
            });
            if command.is_some() {
                return command;
            }
        }
        (key.chars().count() == 1).then(|| self.type_letter(&key, now_ms))
    }

    fn type_letter(&self, key: &str, now_ms: f64) -> KeyAction {
        let navigation = self.navigation.borrow();
        let names = navigation.lines().iter().map(|line| self.name_of(&line.row));
        let names = names.collect::<Vec<_>>();
        let hit = self.typeahead.hit(key, now_ms, navigation.active_place(), &names, intl::plain);
        hit.map_or(KeyAction::Stay, KeyAction::Go)
    }

    /// Returns what a line is called.
    pub(super) fn name_of(&self, row: &Row) -> String {
        match row {
            Row::Person(_, entry) => entry.shown.clone(),
            Row::Heading(Section::Group(id)) => self.view.borrow().group_name(*id).to_owned(),
            Row::Heading(section) => rows::heading(self.language(), *section).to_owned(),
        }
    }

    fn language(&self) -> Language {
        self.wanted.with_untracked(|wanted| wanted.language)
    }

    /// Returns what stands in the line in which something happened.
    pub(super) fn row_of(&self, event: &Event) -> Option<Row> {
        self.rows.get()?.row_of(event)
    }

    /// Returns the box of a line, where it is in the document.
    pub(super) fn box_of(&self, row: &Row) -> Option<HtmlElement> {
        self.rows.get()?.root_of(row)
    }
}

fn in_order(people: &[Rc<Entry>], language: Language) -> Vec<Rc<Entry>> {
    let names = people.iter().map(|entry| &*entry.shown).collect::<Vec<_>>();
    let places = intl::order(&names, language).into_iter();
    places.filter_map(|place| people.get(place).cloned()).collect()
}
