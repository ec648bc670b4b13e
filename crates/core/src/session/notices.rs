//! What the engine says, and what it means for the session.

use super::{Account, Attempt, Doubt, Event, Failure, Numbering, Output, Phase, Session, Timer};
use crate::{
    dialect::Dialect,
    hresult::HResult,
    idle::IdleChoice,
    limits::{CONTACTS_MAX, HEARTBEAT_MAX, HEARTBEAT_MIN, TOKEN_RENEWAL_MIN, UNREAD_MAX},
    message::{Change, Command, MyPresence, Notice, Seq, Signal, Snapshot, Update, Welcome},
    status::MiStatus,
    time::{Span, Tick},
};

impl<D: Dialect> Session<D> {
    pub(super) fn handle_notice(&mut self, notice: Notice, now: Tick) {
        match notice {
            Notice::SignedIn(welcome) => self.signed_in(welcome, now),
            Notice::Snapshot(snapshot) => self.snapshot(snapshot, now),
            Notice::Update(seq, update) => self.updated(seq, update, now),
            Notice::Messages { id, messages, more } => self.messages_fetched(id, messages, more),
            // Tabs that share a connection hear each other's answers.
            Notice::People { id, people, more } if self.is_searching(id) => {
                self.event(Event::PeopleFound { id, people, more });
            }
            Notice::People { .. } => {}
            Notice::Outcome(outcome) => self.outcome_told(outcome),
            Notice::Refused { hr, message } => self.tell_trouble(hr, &message),
            Notice::TokenExpiring { .. } => {
                let is_soon = |at: Tick| now.since(at) < TOKEN_RENEWAL_MIN;
                let may_ask = !self.renewing_token && !self.renewed_at.is_some_and(is_soon);
                if self.is_connected() && !self.is_follower() && may_ask {
                    self.renewing_token = true;
                    self.renewed_at = Some(now);
                    self.output(Output::WantToken { fresh: true });
                }
            }
            // The leader answers. For a follower it is a sign of life, the only one where a hidden leader's own
            // heartbeat is throttled.
            Notice::Ping if self.is_follower() => {}
            Notice::Ping => self.say(Signal::Pong { seen: self.seen() }),
            Notice::Pong => self.believe(now),
            Notice::Bye { hr, retry_after, message } => self.bye(hr, retry_after, message, now),
        }
    }

    fn updated(&mut self, seq: Seq, update: Update, now: Tick) {
        if !self.in_order(seq, now) {
            // An outcome is matched by its id, and nobody tells it again.
            if let Update::Outcome(outcome) = update {
                self.outcome_told(outcome);
            }
            return;
        }
        match update {
            Update::Changes { changes } => {
                for change in changes {
                    self.learn(change, now);
                }
                self.forget_stale(now);
            }
            Update::MyStatus { me } => self.my_status_told(me, now),
            Update::ContactAdded { contact } => {
                let name = contact.name.clone();
                if self.people.list_len() >= CONTACTS_MAX && !self.people.is_listed(&name) {
                    return self.too_much();
                }
                self.people.list(&name);
                self.fulfil(&Command::AddContact { name: name.clone() });
                self.event(Event::ContactAdded { hr: HResult::S_OK, name });
                self.learn(contact, now);
                self.forget_stale(now);
            }
            Update::ContactRemoved { name } => {
                if self.people.unlist(&name) {
                    self.fulfil(&Command::RemoveContact { name: name.clone() });
                    self.leave_groups(&name);
                    self.event(Event::ContactRemoved { hr: HResult::S_OK, name: name.clone() });
                    self.event(Event::Presence { name });
                }
            }
            Update::ContactRequested { request } => self.contact_requested(request),
            Update::ContactRequestGone { name } => self.contact_request_gone(&name),
            Update::Blocked { name, blocked } => self.blocked(name, blocked),
            Update::GroupAdded { group, request } => self.group_added(group, request),
            Update::GroupRenamed { group, name } => self.group_renamed(group, name),
            Update::GroupRemoved { group } => self.group_removed(group),
            Update::GroupMember { group, name, member } => self.group_member(group, name, member),
            Update::Message { message, request } => self.message_told(message, request),
            Update::Delivered { to, up_to } => self.messages_delivered(to, up_to),
            Update::Unread { unread } => self.unread_told(unread),
            Update::Outcome(outcome) => self.outcome_told(outcome),
        }
    }

