//! One connection of the event stream: its socket, its credentials and its manners. Knows no presence rules.

mod refusing;
mod writer;

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::extract::ws::{Message, WebSocket};
use futures_util::{StreamExt, stream::SplitStream};
use mistatus_core::{
    hresult::HResult,
    limits::FRAME_FROM_CLIENT_MAX,
    message::{ClientMessage, Command, Greeting, Notice, Request, Signal, Token},
    signin_name::SigninName,
    time::UnixMs,
};
use mistatus_hub::{Arrival, ConnectionId, Departure};
use mistatus_json::server::{FrameError, FromClient, decode};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until, timeout},
};

use self::{
    refusing::{credentials_ended, going_down, signin_refused},
    writer::Writer,
};
use crate::{
    addresses::StrangersPlace,
    auth::{Auth, AuthError, Identity},
    clock::{self, Clock},
    door,
    engine::ToEngine,
    limits,
    meter::Meter,
    metrics::{Metrics, Refused, count},
    outbox::{Outbox, OutboxMax, Outgoing, Readers, outbox},
    rate::{Bucket, Rate, SharedBucket, UserRates, take_shared},
    refusals::{Origin, RefusalLog},
    revoked::{Credential, CurrentlyRevoked},
};

/// Bounds one connection.
#[derive(Clone, Copy, Debug)]
pub struct StreamLimits {
    /// How many notices may wait for it.
    pub outbox_max: usize,
    /// How many bytes these may have.
    pub outbox_bytes_max: usize,
    /// How long it may take until it has signed in.
    pub signin_timeout: Duration,
    /// How long one message may take to be written.
    pub write_timeout: Duration,
    /// How long a closing handshake may take.
    pub close_timeout: Duration,
    /// What it may send.
    pub rate: Rate,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            outbox_max: limits::OUTBOX_MAX,
            outbox_bytes_max: limits::OUTBOX_BYTES_MAX,
            signin_timeout: limits::SIGNIN_TIMEOUT,
            write_timeout: limits::WRITE_TIMEOUT,
            close_timeout: limits::CLOSE_TIMEOUT,
            rate: limits::CONNECTION_RATE,
        }
    }
}

/// The state that all connections share.
#[derive(Clone)]
pub(crate) struct StreamContext {
    pub(crate) auth: Arc<Auth>,
    pub(crate) engine: mpsc::Sender<ToEngine>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) clock: Clock,
    /// Numbers the connections.
    pub(crate) connections: Arc<AtomicU64>,
    pub(crate) limits: StreamLimits,
    pub(crate) users: Arc<UserRates>,
    pub(crate) readers: Arc<Readers>,
    pub(crate) refusals: Arc<RefusalLog>,
    /// Becomes true when the server stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// What is known of a client before it says anything.
pub(crate) struct Caller {
    /// Bounds what is read from its socket.
    pub(crate) meter: Arc<Meter>,
    /// Its place among those that have not signed in.
    pub(crate) stranger: StrangersPlace,
    pub(crate) origin: Origin,
}

/// Tells why reading came to its end.
enum End {
    /// The peer or the link; nothing more can be said.
    Gone,
    /// Another connection that has not signed in took its place; nothing more is said, so that it is free at once.
    Displaced,
    /// This side, with a close code and, before it, perhaps a notice.
    Closed(u16, Option<Box<Notice>>),
}

/// A client that has signed in.
struct Member {
    connection: ConnectionId,
    name: SigninName,
    credential: Option<Credential>,
    expiry: Option<Expiry>,
    /// What all connections of the user may still send.
    bucket: SharedBucket,
}

/// The expiry of a token, and when to act before it.
struct Expiry {
    at: UnixMs,
    /// How long before the end the client is told.
    notice: Duration,
    next: Instant,
    told: bool,
}

