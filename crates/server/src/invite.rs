//! The page that an invitation opens (docs/decisions/0024-invitations.md). Sees no token: that is in the fragment of the
//! link, which browsers send to nobody.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Response, StatusCode, header},
    routing::get,
};
use sha2::{Digest, Sha256};

use crate::files;

/// Returns the routes of the page and what it loads; for servers with `--invites`.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let route = |file: &'static File| get(async move |headers: HeaderMap| file.answer(&headers));
    Router::new()
        .route("/invite", route(&PAGE))
        .route("/invite.js", route(&SCRIPT))
        .route("/invite.css", route(&STYLE))
}

/// A file of the page, embedded in the program.
struct File {
    kind: &'static str,
    text: &'static str,
}

impl File {
    fn answer(&self, request: &HeaderMap) -> Response<Body> {
        let digest = Sha256::digest(self.text);
        let digest: String = digest[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        let tag = format!("W/\"{digest}\"");
        let response = Response::builder()
            .header(header::ETAG, &tag)
            .header(header::CACHE_CONTROL, "no-cache")
            .header(header::CONTENT_SECURITY_POLICY, POLICY)
            .header(header::REFERRER_POLICY, "no-referrer")
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            // Another page that opened this one holds no handle to it.
            .header("cross-origin-opener-policy", "same-origin")
            .header("cross-origin-resource-policy", "same-origin");
        let is_known = files::matches(request.get(header::IF_NONE_MATCH), &tag);
        let response = if is_known {
            response.status(StatusCode::NOT_MODIFIED).body(Body::empty())
        } else {
            response.header(header::CONTENT_TYPE, self.kind).body(Body::from(self.text))
        };
        // All of it stands here.
        response.unwrap_or_default()
    }
}

static PAGE: File =
    File { kind: "text/html; charset=utf-8", text: include_str!("invite/invite.html") };
static SCRIPT: File =
    File { kind: "text/javascript; charset=utf-8", text: include_str!("invite/invite.js") };
static STYLE: File =
    File { kind: "text/css; charset=utf-8", text: include_str!("invite/invite.css") };

/// The widget and this page, and nothing else: who is in the page holds somebody's token. `'self'` is no stream (`ws:`)
/// to some browsers.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    connect-src 'self' ws: wss:; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
