//! What joins the parts of the list: what the user asks for, by whatever part, and where the focus goes.

mod directives;
mod news;
mod suggesting;

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::{Rc, Weak},
};

use leptos::prelude::*;
use mistatus_core::{hresult::HResult, message::Command, signin_name::SigninName};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

pub(super) use self::directives::{list_box, tree_box};
use super::{
    People, Wanted,
    form::{Form, Mode},
    menu::{Action, LineMenu, items_of},
    navigation::KeyAction,
    offers::Offers,
    requests::{Answer, Requests},
    state::State,
    tree::Tree,
};
use crate::{
    model::{Order, Row},
    ui::{
        dom::{after_effects, effect, is_composing, set_value, value, with_next_frame},
        language::Language,
        picker::place::Anchor,
    },
};

/// The parts of a list.
pub(super) struct Controller {
    people: Rc<dyn People>,
    wanted: ReadSignal<Wanted>,
    pub(super) state: State,
    tree: Rc<Tree>,
    form: Form,
    /// Who of the directory is offered by what is written in the form.
    offers: RefCell<Offers>,
    requests: Requests,
    pub(super) menu: LineMenu,
    root: OnceCell<Element>,
}

impl Controller {
    pub(super) fn new(people: Rc<dyn People>, wanted: ReadSignal<Wanted>) -> Rc<Self> {
        Rc::new_cyclic(|this: &Weak<Self>| {
            let this = this.clone();
            let act = move |action| {
                if let Some(this) = this.upgrade() {
                    this.act(action);
                }
            };
            let state = State::new();
            Self {
                people,
                wanted,
                state,
                tree: Rc::new(Tree::new(wanted, state)),
                form: Form::new(state),
                offers: RefCell::default(),
                requests: Requests::new(state),
                menu: LineMenu::new(state, Box::new(act)),
                root: OnceCell::new(),
            }
        })
    }

    /// Puts the focus where the people are, or where they are added; where neither can have it, where they are searched.
    pub(super) fn focus(&self) {
        // By what is going to be drawn: what is hidden or disabled a moment later would lose the focus.
        let mut can_add = false;
        self.state.read(&mut |state| can_add = state.is_signed_in);
        let parts =
            [(!self.tree.is_empty(), ".mi-tree"), (can_add, ".mi-add"), (true, ".mi-filter")];
        for (_, selector) in parts.iter().filter(|(can_have, _)| *can_have) {
            if let Some(part) = self.part(selector) {
                let _ = part.focus();
                if part.matches(":focus").unwrap_or(false) {
                    return;
                }
            }
        }
    }

    /// Opens the form in which a sign-in name is given, with one in it already or none. Returns false where it was open.
    pub(super) fn open_add(self: &Rc<Self>, name: &str) -> bool {
        if self.form.mode() == Some(Mode::Add) {
            self.focus_form();
            return false;
        }
        self.open_form(Mode::Add, name);
        self.suggest_soon();
        true
    }

    fn language(&self) -> Language {
        self.wanted.with_untracked(|wanted| wanted.language)
    }

    fn part(&self, selector: &str) -> Option<HtmlElement> {
        let part = self.root.get()?.query_selector(selector).ok()?;
        part.map(Element::unchecked_into)
    }

    fn focus_on(&self, selector: &str) {
        if let Some(part) = self.part(selector) {
            let _ = part.focus();
        }
    }

    fn act(self: &Rc<Self>, action: Action) {
        match action {
            Action::Converse(name) => self.people.converse(&name),
            Action::Ask(command) => self.ask(command),
            Action::OpenForm(mode) => self.open_form(mode, ""),
        }
    }

    // Starts something whose failure is told below the list.
    fn ask(self: &Rc<Self>, command: Command) {
        self.tell(None);
        let this = Rc::clone(self);
        let then = move |hr: HResult| this.tell(hr.is_failure().then_some(hr));
        self.people.ask(command, Box::new(then));
    }

    fn tell(&self, failure: Option<HResult>) {
        self.state.update(&mut |state| state.failure = failure);
    }

