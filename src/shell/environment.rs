//! What the browser tells about page and user: network, visibility, life cycle, the device. Decides nothing.

use std::rc::{Rc, Weak};

use gloo_events::{EventListener, EventListenerOptions, EventListenerPhase};
use js_sys::Promise;
use mistatus_core::{
    session::Session,
    time::{Span, Tick, UnixMs},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, VisibilityState};

use super::{Inner, activity::Device, after, clock, platform, with};

/// What happens to a page. All of it passes the window on its way to the document.
const HAPPENINGS: [&str; 8] = [
    "online",
    "offline",
    "visibilitychange",
    "pagehide",
    "freeze",
    "pageshow",
    "resume",
    "storage",
];

/// Where in the origin's storage all tabs find the last input, in milliseconds since 1970.
const LAST_INPUT: &str = "mistatus.last-input";

/// Where all tabs, and the next page's early start (www/js/loading/early.js), can find after how many
/// milliseconds without input the user counts as idle, if a page or the user has said so.
pub(super) const IDLE_AFTER: &str = "mistatus.idle-after";

/// Shortest threshold that the platform's detector takes.
const DETECTOR_MIN: Span = Span::from_secs(60);

/// The platform's idle detector for the whole device. Dropping it stops the detection.
pub(super) struct Detector {
    abort: JsValue,
    _changed: EventListener,
}

/// Listens for as long as the result is kept.
pub(super) fn listen(inner: &Weak<Inner>) -> Vec<EventListener> {
    let Some(window) = web_sys::window() else { return Vec::new() };
    // In the capture phase, so that pages which stop propagation do not make their user idle.
    let options = EventListenerOptions { phase: EventListenerPhase::Capture, passive: true };
    let mut listeners = Vec::new();
    for name in HAPPENINGS {
        let inner = inner.clone();
        listeners.push(EventListener::new_with_options(&window, name, options, move |event| {
            with(&inner, |inner| inner.happens(name, event));
        }));
    }
    listeners
}

impl Inner {
    /// Notes how the page was opened; later changes are heard of.
    pub(super) fn look_around(self: &Rc<Self>) {
        let last = read_last_input();
        // Without any, a reload would start counting anew.
        let came = if last.is_none() { Some(clock::today()) } else { came_by_hand() };
        if let Some(came) = came.filter(|came| last.is_none_or(|last| last < *came)) {
            write_last_input(came);
        }
        // Whoever has been idle for long is so from the sign-in on: loading a page is no input.
        self.check_idle();
        self.see();
        self.watch_device();
    }

    fn happens(self: &Rc<Self>, name: &str, event: &Event) {
        match name {
            "online" | "offline" => {
                let up = name == "online";
                self.drive(|session, now| session.handle_network(up, now));
            }
            "visibilitychange" => {
                self.see();
                // Somebody chose this tab, by an input that went to the browser.
                if is_visible() {
                    self.input();
                }
            }
            "pagehide" | "freeze" => {
                self.leave_device();
                self.drive(Session::suspend);
                #[cfg(feature = "xmpp")]
                self.keep_stream();
            }
            "pageshow" | "resume" => {
                self.see();
                #[cfg(feature = "xmpp")]
                self.take_stream();
                self.drive(Session::revive);
                self.watch_device();
                self.check_idle();
            }
            "storage" => {
                let key = platform::get(event, "key");
                if key.is_some_and(|key| key == LAST_INPUT) {
                    self.check_idle();
                }
            }
            _ => {}
        }
    }

    fn see(self: &Rc<Self>) {
        let visible = is_visible();
        self.drive(|session, now| session.handle_visibility(visible, now));
    }

    pub(super) fn input(self: &Rc<Self>) {
        let now = clock::today();
        let was_idle = self.idle_for(now).is_some();
        let mut activity = self.activity.borrow_mut();
        // Whoever comes back does so in all tabs.
        if activity.input(now) || was_idle {
            write_last_input(now);
        }
        drop(activity);
        // Pointer moves come by the hundred: only the one that ends idleness is worth a look at the session.
        if was_idle {
            self.check_idle();
        }
    }

    fn idle_for(&self, now: UnixMs) -> Option<Span> {
        self.activity.borrow().idle_for(self.idle_threshold()?, now)
    }

    /// Returns when the user counts as idle unless there is input before; `None` if that is so already, or never.
    pub(super) fn idle_due(&self, now: Tick) -> Option<Tick> {
        let idle_in = self.activity.borrow().idle_in(self.idle_threshold()?, clock::today())?;
        Some(now + idle_in)
    }

    /// Tells the session whether the user is idle, over all tabs.
    pub(super) fn check_idle(self: &Rc<Self>) {
        let now = clock::today();
        self.activity.borrow_mut().learn(read_last_input(), now);
        let idle_for = self.idle_for(now);
        self.drive(|session, now| session.set_idle(idle_for, now));
    }

