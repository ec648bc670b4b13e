//! Several pages and one server in virtual time: the next thing that is due happens, until the time is over.

use std::collections::BTreeMap;

use mistatus_core::{
    presence::{Intent, Source},
    session::{Event, LinkEvent, Output as Wish, Session},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, Tick, UnixMs},
};
use mistatus_hub::{ClientId, Hub, HubConfig};
use mistatus_json::{JsonDialect, Text};

use crate::{
    client::Client,
    link::{Connection, Parcel, Towards, Weather},
    model::Model,
    random::Random,
    store::Store,
};

mod server;

/// The calendar at tick 0.
const EPOCH: u64 = 1_800_000_000_000;

/// Long enough that every broken connection has been found out, every wait is over and nobody lingers.
const QUIET: Span = Span::from_secs(180);

/// Most things that may happen within one millisecond; more are a loop without an end.
const RESTLESS: u32 = 20_000;

/// Is everything: pages, links, server, store and the truth.
pub struct World {
    seed: u64,
    random: Random,
    now: Tick,
    pub(crate) clients: Vec<Client>,
    config: HubConfig,
    hub: Hub,
    store: Store,
    pub(crate) model: Model,
    connections: BTreeMap<ClientId, Connection>,
    last_connection: u64,
    /// What is on the way, by arrival and then by departure.
    parcels: BTreeMap<(Tick, u64), (ClientId, Towards, Parcel)>,
    last_parcel: u64,
}

impl World {
    /// Makes a server that nobody has ever used.
    #[must_use]
    pub fn new(seed: u64, config: HubConfig) -> Self {
        Self {
            seed,
            random: Random::new(seed),
            now: Tick::default(),
            clients: Vec::new(),
            hub: Hub::new(config.clone()),
            store: Store::default(),
            model: Model::new(config.clone()),
            config,
            connections: BTreeMap::new(),
            last_connection: 0,
            parcels: BTreeMap::new(),
            last_parcel: 0,
        }
    }

    /// Opens a page of a user, signed out; returns its number.
    pub fn open_page(&mut self, user: &str) -> usize {
        let seed = self.random.next_number();
        self.clients.push(Client::new(name(user), seed));
        self.clients.len() - 1
    }

    /// Opens a page of a user and signs in; returns its number.
    pub fn join(&mut self, user: &str) -> usize {
        let client = self.open_page(user);
        self.signin(client);
        self.pass(Span::from_secs(10));
        client
    }

    /// Signs in; does nothing where that is under way already, or a sign-out is.
    pub fn signin(&mut self, client: usize) {
        if self.session(client).my_status() == MiStatus::LocalDisconnectingFromServer {
            return;
        }
        self.clients[client].wanted = true;
        self.act(client, |session, now| _ = session.signin(now));
    }

    /// Signs out; does nothing where that is under way already.
    pub fn signout(&mut self, client: usize) {
        self.clients[client].wanted = false;
        self.act(client, |session, now| _ = session.signout(now));
    }

    /// Chooses a status; does nothing while signed out.
    pub fn choose(&mut self, client: usize, intent: Intent) {
        self.act(client, |session, now| _ = session.set_status(intent, now));
    }

    /// Chooses a status without note or end.
    pub fn choose_status(&mut self, client: usize, status: MiStatus) {
        self.choose(client, Intent::chosen(status, Source::User));
    }

    /// Asks for somebody to be put on the list.
    pub fn add_contact(&mut self, client: usize, who: &str) {
        self.act(client, |session, now| _ = session.add_contact(name(who), now));
    }

    /// Asks for somebody to be taken off the list.
    pub fn remove_contact(&mut self, client: usize, who: &str) {
        self.act(client, |session, now| _ = session.remove_contact(name(who), now));
    }

    /// Follows somebody, or stops if the page does already.
    pub fn toggle_watch(&mut self, client: usize, who: &str) {
        let who = name(who);
        let watched = &mut self.clients[client].watched;
        if watched.remove(&who) {
            self.act(client, |session, now| session.unwatch(&who, now));
        } else {
            watched.insert(who.clone());
            self.act(client, |session, now| session.watch(&who, now));
        }
    }

