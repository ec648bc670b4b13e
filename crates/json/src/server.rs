//! The server's side: frames to greetings and requests, notices to frames.

use mistatus_core::{
    chat::{MessageId, MessageText, MessageTextError},
    group::{GroupId, GroupName},
    hresult::HResult,
    limits::{ERROR_EXCERPT_MAX, FRIENDLY_NAME_MAX, WATCH_BATCH_MAX},
    message::{
        ClientMessage, Command, Greeting, Notice, Outcome, Request, RequestId, Resume, Seq, Signal,
        Token, Update,
    },
    presence::{Intent, Note, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, UnixMs},
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Notation, Text,
    frame::{ContactEntry, GroupEntry, MessageEntry, RequestEntry, client, server},
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
    let id = frame.get("id").and_then(Value::as_u64);
    let id = id.filter(|id| (1..=ID_MAX).contains(id)).map(RequestId);
    decode_known(&frame).map_err(|Refusal { hr, message }| FrameError { id, hr, message })
}

fn parse(text: &str) -> Result<Value, String> {
    let frame: Value = serde_json::from_str(text)
        .map_err(|error| format!("the frame is not JSON: {}", excerpt(&error)))?;
    if frame.is_object() { Ok(frame) } else { Err("a frame must be a JSON object".to_owned()) }
}

/// The error in a frame whose JSON could be parsed.
struct Refusal {
    hr: HResult,
    message: String,
}

impl From<String> for Refusal {
    fn from(message: String) -> Self {
        Self { hr: HResult::E_INVALIDARG, message }
    }
}

fn decode_known(frame: &Value) -> Result<FromClient, Refusal> {
    let Some(kind) = frame["type"].as_str() else {
        return Err("a frame needs a string field `type`".to_owned().into());
    };
    let asked = |id, command| Ok::<_, Refusal>(Request { id: request_id(id)?, command }.into());
    Ok(FromClient::Message(match kind {
        "signin" => return Ok(FromClient::Signin(greeting(read(frame)?)?)),
        "set-status" => {
            let frame: client::SetStatusFrame = read(frame)?;
            asked(
                frame.id,
                Command::SetStatus {
                    intent: Intent {
                        status: settable(frame.status)?,
                        note: match frame.note {
                            Some(note) => Note::parse(&note).map_err(|error| error.to_string())?,
                            None => None,
                        },
                        until: frame.until.map(UnixMs::from_millis),
                        source: chooser(frame.source.as_deref())?,
                    },
                },
            )?
        }
        "query-status" => {
            let frame: client::QueryStatusFrame = read(frame)?;
            asked(frame.id, Command::QueryStatus)?
        }
        "report-idle" => {
            let frame: client::ReportIdleFrame = read(frame)?;
            Signal::ReportIdle { idle_for: frame.idle_for.map(Span::from_millis) }.into()
        }
        "watch" => {
            let frame: client::WatchFrame = read(frame)?;
            asked(frame.id, Command::Watch { names: names(&frame.names)? })?
        }
        "unwatch" => {
            let frame: client::UnwatchFrame = read(frame)?;
            Signal::Unwatch { names: names(&frame.names)? }.into()
        }
        "add-contact" => {
            let frame: client::AddContactFrame = read(frame)?;
            asked(frame.id, Command::AddContact { name: name(&frame.name)? })?
        }
        "remove-contact" => {
            let frame: client::RemoveContactFrame = read(frame)?;
            asked(frame.id, Command::RemoveContact { name: name(&frame.name)? })?
        }
        "answer-contact-request" => {
            let frame: client::AnswerContactRequestFrame = read(frame)?;
            let name = name(&frame.name)?;
            asked(frame.id, Command::AnswerContactRequest { name, accept: frame.accept })?
        }
        "set-blocked" => {
            let frame: client::SetBlockedFrame = read(frame)?;
            let name = name(&frame.name)?;
            asked(frame.id, Command::SetBlocked { name, blocked: frame.blocked })?
        }
        "create-group" => {
            let frame: client::CreateGroupFrame = read(frame)?;
            asked(frame.id, Command::CreateGroup { name: group_name(&frame.name)? })?
        }
        "rename-group" => {
            let frame: client::RenameGroupFrame = read(frame)?;
            let group = GroupId(frame.group);
            asked(frame.id, Command::RenameGroup { group, name: group_name(&frame.name)? })?
        }
        "remove-group" => {
            let frame: client::RemoveGroupFrame = read(frame)?;
            asked(frame.id, Command::RemoveGroup { group: GroupId(frame.group) })?
        }
        "set-group-member" => {
            let frame: client::SetGroupMemberFrame = read(frame)?;
            let name = name(&frame.name)?;
            asked(
                frame.id,
                Command::SetGroupMember { group: GroupId(frame.group), name, member: frame.member },
            )?
        }
        "send-message" => {
            let frame: client::SendMessageFrame = read(frame)?;
            let to = name(&frame.to)?;
            asked(frame.id, Command::SendMessage { to, text: message_text(&frame.text)? })?
        }
        "confirm-messages" => {
            let frame: client::ConfirmMessagesFrame = read(frame)?;
            Signal::ConfirmMessages { from: name(&frame.from)?, up_to: MessageId(frame.up_to) }
                .into()
        }
        "fetch-messages" => {
            let frame: client::FetchMessagesFrame = read(frame)?;
            let with = name(&frame.with)?;
            asked(frame.id, Command::FetchMessages { with, before: frame.before.map(MessageId) })?
        }
        "renew-token" => {
            let frame: client::RenewTokenFrame = read(frame)?;
            asked(frame.id, Command::RenewToken { token: Token::new(frame.token) })?
        }
        "resync" => Signal::Resync.into(),
        "ping" => {
            let frame: client::PingFrame = read(frame)?;
            Signal::Ping { seen: frame.seq.map(Seq) }.into()
        }
        "pong" => {
            let frame: client::PongFrame = read(frame)?;
            Signal::Pong { seen: frame.seq.map(Seq) }.into()
        }
        "signout" => Signal::Signout.into(),
        _ => {
            let known = client::KINDS.join(", ");
            return Err(format!("unknown frame type; a client may send {known}").into());
        }
    }))
}

