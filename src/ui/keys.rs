//! Keys that stay where they are typed: pages have shortcuts of a single key, which are not meant there.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};

use super::dom::listen;

/// Keeps keys without a modifier from whatever is around an element, until the present owner ends: `use:keep_keys`. What
/// listens on the element or in it hears them. Shift is no modifier: it makes other letters.
pub(crate) fn keep_keys(element: Element) {
    keep(&element, false);
}

/// The same for what is a part of the page: Escape, where nothing in the element took it, may close what is around it.
pub(crate) fn keep_keys_but_escape(element: &Element) {
    keep(element, true);
}

fn keep(element: &Element, but_escape: bool) {
    for name in ["keydown", "keypress", "keyup"] {
        let heard = move |event: Event| {
            let key = event.unchecked_ref::<KeyboardEvent>();
            let is_let_out = but_escape && key.key() == "Escape";
            if !(is_let_out || key.ctrl_key() || key.alt_key() || key.meta_key()) {
                event.stop_propagation();
            }
        };
        listen(element, name, Box::new(heard));
    }
}
