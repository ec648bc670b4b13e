//! How one user stands to others: groups, blocking, permissions given, requests that wait. Tells nobody.

use std::collections::{BTreeMap, BTreeSet};

use mistatus_core::{
    chat::ChatMessage,
    group::{Group, GroupId, GroupName},
    presence::{Presence, Source},
    signin_name::SigninName,
    time::UnixMs,
};

use crate::{
    account::{ContactList, Shown},
    inbox::Amount,
    io::{BlockRecord, Curtain, PeopleRecord},
};

/// A user's groups, blocks, permissions and contact requests: all about others but the contact list.
#[derive(Default)]
pub(crate) struct People {
    /// In the order in which they were made.
    pub(crate) groups: Vec<Group>,
    /// The last number given to a group; none is given twice.
    pub(crate) last_group: u32,
    pub(crate) blocked: ContactList,
    /// Whose request was accepted: they may see the user without being on the list.
    pub(crate) allowed: BTreeSet<SigninName>,
    /// Who waits for an answer, the longest waiting first.
    pub(crate) requests: Vec<(SigninName, UnixMs)>,
    /// Those for whom the user seems gone: who is blocked, and who was and is not to notice before the user is seen.
    drawn: BTreeMap<SigninName, Drawn>,
    /// For whom the user has come back since, by being unblocked: until the status changes they see that instant.
    returned: BTreeMap<SigninName, UnixMs>,
}

/// What one viewer sees instead of the user's presence, since when, and how many of their messages were dropped.
struct Drawn {
    curtain: Curtain,
    since: Option<UnixMs>,
    /// What went nowhere.
    messages: Amount,
}

impl People {
    pub(crate) fn restored(record: PeopleRecord) -> Self {
        let mut people = Self {
            groups: record.groups,
            last_group: record.last_group,
            allowed: record.allowed.into_iter().collect(),
            requests: record.requests,
            ..Self::default()
        };
        for BlockRecord { name, blocked, curtain } in record.blocked {
            let drawn = Drawn { curtain, since: None, messages: Amount::default() };
            people.drawn.insert(name.clone(), drawn);
            if blocked {
                people.blocked.push(name);
            }
        }
        // What was answered while it was on its way into the store.
        let (blocked, allowed) = (&people.blocked, &people.allowed);
        people.requests.retain(|(from, _)| !blocked.contains(from) && !allowed.contains(from));
        people
    }

    pub(crate) fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    pub(crate) fn group_mut(&mut self, id: GroupId) -> Option<&mut Group> {
        self.groups.iter_mut().find(|group| group.id == id)
    }

    pub(crate) fn group_called(&self, name: &GroupName) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == *name)
    }

    pub(crate) fn is_asked_by(&self, name: &SigninName) -> bool {
        self.requests.iter().any(|(from, _)| from == name)
    }

    /// Ends a request; returns whether there was one.
    pub(crate) fn end_request(&mut self, from: &SigninName) -> bool {
        let before = self.requests.len();
        self.requests.retain(|(name, _)| name != from);
        self.requests.len() < before
    }

    pub(crate) fn curtain(&self, viewer: &SigninName) -> Option<&Curtain> {
        self.drawn.get(viewer).map(|drawn| &drawn.curtain)
    }

    pub(crate) fn is_hidden_from(&self, viewer: &SigninName) -> bool {
        self.drawn.contains_key(viewer)
    }

    pub(crate) fn hidden_from(&self) -> impl Iterator<Item = &SigninName> {
        self.drawn.keys()
    }

    /// Draws the curtain; one that is drawn already stays as it is.
    pub(crate) fn draw(&mut self, viewer: SigninName, curtain: Curtain, since: Option<UnixMs>) {
        self.returned.remove(&viewer);
        self.drawn.entry(viewer).or_insert(Drawn { curtain, since, messages: Amount::default() });
    }

    /// Opens the curtain: for the viewer the user comes at that instant.
    pub(crate) fn open(&mut self, viewer: &SigninName, wall: UnixMs) {
        if self.drawn.remove(viewer).is_some() {
            self.returned.insert(viewer.clone(), wall);
        }
    }

    /// Opens every curtain before somebody who is not blocked any more, and returns who may have been told something.
    pub(crate) fn open_all(&mut self) -> Vec<(SigninName, Curtain)> {
        let drawn = core::mem::take(&mut self.drawn);
        let (stay, opened): (BTreeMap<_, _>, BTreeMap<_, _>) =
            drawn.into_iter().partition(|(viewer, _)| self.blocked.contains(viewer));
        self.drawn = stay;
        opened.into_iter().map(|(viewer, drawn)| (viewer, drawn.curtain)).collect()
    }

    /// The status is another: since when it holds is the same for everybody again.
    pub(crate) fn status_changed(&mut self) {
        self.returned.clear();
    }

    /// Returns what a viewer sees instead of what all others see.
    pub(crate) fn seen_by(
        &self,
        viewer: &SigninName,
        shown: &Shown,
        settling: bool,
    ) -> Option<Shown> {
        if let Some(Drawn { curtain, since, .. }) = self.drawn.get(viewer) {
            let gone =
                Presence { since: *since, source: Some(Source::Connection), ..Presence::OFFLINE };
            let presence = if settling { Presence::UNKNOWN } else { gone };
            return Some(Shown { friendly_name: curtain.friendly_name.clone(), presence });
        }
        let since = Some(*self.returned.get(viewer)?);
        let source = Some(Source::Connection);
        Some(Shown {
            friendly_name: shown.friendly_name.clone(),
            presence: Presence { since, source, ..shown.presence.clone() },
        })
    }

    pub(crate) fn has_returned_for(&self, viewer: &SigninName) -> bool {
        self.returned.contains_key(viewer)
    }

    /// Counts a message that went nowhere.
    pub(crate) fn swallow(&mut self, writer: &SigninName, message: &ChatMessage) {
        if let Some(drawn) = self.drawn.get_mut(writer) {
            drawn.messages += Amount::of(message);
        }
    }

    /// Returns what of somebody's went nowhere, and would wait if the user were gone.
    pub(crate) fn swallowed(&self, writer: &SigninName) -> Amount {
        self.drawn.get(writer).map_or_else(Amount::default, |drawn| drawn.messages)
    }
}
