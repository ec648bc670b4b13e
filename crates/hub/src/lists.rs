//! How a user orders people: contact requests, blocking, groups. Decides what is allowed, and tells who is concerned.

use mistatus_core::{
    group::{Group, GroupId, GroupName},
    hresult::HResult,
    limits::{CONTACT_REQUESTS_MAX, GROUPS_MAX},
    message::{RequestId, Update},
    signin_name::SigninName,
};

use crate::{
    account::Account,
    config::Visibility,
    hub::{Hub, Waiting},
    io::{Curtain, Write},
    requests::{Refusal, Step},
};

impl Hub {
    /// Whether the one whom a user puts on the list has to be asked.
    pub(crate) fn has_to_ask(&self, owner: &SigninName, contact: &SigninName) -> bool {
        let Some(asked) = self.accounts.get(contact) else { return false };
        let people = &asked.people;
        self.config.visibility == Visibility::Contacts
            && owner != contact
            && !asked.permits(owner)
            && !people.blocked.contains(owner)
            && !people.is_asked_by(owner)
            && people.requests.len() < CONTACT_REQUESTS_MAX
    }

    /// Tells somebody that a user wants to see them.
    pub(crate) fn ask(&mut self, owner: &SigninName, contact: &SigninName) {
        let wall = self.wall;
        let Some(asked) = self.accounts.get_mut(contact) else { return };
        asked.people.requests.push((owner.clone(), wall));
        let request = self.contact_request(owner, wall);
        self.tell_all_of(contact, Update::ContactRequested { request });
    }

    /// Asks somebody who signs in for the first time on behalf of all who have them on the list already.
    pub(crate) fn collect_requests(&mut self, newcomer: &SigninName) {
        // Everybody is looked at: not where nobody has to ask.
        if self.config.visibility == Visibility::Everyone {
            return;
        }
        let lists = |account: &&Account| account.contacts.contains(newcomer);
        let owners: Vec<_> =
            self.accounts.values().filter(lists).map(|account| account.name.clone()).collect();
        for from in owners {
            if self.has_to_ask(&from, newcomer) {
                let write = Write::PutRequest {
                    owner: newcomer.clone(),
                    from: from.clone(),
                    at: self.wall,
                };
                self.store(write, Waiting::Nobody);
                self.ask(&from, newcomer);
            }
        }
    }

    /// Ends a request that waits at a user, where there is one.
    pub(crate) fn end_request(&mut self, owner: &SigninName, from: &SigninName) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        if account.people.end_request(from) {
            self.tell_all_of(owner, Update::ContactRequestGone { name: from.clone() });
        }
    }

    pub(crate) fn judge_answer(
        &self,
        account: &Account,
        from: &SigninName,
        accept: bool,
    ) -> Result<Write, Refusal> {
        if !account.people.is_asked_by(from) {
            let message = "nobody of that name waits for an answer".to_owned();
            return Err((HResult::MSGR_E_USER_NOT_FOUND, message));
        }
        let believed = match accept {
            true => account.believed_after_change(from, true),
            false => None,
        };
        let owner = account.name.clone();
        Ok(Write::AnswerRequest { owner, from: from.clone(), accept, believed })
    }

    pub(crate) fn request_answered(
        &mut self,
        owner: &SigninName,
        from: &SigninName,
        accept: bool,
        believed: Option<bool>,
    ) {
        self.end_request(owner, from);
        let before = self.may_see(from, owner);
        if accept && let Some(account) = self.accounts.get_mut(owner) {
            account.allow(from, believed);
        }
        if before != self.may_see(from, owner) {
            self.permission_changed(from, owner);
        }
    }

    pub(crate) fn judge_block(
        &self,
        account: &Account,
        name: &SigninName,
        blocked: bool,
    ) -> Result<Step, Refusal> {
        if *name == account.name {
            let message = "nobody can block themselves".to_owned();
            return Err((HResult::E_INVALIDARG, message));
        }
        if account.people.blocked.contains(name) == blocked {
            return Ok(Step::End(HResult::S_FALSE));
        }
        let max = self.config.contacts_max;
        if blocked && account.people.blocked.len() >= max {
            let message = format!("{max} people are blocked; more cannot be");
            return Err((HResult::MSGR_E_LIST_FULL, message));
        }
        // Who is not seen comes back for nobody: the one who was blocked learns it with all others.
        let curtain = (blocked || !account.is_seen()).then(|| curtain_before(account, name));
        let (owner, contact) = (account.name.clone(), name.clone());
        Ok(Step::Store(Write::SetBlocked { owner, contact, blocked, curtain }))
    }

    /// Blocks somebody or ends that: for them the user goes, or comes.
    pub(crate) fn block_changed(&mut self, owner: &SigninName, name: &SigninName, blocked: bool) {
        let wall = self.wall;
        let Some(account) = self.accounts.get_mut(owner) else { return };
        let seen = account.is_seen();
        let given = match blocked {
            true => {
                account.people.blocked.push(name.clone());
                name.clone()
            }
            false => account.people.blocked.remove(name).unwrap_or_else(|| name.clone()),
        };
        self.tell_all_of(owner, Update::Blocked { name: given, blocked });
        if blocked {
            self.end_request(owner, name);
        }
        let saw = self.may_see(name, owner);
        let before = self.view(name, owner);
        let Some(account) = self.accounts.get_mut(owner) else { return };
        if blocked {
            let curtain = curtain_before(account, name);
            let since = match seen {
                // Since when somebody is gone, nobody knows who has just started.
                true => (!account.may_return).then_some(wall),
                false => account.shown.presence.since,
            };
            account.people.draw(name.clone(), curtain, since);
        } else if seen {
            account.people.open(name, wall);
        }
        let sees = self.may_see(name, owner);
        if sees && self.view(name, owner) != before {
            self.tell_viewer(name, owner);
        } else if saw && !sees {
            self.permission_changed(name, owner);
        }
        self.tell_confirmed(owner);
    }

    pub(crate) fn group_made(&mut self, owner: &SigninName, name: &GroupName, request: RequestId) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        account.people.last_group += 1;
        let id = GroupId(account.people.last_group);
        let group = Group { id, name: name.clone(), members: Vec::new() };
        account.people.groups.push(group.clone());
        self.tell_all_of(owner, Update::GroupAdded { group, request: Some(request) });
    }

    pub(crate) fn group_renamed(&mut self, owner: &SigninName, id: GroupId, name: &GroupName) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        let Some(group) = account.people.group_mut(id) else { return };
        group.name = name.clone();
        self.tell_all_of(owner, Update::GroupRenamed { group: id, name: name.clone() });
    }

    pub(crate) fn group_removed(&mut self, owner: &SigninName, id: GroupId) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        account.people.groups.retain(|group| group.id != id);
        self.tell_all_of(owner, Update::GroupRemoved { group: id });
    }

    pub(crate) fn member_changed(
        &mut self,
        owner: &SigninName,
        id: GroupId,
        name: &SigninName,
        member: bool,
    ) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        let name = account.contacts.as_given(name).unwrap_or(name).clone();
        let Some(group) = account.people.group_mut(id) else { return };
        group.members.retain(|other| *other != name);
        if member {
            group.members.push(name.clone());
        }
        self.tell_all_of(owner, Update::GroupMember { group: id, name, member });
    }

    /// Takes somebody who is no longer on the list out of all groups, of which `contact-removed` has told.
    pub(crate) fn leave_groups(&mut self, owner: &SigninName, contact: &SigninName) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        for group in &mut account.people.groups {
            group.members.retain(|member| member != contact);
        }
    }
}

