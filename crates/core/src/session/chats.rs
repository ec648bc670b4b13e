//! Conversations: what was written and by whom, what is on its way, what failed.

use std::collections::VecDeque;

use super::{Event, Session};
use crate::{
    by_name::ByName,
    chat::{ChatMessage, MessageId, MessageText},
    dialect::Dialect,
    hresult::HResult,
    limits::{CHATS_MAX, CONVERSATION_MAX, SENT_MAX},
    message::{Command, RequestId, Signal},
    signin_name::SigninName,
    time::Tick,
};

/// The known messages of the conversation with one person.
#[derive(Debug)]
pub struct Chat {
    with: SigninName,
    messages: VecDeque<ChatMessage>,
    unsent: Vec<UnsentMessage>,
    /// By which requests the last ones were sent: engines may still say that one was not delivered.
    sent: VecDeque<(RequestId, MessageId)>,
    /// Whether the engine has older messages than the first.
    more: bool,
    corrections: u32,
}

/// A message that the engine has not accepted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnsentMessage {
    /// By which request it is being sent.
    pub request: RequestId,
    /// What it says.
    pub text: MessageText,
    /// Why it could not be sent; `None` while it is on its way.
    pub failure: Option<HResult>,
    /// Whether the engine has not said so: it may have the message all the same.
    pub(super) is_doubtful: bool,
}

impl Chat {
    /// Returns with whom.
    #[must_use]
    pub const fn with(&self) -> &SigninName {
        &self.with
    }

    /// Iterates over the messages in their order, the oldest first.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &ChatMessage> {
        self.messages.iter()
    }

    /// Returns what has not been sent, in the order in which it was written.
    #[must_use]
    pub fn unsent(&self) -> &[UnsentMessage] {
        &self.unsent
    }

    /// Whether there are older messages to be had by [`Session::fetch_messages`].
    #[must_use]
    pub const fn has_more(&self) -> bool {
        self.more
    }

    /// Returns how often the text of a message was replaced.
    #[must_use]
    pub const fn corrections(&self) -> u32 {
        self.corrections
    }

    /// Returns the last message that the other wrote; 0, which no message has, where none is known.
    pub(super) fn newest_received(&self) -> MessageId {
        let received = self.messages.iter().rev().find(|message| message.from == self.with);
        received.map_or(MessageId(0), |message| message.id)
    }

    fn new(with: SigninName) -> Self {
        Self {
            with,
            messages: VecDeque::new(),
            unsent: Vec::new(),
            sent: VecDeque::new(),
            more: true,
            corrections: 0,
        }
    }

    /// Notes that what a request wrote failed, sent or not; returns with whom, where it is of this conversation.
    fn take_back(&mut self, request: RequestId, failure: HResult) -> Option<SigninName> {
        let sent = self.sent.iter().find(|sent| sent.0 == request).map(|sent| sent.1);
        let at = self.messages.iter().position(|message| Some(message.id) == sent);
        if let Some(message) = at.and_then(|at| self.messages.remove(at)) {
            self.unsent.push(UnsentMessage::new(request, message.text));
        }
        let unsent = self.unsent.iter_mut().find(|unsent| unsent.request == request)?;
        (unsent.failure, unsent.is_doubtful) = (Some(failure), false);
        Some(self.with.clone())
    }

    /// Puts a message into its place; false if it was there.
    fn insert(&mut self, message: ChatMessage) -> bool {
        let place = self.messages.partition_point(|other| other.id < message.id);
        if let Some(same) = self.messages.get_mut(place).filter(|other| other.id == message.id) {
            same.delivered |= message.delivered;
            if same.text != message.text {
                same.text = message.text;
                self.corrections += 1;
            }
            return false;
        }
        self.messages.insert(place, message);
        if self.messages.len() > CONVERSATION_MAX {
            self.messages.pop_front();
            self.more = true;
        }
        true
    }
}

impl UnsentMessage {
    const fn new(request: RequestId, text: MessageText) -> Self {
        Self { request, text, failure: None, is_doubtful: false }
    }
}

impl<D: Dialect> Session<D> {
    /// Returns the conversation with somebody, where there is one.
    pub fn chat(&self, with: &SigninName) -> Option<&Chat> {
        self.chats.get(with)
    }

    /// Writes to somebody; [`Event::Chat`] tells how it goes on.
    pub(super) fn send_message(
        &mut self,
        to: SigninName,
        text: MessageText,
        now: Tick,
    ) -> Result<RequestId, HResult> {
        let command = Command::SendMessage { to: to.clone(), text: text.clone() };
        let request = self.ask(command, now)?;
        let unsent = UnsentMessage::new(request, text);
        self.chat_mut(&to).unsent.push(unsent);
        self.event(Event::Chat { with: to });
        Ok(request)
    }

    /// Takes a message that could not be sent away, to be written anew or not at all.
    pub fn discard_unsent(&mut self, with: &SigninName, request: RequestId) {
        if let Some(chat) = self.chats.get_mut(with) {
            chat.unsent.retain(|unsent| unsent.request != request || unsent.failure.is_none());
            self.event(Event::Chat { with: with.clone() });
        }
    }

