//! The contact list: by keyboard, at its largest, and what it asks for.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use leptos::prelude::*;
use mistatus::{
    ContactList,
    model::{Changes, ContactView, Entry, ListView, MyView, Order},
    provide_presence,
    shell::{ConnectOptions, Presence, Share, Transport},
    ui::{
        Language, languages,
        list::{ContactListView, ListHandle, People, Then, ThenFound, Wanted},
    },
};
use mistatus_core::{
    group::GroupId,
    hresult::HResult,
    limits::CONTACTS_MAX,
    message::Command,
    search::{FoundPerson, SearchText},
    signin_name::SigninName,
    status::MiStatus,
};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::page::{
    Page, announcements, ask_for_menu, ask_for_menu_at, attribute, focused, frame, press,
    press_composing, press_with_shift, settle, type_into,
};

/// In CSS pixels: about ten lines.
const HEIGHT: u32 = 360;

#[wasm_bindgen_test]
async fn of_ten_thousand_people_only_those_in_sight_are_in_the_document() {
    let shown = Shown::of(many(CONTACTS_MAX)).await;
    assert!(shown.rows().len() < 40, "{} lines", shown.rows().len());
    shown.tree().focus().unwrap();
    let page = shown.lines_in_sight();
    for (key, place) in [
        ("End", CONTACTS_MAX),
        ("ArrowDown", CONTACTS_MAX),
        ("ArrowUp", CONTACTS_MAX - 1),
        ("PageUp", CONTACTS_MAX - 1 - page),
        ("Home", 1),
        ("ArrowUp", 1),
        ("PageDown", 1 + page),
    ] {
        press(key).await;
        let active = shown.active();
        assert_eq!(attribute(&active, "aria-posinset"), Some(place.to_string()), "{key}");
        assert_eq!(attribute(&active, "aria-setsize"), Some(CONTACTS_MAX.to_string()));
        assert_eq!(attribute(&active, "aria-selected").as_deref(), Some("true"));
        shown.is_in_sight(&active);
        assert!(shown.rows().len() < 40, "{} lines after {key}", shown.rows().len());
    }
}

#[wasm_bindgen_test]
async fn among_ten_thousand_a_change_touches_one_line_as_among_ten() {
    let mut touched = Vec::new();
    for count in [10, CONTACTS_MAX] {
        let shown = Shown::of(many(count)).await;
        let somebody = shown.people.contact(&name(1));
        let change = move || somebody.update(|view| view.status = MiStatus::Busy);
        touched.push(shown.page.mutations(change).await);
        assert_eq!(shown.people.asked.get(), 1, "nothing was laid out anew");
        let unseen = shown.people.contact(&name(count - 1));
        let change = move || unseen.update(|view| view.status = MiStatus::Busy);
        if count > 100 {
            assert_eq!(shown.page.mutations(change).await, 0, "who is out of sight costs nothing");
        }
    }
    assert!(touched[0] > 0);
    assert_eq!(touched[0], touched[1]);
}

#[wasm_bindgen_test]
async fn people_who_are_added_in_a_loop_are_laid_out_once_a_frame() {
    let shown = Shown::of(many(10)).await;
    for count in 11..=1_000 {
        shown.people.change(many(count));
        // As frames of the network arrive: each in a task of its own.
        settle().await;
    }
    frame().await;
    shown.tree().focus().unwrap();
    press("End").await;
    assert_eq!(attribute(&shown.active(), "aria-posinset").as_deref(), Some("1000"));
    assert!(shown.people.asked.get() < 500, "laid out {} times", shown.people.asked.get());
}

#[wasm_bindgen_test]
async fn groups_open_and_close_by_keyboard_in_the_direction_of_reading() {
    for (direction, open, close) in
        [("ltr", "ArrowRight", "ArrowLeft"), ("rtl", "ArrowLeft", "ArrowRight")]
    {
        let shown = Shown::of(grouped()).await;
        shown.page.root().set_attribute("dir", direction).unwrap();
        shown.tree().focus().unwrap();
        press("Home").await;
        assert_eq!(
            shown.labels(),
            [
                "Team, 2",
                "Person 0, Online",
                "Person 1, Online",
                "Other contacts, 1",
                "Person 2, Online"
            ]
        );
        assert_eq!(attribute(&shown.active(), "aria-expanded").as_deref(), Some("true"));
        press(close).await;
        assert_eq!(attribute(&shown.active(), "aria-expanded").as_deref(), Some("false"));
        assert_eq!(shown.labels(), ["Team, 2", "Other contacts, 1", "Person 2, Online"]);
        press(open).await;
        press(open).await;
        assert_eq!(shown.active_label(), "Person 0, Online", "into the group");
        press(close).await;
        assert_eq!(shown.active_label(), "Team, 2", "back to its heading");
        press(" ").await;
        assert_eq!(shown.labels().len(), 3, "a heading is a switch");
    }
}

