//! The application: the server draws the names with unknown dots, and the browser takes over and connects.

// The types of a page with the picker in it are deeper than the compiler allows by itself.
#![recursion_limit = "512"]

use leptos::prelude::*;
use mistatus::{ConnectOptions, ContactStatus, MyStatus, PresenceProvider, SigninName, ui::Label};

/// The page around the application, which only the server draws.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="presence-server" content=server()/>
                <link rel="icon" href="data:,"/>
                <title>"Presence on a page that a server draws"</title>
                <HydrationScripts options/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The application.
#[component]
pub fn App() -> impl IntoView {
    let names = ["alice@example.com", "bob@example.com"];
    let person = |contact| view! { <li><ContactStatus contact label=Label::Full/></li> };
    view! {
        <PresenceProvider options=options()>
            <h1>"Presence on a page that a server draws"</h1>
            <p>"My status: " <MyStatus/></p>
            <ul>{names.into_iter().map(person).collect_view()}</ul>
        </PresenceProvider>
    }
}

/// A server that was started with `--auth open` believes who the user says they are. With `--auth jwt` this is
/// `.with_token(…)`, which asks the application's own back end.
fn options() -> ConnectOptions {
    let options = ConnectOptions::new(server());
    match SigninName::parse("alice@example.com") {
        Ok(name) => options.with_signin_name(name),
        Err(_) => options,
    }
}

/// Returns where the event stream is: the server is told by its environment, and tells the browser.
#[cfg(feature = "ssr")]
fn server() -> String {
    std::env::var("PRESENCE_SERVER").unwrap_or_else(|_| "ws://127.0.0.1:8787/stream".to_owned())
}

#[cfg(not(feature = "ssr"))]
fn server() -> String {
    let meta = document().query_selector("meta[name=presence-server]").ok().flatten();
    meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_default()
}

/// Takes the page over; the script that [`HydrationScripts`] writes calls it.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(App);
}
