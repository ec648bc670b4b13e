//! From nothing to a connection, and back: attempts, failures, waiting, forgetting.

use super::{Attempt, Doubt, Event, Output, PeerMessage, Phase, Session, Timer, excerpt};
use crate::{
    dialect::Dialect,
    hresult::HResult,
    limits::{
        BACKOFF_FORGIVEN_AFTER, CREDENTIALS_BACKOFF_MAX, LEADER_GRACE, LOOK_MIN, QUIET_GRACE,
        RETRY_AFTER_MAX, STALE_GRACE,
    },
    message::{Command, Greeting, Resume},
    status::MiStatus,
    time::{Span, Tick},
};

/// The reason why a connection ended, or could not be had.
pub(super) struct Failure {
    pub(super) hr: HResult,
    /// What was wrong, for developers.
    message: Option<String>,
    /// When the engine wants to be called again, where it says so: then the reason may pass, whatever it is.
    retry_after: Option<Span>,
    /// Whether it lies with the credentials, which whole pages of people may have wrong for long.
    credentials: bool,
}

impl Failure {
    pub(super) const fn new(hr: HResult) -> Self {
        Self { hr, message: None, retry_after: None, credentials: false }
    }

    /// The engine said goodbye.
    pub(super) fn bye(hr: HResult, retry_after: Option<Span>, message: Option<String>) -> Self {
        let credentials = hr == HResult::MSGR_E_INVALID_PASSWORD;
        let message = message.map(|message| excerpt(&message).to_owned());
        Self { hr, message, retry_after, credentials }
    }

    /// The page could not get a token.
    pub(super) fn no_token(message: String) -> Self {
        let message = Some(message);
        Self { message, credentials: true, ..Self::new(HResult::MSGR_E_CONNECT) }
    }

    /// Whether the same can succeed later without anybody's changing anything here.
    fn may_pass(&self) -> bool {
        self.hr.is_retryable() || self.retry_after.is_some()
    }
}

impl<D: Dialect> Session<D> {
    pub(super) fn find(&mut self, attempt: Attempt, now: Tick) {
        self.timers.clear(Timer::Reconnect);
        self.timers.clear(Timer::Heartbeat);
        self.timers.clear(Timer::HeartbeatGrace);
        self.timers.set(Timer::Signin, now + attempt.timeout());
        self.renewing_token = false;
        self.token_refused &= self.phase == Phase::Waiting;
        if self.is_follower() {
            self.enter(Phase::Connecting { attempt, token: None });
            self.output(Output::Post(PeerMessage::Hello));
            self.timers.set(Timer::HeartbeatGrace, now + LEADER_GRACE);
        } else {
            self.enter(Phase::Finding { attempt });
            self.output(Output::WantToken { fresh: false });
        }
    }

    pub(super) fn link_opened(&mut self, now: Tick) {
        // A link that opens when nobody asks for it belongs to an attempt that was given up.
        if self.is_follower() {
            return;
        }
        let Phase::Connecting { attempt, token } = &mut self.phase else { return };
        let token = token.take();
        self.phase = Phase::Authenticating { attempt: *attempt };
        let idle_since = self.idle_to_tell();
        self.idle_told = idle_since.is_some();
        self.dialect.open(Greeting {
            token,
            signin_name: self.options.signin_name.clone(),
            friendly_name: self.options.friendly_name.clone(),
            idle_for: idle_since.map(|since| now.since(since)),
            resume: self.resumable(),
        });
        self.flush();
    }

    /// Returns where to go on, as long as everything is known that was known then.
    pub(super) fn resumable(&self) -> Option<Resume> {
        let token = self.resume.clone().filter(|_| self.me.is_some())?;
        Some(Resume { token, seen: self.seen()? })
    }

    pub(super) fn signin_timed_out(&mut self, now: Tick) {
        self.leave_undecided();
        self.output(Output::CloseLink);
        match self.phase {
            Phase::Finding { attempt } => {
                self.attempt_failed(attempt, Failure::new(HResult::MSGR_E_LOGON_TIMEOUT), now);
            }
            _ => self.link_lost(Failure::new(HResult::MSGR_E_LOGON_TIMEOUT), now),
        }
    }

