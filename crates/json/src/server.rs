//! The server's side: frames to what a client says, notices to frames.

use std::fmt::Write;

use mistatus_core::{
    hresult::HResult,
    limits::ERROR_EXCERPT_MAX,
    message::{
        ClientMessage, Command, Greeting, Notice, Outcome, Request, RequestId, Seq, Signal, Update,
    },
};
use serde_json::{Map, Value};

use crate::{
    Notation, Text,
    codec::{Codec, Field},
    fields::Fields,
    reader::Reader,
    table::{Frames, GreetingFields, Head},
};

/// The decoded content of a client's frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FromClient {
    /// The first frame.
    Signin(Greeting),
    /// Every other one.
    Message(ClientMessage),
}

/// Tells why a client's frame was refused. The connection survives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameError {
    /// The request that ends with this; `None` where the frame was not understood that far.
    pub id: Option<RequestId>,
    /// Why, as a code.
    pub hr: HResult,
    /// What was wrong and what is allowed.
    pub message: String,
}

impl FrameError {
    /// Returns the notice that tells the client.
    #[must_use]
    pub fn into_notice(self) -> Notice {
        match self.id {
            Some(id) => Notice::Outcome(Outcome { id, hr: self.hr, message: Some(self.message) }),
            None => Notice::Refused { hr: self.hr, message: self.message },
        }
    }
}

/// Reads a client's frame.
///
/// # Errors
/// The frame is not JSON, of an unknown type, lacks a field, or holds a value that is not allowed.
pub fn decode(text: &str) -> Result<FromClient, FrameError> {
    let frame = parse(text).map_err(|message| FrameError {
        id: None,
        hr: HResult::E_INVALIDARG,
        message,
    })?;
    let frame = Strict(&frame);
    decode_known(&frame).map_err(|Refusal { hr, message }| {
        let id = RequestId::take(&frame, "id").ok();
        FrameError { id, hr, message }
    })
}

fn parse(text: &str) -> Result<Map<String, Value>, String> {
    let frame = serde_json::from_str(text)
        .map_err(|error| format!("the frame is not JSON: {}", excerpt(&error)))?;
    match frame {
        Value::Object(frame) => Ok(frame),
        _ => Err("a frame must be a JSON object".to_owned()),
    }
}

fn decode_known(frame: &Strict<'_>) -> Result<FromClient, Refusal> {
    let kind = frame.0.get("type").and_then(Value::as_str).ok_or_else(|| {
        let message = "a frame needs a string field `type`".to_owned();
        Refusal { hr: HResult::E_INVALIDARG, message }
    })?;
    if kind == "signin" {
        return GreetingFields.take(frame).map(FromClient::Signin);
    }
    if Command::KINDS.contains(&kind) {
        let id = RequestId::take(frame, "id")?;
        if let Some(command) = Command::take(kind, frame)? {
            return Ok(FromClient::Message(Request { id, command }.into()));
        }
    }
    match Signal::take(kind, frame)? {
        Some(signal) => Ok(FromClient::Message(signal.into())),
        None => {
            let known = [&["signin"], Command::KINDS, Signal::KINDS].concat().join(", ");
            let message = format!("unknown frame type; a client may send {known}");
            Err(Refusal { hr: HResult::E_INVALIDARG, message })
        }
    }
}

/// Prints a notice.
#[must_use]
pub fn encode(notice: &Notice) -> String {
    let mut frame = Fields::default();
    notice.put(Head::Plain, &mut frame);
    Text::write(&frame)
}

/// An update as text, without the number that it has for each client: printed once for all who are told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EncodedUpdate {
    text: Box<str>,
    /// Where the number belongs: behind the field `type`.
    number_at: usize,
}

impl EncodedUpdate {
    /// Prints an update.
    #[must_use]
    pub fn new(update: &Update) -> Self {
        let mut frame = Fields::default();
        update.put(Head::Plain, &mut frame);
        let text = Text::write(&frame).into_boxed_str();
        // No type has a character that is escaped: the second quotation mark after the colon ends it.
        let quotes = text.match_indices('"').map(|(at, _)| at + 1);
        let number_at = quotes.take(TYPE_QUOTES).last().unwrap_or_default();
        Self { text, number_at }
    }

    /// Returns the frame for a client to whom this has that number.
    #[must_use]
    pub fn numbered(&self, Seq(seq): Seq) -> String {
        let (head, rest) = self.text.split_at(self.number_at);
        let mut frame = String::with_capacity(self.text.len() + NUMBER_MAX);
        frame.push_str(head);
        // A String takes all that is written.
        let _ = write!(frame, ",\"seq\":{seq}");
        frame.push_str(rest);
        frame
    }

    /// Returns how many bytes a frame of it has at most.
    #[must_use]
    pub fn len_max(&self) -> usize {
        self.text.len() + NUMBER_MAX
    }
}

/// How many quotation marks `"type":"…"` has.
const TYPE_QUOTES: usize = 4;

/// Length of `,"seq":` and the largest number.
const NUMBER_MAX: usize = 7 + 20;

/// The error in a frame whose JSON could be parsed.
struct Refusal {
    hr: HResult,
    message: String,
}

/// The server's reader: whatever is wrong is refused, with what is allowed.
#[derive(Clone, Copy)]
struct Strict<'a>(&'a Map<String, Value>);

impl Reader for Strict<'_> {
    type Error = Refusal;

    const IS_LENIENT: bool = false;

    fn text(&self, field: &'static str) -> Option<String> {
        self.0.get(field)?.as_str().map(str::to_owned)
    }

    fn number(&self, field: &'static str) -> Option<f64> {
        self.0.get(field)?.as_f64()
    }

    fn flag(&self, field: &'static str) -> Option<bool> {
        self.0.get(field)?.as_bool()
    }

    fn texts(&self, field: &'static str) -> Option<Vec<String>> {
        let list = self.0.get(field)?.as_array()?;
        list.iter().map(|entry| entry.as_str().map(str::to_owned)).collect()
    }

    fn object(&self, field: &'static str) -> Option<Self> {
        self.0.get(field)?.as_object().map(Self)
    }

    fn objects(&self, field: &'static str) -> Option<Vec<Self>> {
        let list = self.0.get(field)?.as_array()?;
        list.iter().map(|entry| entry.as_object().map(Self)).collect()
    }

    fn is_absent(&self, field: &'static str) -> bool {
        matches!(self.0.get(field), None | Some(Value::Null))
    }

    fn unusable(&self, field: &'static str, expected: &str) -> Refusal {
        let found = match self.0.get(field) {
            None | Some(Value::Null) => "missing".to_owned(),
            Some(Value::Bool(flag)) => flag.to_string(),
            Some(Value::Number(number)) => excerpt(number),
            Some(Value::String(_)) => "a string".to_owned(),
            Some(Value::Array(_)) => "a list".to_owned(),
            Some(Value::Object(_)) => "an object".to_owned(),
        };
        let message = format!("`{field}` is {found}; it must be {expected}");
        Refusal { hr: HResult::E_INVALIDARG, message }
    }

    fn refused(field: &'static str, hr: HResult, reason: impl FnOnce() -> String) -> Refusal {
        Refusal { hr, message: format!("`{field}`: {}", reason()) }
    }
}

/// Prints what may quote the peer: not much of it, and nothing that does not print.
fn excerpt(quoting: &impl ToString) -> String {
    let text = quoting.to_string();
    let mut printed: String = text
        .chars()
        .take(ERROR_EXCERPT_MAX)
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    if printed.len() < text.len() {
        printed.push('…');
    }
    printed
}

#[cfg(test)]
mod tests;
