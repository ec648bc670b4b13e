//! A conversation with one person: a panel that is not modal, with what was written and a field to write in.
//!
//! Each message is text with a direction of its own, never markup. Where the panel lies is the element's business;
//! its handle only says by how much it is to be moved. Knows no connection: it reads [`Talk`].

#[expect(unreachable_pub, reason = "the builder that #[component] makes is pub")]
mod compose;
#[expect(unreachable_pub, reason = "the builder that #[component] makes is pub")]
mod log;
mod scroll;

use std::{cell::Cell, rc::Rc};

use leptos::prelude::*;
use mistatus_core::{chat::MessageText, hresult::HResult, message::RequestId};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};

use self::{
    compose::{Compose, Field},
    log::Log,
    scroll::Scroll,
};
use super::{
    dom::{effect, listen},
    language::{Language, Word},
    list::Then,
    status,
};
use crate::model::{Changes, ChatView, ContactView, MyView};

/// The source of a conversation's messages, and the way to send more.
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
    /// Hears that the user closes the conversation.
    fn close(&self);
}

/// The state of a conversation on the page, and what its controls do. [`ConversationView`] draws it.
pub struct Conversation {
    talk: Rc<dyn Talk>,
    language: ReadSignal<Language>,
    contact: ReadSignal<ContactView>,
    me: ReadSignal<MyView>,
    chat: RwSignal<ChatView>,
    /// Whether older messages are on their way.
    is_fetching: RwSignal<bool>,
    /// Whether messages have been fetched since the sign-in.
    has_fetched: RwSignal<bool>,
    /// Why the last message was refused before it was sent.
    refusal: RwSignal<Option<HResult>>,
    scroll: Scroll,
    field: Field,
}

impl Conversation {
    /// Makes a conversation that lives as long as the present owner.
    #[must_use]
    pub fn new(talk: Rc<dyn Talk>, language: impl Into<ReadSignal<Language>>) -> Rc<Self> {
        Rc::new(Self {
            language: language.into(),
            contact: talk.contact().read_only().into(),
            me: talk.me().read_only().into(),
            chat: RwSignal::new(talk.view()),
            is_fetching: RwSignal::new(false),
            has_fetched: RwSignal::new(false),
            refusal: RwSignal::new(None),
            scroll: Scroll::default(),
            field: Field::default(),
            talk,
        })
    }

    /// Puts the focus into the field.
    pub fn focus(&self) {
        self.field.focus();
    }

    /// Keeps up with what is written, until the present owner ends.
    fn follow(self: &Rc<Self>) {
        let this = Rc::clone(self);
        let changes = self.talk.changes();
        let was_signed_in = Cell::new(false);
        effect(Box::new(move || {
            // Each of them may make messages higher or lower than they were.
            changes.track();
            this.language.track();
            this.contact.track();
            let signed_in = this.me.with(is_signed_in);
            let place = this.scroll.place();
            let view = this.talk.view();
            let more = view.more;
            let first = |chat: &ChatView| chat.said.first().map(|said| said.id);
            let older_came = first(&view) < this.chat.with_untracked(first);
            this.chat.set(view);
            this.refusal.set(None);
            this.scroll.keep(place, older_came);
            if signed_in && !was_signed_in.replace(signed_in) {
                this.has_fetched.set(!more);
                if more {
                    this.fetch();
                }
            }
            was_signed_in.set(signed_in);
        }));
    }

    fn fetch(self: &Rc<Self>) {
        if self.is_fetching.get_untracked() {
            return;
        }
        self.is_fetching.set(true);
        let (is_fetching, has_fetched) = (self.is_fetching, self.has_fetched);
        let then = move |_| {
            is_fetching.set(false);
            has_fetched.set(true);
        };
        self.talk.fetch(Box::new(then));
    }

