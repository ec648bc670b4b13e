//! What fuzzing runs of the server: any bytes in, and nothing may panic or go on without an end. No result but that.
//!
//! Sockets, clocks of tokio and tokens need no more than one thread here; no registry and no database is behind them.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use jsonwebtoken::{EncodingKey, Header};
use mistatus_core::message::{Greeting, Token};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, duplex},
    runtime::{Builder, Runtime},
    sync::{mpsc, watch},
};

use crate::{
    addresses::{Addresses, Place, Strangers},
    api::KeyRates,
    auth::Auth,
    backups::Backups,
    clock::Clock,
    config::{self, Config},
    door::{Door, Guest},
    http::{self, App},
    key::{self, JwtAlgorithm},
    keys, limits,
    metrics::Metrics,
    origin::Origin,
    rate::{Rate, UserRates},
    revoked::Revoked,
    service_keys::{self, KeysFile, Scope},
    stream::{StreamContext, StreamLimits},
    webhooks,
};

/// In the place of a service key in the input, which is another one each time.
const KEY: &[u8] = b"msk_KEY";

/// For how long one input may take; nothing is waited for.
const RESTLESS: Duration = Duration::from_secs(20);

/// As many bytes as fit between two ends without either waiting.
const PIPE: usize = 4 * 1024 * 1024;

/// A secret that is one.
const SECRET: &str = "a secret for fuzzing that is long enough for HS256";

/// What a server has in front of its registry, and a key for its API.
struct Front {
    runtime: Runtime,
    door: Door,
    key: String,
    _directory: tempfile::TempDir,
    _stopping: watch::Sender<bool>,
}

thread_local! {
    static FRONT: Front = Front::new();
    static AUTH: (Runtime, Auth) = (runtime(), auth());
}

/// Takes a connection and all that comes over it: heads of requests, bodies, upgrades, frames.
///
/// # Panics
/// What is answered is no answer of HTTP, or one that says that the server is at fault.
pub fn connection(data: &[u8]) {
    FRONT.with(|front| {
        let said = replaced(data, front.key.as_bytes());
        let heard = front.runtime.block_on(async {
            let (mut client, socket) = duplex(PIPE);
            let served = front.door.serve(socket, Guest::new(LOCALHOST, Place::uncounted()));
            let talk = async {
                // A server that refuses the beginning need not take the rest.
                let _ = client.write_all(&said).await;
                let _ = client.shutdown().await;
                let mut heard = Vec::new();
                let _ = client.read_to_end(&mut heard).await;
                heard
            };
            let both = async { tokio::join!(served, talk).1 };
            tokio::time::timeout(RESTLESS, both).await.expect("a connection without an end")
        });
        let first = String::from_utf8_lossy(&heard[..heard.len().min(12)]).into_owned();
        let is_answer = first.starts_with("HTTP/1.") && !first.ends_with("500");
        assert!(heard.is_empty() || is_answer, "{first:?} is no answer");
    });
}

/// Reads a token: as it is, and with a signature that is right.
///
/// # Panics
/// A token that says nothing is taken.
pub fn token(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let claims = serde_json::from_slice::<serde_json::Value>(data).unwrap_or_default();
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signed = jsonwebtoken::encode(&Header::default(), &claims, &key);
    AUTH.with(|(runtime, auth)| {
        for token in [text].into_iter().chain(signed.ok()) {
            let greeting = Greeting {
                token: Some(Token::new(token)),
                signin_name: None,
                friendly_name: None,
                idle_for: None,
                resume: None,
            };
            let taken = runtime.block_on(auth.identify(&greeting)).is_ok();
            assert!(!taken || claims.get("exp").is_some(), "a token without an end is taken");
        }
    });
}

/// Reads a file that an operator may name by mistake, as each of those that there are.
pub fn operator_file(data: &[u8]) {
    let declared = [JwtAlgorithm::Hs256, JwtAlgorithm::EdDsa, JwtAlgorithm::Es256].map(Some);
    for declared in declared.into_iter().chain([None]) {
        let _ = key::read(data, declared);
    }
    let _ = keys::is_set(data);
    let text = String::from_utf8_lossy(data);
    let _ = config::is_file(&text);
    let _ = Revoked::parse(&text);
    let _ = service_keys::parse(&text);
    let _ = webhooks::parse(&text);
    let _ = Origin::parse(&text);
}

impl Front {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let keys = KeysFile::of(directory.path());
        let scopes = [
            Scope::PresenceRead,
            Scope::ClaimsWrite,
            Scope::StatusWrite,
            Scope::EventsRead,
            Scope::Admin,
        ];
        let name = "fuzzing".parse().expect("a name of a key");
        let key = keys.create(name, scopes.into()).expect("a key can be made");
        let (_, service_keys) = keys.open().expect("the key can be read");
        let metrics = Arc::<Metrics>::default();
        let (stopping, stop) = watch::channel(false);
        let unlimited = Rate { burst: u32::MAX, per_second: u32::MAX };
        // Nobody is behind these.
        let (engine, _) = mpsc::channel(1);
        let (store, _) = std::sync::mpsc::channel();
        let addresses = Addresses::new(usize::MAX);
        let app = App {
            stream: StreamContext {
                auth: Arc::new(Auth::Open),
                engine,
                metrics: metrics.clone(),
                clock: Clock::start(),
                connections: Arc::new(AtomicU64::new(1)),
                limits: StreamLimits::default(),
                users: Arc::new(UserRates::new(unlimited)),
                readers: Arc::default(),
                refusals: Arc::default(),
                stopping: stop.clone(),
            },
            origins: Arc::new([]),
            addresses: addresses.clone(),
            strangers: Strangers::new(usize::MAX, usize::MAX),
            proxies: Arc::new([]),
            metrics_from: Arc::new([]),
            metrics_apart: false,
            service_keys,
            backups: Arc::new(Backups::new(directory.path().into(), store, metrics.clone())),
            directory: true,
            demo: false,
            pictures: true,
            invites: true,
            api_rates: Arc::new(KeyRates::new(unlimited)),
            api_comment_every: limits::API_COMMENT_EVERY,
        };
        let door = Door {
            router: http::router(app),
            addresses,
            proxies: Arc::new([]),
            metrics,
            request_timeout: limits::REQUEST_TIMEOUT,
            connection_max: limits::PLAIN_CONNECTION_MAX,
            stopping: stop,
        };
        Self { runtime: runtime(), door, key, _directory: directory, _stopping: stopping }
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime can be started")
}

fn auth() -> Auth {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let file = directory.path().join("secret");
    std::fs::write(&file, SECRET).expect("a file can be written");
    let args = ["mistatus-server".into(), "--jwt-key".into(), file.into_os_string()];
    Config::from_args(args).expect("the settings are right").auth
}

/// Puts a key where the input says that one is.
fn replaced(data: &[u8], key: &[u8]) -> Vec<u8> {
    let Some(at) = data.windows(KEY.len()).position(|window| window == KEY) else {
        return data.to_vec();
    };
    [&data[..at], key, &data[at + KEY.len()..]].concat()
}

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
