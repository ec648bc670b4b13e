//! What people do on a page, and what a page's session wants done.

use mistatus_core::{
    hresult::HResult,
    idle::IdleChoice,
    message::{Command, Token},
    presence::Intent,
    session::{Event, LinkEvent, Output as Wish, Session, TokenFailure},
    status::MiStatus,
    time::{Span, Tick},
};
use mistatus_hub::ConnectionId;
use mistatus_json::{JsonDialect, Text};

use super::{World, name};
use crate::{
    authority,
    client::Pause,
    link::{Connection, Parcel, Towards, Weather},
    queue::Happening,
};

type Page = Session<JsonDialect<Text>>;

/// How long after a sign-out another tab may hear of it, since it slept or stood still.
const HEARD_LATE: Span = Span::from_secs(1_800);

/// Whether a page is signed out for good by this.
fn ends(event: &Event) -> bool {
    match event {
        Event::Signout => true,
        Event::Signin { hr, .. } => {
            hr.is_failure() && !hr.is_retryable() && *hr != HResult::MSGR_E_CANCEL
        }
        _ => false,
    }
}

impl World {
    /// Signs in; does nothing where that is under way already, or a sign-out is.
    pub fn signin(&mut self, client: usize) {
        let leaving = MiStatus::LocalDisconnectingFromServer;
        if !self.clients[client].runs() || self.session(client).my_status() == leaving {
            return;
        }
        self.clients[client].wanted = true;
        self.act(client, |session, now| _ = session.signin(now));
    }

    /// Signs out; does nothing where that is under way already.
    pub fn signout(&mut self, client: usize) {
        if self.clients[client].runs() {
            let profile = self.clients[client].profile;
            self.profiles[profile].signed_out_at = Some(self.now);
            self.act(client, |session, now| _ = session.signout(now));
        }
    }

    /// Chooses a status; does nothing while signed out.
    pub fn choose(&mut self, client: usize, intent: Intent) {
        self.ask(client, Command::SetStatus { intent });
    }

    /// Says on a page when its user is idle and whether that is told, for all of the user's devices.
    pub fn choose_idle(&mut self, client: usize, choice: IdleChoice) {
        self.ask(client, Command::SetIdle { choice });
    }

    /// Asks for the own status.
    pub fn query(&mut self, client: usize) {
        self.ask(client, Command::QueryStatus);
    }

    /// Asks for somebody to be put on the list.
    pub fn add_contact(&mut self, client: usize, who: &str) {
        self.ask(client, Command::AddContact { name: name(who) });
    }

    /// Asks for somebody to be taken off the list.
    pub fn remove_contact(&mut self, client: usize, who: &str) {
        self.ask(client, Command::RemoveContact { name: name(who) });
    }

    fn ask(&mut self, client: usize, command: Command) {
        if self.clients[client].runs() {
            let id = self.clients[client].session.request(command, self.now);
            self.clients[client].asked(id);
            self.act(client, |_, _| {});
        }
    }

    /// Follows somebody, or stops if the page does already.
    pub fn toggle_watch(&mut self, client: usize, who: &str) {
        if !self.clients[client].runs() {
            return;
        }
        let who = name(who);
        let watched = &mut self.clients[client].watched;
        if watched.remove(&who) {
            self.act(client, |session, now| session.unwatch(&who, now));
        } else {
            watched.insert(who.clone());
            self.act(client, |session, now| session.watch(&who, now));
        }
    }

    /// Says whether somebody sits in front of the machine; all of its pages learn of it.
    pub fn set_idle(&mut self, client: usize, idle: bool) {
        let profile = self.clients[client].profile;
        for tab in 0..self.clients.len() {
            if self.clients[tab].profile == profile {
                self.clients[tab].idle = idle;
                if self.clients[tab].runs() {
                    self.tell_idle(tab);
                }
            }
        }
    }

    pub(super) fn tell_idle(&mut self, client: usize) {
        let idle_for = self.clients[client].idle.then_some(Span::from_secs(300));
        self.act(client, |session, now| session.set_idle(idle_for, now));
    }

    /// Says whether the user can see the page.
    pub fn set_visible(&mut self, client: usize, visible: bool) {
        if self.clients[client].runs() && self.clients[client].is_hidden == visible {
            self.clients[client].is_hidden = !visible;
            self.clients[client].back_at = self.now;
            self.act(client, |session, now| session.handle_visibility(visible, now));
        }
    }