    /// Sends a message that could not be sent once more. One whose fate is doubtful goes by the same request, so that the
    /// engine takes it on once.
    ///
    /// # Errors
    /// As [`Session::request`]; nothing changes then.
    pub fn retry_unsent(
        &mut self,
        with: &SigninName,
        request: RequestId,
        now: Tick,
    ) -> Result<(), HResult> {
        let is_it = |unsent: &UnsentMessage| unsent.request == request && unsent.failure.is_some();
        let chat = self.chats.get(with);
        let Some(unsent) = chat.and_then(|chat| chat.unsent.iter().find(|unsent| is_it(unsent)))
        else {
            return Ok(());
        };
        let (text, is_doubtful) = (unsent.text.clone(), unsent.is_doubtful);
        let command = Command::SendMessage { to: with.clone(), text: text.clone() };
        self.check_room()?;
        let again = if is_doubtful { request } else { self.next_request() };
        self.send_request_as(again, command, now);
        let unsent = &mut self.chat_mut(with).unsent;
        unsent.retain(|unsent| unsent.request != request);
        unsent.push(UnsentMessage::new(again, text));
        self.event(Event::Chat { with: with.clone() });
        Ok(())
    }

    /// Asks for older messages with somebody than are known. [`Event::Chat`] tells that they are there,
    /// [`Event::Done`] ends the request.
    ///
    /// # Errors
    /// As [`Session::request`].
    pub fn fetch_messages(&mut self, with: SigninName, now: Tick) -> Result<RequestId, HResult> {
        let chat = self.chat_mut(&with);
        let before = chat.messages.front().map(|message| message.id);
        self.ask(Command::FetchMessages { with, before }, now)
    }

    pub(super) fn message_told(&mut self, message: ChatMessage, request: Option<RequestId>) {
        let Some(account) = &self.account else { return };
        let (with, id) = (message.other(&account.name).clone(), message.id);
        let incoming = message.from != account.name;
        let chat = self.chat_mut(&with);
        chat.unsent.retain(|unsent| Some(unsent.request) != request);
        if let Some(request) = request {
            chat.sent.push_back((request, id));
            if chat.sent.len() > SENT_MAX {
                chat.sent.pop_front();
            }
        }
        let fresh = chat.insert(message);
        if incoming && !self.is_follower() {
            self.say(Signal::ConfirmMessages { from: with.clone(), up_to: id });
        }
        if fresh && incoming {
            self.event(Event::Message { from: with.clone(), id });
        }
        self.event(Event::Chat { with });
    }

    pub(super) fn messages_delivered(&mut self, to: SigninName, up_to: MessageId) {
        let Some(account) = &self.account else { return };
        let me = account.name.clone();
        let Some(chat) = self.chats.get_mut(&to) else { return };
        for message in chat.messages.iter_mut().filter(|message| message.id <= up_to) {
            message.delivered |= message.from == me;
        }
        self.event(Event::Chat { with: to });
    }

    pub(super) fn messages_fetched(
        &mut self,
        id: RequestId,
        messages: Vec<ChatMessage>,
        more: bool,
    ) {
        let Some(with) = self.fetching(id) else { return };
        let chat = self.chat_mut(&with);
        let first_known = chat.messages.front().map(|message| message.id);
        let older =
            messages.first().map(|message| message.id) < first_known || first_known.is_none();
        for message in messages {
            chat.insert(message);
        }
        if older {
            chat.more = more;
        }
        self.event(Event::Chat { with });
    }

    pub(super) fn message_failed(&mut self, to: &SigninName, request: RequestId, hr: HResult) {
        if let Some(chat) = self.chats.get_mut(to) {
            for unsent in chat.unsent.iter_mut().filter(|unsent| unsent.request == request) {
                unsent.failure = Some(hr);
            }
            self.event(Event::Chat { with: to.clone() });
        }
    }

    /// The engine could not deliver what it had taken on, or says at last what became of it: it is unsent.
    pub(super) fn message_returned(&mut self, request: RequestId, failure: HResult) {
        let with = self.chats.values_mut().find_map(|chat| chat.take_back(request, failure));
        if let Some(with) = with {
            self.event(Event::Chat { with });
        }
    }

    /// Notes that nobody knows what becomes of a message.
    pub(super) fn doubt_message(&mut self, request: RequestId) {
        for unsent in self.chats.values_mut().flat_map(|chat| &mut chat.unsent) {
            unsent.is_doubtful |= unsent.request == request;
        }
    }

    /// A connection that goes on with none may have missed messages: the newest of every conversation are fetched.
    pub(super) fn catch_up_on_chats(&mut self, now: Tick) {
        let known: Vec<_> = self.chats.values().map(|chat| chat.with.clone()).collect();
        for with in known {
            self.send_request(Command::FetchMessages { with, before: None }, now);
        }
    }

    /// Makes room for another conversation. What is still to be sent stays.
    fn forget_oldest_chat(&mut self) {
        let newest = |chat: &&Chat| chat.messages.back().map(|message| message.id);
        let oldest = self.chats.values().filter(|chat| chat.unsent.is_empty()).min_by_key(newest);
        if let Some(with) = oldest.map(|chat| chat.with.clone()) {
            self.chats.remove(&with);
            self.event(Event::Chat { with });
        }
    }

    pub(super) fn forget_chats(&mut self) {
        self.chats = ByName::default();
        self.forget_unread();
    }

    fn chat_mut(&mut self, with: &SigninName) -> &mut Chat {
        if self.chats.len() >= CHATS_MAX && self.chats.get(with).is_none() {
            self.forget_oldest_chat();
        }
        self.chats.get_or_insert_with(with, || Chat::new(with.clone()))
    }
}
