//! The registry itself: takes inputs, keeps what is known, queues outputs.
//!
//! Call one input, drain [`Hub::poll_output`] to `None`, look at [`Hub::poll_timeout`], then call the next.
//! Same inputs, same outputs, same order.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use mistatus_core::{
    chat::ChatMessage,
    friendly_name,
    hresult::HResult,
    idle::{IdleAfter, IdleChoice},
    limits::IDLE_AFTER_DEFAULT,
    message::{ClientMessage, Notice},
    presence::{Intent, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, Tick, UnixMs},
};

use crate::{
    account::Account,
    audience::Audience,
    claims::Claims,
    client::{Activity, Client, ClientId, Link},
    config::HubConfig,
    directory::Directory,
    inbox::Taken,
    io::{
        Arrival, Closing, ConnectionId, Departure, HiddenRecord, MessagesRecord, Output, Query,
        StoreError, Ticket, Timer, UserRecord, Write,
    },
    jobs::{Continuation, DirectoryQueue, NOT_LISTED, TellOwner},
    relations::Relations,
    timers::Timers,
    undelivered::{Amount, Undelivered},
};

/// The registry of one server.
pub struct Hub {
    pub(crate) config: HubConfig,
    pub(crate) now: Tick,
    pub(crate) wall: UnixMs,
    pub(crate) accounts: BTreeMap<SigninName, Account>,
    /// Clients that wait until their user is stored, with the requests that they sent meanwhile.
    pub(crate) joining: BTreeMap<ConnectionId, Vec<ClientMessage>>,
    /// Which client speaks by which connection.
    pub(crate) connections: BTreeMap<ConnectionId, ClientId>,
    pub(crate) clients: BTreeMap<ClientId, Client>,
    pub(crate) last_client: u64,
    /// About how much is kept for lost clients.
    pub(crate) lost_bytes: usize,
    pub(crate) audience: Audience,
    pub(crate) waiting: BTreeMap<Ticket, Continuation>,
    pub(crate) last_ticket: u64,
    /// The last number given to a message.
    pub(crate) last_message: u64,
    pub(crate) undelivered: Undelivered,
    /// Whom the company says there is, where it does.
    pub(crate) directory: Option<Directory>,
    pub(crate) directory_queue: DirectoryQueue,
    /// Whom the store is about to take out.
    pub(crate) leaving: BTreeSet<SigninName>,
    pub(crate) timers: Timers,
    pub(crate) outputs: VecDeque<Output>,
}

