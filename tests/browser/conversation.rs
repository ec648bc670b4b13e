//! A conversation: what is written and read in it, and what becomes of a message that could not be sent.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use js_sys::Date;
use leptos::prelude::*;
use mistatus::{
    model::{Changes, ChatView, ContactView, MyView, Said, Unsaid},
    ui::{
        Language,
        conversation::{Conversation, ConversationView, Talk},
        languages,
        list::Then,
    },
};
use mistatus_core::{
    chat::MessageText, hresult::HResult, message::RequestId, status::MiStatus, time::UnixMs,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, HtmlElement, KeyboardEvent, KeyboardEventInit};

use crate::page::{
    Page, announcements, attribute, focused, frame, press, press_with_shift, settle, type_into,
};

#[wasm_bindgen_test]
async fn messages_are_text_in_their_order_each_in_its_own_direction() {
    let shown = Shown::of(ChatView {
        said: vec![said(1, false, "<img src=x onerror=alert(1)>"), said(2, true, "שלום")],
        unsaid: vec![unsaid(9, "one moment", None)],
        ..ChatView::default()
    })
    .await;
    assert_eq!(
        shown.messages(),
        ["Bob: <img src=x onerror=alert(1)>", "You: שלום sent", "You: one moment sending…",]
    );
    assert!(shown.page.all("img").is_empty());
    assert!(
        shown
            .page
            .all(".mi-words")
            .iter()
            .all(|words| attribute(words, "dir").as_deref() == Some("auto"))
    );
    shown
        .change(|view| {
            view.unsaid.clear();
            view.said.push(said(3, true, "one moment"));
            view.said[1].delivered = true;
        })
        .await;
    assert_eq!(shown.messages()[1..], ["You: שלום delivered", "You: one moment sent"]);
}

#[wasm_bindgen_test]
async fn a_line_says_which_day_it_was_and_follows_the_clock() {
    let on = |id, day: i32| {
        let at = UnixMs::from_millis(noon_in(day) as u64);
        Said { at, ..said(id, false, "Hello") }
    };
    let said = vec![on(1, -400), on(2, -400), on(3, -1), on(4, 0), on(5, 0)];
    let shown = Shown::of(ChatView { said, ..ChatView::default() }).await;
    let lines = || {
        let lines = shown.page.all(".mi-log > :not(.mi-older)");
        lines.iter().map(text_of).collect::<Vec<_>>()
    };
    let year = Date::new(&noon_in(-400).into()).get_full_year().to_string();
    let drawn = lines();
    assert!(drawn[0].contains(&year), "{}", drawn[0]);
    let hello = "Bob: Hello";
    assert_eq!(drawn[1..], [hello, hello, "yesterday", hello, "today", hello, hello]);
    let times = shown.page.all(".mi-time");
    assert!(times.iter().all(|time| time.text_content() == times[0].text_content()), "no date");

    let clock = Tomorrow::comes();
    document().dispatch_event(&Event::new("visibilitychange").unwrap()).unwrap();
    settle().await;
    assert_eq!(lines()[4..], [hello, "yesterday", hello, hello]);
    drop(clock);
    assert!(lines()[3].chars().any(|letter| letter.is_ascii_digit()), "{}", lines()[3]);
}

// Noon of a day by the calendar, counted from today: days have 23 to 25 hours.
fn noon_in(days: i32) -> f64 {
    let now = Date::new_0();
    let (month, day) = (now.get_month().cast_signed(), now.get_date().cast_signed() + days);
    Date::new_with_year_month_day_hr(now.get_full_year(), month, day, 12).get_time()
}

// The calendar of the page is a day ahead until it is dropped.
struct Tomorrow {
    before: JsValue,
    _ahead: Closure<dyn FnMut() -> f64>,
}

