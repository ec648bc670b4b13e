//! What was written: one bubble a message, the oldest first. What is there already is not touched.

use std::{ops::Deref, rc::Rc};

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{Conversation, ConversationState, attribute, flag, text};
use crate::{
    model::{Said, Unsaid},
    ui::{
        dom::{listen, on_resize},
        fixed::fixed,
        intl,
        language::{Language, Word},
        sorted::sorted,
    },
};

/// A message of a conversation. They are in the order in which they stand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct BubbleKey {
    /// See [`ConversationState::wording`]: in other words, all are drawn anew. So they are when one was corrected, which is
    /// rare.
    wording: u32,
    message: MessageKey,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum MessageKey {
    /// One that the server has, by its id.
    Said(u64, Piece),
    /// One that it does not have, by the number of its request; whether it could not be sent.
    Unsaid(u64, bool),
}

/// What stands in the log because of a message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    /// Of which day it is, the first of its day. Says when the present day began: on another day it is called otherwise.
    Day(u64),
    /// The message.
    Bubble,
}

/// Draws the messages of a conversation, and what fetches older ones.
#[component]
pub(super) fn Log(
    /// Of which conversation.
    conversation: Rc<Conversation>,
) -> impl IntoView {
    let shown = conversation.shown.read_only();
    let flag = move |read| flag(shown, read);
    view! {
        // What is news is announced by itself, and not read out of here: one's own words are none.
        <div {..fixed!(class="mi-log" part="log" role="log" tabindex="0")}
            aria-live="off"
            use:log=conversation
            aria-label=attribute(shown, ConversationState::title)
            aria-busy=flag(|shown| shown.is_fetching.then_some("true"))
        >
            <button {..fixed!(class="mi-button mi-plain mi-older" part="button" type="button" name="older")}
                hidden=flag(|shown| (!shown.has_older()).then_some(""))
            >
                {text(shown, |shown| shown.language.word(Word::Older))}
            </button>
            {sorted(move || shown.with(keys), move |key| bubble(key, shown))}
        </div>
    }
}

// Makes an element the log of a conversation, until the present owner ends.
fn log(root: Element, conversation: Rc<Conversation>) {
    conversation.scroll.set_log(root.clone().unchecked_into());
    conversation.follow(&root);
    let this = Rc::clone(&conversation);
    let seen = move || {
        this.turn_day();
        this.look();
    };
    conversation.sight.watch(&root, Rc::new(seen));
    let this = Rc::clone(&conversation);
    // The field below it grows with its text.
    on_resize(root.unchecked_ref(), Box::new(move || this.scroll.resized()));
    let this = conversation;
    let scrolled = move |_| {
        this.scroll.scrolled();
        if this.scroll.is_near_start() && this.shown.with_untracked(ConversationState::may_fetch) {
            this.fetch();
        }
    };
    listen(&root, "scroll", Box::new(scrolled));
}

// What waits is below everything that was said, in the order in which it was written.
fn keys(shown: &ConversationState) -> Vec<BubbleKey> {
    let mut keys = Vec::new();
    let mut key =
        |message| keys.push(BubbleKey { wording: shown.wording + shown.chat.corrections, message });
    let mut day = 0.0..0.0;
    for said in &shown.chat.said {
        if let Some(today) = shown.today
            && !day.contains(&intl::instant(said.at))
        {
            day = intl::day_of(intl::instant(said.at));
            key(MessageKey::Said(said.id, Piece::Day(today)));
        }
        key(MessageKey::Said(said.id, Piece::Bubble));
    }
    for unsaid in &shown.chat.unsaid {
        key(MessageKey::Unsaid(unsaid.request.0, unsaid.failure.is_some()));
    }
    keys
}

