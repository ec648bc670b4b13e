//! What people write to each other.

use core::fmt;

use crate::{limits::MESSAGE_MAX, signin_name::SigninName, time::UnixMs};

/// The id of one message, and its place: of two messages that a user sees, the later one has the larger number.
/// Chosen by the engine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MessageId(pub u64);

/// A text from one person to another: 1 to 8,000 UTF-16 units. It is text, never markup.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MessageText(Box<str>);

/// The reason why a text is not valid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum MessageTextError {
    /// There is none, or nothing but white space.
    Blank,
    /// It is too long.
    TooLong {
        /// How many UTF-16 units it has.
        units: usize,
    },
}

/// A message that the engine has accepted: it is durable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatMessage {
    /// Which, and where in the order.
    pub id: MessageId,
    /// Who wrote it.
    pub from: SigninName,
    /// To whom.
    pub to: SigninName,
    /// What.
    pub text: MessageText,
    /// When the engine took it on.
    pub at: UnixMs,
    /// Whether a client of the other has it. Told only to the writer.
    pub delivered: bool,
}

/// An unanswered request of somebody to see a user's presence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContactRequest {
    /// Who asks.
    pub from: SigninName,
    /// How they are shown; `None` where they have no display name.
    pub friendly_name: Option<String>,
    /// Since when.
    pub at: UnixMs,
}

impl ChatMessage {
    /// Returns the other of the two, seen from one.
    #[must_use]
    pub fn other(&self, oneself: &SigninName) -> &SigninName {
        if self.from == *oneself { &self.to } else { &self.from }
    }
}

impl MessageText {
    /// Takes a text as it is.
    ///
    /// # Errors
    /// The rule that is broken.
    pub fn parse(text: &str) -> Result<Self, MessageTextError> {
        if text.trim().is_empty() {
            return Err(MessageTextError::Blank);
        }
        let units = text.encode_utf16().count();
        if units > MESSAGE_MAX {
            return Err(MessageTextError::TooLong { units });
        }
        Ok(Self(text.into()))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

// What people write is nobody's business: debug output, which ends in logs, shows only the length.
impl fmt::Debug for MessageText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageText(<{} bytes>)", self.0.len())
    }
}

impl fmt::Display for MessageTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("a message must have a text"),
            Self::TooLong { units } => {
                write!(f, "the message has {units} UTF-16 units; at most {MESSAGE_MAX} are allowed")
            }
        }
    }
}

impl core::error::Error for MessageTextError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_as_it_is_or_refused() {
        let text = " two\nlines <b>\u{202e} ";
        assert_eq!(MessageText::parse(text).unwrap().as_str(), text);
        assert_eq!(MessageText::parse(" \n"), Err(MessageTextError::Blank));
        assert!(MessageText::parse(&"a".repeat(8_000)).is_ok());
        assert_eq!(
            MessageText::parse(&"😀".repeat(4_001)),
            Err(MessageTextError::TooLong { units: 8_002 })
        );
    }
}
