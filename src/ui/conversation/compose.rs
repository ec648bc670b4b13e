//! Where messages are written: a field that Enter sends, and a button.

use std::{cell::OnceCell, rc::Rc};

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::{Conversation, attribute, text};
use crate::ui::{
    dom::{listen, set_value, value},
    fixed::fixed,
    language::Word,
};

/// The field in which messages are written.
#[derive(Default)]
pub(super) struct Field(OnceCell<HtmlElement>);

impl Field {
    /// Gives it the focus.
    pub(super) fn focus(&self) {
        if let Some(field) = self.0.get() {
            let _ = field.focus();
        }
    }

    /// Returns what is written in it.
    pub(super) fn text(&self) -> String {
        self.0.get().map(value).unwrap_or_default()
    }

    /// Replaces what is written in it.
    pub(super) fn set_text(&self, text: &str) {
        if let Some(field) = self.0.get() {
            set_value(field, text);
        }
    }
}

/// Draws the field for a message.
#[component]
pub(super) fn Compose(
    /// Of which conversation.
    conversation: Rc<Conversation>,
) -> impl IntoView {
    let shown = conversation.shown.read_only();
    let attribute = move |read| attribute(shown, read);
    view! {
        <form {..fixed!(class="mi-compose" part="form" novalidate="")} use:form=conversation>
            <textarea {..fixed!(class="mi-field" part="field" rows="2" maxlength="8000" dir="auto")}
                use:field=Rc::clone(&conversation)
                aria-label=attribute(|shown| Some(shown.word(Word::Message)))
                placeholder=attribute(|shown| Some(shown.word(Word::Message)))
            ></textarea>
            <button {..fixed!(class="mi-button mi-send" part="button" type="submit")}>
                {text(shown, |shown| shown.word(Word::Send))}
            </button>
        </form>
    }
}

// Makes an element the form of a conversation, until the present owner ends.
fn form(form: Element, conversation: Rc<Conversation>) {
    let submitted = move |event: web_sys::Event| {
        event.prevent_default();
        conversation.submit();
        conversation.focus();
    };
    listen(&form, "submit", Box::new(submitted));
}

// Makes an element the field of a conversation, until the present owner ends.
fn field(field: Element, conversation: Rc<Conversation>) {
    let _ = conversation.field.0.set(field.clone().unchecked_into());
    let pressed = move |event: web_sys::Event| {
        let key = event.unchecked_ref::<KeyboardEvent>();
        // 229 is what a key is while a method of input composes, where a browser does not say so otherwise.
        let is_composing = key.is_composing() || key.key_code() == 229;
        if key.key() == "Enter" && !key.shift_key() && !is_composing {
            event.prevent_default();
            conversation.submit();
        }
    };
    listen(&field, "keydown", Box::new(pressed));
}
