//! Whom the company says there is: read and changed by back ends, on a server with a directory.

use axum::{
    body::Body,
    extract::{FromRequestParts, State},
    http::{HeaderMap, Response, StatusCode, request::Parts},
};
use mistatus_core::{hresult::HResult, signin_name::SigninName};
use mistatus_hub::{DirectoryCommand, Person};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        access::{Granted, PeopleRead, PeopleWrite},
        body::{self, JsonBody, NAME_ALLOWED, NamePath, excerpt},
        description::{BodyProblems, CommonProblems, FullProblems, ListedProblems, PathProblems},
        follow,
        problem::{Kind, Problem},
        service,
        values::SigninNameText,
    },
    engine::{PeopleQuery, ToEngine},
    http::{self, App},
    limits::PEOPLE_PAGE,
    people::PersonText,
    store::{people::traces, webhooks::Work},
};

/// What the company says of somebody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = PersonToPut)]
pub(crate) struct PersonBody {
    /// What others see as the name, whatever the person says: at most 256 UTF-16 units. Without it the person says.
    #[schema(max_length = 256, example = "Alice Adams")]
    friendly_name: Option<String>,
    /// What the person does: at most 256 UTF-16 units.
    #[schema(max_length = 256, example = "Sales")]
    title: Option<String>,
    /// The shared groups that the person is in: at most 32, each of 1 to 64 UTF-16 units. Whoever shares one may see and
    /// write to each other, also with `--visibility contacts`.
    #[serde(default)]
    #[schema(max_items = 32, example = json!(["Berlin", "Sales"]))]
    groups: Vec<String>,
}

/// Somebody in the directory.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Person)]
pub(crate) struct PersonView {
    /// The sign-in name, as it was put into the directory.
    #[schema(value_type = SigninNameText)]
    name: String,
    /// What others see as the name; absent where the person says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    friendly_name: Option<String>,
    /// What the person does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    title: Option<String>,
    /// The shared groups that the person is in.
    groups: Vec<String>,
}

/// People of the directory.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonList)]
pub(crate) struct PeopleView {
    /// At most 100, in the order of the sign-in names.
    people: Vec<PersonView>,
    /// Where the next ones begin; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    cursor: Option<String>,
}

/// What was erased of somebody.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Erased)]
pub(crate) struct ErasedView {
    /// Whether the directory had them.
    in_directory: bool,
    /// Whether they had ever signed in: status, friendly name, blocks, requests and choices are gone with that.
    signed_in: bool,
    /// How many people they had on their list.
    contacts: u64,
    /// On how many other lists they were.
    listed_by: u64,
    /// How many groups of their own they had.
    groups: u64,
    /// How many claims there were about them.
    claims: u64,
    /// How many messages they had written or been written to.
    messages: u64,
    /// How many changes about them webhooks would still have been sent.
    webhooks: u64,
}

/// What is asked for in the query of a request.
pub(crate) struct SearchQuery(PeopleQuery);

impl FromRequestParts<App> for SearchQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let mut query =
            PeopleQuery { beginning: String::new(), after: None, limit: PEOPLE_PAGE + 1 };
        let text = parts.uri.query().unwrap_or_default();
        for parameter in text.split('&').filter(|parameter| !parameter.is_empty()) {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let key = follow::decode(key).unwrap_or_else(|| "\u{fffd}".to_owned());
            let value = follow::decode(value)
                .ok_or_else(|| Problem::field(excerpt(&key), "it is not UTF-8 once it is decoded"));
            match key.as_str() {
                "query" => query.beginning = value?,
                "cursor" => {
                    let cursor = SigninName::parse(&value?);
                    query.after = Some(cursor.map_err(|error| {
                        Problem::field("cursor", error.to_string())
                            .allowing(format!("the cursor of an earlier answer: {NAME_ALLOWED}"))
                    })?);
                }
                _ => {
                    return Err(Problem::field(
                        excerpt(&key),
                        "the address takes no such parameter",
                    )
                    .allowing("query and cursor"));
                }
            }
        }
        Ok(Self(query))
    }
}

/// Find people
///
/// Those of the directory whose sign-in name, friendly name, or a word of it begins so; without `query` everybody. There
/// are at most 100 in an answer; with its `cursor` the next ones follow.
#[utoipa::path(
    get,
    path = "/people",
    operation_id = "findPeople",
    tag = "People",
    params(
        ("query" = Option<String>, Query, description = "How the name begins. Letter case does not matter.", example = "al"),
        ("cursor" = Option<SigninNameText>, Query, description = "The `cursor` of the answer before."),
        ("if-none-match" = Option<String>, Header, description = "The tags of answers that the program has."),
    ),
    responses(
        (status = 200, description = "Who was found.", body = PeopleView, content_type = "application/json",
         headers(("etag" = String, description = "Says which answer this is."))),
        (status = 304, description = "It is as the program knows it.",
         headers(("etag" = String, description = "Says which answer that is."))),
        CommonProblems,
        PathProblems,
    ),
    security(("serviceKey" = ["people:read"])),
)]
pub(crate) async fn search(
    _key: Granted<PeopleRead>,
    SearchQuery(query): SearchQuery,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    require_directory(&app)?;
    let asked = http::ask(&app, |answer| ToEngine::People(query, answer)).await;
    let mut people: Vec<_> =
        asked.ok_or_else(Problem::unavailable)?.iter().map(PersonView::of).collect();
    let has_more = people.len() > PEOPLE_PAGE;
    people.truncate(PEOPLE_PAGE);
    let cursor = people.last().filter(|_| has_more).map(|last| last.name.clone());
    Ok(body::tagged(&PeopleView { people, cursor }, &headers))
}