#[wasm_bindgen_test]
async fn typing_goes_to_a_name_and_searching_leaves_those_who_match() {
    let shown = Shown::of(view(["Ann", "Bob", "Zoë"])).await;
    shown.tree().focus().unwrap();
    press("z").await;
    assert_eq!(shown.active_label(), "Zoë, Online");
    let field = shown.page.one(".mi-filter");
    type_into(&field, " ZO").await;
    assert_eq!(shown.labels(), ["Zoë, Online"]);
    field.focus().unwrap();
    press("ArrowDown").await;
    assert_eq!(focused(), *shown.tree().as_ref());
    type_into(&field, "nobody").await;
    assert!(shown.rows().is_empty());
    assert!(!shown.page.one(".mi-empty").hidden());
    assert_eq!(shown.page.one(".mi-empty").text_content().unwrap(), "Nobody found");
}

#[wasm_bindgen_test]
async fn names_are_ordered_and_found_as_people_of_the_language_expect() {
    let shown = Shown::of(view(["Zoe", "İsmail", "straße", "Ägir", "José", "al"])).await;
    let labels = |names: [&str; 6]| names.map(|name| format!("{name}, Online"));
    assert_eq!(shown.labels(), labels(["Ägir", "al", "İsmail", "José", "straße", "Zoe"]));
    shown.wanted.update(|wanted| wanted.language = Language::from_tag("sv-SE"));
    frame().await;
    frame().await;
    assert_eq!(shown.labels(), labels(["al", "İsmail", "José", "straße", "Zoe", "Ägir"]));
    let field = shown.page.one(".mi-filter");
    for (search, found) in [
        ("jose", "José"),
        ("ismail", "İsmail"),
        ("STRASSE", "straße"),
        ("straß", "straße"),
        ("ag", "Ägir"),
        ("ÄGIR", "Ägir"),
    ] {
        type_into(&field, search).await;
        assert_eq!(shown.labels(), [format!("{found}, Online")], "{search}");
    }
    type_into(&field, "").await;
    shown.tree().focus().unwrap();
    assert_eq!(shown.active_label(), "al, Online");
    press("a").await;
    assert_eq!(shown.active_label(), "Ägir, Online", "by its first letter, too");
}

#[wasm_bindgen_test]
async fn new_messages_are_counted_in_the_language() {
    [&languages::GERMAN, &languages::ARABIC].into_iter().for_each(Language::add);
    for (count, tag, label) in [
        (1, "en", "Ann, Online, 1 new message"),
        (2, "en", "Ann, Online, 2 new messages"),
        (1, "de", "Ann, Online, 1 neue Nachricht"),
        (2, "ar", "Ann, متصل, رسالتان جديدتان"),
        // English texts, in languages that count otherwise.
        (1, "ja", "Ann, Online, 1 new message"),
        (21, "ru", "Ann, Online, 21 new messages"),
        // Nobody's language, and none at all.
        (1, "xx-invalidinvalid", "Ann, Online, 1 new message"),
        (1, "en-a", "Ann, Online, 1 new message"),
    ] {
        let shown = Shown::of(view(["Ann"])).await;
        shown.people.unread.set(count);
        shown.wanted.update(|wanted| wanted.language = Language::from_tag(tag));
        settle().await;
        assert_eq!(shown.labels(), [label], "{tag}");
    }
}

#[wasm_bindgen_test]
async fn the_menu_of_somebody_offers_what_can_be_done_and_asks_for_it() {
    let shown = Shown::of(grouped()).await;
    shown.tree().focus().unwrap();
    press("Home").await;
    press("ArrowDown").await;
    press_with_shift("F10").await;
    assert_eq!(
        shown.offered(),
        ["Start conversation", "In group: Team", "Block", "Remove Person 0 from the list"]
    );
    let apart = shown.page.all("[role=menu] [data-apart]");
    assert_eq!(apart.len(), 2, "what shuts somebody out or takes them away stands apart");
    press("Escape").await;
    assert_eq!(focused(), *shown.tree().as_ref(), "the focus is back");
    for (downs, command) in [
        (2, Command::SetBlocked { name: name(0), blocked: true }),
        (1, Command::SetGroupMember { group: GroupId(7), name: name(0), member: false }),
    ] {
        press("ContextMenu").await;
        for _ in 0..downs {
            press("ArrowDown").await;
        }
        press("Enter").await;
        assert_eq!(shown.people.commands.borrow_mut().pop(), Some(command));
    }
    press("Enter").await;
    assert_eq!(*shown.people.conversed.borrow(), [name(0)]);
}

