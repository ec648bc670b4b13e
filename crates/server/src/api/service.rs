//! Requests that change something about a person: handed to the registry, answered once they are durable.

use std::time::Duration;

use axum::http::StatusCode;
use mistatus_core::{hresult::HResult, signin_name::SigninName};
use mistatus_hub::{DirectoryCommand, ServiceCommand};

use crate::{
    api::problem::{Kind, Problem},
    engine::{ServiceOutcome, ToEngine},
    http::{self, App},
    limits::{API_BUSY_RETRY, API_WRITE_TIMEOUT},
};

/// Asks the registry; `wrong` says what a refusal of a certain kind is about.
pub(crate) async fn ask(
    app: &App,
    name: SigninName,
    command: ServiceCommand,
    wrong: impl FnOnce(HResult, &str) -> Option<Problem>,
) -> Result<StatusCode, Problem> {
    let question = |answer| ToEngine::Serve(name, command, answer);
    let asked = http::ask_within(app, API_WRITE_TIMEOUT, question).await;
    finish(asked, wrong)
}

/// Asks for a change of the directory.
pub(crate) async fn direct(
    app: &App,
    command: DirectoryCommand,
    wrong: impl FnOnce(HResult, &str) -> Option<Problem>,
) -> Result<StatusCode, Problem> {
    let question = |answer| ToEngine::Direct(command, answer);
    let asked = http::ask_within(app, API_WRITE_TIMEOUT, question).await;
    finish(asked, wrong)
}

fn finish(
    asked: Option<ServiceOutcome>,
    wrong: impl FnOnce(HResult, &str) -> Option<Problem>,
) -> Result<StatusCode, Problem> {
    let outcome = asked.ok_or_else(|| {
        let detail = "the server does not answer, and it is not known whether it was done; ask for the same again";
        retryable(detail, API_BUSY_RETRY)
    })?;
    if outcome.hr == HResult::S_OK {
        return Ok(StatusCode::NO_CONTENT);
    }
    let message = outcome.message.unwrap_or_else(|| "the request was refused".to_owned());
    Err(wrong(outcome.hr, &message).unwrap_or_else(|| match outcome.hr {
        HResult::MSGR_E_USER_NOT_FOUND => nobody(),
        _ => retryable(&message, API_BUSY_RETRY),
    }))
}

/// There is nobody of that name.
pub(crate) fn nobody() -> Problem {
    Problem::new(Kind::NoSuchPerson, "nobody has signed in by that name yet")
        .about("name")
        .allowing("names of people who have signed in at least once")
}

fn retryable(detail: &str, wait: Duration) -> Problem {
    Problem::new(Kind::Unavailable, detail).retrying_after(wait)
}