/// What the company says of somebody
///
/// Also of somebody who has never signed in.
#[utoipa::path(
    get,
    path = "/people/{name}",
    operation_id = "readPerson",
    tag = "People",
    params(
        ("name" = SigninNameText, Path, description = "Whom: a sign-in name, percent-encoded.", example = "alice@example.com"),
        ("if-none-match" = Option<String>, Header, description = "The tags of answers that the program has."),
    ),
    responses(
        (status = 200, description = "What the directory says.", body = PersonView, content_type = "application/json",
         headers(("etag" = String, description = "Says which answer this is."))),
        (status = 304, description = "It is as the program knows it.",
         headers(("etag" = String, description = "Says which answer that is."))),
        CommonProblems,
        PathProblems,
        ListedProblems,
    ),
    security(("serviceKey" = ["people:read"])),
)]
pub(crate) async fn one(
    _key: Granted<PeopleRead>,
    NamePath(name): NamePath,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    require_directory(&app)?;
    let asked = http::ask(&app, |answer| ToEngine::Person(name, answer)).await;
    let person = asked.ok_or_else(Problem::unavailable)?.ok_or_else(|| {
        Problem::new(Kind::NoSuchPerson, "the directory has nobody of that name")
            .about("name")
            .allowing("names of people in the directory")
    })?;
    Ok(body::tagged(&PersonView::of(&person), &headers))
}

/// Put somebody into the directory
///
/// Or says something else of somebody who is there: what the body leaves out is taken away. From then on the person may
/// sign in. The answer comes once it is on the disk.
#[utoipa::path(
    put,
    path = "/people/{name}",
    operation_id = "putPerson",
    tag = "People",
    params(
        ("name" = SigninNameText, Path, description = "Whom: a sign-in name, percent-encoded.", example = "alice@example.com"),
    ),
    request_body(content = PersonBody, content_type = "application/json"),
    responses(
        (status = 204, description = "The directory says so."),
        CommonProblems,
        BodyProblems,
        FullProblems,
    ),
    security(("serviceKey" = ["people:write"])),
)]
pub(crate) async fn put(
    _key: Granted<PeopleWrite>,
    NamePath(name): NamePath,
    State(app): State<App>,
    JsonBody(said): JsonBody<PersonBody>,
) -> Result<StatusCode, Problem> {
    require_directory(&app)?;
    let PersonBody { friendly_name, title, groups } = said;
    let text = PersonText { name: name.as_str().to_owned(), friendly_name, title, groups };
    let person = text
        .check()
        .map_err(|wrong| Problem::field(wrong.field, wrong.what).allowing(wrong.allowed))?;
    service::direct(&app, DirectoryCommand::Put { person }, wrong).await
}

/// Erase somebody
///
/// Takes a person out of the directory, and everything of them out of the server: they are signed out at once, cannot
/// sign in, and are on nobody's list any more; their messages are gone at both ends, and so is what webhooks have not been
/// sent about them. The answer says what there was. Somebody who is not there is no error.
#[utoipa::path(
    delete,
    path = "/people/{name}",
    operation_id = "erasePerson",
    tag = "People",
    params(
        ("name" = SigninNameText, Path, description = "Whom: a sign-in name, percent-encoded.", example = "alice@example.com"),
    ),
    responses(
        (status = 200, description = "Nothing is left of them.", body = ErasedView, content_type = "application/json"),
        CommonProblems,
        PathProblems,
    ),
    security(("serviceKey" = ["people:write"])),
)]
pub(crate) async fn delete(
    _key: Granted<PeopleWrite>,
    NamePath(name): NamePath,
    State(app): State<App>,
) -> Result<Response<Body>, Problem> {
    require_directory(&app)?;
    let of = name.clone();
    let (work, counted) = Work::new(move |database| traces(database, &of));
    let asked = app.stream.engine.send(ToEngine::LookUp(work)).await;
    asked.map_err(|_| Problem::unavailable())?;
    let found = counted.await.map_err(|_| Problem::unavailable())?;
    service::direct(&app, DirectoryCommand::Remove { name }, wrong).await?;
    Ok(body::plain(&ErasedView {
        in_directory: found.is_listed,
        signed_in: found.is_known,
        contacts: found.contacts,
        listed_by: found.listed_by,
        groups: found.groups,
        claims: found.claims,
        messages: found.messages,
        webhooks: found.webhooks,
    }))
}

impl PersonView {
    fn of(person: &Person) -> Self {
        let PersonText { name, friendly_name, title, groups } = PersonText::from(person);
        Self { name, friendly_name, title, groups }
    }
}

/// Refuses where nobody says who exists.
pub(super) fn require_directory(app: &App) -> Result<(), Problem> {
    if app.directory {
        return Ok(());
    }
    Err(Problem::new(Kind::NotAllowedHere, "this server runs without a directory")
        .allowing("servers that run with --directory"))
}

/// Says what the registry did not like.
pub(super) fn wrong(hr: HResult, message: &str) -> Option<Problem> {
    (hr == HResult::MSGR_E_LIST_FULL)
        .then(|| Problem::new(Kind::DirectoryFull, message).allowing("to take somebody out first"))
}
