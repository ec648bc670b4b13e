//! The few things that views do with the document, each without generics: what is written once is paid for once.
//!
//! Setting what is set already touches nothing, so an update that changes nothing is free for whoever observes the page.

use std::{cell::Cell, rc::Rc};

use leptos::{prelude::*, reactive::effect::RenderEffect};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, EventTarget, HtmlElement, KeyboardEvent};

/// Calls back once an element is there, which it never is on a server: `use:once_there=then`.
pub(crate) fn once_there(element: Element, then: Rc<dyn Fn(HtmlElement)>) {
    then(element.unchecked_into());
}

/// Makes an element with its class and other attributes.
pub(crate) fn element(tag: &str, class: &str, attributes: &[(&str, &str)]) -> HtmlElement {
    // A tag from this crate is always a valid one.
    let element = document().create_element(tag).expect("a valid tag");
    set(&element, "class", Some(class));
    for (name, value) in attributes {
        set(&element, name, Some(value));
    }
    element.unchecked_into()
}

/// Puts elements into another, in order.
pub(crate) fn append(parent: &Element, children: &[&HtmlElement]) {
    for child in children {
        // Fails only where a parent would end up in itself.
        let _ = parent.append_child(child);
    }
}

/// Sets an attribute, or takes it away.
pub(crate) fn set(element: &Element, name: &str, value: Option<&str>) {
    if element.get_attribute(name).as_deref() != value {
        // Fails only for names that are none.
        let _ = match value {
            Some(value) => element.set_attribute(name, value),
            None => element.remove_attribute(name),
        };
    }
}

/// Sets the text of an element that holds nothing else.
pub(crate) fn set_text(element: &HtmlElement, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Returns a beginning of ids that no other part of the page has: a list may stand in a document of others, and twice.
pub(crate) fn unique() -> String {
    thread_local! {
        static LAST: Cell<u32> = const { Cell::new(0) };
    }
    LAST.set(LAST.get().wrapping_add(1));
    ["mi-", &LAST.get().to_string(), "-"].concat()
}

/// Returns what is written in a field.
pub(crate) fn value(field: &HtmlElement) -> String {
    let value = js_sys::Reflect::get(field, &"value".into());
    value.ok().and_then(|value| value.as_string()).unwrap_or_default()
}

/// Writes into a field.
pub(crate) fn set_value(field: &HtmlElement, text: &str) {
    // Every field takes a text.
    let _ = js_sys::Reflect::set(field, &"value".into(), &text.into());
}

/// Returns whether a key belongs to a composition, as of an input method. The key that ends one comes after its end in some
/// browsers, with the code of keys that an input method has taken.
pub(crate) fn is_composing(event: &KeyboardEvent) -> bool {
    const TAKEN: u32 = 229;
    event.is_composing() || event.key_code() == TAKEN
}

/// Calls back whenever the size of an element changes, and when it gets one, until the present owner ends.
pub(crate) fn on_resize(element: &HtmlElement, resized: Box<dyn FnMut()>) {
    let closure = Closure::wrap(resized);
    if let Ok(observer) = web_sys::ResizeObserver::new(closure.as_ref().unchecked_ref()) {
        observer.observe(element);
        on_end(Box::new(move || {
            observer.disconnect();
            drop(closure);
        }));
    }
}

/// Runs at once, and again whenever a signal that was read changes, until the present owner ends.
pub(crate) fn effect(mut paint: Box<dyn FnMut()>) {
    let effect = RenderEffect::new(move |_| paint());
    on_end(Box::new(move || drop(effect)));
}

/// Runs once the effects have run that are due now: what they draw is in the document then.
pub(crate) fn after_effects(act: Box<dyn FnOnce()>) {
    // Effects are tasks of the same queue, which runs in order.
    leptos::task::spawn_local(async move { act() });
}

/// Returns what has something done before the page is painted next, once however often it is called; not before somebody
/// looks at the page, and not after the present owner has ended.
pub(crate) fn with_next_frame(mut act: Box<dyn FnMut()>) -> Box<dyn Fn()> {
    let waiting = Rc::new(Cell::new(None));
    let closure = {
        let waiting = Rc::clone(&waiting);
        Closure::wrap(Box::new(move || {
            waiting.set(None);
            act();
        }) as Box<dyn FnMut()>)
    };
    let run = closure.as_ref().clone();
    let asked = Rc::clone(&waiting);
    on_end(Box::new(move || {
        if let (Some(window), Some(frame)) = (web_sys::window(), waiting.take()) {
            let _ = window.cancel_animation_frame(frame);
        }
        drop(closure);
    }));
    Box::new(move || {
        if asked.get().is_none() {
            let window = web_sys::window();
            asked.set(
                window.and_then(|window| window.request_animation_frame(run.unchecked_ref()).ok()),
            );
        }
    })
}

/// Listens until the present owner ends.
pub(crate) fn listen(target: &EventTarget, event: &'static str, heard: Box<dyn FnMut(Event)>) {
    let closure = Closure::wrap(heard);
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    let target = target.clone();
    on_end(Box::new(move || {
        let _ = target.remove_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    }));
}

/// Runs when the present owner ends.
pub(crate) fn on_end(ending: Box<dyn FnOnce()>) {
    // Leptos may run it in another thread where there are several; views live in a page, which has one.
    let ending = SendWrapper::new(ending);
    on_cleanup(move || ending.take()());
}

/// Puts a component into an element, behind what is there, until the present owner ends.
pub(crate) fn mount<V>(parent: &Element, view: impl FnOnce() -> V + 'static)
where
    V: IntoView,
    V::State: 'static,
{
    let mounted = leptos::mount::mount_to_renderer(parent, move || view().into_view());
    on_end(Box::new(move || drop(mounted)));
}
