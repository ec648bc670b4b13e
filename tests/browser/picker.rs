//! The picker: by keyboard, by pointer, and what it says.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;
use mistatus::{
    model::MyView,
    ui::{IdleOffer, Language, Mode, Offer, PickerView, States, picker::fields},
};
use mistatus_core::{
    claim::{Claim, ClaimId, ClaimKey, ClaimSource, KnownClaim, ServiceName},
    hresult::HResult,
    idle::{IdleAfter, IdleChoice},
    presence::{Intent, Note, Source},
    status::MiStatus,
    time::{Span, UnixMs},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, announcements, attribute, focused, press, settle, type_into};

#[wasm_bindgen_test]
async fn users_choose_when_they_are_idle_and_whether_that_is_shown() {
    let picker = Picker::open(me(MiStatus::Online)).await;
    let after: web_sys::HtmlSelectElement =
        picker.page.one(".mi-check ~ label select").unchecked_into();
    let texts = picker.page.all(".mi-check ~ label option").into_iter();
    let texts = texts.map(|option| option.text_content().unwrap()).collect::<Vec<_>>();
    assert_eq!((&*texts[0], &*texts[1], texts.len()), ("5 minutes (default)", "1 minute", 7));
    assert_eq!(after.selected_index(), 0);
    let change = async |element: &web_sys::HtmlElement| {
        let init = web_sys::EventInit::new();
        init.set_bubbles(true);
        let event = web_sys::Event::new_with_event_init_dict("change", &init).unwrap();
        element.dispatch_event(&event).unwrap();
        settle().await;
        picker.idle.borrow_mut().pop().expect("a choice")
    };
    after.set_selected_index(3);
    let ten = Some(IdleAfter::new(Span::from_secs(600)).unwrap());
    assert_eq!(change(&after).await, IdleChoice { transmit: true, after: ten });
    let shows: web_sys::HtmlInputElement = picker.page.one("[type=checkbox]").unchecked_into();
    assert!(shows.checked());
    shows.set_checked(false);
    assert_eq!(change(&shows).await, IdleChoice { transmit: false, after: ten });
    assert!(picker.page.one(".mi-check ~ label").hidden(), "after how long is no question then");
    after.set_selected_index(0);
    assert_eq!(change(&after).await, IdleChoice { transmit: false, after: None });
    assert!(picker.is_open() && picker.chosen().is_empty(), "it is no status");
}

#[wasm_bindgen_test]
async fn what_was_chosen_about_idleness_stands_in_the_panel_where_there_is_a_choice() {
    let seconds = |seconds| Some(IdleAfter::new(Span::from_secs(seconds)).unwrap());
    for (after, text) in [(seconds(900), "15 minutes"), (seconds(1_200), "20 minutes")] {
        let idle = IdleChoice { transmit: true, after };
        let picker = Picker::open(MyView { idle, ..me(MiStatus::Online) }).await;
        let chosen = picker.page.one(".mi-check ~ label option:checked");
        assert_eq!(chosen.text_content().as_deref(), Some(text));
    }
    let picker = Picker::of(me(MiStatus::Online));
    picker.page_idle.set(Some(Span::from_secs(45)));
    picker.click("button").await;
    let first = picker.page.one(".mi-check ~ label option").text_content().unwrap();
    assert_eq!(first, "default", "no whole minutes");
    let picker = Picker::of(me(MiStatus::Online));
    picker.page_idle.set(None);
    picker.click("button").await;
    assert!(picker.page.all("[type=checkbox]").is_empty(), "the page tells nobody");
}

#[wasm_bindgen_test]
async fn who_has_lost_the_connection_can_have_it_tried_now() {
    let lost = MyView { status: MiStatus::Offline, ..me(MiStatus::Online) };
    let picker = Picker::open(MyView { name: "me@example.com".to_owned(), ..lost }).await;
    let signin = picker.page.one(".mi-signin");
    assert_eq!(signin.text_content().unwrap(), "Connection lost, trying again Try now");
    picker.click(".mi-signin button").await;
    assert_eq!(picker.connects.get(), 1);
    assert_eq!(focused(), *picker.page.one("input").as_ref(), "the button is about to go");
    picker.view.update(|view| view.status = MiStatus::Online);
    settle().await;
    assert!(picker.page.one(".mi-signin").hidden() && picker.is_open());
}

