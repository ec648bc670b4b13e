//! Who asks to see the user, with the three answers.

use std::cell::RefCell;

use mistatus_core::signin_name::SigninName;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use crate::{
    model::ListView,
    ui::{
        dom::{append, button, element, set, set_text, show},
        language::{Language, Word},
    },
};

/// Most requests that are shown at once; the next come up as these are answered.
const SHOWN_MAX: usize = 20;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    Accept,
    Refuse,
    Block,
}

const ANSWERS: [(Answer, Word); 3] =
    [(Answer::Accept, Word::Accept), (Answer::Refuse, Word::Refuse), (Answer::Block, Word::Block)];

pub(super) struct Requests {
    root: HtmlElement,
    shown: RefCell<Vec<Request>>,
    language: RefCell<Option<Language>>,
}

struct Request {
    name: SigninName,
    called: String,
    buttons: Vec<HtmlElement>,
}

impl Requests {
    pub(super) fn new() -> Self {
        let root = element("ul", "mi-requests", &[("part", "requests")]);
        Self { root, shown: RefCell::default(), language: RefCell::default() }
    }

    pub(super) const fn root(&self) -> &HtmlElement {
        &self.root
    }

    /// Shows who asks. The focus stays in the same place where it can, and goes to `otherwise` where nobody asks any more.
    pub(super) fn paint(&self, view: &ListView, language: Language, otherwise: &HtmlElement) {
        let wanted = &view.requests[..view.requests.len().min(SHOWN_MAX)];
        let is_same = {
            let shown = self.shown.borrow();
            shown.len() == wanted.len()
                && shown
                    .iter()
                    .zip(wanted)
                    .all(|(shown, (name, called))| shown.name == *name && shown.called == *called)
        };
        if is_same && self.language.replace(Some(language)) == Some(language) {
            return;
        }
        let focused = self.shown.borrow().iter().position(|request| {
            request.buttons.iter().any(|button| button.matches(":focus").unwrap_or(false))
        });
        self.root.set_text_content(None);
        set(&self.root, "aria-label", Some(language.word(Word::Requests)));
        let requests: Vec<_> =
            wanted.iter().map(|(name, called)| self.draw(name, called, language)).collect();
        show(&self.root, !requests.is_empty());
        if let Some(place) = focused {
            let next = requests.get(place).or(requests.last());
            let target = next.and_then(|request| request.buttons.first()).unwrap_or(otherwise);
            let _ = target.focus();
        }
        self.shown.replace(requests);
    }

    fn draw(&self, name: &SigninName, called: &str, language: Language) -> Request {
        let item = element("li", "mi-request", &[("part", "request")]);
        let text = element("p", "mi-request-text", &[]);
        let who = element("bdi", "mi-name", &[("title", name.as_str())]);
        set_text(&who, called);
        let asks = element("span", "mi-asks", &[]);
        set_text(&asks, &[" ", language.word(Word::Asks)].concat());
        append(&text, &[&who, &asks]);
        let row = element("div", "mi-form-row", &[]);
        append(&item, &[&text, &row]);
        append(&self.root, &[&item]);
        let buttons = ANSWERS.iter().map(|(_, word)| {
            let button = button("mi-button mi-plain", "button");
            let word = language.word(*word);
            set_text(&button, word);
            set(&button, "aria-label", Some(&[word, ": ", called].concat()));
            append(&row, &[&button]);
            button
        });
        Request { name: name.clone(), called: called.to_owned(), buttons: buttons.collect() }
    }

    /// Returns who was answered how by a click.
    pub(super) fn answer(&self, event: &Event) -> Option<(SigninName, Answer)> {
        let target = event.target()?.dyn_into::<Element>().ok()?;
        let shown = self.shown.borrow();
        shown.iter().find_map(|request| {
            let place = request.buttons.iter().position(|button| **button == target)?;
            Some((request.name.clone(), ANSWERS[place].0))
        })
    }
}
