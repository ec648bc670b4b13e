//! The description of the API by OpenAPI 3.1: made from the types and comments of the routes, answered to everybody.

use std::sync::LazyLock;

use axum::{http::header, response::IntoResponse};
use utoipa::{
    IntoResponses, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::api::{self, problem::ProblemView};

/// What is described beside the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "mistatus HTTP API",
        description = include_str!("introduction.md"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/api/v1", description = "Below the address of the server.")),
    tags(
        (name = "Reading presence", description = "Of one person or of many."),
        (name = "Claims", description = "What a service knows about somebody, for a time."),
        (name = "Choosing for somebody", description = "In the person's own name."),
        (name = "People", description = "Whom the company says there is, on a server that runs with `--directory`."),
        (name = "Operating", description = "What operators' programs do."),
        (name = "Description", description = "What this API is."),
    ),
)]
struct Frame;

/// The problems of every route that needs a service key.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only described: a `Problem` is what is answered")]
pub(crate) enum CommonProblems {
    /// The service key is missing, not known, or revoked.
    #[response(
        status = 401,
        content_type = "application/problem+json",
        headers(("www-authenticate" = String, description = "How to prove who one is."))
    )]
    Unauthorized(ProblemView<'static>),
    /// The service key has no scope for this, the operator does not allow it, or the request went to a foreign name of an open server.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemView<'static>),
    /// The service key is used too often.
    #[response(
        status = 429,
        content_type = "application/problem+json",
        headers(("retry-after" = u64, description = "After how many seconds to try again."))
    )]
    TooManyRequests(ProblemView<'static>),
    /// The head of the request has more than 32 KiB. The answer is empty: nothing of the request was read.
    #[response(status = 431)]
    HeadTooLarge,
    /// Registry or database do not answer, or too much is waiting.
    #[response(
        status = 503,
        content_type = "application/problem+json",
        headers(("retry-after" = u64, description = "After how many seconds to try again."))
    )]
    Unavailable(ProblemView<'static>),
}

/// The problems of routes with something to read in their path.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only described: a `Problem` is what is answered")]
pub(crate) enum PathProblems {
    /// Something in the path is wrong; `field` says what.
    #[response(status = 400, content_type = "application/problem+json")]
    InvalidField(ProblemView<'static>),
}

/// The problems of routes that read a body.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only described: a `Problem` is what is answered")]
pub(crate) enum BodyProblems {
    /// The body is no JSON object, or something in the request is wrong; `field` says what.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemView<'static>),
    /// The body has more than 1 MiB.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemView<'static>),
    /// The header `content-type` does not say `application/json`.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(ProblemView<'static>),
}

/// The problems of routes about one person that has to be there.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only described: a `Problem` is what is answered")]
pub(crate) enum PersonProblems {
    /// Nobody has signed in by that name yet.
    #[response(status = 404, content_type = "application/problem+json")]
    NoSuchPerson(ProblemView<'static>),
}

/// The problems of routes that make claims.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only described: a `Problem` is what is answered")]
pub(crate) enum ConflictProblems {
    /// There are as many claims about this person as may be.
    #[response(status = 409, content_type = "application/problem+json")]
    TooManyClaims(ProblemView<'static>),
}

/// The problems of routes about one person of the directory.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only described: a `Problem` is what is answered")]
pub(crate) enum ListedProblems {
    /// The directory has nobody of that name.
    #[response(status = 404, content_type = "application/problem+json")]
    NoSuchPerson(ProblemView<'static>),
}

/// The problems of routes that read a shared group.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only described: a `Problem` is what is answered")]
pub(crate) enum GroupProblems {
    /// No shared group has that name.
    #[response(status = 404, content_type = "application/problem+json")]
    NoSuchGroup(ProblemView<'static>),
}

/// The problems of routes that put people into the directory.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only described: a `Problem` is what is answered")]
pub(crate) enum FullProblems {
    /// The directory has as many people as may be, or a person as many groups.
    #[response(status = 409, content_type = "application/problem+json")]
    DirectoryFull(ProblemView<'static>),
}

/// This description
///
/// By OpenAPI 3.1. Needs no service key.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "readDescription",
    tag = "Description",
    responses(
        (status = 200, description = "The description.", body = Object, content_type = "application/json"),
        (status = 403, description = "The request went to a foreign name of an open server.", body = ProblemView,
         content_type = "application/problem+json"),
    ),
    security(()),
)]
pub(crate) async fn openapi() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, TEXT.as_str())
}

/// Returns what the routes are added to.
pub(crate) fn frame() -> utoipa::openapi::OpenApi {
    let mut frame = Frame::openapi();
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("msk_…")
        .description(Some("A service key; each route names the scope that the key must have."))
        .build();
    let components = frame.components.get_or_insert_default();
    components.add_security_scheme("serviceKey", SecurityScheme::Http(scheme));
    frame
}

/// The description; made once.
static TEXT: LazyLock<String> = LazyLock::new(|| {
    // Types of our own that have no other way to fail; a test reads it.
    api::routes().into_openapi().to_pretty_json().unwrap_or_default()
});
