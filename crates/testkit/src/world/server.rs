//! What surrounds the registry: frames, greetings, tokens, the store, a restart. Holds every told status against the
//! model, and every number against the one before.

use mistatus_core::{
    group::GroupName,
    hresult::HResult,
    message::{
        Change, ClientMessage, Command, Greeting, Notice, Outcome, Request, Seq, Signal, Token,
        Update,
    },
    presence::Presence,
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, Tick},
};
use mistatus_hub::{
    Arrival, Closing, ConnectionId, Departure, DirectoryCommand, Hub, Output, Person,
    ServiceCommand, ServiceRequestId, StoreError,
};
use mistatus_json::server::{EncodedUpdate, FromClient, decode, encode};

use super::World;
use crate::{
    authority::{self, Credentials},
    link::{Greeted, Parcel, Towards},
    model::Coming,
    name,
    store::{Asked, Done, Failed},
};

/// How long before it is told over a resumed connection something may have been true: while the connection was lost,
/// and a heartbeat before, since the client may not have heard of it then.
const MISSED_WITHIN: Span = Span::from_secs(120);

impl World {
    /// Kills the server and starts it again from its store: connections break, unfinished writes may be lost.
    pub fn restart_hub(&mut self) {
        self.tally.kills += 1;
        for write in self.store.crash(&mut self.random) {
            self.is_durable(&write);
        }
        self.start_hub();
    }

    /// Stops the server politely, with everything written, and starts it again.
    pub fn shut_down_hub(&mut self) {
        self.tally.shutdowns += 1;
        while self.store.next().is_some() {
            self.stored();
        }
        self.hub.shutdown(Span::from_secs(5));
        self.drain_hub();
        self.start_hub();
    }

    fn start_hub(&mut self) {
        let wall = self.wall();
        self.model.restarted(self.now, wall);
        let accepted = self.connections.iter().filter(|(_, known)| known.is_accepted);
        let accepted: Vec<_> = accepted.map(|(id, _)| *id).collect();
        for id in accepted {
            self.send(id, Towards::Client, Parcel::Closed);
            self.let_go(id);
        }
        // Whoever asked hears nothing any more.
        self.asked_by_services.clear();
        let has_directory = self.hub.has_directory();
        self.hub = Hub::new(self.config.clone());
        if has_directory {
            self.hub.use_directory(self.store.people());
        }
        for record in self.store.records() {
            self.hub.restore(record.clone(), self.now, wall);
        }
        self.hub.restore_messages(self.store.messages());
        self.drain_hub();
    }

    /// A service asks for something about somebody.
    pub fn serve(&mut self, who: &str, command: ServiceCommand) {
        self.tally.claims += 1;
        self.last_request += 1;
        let id = ServiceRequestId(self.last_request);
        self.asked_by_services.insert(id);
        let wall = self.wall();
        self.hub.handle_service_request(id, &name(who), command, self.now, wall);
        self.drain_hub();
    }

    /// The company begins to say who exists: these people, in no shared groups.
    pub fn use_directory(&mut self, people: &[&str]) {
        self.hub.use_directory(Vec::new());
        for who in people {
            self.regroup(who, &[]);
        }
        self.pass(Span::from_secs(1));
    }

    /// The company puts somebody into these shared groups and no others.
    pub fn regroup(&mut self, who: &str, groups: &[&str]) {
        self.tally.regroupings += 1;
        self.last_request += 1;
        let id = ServiceRequestId(self.last_request);
        self.asked_by_services.insert(id);
        let group = |name: &&str| GroupName::parse(name).expect("tests use valid names");
        let groups = groups.iter().map(group).collect();
        let person = Person { name: name(who), friendly_name: None, title: None, groups };
        let wall = self.wall();
        self.hub.handle_directory_request(id, DirectoryCommand::Put { person }, self.now, wall);
        self.drain_hub();
    }

