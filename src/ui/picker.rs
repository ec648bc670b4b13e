//! The selector of one's own status: a menu button with a menu of radio items, after the ARIA Authoring Practices.
//!
//! Enter, Space, arrow keys, Home, End, letters, Escape, Tab and the pointer all work; focus returns to the button.
//! Knows no connection: it reads a signal and says what was chosen.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;
use mistatus_core::{presence::Note, status::MiStatus};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusEvent, HtmlElement, KeyboardEvent, Node};

use self::{place::Placed, typeahead::Typeahead};
use super::{
    dom::{append, effect, element, hosted, listen, on_end, set, set_text},
    language::{Language, Word},
};
use crate::model::MyView;

pub(super) mod place;
pub(super) mod typeahead;

/// Is the list of statuses that may be chosen, in the order shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct States(Vec<MiStatus>);

/// Is what the picker offers, and in which language.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Offer {
    pub(crate) states: States,
    pub(crate) language: Language,
}

/// Draws one's own status and lets the user choose another.
#[component]
pub fn PickerView(
    /// What is known of the user.
    #[prop(into)]
    view: Signal<MyView>,
    /// Which statuses may be chosen; the documented ones unless told.
    #[prop(optional, into)]
    states: Signal<States>,
    /// In which language the texts are.
    #[prop(optional, into)]
    language: Signal<Language>,
    /// Is told what the user chose.
    on_choose: impl Fn(MiStatus) + 'static,
) -> impl IntoView {
    let offer = move || Offer { states: states.get(), language: language.get() };
    hosted(draw(move || view.get(), offer, on_choose))
}

/// Makes the boxes, and keeps them as the two functions say for as long as the present owner lives.
pub(crate) fn draw(
    view: impl Fn() -> MyView + 'static,
    offer: impl Fn() -> Offer + 'static,
    on_choose: impl Fn(MiStatus) + 'static,
) -> HtmlElement {
    let boxes = Rc::new(Boxes::new());
    let root = boxes.root.clone();
    let popup = Rc::new(Popup::new(&boxes));
    popup.listen(&root, Rc::new(on_choose));
    // Where nothing but the view changed, the items stay: one of them may have the focus.
    let offered = RefCell::new(None);
    effect(Box::new(move || {
        let offer = offer();
        if offered.borrow().as_ref() != Some(&offer) {
            boxes.paint_offer(&offer);
            offered.replace(Some(offer.clone()));
        }
        boxes.paint(&view(), offer.language);
    }));
    root
}

struct Boxes {
    root: HtmlElement,
    button: HtmlElement,
    dot: HtmlElement,
    label: HtmlElement,
    note: HtmlElement,
    menu: HtmlElement,
    failure: HtmlElement,
}

impl Boxes {
    fn new() -> Self {
        let root = element("span", "mi-picker", &[("part", "picker")]);
        let button = element(
            "button",
            "mi-button",
            &[
                ("part", "button"),
                ("type", "button"),
                ("aria-haspopup", "menu"),
                ("aria-expanded", "false"),
            ],
        );
        let dot = element("span", "mi-dot", &[("part", "dot")]);
        let label = element("span", "mi-label", &[("part", "label")]);
        let note = element("bdi", "mi-note", &[("part", "note")]);
        let arrow = element("span", "mi-arrow", &[]);
        let menu =
            element("div", "mi-menu", &[("part", "list"), ("role", "menu"), ("tabindex", "-1")]);
        let failure = element("span", "mi-failure", &[("part", "failure"), ("role", "status")]);
        append(&button, &[&dot, &label, &note, &arrow]);
        append(&root, &[&button, &menu, &failure]);
        Self { root, button, dot, label, note, menu, failure }
    }

    fn paint_offer(&self, offer: &Offer) {
        let language = offer.language;
        set(&self.menu, "aria-label", Some(language.word(Word::MyStatus)));
        self.menu.set_text_content(None);
        for status in &offer.states.0 {
            let item = element(
                "div",
                "mi-option",
                &[
                    ("part", "option"),
                    ("role", "menuitemradio"),
                    ("tabindex", "-1"),
                    ("data-status", status.kebab()),
                ],
            );
            let dot = element("span", "mi-dot", &[("data-status", status.kebab())]);
            let name = element("span", "mi-option-name", &[]);
            set_text(&name, language.status(*status));
            append(&item, &[&dot, &name]);
            append(&self.menu, &[&item]);
        }
    }

