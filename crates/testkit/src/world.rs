//! Several pages and one server in virtual time: the next thing that is due happens, until the time is over.

use std::collections::{BTreeMap, BTreeSet};

use mistatus_core::{
    limits::CREDENTIALS_BACKOFF_MAX,
    presence::{Intent, Source},
    session::{Event, Session},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, Tick, UnixMs},
};
use mistatus_hub::{ConnectionId, Hub, HubConfig, ServiceRequestId};
use mistatus_json::{JsonDialect, Text};

use crate::{
    client::{Client, Pause},
    link::{Connection, Weather},
    model::Model,
    profile::Profile,
    queue::{Happening, Queue},
    random::Random,
    store::Store,
    tally::Tally,
};

mod page;
mod server;
mod tabs;

/// The calendar at tick 0.
const EPOCH: u64 = 1_800_000_000_000;

/// Long enough that every broken connection has been found out, every wait is over, the longest of pages whose own server
/// had no token for them among them, and nobody lingers.
const QUIET: Span = Span::from_millis(CREDENTIALS_BACKOFF_MAX.as_millis() + 180_000);

/// Most things that may happen within one millisecond; more are a loop without an end.
const RESTLESS: u32 = 20_000;

/// How long after it was true a status may be shown as if it were: until a dead connection is found out (35 s), or a
/// leader that stands still and has a dead one, and the way of a text that the network held up.
const TRUE_WITHIN: Span = Span::from_secs(60);

/// How long a page that stood still, or was hidden, is not looked at.
const BACK: Span = Span::from_secs(45);

/// How often pages are looked at on which nothing happens.
const LOOK: Span = Span::from_secs(1);

/// The whole simulation: pages, links, server, store and the reference model.
pub struct World {
    seed: u64,
    random: Random,
    now: Tick,
    /// How much the server's calendar differs from [`EPOCH`] at tick 0.
    calendar: u64,
    pub(crate) clients: Vec<Client>,
    profiles: Vec<Profile>,
    config: HubConfig,
    hub: Hub,
    store: Store,
    /// Whether writes fail at the moment.
    store_fails: bool,
    pub(crate) model: Model,
    connections: BTreeMap<ConnectionId, Connection>,
    last_connection: u64,
    queue: Queue,
    looked_at: Tick,
    /// Whether tokens end soon, and cannot always be had.
    scarce_tokens: bool,
    /// Whether fresh tokens are refused, too.
    locked_out: bool,
    locked_out_at: Option<Tick>,
    /// Requests of services that have no outcome yet.
    pub(crate) asked_by_services: BTreeSet<ServiceRequestId>,
    last_request: u64,
    tally: Tally,
}

impl World {
    /// Makes a server that nobody has ever used.
    #[must_use]
    pub fn new(seed: u64, config: HubConfig) -> Self {
        Self {
            seed,
            random: Random::new(seed),
            now: Tick::default(),
            calendar: EPOCH,
            clients: Vec::new(),
            profiles: Vec::new(),
            hub: Hub::new(config.clone()),
            store: Store::default(),
            store_fails: false,
            model: Model::new(config.clone()),
            config,
            connections: BTreeMap::new(),
            last_connection: 0,
            asked_by_services: BTreeSet::new(),
            last_request: 0,
            queue: Queue::default(),
            looked_at: Tick::default(),
            scarce_tokens: false,
            locked_out: false,
            locked_out_at: None,
            tally: Tally::default(),
        }
    }

    /// Opens a page of a user that shares its connection with nobody, signed out; returns its number.
    pub fn open_page(&mut self, user: &str) -> usize {
        self.profiles.push(Profile::default());
        self.open_in(self.profiles.len() - 1, user)
    }

    /// Opens the first tab of a browser profile whose tabs share a connection, signed out; returns its number.
    pub fn open_browser(&mut self, user: &str) -> usize {
        self.profiles.push(Profile::sharing());
        self.open_in(self.profiles.len() - 1, user)
    }

