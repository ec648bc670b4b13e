//! A conversation with one person: a panel that is not modal, with what was written and a field to write in.
//!
//! Each message is text with a direction of its own, never markup. Where the panel lies is the element's business;
//! its handle only says by how much it is to be moved. Knows no connection: it reads [`Talk`].

#[expect(unreachable_pub, reason = "the builder that #[component] makes is pub")]
mod compose;
#[expect(unreachable_pub, reason = "the builder that #[component] makes is pub")]
mod log;
mod scroll;
mod sight;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use mistatus_core::{
    chat::{MessageText, MessageTextError},
    hresult::HResult,
    limits::MESSAGE_MAX,
    message::RequestId,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};

use self::{
    compose::{Compose, Field},
    log::Log,
    scroll::Scroll,
    sight::Sight,
};
use super::{
    announce::{Troubles, announce},
    dom::{effect, listen, on_end},
    fixed::fixed,
    intl,
    keys::keep_keys,
    language::{Language, Word},
    list::Then,
    status,
};
use crate::model::{Changes, ChatView, ContactView, MyView, Unsaid};

/// How many characters of a message are said at most when it arrives: who wants more reads it.
const SPOKEN_MAX: usize = 200;

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
    /// Hears that the user wants to be connected.
    fn connect(&self);
    /// Writes to the other. What becomes of it stands in [`Talk::view`]; `then` is told too.
    fn send(&self, text: MessageText, then: Then);
    /// Sends what could not be sent once more. What becomes of it stands in [`Talk::view`].
    ///
    /// # Errors
    /// Why it is not tried; it stays as it is.
    fn retry(&self, request: RequestId) -> Result<(), HResult>;
    /// Takes away what could not be sent.
    fn discard(&self, request: RequestId);
    /// Starts to fetch older messages.
    fn fetch(&self, then: Then);
    /// Hears that the user has what is known of the conversation before their eyes.
    fn read(&self);
    /// Returns what a user had begun to write to the other.
    fn draft(&self, user: &str) -> String;
    /// Keeps what a user has begun to write to the other; empty where there is nothing any more.
    fn keep_draft(&self, user: &str, text: &str);
    /// Hears that the user closes the conversation.
    fn close(&self);
}

/// A conversation on the page: what it shows and what its controls do. [`ConversationView`] draws it.
pub struct Conversation {
    talk: Rc<dyn Talk>,
    language: Box<dyn Fn() -> Language>,
    shown: RwSignal<ConversationState>,
    scroll: Scroll,
    field: Field,
    sight: Sight,
    /// Ends with the day.
    midnight: Cell<Option<Timeout>>,
    /// Whose text is in the field: a sign-in name; empty while nobody is signed in.
    writer: RefCell<String>,
}

/// What a conversation shows. One signal for all of it: each type of a signal is bytes for every page.
struct ConversationState {
    language: Language,
    /// The name of the other.
    name: String,
    is_signed_in: bool,
    /// What is to be told where the user is not signed in, and how to go on: [`Language::signin`].
    signin: (&'static str, Option<&'static str>),
    chat: ChatView,
    /// Counts changes of language and name.
    wording: u32,
    /// When the present day began where the user is, in milliseconds since 1970; not known before it is drawn in a browser.
    today: Option<u64>,
    /// Whether older messages are on their way.
    is_fetching: bool,
    /// Whether messages have been fetched since the sign-in.
    has_fetched: bool,
    /// Why the last message was refused before it was sent.
    refusal: Option<HResult>,
    /// By how many UTF-16 units what is in the field is too long.
    surplus: usize,
}

