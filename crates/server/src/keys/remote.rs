//! A set of keys at an address: fetched at the start, every hour, and when a token names a key that it does not have.
//! Checks no token.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    thread,
    time::Duration,
};

use tokio::{
    sync::{Notify, oneshot, watch},
    time::{Instant, sleep_until, timeout},
};

use super::{TrustedKey, fetch::SetUrl, jwk::KeySet};
use crate::{door, limits, metrics::Metrics};

/// When a set of keys is fetched again.
#[derive(Clone, Copy, Debug)]
pub struct JwksTimes {
    /// After it was fetched.
    pub refresh: Duration,
    /// After it could not be.
    pub retry: Duration,
    /// At the earliest for a token whose key is not in it.
    pub ask_again: Duration,
}

/// The set, shared by all who check tokens and the task that fetches it.
#[derive(Debug)]
pub(crate) struct RemoteKeys {
    url: SetUrl,
    state: watch::Sender<State>,
    /// Rung for a token whose key is unknown.
    wanted: Notify,
    /// Rung by the operator.
    reload: Notify,
}

#[derive(Debug)]
struct State {
    /// The last good keys; `None` until there are some.
    keys: Option<Arc<[TrustedKey]>>,
    /// How many times the set has been fetched, well or not.
    fetches: u64,
    is_under_way: bool,
    /// When a token may have it fetched again.
    ask_again_from: Instant,
}

impl Default for JwksTimes {
    fn default() -> Self {
        Self {
            refresh: limits::JWKS_REFRESH,
            retry: limits::JWKS_RETRY,
            ask_again: limits::JWKS_ASK_AGAIN,
        }
    }
}

impl RemoteKeys {
    /// Makes a set that has not been fetched yet; [`RemoteKeys::follow`] does.
    pub(crate) fn new(url: SetUrl) -> Self {
        let state =
            State { keys: None, fetches: 0, is_under_way: true, ask_again_from: Instant::now() };
        Self { url, state: watch::Sender::new(state), wanted: Notify::new(), reload: Notify::new() }
    }

    /// Returns the last good keys; `None` until there are some.
    pub(super) fn current(&self) -> Option<Arc<[TrustedKey]>> {
        self.state.borrow().keys.clone()
    }

    /// Fetches the set for a command beside the server, and no second time: blocks until it is there. Returns which keys
    /// of it are not used.
    ///
    /// # Errors
    /// The address, and what came instead.
    pub(crate) fn fetch_once(&self) -> Result<Vec<String>, String> {
        let set = self.url.fetch();
        let left_out = set.as_ref().map(|set| set.left_out.clone()).map_err(Clone::clone);
        self.store(set.ok(), limits::JWKS_ASK_AGAIN);
        left_out
    }

    /// Has the set fetched, whenever it was last.
    pub(super) fn reload(&self) {
        self.reload.notify_one();
    }

    /// Waits until the set has been fetched again, together with all others who wait; returns `false` where it was a
    /// moment ago, or takes too long.
    pub(super) async fn fetched_again(&self) -> bool {
        let mut state = self.state.subscribe();
        let (seen, is_under_way) = {
            let state = state.borrow();
            if !state.is_under_way && Instant::now() < state.ask_again_from {
                return false;
            }
            (state.fetches, state.is_under_way)
        };
        if !is_under_way {
            self.wanted.notify_one();
        }
        let fetched = state.wait_for(|state| state.fetches > seen);
        matches!(timeout(limits::JWKS_WAIT, fetched).await, Ok(Ok(_)))
    }

    /// Fetches the set when it is due, until the server stops.
    pub(crate) async fn follow(
        self: Arc<Self>,
        times: JwksTimes,
        metrics: Arc<Metrics>,
        mut stopping: watch::Receiver<bool>,
    ) {
        let mut log = FetchLog::default();
        loop {
            let result = tokio::select! {
                result = self.fetch() => result,
                () = door::stop(&mut stopping) => return,
            };
            metrics.jwks_failing.store(u64::from(result.is_err()), Relaxed);
            let wait = if result.is_ok() { times.refresh } else { times.retry };
            log.tell(&result, self.current().as_deref());
            self.store(result.ok(), times.ask_again);
            tokio::select! {
                () = self.due(Instant::now() + wait) => {}
                () = door::stop(&mut stopping) => return,
            }
        }
    }

    /// Ends a fetch. Where nothing came of it, the last good keys stay.
    fn store(&self, set: Option<KeySet>, ask_again: Duration) {
        self.state.send_modify(|state| {
            state.fetches += 1;
            state.is_under_way = false;
            state.ask_again_from = Instant::now() + ask_again;
            if let Some(set) = set {
                state.keys = Some(set.keys.into());
            }
        });
    }

    /// Waits until the set is to be fetched: at an instant, or for a token, or because the operator says so.
    async fn due(&self, refresh: Instant) {
        loop {
            tokio::select! {
                () = sleep_until(refresh) => return,
                () = self.reload.notified() => return,
                () = self.wanted.notified() => {
                    // It may be rung by somebody for whom the fetch that has just ended was enough.
                    if Instant::now() >= self.state.borrow().ask_again_from {
                        return;
                    }
                }
            }
        }
    }

    /// Fetches the set in a thread of its own, for which no stop of the server has to wait.
    async fn fetch(&self) -> Result<KeySet, String> {
        self.state.send_modify(|state| state.is_under_way = true);
        let (answer, answered) = oneshot::channel();
        let url = self.url.clone();
        thread::Builder::new()
            .name("jwks".to_owned())
            .spawn(move || {
                let _ = answer.send(url.fetch());
            })
            .map_err(|error| format!("cannot start a thread: {error}"))?;
        answered.await.unwrap_or_else(|_| Err(format!("{}: the fetch broke off", self.url)))
    }
}

/// What was last logged, so that the same is not logged each time.
#[derive(Default)]
struct FetchLog {
    is_failing: bool,
    left_out: Vec<String>,
}

impl FetchLog {
    fn tell(&mut self, result: &Result<KeySet, String>, last: Option<&[TrustedKey]>) {
        match result {
            Ok(set) => {
                if self.is_failing || last != Some(&set.keys) {
                    tracing::info!(keys = set.keys.len(), "the keys of --jwks were fetched");
                }
                if !set.left_out.is_empty() && self.left_out != set.left_out {
                    let left_out = set.left_out.join("; ");
                    tracing::warn!(left_out, "some keys of --jwks are not used");
                }
                self.left_out.clone_from(&set.left_out);
            }
            Err(error) if !self.is_failing && last.is_some() => {
                tracing::error!(%error, "the keys of --jwks cannot be fetched; the last good ones stay");
            }
            Err(error) if !self.is_failing => {
                tracing::error!(
                    %error,
                    "the keys of --jwks cannot be fetched; until they can, tokens that they sign are refused"
                );
            }
            Err(_) => {}
        }
        self.is_failing = result.is_err();
    }
}
