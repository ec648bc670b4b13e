//! What is chosen for people in their name, as they could choose it themselves.

use axum::{extract::State, http::StatusCode};
use mistatus_core::{
    hresult::HResult,
    presence::{Intent, Source},
    status::MiStatus,
};
use mistatus_hub::ServiceCommand;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        access::{Granted, StatusWrite},
        body::{JsonBody, NamePath},
        description::{BodyProblems, CommonProblems, PathProblems, PersonProblems},
        problem::{Kind, Problem},
        service,
        values::{self, SaidInstant, SaidStatus, SettableStatus, SigninNameText},
    },
    http::App,
};

/// What is chosen for somebody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Choice)]
pub(crate) struct ChoiceBody {
    #[schema(value_type = SettableStatus)]
    status: SaidStatus,
    /// What is said about it: at most 500 UTF-16 units.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// When the choice ends, in milliseconds since 1970-01-01T00:00:00Z: later than now. Without it, it has no end.
    #[schema(value_type = Option<u64>, example = 4102444800000_u64, maximum = 9007199254740991_u64)]
    until: Option<SaidInstant>,
}

/// Choose a status for somebody
///
/// As they could choose it themselves: it takes the place of what they chose, who is told so on all devices. Where
/// something only holds for a time beside what they chose, claim it instead. Who is not there stays offline and finds
/// the choice when they come. The answer comes once the choice is on the disk.
#[utoipa::path(
    put,
    path = "/presence/{name}/status",
    operation_id = "putStatus",
    tag = "Choosing for somebody",
    params(
        ("name" = SigninNameText, Path, description = "Whose: a sign-in name, percent-encoded.", example = "alice@example.com"),
    ),
    request_body(content = ChoiceBody, content_type = "application/json"),
    responses(
        (status = 204, description = "It is chosen."),
        CommonProblems,
        BodyProblems,
        PersonProblems,
    ),
    security(("serviceKey" = ["status:write"])),
)]
pub(crate) async fn put(
    _key: Granted<StatusWrite>,
    NamePath(name): NamePath,
    State(app): State<App>,
    JsonBody(choice): JsonBody<ChoiceBody>,
) -> Result<StatusCode, Problem> {
    let intent = Intent {
        status: choice.status.chosen()?,
        note: values::note(choice.note.as_deref())?,
        until: choice.until.map(|until| until.0),
        source: Source::Api,
    };
    service::ask(&app, name, ServiceCommand::SetStatus { intent }, wrong).await
}

/// End what was chosen for somebody
///
/// Also what they chose themselves: they are online or idle again, without a note, or as a claim says.
#[utoipa::path(
    delete,
    path = "/presence/{name}/status",
    operation_id = "deleteStatus",
    tag = "Choosing for somebody",
    params(
        ("name" = SigninNameText, Path, description = "Whose: a sign-in name, percent-encoded.", example = "alice@example.com"),
    ),
    responses(
        (status = 204, description = "Nothing is chosen."),
        CommonProblems,
        PathProblems,
        PersonProblems,
    ),
    security(("serviceKey" = ["status:write"])),
)]
pub(crate) async fn delete(
    _key: Granted<StatusWrite>,
    NamePath(name): NamePath,
    State(app): State<App>,
) -> Result<StatusCode, Problem> {
    let intent = Intent::chosen(MiStatus::Online, Source::Api);
    service::ask(&app, name, ServiceCommand::SetStatus { intent }, wrong).await
}

/// Says what the registry did not like about a choice.
fn wrong(hr: HResult, message: &str) -> Option<Problem> {
    match hr {
        HResult::E_INVALIDARG => {
            Some(Problem::field("until", message).allowing("an instant later than now"))
        }
        HResult::MSGR_E_POLICY_RESTRICTED => {
            let problem = Problem::new(Kind::NotAllowedHere, message).about("status");
            Some(problem.allowing("every other status that can be chosen"))
        }
        _ => None,
    }
}