#[wasm_bindgen_test]
async fn what_is_lost_for_good_is_asked_about_and_a_refusal_is_told() {
    let shown = Shown::of(grouped()).await;
    shown.tree().focus().unwrap();
    press("Home").await;
    press("ArrowDown").await;
    press("Delete").await;
    assert!(shown.page.one("form").text_content().unwrap().contains("Person 0"));
    press("Escape").await;
    assert!(shown.people.commands.borrow().is_empty(), "Escape leaves everything as it is");
    press("Delete").await;
    shown.submit().await;
    assert_eq!(*shown.people.commands.borrow(), [Command::RemoveContact { name: name(0) }]);
    shown.people.end(HResult::MSGR_E_SERVER_UNAVAILABLE).await;
    let problem = shown.page.one("[role=alert]").text_content().unwrap();
    assert!(!problem.is_empty());
    assert!(!shown.page.one("form").hidden(), "it can be tried again");
    shown.submit().await;
    shown.people.end(HResult::S_OK).await;
    assert!(shown.page.one("form").hidden());
    assert_eq!(focused(), *shown.tree().as_ref());
}

#[wasm_bindgen_test]
async fn whoever_was_added_is_found_and_has_the_focus() {
    let shown = Shown::of(many(500)).await;
    assert!(shown.list.open_add(""));
    let field = shown.page.one("form .mi-field");
    assert_eq!(focused(), *field.as_ref());
    for bad in ["", " ", &"x".repeat(130)] {
        type_into(&field, bad).await;
        shown.submit().await;
        assert!(!shown.page.one("[role=alert]").text_content().unwrap().is_empty(), "{bad:?}");
    }
    assert!(shown.people.commands.borrow().is_empty(), "what is no name is asked of nobody");
    type_into(&field, "PERSON250@EXAMPLE.COM").await;
    shown.submit().await;
    assert_eq!(*shown.people.commands.borrow(), [Command::AddContact { name: name(250) }]);
    shown.people.end(HResult::S_OK).await;
    assert_eq!(focused(), *shown.tree().as_ref());
    assert_eq!(shown.active_label(), "Person 250, Online");
    shown.is_in_sight(&shown.active());
}

#[wasm_bindgen_test]
async fn by_presence_somebody_moves_with_their_coming_and_going() {
    let shown = Shown::of(view(["Ann", "Bob"])).await;
    shown.wanted.update(|wanted| wanted.order = Order::Online);
    frame().await;
    assert_eq!(shown.labels(), ["Online, 2", "Ann, Online", "Bob, Online"]);
    shown.people.goes("ann@example.com");
    frame().await;
    assert_eq!(shown.labels(), ["Online, 1", "Bob, Online", "Offline, 1", "Ann, Offline"]);
}

#[wasm_bindgen_test]
async fn what_a_user_had_opened_is_closed_when_they_are_gone() {
    let user = Some(name(1));
    let ends = [ListView::default(), ListView { user: Some(name(2)), ..view(["Cem"]) }];
    for end in ends {
        let shown = Shown::of(ListView { user: user.clone(), ..view(["Bob", "Ann"]) }).await;
        let filter = shown.page.one(".mi-filter");
        type_into(&filter, "Bo").await;
        shown.tree().focus().unwrap();
        press("Home").await;
        press("Delete").await;
        let text = || shown.page.root().text_content().unwrap();
        assert!(text().contains("Bob"), "asks whether Bob is to go");
        // A lost connection is not the end of the user.
        let lost = ListView { signed_in: false, user: user.clone(), ..view(["Bob", "Ann"]) };
        shown.people.change(lost);
        frame().await;
        frame().await;
        assert!(!shown.page.one(".mi-form").hidden());
        shown.people.change(end);
        frame().await;
        frame().await;
        assert!(!text().contains("Bob"), "{}", text());
        assert!(shown.page.one(".mi-form").hidden());
        let written = js_sys::Reflect::get(&filter, &"value".into()).unwrap();
        assert_eq!(written.as_string().unwrap(), "");
    }
}

