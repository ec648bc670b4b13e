//! Stands in for `send_wrapper`: the same type with the same checks, but for WebAssembly without threads.
//!
//! There the real one asks for the identity of the only thread there is, at each access, and so keeps the standard
//! library's threads and their allocations in what every page loads: 2.6 kB gzip (docs/decisions/0003-size.md).
//! Applications that depend on this workspace's crates get the real one, since patches are not handed on.

#[cfg(feature = "futures")]
mod futures;
#[cfg_attr(all(target_arch = "wasm32", not(target_feature = "atomics")), path = "only_thread.rs")]
mod thread;

use std::{
    fmt,
    mem::{ManuallyDrop, needs_drop},
    ops::{Deref, DerefMut},
};

use thread::Thread;

/// A value that may be moved to another thread, but only be used in its own.
pub struct SendWrapper<T> {
    data: ManuallyDrop<T>,
    thread: Thread,
}

// SAFETY: whoever wants the value, or drops it, is asked first whether this is its own thread.
unsafe impl<T> Send for SendWrapper<T> {}
// SAFETY: as above; a shared reference gives nothing without that question.
unsafe impl<T> Sync for SendWrapper<T> {}

impl<T> SendWrapper<T> {
    /// Wraps a value of the present thread.
    pub fn new(data: T) -> Self {
        Self { data: ManuallyDrop::new(data), thread: Thread::current() }
    }

    /// Returns whether the present thread may use the value.
    pub fn valid(&self) -> bool {
        self.thread.is_current()
    }

    /// Returns the value.
    ///
    /// # Panics
    /// This is not the value's own thread.
    #[track_caller]
    pub fn take(self) -> T {
        self.check("taken");
        let mut this = ManuallyDrop::new(self);
        // SAFETY: `this` is not dropped, so that nobody takes the value a second time.
        unsafe { ManuallyDrop::take(&mut this.data) }
    }

    #[track_caller]
    fn check(&self, what: &str) {
        if !self.valid() {
            panic!("a SendWrapper<T> was {what} in another thread than its own");
        }
    }
}

impl<T> Deref for SendWrapper<T> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        self.check("dereferenced");
        &self.data
    }
}

impl<T> DerefMut for SendWrapper<T> {
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        self.check("dereferenced");
        &mut self.data
    }
}

impl<T> Drop for SendWrapper<T> {
    #[track_caller]
    fn drop(&mut self) {
        if !needs_drop::<T>() || self.valid() {
            // SAFETY: once, here; `take` keeps this from running.
            unsafe { ManuallyDrop::drop(&mut self.data) }
        } else if !std::thread::panicking() {
            self.check("dropped");
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for SendWrapper<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("SendWrapper").field(&**self).finish()
    }
}

impl<T: Clone> Clone for SendWrapper<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        Self::new((**self).clone())
    }
}
