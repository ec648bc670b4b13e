//! When the directory is searched for whom somebody types, and which answer counts: the last one.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use mistatus_core::limits::SUGGEST_PAUSE;

/// The searches of a form.
#[derive(Default)]
pub(super) struct Suggestions {
    /// Goes off when nothing was typed for a moment.
    pause: RefCell<Option<Timeout>>,
    /// Counts what was typed, so that a late answer is known as such.
    turn: Cell<u32>,
    /// Whether there is no directory to search.
    is_refused: Cell<bool>,
}

impl Suggestions {
    /// Begins anew: there may be a directory now.
    pub(super) fn begin(&self) {
        self.is_refused.set(false);
    }

    /// Makes answers that are still awaited count no longer, and searches that have not begun never begin.
    pub(super) fn end(&self) {
        self.turn.set(self.turn.get().wrapping_add(1));
        self.pause.take();
    }

    /// Notes that there is no directory to search.
    pub(super) fn refuse(&self) {
        self.is_refused.set(true);
    }

    /// Has something begun once nothing is typed for a moment, in place of what was to begin; where there is no directory,
    /// never.
    pub(super) fn begin_soon(&self, begin: Box<dyn FnOnce(u32)>) {
        self.end();
        if self.is_refused.get() {
            return;
        }
        let turn = self.turn.get();
        let pause = u32::try_from(SUGGEST_PAUSE.as_millis()).unwrap_or(u32::MAX);
        self.pause.replace(Some(Timeout::new(pause, move || begin(turn))));
    }

    /// Returns whether an answer is that of the last search.
    pub(super) const fn is_turn(&self, turn: u32) -> bool {
        self.turn.get() == turn
    }
}