#[wasm_bindgen_test]
async fn names_of_people_and_groups_are_text() {
    let mut markup = view(["<img src=x onerror=alert(1)>"]);
    markup.groups = vec![(GroupId(1), "<b>Team</b>".to_owned(), vec![])];
    let shown = Shown::of(markup).await;
    assert!(shown.page.all("img, b").is_empty());
    assert!(shown.page.text().contains("<img src=x onerror=alert(1)>"));
    assert!(shown.page.text().contains("<b>Team</b>"));
}

#[wasm_bindgen_test]
async fn keys_of_a_composition_are_not_keys_of_the_list() {
    let shown = Shown::of(many(3)).await;
    let search = shown.page.one(".mi-filter");
    search.focus().unwrap();
    press_composing("ArrowDown").await;
    assert_eq!(focused(), *search.as_ref(), "the arrow chooses among what can be composed");
    assert!(shown.list.open_add(""));
    let field = shown.page.one("form .mi-field");
    type_into(&field, "bob@example.com").await;
    press_composing("Escape").await;
    assert!(!shown.page.one("form").hidden(), "Escape ends the composition alone");
    press("Escape").await;
    assert!(shown.page.one("form").hidden(), "afterwards it is the form's");
}

#[wasm_bindgen_test]
async fn whoever_answers_the_last_request_goes_on_at_something_that_is_seen() {
    let asking = |count| ListView {
        requests: (0..count).map(|at| (name(at), format!("Person {at}"))).collect(),
        ..many(0)
    };
    let shown = Shown::of(asking(2)).await;
    let refuse = &shown.page.all(".mi-request button")[1];
    assert_eq!(attribute(refuse, "aria-label").as_deref(), Some("Refuse: Person 0"));
    refuse.focus().unwrap();
    refuse.click();
    assert_eq!(
        shown.people.commands.borrow_mut().pop(),
        Some(Command::AnswerContactRequest { name: name(0), accept: false })
    );
    shown.people.change(asking(1));
    frame().await;
    assert_eq!(focused().text_content().as_deref(), Some("Accept"), "at the one who is left");
    shown.people.change(asking(0));
    frame().await;
    assert_eq!(focused(), *shown.page.one(".mi-add").as_ref());
}

#[wasm_bindgen_test]
async fn a_list_that_loses_its_last_line_keeps_the_focus() {
    let shown = Shown::of(many(1)).await;
    // As the style has it, which is not there.
    let hide = |tree: &HtmlElement| tree.style().set_property("display", "none").unwrap();
    shown.tree().focus().unwrap();
    shown.people.change(many(0));
    frame().await;
    hide(&shown.tree());
    frame().await;
    assert_eq!(focused(), *shown.page.one(".mi-add").as_ref());
}

#[wasm_bindgen_test]
async fn a_key_that_opens_the_menu_does_not_open_that_of_the_browser() {
    let shown = Shown::of(many(3)).await;
    shown.tree().focus().unwrap();
    press_with_shift("F10").await;
    let item = focused();
    assert_eq!(attribute(&item, "role").as_deref(), Some("menuitem"));
    // Firefox asks for a menu although the key was taken, by then at the item that has the focus.
    assert!(ask_for_menu(&item).await, "the browser's menu is not wanted");
    assert_eq!(focused(), item, "the menu stays as it is");
}

#[wasm_bindgen_test]
async fn a_menu_that_is_opened_by_its_button_stands_at_the_button() {
    let shown = Shown::of(many(3)).await;
    let more = shown.page.one("[role=treeitem] .mi-more");
    let style = "position: absolute; left: 200px; width: 20px; height: 10px";
    more.set_attribute("style", style).unwrap();
    more.click();
    settle().await;
    let menu = shown.page.one("[role=menu]");
    let x = menu.style().get_property_value("--mi-menu-x").unwrap();
    assert_eq!(x, format!("{}px", more.get_bounding_client_rect().left().round()));
}

#[wasm_bindgen_test]
async fn a_menu_that_the_pointer_asks_for_stands_at_the_pointer() {
    let shown = Shown::of(many(3)).await;
    let row = shown.rows().remove(1);
    let edges = row.get_bounding_client_rect();
    #[expect(clippy::cast_possible_truncation, reason = "pixels of the window")]
    let (x, y) = (edges.left() as i32 + 7, edges.top() as i32 + 3);
    assert!(ask_for_menu_at(&row, x, y).await, "the browser's menu is not wanted");
    let menu = shown.page.one("[role=menu]");
    assert_eq!(menu.style().get_property_value("--mi-menu-x").unwrap(), format!("{x}px"));
    assert_eq!(attribute(&menu, "aria-label").as_deref(), Some("Person 1"));
}

