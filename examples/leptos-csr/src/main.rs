//! A Leptos application that is drawn in the browser: the user's own status, two colleagues, the contact list, and a
//! conversation that opens from it.

use leptos::prelude::*;
use mistatus::{
    ConnectOptions, ContactList, ContactStatus, Conversation, MyStatus, PresenceProvider,
    SigninName, ui::Label, use_my_status,
};

fn main() {
    leptos::mount::mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let (with, set_with) = signal(None::<String>);
    view! {
        <PresenceProvider options=options()>
            <h1>"Presence in a Leptos application"</h1>
            <Greeting/>
            <p>"My status: " <MyStatus/></p>
            <ul>
                <li><ContactStatus contact="alice@example.com" label=Label::Full/></li>
                <li><ContactStatus contact="bob@example.com" label=Label::Full/></li>
            </ul>
            <h2>"Contacts"</h2>
            <ContactList on_converse=move |name| set_with.set(Some(name))/>
            {move || {
                with.get().map(|contact| {
                    view! { <Conversation contact on_close=move |()| set_with.set(None)/> }
                })
            }}
        </PresenceProvider>
    }
}

/// Draws with the hook what no component of the library has.
#[component]
fn Greeting() -> impl IntoView {
    let me = use_my_status();
    view! {
        <p>
            {move || {
                me.with(|me| match me.name.as_str() {
                    "" => "Signing in …".to_owned(),
                    name => format!("You are {name}."),
                })
            }}
        </p>
    }
}

/// A server that was started with `--auth open` believes who the user says they are. With `--auth jwt` this is
/// `.with_token(…)`, which asks the application's own back end.
fn options() -> ConnectOptions {
    let query = window().location().search().unwrap_or_default();
    let name = query.strip_prefix("?as=").unwrap_or("alice@example.com");
    let options = ConnectOptions::new(server());
    match SigninName::parse(name) {
        Ok(name) => options.with_signin_name(name),
        Err(_) => options,
    }
}

fn server() -> String {
    let meta = document().query_selector("meta[name=presence-server]").ok().flatten();
    meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_default()
}