impl Tomorrow {
    fn comes() -> Self {
        let now = noon_in(1);
        let ahead = Closure::<dyn FnMut() -> f64>::new(move || now);
        let date = js_sys::Reflect::get(&js_sys::global(), &"Date".into()).unwrap();
        let before = js_sys::Reflect::get(&date, &"now".into()).unwrap();
        js_sys::Reflect::set(&date, &"now".into(), ahead.as_ref()).unwrap();
        Self { before, _ahead: ahead }
    }
}

impl Drop for Tomorrow {
    fn drop(&mut self) {
        let date = js_sys::Reflect::get(&js_sys::global(), &"Date".into()).unwrap();
        js_sys::Reflect::set(&date, &"now".into(), &self.before).unwrap();
    }
}

// Who says what, or what else stands in a line of the log.
fn text_of(line: &HtmlElement) -> String {
    let part = |class: &str| line.query_selector(class).unwrap()?.text_content();
    match part(".mi-words") {
        Some(words) => part(".mi-unseen").unwrap_or_default() + &words,
        None => line.text_content().unwrap(),
    }
}

#[wasm_bindgen_test]
async fn enter_sends_and_shift_enter_does_not() {
    let shown = Shown::of(ChatView::default()).await;
    let field = shown.field();
    shown.conversation.focus();
    assert_eq!(focused(), *field.as_ref());
    for blank in ["", "  \n "] {
        type_into(&field, blank).await;
        press("Enter").await;
    }
    assert!(shown.talk.sent.borrow().is_empty(), "nothing but blanks is nothing");
    type_into(&field, "Hello").await;
    assert!(!press_with_shift("Enter").await, "the browser makes a new line");
    assert!(press("Enter").await);
    assert_eq!(*shown.talk.sent.borrow(), ["Hello"]);
    assert_eq!(value(&field), "");
}

#[wasm_bindgen_test]
async fn what_was_refused_before_it_was_sent_goes_back_into_the_field() {
    let shown = Shown::of(ChatView::default()).await;
    type_into(&shown.field(), "Hello").await;
    shown.conversation.focus();
    press("Enter").await;
    shown.talk.end(HResult::MSGR_E_NOT_LOGGED_ON).await;
    assert_eq!(value(&shown.field()), "Hello");
    assert_eq!(shown.notice(), "Not signed in");
}

#[wasm_bindgen_test]
async fn a_message_that_could_not_be_sent_is_sent_once_more_or_discarded() {
    let failure = Some(HResult::MSGR_E_SERVER_UNAVAILABLE);
    let shown = Shown::of(ChatView {
        unsaid: vec![unsaid(4, "first", failure), unsaid(5, "second", failure)],
        ..ChatView::default()
    })
    .await;
    let choice = |text: &str, at: usize| {
        let choices = shown.page.all(".mi-message button");
        let mut found =
            choices.into_iter().filter(|one| one.text_content().as_deref() == Some(text));
        found.nth(at).expect("a choice")
    };
    assert!(shown.messages()[0].starts_with("You: first not sent: "));
    let again = choice("Try again", 1);
    again.focus().unwrap();
    // Something else happens meanwhile: the focus stays.
    shown.change(|view| view.said.push(said(1, false, "Hi"))).await;
    assert_eq!(focused(), *again.as_ref());
    assert_eq!(shown.messages()[0], "Bob: Hi", "what waits is below what was said");
    again.click();
    assert_eq!(*shown.talk.retried.borrow(), [5]);
    choice("Discard", 0).click();
    assert_eq!(*shown.talk.discarded.borrow(), [4]);
    assert!(shown.talk.sent.borrow().is_empty());
    assert_eq!(focused(), *shown.field().as_ref());
}

