//! What is answered where something is wrong (RFC 9457): which field, what is wrong with it, and what is allowed.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::limits::API_BUSY_RETRY;

/// The kinds of problems; each has an address of its own in the reference, by which programs tell them apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A field of the body or of the path is wrong, unknown or missing.
    InvalidField,
    /// The body is no JSON.
    MalformedBody,
    /// There is no key, or it is not known.
    Unauthorized,
    /// The key may not do this.
    MissingScope,
    /// The request went to a foreign name of an open server.
    ForeignHost,
    /// There is no such address.
    NoSuchPath,
    /// Nobody has that name.
    NoSuchPerson,
    /// No shared group has that name.
    NoSuchGroup,
    /// There are as many claims as may be.
    TooManyClaims,
    /// The directory has as many people as may be.
    DirectoryFull,
    /// The operator does not allow it.
    NotAllowedHere,
    /// The address takes other methods only.
    NoSuchMethod,
    /// The body is too large.
    BodyTooLarge,
    /// The body is something else than JSON.
    UnsupportedMediaType,
    /// The key is used too often.
    TooManyRequests,
    /// Registry or database do not answer.
    Unavailable,
}

/// Something that is wrong with a request, or keeps it from being done.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: Kind,
    detail: Box<str>,
    field: Option<Box<str>>,
    allowed: Option<Box<str>>,
    /// How to prove who one is, for the header.
    challenge: Option<Box<str>>,
    /// After how many seconds to try again, for the header.
    retry_after: Option<u64>,
}

/// A problem, as the body of an answer.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemView<'a> {
    /// Which kind of problem this is: an address in this reference. Programs compare it.
    #[serde(rename = "type")]
    #[schema(format = "uri")]
    kind: String,
    /// The kind in words; the same for all of a kind.
    title: &'a str,
    /// The status code of the answer.
    status: u16,
    /// What is wrong with this request.
    detail: &'a str,
    /// The field that is wrong, as in `names[3]`; `name` and others of the path among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<&'a str>,
    /// What is allowed instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    allowed: Option<&'a str>,
}

/// The media type of a problem.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

impl Kind {
    /// Every kind, in the order of the reference.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 16] = [
        Self::InvalidField,
        Self::MalformedBody,
        Self::Unauthorized,
        Self::MissingScope,
        Self::NotAllowedHere,
        Self::ForeignHost,
        Self::NoSuchPath,
        Self::NoSuchPerson,
        Self::NoSuchGroup,
        Self::NoSuchMethod,
        Self::TooManyClaims,
        Self::DirectoryFull,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::TooManyRequests,
        Self::Unavailable,
    ];

    /// Returns the status code, the name at the end of the address, and the title.
    pub(crate) const fn facts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::InvalidField => {
                (StatusCode::BAD_REQUEST, "invalid-field", "A field of the request is wrong")
            }
            Self::MalformedBody => {
                (StatusCode::BAD_REQUEST, "malformed-body", "The body of the request is not JSON")
            }
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, "unauthorized", "The request needs a service key")
            }
            Self::MissingScope => {
                (StatusCode::FORBIDDEN, "missing-scope", "The service key may not do this")
            }
            Self::ForeignHost => (
                StatusCode::FORBIDDEN,
                "foreign-host",
                "The server does not answer to this host name",
            ),
            Self::NoSuchPath => (StatusCode::NOT_FOUND, "no-such-path", "There is no such address"),
            Self::NoSuchPerson => {
                (StatusCode::NOT_FOUND, "no-such-person", "There is nobody of that name")
            }
            Self::NoSuchGroup => {
                (StatusCode::NOT_FOUND, "no-such-group", "There is no shared group of that name")
            }
            Self::TooManyClaims => (
                StatusCode::CONFLICT,
                "too-many-claims",
                "There are as many claims about this person as may be",
            ),
            Self::DirectoryFull => (
                StatusCode::CONFLICT,
                "directory-full",
                "The directory has as many people, or a person as many groups, as may be",
            ),
            Self::NotAllowedHere => (
                StatusCode::FORBIDDEN,
                "not-allowed-here",
                "The operator of the server does not allow it",
            ),
            Self::NoSuchMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                "no-such-method",
                "The address does not take this method",
            ),
            Self::BodyTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "body-too-large",
                "The body of the request is too large",
            ),
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "The body of the request is of another media type",
            ),
            Self::TooManyRequests => (
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                "The service key is used too often",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The server cannot do this at the moment",
            ),
        }
    }

    /// Returns the address by which programs know the kind.
    pub(crate) fn address(self) -> String {
        format!("{REFERENCE}#{}", self.facts().1)
    }
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<Box<str>>) -> Self {
        let detail = detail.into();
        Self { kind, detail, field: None, allowed: None, challenge: None, retry_after: None }
    }

    /// A field that is wrong.
    pub(crate) fn field(field: impl Into<Box<str>>, detail: impl Into<Box<str>>) -> Self {
        Self::new(Kind::InvalidField, detail).about(field)
    }

    /// Says which field it is about.
    pub(crate) fn about(self, field: impl Into<Box<str>>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// The registry does not answer.
    pub(crate) fn unavailable() -> Self {
        let detail = "the registry does not answer; try again later";
        Self::new(Kind::Unavailable, detail).retrying_after(API_BUSY_RETRY)
    }

    /// Says what is allowed.
    pub(crate) fn allowing(self, allowed: impl Into<Box<str>>) -> Self {
        Self { allowed: Some(allowed.into()), ..self }
    }

    /// Says how to prove who one is (RFC 6750 §3).
    pub(crate) fn challenging(self, challenge: impl Into<Box<str>>) -> Self {
        Self { challenge: Some(challenge.into()), ..self }
    }

    /// Says when to try again, in whole seconds (RFC 9110 §10.2.3).
    pub(crate) fn retrying_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Self { retry_after: Some(seconds.max(1)), ..self }
    }

    pub(crate) fn view(&self) -> ProblemView<'_> {
        let (status, _, title) = self.kind.facts();
        ProblemView {
            kind: self.kind.address(),
            title,
            status: status.as_u16(),
            detail: &self.detail,
            field: self.field.as_deref(),
            allowed: self.allowed.as_deref(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let text = serde_json::to_string(&self.view()).unwrap_or_default();
        let fixed = [
            (header::CONTENT_TYPE, MEDIA_TYPE),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            // What is wrong now may be right in a moment.
            (header::CACHE_CONTROL, "no-store"),
        ];
        let mut response = (self.kind.facts().0, fixed, text).into_response();
        let challenge = self.challenge.and_then(|text| HeaderValue::from_str(&text).ok());
        let headers = response.headers_mut();
        headers.extend(challenge.map(|value| (header::WWW_AUTHENTICATE, value)));
        headers.extend(self.retry_after.map(|after| (header::RETRY_AFTER, after.into())));
        response
    }
}

/// The page that describes the problems.
const REFERENCE: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/API.md");
