//! Routes: the stream's door, health, files; those of back ends are in `api`, the metrics in `scrape`. One place turns
//! refusals into JSON.

mod scrape;

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Body,
    extract::{
        Extension, Path, Request, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
    middleware::{self, Next},
    response::IntoResponse,
    routing::get,
};
use mistatus_core::status::MiStatus;
use mistatus_json::SUBPROTOCOL;
use serde_json::json;
use tokio::sync::oneshot;
use tower_http::compression::CompressionLayer;

use crate::{
    addresses::{self, Addresses, Network, Strangers},
    api::{self, KeyRates},
    backups::Backups,
    door::Guest,
    engine::ToEngine,
    files, invite, limits,
    metrics::Refused,
    names,
    origin::{self, Origin},
    picture, refusals,
    service_keys::ServiceKeys,
    store::Condition,
    stream::{self, Caller, StreamContext},
};

/// The state that all routes share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) stream: StreamContext,
    pub(crate) origins: Arc<[Origin]>,
    pub(crate) addresses: Arc<Addresses>,
    pub(crate) strangers: Arc<Strangers>,
    pub(crate) proxies: Arc<[Network]>,
    pub(crate) metrics_from: Arc<[Network]>,
    /// Whether metrics are on a listener of their own, and nowhere else.
    pub(crate) metrics_apart: bool,
    pub(crate) service_keys: ServiceKeys,
    pub(crate) backups: Arc<Backups>,
    pub(crate) demo: bool,
    /// Whether pictures show how people are.
    pub(crate) pictures: bool,
    /// Whether there is a page for invitations.
    pub(crate) invites: bool,
    /// Whether the company says who exists.
    pub(crate) directory: bool,
    pub(crate) api_rates: Arc<KeyRates>,
    /// How often streams of events say that they live.
    pub(crate) api_comment_every: Duration,
}

/// A refusal, as developers see it.
struct Refusal(StatusCode, String);

pub(crate) fn router(app: App) -> Router {
    let files = Router::new()
        .route("/", get(front))
        .route("/{*path}", get(file))
        .merge(if app.invites {
            invite::router()
        } else {
            Router::new().route("/invite", get(no_invites))
        })
        .layer(CompressionLayer::new());
    let others = Router::new()
        .route("/stream", get(open_stream))
        .route("/healthz", get(health))
        .route("/metrics", get(scrape::among_others))
        .route("/status/{file}", get(picture_of))
        .merge(files)
        .layer(middleware::from_fn_with_state(app.clone(), check_host));
    // The API looks at the host itself, and refuses in its own form.
    Router::new().nest_service(api::PREFIX, api::router(app.clone())).merge(others).with_state(app)
}

/// Returns what the listener of the metrics answers.
pub(crate) fn metrics_router(app: App) -> Router {
    Router::new().route("/metrics", get(scrape::apart)).with_state(app)
}

/// Answers to no foreign name where nobody has to prove who they are.
async fn check_host(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<axum::response::Response, Refusal> {
    if !is_host_allowed(&app, request.headers()) {
        return Err(Refusal(StatusCode::FORBIDDEN, FOREIGN_HOST.to_owned()));
    }
    Ok(next.run(request).await)
}

/// Whether a request went to a name that this server answers to; counts those that did not.
pub(crate) fn is_host_allowed(app: &App, headers: &HeaderMap) -> bool {
    let is_foreign =
        app.stream.auth.is_open() && !origin::is_for_this_machine(headers, &app.origins);
    if is_foreign {
        app.stream.metrics.refuse(Refused::Host);
    }
    !is_foreign
}

/// Why a request to a foreign name is refused.
pub(crate) const FOREIGN_HOST: &str = "with --auth open this server answers to names of its own machine (localhost, \
     127.0.0.1, [::1]) and to the hosts of --allowed-origin only";

async fn open_stream(
    State(app): State<App>,
    Extension(guest): Extension<Guest>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<axum::response::Response, Refusal> {
    if !origin::is_allowed(&headers, &app.origins, app.stream.auth.is_open()) {
        app.stream.metrics.refuse(Refused::Origin);
        let remedy = "--allowed-origin with this origin lets its pages connect";
        let origin = refusals::Origin::of(&headers);
        app.stream.refusals.warn("a page was refused", "its origin is unknown", remedy, &origin);
        return Err(Refusal(
            StatusCode::FORBIDDEN,
            "pages of this origin may not connect; start the server with \
             --allowed-origin and the page's origin (scheme, host and port) to allow it"
                .to_owned(),
        ));
    }
    let upgrade = upgrade.map_err(|rejection| {
        Refusal(
            StatusCode::UPGRADE_REQUIRED,
            format!("this address speaks WebSocket, subprotocol {SUBPROTOCOL}: {rejection}"),
        )
    })?;
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let ours = offered
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| one.trim() == SUBPROTOCOL);
    if !ours {
        return Err(Refusal(
            StatusCode::BAD_REQUEST,
            format!("ask for the WebSocket subprotocol {SUBPROTOCOL}; this server speaks no other"),
        ));
    }
    let address = addresses::client(guest.peer, &headers, &app.proxies);
    let place = if address == guest.peer {
        guest.place.clone()
    } else {
        Arc::new(app.addresses.enter(address).map_err(|full| {
            full.report(address, &app.stream.metrics);
            let message = "there are too many connections from this address";
            Refusal(StatusCode::TOO_MANY_REQUESTS, message.to_owned())
        })?)
    };
    let stranger = app.strangers.enter(address, &app.stream.metrics).map_err(|_| {
        let message = "there are too many connections from this address that have not signed in";
        Refusal(StatusCode::TOO_MANY_REQUESTS, message.to_owned())
    })?;
    let caller = Caller { meter: guest.meter, stranger, origin: refusals::Origin::of(&headers) };
    let context = app.stream;
    Ok(upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(limits::MESSAGE_READ_MAX)
        .max_frame_size(limits::MESSAGE_READ_MAX)
        // Few and small frames a client: the default buffers would be most of a connection's memory.
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .on_upgrade(move |socket| async move {
            stream::serve(socket, caller, context).await;
            drop(place);
        })
        .into_response())
}

async fn health(State(app): State<App>) -> Result<Json<serde_json::Value>, Refusal> {
    match ask(&app, ToEngine::Ping).await {
        Some(Condition::Well) => Ok(Json(json!({ "status": "ok" }))),
        // Whoever restarts or bypasses what does not answer 200 would only take away what still works.
        Some(Condition::WritesFail) => Ok(Json(json!({ "status": "read-only" }))),
        None => Err(Refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            "registry or database does not answer".to_owned(),
        )),
    }
}