#[wasm_bindgen_test]
async fn a_press_of_the_button_leaves_the_focus_in_what_is_open() {
    let picker = Picker::of(me(MiStatus::Online));
    let button = picker.page.one("button");
    let press_mouse = || {
        let init = web_sys::MouseEventInit::new();
        init.set_bubbles(true);
        init.set_cancelable(true);
        let event = web_sys::MouseEvent::new_with_mouse_event_init_dict("mousedown", &init);
        !button.dispatch_event(&event.unwrap()).unwrap()
    };
    assert!(!press_mouse(), "the focus goes where it is wanted");
    button.click();
    settle().await;
    assert!(picker.is_open());
    // Safari gives the focus to no button: what is open would close before the click, which would open it again.
    assert!(press_mouse());
    button.click();
    settle().await;
    assert!(!picker.is_open());
}

#[wasm_bindgen_test]
async fn the_button_names_itself_and_the_status() {
    for status in MiStatus::ALL {
        let picker = Picker::of(me(status));
        let button = picker.page.one("button");
        let expect = format!("My status: {}", Language::ENGLISH.status(status));
        assert_eq!(attribute(&button, "aria-label"), Some(expect));
        assert_eq!(attribute(&button, "aria-haspopup").as_deref(), Some("dialog"));
        assert_eq!(
            attribute(&picker.page.one("button .mi-dot"), "data-status").as_deref(),
            Some(status.kebab())
        );
    }
}

#[wasm_bindgen_test]
async fn the_menu_has_one_radio_item_a_status_and_checks_the_chosen_one() {
    let picker = Picker::of(me(MiStatus::Busy));
    let items = picker.page.all("[role=menu] > [role=menuitemradio]");
    let names = items.iter().map(|item| item.text_content().unwrap()).collect::<Vec<_>>();
    assert_eq!(
        names,
        [
            "Online",
            "Busy",
            "Do not disturb",
            "Be right back",
            "Away",
            "On the phone",
            "Out to lunch",
            "Appear offline"
        ]
    );
    assert_eq!(picker.checked(), ["Busy"]);
}

#[wasm_bindgen_test]
async fn being_idle_leaves_online_checked() {
    let mut view = me(MiStatus::Idle);
    view.intent = Some(Intent::AUTOMATIC);
    assert_eq!(Picker::of(view).checked(), ["Online"]);
}

#[wasm_bindgen_test]
async fn down_opens_at_the_first_item_and_up_at_the_last() {
    let picker = Picker::of(me(MiStatus::Busy));
    for (key, expect) in [
        ("ArrowDown", "Online"),
        ("Enter", "Online"),
        (" ", "Online"),
        ("ArrowUp", "Appear offline"),
    ] {
        picker.page.one("button").focus().unwrap();
        assert!(press(key).await, "{key}");
        assert!(picker.is_open(), "{key}");
        assert_eq!(here(), expect, "{key}");
        press("Escape").await;
        assert!(!picker.is_open());
    }
}

#[wasm_bindgen_test]
async fn arrows_go_around_and_home_and_end_to_the_ends() {
    let picker = Picker::open(me(MiStatus::Online)).await;
    for (key, expect) in [
        ("ArrowDown", "Busy"),
        ("ArrowUp", "Online"),
        ("ArrowUp", "Appear offline"),
        ("ArrowDown", "Online"),
        ("End", "Appear offline"),
        ("Home", "Online"),
    ] {
        assert!(press(key).await, "{key}");
        assert_eq!(here(), expect, "{key}");
    }
    assert!(picker.is_open());
}

#[wasm_bindgen_test]
async fn letters_lead_to_names() {
    let picker = Picker::open(me(MiStatus::Online)).await;
    press("b").await;
    assert_eq!(here(), "Busy");
    press("b").await;
    assert_eq!(here(), "Be right back");
    assert!(picker.chosen().is_empty());
}

