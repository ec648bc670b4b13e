//! Who asks to see the user, with the three answers.

use leptos::prelude::*;
use mistatus_core::signin_name::SigninName;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use super::state::State;
use crate::ui::language::{Language, Word};

/// Most requests that are shown at once; the next come up as these are answered.
const SHOWN_MAX: usize = 20;

/// Somebody's sign-in name, and what to call them.
type Request = (SigninName, String);

/// How a request is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// They may see the user.
    Accept,
    /// They may not.
    Refuse,
    /// They may not, and are not to be heard of any more.
    Block,
}

const ANSWERS: [(Answer, Word); 3] =
    [(Answer::Accept, Word::Accept), (Answer::Refuse, Word::Refuse), (Answer::Block, Word::Block)];

/// The requests that are shown.
pub(super) struct Requests(State);

impl Requests {
    pub(super) const fn new(state: State) -> Self {
        Self(state)
    }

    fn shown(&self) -> Vec<Request> {
        let mut shown = Vec::new();
        self.0.read(&mut |state| shown.clone_from(&state.requests));
        shown
    }

    /// Shows who asks. The focus in `root` stays in the same place where it can; returns false where it was there and
    /// nobody asks any more.
    pub(super) fn replace(&self, root: Option<&HtmlElement>, asking: &[Request]) -> bool {
        let asking = &asking[..asking.len().min(SHOWN_MAX)];
        if self.shown() == asking {
            return true;
        }
        let buttons = root.map(|root| buttons(root)).unwrap_or_default();
        let focused = buttons.iter().position(|button| button.matches(":focus").unwrap_or(false));
        // Before the lines change: the focus is lost with a button that goes.
        if let (Some(focused), Some(last)) = (focused, asking.len().checked_sub(1)) {
            let place = (focused / ANSWERS.len()).min(last);
            let _ = buttons[place * ANSWERS.len()].focus();
        }
        self.0.update(&mut |state| state.requests = asking.to_vec());
        focused.is_none() || !asking.is_empty()
    }

    /// Returns who was answered how by a click in `root`.
    pub(super) fn answer(&self, root: &Element, event: &Event) -> Option<(SigninName, Answer)> {
        let target = event.target()?.dyn_into::<Element>().ok()?;
        let place = buttons(root).iter().position(|button| **button == target)?;
        let (answer, _) = ANSWERS[place % ANSWERS.len()];
        let (name, _) = self.shown().into_iter().nth(place / ANSWERS.len())?;
        Some((name, answer))
    }
}

// The buttons of all requests, in the order of [`ANSWERS`] for each.
fn buttons(root: &Element) -> Vec<HtmlElement> {
    let buttons = root.get_elements_by_tag_name("button");
    let button = |index| buttons.item(index).map(Element::unchecked_into);
    (0..buttons.length()).filter_map(button).collect()
}

/// Draws who asks, one item each.
pub(super) fn requests(asking: &[Request], language: Language) -> impl IntoView + use<> {
    let asks = [" ", language.word(Word::Asks)].concat();
    let item = |(name, called): &Request| {
        let button = |(_, word): &(Answer, Word)| {
            let word = language.word(*word);
            let name = [word, ": ", called].concat();
            view! {
                <button class="mi-button mi-plain" part="button" type="button" aria-label=name>
                    {word}
                </button>
            }
        };
        view! {
            <li class="mi-request" part="request">
                <p class="mi-request-text">
                    <bdi class="mi-name" title=name.as_str().to_owned()>{called.clone()}</bdi>
                    <span class="mi-asks">{asks.clone()}</span>
                </p>
                <div class="mi-form-row">{ANSWERS.iter().map(button).collect_view()}</div>
            </li>
        }
    };
    view! {
        <ul
            class="mi-requests" part="requests" hidden=asking.is_empty()
            aria-label=language.word(Word::Requests)
        >
            {asking.iter().map(item).collect_view()}
        </ul>
    }
}
