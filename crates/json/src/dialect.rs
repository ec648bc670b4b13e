//! The client's side: requests to frames, frames to notices.

use std::{collections::VecDeque, marker::PhantomData};

use mistatus_core::{
    dialect::{Dialect, DialectError},
    hresult::HResult,
    limits::{FRIENDLY_NAME_MAX, HEARTBEAT_DEFAULT},
    message::{Greeting, Notice, Request, RequestId, Seq, Snapshot, Welcome},
    signin_name::SigninName,
    time::{Span, UnixMs},
};

use crate::{
    SUBPROTOCOL,
    frame::{ContactEntry, client, server},
    notation::Notation,
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
        }));
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
        Request::RenewToken { id, token } => {
            N::write(&client::RenewTokenFrame { id: id.0, token: token.reveal().to_owned() })
        }
        Request::Resync => N::write(&client::ResyncFrame {}),
        Request::Ping => N::write(&client::PingFrame {}),
        Request::Pong => N::write(&client::PongFrame {}),
        Request::Signout => N::write(&client::SignoutFrame {}),
    }
}

fn decode_notice<N: Notation>(text: &str) -> Result<Notice, String> {
    let (head, parsed) = N::parse(text)?;
    Ok(match head.kind.as_str() {
        "signed-in" => {
            let frame: server::SignedInFrame = N::read(&parsed)?;
            let heartbeat = match frame.heartbeat {
                0 => HEARTBEAT_DEFAULT,
                ms => Span::from_millis(ms),
            };
            Notice::SignedIn(Welcome {
                name: SigninName::parse(&frame.name).map_err(|error| error.to_string())?,
                friendly_name: cut(frame.friendly_name),
                heartbeat,
                server_time: UnixMs::from_millis(frame.server_time),
            })
        }
        "snapshot" => {
            let frame: server::SnapshotFrame = N::read(&parsed)?;
            Notice::Snapshot(Snapshot {
                seq: Seq(frame.seq),
                me: frame.me.into_presence(),
                contacts: changes(frame.contacts),
                watched: changes(frame.watched),
            })
        }
        "changes" => {
            let frame: server::ChangesFrame = N::read(&parsed)?;
            Notice::Changes { seq: Seq(frame.seq), changes: changes(frame.changes) }
        }
        "my-status" => {
            let frame: server::MyStatusFrame = N::read(&parsed)?;
            Notice::MyStatus { seq: Seq(frame.seq), me: frame.me.into_presence() }
        }
        "contact-added" => {
            let frame: server::ContactAddedFrame = N::read(&parsed)?;
            let contact =
                frame.contact.into_change().ok_or("`contact.name` is not a sign-in name")?;
            Notice::ContactAdded { seq: Seq(frame.seq), contact }
        }
        "contact-removed" => {
            let frame: server::ContactRemovedFrame = N::read(&parsed)?;
            let name = SigninName::parse(&frame.name).map_err(|error| error.to_string())?;
            Notice::ContactRemoved { seq: Seq(frame.seq), name }
        }
        "outcome" => {
            let frame: server::OutcomeFrame = N::read(&parsed)?;
            Notice::Outcome {
                id: RequestId(frame.id),
                hr: HResult::from_number(frame.hr),
                message: frame.message,
            }
        }
        "refused" => {
            let frame: server::RefusedFrame = N::read(&parsed)?;
            Notice::Refused { hr: HResult::from_number(frame.hr), message: frame.message }
        }
        "token-expiring" => {
            let frame: server::TokenExpiringFrame = N::read(&parsed)?;
            Notice::TokenExpiring { expires_in: Span::from_millis(frame.expires_in) }
        }
        "ping" => Notice::Ping,
        "pong" => Notice::Pong,
        "bye" => {
            let frame: server::ByeFrame = N::read(&parsed)?;
            Notice::Bye {
                hr: HResult::from_number(frame.hr),
                retry_after: frame.retry_after.map(Span::from_millis),
                message: frame.message,
            }
        }
        _ => return Err("a frame of a type that this client does not know".to_owned()),
    })
}

fn changes(entries: Vec<ContactEntry>) -> Vec<mistatus_core::message::Change> {
    entries.into_iter().filter_map(ContactEntry::into_change).collect()
}

fn cut(text: String) -> String {
    match text.char_indices().nth(FRIENDLY_NAME_MAX) {
        Some((end, _)) => text[..end].to_owned(),
        None => text,
    }
}