#[wasm_bindgen_test]
async fn escape_closes_without_choosing_and_gives_the_focus_back() {
    let picker = Picker::open(me(MiStatus::Online)).await;
    press("ArrowDown").await;
    press("Escape").await;
    assert!(!picker.is_open());
    assert_eq!(focused(), *picker.page.one("button"));
    assert!(picker.chosen().is_empty());
}

#[wasm_bindgen_test]
async fn tab_leaves_a_menu_alone_and_lets_the_browser_move_on() {
    let picker = Picker::of(me(MiStatus::Online));
    picker.offer.update(|offer| offer.mode = Mode::Menu);
    settle().await;
    let button = picker.page.one("button");
    assert_eq!(attribute(&button, "aria-haspopup").as_deref(), Some("menu"));
    button.focus().unwrap();
    press("ArrowDown").await;
    assert_eq!(picker.page.all("[role=dialog], input, select").len(), 0);
    assert!(!press("Tab").await, "the browser moves the focus");
    assert!(!picker.is_open());
    assert_eq!(focused(), *picker.page.one("button"));
}

#[wasm_bindgen_test]
async fn enter_and_space_choose_and_give_the_focus_back() {
    for key in ["Enter", " "] {
        let picker = Picker::open(me(MiStatus::Online)).await;
        press("ArrowDown").await;
        press(key).await;
        assert_eq!(picker.chosen(), [MiStatus::Busy]);
        assert!(!picker.is_open());
        assert_eq!(focused(), *picker.page.one("button"));
    }
}

#[wasm_bindgen_test]
async fn a_click_opens_chooses_and_closes() {
    let picker = Picker::of(me(MiStatus::Online));
    picker.page.one("button").click();
    settle().await;
    assert!(picker.is_open());
    // Inside the item, where a pointer really lands.
    picker.page.one("[data-status=away] span").click();
    settle().await;
    assert_eq!(picker.chosen(), [MiStatus::Away]);
    assert!(!picker.is_open());
    picker.page.one("button").click();
    picker.page.one("button").click();
    settle().await;
    assert!(!picker.is_open());
}

#[wasm_bindgen_test]
async fn leaving_closes() {
    let picker = Picker::open(me(MiStatus::Online)).await;
    let elsewhere = document().create_element("input").unwrap();
    picker.page.root().append_child(&elsewhere).unwrap();
    let elsewhere: web_sys::HtmlElement = wasm_bindgen::JsCast::unchecked_into(elsewhere);
    elsewhere.focus().unwrap();
    settle().await;
    assert!(!picker.is_open());
    assert_eq!(focused(), *elsewhere);
}

#[wasm_bindgen_test]
async fn a_wish_shows_at_once_and_says_that_it_is_one() {
    let picker = Picker::of(me(MiStatus::Online));
    picker.view.update(|view| view.pending = Some(MiStatus::Busy));
    settle().await;
    let button = picker.page.one("button");
    assert_eq!(attribute(&button, "aria-label").as_deref(), Some("My status: Busy (changing…)"));
    assert_eq!(attribute(&button, "aria-busy").as_deref(), Some("true"));
    assert_eq!(picker.checked(), ["Busy"]);
}

#[wasm_bindgen_test]
async fn a_failure_is_announced_and_a_success_clears_it() {
    let heard = announcements();
    let picker = Picker::of(me(MiStatus::Online));
    settle().await;
    assert_eq!(picker.page.one(".mi-failure").text_content().unwrap(), "");
    picker.view.update(|view| view.failure = Some(HResult::MSGR_E_SERVER_UNAVAILABLE));
    settle().await;
    let said = picker.page.one(".mi-failure").text_content().unwrap();
    assert_eq!(said, "Connection lost, trying again");
    assert_eq!(heard(), [said]);
    picker.view.update(|view| view.failure = None);
    settle().await;
    assert_eq!(picker.page.one(".mi-failure").text_content().unwrap(), "");
}

