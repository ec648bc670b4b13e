//! What was written: one box a message, the oldest first. What is there already is not touched.

use std::cell::{Cell, RefCell};

use mistatus_core::message::RequestId;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use crate::{
    model::{ChatView, Said, Unsaid},
    ui::{
        dom::{append, button, element, set, set_text, show, time_of_day},
        language::{Language, Word},
    },
};

/// How far from the lower edge, in CSS pixels, still counts as being there.
const NEAR_END: i32 = 24;

pub(super) struct Log {
    root: HtmlElement,
    older: HtmlElement,
    said: RefCell<Vec<Bubble>>,
    unsaid: RefCell<Vec<Bubble>>,
    drawn_in: Cell<Option<Language>>,
    called: RefCell<String>,
    stay_down: Cell<bool>,
}

struct Bubble {
    /// The message's id, or the number of its request.
    id: u64,
    text: String,
    root: HtmlElement,
    state: HtmlElement,
    /// For what could not be sent: once more, and away.
    choices: Option<[HtmlElement; 2]>,
}

impl Log {
    pub(super) fn new(older: &HtmlElement) -> Self {
        let root = element("div", "mi-log", &[("part", "log"), ("role", "log"), ("tabindex", "0")]);
        append(&root, &[older]);
        Self {
            root,
            older: older.clone(),
            said: RefCell::default(),
            unsaid: RefCell::default(),
            drawn_in: Cell::new(None),
            called: RefCell::default(),
            stay_down: Cell::new(true),
        }
    }

    pub(super) const fn root(&self) -> &HtmlElement {
        &self.root
    }

    /// Shows the newest at the next painting, wherever the user is.
    pub(super) fn stay_down(&self) {
        self.stay_down.set(true);
    }

    /// Older messages on their way are not news.
    pub(super) fn fetching(&self, fetching: bool) {
        set(&self.root, "aria-busy", fetching.then_some("true"));
    }

    pub(super) fn paint(&self, view: &ChatView, called: &str, language: Language, more: bool) {
        let (height, top) = (self.root.scroll_height(), self.root.scroll_top());
        let is_down = height - top - self.root.client_height() < NEAR_END;
        let first = self.said.borrow().first().map(|bubble| bubble.id);
        if self.drawn_in.replace(Some(language)) != Some(language)
            || *self.called.borrow() != *called
        {
            self.called.replace(called.to_owned());
            for bubble in self.said.take().into_iter().chain(self.unsaid.take()) {
                bubble.root.remove();
            }
        }
        show(&self.older, more);
        self.paint_said(&view.said, called, language);
        self.paint_unsaid(&view.unsaid, language);

        let older_came = view.said.first().map(|said| said.id) < first;
        if self.stay_down.take() || is_down {
            self.root.set_scroll_top(self.root.scroll_height());
        } else if older_came {
            self.root.set_scroll_top(top + self.root.scroll_height() - height);
        }
    }

    fn paint_said(&self, said: &[Said], called: &str, language: Language) {
        let mut bubbles = self.said.borrow_mut();
        let mut before = std::mem::take(&mut *bubbles).into_iter().peekable();
        // Both are in the order of their ids; what is gone from the front was too old to keep.
        let mut previous: HtmlElement = self.older.clone();
        for message in said {
            while let Some(gone) = before.next_if(|bubble| bubble.id < message.id) {
                gone.root.remove();
            }
            let bubble = before.next_if(|bubble| bubble.id == message.id).unwrap_or_else(|| {
                let who = if message.mine { language.word(Word::Me) } else { called };
                let bubble = draw(message.id, message.mine, who, &message.text);
                let time = element("time", "mi-time", &[]);
                set_text(&time, &time_of_day(message.at, language.tag()));
                let _ = bubble.root.insert_before(&time, Some(&bubble.state));
                // Without a next one it goes to the end.
                let _ = self.root.insert_before(&bubble.root, previous.next_sibling().as_ref());
                bubble
            });
            let state = match (message.mine, message.delivered) {
                (false, _) => "",
                (true, false) => language.word(Word::Sent),
                (true, true) => language.word(Word::Delivered),
            };
            set_text(&bubble.state, state);
            previous = bubble.root.clone();
            bubbles.push(bubble);
        }
        for gone in before {
            gone.root.remove();
        }
    }

    // What waits is below everything that was said, in the order in which it was written. What stays is not touched:
    // the focus may be in it.
    fn paint_unsaid(&self, unsaid: &[Unsaid], language: Language) {
        let mut bubbles = self.unsaid.borrow_mut();
        let mut before = std::mem::take(&mut *bubbles).into_iter().peekable();
        for message in unsaid {
            let id = message.request.0;
            while let Some(gone) = before.next_if(|bubble| bubble.id < id) {
                gone.root.remove();
            }
            let mut bubble = before.next_if(|bubble| bubble.id == id).unwrap_or_else(|| {
                let bubble = draw(id, true, language.word(Word::Me), &message.text);
                append(&self.root, &[&bubble.root]);
                bubble
            });
            if let Some(hr) = message.failure {
                let text = [language.word(Word::NotSent), ": ", language.problem(hr)].concat();
                set_text(&bubble.state, &text);
                set(&bubble.root, "data-failed", Some(""));
                bubble.choices.get_or_insert_with(|| {
                    [Word::Retry, Word::Discard].map(|word| {
                        let choice = button("mi-button mi-plain", "button");
                        set_text(&choice, language.word(word));
                        append(&bubble.root, &[&choice]);
                        choice
                    })
                });
            } else {
                set_text(&bubble.state, language.word(Word::Sending));
            }
            bubbles.push(bubble);
        }
        for gone in before {
            gone.root.remove();
        }
    }

    /// Returns which message a click was about, and its text where it is to be sent once more.
    pub(super) fn decided(&self, event: &Event) -> Option<(RequestId, Option<String>)> {
        let target = event.target()?.dyn_into::<Element>().ok()?;
        self.unsaid.borrow().iter().find_map(|bubble| {
            let choices = bubble.choices.as_ref()?;
            let place = choices.iter().position(|choice| **choice == target)?;
            Some((RequestId(bubble.id), (place == 0).then(|| bubble.text.clone())))
        })
    }
}

fn draw(id: u64, mine: bool, who: &str, text: &str) -> Bubble {
    let root = element("div", "mi-message", &[("part", "message")]);
    set(&root, "data-mine", mine.then_some(""));
    let author = element("span", "mi-unseen", &[]);
    set_text(&author, &[who, ": "].concat());
    // A text in its own direction, whatever the page's.
    let words = element("p", "mi-words", &[("part", "text"), ("dir", "auto")]);
    set_text(&words, text);
    let state = element("span", "mi-sent", &[]);
    append(&root, &[&author, &words, &state]);
    Bubble { id, text: text.to_owned(), root, state, choices: None }
}
