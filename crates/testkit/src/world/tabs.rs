//! Tabs of one browser profile: what they say to each other, who leads, and how they come, stand still and go.

use mistatus_core::{
    session::{LeadWish, PeerMessage, Session},
    status::MiStatus,
    time::Span,
};

use super::World;
use crate::{
    client::Pause,
    profile::{Claim, Manner, Verdict},
    queue::Happening,
};

impl World {
    /// Closes a tab: politely, having been told, or so that it only vanishes.
    pub fn close_tab(&mut self, client: usize, politely: bool) {
        if !self.clients[client].is_open {
            return;
        }
        if politely && self.clients[client].runs() {
            self.act(client, Session::suspend);
        }
        self.vanish(client);
        let known = &mut self.clients[client];
        known.is_open = false;
        known.wanted = false;
        known.watched.clear();
    }

    /// Opens a tab that was closed again, as a new page.
    pub fn reopen_tab(&mut self, client: usize) {
        if self.clients[client].is_open {
            return;
        }
        let profile = self.clients[client].profile;
        let mut tabs = self.clients.iter().filter(|tab| tab.profile == profile && tab.is_open);
        let idle = tabs.next().is_some_and(|tab| tab.idle);
        self.clients[client].is_open = true;
        self.clients[client].idle = idle;
        self.clients[client].wanted = true;
        self.reload(client);
    }

    /// Whether there is a page.
    #[must_use]
    pub fn is_open(&self, client: usize) -> bool {
        self.clients[client].is_open
    }

    /// Lets a page stand still: `told` before, as when a browser puts it away, or not.
    pub fn freeze(&mut self, client: usize, told: bool) {
        if !self.clients[client].runs() {
            return;
        }
        self.tally.freezes += 1;
        if told {
            self.act(client, Session::suspend);
        }
        self.clients[client].pause = if told { Pause::Suspended } else { Pause::Frozen };
    }

    /// Lets a page go on that stood still.
    pub fn thaw(&mut self, client: usize) {
        if matches!(self.clients[client].pause, Pause::Frozen | Pause::Suspended) {
            self.wake_tab(client);
        }
    }

    /// Lets the machine of a page sleep for a while.
    pub fn sleep(&mut self, client: usize, span: Span) {
        let profile = self.clients[client].profile;
        let mut sleeps = false;
        for tab in &mut self.clients {
            if tab.profile == profile && tab.runs() {
                tab.pause = Pause::Asleep;
                sleeps = true;
            }
        }
        if sleeps {
            self.tally.sleeps += 1;
            self.queue.push(self.now + span, Happening::Wake { profile });
        }
    }

    /// A page is gone without a word: its link ends, the browser gives its lock to the next.
    pub(super) fn vanish(&mut self, client: usize) {
        self.hang_up(client);
        self.leave_tabs(client);
        self.clients[client].generation += 1;
        self.clients[client].inbox.clear();
        self.clients[client].pause = Pause::None;
    }

    /// Finds out who leads before a first sign-in; false where nothing is shared, or that is known.
    pub(super) fn join_tabs(&mut self, client: usize) -> bool {
        let known = &self.clients[client];
        if !self.profiles[known.profile].shares || known.claim != Claim::None {
            return false;
        }
        self.clients[client].waits_for_lead = true;
        self.claim(client, Manner::IfFree);
        true
    }

    pub(super) fn lead(&mut self, client: usize, wish: LeadWish) {
        match wish {
            LeadWish::Request => self.claim(client, Manner::InLine),
            LeadWish::Steal => {
                self.tally.stolen += 1;
                self.claim(client, Manner::Steal);
            }
            LeadWish::Release => self.leave_tabs(client),
        }
    }

    pub(super) fn post(&mut self, from: usize, message: &PeerMessage) {
        let known = &self.clients[from];
        if known.claim == Claim::None {
            return;
        }
        let profile = known.profile;
        for to in 0..self.clients.len() {
            let other = &self.clients[to];
            // Whoever has made no claim has no channel.
            let hears = other.profile == profile && other.is_open && other.claim != Claim::None;
            if to == from || !hears {
                continue;
            }
            let generation = other.generation;
            let at = self.profiles[profile].arrival(from, to, self.now, &mut self.random);
            self.queue.push(at, Happening::Peer { to, generation, message: message.clone() });
        }
    }

    pub(super) fn hear_peer(&mut self, client: usize, message: &PeerMessage) {
        if self.clients[client].claim != Claim::None {
            self.act(client, |session, now| session.handle_peer(message, now));
        }
    }

    pub(super) fn hear_of_lock(&mut self, client: usize, ticket: u64, granted: bool) {
        if self.clients[client].claim != Claim::Made(ticket) {
            return;
        }
        if granted {
            self.tally.leads += 1;
        }
        let waited = core::mem::replace(&mut self.clients[client].waits_for_lead, false);
        if waited && self.session(client).my_status() != MiStatus::LocalFindingServer {
            // Whoever signed in has signed out again.
            self.leave_tabs(client);
            return;
        }
        self.act(client, |session, now| session.handle_lead(granted, now));
        if waited && granted {
            self.give_token(client, false);
        }
    }

    fn claim(&mut self, client: usize, manner: Manner) {
        let profile = self.clients[client].profile;
        if let Some(next) = self.profiles[profile].leave(client) {
            self.tell_verdict(next);
        }
        let (ticket, heard) = self.profiles[profile].claim(client, manner);
        self.clients[client].claim = Claim::Made(ticket);
        for verdict in heard {
            self.tell_verdict(verdict);
        }
    }

    fn leave_tabs(&mut self, client: usize) {
        let profile = self.clients[client].profile;
        self.clients[client].claim = Claim::None;
        self.clients[client].waits_for_lead = false;
        if let Some(next) = self.profiles[profile].leave(client) {
            self.tell_verdict(next);
        }
    }

    fn tell_verdict(&mut self, Verdict { tab, ticket, granted }: Verdict) {
        // What a tab hears of the lock it hears in order.
        let at = self.now + Span::from_millis(1 + self.random.below(5));
        let at = at.max(self.clients[tab].heard_of_lock);
        self.clients[tab].heard_of_lock = at;
        let generation = self.clients[tab].generation;
        self.queue.push(at, Happening::Lock { to: tab, generation, ticket, granted });
    }
}