    fn follow(self: &Rc<Self>) {
        let this = Rc::clone(self);
        // Once a frame is enough, however many people are added in a loop.
        let read_soon = with_next_frame(Box::new(move || this.read()));
        let this = Rc::clone(self);
        let before = Cell::new(None);
        effect(Box::new(move || {
            let (order, language) = this.wanted.with(|wanted| (wanted.order, wanted.language));
            let [lists, crossings, _] = this.people.changes();
            // Who comes and goes moves in one of the orders alone.
            let crossings = (order == Order::Online).then(|| crossings.get());
            let now = Some((order, language, lists.get(), crossings));
            match before.replace(now) {
                None => untrack(|| this.read()),
                before if before != now => read_soon(),
                _ => {}
            }
        }));
        let this = Rc::clone(self);
        // Only what the page changes, so that it does not undo what the user typed.
        let told = RefCell::new(String::new());
        effect(Box::new(move || {
            let filter = this.wanted.with(|wanted| wanted.filter.clone());
            if *told.borrow() != filter {
                if let Some(field) = this.part(".mi-filter") {
                    set_value(&field, &filter);
                }
                this.tree.set_filter(&filter);
                told.replace(filter);
            }
        }));
        self.follow_signin();
        self.follow_messages();
        let this = Rc::clone(self);
        effect(Box::new(move || {
            this.tree.lay_out();
            // Without lines the tree is not displayed: the focus would be lost with it.
            if this.tree.is_empty() && this.part(".mi-tree:focus").is_some() {
                this.focus();
            }
        }));
    }

    fn read(&self) {
        let before = self.tree.view();
        self.tree.set_view(self.people.view());
        let view = self.tree.view();
        if before.user.is_some() && before.user != view.user {
            self.start_over();
        }
        self.announce_requests(&before, &view);
        // The part is missing where the list is about to be drawn.
        if !self.requests.replace(self.part(".mi-requests").as_ref(), &view.requests) {
            self.focus();
        }
    }

    // What a user has opened, looked for and been told is nothing for the next.
    fn start_over(&self) {
        self.menu.menu().close(false);
        self.form.close();
        self.end_offers();
        self.tell(None);
        let filter = self.wanted.with_untracked(|wanted| wanted.filter.clone());
        if let Some(field) = self.part(".mi-filter") {
            set_value(&field, &filter);
        }
        self.tree.set_filter(&filter);
    }

    // What happens in the parts that are drawn by one closure, whose elements have no listeners of their own.
    fn press(self: &Rc<Self>, event: &Event) {
        if is_on(event, ".mi-add") {
            self.open_add("");
        } else if is_on(event, ".mi-new-group") {
            self.open_form(Mode::NewGroup, "");
        } else if is_on(event, ".mi-connect") {
            self.people.connect();
        } else if is_on(event, ".mi-cancel") {
            self.close_form();
        } else if !self.press_offer(event) {
            self.answer(event);
        }
    }

    fn type_in(self: &Rc<Self>, event: &Event) {
        if let Some(field) = self.part(".mi-filter").filter(|_| is_on(event, ".mi-filter")) {
            self.tree.set_filter(&value(&field));
        } else if is_on(event, ".mi-form .mi-field") {
            self.suggest_soon();
        }
    }

    fn key_in_field(self: &Rc<Self>, event: &Event) {
        let event = event.unchecked_ref::<KeyboardEvent>();
        if is_composing(event) {
            return;
        }
        let key = event.key();
        if self.key_in_offers(event) {
            event.prevent_default();
            event.stop_propagation();
        } else if key == "ArrowDown" && is_on(event, ".mi-filter") {
            event.prevent_default();
            self.focus();
        } else if key == "Escape" && is_on(event, ".mi-form *") {
            event.stop_propagation();
            self.close_form();
        }
    }

    fn key(self: &Rc<Self>, event: &Event) {
        let Some(command) = self.tree.command(event.unchecked_ref()) else { return };
        match command {
            KeyAction::Go(place) => self.tree.go(place),
            KeyAction::Toggle(section) => self.tree.toggle(section),
            KeyAction::Activate(row) => self.activate(&row),
            KeyAction::OpenMenu => self.open_active_menu(),
            KeyAction::OpenForm(mode) => self.open_form(mode, ""),
            KeyAction::Stay => {}
        }
        event.prevent_default();
        event.stop_propagation();
    }

    fn click(self: &Rc<Self>, event: &Event) {
        let Some(row) = self.tree.row_of(event) else { return };
        self.tree.set_active(&row);
        if is_on(event, ".mi-more") {
            let button = event.target().map(|target| Anchor::Beside(target.unchecked_into()));
            self.open_menu(&row, button);
        } else {
            self.activate(&row);
        }
    }

    fn activate(&self, row: &Row) {
        match row {
            Row::Heading(section) => self.tree.toggle(*section),
            Row::Person(_, entry) => self.people.converse(&entry.name),
        }
    }

