//! What a service claims about people, for a time: made, taken back and read by its key.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, Response, StatusCode},
};
use mistatus_core::{claim::ClaimKey, hresult::HResult, presence::Note, time::UnixMs};
use mistatus_hub::{ClaimRecord, NewClaim, ServiceCommand};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        access::{ClaimsWrite, Granted},
        body::{self, ClaimIdPath, JsonBody, NamePath},
        description::{
            BodyProblems, CommonProblems, ConflictProblems, PathProblems, PersonProblems,
        },
        problem::{Kind, Problem},
        service,
        values::{
            self, ClaimSourceName, ClaimableStatus, SaidInstant, SaidStatus, SigninNameText,
            StatusName, StatusNumber,
        },
    },
    engine::ToEngine,
    http::{self, App},
};

/// What a service claims about somebody, for a time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimToMake)]
pub(crate) struct ClaimBody {
    #[schema(inline)]
    source: ClaimSourceName,
    #[schema(value_type = ClaimableStatus)]
    status: SaidStatus,
    /// What is said about it: at most 500 UTF-16 units.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// When it begins, in milliseconds since 1970-01-01T00:00:00Z. Without it: now, or where it replaces a claim
    /// that holds, when that one began.
    #[schema(value_type = Option<u64>, maximum = 9007199254740991_u64)]
    from: Option<SaidInstant>,
    /// When it has ended: later than `from` and than now, and at most 31 days ahead.
    #[schema(value_type = u64, maximum = 9007199254740991_u64)]
    until: SaidInstant,
}

/// A claim about somebody that has not ended.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Claim)]
pub(crate) struct ClaimView {
    /// What the service calls it.
    #[schema(example = "event-7")]
    id: String,
    #[schema(inline)]
    source: ClaimSourceName,
    status: StatusNumber,
    status_name: StatusName,
    /// What is said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    note: Option<String>,
    /// When it begins or began, in milliseconds since 1970-01-01T00:00:00Z.
    from: u64,
    /// When it ends.
    until: u64,
}

/// What a service claims about somebody.
#[derive(Serialize, ToSchema)]
#[schema(as = ClaimList)]
pub(crate) struct ClaimsView {
    /// In the order of their ids. Whether the person has dismissed one is theirs to know.
    claims: Vec<ClaimView>,
}

/// Claim how somebody is
///
/// From one instant to another, or puts another claim in the place of the one with that id.
///
/// What the person chose is kept, and goes before every claim but where they chose to be online; when the claim has
/// ended, what was before is there again. Of several claims the one with the highest rank counts, among equals the one
/// that began last. A claim connects nobody: who is not there stays offline. There may be 16 claims of a service about
/// one person, 64 of all services. The answer comes once the claim is on the disk.
///
/// The service is the name of the key. When the key is revoked, its claims hold on until they end; only another key of
/// the same name can take them back before.
#[utoipa::path(
    put,
    path = "/presence/{name}/claims/{id}",
    operation_id = "putClaim",
    tag = "Claims",
    params(
        ("name" = SigninNameText, Path, description = "Whose: a sign-in name, percent-encoded.", example = "alice@example.com"),
        ("id" = String, Path, description = "What the service calls the claim.", example = "event-7",
         pattern = "^[A-Za-z0-9._:-]{1,64}$"),
    ),
    request_body(content = ClaimBody, content_type = "application/json"),
    responses(
        (status = 204, description = "It is claimed."),
        CommonProblems,
        BodyProblems,
        PersonProblems,
        ConflictProblems,
    ),
    security(("serviceKey" = ["claims:write"])),
)]
pub(crate) async fn put(
    key: Granted<ClaimsWrite>,
    NamePath(name): NamePath,
    ClaimIdPath(id): ClaimIdPath,
    State(app): State<App>,
    JsonBody(claim): JsonBody<ClaimBody>,
) -> Result<StatusCode, Problem> {
    let claim = NewClaim {
        source: claim.source.0,
        status: claim.status.claimed()?,
        note: values::note(claim.note.as_deref())?,
        from: claim.from.map(|from| from.0),
        until: claim.until.0,
    };
    let key = ClaimKey { service: key.service(), id };
    service::ask(&app, name, ServiceCommand::PutClaim { key, claim }, wrong).await
}