/// Asks the registry; `None` where it does not answer in time.
pub(crate) async fn ask<T>(
    app: &App,
    question: impl FnOnce(oneshot::Sender<T>) -> ToEngine,
) -> Option<T> {
    ask_within(app, limits::HEALTH_TIMEOUT, question).await
}

/// Asks the registry for something that may take a while.
pub(crate) async fn ask_within<T>(
    app: &App,
    time: Duration,
    question: impl FnOnce(oneshot::Sender<T>) -> ToEngine,
) -> Option<T> {
    let (answer, answered) = oneshot::channel();
    let asked = async {
        app.stream.engine.send(question(answer)).await.ok()?;
        answered.await.ok()
    };
    tokio::time::timeout(time, asked).await.ok().flatten()
}

/// Answers with a picture of how somebody is. Nothing is known of whom not everybody may see, or who does not exist.
async fn picture_of(
    Path(file): Path<String>,
    State(app): State<App>,
) -> Result<impl IntoResponse, Refusal> {
    let Some(name) = picture::subject(&file) else {
        return Err(Refusal(
            StatusCode::NOT_FOUND,
            "pictures are called /status/NAME.svg".to_owned(),
        ));
    };
    let name = names::parse(name)
        .map_err(|error| Refusal(StatusCode::BAD_REQUEST, format!("the sign-in name: {error}")))?;
    let status = if app.pictures {
        ask(&app, |answer| ToEngine::Look(name, answer)).await.ok_or_else(|| {
            Refusal(StatusCode::SERVICE_UNAVAILABLE, "the registry does not answer".to_owned())
        })?
    } else {
        MiStatus::Unknown
    };
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        // What was true is not.
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    Ok((headers, picture::draw(status)))
}

async fn front(State(app): State<App>, headers: HeaderMap) -> Response<Body> {
    let demo = if app.demo { files::file("index.html", &headers) } else { None };
    demo.unwrap_or_else(files::front_page)
}

async fn no_invites() -> Refusal {
    let message = "this server takes no invitations; whoever runs it can turn them on by --invites";
    Refusal(StatusCode::NOT_FOUND, message.to_owned())
}

async fn file(
    Path(path): Path<String>,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response<Body>, Refusal> {
    // The demo's page signs in as the demo's people, who exist nowhere else.
    let demo_page = path == "index.html" && !app.demo;
    let found = if demo_page { None } else { files::file(&path, &headers) };
    found.ok_or_else(|| Refusal(StatusCode::NOT_FOUND, "no such file".to_owned()))
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response<Body> {
        let mut response = (self.0, Json(json!({ "error": self.1 }))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // What is refused or missing now may be there in a moment: after an update, a file with a new name.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.0 == StatusCode::UPGRADE_REQUIRED {
            // RFC 9110 §15.5.22.
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        }
        response
    }
}

/// Bytes; most frames of a client have fewer.
const READ_BUFFER: usize = 4 * 1024;

/// Bytes that gather before they are written; grows only where a burst needs it.
const WRITE_BUFFER: usize = 16 * 1024;