impl Conversation {
    /// Makes a conversation that lives as long as the present owner. `language` may read signals.
    #[must_use]
    pub fn new(talk: Rc<dyn Talk>, language: impl Fn() -> Language + 'static) -> Rc<Self> {
        let now = untrack(&language);
        let shown = ConversationState {
            language: now,
            signin: talk.me().with_untracked(|me| now.signin(me)),
            name: talk.contact().with_untracked(|contact| contact.display_name().to_owned()),
            is_signed_in: talk.me().with_untracked(is_signed_in),
            chat: talk.view(),
            wording: 0,
            today: None,
            is_fetching: false,
            has_fetched: false,
            refusal: None,
            surplus: 0,
        };
        Rc::new(Self {
            talk,
            language: Box::new(language),
            shown: RwSignal::new(shown),
            scroll: Scroll::default(),
            field: Field::default(),
            sight: Sight::default(),
            midnight: Cell::default(),
            writer: RefCell::default(),
        })
    }

    /// Puts the focus into the field.
    pub fn focus(&self) {
        self.field.focus();
    }

    /// Keeps up with what is written, until the present owner ends.
    fn follow(self: &Rc<Self>, log: &Element) {
        self.turn_day();
        let this = Rc::clone(self);
        on_end(Box::new(move || drop(this.midnight.take())));
        let this = Rc::clone(self);
        let (changes, contact, me) = (self.talk.changes(), self.talk.contact(), self.talk.me());
        let mut has_asked = false;
        let (log, troubles) = (log.clone(), Troubles::default());
        effect(Box::new(move || {
            changes.track();
            let language = (this.language)();
            let name = contact.with(|contact| contact.display_name().to_owned());
            let (is_signed_in, signin) = me.with(|me| (is_signed_in(me), language.signin(me)));
            let chat = this.talk.view();
            let trouble = if signin.1.is_some() { signin.0 } else { "" };
            troubles.hear(&log, trouble, is_signed_in);
            if is_signed_in && has_asked {
                this.announce_news(&log, &chat);
            }
            let is_first = is_signed_in && !has_asked;
            has_asked = is_signed_in;
            let may_fetch = is_first && chat.more;
            let place = this.scroll.place();
            let mut older_came = false;
            this.shown.update(|shown| {
                let first = |chat: &ChatView| chat.said.first().map(|said| said.id);
                older_came = first(&chat) < first(&shown.chat);
                if shown.language != language || shown.name != name {
                    shown.wording += 1;
                }
                if shown.is_signed_in != is_signed_in {
                    shown.refusal = None;
                }
                shown.language = language;
                shown.name = name;
                shown.is_signed_in = is_signed_in;
                shown.signin = signin;
                shown.chat = chat;
                if is_first {
                    shown.has_fetched = !may_fetch;
                }
            });
            this.scroll.keep(place, older_came);
            this.look();
            if may_fetch {
                this.fetch();
            }
        }));
    }

    // Says what the other has written, where the user has it before their eyes, and what could not be sent. What the user
    // wrote they know.
    fn announce_news(&self, log: &Element, chat: &ChatView) {
        let mut news = Vec::new();
        self.shown.with_untracked(|shown| {
            let last = shown.chat.said.last().map_or(0, |said| said.id);
            if self.sight.is_seen() && last > 0 {
                let new = chat.said.iter().filter(|said| said.id > last && !said.mine);
                let short = |text: &str| text.chars().take(SPOKEN_MAX).collect::<String>();
                news.extend(new.map(|said| [&shown.name, ": ", &*short(&said.text)].concat()));
            }
            let known = |one: &Unsaid| {
                let is_it =
                    |before: &Unsaid| before.request == one.request && before.failure.is_some();
                shown.chat.unsaid.iter().any(is_it)
            };
            for unsaid in chat.unsaid.iter().filter(|unsaid| !known(unsaid)) {
                if let Some(hr) = unsaid.failure {
                    let word = shown.language.word(Word::NotSent);
                    news.push([word, ": ", shown.language.problem(hr)].concat());
                }
            }
        });
        for text in news {
            announce(log, &text);
        }
    }

    // Sees which day it is, now and when the next one begins: what was written today is of yesterday then.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "times of today")]
    fn turn_day(self: &Rc<Self>) {
        let today = intl::today();
        let began = Some(today.start as u64);
        if self.shown.try_with_untracked(|shown| shown.today) != Some(began) {
            self.shown.try_update(|shown| shown.today = began);
        }
        let this = Rc::downgrade(self);
        let turn = move || {
            if let Some(this) = this.upgrade() {
                this.turn_day();
            }
        };
        let rest = (today.end - js_sys::Date::now()).max(0.0).ceil() as u32;
        self.midnight.set(Some(Timeout::new(rest, turn)));
    }

