//! `/metrics`, for operators only: where few are connected, a count of connections gives away who is invisible.

use axum::{
    body::Body,
    extract::{Extension, State},
    http::{HeaderMap, Response, StatusCode, header},
    response::IntoResponse,
};

use super::{App, Refusal};
use crate::{addresses, door::Guest, origin};

/// Answers on the listener that everybody reaches, unless the metrics have one of their own.
///
/// Where people sign in by tokens, that a request comes from this machine proves nothing: the proxy before the server may
/// be there, and need not say for whom it asks. An open server has none.
pub(super) async fn among_others(
    State(app): State<App>,
    Extension(guest): Extension<Guest>,
    headers: HeaderMap,
) -> Result<Response<Body>, Refusal> {
    if app.metrics_apart {
        let message = "metrics are on a listener of their own, that of --metrics-listen";
        return Err(Refusal(StatusCode::NOT_FOUND, message.to_owned()));
    }
    let is_own = app.stream.auth.is_open() && is_this_machine(&guest, &headers);
    answer(&app, &guest, &headers, is_own)
}

/// Answers on the listener of the metrics, before which there is no proxy.
pub(super) async fn apart(
    State(app): State<App>,
    Extension(guest): Extension<Guest>,
    headers: HeaderMap,
) -> Result<Response<Body>, Refusal> {
    let is_own = is_this_machine(&guest, &headers);
    answer(&app, &guest, &headers, is_own)
}

/// Whether this machine asks for itself: by a name of its own, since pages of any site reach it by others (DNS
/// rebinding), and with nothing that only those have who ask for somebody else.
fn is_this_machine(guest: &Guest, headers: &HeaderMap) -> bool {
    guest.peer.is_loopback()
        && !addresses::is_forwarded(headers)
        && origin::is_for_this_machine(headers, &[])
}

fn answer(
    app: &App,
    guest: &Guest,
    headers: &HeaderMap,
    is_own: bool,
) -> Result<Response<Body>, Refusal> {
    let address = addresses::client(guest.peer, headers, &app.proxies);
    if !is_own && !app.metrics_from.iter().any(|network| network.contains(address)) {
        return Err(Refusal(StatusCode::FORBIDDEN, FOR_OPERATORS.to_owned()));
    }
    let text = app.stream.metrics.print();
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, text).into_response())
}

const FOR_OPERATORS: &str = "metrics are for operators; start the server with --metrics-listen and an address of their own, \
     where this machine may ask, or with --metrics-from and the address that asks";
