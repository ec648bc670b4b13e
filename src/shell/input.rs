//! Where input is heard: the page's window, and every window of the same origin around it and in it, also such as come
//! later. Decides nothing.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use gloo_timers::callback::Timeout;
use wasm_bindgen::{JsValue, prelude::Closure};
use web_sys::Event;

use super::{Inner, platform, run, with};

/// What is listened to in every window. Scrolling is not among it: pages scroll by themselves.
const HEARD: [&str; 9] = [
    "pointerdown",
    "pointermove",
    "keydown",
    "wheel",
    "touchstart",
    // Text without keys: dictation, handwriting, emoji panels, keyboards on glass. What scripts insert has none.
    "beforeinput",
    // Assistive technology presses, and moves on, without any of the others.
    "click",
    FOCUS,
    LEFT,
];

const FOCUS: &str = "focusin";

/// The focus left the window, maybe for a frame.
const LEFT: &str = "blur";

/// A frame was loaded, of which only the document hears.
const LOADED: &str = "load";

/// How deep frames are followed; a page that nests them without end is not.
const DEPTH_MAX: u32 = 8;

/// Listeners in windows that come and go. Dropping it ends them all.
pub(super) struct Input {
    abort: JsValue,
    options: JsValue,
    /// Of the type that other listeners have, so that the code around it is there once.
    listener: Closure<dyn FnMut(&Event)>,
    /// Looks once more where the focus went.
    look: RefCell<Option<Timeout>>,
}

impl Input {
    /// Listens for as long as the result is kept.
    pub(super) fn listen(inner: &Weak<Inner>) -> Option<Self> {
        let abort = platform::construct("AbortController", &[])?;
        // In the capture phase, so that pages which stop propagation do not make their user idle.
        let options = platform::object(&[
            ("capture", &JsValue::TRUE),
            ("passive", &JsValue::TRUE),
            ("signal", &platform::get(&abort, "signal")?),
        ]);
        let inner = inner.clone();
        let listener = Closure::wrap(Box::new(move |event: &Event| {
            with(&inner, |inner| inner.hear(event));
        }) as Box<dyn FnMut(&Event)>);
        let input = Self { abort, options, listener, look: RefCell::default() };
        input.follow();
        Some(input)
    }

    /// Listens wherever input may come from now.
    fn follow(&self) {
        let Some(mut window) = platform::global("window") else { return };
        // The outermost that scripts of this one may reach.
        while let Some(parent) = platform::get(&window, "parent")
            && parent != window
            && platform::get(&parent, "document").is_some()
        {
            window = parent;
        }
        self.attend(&window, 0);
        // Frames in a shadow tree are not among those of their window.
        let mut root = platform::global("document");
        while let Some(element) = root.and_then(|root| platform::get(&root, "activeElement")) {
            if let Some(window) = platform::get(&element, "contentWindow") {
                self.attend(&window, 0);
            }
            let inside = platform::get(&element, "contentDocument");
            root = inside.or_else(|| platform::get(&element, "shadowRoot"));
        }
    }

    /// Listens in a window and in the frames in it. A window has the listener once, however often this is said: frames
    /// become others by navigation, and lose their listeners where scripts write them anew.
    fn attend(&self, window: &JsValue, depth: u32) {
        // That of another origin has none.
        let Some(document) = platform::get(window, "document") else { return };
        for name in HEARD {
            self.add(window, name);
        }
        self.add(&document, LOADED);
        let mut frames = 0;
        while let Some(frame) = platform::get(window, &frames.to_string())
            && depth < DEPTH_MAX
        {
            self.attend(&frame, depth + 1);
            frames += 1;
        }
    }

    fn add(&self, target: &JsValue, name: &str) {
        let listener = self.listener.as_ref();
        platform::call(target, "addEventListener", &[&name.into(), listener, &self.options]);
    }
}

impl Inner {
    fn hear(self: &Rc<Self>, event: &Event) {
        // What scripts dispatch is nobody's.
        if !event.is_trusted() {
            return;
        }
        match event.type_().as_str() {
            LEFT => {
                self.follow();
                // Firefox tells that the focus left before it says where it went.
                let this = Rc::downgrade(self);
                let look = Timeout::new(0, move || with(&this, |inner| inner.follow()));
                if let Some(input) = &*self.hearing.borrow() {
                    drop(input.look.replace(Some(look)));
                }
            }
            LOADED => self.follow(),
            FOCUS => self.hear_focus(event.clone()),
            _ => self.input(),
        }
    }

    /// Listens wherever input may come from now.
    fn follow(&self) {
        if let Some(input) = &*self.hearing.borrow() {
            input.follow();
        }
    }

    /// Takes the focus for input where somebody moved it, as assistive technology does. Scripts move it as well, and
    /// pages do as they are loaded.
    fn hear_focus(self: &Rc<Self>, event: Event) {
        let document = platform::get(&event, "target")
            .and_then(|target| platform::get(&target, "ownerDocument"));
        let state = document.and_then(|document| platform::get(&document, "readyState"));
        if state.is_none_or(|state| state != "complete") {
            return;
        }
        let this = Rc::downgrade(self);
        run(Box::pin(async move {
            // Microtasks run between two listeners where no script is under way, and else after the script, whose
            // call has come back from the last listener by then: the event has no phase any more.
            if platform::get(&event, "eventPhase").is_some_and(|phase| phase != 0) {
                with(&this, Inner::input);
            }
        }));
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        platform::call(&self.abort, "abort", &[]);
    }
}