    /// Asks the Idle Detection API, where the page has the permission already; it is never asked for.
    pub(super) fn watch_device(self: &Rc<Self>) {
        self.leave_device();
        if let Some(asked) = ask_for_permission() {
            after(asked, &Rc::downgrade(self), |inner, answer| {
                let state = answer.ok().and_then(|permission| platform::get(&permission, "state"));
                if state.is_some_and(|state| state == "granted") {
                    let threshold = inner.idle_threshold();
                    let detector = threshold.and_then(|threshold| inner.detect(threshold));
                    *inner.detector.borrow_mut() = detector;
                }
            });
        }
    }

    fn leave_device(&self) {
        self.detector.take();
        self.say_device(Device::Silent);
    }

    fn detect(self: &Rc<Self>, threshold: Span) -> Option<Detector> {
        let detector = platform::construct("IdleDetector", &[])?;
        let abort = platform::construct("AbortController", &[])?;
        let signal = platform::get(&abort, "signal")?;
        #[expect(clippy::cast_precision_loss, reason = "at most a day")]
        let threshold = JsValue::from_f64(threshold.max(DETECTOR_MIN).as_millis() as f64);
        let options = platform::object(&[("threshold", &threshold), ("signal", &signal)]);
        let started = platform::call(&detector, "start", &[&options])?;
        let this = Rc::downgrade(self);
        let changed = {
            let (this, detector) = (this.clone(), detector.clone());
            EventListener::new(detector.clone().unchecked_ref(), "change", move |_| {
                with(&this, |inner| inner.read_device(&detector));
            })
        };
        after(started.unchecked_into(), &this, move |inner, started| {
            // The permission may be gone by now.
            if started.is_ok() {
                inner.read_device(&detector);
            }
        });
        Some(Detector { abort, _changed: changed })
    }

    fn read_device(self: &Rc<Self>, detector: &JsValue) {
        let is = |property, state: &str| {
            platform::get(detector, property).is_some_and(|value| value == state)
        };
        self.say_device(if is("screenState", "locked") || is("userState", "idle") {
            Device::Left(clock::today())
        } else if is("userState", "active") {
            Device::Used
        } else {
            Device::Silent
        });
        self.check_idle();
    }

    fn say_device(&self, device: Device) {
        let mut activity = self.activity.borrow_mut();
        if activity.device(device, clock::today()) {
            write_last_input(activity.last_input());
        }
    }
}

impl Drop for Detector {
    fn drop(&mut self) {
        platform::call(&self.abort, "abort", &[]);
    }
}

/// Asks whether the page may use a detector. Browsers do not put pages away for the way back that so much as tried one.
fn ask_for_permission() -> Option<Promise> {
    platform::global("IdleDetector")?;
    let permissions = platform::get(&platform::global("navigator")?, "permissions")?;
    let name = platform::object(&[("name", &"idle-detection".into())]);
    platform::call(&permissions, "query", &[&name])?.dyn_into().ok()
}

fn is_visible() -> bool {
    web_sys::window()
        .and_then(|window| window.document())
        .is_none_or(|document| document.visibility_state() == VisibilityState::Visible)
}

/// Returns when somebody came to this page who typed its address or followed a link of another site: that is input, too.
/// Reloading and links within a site are not, since pages do both by themselves.
fn came_by_hand() -> Option<UnixMs> {
    let performance = platform::global("performance")?;
    let entries = platform::call(&performance, "getEntriesByType", &[&"navigation".into()])?;
    let is_navigation =
        platform::get(&platform::get(&entries, "0")?, "type")?.as_string()? == "navigate";
    let document = web_sys::window()?.document()?;
    let origin = platform::get(&platform::global("location")?, "origin")?.as_string()?;
    let is_elsewhere = !document.referrer().starts_with(&origin);
    let at = platform::get(&performance, "timeOrigin")?.as_f64()?;
    (is_navigation && is_elsewhere && is_visible()).then(|| UnixMs::from_millis(clock::whole(at)))
}

/// Returns when the last input into any page of this origin was; `None` where none is known or storage is forbidden.
pub(super) fn read_last_input() -> Option<UnixMs> {
    read(LAST_INPUT).map(UnixMs::from_millis)
}

/// Tells all tabs, where that is possible.
fn write_last_input(at: UnixMs) {
    write(LAST_INPUT, Some(at.as_millis()));
}

/// Reads a number of milliseconds.
pub(super) fn read(key: &str) -> Option<u64> {
    let storage = platform::global("localStorage")?;
    platform::call(&storage, "getItem", &[&key.into()])?.as_string()?.parse().ok()
}

/// Writes a number of milliseconds, or takes it away.
pub(super) fn write(key: &str, ms: Option<u64>) {
    let Some(storage) = platform::global("localStorage") else { return };
    let key = key.into();
    match ms {
        Some(ms) => {
            #[expect(clippy::cast_precision_loss, reason = "at most 2^53 - 1")]
            let ms = JsValue::from_f64(ms as f64);
            platform::call(&storage, "setItem", &[&key, &ms]);
        }
        None => drop(platform::call(&storage, "removeItem", &[&key])),
    }
}
