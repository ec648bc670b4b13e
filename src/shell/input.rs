//! Where input is heard: the page's window, and every window of the same origin around it and in it, also such as come
//! later. Decides nothing.

use std::rc::{Rc, Weak};

use wasm_bindgen::{JsValue, prelude::Closure};
use web_sys::Event;

use super::{Inner, platform, run, with};

/// Input that proves somebody is there, where it is the browser that tells of it. Scrolling is not among it: pages
/// scroll by themselves.
const INPUTS: [&str; 7] = [
    "pointerdown",
    "pointermove",
    "keydown",
    "wheel",
    "touchstart",
    // Text without keys: dictation, handwriting, emoji panels, keyboards on glass. What scripts insert has none.
    "beforeinput",
    // Assistive technology presses without any of the others.
    "click",
];

/// How deep frames are followed; a page that nests them without end is not.
const DEPTH_MAX: u32 = 8;

/// Listeners in windows that come and go. Dropping it ends them all.
pub(super) struct Input {
    abort: JsValue,
    signal: JsValue,
    heard: Listener,
    focused: Listener,
    framed: Listener,
}

type Listener = Closure<dyn Fn(Event)>;

impl Input {
    /// Listens for as long as the result is kept, in the windows that there are.
    pub(super) fn listen(inner: &Weak<Inner>) -> Option<Self> {
        let abort = platform::construct("AbortController", &[])?;
        let input = Self {
            signal: platform::get(&abort, "signal")?,
            abort,
            heard: listener(inner, |inner, event| {
                // What scripts dispatch is nobody's.
                if event.is_trusted() {
                    inner.input();
                }
            }),
            focused: listener(inner, |inner, event| hear_focus(Rc::downgrade(inner), event)),
            framed: listener(inner, |inner, _| {
                if let Some(input) = &*inner.hearing.borrow() {
                    input.follow();
                }
            }),
        };
        input.follow();
        Some(input)
    }

    /// Listens in a window and in the frames in it. A window has each listener once, however often this is said: frames
    /// become others by navigation, and lose their listeners where scripts write them anew.
    fn attend(&self, window: &JsValue, depth: u32) {
        // Of another origin.
        let Some(document) = platform::get(window, "document") else { return };
        for name in INPUTS {
            self.add(window, name, &self.heard);
        }
        self.add(window, "focusin", &self.focused);
        // The focus went into a frame, or a frame was loaded, of which only the document hears.
        self.add(window, "blur", &self.framed);
        self.add(&document, "load", &self.framed);
        if depth == DEPTH_MAX {
            return;
        }
        let mut frames = 0;
        while let Some(frame) = platform::get(window, &frames.to_string()) {
            self.attend(&frame, depth + 1);
            frames += 1;
        }
    }

    fn add(&self, target: &JsValue, name: &str, listener: &Listener) {
        // In the capture phase, so that pages which stop propagation do not make their user idle.
        let options = platform::object(&[
            ("capture", &JsValue::TRUE),
            ("passive", &JsValue::TRUE),
            ("signal", &self.signal),
        ]);
        let listener = listener.as_ref();
        platform::call(target, "addEventListener", &[&name.into(), listener, &options]);
    }

    /// Listens wherever input may come from now.
    fn follow(&self) {
        if let Some(own) = platform::global("window") {
            self.attend(&topmost(own), 0);
        }
        // Frames in a shadow tree are not among those of their window.
        let mut focused = platform::global("document");
        while let Some(root) = focused {
            let Some(element) = platform::get(&root, "activeElement") else { return };
            let document = platform::get(&element, "contentDocument");
            if let Some(window) = platform::get(&element, "contentWindow") {
                self.attend(&window, 0);
            }
            focused = document.or_else(|| platform::get(&element, "shadowRoot"));
        }
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        platform::call(&self.abort, "abort", &[]);
    }
}

fn listener(inner: &Weak<Inner>, listen: impl Fn(&Rc<Inner>, Event) + 'static) -> Listener {
    let inner = inner.clone();
    Closure::new(move |event| with(&inner, |inner| listen(inner, event)))
}

/// Takes the focus for input where somebody moved it, as assistive technology does. Scripts move it as well, and pages do
/// as they are loaded.
fn hear_focus(inner: Weak<Inner>, event: Event) {
    let document =
        event.target().and_then(|target| platform::get(target.as_ref(), "ownerDocument"));
    let state = document.and_then(|document| platform::get(&document, "readyState"));
    if !event.is_trusted() || state.is_none_or(|state| state != "complete") {
        return;
    }
    run(Box::pin(async move {
        // Microtasks run between two listeners where no script is under way, and else after the script, whose call has
        // come back from the last listener by then.
        if event.event_phase() != Event::NONE {
            with(&inner, Inner::input);
        }
    }));
}

/// Returns the outermost window that scripts of this one may reach.
fn topmost(mut window: JsValue) -> JsValue {
    while let Some(parent) = platform::get(&window, "parent")
        && parent != window
        && platform::get(&parent, "document").is_some()
    {
        window = parent;
    }
    window
}