    /// Says whether somebody sits in front of the page.
    pub fn set_idle(&mut self, client: usize, idle: bool) {
        self.clients[client].idle = idle;
        let idle_for = idle.then_some(Span::from_secs(300));
        self.act(client, |session, now| session.set_idle(idle_for, now));
    }

    /// Reloads the page: everything it knew is gone, and it does again what its user wants.
    pub fn reload(&mut self, client: usize) {
        self.hang_up(client);
        let seed = self.random.next_number();
        self.clients[client].forget(seed);
        for who in self.clients[client].watched.clone() {
            self.act(client, |session, now| session.watch(&who, now));
        }
        if self.clients[client].idle {
            self.set_idle(client, true);
        }
        if self.clients[client].wanted {
            self.signin(client);
        }
    }

    /// Sets how new connections of a client fare.
    pub fn set_weather(&mut self, client: usize, weather: Weather) {
        self.clients[client].weather = weather;
    }

    /// Breaks the connection; both ends learn of it, what was on its way is lost.
    pub fn cut(&mut self, client: usize) {
        let Some(id) = self.clients[client].connection else { return };
        self.parcels.retain(|_, (connection, ..)| *connection != id);
        self.send(id, Towards::Client, Parcel::Closed);
        self.send(id, Towards::Hub, Parcel::Closed);
    }

    /// Makes the connection half-open: from now on it swallows everything, and neither end learns of it.
    pub fn half_open(&mut self, client: usize) {
        if let Some(id) = self.clients[client].connection
            && let Some(connection) = self.connections.get_mut(&id)
        {
            connection.swallows = true;
        }
    }

    /// Lets time pass, and everything happen that is due in it.
    pub fn pass(&mut self, span: Span) {
        let end = self.now + span;
        let mut at_once = 0;
        while let Some(at) = self.next_due().filter(|at| *at <= end) {
            if at > self.now {
                self.now = at;
                at_once = 0;
            }
            at_once += 1;
            if at_once > RESTLESS {
                self.violated("something happens again and again without time passing");
            }
            self.do_one();
        }
        self.now = end;
    }

    /// Mends all links and lets enough time pass that everything has been found out.
    pub fn quiet(&mut self) {
        for client in &mut self.clients {
            client.weather = Weather::Fair;
        }
        self.pass(QUIET);
    }

    /// Returns the virtual time.
    #[must_use]
    pub const fn now(&self) -> Tick {
        self.now
    }

    /// Returns the virtual calendar.
    #[must_use]
    pub fn wall(&self) -> UnixMs {
        UnixMs::from_millis(EPOCH + self.now.as_millis())
    }

    /// Returns what a page knows.
    #[must_use]
    pub fn session(&self, client: usize) -> &Session<JsonDialect<Text>> {
        &self.clients[client].session
    }

    /// Returns the status that a page shows of somebody; UNKNOWN where it shows nobody.
    #[must_use]
    pub fn seen(&self, client: usize, who: &str) -> MiStatus {
        let person = self.session(client).person(&name(who));
        person.map_or(MiStatus::Unknown, |person| person.presence.status)
    }

    /// Returns what a page was told since the last call.
    pub fn events(&mut self, client: usize) -> Vec<Event> {
        self.clients[client].events.drain(..).collect()
    }

    /// Panics with the seed and the time.
    pub(crate) fn violated(&self, what: &str) -> ! {
        panic!("seed {}, at {} ms: {what}", self.seed, self.now.as_millis())
    }

    fn next_due(&self) -> Option<Tick> {
        let hub = self.hub.poll_timeout().map(|(at, _)| at);
        let parcel = self.parcels.keys().next().map(|(at, _)| *at);
        let sessions = self.clients.iter().filter_map(|c| Some(c.session.poll_timeout()?.0)).min();
        [hub, self.store.next(), parcel, sessions].into_iter().flatten().min()
    }