#[wasm_bindgen_test]
async fn only_the_given_states_are_offered() {
    let picker = Picker::of(me(MiStatus::Online));
    picker.offer.update(|offer| offer.states = States::parse("busy online").0);
    settle().await;
    let items = picker.page.all("[role=menuitemradio]");
    assert_eq!(
        items.iter().map(|item| item.text_content().unwrap()).collect::<Vec<_>>(),
        ["Busy", "Online"]
    );
}

#[wasm_bindgen_test]
async fn an_update_that_changes_nothing_touches_nothing() {
    let picker = Picker::of(me(MiStatus::Busy));
    settle().await;
    let view = picker.view;
    assert_eq!(picker.page.mutations(move || view.set(me(MiStatus::Busy))).await, 0);
}

#[wasm_bindgen_test]
async fn what_changes_while_the_menu_is_open_leaves_the_focus_where_it_is() {
    let picker = Picker::open(me(MiStatus::Online)).await;
    press("ArrowDown").await;
    let item = focused();
    picker.view.update(|view| view.pending = Some(MiStatus::Away));
    settle().await;
    assert_eq!(picker.checked(), ["Away"]);
    assert_eq!(focused(), item);
    assert!(picker.is_open());
}

#[wasm_bindgen_test]
async fn a_note_is_shown_as_text() {
    let mut view = me(MiStatus::Busy);
    let note = Note::parse("<b>Reviewing</b>").unwrap();
    view.intent = Some(Intent { note, ..Intent::chosen(MiStatus::Busy, Source::User) });
    let picker = Picker::of(view);
    assert_eq!(picker.page.one("[part=note]").text_content().unwrap(), "<b>Reviewing</b>");
    // What is seen can be said to have the button pressed.
    let name = attribute(&picker.page.one("button"), "aria-label");
    assert_eq!(name.as_deref(), Some("My status: Busy, <b>Reviewing</b>"));
}

#[wasm_bindgen_test]
async fn unmounting_while_open_leaves_nothing_behind() {
    let mut picker = Picker::open(me(MiStatus::Online)).await;
    picker.page.unmount();
    assert_eq!(picker.page.text(), "");
    leptos::prelude::window().dispatch_event(&web_sys::Event::new("resize").unwrap()).unwrap();
}

#[wasm_bindgen_test]
async fn note_and_end_go_with_the_status_that_is_chosen_then() {
    let picker = Picker::open(me(MiStatus::Online)).await;
    type_into(&picker.page.one("input"), " Reviewing 👀 ").await;
    picker.end(3).await;
    picker.click("[data-status=busy]").await;
    assert_eq!(picker.chosen(), [MiStatus::Busy]);
    let (note, ahead) = picker.said();
    assert_eq!(note.as_deref(), Some("Reviewing 👀"));
    assert!((3_500_000.0..=3_600_000.0).contains(&ahead.unwrap()), "an hour: {ahead:?}");
    assert!(!picker.is_open());
}

/// Busy, until ten minutes from now.
fn reviewing() -> MyView {
    let until = UnixMs::from_millis((js_sys::Date::now() + 600_000.0) as u64);
    let intent = Intent {
        note: Note::parse("Reviewing").unwrap(),
        until: Some(until),
        ..Intent::chosen(MiStatus::Busy, Source::User)
    };
    MyView { intent: Some(intent), ..me(MiStatus::Busy) }
}

#[wasm_bindgen_test]
async fn what_was_said_of_one_status_is_not_said_of_the_next() {
    let picker = Picker::open(reviewing()).await;
    picker.click("[data-status=away]").await;
    assert_eq!(picker.chosen(), [MiStatus::Away]);
    assert_eq!(picker.said(), (None, None));
}

#[wasm_bindgen_test]
async fn choosing_the_same_again_keeps_what_was_said_of_it() {
    let picker = Picker::open(reviewing()).await;
    picker.click(".mi-option[data-status=busy]").await;
    let (note, ahead) = picker.said();
    assert_eq!(note.as_deref(), Some("Reviewing"));
    assert!((500_000.0..=600_000.0).contains(&ahead.unwrap()), "ten minutes: {ahead:?}");
}

