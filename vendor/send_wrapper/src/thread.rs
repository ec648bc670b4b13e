//! The identity of a thread, where there can be several.

use std::thread::{self, ThreadId};

pub(crate) struct Thread(ThreadId);

impl Thread {
    pub(crate) fn current() -> Self {
        Self(thread::current().id())
    }

    pub(crate) fn is_current(&self) -> bool {
        self.0 == thread::current().id()
    }
}
