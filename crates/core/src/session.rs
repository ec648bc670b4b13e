//! The client session: one user, one connection at a time, sans-IO.
//!
//! Mutate once (call one method), drain [`Session::poll_output`] to `None`, look at
//! [`Session::poll_timeout`], then mutate again. The session never asks a clock, a socket or a random
//! number: ticks, link events and the seed are inputs. Same inputs, same outputs, same order.
//!
//! The order of events is that of §4 of the automation API specification.

mod backoff;
mod chats;
mod gaps;
mod io;
mod lifecycle;
mod lists;
mod liveness;
mod notices;
mod people;
mod reading;
mod requests;
mod sharing;
mod timers;

use std::collections::VecDeque;

use crate::{
    by_name::ByName,
    dialect::Dialect,
    hresult::HResult,
    idle::IdleChoice,
    limits::{
        ERROR_TEXT_MAX, FRAME_FROM_SERVER_MAX, HEARTBEAT_DEFAULT, RECONNECT_TIMEOUT,
        SIGNIN_TIMEOUT, SIGNOUT_TIMEOUT, TROUBLES_MAX,
    },
    message::{ClientMessage, Command, MyPresence, Seq, Signal, Token},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, Tick},
};

pub use chats::{Chat, UnsentMessage};
pub use io::{
    Account, Event, LeadWish, LinkEvent, Output, PeerMessage, SessionOptions, TokenFailure,
};
pub use people::{Basis, Person};
pub use timers::Timer;

use backoff::Backoff;
use lifecycle::Failure;
use lists::Lists;
use liveness::Doubt;
use people::KnownPeople;
use reading::UnreadFrom;
use requests::{Pending, WaitingChoice};
use sharing::{Role, said_over};
use timers::Timers;

/// The origin of a connection attempt, which decides how its failure is reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Attempt {
    /// Somebody called [`Session::signin`] and waits for `OnSignin`.
    Asked,
    /// A lost connection comes back; failures are told by `OnMyStatusChange` only, unless they are final.
    ByItself,
}

