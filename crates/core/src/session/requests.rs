//! What the user asks for: checked here, answered by the engine, ended by one [`Event::Done`].

use super::{Event, Output, PeerMessage, Phase, Session, Timer, excerpt};
use crate::{
    dialect::Dialect,
    hresult::HResult,
    limits::{PENDING_REQUESTS_MAX, REQUEST_TIMEOUT, WATCH_BATCH_MAX},
    message::{Command, MyPresence, Outcome, Request, RequestId, Signal},
    presence::{Intent, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, Tick},
};

/// What engines answer to a choice: as docs/PROTOCOL.md has it, and what else XMPP services refuse presence with.
const CHOICE_OUTCOMES: [HResult; 12] = [
    HResult::S_OK,
    HResult::E_INVALIDARG,
    HResult::E_ACCESSDENIED,
    HResult::E_NOTIMPL,
    HResult::MSGR_E_POLICY_RESTRICTED,
    HResult::MSGR_E_NOT_LOGGED_ON,
    HResult::MSGR_E_USER_NOT_FOUND,
    HResult::MSGR_E_DISCONNECTED,
    HResult::MSGR_E_SERVER_ERROR,
    HResult::MSGR_E_SERVER_TOO_BUSY,
    HResult::MSGR_E_SERVER_UNAVAILABLE,
    HResult::MSGR_E_UNEXPECTED,
];

/// How long watches are collected into one request: about one drawn frame at 60 Hz.
const WATCH_COLLECT: Span = Span::from_millis(16);

/// A request that waits for its outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pending {
    request: Request,
    deadline: Tick,
    said: bool,
    /// Whether what it wants was told: its outcome, should it get lost, is known.
    fulfilled: bool,
    /// Whether the own status was told since it was said.
    me_told: bool,
}

/// A choice of the user that nobody could be asked for yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct WaitingChoice {
    intent: Intent,
    /// What was chosen as far as was known then.
    known: Option<Intent>,
}

impl Pending {
    pub(super) const fn command(&self) -> &Command {
        &self.request.command
    }
}

impl<D: Dialect> Session<D> {
    /// Starts to carry out a command. What it changes is told by the event of that kind, and [`Event::Done`] ends the
    /// request. Watches and fresh tokens are the session's own affair: [`Session::watch`], [`Session::handle_token`].
    ///
    /// # Errors
    /// `MSGR_E_NOT_LOGGED_ON` unless signed in, `MSGR_E_SERVER_TOO_BUSY` when too many requests wait already, and what
    /// is known without the engine: `E_INVALIDARG` for a status that no user can choose, `E_FAIL` for the removal of
    /// somebody who is not on the list, `MSGR_E_GROUP_DOES_NOT_EXIST` for a group that is gone,
    /// `MSGR_E_USER_NOT_FOUND` for the answer to somebody who does not wait for one, `E_NOTIMPL` for what is the
    /// session's own.
    pub fn request(&mut self, command: Command, now: Tick) -> Result<RequestId, HResult> {
        self.check(&command)?;
        match command {
            Command::SendMessage { to, text } => self.send_message(to, text, now),
            Command::SetStatus { .. } => {
                let id = self.ask(command, now)?;
                self.event(Event::Choosing);
                Ok(id)
            }
            _ => self.ask(command, now),
        }
    }

    /// Chooses status, note and end for the user, as one: what was there before is replaced. Also on the way to the engine or
    /// between two attempts to reach it: what is chosen then is asked for once signed in, unless something else is chosen
    /// before. [`Event::Choosing`] tells that it is under way, [`Event::MyStatus`] how it ended.
    ///
    /// # Errors
    /// As [`Session::request`]; `MSGR_E_NOT_LOGGED_ON` only where nobody is signing in.
    pub fn choose(&mut self, intent: Intent, now: Tick) -> Result<(), HResult> {
        let choice = Command::SetStatus { intent: intent.clone() };
        if self.is_connected() || matches!(self.phase, Phase::SignedOut | Phase::Disconnecting) {
            return self.request(choice, now).map(drop);
        }
        self.check(&choice)?;
        let known = self.me.as_ref().map(|me| me.intent.clone());
        self.waiting_choice = Some(WaitingChoice { intent, known });
        self.event(Event::Choosing);
        Ok(())
    }

