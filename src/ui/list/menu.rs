//! The menu of a line: what can be done with a person or a group, given each time it is opened.

use std::{cell::RefCell, rc::Rc};

use web_sys::HtmlElement;

use crate::ui::{
    dom::{append, element, set, set_text},
    menu::{Menu, menu_box},
};

/// One thing that a menu offers.
pub(super) struct Item {
    /// What it is called.
    pub(super) text: String,
    /// For what can be on or off: whether it is.
    pub(super) checked: Option<bool>,
    /// Does it.
    pub(super) act: Box<dyn Fn()>,
}

/// The menu that all lines share.
pub(super) struct LineMenu {
    root: HtmlElement,
    menu: Rc<Menu>,
    items: Rc<RefCell<Vec<Item>>>,
}

impl LineMenu {
    /// Makes a menu for as long as the present owner lives; its box is to be put into the document.
    pub(super) fn new() -> Self {
        let root =
            element("div", "mi-menu", &[("part", "menu"), ("role", "menu"), ("tabindex", "-1")]);
        let items = Rc::<RefCell<Vec<Item>>>::default();
        let offered = Rc::clone(&items);
        let menu = Menu::new(Box::new(move |place| {
            // The act may open the menu again.
            let mut items = offered.take();
            if place < items.len() {
                (items.swap_remove(place).act)();
            }
        }));
        menu_box(root.clone().into(), Rc::clone(&menu));
        Self { root, menu, items }
    }

    /// Returns the menu's box.
    pub(super) const fn root(&self) -> &HtmlElement {
        &self.root
    }

    /// Opens the menu beside something and puts the focus into it; it goes `back` afterwards.
    pub(super) fn open(
        &self,
        name: &str,
        beside: &HtmlElement,
        back: &HtmlElement,
        items: Vec<Item>,
    ) {
        self.root.set_text_content(None);
        set(&self.root, "aria-label", Some(name));
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
        }
        self.items.replace(items);
        self.menu.open(beside, back, 0);
    }
}
