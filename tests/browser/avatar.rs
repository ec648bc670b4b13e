//! The avatar: initials, picture and dot.

use leptos::prelude::*;
use mistatus::{
    model::ContactView,
    ui::{AvatarView, Label, Look, Size},
};
use mistatus_core::status::MiStatus;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, attribute, fixed, settle};

#[wasm_bindgen_test]
async fn an_avatar_is_one_image_that_names_what_stands_nowhere_else() {
    let look = RwSignal::new(Look::default());
    let page = Page::of(move || {
        view! { <AvatarView view=fixed(bob("Bob O'Neil")) look=look.read_only() picture=fixed(String::new())/> }
            .into_any()
    });
    for (label, name) in [
        (Label::Nothing, "Bob O'Neil, Busy"),
        (Label::Status, "Bob O'Neil, Busy"),
        (Label::Name, "Busy"),
        (Label::Full, "Busy"),
    ] {
        look.update(|look| look.label = label);
        settle().await;
        let images = page.all("[role=img]");
        assert_eq!(images.len(), 1);
        assert_eq!(attribute(&images[0], "aria-label").as_deref(), Some(name));
    }
    assert_eq!(page.one(".mi-initials").text_content().as_deref(), Some("BO"));
    assert_eq!(attribute(&page.one(".mi-dot"), "data-status").as_deref(), Some("busy"));
}

#[wasm_bindgen_test]
fn a_name_is_text() {
    let page = Page::of(|| {
        let look = fixed(Look { label: Label::Full, size: Size::Large, ..Look::default() });
        view! { <AvatarView view=fixed(bob("<img src=x> <b>")) look picture=fixed(String::new())/> }
            .into_any()
    });
    assert!(page.all("img, b").is_empty());
    assert!(page.text().contains("<img src=x> <b>"));
}

#[wasm_bindgen_test]
async fn a_picture_comes_and_goes_and_a_status_does_not_touch_it() {
    let picture = RwSignal::new(String::new());
    let view = RwSignal::new(bob("Bob"));
    let page = Page::of(move || {
        view! { <AvatarView view=view.read_only() look=fixed(Look::default()) picture=picture.read_only()/> }
            .into_any()
    });
    assert!(page.all("img").is_empty());
    picture.set("data:,".to_owned());
    settle().await;
    let image = page.one("img");
    assert_eq!(attribute(&image, "src").as_deref(), Some("data:,"));
    assert_eq!(attribute(&image, "alt").as_deref(), Some(""));
    // Shape, accessible name and tooltip of the dot, tooltip of the disc.
    assert_eq!(page.mutations(move || view.update(|view| view.status = MiStatus::Away)).await, 4);
    assert!(page.one("img").is_same_node(Some(&image)));
    picture.set(String::new());
    settle().await;
    assert!(page.all("img").is_empty());
}

fn bob(name: &str) -> ContactView {
    let mut view = ContactView::unknown("bob@example.com");
    view.friendly_name = Some(name.to_owned());
    view.status = MiStatus::Busy;
    view
}
