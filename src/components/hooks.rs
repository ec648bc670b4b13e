//! Presence as signals, for components of an application's own.

use leptos::prelude::*;

use super::{complain, provider::connection};
use crate::{
    model::{ContactView, MyView},
    shell::{Presence, Watched},
};

/// Returns the connection of the nearest [`PresenceProvider`](super::PresenceProvider) as a function that is reactive:
/// `None` on a server, before the provider has begun to connect, and once it is gone.
pub fn use_presence() -> impl Fn() -> Option<Presence> + Copy + Send + Sync + 'static {
    connection()
}

/// Follows a person for as long as the present owner lives, and returns what is known of them.
///
/// A name that is not a sign-in name is unknown, and said to be wrong in the console.
///
/// ```
/// use leptos::prelude::*;
/// use mistatus::use_contact;
///
/// #[component]
/// fn Availability(#[prop(into)] name: Signal<String>) -> impl IntoView {
///     let contact = use_contact(name);
///     move || contact.with(|contact| contact.status.kebab())
/// }
/// ```
pub fn use_contact(name: impl Into<Signal<String>>) -> ReadSignal<ContactView> {
    let name = name.into();
    let connection = connection();
    let (view, set_view) = signal(name.with_untracked(|name| ContactView::unknown(name)));
    let watched = RwSignal::new(None::<ArcReadSignal<ContactView>>);
    Effect::new(move |before: Option<Option<Watched>>| {
        let name = name.get();
        // The new watch begins before the old one ends, so that the same person is not let go in between.
        let next = connection().and_then(|presence| match presence.contact(&name) {
            Ok(watched) => Some(watched),
            Err(error) => {
                complain(&format!("\"{name}\" is no sign-in name: {error}"));
                None
            }
        });
        drop(before);
        if next.is_none() {
            set_view.set(ContactView::unknown(&name));
        }
        watched.set(next.as_ref().map(|next| next.signal().read_only()));
        next
    });
    Effect::new(move || {
        if let Some(known) = watched.get() {
            set_view.set(known.get());
        }
    });
    view
}

/// Returns what is known of the user: signed out on a server and before the provider has begun to connect.
///
/// ```
/// use leptos::prelude::*;
/// use mistatus::use_my_status;
///
/// #[component]
/// fn Greeting() -> impl IntoView {
///     let me = use_my_status();
///     move || me.with(|me| format!("You are {}.", me.status.kebab()))
/// }
/// ```
#[must_use]
pub fn use_my_status() -> ReadSignal<MyView> {
    my_status(connection())
}

/// As [`use_my_status`], for who has asked for the connection already.
pub(super) fn my_status(
    connection: impl Fn() -> Option<Presence> + Copy + 'static,
) -> ReadSignal<MyView> {
    let (view, set_view) = signal(MyView::signed_out());
    Effect::new(move || {
        set_view.set(connection().map_or_else(MyView::signed_out, |presence| presence.me().get()));
    });
    view
}
