//! The dot and its label.

use leptos::prelude::*;
use mistatus::{
    model::ContactView,
    ui::{Label, Language, Look, Size, StatusView, languages},
};
use mistatus_core::status::MiStatus;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, attribute, fixed, settle};

const FULL: Look = Look { label: Label::Full, size: Size::Medium, language: Language::ENGLISH };

#[wasm_bindgen_test]
fn every_status_is_an_image_with_the_name_of_the_status() {
    for language in
        [Language::ENGLISH, Language::of(&languages::GERMAN), Language::of(&languages::ARABIC)]
    {
        for status in MiStatus::ALL {
            let page = Page::of(move || {
                view! { <StatusView view=fixed(bob(status)) look=fixed(Look { language, ..Look::default() })/> }
                    .into_any()
            });
            let dot = page.one("[role=img]");
            assert_eq!(attribute(&dot, "aria-label").as_deref(), Some(language.status(status)));
            assert_eq!(attribute(&dot, "data-status").as_deref(), Some(status.kebab()));
            assert_eq!(attribute(&dot, "part").as_deref(), Some("dot"));
        }
    }
}

#[wasm_bindgen_test]
async fn the_label_shows_what_it_is_asked_for() {
    let look = RwSignal::new(Look::default());
    let mut view = bob(MiStatus::Busy);
    view.note = Some("Reviewing".to_owned());
    let page =
        Page::of(move || view! { <StatusView view=fixed(view) look=look.read_only()/> }.into_any());
    for (asked, expect) in [
        (Label::Nothing, ""),
        (Label::Status, "Busy"),
        (Label::Name, "Bob Example"),
        (Label::Full, "Bob ExampleBusyReviewing"),
    ] {
        look.update(|look| look.label = asked);
        settle().await;
        assert_eq!(page.text(), expect);
        assert_eq!(page.one(".mi-label").hidden(), asked == Label::Nothing);
    }
}

#[wasm_bindgen_test]
async fn an_update_that_changes_nothing_touches_nothing() {
    let view = RwSignal::new(bob(MiStatus::Online));
    let page =
        Page::of(move || view! { <StatusView view=view.read_only() look=fixed(FULL)/> }.into_any());
    settle().await;
    assert_eq!(page.mutations(move || view.set(bob(MiStatus::Online))).await, 0);
}

#[wasm_bindgen_test]
async fn a_change_touches_only_what_says_the_status() {
    let view = RwSignal::new(bob(MiStatus::Online));
    let page = Page::of(move || {
        view! { <StatusView view=view.read_only() look=fixed(Look::default())/> }.into_any()
    });
    settle().await;
    // Shape, accessible name and tooltip of one element.
    assert_eq!(page.mutations(move || view.set(bob(MiStatus::Busy))).await, 3);
    assert_eq!(attribute(&page.one(".mi-dot"), "aria-label").as_deref(), Some("Busy"));
}

#[wasm_bindgen_test]
fn names_and_notes_are_text() {
    let mut view = bob(MiStatus::Online);
    view.friendly_name = Some("<img src=x onerror=alert(1)>".to_owned());
    view.note = Some("<b>bold</b>".to_owned());
    let page =
        Page::of(move || view! { <StatusView view=fixed(view) look=fixed(FULL)/> }.into_any());
    assert!(page.all("img, b").is_empty());
    assert!(page.text().contains("<img src=x onerror=alert(1)>"));
    assert!(page.text().contains("<b>bold</b>"));
}

#[wasm_bindgen_test]
async fn a_last_known_status_says_that_it_is_one() {
    let view = RwSignal::new(bob(MiStatus::Away));
    let page = Page::of(move || {
        view! { <StatusView view=view.read_only() look=fixed(Look::default())/> }.into_any()
    });
    assert_eq!(attribute(&page.one(".mi-status"), "data-stale"), None);
    view.update(|view| view.stale = true);
    settle().await;
    assert!(attribute(&page.one(".mi-status"), "data-stale").is_some());
    assert_eq!(
        attribute(&page.one("[role=img]"), "aria-label").as_deref(),
        Some("Away (last known)")
    );
}

#[wasm_bindgen_test]
async fn size_is_told_to_the_style() {
    let look = RwSignal::new(Look::default());
    let page = Page::of(move || {
        view! { <StatusView view=fixed(bob(MiStatus::Idle)) look=look.read_only()/> }.into_any()
    });
    assert_eq!(attribute(&page.one(".mi-status"), "data-size").as_deref(), Some("medium"));
    look.update(|look| look.size = Size::Large);
    settle().await;
    assert_eq!(attribute(&page.one(".mi-status"), "data-size").as_deref(), Some("large"));
}

fn bob(status: MiStatus) -> ContactView {
    let mut view = ContactView::unknown("bob@example.com");
    view.friendly_name = Some("Bob Example".to_owned());
    view.status = status;
    view
}