    /// Returns the status that was chosen last and has no verdict yet.
    pub fn choosing(&self) -> Option<MiStatus> {
        let asked = self.pending.iter().rev().filter(|pending| !pending.fulfilled);
        let asked = asked.filter_map(|pending| match pending.command() {
            Command::SetStatus { intent } => Some(intent.status),
            _ => None,
        });
        // What waits was chosen after all that was asked for.
        self.waiting_choice.iter().map(|choice| choice.intent.status).chain(asked).next()
    }

    /// Asks for what was chosen on the way here; unless something else has been chosen meanwhile, on another device: that
    /// is newer than the last that was known when this was chosen.
    pub(super) fn ask_for_choice(&mut self, now: Tick) {
        let Some(WaitingChoice { intent, known }) = self.waiting_choice.take() else { return };
        let chosen_elsewhere = |me: &MyPresence| {
            matches!(me.intent.source, Source::User | Source::Api)
                && known.as_ref().is_some_and(|known| !known.says_the_same_as(&me.intent))
        };
        if !self.me.as_ref().is_some_and(chosen_elsewhere) {
            self.send_request(Command::SetStatus { intent }, now);
        } else {
            let status = self.my_status();
            self.event(Event::MyStatus { hr: HResult::MSGR_E_CANCEL, status });
        }
    }

    /// Refuses what the engine would refuse, as far as that is known here.
    fn check(&self, command: &Command) -> Result<(), HResult> {
        match command {
            Command::SetStatus { intent } if !intent.status.is_settable() => {
                Err(HResult::E_INVALIDARG)
            }
            Command::Watch { .. } | Command::RenewToken { .. } => Err(HResult::E_NOTIMPL),
            // Nothing is known of lists while signed out.
            _ if !self.is_signed_in() => Ok(()),
            Command::RemoveContact { name } if !self.people.is_listed(name) => Err(HResult::E_FAIL),
            Command::RenameGroup { group, .. }
            | Command::RemoveGroup { group }
            | Command::SetGroupMember { group, .. }
                if self.group(*group).is_none() =>
            {
                Err(HResult::MSGR_E_GROUP_DOES_NOT_EXIST)
            }
            Command::AnswerContactRequest { name, .. } if !self.is_asked_by(name) => {
                Err(HResult::MSGR_E_USER_NOT_FOUND)
            }
            _ => Ok(()),
        }
    }

    /// Follows somebody, on the list or not; calls are counted and sent together after a moment.
    ///
    /// Works in any phase: watches are the page's, and are repeated on every connection.
    pub fn watch(&mut self, name: &SigninName, now: Tick) {
        if self.people.watch(name) {
            self.collect_watches(now);
        }
    }

    /// Takes back one [`Session::watch`].
    pub fn unwatch(&mut self, name: &SigninName, now: Tick) {
        if self.people.unwatch(name) {
            self.collect_watches(now);
        }
    }

    pub(super) fn collect_watches(&mut self, now: Tick) {
        if self.is_connected() && !self.timers.is_set(Timer::WatchBatch) {
            self.timers.set(Timer::WatchBatch, now + WATCH_COLLECT);
        }
    }

    pub(super) fn flush_watches(&mut self, now: Tick) {
        let (watch, unwatch) = self.people.take_watch_changes();
        for names in unwatch.chunks(WATCH_BATCH_MAX) {
            self.stop_watching(names.to_vec());
        }
        for names in watch.chunks(WATCH_BATCH_MAX) {
            self.send_request(Command::Watch { names: names.to_vec() }, now);
        }
    }

    pub(super) fn ask(&mut self, command: Command, now: Tick) -> Result<RequestId, HResult> {
        self.check_room()?;
        Ok(self.send_request(command, now))
    }

    /// Refuses a request that nobody would take.
    pub(super) fn check_room(&self) -> Result<(), HResult> {
        if !self.is_signed_in() {
            return Err(HResult::MSGR_E_NOT_LOGGED_ON);
        }
        if self.pending.len() >= PENDING_REQUESTS_MAX {
            return Err(HResult::MSGR_E_SERVER_TOO_BUSY);
        }
        Ok(())
    }

    pub(super) fn send_request(&mut self, command: Command, now: Tick) -> RequestId {
        let id = self.next_request();
        self.send_request_as(id, command, now);
        id
    }

    pub(super) const fn next_request(&mut self) -> RequestId {
        self.last_request += 1;
        RequestId(self.last_request)
    }

