//! A back end that takes webhooks over a real socket, or does not.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::hmac;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::{Notify, mpsc},
    task::JoinHandle,
    time::timeout,
};

/// Of the specification's example.
pub(super) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Something that arrived.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    pub(super) path: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) text: String,
    pub(super) body: Value,
}

/// What is answered to whatever arrives.
#[derive(Clone)]
pub(super) enum Answer {
    Status(u16),
    /// The same with a header.
    With(u16, String),
    /// The connection stays open without a word.
    Silence,
    /// A status, once it is told to go on.
    Held(u16, Arc<Notify>),
}

type Answers = Arc<Mutex<Box<dyn Fn(&Arrived) -> Answer + Send>>>;

/// The back end's server; ends when dropped.
pub(super) struct Receiver {
    pub(super) address: SocketAddr,
    answers: Answers,
    connections: Arc<AtomicUsize>,
    arrived: mpsc::UnboundedReceiver<Arrived>,
    server: JoinHandle<()>,
}

impl Arrived {
    pub(super) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub(super) fn name(&self) -> &str {
        self.body["data"]["name"].as_str().expect("a body says about whom it is")
    }

    /// Returns about whom it is, and what it says.
    pub(super) fn change(&self) -> (String, u64) {
        (self.name().to_owned(), self.body["data"]["status"].as_u64().expect("a number"))
    }

    /// Computes what the signature must be, by another library than the server.
    pub(super) fn expected_signature(&self, secret: &str) -> String {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let signed = [self.id(), &self.headers["webhook-timestamp"], &self.text].join(".");
        format!("v1,{}", STANDARD.encode(hmac::sign(&key, signed.as_bytes())))
    }
}

impl Receiver {
    /// Takes whatever arrives.
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, arrived) = mpsc::unbounded_channel();
        let answers: Answers = Arc::new(Mutex::new(Box::new(|_| Answer::Status(204))));
        let answering = answers.clone();
        let connections = Arc::<AtomicUsize>::default();
        let count = connections.clone();
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                count.fetch_add(1, SeqCst);
                tokio::spawn(serve(socket, sender.clone(), answering.clone()));
            }
        });
        Self { address, answers, connections, arrived, server }
    }

    pub(super) fn answer(&self, answer: impl Fn(&Arrived) -> Answer + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answer);
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/path-of-it?token=of-the-query", self.address)
    }

    /// Returns how many connections there have been, whatever they were for.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(SeqCst)
    }

    /// Waits for what arrives next.
    pub(super) async fn next(&mut self) -> Arrived {
        let next = timeout(PATIENCE, self.arrived.recv()).await;
        next.expect("something arrives").expect("the receiver lives")
    }

    /// Waits for the next that says that somebody is so; returns all up to it.
    pub(super) async fn until(&mut self, name: &str, status: u64) -> Vec<Arrived> {
        let mut all = Vec::new();
        loop {
            let arrived = self.next().await;
            let is_it = arrived.change() == (name.to_owned(), status);
            all.push(arrived);
            if is_it {
                return all;
            }
        }
    }

    /// Returns what has arrived and was not waited for.
    pub(super) fn rest(&mut self) -> Vec<Arrived> {
        std::iter::from_fn(|| self.arrived.try_recv().ok()).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(socket: TcpStream, arrived: mpsc::UnboundedSender<Arrived>, answers: Answers) {
    let mut socket = BufReader::new(socket);
    let Some(request) = read(&mut socket).await else { return };
    let answer = (answers.lock().unwrap())(&request);
    let _ = arrived.send(request);
    let (status, header) = match answer {
        Answer::Status(status) => (status, String::new()),
        Answer::With(status, header) => (status, format!("{header}\r\n")),
        Answer::Held(status, release) => {
            release.notified().await;
            (status, String::new())
        }
        Answer::Silence => {
            let mut nothing = Vec::new();
            let _ = socket.read_to_end(&mut nothing).await;
            return;
        }
    };
    // Longer than anybody has to read.
    let body = "x".repeat(100_000);
    let length = body.len();
    let answer = format!("HTTP/1.1 {status} It\r\n{header}content-length: {length}\r\n\r\n{body}");
    let answer = if status == 204 { "HTTP/1.1 204 No Content\r\n\r\n" } else { &answer };
    let _ = socket.write_all(answer.as_bytes()).await;
}

async fn read(socket: &mut BufReader<TcpStream>) -> Option<Arrived> {
    let mut first = String::new();
    socket.read_line(&mut first).await.ok()?;
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        socket.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.ok()?;
    let text = String::from_utf8(body).ok()?;
    let body = serde_json::from_str(&text).ok()?;
    let path = first.split(' ').nth(1)?.to_owned();
    assert_eq!(first.split(' ').next(), Some("POST"));
    Some(Arrived { path, headers, text, body })
}

/// Far longer than anything takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);