    fn submit(self: &Rc<Self>) {
        let written = self.field.text();
        // Nothing but blanks is nothing; too much does not fit into the field.
        let Ok(text) = MessageText::parse(&written) else { return };
        self.field.set_text("");
        self.scroll.to_end();
        self.refusal.set(None);
        let this = Rc::clone(self);
        // Refused before it was sent: it stands in no log, so it goes back into the field.
        let then = move |hr: HResult| {
            if hr == HResult::MSGR_E_NOT_LOGGED_ON {
                if this.field.text().is_empty() {
                    this.field.set_text(&written);
                }
                this.refusal.set(Some(hr));
            }
        };
        self.talk.send(text, Box::new(then));
    }

    // One listener for all buttons: those of messages come and go.
    fn click(self: &Rc<Self>, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(button) = target else { return };
        let request = || {
            let number = button.get_attribute("value")?.parse().ok()?;
            Some(RequestId(number))
        };
        match button.get_attribute("name").as_deref() {
            Some("close") => self.talk.close(),
            Some("older") => self.fetch(),
            Some("retry") => {
                if let Some(request) = request() {
                    self.retry(request);
                }
            }
            Some("discard") => {
                if let Some(request) = request() {
                    self.talk.discard(request);
                    self.focus();
                }
            }
            _ => {}
        }
    }

    fn retry(&self, request: RequestId) {
        let text = self.chat.with_untracked(|chat| {
            let unsaid = chat.unsaid.iter().find(|unsaid| unsaid.request == request)?;
            MessageText::parse(&unsaid.text).ok()
        });
        self.talk.discard(request);
        if let Some(text) = text {
            self.talk.send(text, Box::new(drop));
        }
        self.focus();
    }

    fn key(&self, event: &KeyboardEvent) {
        if event.key() == "Escape" && !event.is_composing() {
            event.stop_propagation();
            self.talk.close();
        }
    }
}

/// Draws a conversation. [`crate::Conversation`] is the same with a connection.
#[component]
pub fn ConversationView(
    /// What to draw.
    conversation: Rc<Conversation>,
) -> impl IntoView {
    let (language, contact) = (conversation.language, conversation.contact);
    let (chat, me, refusal) = (conversation.chat, conversation.me, conversation.refusal);
    let word = move |word| move || language.get().word(word);
    let notice = move || {
        let word = match (refusal.get(), me.with(is_signed_in)) {
            (Some(hr), _) => return language.get().problem(hr),
            (None, false) => Word::NotSignedIn,
            (None, true) if chat.with(|chat| chat.blocked) => Word::YouBlocked,
            (None, true) => return "",
        };
        language.get().word(word)
    };
    view! {
        <div
            class="mi-chat" part="panel" role="dialog"
            use:panel=conversation
            lang=move || language.get().tag()
            aria-label=title(language, contact)
        >
            <div class="mi-head" part="head">
                {status::full(conversation.talk.contact(), move || language.get())}
                <button
                    class="mi-handle" part="handle" type="button"
                    aria-label=word(Word::Move) title=word(Word::Move)
                ></button>
                <button
                    class="mi-button mi-plain mi-close" part="button" type="button" name="close"
                    aria-label=word(Word::Close) title=word(Word::Close)
                ></button>
            </div>
            <Log conversation=Rc::clone(&conversation)/>
            <p class="mi-failure mi-notice" part="failure" role="status">{notice}</p>
            <Compose conversation=Rc::clone(&conversation)/>
        </div>
    }
}

// Makes an element the panel of a conversation, until the present owner ends.
fn panel(root: Element, conversation: Rc<Conversation>) {
    let this = Rc::clone(&conversation);
    listen(&root, "click", Box::new(move |event| this.click(&event)));
    listen(&root, "keydown", Box::new(move |event| conversation.key(event.unchecked_ref())));
}

fn title(
    language: ReadSignal<Language>,
    contact: ReadSignal<ContactView>,
) -> impl Fn() -> String + Send + Clone + 'static {
    move || {
        let word = language.get().word(Word::Conversation);
        contact.with(|contact| [word, " ", contact.display_name()].concat())
    }
}

fn is_signed_in(me: &MyView) -> bool {
    me.status.is_online()
}
