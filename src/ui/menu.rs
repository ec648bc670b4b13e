//! How a menu behaves, after the ARIA Authoring Practices: by keyboard, by pointer, and where the focus goes.
//!
//! The picker's menu and the contact list's behave alike because both are this. What a menu offers is its owner's
//! markup: the elements in its box, each of which can have the focus. Knows nothing of what is done.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;
use mistatus_core::fold::fold;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusEvent, HtmlElement, KeyboardEvent, Node};

use super::{
    dom::{listen, on_end},
    picker::{
        place::{Anchor, Placed},
        typeahead::Typeahead,
    },
};

/// A menu that is open now and then.
pub(crate) struct Menu {
    root: OnceCell<HtmlElement>,
    /// What the menu is a part of and is shown with, where it is.
    frame: OnceCell<HtmlElement>,
    /// Opens and closes the menu, where there is one: the focus on it leaves the menu open.
    button: OnceCell<HtmlElement>,
    /// Has the focus afterwards.
    back: RefCell<Option<HtmlElement>>,
    is_open: RwSignal<bool>,
    placed: Placed,
    typeahead: Typeahead,
    may_choose: Box<dyn Fn() -> bool>,
    on_choose: Box<dyn Fn(usize)>,
}

impl Menu {
    /// Makes a menu without a box yet. `on_choose` is called with the place of what was chosen, counted from 0, once
    /// the menu is closed.
    pub(crate) fn new(on_choose: Box<dyn Fn(usize)>) -> Rc<Self> {
        Self::with_condition(Box::new(|| true), on_choose)
    }

    /// Makes a menu that stays open, whatever is chosen, as long as `may_choose` says no; which says why by itself.
    pub(crate) fn with_condition(
        may_choose: Box<dyn Fn() -> bool>,
        on_choose: Box<dyn Fn(usize)>,
    ) -> Rc<Self> {
        Rc::new(Self {
            root: OnceCell::new(),
            frame: OnceCell::new(),
            button: OnceCell::new(),
            back: RefCell::default(),
            is_open: RwSignal::new(false),
            placed: Placed::default(),
            typeahead: Typeahead::default(),
            may_choose,
            on_choose,
        })
    }

    /// Returns whether the menu is open.
    pub(crate) fn is_open(&self) -> ReadSignal<bool> {
        self.is_open.read_only()
    }

    /// Opens the menu at a place and gives the focus to an item: 0 is the first, -1 the last. It goes `back` afterwards.
    pub(super) fn open(&self, anchor: Anchor, back: &HtmlElement, index: isize) {
        if let Some(shown) = self.shown() {
            self.back.replace(Some(back.clone()));
            if !self.is_open.get_untracked() {
                self.is_open.set(true);
            }
            self.placed.show(anchor, shown);
            self.focus(index);
        }
    }

    /// Finds the place beside the button anew, for a menu that has another size now.
    pub(crate) fn place(&self) {
        self.placed.again();
    }

    /// Closes the menu, where it is open.
    pub(crate) fn close(&self, return_focus: bool) {
        // Gone with its owner, where the focus leaves because the page takes the menu away.
        if self.is_open.try_get_untracked() != Some(true) {
            return;
        }
        self.is_open.set(false);
        // Focus goes first: a menu that vanishes with the focus in it drops the focus on the document.
        let back = self.back.take().filter(|_| return_focus);
        if let Some(back) = back {
            let _ = back.focus();
        }
        if let Some(shown) = self.shown() {
            self.placed.hide(shown);
        }
    }

    // What is shown and hidden.
    fn shown(&self) -> Option<&HtmlElement> {
        self.frame.get().or(self.root.get())
    }

    fn is_in_dialog(&self) -> bool {
        self.frame.get().is_some_and(|frame| frame.matches("[role=dialog]").unwrap_or(false))
    }

    fn toggle(&self, button: &HtmlElement) {
        if self.is_open.get_untracked() {
            self.close(true);
        } else {
            self.open_beside(button, 0);
        }
    }

    fn open_beside(&self, button: &HtmlElement, index: isize) {
        self.open(Anchor::Beside(button.clone()), button, index);
    }

