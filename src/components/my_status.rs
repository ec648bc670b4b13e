//! The user's own status, with the picker.

use std::rc::Rc;

use leptos::prelude::*;

use super::{hooks::my_status, provider::connection, read_as_one, styled};
use crate::ui::{
    Language,
    picker::{IdleOffer, Mode, Offer, PickerView, States, fields},
};

/// Shows the user's own status and lets them choose another.
///
/// ```
/// use leptos::prelude::*;
/// use mistatus::{MiStatus, MyStatus, ui::States};
///
/// #[component]
/// fn Header() -> impl IntoView {
///     let states: States = [MiStatus::Online, MiStatus::Busy, MiStatus::Away].into_iter().collect();
///     view! { <header><MyStatus states/></header> }
/// }
/// ```
#[component]
pub fn MyStatus(
    /// Which statuses may be chosen; the documented ones unless told.
    #[prop(optional, into)]
    states: Signal<States>,
    /// In which language the texts are.
    #[prop(optional, into)]
    language: Signal<Language>,
    /// How much of it: with note and end unless told.
    #[prop(optional, into)]
    mode: Signal<Mode>,
) -> impl IntoView {
    let connection = connection();
    let view = my_status(connection);
    let offer = read_as_one(move || Offer {
        states: states.get(),
        language: language.get(),
        mode: mode.get(),
    });
    let on_choose = move |intent| {
        if let Some(presence) = untrack(connection) {
            presence.choose(intent);
        }
    };
    let on_dismiss = move |claim| {
        if let Some(presence) = untrack(connection) {
            presence.dismiss_claim(claim);
        }
    };
    let on_connect = move || {
        if let Some(presence) = untrack(connection) {
            presence.connect_now();
        }
    };
    let idle = IdleOffer {
        page: Rc::new(move || untrack(connection).and_then(|presence| presence.offered_idle())),
        on_choose: Rc::new(move |choice| {
            if let Some(presence) = untrack(connection) {
                presence.choose_idle(choice);
            }
        }),
    };
    let draw_fields = fields::at_once();
    view! {
        <span class="mi-view" node_ref=styled()>
            <PickerView view offer on_choose on_dismiss on_connect idle draw_fields/>
        </span>
    }
}