pub(crate) fn judge_new_group(account: &Account, name: &GroupName) -> Result<Write, Refusal> {
    if account.people.group_called(name).is_some() {
        return Err((HResult::MSGR_E_GROUP_ALREADY_EXISTS, GROUP_EXISTS.to_owned()));
    }
    if account.people.groups.len() >= GROUPS_MAX {
        let message = format!("there are {GROUPS_MAX} groups; more are not allowed");
        return Err((HResult::MSGR_E_TOO_MANY_GROUPS, message));
    }
    let group = GroupId(account.people.last_group + 1);
    Ok(Write::PutGroup { owner: account.name.clone(), group, name: name.clone() })
}

pub(crate) fn judge_group_name(
    account: &Account,
    group: GroupId,
    name: &GroupName,
) -> Result<Write, Refusal> {
    existing(account, group)?;
    if account.people.group_called(name).is_some_and(|other| other.id != group) {
        return Err((HResult::MSGR_E_GROUP_ALREADY_EXISTS, GROUP_EXISTS.to_owned()));
    }
    Ok(Write::PutGroup { owner: account.name.clone(), group, name: name.clone() })
}

pub(crate) fn judge_end_of_group(account: &Account, group: GroupId) -> Result<Write, Refusal> {
    existing(account, group)?;
    Ok(Write::RemoveGroup { owner: account.name.clone(), group })
}

pub(crate) fn judge_member(
    account: &Account,
    group: GroupId,
    name: &SigninName,
    member: bool,
) -> Result<Write, Refusal> {
    let is_member = existing(account, group)?.members.contains(name);
    let Some(contact) = account.contacts.as_given(name) else {
        let message = "that contact is not on the list".to_owned();
        return Err((HResult::MSGR_E_USER_NOT_FOUND, message));
    };
    match (is_member, member) {
        (true, true) => {
            let message = "that contact is in the group already".to_owned();
            Err((HResult::MSGR_E_ALREADY_IN_LIST, message))
        }
        (false, false) => {
            let message = "that contact is not in the group".to_owned();
            Err((HResult::MSGR_E_USER_NOT_GROUP_MEMBER, message))
        }
        _ => {
            let (owner, contact) = (account.name.clone(), contact.clone());
            Ok(Write::SetGroupMember { owner, group, contact, member })
        }
    }
}

fn existing(account: &Account, group: GroupId) -> Result<&Group, Refusal> {
    account.people.group(group).ok_or_else(|| {
        let message = format!("there is no group {}", group.0);
        (HResult::MSGR_E_GROUP_DOES_NOT_EXIST, message)
    })
}

/// Returns what somebody is to go on believing of a user who goes for them.
fn curtain_before(account: &Account, viewer: &SigninName) -> Curtain {
    account.people.curtain(viewer).cloned().unwrap_or_else(|| Curtain {
        permits: account.seems_to_permit(viewer),
        friendly_name: account.shown.friendly_name.clone(),
    })
}

const GROUP_EXISTS: &str = "there is a group of that name already";
