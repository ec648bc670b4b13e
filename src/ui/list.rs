//! The contact list: a tree of sections and people, after the ARIA Authoring Practices, with what is needed to change it.
//!
//! The tree has the focus, its active item goes by `aria-activedescendant`: only the lines in sight are in the document.
//! Knows no connection: it reads [`People`] and says what is wished.

mod form;
mod menu;
mod requests;
mod rows;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;
use mistatus_core::{
    group::{GroupId, GroupName},
    hresult::HResult,
    signin_name::SigninName,
};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent};

use self::{
    form::{Form, Mode},
    menu::{Item, LineMenu},
    requests::Requests,
    rows::{Shown, Window},
};
use super::{
    dom::{
        append, button, effect, element, listen, on_end, on_resize, set, set_text, set_value, show,
        unique, value, with_next_frame,
    },
    language::{Language, Word},
    picker::typeahead::Typeahead,
};
use crate::model::{Changes, ContactView, Line, ListView, Order, Row, Section, lines};

/// Is what an item of a menu does.
type Act = Box<dyn Fn(&Rc<List>)>;

/// Is called with how a wish ended.
pub type Then = Box<dyn FnOnce(HResult)>;

/// Is where the list has its people from, and who carries out what is wished.
pub trait People {
    /// Counts changes of [`People::view`], of who is there in it, and of [`People::unread`].
    fn changes(&self) -> [Changes; 3];
    /// Returns the lists as they are.
    fn view(&self) -> ListView;
    /// Returns what is known of somebody, as a signal.
    fn contact(&self, name: &SigninName) -> ArcRwSignal<ContactView>;
    /// Returns how many messages of somebody have not been read.
    fn unread(&self, name: &SigninName) -> u32;
    /// Starts to carry out a wish; `then` is told the end.
    fn ask(&self, wish: Wish, then: Then);
    /// Opens the conversation with somebody.
    fn converse(&self, name: &SigninName);
}

/// Is what the user wants done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wish {
    /// Somebody on the list.
    Add(SigninName),
    /// Somebody off the list.
    Remove(SigninName),
    /// Somebody blocked, or no longer.
    Block(SigninName, bool),
    /// Somebody who asks accepted, or refused.
    Answer(SigninName, bool),
    /// A new group.
    CreateGroup(GroupName),
    /// A group called otherwise.
    RenameGroup(GroupId, GroupName),
    /// A group ended.
    RemoveGroup(GroupId),
    /// Somebody in a group, or out of it.
    Member(GroupId, SigninName, bool),
}

/// Is how the page wants the list.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Wanted {
    /// In which order.
    pub order: Order,
    /// Whose names hold this; everybody where it is empty.
    pub filter: String,
    /// In which language.
    pub language: Language,
}

/// Is a contact list on the page.
pub struct List {
    people: Rc<dyn People>,
    wanted: ArcRwSignal<Wanted>,
    view: RefCell<Rc<ListView>>,
    lines: RefCell<Vec<Line>>,
    closed: RefCell<Vec<Section>>,
    /// Where the keyboard is.
    active: RefCell<Option<Row>>,
    /// Who is to be active once they are there.
    awaited: RefCell<Option<SigninName>>,
    /// What the page asked to be filtered last, so that it does not undo what the user typed.
    told_filter: RefCell<String>,
    window: Window,
    shown: RefCell<Vec<Shown>>,
    /// What the ids in this list begin with.
    prefix: String,
    ids: Cell<u32>,
    owner: Owner,
    typeahead: Typeahead,
    menu: LineMenu,
    form: Form,
    requests: Requests,
    root: HtmlElement,
    filter: HtmlElement,
    add: HtmlElement,
    new_group: HtmlElement,
    tree: HtmlElement,
    empty: HtmlElement,
    help: HtmlElement,
    said: HtmlElement,
}

