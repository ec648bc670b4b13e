//! A hub with a clock and a store that the test holds, and what each client was told. Asserts numbering only.

use std::collections::{BTreeMap, BTreeSet};

use mistatus_core::{
    claim::ClaimSources,
    group::GroupName,
    hresult::HResult,
    idle::IdleChoice,
    message::{
        Change, ClientMessage, Command, Notice, Request, RequestId, Resume, Seq, Signal, Snapshot,
        Token, Update,
    },
    presence::{Intent, Note, Presence, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, Tick, UnixMs},
};

use crate::{
    Arrival, Closing, ConnectionId, Departure, DirectoryCommand, Hub, HubConfig, Output, Person,
    RelationsRecord, ServiceCommand, ServiceRequestId, StoreError, Ticket, UserRecord, Visibility,
    Write, memory::MemoryStore,
};

/// Tells what the store does with a write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    Works,
    Fails,
    Hangs,
}

pub(crate) struct World {
    pub(crate) hub: Hub,
    config: HubConfig,
    /// What is durable.
    pub(crate) memory: MemoryStore,
    pub(crate) store: Store,
    pub(crate) held: Vec<(Ticket, Write)>,
    pub(crate) writes: Vec<Write>,
    pub(crate) closed: Vec<(ConnectionId, Closing)>,
    /// How requests of services ended.
    pub(crate) served: BTreeMap<ServiceRequestId, (HResult, Option<String>)>,
    /// What those were told who may see everybody.
    pub(crate) reported: Vec<Change>,
    /// What they know by that.
    known: BTreeMap<SigninName, (Presence, bool)>,
    /// Whose page cannot speak, as while it shows a dialogue; the browser answers for it.
    pub(crate) blocked: BTreeSet<u64>,
    /// How far the calendar is ahead of the monotonic clock's course.
    pub(crate) calendar_ahead: i64,
    now: u64,
    next_id: u64,
    inbox: BTreeMap<ConnectionId, Vec<Notice>>,
    seqs: BTreeMap<ConnectionId, u64>,
}

/// The calendar at tick 0.
const EPOCH: u64 = 1_800_000_000_000;

impl World {
    pub(crate) fn new(visibility: Visibility) -> Self {
        Self::with(HubConfig { visibility, ..HubConfig::default() })
    }

    pub(crate) fn with(config: HubConfig) -> Self {
        Self {
            hub: Hub::new(config.clone()),
            config,
            memory: MemoryStore::default(),
            store: Store::Works,
            held: Vec::new(),
            writes: Vec::new(),
            closed: Vec::new(),
            served: BTreeMap::new(),
            reported: Vec::new(),
            known: BTreeMap::new(),
            blocked: BTreeSet::new(),
            calendar_ahead: 0,
            now: 0,
            next_id: 0,
            inbox: BTreeMap::new(),
            seqs: BTreeMap::new(),
        }
    }

    pub(crate) fn restore(&mut self, who: &str, intent: Intent, contacts: &[&str]) {
        let contacts = contacts.iter().copied().map(name).collect();
        let record = UserRecord {
            name: name(who),
            friendly_name: None,
            intent,
            chosen_at: None,
            contacts,
            deferred: Vec::new(),
            relations: RelationsRecord::default(),
            claims: Vec::new(),
            ignored: ClaimSources::NONE,
            idle: IdleChoice::NONE,
        };
        self.memory.insert(record.clone());
        let wall = self.wall();
        self.hub.restore(record, self.now(), wall);
    }

    /// The server is killed and started again: what is left is what was durable.
    pub(crate) fn restart(&mut self) {
        let has_directory = self.hub.has_directory();
        self.hub = Hub::new(self.config.clone());
        if has_directory {
            self.hub.use_directory(self.memory.people().cloned().collect());
        }
        self.held.clear();
        self.known.clear();
        let records: Vec<_> = self.memory.records().cloned().collect();
        for record in records {
            let (now, wall) = (self.now(), self.wall());
            self.hub.restore(record, now, wall);
        }
        self.hub.restore_messages(self.memory.messages());
    }

