//! A conversation with one person: a panel that is not modal, with what was written and a field to write in.
//!
//! Each message is text with a direction of its own, never markup. Where the panel lies is the element's business;
//! its handle only says by how much it is to be moved. Knows no connection: it reads [`Talk`].

mod log;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;
use mistatus_core::{chat::MessageText, hresult::HResult, message::RequestId};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent};

use self::log::Log;
use super::{
    dom::{self, append, button, effect, element, listen, set, set_text, set_value, value},
    language::{Language, Word},
    list::{Then, Wanted},
    status,
};
use crate::model::{Changes, ChatView, ContactView, MyView};

/// Nearer to the upper edge than this, in CSS pixels, the user wants older messages.
const NEAR: i32 = 40;

/// Is where the conversation has its messages from, and who sends them.
pub trait Talk {
    /// Counts changes of [`Talk::view`].
    fn changes(&self) -> Changes;
    /// Returns what was written.
    fn view(&self) -> ChatView;
    /// Returns with whom, as a signal.
    fn contact(&self) -> ArcRwSignal<ContactView>;
    /// Returns who the user is, as a signal.
    fn me(&self) -> ArcRwSignal<MyView>;
    /// Writes to the other. What becomes of it stands in [`Talk::view`]; `then` is told too.
    fn send(&self, text: MessageText, then: Then);
    /// Takes away what could not be sent.
    fn discard(&self, request: RequestId);
    /// Starts to fetch older messages.
    fn fetch(&self, then: Then);
    /// Is told that the user closes the conversation.
    fn close(&self);
}

/// Is a conversation on the page.
pub struct Conversation {
    talk: Rc<dyn Talk>,
    wanted: ArcRwSignal<Wanted>,
    log: Log,
    /// Whether older messages are on their way.
    fetching: Cell<bool>,
    /// Whether messages have been fetched since the sign-in.
    fetched: Cell<bool>,
    more: Cell<bool>,
    /// What was sent last, to return to the field where it is refused before it stands in the log.
    refused: RefCell<Option<String>>,
    root: HtmlElement,
    handle: HtmlElement,
    close: HtmlElement,
    older: HtmlElement,
    notice: HtmlElement,
    form: HtmlElement,
    field: HtmlElement,
    send: HtmlElement,
}

impl Conversation {
    /// Draws a conversation for as long as the present owner lives.
    #[must_use]
    pub fn new(talk: Rc<dyn Talk>, wanted: ArcRwSignal<Wanted>) -> Rc<Self> {
        let root = element("div", "mi-chat", &[("part", "panel"), ("role", "dialog")]);
        let head = element("div", "mi-head", &[("part", "head")]);
        let handle = element("button", "mi-handle", &[("part", "handle"), ("type", "button")]);
        let close = button("mi-button mi-plain mi-close", "button");
        let older = button("mi-button mi-plain mi-older", "button");
        let notice =
            element("p", "mi-failure mi-notice", &[("part", "failure"), ("role", "status")]);
        let form = element("form", "mi-compose", &[("part", "form"), ("novalidate", "")]);
        let field = element(
            "textarea",
            "mi-field",
            &[("part", "field"), ("rows", "2"), ("maxlength", "8000"), ("dir", "auto")],
        );
        let send = button("mi-button mi-send", "submit");

        let (contact, language) = (talk.contact(), wanted.clone());
        let language = move || language.with(|wanted| wanted.language);
        dom::mount(&head, move || status::full(contact, language));
        let conversation = Rc::new(Self {
            talk,
            wanted,
            log: Log::new(&older),
            fetching: Cell::new(false),
            fetched: Cell::new(false),
            more: Cell::new(false),
            refused: RefCell::default(),
            root,
            handle,
            close,
            older,
            notice,
            form,
            field,
            send,
        });
        let this = &conversation;
        append(&head, &[&this.handle, &this.close]);
        append(&this.form, &[&this.field, &this.send]);
        append(&this.root, &[&head, this.log.root(), &this.notice, &this.form]);
        this.listen();
        this.follow();
        conversation
    }

    /// Returns the conversation's box.
    #[must_use]
    pub const fn root(&self) -> &HtmlElement {
        &self.root
    }

    /// Puts the focus into the field.
    pub fn focus(&self) {
        let _ = self.field.focus();
    }

    fn language(&self) -> Language {
        self.wanted.with_untracked(|wanted| wanted.language)
    }

