//! The contact list.

use std::rc::Rc;

use leptos::prelude::*;
use mistatus_core::signin_name::SigninName;

use super::{people::ConnectedPeople, provider::connection, styled};
use crate::{
    model::Order,
    ui::{
        Language,
        list::{ContactListView, Wanted},
    },
};

/// Shows the contact list and lets the user change it. Nothing is shown on a server and before the provider has begun to
/// connect.
///
/// ```
/// use leptos::prelude::*;
/// use mistatus::ContactList;
///
/// #[component]
/// fn Sidebar() -> impl IntoView {
///     let (with, set_with) = signal(None::<String>);
///     view! {
///         <ContactList on_converse=move |name| set_with.set(Some(name))/>
///         <p>{move || with.get().map(|name| format!("You want to write to {name}."))}</p>
///     }
/// }
/// ```
#[component]
pub fn ContactList(
    /// In which order.
    #[prop(optional, into)]
    order: Signal<Order>,
    /// Whose names hold this; everybody where it is empty.
    #[prop(optional, into)]
    filter: Signal<String>,
    /// In which language the texts are.
    #[prop(optional, into)]
    language: Signal<Language>,
    /// Called with the sign-in name of whom the user wants to write to; without it nothing happens then.
    #[prop(optional, into)]
    on_converse: Option<Callback<String>>,
) -> impl IntoView {
    let connection = connection();
    let wanted = RwSignal::new(Wanted::default());
    Effect::new(move || {
        wanted.set(Wanted { order: order.get(), filter: filter.get(), language: language.get() });
    });
    let list = move |presence| {
        let converse = move |name: &SigninName| {
            if let Some(on_converse) = on_converse {
                on_converse.run(name.as_str().to_owned());
            }
        };
        let people = Rc::new(ConnectedPeople::new(presence, Box::new(converse)));
        // Its type is as deep as the list, and would add to the depth of the types of applications' views.
        view! { <ContactListView people wanted=wanted.read_only()/> }.into_any()
    };
    view! {
        <span class="mi-view" node_ref=styled()>
            <span class="mi-view">{move || connection().map(list)}</span>
        </span>
    }
}
