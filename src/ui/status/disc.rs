//! The disc of an avatar: a person's initials on a ground of their own, and a picture on them.
//!
//! A picture that does not come, or that the page's policy refuses, leaves the initials.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event};

use super::initials::initials;
use crate::{
    model::ContactView,
    ui::{
        dom::set,
        fixed::{Fixed, fixed},
    },
};

/// Grounds of discs, by name; `avatar/style.css` has their colours.
const TINTS: [&str; 8] = ["red", "orange", "olive", "green", "teal", "blue", "violet", "pink"];

/// Draws the disc of somebody with a picture, or with none where its address is empty.
pub(super) fn disc(view: &ContactView, title: String, picture: String) -> impl IntoView + use<> {
    let picture = (!picture.is_empty()).then(|| {
        let fixed = Fixed(&[("class", "mi-picture"), ("part", "picture"), ("alt", "")], follow);
        view! { <img {..fixed} src=picture/> }
    });
    let ground = Fixed(&[("class", "mi-disc"), ("part", "disc"), ("aria-hidden", "true")], |_| ());
    view! {
        // The dot says whose it is.
        <span
            {..ground}
            data-tint=tint(&view.name) title=title
        >
            <span {..fixed!(class="mi-initials" part="initials")}>{initials(view)}</span>
            <slot {..fixed!(name="picture")}>{picture}</slot>
        </span>
    }
}

/// Returns the ground of somebody's disc: by the sign-in name, which stays when the display name comes or changes.
fn tint(name: &str) -> &'static str {
    // FNV-1a, of which the upper bits are mixed best.
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
    });
    TINTS[(hash >> 29) as usize]
}

/// Lets a picture be seen once it is whole, and no longer when another did not come in its place.
fn follow(picture: &Element) {
    thread_local! {
        static SETTLE: Closure<dyn FnMut(Event)> = Closure::new(settle);
    }
    SETTLE.with(|settle| {
        for event in ["load", "error"] {
            // Nothing can refuse a listener.
            let _ =
                picture.add_event_listener_with_callback(event, settle.as_ref().unchecked_ref());
        }
    });
}

fn settle(event: Event) {
    if let Some(picture) = event.target() {
        let loaded = (event.type_() == "load").then_some("");
        set(picture.unchecked_ref(), "data-loaded", loaded);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ground_is_the_same_however_a_name_is_spelled() {
        assert_eq!(tint("Alice@Example.com"), tint("alice@example.com"));
    }

    #[test]
    fn initials_can_be_read_on_every_ground_and_every_ground_be_seen_on_light_and_dark_pages() {
        let style = crate::ui::styles::AVATAR;
        let grounds: Vec<_> = style
            .split("--mi-avatar-background, #")
            .skip(1)
            .map(|rest| rest.split(')').next())
            .collect();
        assert_eq!(grounds.len(), TINTS.len());
        for ground in grounds {
            let ground = u32::from_str_radix(ground.unwrap(), 16).unwrap();
            assert!(contrast(ground, 0xff_ff_ff) >= 4.5, "{ground:06x}");
            assert!(contrast(ground, 0x1f_1f_1f) >= 3.0, "{ground:06x}");
        }
        for tint in TINTS.into_iter().skip(1) {
            assert!(style.contains(&format!("[data-tint=\"{tint}\"]")), "{tint}");
        }
    }

    // WCAG 2.2, contrast ratio.
    fn contrast(one: u32, other: u32) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    fn luminance(colour: u32) -> f64 {
        let channel = |shift: u32| {
            let value = f64::from((colour >> shift) & 0xff) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }

    #[test]
    fn the_people_of_a_company_have_all_grounds() {
        let names = (0..100).map(|number| format!("person{number}@example.com"));
        let mut seen: Vec<_> = names.map(|name| tint(&name)).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), TINTS.len());
    }
}
