//! What was written: one bubble a message, the oldest first. What is there already is not touched.

use std::{rc::Rc, sync::Arc};

use leptos::prelude::*;
use mistatus_core::{hresult::HResult, time::UnixMs};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{Conversation, is_signed_in, title};
use crate::{
    model::{ChatView, ContactView},
    ui::{
        dom::{listen, time_of_day},
        language::{Language, Word},
    },
};

/// A message of a conversation.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    /// One that the server has, by its id.
    Said(u64),
    /// One that it does not have, by the number of its request.
    Unsaid(u64),
}

/// How far a message has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// The user reads it here.
    Received,
    Sending,
    Sent,
    Delivered,
    Failed(HResult),
}

/// What never changes of a message.
struct Words {
    mine: bool,
    text: Arc<str>,
    /// When it was written, where that is known.
    at: Option<UnixMs>,
}

/// Draws the messages of a conversation, and what fetches older ones.
#[component]
pub(super) fn Log(
    /// Of which conversation.
    conversation: Rc<Conversation>,
) -> impl IntoView {
    let (language, contact) = (conversation.language, conversation.contact);
    let (chat, me) = (conversation.chat.read_only(), conversation.me);
    let (is_fetching, has_fetched) = (conversation.is_fetching, conversation.has_fetched);
    let has_older =
        move || chat.with(|chat| chat.more) && has_fetched.get() && me.with(is_signed_in);
    let bubbles = move |keys: fn(&ChatView) -> Vec<Key>| {
        view! {
            <For
                each=move || chat.with(keys) key=|key| *key
                children=move |key| bubble(key, chat, contact, language)
            />
        }
    };
    view! {
        <div
            class="mi-log" part="log" role="log" tabindex="0"
            use:log=conversation
            aria-label=title(language, contact)
            // Older messages on their way are not news.
            aria-busy=move || is_fetching.get().then_some("true")
        >
            <button
                class="mi-button mi-plain mi-older" part="button" type="button" name="older"
                hidden=move || !has_older()
            >
                {move || language.get().word(Word::Older)}
            </button>
            {bubbles(|chat| chat.said.iter().map(|said| Key::Said(said.id)).collect())}
            // What waits is below everything that was said: two lists, so that what comes into one moves nothing in
            // the other, where the focus may be.
            {bubbles(|chat| chat.unsaid.iter().map(|unsaid| Key::Unsaid(unsaid.request.0)).collect())}
        </div>
    }
}

// Makes an element the log of a conversation, until the present owner ends.
fn log(root: Element, conversation: Rc<Conversation>) {
    conversation.scroll.set_log(root.clone().unchecked_into());
    conversation.follow();
    let this = conversation;
    let scrolled = move |_| {
        let may_fetch = || this.chat.with_untracked(|chat| chat.more);
        if may_fetch() && this.me.with_untracked(is_signed_in) && this.scroll.is_near_start() {
            this.fetch();
        }
    };
    listen(&root, "scroll", Box::new(scrolled));
}

fn bubble(
    key: Key,
    chat: ReadSignal<ChatView>,
    contact: ReadSignal<ContactView>,
    language: ReadSignal<Language>,
) -> impl IntoView {
    let Words { mine, text, at } = chat.with_untracked(|chat| words(chat, key))?;
    let mut progress = if mine { Progress::Sending } else { Progress::Received };
    let drawn = move || {
        // What has come so far changes no more.
        if !matches!(progress, Progress::Received | Progress::Delivered) {
            progress = chat.with(|chat| progress_of(chat, key)).unwrap_or(progress);
        }
        let language = language.get();
        let who = if mine {
            language.word(Word::Me).to_owned()
        } else {
            contact.with(|contact| contact.display_name().to_owned())
        };
        // A server does not know the user's time zone.
        let at = at.filter(|_| cfg!(target_arch = "wasm32"));
        let time = at.map(|at| time_of_day(at, language.tag()));
        let has_failed = matches!(progress, Progress::Failed(_));
        view! {
            <div
                class="mi-message" part="message" data-mine=mine data-failed=has_failed
            >
                <span class="mi-unseen">{who}": "</span>
                // A text in its own direction, whatever the page's.
                <p class="mi-words" part="text" dir="auto">{Arc::clone(&text)}</p>
                {time.map(|time| view! { <time class="mi-time">{time}</time> })}
                <span class="mi-sent">{progress_text(progress, language)}</span>
                {has_failed.then(|| choices(key, language))}
            </div>
        }
    };
    Some(drawn)
}

// What becomes of a message that could not be sent.
fn choices(key: Key, language: Language) -> impl IntoView {
    let (Key::Said(number) | Key::Unsaid(number)) = key;
    let choice = |name: &'static str, word| {
        view! {
            <button
                class="mi-button mi-plain" part="button" type="button"
                name=name value=number.to_string()
            >
                {language.word(word)}
            </button>
        }
    };
    [choice("retry", Word::Retry), choice("discard", Word::Discard)]
}

fn progress_text(progress: Progress, language: Language) -> String {
    let word = match progress {
        Progress::Received => return String::new(),
        Progress::Sending => Word::Sending,
        Progress::Sent => Word::Sent,
        Progress::Delivered => Word::Delivered,
        Progress::Failed(hr) => {
            return [language.word(Word::NotSent), ": ", language.problem(hr)].concat();
        }
    };
    language.word(word).to_owned()
}

fn words(chat: &ChatView, key: Key) -> Option<Words> {
    match key {
        Key::Said(id) => {
            let said = chat.said.iter().rfind(|said| said.id == id)?;
            Some(Words { mine: said.mine, text: said.text.as_str().into(), at: Some(said.at) })
        }
        Key::Unsaid(request) => {
            let unsaid = chat.unsaid.iter().find(|unsaid| unsaid.request.0 == request)?;
            Some(Words { mine: true, text: unsaid.text.as_str().into(), at: None })
        }
    }
}

fn progress_of(chat: &ChatView, key: Key) -> Option<Progress> {
    match key {
        Key::Said(id) => {
            // They are in the order of their ids.
            let place = chat.said.binary_search_by_key(&id, |said| said.id).ok()?;
            let is_delivered = chat.said[place].delivered;
            Some(if is_delivered { Progress::Delivered } else { Progress::Sent })
        }
        Key::Unsaid(request) => {
            let unsaid = chat.unsaid.iter().find(|unsaid| unsaid.request.0 == request)?;
            Some(unsaid.failure.map_or(Progress::Sending, Progress::Failed))
        }
    }
}
