//! What the operator is told of refused clients: once for each cause and origin, then not for a while. Refuses nobody.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use axum::http::{HeaderMap, header};

use crate::limits::{REFUSALS_LOGGED_EVERY, REFUSALS_LOGGED_MAX};

/// Remembers what has been logged.
#[derive(Default, Debug)]
pub(crate) struct RefusalLog {
    logged: Mutex<HashMap<(Box<str>, Origin), Instant>>,
}

/// The page that a client runs in, as the browser names it; for the log only.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct Origin(Option<Box<str>>);

impl Origin {
    /// Reads the header; what a browser would not send is cut.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
        Self(origin.map(|origin| origin.chars().take(ORIGIN_MAX).collect()))
    }

    fn text(&self) -> &str {
        self.0.as_deref().unwrap_or("none")
    }
}

impl RefusalLog {
    /// Logs that somebody was refused, why, and what helps; not again for the same cause and origin until later.
    pub(crate) fn warn(
        &self,
        what: &'static str,
        cause: &str,
        remedy: &'static str,
        origin: &Origin,
    ) {
        if self.is_due((cause.into(), origin.clone()), Instant::now()) {
            tracing::warn!(cause, remedy, origin = origin.text(), "{what}");
        }
    }

    fn is_due(&self, key: (Box<str>, Origin), now: Instant) -> bool {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: Instant| now.saturating_duration_since(at) < REFUSALS_LOGGED_EVERY;
        if logged.get(&key).is_some_and(|at| is_recent(*at)) {
            return false;
        }
        if logged.len() >= REFUSALS_LOGGED_MAX {
            logged.retain(|_, at| is_recent(*at));
        }
        // Whoever makes up origins does not fill the log.
        if logged.len() >= REFUSALS_LOGGED_MAX {
            return false;
        }
        logged.insert(key, now);
        true
    }
}

/// Longest origin in characters that is logged: a host name has 253.
const ORIGIN_MAX: usize = 300;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn origin(text: &str) -> Origin {
        Origin(Some(text.into()))
    }

    #[test]
    fn the_same_is_logged_once_and_again_later() {
        let log = RefusalLog::default();
        let start = Instant::now();
        assert!(log.is_due(("key".into(), origin("a")), start));
        assert!(!log.is_due(("key".into(), origin("a")), start));
        assert!(
            log.is_due(("key".into(), origin("b")), start)
                && log.is_due(("clock".into(), origin("a")), start)
        );
        let later = start + REFUSALS_LOGGED_EVERY - Duration::from_millis(1);
        assert!(!log.is_due(("key".into(), origin("a")), later));
        assert!(log.is_due(("key".into(), origin("a")), start + REFUSALS_LOGGED_EVERY));
    }

    #[test]
    fn origins_that_are_made_up_fill_neither_log_nor_memory() {
        let log = RefusalLog::default();
        let start = Instant::now();
        let logged = |at| {
            (0..10_000)
                .filter(|place| log.is_due(("key".into(), origin(&place.to_string())), at))
                .count()
        };
        assert_eq!(logged(start), REFUSALS_LOGGED_MAX);
        assert_eq!(log.logged.lock().unwrap().len(), REFUSALS_LOGGED_MAX);
        assert_eq!(logged(start + REFUSALS_LOGGED_EVERY), REFUSALS_LOGGED_MAX);
    }
}