struct Connection {
    context: StreamContext,
    outbox: Outbox,
    bucket: Bucket,
    /// What may still be refused for its rate.
    flood: Bucket,
    /// What may still be refused before the sign-in.
    refusals_left: u32,
    /// Bounds what is read for one message.
    meter: Arc<Meter>,
    /// Held until the sign-in.
    stranger: Option<StrangersPlace>,
    origin: Origin,
    revoked: Option<CurrentlyRevoked>,
    /// Whether the registry waits for a pong; others are no news.
    is_probed: Arc<AtomicBool>,
    /// How the registry is told of the end.
    departure: Departure,
}

/// Serves one connection until it ends.
pub(crate) async fn serve(socket: WebSocket, caller: Caller, context: StreamContext) {
    let Caller { meter, stranger, origin } = caller;
    let _counted = Counted::new(context.metrics.clone());
    let (sink, mut frames) = socket.split();
    let max = OutboxMax {
        notices: context.limits.outbox_max,
        bytes: context.limits.outbox_bytes_max,
        user: context.limits.outbox_bytes_max.saturating_mul(limits::OUTBOXES_OF_USER),
        share: limits::OUTBOX_BYTES_SHARE,
        all: limits::OUTBOXES_BYTES_MAX,
    };
    let (outbox, queued) = outbox(max, context.metrics.clone());
    let is_probed = Arc::<AtomicBool>::default();
    let writer = Writer {
        sink,
        is_probed: is_probed.clone(),
        metrics: context.metrics.clone(),
        limits: context.limits,
    };
    let mut writer = tokio::spawn(writer.write(queued));
    let close_timeout = context.limits.close_timeout;
    let mut connection = Connection {
        bucket: Bucket::full(context.limits.rate, context.clock.now()),
        flood: Bucket::full(limits::RATE_REFUSED, context.clock.now()),
        refusals_left: limits::REFUSED_BEFORE_SIGNIN_MAX,
        meter: meter.clone(),
        stranger: Some(stranger),
        origin,
        revoked: context.auth.revoked(),
        is_probed,
        context,
        outbox,
        departure: Departure::Lost,
    };
    let mut member = None;
    let end = {
        let reading = pin!(connection.converse(&mut frames, &mut member));
        tokio::select! {
            end = reading => end,
            // The engine closed the connection, or the peer reads too slowly.
            _ = &mut writer => End::Gone,
        }
    };
    if matches!(end, End::Displaced) {
        writer.abort();
        return;
    }
    if let Some(Member { connection: id, .. }) = member {
        let gone = ToEngine::Disconnect { connection: id, departure: connection.departure };
        let _ = connection.context.engine.send(gone).await;
    }
    let too_large = matches!(end, End::Closed(limits::CLOSE_TOO_LARGE, _));
    if let End::Closed(code, notice) = end {
        let notice = notice.map(Outgoing::Notice);
        for last in notice.into_iter().chain([Outgoing::Close(code)]) {
            let _ = connection.outbox.push(last);
        }
    }
    // Until the socket is closed: what is closing takes memory as well.
    let stranger = connection.stranger.take();
    drop(connection);
    let closing = async {
        if !writer.is_finished() && timeout(close_timeout, &mut writer).await.is_err() {
            writer.abort();
        }
        meter.allow(limits::MESSAGE_WIRE_MAX);
        // The peer's side of the closing handshake: closing the socket with unread input would throw away what
        // was sent last. Of input that cannot be read, it has to be waited for instead.
        let rest = async {
            loop {
                match frames.next().await {
                    Some(Ok(_)) => {}
                    Some(Err(_)) if too_large => std::future::pending().await,
                    Some(Err(_)) | None => return,
                }
            }
        };
        let _ = timeout(close_timeout, rest).await;
    };
    tokio::select! {
        () = closing => {}
        () = displaced(stranger.as_ref()) => {}
    }
    writer.abort();
}

