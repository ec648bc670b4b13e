//! Where messages are written: a field that Enter sends, where it is not a key on the screen, and a button.

use std::{cell::OnceCell, rc::Rc};

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::{Conversation, ConversationState, attribute, flag, text};
use crate::ui::{
    dom::{effect, is_composing, listen, set, set_value, unique, value},
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

    /// Returns its element, where it is drawn.
    pub(super) fn element(&self) -> Option<&HtmlElement> {
        self.0.get()
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

    /// Makes it as high as its text, where the browser does not do that by itself.
    pub(super) fn grow(&self) {
        let Some(field) = self.0.get() else { return };
        let style = field.style();
        if !js_sys::Reflect::has(&style, &"fieldSizing".into()).unwrap_or(true) {
            // Fails only where a style is no style. Lower than its text, it could never become less high.
            let set = |height: &str| drop(style.set_property("block-size", height));
            set("auto");
            set(&[&field.scroll_height().to_string(), "px"].concat());
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
    let surplus = unique();
    view! {
        <p {..fixed!(class="mi-failure mi-surplus" part="failure" role="status")} id=surplus.clone()>
            {move || shown.with(ConversationState::surplus)}
        </p>
        <form {..fixed!(class="mi-compose" part="form" novalidate="")} use:form=conversation>
            <textarea {..fixed!(class="mi-field" part="field" rows="2" dir="auto")}
                use:field=Rc::clone(&conversation)
                aria-label=attribute(|shown| shown.language.word(Word::Message).to_owned())
                aria-describedby=surplus
                aria-invalid=flag(shown, |shown| (shown.surplus > 0).then_some("true"))
                placeholder=attribute(|shown| shown.language.word(Word::Message).to_owned())
            ></textarea>
            <button {..fixed!(class="mi-button mi-send" part="button" type="submit")}>
                {text(shown, |shown| shown.language.word(Word::Send))}
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
    set(&field, "enterkeyhint", Some(if is_touched() { "enter" } else { "send" }));
    let this = Rc::clone(&conversation);
    listen(&field, "input", Box::new(move |_| this.written()));
    let (this, me) = (Rc::clone(&conversation), conversation.talk.me());
    effect(Box::new(move || this.give_to(&me.with(|me| me.name.clone()))));
    let pressed = move |event: web_sys::Event| {
        let key = event.unchecked_ref::<KeyboardEvent>();
        if key.key() == "Enter" && !key.shift_key() && !is_composing(key) && !is_touched() {
            event.prevent_default();
            conversation.submit();
        }
    };
    listen(&field, "keydown", Box::new(pressed));
}

// Whether fingers are what the device is mostly used with: a keyboard on the screen has no Shift+Enter.
fn is_touched() -> bool {
    let query = web_sys::window().and_then(|window| window.match_media("(pointer: coarse)").ok());
    query.flatten().is_some_and(|query| query.matches())
}