/// Prints a notice.
#[must_use]
pub fn encode(notice: &Notice) -> String {
    let entries = |changes: &[_]| changes.iter().map(ContactEntry::from).collect();
    match notice {
        Notice::SignedIn(welcome) => write(&server::SignedInFrame {
            name: welcome.name.as_str().to_owned(),
            friendly_name: welcome.friendly_name.clone(),
            heartbeat: welcome.heartbeat.as_millis(),
            server_time: welcome.server_time.as_millis(),
            resume: welcome.resume.as_ref().map(|token| token.reveal().to_owned()),
            resumed: welcome.resumed,
        }),
        Notice::Snapshot(snapshot) => write(&server::SnapshotFrame {
            seq: snapshot.seq.0,
            me: (&snapshot.me).into(),
            contacts: entries(&snapshot.contacts),
            watched: entries(&snapshot.watched),
            groups: snapshot.groups.iter().map(GroupEntry::from).collect(),
            blocked: snapshot.blocked.iter().map(|name| name.as_str().to_owned()).collect(),
            requests: snapshot.requests.iter().map(RequestEntry::from).collect(),
        }),
        Notice::Update(seq, update) => encode_update(*seq, update),
        Notice::Messages { id, messages, more } => write(&server::MessagesFrame {
            id: id.0,
            messages: messages.iter().map(MessageEntry::from).collect(),
            more: *more,
        }),
        Notice::Outcome(outcome) => encode_outcome(None, outcome),
        Notice::Refused { hr, message } => {
            write(&server::RefusedFrame { hr: hr.number(), message: message.clone() })
        }
        Notice::TokenExpiring { expires_in } => {
            write(&server::TokenExpiringFrame { expires_in: expires_in.as_millis() })
        }
        Notice::Ping => write(&server::PingFrame {}),
        Notice::Pong => write(&server::PongFrame {}),
        Notice::Bye { hr, retry_after, message } => write(&server::ByeFrame {
            hr: hr.number(),
            retry_after: retry_after.map(Span::as_millis),
            message: message.clone(),
        }),
    }
}

