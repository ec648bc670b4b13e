//! The client's side: requests to frames, frames to notices.

use std::{collections::VecDeque, marker::PhantomData};

use mistatus_core::{
    chat::{ChatMessage, ContactRequest, MessageId, MessageText},
    dialect::{Dialect, DialectError},
    group::{Group, GroupId, GroupName},
    hresult::HResult,
    limits::{FRIENDLY_NAME_MAX, HEARTBEAT_DEFAULT},
    message::{
        Change, Greeting, MyPresence, Notice, Request, RequestId, Seq, Snapshot, Token, Welcome,
    },
    presence::{Intent, Note, Presence, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, UnixMs},
};

use crate::{
    SUBPROTOCOL,
    frame::client,
    notation::{Notation, Object},
};

/// Speaks `mistatus.v1` for a session. Holds no state but its queues: the protocol has no negotiation.
#[derive(Debug)]
pub struct JsonDialect<N> {
    transmit: VecDeque<String>,
    notices: VecDeque<Result<Notice, DialectError>>,
    notation: PhantomData<N>,
}

impl<N> Default for JsonDialect<N> {
    fn default() -> Self {
        Self { transmit: VecDeque::new(), notices: VecDeque::new(), notation: PhantomData }
    }
}

impl<N: Notation> Dialect for JsonDialect<N> {
    fn subprotocol(&self) -> &'static str {
        SUBPROTOCOL
    }

    fn open(&mut self, greeting: Greeting) {
        self.transmit.clear();
        self.notices.clear();
        self.transmit.push_back(N::write(&client::SigninFrame {
            token: greeting.token.map(|token| token.reveal().to_owned()),
            name: greeting.signin_name.map(|name| name.as_str().to_owned()),
            friendly_name: greeting.friendly_name,
            idle_for: greeting.idle_for.map(Span::as_millis),
            resume: greeting.resume.map(|resume| client::ResumeEntry {
                token: resume.token.reveal().to_owned(),
                seq: resume.seen.0,
            }),
        }));
    }

    fn attach(&mut self) {
        self.transmit.clear();
        self.notices.clear();
    }

    fn send(&mut self, request: Request) {
        self.transmit.push_back(encode_request::<N>(request));
    }

    fn receive(&mut self, text: &str) {
        self.notices
            .push_back(decode_notice::<N>(text).map_err(|message| DialectError { message }));
    }

    fn poll_transmit(&mut self) -> Option<String> {
        self.transmit.pop_front()
    }

    fn poll_notice(&mut self) -> Option<Result<Notice, DialectError>> {
        self.notices.pop_front()
    }
}

