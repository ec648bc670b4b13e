//! A conversation's way to a connection.

use leptos::prelude::*;
use mistatus_core::{
    chat::MessageText,
    message::{Command, RequestId},
    signin_name::SigninName,
};

use super::people::start;
use crate::{
    model::{Changes, ChatView, ContactView, MyView},
    shell::{Presence, Watched},
    ui::{conversation::Talk, list::Then},
};

/// The conversation with one person, over a connection.
pub struct ConnectedTalk {
    presence: Presence,
    with: SigninName,
    on_close: Box<dyn Fn()>,
}

impl ConnectedTalk {
    /// Makes it; `on_close` is called when the user closes the conversation.
    #[must_use]
    pub fn new(presence: Presence, with: SigninName, on_close: Box<dyn Fn()>) -> Self {
        Self { presence, with, on_close }
    }
}

impl Talk for ConnectedTalk {
    fn changes(&self) -> Changes {
        self.presence.model().chat(&self.with)
    }

    fn view(&self) -> ChatView {
        self.presence.with_session(|session| ChatView::of(session, &self.with))
    }

    fn contact(&self) -> ArcRwSignal<ContactView> {
        self.presence.known(&self.with)
    }

    fn me(&self) -> ArcRwSignal<MyView> {
        self.presence.me()
    }

    fn send(&self, text: MessageText, then: Then) {
        let to = self.with.clone();
        start(then, |then| self.presence.request(Command::SendMessage { to, text }, then));
    }

    fn discard(&self, request: RequestId) {
        self.presence.discard_unsent(&self.with, request);
    }

    fn fetch(&self, then: Then) {
        let with = self.with.clone();
        start(then, |then| self.presence.fetch_messages(with, then));
    }

    fn close(&self) {
        (self.on_close)();
    }
}

/// Somebody who has a conversation before their eyes: for as long as it is held, the person is followed and what they
/// write counts as read.
pub struct Reader {
    presence: Presence,
    with: SigninName,
    _watched: Watched,
}

impl Reader {
    /// Begins to read.
    #[must_use]
    pub fn new(presence: &Presence, with: SigninName) -> Self {
        let watched = presence.follow(with.clone());
        presence.model().read(&with, true);
        Self { presence: presence.clone(), with, _watched: watched }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.presence.model().read(&self.with, false);
    }
}
