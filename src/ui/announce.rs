//! Says to assistive technology what has changed, politely, and once however many views show it.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, Node};

use super::dom::{after_effects, element};

thread_local! {
    /// What has been said since the effects began that run now.
    static SAID: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Marks the region of a document or shadow root in which things are said where browsers know no `ariaNotify`.
const REGION: &str = "mi-announcements";

/// For how long in milliseconds a region is empty before it says something: what comes with its text is not heard.
const SILENCE_MS: u32 = 100;

/// Says a text on behalf of an element. What several views say of the same change is heard once.
pub(crate) fn announce(near: &Element, text: &str) {
    let is_new = SAID.with_borrow_mut(|said| {
        let is_new = said.iter().all(|known| known != text);
        if is_new {
            said.push(text.to_owned());
        }
        is_new
    });
    if !is_new {
        return;
    }
    after_effects(Box::new(|| SAID.with_borrow_mut(Vec::clear)));
    let notify = js_sys::Reflect::get(near, &"ariaNotify".into()).unwrap_or_default();
    match notify.dyn_ref::<js_sys::Function>() {
        // It throws nothing.
        Some(notify) => drop(notify.call1(near, &text.into())),
        None => say_in_region(near, text),
    }
}

fn say_in_region(near: &Element, text: &str) {
    let Some(region) = region(&near.get_root_node()) else { return };
    region.set_text_content(None);
    let text: JsValue = text.into();
    Timeout::new(SILENCE_MS, move || region.set_text_content(text.as_string().as_deref())).forget();
}

fn region(root: &Node) -> Option<HtmlElement> {
    // A document's own child is its root element: regions belong into the body.
    let body = root.dyn_ref::<web_sys::Document>().and_then(web_sys::Document::body);
    let parent = body.map_or_else(|| root.clone(), Node::from);
    let mut child = parent.last_child();
    while let Some(node) = child {
        if let Some(known) =
            node.dyn_ref::<HtmlElement>().filter(|known| known.class_name() == REGION)
        {
            return Some(known.clone());
        }
        child = node.previous_sibling();
    }
    let region = element("div", REGION, &[("role", "status")]);
    // Through the object model, which no content security policy forbids.
    region.style().set_css_text(
        "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap",
    );
    parent.append_child(&region).ok()?;
    Some(region)
}

/// What is wrong, as one view shows it: said when it begins, and not again while it lasts.
#[derive(Default)]
pub(crate) struct Troubles(Cell<Option<&'static str>>);

impl Troubles {
    /// Takes what is wrong now; empty for nothing. It is over only for a user who is signed in: each attempt to be begins with
    /// nothing wrong. What was wrong before the view was there is not said.
    pub(crate) fn hear(&self, near: &Element, text: &'static str, is_signed_in: bool) {
        let before = self.0.get();
        if !text.is_empty() || is_signed_in || before.is_none() {
            self.0.set(Some(text));
            if before.is_some_and(|before| before != text) && !text.is_empty() {
                announce(near, text);
            }
        }
    }
}