    /// Switches a machine's network off or on: off, its connections swallow everything and no new one opens.
    pub fn set_network(&mut self, profile: usize, up: bool) {
        if self.profiles[profile].network_down != up {
            return;
        }
        self.profiles[profile].network_down = !up;
        for client in 0..self.clients.len() {
            if self.clients[client].profile == profile {
                if !up {
                    self.half_open(client);
                }
                if self.clients[client].runs() {
                    self.act(client, |session, now| session.handle_network(up, now));
                }
            }
        }
    }

    /// Switches the network of a page's machine off or on.
    pub fn toggle_network(&mut self, client: usize) {
        let profile = self.clients[client].profile;
        self.set_network(profile, self.profiles[profile].network_down);
    }

    /// Reloads the page: everything it knew is gone, and it does again what its user wants.
    pub fn reload(&mut self, client: usize) {
        if !self.clients[client].is_open {
            return;
        }
        self.vanish(client);
        let seed = self.random.next_number();
        self.clients[client].forget(seed);
        self.clients[client].is_hidden = false;
        if self.profiles[self.clients[client].profile].network_down {
            self.act(client, |session, now| session.handle_network(false, now));
        }
        for who in self.clients[client].watched.clone() {
            self.act(client, |session, now| session.watch(&who, now));
        }
        if self.clients[client].idle {
            self.tell_idle(client);
        }
        if self.clients[client].wanted {
            self.signin(client);
        }
    }

    /// Breaks the connection; both ends learn of it, what was on its way is lost.
    pub fn cut(&mut self, client: usize) {
        let Some(id) = self.clients[client].connection else { return };
        self.tally.breaks += 1;
        self.queue.lose(id);
        self.send(id, Towards::Client, Parcel::Closed);
        self.send(id, Towards::Hub, Parcel::Closed);
    }

    /// Makes the connection half-open: from now on it swallows everything, and neither end learns of it.
    pub fn half_open(&mut self, client: usize) {
        if let Some(id) = self.clients[client].connection
            && let Some(connection) = self.connections.get_mut(&id)
        {
            self.tally.half_open += 1;
            connection.swallows = true;
        }
    }

    pub(super) fn deliver(&mut self, id: ConnectionId, towards: Towards, parcel: Parcel) {
        let Some(connection) = self.connections.get(&id) else { return };
        if connection.swallows {
            return;
        }
        let client = connection.client;
        match towards {
            Towards::Hub => self.arrive_at_hub(id, parcel),
            Towards::Client if self.clients[client].connection != Some(id) => {}
            Towards::Client if parcel == Parcel::Probe => self.answer_probe(client, id),
            Towards::Client if !self.clients[client].runs() => {
                let what = Happening::Link { connection: id, towards, parcel };
                self.clients[client].inbox.push_back(what);
            }
            Towards::Client => self.arrive_at_client(client, parcel),
        }
    }

    /// A page that stands still does not hinder its browser.
    fn answer_probe(&mut self, client: usize, id: ConnectionId) {
        if self.clients[client].is_open && self.clients[client].pause != Pause::Asleep {
            self.send(id, Towards::Hub, Parcel::Pong);
        }
    }

    fn arrive_at_client(&mut self, client: usize, parcel: Parcel) {
        match parcel {
            Parcel::Opened => {
                self.act(client, |session, now| session.handle_link(LinkEvent::Opened, now));
            }
            Parcel::Text(text) => {
                // Numbered texts may come again, as after a break: whoever has seen the number ignores them.
                let again = text.contains("\"seq\":")
                    && !text.contains("\"snapshot\"")
                    && self.random.below(40) == 0;
                self.act(client, |session, now| session.handle_link(LinkEvent::Text(&text), now));
                if again && self.clients[client].connection.is_some() {
                    self.tally.repeated += 1;
                    self.act(client, |session, now| {
                        session.handle_link(LinkEvent::Text(&text), now);
                    });
                }
            }
            Parcel::Closed => {
                self.clients[client].connection = None;
                self.act(client, |session, now| session.handle_link(LinkEvent::Closed, now));
            }
            Parcel::Probe | Parcel::Pong => {}
        }
    }

    /// Does something to a session and then what the session wants.
    pub(super) fn act(&mut self, client: usize, how: impl FnOnce(&mut Page, Tick)) {
        how(&mut self.clients[client].session, self.now);
        while let Some(wish) = self.clients[client].session.poll_output() {
            match wish {
                Wish::WantToken { fresh } => self.find_token(client, fresh),
                Wish::OpenLink => self.dial(client),
                Wish::CloseLink => self.hang_up(client),
                Wish::Transmit(text) => {
                    if let Some(id) = self.clients[client].connection {
                        self.send(id, Towards::Hub, Parcel::Text(text));
                    }
                }
                Wish::Post(message) => self.post(client, &message),
                Wish::Lead(wish) => self.lead(client, wish),
                Wish::Event(event) => {
                    if ends(&event) && !self.may_end(client, &event) {
                        self.violated(&format!("client {client} was signed out: {event:?}"));
                    }
                    if let Err(what) = self.clients[client].hear(event) {
                        let user = self.clients[client].name.as_str();
                        self.violated(&format!("client {client} of {user}: {what}"));
                    }
                }
            }
        }
        self.look_at(client);
    }

