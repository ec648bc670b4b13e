//! What a log shows while messages are added to it: the newest for whoever is at the end, the same ones for everybody
//! else. The focus stays in the log, too, where what had it goes away.

use std::{
    cell::{Cell, OnceCell},
    rc::Rc,
};

use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// How far from the lower edge, in CSS pixels, still counts as being there.
const NEAR_END: i32 = 24;

/// Nearer to the upper edge than this, in CSS pixels, the user wants older messages.
const NEAR_START: i32 = 40;

/// The scroll position of a log.
#[derive(Default)]
pub(super) struct Scroll(Rc<Shared>);

struct Shared {
    log: OnceCell<HtmlElement>,
    to_end: Cell<bool>,
    /// Whether the newest message is in sight.
    is_at_end: Cell<bool>,
}

/// What a log shows at one time.
#[derive(Clone, Copy)]
pub(super) struct ScrollPosition {
    height: i32,
    top: i32,
    is_at_end: bool,
    has_focus: bool,
}

impl Scroll {
    /// Watches over a log.
    pub(super) fn set_log(&self, log: HtmlElement) {
        let _ = self.0.log.set(log);
    }

    /// Shows the newest at the next change, wherever the user is.
    pub(super) fn to_end(&self) {
        self.0.to_end.set(true);
    }

    /// Notes where the user has scrolled to.
    pub(super) fn scrolled(&self) {
        self.0.is_at_end.set(self.place().is_none_or(|place| place.is_at_end));
    }

    /// Returns to the newest message, where it was in sight before the log became higher or lower.
    pub(super) fn resized(&self) {
        if let Some(log) = self.0.log.get().filter(|_| self.0.is_at_end.get()) {
            log.set_scroll_top(log.scroll_height());
        }
    }

    /// Returns whether the user has come near the oldest message.
    pub(super) fn is_near_start(&self) -> bool {
        self.0.log.get().is_some_and(|log| log.scroll_top() < NEAR_START)
    }

    /// Returns what the log shows before a change.
    pub(super) fn place(&self) -> Option<ScrollPosition> {
        let log = self.0.log.get()?;
        let (height, top) = (log.scroll_height(), log.scroll_top());
        let is_at_end = height - top - log.client_height() < NEAR_END;
        let has_focus = log.matches(":focus-within").unwrap_or(false);
        Some(ScrollPosition { height, top, is_at_end, has_focus })
    }

    /// Returns to a place once the effects of a change have run: they wait already, and this waits behind them.
    pub(super) fn keep(&self, place: Option<ScrollPosition>, older_came: bool) {
        let shared = Rc::clone(&self.0);
        spawn_local(async move {
            if let (Some(log), Some(place)) = (shared.log.get(), place) {
                shared.restore(log, place, older_came);
            }
        });
    }
}

impl Shared {
    fn restore(&self, log: &HtmlElement, place: ScrollPosition, older_came: bool) {
        if self.to_end.take() || place.is_at_end {
            self.is_at_end.set(true);
            log.set_scroll_top(log.scroll_height());
        } else if older_came {
            log.set_scroll_top(place.top + log.scroll_height() - place.height);
        }
        // What is hidden has the focus until the browser paints.
        let has_focus = || {
            let within = log.query_selector(":focus:not([hidden])");
            log.matches(":focus").unwrap_or(true) || within.is_ok_and(|within| within.is_some())
        };
        if place.has_focus && !has_focus() {
            let _ = log.focus();
        }
    }
}

impl Default for Shared {
    fn default() -> Self {
        Self { log: OnceCell::new(), to_end: Cell::new(true), is_at_end: Cell::new(true) }
    }
}
