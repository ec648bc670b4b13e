//! The one task that owns the registry: feeds it inputs in order and carries out what it says.

use std::{collections::HashMap, future::pending, sync::Arc};

use mistatus_core::{
    claim::ServiceName,
    group::GroupName,
    hresult::HResult,
    message::{Change, ClientMessage, Update},
    signin_name::SigninName,
    status::MiStatus,
};
use mistatus_hub::{
    Arrival, ClaimRecord, Closing, ConnectionId, Departure, DirectoryCommand, Hub, Output, Person,
    Plan, ServiceCommand, ServiceRequestId, StoreError,
};
use tokio::sync::{
    mpsc::{Receiver, UnboundedReceiver},
    oneshot,
};

use crate::{
    clock::{self, Clock},
    events::{Events, Followed, Following, Position},
    limits,
    metrics::{Metrics, Refused},
    outbox::{Outbox, Outgoing, SharedUpdate},
    refusals::{Origin, RefusalLog},
    store::{Condition, Report, ToStore, webhooks::Work},
};

/// A message from a connection or another part of the server to the registry.
pub(crate) enum ToEngine {
    Connect {
        connection: ConnectionId,
        arrival: Arrival,
        outbox: Outbox,
    },
    Message {
        connection: ConnectionId,
        message: ClientMessage,
    },
    /// The peer's network stack answered a probe.
    Pong {
        connection: ConnectionId,
    },
    Disconnect {
        connection: ConnectionId,
        departure: Departure,
    },
    /// Asks how somebody is, as far as everybody may know.
    Look(SigninName, oneshot::Sender<MiStatus>),
    /// Asks for something in a service's name; answered once it is durable.
    Serve(SigninName, ServiceCommand, oneshot::Sender<ServiceOutcome>),
    /// Asks what a service claims about somebody; `None` for an unknown user.
    Claims(ServiceName, SigninName, oneshot::Sender<Option<Vec<ClaimRecord>>>),
    /// Asks how people are, as somebody sees it who may see everybody.
    View(Vec<SigninName>, oneshot::Sender<Vec<Change>>),
    /// Asks to be told how people are, and what changes: after a position, where that is possible.
    Follow(Followed, Option<Position>, oneshot::Sender<Following>),
    /// Asks what the directory says of somebody.
    Person(SigninName, oneshot::Sender<Option<Person>>),
    /// Asks for people of the directory.
    People(PeopleQuery, oneshot::Sender<Vec<Person>>),
    /// Asks who is in a shared group.
    Members(GroupName, oneshot::Sender<Vec<SigninName>>),
    /// Asks for the first of these whom the directory does not have.
    FirstUnlisted(Vec<SigninName>, oneshot::Sender<Option<usize>>),
    /// Asks what another directory would change.
    Plan(Arc<[Person]>, oneshot::Sender<Plan>),
    /// Changes the directory; answered once it is durable.
    Direct(DirectoryCommand, oneshot::Sender<ServiceOutcome>),
    /// Has something looked up in the database, behind all that was written before.
    LookUp(Work),
    /// Answered by the store in its turn.
    Ping(oneshot::Sender<Condition>),
    /// Says goodbye to everybody.
    Shutdown,
}

/// Which people of the directory are asked for.
pub(crate) struct PeopleQuery {
    /// How a name, or a word of it, begins.
    pub(crate) beginning: String,
    /// The last one that is known.
    pub(crate) after: Option<SigninName>,
    pub(crate) limit: usize,
}

/// Tells how a request of a service ended.
#[derive(Debug)]
pub(crate) struct ServiceOutcome {
    pub(crate) hr: HResult,
    /// What was wrong and what is allowed, where it failed.
    pub(crate) message: Option<String>,
}

/// Requests of services that have not ended.
#[derive(Default)]
pub(crate) struct ServiceRequests {
    last: u64,
    waiting: HashMap<ServiceRequestId, oneshot::Sender<ServiceOutcome>>,
}

impl ServiceRequests {
    fn begin(&mut self, answer: oneshot::Sender<ServiceOutcome>) -> ServiceRequestId {
        self.last += 1;
        let id = ServiceRequestId(self.last);
        self.waiting.insert(id, answer);
        id
    }