    /// The link is gone or about to go: decides what that means for the phase.
    pub(super) fn link_lost(&mut self, failure: Failure, now: Tick) {
        // A hostile engine could say never.
        if let Some(span) = failure.retry_after {
            self.not_before = now + span.min(RETRY_AFTER_MAX);
        }
        match self.phase {
            // Before the link was asked for, and after it was given up, its end means nothing.
            Phase::SignedOut | Phase::Waiting | Phase::Finding { .. } => {}
            Phase::Connecting { attempt, .. } | Phase::Authenticating { attempt } => {
                self.attempt_failed(attempt, failure, now);
            }
            Phase::Synchronizing if self.quiet => {
                self.attempt_failed(Attempt::ByItself, failure, now);
            }
            // The link closed without a word.
            Phase::SignedIn
                if failure.hr == HResult::MSGR_E_CONNECT && self.may_resume_quietly(now) =>
            {
                self.begin_quiet(now);
                self.wait(self.longest_wait(), now);
            }
            Phase::Synchronizing | Phase::SignedIn => self.connection_lost(failure, now),
            Phase::Disconnecting => self.finish_signout(),
        }
    }

    /// Whether what is shown was true a moment ago, and the connection can be had back at once.
    fn may_resume_quietly(&self, now: Tick) -> bool {
        !self.is_follower()
            && self.doubt == Doubt::None
            && !self.is_silent(now)
            && !self.network_down
            && self.resumable().is_some()
    }

    /// The connection is lost, or taken over, and will be resumed in a moment: nobody is told yet.
    pub(super) fn begin_quiet(&mut self, now: Tick) {
        self.quiet = true;
        self.connection_ended(now);
        self.timers.set(Timer::Quiet, now + QUIET_GRACE);
    }

    /// The connection could not be resumed in a moment.
    pub(super) fn end_quiet(&mut self, now: Tick) {
        self.timers.clear(Timer::Quiet);
        if core::mem::take(&mut self.quiet) {
            self.tell_down();
            self.fail_pending(HResult::MSGR_E_DISCONNECTED, true);
            self.mark_stale(self.lost_at, now);
            let status = self.my_status();
            self.event(Event::MyStatus { hr: HResult::MSGR_E_DISCONNECTED, status });
        }
    }

    pub(super) fn attempt_failed(&mut self, attempt: Attempt, failure: Failure, now: Tick) {
        self.timers.clear(Timer::Signin);
        self.timers.clear(Timer::HeartbeatGrace);
        let retries =
            failure.may_pass() && (attempt == Attempt::ByItself || self.options.keep_trying);
        let longest =
            if failure.credentials { CREDENTIALS_BACKOFF_MAX } else { self.longest_wait() };
        self.tell_reason(&failure);
        let Failure { hr, message, .. } = failure;
        self.token_refused &= hr == HResult::MSGR_E_INVALID_PASSWORD;
        self.phase = Phase::SignedOut;
        if self.quiet && retries {
            self.wait(longest, now);
            self.end_quiet(now);
            return;
        }
        self.end_quiet(now);
        if attempt == Attempt::Asked || !retries {
            self.event(Event::Signin { hr, message });
        }
        if retries {
            self.wait(longest, now);
            self.tell_down();
        } else {
            self.forget_everybody();
            self.leave_peers();
        }
        self.event(Event::MyStatus { hr, status: MiStatus::Offline });
    }

    /// Tells developers why nobody is signed in, unless that is no fault or has been told. Other tabs tell by themselves,
    /// and that a connection which was there cannot be had back for a while is no news to them.
    fn tell_reason(&mut self, failure: &Failure) {
        let Failure { hr, message, .. } = failure;
        let is_outage = message.is_none() && hr.is_retryable() && self.account.is_some();
        if is_outage || self.is_follower() || *hr == HResult::MSGR_E_NOT_LOGGED_ON {
            return;
        }
        let reason = Some((*hr, message.clone()));
        if self.reason_told != reason {
            self.reason_told = reason;
            self.event(Event::NotSignedIn { hr: *hr, message: message.clone() });
        }
    }

    /// The page says that nobody is logged in there: what was known was somebody's, and goes. Nothing changes that by
    /// waiting, so the page is asked again only when somebody looks at it, and not more often than now and then.
    pub(super) fn nobody_is_logged_in(&mut self, attempt: Attempt, now: Tick) {
        let hr = HResult::MSGR_E_NOT_LOGGED_ON;
        self.attempt_failed(attempt, Failure::new(hr), now);
        if attempt == Attempt::ByItself || self.options.keep_trying {
            self.phase = Phase::Waiting;
            self.not_before = self.not_before.max(now + LOOK_MIN);
        }
    }

