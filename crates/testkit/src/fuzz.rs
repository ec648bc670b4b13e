//! What fuzzing runs: any bytes in, and nothing may panic or go on without an end. No result but that.
//!
//! Texts in the input are separated by line feeds, since frames hold none. Where more than texts is needed, the first
//! byte of a line says what happens, and by whom.

use mistatus_core::{
    dialect::Dialect,
    message::{Command, Token},
    session::{LinkEvent, Output as Wanted, PeerMessage, Session, SessionOptions},
    time::{Span, Tick, UnixMs},
};
use mistatus_hub::{Arrival, ConnectionId, Departure, Hub, HubConfig, Output, StoreError};
use mistatus_json::{
    JsonDialect, Text,
    server::{EncodedUpdate, FromClient, decode, encode},
};

use crate::world::name;

/// Most outputs that one input may have.
const RESTLESS: usize = 10_000;

/// Reads a client's frame; what was refused is answered by a frame that clients understand.
///
/// # Panics
/// A client does not understand the answer.
pub fn server_frame(data: &[u8]) {
    if let Err(error) = decode(&String::from_utf8_lossy(data)) {
        understand(&encode(&error.into_notice()));
    }
}

/// Reads a server's frame; what was understood can be said again and is understood again.
///
/// # Panics
/// The frame is understood, but not when it is said again.
pub fn client_frame(data: &[u8]) {
    let mut dialect = JsonDialect::<Text>::default();
    dialect.receive(&String::from_utf8_lossy(data));
    while let Some(notice) = dialect.poll_notice() {
        if let Ok(notice) = notice {
            understand(&encode(&notice));
        }
    }
}

/// Lets a session hear and do anything in any order.
///
/// # Panics
/// One input has outputs without an end.
pub fn session(data: &[u8]) {
    let options = SessionOptions {
        signin_name: Some(name("ann@example.org")),
        friendly_name: None,
        keep_trying: data.len().is_multiple_of(2),
        renewable_token: data.len().is_multiple_of(3),
        seed: data.len() as u64,
    };
    let mut session = Session::new(options, JsonDialect::<Text>::default());
    let mut now = Tick::default();
    let mut connection = 0;
    for line in data.split(|byte| *byte == b'\n') {
        let Some((first, rest)) = line.split_first() else { continue };
        let text = String::from_utf8_lossy(rest).into_owned();
        let other = || name("bob@example.org");
        match first {
            b'o' => session.handle_link(LinkEvent::Opened, now),
            b'c' => session.handle_link(LinkEvent::Closed, now),
            b'i' => _ = session.signin(now),
            b'x' => _ = session.signout(now),
            b't' => session.handle_token(Ok(Some(Token::new(text))), now),
            b'n' => session.handle_network(text.is_empty(), now),
            b'v' => session.handle_visibility(text.is_empty(), now),
            b'l' => session.handle_lead(text.is_empty(), now),
            b's' => session.suspend(now),
            b'r' => session.revive(now),
            b'w' => session.watch(&other(), now),
            b'u' => session.unwatch(&other(), now),
            b'a' => _ = session.request(Command::AddContact { name: other() }, now),
            b'd' => _ = session.request(Command::RemoveContact { name: other() }, now),
            b'q' => _ = session.request(Command::QueryStatus, now),
            b'h' => session.handle_peer(&PeerMessage::Hello, now),
            b'b' => session.handle_peer(&PeerMessage::Down { hidden: text.is_empty() }, now),
            b'y' => session.handle_peer(&PeerMessage::Busy, now),
            b'f' => {
                session.handle_peer(&PeerMessage::FromServer(format!("{connection} {text}")), now)
            }
            b'g' => {
                session.handle_peer(&PeerMessage::ToServer(format!("{connection} {text}")), now)
            }
            b'k' => session.handle_peer(&PeerMessage::Unwatch(vec![other()]), now),
            b'U' => {
                let epoch = text.len() as u64;
                connection = epoch;
                let message = PeerMessage::Up { epoch, resumed: epoch > 100, welcome: text };
                session.handle_peer(&message, now);
            }
            b'0'..=b'9' => {
                now += Span::from_millis(10_u64.pow(u32::from(first - b'0').min(6)));
                session.handle_timeout(now);
            }
            _ => {
                let text = String::from_utf8_lossy(line);
                session.handle_link(LinkEvent::Text(&text), now);
            }
        }
        let outputs = core::iter::from_fn(|| session.poll_output()).take(RESTLESS);
        let transmitted = outputs.inspect(|wanted| match wanted {
            // A leader hands on whatever other tabs say.
            Wanted::Transmit(text) => _ = decode(text),
            Wanted::Post(PeerMessage::Up { epoch, .. }) => connection = *epoch,
            _ => {}
        });
        assert!(transmitted.count() < RESTLESS, "outputs without an end");
    }
}

/// Lets clients of a registry say anything in any order.
///
/// # Panics
/// A client does not understand what the registry says, or one input has outputs without an end.
pub fn hub(data: &[u8]) {
    let mut hub = Hub::new(HubConfig::default());
    let (mut now, mut wall) = (Tick::default(), UnixMs::from_millis(1_800_000_000_000));
    for line in data.split(|byte| *byte == b'\n') {
        let Some((first, rest)) = line.split_first() else { continue };
        let client = ConnectionId(u64::from(first % 8));
        match (rest, decode(&String::from_utf8_lossy(rest))) {
            (_, Ok(FromClient::Signin(greeting))) => {
                let arrival = Arrival {
                    name: greeting.signin_name.unwrap_or_else(|| name("ann@example.org")),
                    friendly_name: greeting.friendly_name,
                    idle_for: greeting.idle_for,
                    resume_token: Some(Token::new(format!("key {}", client.0))),
                    resume: greeting.resume,
                };
                // A connection is never used twice.
                hub.disconnect(client, Departure::Lost, now, wall);
                hub.connect(client, arrival, now, wall);
            }
            (_, Ok(FromClient::Message(message))) => {
                hub.handle_message(client, message, now, wall);
            }
            ([b'x', ..], Err(_)) => hub.disconnect(client, Departure::Lost, now, wall),
            (rest, Err(_)) => {
                let span = Span::from_millis(10_u64.pow((rest.len() % 6) as u32));
                now += span;
                wall = wall + span;
                hub.handle_timeout(now, wall);
            }
        }
        let mut count = 0;
        while let Some(output) = hub.poll_output() {
            count += 1;
            assert!(count < RESTLESS, "outputs without an end");
            match output {
                Output::Notify(_, notice) => understand(&encode(&notice)),
                Output::Update(_, seq, update) => {
                    understand(&EncodedUpdate::new(&update).numbered(seq))
                }
                Output::Store(ticket, _) => {
                    let result = if first % 16 == 15 { Err(StoreError) } else { Ok(()) };
                    hub.handle_stored(ticket, result, now, wall);
                }
                Output::Fetch(ticket, _) => {
                    let result = if first % 16 == 15 { Err(StoreError) } else { Ok(Vec::new()) };
                    hub.handle_fetched(ticket, result, now, wall);
                }
                Output::Probe(id) if first % 8 == 7 => hub.handle_pong(id, now, wall),
                Output::Probe(_)
                | Output::Close(..)
                | Output::ServiceOutcome { .. }
                | Output::PresenceChanged(_) => {}
            }
        }
    }
}

fn understand(text: &str) {
    let mut dialect = JsonDialect::<Text>::default();
    dialect.receive(text);
    let understood = dialect.poll_notice();
    assert!(matches!(understood, Some(Ok(_))), "{text} is understood as {understood:?}");
}
