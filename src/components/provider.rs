//! The connection of the components below, in the context.

use leptos::{prelude::*, tachys::reactive_graph::OwnedView};

use super::complain;
use crate::shell::{ConnectOptions, Presence};

/// The context's entry. Holds nothing on a server, where the values of one page may be dropped by another thread.
#[derive(Clone, Copy)]
struct Connection(Option<RwSignal<Option<Presence>, LocalStorage>>);

impl Connection {
    fn none() -> Self {
        Self(cfg!(target_arch = "wasm32").then(|| RwSignal::new_local(None)))
    }

    fn set(self, presence: Option<Presence>) {
        if let Some(connection) = self.0 {
            connection.set(presence);
        }
    }
}

/// Connects to a server for the components below it, once the page is in the browser, and ends the connection when it
/// is taken away.
///
/// ```
/// use leptos::prelude::*;
/// use mistatus::{ConnectOptions, ContactStatus, MyStatus, PresenceProvider};
///
/// #[component]
/// fn Staff() -> impl IntoView {
///     let options = ConnectOptions::new("wss://presence.example.com/stream")
///         .with_token(|| async { Ok(Some("what the back end signed".to_owned())) });
///     view! {
///         <PresenceProvider options>
///             <MyStatus/>
///             <ContactStatus contact="bob@example.com"/>
///         </PresenceProvider>
///     }
/// }
/// ```
#[component]
pub fn PresenceProvider(
    /// Where and as whom to connect.
    options: ConnectOptions,
    /// Called when the user, who is not signed in, wants to be; without it, signing in is tried again with the same options.
    #[prop(optional, into)]
    on_sign_in: Option<Callback<()>>,
    /// What uses the connection.
    children: Children,
) -> impl IntoView {
    // Components have no owner of their own: without one, what follows this would find the connection, too.
    let owner = Owner::current().unwrap_or_default().child();
    let children = owner.with(|| {
        let connection = Connection::none();
        provide_context(connection);
        Effect::new(move |_| {
            let presence = Presence::connect(options.clone());
            if let Some(on_sign_in) = on_sign_in {
                presence.on_signin_request(move || on_sign_in.run(()));
            }
            connection.set(Some(presence));
        });
        on_cleanup(move || {
            let presence = connection.0.and_then(|held| held.try_update_untracked(Option::take));
            if let Some(presence) = presence.flatten() {
                presence.close();
            }
        });
        children()
    });
    OwnedView::new_with_owner(children, owner)
}

/// Provides a connection that the application made itself, and closes itself, as `provide_context` does: to all that the
/// present owner owns.
pub fn provide_presence(presence: Presence) {
    let connection = Connection::none();
    connection.set(Some(presence));
    provide_context(connection);
}

/// Returns the connection of the context as it becomes available: `None` before the provider has begun to connect, on a
/// server, and once the provider is gone.
///
/// Where no provider stands above, says so in the console and stays `None`.
pub(super) fn connection() -> impl Fn() -> Option<Presence> + Copy + Send + Sync + 'static {
    let connection = use_context::<Connection>();
    if connection.is_none() && cfg!(target_arch = "wasm32") {
        complain("no connection in the context: put the component below a <PresenceProvider>");
    }
    move || connection.and_then(|connection| connection.0?.try_get()?)
}
