//! A place in the document for one component, and the few things that tests do with it.

use std::{cell::Cell, rc::Rc};

use js_sys::Promise;
use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
    tachys::view::any_view::AnyViewState,
};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, Event, EventInit, HtmlElement, KeyboardEvent, KeyboardEventInit, MouseEvent,
    MouseEventInit, MutationObserver, MutationObserverInit,
};

/// A mounted component; taken out of the document when dropped.
pub(crate) struct Page {
    root: HtmlElement,
    handle: Option<UnmountHandle<AnyViewState>>,
}

impl Page {
    pub(crate) fn of(view: impl FnOnce() -> AnyView + 'static) -> Self {
        let root = document().create_element("div").unwrap().unchecked_into::<HtmlElement>();
        document().body().unwrap().append_child(&root).unwrap();
        let handle = Some(mount_to(root.clone(), view));
        Self { root, handle }
    }

    pub(crate) fn root(&self) -> &HtmlElement {
        &self.root
    }

    pub(crate) fn unmount(&mut self) {
        self.handle = None;
    }

    pub(crate) fn one(&self, selector: &str) -> HtmlElement {
        let found = self.root.query_selector(selector).unwrap();
        found.unwrap_or_else(|| panic!("nothing matches {selector}")).unchecked_into()
    }

    pub(crate) fn all(&self, selector: &str) -> Vec<HtmlElement> {
        let found = self.root.query_selector_all(selector).unwrap();
        (0..found.length()).map(|index| found.item(index).unwrap().unchecked_into()).collect()
    }

    pub(crate) fn text(&self) -> String {
        self.root.text_content().unwrap()
    }

    /// Counts what happens in the document while something is done and its effects run.
    pub(crate) async fn mutations(&self, act: impl FnOnce()) -> u32 {
        let count = Rc::new(Cell::new(0));
        let counter = Rc::clone(&count);
        let callback = Closure::<dyn FnMut(js_sys::Array)>::new(move |records: js_sys::Array| {
            counter.set(counter.get() + records.length());
        });
        let observer = MutationObserver::new(callback.as_ref().unchecked_ref()).unwrap();
        let everything = MutationObserverInit::new();
        everything.set_subtree(true);
        everything.set_attributes(true);
        everything.set_child_list(true);
        everything.set_character_data(true);
        observer.observe_with_options(&self.root, &everything).unwrap();
        act();
        settle().await;
        observer.disconnect();
        count.get()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.handle = None;
        self.root.remove();
    }
}

/// Makes a signal that never changes.
pub(crate) fn fixed<T: Send + Sync + 'static>(value: T) -> ReadSignal<T> {
    signal(value).0
}

/// Waits until effects have run and observers were told.
pub(crate) async fn settle() {
    for _ in 0..3 {
        leptos::task::tick().await;
    }
}

/// Waits until effects have run, and what they wanted done with the next frame.
pub(crate) async fn frame() {
    settle().await;
    let painted = Promise::new(&mut |resolve, _| {
        window().request_animation_frame(&resolve).unwrap();
    });
    JsFuture::from(painted).await.unwrap();
    settle().await;
}

/// Writes into a field as a user does.
pub(crate) async fn type_into(field: &HtmlElement, text: &str) {
    js_sys::Reflect::set(field, &"value".into(), &text.into()).unwrap();
    let init = EventInit::new();
    init.set_bubbles(true);
    let event = Event::new_with_event_init_dict("input", &init).unwrap();
    field.dispatch_event(&event).unwrap();
    settle().await;
}

/// Presses a key where the focus is; returns whether the browser's own doing was prevented.
pub(crate) async fn press(key: &str) -> bool {
    strike(key, |_| {}).await
}

/// As [`press`], with the shift key held.
pub(crate) async fn press_with_shift(key: &str) -> bool {
    strike(key, |init| init.set_shift_key(true)).await
}

/// As [`press`], while something is composed.
pub(crate) async fn press_composing(key: &str) -> bool {
    strike(key, |init| init.set_is_composing(true)).await
}

/// Asks for a menu as a key or the pointer does; returns whether that of the browser was prevented.
pub(crate) async fn ask_for_menu(target: &Element) -> bool {
    ask_for_menu_at(target, 0, 0).await
}

/// As [`ask_for_menu`], by the pointer at a point of the window.
pub(crate) async fn ask_for_menu_at(target: &Element, x: i32, y: i32) -> bool {
    let init = MouseEventInit::new();
    init.set_bubbles(true);
    init.set_cancelable(true);
    init.set_client_x(x);
    init.set_client_y(y);
    let event = MouseEvent::new_with_mouse_event_init_dict("contextmenu", &init).unwrap();
    let proceed = target.dispatch_event(&event).unwrap();
    settle().await;
    !proceed
}

/// Has texts that are announced kept instead, and returns what returns those that are new.
pub(crate) fn announcements() -> impl Fn() -> Vec<String> {
    let said = js_sys::Array::new();
    let keep = js_sys::Function::new_with_args("text", "this.said.push(text)");
    let target = js_sys::Object::new();
    js_sys::Reflect::set(&target, &"said".into(), &said).unwrap();
    let prototype = js_sys::Reflect::get(&js_sys::global(), &"Element".into()).unwrap();
    let prototype = js_sys::Reflect::get(&prototype, &"prototype".into()).unwrap();
    js_sys::Reflect::set(&prototype, &"ariaNotify".into(), &keep.bind0(&target)).unwrap();
    move || {
        let texts = said.iter().filter_map(|text| text.as_string()).collect();
        said.set_length(0);
        texts
    }
}

async fn strike(key: &str, further: impl FnOnce(&KeyboardEventInit)) -> bool {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    further(&init);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    let proceed = focused().dispatch_event(&event).unwrap();
    settle().await;
    !proceed
}

pub(crate) fn focused() -> Element {
    document().active_element().unwrap()
}

pub(crate) fn attribute(element: &Element, name: &str) -> Option<String> {
    element.get_attribute(name)
}