impl Connection {
    async fn converse(
        &mut self,
        frames: &mut SplitStream<WebSocket>,
        member: &mut Option<Member>,
    ) -> End {
        let deadline = Instant::now() + self.context.limits.signin_timeout;
        let mut stopping = self.context.stopping.clone();
        let meter = self.meter.clone();
        meter.allow(limits::SIGNIN_WIRE_MAX);
        loop {
            let wake = match member {
                None => Some(deadline),
                Some(member) => member.expiry.as_ref().map(|expiry| expiry.next),
            };
            let alarm = async {
                match wake {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let revoked = revocation(self.revoked.as_mut().filter(|_| member.is_some()));
            let message = tokio::select! {
                message = frames.next() => message,
                // A message that never ends does not come out of the library.
                () = meter.exceeded() => return self.too_fast(),
                () = displaced(self.stranger.as_ref()) => return End::Displaced,
                // Members are told by the registry.
                () = door::stop(&mut stopping), if member.is_none() => return going_down(),
                () = revoked => match self.check_revoked(member) {
                    Some(end) => return end,
                    None => continue,
                },
                () = alarm => {
                    match self.alarm(member) {
                        Some(end) => return end,
                        None => continue,
                    }
                }
            };
            let may_follow = match member {
                None => limits::SIGNIN_WIRE_MAX,
                Some(_) => limits::MESSAGE_WIRE_MAX,
            };
            match &message {
                Some(Ok(Message::Text(_) | Message::Binary(_))) => meter.allow(may_follow),
                // They may come between the frames of a message, which they do not end.
                Some(Ok(Message::Ping(payload) | Message::Pong(payload))) => {
                    meter.allow_more(limits::CONTROL_HEAD + payload.len(), may_follow);
                }
                _ => {}
            }
            let text = match message {
                Some(Ok(Message::Text(text))) if text.len() > FRAME_FROM_CLIENT_MAX => {
                    return self.too_large();
                }
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Binary(_))) => {
                    let message = "binary frames are not used; send one JSON object as text";
                    if !self.bucket.take(1, self.context.clock.now()) {
                        return self.too_fast();
                    }
                    let refused = self.refuse(
                        member.as_ref(),
                        None,
                        HResult::E_INVALIDARG,
                        message.to_owned(),
                    );
                    match refused {
                        Ok(()) => continue,
                        Err(end) => return end,
                    }
                }
                // Answered below us, at a cost.
                Some(Ok(control @ (Message::Ping(_) | Message::Pong(_)))) => {
                    if !self.bucket.take(1, self.context.clock.now()) {
                        return self.too_fast();
                    }
                    if matches!(control, Message::Pong(_))
                        && let Err(end) = self.ponged(member.as_ref()).await
                    {
                        return end;
                    }
                    continue;
                }
                Some(Ok(Message::Close(_))) | None => return End::Gone,
                Some(Err(error)) if is_too_large(&error) => return self.too_large(),
                Some(Err(_)) => return End::Closed(limits::CLOSE_PROTOCOL, None),
            };
            count(&self.context.metrics.frames_in_total);
            if let Err(end) = self.take(&text, member).await {
                return end;
            }
        }
    }

    /// The peer's network stack is there, also where its page cannot speak.
    async fn ponged(&self, member: Option<&Member>) -> Result<(), End> {
        match member {
            Some(&Member { connection, .. }) if self.is_probed.swap(false, Relaxed) => {
                self.tell_engine(ToEngine::Pong { connection }).await
            }
            _ => Ok(()),
        }
    }

