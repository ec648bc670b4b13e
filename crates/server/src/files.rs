//! The widget's files, embedded when the server is built (read from disk in debug builds). No logic of theirs.
//!
//! A release build of the widget leaves them compressed beside themselves; what it does not is compressed by a layer of
//! the router.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use rust_embed::Embed;

use crate::encoding::{self, CODINGS};

#[derive(Embed)]
#[folder = "../../dist/widget"]
#[allow_missing = true]
struct Widget;

/// Answers with one of the widget's files.
pub(crate) fn file(path: &str, request: &HeaderMap) -> Option<Response<Body>> {
    if is_packed(path) {
        return None;
    }
    let file = Widget::get(path)?;
    let digest: String =
        file.metadata.sha256_hash()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    // Weak, since the same file goes out compressed in several ways.
    let tag = format!("W/\"{digest}\"");
    let response = Response::builder()
        .header(header::ETAG, &tag)
        .header(header::CACHE_CONTROL, caching(path))
        .header(header::VARY, "accept-encoding");
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
    let packed = encoding::accepted(request)
        .into_iter()
        .find_map(|coding| Some((coding, Widget::get(&format!("{path}{}", coding.suffix()))?)));
    match packed {
        Some((coding, packed)) => response
            .header(header::CONTENT_ENCODING, coding.token())
            .body(Body::from(packed.data))
            .ok(),
        None => response.body(Body::from(file.data)).ok(),
    }
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

/// Whether this is another form of a file, which goes out under that file's name.
fn is_packed(path: &str) -> bool {
    CODINGS.iter().any(|coding| path.ends_with(coding.suffix()))
}

/// Says how long a file may be kept: for ever where its name says what is in it, else until it is asked for again.
fn caching(path: &str) -> &'static str {
    if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" }
}

/// Whether a name ends in a hash of the content, `mistatus-core-3fa9c1d2.js`, as npm/bundle.mjs names files.
fn is_hashed(path: &str) -> bool {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    stem.rsplit_once('-').is_some_and(|(name, hash)| {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        !name.is_empty() && hash.len() == HASH_DIGITS && hash.bytes().all(is_digit)
    })
}

/// Whether a client has already what has this tag.
pub(crate) fn matches(wanted: Option<&HeaderValue>, tag: &str) -> bool {
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

const HASH_DIGITS: usize = 8;

/// What a page needs that carries the widget, and nothing more.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; connect-src 'self' ws:; img-src 'self'";

const FRONT_PAGE: &str = "<!doctype html>
<html lang=\"en\"><meta charset=\"utf-8\"><title>mistatus</title>
<h1>mistatus</h1>
<p>This server works. Put presence on a page with:</p>
<pre>&lt;script async src=\"http://THIS-SERVER/mistatus.js\" data-token-url=\"/presence-token\"&gt;&lt;/script&gt;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_say_what_is_in_them_are_kept_for_ever() {
        for path in ["mistatus-core-3fa9c1d2.js", "mistatus-00000000.wasm"] {
            assert_eq!(caching(path), "public, max-age=31536000, immutable", "{path}");
        }
        for path in [
            "mistatus.js",
            "legacy.js",
            "index.html",
            "mistatus-core.js",
            "mistatus-xmpp.js",
            "mistatus-3fa9c1d.wasm",
            "mistatus-3fa9c1d2e.wasm",
            "mistatus-3FA9C1D2.wasm",
            "mistatus3fa9c1d2.wasm",
            "-3fa9c1d2.js",
            "",
        ] {
            assert_eq!(caching(path), "no-cache", "{path}");
        }
    }

    #[test]
    fn other_forms_of_a_file_have_no_address() {
        for path in ["mistatus.js.br", "mistatus.js.gz", ".br", ".gz"] {
            assert!(is_packed(path), "{path}");
            assert!(file(path, &HeaderMap::new()).is_none(), "{path}");
        }
        assert!(!is_packed("mistatus.js"));
    }
}