    /// Whether there is a reason why a page may be signed out: its user wanted it, there or in another tab that may
    /// have heard of it late, or the server refuses even fresh tokens, also because the calendar was set forward, past
    /// their end, while they were on the way.
    fn may_end(&self, client: usize, event: &Event) -> bool {
        let recent = |at: Option<Tick>| at.is_some_and(|at| self.now.since(at) < HEARD_LATE);
        let is_refused =
            matches!(event, Event::Signin { hr, .. } if *hr == HResult::MSGR_E_INVALID_PASSWORD);
        if is_refused && self.clients[client].outrun {
            return true;
        }
        let profile = &self.profiles[self.clients[client].profile];
        self.locked_out || recent(self.locked_out_at) || recent(profile.signed_out_at)
    }

    fn find_token(&mut self, client: usize, fresh: bool) {
        let waits = self.session(client).my_status() == MiStatus::LocalFindingServer;
        if waits && self.join_tabs(client) {
            return;
        }
        self.give_token(client, fresh);
    }

    pub(super) fn give_token(&mut self, client: usize, fresh: bool) {
        if self.scarce_tokens && self.random.below(40) == 0 {
            let failure = TokenFailure { message: "the page's own server is away".to_owned() };
            self.act(client, |session, now| session.handle_token(Err(failure), now));
            return;
        }
        let kept = self.clients[client].token.clone().filter(|_| !fresh);
        let token = kept.unwrap_or_else(|| {
            let lifetime = match self.random.below(3) {
                // Long enough to arrive.
                0 if self.scarce_tokens => Span::from_millis(15_000 + self.random.below(120_000)),
                1 if self.scarce_tokens => Span::from_secs(600 + self.random.below(3_000)),
                _ => Span::from_secs(86_400),
            };
            self.clients[client].token_calendar = self.calendar;
            authority::token(&self.clients[client].name, self.wall() + lifetime)
        });
        self.clients[client].token = Some(token.clone());
        let token = Ok(Some(Token::new(token)));
        self.act(client, |session, now| session.handle_token(token, now));
    }

    fn dial(&mut self, client: usize) {
        self.hang_up(client);
        self.last_connection += 1;
        let id = ConnectionId(self.last_connection);
        let down = self.profiles[self.clients[client].profile].network_down;
        let weather = if down { Weather::Refusing } else { self.clients[client].weather };
        let connection = Connection::new(client, weather == Weather::Silent, self.now);
        self.connections.insert(id, connection);
        self.clients[client].connection = Some(id);
        match weather {
            Weather::Refusing => self.send(id, Towards::Client, Parcel::Closed),
            Weather::Fair | Weather::Silent => self.send(id, Towards::Hub, Parcel::Opened),
        }
    }

    pub(super) fn hang_up(&mut self, client: usize) {
        if let Some(id) = self.clients[client].connection.take() {
            self.send(id, Towards::Hub, Parcel::Closed);
        }
    }

    pub(super) fn send(&mut self, connection: ConnectionId, towards: Towards, parcel: Parcel) {
        let Some(known) = self.connections.get_mut(&connection) else { return };
        let at = known.arrival(towards, self.now, &mut self.random);
        self.queue.push(at, Happening::Link { connection, towards, parcel });
    }

    /// Lets a page go on that stood still: what arrived meanwhile is heard, before or after what is due.
    pub(super) fn wake_tab(&mut self, client: usize) {
        if !self.clients[client].is_open {
            return;
        }
        self.clients[client].back_at = self.now;
        match core::mem::replace(&mut self.clients[client].pause, Pause::None) {
            Pause::None => return,
            Pause::Suspended => self.act(client, Session::revive),
            Pause::Asleep | Pause::Frozen => {}
        }
        let timers_first = self.random.below(2) == 0;
        if timers_first {
            self.act(client, |session, now| session.handle_timeout(now));
        }
        while let Some(what) = self.clients[client].inbox.pop_front() {
            self.happen(what);
        }
        self.act(client, |session, now| session.handle_timeout(now));
        let down = self.profiles[self.clients[client].profile].network_down;
        self.act(client, |session, now| session.handle_network(!down, now));
        self.tell_idle(client);
    }
}