fn encode_request<N: Notation>(request: Request) -> String {
    let texts =
        |names: Vec<SigninName>| names.iter().map(|name| name.as_str().to_owned()).collect();
    match request {
        Request::SetStatus { id, intent } => N::write(&client::SetStatusFrame {
            id: id.0,
            status: intent.status.number(),
            note: intent.note.map(|note| note.as_str().to_owned()),
            until: intent.until.map(UnixMs::as_millis),
            // Left out for what is usual.
            source: (intent.source != Source::User).then(|| intent.source.name().to_owned()),
        }),
        Request::QueryStatus { id } => N::write(&client::QueryStatusFrame { id: id.0 }),
        Request::ReportIdle { idle_for } => {
            N::write(&client::ReportIdleFrame { idle_for: idle_for.map(Span::as_millis) })
        }
        Request::Watch { id, names } => {
            N::write(&client::WatchFrame { id: id.0, names: texts(names) })
        }
        Request::Unwatch { names } => N::write(&client::UnwatchFrame { names: texts(names) }),
        Request::AddContact { id, name } => {
            N::write(&client::AddContactFrame { id: id.0, name: name.as_str().to_owned() })
        }
        Request::RemoveContact { id, name } => {
            N::write(&client::RemoveContactFrame { id: id.0, name: name.as_str().to_owned() })
        }
        Request::AnswerContactRequest { id, name, accept } => {
            N::write(&client::AnswerContactRequestFrame {
                id: id.0,
                name: name.as_str().to_owned(),
                accept,
            })
        }
        Request::SetBlocked { id, name, blocked } => {
            N::write(&client::SetBlockedFrame { id: id.0, name: name.as_str().to_owned(), blocked })
        }
        Request::CreateGroup { id, name } => {
            N::write(&client::CreateGroupFrame { id: id.0, name: name.as_str().to_owned() })
        }
        Request::RenameGroup { id, group, name } => N::write(&client::RenameGroupFrame {
            id: id.0,
            group: group.0,
            name: name.as_str().to_owned(),
        }),
        Request::RemoveGroup { id, group } => {
            N::write(&client::RemoveGroupFrame { id: id.0, group: group.0 })
        }
        Request::SetGroupMember { id, group, name, member } => {
            N::write(&client::SetGroupMemberFrame {
                id: id.0,
                group: group.0,
                name: name.as_str().to_owned(),
                member,
            })
        }
        Request::SendMessage { id, to, text } => N::write(&client::SendMessageFrame {
            id: id.0,
            to: to.as_str().to_owned(),
            text: text.as_str().to_owned(),
        }),
        Request::ConfirmMessages { from, up_to } => N::write(&client::ConfirmMessagesFrame {
            from: from.as_str().to_owned(),
            up_to: up_to.0,
        }),
        Request::FetchMessages { id, with, before } => N::write(&client::FetchMessagesFrame {
            id: id.0,
            with: with.as_str().to_owned(),
            before: before.map(|before| before.0),
        }),
        Request::RenewToken { id, token } => {
            N::write(&client::RenewTokenFrame { id: id.0, token: token.reveal().to_owned() })
        }
        Request::Resync => N::write(&client::ResyncFrame {}),
        Request::Ping { seen } => N::write(&client::PingFrame { seq: seen.map(|seen| seen.0) }),
        Request::Pong { seen } => N::write(&client::PongFrame { seq: seen.map(|seen| seen.0) }),
        Request::Signout => N::write(&client::SignoutFrame {}),
    }
}

fn decode_notice<N: Notation>(text: &str) -> Result<Notice, String> {
    let frame = N::parse(text).ok_or("a frame must be a JSON object")?;
    let kind = frame.text("type").ok_or("a frame needs a string field `type`")?;
    read_notice(&kind, &frame)
        .map_err(|field| format!("a `{kind}` frame needs a valid field `{field}`"))
}

