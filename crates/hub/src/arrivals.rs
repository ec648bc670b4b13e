//! How clients come, go on after a break, and go.

use mistatus_core::{
    hresult::HResult,
    limits::TOO_MANY_SESSIONS_RETRY,
    message::{Notice, Seq, Welcome},
    presence::{Intent, Source},
    signin_name::SigninName,
};

use crate::{
    account::{Account, Lingering},
    client::{Activity, Client, ClientId, Link, Pulse},
    hub::Hub,
    io::{Arrival, Closing, ConnectionId, Departure, Output, StoreError},
    jobs::{NOT_LISTED, TellOwner},
};

impl Hub {
    /// Goes on with a sign-in once the user is stored.
    pub(crate) fn join_stored(
        &mut self,
        connection: ConnectionId,
        mut arrival: Arrival,
        result: Result<(), StoreError>,
    ) {
        let early = self.joining.remove(&connection);
        let waits = early.is_some();
        if !self.stays(&arrival.name) {
            if waits {
                let hr = HResult::MSGR_E_USER_NOT_FOUND;
                self.turn_away(connection, hr, NOT_LISTED.to_owned(), Closing::NotListed);
            }
            return;
        }
        match (self.accounts.get_mut(&arrival.name), result) {
            (Some(account), Ok(())) => account.stored_friendly_name = arrival.friendly_name.clone(),
            // A new name is no reason to turn away somebody who is known.
            (Some(_), Err(StoreError)) => arrival.friendly_name = None,
            (None, Ok(())) => {
                let account = Account::new(
                    arrival.name.clone(),
                    arrival.friendly_name.clone(),
                    Intent::AUTOMATIC,
                );
                self.accounts.insert(arrival.name.clone(), account);
                self.collect_requests(&arrival.name);
                if !waits {
                    // Nobody comes any more, but from unknown the user has become offline.
                    self.announce(&arrival.name);
                    self.report_presence(&arrival.name);
                }
            }
            (None, Err(StoreError)) => {
                if waits {
                    self.turn_away(
                        connection,
                        HResult::MSGR_E_SERVER_UNAVAILABLE,
                        "the server cannot store anything at the moment".to_owned(),
                        Closing::StoreFailed,
                    );
                }
                return;
            }
        }
        if let Some(early) = early {
            self.join(connection, arrival);
            for message in early {
                self.take_message(connection, message);
            }
        }
    }

    /// Signs a client of a known user in: goes on with an earlier connection where that is possible, else anew.
    pub(crate) fn join(&mut self, connection: ConnectionId, arrival: Arrival) {
        if self.has_too_many_clients(&arrival) {
            let message = format!(
                "this user has {} connections; more are not allowed",
                self.config.clients_max
            );
            let hr = HResult::MSGR_E_TOO_MANY_SESSIONS;
            return self.turn_away(connection, hr, message, Closing::TooManyClients);
        }
        let former = self.former_client(&arrival);
        if let Some(former) = former {
            self.hang_up(former);
        }
        let Arrival { name, friendly_name, idle_for, resume_token, resume } = arrival;
        let knows_earlier = resume.is_some();
        let resumed = former.zip(resume).filter(|(client, resume)| {
            self.clients.get(client).is_some_and(|known| known.backlog.reaches(resume.seen))
        });
        let client = match (&resumed, former) {
            (Some((client, _)), _) => *client,
            (None, former) => {
                if let Some(former) = former {
                    self.forget(former);
                }
                self.last_client += 1;
                ClientId(self.last_client)
            }
        };
        let welcome = |account: &Account| Welcome {
            friendly_name: self
                .shown_name(
                    &name,
                    friendly_name.as_ref().or(account.friendly_name.as_ref()).cloned(),
                )
                .unwrap_or_else(|| name.as_str().to_owned()),
            name: name.clone(),
            heartbeat: self.config.heartbeat,
            server_time: self.wall,
            resume: resume_token.clone(),
            resumed: resumed.is_some(),
        };
        let Some(welcome) = self.accounts.get(&name).map(welcome) else { return };
        self.connections.insert(connection, client);
        self.timers.heartbeats.insert((self.now + self.config.heartbeat, connection));
        let appear = |account: &mut Account| {
            // It takes the place of what it goes on with, also where it has to start anew.
            account.connected.retain(|client, _| Some(*client) != former);
            account.lingering.retain(|gone| Some(gone.client) != former);
            let is_first = account.connected.is_empty() && account.lingering.is_empty();
            account.connected.insert(client, Activity::from_idle_for(idle_for));
            if is_first && account.may_return && knows_earlier {
                account.resume_own();
            }
            if friendly_name.is_some() {
                account.friendly_name = friendly_name.clone();
            }
        };
        let link = Link::Up { connection, pulse: Pulse::new(self.now) };
        if let Some((client, resume)) = resumed {
            self.outputs.push_back(Output::Notify(connection, Notice::SignedIn(welcome)));
            self.no_longer_lost(client);
            if let Some(known) = self.clients.get_mut(&client) {
                known.link = link;
                known.keys.renew(resume_token, resume.token);
            }
            self.replay(client, connection, resume.seen);
            self.change(&name, TellOwner::OfChanges, Source::Idle, appear);
            return;
        }
        self.change(&name, TellOwner::OfChanges, Source::Idle, appear);
        if let Some(account) = self.accounts.get_mut(&name) {
            account.clients.insert(client);
            for contact in account.contacts.iter() {
                self.audience.join(contact, client);
            }
        }
        self.clients.insert(client, Client::new(name.clone(), link, resume_token));
        self.outputs.push_back(Output::Notify(connection, Notice::SignedIn(welcome)));
        self.send_snapshot(client);
        self.tell_waiting(&name);
    }