    pub(super) fn send_request_as(&mut self, id: RequestId, command: Command, now: Tick) {
        let deadline = now + REQUEST_TIMEOUT;
        let request = Request { id, command };
        let said = self.is_connected();
        self.pending.push(Pending {
            request: request.clone(),
            deadline,
            said,
            fulfilled: false,
            me_told: false,
        });
        if !self.timers.is_set(Timer::Request) {
            self.timers.set(Timer::Request, deadline);
        }
        if said {
            self.say(request);
        }
    }

    /// Says again what has no outcome yet; `all` of it, or only what was never said.
    pub(super) fn repeat_requests(&mut self, all: bool) {
        let mut lost = Vec::new();
        for at in 0..self.pending.len() {
            let pending = &mut self.pending[at];
            // The same message is taken on once, on whatever connection.
            if all || !pending.said || matches!(pending.command(), Command::SendMessage { .. }) {
                pending.said = true;
                let request = pending.request.clone();
                self.say(request);
            } else {
                lost.push(pending.request.id);
            }
        }
        // Whether the engine has done it, nobody can say; the lists that it sent show it.
        for id in lost {
            self.give_up(id, HResult::MSGR_E_DISCONNECTED, None);
        }
    }

    /// Returns with whom the messages are that a request asked for.
    pub(super) fn fetching(&self, id: RequestId) -> Option<SigninName> {
        let pending = self.pending.iter().find(|pending| pending.request.id == id)?;
        match pending.command() {
            Command::FetchMessages { with, .. } => Some(with.clone()),
            _ => None,
        }
    }

    /// Whether a request of this client searches the directory.
    pub(super) fn is_searching(&self, id: RequestId) -> bool {
        let mut own = self.pending.iter().filter(|pending| pending.request.id == id);
        own.any(|pending| matches!(pending.command(), Command::FindPeople { .. }))
    }

    /// Other tabs that share the connection may still watch somebody: they say so when they hear of it.
    fn stop_watching(&mut self, names: Vec<SigninName>) {
        if self.is_follower() {
            self.output(Output::Post(PeerMessage::Unwatch(names)));
        } else {
            self.say(Signal::Unwatch { names: names.clone() });
            if self.is_leader() {
                self.output(Output::Post(PeerMessage::Unwatch(names)));
            }
        }
    }

