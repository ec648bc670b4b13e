//! Shared groups of the directory, by their names: read and changed by back ends.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, Response, StatusCode},
};
use mistatus_core::{hresult::HResult, signin_name::SigninName};
use mistatus_hub::DirectoryCommand;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        access::{Granted, PeopleRead, PeopleWrite},
        body::{self, GroupPath, JsonBody, NAME_ALLOWED},
        description::{BodyProblems, CommonProblems, FullProblems, GroupProblems, PathProblems},
        people::{require_directory, wrong},
        problem::{Kind, Problem},
        service,
        values::SigninNameText,
    },
    engine::ToEngine,
    http::{self, App},
    limits::GROUP_MEMBERS_PER_REQUEST,
    names,
};

/// Who is to be in a shared group.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GroupToPut)]
pub(crate) struct GroupBody {
    /// Sign-in names of people in the directory.
    #[schema(value_type = Vec<SigninNameText>, max_items = 5000, example = json!(["alice@example.com", "bob@example.com"]))]
    members: Vec<String>,
}

/// A shared group.
#[derive(Serialize, ToSchema)]
#[schema(as = Group)]
pub(crate) struct GroupView {
    /// What it is called.
    #[schema(example = "Sales")]
    id: String,
    /// Who is in it, in the order of the sign-in names.
    #[schema(value_type = Vec<SigninNameText>)]
    members: Vec<String>,
}

/// Who is in a shared group
///
/// There is one for as long as somebody is in it, however they came there.
#[utoipa::path(
    get,
    path = "/groups/{id}",
    operation_id = "readGroup",
    tag = "People",
    params(
        ("id" = String, Path, description = "What the group is called, percent-encoded.", example = "Sales"),
        ("if-none-match" = Option<String>, Header, description = "The tags of answers that the program has."),
    ),
    responses(
        (status = 200, description = "Who is in it.", body = GroupView, content_type = "application/json",
         headers(("etag" = String, description = "Says which answer this is."))),
        (status = 304, description = "It is as the program knows it.",
         headers(("etag" = String, description = "Says which answer that is."))),
        CommonProblems,
        PathProblems,
        GroupProblems,
    ),
    security(("serviceKey" = ["people:read"])),
)]
pub(crate) async fn one(
    _key: Granted<PeopleRead>,
    GroupPath(group): GroupPath,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    require_directory(&app)?;
    let id = group.as_str().to_owned();
    let asked = http::ask(&app, |answer| ToEngine::Members(group, answer)).await;
    let members = asked.ok_or_else(Problem::unavailable)?;
    if members.is_empty() {
        return Err(Problem::new(Kind::NoSuchGroup, "nobody is in a shared group of that name")
            .about("id")
            .allowing("names of groups that somebody is in"));
    }
    let members = members.iter().map(|name| name.as_str().to_owned()).collect();
    Ok(body::tagged(&GroupView { id, members }, &headers))
}

/// Put people into a shared group
///
/// These and nobody else; without members there is no such group. All have to be in the directory. There may be 5,000 in
/// a request; a larger group comes with `PUT /people/{name}`, or with a file. The answer comes once it is on the disk.
#[utoipa::path(
    put,
    path = "/groups/{id}",
    operation_id = "putGroup",
    tag = "People",
    params(
        ("id" = String, Path, description = "What the group is called, percent-encoded.", example = "Sales"),
    ),
    request_body(content = GroupBody, content_type = "application/json"),
    responses(
        (status = 204, description = "These are in it."),
        CommonProblems,
        BodyProblems,
        FullProblems,
    ),
    security(("serviceKey" = ["people:write"])),
)]
pub(crate) async fn put(
    _key: Granted<PeopleWrite>,
    GroupPath(group): GroupPath,
    State(app): State<App>,
    JsonBody(GroupBody { members }): JsonBody<GroupBody>,
) -> Result<StatusCode, Problem> {
    require_directory(&app)?;
    let members = parse(members)?;
    let asked = members.clone();
    let asked = http::ask(&app, |answer| ToEngine::FirstUnlisted(asked, answer)).await;
    if let Some(place) = asked.ok_or_else(Problem::unavailable)? {
        return Err(unlisted(format!("members[{place}]")));
    }
    let members: BTreeSet<_> = members.into_iter().collect();
    let missing = |hr, message: &str| match hr {
        // Taken out since.
        HResult::MSGR_E_USER_NOT_FOUND => Some(unlisted("members".to_owned())),
        _ => wrong(hr, message),
    };
    service::direct(&app, DirectoryCommand::SetGroup { group, members }, missing).await
}

/// Take everybody out of a shared group
///
/// They stay in the directory. A group that nobody is in is no error.
#[utoipa::path(
    delete,
    path = "/groups/{id}",
    operation_id = "deleteGroup",
    tag = "People",
    params(
        ("id" = String, Path, description = "What the group is called, percent-encoded.", example = "Sales"),
    ),
    responses(
        (status = 204, description = "There is no such group."),
        CommonProblems,
        PathProblems,
    ),
    security(("serviceKey" = ["people:write"])),
)]
pub(crate) async fn delete(
    _key: Granted<PeopleWrite>,
    GroupPath(group): GroupPath,
    State(app): State<App>,
) -> Result<StatusCode, Problem> {
    require_directory(&app)?;
    let members = BTreeSet::new();
    service::direct(&app, DirectoryCommand::SetGroup { group, members }, wrong).await
}

fn parse(members: Vec<String>) -> Result<Vec<SigninName>, Problem> {
    if members.len() > GROUP_MEMBERS_PER_REQUEST {
        return Err(Problem::field("members", format!("there are {} names", members.len()))
            .allowing(format!("at most {GROUP_MEMBERS_PER_REQUEST} sign-in names")));
    }
    let parse = |(place, name): (usize, String)| {
        let wrong = |error| body::wrong_name(format!("members[{place}]"), error);
        names::parse(&name).map_err(wrong)
    };
    members.into_iter().enumerate().map(parse).collect()
}

fn unlisted(field: String) -> Problem {
    Problem::field(field, "the directory has nobody of that name")
        .allowing(format!("names of people in the directory, {NAME_ALLOWED}"))
}