    /// Opens one more tab beside a page, signed out; returns its number.
    pub fn open_tab(&mut self, beside: usize) -> usize {
        let (profile, user) = (self.clients[beside].profile, self.clients[beside].name.clone());
        self.open_in(profile, user.as_str())
    }

    fn open_in(&mut self, profile: usize, user: &str) -> usize {
        let seed = self.random.next_number();
        self.clients.push(Client::new(name(user), profile, seed));
        self.clients.len() - 1
    }

    /// Opens a page of a user and signs in; returns its number.
    pub fn join(&mut self, user: &str) -> usize {
        let client = self.open_page(user);
        self.signin(client);
        self.pass(Span::from_secs(10));
        client
    }

    /// Chooses a status without note or end.
    pub fn choose_status(&mut self, client: usize, status: MiStatus) {
        self.choose(client, Intent::chosen(status, Source::User));
    }

    /// Sets how new connections of a client fare.
    pub fn set_weather(&mut self, client: usize, weather: Weather) {
        self.clients[client].weather = weather;
    }

    /// Sets whether what the server writes becomes durable.
    pub fn set_store_fails(&mut self, fails: bool) {
        self.store_fails = fails;
    }

    /// Sets whether tokens end soon, and cannot always be had.
    pub fn set_scarce_tokens(&mut self, scarce: bool) {
        self.scarce_tokens = scarce;
    }

    /// Sets whether the server refuses fresh tokens, too.
    pub fn set_locked_out(&mut self, locked_out: bool) {
        if locked_out {
            self.locked_out_at = Some(self.now);
        }
        self.locked_out = locked_out;
    }

