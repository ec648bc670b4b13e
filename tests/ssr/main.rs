//! The components on a server: they draw what is known there and ask for nothing that only a browser has.
//!
//! Runs with `--no-default-features --features ssr`. Every import of the browser panics in a native program, so that a
//! component that reached for one would fail here.

use std::{rc::Rc, thread};

use leptos::prelude::*;
use mistatus::{
    ConnectOptions, ContactAvatar, ContactList, ContactStatus, Conversation, MyStatus,
    PresenceProvider, SigninName,
    model::{Changes, ChatView, ContactView, ListView, MyView, Said, Unsaid},
    ui::{
        ContactListView, Label, Language, States,
        conversation::{self, ConversationView, Talk},
        languages,
        list::{People, Then, Wanted},
    },
};
use mistatus_core::{
    chat::MessageText,
    hresult::HResult,
    message::{Command, RequestId},
    time::UnixMs,
};

#[test]
fn a_contact_is_its_name_and_an_unknown_dot() {
    let html = drawn(|| view! { <ContactStatus contact="bob@example.com" label=Label::Full/> });
    assert!(html.contains(">bob@example.com<"), "{html}");
    assert!(html.contains(r#"data-status="unknown""#), "{html}");
    assert!(html.contains(r#"aria-label="Unknown""#), "{html}");
}

#[test]
fn an_avatar_has_initials_and_what_it_is_given() {
    let html = drawn(|| {
        view! {
            <ContactAvatar contact="bob.oneil@example.com"/>
            <ContactAvatar contact="<b>bob" picture="/photos/\"bob\".jpg" label=Label::Name/>
        }
    });
    assert!(html.contains(r#"aria-label="bob.oneil@example.com, Unknown""#), "{html}");
    assert!(html.contains(">bo<"), "{html}");
    assert!(html.contains(r#"src="/photos/&quot;bob&quot;.jpg""#), "{html}");
    assert!(!html.contains("<b>"), "{html}");
}

#[test]
fn a_label_that_is_not_asked_for_is_hidden() {
    let html = drawn(|| view! { <ContactStatus contact="bob@example.com"/> });
    assert!(html.contains(r#"part="label" hidden"#), "{html}");
    assert!(!html.contains(">bob@example.com<"), "{html}");
}

#[test]
fn names_are_text() {
    let html = drawn(|| view! { <ContactStatus contact="<b>bob" label=Label::Name/> });
    assert!(html.contains("&lt;b&gt;bob"), "{html}");
    assert!(!html.contains("<b>"), "{html}");
}

#[test]
fn the_picker_offers_what_it_would_in_the_browser() {
    let (states, _) = States::parse("busy online");
    let html = drawn(move || {
        view! { <MyStatus states language=Language::of(&languages::GERMAN)/> }
    });
    assert_eq!(html.matches(r#"role="menuitemradio""#).count(), 2, "{html}");
    assert!(html.contains("Beschäftigt"), "{html}");
    assert!(html.contains(r#"aria-haspopup="dialog""#), "{html}");
}

/// A browser ends a paragraph before a `div`, and what it takes over is no longer what the server drew.
#[test]
fn status_and_picker_may_stand_in_a_paragraph() {
    let html = drawn(|| {
        view! {
            <ContactStatus contact="bob@example.com" label=Label::Full/>
            <MyStatus/>
        }
    });
    for block in ["<div", "<p", "<ul", "<section"] {
        assert!(!html.contains(block), "{block} in {html}");
    }
}

#[test]
fn list_and_conversation_leave_their_places() {
    let html = drawn(|| {
        view! {
            <ContactList/>
            <Conversation contact="bob@example.com"/>
        }
    });
    assert_eq!(html.matches(r#"class="mi-view""#).count(), 4, "{html}");
}

#[test]
fn a_conversation_is_drawn_with_its_messages_as_text() {
    let html = Owner::new().with(|| {
        let talk = Rc::new(Written);
        let conversation =
            conversation::Conversation::new(talk, || Language::of(&languages::GERMAN));
        view! { <ConversationView conversation/> }.to_html()
    });
    assert!(html.contains(r#"role="dialog" lang="de""#), "{html}");
    assert!(html.contains(r#"aria-label="Unterhaltung mit bob@example.com""#), "{html}");
    assert_eq!(html.matches(r#"part="message""#).count(), 2, "{html}");
    assert!(html.contains("&lt;b&gt;Hello") && !html.contains("<b>"), "{html}");
    assert!(html.contains(">nicht gesendet") && html.contains(">Erneut versuchen<"), "{html}");
    assert!(html.contains(">Nicht angemeldet<"), "{html}");
}

/// A conversation of which nothing becomes.
struct Written;

impl Talk for Written {
    fn changes(&self) -> Changes {
        Changes::new(0)
    }

    fn view(&self) -> ChatView {
        let (text, at) = ("<b>Hello".to_owned(), UnixMs::from_millis(0));
        let said = Said { id: 1, mine: false, text, at, delivered: false };
        let failure = Some(HResult::MSGR_E_SERVER_UNAVAILABLE);
        let unsaid = Unsaid { request: RequestId(2), text: "Hi".to_owned(), failure };
        ChatView { said: vec![said], unsaid: vec![unsaid], ..ChatView::default() }
    }

    fn contact(&self) -> ArcRwSignal<ContactView> {
        ArcRwSignal::new(ContactView::unknown("bob@example.com"))
    }

    fn me(&self) -> ArcRwSignal<MyView> {
        ArcRwSignal::new(MyView::signed_out())
    }

    fn connect(&self) {}

    fn send(&self, _: MessageText, _: Then) {}

    fn retry(&self, _: RequestId) -> Result<(), HResult> {
        Ok(())
    }

    fn discard(&self, _: RequestId) {}

    fn fetch(&self, _: Then) {}

    fn read(&self) {}

    fn draft(&self, _: &str) -> String {
        String::new()
    }

    fn keep_draft(&self, _: &str, _: &str) {}

    fn close(&self) {}
}

#[test]
fn the_view_of_a_list_is_drawn_without_its_people() {
    let owner = Owner::new();
    let html = owner.with(|| {
        let (wanted, _) =
            signal(Wanted { language: Language::of(&languages::GERMAN), ..Wanted::default() });
        view! { <ContactListView people=Rc::new(Nobody) wanted/> }.to_html()
    });
    for part in [r#"role="tree""#, r#"role="menu""#, r#"type="search""#, ">Neue Gruppe<"] {
        assert_eq!(html.matches(part).count(), 1, "{part} in {html}");
    }
    assert!(!html.contains("treeitem"), "{html}");
}

#[test]
fn without_a_provider_components_are_drawn_all_the_same() {
    let html = Owner::new().with(|| view! { <ContactStatus contact="bob@example.com"/> }.to_html());
    assert!(html.contains(r#"data-status="unknown""#), "{html}");
}

/// A server may begin a page in one thread and put it away in another.
#[test]
fn a_page_may_end_in_another_thread() {
    let owner = Owner::new();
    let view = owner.with(|| {
        view! {
            <PresenceProvider options=options()>
                <MyStatus/>
                <ContactStatus contact="bob@example.com"/>
                <ContactList/>
            </PresenceProvider>
        }
        .into_any()
    });
    let html = thread::spawn(move || {
        let html = owner.with(|| view.to_html());
        owner.cleanup();
        html
    });
    let html = html.join().expect("nothing panics");
    assert!(html.contains(r#"data-status="unknown""#), "{html}");
}

/// Nobody's list, which a server does not ask for.
struct Nobody;

impl People for Nobody {
    fn changes(&self) -> [Changes; 3] {
        unreachable!()
    }

    fn view(&self) -> ListView {
        unreachable!()
    }

    fn me(&self) -> ArcRwSignal<MyView> {
        unreachable!()
    }

    fn unread_people(&self) -> Vec<(SigninName, u32)> {
        unreachable!()
    }

    fn connect(&self) {
        unreachable!()
    }

    fn contact(&self, _: &SigninName) -> ArcRwSignal<ContactView> {
        unreachable!()
    }

    fn unread(&self, _: &SigninName) -> u32 {
        unreachable!()
    }

    fn ask(&self, _: Command, _: Then) {
        unreachable!()
    }

    fn converse(&self, _: &SigninName) {
        unreachable!()
    }
}

fn drawn<V: IntoView + 'static>(view: impl FnOnce() -> V + Send + 'static) -> String {
    let owner = Owner::new();
    owner.with(|| {
        view! { <PresenceProvider options=options()>{view()}</PresenceProvider> }.to_html()
    })
}

fn options() -> ConnectOptions {
    ConnectOptions::new("wss://presence.example.com/stream")
        .with_token(|| async { Ok(Some("signed".to_owned())) })
}
