//! What the company says of who exists: commands about the directory, one after the other, and what follows from them.

use std::collections::{BTreeMap, BTreeSet};

use mistatus_core::{
    group::GroupName,
    hresult::HResult,
    limits::FOUND_PEOPLE_MAX,
    message::{Change, Notice, Outcome, RequestId},
    search::{FoundPerson, SearchText},
    signin_name::SigninName,
    time::{Tick, UnixMs},
};

use crate::{
    client::{Client, ClientId},
    config::{DIRECTORY_PENDING_MAX, PEOPLE_MAX, PERSON_GROUPS_MAX},
    directory::{Directory, Person, Plan},
    hub::Hub,
    io::{DirectoryCommand, Output, ServiceRequestId, StoreError, Write},
    jobs::{Continuation, NOT_STORED, Refusal},
};

/// What a viewer saw of a name before the directory became another.
type Seen = BTreeMap<(SigninName, SigninName), Change>;

impl Hub {
    /// Lets the company say who exists. Before [`Hub::restore`].
    pub fn use_directory(&mut self, people: Vec<Person>) {
        let mut directory = Directory::default();
        for person in people {
            directory.put(person);
        }
        self.directory = Some(directory);
    }

    /// Whether the company says who exists.
    #[must_use]
    pub fn has_directory(&self) -> bool {
        self.directory.is_some()
    }

    /// Returns what the company says of somebody.
    #[must_use]
    pub fn person(&self, name: &SigninName) -> Option<&Person> {
        self.directory.as_ref()?.get(name)
    }

    /// Returns those after a name of whom the sign-in name, the friendly name or a word in it begins so; in the order
    /// of the names.
    #[must_use]
    pub fn people(&self, beginning: &str, after: Option<&SigninName>, limit: usize) -> Vec<Person> {
        let directory = self.directory.iter();
        let found = directory.flat_map(|directory| directory.search(beginning, after, limit));
        found.cloned().collect()
    }

    /// Returns who is in a shared group, in the order of the names.
    #[must_use]
    pub fn members(&self, group: &GroupName) -> Vec<SigninName> {
        let directory = self.directory.iter();
        let members = directory.flat_map(|directory| directory.members(group));
        members.map(|person| person.name.clone()).collect()
    }

    /// Returns what a new directory would change.
    #[must_use]
    pub fn plan(&self, people: &[Person]) -> Plan {
        let listed = self.directory.iter().flat_map(Directory::names);
        let known = listed.chain(self.accounts.values().map(|account| &account.name));
        Plan::between(|name| self.person(name), known, people)
    }

    /// Answers at once, and keeps nothing: a client that has not heard the answer asks again.
    pub(crate) fn find_people(&mut self, client: ClientId, id: RequestId, beginning: &SearchText) {
        let Some(connection) = self.clients.get(&client).and_then(Client::connection) else {
            return;
        };
        let (hr, message) = match &self.directory {
            Some(directory) => {
                // One more than is told, to know whether there are others.
                let found = directory.search(beginning.as_str(), None, FOUND_PEOPLE_MAX + 1);
                let more = found.len() > FOUND_PEOPLE_MAX;
                let people = found.into_iter().take(FOUND_PEOPLE_MAX).map(FoundPerson::from);
                let notice = Notice::People { id, people: people.collect(), more };
                self.outputs.push_back(Output::Notify(connection, notice));
                (HResult::S_OK, None)
            }
            None => {
                let message = "this server has no directory of people".to_owned();
                (HResult::E_NOTIMPL, Some(message))
            }
        };
        let outcome = Notice::Outcome(Outcome { id, hr, message });
        self.outputs.push_back(Output::Notify(connection, outcome));
    }

    /// Takes a command about the directory; answered by one [`Output::ServiceOutcome`].
    pub fn handle_directory_request(
        &mut self,
        id: ServiceRequestId,
        command: DirectoryCommand,
        now: Tick,
        wall: UnixMs,
    ) {
        self.tell_time(now, wall);
        if self.directory.is_none() {
            let message = "this server runs without --directory".to_owned();
            return self.service_outcome(id, HResult::MSGR_E_POLICY_RESTRICTED, Some(message));
        }
        if self.directory_queue.waiting.len() >= DIRECTORY_PENDING_MAX {
            let message = format!(
                "{DIRECTORY_PENDING_MAX} changes of the directory wait already; try again later"
            );
            return self.service_outcome(id, HResult::MSGR_E_SERVER_TOO_BUSY, Some(message));
        }
        self.directory_queue.waiting.push_back((id, command));
        self.run_directory_queue();
    }