/// Reads a frame; the error names the field that is missing or wrong.
fn read_notice(kind: &str, frame: &impl Object) -> Result<Notice, &'static str> {
    Ok(match kind {
        "signed-in" => Notice::SignedIn(Welcome {
            name: name(frame, "name")?,
            friendly_name: cut(frame.text("friendlyName").unwrap_or_default()),
            heartbeat: span(frame, "heartbeat").unwrap_or(HEARTBEAT_DEFAULT),
            server_time: instant(frame, "serverTime").unwrap_or_default(),
            resume: frame.text("resume").map(Token::new),
            resumed: frame.flag("resumed"),
        }),
        "snapshot" => Notice::Snapshot(Snapshot {
            seq: seq(frame)?,
            me: me(frame)?,
            contacts: changes(frame, "contacts")?,
            watched: changes(frame, "watched").unwrap_or_default(),
            groups: list(frame, "groups", group).unwrap_or_default(),
            blocked: names(frame, "blocked"),
            requests: list(frame, "requests", request).unwrap_or_default(),
        }),
        "changes" => Notice::Changes { seq: seq(frame)?, changes: changes(frame, "changes")? },
        "my-status" => Notice::MyStatus { seq: seq(frame)?, me: me(frame)? },
        "contact-added" => {
            Notice::ContactAdded { seq: seq(frame)?, contact: part(frame, "contact", change)? }
        }
        "contact-removed" => {
            Notice::ContactRemoved { seq: seq(frame)?, name: name(frame, "name")? }
        }
        "contact-requested" => {
            Notice::ContactRequested { seq: seq(frame)?, request: part(frame, "request", request)? }
        }
        "contact-request-gone" => {
            Notice::ContactRequestGone { seq: seq(frame)?, name: name(frame, "name")? }
        }
        "blocked" => Notice::Blocked {
            seq: seq(frame)?,
            name: name(frame, "name")?,
            blocked: frame.flag("blocked"),
        },
        "group-added" => Notice::GroupAdded {
            seq: seq(frame)?,
            group: part(frame, "group", group)?,
            request: whole(frame, "request", SAFE_MAX).map(RequestId),
        },
        "group-renamed" => Notice::GroupRenamed {
            seq: seq(frame)?,
            group: group_id(frame, "group")?,
            name: group_name(frame)?,
        },
        "group-removed" => {
            Notice::GroupRemoved { seq: seq(frame)?, group: group_id(frame, "group")? }
        }
        "group-member" => Notice::GroupMember {
            seq: seq(frame)?,
            group: group_id(frame, "group")?,
            name: name(frame, "name")?,
            member: frame.flag("member"),
        },
        "message" => Notice::Message {
            seq: seq(frame)?,
            message: part(frame, "message", message)?,
            request: whole(frame, "request", SAFE_MAX).map(RequestId),
        },
        "delivered" => Notice::Delivered {
            seq: seq(frame)?,
            to: name(frame, "to")?,
            up_to: MessageId(whole(frame, "upTo", SAFE_MAX).ok_or("upTo")?),
        },
        "messages" => Notice::Messages {
            id: RequestId(whole(frame, "id", SAFE_MAX).ok_or("id")?),
            messages: list(frame, "messages", message).ok_or("messages")?,
            more: frame.flag("more"),
        },
        "outcome" => Notice::Outcome {
            seq: seq(frame).ok(),
            id: RequestId(whole(frame, "id", SAFE_MAX).ok_or("id")?),
            hr: hr(frame)?,
            message: frame.text("message"),
        },
        "refused" => {
            Notice::Refused { hr: hr(frame)?, message: frame.text("message").unwrap_or_default() }
        }
        "token-expiring" => {
            Notice::TokenExpiring { expires_in: span(frame, "expiresIn").ok_or("expiresIn")? }
        }
        "ping" => Notice::Ping,
        "pong" => Notice::Pong,
        "bye" => Notice::Bye {
            hr: hr(frame)?,
            retry_after: span(frame, "retryAfter"),
            message: frame.text("message"),
        },
        _ => return Err("type"),
    })
}

fn me(frame: &impl Object) -> Result<MyPresence, &'static str> {
    let me = frame.object("me").ok_or("me")?;
    Ok(MyPresence {
        status: status(&me, "status").filter(|status| !status.is_transient()).ok_or("me")?,
        intent: Intent {
            status: status(&me, "chosen")
                .filter(|status| status.is_settable())
                .unwrap_or(MiStatus::Online),
            note: note(&me),
            until: instant(&me, "until"),
            source: source(&me, "chosenBy").unwrap_or(Source::Connection),
        },
        since: instant(&me, "since"),
        source: source(&me, "source"),
    })
}

fn changes(frame: &impl Object, field: &'static str) -> Result<Vec<Change>, &'static str> {
    list(frame, field, change).ok_or(field)
}

/// Reads a list. An entry that is not usable is left out, so that one does not spoil a frame of thousands.
fn list<O: Object, T>(frame: &O, field: &str, read: fn(&O) -> Option<T>) -> Option<Vec<T>> {
    Some(frame.objects(field)?.iter().filter_map(read).collect())
}

fn part<O: Object, T>(
    frame: &O,
    field: &'static str,
    read: fn(&O) -> Option<T>,
) -> Result<T, &'static str> {
    frame.object(field).as_ref().and_then(read).ok_or(field)
}

fn names(frame: &impl Object, field: &str) -> Vec<SigninName> {
    let texts = frame.texts(field).unwrap_or_default();
    texts.iter().filter_map(|text| SigninName::parse(text).ok()).collect()
}