#[wasm_bindgen_test]
async fn choosing_the_same_again_in_the_menu_alone_keeps_what_was_said_of_it() {
    let picker = Picker::of(reviewing());
    picker.offer.update(|offer| offer.mode = Mode::Menu);
    settle().await;
    for (status, note) in [("busy", Some("Reviewing")), ("away", None)] {
        picker.click("button").await;
        picker.click(&format!(".mi-option[data-status={status}]")).await;
        let (said, ahead) = picker.said();
        assert_eq!((said.as_deref(), ahead.is_some()), (note, note.is_some()), "{status}");
    }
}

#[wasm_bindgen_test]
async fn saving_keeps_what_was_not_touched() {
    let picker = Picker::open(reviewing()).await;
    let note = picker.page.one("input");
    type_into(&note, "Reviewing again").await;
    picker.click(".mi-confirm").await;
    assert_eq!(picker.chosen(), [MiStatus::Busy]);
    let (note, ahead) = picker.said();
    assert_eq!(note.as_deref(), Some("Reviewing again"));
    assert!((500_000.0..=600_000.0).contains(&ahead.unwrap()), "ten minutes: {ahead:?}");
    assert_eq!(focused(), *picker.page.one("button"));
}

#[wasm_bindgen_test]
async fn an_end_can_be_taken_away() {
    let picker = Picker::open(reviewing()).await;
    picker.end(1).await;
    picker.click(".mi-confirm").await;
    assert_eq!(picker.said(), (Some("Reviewing".to_owned()), None));
}

#[wasm_bindgen_test]
async fn ends_are_those_of_the_users_day_and_week() {
    let picker = Picker::open(me(MiStatus::Online)).await;
    let names: Vec<_> =
        picker.page.all("form option").iter().map(|end| end.text_content().unwrap()).collect();
    assert_eq!(
        names,
        [
            "No end",
            "No end",
            "30 minutes",
            "1 hour",
            "2 hours",
            "today",
            "this week",
            "Date and time…"
        ]
    );
    assert!(picker.page.all("option")[1].hidden(), "there is no end that could be taken away");
    for (place, hour) in [(5, 0), (6, 0)] {
        picker.end(place).await;
        picker.click(".mi-confirm").await;
        let until = picker.chosen.borrow().last().unwrap().until.unwrap();
        let end = js_sys::Date::new(&(until.as_millis() as f64).into());
        assert_eq!((end.get_hours(), end.get_minutes(), end.get_seconds()), (hour, 0, 0));
        let days = (end.get_time() - js_sys::Date::now()) / 86_400_000.0;
        if place == 5 {
            assert!(days > 0.0 && days <= 25.0 / 24.0, "{days}");
        } else {
            assert!(days > 0.0 && days <= 7.05, "{days}");
            assert_eq!(end.get_day(), 1, "the week ends as Monday begins");
        }
        press("ArrowDown").await;
    }
}

#[wasm_bindgen_test]
async fn a_date_that_is_over_is_refused_at_its_field_and_nothing_is_lost() {
    let picker = Picker::open(me(MiStatus::Online)).await;
    let date = picker.page.one("input[type=datetime-local]");
    assert!(date.has_attribute("disabled"));
    picker.end(7).await;
    assert!(!date.has_attribute("disabled"));
    for written in ["2001-01-01T00:00", ""] {
        type_into(&date, written).await;
        for what in [".mi-confirm", "[data-status=busy]"] {
            picker.click(what).await;
            assert_eq!(picker.chosen(), [], "{written:?}");
            assert!(picker.is_open());
            assert_eq!(focused(), *date);
        }
    }
    type_into(&date, "2999-12-31T23:59").await;
    picker.click("[data-status=busy]").await;
    let until = picker.chosen.borrow()[0].until.unwrap();
    let end = js_sys::Date::new(&(until.as_millis() as f64).into());
    assert_eq!((end.get_full_year(), end.get_date(), end.get_hours()), (2999, 31, 23));
}

