//! A person's avatar: a disc with initials or a picture, the dot on its corner, and what may stand beside it.

use leptos::prelude::*;

use super::status::{Look, StatusView};
use crate::model::ContactView;

/// Draws one person's avatar. [`crate::ContactAvatar`] is the same with a connection.
///
/// In a shadow root, what the host has in its slot `picture` lies on the disc.
#[component]
pub fn AvatarView(
    /// Whom to draw.
    #[prop(into)]
    view: ReadSignal<ContactView>,
    /// How to draw it; the size is the disc's.
    #[prop(into)]
    look: ReadSignal<Look>,
    /// Address of a picture of the person; empty for none.
    #[prop(into)]
    picture: ReadSignal<String>,
) -> impl IntoView {
    view! { <StatusView view look picture=Some(picture)/> }
}