impl Hub {
    /// Makes an empty registry.
    #[must_use]
    pub fn new(config: HubConfig) -> Self {
        Self {
            config,
            now: Tick::default(),
            wall: UnixMs::default(),
            accounts: BTreeMap::new(),
            joining: BTreeMap::new(),
            connections: BTreeMap::new(),
            clients: BTreeMap::new(),
            last_client: 0,
            lost_bytes: 0,
            audience: Audience::default(),
            waiting: BTreeMap::new(),
            last_ticket: 0,
            last_message: 0,
            undelivered: Undelivered::default(),
            directory: None,
            directory_queue: DirectoryQueue::default(),
            leaving: BTreeSet::new(),
            timers: Timers::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes what the store holds of one user. Only before the first [`Hub::connect`].
    ///
    /// Until the damping time is over the user is UNKNOWN and not OFFLINE: a restart is not a departure.
    pub fn restore(&mut self, record: UserRecord, now: Tick, wall: UnixMs) {
        self.tell_time(now, wall);
        let is_forbidden = record.intent.status == MiStatus::Invisible && !self.config.may_hide;
        let ended = is_forbidden || record.intent.until.is_some_and(|until| until <= wall);
        let intent = if ended { Intent::ended() } else { record.intent };
        if let Some(until) = intent.until {
            self.timers.expiries.insert((until, record.name.clone()));
        }
        let friendly_name = record.friendly_name.and_then(|name| friendly_name::clean(&name));
        let mut account = Account::new(record.name.clone(), friendly_name, intent);
        for contact in record.contacts {
            account.contacts.push(contact);
        }
        account.chosen_at = record.chosen_at.filter(|_| !ended);
        let blocked = record.relations.blocked.clone();
        account.relations = Relations::restored(record.relations);
        account.restore_views(record.deferred, &blocked);
        let listed = &account.contacts;
        account.relations.requests.retain(|(from, _)| !listed.contains(from));
        account.claims = Claims::restored(record.claims, record.ignored);
        account.claims.advance(self.wall);
        account.idle = record.idle;
        self.timers.move_claim(&record.name, None, account.claims.next_edge());
        account.await_return();
        let settled = self.now + self.config.damping;
        self.timers.departures.insert((settled, record.name.clone()));
        self.accounts.insert(record.name, account);
    }

    /// Takes what the store holds of messages. After every [`Hub::restore`], and before the first [`Hub::connect`].
    pub fn restore_messages(&mut self, record: MessagesRecord) {
        self.last_message = record.last;
        for message in record.waiting {
            if let Some(account) = self.accounts.get_mut(&message.to) {
                let amount = Amount::of(&message);
                self.undelivered.add(&message.from, &message.to, amount, false);
                account.inbox.put(Arc::new(message));
            }
        }
        for message in record.confirmed {
            if let Some(account) = self.accounts.get_mut(&message.to) {
                let amount = Amount::of(&message);
                self.undelivered.add(&message.from, &message.to, amount, false);
                let taken = Taken { up_to: message.id, amount };
                account.inbox.keep_untold(message.from, taken);
            }
        }
        for HiddenRecord { writer, reader, amount } in record.hidden {
            self.undelivered.add(&writer, &reader, amount, true);
        }
        for (reader, writer, id) in record.unread {
            if let Some(account) = self.accounts.get_mut(&reader) {
                account.unread.insert(&writer, id);
            }
        }
    }

    /// Takes a new connection of a user whose identity has been made sure of.
    ///
    /// `SignedIn` and `Snapshot` come out, for a new user once the store has it; or, where the arrival goes on with
    /// another connection, `SignedIn` and the notices that were missed, and that one is closed if it still lives.
    pub fn connect(
        &mut self,
        connection: ConnectionId,
        mut arrival: Arrival,
        now: Tick,
        wall: UnixMs,
    ) {
        self.tell_time(now, wall);
        if !self.stays(&arrival.name) {
            let hr = HResult::MSGR_E_USER_NOT_FOUND;
            return self.turn_away(connection, hr, NOT_LISTED.to_owned(), Closing::NotListed);
        }
        // What the company calls somebody goes before what they call themselves.
        let is_named = self.shown_name(&arrival.name, None).is_some();
        let own_name = arrival.friendly_name.filter(|_| !is_named);
        arrival.friendly_name = own_name.and_then(|name| friendly_name::clean(&name));
        let to_store = match self.accounts.get(&arrival.name) {
            None => Some(arrival.friendly_name.clone()),
            // Whoever is invisible must not be given away by a new friendly name.
            Some(account) => (arrival.friendly_name.is_some()
                && arrival.friendly_name != account.stored_friendly_name
                && account.intent.status != MiStatus::Invisible
                && !self.has_too_many_clients(&arrival))
            .then(|| arrival.friendly_name.clone()),
        };
        match to_store {
            Some(friendly_name) => {
                let write = Write::PutUser { name: arrival.name.clone(), friendly_name };
                self.joining.insert(connection, Vec::new());
                self.store(write, Continuation::Join { connection, arrival });
            }
            None => self.join(connection, arrival),
        }
    }

    /// Takes the end of a connection; one that the registry asked to close need not be reported.
    pub fn disconnect(
        &mut self,
        connection: ConnectionId,
        departure: Departure,
        now: Tick,
        wall: UnixMs,
    ) {
        self.tell_time(now, wall);
        self.leave(connection, departure);
    }

    /// Takes that the other end answered an [`Output::Probe`]: the machine is there and has its network, whether or not
    /// the client itself can speak now.
    pub fn handle_pong(&mut self, connection: ConnectionId, now: Tick, wall: UnixMs) {
        self.tell_time(now, wall);
        let Some(client) = self.connections.get(&connection) else { return };
        let Some(known) = self.clients.get_mut(client) else { return };
        if let Link::Up { pulse, .. } = &mut known.link {
            pulse.heard = self.now;
            pulse.is_asked = false;
        }
    }

    /// Takes the result of a write. Results come in the order of the tickets.
    pub fn handle_stored(
        &mut self,
        ticket: Ticket,
        result: Result<(), StoreError>,
        now: Tick,
        wall: UnixMs,
    ) {
        self.tell_time(now, wall);
        match self.waiting.remove(&ticket) {
            Some(Continuation::Join { connection, arrival }) => {
                self.join_stored(connection, arrival, result)
            }
            Some(Continuation::Job { owner, job, effect }) => {
                self.job_stored(&owner, job, effect, result);
            }
            Some(Continuation::Service { owner, id, write }) => {
                self.service_job_stored(&owner, id, write, result);
            }
            Some(Continuation::Directory { id, put, removed }) => {
                self.directory_stored(id, put, removed, result);
            }
            Some(Continuation::Message { owner, job, sent }) => {
                self.message_stored(&owner, &job, sent, result);
            }
            Some(Continuation::Confirmed { owner, from, taken, told }) => {
                self.confirmation_stored(&owner, from, taken, told, result);
            }
            Some(Continuation::Read { owner, from, read }) => {
                self.mark_stored(&owner, &from, &read, result);
            }
            Some(
                Continuation::Lookup { .. } | Continuation::History { .. } | Continuation::Nobody,
            )
            | None => {}
        }
    }

    /// Takes what was looked up.
    pub fn handle_fetched(
        &mut self,
        ticket: Ticket,
        result: Result<Vec<ChatMessage>, StoreError>,
        now: Tick,
        wall: UnixMs,
    ) {
        self.tell_time(now, wall);
        match self.waiting.remove(&ticket) {
            Some(Continuation::Lookup { owner, job }) => {
                self.message_looked_up(&owner, job, result)
            }
            Some(Continuation::History { client, id, owner }) => {
                self.history_read(client, id, &owner, result);
            }
            _ => {}
        }
    }

    /// Does what is due. Early or twice does nothing.
    pub fn handle_timeout(&mut self, now: Tick, wall: UnixMs) {
        self.tell_time(now, wall);
        // Claims that are due with something else of a user change with it.
        while let Some((_, name)) = pop_due(&mut self.timers.departures, self.now) {
            self.depart(&name);
        }
        while let Some((_, name)) = pop_due(&mut self.timers.expiries, self.wall) {
            self.set_intent(&name, Intent::ended(), TellOwner::OfChanges);
        }
        while let Some((_, name)) = pop_due(&mut self.timers.claims, self.wall) {
            self.change(&name, TellOwner::OfChanges, Source::Expiry, |account| {
                account.claims.advance(wall);
            });
        }
        while let Some((_, client)) = pop_due(&mut self.timers.windows, self.now) {
            self.forget(client);
        }
        while let Some((_, connection)) = pop_due(&mut self.timers.heartbeats, self.now) {
            self.check_pulse(connection);
        }
    }

    /// Says goodbye to everybody; clients come back spread evenly over `spread`.
    pub fn shutdown(&mut self, spread: Span) {
        let all: Vec<_> =
            self.connections.keys().copied().chain(self.joining.keys().copied()).collect();
        let count = all.len().max(1) as u64;
        for (place, connection) in all.into_iter().enumerate() {
            let share = spread.as_millis().saturating_mul(place as u64) / count;
            let bye = Notice::Bye {
                hr: HResult::MSGR_E_SERVER_SHUTDOWN,
                retry_after: Some(Span::from_millis(share)),
                message: Some("the server is going down".to_owned()),
            };
            self.outputs.push_back(Output::Notify(connection, bye));
            self.outputs.push_back(Output::Close(connection, Closing::Shutdown));
            self.leave(connection, Departure::Lost);
        }
    }

    /// Returns the next thing to do; call until `None` after every input.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Returns when to call [`Hub::handle_timeout`], and why; ask again after every input.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Tick, Timer)> {
        self.timers.next(self.now, self.wall)
    }

    /// Returns how many connections there are, signed in or about to be.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.len() + self.joining.len()
    }

