//! What is painted once a frame.

use std::{cell::RefCell, rc::Rc};

use leptos::{prelude::*, reactive::effect::RenderEffect};
use mistatus::ui::in_frames;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, frame, settle};

#[wasm_bindgen_test]
async fn what_changes_between_two_frames_is_painted_once() {
    // Effects run by what mounting has started.
    let _page = Page::of(|| ().into_any());
    let source = ArcRwSignal::new(0);
    let (view, follow) = in_frames(source.read_only());
    let painted = Rc::new(RefCell::new(Vec::new()));
    let paints = Rc::clone(&painted);
    let _effect = RenderEffect::new(move |_| paints.borrow_mut().push(view.get()));
    for value in 1..=3 {
        source.set(value);
        follow();
    }
    settle().await;
    assert_eq!(*painted.borrow(), [0], "not before the frame");
    frame().await;
    assert_eq!(*painted.borrow(), [0, 3]);

    source.set(3);
    follow();
    frame().await;
    assert_eq!(*painted.borrow(), [0, 3], "what is as before is not painted");
}
