//! A conversation's way to a connection.

use leptos::prelude::*;
use mistatus_core::{
    chat::MessageText,
    hresult::HResult,
    message::{Command, RequestId},
    signin_name::SigninName,
};

use super::people::start;
use crate::{
    model::{Changes, ChatView, ContactView, MyView},
    shell::{Presence, Watched},
    ui::{conversation::Talk, list::Then},
};

/// The conversation with one person, over a connection, who is followed for as long as it is held.
pub struct ConnectedTalk {
    presence: Presence,
    with: SigninName,
    on_close: Box<dyn Fn()>,
    _watched: Watched,
}

impl ConnectedTalk {
    /// Makes it; `on_close` is called when the user closes the conversation.
    #[must_use]
    pub fn new(presence: Presence, with: SigninName, on_close: Box<dyn Fn()>) -> Self {
        let watched = presence.follow(with.clone());
        Self { presence, with, on_close, _watched: watched }
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

    fn connect(&self) {
        self.presence.connect_now();
    }

    fn send(&self, text: MessageText, then: Then) {
        let to = self.with.clone();
        start(then, |then| self.presence.request(Command::SendMessage { to, text }, then));
    }

    fn retry(&self, request: RequestId) -> Result<(), HResult> {
        self.presence.retry_unsent(&self.with, request)
    }

    fn discard(&self, request: RequestId) {
        self.presence.discard_unsent(&self.with, request);
    }

    fn fetch(&self, then: Then) {
        let with = self.with.clone();
        start(then, |then| self.presence.fetch_messages(with, then));
    }

    fn read(&self) {
        self.presence.mark_read(&self.with);
    }

    fn draft(&self, user: &str) -> String {
        self.presence.draft(user, &self.with)
    }

    fn keep_draft(&self, user: &str, text: &str) {
        self.presence.keep_draft(user, &self.with, text);
    }

    fn close(&self) {
        (self.on_close)();
    }
}
