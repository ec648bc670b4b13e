//! An identity provider: makes keys, signs tokens by them, and answers its set of keys over HTTP, or fails to.

use std::{
    io::{Read, Write},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, Ed25519KeyPair},
    signature::{EcdsaKeyPair, KeyPair},
};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::auth::in_seconds;

/// A key pair with a name.
pub(crate) struct Signer {
    pub(crate) kid: String,
    algorithm: Algorithm,
    private: EncodingKey,
    public: Value,
}

/// What is answered to whoever asks for the set.
#[derive(Clone)]
pub(crate) enum Answer {
    Set(Value),
    /// A whole answer of one's own: head and body.
    Raw(String),
    /// The connection is closed without a word.
    Nothing,
    /// The connection stays open without a word.
    Silence,
}

/// The provider's server; ends when dropped.
pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
    fetches: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl Signer {
    pub(crate) fn new(algorithm: Algorithm, kid: &str) -> Self {
        let (private, mut public) = match algorithm {
            Algorithm::EdDSA => ed25519(),
            Algorithm::RS256 => rsa(),
            algorithm => ec(algorithm),
        };
        public["kid"] = json!(kid);
        public["use"] = json!("sig");
        Self { kid: kid.to_owned(), algorithm, private, public }
    }

    /// Returns a token that names the key.
    pub(crate) fn token(&self, name: &str) -> String {
        self.token_of(&self.kid, name)
    }

    /// Returns a token that calls the key by any name.
    pub(crate) fn token_of(&self, kid: &str, name: &str) -> String {
        let claims = json!({"sub": name, "exp": in_seconds(600), "aud": "mistatus"});
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(self.algorithm) };
        encode(&header, &claims, &self.private).unwrap()
    }
}

pub(crate) fn set(signers: &[&Signer]) -> Value {
    json!({"keys": signers.iter().map(|signer| &signer.public).collect::<Vec<_>>()})
}

fn ed25519() -> (EncodingKey, Value) {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
    let x = base64url(pair.public_key().as_ref());
    (
        EncodingKey::from_ed_der(pkcs8.as_ref()),
        json!({"kty": "OKP", "crv": "Ed25519", "x": x, "alg": "EdDSA"}),
    )
}

fn ec(algorithm: Algorithm) -> (EncodingKey, Value) {
    let kind = match algorithm {
        Algorithm::ES384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        _ => &ECDSA_P256_SHA256_FIXED_SIGNING,
    };
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(kind, pkcs8.as_ref(), &random).unwrap();
    let point = &pair.public_key().as_ref()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    let curve = if algorithm == Algorithm::ES384 { "P-384" } else { "P-256" };
    let public = json!({"kty": "EC", "crv": curve, "x": base64url(x), "y": base64url(y)});
    (EncodingKey::from_ec_der(pkcs8.as_ref()), public)
}

/// Of the tests' own: to make one takes long.
fn rsa() -> (EncodingKey, Value) {
    let private = EncodingKey::from_rsa_pem(include_bytes!("keys/rsa.pem")).unwrap();
    let public = Jwk::from_encoding_key(&private, Algorithm::RS256).unwrap();
    (private, serde_json::to_value(public).unwrap())
}

fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digits = |group: &[u8]| {
        let at = |place: usize| u32::from(group.get(place).copied().unwrap_or_default());
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        (0..=group.len())
            .map(|place| char::from(DIGITS[(bits >> (18 - 6 * place)) as usize % 64]))
            .collect::<String>()
    };
    bytes.chunks(3).map(digits).collect()
}

impl Provider {
    pub(crate) async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (answer, fetches) = (Arc::new(Mutex::new(answer)), Arc::<AtomicUsize>::default());
        let (answers, count) = (answer.clone(), fetches.clone());
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, answers.clone(), count.clone()));
            }
        });
        Self { address, answer, fetches, server }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/jwks", self.address)
    }

    pub(crate) fn answer(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// Returns how many times the set has been asked for.
    pub(crate) fn fetches(&self) -> usize {
        self.fetches.load(SeqCst)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(mut socket: TcpStream, answer: Arc<Mutex<Answer>>, fetches: Arc<AtomicUsize>) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match socket.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return,
        }
    }
    fetches.fetch_add(1, SeqCst);
    loop {
        let now = answer.lock().unwrap().clone();
        match now {
            Answer::Set(set) => {
                let _ = socket.write_all(http(&set.to_string()).as_bytes()).await;
                return;
            }
            Answer::Raw(text) => {
                let _ = socket.write_all(text.as_bytes()).await;
                return;
            }
            Answer::Nothing => return,
            // Until there is something to say.
            Answer::Silence => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
        }
    }
}

pub(crate) fn http(body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/jwk-set+json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
}

/// Answers a set over TLS with the certificate of the tests for `localhost`, until the tests end.
pub(crate) fn answer_by_tls(set: &Value) -> SocketAddr {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("keys/tls.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("keys/tls.key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config =
        config.unwrap().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let (config, answer) = (Arc::new(config), http(&set.to_string()));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, socket);
            let mut request = [0; 4096];
            // Whoever does not trust the certificate goes away.
            if stream.read(&mut request).is_ok() {
                let _ = stream.write_all(answer.as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    address
}
