//! One attempt to deliver a body, over HTTP. Blocks, and decides nothing about the next.

use std::{
    io::{self, Read},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use tokio::sync::oneshot;
use ureq::{
    Agent, Body, Error,
    http::{Response, StatusCode, header::RETRY_AFTER},
};

use super::Hook;
use crate::{
    clock,
    limits::{WEBHOOK_ANSWER_BYTES, WEBHOOK_CONNECT_TIMEOUT, WEBHOOK_RETRY_MAX, WEBHOOK_TIMEOUT},
};

/// Tells how an attempt ended.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Attempt {
    Delivered,
    Failed {
        /// For the log: names no people.
        why: String,
        /// For how long the receiver wants to be left alone.
        rest: Option<Duration>,
    },
    /// The receiver wants nothing more.
    Gone,
}

/// What one webhook is asked with. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Client(Arc<Mutex<Option<Agent>>>);

/// A body with its id.
pub(super) struct Message {
    pub(super) id: String,
    pub(super) body: String,
}

impl Client {
    /// Delivers in a thread of its own, for which no stop of the server has to wait.
    pub(super) async fn deliver(self, hook: Arc<Hook>, message: Message) -> Attempt {
        let (answer, answered) = oneshot::channel();
        let started = std::thread::Builder::new().name("webhook".to_owned()).spawn(move || {
            let _ = answer.send(self.attempt(&hook, &message));
        });
        if let Err(error) = started {
            return failed(format!("cannot start a thread: {error}"));
        }
        answered.await.unwrap_or_else(|_| failed("the attempt broke off".to_owned()))
    }

    fn attempt(&self, hook: &Hook, message: &Message) -> Attempt {
        match self.agent(hook).and_then(|agent| post(&agent, hook, message)) {
            Ok(attempt) => attempt,
            Err(why) => {
                // Certificates of this machine that have changed are read again by the next attempt.
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
                failed(why)
            }
        }
    }

    /// Makes the client where there is none. Connections are not kept: one that the other side is just closing would
    /// be a failed attempt.
    fn agent(&self, hook: &Hook) -> Result<Agent, String> {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(agent) = &*current {
            return Ok(agent.clone());
        }
        let config = hook.address.client()?.proxy(None).max_idle_connections(0);
        let config = config
            .timeout_connect(Some(WEBHOOK_CONNECT_TIMEOUT))
            .timeout_global(Some(WEBHOOK_TIMEOUT));
        Ok(current.insert(config.build().into()).clone())
    }
}

fn post(agent: &Agent, hook: &Hook, message: &Message) -> Result<Attempt, String> {
    let seconds = clock::wall().as_millis() / 1_000;
    let signature = hook.secret.sign(&message.id, seconds, &message.body);
    let request = agent
        .post(hook.address.uri())
        .header("content-type", "application/json")
        .header("webhook-id", &message.id)
        .header("webhook-timestamp", seconds.to_string())
        .header("webhook-signature", signature);
    let mut response = request.send(message.body.as_bytes()).map_err(|error| words(&error))?;
    let attempt = judge(&response);
    // Whatever it says, and also where the rest does not come.
    let mut rest = response.body_mut().as_reader().take(WEBHOOK_ANSWER_BYTES);
    let _ = io::copy(&mut rest, &mut io::sink());
    Ok(attempt)
}

fn judge(response: &Response<Body>) -> Attempt {
    match response.status() {
        status if status.is_success() => Attempt::Delivered,
        StatusCode::GONE => Attempt::Gone,
        status if status.is_redirection() => failed(format!(
            "the answer is {status}; the url must be the address that takes the changes itself"
        )),
        status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => {
            let said = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            let rest = said.and_then(|said| rest(said, SystemTime::now()));
            Attempt::Failed { why: format!("the answer is {status}"), rest }
        }
        status => failed(format!("the answer is {status}")),
    }
}

/// Reads `retry-after`: seconds or a date (RFC 9110 §10.2.3).
fn rest(said: &str, now: SystemTime) -> Option<Duration> {
    let wanted = match said.trim().parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(said.trim()).ok()?.duration_since(now).ok()?,
    };
    Some(wanted.min(WEBHOOK_RETRY_MAX))
}

const fn failed(why: String) -> Attempt {
    Attempt::Failed { why, rest: None }
}

fn words(error: &Error) -> String {
    match error {
        Error::Timeout(_) => {
            format!("there is no answer after {} seconds", WEBHOOK_TIMEOUT.as_secs())
        }
        // These print the address with its query.
        Error::BadUri(_) | Error::RequireHttpsOnly(_) => "the url cannot be asked".to_owned(),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_may_ask_for_rest_in_seconds_or_by_a_date_for_up_to_an_hour() {
        let now = httpdate::parse_http_date("Mon, 30 Nov 2026 12:00:00 GMT").unwrap();
        for (said, seconds) in [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("86400", Some(3_600)),
            ("Mon, 30 Nov 2026 12:01:00 GMT", Some(60)),
            ("Tue, 01 Dec 2026 12:00:00 GMT", Some(3_600)),
            ("Mon, 30 Nov 2026 11:59:59 GMT", None),
            ("-1", None),
            ("99999999999999999999999", None),
            ("soon", None),
        ] {
            assert_eq!(rest(said, now), seconds.map(Duration::from_secs), "{said}");
        }
    }
}
