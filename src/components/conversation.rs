//! The conversation with one person.

use std::rc::Rc;

use leptos::prelude::*;
use mistatus_core::signin_name::SigninName;

use super::{complain, provider::connection, styled, talk::ConnectedTalk};
use crate::ui::{
    Language,
    conversation::{self, ConversationView},
};

/// Shows what was written between the user and somebody, with a field to write in. Nothing is shown on a server and
/// before the provider has begun to connect.
///
/// As long as it is on the page, the messages of that person count as read.
///
/// ```
/// use leptos::prelude::*;
/// use mistatus::Conversation;
///
/// #[component]
/// fn Talk() -> impl IntoView {
///     let (open, set_open) = signal(true);
///     view! {
///         <Show when=move || open.get()>
///             <Conversation contact="bob@example.com" on_close=move |()| set_open.set(false)/>
///         </Show>
///     }
/// }
/// ```
#[component]
pub fn Conversation(
    /// Sign-in name of the person.
    #[prop(into)]
    contact: Signal<String>,
    /// In which language the texts are.
    #[prop(optional, into)]
    language: Signal<Language>,
    /// Called when the user closes the conversation; without it nothing happens then.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
) -> impl IntoView {
    let connection = connection();
    // The same name once more leaves what the user has typed.
    let contact = Memo::new(move |_| contact.get());
    // One at most, and another one, with an empty field, for another person or connection.
    let drawings = StoredValue::new(0_u32);
    let drawing = move || {
        connection()?;
        let name = contact.get();
        let with = SigninName::parse(&name)
            .map_err(|error| complain(&format!("\"{name}\" is no sign-in name: {error}")))
            .ok()?;
        drawings.update_value(|drawings| *drawings += 1);
        Some((drawings.get_value(), with))
    };
    let draw = move |(_, with): (u32, SigninName)| {
        let presence = untrack(connection)?;
        let close = move || {
            if let Some(on_close) = on_close {
                on_close.run(());
            }
        };
        let talk = Rc::new(ConnectedTalk::new(presence, with, Box::new(close)));
        let conversation = conversation::Conversation::new(talk, move || language.get());
        Some(view! { <ConversationView conversation/> })
    };
    view! {
        <span class="mi-view" node_ref=styled()>
            <span class="mi-view">
                <For each=drawing key=|(drawing, _)| *drawing children=draw/>
            </span>
        </span>
    }
}
