//! What surrounds the registry: frames, greetings, the store, a restart. Holds every told status against the model.

use mistatus_core::{
    message::{Change, Notice, Request},
    presence::Presence,
    signin_name::SigninName,
};
use mistatus_hub::{Arrival, ClientId, Closing, Departure, Hub, Output};
use mistatus_json::server::{FromClient, decode, encode};

use super::World;
use crate::link::{Greeted, Parcel, Towards};

impl World {
    /// Kills the server and starts it again from its store: connections break, unfinished writes may be lost.
    pub fn restart_hub(&mut self) {
        for write in self.store.crash(&mut self.random) {
            self.model.written(&write);
        }
        self.model.restarted(self.now);
        let accepted = self.connections.iter().filter(|(_, known)| known.is_accepted);
        let accepted: Vec<_> = accepted.map(|(id, _)| *id).collect();
        for id in accepted {
            self.send(id, Towards::Client, Parcel::Closed);
            self.let_go(id);
        }
        self.hub = Hub::new(self.config.clone());
        for record in self.store.records() {
            self.hub.restore(record.clone(), self.now, self.wall());
        }
        self.drain_hub();
    }

    /// The oldest write becomes durable, and the registry hears of it.
    pub(super) fn stored(&mut self) {
        if let Some((ticket, write)) = self.store.finish_one() {
            self.model.written(&write);
            self.hub.handle_stored(ticket, Ok(()), self.now, self.wall());
            self.drain_hub();
        }
    }

    pub(super) fn arrive_at_hub(&mut self, id: ClientId, parcel: Parcel) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        match parcel {
            Parcel::Opened => {
                connection.is_accepted = true;
                self.send(id, Towards::Client, Parcel::Opened);
            }
            Parcel::Text(_) | Parcel::Closed if !connection.is_accepted => {}
            Parcel::Text(text) => match decode(&text) {
                Ok(FromClient::Signin(greeting)) => {
                    let Some(name) = greeting.signin_name else {
                        self.violated("a greeting without a name");
                    };
                    let idle = greeting.idle_for.is_some();
                    connection.greeting = Some(Greeted { idle });
                    let arrival = Arrival {
                        name,
                        friendly_name: greeting.friendly_name,
                        idle_for: greeting.idle_for,
                        resume_token: None,
                        resume: greeting.resume,
                    };
                    self.hub.connect(id, arrival, self.now, self.wall());
                    self.drain_hub();
                }
                Ok(FromClient::Request(request)) => self.requested(id, request),
                Err(error) => self.violated(&format!("a client's frame was refused: {error:?}")),
            },
            Parcel::Closed => {
                self.let_go(id);
                self.model.left(id, Departure::Lost, self.now);
                self.hub.disconnect(id, Departure::Lost, self.now, self.wall());
                self.drain_hub();
            }
        }
    }

    fn requested(&mut self, id: ClientId, request: Request) {
        match &request {
            Request::ReportIdle { idle_for } => self.model.is_idle(id, idle_for.is_some()),
            // Links keep the order and lose nothing before they break.
            Request::Resync => self.violated("a client found a gap in the numbers"),
            _ => {}
        }
        self.hub.handle_request(id, request, self.now, self.wall());
        self.drain_hub();
    }

    pub(super) fn drain_hub(&mut self) {
        let outputs: Vec<_> = core::iter::from_fn(|| self.hub.poll_output()).collect();
        // Arrivals and departures first: the registry may tell others before it welcomes.
        for output in &outputs {
            match output {
                Output::Notify(id, Notice::SignedIn(welcome)) => {
                    let greeted = self.connections.get(id).and_then(|known| known.greeting);
                    let Some(greeted) = greeted else {
                        self.violated("somebody was welcomed who had not greeted");
                    };
                    self.model.came(&welcome.name, *id, greeted.idle);
                }
                Output::Close(id, Closing::SignedOut) => {
                    self.model.left(*id, Departure::SignedOut, self.now);
                }
                Output::Close(id, _) => self.model.left(*id, Departure::Lost, self.now),
                Output::Notify(..) | Output::Store(..) => {}
            }
        }
        for output in outputs {
            match output {
                Output::Notify(id, notice) => {
                    self.check(id, &notice);
                    self.send(id, Towards::Client, Parcel::Text(encode(&notice)));
                }
                Output::Close(id, _) => {
                    self.send(id, Towards::Client, Parcel::Closed);
                    self.let_go(id);
                }
                Output::Store(ticket, write) => {
                    self.store.accept(ticket, write, self.now, &mut self.random);
                }
            }
        }
    }

    /// Nobody may be told of another what is not true; of an invisible one nothing but what is said of the absent.
    fn check(&self, id: ClientId, notice: &Notice) {
        let Some(connection) = self.connections.get(&id) else {
            self.violated("a notice for a connection that never was");
        };
        let viewer = &self.clients[connection.client].name;
        match notice {
            Notice::Changes { changes, .. } => self.check_all(viewer, changes),
            Notice::ContactAdded { contact, .. } => self.check_one(viewer, contact),
            Notice::Snapshot(snapshot) => {
                self.check_all(viewer, &snapshot.contacts);
                self.check_all(viewer, &snapshot.watched);
            }
            _ => {}
        }
    }

    fn check_all(&self, viewer: &SigninName, changes: &[Change]) {
        for change in changes {
            self.check_one(viewer, change);
        }
    }

    fn check_one(&self, viewer: &SigninName, change: &Change) {
        let Presence { status, note, .. } = &change.presence;
        let allowed = self.model.allowed(viewer, &change.name, self.now, self.wall());
        let (who, viewer) = (change.name.as_str(), viewer.as_str());
        if !allowed.contains(status) {
            self.violated(&format!("{viewer} was told {status:?} of {who}, may be {allowed:?}"));
        }
        if note.is_some() && !status.is_online() {
            self.violated(&format!("{viewer} was told the note of {who}, who seems not there"));
        }
    }

    fn let_go(&mut self, id: ClientId) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.is_accepted = false;
        }
    }
}