    fn button_key(&self, button: &HtmlElement, event: &KeyboardEvent) {
        match event.key().as_str() {
            "ArrowDown" | "Enter" | " " => self.open_beside(button, 0),
            "ArrowUp" => self.open_beside(button, -1),
            _ => return,
        }
        event.prevent_default();
    }

    fn key(&self, event: &KeyboardEvent) {
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
            // To what else is in the dialog.
            "Tab" if self.is_in_dialog() => return,
            // The focus is back when the browser moves it: to what follows or precedes.
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
        let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        let place = self.items().iter().position(|item| item.contains(target.as_ref()));
        if let Some(place) = place.filter(|_| (self.may_choose)()) {
            self.close(true);
            (self.on_choose)(place);
        }
    }

    fn leave(&self, event: &FocusEvent) {
        let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        let is_in = |part: &OnceCell<HtmlElement>| {
            part.get().is_some_and(|part| part.contains(next.as_ref()))
        };
        if !is_in(&self.root) && !is_in(&self.frame) && !is_in(&self.button) {
            self.close(false);
        }
    }

    fn type_letter(&self, key: &str, now_ms: f64) {
        let items = self.items();
        let names = items.iter().map(|item| item.text_content().unwrap_or_default());
        let names = names.collect::<Vec<_>>();
        if let Some(hit) = self.typeahead.hit(key, now_ms, current(&items), &names, fold) {
            self.focus(hit.cast_signed());
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

    fn items(&self) -> Vec<HtmlElement> {
        let Some(root) = self.root.get() else { return Vec::new() };
        let children = root.children();
        let item = |index| children.item(index).map(Element::unchecked_into);
        (0..children.length()).filter_map(item).collect()
    }
}

// Which item has the focus.
fn current(items: &[HtmlElement]) -> Option<usize> {
    items.iter().position(|item| item.matches(":focus").unwrap_or(false))
}

/// Makes an element the box of a menu, until the present owner ends: `use:menu_box=menu`.
pub(crate) fn menu_box(root: Element, menu: Rc<Menu>) {
    let _ = menu.root.set(root.clone().unchecked_into());
    let this = Rc::clone(&menu);
    listen(&root, "click", Box::new(move |event| this.choose(&event)));
    let this = Rc::clone(&menu);
    listen(&root, "keydown", Box::new(move |event| this.key(event.unchecked_ref())));
    listen_for_leaving(&root, &menu);
    // The element may outlive this menu, where its owner is drawn anew: it is to be closed then.
    on_end(Box::new(move || menu.placed.hide(root.unchecked_ref())));
}

/// Makes an element what a menu is shown in, with other things beside it, until the present owner ends:
/// `use:menu_frame=menu`.
pub(crate) fn menu_frame(frame: Element, menu: Rc<Menu>) {
    let _ = menu.frame.set(frame.clone().unchecked_into());
    let this = Rc::clone(&menu);
    let heard = move |event: Event| {
        if event.unchecked_ref::<KeyboardEvent>().key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            this.close(true);
        }
    };
    listen(&frame, "keydown", Box::new(heard));
    listen_for_leaving(&frame, &menu);
    on_end(Box::new(move || menu.placed.hide(frame.unchecked_ref())));
}

/// Makes an element the button of a menu, until the present owner ends: `use:menu_button=menu`.
pub(crate) fn menu_button(button: Element, menu: Rc<Menu>) {
    let button = button.unchecked_into::<HtmlElement>();
    let _ = menu.button.set(button.clone());
    let (this, beside) = (Rc::clone(&menu), button.clone());
    listen(&button, "click", Box::new(move |_| this.toggle(&beside)));
    listen_for_leaving(&button, &menu);
    let this = Rc::clone(&menu);
    // Safari gives the focus to no button that is pressed: the menu would lose it, close, and be opened anew by the click.
    let pressed = move |event: Event| {
        if this.is_open.get_untracked() {
            event.prevent_default();
        }
    };
    listen(&button, "mousedown", Box::new(pressed));
    let beside = button.clone();
    let heard = move |event: Event| menu.button_key(&beside, event.unchecked_ref());
    listen(&button, "keydown", Box::new(heard));
}

fn listen_for_leaving(part: &Element, menu: &Rc<Menu>) {
    let this = Rc::clone(menu);
    listen(part, "focusout", Box::new(move |event| this.leave(event.unchecked_ref())));
}