    // What can be seen counts as read.
    fn look(&self) {
        if self.sight.is_seen() && self.shown.with_untracked(|shown| shown.is_signed_in) {
            self.talk.read();
        }
    }

    fn fetch(self: &Rc<Self>) {
        if self.shown.with_untracked(|shown| shown.is_fetching) {
            return;
        }
        self.shown.update(|shown| shown.is_fetching = true);
        let shown = self.shown;
        let then = move |_| {
            // It may be gone meanwhile.
            shown.try_update(|shown| {
                shown.is_fetching = false;
                shown.has_fetched = true;
            });
        };
        self.talk.fetch(Box::new(then));
    }

    fn submit(self: &Rc<Self>) {
        // Nothing but blanks is nothing; of what is too long, the field says so.
        let Ok(text) = MessageText::parse(&self.field.text()) else { return };
        if self.send(text) {
            self.write("");
            self.scroll.to_end();
        }
    }

    // Returns whether it was not refused at once. What is refused later and stands in no log goes back into the field.
    fn send(self: &Rc<Self>, text: MessageText) -> bool {
        self.refuse(None);
        let written = text.as_str().to_owned();
        let writer = self.writer.borrow().clone();
        let known = self.talk.view().unsaid;
        let is_taken = Rc::new(Cell::new(None));
        let (this, taken) = (Rc::clone(self), Rc::clone(&is_taken));
        let then = move |hr: HResult| {
            let is_new = |unsaid: &Unsaid| known.iter().all(|one| one.request != unsaid.request);
            let is_it = |unsaid: &Unsaid| unsaid.text == written && is_new(unsaid);
            if !hr.is_failure() || this.talk.view().unsaid.iter().any(is_it) {
                return;
            }
            // It went with whoever wrote it.
            if *this.writer.borrow() != writer {
                return;
            }
            this.refuse(Some(hr));
            if taken.replace(Some(false)).is_some() {
                this.write(&joined(&written, &this.field.text()));
            }
        };
        self.talk.send(text, Box::new(then));
        let is_taken = is_taken.replace(Some(true));
        is_taken.is_none()
    }

    // Gives the field to whoever is signed in: they find what they had begun, and nobody what somebody else had.
    fn give_to(&self, user: &str) {
        let before = self.writer.replace(user.to_owned());
        if before != user {
            // What was written before it was known by whom belongs to them as well.
            let begun = if before.is_empty() { self.field.text() } else { String::new() };
            self.write(&joined(&self.talk.draft(user), &begun));
        }
    }

    fn write(&self, text: &str) {
        self.field.set_text(text);
        self.written();
    }

    // What stands in the field has changed.
    fn written(&self) {
        self.field.grow();
        let text = self.field.text();
        self.talk.keep_draft(&self.writer.borrow(), &text);
        let surplus = match MessageText::parse(&text) {
            Err(MessageTextError::TooLong { units }) => units - MESSAGE_MAX,
            _ => 0,
        };
        // Each change is heard by everything that is shown.
        if self.shown.try_with_untracked(|shown| shown.surplus) != Some(surplus) {
            self.shown.try_update(|shown| shown.surplus = surplus);
        }
    }

    fn refuse(&self, hr: Option<HResult>) {
        self.shown.try_update(|shown| shown.refusal = hr);
        let language = self.shown.try_with_untracked(|shown| shown.language);
        if let (Some(hr), Some(language), Some(field)) = (hr, language, self.field.element()) {
            announce(field, language.problem(hr));
        }
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
            Some("connect") => {
                // Once there is a connection, the button is gone.
                self.focus();
                self.talk.connect();
            }
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
        let refusal = self.talk.retry(request).err();
        self.refuse(refusal);
        if refusal.is_none() {
            self.focus();
        }
    }