#[wasm_bindgen_test]
async fn names_can_be_read_in_a_narrow_list() {
    mistatus::ui::styles::adopt(&document().body().unwrap()).unwrap();
    for (width, least) in [(200, 8.0), (240, 8.0), (320, 8.0)] {
        let shown = Shown::of(grouped()).await;
        shown.page.root().style().set_property("width", &format!("{width}px")).unwrap();
        shown.people.unread.set(3);
        for view in [0, 1].map(|index| shown.people.contact(&name(index))) {
            view.update(|view| {
                view.friendly_name = Some("Wolfeschlegelsteinhausenbergerdorff".to_owned());
                view.note = Some("back after the long meeting".to_owned());
            });
        }
        frame().await;
        let row = shown.page.one("[role=treeitem][aria-level='2']");
        let part = |class: &str| row.query_selector(class).unwrap().unwrap();
        let style = window().get_computed_style(&part(".mi-name")).unwrap().unwrap();
        let size = style.get_property_value("font-size").unwrap();
        let em = size.trim_end_matches("px").parse::<f64>().unwrap();
        let name = part(".mi-name").get_bounding_client_rect();
        let label = part(".mi-label").get_bounding_client_rect();
        let seen = name.width().min(label.width());
        assert!(
            seen >= least * em,
            "of the name {seen} pixels of {em} are seen, in a list of {width}"
        );
        let tooltip = attribute(&part(".mi-label"), "title").unwrap_or_default();
        assert!(tooltip.contains("dorff: Online") && tooltip.contains("long meeting"), "{tooltip}");
    }
}

#[wasm_bindgen_test]
async fn the_last_answer_of_the_directory_counts_and_is_announced() {
    let heard = announcements();
    let shown = Shown::of(many(1)).await;
    let offered = || {
        let options = shown.page.all("[role=option]");
        options.iter().filter_map(|option| attribute(option, "aria-label")).collect::<Vec<_>>()
    };
    shown.page.one(".mi-add").click();
    settle().await;
    let field = shown.page.one("[role=combobox]");
    type_into(&field, "a").await;
    type_into(&field, "ad").await;
    assert_eq!(shown.people.searched(1).await, ["ad"]);
    type_into(&field, "bo").await;
    assert_eq!(shown.people.searched(2).await, ["ad", "bo"]);
    shown.people.answer(1, Ok(&["bob@x", "bora@x"])).await;
    shown.people.answer(0, Ok(&["ada@x"])).await;
    assert_eq!(offered(), ["bob@x", "bora@x"]);
    assert_eq!(heard(), ["People found: 2"]);
    press("ArrowDown").await;
    type_into(&field, "bobo").await;
    assert_eq!(
        attribute(&field, "aria-activedescendant"),
        None,
        "the next key means what is typed"
    );
    assert_eq!(shown.people.searched(3).await.last().unwrap(), "bobo");
    shown.people.answer(2, Ok(&[])).await;
    assert!(offered().is_empty());
    assert_eq!(heard(), ["Nobody found"]);
    type_into(&field, "bob").await;
    shown.people.searched(4).await;
    press("Escape").await;
    assert!(shown.page.one("form").hidden());
    shown.people.answer(3, Ok(&["bob@x"])).await;
    assert!(offered().is_empty() && heard().is_empty(), "the form is closed");
}

#[wasm_bindgen_test]
async fn where_there_is_no_directory_it_is_asked_once_a_form() {
    let heard = announcements();
    let shown = Shown::of(many(1)).await;
    for (count, name) in [(1, "ada"), (2, "bob")] {
        shown.page.one(".mi-add").click();
        settle().await;
        let field = shown.page.one("[role=combobox]");
        type_into(&field, name).await;
        assert_eq!(shown.people.searched(count).await.last().unwrap(), name);
        let refusal = [HResult::E_NOTIMPL, HResult::MSGR_E_SERVER_TOO_BUSY][count - 1];
        shown.people.answer(count - 1, Err(refusal)).await;
        assert_eq!(attribute(&field, "aria-expanded").as_deref(), Some("false"));
        type_into(&field, &[name, "@x"].concat()).await;
        if count == 1 {
            press("Escape").await;
        }
    }
    // Who was too busy is asked again.
    assert_eq!(shown.people.searched(3).await, ["ada", "bob", "bob@x"]);
    assert!(heard().is_empty());
}