    /// Notes that what a request wants has been told, before its outcome.
    pub(super) fn fulfil(&mut self, command: &Command) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.command() == command)
        {
            pending.fulfilled = true;
        }
    }

    /// Notes that the engine has told the own status, whatever it is.
    pub(super) fn own_status_told(&mut self) {
        for pending in self.pending.iter_mut().filter(|pending| pending.said) {
            pending.me_told = true;
        }
    }

    /// Notes that the engine has told of a choice: the first request for it needs no verdict any more.
    pub(super) fn choice_told(&mut self, chosen: &Intent) {
        self.own_status_told();
        let asks_for = |pending: &&mut Pending| match pending.command() {
            // Who chose, engines may say otherwise.
            Command::SetStatus { intent } => !pending.fulfilled && intent.says_the_same_as(chosen),
            _ => false,
        };
        if let Some(pending) = self.pending.iter_mut().find(asks_for) {
            pending.fulfilled = true;
        }
    }

    /// Makes an outcome up, because none will arrive. Nothing is told to have failed that was told to have happened.
    fn give_up(&mut self, id: RequestId, hr: HResult, message: Option<String>) {
        let is_done =
            self.pending.iter().any(|pending| pending.request.id == id && pending.fulfilled);
        let (hr, message) = if is_done { (HResult::S_OK, None) } else { (hr, message) };
        self.doubt_message(id);
        self.conclude(Outcome { id, hr, message });
    }

    /// An outcome arrived. What no engine may answer to a choice is no verdict on it.
    pub(super) fn outcome_told(&mut self, mut outcome: Outcome) {
        outcome.message = outcome.message.map(|message| excerpt(&message).to_owned());
        let pending = self.pending.iter().find(|pending| pending.request.id == outcome.id);
        let Some(pending) = pending else {
            if outcome.hr.is_failure() {
                self.message_returned(outcome.id, outcome.hr);
            }
            return;
        };
        if matches!(pending.command(), Command::SetStatus { .. }) {
            let hr = outcome.hr;
            // After a gap the status comes with the lists.
            let is_told = pending.fulfilled || pending.me_told || self.seen().is_none();
            let fault = if !CHOICE_OUTCOMES.contains(&hr) {
                Some(format!("the server answered 0x{:08X} to a status that was set", hr.bits()))
            } else if hr == HResult::S_OK && !is_told {
                Some("the server confirmed a status and did not say which one holds".to_owned())
            } else {
                None
            };
            if fault.is_some() {
                let hr = HResult::MSGR_E_UNEXPECTED;
                outcome = Outcome { id: outcome.id, hr, message: fault };
            }
        }
        self.conclude(outcome);
    }

    /// An outcome arrived, or was made up.
    pub(super) fn conclude(&mut self, Outcome { id, hr, message }: Outcome) {
        // An outcome of a request that was given up already has been told.
        let Some(at) = self.pending.iter().position(|pending| pending.request.id == id) else {
            return;
        };
        let pending = self.pending.remove(at);
        if hr.is_failure() {
            match pending.request.command {
                Command::SetStatus { .. } => {
                    let status = self.my_status();
                    self.event(Event::MyStatus { hr, status });
                }
                Command::AddContact { name } => self.event(Event::ContactAdded { hr, name }),
                Command::RemoveContact { name } => self.event(Event::ContactRemoved { hr, name }),
                // Watches are told again with the connection, and a fresh token comes with it.
                Command::Watch { .. } | Command::RenewToken { .. }
                    if hr == HResult::MSGR_E_DISCONNECTED => {}
                Command::Watch { .. } | Command::RenewToken { .. } => {
                    self.tell_trouble(hr, message.as_deref().unwrap_or_default());
                }
                Command::CreateGroup { .. } => {
                    self.event(Event::GroupAdded { hr, group: None, request: Some(id) });
                }
                Command::RenameGroup { group, .. } => self.event(Event::GroupRenamed { hr, group }),
                Command::RemoveGroup { group } => self.event(Event::GroupRemoved { hr, group }),
                Command::SetGroupMember { group, name, member } => {
                    self.event(Event::GroupMember { hr, group, name, member });
                }
                Command::SetBlocked { name, blocked } => {
                    self.event(Event::Blocked { hr, name, blocked })
                }
                Command::SendMessage { to, .. } => self.message_failed(&to, id, hr),
                Command::QueryStatus
                | Command::DismissClaim { .. }
                | Command::IgnoreClaims { .. }
                | Command::SetIdle { .. }
                | Command::AnswerContactRequest { .. }
                | Command::FetchMessages { .. }
                | Command::FindPeople { .. } => {}
            }
        }
        self.event(Event::Done { id, hr, message });
    }

    /// Ends all requests that wait, since there is nobody to answer them. Where the loss of the connection is told by
    /// [`Event::MyStatus`], that is the verdict of the last choice.
    pub(super) fn fail_pending(&mut self, hr: HResult, is_loss_told: bool) {
        self.timers.clear(Timer::Request);
        let is_choice = |pending: &&mut Pending| {
            matches!(pending.command(), Command::SetStatus { .. }) && !pending.fulfilled
        };
        if is_loss_told && let Some(last) = self.pending.iter_mut().rfind(is_choice) {
            last.request.command = Command::QueryStatus;
        }
        while let Some(Pending { request, .. }) = self.pending.first() {
            let Request { id, command } = request.clone();
            self.watch_unheard(&command);
            self.give_up(id, hr, None);
        }
    }

    /// Whether a request without an outcome was a watch, which the engine may never have heard of: it is told again, as
    /// a connection that is resumed knows only what it was told.
    fn watch_unheard(&mut self, command: &Command) -> bool {
        let Command::Watch { names } = command else { return false };
        self.people.rewatch(names);
        true
    }

    pub(super) fn expire_requests(&mut self, now: Tick) {
        // Requests wait equally long: the oldest are due first.
        while let Some(oldest) = self.pending.first().filter(|oldest| oldest.deadline <= now) {
            let Request { id, command } = oldest.request.clone();
            if self.watch_unheard(&command) {
                self.collect_watches(now);
            }
            let message = Some("the server did not answer in time".to_owned());
            self.give_up(id, HResult::MSGR_E_SERVER_UNAVAILABLE, message);
        }
        if let Some(next) = self.pending.first() {
            self.timers.set(Timer::Request, next.deadline);
        }
    }
}
