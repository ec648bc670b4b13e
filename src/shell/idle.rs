//! After how long without input the user is idle on this page: what the user chose for all devices, and what the page says.

use std::rc::Rc;

use mistatus_core::{
    idle::{IdleAfter, IdleChoice},
    time::Span,
};

use super::{Inner, environment};

/// Where in the origin's storage the next page finds after how many milliseconds its user chose to be idle: until the
/// server has said it, a page would go by its own settings, and show whoever is idle as online for a moment.
const CHOSEN: &str = "mistatus.idle-chosen";

/// Returns what was chosen as far as the last page of this origin knew. Whether it is told, the server sees to.
pub(super) fn remembered() -> IdleChoice {
    let after = environment::read(CHOSEN).map(Span::from_millis);
    IdleChoice { after: after.and_then(|after| IdleAfter::new(after).ok()), ..IdleChoice::NONE }
}

impl Inner {
    /// Returns the threshold; `None` where idleness is told nobody.
    pub(super) fn idle_threshold(&self) -> Option<Span> {
        self.idle_choice.get().threshold(self.idle_after.get())
    }

    /// Goes by what the user chose, should that be another choice than before.
    pub(super) fn heed_idle_choice(self: &Rc<Self>) {
        let known = self.session.borrow().idle_choice();
        if let Some(choice) = known.filter(|choice| *choice != self.idle_choice.get()) {
            self.take_idle_choice(choice);
            self.watch_device();
            self.check_idle();
        }
    }

    /// The user has signed out: the next one may have chosen otherwise.
    pub(super) fn forget_idle_choice(&self) {
        self.take_idle_choice(IdleChoice::NONE);
    }

    fn take_idle_choice(&self, choice: IdleChoice) {
        let before = self.idle_choice.replace(choice);
        if before.after != choice.after {
            environment::write(CHOSEN, choice.after.map(|after| after.span().as_millis()));
            self.keep_idle_threshold();
        }
    }

    /// Keeps the threshold for the next page of this origin, until that page says otherwise.
    pub(super) fn keep_idle_threshold(&self) {
        if let Some(after) = self.idle_threshold() {
            environment::write(environment::IDLE_AFTER, Some(after.as_millis()));
        }
    }
}