#[wasm_bindgen_test]
async fn whoever_is_not_signed_in_is_told_why_and_can_go_on() {
    let shown = Shown::of(ListView::default()).await;
    let told = || {
        let part = shown.page.one(".mi-signin");
        let way = part.query_selector(".mi-connect:not([hidden])").unwrap();
        let text = part.first_child().and_then(|text| text.text_content()).unwrap_or_default();
        (text, way.and_then(|way| way.text_content()))
    };
    let me = shown.people.me();
    let is = async |view: MyView, text: &str, way: Option<&str>| {
        me.set(view);
        settle().await;
        assert_eq!(told(), (text.to_owned(), way.map(str::to_owned)));
    };
    let nobody = MyView::signed_out;
    is(nobody(), "Not signed in", Some("Sign in")).await;
    let status = MiStatus::LocalConnectingToServer;
    is(MyView { status, ..nobody() }, "Connecting…", None).await;
    let failure = Some(HResult::MSGR_E_CONNECT);
    let lost = "Connection lost, trying again";
    is(MyView { failure, ..nobody() }, lost, Some("Try now")).await;
    let name = "me@example.com".to_owned();
    is(MyView { name, status, ..nobody() }, lost, Some("Try now")).await;
    let failure = Some(HResult::MSGR_E_INVALID_PASSWORD);
    is(MyView { failure, ..nobody() }, "Sign-in was refused", Some("Sign in")).await;
    is(MyView { has_left: true, ..nobody() }, "Signed out", Some("Sign in")).await;
    shown.page.one(".mi-connect").focus().unwrap();
    shown.page.one(".mi-connect").click();
    assert_eq!(shown.people.connects.get(), 1);
    shown.people.change(many(1));
    is(MyView { status: MiStatus::Online, ..nobody() }, "", None).await;
    frame().await;
    assert!(focused() != *document().body().unwrap().as_ref(), "the focus went on");
    assert!(shown.page.root().contains(Some(&focused())));
}

#[wasm_bindgen_test]
async fn news_are_announced_once_and_retries_are_none() {
    let heard = announcements();
    let shown = Shown::of(view(["Ann", "Bob"])).await;
    let again = Shown::of(view(["Ann", "Bob"])).await;
    let ann = SigninName::parse("ann@example.com").unwrap();
    let bob = SigninName::parse("bob@example.com").unwrap();
    let unread = async |of: &[(&SigninName, u32)]| {
        for list in [&shown, &again] {
            let unread = of.iter().map(|(name, count)| ((*name).clone(), *count)).collect();
            list.people.unread_people.replace(unread);
            list.people.changes[2].update(|count| *count += 1);
        }
        settle().await;
    };
    unread(&[(&ann, 1)]).await;
    assert_eq!(heard(), ["Ann: 1 new message"], "though two lists show it");
    unread(&[(&ann, 2), (&bob, 2)]).await;
    assert_eq!(heard(), ["3 new messages"]);
    unread(&[(&bob, 2)]).await;
    assert!(heard().is_empty(), "what was read is no news");

    let asking = vec![(name(9), "Carla".to_owned())];
    shown.people.change(ListView { requests: asking, ..view(["Ann", "Bob"]) });
    frame().await;
    assert_eq!(heard(), ["Carla would like to see your status"]);

    let me = shown.people.me();
    let name = "me@example.com".to_owned();
    let lost = MyView { name, ..MyView::signed_out() };
    for status in [MiStatus::Offline, MiStatus::LocalConnectingToServer, MiStatus::Offline] {
        me.set(MyView { status, ..lost.clone() });
        settle().await;
    }
    assert_eq!(heard(), ["Connection lost, trying again"]);
}

#[wasm_bindgen_test]
async fn keys_that_are_typed_stay_in_the_list_and_escape_may_close_what_is_around_it() {
    let shown = Shown::of(many(3)).await;
    let heard = Rc::new(RefCell::new(Vec::new()));
    let listener = {
        let heard = Rc::clone(&heard);
        Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
            heard.borrow_mut().push(event.key());
        })
    };
    let function = listener.as_ref().unchecked_ref();
    document().add_event_listener_with_callback("keydown", function).unwrap();
    shown.page.one(".mi-filter").focus().unwrap();
    press("k").await;
    press("?").await;
    shown.page.one(".mi-add").click();
    settle().await;
    press("j").await;
    press("Escape").await;
    shown.tree().focus().unwrap();
    press("k").await;
    assert!(heard.borrow().is_empty(), "{heard:?}");
    press("Escape").await;
    document().remove_event_listener_with_callback("keydown", function).unwrap();
    assert_eq!(*heard.borrow(), ["Escape"]);
}