    /// Judges waiting commands until one has to wait for the store.
    fn run_directory_queue(&mut self) {
        while !self.directory_queue.writing {
            let Some((id, command)) = self.directory_queue.waiting.pop_front() else { return };
            match self.judge_directory(command) {
                Ok(Some((put, removed))) => {
                    self.directory_queue.writing = true;
                    // Nothing about them may be written behind this.
                    self.leaving.extend(removed.iter().cloned());
                    let write =
                        Write::ChangeDirectory { put: put.clone(), removed: removed.clone() };
                    self.store(write, Continuation::Directory { id, put, removed });
                }
                Ok(None) => self.service_outcome(id, HResult::S_OK, None),
                Err((hr, message)) => self.service_outcome(id, hr, Some(message)),
            }
        }
    }

    /// Decides who has to be put into the directory and who taken out; `None` where it is so already.
    #[expect(clippy::type_complexity, reason = "who comes and who goes")]
    fn judge_directory(
        &self,
        command: DirectoryCommand,
    ) -> Result<Option<(Vec<Person>, Vec<SigninName>)>, Refusal> {
        let (put, removed) = match command {
            DirectoryCommand::Put { person } => {
                let same = |known: &Person| {
                    *known == person && known.name.as_str() == person.name.as_str()
                };
                if self.person(&person.name).is_some_and(same) {
                    return Ok(None);
                }
                (vec![person], Vec::new())
            }
            // Also where nobody of that name is there: others may have named them.
            DirectoryCommand::Remove { name } => (Vec::new(), vec![name]),
            DirectoryCommand::SetGroup { group, members } => {
                (self.regrouped(&group, members)?, Vec::new())
            }
            DirectoryCommand::Replace { people } => {
                let plan = self.plan(&people);
                if plan.is_empty() {
                    return Ok(None);
                }
                let news: BTreeSet<_> = plan.added.into_iter().chain(plan.changed).collect();
                let put = people.into_iter().filter(|person| news.contains(&person.name));
                (put.collect(), plan.removed)
            }
        };
        if put.is_empty() && removed.is_empty() {
            return Ok(None);
        }
        let directory = self.directory.as_ref();
        let fresh = put.iter().filter(|person| self.person(&person.name).is_none()).count();
        let gone = removed.iter().filter(|name| self.person(name).is_some()).count();
        if directory.map_or(0, Directory::len) + fresh > PEOPLE_MAX + gone {
            let message = format!("the directory takes {PEOPLE_MAX} people; more are not allowed");
            return Err((HResult::MSGR_E_LIST_FULL, message));
        }
        Ok(Some((put, removed)))
    }

    /// Returns those of whom something else is said once a shared group has these members.
    fn regrouped(
        &self,
        group: &GroupName,
        members: BTreeSet<SigninName>,
    ) -> Result<Vec<Person>, Refusal> {
        let mut changed = Vec::new();
        for name in &members {
            let Some(person) = self.person(name) else {
                let message =
                    "the directory has not everybody who is to be in the group".to_owned();
                return Err((HResult::MSGR_E_USER_NOT_FOUND, message));
            };
            let mut person = person.clone();
            if person.groups.insert(group.clone()) {
                if person.groups.len() > PERSON_GROUPS_MAX {
                    let message = format!(
                        "somebody of them is in {PERSON_GROUPS_MAX} groups already; more are not allowed"
                    );
                    return Err((HResult::MSGR_E_LIST_FULL, message));
                }
                changed.push(person);
            }
        }
        let gone = self.directory.iter().flat_map(|directory| directory.members(group));
        for person in gone.filter(|person| !members.contains(&person.name)) {
            let mut person = person.clone();
            person.groups.remove(group);
            changed.push(person);
        }
        Ok(changed)
    }

