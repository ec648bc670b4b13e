//! After quiet: whether every page shows what the reference model says.

use std::collections::BTreeSet;

use mistatus_core::{
    presence::{Viewer, effective_status},
    signin_name::SigninName,
    status::MiStatus,
};

use crate::{client::Client, world::World};

impl World {
    /// Panics with the seed unless every page shows what is true. Only after [`World::quiet`].
    pub fn assert_agreement(&mut self) {
        for (place, client) in self.clients.iter().enumerate().filter(|(_, client)| client.is_open)
        {
            if let Err(what) = self.agrees(client) {
                self.violated(&format!("client {place} of {}: {what}", client.name.as_str()));
            }
        }
        self.assert_one_connection_each();
        self.count_agreement();
    }

    /// Tabs of one profile share one connection; a page that shares with nobody has its own.
    fn assert_one_connection_each(&self) {
        let profiles = self.clients.iter().map(|client| client.profile);
        for profile in profiles.collect::<BTreeSet<_>>() {
            let wanted =
                self.clients.iter().any(|tab| tab.profile == profile && tab.is_open && tab.wanted);
            let is = self.connections_of(profile);
            if is != usize::from(wanted) {
                self.violated(&format!("profile {profile} has {is} connections"));
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
        if !client.open.is_empty() {
            return Err(format!("requests {:?} never ended", client.open));
        }
        if !client.wanted {
            return same("own status", session.my_status(), MiStatus::Offline);
        }
        let intent = self.model.intent(&client.name);
        if intent.until.is_some_and(|until| until <= self.wall()) {
            return Err("a choice outlived its end".to_owned());
        }
        if self.model.claim(&client.name).is_some_and(|claim| claim.until <= self.wall()) {
            return Err("a claim outlived its end".to_owned());
        }
        if !self.asked_by_services.is_empty() {
            return Err(format!("services wait for {:?}", self.asked_by_services));
        }
        let idle_choice = self.model.idle_choice(&client.name);
        same("choice about idleness", session.idle_choice(), Some(idle_choice))?;
        let mine = effective_status(
            intent.status,
            self.model.claim(&client.name).map(|claim| claim.status),
            true,
            self.all_idle(&client.name),
            Viewer::Oneself,
        );
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
            let allowed = self.model.allowed(&client.name, name, self.now());
            if !allowed.contains(status) {
                let (basis, allowed) = (person.basis, allowed.list());
                return Err(format!("{who} is {status:?} ({basis:?}), may be {allowed:?}"));
            }
            self.agrees_with_pages(client, name, status)?;
            let (intent, claim) = (self.model.intent(name), self.model.claim(name));
            let note = claim.and_then(|claim| claim.note.clone()).or(intent.note);
            same("note", &person.presence.note, &note.filter(|_| status.is_online()))?;
            let until = claim.map_or(intent.until, |claim| Some(claim.until));
            same("end", &person.presence.until, &until.filter(|_| status.is_online()))?;
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
        let intent = self.model.intent(name).status;
        let claimed = self.model.claim(name).map(|claim| claim.status);
        let wanted = self.pages_of(name).next().is_some();
        let truth = effective_status(intent, claimed, wanted, self.all_idle(name), Viewer::Other);
        if truth.is_online() && self.model.may_see(&client.name, name) {
            same(name.as_str(), status, truth)?;
        } else if status.is_online() {
            return Err(format!("{} is {status:?} but {truth:?} at best", name.as_str()));
        }
        Ok(())
    }

    fn all_idle(&self, name: &SigninName) -> bool {
        self.model.idle_choice(name).transmit && self.pages_of(name).all(|client| client.idle)
    }

    fn pages_of(&self, name: &SigninName) -> impl Iterator<Item = &Client> {
        self.clients.iter().filter(move |page| page.name == *name && page.is_open && page.wanted)
    }
}

fn same<T: PartialEq + core::fmt::Debug>(what: &str, is: T, should: T) -> Result<(), String> {
    if is == should { Ok(()) } else { Err(format!("{what} is {is:?}, should be {should:?}")) }
}
