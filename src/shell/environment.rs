//! What the browser tells about the page: network, visibility, input.

use std::{
    cell::Cell,
    rc::{Rc, Weak},
};

use gloo_events::{EventListener, EventListenerOptions, EventListenerPhase};
use mistatus_core::{
    session::Session,
    time::{Span, Tick},
};
use wasm_bindgen::JsCast;
use web_sys::{EventTarget, VisibilityState};

use super::{Inner, clock, with};

/// Input events that prove somebody is there. Scrolling is not among them: pages scroll by themselves.
const INPUTS: [&str; 5] = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

/// Listens for as long as it is kept.
pub(super) struct Environment {
    last_input: Rc<Cell<Tick>>,
    _listeners: Vec<EventListener>,
}

impl Environment {
    pub(super) fn listen(inner: &Weak<Inner>) -> Self {
        let last_input = Rc::new(Cell::new(clock::now()));
        let mut listeners = Vec::new();
        if let Some(window) = web_sys::window() {
            for (event, up) in [("online", true), ("offline", false)] {
                let inner = inner.clone();
                listeners.push(EventListener::new(&window, event, move |_| {
                    with(&inner, |inner| {
                        inner.drive(|session, now| session.handle_network(up, now))
                    });
                }));
            }
            let restored = inner.clone();
            listeners.push(EventListener::new(&window, "pageshow", move |_| {
                with(&restored, |inner| inner.drive(Session::wake));
            }));
            for event in INPUTS {
                listeners.push(on_input(&window, event, Rc::clone(&last_input), inner.clone()));
            }
        }
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            let (shown, inner) = (document.clone(), inner.clone());
            listeners.push(EventListener::new(&document, "visibilitychange", move |_| {
                if shown.visibility_state() == VisibilityState::Visible {
                    with(&inner, |inner| inner.drive(Session::wake));
                }
            }));
        }
        Self { last_input, _listeners: listeners }
    }

    /// Returns when the user counts as idle unless there is input before; `None` if that is so already, or never.
    pub(super) fn idle_due(&self, after: Option<Span>) -> Option<Tick> {
        let due = self.last_input.get() + after?;
        (due > clock::now()).then_some(due)
    }

    /// Returns the time since the last input if that makes the user idle.
    pub(super) fn check_idle(&self, after: Option<Span>) -> Option<Span> {
        let since = clock::now().since(self.last_input.get());
        (since >= after?).then_some(since)
    }
}

fn on_input(
    target: &EventTarget,
    event: &'static str,
    last_input: Rc<Cell<Tick>>,
    inner: Weak<Inner>,
) -> EventListener {
    // In the capture phase, so that pages which stop propagation do not make their user idle.
    let options = EventListenerOptions { phase: EventListenerPhase::Capture, passive: true };
    EventListener::new_with_options(target, event, options, move |event| {
        // Only a person's input counts, not what scripts dispatch.
        if !event.dyn_ref::<web_sys::Event>().is_some_and(web_sys::Event::is_trusted) {
            return;
        }
        let (now, before) = (clock::now(), last_input.replace(clock::now()));
        // Pointer moves come by the hundred: only the one that ends idleness is worth a look at the session.
        with(&inner, |inner| {
            if inner.idle_after.get().is_some_and(|after| now.since(before) >= after) {
                inner.check_idle();
            }
        });
    })
}