    pub(crate) fn directory_stored(
        &mut self,
        id: ServiceRequestId,
        put: Vec<Person>,
        removed: Vec<SigninName>,
        result: Result<(), StoreError>,
    ) {
        self.directory_queue.writing = false;
        for name in &removed {
            self.leaving.remove(name);
        }
        match result {
            Ok(()) => {
                self.change_directory(put, removed);
                self.service_outcome(id, HResult::S_OK, None);
            }
            Err(StoreError) => {
                let message = Some(NOT_STORED.to_owned());
                self.service_outcome(id, HResult::MSGR_E_SERVER_UNAVAILABLE, message);
                // They stay, and what they asked for meanwhile has waited.
                for name in removed {
                    self.run_queue(&name);
                }
            }
        }
        self.run_directory_queue();
    }

    /// Does what has become durable, and tells everybody for whom something is otherwise.
    fn change_directory(&mut self, put: Vec<Person>, removed: Vec<SigninName>) {
        let names = put.iter().map(|person| &person.name).chain(&removed);
        let names: BTreeSet<_> = names.cloned().collect();
        let before = self.seen_by_followers(&names);
        let common: Vec<_> = names.iter().map(|name| self.common_view(name)).collect();
        if let Some(directory) = &mut self.directory {
            for name in &removed {
                directory.remove(name);
            }
            for person in put {
                directory.put(person);
            }
        }
        self.erase(&removed.into_iter().collect());
        for ((viewer, subject), seen) in before {
            if self.view(&viewer, &subject) != seen {
                self.permission_changed(&viewer, &subject);
            }
        }
        for before in common {
            let after = self.common_view(&before.name);
            if (&after.presence, after.settling) != (&before.presence, before.settling) {
                self.outputs.push_back(Output::PresenceChanged(after));
            }
        }
        // Whoever shares a group now may have written before in vain.
        for name in &names {
            let readers: Vec<_> = self.undelivered.wrote_in_vain_to(name).cloned().collect();
            readers.iter().chain([name]).for_each(|reader| self.release_hidden(reader));
        }
    }

    /// Returns what those see who follow one of these people, and what these see whom they follow.
    fn seen_by_followers(&self, names: &BTreeSet<SigninName>) -> Seen {
        let mut pairs = BTreeSet::new();
        for name in names {
            let followers = self.audience.of(name).into_iter();
            let viewers = followers.filter_map(|client| self.clients.get(&client));
            pairs.extend(viewers.map(|known| (known.user.clone(), name.clone())));
            let Some(account) = self.accounts.get(name) else { continue };
            let clients = account.clients.iter().filter_map(|client| self.clients.get(client));
            let watched = clients.flat_map(|known| &known.watches);
            let followed = account.contacts.iter().chain(watched);
            pairs.extend(followed.map(|other| (name.clone(), other.clone())));
        }
        let see = |pair: (SigninName, SigninName)| {
            let seen = self.view(&pair.0, &pair.1);
            (pair, seen)
        };
        pairs.into_iter().map(see).collect()
    }

    /// Whether somebody exists, as far as the company says so.
    pub(crate) fn is_listed(&self, name: &SigninName) -> bool {
        self.directory.as_ref().is_none_or(|directory| directory.contains(name))
    }

    /// Whether something may be begun with somebody: they exist, and are not about to be taken out.
    pub(crate) fn stays(&self, name: &SigninName) -> bool {
        self.is_listed(name) && !self.leaving.contains(name)
    }

    /// Whether two people see each other and write to each other because the company put them into one group.
    pub(crate) fn are_colleagues(&self, one: &SigninName, other: &SigninName) -> bool {
        let directory = self.directory.as_ref();
        directory.is_some_and(|directory| directory.are_colleagues(one, other))
    }

    /// Returns how somebody is shown who calls themselves so, if anything.
    pub(crate) fn shown_name(&self, name: &SigninName, own: Option<String>) -> Option<String> {
        self.person(name).and_then(|person| person.friendly_name.clone()).or(own)
    }

    /// Refuses what somebody wants of a person who does not exist.
    pub(crate) fn require(&self, name: &SigninName) -> Result<(), Refusal> {
        if self.stays(name) {
            return Ok(());
        }
        let message = "the directory of this server has nobody of that name".to_owned();
        Err((HResult::MSGR_E_USER_NOT_FOUND, message))
    }
}
