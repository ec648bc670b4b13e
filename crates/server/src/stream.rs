//! One connection of the event stream: its socket, its credentials and its manners. Knows no presence rules.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use mistatus_core::{
    hresult::HResult,
    limits::FRAME_FROM_CLIENT_MAX,
    message::{Greeting, Notice, Request},
    signin_name::SigninName,
    time::UnixMs,
};
use mistatus_hub::{Arrival, ClientId, Departure};
use mistatus_json::server::{FrameError, FromClient, decode, encode};
use tokio::{
    sync::{Notify, mpsc},
    time::{Instant, sleep_until, timeout},
};

use crate::{
    auth::{Auth, AuthError},
    clock::{self, Clock},
    engine::{Outbox, Outgoing, ToEngine},
    limits,
    metrics::{Metrics, count},
    rate::Bucket,
};

/// Is what every connection shares.
#[derive(Clone)]
pub(crate) struct StreamContext {
    pub(crate) auth: Arc<Auth>,
    pub(crate) engine: mpsc::Sender<ToEngine>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) clock: Clock,
    pub(crate) clients: Arc<AtomicU64>,
    pub(crate) outbox_max: usize,
    pub(crate) signin_timeout: Duration,
}

/// Tells why reading came to its end.
enum End {
    /// The peer or the link; nothing more can be said.
    Gone,
    /// This side, with a close code and, before it, perhaps a notice.
    Closed(u16, Option<Notice>),
}

/// Is a client that has signed in.
struct Member {
    client: ClientId,
    name: SigninName,
    expiry: Option<Expiry>,
}

/// Is the end of a token, and what happens next before it.
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
    refused_in_a_row: u32,
}

/// Serves one connection until it ends.
pub(crate) async fn serve(socket: WebSocket, context: StreamContext) {
    let _counted = Counted::new(context.metrics.clone());
    let (sink, mut frames) = socket.split();
    let (queue, outgoing) = mpsc::channel(context.outbox_max);
    let outbox = Outbox { queue, too_slow: Arc::new(Notify::new()) };
    let mut writer =
        tokio::spawn(write(sink, outgoing, outbox.too_slow.clone(), context.metrics.clone()));
    let mut connection = Connection {
        bucket: Bucket::full(context.clock.now()),
        context,
        outbox,
        refused_in_a_row: 0,
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
    if let Some(Member { client, .. }) = member {
        let gone = ToEngine::Disconnect { client, departure: Departure::Lost };
        let _ = connection.context.engine.send(gone).await;
    }
    let too_large = matches!(end, End::Closed(limits::CLOSE_TOO_LARGE, _));
    if let End::Closed(code, notice) = end {
        let notice = notice.map(Outgoing::Notice);
        for last in notice.into_iter().chain([Outgoing::Close(code)]) {
            let _ = connection.outbox.queue.try_send(last);
        }
    }
    drop(connection);
    if !writer.is_finished() && timeout(limits::CLOSE_TIMEOUT, &mut writer).await.is_err() {
        writer.abort();
    }
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
    let _ = timeout(limits::CLOSE_TIMEOUT, rest).await;
}

impl Connection {
    async fn converse(
        &mut self,
        frames: &mut SplitStream<WebSocket>,
        member: &mut Option<Member>,
    ) -> End {
        let deadline = Instant::now() + self.context.signin_timeout;
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
            let message = tokio::select! {
                message = frames.next() => message,
                () = alarm => {
                    match self.alarm(member) {
                        Some(end) => return end,
                        None => continue,
                    }
                }
            };
            let text = match message {
                Some(Ok(Message::Text(text))) if text.len() > FRAME_FROM_CLIENT_MAX => {
                    return End::Closed(limits::CLOSE_TOO_LARGE, None);
                }
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Binary(_))) => {
                    let message = "binary frames are not used; send one JSON object as text";
                    self.refuse(None, HResult::E_INVALIDARG, message.to_owned());
                    if !self.bucket.take(self.context.clock.now()) {
                        return too_fast();
                    }
                    continue;
                }
                // Answered below us.
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                Some(Ok(Message::Close(_))) | None => return End::Gone,
                Some(Err(error)) => return End::Closed(code_of(error), None),
            };
            count(&self.context.metrics.frames_in_total);
            if let Err(end) = self.take(&text, member).await {
                return end;
            }
        }
    }

    async fn take(&mut self, text: &str, member: &mut Option<Member>) -> Result<(), End> {
        let decoded = decode(text);
        if !self.bucket.take(self.context.clock.now()) {
            self.refused_in_a_row += 1;
            if self.refused_in_a_row > limits::RATE_REFUSED_MAX {
                return Err(too_fast());
            }
            let id = match &decoded {
                Ok(FromClient::Request(request)) => request_id(request),
                Ok(FromClient::Signin(_)) => None,
                Err(error) => error.id,
            };
            let message = format!(
                "too many frames: {} at once and {} a second are allowed",
                limits::RATE_BURST,
                limits::RATE_PER_SECOND
            );
            self.refuse(id, HResult::MSGR_E_SERVER_TOO_BUSY, message);
            return Ok(());
        }
        self.refused_in_a_row = 0;
        match (decoded, member.as_mut()) {
            (Err(error), _) => self.refuse_frame(error),
            (Ok(FromClient::Signin(greeting)), None) => {
                *member = Some(self.signin(greeting).await?);
            }
            (Ok(FromClient::Signin(_)), Some(_)) => {
                let message = "this connection is signed in already".to_owned();
                self.refuse(None, HResult::MSGR_E_ALREADY_LOGGED_ON, message);
            }
            (Ok(FromClient::Request(request)), None) => {
                let message = "the first frame must be `signin`".to_owned();
                self.refuse(request_id(&request), HResult::MSGR_E_NOT_LOGGED_ON, message);
            }
            (Ok(FromClient::Request(request)), Some(member)) => {
                if let Request::RenewToken { id, token } = &request {
                    match self.context.auth.renew(&member.name, token) {
                        Ok(expires) => member.expiry = expires.map(Expiry::new),
                        Err(error) => {
                            let hr = HResult::MSGR_E_INVALID_PASSWORD;
                            self.refuse(Some(*id), hr, error.to_string());
                            return Ok(());
                        }
                    }
                }
                let client = member.client;
                self.tell_engine(ToEngine::Request { client, request }).await?;
            }
        }
        Ok(())
    }

    async fn signin(&mut self, greeting: Greeting) -> Result<Member, End> {
        let identity = self.context.auth.identify(&greeting).map_err(|error| {
            count(&self.context.metrics.signins_refused_total);
            tracing::debug!(%error, "a sign-in was refused");
            credentials_refused(&error.to_string())
        })?;
        let client = ClientId(self.context.clients.fetch_add(1, Relaxed));
        let arrival = Arrival {
            name: identity.name.clone(),
            friendly_name: identity.friendly_name,
            idle_for: greeting.idle_for,
            resume_token: None,
            resume: greeting.resume,
        };
        let outbox = self.outbox.clone();
        self.tell_engine(ToEngine::Connect { client, arrival, outbox }).await?;
        Ok(Member { client, name: identity.name, expiry: identity.expires.map(Expiry::new) })
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
            return Some(End::Closed(limits::CLOSE_SIGNIN_TIMEOUT, Some(bye)));
        };
        let expiry = member.expiry.as_mut()?;
        let left = expiry.at.since(clock::wall());
        if left.as_millis() == 0 {
            return Some(credentials_refused(&AuthError::Expired.to_string()));
        }
        let left_for = Duration::from_millis(left.as_millis());
        if !expiry.told && left_for <= expiry.notice {
            expiry.told = true;
            self.say(Notice::TokenExpiring { expires_in: left });
        }
        // By the calendar, which may have been set meanwhile.
        let wait = if expiry.told { left_for } else { left_for - expiry.notice };
        expiry.next = Instant::now() + wait.min(FAR);
        None
    }

    fn refuse_frame(&mut self, error: FrameError) {
        count(&self.context.metrics.frames_refused_total);
        self.say(error.into_notice());
    }

    fn refuse(
        &mut self,
        id: Option<mistatus_core::message::RequestId>,
        hr: HResult,
        message: String,
    ) {
        self.refuse_frame(FrameError { id, hr, message });
    }

    /// Answers without the engine. Where the queue is full, the engine's next notice ends the connection.
    fn say(&self, notice: Notice) {
        let _ = self.outbox.queue.try_send(Outgoing::Notice(notice));
    }
}