#[wasm_bindgen_test]
async fn what_is_there_is_not_touched_by_what_comes() {
    let shown = Shown::of(ChatView {
        said: vec![said(1, false, "first"), said(2, true, "second")],
        unsaid: vec![unsaid(9, "waits", Some(HResult::MSGR_E_SERVER_UNAVAILABLE))],
        ..ChatView::default()
    })
    .await;
    let before = shown.page.all(".mi-message");
    let come = |view: &mut ChatView| view.said.push(said(3, false, "third"));
    assert_eq!(shown.page.mutations(|| shown.alter(come)).await, 1, "the new one is put in");
    shown.change(|view| view.said.extend([said(4, true, "a"), said(5, false, "b")])).await;
    let after = shown.page.all(".mi-message");
    assert_eq!((&before[..2], &before[2]), (&after[..2], after.last().unwrap()));
    assert_eq!(shown.page.mutations(|| shown.alter(|_| {})).await, 0);
    let arrive = |view: &mut ChatView| view.said[1].delivered = true;
    assert_eq!(shown.page.mutations(|| shown.alter(arrive)).await, 1, "a word of its state");
    shown.talk.contact.update(|bob| bob.friendly_name = Some("Robert".to_owned()));
    settle().await;
    assert_eq!(shown.messages()[0], "Robert: first");
}

#[wasm_bindgen_test]
async fn the_end_stays_in_sight_and_so_does_what_is_read_above_it() {
    let range = |ids: std::ops::Range<u64>| ids.map(|id| said(id, false, "one line"));
    let shown =
        Shown::of(ChatView { said: range(100..150).collect(), ..ChatView::default() }).await;
    mistatus::ui::styles::adopt(shown.page.root()).unwrap();
    shown.page.one(".mi-chat").set_attribute("style", "block-size: 300px").unwrap();
    let log = shown.page.one("[role=log]");
    let below = || log.scroll_height() - log.scroll_top() - log.client_height();
    log.set_scroll_top(log.scroll_height());
    shown.change(|view| view.said.push(said(150, false, "news"))).await;
    assert!(below() < 2, "{}", below());
    log.set_scroll_top(100);
    shown.change(|view| view.said.push(said(151, false, "more news"))).await;
    assert_eq!(log.scroll_top(), 100);
    let place = below();
    shown
        .change(|view| {
            view.said = range(50..150).collect();
            view.said.push(said(152, false, "news with them"));
        })
        .await;
    let ids = shown.messages();
    assert_eq!((ids.len(), ids.last().unwrap().as_str()), (101, "Bob: news with them"));
    assert!((below() - place).abs() < 4, "{} {place}", below());
    // Whoever writes something sees it.
    type_into(&shown.field(), "Hello").await;
    shown.conversation.focus();
    press("Enter").await;
    shown.change(|view| view.unsaid.push(unsaid(1, "Hello", None))).await;
    assert!(below() < 2, "{}", below());
}

#[wasm_bindgen_test]
async fn the_focus_stays_in_the_log_when_what_had_it_goes() {
    let failure = Some(HResult::MSGR_E_SERVER_UNAVAILABLE);
    let shown = Shown::of(ChatView {
        more: true,
        unsaid: vec![unsaid(4, "first", failure)],
        ..ChatView::default()
    })
    .await;
    shown.talk.end(HResult::S_OK).await;
    let log = shown.page.one("[role=log]");
    shown.page.one("[name=retry]").focus().unwrap();
    shown.change(|view| view.unsaid.clear()).await;
    assert_eq!(focused(), *log.as_ref());
    shown.page.one(".mi-older").focus().unwrap();
    shown.change(|view| view.more = false).await;
    assert_eq!(focused(), *log.as_ref());
}

#[wasm_bindgen_test]
async fn older_messages_are_fetched_at_once_and_then_when_they_are_wanted() {
    let shown = Shown::of(ChatView { more: true, ..ChatView::default() }).await;
    assert_eq!(shown.talk.fetched.get(), 1);
    let log = shown.page.one("[role=log]");
    assert_eq!(attribute(&log, "aria-busy").as_deref(), Some("true"), "not news");
    shown.change(|view| view.said = vec![said(20, false, "newest")]).await;
    shown.talk.end(HResult::S_OK).await;
    assert_eq!(attribute(&log, "aria-busy"), None);
    let older = shown.page.one(".mi-older");
    older.click();
    older.click();
    assert_eq!(shown.talk.fetched.get(), 2, "once at a time");
    shown
        .change(|view| {
            view.said.insert(0, said(10, false, "older"));
            view.more = false;
        })
        .await;
    shown.talk.end(HResult::S_OK).await;
    assert_eq!(shown.messages(), ["Bob: older", "Bob: newest"]);
    assert!(older.hidden());
}