impl List {
    /// Draws a list for as long as the present owner lives.
    #[must_use]
    pub fn new(people: Rc<dyn People>, wanted: ArcRwSignal<Wanted>) -> Rc<Self> {
        let prefix = unique();
        let keys = [&prefix, "keys"].concat();
        let root = element("div", "mi-list", &[("part", "panel")]);
        let bar = element("div", "mi-bar", &[("part", "bar")]);
        let filter = element(
            "input",
            "mi-field mi-filter",
            &[("part", "filter"), ("type", "search"), ("autocomplete", "off")],
        );
        let add = button("mi-button mi-plain mi-add", "button");
        let new_group = button("mi-button mi-plain mi-new-group", "button");
        let tree = element(
            "div",
            "mi-tree",
            &[("part", "list"), ("role", "tree"), ("tabindex", "0"), ("aria-describedby", &keys)],
        );
        let empty = element("p", "mi-empty", &[("part", "empty")]);
        let help = element("span", "mi-unseen", &[("id", &keys)]);
        let said = element("p", "mi-failure", &[("part", "failure"), ("role", "status")]);
        let list = Rc::new(Self {
            people,
            wanted,
            view: RefCell::default(),
            lines: RefCell::default(),
            closed: RefCell::default(),
            active: RefCell::default(),
            awaited: RefCell::default(),
            told_filter: RefCell::default(),
            window: Window::new(&tree),
            shown: RefCell::default(),
            ids: Cell::new(0),
            owner: Owner::current().unwrap_or_default().child(),
            typeahead: Typeahead::default(),
            menu: LineMenu::new(),
            form: Form::new(&prefix),
            prefix,
            requests: Requests::new(),
            root,
            filter,
            add,
            new_group,
            tree,
            empty,
            help,
            said,
        });
        append(&bar, &[&list.filter, &list.add, &list.new_group]);
        append(
            &list.root,
            &[
                &bar,
                list.form.root(),
                list.requests.root(),
                &list.tree,
                &list.empty,
                &list.said,
                &list.help,
                list.menu.root(),
            ],
        );
        list.listen();
        list.follow();
        let ended = Rc::clone(&list);
        on_end(Box::new(move || {
            ended.shown.take();
            ended.owner.cleanup();
        }));
        list
    }

    /// Returns the list's box.
    #[must_use]
    pub const fn root(&self) -> &HtmlElement {
        &self.root
    }

    /// Opens the field in which a sign-in name is given, with one in it already or none.
    /// Returns false where it was open.
    pub fn open_add(&self, name: &str) -> bool {
        if self.form.is_open(&Mode::Add) {
            self.form.focus();
            return false;
        }
        self.open_form(Mode::Add, name, &self.add);
        true
    }

    /// Puts the focus where the people are.
    pub fn focus(&self) {
        let target = if self.lines.borrow().is_empty() { &self.add } else { &self.tree };
        let _ = target.focus();
    }

    fn language(&self) -> Language {
        self.wanted.with_untracked(|wanted| wanted.language)
    }

