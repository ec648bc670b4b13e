//! What is sent and what is answered: bodies in JSON, names in paths, tags of answers. Knows no routes.

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
    http::{HeaderMap, HeaderName, Response, StatusCode, header, request::Parts},
    response::IntoResponse,
};
use futures_util::StreamExt;
use mistatus_core::{
    claim::ClaimId,
    group::GroupName,
    limits::ERROR_EXCERPT_MAX,
    signin_name::{SigninName, SigninNameError},
};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{
    api::problem::{Kind, Problem},
    files,
    http::App,
    limits::{API_BODY_MAX, API_BODY_READ_MAX},
    names,
};

/// A request's body, read as JSON of one type.
pub(crate) struct JsonBody<T>(pub(crate) T);

/// The sign-in name in the path of a request.
pub(crate) struct NamePath(pub(crate) SigninName);

pub(crate) use crate::people::NAME_ALLOWED;

/// The name of a shared group in the path of a request.
pub(crate) struct GroupPath(pub(crate) GroupName);

impl FromRequestParts<App> for GroupPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        const ALLOWED: &str = "1 to 64 UTF-16 units without control characters";
        let id = path_value(parts, app, "id", ALLOWED).await?;
        GroupName::parse(&id)
            .map(Self)
            .map_err(|error| Problem::field("id", error.to_string()).allowing(ALLOWED))
    }
}

/// The name of a claim in the path of a request.
pub(crate) struct ClaimIdPath(pub(crate) ClaimId);

impl FromRequestParts<App> for NamePath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let name = path_value(parts, app, "name", NAME_ALLOWED).await?;
        names::parse(&name).map(Self).map_err(|error| wrong_name("name", error))
    }
}

impl FromRequestParts<App> for ClaimIdPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        const ALLOWED: &str = "1 to 64 characters out of A-Z, a-z, 0-9, `.`, `_`, `:` and `-`";
        let id = path_value(parts, app, "id", ALLOWED).await?;
        ClaimId::parse(&id).map(Self).map_err(|error| {
            Problem::field("id", format!("the id of a claim {error}")).allowing(ALLOWED)
        })
    }
}

/// Returns a part of the path, decoded.
async fn path_value(
    parts: &mut Parts,
    app: &App,
    field: &str,
    allowed: &str,
) -> Result<String, Problem> {
    match RawPathParams::from_request_parts(parts, app).await {
        Ok(values) => {
            let value = values.iter().find(|(name, _)| *name == field);
            Ok(value.map(|(_, value)| value.to_owned()).unwrap_or_default())
        }
        // What cannot be decoded is named, and may be another part.
        Err(error) => {
            let text = error.body_text();
            let name = text.split('`').nth(1).unwrap_or(field);
            let problem = Problem::field(name, text.as_str());
            Err(if name == field { problem.allowing(allowed) } else { problem })
        }
    }
}

/// A sign-in name that is none.
pub(crate) fn wrong_name(field: impl Into<Box<str>>, error: SigninNameError) -> Problem {
    Problem::field(field, error.to_string()).allowing(NAME_ALLOWED)
}

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let sent = request.headers().get(header::CONTENT_TYPE);
            let detail = match sent.map(|value| String::from_utf8_lossy(value.as_bytes())) {
                Some(sent) => format!("the body is said to be {}", excerpt(&sent)),
                None => "the header `content-type` is missing".to_owned(),
            };
            return Err(Problem::new(Kind::UnsupportedMediaType, detail)
                .allowing("content-type: application/json"));
        }
        let bytes = read(request).await?;
        parse(&bytes).map(Self)
    }
}

/// Whether a body is said to be JSON, in the one character set that JSON has (RFC 8259 §8.1).
fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else {
        return false;
    };
    let mut parts = kind.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    is_json
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
                value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

/// Reads the whole body. Of one that is too large the rest is read and dropped up to a bound, so that the answer
/// arrives: a connection that is closed with bytes unread is reset.
async fn read(request: Request) -> Result<Vec<u8>, Problem> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    // Whoever waits to be told to go on (RFC 9110 §10.1.1) has sent nothing that would have to be read.
    let waits = request.headers().contains_key(header::EXPECT);
    let is_too_long = |length: usize| length > API_BODY_MAX;
    if waits && length.is_some_and(is_too_long) {
        return Err(too_large());
    }
    let mut pieces = request.into_body().into_data_stream();
    let (mut bytes, mut read) = (Vec::new(), 0);
    while let Some(piece) = pieces.next().await {
        let Ok(piece) = piece else {
            // Where the rest of one that is too large does not come, that is no news.
            let is_known = is_too_long(read) || length.is_some_and(is_too_long);
            return Err(if is_known { too_large() } else { broken() });
        };
        read += piece.len();
        if read > API_BODY_READ_MAX {
            return Err(too_large());
        }
        if !is_too_long(read) {
            bytes.extend_from_slice(&piece);
        }
    }
    if is_too_long(read) { Err(too_large()) } else { Ok(bytes) }
}

fn broken() -> Problem {
    Problem::new(Kind::MalformedBody, "the body ends too early, or its chunks make no sense")
}