    /// Ends a connection: a sign-out ends its client, too, a loss leaves it the time to come back.
    pub(crate) fn leave(&mut self, connection: ConnectionId, departure: Departure) {
        self.joining.remove(&connection);
        let Some(client) = self.connections.remove(&connection) else { return };
        let Some(name) = self.clients.get(&client).map(|known| known.user.clone()) else { return };
        let until = self.now + self.config.damping;
        match departure {
            Departure::SignedOut => self.forget(client),
            Departure::Lost => {
                self.timers.departures.insert((until, name.clone()));
                self.lose(client);
            }
        }
        // Who is left may be idle.
        self.change(&name, TellOwner::OfChanges, Source::Idle, |account| {
            let Some(activity) = account.connected.remove(&client) else { return };
            match departure {
                Departure::Lost => account.lingering.push(Lingering { client, until, activity }),
                // Whoever signs out on the last client wants to be gone now, also where a page
                // was reloaded a moment before.
                Departure::SignedOut if account.connected.is_empty() => account.lingering.clear(),
                Departure::SignedOut => {}
            }
        });
    }

    /// Drops everything about a client but that it counts for presence.
    pub(crate) fn forget(&mut self, client: ClientId) {
        self.no_longer_lost(client);
        let Some(gone) = self.clients.remove(&client) else { return };
        let Some(account) = self.accounts.get_mut(&gone.user) else { return };
        account.clients.remove(&client);
        for followed in account.contacts.iter().chain(&gone.watches) {
            self.audience.leave(followed, client);
        }
    }

    /// Drops lost clients, the longest lost first, until the rest may be kept.
    pub(crate) fn bound_lost(&mut self) {
        while self.timers.windows.len() > self.config.lost_max
            || self.lost_bytes > self.config.lost_bytes_max
        {
            let Some((_, oldest)) = self.timers.windows.first().copied() else { return };
            self.forget(oldest);
        }
    }

    /// Ends a connection from this side, with a reason.
    pub(crate) fn turn_away(
        &mut self,
        connection: ConnectionId,
        hr: HResult,
        message: String,
        closing: Closing,
    ) {
        let may_pass = matches!(closing, Closing::TooManyClients);
        let retry_after = may_pass.then_some(TOO_MANY_SESSIONS_RETRY);
        let bye = Notice::Bye { hr, retry_after, message: Some(message) };
        self.outputs.push_back(Output::Notify(connection, bye));
        self.outputs.push_back(Output::Close(connection, closing));
    }

    /// Whether one more connection would be too many. One that is taken over is none more.
    pub(crate) fn has_too_many_clients(&self, arrival: &Arrival) -> bool {
        let Some(account) = self.accounts.get(&arrival.name) else { return false };
        let taken_over = self
            .former_client(arrival)
            .is_some_and(|client| account.connected.contains_key(&client));
        account.connected.len() - usize::from(taken_over) >= self.config.clients_max
    }

    /// Finds the client that an arrival goes on with, by a secret that only that client was told.
    fn former_client(&self, arrival: &Arrival) -> Option<ClientId> {
        let said = &arrival.resume.as_ref()?.token;
        // Among the user's own: the secret of somebody else is of no use.
        let mut clients = self.accounts.get(&arrival.name)?.clients.iter().copied();
        clients
            .rfind(|client| self.clients.get(client).is_some_and(|known| known.keys.open_by(said)))
    }

    /// Closes the connection of a client that still seems alive: another takes its place.
    fn hang_up(&mut self, client: ClientId) {
        if let Some(connection) = self.clients.get(&client).and_then(Client::connection) {
            self.connections.remove(&connection);
            self.outputs.push_back(Output::Close(connection, Closing::Resumed));
        }
    }

    fn no_longer_lost(&mut self, client: ClientId) {
        let Some(known) = self.clients.get(&client) else { return };
        if let Link::Lost { until, .. } = known.link {
            self.timers.windows.remove(&(until, client));
            self.lost_bytes -= known.backlog.bytes();
        }
    }

    /// Sends what a client has missed, with the old numbers.
    fn replay(&mut self, client: ClientId, connection: ConnectionId, seen: Seq) {
        let Some(known) = self.clients.get_mut(&client) else { return };
        known.backlog.confirm(seen);
        let missed = known.backlog.after(seen);
        self.outputs.extend(missed.map(|(seq, update)| Output::Update(connection, seq, update)));
    }

    fn lose(&mut self, client: ClientId) {
        let Some(known) = self.clients.get_mut(&client) else { return };
        if known.keys.is_empty() {
            return self.forget(client);
        }
        let until = self.now + self.config.resume_window;
        known.link = Link::Lost { until, sent: known.backlog.last() };
        self.lost_bytes += known.backlog.bytes();
        self.timers.windows.insert((until, client));
        let user = known.user.clone();
        if let Some(oldest) = self.lost_too_many_of(&user) {
            self.forget(oldest);
        }
        self.bound_lost();
    }

    /// Returns the longest lost client of a user who has more of them than may be kept.
    fn lost_too_many_of(&self, user: &SigninName) -> Option<ClientId> {
        let lost = |client: &ClientId| match self.clients.get(client)?.link {
            Link::Lost { until, .. } => Some((until, *client)),
            Link::Up { .. } => None,
        };
        let lost: Vec<_> = self.accounts.get(user)?.clients.iter().filter_map(lost).collect();
        let oldest = lost.iter().min().map(|(_, client)| *client);
        oldest.filter(|_| lost.len() > self.config.lost_per_user_max)
    }
}
