//! A user's groups: what is allowed, and who hears of it.

use mistatus_core::{
    group::{Group, GroupId, GroupName},
    hresult::HResult,
    limits::GROUPS_MAX,
    message::{RequestId, Update},
    signin_name::SigninName,
};

use crate::{account::Account, hub::Hub, io::Write, jobs::Refusal};

impl Hub {
    pub(crate) fn group_made(&mut self, owner: &SigninName, name: &GroupName, request: RequestId) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        account.relations.last_group += 1;
        let id = GroupId(account.relations.last_group);
        let group = Group { id, name: name.clone(), members: Vec::new() };
        account.relations.groups.push(group.clone());
        self.tell_all_of(owner, Update::GroupAdded { group, request: Some(request) });
    }

    pub(crate) fn group_renamed(&mut self, owner: &SigninName, id: GroupId, name: &GroupName) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        let Some(group) = account.relations.group_mut(id) else { return };
        group.name = name.clone();
        self.tell_all_of(owner, Update::GroupRenamed { group: id, name: name.clone() });
    }

    pub(crate) fn group_removed(&mut self, owner: &SigninName, id: GroupId) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        account.relations.groups.retain(|group| group.id != id);
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
        let Some(group) = account.relations.group_mut(id) else { return };
        group.members.retain(|other| *other != name);
        if member {
            group.members.push(name.clone());
        }
        self.tell_all_of(owner, Update::GroupMember { group: id, name, member });
    }

    /// Takes somebody who is no longer on the list out of all groups, of which `contact-removed` has told.
    pub(crate) fn leave_groups(&mut self, owner: &SigninName, contact: &SigninName) {
        let Some(account) = self.accounts.get_mut(owner) else { return };
        for group in &mut account.relations.groups {
            group.members.retain(|member| member != contact);
        }
    }
}

pub(crate) fn judge_new_group(account: &Account, name: &GroupName) -> Result<Write, Refusal> {
    if account.relations.group_called(name).is_some() {
        return Err((HResult::MSGR_E_GROUP_ALREADY_EXISTS, GROUP_EXISTS.to_owned()));
    }
    if account.relations.groups.len() >= GROUPS_MAX {
        let message = format!("there are {GROUPS_MAX} groups; more are not allowed");
        return Err((HResult::MSGR_E_TOO_MANY_GROUPS, message));
    }
    let group = GroupId(account.relations.last_group + 1);
    Ok(Write::PutGroup { owner: account.name.clone(), group, name: name.clone() })
}

pub(crate) fn judge_group_name(
    account: &Account,
    group: GroupId,
    name: &GroupName,
) -> Result<Write, Refusal> {
    existing(account, group)?;
    if account.relations.group_called(name).is_some_and(|other| other.id != group) {
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
    max: usize,
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
        (false, true) if account.relations.memberships() >= max => {
            let message = format!("the groups have {max} members in all; more are not allowed");
            Err((HResult::MSGR_E_LIST_FULL, message))
        }
        _ => {
            let (owner, contact) = (account.name.clone(), contact.clone());
            Ok(Write::SetGroupMember { owner, group, contact, member })
        }
    }
}

fn existing(account: &Account, group: GroupId) -> Result<&Group, Refusal> {
    account.relations.group(group).ok_or_else(|| {
        let message = format!("there is no group {}", group.0);
        (HResult::MSGR_E_GROUP_DOES_NOT_EXIST, message)
    })
}

const GROUP_EXISTS: &str = "there is a group of that name already";
