//! After quiet: whether every page shows what the reference model says.

use mistatus_core::{
    presence::{Viewer, effective_status},
    signin_name::SigninName,
    status::MiStatus,
};

use crate::{client::Client, world::World};

impl World {
    /// Panics with the seed unless every client shows what is true. Only after [`World::quiet`].
    pub fn assert_agreement(&self) {
        for (place, client) in self.clients.iter().enumerate() {
            if let Err(what) = self.agrees(client) {
                self.violated(&format!("client {place} of {}: {what}", client.name.as_str()));
            }
        }
    }

    fn agrees(&self, client: &Client) -> Result<(), String> {
        let session = &client.session;
        if session.is_signed_in() != client.wanted {
            return Err(format!(
                "signed in: {}, wanted: {}",
                session.is_signed_in(),
                client.wanted
            ));
        }
        if !client.wanted {
            return same("own status", session.my_status(), MiStatus::Offline);
        }
        let intent = self.model.intent(&client.name, self.wall());
        let mine =
            effective_status(intent.status, true, self.all_idle(&client.name), Viewer::Oneself);
        same("own status", session.my_status(), mine)?;
        let shown: Vec<_> = session.contacts().map(|person| person.name.clone()).collect();
        same("contact list", shown.as_slice(), self.model.contacts(&client.name))?;
        for name in shown.iter().chain(&client.watched) {
            let who = name.as_str();
            let Some(person) = session.person(name) else {
                return Err(format!("knows nothing of {who}"));
            };
            if person.is_stale() {
                return Err(format!("what is known of {who} is stale"));
            }
            let status = person.presence.status;
            let allowed = self.model.allowed(&client.name, name, self.now(), self.wall());
            if !allowed.contains(&status) {
                return Err(format!("{who} is {status:?}, may be {allowed:?}"));
            }
            self.agrees_with_pages(client, name, status)?;
            let note = self.model.intent(name, self.wall()).note;
            same("note", &person.presence.note, &note.filter(|_| status.is_online()))?;
        }
        Ok(())
    }

    /// What the model has counted of connections must be what the users wanted.
    fn agrees_with_pages(
        &self,
        client: &Client,
        name: &SigninName,
        status: MiStatus,
    ) -> Result<(), String> {
        let intent = self.model.intent(name, self.wall()).status;
        let wanted = self.clients.iter().any(|other| other.name == *name && other.wanted);
        let truth = effective_status(intent, wanted, self.all_idle(name), Viewer::Other);
        if truth.is_online() && self.model.may_see(&client.name, name) {
            same(name.as_str(), status, truth)?;
        } else if status.is_online() {
            return Err(format!("{} is {status:?} but {truth:?} at best", name.as_str()));
        }
        Ok(())
    }

    fn all_idle(&self, name: &SigninName) -> bool {
        self.clients.iter().filter(|client| client.name == *name && client.wanted).all(|c| c.idle)
    }
}

fn same<T: PartialEq + core::fmt::Debug>(what: &str, is: T, should: T) -> Result<(), String> {
    if is == should { Ok(()) } else { Err(format!("{what} is {is:?}, should be {should:?}")) }
}