    fn listen(self: &Rc<Self>) {
        let hear = |target: &HtmlElement, name: &'static str, heard: fn(&Rc<Self>, &Event)| {
            let this = Rc::clone(self);
            listen(target, name, Box::new(move |event| heard(&this, &event)));
        };
        hear(&self.close, "click", |this, _| this.talk.close());
        hear(&self.older, "click", |this, _| this.fetch());
        hear(self.log.root(), "scroll", |this, _| {
            if this.more.get() && this.log.root().scroll_top() < NEAR {
                this.fetch();
            }
        });
        hear(self.log.root(), "click", Self::decide);
        hear(&self.root, "keydown", |this, event| {
            let event = event.unchecked_ref::<KeyboardEvent>();
            if event.key() == "Escape" && !event.is_composing() {
                event.stop_propagation();
                this.talk.close();
            }
        });
        hear(&self.field, "keydown", |this, event| {
            let event = event.unchecked_ref::<KeyboardEvent>();
            // 229 is what a key is while a method of input composes, where a browser does not say so otherwise.
            let composing = event.is_composing() || event.key_code() == 229;
            if event.key() == "Enter" && !event.shift_key() && !composing {
                event.prevent_default();
                this.submit();
            }
        });
        hear(&self.form, "submit", |this, event| {
            event.prevent_default();
            this.submit();
            this.focus();
        });
    }

    fn follow(self: &Rc<Self>) {
        let this = Rc::clone(self);
        let contact = self.talk.contact();
        effect(Box::new(move || {
            let language = this.wanted.with(|wanted| wanted.language);
            let word = |word| language.word(word);
            let name = contact.with(|view| view.display_name().to_owned());
            set(&this.root, "lang", Some(language.tag()));
            let title = [word(Word::Conversation), " ", &name].concat();
            set(&this.root, "aria-label", Some(&title));
            set(this.log.root(), "aria-label", Some(&title));
            for (target, name) in [(&this.handle, Word::Move), (&this.close, Word::Close)] {
                set(target, "aria-label", Some(word(name)));
                set(target, "title", Some(word(name)));
            }
            set(&this.field, "aria-label", Some(word(Word::Message)));
            set(&this.field, "placeholder", Some(word(Word::Message)));
            set_text(&this.send, word(Word::Send));
            set_text(&this.older, word(Word::Older));
        }));

        let this = Rc::clone(self);
        let (contact, me) = (self.talk.contact(), self.talk.me());
        let changes = self.talk.changes();
        effect(Box::new(move || {
            changes.track();
            let language = this.wanted.with(|wanted| wanted.language);
            let name = contact.with(|view| view.display_name().to_owned());
            let signed_in = me.with(|me| me.status.is_online());
            let view = this.talk.view();
            this.more.set(view.more && signed_in);
            this.log.paint(&view, &name, language, view.more && signed_in && this.fetched.get());
            let notice = match (view.blocked, signed_in) {
                (_, false) => language.word(Word::NotSignedIn),
                (true, _) => language.word(Word::YouBlocked),
                _ => "",
            };
            set_text(&this.notice, notice);
            if !signed_in {
                this.fetched.set(false);
            } else if !this.fetched.replace(true) && view.more {
                this.fetch();
            }
        }));
    }

    fn fetch(self: &Rc<Self>) {
        if self.fetching.replace(true) {
            return;
        }
        self.log.fetching(true);
        let this = Rc::clone(self);
        let then = move |_| {
            this.fetching.set(false);
            this.log.fetching(false);
        };
        self.talk.fetch(Box::new(then));
    }

    fn submit(self: &Rc<Self>) {
        // Nothing but blanks is nothing; too much does not fit into the field.
        let Ok(text) = MessageText::parse(&value(&self.field)) else { return };
        set_value(&self.field, "");
        self.log.stay_down();
        self.refused.replace(Some(text.as_str().to_owned()));
        let this = Rc::clone(self);
        // Refused before it was sent: it stands in no log, so it goes back into the field.
        let then = move |hr: HResult| {
            let text = this.refused.take();
            if let Some(text) = text.filter(|_| hr == HResult::MSGR_E_NOT_LOGGED_ON) {
                if value(&this.field).is_empty() {
                    set_value(&this.field, &text);
                }
                set_text(&this.notice, this.language().problem(hr));
            }
        };
        self.talk.send(text, Box::new(then));
    }

    // What becomes of a message that could not be sent.
    fn decide(self: &Rc<Self>, event: &Event) {
        let Some((request, text)) = self.log.decided(event) else { return };
        self.talk.discard(request);
        if let Some(text) = text.and_then(|text| MessageText::parse(&text).ok()) {
            self.talk.send(text, Box::new(drop));
        }
        self.focus();
    }
}