    fn end(&mut self, id: ServiceRequestId, outcome: ServiceOutcome) {
        if let Some(answer) = self.waiting.remove(&id) {
            // Whoever asked may be gone.
            let _ = answer.send(outcome);
        }
    }
}

/// Owns the registry.
pub(crate) struct Engine {
    pub(crate) hub: Hub,
    pub(crate) clock: Clock,
    pub(crate) store: std::sync::mpsc::Sender<ToStore>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) outboxes: HashMap<ConnectionId, Outbox>,
    pub(crate) last_update: LastUpdate,
    pub(crate) services: ServiceRequests,
    pub(crate) events: Events,
    pub(crate) refusals: Arc<RefusalLog>,
    pub(crate) stopping: bool,
}

/// The update that the registry told last: it tells all who hear of one in a row, and they share its text.
#[derive(Default)]
pub(crate) struct LastUpdate(Option<Arc<SharedUpdate>>);

impl LastUpdate {
    fn shared(&mut self, update: Arc<Update>) -> Arc<SharedUpdate> {
        match &self.0 {
            Some(last) if last.is(&update) => last.clone(),
            _ => self.0.insert(Arc::new(SharedUpdate::new(update))).clone(),
        }
    }
}

impl Engine {
    /// Runs until all senders are gone.
    pub(crate) async fn run(
        mut self,
        mut inbox: Receiver<ToEngine>,
        mut reports: UnboundedReceiver<Report>,
    ) {
        loop {
            let deadline = self.hub.poll_timeout().map(|(tick, _)| self.clock.instant(tick));
            let timeout = async {
                match deadline {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                Some(report) = reports.recv() => self.take_report(report),
                message = inbox.recv() => match message {
                    Some(message) => self.take(message),
                    None => return,
                },
                () = timeout => self.hub.handle_timeout(self.clock.now(), clock::wall()),
            }
            self.drain();
        }
    }

    fn take(&mut self, message: ToEngine) {
        let (now, wall) = (self.clock.now(), clock::wall());
        match message {
            ToEngine::Connect { connection, arrival, outbox } => {
                self.outboxes.insert(connection, outbox);
                self.hub.connect(connection, arrival, now, wall);
                if self.stopping {
                    // It was on its way when the others were told.
                    self.hub.shutdown(clock::span(limits::SHUTDOWN_SPREAD));
                }
            }
            ToEngine::Message { connection, message } => {
                self.hub.handle_message(connection, message, now, wall);
            }
            ToEngine::Pong { connection } => self.hub.handle_pong(connection, now, wall),
            ToEngine::Disconnect { connection, departure } => {
                self.outboxes.remove(&connection);
                self.hub.disconnect(connection, departure, now, wall);
            }
            ToEngine::Look(name, answer) => {
                // Whoever asked may be gone.
                let _ = answer.send(self.hub.public_presence(&name).status);
            }
            ToEngine::Serve(user, command, answer) => {
                let id = self.services.begin(answer);
                self.hub.handle_service_request(id, &user, command, now, wall);
            }
            ToEngine::Claims(service, user, answer) => {
                let _ = answer.send(self.hub.claims_by(&service, &user));
            }
            // After a time nobody waits any more, and work for nobody would hold up everybody for longer.
            ToEngine::View(_, answer) if answer.is_closed() => {}
            ToEngine::Follow(_, _, answer) if answer.is_closed() => {}
            ToEngine::View(names, answer) => {
                let views = names.iter().map(|name| self.hub.common_view(name)).collect();
                let _ = answer.send(views);
            }
            ToEngine::Follow(followed, after, answer) => {
                let hub = &self.hub;
                let snapshot = || match &followed.0 {
                    Some(names) => names.iter().map(|name| hub.common_view(name)).collect(),
                    None => hub.common_views(),
                };
                let _ = answer.send(self.events.follow(&followed, after, now, snapshot));
            }
            ToEngine::Person(name, answer) => {
                let _ = answer.send(self.hub.person(&name).cloned());
            }
            ToEngine::People(PeopleQuery { beginning, after, limit }, answer) => {
                let _ = answer.send(self.hub.people(&beginning, after.as_ref(), limit));
            }
            ToEngine::Members(group, answer) => {
                let _ = answer.send(self.hub.members(&group));
            }
            ToEngine::FirstUnlisted(names, answer) => {
                let is_unlisted = |name: &SigninName| self.hub.person(name).is_none();
                let _ = answer.send(names.iter().position(is_unlisted));
            }
            ToEngine::Plan(people, answer) => {
                let _ = answer.send(self.hub.plan(&people));
            }
            ToEngine::Direct(command, answer) => {
                let id = self.services.begin(answer);
                self.hub.handle_directory_request(id, command, now, wall);
            }
            ToEngine::LookUp(work) => {
                // Whoever asked sees that there is no answer.
                let _ = self.store.send(ToStore::Webhooks(work));
            }
            ToEngine::Ping(answer) => {
                // The store answers in its turn; a registry that hangs never gets here.
                let _ = self.store.send(ToStore::Ping(answer));
            }
            ToEngine::Shutdown => {
                self.stopping = true;
                self.hub.shutdown(clock::span(limits::SHUTDOWN_SPREAD));
            }
        }
    }

    fn take_report(&mut self, report: Report) {
        let (now, wall) = (self.clock.now(), clock::wall());
        match report {
            Report::Stored(ticket, result) => self.hub.handle_stored(ticket, result, now, wall),
            Report::Fetched(ticket, result) => self.hub.handle_fetched(ticket, result, now, wall),
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.hub.poll_output() {
            match output {
                Output::Notify(connection, notice) => {
                    self.send(connection, Outgoing::Notice(notice.into()))
                }
                Output::Update(connection, seq, update) => {
                    let shared = self.last_update.shared(update);
                    self.send(connection, Outgoing::Update(seq, shared));
                }
                Output::Probe(connection) => self.send(connection, Outgoing::Probe),
                Output::Close(connection, closing) => {
                    match closing {
                        Closing::TooManyClients => drop(self.metrics.refuse(Refused::User)),
                        Closing::Silent => drop(self.metrics.refuse(Refused::Silent)),
                        Closing::NotListed => self.note_unlisted(),
                        _ => {}
                    }
                    self.send(connection, Outgoing::Close(close_code(closing)));
                    self.outboxes.remove(&connection);
                }
                Output::ServiceOutcome { id, hr, message } => {
                    self.services.end(id, ServiceOutcome { hr, message });
                }
                Output::PresenceChanged(change) => self.events.publish(change, self.clock.now()),
                Output::Store(ticket, write) => {
                    if self.store.send(ToStore::Write(ticket, write)).is_err() {
                        tracing::error!("the store is gone");
                        self.take_report(Report::Stored(ticket, Err(StoreError)));
                    }
                }
                Output::Fetch(ticket, query) => {
                    if self.store.send(ToStore::Fetch(ticket, query)).is_err() {
                        tracing::error!("the store is gone");
                        self.take_report(Report::Fetched(ticket, Err(StoreError)));
                    }
                }
            }
        }
    }

    /// Tells the operator that the directory has somebody not, or no longer.
    fn note_unlisted(&self) {
        self.metrics.refuse(Refused::Directory);
        let cause = "the sign-in name is not in the directory";
        let remedy =
            "`mistatus-server people import`, or a back end with people:write, puts people there";
        self.refusals.warn("somebody was turned away", cause, remedy, &Origin::default());
    }

    /// Queues for a connection. One that does not keep up is let go, so that it holds up nobody else.
    fn send(&mut self, connection: ConnectionId, outgoing: Outgoing) {
        let Some(outbox) = self.outboxes.get(&connection) else { return };
        if outbox.push(outgoing).is_ok() {
            return;
        }
        self.metrics.refuse(Refused::SlowReader);
        tracing::warn!(connection = connection.0, "a reader is too slow and is closed");
        outbox.give_up();
        self.outboxes.remove(&connection);
        let (now, wall) = (self.clock.now(), clock::wall());
        self.hub.disconnect(connection, Departure::Lost, now, wall);
    }
}

fn close_code(closing: Closing) -> u16 {
    match closing {
        Closing::SignedOut => limits::CLOSE_NORMAL,
        Closing::Silent => limits::CLOSE_SILENT,
        Closing::TooManyClients => limits::CLOSE_TOO_MANY,
        Closing::Resumed => limits::CLOSE_RESUMED,
        Closing::StoreFailed => limits::CLOSE_UNAVAILABLE,
        Closing::NotListed => limits::CLOSE_CREDENTIALS,
        Closing::Shutdown => limits::CLOSE_GOING_AWAY,
    }
}
