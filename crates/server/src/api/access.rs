//! Who asks, by which service key, and whether it may: key, rate and scope, in this order.

use std::{
    collections::BTreeMap,
    marker::PhantomData,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use mistatus_core::{claim::ServiceName, time::Tick};

use crate::{
    api::problem::{Kind, Problem},
    http::App,
    limits::API_STREAMS_PER_KEY,
    metrics::Refused,
    rate::{Bucket, Rate},
    refusals,
    service_keys::{KeyName, Scope, ServiceKey},
};

/// The key of a request that may do what needs the scope of `S`.
pub(crate) struct Granted<S> {
    key: Arc<ServiceKey>,
    /// The key itself, by which it is looked for again. There is no debug output of it.
    secret: Box<str>,
    scope: PhantomData<S>,
}

/// A scope as a type, so that each route names the one that it needs among its arguments.
pub(crate) trait Needs {
    const SCOPE: Scope;
}

/// [`Scope::PresenceRead`].
pub(crate) struct PresenceRead;

/// [`Scope::EventsRead`].
pub(crate) struct EventsRead;

/// [`Scope::ClaimsWrite`].
pub(crate) struct ClaimsWrite;

/// [`Scope::StatusWrite`].
pub(crate) struct StatusWrite;

/// [`Scope::Admin`].
pub(crate) struct Admin;

impl Needs for Admin {
    const SCOPE: Scope = Scope::Admin;
}

/// [`Scope::PeopleRead`].
pub(crate) struct PeopleRead;

/// [`Scope::PeopleWrite`].
pub(crate) struct PeopleWrite;

impl Needs for PeopleRead {
    const SCOPE: Scope = Scope::PeopleRead;
}

impl Needs for PeopleWrite {
    const SCOPE: Scope = Scope::PeopleWrite;
}

impl Needs for PresenceRead {
    const SCOPE: Scope = Scope::PresenceRead;
}

impl Needs for EventsRead {
    const SCOPE: Scope = Scope::EventsRead;
}

impl Needs for ClaimsWrite {
    const SCOPE: Scope = Scope::ClaimsWrite;
}

impl Needs for StatusWrite {
    const SCOPE: Scope = Scope::StatusWrite;
}

impl<S: Needs> FromRequestParts<App> for Granted<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let (key, secret) = identify(&parts.headers, app)?;
        let granted = Self { key, secret, scope: PhantomData };
        granted.charge(1, app)?;
        granted.require(S::SCOPE)?;
        Ok(granted)
    }
}

impl<S> Granted<S> {
    /// Refuses a key without a scope.
    ///
    /// # Errors
    /// The key has no such scope; the problem names it.
    pub(crate) fn require(&self, scope: Scope) -> Result<(), Problem> {
        if self.key.scopes.contains(&scope) {
            return Ok(());
        }
        let scope = scope.name();
        let detail = format!("the service key has no scope {scope}");
        Err(Problem::new(Kind::MissingScope, detail)
            .allowing(format!("keys that were made with --scope {scope}"))
            .challenging(format!(
                "Bearer realm=\"mistatus\", error=\"insufficient_scope\", scope=\"{scope}\""
            )))
    }

    pub(crate) fn name(&self) -> &KeyName {
        &self.key.name
    }

    /// Returns who claims.
    pub(crate) fn service(&self) -> ServiceName {
        self.key.name.as_service().clone()
    }

    /// Whether the key was not revoked since, nor lost a scope.
    pub(crate) fn still_holds(&self, app: &App) -> bool {
        app.service_keys.find(&self.secret).is_some_and(|key| key == self.key)
    }

    /// Counts what a request costs beyond being one.
    ///
    /// # Errors
    /// The key is used too often; the problem says how long to wait.
    pub(crate) fn charge(&self, requests: u32, app: &App) -> Result<(), Problem> {
        let now = app.stream.clock.now();
        app.api_rates.take(&self.key.name, requests, now).map_err(|wait| {
            app.stream.metrics.refuse(Refused::Rate);
            let Rate { burst, per_second } = app.api_rates.rate;
            Problem::new(Kind::TooManyRequests, "there are too many requests with this service key")
                .allowing(format!("{burst} requests at once, {per_second} a second for long"))
                .retrying_after(wait)
        })
    }
}

