//! The selector of one's own status: a menu button with a menu of radio items, after the ARIA Authoring Practices.
//!
//! Enter, Space, arrow keys, Home, End, letters, Escape, Tab and the pointer all work; focus returns to the button.
//! Knows no connection: it reads a signal and says what was chosen.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;
use mistatus_core::status::MiStatus;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusEvent, HtmlElement, KeyboardEvent, Node};

use self::{place::Placed, typeahead::Typeahead};
use super::{
    dom::{listen, on_end},
    language::{Language, Word},
};
use crate::model::MyView;

pub(super) mod place;
pub(super) mod typeahead;

/// The list of statuses that may be chosen, in the order shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct States(Vec<MiStatus>);

/// What the picker offers, and in which language.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Offer {
    /// Which statuses may be chosen.
    pub states: States,
    /// In which language the texts are.
    pub language: Language,
}

/// Draws the user's own status and lets them choose another. [`crate::MyStatus`] is the same with a connection.
#[component]
pub fn PickerView(
    /// What is known of the user.
    #[prop(into)]
    view: ReadSignal<MyView>,
    /// What may be chosen.
    #[prop(into)]
    offer: ReadSignal<Offer>,
    /// Called with what the user chose.
    on_choose: impl Fn(MiStatus) + 'static,
) -> impl IntoView {
    // No `div` in it, so that the component may stand in a paragraph of a page that a server draws.
    let is_open = RwSignal::new(false);
    let popup = Rc::new(Popup::new(is_open, Box::new(on_choose)));
    let language = move || offer.with(|offer| offer.language);
    let is_pending = move || view.with(|view| view.pending.is_some());
    view! {
        <span class="mi-picker" part="picker" use:popup_root=Rc::clone(&popup)>
            <button
                class="mi-button" part="button" type="button" aria-haspopup="menu"
                use:popup_button=Rc::clone(&popup)
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                aria-label=move || view.with(|view| button_name(language(), view))
                aria-busy=move || is_pending().then_some("true")
            >
                {move || view.with(|view| face(view, language()))}
            </button>
            <span
                class="mi-menu" part="list" role="menu" tabindex="-1"
                use:popup_menu=Rc::clone(&popup)
                aria-label=move || language().word(Word::MyStatus)
            >
                {move || offer.with(|offer| view.with(|view| options(offer, view)))}
            </span>
            <span class="mi-failure" part="failure" role="status">
                {move || view.with(|view| view.failure.map(|hr| language().failure(hr)))}
            </span>
        </span>
    }
}

// What the button shows.
fn face(view: &MyView, language: Language) -> impl IntoView + use<> {
    let shown = shown(view);
    let note = view.intent.as_ref().and_then(|intent| intent.note.as_ref());
    let note = note.map(|note| note.as_str().to_owned());
    view! {
        <span class="mi-dot" part="dot" data-status=shown.kebab() data-pending=view.pending.is_some()></span>
        <span class="mi-label" part="label">{language.status(shown)}</span>
        <bdi class="mi-note" part="note">{note}</bdi>
        <span class="mi-arrow"></span>
    }
}

// The items stay where they are as long as the offer does: one of them may have the focus.
fn options(offer: &Offer, view: &MyView) -> impl IntoView + use<> {
    let checked = view.pending.or(view.intent.as_ref().map(|intent| intent.status));
    let language = offer.language;
    let option = |status: &MiStatus| {
        let is_checked = if checked == Some(*status) { "true" } else { "false" };
        view! {
            <span
                class="mi-option" part="option" role="menuitemradio" tabindex="-1"
                data-status=status.kebab() aria-checked=is_checked
            >
                <span class="mi-dot" data-status=status.kebab()></span>
                <span class="mi-option-name">{language.status(*status)}</span>
            </span>
        }
    };
    offer.states.0.iter().map(option).collect_view()
}

// What the user sees as theirs at once: the wish, until the server has spoken.
fn shown(view: &MyView) -> MiStatus {
    view.pending.unwrap_or(view.status)
}

fn popup_root(root: Element, popup: Rc<Popup>) {
    let left = Rc::clone(&popup);
    listen(&root, "focusout", Box::new(move |event| left.leave(event.unchecked_ref())));
    on_end(Box::new(move || popup.placed.release()));
}

fn popup_button(button: Element, popup: Rc<Popup>) {
    popup.button.replace(Some(button.clone().unchecked_into()));
    let clicked = Rc::clone(&popup);
    listen(&button, "click", Box::new(move |_| clicked.toggle()));
    listen(&button, "keydown", Box::new(move |event| popup.button_key(event.unchecked_ref())));
}

