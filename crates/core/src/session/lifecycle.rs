//! From nothing to a connection, and back: attempts, failures, waiting, forgetting.

use super::{Attempt, Event, Output, Phase, Session, Timer};
use crate::{
    dialect::Dialect,
    hresult::HResult,
    limits::{SIGNIN_TIMEOUT, STALE_GRACE},
    message::Greeting,
    status::MiStatus,
    time::{Span, Tick},
};

impl<D: Dialect> Session<D> {
    pub(super) fn find(&mut self, attempt: Attempt, now: Tick) {
        self.timers.clear(Timer::Reconnect);
        self.timers.set(Timer::Signin, now + SIGNIN_TIMEOUT);
        self.enter(Phase::Finding { attempt, refused: false });
        self.output(Output::WantToken { fresh: false });
    }

    pub(super) fn link_opened(&mut self, now: Tick) {
        // A link that opens when nobody asks for it belongs to an attempt that was given up.
        let Phase::Connecting { attempt, refused, token } = &mut self.phase else { return };
        let token = token.take();
        self.phase = Phase::Authenticating { attempt: *attempt, refused: *refused };
        self.idle_told = self.idle_since.is_some();
        self.dialect.open(Greeting {
            token,
            signin_name: self.options.signin_name.clone(),
            friendly_name: self.options.friendly_name.clone(),
            idle_for: self.idle_since.map(|since| now.since(since)),
            resume: None,
        });
        self.flush();
    }

    pub(super) fn signin_timed_out(&mut self, now: Tick) {
        self.output(Output::CloseLink);
        match self.phase {
            Phase::Finding { attempt, .. } => {
                self.attempt_failed(attempt, HResult::MSGR_E_LOGON_TIMEOUT, None, now);
            }
            _ => self.link_lost(HResult::MSGR_E_LOGON_TIMEOUT, None, None, now),
        }
    }

    /// The link is gone or about to go: decides what that means for the phase.
    pub(super) fn link_lost(
        &mut self,
        hr: HResult,
        retry_after: Option<Span>,
        message: Option<String>,
        now: Tick,
    ) {
        match self.phase {
            // Before the link was asked for, and after it was given up, its end means nothing.
            Phase::SignedOut | Phase::Waiting | Phase::Finding { .. } => {}
            Phase::Connecting { attempt, .. } | Phase::Authenticating { attempt, .. } => {
                self.backoff.at_least(retry_after);
                self.attempt_failed(attempt, hr, message, now);
            }
            Phase::Synchronizing | Phase::SignedIn { .. } => {
                self.backoff.at_least(retry_after);
                self.connection_lost(hr, message, now);
            }
            Phase::Disconnecting => self.finish_signout(),
        }
    }

    pub(super) fn attempt_failed(
        &mut self,
        attempt: Attempt,
        hr: HResult,
        message: Option<String>,
        now: Tick,
    ) {
        self.timers.clear(Timer::Signin);
        let retries =
            hr.is_retryable() && (attempt == Attempt::ByItself || self.options.keep_trying);
        self.phase = Phase::SignedOut;
        if attempt == Attempt::Asked || !retries {
            self.event(Event::Signin { hr, message });
        }
        if retries {
            self.wait(now);
        } else {
            self.forget_everybody();
        }
        self.event(Event::MyStatus { hr, status: MiStatus::Offline });
    }

    fn connection_lost(&mut self, hr: HResult, message: Option<String>, now: Tick) {
        self.phase = Phase::SignedOut;
        self.timers.clear_all();
        self.renewing_token = false;
        self.fail_pending(HResult::MSGR_E_DISCONNECTED);
        let told = if hr.is_retryable() { HResult::MSGR_E_DISCONNECTED } else { hr };
        if hr.is_retryable() {
            for name in self.people.mark_stale() {
                self.event(Event::Presence { name });
            }
            self.timers.set(Timer::Stale, now + STALE_GRACE);
            self.wait(now);
        } else {
            if let Some(message) = message {
                self.event(Event::Trouble { hr, message });
            }
            self.forget_everybody();
            self.event(Event::Signout);
        }
        self.event(Event::MyStatus { hr: told, status: MiStatus::Offline });
    }

    fn wait(&mut self, now: Tick) {
        self.phase = Phase::Waiting;
        let delay = self.backoff.next_delay();
        if !self.network_down {
            self.timers.set(Timer::Reconnect, now + delay);
        }
    }

    pub(super) fn finish_signout(&mut self) {
        self.timers.clear_all();
        self.phase = Phase::SignedOut;
        self.forget_everybody();
        self.event(Event::Signout);
        self.event(Event::MyStatus { hr: HResult::S_OK, status: MiStatus::Offline });
    }

    /// After a sign-out nothing is known of anybody; contact objects that live on read UNKNOWN.
    pub(super) fn forget_everybody(&mut self) {
        self.timers.clear(Timer::Stale);
        self.account = None;
        self.me = None;
        for name in self.people.sign_out() {
            self.event(Event::Presence { name });
        }
    }

    pub(super) fn forget_stale(&mut self) {
        for (name, previous, listed) in self.people.forget_stale() {
            if listed && previous != MiStatus::Unknown {
                let current = MiStatus::Unknown;
                self.event(Event::ContactStatus { name: name.clone(), previous, current });
            }
            self.event(Event::Presence { name });
        }
    }
}
