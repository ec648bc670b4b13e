//! A person's avatar with their status on it, live.

use leptos::prelude::*;

use super::{read_as_one, styled, use_contact};
use crate::ui::{AvatarView, Label, Language, Look, Size};

/// Shows a person's initials or picture with the dot on it, live.
///
/// ```
/// use leptos::prelude::*;
/// use mistatus::{ContactAvatar, ui::Label};
///
/// #[component]
/// fn Author() -> impl IntoView {
///     view! { <ContactAvatar contact="bob@example.com" picture="/photos/bob.jpg" label=Label::Name/> }
/// }
/// ```
#[component]
pub fn ContactAvatar(
    /// Sign-in name of the person.
    #[prop(into)]
    contact: Signal<String>,
    /// Address of a picture; the initials are shown without one, and where it cannot be loaded.
    #[prop(optional, into)]
    picture: Signal<String>,
    /// What stands beside it; nothing unless told.
    #[prop(optional, into)]
    label: Signal<Label>,
    /// How large it is.
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
    let picture = read_as_one(move || picture.get());
    view! {
        <span class="mi-view" node_ref=styled()>
            <AvatarView view look picture/>
        </span>
    }
}