    fn signed_in(&mut self, welcome: Welcome, now: Tick) {
        if !matches!(self.phase, Phase::Authenticating { .. }) {
            self.trouble("the server signed this client in twice");
            return;
        }
        if self.account.as_ref().is_some_and(|account| account.name != welcome.name) {
            // Somebody else than before: nothing that was known may be shown to them.
            self.end_quiet(now);
            self.forget_everybody();
        }
        let welcome_resumes = welcome.resumed;
        let resumed = welcome_resumes && !self.is_follower() && self.resumable().is_some();
        self.token_refused = false;
        self.reason_told = None;
        self.heartbeat = welcome.heartbeat.clamp(HEARTBEAT_MIN, HEARTBEAT_MAX);
        self.resume = welcome.resume;
        let account = Account { name: welcome.name, friendly_name: welcome.friendly_name };
        let before = self.account.take().or(self.account_before.take());
        let renamed = before
            .filter(|before| before.name == account.name)
            .filter(|before| before.friendly_name != account.friendly_name)
            .map(|before| before.friendly_name);
        self.account = Some(account);
        if let Some(previous) = renamed {
            self.event(Event::MyFriendlyName { previous });
        }
        if !self.quiet {
            self.event(Event::Signin { hr: HResult::S_OK, message: None });
        }
        if resumed {
            self.tell_up(true);
            self.resumed(now);
        } else {
            self.numbering = Numbering::Lost;
            self.enter(Phase::Synchronizing);
            // An engine that goes on sends no snapshot; what was known may have been forgotten meanwhile.
            if self.is_follower() || welcome_resumes {
                self.say(Signal::Resync);
            }
        }
    }

    /// The old connection goes on, and what was missed follows. Nobody says where it ends but the answer to a question
    /// asked now: until then what is marked as stale remains so, lest it is shown as true a moment before it changes.
    fn resumed(&mut self, now: Tick) {
        let unnoticed = self.connected(now);
        if !unnoticed || self.people.stale_since().is_some() {
            self.doubt = Doubt::Stale;
            self.probe(now);
        }
        self.reconnected(true, now);
        self.repeat_marks();
        self.ask_for_choice(now);
        if !unnoticed {
            let status = self.my_status();
            self.event(Event::MyStatus { hr: HResult::S_OK, status });
        }
    }

    /// Returns whether nobody was told that there was no connection.
    fn connected(&mut self, now: Tick) -> bool {
        self.timers.clear(Timer::Signin);
        self.timers.clear(Timer::Quiet);
        self.phase = Phase::SignedIn;
        self.connected_at = Some(now);
        (self.resyncs, self.troubles) = (0, 0);
        self.heard(now);
        core::mem::take(&mut self.quiet)
    }

    fn snapshot(&mut self, mut snapshot: Snapshot, now: Tick) {
        let signing_in = match self.phase {
            Phase::Synchronizing => true,
            Phase::SignedIn => false,
            // Another tab may have asked for it.
            Phase::Disconnecting => return,
            _ => {
                self.trouble("a snapshot came before the sign-in");
                return;
            }
        };
        self.numbering = Numbering::At(snapshot.seq);
        self.take_lists(&mut snapshot);
        self.bound(&mut snapshot.contacts, CONTACTS_MAX);
        self.take_list(snapshot.contacts, now);
        for change in snapshot.watched {
            self.learn(change, now);
        }
        self.forget_stale(now);
        let me_before = self.me.replace(snapshot.me);
        self.own_status_told();
        let mut tell = !self.tell_beside_status(me_before.as_ref()) && me_before != self.me;
        if signing_in {
            tell |= !self.connected(now);
            self.tell_up(false);
            self.reconnected(false, now);
            self.catch_up_on_chats(now);
            self.ask_for_choice(now);
        }
        self.gap_closed(now);
        self.report_idle(now);
        self.bound(&mut snapshot.unread, UNREAD_MAX);
        self.take_unread(snapshot.unread);
        if tell {
            let status = self.my_status();
            self.event(Event::MyStatus { hr: HResult::S_OK, status });
        }
    }

    /// Takes the whole list. What differs from before a lost connection is told as changes, not as leave and join.
    fn take_list(&mut self, contacts: Vec<Change>, now: Tick) {
        let first_list = self.people.is_list_empty();
        let names: Vec<_> = contacts.iter().map(|contact| contact.name.clone()).collect();
        for name in self.people.unlist_missing(&names) {
            self.event(Event::ContactRemoved { hr: HResult::S_OK, name: name.clone() });
            self.event(Event::Presence { name });
        }
        for contact in contacts {
            let name = contact.name.clone();
            if self.people.list(&name) {
                if !first_list {
                    self.event(Event::ContactAdded { hr: HResult::S_OK, name });
                }
                self.learn_as_new(contact, now);
            } else {
                self.learn(contact, now);
            }
        }
        self.people.reorder(names);
    }

