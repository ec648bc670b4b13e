//! How one user stands to others: groups, blocking, permissions given, requests that wait. Tells nobody.

use std::collections::BTreeSet;

use mistatus_core::{
    group::{Group, GroupId, GroupName},
    signin_name::SigninName,
    time::UnixMs,
};

use crate::{
    contacts::ContactList,
    io::{BlockRecord, RelationsRecord},
};

/// A user's groups, blocks, permissions and contact requests: all about others but the contact list.
#[derive(Default)]
pub(crate) struct Relations {
    /// In the order in which they were made.
    pub(crate) groups: Vec<Group>,
    /// The last number given to a group; none is given twice.
    pub(crate) last_group: u32,
    pub(crate) blocked: ContactList,
    /// Whose request was accepted: they may see the user without being on the list.
    pub(crate) allowed: BTreeSet<SigninName>,
    /// Who waits for an answer, the longest waiting first.
    pub(crate) requests: Vec<(SigninName, UnixMs)>,
}

impl Relations {
    pub(crate) fn restored(record: RelationsRecord) -> Self {
        let mut relations = Self {
            groups: record.groups,
            last_group: record.last_group,
            allowed: record.allowed.into_iter().collect(),
            requests: record.requests,
            ..Self::default()
        };
        for BlockRecord { name, .. } in record.blocked.into_iter().filter(|block| block.blocked) {
            relations.blocked.push(name);
        }
        // What was answered while it was on its way into the store.
        let (blocked, allowed) = (&relations.blocked, &relations.allowed);
        relations.requests.retain(|(from, _)| !blocked.contains(from) && !allowed.contains(from));
        relations
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

    /// Returns how many members all groups have together.
    pub(crate) fn memberships(&self) -> usize {
        self.groups.iter().map(|group| group.members.len()).sum()
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
}
