//! Webhooks: changes of presence that are sent to back ends. Sends what events show, and decides nothing about who sees
//! what (docs/decisions/0023-webhooks.md).

mod body;
mod delivery;
mod file;
mod publisher;
mod secret;
mod sender;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use mistatus_core::signin_name::SigninName;

use crate::{
    limits::{WEBHOOK_LOG_REST, WEBHOOK_RETRY, WEBHOOKS_CHECK},
    outgoing::Address,
};

use self::secret::Secret;
pub(crate) use self::{
    file::{WebhooksFile, parse},
    publisher::{Publisher, follow_everybody},
};

/// When webhooks do what.
#[derive(Clone, Copy, Debug)]
pub struct WebhookTimes {
    /// How often the file is looked at.
    pub check: Duration,
    /// After how long something is tried again that failed once.
    pub retry: Duration,
}

/// A back end that is told of changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Hook {
    name: String,
    address: Address,
    secret: Secret,
    /// Whom it follows, as their names were given; everybody without.
    names: Option<BTreeSet<SigninName>>,
}

/// When something last happened that is logged when it begins, and may go on for a day.
#[derive(Default)]
struct Episodes {
    last: Option<Instant>,
}

impl Episodes {
    /// Notes that it happened; tells whether it had not for some time.
    fn begin(&mut self) -> bool {
        let now = Instant::now();
        let before = self.last.replace(now);
        before.is_none_or(|before| now.duration_since(before) > WEBHOOK_LOG_REST)
    }
}

impl Default for WebhookTimes {
    fn default() -> Self {
        Self { check: WEBHOOKS_CHECK, retry: WEBHOOK_RETRY }
    }
}