    fn open_active_menu(&self) {
        if let Some(row) = self.tree.active() {
            self.open_menu(&row, None);
        }
    }

    // Opens the menu of a line there, or beside the line.
    fn open_menu(&self, row: &Row, anchor: Option<Anchor>) {
        self.tree.set_active(row);
        let items = items_of(row, &self.tree.view(), self.language());
        let beside = || self.tree.box_of(row).map(Anchor::Beside);
        if let (false, Some(anchor), Some(tree)) =
            (items.is_empty(), anchor.or_else(beside), self.part(".mi-tree"))
        {
            self.menu.open(&self.tree.name_of(row), &items, anchor, tree);
        }
    }

    fn answer(self: &Rc<Self>, event: &Event) {
        let requests = self.part(".mi-requests");
        let answer = requests.and_then(|requests| self.requests.answer(&requests, event));
        let Some((name, answer)) = answer else { return };
        match answer {
            Answer::Accept => {
                self.ask(Command::AnswerContactRequest { name: name.clone(), accept: true });
                // To see somebody is why they are let see.
                if !self.tree.has(&name) {
                    self.ask(Command::AddContact { name });
                }
            }
            Answer::Refuse => self.ask(Command::AnswerContactRequest { name, accept: false }),
            Answer::Block => {
                self.ask(Command::AnswerContactRequest { name: name.clone(), accept: false });
                self.ask(Command::SetBlocked { name, blocked: true });
            }
        }
    }

    fn open_form(&self, mode: Mode, text: &str) {
        self.tell(None);
        let (mut text, mut about) = (text.to_owned(), String::new());
        match &mode {
            Mode::RemoveContact(name) => {
                about =
                    self.people.contact(name).with_untracked(|view| view.display_name().to_owned());
            }
            Mode::RemoveGroup(id) => self.tree.view().group_name(*id).clone_into(&mut about),
            Mode::Rename(id) => self.tree.view().group_name(*id).clone_into(&mut text),
            Mode::Add | Mode::NewGroup => {}
        }
        let has_field = mode.has_field();
        self.form.open(mode, about);
        self.end_offers();
        if let (Some(form), Some(field)) = (self.part(".mi-form"), self.form_field()) {
            set_value(&field, &text);
            // The focus cannot wait for the effects that show the form.
            form.set_hidden(false);
            field.set_hidden(!has_field);
        }
        self.focus_form();
    }

    fn form_field(&self) -> Option<HtmlElement> {
        self.part(".mi-form .mi-field")
    }

    fn focus_form(&self) {
        let has_field = self.form.mode().is_some_and(|mode| mode.has_field());
        self.focus_on(if has_field { ".mi-form .mi-field" } else { ".mi-confirm" });
    }

    fn close_form(&self) {
        // Focus goes first: a form that vanishes with the focus in it drops the focus on the document.
        match self.form.mode() {
            Some(Mode::Add) => self.focus_on(".mi-add"),
            Some(Mode::NewGroup) => self.focus_on(".mi-new-group"),
            _ => self.focus(),
        }
        self.form.close();
        self.end_offers();
    }

    fn submit(self: &Rc<Self>, event: &Event) {
        event.prevent_default();
        let written = self.form_field().map(|field| value(&field)).unwrap_or_default();
        let Some(command) = self.form.command(&written, self.language()) else {
            self.focus_form();
            return;
        };
        let added = match &command {
            Command::AddContact { name } => Some(name.clone()),
            _ => None,
        };
        let turn = self.form.wait();
        self.end_offers();
        let this = Rc::clone(self);
        let then = move |hr: HResult| {
            if this.form.is_turn(turn) {
                this.end_submission(hr, added);
            }
        };
        self.people.ask(command, Box::new(then));
    }

    fn end_submission(self: &Rc<Self>, hr: HResult, added: Option<SigninName>) {
        if hr.is_failure() {
            self.form.fail(self.language().problem(hr));
            self.focus_form();
            return;
        }
        self.close_form();
        if let Some(name) = added.clone() {
            self.tree.await_person(name);
        }
        // What was asked for may be there since the last frame.
        self.read();
        if let Some(name) = added {
            let this = Rc::clone(self);
            // Once they have a line.
            after_effects(Box::new(move || {
                if this.tree.is_at(&name) {
                    this.focus();
                }
            }));
        }
    }
}

fn is_on(event: &Event, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.matches(selector).unwrap_or(false))
}