#[wasm_bindgen_test]
async fn what_was_chosen_can_be_taken_back() {
    let picker = Picker::open(reviewing()).await;
    let back = "[part=details] button:not(.mi-confirm)";
    assert_eq!(picker.page.one(back).text_content().unwrap(), "Reset to automatic");
    let automatic = MyView { intent: Some(Intent::AUTOMATIC), ..me(MiStatus::Online) };
    let picker = Picker::open(automatic).await;
    assert!(picker.page.one(back).hidden(), "there is nothing to take back");
    let picker = Picker::open(reviewing()).await;
    picker.click(back).await;
    assert!(picker.chosen.borrow()[0].says_the_same_as(&Intent::AUTOMATIC));
}

#[wasm_bindgen_test]
async fn the_keys_of_the_fields_stay_in_the_panel_and_escape_closes_it() {
    let picker = Picker::open(me(MiStatus::Online)).await;
    assert!(!press("Tab").await, "the browser moves the focus");
    assert!(picker.is_open());
    for field in ["input", "select", ".mi-confirm"] {
        picker.page.one(field).focus().unwrap();
        settle().await;
        assert!(picker.is_open(), "{field}");
    }
    press("Escape").await;
    assert!(!picker.is_open());
    assert_eq!(focused(), *picker.page.one("button"));
    assert_eq!(picker.chosen(), []);
}

#[wasm_bindgen_test]
async fn what_is_being_written_survives_news() {
    let picker = Picker::open(me(MiStatus::Online)).await;
    let note = picker.page.one("input");
    note.focus().unwrap();
    type_into(&note, "Half a no").await;
    picker.view.set(reviewing());
    // As by a framework that sets again what is set.
    picker.offer.update(|_| {});
    settle().await;
    assert_eq!(focused(), *note);
    picker.page.one("button").focus().unwrap();
    press("ArrowDown").await;
    settle().await;
    picker.click(".mi-confirm").await;
    assert_eq!(picker.chosen(), [MiStatus::Busy], "of the status that is now");
    assert_eq!(picker.said().0.as_deref(), Some("Half a no"));
}

fn in_a_meeting() -> (MyView, ClaimKey) {
    let key = ClaimKey {
        service: ServiceName::parse("calendar").unwrap(),
        id: ClaimId::parse("review").unwrap(),
    };
    let claim = Claim {
        source: ClaimSource::Calendar,
        status: MiStatus::InAMeeting,
        note: Note::parse("<b>review</b>").unwrap(),
        from: UnixMs::from_millis(1),
        until: UnixMs::from_millis(2),
    };
    let known = KnownClaim { key: key.clone(), claim, dismissed: false, in_force: true };
    let view =
        MyView { status: MiStatus::InAMeeting, claims: [known].into(), ..me(MiStatus::Online) };
    (view, key)
}

#[wasm_bindgen_test]
async fn a_claim_in_force_is_shown_with_its_note_and_can_be_dismissed() {
    let (view, key) = in_a_meeting();
    let picker = Picker::open(view).await;
    let button = picker.page.one("button");
    assert_eq!(attribute(&button, "aria-label").unwrap(), "My status: In a meeting, <b>review</b>");
    assert_eq!(picker.page.one(".mi-note").text_content().unwrap(), "<b>review</b>");
    assert_eq!(picker.checked(), ["Online"], "what the user chose stays");
    press("End").await;
    assert_eq!(here(), "Don’t show: In a meeting");
    press("Enter").await;
    assert_eq!(*picker.dismissed.borrow(), [key]);
    assert_eq!(picker.chosen(), []);
    assert!(!picker.is_open());
}

#[wasm_bindgen_test]
async fn a_claim_that_does_not_count_is_not_offered() {
    let (mut view, _) = in_a_meeting();
    let known = KnownClaim { in_force: false, ..view.claims[0].clone() };
    view.claims = [known].into();
    view.status = MiStatus::Online;
    let picker = Picker::open(view).await;
    assert_eq!(picker.page.all("[role=menuitem]").len(), 0);
    assert_eq!(picker.page.one(".mi-note").text_content().unwrap(), "");
}