fn popup_menu(menu: Element, popup: Rc<Popup>) {
    popup.menu.replace(Some(menu.clone().unchecked_into()));
    let clicked = Rc::clone(&popup);
    listen(&menu, "click", Box::new(move |event| clicked.choose(&event)));
    listen(&menu, "keydown", Box::new(move |event| popup.menu_key(event.unchecked_ref())));
}

// The button and its menu as the keyboard and the pointer use them.
struct Popup {
    // Both are there once the view is.
    button: RefCell<Option<HtmlElement>>,
    menu: RefCell<Option<HtmlElement>>,
    is_open: RwSignal<bool>,
    placed: Placed,
    typeahead: Typeahead,
    on_choose: Box<dyn Fn(MiStatus)>,
}

impl Popup {
    fn new(is_open: RwSignal<bool>, on_choose: Box<dyn Fn(MiStatus)>) -> Self {
        Self {
            button: RefCell::default(),
            menu: RefCell::default(),
            is_open,
            placed: Placed::default(),
            typeahead: Typeahead::default(),
            on_choose,
        }
    }

    fn toggle(&self) {
        if self.is_open.get_untracked() { self.close(true) } else { self.open(0) }
    }

    fn leave(&self, event: &FocusEvent) {
        let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        let is_in = |part: &RefCell<Option<HtmlElement>>| {
            part.borrow().as_ref().is_some_and(|part| part.contains(next.as_ref()))
        };
        if !is_in(&self.button) && !is_in(&self.menu) {
            self.close(false);
        }
    }

    fn items(&self) -> Vec<HtmlElement> {
        self.menu.borrow().as_ref().map_or_else(Vec::new, children)
    }

    fn button_key(&self, event: &KeyboardEvent) {
        match event.key().as_str() {
            "ArrowDown" | "Enter" | " " => self.open(0),
            "ArrowUp" => self.open(-1),
            _ => return,
        }
        event.prevent_default();
    }

    fn menu_key(&self, event: &KeyboardEvent) {
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
            "Enter" => self.choose(event),
            // The space belongs to a name that is being typed.
            " " if !self.typeahead.is_typing(event.time_stamp()) => self.choose(event),
            _ if key.chars().count() == 1 => self.type_letter(&key, event.time_stamp()),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    fn choose(&self, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let chosen = target
            .and_then(|element| element.closest("[role=menuitemradio]").ok().flatten())
            .and_then(|item| item.get_attribute("data-status"))
            .and_then(|name| MiStatus::from_kebab(&name));
        if let Some(status) = chosen {
            self.close(true);
            (self.on_choose)(status);
        }
    }

    fn type_letter(&self, key: &str, now_ms: f64) {
        let items = self.items();
        let names = items.iter().map(|item| item.text_content().unwrap_or_default());
        let names = names.collect::<Vec<_>>();
        if let Some(hit) = self.typeahead.hit(key, now_ms, current(&items), &names) {
            self.focus(hit.cast_signed());
        }
    }

    // Opens and focuses an item: 0 is the first, -1 the last.
    fn open(&self, index: isize) {
        if let (Some(button), Some(menu)) = (&*self.button.borrow(), &*self.menu.borrow()) {
            self.is_open.set(true);
            self.placed.show(button, menu);
        }
        self.focus(index);
    }

    fn close(&self, return_focus: bool) {
        if !self.is_open.get_untracked() {
            return;
        }
        self.is_open.set(false);
        // Focus goes first: a menu that vanishes with the focus in it drops the focus on the document.
        let button = self.button.borrow().clone().filter(|_| return_focus);
        if let Some(button) = button {
            let _ = button.focus();
        }
        if let Some(menu) = &*self.menu.borrow() {
            self.placed.hide(menu);
        }
    }

    fn focus(&self, index: isize) {
        let items = self.items();
        let length = items.len().cast_signed();
        if length > 0 {
            let _ = items[index.rem_euclid(length).cast_unsigned()].focus();
        }
    }

    // From no item, down leads to the first and up to the last.
    fn step(&self, by: isize) {
        match current(&self.items()) {
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

fn button_name(language: Language, view: &MyView) -> String {
    let mut name = language.word(Word::MyStatus).to_owned();
    name.push_str(": ");
    name.push_str(language.status(shown(view)));
    if view.pending.is_some() {
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
