//! Shows a menu beside its button or at the pointer, above everything and inside the window, and keeps it there while the
//! page scrolls.
//!
//! The top layer (`popover`) keeps the menu from being clipped; where a browser has none, fixed positioning does most of it.
//! Positions go through CSSOM custom properties, which a strict content security policy allows.

use std::cell::RefCell;

use leptos::prelude::window;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::HtmlElement;

/// Distance in CSS pixels between menu and button, and at least to the window's edges.
const GAP: f64 = 4.0;

/// The place at which a menu is shown.
#[derive(Clone)]
pub(in crate::ui) enum Anchor {
    /// Below an element, or above it where there is no room.
    Beside(HtmlElement),
    /// At a point of the window, in CSS pixels: across, down.
    Point(f64, f64),
}

impl Anchor {
    // The edges beside which the menu stands: left, right, top, bottom.
    fn edges(&self) -> [f64; 4] {
        match self {
            Self::Beside(element) => {
                let edges = element.get_bounding_client_rect();
                [edges.left(), edges.right(), edges.top() - GAP, edges.bottom() + GAP]
            }
            Self::Point(x, y) => [*x, *x, *y, *y],
        }
    }
}

/// The event listener that keeps an open menu at its place.
#[derive(Default)]
pub(in crate::ui) struct Placed(RefCell<Option<Closure<dyn FnMut()>>>);

impl Placed {
    /// Shows the menu and follows what it stands beside.
    pub(in crate::ui) fn show(&self, anchor: Anchor, menu: &HtmlElement) {
        let _ = menu.set_attribute("popover", "manual");
        let _ = menu.set_attribute("data-open", "");
        let _ = menu.show_popover();
        place(&anchor, menu);
        let menu = menu.clone();
        let listener = Closure::<dyn FnMut()>::new(move || place(&anchor, &menu));
        self.release();
        let function = listener.as_ref().unchecked_ref();
        let window = window();
        // Captured: scrolling of any box in between moves the button, and does not bubble.
        let _ = window.add_event_listener_with_callback_and_bool("scroll", function, true);
        let _ = window.add_event_listener_with_callback("resize", function);
        self.0.replace(Some(listener));
    }

    /// Finds the place anew, where the menu is shown: its size is another now.
    pub(in crate::ui) fn again(&self) {
        if let Some(listener) = &*self.0.borrow() {
            let function = listener.as_ref().unchecked_ref::<js_sys::Function>();
            // It throws nothing.
            let _ = function.call0(&wasm_bindgen::JsValue::NULL);
        }
    }

    /// Hides the menu.
    pub(in crate::ui) fn hide(&self, menu: &HtmlElement) {
        let _ = menu.hide_popover();
        let _ = menu.remove_attribute("data-open");
        let _ = menu.remove_attribute("popover");
        self.release();
    }

    /// Lets go of the window.
    pub(in crate::ui) fn release(&self) {
        if let Some(listener) = self.0.take() {
            let function = listener.as_ref().unchecked_ref();
            let window = window();
            let _ = window.remove_event_listener_with_callback_and_bool("scroll", function, true);
            let _ = window.remove_event_listener_with_callback("resize", function);
        }
    }
}

fn place(anchor: &Anchor, menu: &HtmlElement) {
    let window = window();
    // Without the scroll bar, under which nobody sees the menu.
    let root = window.document().and_then(|document| document.document_element());
    let height = window.inner_height().ok().and_then(|value| value.as_f64());
    let (Some(root), Some(height)) = (root, height) else { return };
    let width = f64::from(root.client_width());
    let [left, right, top, bottom] = anchor.edges();
    let (menu_width, menu_height) =
        (f64::from(menu.offset_width()), f64::from(menu.offset_height()));
    let rtl = menu.matches(":dir(rtl)").unwrap_or(false);
    let x = if rtl { right - menu_width } else { left };
    let above = top - menu_height;
    let y = if bottom + menu_height > height && above >= 0.0 { above } else { bottom };
    let style = menu.style();
    for (property, value, room) in
        [("--mi-menu-x", x, width - menu_width), ("--mi-menu-y", y, height - menu_height)]
    {
        let value = value.min(room - GAP).max(GAP).round();
        let _ = style.set_property(property, &px(value));
    }
}

// `format!` of a float would bring kilobytes; a rounded one is an integer.
#[expect(clippy::cast_possible_truncation, reason = "window coordinates, rounded before")]
pub(in crate::ui) fn px(value: f64) -> String {
    let mut text = (value as i32).to_string();
    text.push_str("px");
    text
}
