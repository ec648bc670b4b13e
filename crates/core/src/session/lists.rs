//! How the user orders people: groups, whom they block, who asks to see them.

use super::{Event, Session};
use crate::{
    chat::ContactRequest,
    dialect::Dialect,
    group::{Group, GroupId, GroupName},
    hresult::HResult,
    message::{Command, RequestId, Snapshot},
    signin_name::SigninName,
};

/// The groups, blocked people and contact requests that the engine reported.
#[derive(Default, Debug)]
pub(super) struct Lists {
    groups: Vec<Group>,
    blocked: Vec<SigninName>,
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
        self.lists.blocked.contains(name)
    }

    /// Iterates over the people whom the user has blocked.
    pub fn blocked_people(&self) -> impl Iterator<Item = &SigninName> {
        self.lists.blocked.iter()
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
        let groups = core::mem::take(&mut snapshot.groups);
        let blocked = core::mem::take(&mut snapshot.blocked);
        let requests = core::mem::take(&mut snapshot.requests);
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
            let before = self.group(id).map_or_else(Vec::new, |group| group.members.clone());
            for member in before.iter().filter(|member| !members.contains(member)) {
                self.group_member(id, member.clone(), false);
            }
            for member in members {
                self.group_member(id, member, true);
            }
        }
        for name in self.lists.blocked.clone() {
            if !blocked.contains(&name) {
                self.blocked(name, false);
            }
        }
        for name in blocked {
            self.blocked(name, true);
        }
        self.take_requests(requests);
    }

    pub(super) fn group_added(&mut self, group: Group, request: Option<RequestId>) {
        let id = group.id;
        if self.group(id).is_none() {
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
        let Some(group) = self.lists.groups.iter_mut().find(|group| group.id == id) else { return };
        if group.members.contains(&name) == member {
            return;
        }
        if member {
            group.members.push(name.clone());
        } else {
            group.members.retain(|other| *other != name);
        }
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
        if blocked {
            self.lists.blocked.push(name.clone());
        } else {
            self.lists.blocked.retain(|other| *other != name);
        }
        self.fulfil(&Command::SetBlocked { name: name.clone(), blocked });
        self.event(Event::Blocked { hr: HResult::S_OK, name: name.clone(), blocked });
        self.event(Event::Presence { name });
    }

    pub(super) fn contact_requested(&mut self, request: ContactRequest) {
        self.lists.requests.retain(|other| other.from != request.from);
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