fn group(entry: &impl Object) -> Option<Group> {
    Some(Group {
        id: group_id(entry, "id").ok()?,
        name: group_name(entry).ok()?,
        members: names(entry, "members"),
    })
}

fn group_id(object: &impl Object, field: &'static str) -> Result<GroupId, &'static str> {
    whole(object, field, u32::MAX.into()).map(|id| GroupId(id as u32)).ok_or(field)
}

fn group_name(object: &impl Object) -> Result<GroupName, &'static str> {
    object.text("name").and_then(|text| GroupName::parse(&text).ok()).ok_or("name")
}

fn request(entry: &impl Object) -> Option<ContactRequest> {
    Some(ContactRequest {
        from: name(entry, "from").ok()?,
        friendly_name: friendly_name(entry),
        at: instant(entry, "at").unwrap_or_default(),
    })
}

fn message(entry: &impl Object) -> Option<ChatMessage> {
    Some(ChatMessage {
        id: MessageId(whole(entry, "id", SAFE_MAX)?),
        from: name(entry, "from").ok()?,
        to: name(entry, "to").ok()?,
        text: MessageText::parse(&entry.text("text")?).ok()?,
        at: instant(entry, "at").unwrap_or_default(),
        delivered: entry.flag("delivered"),
    })
}

fn friendly_name(entry: &impl Object) -> Option<String> {
    entry.text("friendlyName").filter(|name| !name.is_empty()).map(cut)
}

/// Reads what is told of one person. A status that nobody may see of another, or that this version
/// does not know, is UNKNOWN.
fn change(entry: &impl Object) -> Option<Change> {
    Some(Change {
        name: name(entry, "name").ok()?,
        friendly_name: friendly_name(entry),
        presence: Presence {
            status: status(entry, "status")
                .filter(|status| status.is_remote())
                .unwrap_or(MiStatus::Unknown),
            note: note(entry),
            since: instant(entry, "since"),
            until: instant(entry, "until"),
            source: source(entry, "source"),
        },
        settling: entry.flag("settling"),
    })
}

fn name(object: &impl Object, field: &'static str) -> Result<SigninName, &'static str> {
    object.text(field).and_then(|text| SigninName::parse(&text).ok()).ok_or(field)
}

// A note that is longer than any server may let through is not shown.
fn note(object: &impl Object) -> Option<Note> {
    Note::parse(&object.text("note")?).ok().flatten()
}

fn status(object: &impl Object, field: &str) -> Option<MiStatus> {
    MiStatus::from_number(whole(object, field, u16::MAX.into())? as u16)
}

fn source(object: &impl Object, field: &str) -> Option<Source> {
    Source::from_name(&object.text(field)?)
}

fn seq(frame: &impl Object) -> Result<Seq, &'static str> {
    whole(frame, "seq", SAFE_MAX).map(Seq).ok_or("seq")
}

fn hr(frame: &impl Object) -> Result<HResult, &'static str> {
    let number = frame.number("hr").ok_or("hr")?;
    let code = number as i32;
    if f64::from(code) == number { Ok(HResult::from_number(code)) } else { Err("hr") }
}

fn span(object: &impl Object, field: &str) -> Option<Span> {
    whole(object, field, SAFE_MAX).map(Span::from_millis)
}

fn instant(object: &impl Object, field: &str) -> Option<UnixMs> {
    whole(object, field, SAFE_MAX).map(UnixMs::from_millis)
}

/// Largest integer up to which every number of JavaScript is exact.
const SAFE_MAX: u64 = UnixMs::MAX.as_millis();

fn whole(object: &impl Object, field: &str, max: u64) -> Option<u64> {
    let number = object.number(field)?;
    let whole = number as u64;
    (whole as f64 == number && whole <= max).then_some(whole)
}

fn cut(text: String) -> String {
    match text.len() > FRIENDLY_NAME_MAX {
        true => text.chars().take(FRIENDLY_NAME_MAX).collect(),
        false => text,
    }
}