#[wasm_bindgen_test]
async fn the_component_shows_the_list_of_the_connection_in_the_context() {
    let page = Page::of(|| {
        // Of somebody who is not signed in, and does not try to be: how soon that fails is the browser's matter.
        provide_presence(Presence::new(ConnectOptions {
            server: "ws://127.0.0.1:9/stream".to_owned(),
            transport: Transport::Json,
            token: None,
            signin_name: Some(name(1)),
            friendly_name: None,
            idle_after: None,
            keep_trying: false,
            share: Share::Never,
            ..ConnectOptions::default()
        }));
        view! { <ContactList on_converse=Callback::new(drop)/> }.into_any()
    });
    frame().await;
    let told = page.one(".mi-signin").first_child().and_then(|text| text.text_content());
    assert_eq!(told.as_deref(), Some("Not signed in"));
    assert!(page.all("[role=tree]").len() == 1 && page.one(".mi-add").has_attribute("disabled"));
    let lonely = Page::of(|| view! { <ContactList on_converse=Callback::new(drop)/> }.into_any());
    frame().await;
    assert_eq!(lonely.text(), "", "without a connection there is nothing to show");
}

struct Shown {
    page: Page,
    list: ListHandle,
    people: Rc<Somebody>,
    wanted: ArcRwSignal<Wanted>,
}

impl Shown {
    async fn of(view: ListView) -> Self {
        let people = Rc::new(Somebody::default());
        people.view.replace(view);
        let wanted = ArcRwSignal::new(Wanted::default());
        let list = ListHandle::default();
        let (drawn, how, handle) = (Rc::clone(&people), wanted.read_only(), list.clone());
        let page = Page::of(move || {
            view! { <ContactListView people=drawn wanted=how handle/> }.into_any()
        });
        let shown = Self { page, list, people, wanted };
        let style = format!("height: {HEIGHT}px; overflow: auto; position: relative");
        shown.tree().set_attribute("style", &style).unwrap();
        frame().await;
        frame().await;
        shown.people.asked.set(1);
        shown
    }

    fn tree(&self) -> HtmlElement {
        self.page.one("[role=tree]")
    }

    fn rows(&self) -> Vec<HtmlElement> {
        self.page.all("[role=treeitem]")
    }

    fn labels(&self) -> Vec<String> {
        self.rows().iter().filter_map(|row| attribute(row, "aria-label")).collect()
    }

    fn active(&self) -> HtmlElement {
        let id = attribute(&self.tree(), "aria-activedescendant").expect("an active line");
        self.page.one(&format!("#{id}"))
    }

    fn active_label(&self) -> String {
        attribute(&self.active(), "aria-label").unwrap()
    }

    fn offered(&self) -> Vec<String> {
        let items = self.page.all("[role=menu] [role^=menuitem]");
        items.iter().map(|item| item.text_content().unwrap()).collect()
    }

    /// Returns how many lines fit, by where the first ones lie.
    fn lines_in_sight(&self) -> usize {
        let rows = self.rows();
        (f64::from(HEIGHT) / (top(&rows[1]) - top(&rows[0]))) as usize
    }

    fn is_in_sight(&self, row: &HtmlElement) {
        let top = top(row);
        let seen = f64::from(self.tree().scroll_top());
        assert!(top >= seen && top < seen + f64::from(HEIGHT), "{top} of {seen}");
    }

    async fn submit(&self) {
        self.page.one("form .mi-confirm").click();
        settle().await;
    }
}

fn top(row: &HtmlElement) -> f64 {
    let top = row.style().get_property_value("top").unwrap();
    top.trim_end_matches("px").parse().unwrap()
}

/// A fake list of people that records what it was asked to do.
#[derive(Default)]
struct Somebody {
    view: RefCell<ListView>,
    contacts: RefCell<HashMap<String, ArcRwSignal<ContactView>>>,
    changes: [Changes; 3],
    /// How often the whole list was asked for.
    asked: Cell<u32>,
    /// How many messages of everybody are new.
    unread: Cell<u32>,
    /// Of whom how many messages are new.
    unread_people: RefCell<Vec<(SigninName, u32)>>,
    me: OnceCell<ArcRwSignal<MyView>>,
    connects: Cell<u32>,
    commands: RefCell<Vec<Command>>,
    thens: RefCell<Vec<Then>>,
    conversed: RefCell<Vec<SigninName>>,
    /// What the directory was asked, and who waits for the answer.
    searches: RefCell<Vec<(String, Option<ThenFound>)>>,
}

impl Somebody {
    fn change(&self, view: ListView) {
        self.view.replace(view);
        self.changes[0].update(|count| *count += 1);
    }