    pub(crate) fn now(&self) -> Tick {
        Tick::from_millis(self.now)
    }

    pub(crate) fn wall(&self) -> UnixMs {
        UnixMs::from_millis((EPOCH + self.now).saturating_add_signed(self.calendar_ahead))
    }

    pub(crate) fn connect(&mut self, client: u64, who: &str) -> Vec<Notice> {
        self.connect_as(client, arrival(who))
    }

    pub(crate) fn connect_as(&mut self, client: u64, arrival: Arrival) -> Vec<Notice> {
        if let Some(resume) = &arrival.resume {
            self.seqs.insert(ConnectionId(client), resume.seen.0);
        }
        self.hub.connect(ConnectionId(client), arrival, self.now(), self.wall());
        self.drain();
        self.heard(client)
    }

    /// Connects a client that goes on with an earlier connection, of which it saw everything up to `seen`.
    pub(crate) fn resume(
        &mut self,
        client: u64,
        who: &str,
        earlier: u64,
        seen: u64,
    ) -> Vec<Notice> {
        let resume = Some(Resume { token: key(earlier), seen: Seq(seen) });
        let arrival = Arrival { resume, ..self.resumable(client, who) };
        self.connect_as(client, arrival)
    }

    /// Returns an arrival that may be gone on with.
    pub(crate) fn resumable(&self, client: u64, who: &str) -> Arrival {
        Arrival { resume_token: Some(key(client)), ..arrival(who) }
    }

    /// Returns the number of the last notice that a client was told.
    pub(crate) fn last_seq(&self, client: u64) -> u64 {
        self.seqs[&ConnectionId(client)]
    }

    /// As [`World::last_seq`]; 0 for one that was told nothing.
    pub(crate) fn seq(&self, client: u64) -> u64 {
        self.seqs.get(&ConnectionId(client)).copied().unwrap_or_default()
    }

    /// Puts what was heard back, to be heard again.
    pub(crate) fn put_back(&mut self, client: u64, told: Vec<Notice>) {
        self.inbox.entry(ConnectionId(client)).or_default().splice(0..0, told);
    }

    pub(crate) fn disconnect(&mut self, client: u64, departure: Departure) {
        self.hub.disconnect(ConnectionId(client), departure, self.now(), self.wall());
        self.drain();
    }

    pub(crate) fn request(&mut self, client: u64, message: impl Into<ClientMessage>) {
        let (now, wall) = (self.now(), self.wall());
        self.hub.handle_message(ConnectionId(client), message.into(), now, wall);
        self.drain();
    }

    pub(crate) fn id(&mut self) -> RequestId {
        self.next_id += 1;
        RequestId(self.next_id)
    }

    pub(crate) fn set(&mut self, client: u64, status: MiStatus) {
        let id = self.id();
        self.request(
            client,
            Request { id, command: Command::SetStatus { intent: intent(status) } },
        );
    }

    pub(crate) fn watch(&mut self, client: u64, names: &[&str]) -> Vec<Change> {
        let id = self.id();
        let names = names.iter().copied().map(name).collect();
        self.request(client, Request { id, command: Command::Watch { names } });
        self.changes(client)
    }

    pub(crate) fn add(&mut self, client: u64, who: &str) -> HResult {
        let id = self.id();
        self.request(client, Request { id, command: Command::AddContact { name: name(who) } });
        self.last_outcome(client)
    }

    pub(crate) fn remove(&mut self, client: u64, who: &str) -> HResult {
        let id = self.id();
        self.request(client, Request { id, command: Command::RemoveContact { name: name(who) } });
        self.last_outcome(client)
    }