#[wasm_bindgen_test]
async fn what_is_refused_once_more_stays_until_it_is_sent_or_discarded() {
    let failure = Some(HResult::MSGR_E_SERVER_UNAVAILABLE);
    let shown =
        Shown::of(ChatView { unsaid: vec![unsaid(4, "first", failure)], ..ChatView::default() })
            .await;
    let again = shown.page.one("[name=retry]");
    for hr in [HResult::MSGR_E_NOT_LOGGED_ON, HResult::MSGR_E_SERVER_TOO_BUSY] {
        shown.talk.refusal.set(Some(hr));
        again.click();
        settle().await;
        assert!(shown.talk.retried.borrow().is_empty(), "{hr:?}");
        assert_eq!(shown.notice(), Language::ENGLISH.problem(hr));
    }
    shown.talk.refusal.set(None);
    again.click();
    assert_eq!(*shown.talk.retried.borrow(), [4]);
}

#[wasm_bindgen_test]
async fn a_new_message_that_is_refused_stays_in_the_field() {
    let shown = Shown::of(ChatView::default()).await;
    let field = shown.field();
    shown.conversation.focus();
    for hr in [HResult::MSGR_E_NOT_LOGGED_ON, HResult::MSGR_E_SERVER_TOO_BUSY] {
        shown.talk.refusal.set(Some(hr));
        type_into(&field, "Hello").await;
        press("Enter").await;
        assert_eq!(value(&field), "Hello", "{hr:?}");
        assert_eq!(shown.notice(), Language::ENGLISH.problem(hr));
    }
    shown.talk.refusal.set(None);
    press("Enter").await;
    assert_eq!(value(&field), "");
    // Refused while the next one is being written.
    type_into(&field, "How are you?").await;
    shown.talk.end(HResult::MSGR_E_NOT_LOGGED_ON).await;
    assert_eq!(value(&field), "Hello\nHow are you?");
    // One that failed stands in the log, with what may become of it.
    press("Enter").await;
    let failure = Some(HResult::MSGR_E_SERVER_TOO_BUSY);
    shown.change(|view| view.unsaid = vec![unsaid(1, "Hello\nHow are you?", failure)]).await;
    shown.talk.end(HResult::MSGR_E_SERVER_TOO_BUSY).await;
    assert_eq!(value(&field), "");
}

#[wasm_bindgen_test]
async fn what_was_begun_is_there_again_for_its_user_and_for_nobody_else() {
    let shown = Shown::of(ChatView::default()).await;
    type_into(&shown.field(), "Half a sen").await;
    let drafts = Rc::clone(&shown.talk.drafts);
    drop(shown);
    let shown = Shown::talking(Recorded {
        drafts: Rc::clone(&drafts),
        ..Recorded::of(ChatView::default())
    })
    .await;
    let field = shown.field();
    assert_eq!(value(&field), "Half a sen");
    let signed_in_as = async |name: &str| {
        shown.talk.me.update(|me| name.clone_into(&mut me.name));
        settle().await;
        value(&field)
    };
    assert_eq!(signed_in_as("").await, "");
    assert_eq!(signed_in_as("me@example.com").await, "Half a sen");
    assert_eq!(signed_in_as("you@example.com").await, "");
    type_into(&field, "Mine").await;
    assert_eq!(signed_in_as("me@example.com").await, "Half a sen");
    // Begun before it is known by whom.
    signed_in_as("").await;
    type_into(&field, "And more").await;
    assert_eq!(signed_in_as("you@example.com").await, "Mine\nAnd more");
    shown.conversation.focus();
    press("Enter").await;
    assert_eq!(drafts.borrow()["you@example.com"], "");
    assert_eq!(drafts.borrow()["me@example.com"], "Half a sen");
    // What is refused when its writer is gone is not given to the next.
    signed_in_as("").await;
    shown.talk.end(HResult::MSGR_E_DISCONNECTED).await;
    assert_eq!((value(&field), shown.notice()), (String::new(), String::new()));
}