    async fn take(&mut self, text: &str, member: &mut Option<Member>) -> Result<(), End> {
        let decoded = decode(text);
        if !self.may_send(&decoded, member.as_ref()) {
            self.context.metrics.refuse(Refused::Rate);
            if !self.flood.take(1, self.context.clock.now()) {
                return Err(self.too_fast());
            }
            let id = match &decoded {
                Ok(FromClient::Message(ClientMessage::Request(request))) => Some(request.id),
                Ok(_) => None,
                Err(error) => error.id,
            };
            let Rate { burst, per_second } = self.context.limits.rate;
            let message = format!(
                "too many frames: {burst} at once and {per_second} a second are allowed on a connection, and not \
                 much more on all connections of a user together"
            );
            let error = FrameError { id, hr: HResult::MSGR_E_SERVER_TOO_BUSY, message };
            return self.say_refused(member.as_ref(), error);
        }
        match (decoded, member.as_mut()) {
            (Err(error), member) => self.refuse_frame(member.as_deref(), error)?,
            (Ok(FromClient::Signin(greeting)), None) => {
                *member = Some(self.signin(greeting).await?);
                self.stranger = None;
                self.meter.allow(limits::MESSAGE_WIRE_MAX);
            }
            (Ok(FromClient::Signin(_)), Some(member)) => {
                let message = "this connection is signed in already".to_owned();
                self.refuse(Some(member), None, HResult::MSGR_E_ALREADY_LOGGED_ON, message)?;
            }
            (Ok(FromClient::Message(message)), None) => {
                let id = match message {
                    ClientMessage::Request(request) => Some(request.id),
                    ClientMessage::Signal(_) => None,
                };
                let message = "the first frame must be `signin`".to_owned();
                self.refuse(None, id, HResult::MSGR_E_NOT_LOGGED_ON, message)?;
            }
            (Ok(FromClient::Message(message)), Some(member)) => {
                if let ClientMessage::Request(Request { id, command }) = &message
                    && let Command::RenewToken { token } = command
                {
                    match self.context.auth.renew(&member.name, token).await {
                        Ok(Some(Identity { credential, expires, .. })) => {
                            member.credential = credential;
                            member.expiry = expires.map(Expiry::new);
                        }
                        Ok(None) => {}
                        Err(error) => {
                            self.note_refused(&error, "a renewal was refused");
                            let hr = HResult::MSGR_E_INVALID_PASSWORD;
                            let message = error.to_string();
                            let error = FrameError { id: Some(*id), hr, message };
                            return self.say(error.into_notice());
                        }
                    }
                }
                let connection = member.connection;
                self.tell_engine(ToEngine::Message { connection, message }).await?;
            }
        }
        Ok(())
    }

    async fn signin(&mut self, greeting: Greeting) -> Result<Member, End> {
        // It may wait for keys.
        let mut stopping = self.context.stopping.clone();
        let identity = tokio::select! {
            identity = self.context.auth.identify(&greeting) => identity,
            () = displaced(self.stranger.as_ref()) => return Err(End::Displaced),
            () = door::stop(&mut stopping) => return Err(going_down()),
        };
        let identity = identity.map_err(|error| {
            self.note_refused(&error, "a sign-in was refused");
            signin_refused(&error)
        })?;
        if *self.context.stopping.borrow() {
            return Err(going_down());
        }
        let now = self.context.clock.now();
        let bucket = self.context.users.bucket(&identity.name, now);
        if !take_shared(&bucket, limits::SNAPSHOT_COST, now) {
            return Err(self.too_fast());
        }
        let connection = ConnectionId(self.context.connections.fetch_add(1, Relaxed));
        let arrival = Arrival {
            name: identity.name.clone(),
            friendly_name: identity.friendly_name,
            idle_for: greeting.idle_for,
            resume_token: random_token(),
            resume: greeting.resume,
        };
        self.context.readers.join(&identity.name, &self.outbox);
        let outbox = self.outbox.clone();
        self.tell_engine(ToEngine::Connect { connection, arrival, outbox }).await?;
        Ok(Member {
            connection,
            name: identity.name,
            credential: identity.credential,
            expiry: identity.expires.map(Expiry::new),
            bucket,
        })
    }

    /// Whether there is something left for a frame; takes it.
    fn may_send(
        &mut self,
        decoded: &Result<FromClient, FrameError>,
        member: Option<&Member>,
    ) -> bool {
        let cost = match decoded {
            Ok(FromClient::Message(ClientMessage::Signal(Signal::Resync))) => limits::SNAPSHOT_COST,
            Ok(FromClient::Message(ClientMessage::Request(Request {
                command: Command::FindPeople { .. },
                ..
            }))) => limits::SEARCH_COST,
            Ok(FromClient::Message(ClientMessage::Request(Request {
                command: Command::SendMessage { .. } | Command::FetchMessages { .. },
                ..
            }))) => limits::MESSAGE_COST,
            _ => 1,
        };
        let now = self.context.clock.now();
        self.bucket.take(cost, now)
            && member.is_none_or(|member| take_shared(&member.bucket, cost, now))
    }

