//! The widget's files, embedded when the server is built (read from disk in debug builds). No logic of theirs.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "../../dist/widget"]
#[allow_missing = true]
struct Widget;

/// Answers with one of the widget's files.
pub(crate) fn file(path: &str, request: &HeaderMap) -> Option<Response<Body>> {
    let file = Widget::get(path)?;
    let digest: String =
        file.metadata.sha256_hash()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    // Weak, since the same file goes out compressed in several ways.
    let tag = format!("W/\"{digest}\"");
    let response =
        Response::builder().header(header::ETAG, &tag).header(header::CACHE_CONTROL, "no-cache");
    let response = shared(response);
    if matches(request.get(header::IF_NONE_MATCH), &tag) {
        return response.status(StatusCode::NOT_MODIFIED).body(Body::empty()).ok();
    }
    let response = response.header(header::CONTENT_TYPE, media_type(path));
    let response = if path.ends_with(".html") {
        response.header(header::CONTENT_SECURITY_POLICY, PAGE_POLICY)
    } else {
        response
    };
    response.body(Body::from(file.data)).ok()
}

/// The page at `/` where there is no demo.
pub(crate) fn front_page() -> Response<Body> {
    let text = if Widget::get("mistatus.js").is_some() { FRONT_PAGE } else { NO_WIDGET_PAGE };
    shared(Response::builder())
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, PAGE_POLICY)
        .body(Body::from(text))
        .unwrap_or_default()
}

/// Pages of other origins load the widget from here; that is what it is for.
fn shared(response: axum::http::response::Builder) -> axum::http::response::Builder {
    response
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .header("cross-origin-resource-policy", "cross-origin")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
}

fn matches(wanted: Option<&HeaderValue>, tag: &str) -> bool {
    let Some(wanted) = wanted.and_then(|value| value.to_str().ok()) else { return false };
    // Weak comparison (RFC 9110 §8.8.3.2).
    let opaque = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    wanted.trim() == "*" || wanted.split(',').any(|one| opaque(one) == opaque(tag))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("json" | "map") => "application/json",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// What a page needs that carries the widget, and nothing more.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; connect-src 'self' ws:; img-src 'self'";

const FRONT_PAGE: &str = "<!doctype html>
<html lang=\"en\"><meta charset=\"utf-8\"><title>mistatus</title>
<h1>mistatus</h1>
<p>This server works. Put presence on a page with:</p>
<pre>&lt;script src=\"http://THIS-SERVER/mistatus.js\" data-server=\"ws://THIS-SERVER/stream\" data-token-url=\"/presence-token\"&gt;&lt;/script&gt;
&lt;mi-my-status&gt;&lt;/mi-my-status&gt;
&lt;mi-status contact=\"alice@example.com\"&gt;&lt;/mi-status&gt;</pre>
<p>Start the server with <code>--demo</code> to see two people at work.</p>
</html>
";

const NO_WIDGET_PAGE: &str = "<!doctype html>
<html lang=\"en\"><meta charset=\"utf-8\"><title>mistatus</title>
<h1>mistatus</h1>
<p>This server was built without the widget. The stream works; for the widget's files build with
<code>cargo xtask build</code>, which leaves a complete server in <code>dist/</code>.</p>
</html>
";
