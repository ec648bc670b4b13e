//! Events on their way to the page: queued, then told in a task of their own.
//!
//! So a listener never runs inside the call that caused its event, finds the state already changed,
//! and may call back in freely (§1.6 of the automation API specification).

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use mistatus_core::session::Event;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageChannel, MessagePort};

use super::Inner;

type Listener = Rc<dyn Fn(&Event)>;

#[derive(Default)]
pub(super) struct Outbound {
    queue: RefCell<VecDeque<Event>>,
    listener: RefCell<Option<Listener>>,
    scheduled: Cell<bool>,
    task: RefCell<Option<Task>>,
}

/// A message to oneself is the shortest way to a new task that hidden tabs do not throttle.
struct Task {
    port: MessagePort,
    _run: Closure<dyn FnMut()>,
}

impl Outbound {
    pub(super) fn set_listener(&self, listener: impl Fn(&Event) + 'static) {
        *self.listener.borrow_mut() = Some(Rc::new(listener));
    }

    pub(super) fn push(&self, inner: &Rc<Inner>, event: Event) {
        self.queue.borrow_mut().push_back(event);
        if !self.scheduled.replace(true) {
            self.schedule(inner);
        }
    }

    fn schedule(&self, inner: &Rc<Inner>) {
        let mut task = self.task.borrow_mut();
        if task.is_none() {
            *task = Task::new(inner);
        }
        if let Some(task) = &*task {
            // Posting `null` cannot fail: there is nothing to clone.
            drop(task.port.post_message(&JsValue::NULL));
        }
    }

    /// Tells what is queued. Events that listeners cause go into the next task.
    fn flush(&self, inner: &Rc<Inner>) {
        self.scheduled.set(false);
        for event in self.queue.take() {
            let listener = self.listener.borrow().clone();
            if let Some(listener) = listener {
                listener(&event);
            }
            inner.settle(&event);
        }
    }
}

impl Task {
    fn new(inner: &Rc<Inner>) -> Option<Self> {
        let channel = MessageChannel::new().ok()?;
        let this = Rc::downgrade(inner);
        let run = Closure::<dyn FnMut()>::new(move || {
            if let Some(inner) = this.upgrade() {
                inner.outbound.flush(&inner);
            }
        });
        channel.port1().set_onmessage(Some(run.as_ref().unchecked_ref()));
        Some(Self { port: channel.port2(), _run: run })
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.port.close();
    }
}
