//! Whether a conversation is before the user's eyes: on the screen, in a page that can be seen.

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, VisibilityState};

use crate::ui::dom::{listen, on_end};

/// What is known of it.
#[derive(Clone, Default)]
pub(super) struct Sight(Rc<Cell<bool>>);

impl Sight {
    /// Whether the element can be seen now.
    pub(super) fn is_seen(&self) -> bool {
        self.0.get() && leptos::prelude::document().visibility_state() == VisibilityState::Visible
    }

    /// Watches over an element, until the present owner ends; `seen` is called when it may have come into sight.
    pub(super) fn watch(&self, element: &Element, seen: Rc<dyn Fn()>) {
        let (on_screen, look) = (Rc::clone(&self.0), Rc::clone(&seen));
        let observed = move |entries: js_sys::Array| {
            let last = entries.pop().unchecked_into::<IntersectionObserverEntry>();
            on_screen.set(last.is_intersecting());
            look();
        };
        let observed = Closure::<dyn FnMut(js_sys::Array)>::new(observed);
        if let Ok(observer) = IntersectionObserver::new(observed.as_ref().unchecked_ref()) {
            observer.observe(element);
            on_end(Box::new(move || {
                observer.disconnect();
                drop(observed);
            }));
        }
        listen(&leptos::prelude::document(), "visibilitychange", Box::new(move |_| seen()));
    }
}