    /// Sets the server's calendar forward or back.
    pub fn jump_clock(&mut self, forward: bool, by: Span) {
        self.tally.clock_jumps += 1;
        let by = by.as_millis();
        self.calendar = if forward { self.calendar + by } else { self.calendar - by };
        if !(EPOCH / 2..EPOCH * 2).contains(&self.calendar) {
            self.calendar = EPOCH;
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
                if at.since(self.looked_at) >= LOOK {
                    self.look_at_all();
                }
            }
            at_once += 1;
            if at_once > RESTLESS {
                self.violated("something happens again and again without time passing");
            }
            self.do_one();
        }
        self.now = end;
    }

    /// Mends everything and lets enough time pass that everything has been found out.
    pub fn quiet(&mut self) {
        self.store_fails = false;
        // A token that could not be renewed must not end in the last moment.
        let scarce_tokens = core::mem::take(&mut self.scarce_tokens);
        if core::mem::take(&mut self.locked_out) {
            self.locked_out_at = Some(self.now);
        }
        for client in 0..self.clients.len() {
            self.clients[client].weather = Weather::Fair;
            self.wake_tab(client);
            self.set_visible(client, true);
        }
        for profile in 0..self.profiles.len() {
            self.set_network(profile, true);
        }
        self.pass(QUIET);
        self.scarce_tokens = scarce_tokens;
    }

    /// Returns the virtual time.
    #[must_use]
    pub const fn now(&self) -> Tick {
        self.now
    }

    /// Returns the server's virtual calendar.
    #[must_use]
    pub fn wall(&self) -> UnixMs {
        UnixMs::from_millis(self.calendar + self.now.as_millis())
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

    /// Returns what has happened so far, counted.
    #[must_use]
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// Panics with the seed and the time.
    pub(crate) fn violated(&self, what: &str) -> ! {
        panic!(
            "seed {}, step {}, at {} ms: {what}",
            self.seed,
            self.tally.steps,
            self.now.as_millis()
        )
    }

    fn next_due(&self) -> Option<Tick> {
        let hub = self.hub.poll_timeout().map(|(at, _)| at);
        let awake = self.clients.iter().filter(|client| client.runs());
        let sessions = awake.filter_map(|client| Some(client.session.poll_timeout()?.0)).min();
        let all = [hub, self.store.next(), self.queue.next(), sessions, self.tokens_due()];
        all.into_iter().flatten().min()
    }

    /// Does what is due now; the registry's deadlines first, so that it agrees with the model on who is gone.
    fn do_one(&mut self) {
        self.count_step();
        let is_due = |at: Option<Tick>| at.is_some_and(|at| at <= self.now);
        if is_due(self.hub.poll_timeout().map(|(at, _)| at)) {
            let wall = self.wall();
            self.model.expire(wall);
            self.hub.handle_timeout(self.now, wall);
            self.drain_hub();
        } else if is_due(self.tokens_due()) {
            self.look_at_tokens();
        } else if is_due(self.store.next()) {
            self.stored();
        } else if is_due(self.queue.next()) {
            if let Some(what) = self.queue.pop() {
                self.happen(what);
            }
        } else {
            for client in 0..self.clients.len() {
                let due = self.clients[client].session.poll_timeout();
                if self.clients[client].runs() && due.is_some_and(|(at, _)| at <= self.now) {
                    self.act(client, |session, now| session.handle_timeout(now));
                }
            }
        }
    }

    fn happen(&mut self, what: Happening) {
        match what {
            Happening::Link { connection, towards, parcel } => {
                self.deliver(connection, towards, parcel);
            }
            Happening::Wake { profile } => {
                for client in 0..self.clients.len() {
                    let known = &self.clients[client];
                    if known.profile == profile && known.pause == Pause::Asleep {
                        self.wake_tab(client);
                    }
                }
            }
            Happening::Peer { to, generation, .. } | Happening::Lock { to, generation, .. }
                if !self.clients[to].is_open || self.clients[to].generation != generation => {}
            Happening::Peer { to, .. } | Happening::Lock { to, .. } if !self.clients[to].runs() => {
                self.clients[to].inbox.push_back(what);
            }
            Happening::Peer { to, message, .. } => self.hear_peer(to, &message),
            Happening::Lock { to, ticket, granted, .. } => self.hear_of_lock(to, ticket, granted),
        }
    }

    pub(crate) fn count_step(&mut self) {
        self.tally.steps += 1;
    }

    pub(crate) fn count_agreement(&mut self) {
        self.tally.agreements += 1;
    }

    fn look_at_all(&mut self) {
        self.looked_at = self.now;
        for client in 0..self.clients.len() {
            self.look_at(client);
        }
        let (now, window, clients) = (self.now, Span::from_secs(30), &self.clients);
        self.connections.retain(|id, known| {
            // Without a greeting the server closes it, too.
            let lives = known.is_accepted && known.greeting.is_some();
            // What the server said last may still be on its way, or wait for a page that stands still.
            let is_heard = clients[known.client].connection == Some(*id);
            lives || is_heard || now.since(known.opened_at) < window
        });
    }

    /// What a page shows as true must have been true a moment ago (design §5, rule 3).
    fn look_at(&self, client: usize) {
        let known = &self.clients[client];
        // What the engine answered before a machine slept is taken for the answer to the question asked after: until a
        // dead link is found out, a page that is back may believe it.
        if !known.is_looked_at() || self.now.since(known.back_at) < BACK {
            return;
        }
        for person in known
            .session
            .contacts()
            .chain(known.watched.iter().filter_map(|watched| known.session.person(watched)))
        {
            let status = person.presence.status;
            if person.is_stale() || status == MiStatus::Unknown {
                continue;
            }
            let (viewer, subject) = (&known.name, &person.name);
            let truth = self.model.could_be_told(viewer, subject, TRUE_WITHIN, self.now);
            if !truth.contains(status) {
                self.violated(&format!(
                    "client {client} of {} shows {status:?} of {}, which was {:?} for {} s",
                    viewer.as_str(),
                    subject.as_str(),
                    truth.list(),
                    TRUE_WITHIN.as_millis() / 1000
                ));
            }
        }
    }
}

impl Client {
    /// Whether it can hear and do anything.
    pub(crate) fn runs(&self) -> bool {
        self.is_open && self.pause == Pause::None
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