#[wasm_bindgen_test]
async fn a_text_that_is_too_long_stays_and_its_surplus_is_counted() {
    let shown = Shown::of(ChatView::default()).await;
    let field = shown.field();
    assert_eq!(attribute(&field, "maxlength"), None);
    shown.conversation.focus();
    type_into(&field, &"a".repeat(9_000)).await;
    let described = attribute(&field, "aria-describedby").unwrap();
    let counter = shown.page.one(&format!("#{described}"));
    assert_eq!(attribute(&counter, "role").as_deref(), Some("status"), "told politely");
    assert_eq!(counter.text_content().unwrap(), "Characters too many: 1000");
    assert_eq!(attribute(&field, "aria-invalid").as_deref(), Some("true"));
    press("Enter").await;
    shown.page.one(".mi-send").click();
    settle().await;
    assert!(shown.talk.sent.borrow().is_empty());
    assert_eq!(value(&field).len(), 9_000);
    shown.language.set(Language::of(&languages::GERMAN));
    settle().await;
    assert_eq!(counter.text_content().unwrap(), "Zeichen zu viel: 1000");
    // A face is two of the units that are counted.
    type_into(&field, &"😀".repeat(4_000)).await;
    assert_eq!(counter.text_content().unwrap(), "");
    assert_eq!(attribute(&field, "aria-invalid"), None);
    press("Enter").await;
    assert_eq!(shown.talk.sent.borrow().len(), 1);
}

#[wasm_bindgen_test]
async fn the_field_grows_with_its_text_and_the_newest_message_stays_in_sight() {
    let said = (1..50).map(|id| said(id, false, "one line"));
    let shown = Shown::of(ChatView { said: said.collect(), ..ChatView::default() }).await;
    mistatus::ui::styles::adopt(shown.page.root()).unwrap();
    shown.page.one(".mi-chat").set_attribute("style", "block-size: 400px").unwrap();
    let (field, log) = (shown.field(), shown.page.one("[role=log]"));
    log.set_scroll_top(log.scroll_height());
    frame().await;
    let mut heights = Vec::new();
    for lines in [1, 5, 40, 80] {
        type_into(&field, &"line\n".repeat(lines)).await;
        frame().await;
        heights.push(field.client_height());
        let below = log.scroll_height() - log.scroll_top() - log.client_height();
        assert!(below < 2, "{below} with {lines} lines");
    }
    assert!(heights[0] < heights[1] && heights[1] < heights[2], "{heights:?}");
    assert!(heights[2] == heights[3] && heights[3] < 200, "{heights:?}");
    type_into(&field, "").await;
    frame().await;
    assert!(field.client_height() <= heights[0]);
}

#[wasm_bindgen_test]
async fn keys_without_a_modifier_stay_in_the_panel() {
    let shown = Shown::of(ChatView::default()).await;
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hear = Rc::clone(&heard);
    let hear = Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        hear.borrow_mut().push((event.type_(), event.key()));
    });
    for name in ["keydown", "keypress", "keyup"] {
        let hear = hear.as_ref().unchecked_ref();
        shown.page.root().add_event_listener_with_callback(name, hear).unwrap();
    }
    let strike = |name: &str, key: &str, control: bool| {
        let init = KeyboardEventInit::new();
        init.set_key(key);
        init.set_ctrl_key(control);
        init.set_bubbles(true);
        let event = KeyboardEvent::new_with_keyboard_event_init_dict(name, &init).unwrap();
        focused().dispatch_event(&event).unwrap();
    };
    for selector in ["textarea", "[role=log]", ".mi-close"] {
        shown.page.one(selector).focus().unwrap();
        for name in ["keydown", "keypress", "keyup"] {
            for key in ["k", "?", "Escape", "Enter", "ArrowDown"] {
                strike(name, key, false);
            }
        }
    }
    assert_eq!(*heard.borrow(), []);
    strike("keydown", "k", true);
    assert_eq!(*heard.borrow(), [("keydown".to_owned(), "k".to_owned())]);
}

