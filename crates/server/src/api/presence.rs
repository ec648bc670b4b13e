//! How people are, for programs that may see everybody.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, Response},
};
use mistatus_core::{message::Change, presence::Note, signin_name::SigninName, time::UnixMs};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        access::{Granted, PresenceRead},
        body::{self, JsonBody, NamePath},
        description::{BodyProblems, CommonProblems, PathProblems},
        problem::Problem,
        values::{SigninNameText, SourceName, StatusName, StatusNumber},
    },
    engine::ToEngine,
    http::{self, App},
    limits::{API_NAMES_MAX, API_NAMES_PER_REQUEST},
    names,
};

/// How somebody is, as a stranger sees it who may see everybody.
///
/// Whoever appears offline is OFFLINE in each byte, and whoever never signed in is UNKNOWN.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Presence)]
pub(crate) struct PresenceView {
    /// The sign-in name, as it was asked for. Names are compared without letter case.
    #[schema(value_type = SigninNameText)]
    name: String,
    status: StatusNumber,
    status_name: StatusName,
    /// What the user says about it. Text, never markup.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500, nullable = false)]
    note: Option<String>,
    /// Since when the status is this one, in milliseconds since 1970-01-01T00:00:00Z; absent where the server does not
    /// know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1795248000000_u64, maximum = 9007199254740991_u64, nullable = false)]
    since: Option<u64>,
    /// When what holds now ends, in milliseconds since 1970-01-01T00:00:00Z: while a claim holds, the claim, else what
    /// the user chose. Absent where it has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1795251600000_u64, maximum = 9007199254740991_u64, nullable = false)]
    until: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    source: Option<SourceName>,
    /// Whether the server has just started and cannot say yet who is gone; the status is UNKNOWN then. Whoever knows an
    /// earlier one keeps it, as something that may have passed.
    settling: bool,
}

/// Whose presence is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PresenceQuery)]
pub(crate) struct QueryBody {
    /// Sign-in names. A name that stands here twice is answered twice.
    #[schema(value_type = Vec<SigninNameText>, max_items = 1000, example = json!(["alice@example.com", "bob@example.com"]))]
    names: Vec<String>,
}

/// How several people are.
#[derive(Serialize, ToSchema)]
#[schema(as = PresenceList)]
pub(crate) struct ListView {
    /// One for each name, in the order of the names.
    pub(crate) presence: Vec<PresenceView>,
}

/// How one person is
///
/// Answers for each name that could be one: whoever never signed in is UNKNOWN. Who may see whom among people, and who
/// blocks whom, has no influence.
#[utoipa::path(
    get,
    path = "/presence/{name}",
    operation_id = "readPresence",
    tag = "Reading presence",
    params(
        ("name" = SigninNameText, Path, description = "Whose: a sign-in name, percent-encoded.", example = "alice@example.com"),
        ("if-none-match" = Option<String>, Header, description = "The tags of answers that the program has."),
    ),
    responses(
        (status = 200, description = "How the person is.", body = PresenceView, content_type = "application/json",
         headers(("etag" = String, description = "Says which answer this is."))),
        (status = 304, description = "It is as the program knows it.",
         headers(("etag" = String, description = "Says which answer that is."))),
        CommonProblems,
        PathProblems,
    ),
    security(("serviceKey" = ["presence:read"])),
)]
pub(crate) async fn one(
    _key: Granted<PresenceRead>,
    NamePath(name): NamePath,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let presence = views(&app, vec![name]).await?.pop().ok_or_else(Problem::unavailable)?;
    Ok(body::tagged(&presence, &headers))
}

/// Answers how the person is whose name is that of another address.
pub(crate) async fn one_called_query(
    key: Granted<PresenceRead>,
    app: State<App>,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let name = SigninName::parse("query").map_err(|error| body::wrong_name("name", error))?;
    one(key, NamePath(name), app, headers).await
}

/// How several people are
///
/// As one request for each of them. 100 names count as one request more.
#[utoipa::path(
    post,
    path = "/presence/query",
    operation_id = "queryPresence",
    tag = "Reading presence",
    request_body(content = QueryBody, content_type = "application/json"),
    responses(
        (status = 200, description = "How they are.", body = ListView, content_type = "application/json"),
        CommonProblems,
        BodyProblems,
    ),
    security(("serviceKey" = ["presence:read"])),
)]
pub(crate) async fn many(
    key: Granted<PresenceRead>,
    State(app): State<App>,
    JsonBody(QueryBody { names }): JsonBody<QueryBody>,
) -> Result<Response<Body>, Problem> {
    let names = parse_names(names)?;
    key.charge(u32::try_from(names.len() / API_NAMES_PER_REQUEST).unwrap_or(u32::MAX), &app)?;
    let presence = views(&app, names).await?;
    Ok(body::plain(&ListView { presence }))
}

pub(crate) fn parse_names(names: Vec<String>) -> Result<Vec<SigninName>, Problem> {
    if names.len() > API_NAMES_MAX {
        return Err(Problem::field("names", format!("there are {} names", names.len()))
            .allowing(format!("at most {API_NAMES_MAX} sign-in names")));
    }
    let parse = |(place, name): (usize, String)| {
        names::parse(&name).map_err(|error| body::wrong_name(format!("names[{place}]"), error))
    };
    names.into_iter().enumerate().map(parse).collect()
}

async fn views(app: &App, names: Vec<SigninName>) -> Result<Vec<PresenceView>, Problem> {
    let asked = http::ask(app, |answer| ToEngine::View(names, answer)).await;
    Ok(asked.ok_or_else(Problem::unavailable)?.into_iter().map(PresenceView::of).collect())
}

impl PresenceView {
    pub(crate) fn of(change: Change) -> Self {
        let presence = change.presence;
        Self {
            name: change.name.as_str().to_owned(),
            status: StatusNumber(presence.status),
            status_name: StatusName(presence.status),
            note: presence.note.as_ref().map(Note::as_str).map(str::to_owned),
            since: presence.since.map(UnixMs::as_millis),
            until: presence.until.map(UnixMs::as_millis),
            source: presence.source.map(SourceName),
            settling: change.settling,
        }
    }
}