impl Attempt {
    const fn timeout(self) -> Span {
        match self {
            Self::Asked => SIGNIN_TIMEOUT,
            Self::ByItself => RECONNECT_TIMEOUT,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Phase {
    SignedOut,
    /// Waits for a token.
    Finding {
        attempt: Attempt,
    },
    /// Waits for the link.
    Connecting {
        attempt: Attempt,
        token: Option<Token>,
    },
    /// Waits for the engine's answer to the credentials.
    Authenticating {
        attempt: Attempt,
    },
    /// Waits for the snapshot.
    Synchronizing,
    SignedIn,
    /// Waits for the engine's goodbye.
    Disconnecting,
    /// Waits until [`Timer::Reconnect`], or for the network.
    Waiting,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Numbering {
    /// The last number seen.
    At(Seq),
    /// There was a gap; numbered notices count again after the next snapshot.
    Lost,
}

/// One user's connection to an engine.
#[derive(Debug)]
pub struct Session<D> {
    dialect: D,
    options: SessionOptions,
    phase: Phase,
    /// Whether a connection was lost a moment ago and is being resumed without anybody having been told.
    quiet: bool,
    account: Option<Account>,
    /// Who was signed in before that, to tell whether they are called otherwise now.
    account_before: Option<Account>,
    me: Option<MyPresence>,
    people: KnownPeople,
    lists: Lists,
    chats: ByName<Chat>,
    unread: ByName<UnreadFrom>,
    pending: Vec<Pending>,
    /// What the user chose while there was no connection; the next one is asked for it.
    waiting_choice: Option<WaitingChoice>,
    last_request: u64,
    numbering: Numbering,
    /// How often the engine was asked for everything because of gaps, since the last that stayed closed.
    resyncs: u32,
    /// When it is asked again, should updates be missing then.
    resync_at: Tick,
    /// What resumes the connection, or the one before.
    resume: Option<Token>,
    role: Role,
    /// What of a sign-in goes on when the page comes back; `None` unless the page is away.
    suspended: Option<Attempt>,
    /// When this client saw the last input, while it is idle.
    idle_since: Option<Tick>,
    /// Whether the last that the engine was told from here is that this client is idle. Holds over connections of
    /// other tabs: who was idle through one of them is there again only once somebody says so.
    idle_told: bool,
    network_down: bool,
    hidden: bool,
    renewing_token: bool,
    /// When a fresh token was asked for last on this connection.
    renewed_at: Option<Tick>,
    /// Whether the engine has refused a token, and the one that was asked for at once after it is tried or was refused,
    /// too.
    token_refused: bool,
    /// Why nobody is signed in, as it was told last; `None` once somebody is.
    reason_told: Option<(HResult, Option<String>)>,
    /// How many faults of the engine were told since the connection is there, and the last one.
    troubles: u32,
    last_trouble: String,
    heartbeat: Span,
    last_heard: Tick,
    doubt: Doubt,
    connected_at: Option<Tick>,
    lost_at: Tick,
    /// Before when the engine does not want to see this client again.
    not_before: Tick,
    backoff: Backoff,
    timers: Timers,
    outputs: VecDeque<Output>,
}

impl<D: Dialect> Session<D> {
    /// Makes a session that is signed out.
    pub fn new(options: SessionOptions, dialect: D) -> Self {
        let mut backoff = Backoff::new(options.seed);
        Self {
            dialect,
            // Tabs that share a connection start far from each other, at most at 2^52.
            last_request: (backoff.random() >> 32) << 20,
            backoff,
            options,
            phase: Phase::SignedOut,
            quiet: false,
            account: None,
            account_before: None,
            me: None,
            people: KnownPeople::default(),
            lists: Lists::default(),
            chats: ByName::default(),
            unread: ByName::default(),
            pending: Vec::new(),
            waiting_choice: None,
            numbering: Numbering::Lost,
            resyncs: 0,
            resync_at: Tick::default(),
            resume: None,
            role: Role::Alone,
            suspended: None,
            idle_since: None,
            idle_told: false,
            network_down: false,
            hidden: false,
            renewing_token: false,
            renewed_at: None,
            token_refused: false,
            reason_told: None,
            troubles: 0,
            last_trouble: String::new(),
            heartbeat: HEARTBEAT_DEFAULT,
            last_heard: Tick::default(),
            doubt: Doubt::None,
            connected_at: None,
            lost_at: Tick::default(),
            not_before: Tick::default(),
            timers: Timers::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Returns what speaks the protocol, for what is that protocol's own.
    pub const fn dialect(&mut self) -> &mut D {
        &mut self.dialect
    }

    /// Names the WebSocket subprotocol to ask for.
    pub fn subprotocol(&self) -> &'static str {
        self.dialect.subprotocol()
    }

    /// Returns the own status: confirmed, or the `LOCAL_` value on the way, or `OFFLINE`.
    pub fn my_status(&self) -> MiStatus {
        match self.phase {
            _ if self.is_signed_in() => self.me.as_ref().map_or(MiStatus::Offline, |me| me.status),
            Phase::SignedIn | Phase::SignedOut | Phase::Waiting => MiStatus::Offline,
            Phase::Finding { .. } => MiStatus::LocalFindingServer,
            Phase::Connecting { .. } | Phase::Authenticating { .. } => {
                MiStatus::LocalConnectingToServer
            }
            Phase::Synchronizing => MiStatus::LocalSynchronizingWithServer,
            Phase::Disconnecting => MiStatus::LocalDisconnectingFromServer,
        }
    }

    /// Returns the own presence as last confirmed; kept over a lost connection.
    pub fn me(&self) -> Option<&MyPresence> {
        self.me.as_ref()
    }

    /// Returns what the user chose about idleness, as last confirmed; kept over a lost connection. `None` where that is not
    /// known yet, and once signed out.
    pub fn idle_choice(&self) -> Option<IdleChoice> {
        self.me.as_ref().map(|me| me.idle)
    }

    /// Returns who is signed in; kept over a lost connection, `None` once signed out.
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// Whether requests can be made: signed in, and the lists are there. Also true for the moment in which a lost
    /// connection is resumed; requests wait for it then.
    pub fn is_signed_in(&self) -> bool {
        self.quiet || self.is_connected()
    }

    /// Returns what is known of a person on the list or watched.
    pub fn person(&self, name: &SigninName) -> Option<&Person> {
        self.people.get(name)
    }

    /// Iterates over the contact list in its order.
    pub fn contacts(&self) -> impl Iterator<Item = &Person> {
        self.people.listed()
    }

    /// Returns when to call [`Session::handle_timeout`] next and why. Ask again after every other call.
    pub fn poll_timeout(&self) -> Option<(Tick, Timer)> {
        self.timers.next()
    }

    /// Returns the next thing to do; call until `None` after every other call.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Starts signing in. The outcome arrives as [`Event::Signin`], the final state as [`Event::MyStatus`].
    ///
    /// # Errors
    /// `MSGR_E_ALREADY_LOGGED_ON` unless signed out or between two attempts.
    pub fn signin(&mut self, now: Tick) -> Result<(), HResult> {
        match self.phase {
            Phase::SignedOut | Phase::Waiting if !self.quiet => {
                self.token_refused = false;
                self.find(Attempt::Asked, now);
                Ok(())
            }
            _ => Err(HResult::MSGR_E_ALREADY_LOGGED_ON),
        }
    }

    /// Signs out. [`Event::Signout`] and the final [`Event::MyStatus`] follow once the engine confirmed.
    /// Tabs that share the connection are signed out with it.
    ///
    /// # Errors
    /// `MSGR_E_NOT_LOGGED_ON` when signed out, or signing out already.
    pub fn signout(&mut self, now: Tick) -> Result<(), HResult> {
        if self.quiet {
            self.quiet = false;
            self.fail_pending(HResult::MSGR_E_DISCONNECTED, false);
        }
        match &self.phase {
            Phase::SignedOut | Phase::Disconnecting => Err(HResult::MSGR_E_NOT_LOGGED_ON),
            Phase::SignedIn => {
                self.fail_pending(HResult::MSGR_E_DISCONNECTED, false);
                self.say(Signal::Signout);
                self.timers.clear_all();
                self.timers.set(Timer::Signout, now + SIGNOUT_TIMEOUT);
                self.enter(Phase::Disconnecting);
                Ok(())
            }
            Phase::Finding { attempt }
            | Phase::Connecting { attempt, .. }
            | Phase::Authenticating { attempt } => {
                let asked = *attempt == Attempt::Asked;
                self.leave_undecided();
                self.output(Output::CloseLink);
                self.enter(Phase::Disconnecting);
                if asked {
                    self.event(Event::Signin { hr: HResult::MSGR_E_CANCEL, message: None });
                }
                self.finish_signout();
                Ok(())
            }
            Phase::Synchronizing | Phase::Waiting => {
                self.output(Output::CloseLink);
                self.enter(Phase::Disconnecting);
                self.finish_signout();
                Ok(())
            }
        }
    }

    /// Takes the answer to [`Output::WantToken`]; `Ok(None)` where the page has no token to give: where it could have
    /// one, and has no name to go by, nobody is logged in there.
    ///
    /// An answer that nobody waits for any more is ignored.
    pub fn handle_token(&mut self, token: Result<Option<Token>, TokenFailure>, now: Tick) {
        if let Phase::Finding { attempt } = self.phase {
            match token {
                Ok(None) if self.options.renewable_token && self.options.signin_name.is_none() => {
                    self.nobody_is_logged_in(attempt, now);
                }
                Ok(token) => {
                    self.enter(Phase::Connecting { attempt, token });
                    self.output(Output::OpenLink);
                }
                Err(failure) => {
                    self.attempt_failed(attempt, Failure::no_token(failure.message), now);
                }
            }
        } else if self.renewing_token {
            self.renewing_token = false;
            if let Ok(Some(token)) = token {
                self.send_request(Command::RenewToken { token }, now);
            }
        }
    }

    /// Takes what happened to the link that [`Output::OpenLink`] asked for.
    pub fn handle_link(&mut self, event: LinkEvent<'_>, now: Tick) {
        if self.suspended.is_some() {
            return;
        }
        match event {
            LinkEvent::Opened => self.link_opened(now),
            LinkEvent::Text(text) => self.take_text(text, now),
            LinkEvent::Closed => self.link_lost(Failure::new(HResult::MSGR_E_CONNECT), now),
            LinkEvent::Failed { hr, message } => {
                self.link_lost(Failure::bye(hr, None, Some(message.to_owned())), now);
            }
        }
    }

    /// Takes the time since the last input of this client while it is idle, `None` when there is input again. When it is
    /// idle says [`IdleChoice::threshold`] of [`Session::idle_choice`].
    ///
    /// Kept for later sign-ins, so that an idle user does not pop up as online at a reconnect.
    pub fn set_idle(&mut self, idle_for: Option<Span>, now: Tick) {
        self.idle_since = idle_for
            .map(|span| Tick::from_millis(now.as_millis().saturating_sub(span.as_millis())));
        self.report_idle(now);
    }

    /// Does what is due. Early or twice is a no-op.
    pub fn handle_timeout(&mut self, now: Tick) {
        while let Some(timer) = self.timers.take_due(now) {
            match timer {
                Timer::Signin => self.signin_timed_out(now),
                Timer::Signout => {
                    self.output(Output::CloseLink);
                    self.finish_signout();
                }
                Timer::Reconnect => self.find(Attempt::ByItself, now),
                Timer::Quiet => self.end_quiet(now),
                Timer::Heartbeat => {
                    self.doubt_silence(now);
                    self.probe(now);
                }
                Timer::HeartbeatGrace => self.give_up_on_link(now),
                Timer::Stale => self.forget_stale(now),
                Timer::Request => self.expire_requests(now),
                Timer::Resync => self.resync_due(now),
                Timer::WatchBatch => self.flush_watches(now),
                Timer::Dialect => {
                    self.dialect.handle_timeout();
                    // No text that other tabs could take: dialects with such things share no connection.
                    self.take_notices("", now);
                }
            }
        }
    }

    fn take_text(&mut self, text: &str, now: Tick) {
        if matches!(self.phase, Phase::SignedOut | Phase::Waiting | Phase::Finding { .. }) {
            return;
        }
        if text.len() > FRAME_FROM_SERVER_MAX {
            self.trouble("the server said more at once than any list is long");
            return self.give_up_on_link(now);
        }
        self.notice_sleep(now);
        self.heard(now);
        self.dialect.receive(text);
        self.take_notices(text, now);
    }

    /// Takes what the dialect understood of a text, or tells by itself.
    fn take_notices(&mut self, text: &str, now: Tick) {
        while let Some(notice) = self.dialect.poll_notice() {
            match notice {
                Ok(notice) => {
                    self.share(text, &notice);
                    self.handle_notice(notice, now);
                }
                Err(error) => self.trouble(&error.message),
            }
        }
        match self.dialect.poll_timeout() {
            Some(span) => self.timers.set(Timer::Dialect, now + span),
            None => self.timers.clear(Timer::Dialect),
        }
        self.flush();
    }

    /// Tells the engine where it does not know; input may have come between the greeting and the snapshot.
    fn report_idle(&mut self, now: Tick) {
        let since = self.idle_to_tell();
        if self.is_connected() && self.idle_told != since.is_some() {
            self.idle_told = !self.idle_told;
            let idle_for = since.map(|since| now.since(since));
            self.say(Signal::ReportIdle { idle_for });
        }
    }

    /// Returns since when this client is idle, unless its user keeps that to themselves.
    fn idle_to_tell(&self) -> Option<Tick> {
        let choice = self.idle_choice().unwrap_or_default();
        self.idle_since.filter(|_| choice.transmit)
    }

    fn is_connected(&self) -> bool {
        self.phase == Phase::SignedIn
    }

    fn seen(&self) -> Option<Seq> {
        match self.numbering {
            Numbering::At(seq) => Some(seq),
            Numbering::Lost => None,
        }
    }

    fn enter(&mut self, phase: Phase) {
        let before = self.my_status();
        self.phase = phase;
        let status = self.my_status();
        if status != before {
            self.event(Event::MyStatus { hr: HResult::S_OK, status });
        }
    }

    fn say(&mut self, message: impl Into<ClientMessage>) {
        self.dialect.send(message.into());
        self.flush();
    }

    fn flush(&mut self) {
        while let Some(text) = self.dialect.poll_transmit() {
            let output = match self.role {
                // Without a connection there is nobody who could be told.
                Role::Follower { epoch: None } => continue,
                Role::Follower { epoch: Some(epoch) } => {
                    Output::Post(PeerMessage::ToServer(said_over(epoch, &text)))
                }
                _ => Output::Transmit(text),
            };
            self.output(output);
        }
    }

    fn event(&mut self, event: Event) {
        self.output(Output::Event(event));
    }

    /// Something is wrong with the engine.
    fn trouble(&mut self, message: &str) {
        self.tell_trouble(HResult::MSGR_E_UNEXPECTED, message);
    }

    /// Tells developers of a fault: each once in a row, and not for ever.
    fn tell_trouble(&mut self, hr: HResult, message: &str) {
        let message = excerpt(message);
        if self.troubles < TROUBLES_MAX && self.last_trouble != message {
            self.troubles += 1;
            message.clone_into(&mut self.last_trouble);
            self.event(Event::Trouble { hr, message: message.to_owned() });
        }
    }

    /// Cuts off what a list of the engine's has too much.
    fn bound<T>(&mut self, list: &mut Vec<T>, max: usize) {
        if list.len() > max {
            list.truncate(max);
            self.too_much();
        }
    }

    /// The engine told more than anybody can have.
    fn too_much(&mut self) {
        self.trouble("the server told more than its limits allow; the rest is left out");
    }

    fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }
}

/// Returns as much of an engine's text as developers need.
fn excerpt(text: &str) -> &str {
    let mut end = text.len().min(ERROR_TEXT_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    // Never `None`; an index would bring along what prints its failure, 3 kB for every page.
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