    fn word(&self, word: Word) -> &'static str {
        self.language().word(word)
    }

    fn listen(self: &Rc<Self>) {
        let hear = |target: &HtmlElement, name: &'static str, heard: fn(&Rc<Self>, &Event)| {
            let list = Rc::clone(self);
            listen(target, name, Box::new(move |event| heard(&list, &event)));
        };
        hear(&self.filter, "input", |list, _| list.rebuild());
        hear(&self.filter, "keydown", |list, event| {
            if event.unchecked_ref::<KeyboardEvent>().key() == "ArrowDown" {
                event.prevent_default();
                list.focus();
            }
        });
        hear(&self.add, "click", |list, _| {
            list.open_add("");
        });
        hear(&self.new_group, "click", |list, _| {
            list.open_form(Mode::NewGroup, "", &list.new_group);
        });
        hear(&self.tree, "scroll", |list, _| list.render());
        hear(&self.tree, "keydown", |list, event| list.key(event.unchecked_ref()));
        hear(&self.tree, "click", Self::click);
        hear(&self.tree, "contextmenu", |list, event| {
            event.prevent_default();
            match list.row_of(event) {
                Some(row) => list.open_menu(&row),
                None => list.open_active_menu(),
            }
        });
        hear(&self.tree, "focus", |list, _| {
            if list.active_place().is_none() {
                list.go(0);
            }
        });
        hear(self.form.root(), "submit", |list, event| {
            event.prevent_default();
            list.submit();
        });
        hear(self.form.root(), "keydown", |list, event| {
            if event.unchecked_ref::<KeyboardEvent>().key() == "Escape" {
                event.stop_propagation();
                list.close_form();
            }
        });
        hear(self.form.cancel(), "click", |list, _| list.close_form());
        hear(self.requests.root(), "click", Self::answer);
        let list = Rc::clone(self);
        on_resize(&self.tree, Box::new(move || list.render()));
    }

    fn follow(self: &Rc<Self>) {
        let list = Rc::clone(self);
        // Once a frame is enough, however many people are added in a loop.
        let refresh = with_next_frame(Box::new(move || list.refresh()));
        let list = Rc::clone(self);
        effect(Box::new(move || {
            let wanted = list.wanted.get();
            let [lists, crossings, _] = list.people.changes();
            lists.track();
            if wanted.order == Order::Online {
                crossings.track();
            }
            if *list.told_filter.borrow() != wanted.filter {
                set_value(&list.filter, &wanted.filter);
                list.told_filter.replace(wanted.filter);
            }
            refresh();
        }));
        self.refresh();
    }

    fn refresh(self: &Rc<Self>) {
        self.paint_words();
        self.view.replace(Rc::new(self.people.view()));
        self.requests.paint(&self.view.borrow(), self.language(), &self.tree);
        self.rebuild();
    }

    fn paint_words(&self) {
        set(&self.root, "lang", Some(self.language().tag()));
        for (target, word) in [(&self.filter, Word::Search), (&self.tree, Word::Contacts)] {
            set(target, "aria-label", Some(self.word(word)));
        }
        set(&self.filter, "placeholder", Some(self.word(Word::Search)));
        set_text(&self.add, self.word(Word::AddContact));
        set_text(&self.new_group, self.word(Word::NewGroup));
        set_text(&self.help, self.word(Word::Keys));
        self.form.paint(self.language());
    }

    // Lays the lines out anew; those that stay keep their boxes.
    fn rebuild(self: &Rc<Self>) {
        let filter = value(&self.filter);
        let order = self.wanted.with_untracked(|wanted| wanted.order);
        let view = Rc::clone(&self.view.borrow());
        let lines = lines(&view, order, &filter, &self.closed.borrow());
        let empty = match (lines.is_empty(), view.signed_in, filter.is_empty()) {
            (false, ..) => "",
            (_, false, _) => self.word(Word::NotSignedIn),
            (_, _, true) => self.word(Word::Nobody),
            (_, _, false) => self.word(Word::NotFound),
        };
        set_text(&self.empty, empty);
        set(&self.tree, "data-empty", lines.is_empty().then_some(""));
        for control in [&self.add, &self.new_group] {
            set(control, "disabled", (!view.signed_in).then_some(""));
        }
        // Where the active line went, the one in its place is active.
        let before = self.active_place();
        self.lines.replace(lines);
        let awaited = self.awaited.borrow().clone();
        let found = awaited.and_then(|name| self.place_of(&name));
        if found.is_some() {
            self.awaited.take();
        }
        let gone = before.filter(|_| self.active_place().is_none());
        match found.or(gone) {
            Some(place) => self.go(place),
            None => self.render(),
        }
    }

    fn place_of(&self, name: &SigninName) -> Option<usize> {
        let is_them =
            |line: &Line| matches!(&line.row, Row::Person(_, entry) if entry.name == *name);
        self.lines.borrow().iter().position(is_them)
    }

    fn active_place(&self) -> Option<usize> {
        let active = self.active.borrow();
        let active = active.as_ref()?;
        self.lines.borrow().iter().position(|line| line.row == *active)
    }

    fn row_at(&self, place: usize) -> Option<Row> {
        self.lines.borrow().get(place).map(|line| line.row.clone())
    }

    // Makes a line the active one and brings it into sight.
    fn go(self: &Rc<Self>, place: usize) {
        let last = self.lines.borrow().len().saturating_sub(1);
        let place = place.min(last);
        self.active.replace(self.row_at(place));
        self.window.reveal(place);
        self.render();
    }

    fn key(self: &Rc<Self>, event: &KeyboardEvent) {
        let key = event.key();
        if event.is_composing() || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let place = self.active_place();
        let here = place.unwrap_or_default();
        let row = place.and_then(|place| self.row_at(place));
        match key.as_str() {
            "ArrowDown" => self.go(place.map_or(0, |place| place + 1)),
            "ArrowUp" => self.go(here.saturating_sub(1)),
            "PageDown" => self.go(here + self.window.page()),
            "PageUp" => self.go(here.saturating_sub(self.window.page())),
            "Home" => self.go(0),
            "End" => self.go(usize::MAX),
            "ArrowLeft" | "ArrowRight" => {
                let rtl = self.tree.matches(":dir(rtl)").unwrap_or(false);
                match (row, (key == "ArrowRight") != rtl) {
                    (Some(Row::Heading(section)), open) if self.is_closed(section) == open => {
                        self.toggle(section);
                    }
                    (Some(Row::Heading(_)), true) => self.go(here + 1),
                    (Some(Row::Person(section, _)), false) => {
                        let heading = Row::Heading(section);
                        let place = self.lines.borrow().iter().position(|line| line.row == heading);
                        if let Some(place) = place {
                            self.go(place);
                        }
                    }
                    _ => {}
                }
            }
            " " if self.typeahead.is_typing(event.time_stamp()) => self.type_letter(&key, event),
            "Enter" | " " => {
                if let Some(row) = row {
                    self.act(&row);
                }
            }
            "ContextMenu" => self.open_active_menu(),
            "F10" if event.shift_key() => self.open_active_menu(),
            "Delete" => match row {
                Some(Row::Person(_, entry)) if entry.listed => {
                    self.open_form(Mode::RemoveContact(entry.name.clone()), "", &self.tree);
                }
                Some(Row::Heading(Section::Group(id))) => {
                    self.open_form(Mode::RemoveGroup(id), "", &self.tree);
                }
                _ => return,
            },
            "F2" => match row {
                Some(Row::Heading(Section::Group(id))) => self.rename(id),
                _ => return,
            },
            _ if key.chars().count() == 1 => self.type_letter(&key, event),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    fn type_letter(self: &Rc<Self>, key: &str, event: &KeyboardEvent) {
        let names: Vec<String> = {
            let lines = self.lines.borrow();
            lines.iter().map(|line| self.name_of(&line.row)).collect()
        };
        if let Some(hit) = self.typeahead.hit(key, event.time_stamp(), self.active_place(), &names)
        {
            self.go(hit);
        }
    }

    fn name_of(&self, row: &Row) -> String {
        let language = self.language();
        match row {
            Row::Person(_, entry) => entry.shown.clone(),
            Row::Heading(Section::Group(id)) => self.view.borrow().group_name(*id).to_owned(),
            Row::Heading(section) => rows::heading(language, *section).to_owned(),
        }
    }

    fn row_of(&self, event: &Event) -> Option<Row> {
        let target = event.target()?.dyn_into::<web_sys::Node>().ok()?;
        let shown = self.shown.borrow();
        let shown = shown.iter().find(|shown| shown.root().contains(Some(&target)))?;
        Some(shown.row().clone())
    }

    fn click(self: &Rc<Self>, event: &Event) {
        let Some(row) = self.row_of(event) else { return };
        self.active.replace(Some(row.clone()));
        self.render();
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.matches(".mi-more").unwrap_or(false)) {
            self.open_menu(&row);
        } else {
            self.act(&row);
        }
    }

    fn act(self: &Rc<Self>, row: &Row) {
        match row {
            Row::Heading(section) => self.toggle(*section),
            Row::Person(_, entry) => self.people.converse(&entry.name),
        }
    }

    fn is_closed(&self, section: Section) -> bool {
        self.closed.borrow().contains(&section)
    }

    fn toggle(self: &Rc<Self>, section: Section) {
        if self.is_closed(section) {
            self.closed.borrow_mut().retain(|closed| *closed != section);
        } else {
            self.closed.borrow_mut().push(section);
        }
        self.rebuild();
    }

    fn open_active_menu(self: &Rc<Self>) {
        if let Some(row) = self.active_place().and_then(|place| self.row_at(place)) {
            self.open_menu(&row);
        }
    }

    fn open_menu(self: &Rc<Self>, row: &Row) {
        self.active.replace(Some(row.clone()));
        self.render();
        let beside = self
            .shown
            .borrow()
            .iter()
            .find(|shown| shown.row() == row)
            .map(|shown| shown.root().clone());
        let (Some(beside), items) = (beside, self.offers(row)) else { return };
        if !items.is_empty() {
            self.menu.open(&self.name_of(row), &beside, &self.tree, items);
        }
    }

    fn offers(self: &Rc<Self>, row: &Row) -> Vec<Item> {
        let mut items = Vec::new();
        let mut offer = |text: String, checked: Option<bool>, act: Act| {
            let list = Rc::clone(self);
            items.push(Item { text, checked, act: Box::new(move || act(&list)) });
        };
        let word = |word| self.word(word).to_owned();
        match row {
            Row::Heading(Section::Group(id)) => {
                let id = *id;
                offer(word(Word::RenameGroup), None, Box::new(move |list| list.rename(id)));
                let remove =
                    move |list: &Rc<Self>| list.open_form(Mode::RemoveGroup(id), "", &list.tree);
                offer(word(Word::RemoveGroup), None, Box::new(remove));
            }
            Row::Heading(_) => {}
            Row::Person(_, entry) => {
                let (name, blocked) = (entry.name.clone(), entry.blocked);
                let him = name.clone();
                let converse = move |list: &Rc<Self>| list.people.converse(&him);
                offer(word(Word::Converse), None, Box::new(converse));
                let block = if blocked { Word::Unblock } else { Word::Block };
                let him = name.clone();
                let act = move |list: &Rc<Self>| list.wish(Wish::Block(him.clone(), !blocked));
                offer(word(block), None, Box::new(act));
                if !entry.listed {
                    let him = name.clone();
                    let act = move |list: &Rc<Self>| list.wish(Wish::Add(him.clone()));
                    offer(word(Word::AddContact), None, Box::new(act));
                    return items;
                }
                let him = name.clone();
                let remove = move |list: &Rc<Self>| {
                    list.open_form(Mode::RemoveContact(him.clone()), "", &list.tree);
                };
                offer(word(Word::RemoveContact), None, Box::new(remove));
                for (id, group, members) in &self.view.borrow().groups {
                    let (id, is_member, him) = (*id, members.contains(&name), name.clone());
                    let text = [self.word(Word::InGroup), " ", group].concat();
                    let act =
                        move |list: &Rc<Self>| list.wish(Wish::Member(id, him.clone(), !is_member));
                    offer(text, Some(is_member), Box::new(act));
                }
            }
        }
        items
    }

    fn rename(&self, id: GroupId) {
        let name = self.view.borrow().group_name(id).to_owned();
        self.open_form(Mode::Rename(id), &name, &self.tree);
    }

    // Starts something whose failure is told below the list.
    fn wish(self: &Rc<Self>, wish: Wish) {
        set_text(&self.said, "");
        let list = Rc::clone(self);
        let then = move |hr: HResult| {
            let problem = if hr.is_failure() { list.language().problem(hr) } else { "" };
            set_text(&list.said, problem);
        };
        self.people.ask(wish, Box::new(then));
    }

    fn answer(self: &Rc<Self>, event: &Event) {
        let Some((name, answer)) = self.requests.answer(event) else { return };
        match answer {
            requests::Answer::Accept => {
                self.wish(Wish::Answer(name.clone(), true));
                // To see somebody is why they are let see.
                if self.place_of(&name).is_none() {
                    self.wish(Wish::Add(name));
                }
            }
            requests::Answer::Refuse => self.wish(Wish::Answer(name, false)),
            requests::Answer::Block => {
                self.wish(Wish::Answer(name.clone(), false));
                self.wish(Wish::Block(name, true));
            }
        }
    }

    fn open_form(&self, mode: Mode, text: &str, back: &HtmlElement) {
        set_text(&self.said, "");
        let about = match &mode {
            Mode::RemoveContact(name) => {
                self.people.contact(name).with_untracked(|view| view.display_name().to_owned())
            }
            Mode::RemoveGroup(id) => self.view.borrow().group_name(*id).to_owned(),
            _ => String::new(),
        };
        self.form.open(mode, text, &about, back, self.language());
    }

    fn close_form(&self) {
        let back = self.form.close();
        let is_there =
            back.as_ref().is_some_and(|back| *back != self.tree || !self.lines.borrow().is_empty());
        match back.filter(|_| is_there) {
            Some(back) => drop(back.focus()),
            None => self.focus(),
        }
    }

    fn submit(self: &Rc<Self>) {
        let Some(wish) = self.form.wish(self.language()) else { return };
        let awaited = match &wish {
            Wish::Add(name) => Some(name.clone()),
            _ => None,
        };
        let turn = self.form.wait();
        let list = Rc::clone(self);
        let then = move |hr: HResult| {
            if !list.form.is_turn(turn) {
                return;
            }
            if hr.is_failure() {
                list.form.fail(list.language().problem(hr));
                return;
            }
            list.close_form();
            // What was wished for may be there since the last frame.
            list.refresh();
            if let Some(place) = awaited.as_ref().and_then(|name| list.place_of(name)) {
                list.go(place);
                list.focus();
            } else {
                list.awaited.replace(awaited);
            }
        };
        self.people.ask(wish, Box::new(then));
    }

    fn render(self: &Rc<Self>) {
        show(&self.empty, self.lines.borrow().is_empty());
        rows::render(self);
    }
}
