//! The client's side: requests to frames, frames to notices.

use std::{collections::VecDeque, marker::PhantomData};

use mistatus_core::{
    chat::{ChatMessage, ContactRequest, MessageId, MessageText},
    dialect::{Dialect, DialectError},
    group::{Group, GroupId, GroupName},
    hresult::HResult,
    limits::{FRIENDLY_NAME_MAX, HEARTBEAT_DEFAULT},
    message::{
        Change, ClientMessage, Command, Greeting, MyPresence, Notice, Outcome, Request, RequestId,
        Seq, Signal, Snapshot, Token, Update, Welcome,
    },
    presence::{Intent, Note, Presence, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, UnixMs},
};

use crate::{
    SUBPROTOCOL,
    notation::{Notation, Object},
    outgoing::Fields,
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
        let resume = greeting.resume.map(|resume| {
            Fields::default().token(&resume.token).number("seq", Some(resume.seen.0))
        });
        let mut frame = Fields::of("signin");
        if let Some(token) = &greeting.token {
            frame = frame.token(token);
        }
        if let Some(name) = &greeting.signin_name {
            frame = frame.name(name);
        }
        frame = frame
            .text("friendlyName", greeting.friendly_name.as_deref())
            .number("idleFor", greeting.idle_for.map(Span::as_millis))
            .object("resume", resume);
        self.transmit.push_back(N::write(&frame));
    }

    fn attach(&mut self) {
        self.transmit.clear();
        self.notices.clear();
    }

    fn send(&mut self, message: ClientMessage) {
        let frame = match message {
            ClientMessage::Request(request) => encode_request(request),
            ClientMessage::Signal(signal) => encode_signal(signal),
        };
        self.transmit.push_back(N::write(&frame));
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

fn encode_request(Request { id, command }: Request) -> Fields {
    let asked = |kind| Fields::of(kind).number("id", Some(id.0));
    match command {
        Command::SetStatus { intent } => {
            // Left out for what is usual.
            let source = (intent.source != Source::User).then(|| intent.source.name());
            asked("set-status")
                .number("status", Some(intent.status.number().into()))
                .text("note", intent.note.as_ref().map(Note::as_str))
                .number("until", intent.until.map(UnixMs::as_millis))
                .text("source", source)
        }
        Command::QueryStatus => asked("query-status"),
        Command::Watch { names } => asked("watch").names(names),
        Command::AddContact { name } => asked("add-contact").name(&name),
        Command::RemoveContact { name } => asked("remove-contact").name(&name),
        Command::AnswerContactRequest { name, accept } => {
            asked("answer-contact-request").name(&name).flag("accept", accept)
        }
        Command::SetBlocked { name, blocked } => {
            asked("set-blocked").name(&name).flag("blocked", blocked)
        }
        Command::CreateGroup { name } => asked("create-group").text("name", Some(name.as_str())),
        Command::RenameGroup { group, name } => asked("rename-group")
            .number("group", Some(group.0.into()))
            .text("name", Some(name.as_str())),
        Command::RemoveGroup { group } => {
            asked("remove-group").number("group", Some(group.0.into()))
        }
        Command::SetGroupMember { group, name, member } => asked("set-group-member")
            .number("group", Some(group.0.into()))
            .name(&name)
            .flag("member", member),
        Command::SendMessage { to, text } => {
            asked("send-message").text("to", Some(to.as_str())).text("text", Some(text.as_str()))
        }
        Command::FetchMessages { with, before } => asked("fetch-messages")
            .text("with", Some(with.as_str()))
            .number("before", before.map(|before| before.0)),
        Command::RenewToken { token } => asked("renew-token").token(&token),
    }
}

fn encode_signal(signal: Signal) -> Fields {
    match signal {
        Signal::ReportIdle { idle_for } => {
            Fields::of("report-idle").number("idleFor", idle_for.map(Span::as_millis))
        }
        Signal::Unwatch { names } => Fields::of("unwatch").names(names),
        Signal::ConfirmMessages { from, up_to } => Fields::of("confirm-messages")
            .text("from", Some(from.as_str()))
            .number("upTo", Some(up_to.0)),
        Signal::Resync => Fields::of("resync"),
        Signal::Ping { seen } => Fields::of("ping").number("seq", seen.map(|seen| seen.0)),
        Signal::Pong { seen } => Fields::of("pong").number("seq", seen.map(|seen| seen.0)),
        Signal::Signout => Fields::of("signout"),
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
        "messages" => Notice::Messages {
            id: RequestId(whole(frame, "id", SAFE_MAX).ok_or("id")?),
            messages: list(frame, "messages", message).ok_or("messages")?,
            more: frame.flag("more"),
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
        "outcome" => match seq(frame) {
            Ok(seq) => Notice::Update(seq, Update::Outcome(outcome(frame)?)),
            Err(_) => Notice::Outcome(outcome(frame)?),
        },
        _ => {
            let update = read_update(kind, frame)?;
            Notice::Update(seq(frame)?, update)
        }
    })
}

fn read_update(kind: &str, frame: &impl Object) -> Result<Update, &'static str> {
    Ok(match kind {
        "changes" => Update::Changes { changes: changes(frame, "changes")? },
        "my-status" => Update::MyStatus { me: me(frame)? },
        "contact-added" => Update::ContactAdded { contact: part(frame, "contact", change)? },
        "contact-removed" => Update::ContactRemoved { name: name(frame, "name")? },
        "contact-requested" => {
            Update::ContactRequested { request: part(frame, "request", request)? }
        }
        "contact-request-gone" => Update::ContactRequestGone { name: name(frame, "name")? },
        "blocked" => Update::Blocked { name: name(frame, "name")?, blocked: frame.flag("blocked") },
        "group-added" => Update::GroupAdded {
            group: part(frame, "group", group)?,
            request: whole(frame, "request", SAFE_MAX).map(RequestId),
        },
        "group-renamed" => {
            Update::GroupRenamed { group: group_id(frame, "group")?, name: group_name(frame)? }
        }
        "group-removed" => Update::GroupRemoved { group: group_id(frame, "group")? },
        "group-member" => Update::GroupMember {
            group: group_id(frame, "group")?,
            name: name(frame, "name")?,
            member: frame.flag("member"),
        },
        "message" => Update::Message {
            message: part(frame, "message", message)?,
            request: whole(frame, "request", SAFE_MAX).map(RequestId),
        },
        "delivered" => Update::Delivered {
            to: name(frame, "to")?,
            up_to: MessageId(whole(frame, "upTo", SAFE_MAX).ok_or("upTo")?),
        },
        _ => return Err("type"),
    })
}

fn outcome(frame: &impl Object) -> Result<Outcome, &'static str> {
    let id = RequestId(whole(frame, "id", SAFE_MAX).ok_or("id")?);
    Ok(Outcome { id, hr: hr(frame)?, message: frame.text("message") })
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