struct Picker {
    page: Page,
    view: RwSignal<MyView>,
    offer: RwSignal<Offer>,
    chosen: Rc<RefCell<Vec<Intent>>>,
    dismissed: Rc<RefCell<Vec<ClaimKey>>>,
    /// What was chosen about idleness.
    idle: Rc<RefCell<Vec<IdleChoice>>>,
    /// What the page says about it.
    page_idle: Rc<Cell<Option<Span>>>,
    connects: Rc<Cell<u32>>,
}

impl Picker {
    fn of(view: MyView) -> Self {
        let chosen = Rc::<RefCell<Vec<Intent>>>::default();
        let heard = Rc::clone(&chosen);
        let view = RwSignal::new(view);
        let offer = RwSignal::new(Offer::default());
        let on_choose = move |intent| heard.borrow_mut().push(intent);
        let dismissed = Rc::<RefCell<Vec<ClaimKey>>>::default();
        let heard = Rc::clone(&dismissed);
        let on_dismiss = move |claim| heard.borrow_mut().push(claim);
        let idle = Rc::<RefCell<Vec<IdleChoice>>>::default();
        let page_idle = Rc::new(Cell::new(Some(Span::from_secs(300))));
        let (heard, page) = (Rc::clone(&idle), Rc::clone(&page_idle));
        let offered_idle = IdleOffer {
            page: Rc::new(move || page.get()),
            on_choose: Rc::new(move |choice| heard.borrow_mut().push(choice)),
        };
        let connects = Rc::new(Cell::new(0));
        let counted = Rc::clone(&connects);
        let on_connect = move || counted.set(counted.get() + 1);
        let page = Page::of(move || {
            let (view, offer) = (view.read_only(), offer.read_only());
            let (idle, draw_fields) = (offered_idle, fields::at_once());
            view! { <PickerView view offer on_choose on_dismiss on_connect idle draw_fields/> }
                .into_any()
        });
        Self { page, view, offer, chosen, dismissed, idle, page_idle, connects }
    }

    async fn open(view: MyView) -> Self {
        let picker = Self::of(view);
        picker.page.one("button").focus().unwrap();
        press("ArrowDown").await;
        assert!(picker.is_open());
        picker
    }

    fn is_open(&self) -> bool {
        let told = attribute(&self.page.one("button"), "aria-expanded").as_deref() == Some("true");
        assert_eq!(told, self.page.one(".mi-menu").has_attribute("data-open"));
        told
    }

    fn checked(&self) -> Vec<String> {
        let items = self.page.all("[aria-checked=true]");
        items.iter().map(|item| item.text_content().unwrap()).collect()
    }

    /// Returns the statuses that were chosen.
    fn chosen(&self) -> Vec<MiStatus> {
        self.chosen.borrow().iter().map(|intent| intent.status).collect()
    }

    /// Returns what was chosen last: the note, and in how many milliseconds it ends.
    fn said(&self) -> (Option<String>, Option<f64>) {
        let chosen = self.chosen.borrow();
        let Intent { note, until, .. } = chosen.last().unwrap();
        let ahead = |until: UnixMs| until.as_millis() as f64 - js_sys::Date::now();
        (note.as_ref().map(|note| note.as_str().to_owned()), until.map(ahead))
    }

    /// Chooses an end by its place in the list, as a user does.
    async fn end(&self, place: i32) {
        let ends: web_sys::HtmlSelectElement = self.page.one("select").unchecked_into();
        ends.set_selected_index(place);
        ends.dispatch_event(&web_sys::Event::new("change").unwrap()).unwrap();
        settle().await;
    }

    async fn click(&self, selector: &str) {
        self.page.one(selector).click();
        settle().await;
    }
}

// The name of the item that has the focus.
fn here() -> String {
    focused().text_content().unwrap()
}

fn me(status: MiStatus) -> MyView {
    let mut view = MyView::signed_out();
    view.name = "alice@example.com".to_owned();
    view.status = status;
    view.intent = status.is_settable().then_some(Intent::chosen(status, Source::User));
    view
}
