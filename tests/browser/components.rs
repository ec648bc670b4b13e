//! The components for applications: what they show follows their connection, and ends with them.

use leptos::prelude::*;
use mistatus::{
    ConnectOptions, ContactStatus, MyStatus, Presence, PresenceProvider, provide_presence,
    ui::Label, use_contact, use_presence,
};
use mistatus_core::{signin_name::SigninName, status::MiStatus};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, attribute, press, settle};

/// Nobody listens there.
const NOWHERE: &str = "ws://127.0.0.1:9/stream";

#[wasm_bindgen_test]
async fn a_contact_is_followed_by_name_and_let_go_in_the_end() {
    let presence = Presence::new(ConnectOptions::new(NOWHERE));
    let who = RwSignal::new("bob@example.com".to_owned());
    let provided = presence.clone();
    let mut page = Page::of(move || {
        provide_presence(provided);
        view! { <ContactStatus contact=who label=Label::Full/> }.into_any()
    });
    settle().await;
    assert_eq!(page.one(".mi-name").text_content().unwrap(), "bob@example.com");
    assert!(is_followed(&presence, "bob@example.com"));

    let bob = presence.model().contact(&name("bob@example.com"));
    bob.update(|view| view.status = MiStatus::Busy);
    settle().await;
    assert_eq!(attribute(&page.one(".mi-dot"), "aria-label").as_deref(), Some("Busy"));

    who.set("carol@example.com".to_owned());
    settle().await;
    assert_eq!(page.one(".mi-name").text_content().unwrap(), "carol@example.com");
    assert_eq!(attribute(&page.one(".mi-dot"), "aria-label").as_deref(), Some("Unknown"));
    assert!(is_followed(&presence, "carol@example.com"));
    assert!(!is_followed(&presence, "bob@example.com"));

    page.unmount();
    settle().await;
    assert!(!is_followed(&presence, "carol@example.com"));
}

#[wasm_bindgen_test]
async fn a_name_that_is_none_is_shown_as_unknown() {
    let page = Page::of(|| {
        provide_presence(Presence::new(ConnectOptions::new(NOWHERE)));
        view! { <ContactStatus contact=" bob" label=Label::Name/> }.into_any()
    });
    settle().await;
    assert_eq!(page.text(), " bob");
    assert_eq!(attribute(&page.one(".mi-dot"), "data-status").as_deref(), Some("unknown"));
}

#[wasm_bindgen_test]
async fn how_a_contact_is_drawn_may_change() {
    let label = RwSignal::new(Label::Nothing);
    let page = Page::of(move || {
        provide_presence(Presence::new(ConnectOptions::new(NOWHERE)));
        view! { <ContactStatus contact="bob@example.com" label/> }.into_any()
    });
    settle().await;
    assert_eq!(page.text(), "");
    label.set(Label::Status);
    settle().await;
    assert_eq!(page.text(), "Unknown");
}

#[wasm_bindgen_test]
async fn two_components_may_show_the_same_person() {
    let presence = Presence::new(ConnectOptions::new(NOWHERE));
    let provided = presence.clone();
    let is_twice = RwSignal::new(true);
    let page = Page::of(move || {
        provide_presence(provided);
        view! {
            <ContactStatus contact="bob@example.com"/>
            {move || is_twice.get().then(|| view! { <ContactStatus contact="BOB@example.com"/> })}
        }
        .into_any()
    });
    settle().await;
    assert_eq!(page.all(".mi-dot").len(), 2);
    is_twice.set(false);
    settle().await;
    assert_eq!(page.all(".mi-dot").len(), 1);
    assert!(is_followed(&presence, "bob@example.com"), "one of the two is left");
}

#[wasm_bindgen_test]
async fn a_choice_goes_to_the_connection_and_its_failure_is_told() {
    let page = Page::of(|| {
        provide_presence(Presence::new(ConnectOptions::new(NOWHERE)));
        view! { <MyStatus/> }.into_any()
    });
    settle().await;
    page.one("button").focus().unwrap();
    press("ArrowDown").await;
    press("Enter").await;
    assert_eq!(page.one("[role=status]").text_content().unwrap(), "Not signed in");
}

#[wasm_bindgen_test]
async fn a_provider_connects_and_its_end_closes_the_connection() {
    let seen = RwSignal::new_local(None::<Presence>);
    let mut page = Page::of(move || {
        let options = ConnectOptions::new(NOWHERE).with_signin_name(name("alice@example.com"));
        view! {
            <PresenceProvider options>
                <Seen seen/>
            </PresenceProvider>
        }
        .into_any()
    });
    settle().await;
    let presence = seen.get_untracked().expect("the provider has connected");
    let status = presence.with_session(|session| session.my_status());
    assert!(
        matches!(status, MiStatus::LocalFindingServer | MiStatus::LocalConnectingToServer),
        "{status}"
    );
    page.unmount();
    settle().await;
    let status = presence.with_session(|session| session.my_status());
    assert_eq!(status, MiStatus::Offline);
}

#[wasm_bindgen_test]
async fn without_a_provider_a_contact_stays_unknown() {
    let page = Page::of(|| {
        let view = use_contact("bob@example.com".to_owned());
        (move || view.with(|view| view.status.kebab())).into_any()
    });
    settle().await;
    assert_eq!(page.text(), "unknown");
}

/// Hands out the connection that it finds.
#[component]
fn Seen(seen: RwSignal<Option<Presence>, LocalStorage>) -> impl IntoView {
    let presence = use_presence();
    Effect::new(move || seen.set(presence()));
}

fn is_followed(presence: &Presence, who: &str) -> bool {
    presence.with_session(|session| {
        session.person(&name(who)).is_some_and(|person| person.is_followed())
    })
}

fn name(name: &str) -> SigninName {
    SigninName::parse(name).unwrap()
}
