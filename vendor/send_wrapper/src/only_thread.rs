//! The identity of the only thread there is.

pub(crate) struct Thread;

impl Thread {
    pub(crate) const fn current() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "as where there are several")]
    pub(crate) const fn is_current(&self) -> bool {
        true
    }
}