#[wasm_bindgen_test]
async fn on_a_touch_screen_enter_makes_a_new_line() {
    let shown = Shown::of(ChatView::default()).await;
    assert_eq!(attribute(&shown.field(), "enterkeyhint").as_deref(), Some("send"));
    drop(shown);
    let name = "matchMedia".into();
    let before = js_sys::Reflect::get(&window(), &name).unwrap();
    let coarse = js_sys::Function::new_with_args(
        "query",
        "return { matches: query === '(pointer: coarse)' }",
    );
    js_sys::Reflect::set(&window(), &name, &coarse).unwrap();
    let shown = Shown::of(ChatView::default()).await;
    let field = shown.field();
    shown.conversation.focus();
    type_into(&field, "Hello").await;
    let prevented = press("Enter").await;
    js_sys::Reflect::set(&window(), &name, &before).unwrap();
    assert!(!prevented && shown.talk.sent.borrow().is_empty());
    assert_eq!(attribute(&field, "enterkeyhint").as_deref(), Some("enter"));
    shown.page.one(".mi-send").click();
    assert_eq!(*shown.talk.sent.borrow(), ["Hello"]);
}

#[wasm_bindgen_test]
async fn what_is_written_is_read_only_while_it_can_be_seen() {
    let shown =
        Shown::of(ChatView { said: vec![said(1, false, "Hi")], ..ChatView::default() }).await;
    let mut newest = 1;
    let mut is_read = async |expected: bool| {
        // Browsers say with a frame what has come into sight.
        for _ in 0..300 {
            let before = shown.talk.read.get();
            newest += 1;
            shown.change(|view| view.said.push(said(newest, false, "more"))).await;
            if (shown.talk.read.get() > before) == expected {
                return true;
            }
            frame().await;
        }
        false
    };
    assert!(is_read(true).await);
    shown.page.root().set_hidden(true);
    assert!(is_read(false).await, "not on the screen");
    shown.page.root().set_hidden(false);
    assert!(is_read(true).await);
    shown.talk.me.update(|me| me.status = MiStatus::Offline);
    assert!(is_read(false).await, "not signed in");
    shown.talk.me.update(|me| me.status = MiStatus::Online);
    assert!(is_read(true).await);
    let hide = "Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'hidden' })";
    js_sys::Function::new_no_args(hide).call0(&JsValue::UNDEFINED).unwrap();
    let unseen = is_read(false).await;
    let before = shown.talk.read.get();
    js_sys::Reflect::delete_property(&document(), &"visibilityState".into()).unwrap();
    document().dispatch_event(&web_sys::Event::new("visibilitychange").unwrap()).unwrap();
    assert!(unseen, "in a page that cannot be seen");
    assert_eq!(shown.talk.read.get(), before + 1, "as soon as the page can be seen");
}

#[wasm_bindgen_test]
async fn the_panel_says_with_whom_and_what_stands_in_the_way() {
    let shown = Shown::of(ChatView { blocked: true, ..ChatView::default() }).await;
    let panel = shown.page.one("[role=dialog]");
    assert_eq!(attribute(&panel, "aria-label").as_deref(), Some("Conversation with Bob"));
    assert_eq!(attribute(&panel, "aria-modal"), None);
    assert_eq!(shown.notice(), "You have blocked this person");
    shown.talk.me.update(|me| me.status = MiStatus::Offline);
    settle().await;
    assert_eq!(shown.notice(), "Connection lost, trying again");
    let connect = shown.page.one("[name=connect]");
    assert_eq!(connect.text_content().as_deref(), Some("Try now"));
    connect.click();
    assert_eq!(shown.talk.connects.get(), 1);
    assert_eq!(focused(), *shown.field().as_ref(), "not on a button that is about to go");
    shown.talk.me.set(MyView::signed_out());
    settle().await;
    assert_eq!(shown.notice(), "Not signed in");
    shown.conversation.focus();
    press("Escape").await;
    shown.page.one(".mi-close").click();
    assert_eq!(shown.talk.closed.get(), 2);
}