    fn paint(&self, view: &MyView, language: Language) {
        // What the user sees as theirs at once: the wish, until the server has spoken.
        let shown = view.pending.unwrap_or(view.status);
        let pending = view.pending.is_some();
        set(&self.button, "aria-label", Some(&button_name(language, shown, pending)));
        set(&self.button, "aria-busy", pending.then_some("true"));
        set(&self.dot, "data-status", Some(shown.kebab()));
        set(&self.dot, "data-pending", pending.then_some(""));
        set_text(&self.label, language.status(shown));
        let note = view.intent.as_ref().and_then(|intent| intent.note.as_ref());
        set_text(&self.note, note.map(Note::as_str).unwrap_or_default());
        let failure = view.failure.map(|hr| language.failure(hr));
        set_text(&self.failure, failure.unwrap_or_default());

        let checked = view.pending.or(view.intent.as_ref().map(|intent| intent.status));
        for item in children(&self.menu) {
            let named = item.get_attribute("data-status");
            let is_checked = named.as_deref() == checked.map(MiStatus::kebab);
            set(&item, "aria-checked", Some(if is_checked { "true" } else { "false" }));
        }
    }
}

// The button, its menu, and whether the menu is open.
struct Popup {
    button: HtmlElement,
    menu: HtmlElement,
    is_open: Cell<bool>,
    placed: Placed,
    typeahead: Typeahead,
}

impl Popup {
    fn new(boxes: &Boxes) -> Self {
        Self {
            button: boxes.button.clone(),
            menu: boxes.menu.clone(),
            is_open: Cell::new(false),
            placed: Placed::default(),
            typeahead: Typeahead::default(),
        }
    }

    fn listen(self: &Rc<Self>, root: &HtmlElement, on_choose: Rc<dyn Fn(MiStatus)>) {
        let popup = Rc::clone(self);
        let heard = move |_| if popup.is_open.get() { popup.close(true) } else { popup.open(0) };
        listen(&self.button, "click", Box::new(heard));

        let popup = Rc::clone(self);
        let heard = move |event: Event| popup.button_key(event.unchecked_ref());
        listen(&self.button, "keydown", Box::new(heard));

        let (popup, told) = (Rc::clone(self), Rc::clone(&on_choose));
        let heard = move |event: Event| popup.choose(&event, &*told);
        listen(&self.menu, "click", Box::new(heard));

        let popup = Rc::clone(self);
        let heard = move |event: Event| popup.menu_key(event.unchecked_ref(), &*on_choose);
        listen(&self.menu, "keydown", Box::new(heard));

        let popup = Rc::clone(self);
        let heard = move |event: Event| {
            let event = event.unchecked_into::<FocusEvent>();
            let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
            if !popup.button.contains(next.as_ref()) && !popup.menu.contains(next.as_ref()) {
                popup.close(false);
            }
        };
        listen(root, "focusout", Box::new(heard));

        let popup = Rc::clone(self);
        on_end(Box::new(move || popup.placed.release()));
    }

    fn button_key(&self, event: &KeyboardEvent) {
        match event.key().as_str() {
            "ArrowDown" | "Enter" | " " => self.open(0),
            "ArrowUp" => self.open(-1),
            _ => return,
        }
        event.prevent_default();
    }

