//! What a connection is told when it is refused, and how it ends by that. Decides nothing of what is refused.

use mistatus_core::{
    hresult::HResult,
    message::{Notice, RequestId},
    time::Span,
};
use mistatus_json::server::FrameError;

use super::{Connection, End, Member};
use crate::{auth::AuthError, clock, limits, metrics::Refused, outbox::Outgoing};

impl Connection {
    /// Counts credentials that were not accepted, and tells the operator what helps.
    pub(super) fn note_refused(&self, error: &AuthError, what: &'static str) {
        self.context.metrics.refuse(reason_of(error));
        self.context.refusals.warn(what, &error.to_string(), error.remedy(), &self.origin);
    }

    pub(super) fn too_large(&self) -> End {
        self.context.metrics.refuse(Refused::FrameSize);
        End::Closed(limits::CLOSE_TOO_LARGE, None)
    }

    pub(super) fn too_fast(&self) -> End {
        self.flooded("this client sends too much".to_owned())
    }

    fn flooded(&self, message: String) -> End {
        self.context.metrics.refuse(Refused::Flood);
        let bye = Notice::Bye {
            hr: HResult::MSGR_E_SERVER_TOO_BUSY,
            retry_after: Some(clock::span(limits::FLOOD_REST)),
            message: Some(message),
        };
        End::Closed(limits::CLOSE_TOO_FAST, Some(Box::new(bye)))
    }

    pub(super) fn refuse(
        &mut self,
        member: Option<&Member>,
        id: Option<RequestId>,
        hr: HResult,
        message: String,
    ) -> Result<(), End> {
        self.refuse_frame(member, FrameError { id, hr, message })
    }

    pub(super) fn refuse_frame(
        &mut self,
        member: Option<&Member>,
        error: FrameError,
    ) -> Result<(), End> {
        self.context.metrics.refuse(Refused::Frame);
        self.say_refused(member, error)
    }

    /// Answers a frame that was refused. Before the sign-in few are answered: who these are from, nobody knows.
    pub(super) fn say_refused(
        &mut self,
        member: Option<&Member>,
        error: FrameError,
    ) -> Result<(), End> {
        if member.is_none() {
            let Some(left) = self.refusals_left.checked_sub(1) else {
                let max = limits::REFUSED_BEFORE_SIGNIN_MAX;
                return Err(self.flooded(format!("{max} frames were refused before `signin`")));
            };
            self.refusals_left = left;
        }
        self.say(error.into_notice())
    }

    /// Answers without the engine. Whoever does not read the answers is let go.
    pub(super) fn say(&self, notice: Notice) -> Result<(), End> {
        if self.outbox.push(Outgoing::Notice(notice.into())).is_ok() {
            return Ok(());
        }
        self.context.metrics.refuse(Refused::SlowReader);
        self.outbox.give_up();
        Err(End::Gone)
    }
}

/// Refuses a sign-in, and says when to try again where that may lead to something.
pub(super) fn signin_refused(error: &AuthError) -> End {
    let retry_after = error.may_pass().then(|| clock::span(limits::CREDENTIALS_RETRY));
    credentials_refused(error, retry_after)
}

/// Ends a connection whose credentials hold no longer: a client that has others comes back with these at once.
pub(super) fn credentials_ended(error: &AuthError) -> End {
    credentials_refused(error, None)
}

fn credentials_refused(error: &AuthError, retry_after: Option<Span>) -> End {
    let bye = Notice::Bye {
        hr: HResult::MSGR_E_INVALID_PASSWORD,
        retry_after,
        message: Some(error.to_string()),
    };
    End::Closed(limits::CLOSE_CREDENTIALS, Some(Box::new(bye)))
}

pub(super) fn going_down() -> End {
    let bye = Notice::Bye {
        hr: HResult::MSGR_E_SERVER_SHUTDOWN,
        retry_after: Some(clock::span(limits::SHUTDOWN_SPREAD)),
        message: Some("the server is going down".to_owned()),
    };
    End::Closed(limits::CLOSE_GOING_AWAY, Some(Box::new(bye)))
}

fn reason_of(error: &AuthError) -> Refused {
    match error {
        AuthError::Revoked => Refused::Revoked,
        _ => Refused::Credentials,
    }
}
