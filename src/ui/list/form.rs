//! The one form of the list: a sign-in name, the name of a group, or whether something is really to go.

use std::cell::{Cell, RefCell};

use mistatus_core::{
    group::{GroupId, GroupName},
    signin_name::SigninName,
};
use web_sys::HtmlElement;

use super::Wish;
use crate::ui::{
    dom::{append, button, element, set, set_text, set_value, show, value},
    language::{Language, Word},
};

/// Is what the form is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    Add,
    NewGroup,
    Rename(GroupId),
    RemoveGroup(GroupId),
    RemoveContact(SigninName),
}

pub(super) struct Form {
    root: HtmlElement,
    label: HtmlElement,
    about: HtmlElement,
    field: HtmlElement,
    confirm: HtmlElement,
    cancel: HtmlElement,
    failure: HtmlElement,
    open: RefCell<Option<(Mode, HtmlElement)>>,
    /// Counts openings and submissions, so that a late answer is known as such.
    turn: Cell<u32>,
}

impl Form {
    /// Makes the form; `prefix` is what its ids begin with.
    pub(super) fn new(prefix: &str) -> Self {
        let [field_id, problem_id] = ["field", "problem"].map(|id| [prefix, id].concat());
        let root = element("form", "mi-form", &[("part", "form"), ("novalidate", "")]);
        let label = element("label", "mi-form-label", &[("for", &field_id)]);
        let about = element("bdi", "mi-form-about", &[]);
        let field = element(
            "input",
            "mi-field",
            &[
                ("part", "field"),
                ("id", &field_id),
                ("autocomplete", "off"),
                ("autocapitalize", "none"),
                ("spellcheck", "false"),
                ("aria-describedby", &problem_id),
            ],
        );
        let row = element("div", "mi-form-row", &[]);
        let confirm = button("mi-button mi-confirm", "submit");
        let cancel = button("mi-button mi-plain", "button");
        let failure = element(
            "p",
            "mi-failure",
            &[("part", "failure"), ("id", &problem_id), ("role", "alert")],
        );
        append(&row, &[&field, &confirm, &cancel]);
        append(&root, &[&label, &about, &row, &failure]);
        show(&root, false);
        let (open, turn) = (RefCell::default(), Cell::new(0));
        Self { root, label, about, field, confirm, cancel, failure, open, turn }
    }

    pub(super) const fn root(&self) -> &HtmlElement {
        &self.root
    }

    pub(super) const fn cancel(&self) -> &HtmlElement {
        &self.cancel
    }

    pub(super) fn is_open(&self, mode: &Mode) -> bool {
        self.open.borrow().as_ref().is_some_and(|(open, _)| open == mode)
    }

    /// Opens it and puts the focus into it; [`Form::close`] returns what had it before.
    pub(super) fn open(
        &self,
        mode: Mode,
        text: &str,
        about: &str,
        back: &HtmlElement,
        language: Language,
    ) {
        self.open.replace(Some((mode, back.clone())));
        self.fail("");
        set_value(&self.field, text);
        set_text(&self.about, about);
        self.paint(language);
        show(&self.root, true);
        self.focus();
    }

    pub(super) fn focus(&self) {
        let target = if self.field.hidden() { &self.confirm } else { &self.field };
        let _ = target.focus();
    }

    pub(super) fn close(&self) -> Option<HtmlElement> {
        self.turn.set(self.turn.get() + 1);
        show(&self.root, false);
        self.open.take().map(|(_, back)| back)
    }

    pub(super) fn paint(&self, language: Language) {
        let open = self.open.borrow();
        let Some((mode, _)) = open.as_ref() else { return };
        let (label, confirm, has_field) = match mode {
            Mode::Add => (Word::SigninName, Word::Add, true),
            Mode::NewGroup => (Word::GroupName, Word::Add, true),
            Mode::Rename(_) => (Word::GroupName, Word::Save, true),
            Mode::RemoveGroup(_) => (Word::RemoveGroup, Word::RemoveGroup, false),
            Mode::RemoveContact(_) => (Word::RemoveContact, Word::RemoveContact, false),
        };
        show(&self.label, has_field);
        show(&self.about, !has_field);
        show(&self.field, has_field);
        let is_name = *mode == Mode::Add;
        set(&self.field, "inputmode", is_name.then_some("email"));
        set(&self.field, "dir", Some(if is_name { "ltr" } else { "auto" }));
        set_text(&self.label, language.word(label));
        set_text(&self.confirm, language.word(confirm));
        set_text(&self.cancel, language.word(Word::Cancel));
    }

    /// Returns what is wished; says what is wrong with it, and returns nothing, where it cannot be.
    pub(super) fn wish(&self, language: Language) -> Option<Wish> {
        let mode = self.open.borrow().as_ref().map(|(mode, _)| mode.clone())?;
        let text = value(&self.field);
        let group = || GroupName::parse(&text).ok();
        let wish = match mode {
            Mode::Add => {
                // Pasted names come with blanks around them.
                SigninName::parse(text.trim()).ok().map(Wish::Add)
            }
            Mode::NewGroup => group().map(Wish::CreateGroup),
            Mode::Rename(id) => group().map(|name| Wish::RenameGroup(id, name)),
            Mode::RemoveGroup(id) => Some(Wish::RemoveGroup(id)),
            Mode::RemoveContact(name) => Some(Wish::Remove(name)),
        };
        if wish.is_none() {
            self.fail(language.word(Word::BadName));
        }
        wish
    }

    /// Shows that the answer is awaited, and returns what tells it from others.
    pub(super) fn wait(&self) -> u32 {
        self.fail("");
        set(&self.root, "aria-busy", Some("true"));
        self.turn.set(self.turn.get() + 1);
        self.turn.get()
    }

    pub(super) const fn is_turn(&self, turn: u32) -> bool {
        self.turn.get() == turn
    }

    /// Says what was wrong; nothing where the text is empty.
    pub(super) fn fail(&self, text: &str) {
        set(&self.root, "aria-busy", None);
        set_text(&self.failure, text);
        set(&self.field, "aria-invalid", (!text.is_empty()).then_some("true"));
        if !text.is_empty() {
            self.focus();
        }
    }
}
