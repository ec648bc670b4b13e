//! Paints once a frame: what changes between two frames, or while nobody sees the page, is painted when it is next seen.

use std::{
    cell::{Cell, RefCell},
    mem,
    rc::Rc,
};

use leptos::prelude::*;
use wasm_bindgen::{JsCast, prelude::Closure};

/// How many may wait for a frame. A hidden page has none for as long as it is hidden, and must not collect without end.
const WAITING_MAX: usize = 10_000;

/// Returns a copy of a signal that follows it with the next frame each time that the function beside it is called: on
/// every change of the source, by who listens to it anyway.
pub fn in_frames<T>(source: ArcReadSignal<T>) -> (ArcReadSignal<T>, impl Fn() + 'static)
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let painted = ArcRwSignal::new(source.get_untracked());
    let view = painted.read_only();
    let is_waiting = Rc::new(Cell::new(false));
    let follow = move || {
        if !is_waiting.replace(true) {
            let (source, painted, is_waiting) =
                (source.clone(), painted.clone(), Rc::clone(&is_waiting));
            next_frame(Box::new(move || {
                is_waiting.set(false);
                let value = source.get_untracked();
                if painted.with_untracked(|before| *before != value) {
                    painted.set(value);
                }
            }));
        }
    };
    (view, follow)
}

thread_local! {
    static WAITING: RefCell<Vec<Box<dyn FnOnce()>>> = const { RefCell::new(Vec::new()) };
    static PAINT: Closure<dyn FnMut()> = Closure::new(paint);
}

/// Runs something before the browser paints next; one call into the browser for all that wait.
fn next_frame(act: Box<dyn FnOnce()>) {
    let waiting = WAITING.with_borrow_mut(|waiting| {
        waiting.push(act);
        waiting.len()
    });
    if waiting == 1 {
        // Without a window nothing is painted.
        let window = web_sys::window();
        PAINT.with(|paint| window?.request_animation_frame(paint.as_ref().unchecked_ref()).ok());
    } else if waiting >= WAITING_MAX {
        paint();
    }
}

fn paint() {
    for act in WAITING.with_borrow_mut(mem::take) {
        act();
    }
}