/// Prints an update with its number.
#[must_use]
pub fn encode_update(Seq(seq): Seq, update: &Update) -> String {
    match update {
        Update::Changes { changes } => write(&server::ChangesFrame {
            seq,
            changes: changes.iter().map(ContactEntry::from).collect(),
        }),
        Update::MyStatus { me } => write(&server::MyStatusFrame { seq, me: me.into() }),
        Update::ContactAdded { contact } => {
            write(&server::ContactAddedFrame { seq, contact: contact.into() })
        }
        Update::ContactRemoved { name } => {
            write(&server::ContactRemovedFrame { seq, name: name.as_str().to_owned() })
        }
        Update::ContactRequested { request } => {
            write(&server::ContactRequestedFrame { seq, request: request.into() })
        }
        Update::ContactRequestGone { name } => {
            write(&server::ContactRequestGoneFrame { seq, name: name.as_str().to_owned() })
        }
        Update::Blocked { name, blocked } => {
            write(&server::BlockedFrame { seq, name: name.as_str().to_owned(), blocked: *blocked })
        }
        Update::GroupAdded { group, request } => write(&server::GroupAddedFrame {
            seq,
            group: group.into(),
            request: request.map(|request| request.0),
        }),
        Update::GroupRenamed { group, name } => write(&server::GroupRenamedFrame {
            seq,
            group: group.0,
            name: name.as_str().to_owned(),
        }),
        Update::GroupRemoved { group } => write(&server::GroupRemovedFrame { seq, group: group.0 }),
        Update::GroupMember { group, name, member } => write(&server::GroupMemberFrame {
            seq,
            group: group.0,
            name: name.as_str().to_owned(),
            member: *member,
        }),
        Update::Message { message, request } => write(&server::MessageFrame {
            seq,
            message: message.into(),
            request: request.map(|request| request.0),
        }),
        Update::Delivered { to, up_to } => {
            write(&server::DeliveredFrame { seq, to: to.as_str().to_owned(), up_to: up_to.0 })
        }
        Update::Outcome(outcome) => encode_outcome(Some(seq), outcome),
    }
}

fn encode_outcome(seq: Option<u64>, Outcome { id, hr, message }: &Outcome) -> String {
    write(&server::OutcomeFrame { seq, id: id.0, hr: hr.number(), message: message.clone() })
}

fn read<T: DeserializeOwned>(frame: &Value) -> Result<T, String> {
    T::deserialize(frame).map_err(|error| excerpt(&error))
}

/// Prints an error that may quote what the peer sent: not much of it, and nothing that does not print.
fn excerpt(error: &serde_json::Error) -> String {
    let text = error.to_string();
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

fn write<T: Serialize>(frame: &T) -> String {
    Text::write(frame)
}

fn greeting(frame: client::SigninFrame) -> Result<Greeting, String> {
    Ok(Greeting {
        token: frame.token.map(Token::new),
        signin_name: frame.name.as_deref().map(name).transpose()?,
        friendly_name: frame
            .friendly_name
            .map(|text| text.chars().take(FRIENDLY_NAME_MAX).collect()),
        idle_for: frame.idle_for.map(Span::from_millis),
        resume: frame
            .resume
            .map(|resume| Resume { token: Token::new(resume.token), seen: Seq(resume.seq) }),
    })
}

/// Largest request id: `Number.MAX_SAFE_INTEGER` of JavaScript.
const ID_MAX: u64 = UnixMs::MAX.as_millis();

fn chooser(source: Option<&str>) -> Result<Source, String> {
    match source {
        None | Some("user") => Ok(Source::User),
        Some("api") => Ok(Source::Api),
        Some(_) => Err("`source` must be \"user\" or \"api\"".to_owned()),
    }
}

fn request_id(id: u64) -> Result<RequestId, String> {
    match id {
        0 => Err("`id` is 0; it must be at least 1".to_owned()),
        id if id > ID_MAX => Err(format!("`id` is {id}; it must be at most {ID_MAX}")),
        id => Ok(RequestId(id)),
    }
}

fn settable(number: u16) -> Result<MiStatus, String> {
    MiStatus::from_number(number).filter(|status| status.is_settable()).ok_or_else(|| {
        let allowed: Vec<_> = MiStatus::ALL
            .into_iter()
            .filter(|status| status.is_settable())
            .map(|status| format!("{} ({})", status.number(), status.kebab()))
            .collect();
        format!("status {number} cannot be chosen; allowed are {}", allowed.join(", "))
    })
}

fn name(text: &str) -> Result<SigninName, String> {
    SigninName::parse(text).map_err(|error| error.to_string())
}

fn group_name(text: &str) -> Result<GroupName, Refusal> {
    GroupName::parse(text).map_err(|error| Refusal { hr: error.hr(), message: error.to_string() })
}

fn message_text(text: &str) -> Result<MessageText, Refusal> {
    MessageText::parse(text).map_err(|error| Refusal {
        hr: match error {
            MessageTextError::TooLong { .. } => HResult::MSGR_E_MESSAGE_TOO_LONG,
            _ => HResult::E_INVALIDARG,
        },
        message: error.to_string(),
    })
}

fn names(texts: &[String]) -> Result<Vec<SigninName>, String> {
    if texts.is_empty() || texts.len() > WATCH_BATCH_MAX {
        return Err(format!(
            "`names` has {} entries; 1 to {WATCH_BATCH_MAX} are allowed",
            texts.len()
        ));
    }
    texts.iter().map(|text| name(text)).collect()
}

#[cfg(test)]
mod tests;