/// Take a claim back
///
/// A claim that is not there is no error.
#[utoipa::path(
    delete,
    path = "/presence/{name}/claims/{id}",
    operation_id = "deleteClaim",
    tag = "Claims",
    params(
        ("name" = SigninNameText, Path, description = "Whose: a sign-in name, percent-encoded.", example = "alice@example.com"),
        ("id" = String, Path, description = "What the service calls the claim.", example = "event-7",
         pattern = "^[A-Za-z0-9._:-]{1,64}$"),
    ),
    responses(
        (status = 204, description = "It is not claimed any more."),
        CommonProblems,
        PathProblems,
        PersonProblems,
    ),
    security(("serviceKey" = ["claims:write"])),
)]
pub(crate) async fn delete(
    key: Granted<ClaimsWrite>,
    NamePath(name): NamePath,
    ClaimIdPath(id): ClaimIdPath,
    State(app): State<App>,
) -> Result<StatusCode, Problem> {
    let key = ClaimKey { service: key.service(), id };
    service::ask(&app, name, ServiceCommand::RemoveClaim { key }, wrong).await
}

/// What this key claims about somebody
///
/// Claims of other keys are not shown.
#[utoipa::path(
    get,
    path = "/presence/{name}/claims",
    operation_id = "readClaims",
    tag = "Claims",
    params(
        ("name" = SigninNameText, Path, description = "Whose: a sign-in name, percent-encoded.", example = "alice@example.com"),
        ("if-none-match" = Option<String>, Header, description = "The tags of answers that the program has."),
    ),
    responses(
        (status = 200, description = "What is claimed.", body = ClaimsView, content_type = "application/json",
         headers(("etag" = String, description = "Says which answer this is."))),
        (status = 304, description = "It is as the program knows it.",
         headers(("etag" = String, description = "Says which answer that is."))),
        CommonProblems,
        PathProblems,
        PersonProblems,
    ),
    security(("serviceKey" = ["claims:write"])),
)]
pub(crate) async fn list(
    key: Granted<ClaimsWrite>,
    NamePath(name): NamePath,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let service = key.service();
    let asked = http::ask(&app, |answer| ToEngine::Claims(service, name, answer)).await;
    let claims = asked.ok_or_else(Problem::unavailable)?.ok_or_else(service::nobody)?;
    let claims = claims.into_iter().map(ClaimView::of).collect();
    Ok(body::tagged(&ClaimsView { claims }, &headers))
}

impl ClaimView {
    /// Whether it was dismissed is left out: only somebody who is there can have done that.
    fn of(known: ClaimRecord) -> Self {
        let ClaimRecord { key, claim, dismissed: _ } = known;
        Self {
            id: key.id.as_str().to_owned(),
            source: ClaimSourceName(claim.source),
            status: StatusNumber(claim.status),
            status_name: StatusName(claim.status),
            note: claim.note.as_ref().map(Note::as_str).map(str::to_owned),
            from: UnixMs::as_millis(claim.from),
            until: UnixMs::as_millis(claim.until),
        }
    }
}

/// Says what the registry did not like about a claim.
fn wrong(hr: HResult, message: &str) -> Option<Problem> {
    match hr {
        HResult::E_INVALIDARG => Some(
            Problem::field("until", message)
                .allowing("an instant later than `from` and than now, at most 31 days ahead"),
        ),
        HResult::MSGR_E_LIST_FULL => Some(
            Problem::new(Kind::TooManyClaims, message).allowing("to take another one back first"),
        ),
        _ => None,
    }
}