    /// Takes what is said of somebody. What of that is stale has to be forgotten in time: [`Session::forget_stale`] looks
    /// at everybody, once for all changes that were told together.
    fn learn(&mut self, change: Change, now: Tick) {
        let name = change.name.clone();
        let Some(learned) = self.people.learn(change, self.doubt == Doubt::None, now) else {
            return;
        };
        if learned.listed && learned.previous != learned.current {
            let (previous, current) = (learned.previous, learned.current);
            self.event(Event::ContactStatus { name: name.clone(), previous, current });
        }
        if let Some(previous) = learned.renamed.filter(|_| learned.listed) {
            self.event(Event::FriendlyName { name: name.clone(), previous });
        }
        if learned.visible {
            self.event(Event::Presence { name });
        }
    }

    /// Somebody new on the list counts as offline before (§4.1): only who is there is told.
    fn learn_as_new(&mut self, change: Change, now: Tick) {
        let name = change.name.clone();
        let Some(learned) = self.people.learn(change, self.doubt == Doubt::None, now) else {
            return;
        };
        if !matches!(learned.current, MiStatus::Offline | MiStatus::Unknown) {
            let (previous, current) = (MiStatus::Offline, learned.current);
            self.event(Event::ContactStatus { name: name.clone(), previous, current });
        }
        self.event(Event::Presence { name });
    }

    fn my_status_told(&mut self, me: MyPresence, now: Tick) {
        self.choice_told(&me.intent);
        let before = self.me.replace(me);
        if !self.tell_beside_status(before.as_ref()) {
            let status = self.my_status();
            self.event(Event::MyStatus { hr: HResult::S_OK, status });
        }
        self.report_idle(now);
    }

    /// Tells of what stands beside the status and is otherwise than before: claims, and the choice about idleness. Returns
    /// whether nothing else is; such a claim, as one for later, is no change of the own status.
    fn tell_beside_status(&mut self, before: Option<&MyPresence>) -> bool {
        let Some(me) = &self.me else { return false };
        let claims = before.map_or(!me.claims.is_empty(), |before| !me.has_claims_of(before));
        let idle = before.map_or(IdleChoice::NONE, |before| before.idle) != me.idle;
        let is_all = (claims || idle) && before.is_some_and(|before| me.has_status_of(before));
        if claims {
            self.event(Event::Claims);
        }
        if idle {
            self.event(Event::IdleChoice);
        }
        is_all
    }

    /// Whether an update is the next one. A repeated one is dropped; after a gap the lists are fetched anew.
    fn in_order(&mut self, seq: Seq, now: Tick) -> bool {
        let Numbering::At(last) = self.numbering else { return false };
        if !self.is_connected() || seq <= last {
            return false;
        }
        if seq == last.next() {
            self.numbering = Numbering::At(seq);
            return true;
        }
        self.lose_count(now);
        false
    }

    fn bye(&mut self, hr: HResult, retry_after: Option<Span>, message: Option<String>, now: Tick) {
        self.output(Output::CloseLink);
        let mut failure = Failure::bye(hr, retry_after, message);
        let refused = hr == HResult::MSGR_E_INVALID_PASSWORD && self.options.renewable_token;
        match self.phase {
            Phase::Authenticating { attempt } if refused && !self.token_refused => {
                self.find_again(attempt, now);
            }
            // The token has ended while it was in use, as over a sleep: whether another is accepted, the next sign-in
            // shows. The leader tries it for all tabs.
            Phase::SignedIn | Phase::Synchronizing if refused => {
                if !self.is_follower() {
                    failure.hr = HResult::MSGR_E_CONNECT;
                    self.link_lost(failure, now);
                }
            }
            // Another tab signed out.
            _ if !hr.is_failure() && (self.is_leader() || self.is_follower()) => {
                self.fail_pending(HResult::MSGR_E_DISCONNECTED, false);
                self.quiet = false;
                self.finish_signout();
            }
            // A goodbye without a reason, unasked for, is an outage like any other.
            _ if !hr.is_failure() => {
                failure.hr = HResult::MSGR_E_DISCONNECTED;
                self.link_lost(failure, now);
            }
            _ => self.link_lost(failure, now),
        }
    }

    /// The token was refused: a fresh one is tried at once, but only one until one is accepted.
    fn find_again(&mut self, attempt: Attempt, now: Tick) {
        self.token_refused = true;
        self.timers.set(Timer::Signin, now + attempt.timeout());
        self.enter(Phase::Finding { attempt });
        self.output(Output::WantToken { fresh: true });
    }
}
