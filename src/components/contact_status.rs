//! A person's status, live.

use leptos::prelude::*;

use super::{read_as_one, styled, use_contact};
use crate::ui::{
    Label, Language, Size,
    status::{Look, StatusView},
};

/// Shows a person's status, live.
///
/// ```
/// use leptos::prelude::*;
/// use mistatus::{ContactStatus, ui::Label};
///
/// #[component]
/// fn Author() -> impl IntoView {
///     view! { <p>"Written by " <ContactStatus contact="bob@example.com" label=Label::Full/></p> }
/// }
/// ```
#[component]
pub fn ContactStatus(
    /// Sign-in name of the person.
    #[prop(into)]
    contact: Signal<String>,
    /// What stands beside the dot; nothing unless told.
    #[prop(optional, into)]
    label: Signal<Label>,
    /// How large the dot is.
    #[prop(optional, into)]
    size: Signal<Size>,
    /// In which language the names are.
    #[prop(optional, into)]
    language: Signal<Language>,
) -> impl IntoView {
    let view = use_contact(contact);
    let look = read_as_one(move || Look {
        label: label.get(),
        size: size.get(),
        language: language.get(),
    });
    view! {
        <span class="mi-view" node_ref=styled()>
            <StatusView view look/>
        </span>
    }
}
