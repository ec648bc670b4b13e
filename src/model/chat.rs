//! A conversation as it is shown: what was said, and what is on its way. Copies, decides nothing.

use mistatus_core::{
    dialect::Dialect, hresult::HResult, message::RequestId, session::Session,
    signin_name::SigninName, time::UnixMs,
};

/// The conversation with one person, as a page shows it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ChatView {
    /// What the server has, the oldest first.
    pub said: Vec<Said>,
    /// What it has not taken on, in the order in which it was written.
    pub unsaid: Vec<Unsaid>,
    /// Whether there may be older messages.
    pub more: bool,
    /// Whether the user has blocked the other.
    pub blocked: bool,
    /// How often the text of a message was replaced.
    pub corrections: u32,
}

/// A message that the server has accepted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// Which.
    pub id: u64,
    /// Whether the user wrote it.
    pub mine: bool,
    /// What it says; text, never markup.
    pub text: String,
    /// When, by the server's clock.
    pub at: UnixMs,
    /// Whether the other has it.
    pub delivered: bool,
}

/// A message that the server has not accepted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsaid {
    /// By which request it is being sent.
    pub request: RequestId,
    /// What it says.
    pub text: String,
    /// Why it could not be sent; `None` while it is on its way.
    pub failure: Option<HResult>,
}

impl ChatView {
    /// Reads the conversation with somebody.
    #[must_use]
    pub fn of<D: Dialect>(session: &Session<D>, with: &SigninName) -> Self {
        let blocked = session.is_blocked(with);
        let Some(chat) = session.chat(with) else {
            return Self { more: true, blocked, ..Self::default() };
        };
        let said = chat.messages().map(|message| Said {
            id: message.id.0,
            mine: message.to == *with,
            text: message.text.as_str().to_owned(),
            at: message.at,
            delivered: message.delivered,
        });
        let unsaid = chat.unsent().iter().map(|unsent| Unsaid {
            request: unsent.request,
            text: unsent.text.as_str().to_owned(),
            failure: unsent.failure,
        });
        Self {
            said: said.collect(),
            unsaid: unsaid.collect(),
            more: chat.has_more(),
            blocked,
            corrections: chat.corrections(),
        }
    }
}