    fn key(&self, event: &KeyboardEvent) {
        if event.key() == "Escape" && !event.is_composing() {
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
    let shown = conversation.shown.read_only();
    let attribute = move |read| attribute(shown, read);
    let contact = conversation.talk.contact();
    view! {
        <div {..fixed!(class="mi-chat" part="panel" role="dialog")}
            use:panel=conversation
            use:keep_keys
            lang=attribute(|shown| shown.language.tag().to_owned())
            aria-label=attribute(|shown| shown.title())
        >
            <div {..fixed!(class="mi-head" part="head")}>
                {status::full(contact, move || shown.with(|shown| shown.language))}
                <button {..fixed!(class="mi-handle" part="handle" type="button")}
                    aria-label=attribute(|shown| shown.language.word(Word::Move).to_owned())
                    title=attribute(|shown| shown.language.word(Word::Move).to_owned())
                ></button>
                <button {..fixed!(class="mi-button mi-plain mi-close" part="button" type="button" name="close")}
                    aria-label=attribute(|shown| shown.language.word(Word::Close).to_owned())
                    title=attribute(|shown| shown.language.word(Word::Close).to_owned())
                ></button>
            </div>
            <Log conversation=Rc::clone(&conversation)/>
            <p {..fixed!(class="mi-failure mi-notice" part="failure")}>
                {text(shown, ConversationState::notice)}
                <button {..fixed!(class="mi-button mi-plain" part="button" type="button" name="connect")}
                    hidden=flag(shown, |shown| shown.signin.1.is_none().then_some(""))
                >
                    {text(shown, |shown| shown.signin.1.unwrap_or_default())}
                </button>
            </p>
            <Compose conversation=Rc::clone(&conversation)/>
        </div>
    }
}

// Each type of a closure is bytes for every page, and each type that it returns, unless the picker has it, too: so those
// that follow the signal have three types in all.

fn attribute(
    shown: ReadSignal<ConversationState>,
    read: fn(&ConversationState) -> String,
) -> impl Fn() -> String + Send + 'static {
    move || shown.with(read)
}

fn flag(
    shown: ReadSignal<ConversationState>,
    read: fn(&ConversationState) -> Option<&'static str>,
) -> impl Fn() -> Option<&'static str> + Send + 'static {
    move || shown.with(read)
}

fn text(
    shown: ReadSignal<ConversationState>,
    read: fn(&ConversationState) -> &'static str,
) -> impl Fn() -> Option<&'static str> + Send + 'static {
    move || Some(shown.with(read))
}

// Makes an element the panel of a conversation, until the present owner ends.
fn panel(root: Element, conversation: Rc<Conversation>) {
    let this = Rc::clone(&conversation);
    listen(&root, "click", Box::new(move |event| this.click(&event)));
    listen(&root, "keydown", Box::new(move |event| conversation.key(event.unchecked_ref())));
}

impl ConversationState {
    fn title(&self) -> String {
        [self.language.word(Word::Conversation), " ", &self.name].concat()
    }

    /// Returns what stands in the way of writing.
    fn notice(&self) -> &'static str {
        match self.refusal {
            Some(hr) => self.language.problem(hr),
            None if !self.signin.0.is_empty() => self.signin.0,
            None if self.chat.blocked => self.language.word(Word::YouBlocked),
            None => "",
        }
    }

    /// Returns by how much the message is too long; nothing where it is not.
    fn surplus(&self) -> Option<String> {
        let word = self.language.word(Word::Surplus);
        (self.surplus > 0).then(|| [word, " ", &self.surplus.to_string()].concat())
    }

    fn may_fetch(&self) -> bool {
        self.chat.more && self.is_signed_in
    }

    fn has_older(&self) -> bool {
        self.may_fetch() && self.has_fetched
    }
}

// Puts what was written first above the rest.
fn joined(first: &str, rest: &str) -> String {
    [first, if first.is_empty() || rest.is_empty() { "" } else { "\n" }, rest].concat()
}

fn is_signed_in(me: &MyView) -> bool {
    me.status.is_online()
}