    /// Does what is due now; the registry's deadlines first, so that it agrees with the model on who is gone.
    fn do_one(&mut self) {
        if self.hub.poll_timeout().is_some_and(|(at, _)| at <= self.now) {
            self.hub.handle_timeout(self.now, self.wall());
            self.drain_hub();
        } else if self.store.next().is_some_and(|at| at <= self.now) {
            self.stored();
        } else if self.parcels.keys().next().is_some_and(|(at, _)| *at <= self.now) {
            if let Some((_, (connection, towards, parcel))) = self.parcels.pop_first() {
                self.deliver(connection, towards, parcel);
            }
        } else {
            for client in 0..self.clients.len() {
                self.act(client, |session, now| session.handle_timeout(now));
            }
        }
    }

    fn deliver(&mut self, id: ClientId, towards: Towards, parcel: Parcel) {
        let Some(connection) = self.connections.get(&id) else { return };
        if connection.swallows {
            return;
        }
        let client = connection.client;
        match towards {
            Towards::Hub => self.arrive_at_hub(id, parcel),
            Towards::Client if self.clients[client].connection == Some(id) => {
                self.arrive_at_client(client, parcel);
            }
            Towards::Client => {}
        }
    }

    fn arrive_at_client(&mut self, client: usize, parcel: Parcel) {
        match parcel {
            Parcel::Opened => {
                self.clients[client].opened();
                self.act(client, |session, now| session.handle_link(LinkEvent::Opened, now));
            }
            Parcel::Text(text) => {
                if let Err(what) = self.clients[client].tap(&text) {
                    self.violated(&format!("client {client}: {what}"));
                }
                self.act(client, |session, now| session.handle_link(LinkEvent::Text(&text), now));
            }
            Parcel::Closed => {
                self.clients[client].connection = None;
                self.act(client, |session, now| session.handle_link(LinkEvent::Closed, now));
            }
        }
    }

    /// Does something to a session and then what the session wants.
    fn act(&mut self, client: usize, how: impl FnOnce(&mut Session<JsonDialect<Text>>, Tick)) {
        how(&mut self.clients[client].session, self.now);
        while let Some(wish) = self.clients[client].session.poll_output() {
            match wish {
                Wish::WantToken { .. } => {
                    self.clients[client].session.handle_token(Ok(None), self.now);
                }
                Wish::OpenLink => self.dial(client),
                Wish::CloseLink => self.hang_up(client),
                Wish::Transmit(text) => {
                    if let Some(id) = self.clients[client].connection {
                        self.send(id, Towards::Hub, Parcel::Text(text));
                    }
                }
                // Pages of the simulation have a connection each.
                Wish::Post(_) | Wish::Lead(_) => {}
                Wish::Event(event) => {
                    if let Err(what) = self.clients[client].hear(event) {
                        self.violated(&format!("client {client}: {what}"));
                    }
                }
            }
        }
    }

    fn dial(&mut self, client: usize) {
        self.hang_up(client);
        self.last_connection += 1;
        let id = ClientId(self.last_connection);
        let weather = self.clients[client].weather;
        self.connections.insert(id, Connection::new(client, weather == Weather::Silent));
        self.clients[client].connection = Some(id);
        match weather {
            Weather::Refusing => self.send(id, Towards::Client, Parcel::Closed),
            Weather::Fair | Weather::Silent => self.send(id, Towards::Hub, Parcel::Opened),
        }
    }

    fn hang_up(&mut self, client: usize) {
        if let Some(id) = self.clients[client].connection.take() {
            self.send(id, Towards::Hub, Parcel::Closed);
        }
    }

    fn send(&mut self, id: ClientId, towards: Towards, parcel: Parcel) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let at = connection.arrival(towards, self.now, &mut self.random);
        self.last_parcel += 1;
        self.parcels.insert((at, self.last_parcel), (id, towards, parcel));
    }
}

/// Takes a text as a sign-in name.
///
/// # Panics
/// The text is none.
#[must_use]
pub fn name(text: &str) -> SigninName {
    SigninName::parse(text).expect("tests use valid names")
}