fn too_large() -> Problem {
    Problem::new(Kind::BodyTooLarge, format!("the body has more than {API_BODY_MAX} bytes"))
        .allowing(format!("bodies of at most {API_BODY_MAX} bytes"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // A list would pass for an object whose fields it has in their order.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::new(Kind::MalformedBody, "the body is no JSON object")
            .allowing("a JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        wrong_body(&path, error.inner())
    })?;
    reader.end().map_err(|error| wrong_body(".", &error))?;
    Ok(value)
}

/// Says which field is wrong. The texts of serde_json name what is there and what is allowed.
fn wrong_body(path: &str, error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    if !error.is_data() {
        return Problem::new(Kind::MalformedBody, excerpt(&text)).allowing("a JSON object");
    }
    let (text, _) = text.rsplit_once(" at line ").unwrap_or((&text, ""));
    let problem = Problem::field(excerpt(&wrong_field(path, text)), excerpt(text));
    match text.rsplit_once(", expected ") {
        Some((_, allowed)) => problem.allowing(excerpt(allowed)),
        None => problem,
    }
}

/// Returns which field it is. What is missing is not in the path of serde_path_to_error.
fn wrong_field(path: &str, text: &str) -> String {
    let starts = ["unknown field", "missing field", "duplicate field"];
    let name =
        text.split('`').nth(1).filter(|_| starts.iter().any(|start| text.starts_with(start)));
    match (path, name) {
        (".", Some(name)) => name.to_owned(),
        (path, Some(name)) if path != name && !path.ends_with(&format!(".{name}")) => {
            format!("{path}.{name}")
        }
        (path, _) => path.to_owned(),
    }
}

/// Returns the beginning of what somebody sent, which may be long.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(ERROR_EXCERPT_MAX).collect()
}

/// Answers with a resource that can be asked for again by its tag (RFC 9110 §8.8.3, §13.1.2).
pub(crate) fn tagged(value: &impl Serialize, request: &HeaderMap) -> Response<Body> {
    let Ok(text) = serde_json::to_string(value) else {
        return Problem::new(Kind::Unavailable, "the answer cannot be written").into_response();
    };
    let digest = Sha256::digest(&text);
    let tag: String = digest.iter().take(TAG_BYTES).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    // Nobody else may keep it, and whoever does asks each time.
    let headers: [(HeaderName, &str); 2] =
        [(header::ETAG, &tag), (header::CACHE_CONTROL, "private, no-cache")];
    if files::matches(request.get(header::IF_NONE_MATCH), &tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, json(text)).into_response()
}

/// Answers with something that is not to be kept.
pub(crate) fn plain(value: &impl Serialize) -> Response<Body> {
    match serde_json::to_string(value) {
        Ok(text) => ([(header::CACHE_CONTROL, "no-store")], json(text)).into_response(),
        Err(_) => Problem::new(Kind::Unavailable, "the answer cannot be written").into_response(),
    }
}

fn json(text: String) -> impl IntoResponse {
    let kind =
        [(header::CONTENT_TYPE, "application/json"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (kind, text)
}

/// Bytes of a digest that make a tag: as many as nobody finds a second text for by chance.
const TAG_BYTES: usize = 12;

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what is wrong is looked at")]
    struct Wish {
        names: Vec<String>,
        inner: Option<Inner>,
    }

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what is wrong is looked at")]
    struct Inner {
        depth: u8,
    }

    fn check(text: &str, field: Option<&str>, words: &[&str]) {
        let problem = parse::<Wish>(text.as_bytes()).expect_err(text);
        let json = serde_json::to_value(problem.view()).unwrap();
        assert_eq!(json.get("field").and_then(|field| field.as_str()), field, "{text}: {json}");
        for word in words {
            assert!(json.to_string().contains(word), "{word:?} is missing in {json}");
        }
    }

    #[test]
    fn what_is_wrong_in_a_body_is_named() {
        check("", None, &["malformed-body"]);
        check("{\"names\":[]", None, &["malformed-body"]);
        check("{\"names\":[]} x", None, &["malformed-body"]);
        check("{}", Some("names"), &["missing field"]);
        check("[[]]", None, &["malformed-body", "object"]);
        check("{\"names\":7}", Some("names"), &["7", "sequence"]);
        check("{\"names\":[\"a\",{}]}", Some("names[1]"), &["string"]);
        check("{\"names\":[],\"name\":1}", Some("name"), &["unknown field", "names"]);
        check("{\"names\":[],\"names\":[]}", Some("names"), &["duplicate field"]);
        check("{\"names\":[],\"inner\":{}}", Some("inner.depth"), &["missing field"]);
        check("{\"names\":[],\"inner\":{\"x\":1}}", Some("inner.x"), &["unknown field", "depth"]);
        check("{\"names\":[],\"inner\":{\"depth\":256}}", Some("inner.depth"), &["256", "u8"]);
    }

    #[test]
    fn long_input_is_not_sent_back() {
        let text = format!("{{\"{}\":1}}", "x".repeat(100_000));
        let problem = parse::<Wish>(text.as_bytes()).unwrap_err();
        assert!(serde_json::to_string(&problem.view()).unwrap().len() < 1_000);
    }

    #[test]
    fn json_is_known_by_its_media_type() {
        for (kind, expect) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json;charset=\"utf-8\"", true),
            ("application/json; charset=latin1", false),
            ("text/plain", false),
            ("application/jsonp", false),
            ("", false),
        ] {
            let headers = [(header::CONTENT_TYPE, kind.parse().unwrap())].into_iter().collect();
            assert_eq!(is_json(&headers), expect, "{kind:?}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
