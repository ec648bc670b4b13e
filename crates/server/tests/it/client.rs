//! A raw client of the stream and a server in this process. Speaks JSON values, so that tests can say wrong things.

use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use mistatus_server::{Config, Server};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Error, Message, client::IntoClientRequest, handshake::client::Request, http::HeaderValue,
    },
};

/// A server of its own for one test, with a database that lives as long.
pub(crate) struct TestServer {
    server: Option<Server>,
    pub(crate) address: SocketAddr,
    pub(crate) directory: TempDir,
    args: Vec<String>,
}

pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Frames that came while another was waited for.
    pub(crate) seen: VecDeque<Value>,
    last_id: u32,
}

impl TestServer {
    pub(crate) async fn open() -> Self {
        Self::with(&[]).await
    }

    pub(crate) async fn with(args: &[&str]) -> Self {
        Self::tuned(args, |_| {}).await
    }

    pub(crate) async fn tuned(args: &[&str], tune: impl FnOnce(&mut Config)) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let args: Vec<_> = args.iter().map(|&arg| arg.to_owned()).collect();
        let server = start(&directory, &args, tune).await;
        Self { address: server.address(), server: Some(server), directory, args }
    }

    pub(crate) async fn restart(&mut self) {
        self.restart_tuned(|_| {}).await;
    }

    pub(crate) async fn restart_tuned(&mut self, tune: impl FnOnce(&mut Config)) {
        self.stop().await;
        let server = start(&self.directory, &self.args, tune).await;
        self.address = server.address();
        self.server = Some(server);
    }

    pub(crate) async fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    pub(crate) fn running(&self) -> &Server {
        self.server.as_ref().expect("it was not stopped")
    }

    pub(crate) async fn connect(&self) -> Client {
        Client::connect(self.address).await
    }

    /// Signs in by name, for servers with open authentication.
    pub(crate) async fn signin(&self, name: &str) -> Client {
        let mut client = self.connect().await;
        client.signin(json!({ "name": name })).await;
        client
    }
}

async fn start(directory: &TempDir, args: &[String], tune: impl FnOnce(&mut Config)) -> Server {
    let data = directory.path().join("data");
    let mut all = vec![
        "mistatus-server".to_owned(),
        "--listen=127.0.0.1:0".to_owned(),
        format!("--data={}", data.display()),
    ];
    all.extend_from_slice(args);
    let mut config = Config::from_args(all).expect("the settings are right");
    tune(&mut config);
    Server::start(config).await.expect("the server starts")
}

pub(crate) fn upgrade(address: SocketAddr) -> Request {
    let mut request =
        format!("ws://{address}/stream").into_client_request().expect("a valid address");
    let subprotocol = HeaderValue::from_static("mistatus.v1");
    request.headers_mut().insert("sec-websocket-protocol", subprotocol);
    request
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::open(upgrade(address)).await.expect("the stream opens")
    }

    /// Opens a stream by a request of one's own; returns the HTTP status where it is refused.
    pub(crate) async fn open(request: Request) -> Result<Self, u16> {
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self { socket, seen: VecDeque::new(), last_id: 0 }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn signin(&mut self, mut greeting: Value) -> Value {
        greeting["type"] = json!("signin");
        self.send(greeting).await;
        self.expect("signed-in").await;
        self.expect("snapshot").await
    }

    pub(crate) async fn send(&mut self, frame: Value) {
        self.send_text(&frame.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.expect("the link is up");
    }

    /// Sends a request and returns its outcome; frames before it are kept.
    pub(crate) async fn ask(&mut self, mut frame: Value) -> Value {
        self.last_id += 1;
        frame["id"] = json!(self.last_id);
        self.send(frame).await;
        let id = json!(self.last_id);
        self.find(|frame| frame["type"] == "outcome" && frame["id"] == id).await
    }

    pub(crate) async fn set_status(&mut self, status: u16) {
        let outcome = self.ask(json!({ "type": "set-status", "status": status })).await;
        assert_eq!(outcome["hr"], 0, "{outcome}");
    }

    /// Waits until a person has a status, and forgets what came before.
    pub(crate) async fn sees(&mut self, name: &str, status: u16) {
        loop {
            let frame = self.expect("changes").await;
            let changes = frame["changes"].as_array().expect("changes are a list");
            if changes.iter().any(|change| change["name"] == name && change["status"] == status) {
                return;
            }
        }
    }

    /// Returns the next frame of a type; others stay for later.
    pub(crate) async fn expect(&mut self, kind: &str) -> Value {
        self.find(|frame| frame["type"] == kind).await
    }

    pub(crate) async fn find(&mut self, mut wanted: impl FnMut(&Value) -> bool) -> Value {
        if let Some(place) = self.seen.iter().position(&mut wanted) {
            return self.seen.remove(place).expect("it was just found");
        }
        loop {
            let frame = match self.next().await {
                Ok(frame) => frame,
                Err(code) => panic!("closed with {code:?} while waiting; seen: {:?}", self.seen),
            };
            if wanted(&frame) {
                return frame;
            }
            self.seen.push_back(frame);
        }
    }

    /// Asks for a snapshot and returns it; whatever was under way before has arrived then.
    pub(crate) async fn snapshot(&mut self) -> Value {
        self.seen.clear();
        self.send(json!({ "type": "resync" })).await;
        self.expect("snapshot").await
    }

    /// Waits for the end; returns the close code, if there was one. What came before stays in `seen`.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        loop {
            match self.next().await {
                Ok(frame) => self.seen.push_back(frame),
                Err(code) => return code,
            }
        }
    }

    /// Returns the next frame, or the close code, if there was one.
    pub(crate) async fn next(&mut self) -> Result<Value, Option<u16>> {
        loop {
            let message = timeout(PATIENCE, self.socket.next()).await;
            match message.expect("the server answers in the end") {
                Some(Ok(Message::Text(text))) => {
                    return Ok(serde_json::from_str(&text).expect("frames are JSON"));
                }
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map(|frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) | None => {
                    return Err(None);
                }
                Some(Err(_)) => return Err(None),
            }
        }
    }
}

/// Signed, as frames carry it.
pub(crate) fn hr(bits: u32) -> i64 {
    i64::from(bits.cast_signed())
}

pub(crate) const E_INVALIDARG: u32 = 0x8007_0057;
pub(crate) const INVALID_PASSWORD: u32 = 0x8100_0303;
pub(crate) const SERVER_UNAVAILABLE: u32 = 0x8100_0314;
pub(crate) const SERVER_TOO_BUSY: u32 = 0x8100_030E;
pub(crate) const NOT_LOGGED_ON: u32 = 0x8100_031E;

/// Far longer than anything takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);