    fn menu_key(&self, event: &KeyboardEvent, on_choose: &dyn Fn(MiStatus)) {
        if event.is_composing() || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let key = event.key();
        match key.as_str() {
            "ArrowDown" => self.step(1),
            "ArrowUp" => self.step(-1),
            "Home" => self.focus(0),
            "End" => self.focus(-1),
            "Escape" => self.close(true),
            // Focus is on the button when the browser moves it: to what follows or precedes the picker.
            "Tab" => return self.close(true),
            "Enter" => self.choose(event, on_choose),
            // The space belongs to a name that is being typed.
            " " if !self.typeahead.is_typing(event.time_stamp()) => self.choose(event, on_choose),
            _ if key.chars().count() == 1 => self.type_letter(&key, event.time_stamp()),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    fn choose(&self, event: &Event, on_choose: &dyn Fn(MiStatus)) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let chosen = target
            .and_then(|element| element.closest("[role=menuitemradio]").ok().flatten())
            .and_then(|item| item.get_attribute("data-status"))
            .and_then(|name| MiStatus::from_kebab(&name));
        if let Some(status) = chosen {
            self.close(true);
            on_choose(status);
        }
    }

    fn type_letter(&self, key: &str, now_ms: f64) {
        let items = children(&self.menu);
        let names = items.iter().map(|item| item.text_content().unwrap_or_default());
        let names = names.collect::<Vec<_>>();
        if let Some(hit) = self.typeahead.hit(key, now_ms, current(&items), &names) {
            self.focus(hit.cast_signed());
        }
    }

    // Opens and focuses an item: 0 is the first, -1 the last.
    fn open(&self, index: isize) {
        self.is_open.set(true);
        set(&self.button, "aria-expanded", Some("true"));
        self.placed.show(&self.button, &self.menu);
        self.focus(index);
    }

    fn close(&self, return_focus: bool) {
        if !self.is_open.replace(false) {
            return;
        }
        set(&self.button, "aria-expanded", Some("false"));
        // Focus goes first: a menu that vanishes with the focus in it drops the focus on the document.
        if return_focus {
            let _ = self.button.focus();
        }
        self.placed.hide(&self.menu);
    }

    fn focus(&self, index: isize) {
        let items = children(&self.menu);
        let length = items.len().cast_signed();
        if length > 0 {
            let _ = items[index.rem_euclid(length).cast_unsigned()].focus();
        }
    }

    // From no item, down leads to the first and up to the last.
    fn step(&self, by: isize) {
        match current(&children(&self.menu)) {
            Some(current) => self.focus(current.cast_signed() + by),
            None => self.focus(by.min(0)),
        }
    }
}

fn children(menu: &HtmlElement) -> Vec<HtmlElement> {
    let children = menu.children();
    let item = |index| children.item(index).map(Element::unchecked_into::<HtmlElement>);
    (0..children.length()).filter_map(item).collect()
}

// Which item has the focus.
fn current(items: &[HtmlElement]) -> Option<usize> {
    items.iter().position(|item| item.matches(":focus").unwrap_or(false))
}

fn button_name(language: Language, status: MiStatus, pending: bool) -> String {
    let mut name = language.word(Word::MyStatus).to_owned();
    name.push_str(": ");
    name.push_str(language.status(status));
    if pending {
        name.push_str(" (");
        name.push_str(language.word(Word::Changing));
        name.push(')');
    }
    name
}

impl States {
    /// What is offered unless the page says otherwise: everything that a user may choose and that needs no note.
    const DOCUMENTED: [MiStatus; 8] = [
        MiStatus::Online,
        MiStatus::Busy,
        MiStatus::DoNotDisturb,
        MiStatus::BeRightBack,
        MiStatus::Away,
        MiStatus::OnThePhone,
        MiStatus::OutToLunch,
        MiStatus::Invisible,
    ];

    /// Reads kebab-case names with spaces or commas between them, and returns with the list what is not in it:
    /// names that are unknown or cannot be chosen. A list without any good name is the documented one.
    #[must_use]
    pub fn parse(names: &str) -> (Self, Vec<&str>) {
        let mut states = Vec::new();
        let mut refused = Vec::new();
        for name in names.split([' ', ',', '\n', '\t']).filter(|name| !name.is_empty()) {
            match MiStatus::from_kebab(name).filter(|status| status.is_settable()) {
                Some(status) if !states.contains(&status) => states.push(status),
                Some(_) => {}
                None => refused.push(name),
            }
        }
        (if states.is_empty() { Self::default() } else { Self(states) }, refused)
    }
}

impl Default for States {
    fn default() -> Self {
        Self(Self::DOCUMENTED.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_in_their_order_and_once_each() {
        assert_eq!(
            States::parse("busy, online busy"),
            (States(vec![MiStatus::Busy, MiStatus::Online]), vec![])
        );
    }

    #[test]
    fn what_cannot_be_chosen_is_named() {
        assert_eq!(
            States::parse("idle busy bsy"),
            (States(vec![MiStatus::Busy]), vec!["idle", "bsy"])
        );
        assert_eq!(States::parse("idle"), (States::default(), vec!["idle"]));
        assert_eq!(States::parse(""), (States::default(), vec![]));
    }

    #[test]
    fn everything_that_is_offered_can_be_chosen() {
        assert!(States::DOCUMENTED.iter().all(|status| status.is_settable()));
    }
}