    async fn tell_engine(&self, message: ToEngine) -> Result<(), End> {
        let sent = self.context.engine.send(message).await;
        sent.map_err(|_| End::Closed(limits::CLOSE_UNAVAILABLE, None))
    }

    /// Does what is due: the end of the time to sign in, or of a token.
    fn alarm(&mut self, member: &mut Option<Member>) -> Option<End> {
        let Some(member) = member else {
            let bye = Notice::Bye {
                hr: HResult::MSGR_E_LOGON_TIMEOUT,
                retry_after: None,
                message: Some("no `signin` in time".to_owned()),
            };
            self.context.metrics.refuse(Refused::SigninTimeout);
            return Some(End::Closed(limits::CLOSE_SIGNIN_TIMEOUT, Some(Box::new(bye))));
        };
        let expiry = member.expiry.as_mut()?;
        let left = expiry.at.since(clock::wall());
        if left.as_millis() == 0 {
            self.context.metrics.refuse(Refused::Credentials);
            return Some(credentials_ended(&AuthError::Expired));
        }
        let left_for = Duration::from_millis(left.as_millis());
        if !expiry.told && left_for <= expiry.notice {
            expiry.told = true;
            if let Err(end) = self.say(Notice::TokenExpiring { expires_in: left }) {
                return Some(end);
            }
        }
        // By the calendar, which may have been set meanwhile.
        let wait = if expiry.told { left_for } else { left_for - expiry.notice };
        expiry.next = Instant::now() + wait.min(FAR);
        None
    }

    /// Ends a connection whose credentials have been revoked. Whoever they belong to is gone at once: nobody is to
    /// come back with them.
    fn check_revoked(&mut self, member: &Option<Member>) -> Option<End> {
        let list = self.revoked.as_mut()?.borrow_and_update().clone();
        let credential = member.as_ref()?.credential.as_ref()?;
        if !list.covers(credential) {
            return None;
        }
        self.context.metrics.refuse(Refused::Revoked);
        self.departure = Departure::SignedOut;
        Some(credentials_ended(&AuthError::Revoked))
    }
}

impl Expiry {
    fn new(at: UnixMs) -> Self {
        let left = Duration::from_millis(at.since(clock::wall()).as_millis());
        let notice = limits::TOKEN_NOTICE.min(left / 2);
        Self { at, notice, next: Instant::now() + (left - notice).min(FAR), told: false }
    }
}

/// Waits until the list of what is revoked is another; for ever where there is none.
async fn revocation(list: Option<&mut CurrentlyRevoked>) {
    if let Some(list) = list
        && list.changed().await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

/// Waits until the place of a connection that has not signed in was given to another; for ever after the sign-in.
async fn displaced(place: Option<&StrangersPlace>) {
    match place {
        Some(place) => place.taken().await,
        None => std::future::pending().await,
    }
}

/// Makes a secret that nobody can guess. Without randomness connections cannot be resumed, and work.
fn random_token() -> Option<Token> {
    let mut bytes = [0; limits::RESUME_TOKEN_BYTES];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Some(Token::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect())),
        Err(error) => {
            tracing::error!(%error, "there is no randomness; connections cannot be resumed");
            None
        }
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    use std::error::Error as _;
    use tokio_tungstenite::tungstenite::Error;
    let source = error.source().and_then(|source| source.downcast_ref::<Error>());
    matches!(source, Some(Error::Capacity(_)))
}

/// Counts a connection for as long as it is there.
struct Counted(Arc<Metrics>);

impl Counted {
    fn new(metrics: Arc<Metrics>) -> Self {
        count(&metrics.connections);
        count(&metrics.connections_total);
        Self(metrics)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Relaxed);
    }
}

/// Ends further away than a day are looked at again then: timers do not reach for ever.
const FAR: Duration = Duration::from_secs(86_400);