    fn connection_lost(&mut self, failure: Failure, now: Tick) {
        self.phase = Phase::SignedOut;
        self.connection_ended(now);
        self.fail_pending(HResult::MSGR_E_DISCONNECTED, true);
        let may_pass = failure.may_pass();
        let Failure { hr, message, .. } = failure;
        let told = if may_pass { HResult::MSGR_E_DISCONNECTED } else { hr };
        if may_pass {
            self.mark_stale(now, now);
            self.wait(self.longest_wait(), now);
            self.tell_down();
        } else {
            if let Some(message) = message {
                self.tell_trouble(hr, &message);
            }
            self.forget_everybody();
            self.leave_peers();
            self.event(Event::Signout);
        }
        self.event(Event::MyStatus { hr: told, status: MiStatus::Offline });
    }

    fn connection_ended(&mut self, now: Tick) {
        self.lost_at = now;
        self.forget_doubt();
        self.renewing_token = false;
        self.renewed_at = None;
        // A fresh token comes with the next sign-in.
        self.pending.retain(|pending| !matches!(pending.command(), Command::RenewToken { .. }));
        for timer in [
            Timer::Signin,
            Timer::Reconnect,
            Timer::Quiet,
            Timer::Heartbeat,
            Timer::HeartbeatGrace,
            Timer::Resync,
            Timer::WatchBatch,
        ] {
            self.timers.clear(timer);
        }
        // A connection that ended before the snapshot is no success.
        let connected_at = self.connected_at.take();
        if connected_at.is_some_and(|at| now.since(at) >= BACKOFF_FORGIVEN_AFTER) {
            self.backoff.reset();
        }
    }

    /// The connection is over, and with it what was doubtful about it.
    pub(super) fn forget_doubt(&mut self) {
        if core::mem::replace(&mut self.doubt, Doubt::None) == Doubt::Forgotten {
            // What was missed adds up only to what was known.
            self.resume = None;
        }
    }

    /// Waits for the next attempt, at most so long beside what the engine asks for.
    fn wait(&mut self, longest: Span, now: Tick) {
        self.phase = Phase::Waiting;
        let delay = self.backoff.next_delay(longest);
        self.timers.set(Timer::Reconnect, self.not_before.max(now) + delay);
    }

    /// Connects then, but not before the engine wants to see this client.
    pub(super) fn reconnect_at(&mut self, now: Tick) {
        if self.not_before > now {
            self.timers.set(Timer::Reconnect, self.not_before);
        } else {
            self.find(Attempt::ByItself, now);
        }
    }

    pub(super) fn finish_signout(&mut self) {
        self.timers.clear_all();
        self.phase = Phase::SignedOut;
        self.suspended = None;
        self.forget_everybody();
        self.leave_peers();
        self.event(Event::Signout);
        self.event(Event::MyStatus { hr: HResult::S_OK, status: MiStatus::Offline });
    }

    /// After a sign-out nothing is known of anybody; contact objects that live on read UNKNOWN.
    pub(super) fn forget_everybody(&mut self) {
        self.timers.clear(Timer::Stale);
        self.account_before = self.account.take().or(self.account_before.take());
        self.me = None;
        self.waiting_choice = None;
        self.resume = None;
        self.forget_lists();
        self.forget_chats();
        for name in self.people.sign_out() {
            self.event(Event::Presence { name });
        }
    }

    /// Forgets what has been stale for too long, and sets the timer for the rest.
    pub(super) fn forget_stale(&mut self, now: Tick) {
        let forgotten = self.people.forget_stale(now);
        if !forgotten.is_empty() {
            if self.is_connected() && self.doubt != Doubt::None {
                self.doubt = Doubt::Forgotten;
            } else if !self.is_connected() {
                // What was missed adds up only to what was known.
                self.resume = None;
            }
        }
        for (name, previous, listed) in forgotten {
            if listed && previous != MiStatus::Unknown {
                let current = MiStatus::Unknown;
                self.event(Event::ContactStatus { name: name.clone(), previous, current });
            }
            self.event(Event::Presence { name });
        }
        match self.people.stale_since() {
            Some(since) => self.timers.set(Timer::Stale, since + STALE_GRACE),
            None => self.timers.clear(Timer::Stale),
        }
    }
}