impl Expiry {
    fn new(at: UnixMs) -> Self {
        let left = Duration::from_millis(at.since(clock::wall()).as_millis());
        let notice = limits::TOKEN_NOTICE.min(left / 2);
        Self { at, notice, next: Instant::now() + (left - notice).min(FAR), told: false }
    }
}

async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    mut outgoing: mpsc::Receiver<Outgoing>,
    too_slow: Arc<Notify>,
    metrics: Arc<Metrics>,
) {
    let deliver = async {
        while let Some(next) = outgoing.recv().await {
            match next {
                Outgoing::Notice(notice) => {
                    let text = encode(&notice);
                    count(&metrics.frames_out_total);
                    if sink.feed(Message::Text(text.into())).await.is_err() {
                        return None;
                    }
                    // One flush for whatever has gathered meanwhile.
                    if outgoing.is_empty() && sink.flush().await.is_err() {
                        return None;
                    }
                }
                Outgoing::Close(code) => return Some(code),
            }
        }
        Some(limits::CLOSE_NORMAL)
    };
    let code = tokio::select! {
        code = deliver => code,
        () = too_slow.notified() => Some(limits::CLOSE_TOO_SLOW),
    };
    if let Some(code) = code {
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static("") };
        let _ = timeout(limits::CLOSE_TIMEOUT, sink.send(Message::Close(Some(frame)))).await;
    }
}

fn credentials_refused(message: &str) -> End {
    let bye = Notice::Bye {
        hr: HResult::MSGR_E_INVALID_PASSWORD,
        retry_after: None,
        message: Some(message.to_owned()),
    };
    End::Closed(limits::CLOSE_CREDENTIALS, Some(bye))
}

fn too_fast() -> End {
    let bye = Notice::Bye {
        hr: HResult::MSGR_E_SERVER_TOO_BUSY,
        retry_after: None,
        message: Some("this client sends too much".to_owned()),
    };
    End::Closed(limits::CLOSE_TOO_FAST, Some(bye))
}

fn request_id(request: &Request) -> Option<mistatus_core::message::RequestId> {
    match request {
        Request::SetStatus { id, .. }
        | Request::QueryStatus { id }
        | Request::Watch { id, .. }
        | Request::AddContact { id, .. }
        | Request::RemoveContact { id, .. }
        | Request::RenewToken { id, .. } => Some(*id),
        _ => None,
    }
}

fn code_of(error: axum::Error) -> u16 {
    use tokio_tungstenite::tungstenite::Error;
    match error.into_inner().downcast_ref::<Error>() {
        Some(Error::Capacity(_)) => limits::CLOSE_TOO_LARGE,
        _ => limits::CLOSE_PROTOCOL,
    }
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
