//! The components for applications: what they show follows their connection, and ends with them.

use leptos::prelude::*;
use mistatus::{
    ConnectOptions, ContactList, ContactStatus, Conversation, MyStatus, Presence, PresenceProvider,
    provide_presence, ui::Label, use_contact, use_presence,
};
use mistatus_core::{signin_name::SigninName, status::MiStatus};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, attribute, press, settle, type_into};

/// A function by which a component asks for its connection.
type Ask = Box<dyn Fn() -> Option<Presence>>;

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
    assert_eq!(page.one(".mi-failure").text_content().unwrap(), "Not signed in");
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

#[wasm_bindgen_test]
async fn each_of_two_providers_serves_what_is_below_it() {
    let seen = [RwSignal::new_local(None::<Presence>), RwSignal::new_local(None)];
    let later = RwSignal::new(false);
    let _page = Page::of(move || {
        let below = move |seen| move || later.get().then(|| view! { <Seen seen/> });
        let options = |who: &str| ConnectOptions::new(NOWHERE).with_signin_name(name(who));
        view! {
            <PresenceProvider options=options("alice@example.com")>{below(seen[0])}</PresenceProvider>
            <PresenceProvider options=options("bob@example.com")>{below(seen[1])}</PresenceProvider>
        }
        .into_any()
    });
    settle().await;
    // Drawn when both connections are there.
    later.set(true);
    settle().await;
    let [alice, bob] = seen.map(|seen| seen.get_untracked().expect("a provider stands above"));
    alice.model().contact(&name("carol@example.com")).update(|view| view.stale = true);
    let told = bob.model().contact(&name("carol@example.com")).get_untracked();
    assert!(!told.stale, "one connection for both");
}

#[wasm_bindgen_test]
async fn what_is_beside_a_provider_or_comes_after_its_end_has_no_connection() {
    let seen = RwSignal::new_local(None::<Presence>);
    let is_there = RwSignal::new(true);
    let kept = StoredValue::new_local(None::<Ask>);
    let page = Page::of(move || {
        (move || {
            if is_there.get() {
                let options = ConnectOptions::new(NOWHERE);
                view! { <PresenceProvider options><Kept kept/></PresenceProvider> }.into_any()
            } else {
                view! { <Seen seen/> <ContactStatus contact="bob@example.com"/> }.into_any()
            }
        })
        .into_any()
    });
    settle().await;
    assert!(kept.with_value(|presence| presence.as_ref().is_some_and(|ask| ask().is_some())));
    is_there.set(false);
    settle().await;
    assert!(seen.get_untracked().is_none());
    assert_eq!(attribute(&page.one(".mi-dot"), "data-status").as_deref(), Some("unknown"));
    let asked_late = kept.with_value(|presence| presence.as_ref().and_then(|ask| ask()));
    assert!(asked_late.is_none(), "the provider is gone");
}

#[wasm_bindgen_test]
async fn styles_come_for_what_is_not_in_the_document_yet() {
    let detached = document().create_element("div").unwrap();
    mistatus::ui::styles::adopt(&detached).unwrap();
}

#[wasm_bindgen_test]
async fn two_lists_on_a_page_have_no_id_in_common() {
    let page = Page::of(|| {
        provide_presence(Presence::new(ConnectOptions::new(NOWHERE)));
        view! {
            <ContactList/>
            <ContactList/>
        }
        .into_any()
    });
    settle().await;
    let elements = page.all("[id]");
    let ids =
        elements.iter().map(|element| element.id()).collect::<std::collections::BTreeSet<_>>();
    assert!(ids.len() >= 6, "{ids:?}");
    assert_eq!(ids.len(), elements.len());
}

#[wasm_bindgen_test]
async fn a_conversation_keeps_what_was_typed_when_its_contact_is_set_to_the_same() {
    let contact = RwSignal::new("bob@example.com".to_owned());
    let page = Page::of(move || {
        provide_presence(Presence::new(ConnectOptions::new(NOWHERE)));
        view! { <Conversation contact/> }.into_any()
    });
    settle().await;
    type_into(&page.one("textarea"), "half a sentence").await;
    contact.set("bob@example.com".to_owned());
    settle().await;
    let field = page.one("textarea");
    let text = js_sys::Reflect::get(&field, &"value".into()).unwrap().as_string();
    assert_eq!(text.as_deref(), Some("half a sentence"));
}

#[wasm_bindgen_test]
async fn a_menu_that_is_open_is_closed_where_its_owner_is_drawn_anew() {
    let again = RwSignal::new(0);
    let page = Page::of(move || {
        (move || {
            again.track();
            provide_presence(Presence::new(ConnectOptions::new(NOWHERE)));
            view! { <MyStatus/> }
        })
        .into_any()
    });
    settle().await;
    page.one("button").click();
    settle().await;
    assert!(page.one(".mi-menu").has_attribute("data-open"));
    again.set(1);
    settle().await;
    assert!(!page.one(".mi-menu").has_attribute("data-open"));
    assert_eq!(attribute(&page.one("button"), "aria-expanded").as_deref(), Some("false"));
}

#[wasm_bindgen_test]
async fn the_fields_of_the_picker_are_of_one_height_beside_the_styles_of_the_list() {
    let page = Page::of(move || {
        provide_presence(Presence::new(ConnectOptions::new(NOWHERE)));
        view! { <MyStatus/> }.into_any()
    });
    settle().await;
    page.one("button").click();
    settle().await;
    let ends: web_sys::HtmlSelectElement = page.one("select").unchecked_into();
    ends.set_selected_index(7);
    ends.dispatch_event(&web_sys::Event::new("change").unwrap()).unwrap();
    settle().await;
    let [note, date] = ["input:not([type])", "[type=datetime-local]"]
        .map(|field| page.one(field).get_bounding_client_rect().height());
    assert!(note > 0.0 && (date - note).abs() < 12.0, "{note} and {date} pixels");
}

/// Keeps the function by which it asks for its connection.
#[component]
fn Kept(kept: StoredValue<Option<Ask>, LocalStorage>) -> impl IntoView {
    kept.set_value(Some(Box::new(use_presence())));
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