    /// Asks for something and returns how it ended; what was told is left to be heard.
    pub(crate) fn ask(&mut self, client: u64, command: Command) -> HResult {
        let id = self.id();
        self.request(client, Request { id, command });
        self.last_outcome(client)
    }

    /// Asks for something in the name of a service; how it ends is found by what is returned.
    pub(crate) fn serve(&mut self, who: &str, command: ServiceCommand) -> ServiceRequestId {
        let id = ServiceRequestId(self.id().0);
        let (now, wall) = (self.now(), self.wall());
        self.hub.handle_service_request(id, &name(who), command, now, wall);
        self.drain();
        id
    }

    /// Lets the company say who exists, in its own words or already; how that ends is found by what is returned.
    pub(crate) fn direct(&mut self, command: DirectoryCommand) -> ServiceRequestId {
        if !self.hub.has_directory() {
            self.hub.use_directory(Vec::new());
        }
        let id = ServiceRequestId(self.id().0);
        let (now, wall) = (self.now(), self.wall());
        self.hub.handle_directory_request(id, command, now, wall);
        self.drain();
        id
    }

    /// Lets people exist, each with the letters of the shared groups that they are in.
    pub(crate) fn list(&mut self, people: &[(&str, &str)]) {
        for (who, groups) in people {
            self.direct(DirectoryCommand::Put { person: person(who, groups) });
        }
    }

    /// Lets time pass; every deadline on the way is met, heartbeats are answered by all.
    pub(crate) fn pass(&mut self, span: Span) {
        let end = self.now + span.as_millis();
        while let Some((at, _)) = self.hub.poll_timeout()
            && at.as_millis() <= end
        {
            self.now = self.now.max(at.as_millis());
            self.hub.handle_timeout(self.now(), self.wall());
            self.drain();
        }
        self.now = end;
    }

    /// Lets the store finish what it held.
    pub(crate) fn release(&mut self, result: Result<(), StoreError>) {
        for (ticket, write) in std::mem::take(&mut self.held) {
            if result.is_ok() {
                self.memory.apply(&write);
                self.writes.push(write);
            }
            self.hub.handle_stored(ticket, result, self.now(), self.wall());
            self.drain();
        }
    }

    /// Returns what a client was told since the last call.
    pub(crate) fn heard(&mut self, client: u64) -> Vec<Notice> {
        self.inbox.remove(&ConnectionId(client)).unwrap_or_default()
    }

    /// Returns the changes that a client was told since the last call.
    pub(crate) fn changes(&mut self, client: u64) -> Vec<Change> {
        let heard = self.heard(client).into_iter();
        heard
            .flat_map(|notice| match notice {
                Notice::Update(_, Update::Changes { changes }) => changes,
                _ => Vec::new(),
            })
            .collect()
    }

    pub(crate) fn statuses(&mut self, client: u64) -> Vec<MiStatus> {
        self.changes(client).into_iter().map(|change| change.presence.status).collect()
    }