#[wasm_bindgen_test]
async fn what_the_other_writes_is_announced_once_and_what_the_user_writes_is_not() {
    let heard = announcements();
    let shown = Shown::of(ChatView { said: vec![said(1, false, "Hello")], ..ChatView::default() });
    let shown = shown.await;
    // Browsers say with a frame what has come into sight.
    for _ in 0..300 {
        if shown.talk.read.get() > 0 {
            break;
        }
        frame().await;
    }
    assert!(heard().is_empty(), "what was there before");
    shown.change(|chat| chat.said.push(said(2, true, "Hi"))).await;
    assert!(heard().is_empty());
    shown.change(|chat| chat.said.push(said(3, false, "<b>How are you?</b>"))).await;
    assert_eq!(heard(), ["Bob: <b>How are you?</b>"]);
    shown.change(|chat| chat.said[1].delivered = true).await;
    assert!(heard().is_empty());
    shown.change(|chat| chat.unsaid = vec![unsaid(9, "Fine", None)]).await;
    let failure = Some(HResult::MSGR_E_LIST_FULL);
    shown.change(|chat| chat.unsaid = vec![unsaid(9, "Fine", failure)]).await;
    assert_eq!(heard(), ["not sent: The list is full"]);
    assert_eq!(attribute(&shown.page.one("[role=log]"), "aria-live").as_deref(), Some("off"));
    shown.talk.refusal.set(Some(HResult::MSGR_E_SERVER_TOO_BUSY));
    type_into(&shown.field(), "Fine").await;
    shown.field().focus().unwrap();
    press("Enter").await;
    assert_eq!(heard(), [shown.notice()], "what is refused before it is sent");
}

struct Shown {
    page: Page,
    conversation: Rc<Conversation>,
    talk: Rc<Recorded>,
    language: ArcRwSignal<Language>,
    owner: Owner,
}

impl Shown {
    async fn of(view: ChatView) -> Self {
        Self::talking(Recorded::of(view)).await
    }

    async fn talking(talk: Recorded) -> Self {
        let talk = Rc::new(talk);
        let owner = Owner::new();
        let language = ArcRwSignal::new(Language::ENGLISH);
        let read = language.clone();
        let read = move || read.get();
        let conversation = owner.with(|| Conversation::new(Rc::clone(&talk) as Rc<dyn Talk>, read));
        let drawn = Rc::clone(&conversation);
        let page = Page::of(move || view! { <ConversationView conversation=drawn/> }.into_any());
        settle().await;
        Self { page, conversation, talk, language, owner }
    }

    async fn change(&self, change: impl FnOnce(&mut ChatView)) {
        self.alter(change);
        settle().await;
    }

    /// As [`Shown::change`], without waiting until it is drawn.
    fn alter(&self, change: impl FnOnce(&mut ChatView)) {
        change(&mut self.talk.view.borrow_mut());
        self.talk.changes.update(|count| *count += 1);
    }

    fn field(&self) -> HtmlElement {
        self.page.one("textarea")
    }

    fn notice(&self) -> String {
        let text = self.page.one(".mi-notice").first_child().and_then(|text| text.text_content());
        text.unwrap_or_default()
    }

    /// Returns who says what and what became of it, without the time.
    fn messages(&self) -> Vec<String> {
        let text = |message: &HtmlElement, class: &str| {
            let part = message.query_selector(class).unwrap();
            part.and_then(|part| part.text_content()).unwrap_or_default()
        };
        let messages = self.page.all(".mi-message").into_iter();
        messages
            .map(|message| {
                let [who, words, state] =
                    [".mi-unseen", ".mi-words", ".mi-sent"].map(|class| text(&message, class));
                format!("{who}{words} {state}").trim().to_owned()
            })
            .collect()
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.owner.cleanup();
    }
}