// Days are drawn as messages are, with what they have of it: another type of view is bytes for every page.
fn bubble(
    key: BubbleKey,
    shown: ReadSignal<ConversationState>,
) -> impl RenderHtml<State: Deref<Target = Element>> {
    let BubbleKey { message, .. } = key;
    let BubbleText { mine, author, text, time } =
        shown.with_untracked(|shown| words(shown, message));
    let (failure, language) =
        shown.with_untracked(|shown| (failure(shown, message), shown.language));
    let has_failed = failure.is_some();
    let mut last = None;
    let progress = move || {
        // What has arrived stays so: it follows no more.
        last.or_else(|| {
            let (text, is_last) = shown.with(|shown| progress(shown, message));
            last = is_last.then_some(text);
            Some(text)
        })
    };
    let kind = match message {
        MessageKey::Said(_, Piece::Day(_)) => fixed!(class="mi-day" part="day"),
        _ => fixed!(class="mi-message" part="message"),
    };
    view! {
        <div {..kind} data-mine=mine data-failed=has_failed>
            <span {..fixed!(class="mi-unseen")}>{author}</span>
            // A text in its own direction, whatever the page's.
            <p {..fixed!(class="mi-words" part="text" dir="auto")}>{text}</p>
            {time.map(|time| view! { <time {..fixed!(class="mi-time")}>{time}</time> })}
            <span {..fixed!(class="mi-sent")}>{progress}{failure}</span>
            {has_failed.then(|| choices(message, language))}
        </div>
    }
}

// What becomes of a message that could not be sent.
fn choices(message: MessageKey, language: Language) -> impl IntoView {
    let (MessageKey::Said(number, _) | MessageKey::Unsaid(number, _)) = message;
    let choice = move |name: &'static str, word| {
        let number = number.to_string();
        view! {
            <button {..fixed!(class="mi-button mi-plain" part="button" type="button")} name=name value=number>
                {language.word(word)}
            </button>
        }
    };
    (choice("retry", Word::Retry), choice("discard", Word::Discard))
}

/// What does not change of a message.
#[derive(Default)]
struct BubbleText {
    mine: bool,
    author: String,
    text: String,
    /// When it was written, where that is known.
    time: Option<String>,
}

fn words(shown: &ConversationState, message: MessageKey) -> BubbleText {
    let me = || [shown.language.word(Word::Me), ": "].concat();
    match message {
        MessageKey::Said(_, piece) => {
            let Some(said) = said(shown, message) else { return BubbleText::default() };
            if let Piece::Day(_) = piece {
                let text = intl::day(said.at, shown.language);
                return BubbleText { text, ..BubbleText::default() };
            }
            let author = if said.mine { me() } else { [&shown.name, ": "].concat() };
            // A server does not know the user's time zone.
            let at = Some(said.at).filter(|_| cfg!(target_arch = "wasm32"));
            let time = at.map(|at| intl::time_of_day(at, shown.language));
            BubbleText { mine: said.mine, author, text: said.text.clone(), time }
        }
        MessageKey::Unsaid(..) => {
            let text = unsaid(shown, message).map(|unsaid| unsaid.text.clone());
            BubbleText { mine: true, author: me(), text: text.unwrap_or_default(), time: None }
        }
    }
}

// How far a message has come, and whether that is the last that is heard of it.
fn progress(shown: &ConversationState, message: MessageKey) -> (&'static str, bool) {
    let word = match message {
        MessageKey::Said(_, Piece::Day(_)) => return ("", true),
        MessageKey::Said(..) => match said(shown, message) {
            Some(said) if said.mine && said.delivered => Word::Delivered,
            Some(said) if said.mine => return (shown.language.word(Word::Sent), false),
            _ => return ("", true),
        },
        MessageKey::Unsaid(_, true) => Word::NotSent,
        MessageKey::Unsaid(_, false) => Word::Sending,
    };
    (shown.language.word(word), true)
}

fn failure(shown: &ConversationState, message: MessageKey) -> Option<String> {
    let hr = unsaid(shown, message)?.failure?;
    Some([": ", shown.language.problem(hr)].concat())
}

fn said(shown: &ConversationState, message: MessageKey) -> Option<&Said> {
    let MessageKey::Said(id, _) = message else { return None };
    // They are in the order of their ids.
    let said = &shown.chat.said;
    said.binary_search_by_key(&id, |said| said.id).ok().and_then(|place| said.get(place))
}

fn unsaid(shown: &ConversationState, message: MessageKey) -> Option<&Unsaid> {
    let MessageKey::Unsaid(request, _) = message else { return None };
    shown.chat.unsaid.iter().find(|unsaid| unsaid.request.0 == request)
}