    pub(crate) fn own(&mut self, client: u64) -> Vec<MiStatus> {
        let heard = self.heard(client).into_iter();
        heard
            .filter_map(|notice| match notice {
                Notice::Update(_, Update::MyStatus { me }) => Some(me.status),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn snapshot(&mut self, client: u64) -> Snapshot {
        self.heard(client);
        self.request(client, Signal::Resync);
        // What waits comes after it.
        match self.heard(client).into_iter().next() {
            Some(Notice::Snapshot(snapshot)) => snapshot,
            other => panic!("a resync was answered by {other:?}"),
        }
    }

    fn last_outcome(&mut self, client: u64) -> HResult {
        let told = self.inbox.get(&ConnectionId(client));
        let outcome = told.into_iter().flatten().rev().find_map(Notice::outcome);
        outcome.expect("the request has an outcome").hr
    }

    fn drain(&mut self) {
        while let Some(output) = self.hub.poll_output() {
            match output {
                Output::Notify(client, notice) => {
                    assert_eq!(notice.seq(), None, "updates have an output of their own");
                    self.deliver(client, notice);
                }
                Output::Update(client, seq, update) => {
                    self.deliver(client, Notice::Update(seq, Update::clone(&update)));
                }
                Output::Probe(client) => self.hub.handle_pong(client, self.now(), self.wall()),
                Output::PresenceChanged(change) => {
                    let known = (change.presence.clone(), change.settling);
                    let earlier = self.known.insert(change.name.clone(), known.clone());
                    assert_ne!(earlier, Some(known), "nothing is told twice");
                    self.reported.push(change);
                }
                Output::Close(client, closing) => self.closed.push((client, closing)),
                Output::ServiceOutcome { id, hr, message } => {
                    let earlier = self.served.insert(id, (hr, message));
                    assert_eq!(earlier, None, "a request ends once");
                }
                Output::Store(ticket, write) if self.store == Store::Hangs => {
                    self.held.push((ticket, write));
                }
                Output::Store(ticket, write) => {
                    let result = if self.store == Store::Works { Ok(()) } else { Err(StoreError) };
                    if result.is_ok() {
                        self.memory.apply(&write);
                        self.writes.push(write);
                    }
                    self.hub.handle_stored(ticket, result, self.now(), self.wall());
                }
                Output::Fetch(ticket, query) => {
                    let found = match self.store {
                        Store::Fails => Err(StoreError),
                        Store::Works | Store::Hangs => Ok(self.memory.answer(&query)),
                    };
                    self.hub.handle_fetched(ticket, found, self.now(), self.wall());
                }
            }
        }
        super::order::check(&self.hub);
        // Whoever hears of everything knows what could be read.
        for (name, known) in &self.known {
            let change = self.hub.common_view(name);
            assert_eq!((change.presence, change.settling), *known);
        }
    }

    fn deliver(&mut self, client: ConnectionId, notice: Notice) {
        match &notice {
            Notice::Update(_, Update::Changes { changes }) => {
                assert!(!changes.is_empty(), "a notice of changes has at least one");
                for change in changes {
                    assert!(change.presence.status.is_remote(), "others see remote values only");
                }
            }
            Notice::Snapshot(snapshot) => {
                self.seqs.insert(client, snapshot.seq.0);
            }
            _ => {}
        }
        if let Some(seq) = notice.seq() {
            let last = self.seqs.get_mut(&client).expect("numbers start with a snapshot");
            *last += 1;
            assert_eq!(seq.0, *last, "numbers have no gap");
        }
        if notice == Notice::Ping && !self.blocked.contains(&client.0) {
            let pong = Signal::Pong { seen: None };
            self.hub.handle_message(client, pong.into(), self.now(), self.wall());
        }
        self.inbox.entry(client).or_default().push(notice);
    }
}

pub(crate) fn name(text: &str) -> SigninName {
    SigninName::parse(text).expect("a valid name")
}

/// Somebody in the directory, with the letters of the shared groups that they are in.
pub(crate) fn person(who: &str, groups: &str) -> Person {
    let group = |letter: char| GroupName::parse(&letter.to_string()).expect("a valid name");
    Person {
        name: name(who),
        friendly_name: None,
        title: None,
        groups: groups.chars().map(group).collect(),
    }
}

/// The secret of a connection.
pub(crate) fn key(client: u64) -> Token {
    Token::new(format!("key of {client}"))
}

/// A first connection of a user who says nothing else.
pub(crate) fn arrival(who: &str) -> Arrival {
    Arrival {
        name: name(who),
        friendly_name: None,
        idle_for: None,
        resume_token: None,
        resume: None,
    }
}

pub(crate) fn intent(status: MiStatus) -> Intent {
    Intent::chosen(status, Source::User)
}

pub(crate) fn noted(status: MiStatus, note: &str) -> Intent {
    Intent { note: Note::parse(note).expect("a short note"), ..intent(status) }
}
