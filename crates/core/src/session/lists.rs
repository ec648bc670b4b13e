//! How the user orders people: groups, whom they block, who asks to see them.

use super::{Event, Session};
use crate::{
    by_name::ByName,
    chat::ContactRequest,
    dialect::Dialect,
    group::{Group, GroupId, GroupName},
    hresult::HResult,
    limits::{CONTACT_REQUESTS_MAX, CONTACTS_MAX, GROUP_MEMBERSHIPS_MAX, GROUPS_MAX},
    message::{Command, RequestId, Snapshot},
    signin_name::SigninName,
};

/// The groups, blocked people and contact requests that the engine reported.
#[derive(Default, Debug)]
pub(super) struct Lists {
    groups: Vec<Group>,
    blocked: ByName<SigninName>,
    requests: Vec<ContactRequest>,
    /// Whether they were told once since the sign-in, so that what differs now is a change.
    told: bool,
}

impl<D: Dialect> Session<D> {
    /// Iterates over the user's groups in their order.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.lists.groups.iter()
    }

    /// Returns one of the user's groups.
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.lists.groups.iter().find(|group| group.id == id)
    }

    /// Whether the user has blocked somebody.
    pub fn is_blocked(&self, name: &SigninName) -> bool {
        self.lists.blocked.get(name).is_some()
    }

    /// Iterates over the people whom the user has blocked.
    pub fn blocked_people(&self) -> impl Iterator<Item = &SigninName> {
        self.lists.blocked.values()
    }

    /// Iterates over those who wait for the user's answer, the longest waiting first.
    pub fn contact_requests(&self) -> impl Iterator<Item = &ContactRequest> {
        self.lists.requests.iter()
    }

    /// Whether somebody waits for the user's answer.
    pub(super) fn is_asked_by(&self, name: &SigninName) -> bool {
        self.lists.requests.iter().any(|request| request.from == *name)
    }

    /// Takes the lists of a snapshot; what differs from before is told as changes.
    pub(super) fn take_lists(&mut self, snapshot: &mut Snapshot) {
        let mut groups = core::mem::take(&mut snapshot.groups);
        let mut blocked = core::mem::take(&mut snapshot.blocked);
        let mut requests = core::mem::take(&mut snapshot.requests);
        self.bound(&mut groups, GROUPS_MAX);
        let mut room = GROUP_MEMBERSHIPS_MAX;
        for group in &mut groups {
            self.bound(&mut group.members, room);
            room -= group.members.len();
        }
        self.bound(&mut blocked, CONTACTS_MAX);
        self.bound(&mut requests, CONTACT_REQUESTS_MAX);
        let blocked = by_name(&blocked);
        if !core::mem::replace(&mut self.lists.told, true) {
            (self.lists.groups, self.lists.blocked) = (groups, blocked);
            self.take_requests(requests);
            return;
        }
        let gone = |before: &Group| !groups.iter().any(|group| group.id == before.id);
        let gone: Vec<_> =
            self.lists.groups.iter().filter(|before| gone(before)).map(|group| group.id).collect();
        for group in gone {
            self.group_removed(group);
        }
        for group in groups {
            let Group { id, name, members } = group;
            if self.group(id).is_none() {
                self.group_added(Group { id, name: name.clone(), members: Vec::new() }, None);
            }
            self.group_renamed(id, name);
            self.take_members(id, members);
        }
        let before = core::mem::replace(&mut self.lists.blocked, blocked);
        for name in missing(before.values(), &self.lists.blocked) {
            self.block_told(name, false);
        }
        for name in missing(self.lists.blocked.values(), &before) {
            self.block_told(name, true);
        }
        self.take_requests(requests);
    }

    /// Takes who is in a group. Compares whole lists, which may be long, and not each name with all others.
    fn take_members(&mut self, id: GroupId, members: Vec<SigninName>) {
        let Some(group) = self.lists.groups.iter_mut().find(|group| group.id == id) else { return };
        if group.members == members {
            return;
        }
        let before = core::mem::replace(&mut group.members, members);
        let (old, new) = (by_name(&before), by_name(&group.members));
        let added = missing(group.members.iter(), &old);
        for name in missing(before.iter(), &new) {
            self.member_told(id, name, false);
        }
        for name in added {
            self.member_told(id, name, true);
        }
    }

    pub(super) fn group_added(&mut self, group: Group, request: Option<RequestId>) {
        let id = group.id;
        if self.group(id).is_none() {
            if self.lists.groups.len() >= GROUPS_MAX {
                return self.too_much();
            }
            self.fulfil(&Command::CreateGroup { name: group.name.clone() });
            self.lists.groups.push(group);
            self.event(Event::GroupAdded { hr: HResult::S_OK, group: Some(id), request });
        }
    }

    pub(super) fn group_renamed(&mut self, id: GroupId, name: GroupName) {
        let group = self.lists.groups.iter_mut().find(|group| group.id == id);
        if let Some(group) = group.filter(|group| group.name != name) {
            group.name = name.clone();
            self.fulfil(&Command::RenameGroup { group: id, name });
            self.event(Event::GroupRenamed { hr: HResult::S_OK, group: id });
        }
    }

    pub(super) fn group_removed(&mut self, id: GroupId) {
        let before = self.lists.groups.len();
        self.lists.groups.retain(|group| group.id != id);
        if self.lists.groups.len() < before {
            self.fulfil(&Command::RemoveGroup { group: id });
            self.event(Event::GroupRemoved { hr: HResult::S_OK, group: id });
        }
    }

    pub(super) fn group_member(&mut self, id: GroupId, name: SigninName, member: bool) {
        let count: usize = self.lists.groups.iter().map(|group| group.members.len()).sum();
        let Some(group) = self.lists.groups.iter_mut().find(|group| group.id == id) else { return };
        if group.members.contains(&name) == member {
            return;
        }
        if member {
            if count >= GROUP_MEMBERSHIPS_MAX {
                return self.too_much();
            }
            group.members.push(name.clone());
        } else {
            group.members.retain(|other| *other != name);
        }
        self.member_told(id, name, member);
    }

    fn member_told(&mut self, id: GroupId, name: SigninName, member: bool) {
        self.fulfil(&Command::SetGroupMember { group: id, name: name.clone(), member });
        self.event(Event::GroupMember { hr: HResult::S_OK, group: id, name, member });
    }

    /// Somebody who is on the list no longer is in no group either.
    pub(super) fn leave_groups(&mut self, name: &SigninName) {
        for group in &mut self.lists.groups {
            group.members.retain(|member| member != name);
        }
    }

    pub(super) fn blocked(&mut self, name: SigninName, blocked: bool) {
        if self.is_blocked(&name) == blocked {
            return;
        }
        if !blocked {
            self.lists.blocked.remove(&name);
        } else if self.lists.blocked.len() < CONTACTS_MAX {
            self.lists.blocked.get_or_insert_with(&name, || name.clone());
        } else {
            return self.too_much();
        }
        self.block_told(name, blocked);
    }

    fn block_told(&mut self, name: SigninName, blocked: bool) {
        self.fulfil(&Command::SetBlocked { name: name.clone(), blocked });
        self.event(Event::Blocked { hr: HResult::S_OK, name: name.clone(), blocked });
        self.event(Event::Presence { name });
    }

    pub(super) fn contact_requested(&mut self, request: ContactRequest) {
        self.lists.requests.retain(|other| other.from != request.from);
        if self.lists.requests.len() >= CONTACT_REQUESTS_MAX {
            return self.too_much();
        }
        self.lists.requests.push(request);
        self.event(Event::ContactRequests);
    }

    pub(super) fn contact_request_gone(&mut self, name: &SigninName) {
        let before = self.lists.requests.len();
        self.lists.requests.retain(|request| request.from != *name);
        if self.lists.requests.len() < before {
            self.event(Event::ContactRequests);
        }
    }

    fn take_requests(&mut self, requests: Vec<ContactRequest>) {
        if self.lists.requests != requests {
            self.lists.requests = requests;
            self.event(Event::ContactRequests);
        }
    }

    /// After a sign-out there are no lists.
    pub(super) fn forget_lists(&mut self) {
        let before = core::mem::take(&mut self.lists);
        if !before.requests.is_empty() {
            self.event(Event::ContactRequests);
        }
    }
}

/// Returns names so that one is found without a look at all.
fn by_name(names: &[SigninName]) -> ByName<SigninName> {
    let mut found = ByName::default();
    for name in names {
        found.get_or_insert_with(name, || name.clone());
    }
    found
}

/// Returns those names that are not among others.
fn missing<'a>(
    names: impl Iterator<Item = &'a SigninName>,
    among: &ByName<SigninName>,
) -> Vec<SigninName> {
    names.filter(|name| among.get(name).is_none()).cloned().collect()
}