    fn goes(&self, who: &str) {
        let gone = |entry: &Rc<Entry>| {
            let mut entry = Entry::clone(entry);
            entry.online = entry.online && entry.name.as_str() != who;
            Rc::new(entry)
        };
        let contacts = self.view.borrow().contacts.iter().map(gone).collect();
        self.view.borrow_mut().contacts = contacts;
        let name = SigninName::parse(who).unwrap();
        self.contact(&name).update(|view| view.status = MiStatus::Offline);
        self.changes[1].update(|count| *count += 1);
    }

    /// Waits until the directory was asked so often; returns what.
    async fn searched(&self, count: usize) -> Vec<String> {
        for _ in 0..1_000 {
            if self.searches.borrow().len() >= count {
                break;
            }
            frame().await;
        }
        self.searches.borrow().iter().map(|(text, _)| text.clone()).collect()
    }

    /// Answers a search of the directory.
    async fn answer(&self, search: usize, found: Result<&[&str], HResult>) {
        let then = self.searches.borrow_mut()[search].1.take().expect("a search");
        let person = |name: &&str| FoundPerson {
            name: SigninName::parse(name).unwrap(),
            friendly_name: None,
            title: None,
        };
        then(found.map(|names| names.iter().map(person).collect()));
        settle().await;
    }

    async fn end(&self, hr: HResult) {
        let then = self.thens.borrow_mut().pop().expect("a command");
        then(hr);
        settle().await;
    }
}

impl People for Somebody {
    fn changes(&self) -> [Changes; 3] {
        self.changes.clone()
    }

    fn view(&self) -> ListView {
        self.asked.set(self.asked.get() + 1);
        self.view.borrow().clone()
    }

    fn me(&self) -> ArcRwSignal<MyView> {
        let status = MiStatus::Online;
        let name = "me@example.com".to_owned();
        let me = || ArcRwSignal::new(MyView { name, status, ..MyView::signed_out() });
        self.me.get_or_init(me).clone()
    }

    fn unread_people(&self) -> Vec<(SigninName, u32)> {
        self.unread_people.borrow().clone()
    }

    fn connect(&self) {
        self.connects.set(self.connects.get() + 1);
    }

    fn contact(&self, name: &SigninName) -> ArcRwSignal<ContactView> {
        let mut contacts = self.contacts.borrow_mut();
        let signal = contacts.entry(name.folded().to_owned()).or_insert_with(|| {
            let mut view = ContactView::unknown(name.as_str());
            view.status = MiStatus::Online;
            let shown = self
                .view
                .borrow()
                .contacts
                .iter()
                .find(|entry| entry.name == *name)
                .map(|entry| entry.shown.clone());
            view.friendly_name = shown;
            ArcRwSignal::new(view)
        });
        signal.clone()
    }

    fn unread(&self, _: &SigninName) -> u32 {
        self.unread.get()
    }

    fn ask(&self, command: Command, then: Then) {
        self.commands.borrow_mut().push(command);
        self.thens.borrow_mut().push(then);
    }

    fn find(&self, beginning: SearchText, then: ThenFound) {
        self.searches.borrow_mut().push((beginning.as_str().to_owned(), Some(then)));
    }

    fn converse(&self, name: &SigninName) {
        self.conversed.borrow_mut().push(name.clone());
    }
}

fn name(index: usize) -> SigninName {
    SigninName::parse(&format!("person{index}@example.com")).unwrap()
}

fn entry(name: SigninName, shown: &str) -> Rc<Entry> {
    let mut entry = Entry::new(name, shown);
    entry.listed = true;
    entry.online = true;
    Rc::new(entry)
}

fn many(count: usize) -> ListView {
    let contacts = (0..count).map(|index| entry(name(index), &format!("Person {index}"))).collect();
    ListView { signed_in: true, contacts, ..ListView::default() }
}

fn view<const COUNT: usize>(names: [&str; COUNT]) -> ListView {
    let entries = names.iter().enumerate().map(|(index, shown)| {
        let signin = match shown.is_ascii() && !shown.contains('<') {
            true => SigninName::parse(&format!("{}@example.com", shown.to_lowercase())).unwrap(),
            false => name(index),
        };
        entry(signin, shown)
    });
    ListView { signed_in: true, contacts: entries.collect(), ..ListView::default() }
}

/// Two people in a group, and one beside it.
fn grouped() -> ListView {
    let groups = vec![(GroupId(7), "Team".to_owned(), vec![name(0), name(1)])];
    ListView { groups, ..many(3) }
}