    /// The oldest write becomes durable or fails, and the registry hears of it.
    pub(super) fn stored(&mut self) {
        let wall = self.wall();
        if self.store_fails {
            match self.store.fail_one() {
                Some(Failed::Store(ticket)) => {
                    self.tally.failed_writes += 1;
                    self.hub.handle_stored(ticket, Err(StoreError), self.now, wall);
                }
                Some(Failed::Fetch(ticket)) => {
                    self.hub.handle_fetched(ticket, Err(StoreError), self.now, wall);
                }
                None => return,
            }
        } else {
            match self.store.finish_one() {
                Some(Done::Stored(ticket, write)) => {
                    self.is_durable(&write);
                    self.hub.handle_stored(ticket, Ok(()), self.now, wall);
                }
                Some(Done::Fetched(ticket, messages)) => {
                    self.hub.handle_fetched(ticket, Ok(messages), self.now, wall);
                }
                None => return,
            }
        }
        self.drain_hub();
    }

    fn is_durable(&mut self, write: &mistatus_hub::Write) {
        if let Err(what) = self.model.written(write, self.wall()) {
            self.violated(&what);
        }
    }

    pub(super) fn arrive_at_hub(&mut self, id: ConnectionId, parcel: Parcel) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        match parcel {
            Parcel::Opened => {
                connection.is_accepted = true;
                self.send(id, Towards::Client, Parcel::Opened);
            }
            Parcel::Text(_) | Parcel::Closed | Parcel::Pong if !connection.is_accepted => {}
            Parcel::Pong => {
                let wall = self.wall();
                self.hub.handle_pong(id, self.now, wall);
                self.drain_hub();
            }
            Parcel::Probe => {}
            Parcel::Text(text) => match decode(&text) {
                Ok(FromClient::Signin(greeting)) => self.greeted(id, greeting),
                Ok(FromClient::Message(message)) => {
                    let again = may_repeat(&message) && self.random.below(40) == 0;
                    if again {
                        self.tally.repeated += 1;
                        self.said(id, message.clone());
                    }
                    self.said(id, message);
                }
                Err(error) => self.violated(&format!("a client's frame was refused: {error:?}")),
            },
            Parcel::Closed => {
                self.let_go(id);
                self.model.left(id, Departure::Lost, self.now);
                let wall = self.wall();
                self.hub.disconnect(id, Departure::Lost, self.now, wall);
                self.drain_hub();
            }
        }
    }

    fn greeted(&mut self, id: ConnectionId, greeting: Greeting) {
        let Some(name) = greeting.signin_name else {
            self.violated("a greeting without a name");
        };
        let wall = self.wall();
        let token = greeting.token.as_ref().map(Token::reveal).unwrap_or_default();
        let end = authority::check(token, &name, wall).filter(|_| !self.locked_out);
        let Some(end) = end else {
            self.refuse(id);
            return;
        };
        let key = format!("key {}", id.0);
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.credentials = Some(Credentials::until(end));
            connection.greeting = Some(Greeted {
                idle: greeting.idle_for.is_some(),
                key: key.clone(),
                resume: greeting.resume.clone(),
            });
        }
        let arrival = Arrival {
            name,
            friendly_name: greeting.friendly_name,
            idle_for: greeting.idle_for,
            resume_token: Some(Token::new(key)),
            resume: greeting.resume,
        };
        self.hub.connect(id, arrival, self.now, wall);
        self.drain_hub();
    }

    /// Closes a connection whose credentials are not, or no longer, accepted.
    fn refuse(&mut self, id: ConnectionId) {
        self.tally.refused_tokens += 1;
        if let Some(connection) = self.connections.get(&id) {
            let page = &mut self.clients[connection.client];
            if page.connection == Some(id) {
                page.outrun = page.token_calendar < self.calendar;
            }
        }
        let hr = HResult::MSGR_E_INVALID_PASSWORD;
        let bye = Notice::Bye { hr, retry_after: None, message: None };
        self.send(id, Towards::Client, Parcel::Text(encode(&bye)));
        self.send(id, Towards::Client, Parcel::Closed);
        self.let_go(id);
    }

    /// Returns when a token is to be looked at again.
    pub(super) fn tokens_due(&self) -> Option<Tick> {
        let wall = self.wall();
        let live = self.connections.values().filter(|known| known.is_accepted);
        let due = live.filter_map(|known| Some(known.credentials?.due())).min()?;
        Some(self.now + due.since(wall))
    }

    pub(super) fn look_at_tokens(&mut self) {
        let wall = self.wall();
        let due = |known: &crate::link::Connection| {
            known.is_accepted && known.credentials.is_some_and(|token| token.due() <= wall)
        };
        let due: Vec<_> =
            self.connections.iter().filter(|(_, known)| due(known)).map(|(id, _)| *id).collect();
        for id in due {
            let Some(connection) = self.connections.get_mut(&id) else { continue };
            let Some(credentials) = &mut connection.credentials else { continue };
            if credentials.end <= wall {
                self.refuse(id);
                self.model.left(id, Departure::Lost, self.now);
                self.hub.disconnect(id, Departure::Lost, self.now, wall);
                self.drain_hub();
            } else {
                credentials.is_asked = true;
                let expires_in = credentials.end.since(wall);
                let notice = Notice::TokenExpiring { expires_in };
                self.send(id, Towards::Client, Parcel::Text(encode(&notice)));
            }
        }
    }

    fn said(&mut self, id: ConnectionId, message: ClientMessage) {
        // A repeated one may follow a sign-out.
        if !self.connections.get(&id).is_some_and(|known| known.is_accepted) {
            return;
        }
        self.model.spoke(id, self.now);
        let wall = self.wall();
        match &message {
            ClientMessage::Signal(Signal::ReportIdle { idle_for }) => {
                self.model.is_idle(id, idle_for.is_some())
            }
            ClientMessage::Request(Request {
                id: request,
                command: Command::RenewToken { token },
            }) => {
                let name = self.connections.get(&id).map(|known| known.client);
                let name = name.map(|client| self.clients[client].name.clone());
                let end = name.and_then(|name| authority::check(token.reveal(), &name, wall));
                let Some(end) = end.filter(|_| !self.locked_out) else {
                    let hr = HResult::MSGR_E_INVALID_PASSWORD;
                    let notice = Notice::Outcome(Outcome { id: *request, hr, message: None });
                    self.send(id, Towards::Client, Parcel::Text(encode(&notice)));
                    return;
                };
                self.tally.renewed_tokens += 1;
                if let Some(connection) = self.connections.get_mut(&id) {
                    connection.credentials = Some(Credentials::until(end));
                }
            }
            _ => {}
        }
        self.hub.handle_message(id, message, self.now, wall);
        self.drain_hub();
    }

    pub(super) fn drain_hub(&mut self) {
        let outputs: Vec<_> = core::iter::from_fn(|| self.hub.poll_output()).collect();
        // Arrivals and departures first: the registry may tell others before it welcomes.
        for output in &outputs {
            match output {
                Output::Notify(id, Notice::SignedIn(welcome)) => {
                    self.welcomed(*id, &welcome.name, welcome.resumed);
                }
                Output::Close(id, Closing::SignedOut) => {
                    self.model.left(*id, Departure::SignedOut, self.now);
                }
                // Whoever takes its place counts for it.
                Output::Close(_, Closing::Resumed) => self.tally.taken_over += 1,
                Output::Close(id, _) => self.model.left(*id, Departure::Lost, self.now),
                _ => {}
            }
        }
        let mut catching_up = None;
        for output in outputs {
            match output {
                Output::Notify(id, notice) => {
                    if let Notice::SignedIn(welcome) = &notice {
                        catching_up = welcome.resumed.then_some(id);
                    }
                    self.check_notice(id, &notice, catching_up == Some(id));
                    self.send(id, Towards::Client, Parcel::Text(encode(&notice)));
                }
                Output::Update(id, seq, update) => {
                    self.check_number(id, seq);
                    self.check_update(id, &update, catching_up == Some(id));
                    let text = EncodedUpdate::new(&update).numbered(seq);
                    self.send(id, Towards::Client, Parcel::Text(text));
                }
                Output::Probe(id) => self.send(id, Towards::Client, Parcel::Probe),
                Output::Close(id, _) => {
                    self.send(id, Towards::Client, Parcel::Closed);
                    self.let_go(id);
                }
                Output::Store(ticket, write) => {
                    self.store.accept(ticket, Asked::Write(write), self.now, &mut self.random);
                }
                // The same as what watchers are told, but for whom they are.
                Output::PresenceChanged(_) => {}
                Output::ServiceOutcome { id, .. } => {
                    if !self.asked_by_services.remove(&id) {
                        self.violated("a service was answered twice");
                    }
                }
                Output::Fetch(ticket, query) => {
                    self.store.accept(ticket, Asked::Fetch(query), self.now, &mut self.random);
                }
            }
        }
        self.model.remember(self.now);
    }

    fn welcomed(&mut self, id: ConnectionId, name: &SigninName, resumed: bool) {
        let greeting = self.connections.get(&id).and_then(|known| known.greeting.clone());
        let Some(Greeted { idle, key, resume }) = greeting else {
            self.violated("somebody was welcomed who had not greeted");
        };
        let resume = resume.as_ref();
        let coming = Coming { name, connection: id, idle, key: &key, resume, resumed };
        if let Err(what) = self.model.came(coming, self.now) {
            self.violated(&what);
        }
        if resumed {
            self.tally.resumed += 1;
        } else {
            self.tally.fresh += 1;
        }
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.told = resume.filter(|_| resumed).map(|resume| resume.seen);
        }
    }

    fn check_notice(&mut self, id: ConnectionId, notice: &Notice, catches_up: bool) {
        match notice {
            Notice::Snapshot(snapshot) => {
                let Some(connection) = self.connections.get_mut(&id) else { return };
                connection.told = Some(snapshot.seq);
                let people = snapshot.contacts.iter().chain(&snapshot.watched);
                self.check_changes(id, people, catches_up);
            }
            Notice::Refused { hr, message } => {
                let what = format!("the server refused a frame of ours: {hr:?} {message}");
                self.violated(&what);
            }
            _ => {}
        }
    }

    /// Numbers have no gap and no repetition, from the snapshot or from what was seen last.
    fn check_number(&mut self, id: ConnectionId, seq: Seq) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let last = connection.told.replace(seq);
        if last.map(|last| last.next()) != Some(seq) {
            self.violated(&format!("number {seq:?} after {last:?}"));
        }
    }

    fn check_update(&self, id: ConnectionId, update: &Update, catches_up: bool) {
        match update {
            Update::Changes { changes } => self.check_changes(id, changes.iter(), catches_up),
            Update::ContactAdded { contact } => self.check_changes(id, [contact], catches_up),
            _ => {}
        }
    }

    /// Nobody may be told of another what is not true; of an invisible one nothing but what is said of the absent.
    fn check_changes<'a>(
        &self,
        id: ConnectionId,
        changes: impl IntoIterator<Item = &'a Change>,
        catches_up: bool,
    ) {
        let Some(connection) = self.connections.get(&id) else { return };
        let viewer = &self.clients[connection.client].name;
        for change in changes {
            self.check_one(viewer, change, catches_up);
        }
    }

    fn check_one(&self, viewer: &SigninName, change: &Change, catches_up: bool) {
        let Presence { status, note, since, until, source } = &change.presence;
        let (model, now) = (&self.model, self.now);
        let mut allowed = model.allowed(viewer, &change.name, now);
        if catches_up {
            allowed = allowed.or(model.could_be_told(viewer, &change.name, MISSED_WITHIN, now));
        }
        let (who, viewer) = (change.name.as_str(), viewer.as_str());
        if !allowed.contains(*status) {
            let allowed = allowed.list();
            self.violated(&format!("{viewer} was told {status:?} of {who}, may be {allowed:?}"));
        }
        if (note.is_some() || until.is_some()) && !status.is_online() {
            self.violated(&format!("{viewer} was told a note or an end of {who}, who is away"));
        }
        let away = mistatus_core::presence::Source::Connection;
        if *status == MiStatus::Offline && source.is_some_and(|source| source != away) {
            self.violated(&format!("{viewer} was told {source:?} as reason why {who} is away"));
        }
        if *status == MiStatus::Unknown
            && (since.is_some() || source.is_some() || change.friendly_name.is_some())
        {
            self.violated(&format!("{viewer} was told something of {who}, who is unknown"));
        }
    }

    fn let_go(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.is_accepted = false;
        }
    }

    /// Returns how many live connections the server has from the machines of a profile.
    pub(crate) fn connections_of(&self, profile: usize) -> usize {
        let of = |client: usize| self.clients[client].profile == profile;
        self.connections.values().filter(|known| known.is_accepted && of(known.client)).count()
    }
}

/// Whether a client may say it again, as after a break.
fn may_repeat(message: &ClientMessage) -> bool {
    match message {
        ClientMessage::Request(request) => !matches!(request.command, Command::RenewToken { .. }),
        ClientMessage::Signal(signal) => !matches!(signal, Signal::Signout | Signal::Resync),
    }
}
