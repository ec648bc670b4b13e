//! The directory over the socket: `plan BYTES` and `replace BYTES` before so many bytes of people in JSON, and `list`.

use std::{io, sync::Arc};

use mistatus_core::hresult::HResult;
use mistatus_hub::{DirectoryCommand, Person};
use serde::Serialize;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::say;
use crate::{
    engine::{PeopleQuery, ToEngine},
    limits::{CONTROL_TIMEOUT, PEOPLE_FILE_BYTES_MAX},
    people::{PersonText, PlanText},
};

/// Where the directory is read and changed.
#[derive(Clone)]
pub(crate) struct PeopleDesk {
    engine: mpsc::Sender<ToEngine>,
}

impl PeopleDesk {
    pub(crate) fn new(engine: mpsc::Sender<ToEngine>) -> Self {
        Self { engine }
    }

    async fn ask<T>(
        &self,
        question: impl FnOnce(oneshot::Sender<T>) -> ToEngine,
    ) -> Result<T, String> {
        let gone = || "the registry does not answer".to_owned();
        let (answer, answered) = oneshot::channel();
        self.engine.send(question(answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())
    }

    /// Says what would be changed by these people, and does it where that is wanted.
    async fn take(&self, people: Vec<Person>, replaces: bool) -> Result<PlanText, String> {
        let people: Arc<[Person]> = people.into();
        let asked = people.clone();
        let plan = self.ask(|answer| ToEngine::Plan(asked, answer)).await?;
        if replaces {
            let command = DirectoryCommand::Replace { people: people.to_vec() };
            let outcome = self.ask(|answer| ToEngine::Direct(command, answer)).await?;
            if outcome.hr != HResult::S_OK {
                return Err(outcome.message.unwrap_or_else(|| "it was refused".to_owned()));
            }
            tracing::info!(
                added = plan.added.len(),
                changed = plan.changed.len(),
                removed = plan.removed.len(),
                "people were imported"
            );
        }
        Ok(PlanText::from(&plan))
    }

    async fn list(&self) -> Result<Vec<PersonText>, String> {
        let query = PeopleQuery { beginning: String::new(), after: None, limit: usize::MAX };
        let people = self.ask(|answer| ToEngine::People(query, answer)).await?;
        Ok(people.iter().map(PersonText::from).collect())
    }
}

/// Answers a command about the directory.
pub(super) async fn answer(
    stream: &mut BufReader<UnixStream>,
    desk: Option<PeopleDesk>,
    wanted: &str,
) -> io::Result<()> {
    let answered = match desk {
        Some(desk) => carry_out(stream, &desk, wanted).await?,
        None => {
            Err("the running server has no directory: start it with --directory, or stop it and \
                     import then"
                .to_owned())
        }
    };
    match answered {
        Ok(bytes) => {
            say(stream.get_mut(), &format!("ok {}", bytes.len())).await?;
            timeout(CONTROL_TIMEOUT, stream.get_mut().write_all(&bytes)).await?
        }
        Err(error) => say(stream.get_mut(), &format!("error {error}")).await,
    }
}

async fn carry_out(
    stream: &mut BufReader<UnixStream>,
    desk: &PeopleDesk,
    wanted: &str,
) -> io::Result<Result<Vec<u8>, String>> {
    let (what, bytes) = wanted.split_once(' ').unwrap_or((wanted, "0"));
    let replaces = match what {
        "list" => return Ok(desk.list().await.and_then(|people| json(&people))),
        "plan" => false,
        "replace" => true,
        _ => return Ok(Err("known are `plan`, `replace` and `list`".to_owned())),
    };
    let Some(bytes) = bytes.parse::<usize>().ok().filter(|bytes| is_allowed(*bytes)) else {
        return Ok(Err(format!("at most {PEOPLE_FILE_BYTES_MAX} bytes are taken")));
    };
    let mut text = vec![0; bytes];
    timeout(CONTROL_TIMEOUT, stream.read_exact(&mut text)).await??;
    let people = match parse(&text) {
        Ok(people) => people,
        Err(error) => return Ok(Err(error)),
    };
    Ok(desk.take(people, replaces).await.and_then(|plan| json(&plan)))
}

fn is_allowed(bytes: usize) -> bool {
    u64::try_from(bytes).is_ok_and(|bytes| bytes <= PEOPLE_FILE_BYTES_MAX)
}

fn parse(text: &[u8]) -> Result<Vec<Person>, String> {
    let texts: Vec<PersonText> = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let check = |text: &PersonText| {
        text.check().map_err(|wrong| format!("{}: {}", wrong.field, wrong.what))
    };
    texts.iter().map(check).collect()
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, String> {
    serde_json::to_vec(value).map_err(|error| error.to_string())
}
