//! The components of a Leptos application: they find their connection in the context and bring their styles.

pub(crate) mod people;

use std::rc::Rc;

use leptos::{html, prelude::*};
use mistatus_core::signin_name::SigninName;

use self::people::Everybody;
use super::{
    dom,
    language::Language,
    list::{List, Wanted},
    picker::{PickerView, States},
    status::{Label, Size, StatusView},
    styles,
};
use crate::{
    model::{ContactView, MyView, Order},
    shell::{Presence, Watched},
};

/// Gives the components below a connection.
pub fn provide_presence(presence: Presence) {
    provide_context(StoredValue::new_local(presence));
}

/// Shows a person's status, live.
///
/// Needs a connection in the context: [`provide_presence`].
/// Without one, and with a name that is none, it shows `UNKNOWN` and says so in the console.
#[component]
pub fn ContactStatus(
    /// Sign-in name of the person.
    #[prop(into)]
    contact: Signal<String>,
    /// What stands beside the dot.
    #[prop(optional, into)]
    label: Signal<Label>,
    /// How large the dot is.
    #[prop(optional, into)]
    size: Signal<Size>,
    /// In which language the names are.
    #[prop(optional, into)]
    language: Signal<Language>,
) -> impl IntoView {
    let view = follow(presence_in_context(), contact);
    view! {
        <span node_ref=styled()>
            <StatusView view label size language/>
        </span>
    }
}

/// Shows one's own status and lets the user choose another.
///
/// Needs a connection in the context ([`provide_presence`]);
/// without one it shows `OFFLINE` and says so in the console.
#[component]
pub fn MyStatus(
    /// Which statuses may be chosen.
    #[prop(optional, into)]
    states: Signal<States>,
    /// In which language the texts are.
    #[prop(optional, into)]
    language: Signal<Language>,
) -> impl IntoView {
    let presence = presence_in_context();
    let view: Signal<MyView> = match &presence {
        Some(presence) => presence.me().into(),
        None => Signal::stored(MyView::signed_out()),
    };
    let on_choose = move |status| {
        if let Some(presence) = &presence {
            presence.choose(status);
        }
    };
    view! {
        <span node_ref=styled()>
            <PickerView view states language on_choose/>
        </span>
    }
}

/// Shows the contact list and lets the user change it.
///
/// Needs a connection in the context ([`provide_presence`]);
/// without one it shows nothing and says so in the console.
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
    /// Is called with the sign-in name of whom the user wants to write to; without it nothing happens then.
    #[prop(optional, into)]
    on_converse: Option<Callback<String>>,
) -> impl IntoView {
    let list = presence_in_context().map(|presence| {
        let wanted = ArcRwSignal::new(Wanted::default());
        let next = wanted.clone();
        Effect::new(move || {
            next.set(Wanted { order: order.get(), filter: filter.get(), language: language.get() });
        });
        let converse = move |name: &SigninName| {
            if let Some(on_converse) = on_converse {
                on_converse.run(name.as_str().to_owned());
            }
        };
        let people = Everybody::new(presence, Box::new(converse));
        dom::hosted(List::new(Rc::new(people), wanted).root().clone())
    });
    view! { <span node_ref=styled()>{list}</span> }
}

// Follows a person by name; another name ends the watch of the one before, and so does the end of the owner.
fn follow(presence: Option<Presence>, contact: Signal<String>) -> Signal<ContactView> {
    let view = RwSignal::new(ArcRwSignal::new(ContactView::unknown("")));
    let held = StoredValue::new_local(None::<Watched>);
    Effect::new(move || {
        let name = contact.get();
        // The new watch begins before the old one ends, so that the same person is not let go in between.
        match presence.as_ref().map(|presence| presence.contact(&name)) {
            Some(Ok(watched)) => {
                view.set(watched.signal());
                held.set_value(Some(watched));
            }
            Some(Err(error)) => {
                complain(&error.to_string());
                view.set(ArcRwSignal::new(ContactView::unknown(&name)));
                held.set_value(None);
            }
            None => {}
        }
    });
    Signal::derive(move || view.get().get())
}

fn presence_in_context() -> Option<Presence> {
    let presence = use_context::<StoredValue<Presence, LocalStorage>>();
    let presence = presence.and_then(|presence| presence.try_get_value());
    if presence.is_none() {
        complain(
            "no connection in the context; call provide_presence(Presence::connect(…)) above this component",
        );
    }
    presence
}

fn complain(what: &str) {
    leptos::logging::error!("mistatus: {what}");
}

// Brings the styles to wherever the component is put.
fn styled() -> NodeRef<html::Span> {
    let place = NodeRef::<html::Span>::new();
    Effect::new(move || {
        if let Some(Err(error)) = place.get().map(|place| styles::adopt(&place)) {
            leptos::logging::error!("mistatus: styles are missing: {error:?}");
        }
    });
    place
}