/// Finds the key that a request carries (RFC 6750 §2.1).
fn identify(headers: &HeaderMap, app: &App) -> Result<(Arc<ServiceKey>, Box<str>), Problem> {
    let allowed =
        "the header `authorization: Bearer` with a service key (mistatus-server key create)";
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Err(Problem::new(Kind::Unauthorized, "the header `authorization` is missing")
            .allowing(allowed)
            .challenging("Bearer realm=\"mistatus\""));
    };
    let found = |secret: &str| Some((app.service_keys.find(secret)?, secret.into()));
    bearer(value.as_bytes()).and_then(found).ok_or_else(|| {
        app.stream.metrics.refuse(Refused::Credentials);
        let remedy =
            "`mistatus-server key list` shows the keys that hold, `key create` makes another";
        let cause = "its service key is not known, or was revoked";
        let origin = refusals::Origin::of(headers);
        app.stream.refusals.warn("a back end was refused", cause, remedy, &origin);
        Problem::new(Kind::Unauthorized, "the service key is not known, or was revoked")
            .allowing(allowed)
            .challenging("Bearer realm=\"mistatus\", error=\"invalid_token\"")
    })
}

/// Reads the token behind the scheme, whose letter case does not matter (RFC 9110 §11.1).
fn bearer(value: &[u8]) -> Option<&str> {
    let (scheme, token) = std::str::from_utf8(value).ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Keeps a token bucket for each service key. There are as many as keys that were used.
#[derive(Debug)]
pub(crate) struct KeyRates {
    rate: Rate,
    buckets: Mutex<BTreeMap<KeyName, Bucket>>,
    streams: Arc<Mutex<BTreeMap<KeyName, usize>>>,
}

/// The place of a stream among those of its key; free for another once it is dropped.
pub(crate) struct StreamPlace {
    streams: Arc<Mutex<BTreeMap<KeyName, usize>>>,
    key: KeyName,
}

impl KeyRates {
    pub(crate) fn new(rate: Rate) -> Self {
        Self { rate, buckets: Mutex::default(), streams: Arc::default() }
    }

    /// Takes a place for a stream; `None` where the key has as many as it may.
    pub(crate) fn enter(&self, key: &KeyName) -> Option<StreamPlace> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let count = streams.entry(key.clone()).or_default();
        if *count >= API_STREAMS_PER_KEY {
            return None;
        }
        *count += 1;
        Some(StreamPlace { streams: self.streams.clone(), key: key.clone() })
    }

    /// Takes so many requests; or returns how long to wait until there are as many.
    fn take(&self, key: &KeyName, requests: u32, now: Tick) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full = || Bucket::full(self.rate, now);
        let bucket = buckets.entry(key.clone()).or_insert_with(full);
        if bucket.take(requests, now) { Ok(()) } else { Err(bucket.wait(requests)) }
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = streams.get_mut(&self.key) {
            *count = count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_behind_the_scheme_in_any_case() {
        for (value, token) in [
            ("Bearer msk_a", Some("msk_a")),
            ("bearer  msk_a ", Some("msk_a")),
            ("BEARER msk_a", Some("msk_a")),
            ("Basic msk_a", None),
            ("msk_a", None),
            ("Bearer", None),
            ("", None),
        ] {
            assert_eq!(bearer(value.as_bytes()), token, "{value:?}");
        }
        assert_eq!(bearer(b"Bearer \xff"), None);
    }

    #[test]
    fn each_key_has_its_own_rate_and_is_told_when_to_come_back() {
        let rates = KeyRates::new(Rate { burst: 2, per_second: 4 });
        let at = Tick::from_millis;
        let [calendar, phone] = ["calendar", "phone"].map(|name| name.parse::<KeyName>().unwrap());
        assert_eq!(rates.take(&calendar, 2, at(0)), Ok(()));
        assert_eq!(rates.take(&calendar, 1, at(0)), Err(Duration::from_millis(250)));
        assert_eq!(rates.take(&phone, 1, at(0)), Ok(()));
        assert_eq!(rates.take(&calendar, 1, at(249)), Err(Duration::from_millis(1)));
        assert_eq!(rates.take(&calendar, 1, at(250)), Ok(()));
    }
}