/// A fake conversation that records what it was asked to do.
struct Recorded {
    view: RefCell<ChatView>,
    changes: Changes,
    contact: ArcRwSignal<ContactView>,
    me: ArcRwSignal<MyView>,
    sent: RefCell<Vec<String>>,
    retried: RefCell<Vec<u64>>,
    discarded: RefCell<Vec<u64>>,
    thens: RefCell<Vec<Then>>,
    fetched: Cell<u32>,
    read: Cell<u32>,
    closed: Cell<u32>,
    connects: Cell<u32>,
    /// Why nothing can be sent.
    refusal: Cell<Option<HResult>>,
    drafts: Rc<RefCell<BTreeMap<String, String>>>,
}

impl Recorded {
    fn of(view: ChatView) -> Self {
        let mut bob = ContactView::unknown("bob@example.com");
        bob.friendly_name = Some("Bob".to_owned());
        let name = "me@example.com".to_owned();
        let me = MyView { name, status: MiStatus::Online, ..MyView::signed_out() };
        Self {
            view: RefCell::new(view),
            changes: Changes::new(0),
            contact: ArcRwSignal::new(bob),
            me: ArcRwSignal::new(me),
            sent: RefCell::default(),
            retried: RefCell::default(),
            discarded: RefCell::default(),
            thens: RefCell::default(),
            fetched: Cell::new(0),
            read: Cell::new(0),
            closed: Cell::new(0),
            connects: Cell::new(0),
            refusal: Cell::new(None),
            drafts: Rc::default(),
        }
    }

    async fn end(&self, hr: HResult) {
        let then = self.thens.borrow_mut().pop().expect("a wish");
        then(hr);
        settle().await;
    }
}

impl Talk for Recorded {
    fn changes(&self) -> Changes {
        self.changes.clone()
    }

    fn view(&self) -> ChatView {
        self.view.borrow().clone()
    }

    fn contact(&self) -> ArcRwSignal<ContactView> {
        self.contact.clone()
    }

    fn me(&self) -> ArcRwSignal<MyView> {
        self.me.clone()
    }

    fn connect(&self) {
        self.connects.set(self.connects.get() + 1);
    }

    fn send(&self, text: MessageText, then: Then) {
        if let Some(hr) = self.refusal.get() {
            return then(hr);
        }
        self.sent.borrow_mut().push(text.as_str().to_owned());
        self.thens.borrow_mut().push(then);
    }

    fn retry(&self, request: RequestId) -> Result<(), HResult> {
        self.refusal.get().map_or(Ok(()), Err)?;
        self.retried.borrow_mut().push(request.0);
        Ok(())
    }

    fn discard(&self, request: RequestId) {
        self.discarded.borrow_mut().push(request.0);
    }

    fn fetch(&self, then: Then) {
        self.fetched.set(self.fetched.get() + 1);
        self.thens.borrow_mut().push(then);
    }

    fn read(&self) {
        self.read.set(self.read.get() + 1);
    }

    fn draft(&self, user: &str) -> String {
        self.drafts.borrow().get(user).cloned().unwrap_or_default()
    }

    fn keep_draft(&self, user: &str, text: &str) {
        if !user.is_empty() {
            self.drafts.borrow_mut().insert(user.to_owned(), text.to_owned());
        }
    }

    fn close(&self) {
        self.closed.set(self.closed.get() + 1);
    }
}

fn said(id: u64, mine: bool, text: &str) -> Said {
    let at = UnixMs::from_millis(1_795_262_400_000 + id);
    Said { id, mine, text: text.to_owned(), at, delivered: false }
}

fn unsaid(request: u64, text: &str, failure: Option<HResult>) -> Unsaid {
    Unsaid { request: RequestId(request), text: text.to_owned(), failure }
}

fn value(field: &HtmlElement) -> String {
    js_sys::Reflect::get(field, &"value".into()).unwrap().as_string().unwrap()
}
