//! The styles: adopted once, readable for everybody in both themes.

use leptos::prelude::*;
use mistatus::{
    model::ContactView,
    ui::{Look, StatusView, styles},
};
use mistatus_core::status::MiStatus;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, ShadowRootInit, ShadowRootMode};

use crate::page::{Page, fixed};

#[wasm_bindgen_test]
fn styles_are_adopted_once_by_a_document_and_by_a_shadow_root() {
    let page = Page::of(|| view! { <span></span> }.into_any());
    let shadow = page.root().attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).unwrap();
    let inner = document().create_element("span").unwrap();
    shadow.append_child(&inner).unwrap();
    for _ in 0..2 {
        styles::adopt(&document().body().unwrap()).unwrap();
        styles::adopt(&inner).unwrap();
    }
    assert_eq!(sheets(&document()), 1);
    assert_eq!(sheets(&shadow), 1);
}

#[wasm_bindgen_test]
fn no_two_statuses_that_people_meet_have_the_same_shape() {
    styles::adopt(&document().body().unwrap()).unwrap();
    let mut shapes = Vec::<(MiStatus, String)>::new();
    for status in MiStatus::ALL {
        let mut view = ContactView::unknown("bob@example.com");
        view.status = status;
        let page = Page::of(move || {
            view! { <StatusView view=fixed(view) look=fixed(Look::default())/> }.into_any()
        });
        let shape = shape(&page.one(".mi-dot"));
        if let Some((twin, _)) = shapes.iter().find(|(_, known)| *known == shape) {
            panic!("{status} looks like {twin}");
        }
        shapes.push((status, shape));
    }
}

#[wasm_bindgen_test]
fn every_dot_stands_out_by_three_to_one_in_both_themes() {
    styles::adopt(&document().body().unwrap()).unwrap();
    for (theme, background) in [("light", [255.0, 255.0, 255.0]), ("dark", [31.0, 31.0, 31.0])] {
        for stale in [false, true] {
            for status in MiStatus::ALL {
                let mut view = ContactView::unknown("bob@example.com");
                (view.status, view.stale) = (status, stale);
                let page = Page::of(move || {
                    view! { <StatusView view=fixed(view) look=fixed(Look::default())/> }.into_any()
                });
                page.root().style().set_property("color-scheme", theme).unwrap();
                let ratio = contrast(painted(&page.one(".mi-dot")), background);
                assert!(ratio >= 3.0, "{status} in the {theme} theme has {ratio}:1");
            }
        }
    }
}

fn sheets(root: &wasm_bindgen::JsValue) -> u32 {
    let sheets = js_sys::Reflect::get(root, &"adoptedStyleSheets".into()).unwrap();
    sheets.unchecked_into::<js_sys::Array>().length()
}

// Everything that forms the silhouette, without the colour.
fn shape(dot: &HtmlElement) -> String {
    let style = window().get_computed_style(dot).unwrap().unwrap();
    ["mask-image", "clip-path", "border-top-left-radius", "border-top-style"]
        .map(|property| style.get_property_value(property).unwrap())
        .join(" | ")
}

// The colour of the box, or of the ring where the box is empty.
fn painted(dot: &HtmlElement) -> [f64; 3] {
    let style = window().get_computed_style(dot).unwrap().unwrap();
    let color = |property| numbers(&style.get_property_value(property).unwrap());
    let background = color("background-color");
    let painted =
        if background.get(3) == Some(&0.0) { color("border-top-color") } else { background };
    [painted[0], painted[1], painted[2]]
}

fn numbers(color: &str) -> Vec<f64> {
    color
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter_map(|part| part.parse().ok())
        .collect()
}

// WCAG 2.2, relative luminance and contrast ratio.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let luminance = |color: [f64; 3]| {
        let linear = color.map(|channel| {
            let channel = channel / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}
