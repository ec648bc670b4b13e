//! What makes elements of the view the parts of a list: their listeners, until the present owner ends.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, MouseEvent};

use super::{Controller, is_on};
use crate::ui::{
    dom::{listen, on_end},
    keys::keep_keys_but_escape,
    picker::place::Anchor,
};

/// Makes an element the box of a list, until the present owner ends: `use:list_box=controller`.
pub(in crate::ui::list) fn list_box(root: Element, list: Rc<Controller>) {
    let _ = list.root.set(root.clone());
    on(&root, "click", &list, Controller::press);
    on(&root, "input", &list, Controller::type_in);
    on(&root, "keydown", &list, Controller::key_in_field);
    on(&root, "submit", &list, Controller::submit);
    on(&root, "mousedown", &list, |_, event| {
        // The field keeps the focus while somebody below it is pointed at.
        if is_on(event, ".mi-offers, .mi-offers *") {
            event.prevent_default();
        }
    });
    on(&root, "contextmenu", &list, |_, event| {
        // Firefox has it follow a key that opens a menu, whether or not the key was taken: on the menu, by then.
        if is_on(event, ".mi-menu, .mi-menu *") {
            event.prevent_default();
        }
    });
    keep_keys_but_escape(&root);
    // Outcomes that are awaited then find nothing that they could change.
    on_end(Box::new(move || list.form.end_turn()));
}

/// Makes an element the tree of a list, and fills it: `use:tree_box=controller`.
pub(in crate::ui::list) fn tree_box(tree: Element, list: Rc<Controller>) {
    list.tree.mount(tree.clone().unchecked_into(), Rc::clone(&list.people));
    on(&tree, "scroll", &list, |list, _| list.tree.render());
    on(&tree, "keydown", &list, Controller::key);
    on(&tree, "click", &list, Controller::click);
    on(&tree, "contextmenu", &list, |list, event| {
        event.prevent_default();
        match list.tree.row_of(event) {
            Some(row) => {
                // Keys that open menus are taken where they are pressed: this is a pointer's.
                let at = event.unchecked_ref::<MouseEvent>();
                let (x, y) = (f64::from(at.client_x()), f64::from(at.client_y()));
                list.open_menu(&row, Some(Anchor::Point(x, y)));
            }
            None => list.open_active_menu(),
        }
    });
    on(&tree, "focus", &list, |list, _| {
        if list.tree.active().is_none() {
            list.tree.go(0);
        }
    });
    list.follow();
}

fn on(
    target: &Element,
    event: &'static str,
    list: &Rc<Controller>,
    heard: fn(&Rc<Controller>, &Event),
) {
    let list = Rc::clone(list);
    listen(target, event, Box::new(move |event| heard(&list, &event)));
}
