//! What the engine says, and what it means for the session.

use super::{Account, Attempt, Event, Numbering, Output, Phase, Session, Timer};
use crate::{
    dialect::Dialect,
    hresult::HResult,
    limits::{HEARTBEAT_MAX, HEARTBEAT_MIN, SIGNIN_TIMEOUT},
    message::{Change, MyPresence, Notice, Request, Seq, Snapshot, Welcome},
    status::MiStatus,
    time::{Span, Tick},
};

impl<D: Dialect> Session<D> {
    pub(super) fn handle_notice(&mut self, notice: Notice, now: Tick) {
        match notice {
            Notice::SignedIn(welcome) => self.signed_in(welcome),
            Notice::Snapshot(snapshot) => self.snapshot(snapshot, now),
            Notice::Changes { seq, changes } => {
                if self.in_order(seq) {
                    for change in changes {
                        self.learn(change);
                    }
                }
            }
            Notice::MyStatus { seq, me } => {
                if self.in_order(seq) {
                    self.my_status_told(me);
                }
            }
            Notice::ContactAdded { seq, contact } => {
                if self.in_order(seq) {
                    let name = contact.name.clone();
                    self.people.list(&name);
                    self.event(Event::ContactAdded { hr: HResult::S_OK, name });
                    self.learn(contact);
                }
            }
            Notice::ContactRemoved { seq, name } => {
                if self.in_order(seq) && self.people.unlist(&name) {
                    self.event(Event::ContactRemoved { hr: HResult::S_OK, name: name.clone() });
                    self.event(Event::Presence { name });
                }
            }
            Notice::Outcome { seq, id, hr, message } => {
                if let Some(seq) = seq {
                    self.in_order(seq);
                }
                self.conclude(id, hr, message);
            }
            Notice::Refused { hr, message } => {
                self.event(Event::Trouble { hr, message });
            }
            Notice::TokenExpiring { .. } => {
                if self.is_signed_in() && !self.renewing_token {
                    self.renewing_token = true;
                    self.output(Output::WantToken { fresh: true });
                }
            }
            Notice::Ping => self.say(Request::Pong { seen: None }),
            // Whatever is heard proves the link; the pong has nothing to add.
            Notice::Pong => {}
            Notice::Bye { hr, retry_after, message } => self.bye(hr, retry_after, message, now),
        }
    }

    fn signed_in(&mut self, welcome: Welcome) {
        if !matches!(self.phase, Phase::Authenticating { .. }) {
            self.trouble("the server signed this client in twice");
            return;
        }
        if self.account.as_ref().is_some_and(|account| account.name != welcome.name) {
            // Somebody else than before: nothing that was known may be shown to them.
            self.forget_everybody();
        }
        self.heartbeat = welcome.heartbeat.clamp(HEARTBEAT_MIN, HEARTBEAT_MAX);
        self.account = Some(Account { name: welcome.name, friendly_name: welcome.friendly_name });
        self.event(Event::Signin { hr: HResult::S_OK, message: None });
        self.enter(Phase::Synchronizing);
    }

    fn snapshot(&mut self, snapshot: Snapshot, now: Tick) {
        let signing_in = match self.phase {
            Phase::Synchronizing => true,
            Phase::SignedIn { .. } => false,
            _ => {
                self.trouble("a snapshot came before the sign-in");
                return;
            }
        };
        self.timers.clear(Timer::Signin);
        self.timers.clear(Timer::Stale);
        self.take_list(snapshot.contacts);
        for change in snapshot.watched {
            self.learn(change);
        }
        let me_before = self.me.replace(snapshot.me);
        self.phase = Phase::SignedIn { numbering: Numbering::At(snapshot.seq) };
        if signing_in {
            self.backoff.reset();
            self.people.rewatch_all();
            self.flush_watches(now);
            self.heard(now);
            self.report_idle(now);
        }
        if signing_in || me_before != self.me {
            let status = self.my_status();
            self.event(Event::MyStatus { hr: HResult::S_OK, status });
        }
    }

    /// Takes the whole list. What differs from before a lost connection is told as changes, not as leave and join.
    fn take_list(&mut self, contacts: Vec<Change>) {
        let first_list = self.people.is_list_empty();
        let names: Vec<_> = contacts.iter().map(|contact| contact.name.clone()).collect();
        for name in self.people.missing_from(&names) {
            self.people.unlist(&name);
            self.event(Event::ContactRemoved { hr: HResult::S_OK, name: name.clone() });
            self.event(Event::Presence { name });
        }
        for contact in contacts {
            let name = contact.name.clone();
            if self.people.list(&name) {
                if !first_list {
                    self.event(Event::ContactAdded { hr: HResult::S_OK, name });
                }
                self.learn_as_new(contact);
            } else {
                self.learn(contact);
            }
        }
        self.people.reorder(names);
    }

    fn learn(&mut self, change: Change) {
        let name = change.name.clone();
        let Some(learned) = self.people.learn(change) else { return };
        if learned.listed && learned.previous != learned.current {
            let (previous, current) = (learned.previous, learned.current);
            self.event(Event::ContactStatus { name: name.clone(), previous, current });
        }
        if learned.visible {
            self.event(Event::Presence { name });
        }
    }

    /// Somebody new on the list counts as offline before (§4.1): only who is there is told.
    fn learn_as_new(&mut self, change: Change) {
        let name = change.name.clone();
        let Some(learned) = self.people.learn(change) else { return };
        if !matches!(learned.current, MiStatus::Offline | MiStatus::Unknown) {
            let (previous, current) = (MiStatus::Offline, learned.current);
            self.event(Event::ContactStatus { name: name.clone(), previous, current });
        }
        self.event(Event::Presence { name });
    }

    fn my_status_told(&mut self, me: MyPresence) {
        self.me = Some(me);
        let status = self.my_status();
        self.event(Event::MyStatus { hr: HResult::S_OK, status });
    }

    /// Whether a numbered notice is the next one. A repeated one is dropped; after a gap the lists are fetched anew.
    fn in_order(&mut self, seq: Seq) -> bool {
        let Phase::SignedIn { numbering } = &mut self.phase else { return false };
        match *numbering {
            Numbering::Lost => false,
            Numbering::At(last) if seq == last.next() => {
                *numbering = Numbering::At(seq);
                true
            }
            Numbering::At(last) if seq <= last => false,
            Numbering::At(_) => {
                *numbering = Numbering::Lost;
                self.say(Request::Resync);
                false
            }
        }
    }

    fn bye(&mut self, hr: HResult, retry_after: Option<Span>, message: Option<String>, now: Tick) {
        self.output(Output::CloseLink);
        match self.phase {
            Phase::Authenticating { attempt, refused: false }
                if hr == HResult::MSGR_E_INVALID_PASSWORD && self.options.renewable_token =>
            {
                self.find_again(attempt, now);
            }
            // A goodbye without a reason, unasked for, is an outage like any other.
            _ if !hr.is_failure() => {
                self.link_lost(HResult::MSGR_E_DISCONNECTED, retry_after, message, now)
            }
            _ => self.link_lost(hr, retry_after, message, now),
        }
    }

    /// The token was refused: a fresh one is tried, once.
    fn find_again(&mut self, attempt: Attempt, now: Tick) {
        self.timers.set(Timer::Signin, now + SIGNIN_TIMEOUT);
        self.enter(Phase::Finding { attempt, refused: true });
        self.output(Output::WantToken { fresh: true });
    }
}
