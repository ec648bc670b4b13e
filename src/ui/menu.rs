//! A menu of things to do, opened beside what they are done to, after the ARIA Authoring Practices.
//!
//! One menu serves many places: what it offers is given each time it is opened. Knows nothing of what is done.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusEvent, HtmlElement, KeyboardEvent, Node};

use super::{
    dom::{append, element, listen, on_end, set, set_text},
    picker::{place::Placed, typeahead::Typeahead},
};

/// Is one thing that a menu offers.
pub(crate) struct Item {
    /// What it is called.
    pub(crate) text: String,
    /// For what can be on or off: whether it is.
    pub(crate) checked: Option<bool>,
    /// Does it.
    pub(crate) act: Box<dyn Fn()>,
}

/// Is a menu that is open now and then.
pub(crate) struct Menu {
    root: HtmlElement,
    placed: Placed,
    typeahead: Typeahead,
    open: RefCell<Option<Open>>,
}

struct Open {
    /// Has the focus afterwards.
    back: HtmlElement,
    items: Vec<Item>,
    boxes: Vec<HtmlElement>,
}

impl Menu {
    /// Makes a menu for as long as the present owner lives; its box is to be put into the document.
    pub(crate) fn new() -> Rc<Self> {
        let root =
            element("div", "mi-menu", &[("part", "menu"), ("role", "menu"), ("tabindex", "-1")]);
        let menu = Rc::new(Self {
            root,
            placed: Placed::default(),
            typeahead: Typeahead::default(),
            open: RefCell::default(),
        });

        let this = Rc::clone(&menu);
        let heard = move |event: Event| this.choose(&event);
        listen(&menu.root, "click", Box::new(heard));

        let this = Rc::clone(&menu);
        let heard = move |event: Event| this.key(event.unchecked_ref());
        listen(&menu.root, "keydown", Box::new(heard));

        let this = Rc::clone(&menu);
        let heard = move |event: Event| {
            let event = event.unchecked_into::<FocusEvent>();
            let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
            if !this.root.contains(next.as_ref()) {
                this.close(false);
            }
        };
        listen(&menu.root, "focusout", Box::new(heard));

        let this = Rc::clone(&menu);
        on_end(Box::new(move || this.placed.release()));
        menu
    }

    /// Returns the menu's box.
    pub(crate) const fn root(&self) -> &HtmlElement {
        &self.root
    }

    /// Opens the menu beside something and puts the focus into it; it goes `back` afterwards.
    pub(crate) fn open(
        &self,
        name: &str,
        beside: &HtmlElement,
        back: &HtmlElement,
        items: Vec<Item>,
    ) {
        self.root.set_text_content(None);
        set(&self.root, "aria-label", Some(name));
        let mut boxes = Vec::new();
        for item in &items {
            let role = if item.checked.is_some() { "menuitemcheckbox" } else { "menuitem" };
            let row = element(
                "div",
                "mi-option",
                &[("part", "option"), ("role", role), ("tabindex", "-1")],
            );
            let checked = item.checked.map(|checked| if checked { "true" } else { "false" });
            set(&row, "aria-checked", checked);
            set_text(&row, &item.text);
            append(&self.root, &[&row]);
            boxes.push(row);
        }
        self.placed.show(beside, &self.root);
        self.open.replace(Some(Open { back: back.clone(), items, boxes }));
        self.focus(0);
    }

    /// Closes the menu, where it is open.
    pub(crate) fn close(&self, return_focus: bool) {
        let Some(open) = self.open.take() else { return };
        // Focus goes first: a menu that vanishes with the focus in it drops the focus on the document.
        if return_focus {
            let _ = open.back.focus();
        }
        self.placed.hide(&self.root);
    }

    fn choose(&self, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(target) = target else { return };
        let place = self
            .open
            .borrow()
            .as_ref()
            .and_then(|open| open.boxes.iter().position(|row| row.contains(Some(&target))));
        let Some(place) = place else { return };
        let item = self.open.borrow_mut().as_mut().map(|open| open.items.swap_remove(place));
        self.close(true);
        if let Some(item) = item {
            (item.act)();
        }
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
            "Escape" | "Tab" => self.close(true),
            "Enter" | " " => self.choose(event),
            _ if key.chars().count() == 1 => self.type_letter(&key, event.time_stamp()),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    fn type_letter(&self, key: &str, now_ms: f64) {
        let names = self.open.borrow().as_ref().map_or_else(Vec::new, |open| {
            open.items.iter().map(|item| item.text.clone()).collect()
        });
        if let Some(hit) = self.typeahead.hit(key, now_ms, self.current(), &names) {
            self.focus(hit.cast_signed());
        }
    }

    fn current(&self) -> Option<usize> {
        let open = self.open.borrow();
        let boxes = &open.as_ref()?.boxes;
        boxes.iter().position(|row| row.matches(":focus").unwrap_or(false))
    }

    fn step(&self, by: isize) {
        match self.current() {
            Some(current) => self.focus(current.cast_signed() + by),
            None => self.focus(by.min(0)),
        }
    }

    fn focus(&self, index: isize) {
        let row = self.open.borrow().as_ref().and_then(|open| {
            let length = open.boxes.len().cast_signed();
            let place = (length > 0).then(|| index.rem_euclid(length))?;
            open.boxes.get(place.cast_unsigned()).cloned()
        });
        if let Some(row) = row {
            let _ = row.focus();
        }
    }
}