    /// Returns how many clients have lost their connection and may still go on with it.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.timers.windows.len()
    }

    pub(crate) fn tell_time(&mut self, now: Tick, wall: UnixMs) {
        self.now = self.now.max(now);
        self.wall = wall;
    }

    pub(crate) fn store(&mut self, write: Write, waiting: Continuation) {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        self.waiting.insert(ticket, waiting);
        self.outputs.push_back(Output::Store(ticket, write));
    }

    pub(crate) fn look_up(&mut self, query: Query, waiting: Continuation) {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        self.waiting.insert(ticket, waiting);
        self.outputs.push_back(Output::Fetch(ticket, query));
    }

    /// Replaces an intent, also by the same one, and its end among the timers.
    pub(crate) fn set_intent(&mut self, name: &SigninName, intent: Intent, tell: TellOwner) {
        let Some(account) = self.accounts.get(name) else { return };
        if let Some(until) = account.intent.until {
            self.timers.expiries.remove(&(until, name.clone()));
        }
        if let Some(until) = intent.until {
            self.timers.expiries.insert((until, name.clone()));
        }
        let (wall, source) = (self.wall, intent.source);
        self.change(name, tell, source, |account| {
            account.intent = intent;
            account.chosen_at = Some(wall);
            account.claims.advance(wall);
        });
    }

    /// Whoever of a user lingered for long enough is gone. A choice that ends at the same moment ends with it: what is
    /// true after only one of the two was never true.
    fn depart(&mut self, name: &SigninName) {
        let (now, wall) = (self.now, self.wall);
        let Some(account) = self.accounts.get(name) else { return };
        let settles = account.may_return;
        let end = account.intent.until.filter(|until| *until <= wall);
        if let Some(end) = end {
            self.timers.expiries.remove(&(end, name.clone()));
        }
        // Who is left may be idle.
        let cause = end.map_or(Source::Idle, |_| Source::Expiry);
        self.change(name, TellOwner::OfChanges, cause, |account| {
            account.lingering.retain(|gone| gone.until > now);
            account.may_return = false;
            account.claims.advance(wall);
            if end.is_some() {
                account.intent = Intent::ended();
                account.chosen_at = Some(wall);
            }
        });
        if settles {
            self.tell_those_it_is_gone_for(name);
        }
    }

    fn check_pulse(&mut self, connection: ConnectionId) {
        let now = self.now;
        let Some(client) = self.connections.get(&connection).copied() else { return };
        let Some(known) = self.clients.get_mut(&client) else { return };
        let Link::Up { pulse, .. } = &mut known.link else { return };
        if pulse.is_asked {
            self.outputs.push_back(Output::Close(connection, Closing::Silent));
            self.leave(connection, Departure::Lost);
            return;
        }
        let next = if now.since(pulse.heard) < self.config.heartbeat {
            pulse.heard + self.config.heartbeat
        } else {
            pulse.is_asked = true;
            self.outputs.push_back(Output::Probe(connection));
            if !core::mem::replace(&mut pulse.is_client_asked, true) {
                self.outputs.push_back(Output::Notify(connection, Notice::Ping));
            }
            now + self.config.heartbeat_grace
        };
        // Of a page that lives nothing is heard for a heartbeat, so that a shorter threshold says nothing here.
        let choice = self.accounts.get(&known.user).map_or(IdleChoice::NONE, |user| user.idle);
        let after = choice.after.map_or(IDLE_AFTER_DEFAULT, IdleAfter::span);
        let silent_after = after.max(IDLE_AFTER_DEFAULT);
        let is_silent = now.since(pulse.spoke) >= silent_after && !pulse.is_silent;
        self.timers.heartbeats.insert((next, connection));
        if is_silent {
            self.count_as_idle(client);
        }
    }

    /// A client that cannot speak cannot say either that nobody is there.
    fn count_as_idle(&mut self, client: ClientId) {
        let Some(known) = self.clients.get_mut(&client) else { return };
        let Some(account) = self.accounts.get(&known.user) else { return };
        let Link::Up { pulse, .. } = &mut known.link else { return };
        if account.connected.get(&client) == Some(&Activity::Active) {
            pulse.is_silent = true;
            self.set_activity(client, Activity::Idle);
        }
    }
}

fn pop_due<T: Ord + Copy, N: Ord>(timers: &mut BTreeSet<(T, N)>, now: T) -> Option<(T, N)> {
    if timers.first().is_some_and(|(at, _)| *at <= now) { timers.pop_first() } else { None }
}
