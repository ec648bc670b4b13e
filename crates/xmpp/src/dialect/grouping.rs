//! Changes of groups: several changes of the list, told as one.

use std::collections::VecDeque;

use mistatus_core::{
    group::{Group, GroupId, GroupName},
    hresult::HResult,
    message::{RequestId, Update},
    signin_name::SigninName,
};

use super::{
    Clock, XmppDialect,
    progress::{Job, JobKind},
    stream::{Awaited, Start},
};
use crate::{
    errors,
    jid::BareJid,
    limits::GROUP_CHANGES_AT_ONCE,
    roster::{self, Item},
    xml::Element,
};

impl<C: Clock> XmppDialect<C> {
    pub(super) fn create_group(&mut self, request: RequestId, name: GroupName) {
        if !is_writable(&name) {
            return self.outcome(request, HResult::MSGR_E_BAD_GROUP_NAME, None);
        }
        if self.groups.find(&name).is_some() {
            return self.outcome(request, HResult::MSGR_E_GROUP_ALREADY_EXISTS, None);
        }
        let Some(id) = self.groups.make(name.clone()) else {
            return self.outcome(request, HResult::MSGR_E_TOO_MANY_GROUPS, None);
        };
        self.groups.keep(id);
        let group = Group { id, name, members: Vec::new() };
        self.update(Update::GroupAdded { group, request: Some(request) });
        self.outcome(request, HResult::S_OK, None);
    }

    pub(super) fn rename_group(&mut self, request: RequestId, group: GroupId, name: GroupName) {
        let Some(old) = self.groups.name(group).cloned() else {
            return self.outcome(request, HResult::MSGR_E_GROUP_DOES_NOT_EXIST, None);
        };
        if old == name {
            return self.outcome(request, HResult::S_FALSE, None);
        }
        if !is_writable(&name) {
            return self.outcome(request, HResult::MSGR_E_BAD_GROUP_NAME, None);
        }
        if self.groups.find(&name).is_some() {
            return self.outcome(request, HResult::MSGR_E_GROUP_ALREADY_EXISTS, None);
        }
        let todo = self.with_members(group, |groups| {
            for group in groups.iter_mut().filter(|group| is_named(group, &old)) {
                name.as_str().clone_into(group);
            }
        });
        self.groups.begin_rename(group, name.clone());
        self.begin_job(request, JobKind::Rename { group, name }, todo);
    }

    pub(super) fn remove_group(&mut self, request: RequestId, group: GroupId) {
        let Some(name) = self.groups.name(group).cloned() else {
            return self.outcome(request, HResult::MSGR_E_GROUP_DOES_NOT_EXIST, None);
        };
        let todo =
            self.with_members(group, |groups| groups.retain(|group| !is_named(group, &name)));
        self.groups.begin_removal(group);
        self.begin_job(request, JobKind::Remove { group }, todo);
    }

    pub(super) fn set_group_member(
        &mut self,
        request: RequestId,
        group: GroupId,
        member: &SigninName,
        is_member: bool,
    ) {
        let people = self.stream.as_ref().map(|stream| &stream.contacts);
        let item = BareJid::of_user(member)
            .and_then(|jid| people?.get(&jid))
            .map(|contact| contact.item.clone())
            .filter(Item::is_listed);
        let was_member = self.groups.members(group).contains(member);
        let (name, mut item) = match (self.groups.name(group), item) {
            (None, _) => {
                return self.outcome(request, HResult::MSGR_E_GROUP_DOES_NOT_EXIST, None);
            }
            (_, None) => return self.outcome(request, HResult::MSGR_E_USER_NOT_FOUND, None),
            _ if was_member && is_member => {
                return self.outcome(request, HResult::MSGR_E_ALREADY_IN_LIST, None);
            }
            _ if !was_member && !is_member => {
                return self.outcome(request, HResult::MSGR_E_USER_NOT_GROUP_MEMBER, None);
            }
            (Some(name), Some(item)) => (name.clone(), item),
        };
        item.groups.retain(|group| !is_named(group, &name));
        if is_member {
            item.groups.push(name.as_str().to_owned());
        }
        self.groups.keep(group);
        self.begin_job(request, JobKind::Member, VecDeque::from([item]));
    }

    /// The service has put somebody into other groups, or not.
    pub(super) fn regrouped(&mut self, request: RequestId, wanted: Item, answer: &Element) {
        let is_error = answer.attribute("type") == Some("error");
        let Some(stream) = &mut self.stream else { return };
        let now = stream.contacts.get(&wanted.jid).map(|contact| contact.item.clone());
        if let Some(item) = now.filter(|item| !is_error && item.groups != wanted.groups) {
            // Only an answer before the push leaves the groups as they were.
            self.put(Item { groups: wanted.groups, ..item });
        }
        let Some(job) = self.stream.as_mut().and_then(|stream| stream.jobs.get_mut(&request))
        else {
            return;
        };
        job.open = job.open.saturating_sub(1);
        // Who is not on the list any more is in no group.
        if is_error && errors::of_stanza(answer) != HResult::MSGR_E_USER_NOT_FOUND {
            job.failure.get_or_insert_with(|| (errors::of_stanza(answer), errors::text(answer)));
        }
        self.go_on(request);
    }

    /// Somebody may be in other groups than before.
    pub(super) fn regroup(&mut self, jid: &BareJid) {
        let Some(stream) = &self.stream else { return };
        let Some(name) = jid.signin_name() else { return };
        let item = stream.contacts.get(jid).map(|contact| &contact.item);
        let news = match item.filter(|item| item.is_listed()) {
            Some(item) => self.groups.update(&name, &item.groups),
            None => self.groups.leave(&name),
        };
        if stream.start == Start::Done {
            for update in news {
                self.update(update);
            }
        }
    }

    /// Returns the entries of a group as they are to be.
    fn with_members(&self, group: GroupId, change: impl Fn(&mut Vec<String>)) -> VecDeque<Item> {
        let Some(stream) = &self.stream else { return VecDeque::new() };
        let members = self.groups.members(group).iter().filter_map(BareJid::of_user);
        let items = members.filter_map(|jid| stream.contacts.get(&jid));
        items
            .map(|contact| {
                let mut item = contact.item.clone();
                change(&mut item.groups);
                item
            })
            .collect()
    }

    fn begin_job(&mut self, request: RequestId, kind: JobKind, todo: VecDeque<Item>) {
        if let Some(stream) = &mut self.stream {
            stream.jobs.insert(request, Job { kind, todo, open: 0, failure: None });
            self.go_on(request);
        }
    }

    fn go_on(&mut self, request: RequestId) {
        loop {
            let Some(stream) = &mut self.stream else { return };
            let Some(job) = stream.jobs.get_mut(&request) else { return };
            if job.open >= GROUP_CHANGES_AT_ONCE {
                return;
            }
            let Some(item) = job.todo.pop_front() else { break };
            job.open += 1;
            let id = stream.wait(Awaited::Regrouped { request, item: item.clone() });
            self.send(&roster::regroup(&id, &item));
        }
        let Some(stream) = &mut self.stream else { return };
        if stream.jobs.get(&request).is_some_and(|job| job.open == 0)
            && let Some(job) = stream.jobs.remove(&request)
        {
            self.end_job(request, job);
        }
    }

    fn end_job(&mut self, request: RequestId, job: Job) {
        let is_done = job.failure.is_none();
        match job.kind {
            JobKind::Rename { group, name } => {
                let members = self.groups.members(group).to_vec();
                self.groups.end_rename(group, is_done);
                if is_done {
                    self.update(Update::GroupRenamed { group, name });
                } else {
                    self.regroup_all(&members);
                }
            }
            JobKind::Remove { group } => {
                let members = self.groups.members(group).to_vec();
                self.groups.end_removal(group, is_done);
                if is_done {
                    self.update(Update::GroupRemoved { group });
                } else {
                    self.regroup_all(&members);
                }
            }
            JobKind::Member => {}
        }
        let (hr, message) = job.failure.unwrap_or((HResult::S_OK, None));
        self.outcome(request, hr, message);
    }

    fn regroup_all(&mut self, members: &[SigninName]) {
        for jid in members.iter().filter_map(BareJid::of_user) {
            self.regroup(&jid);
        }
    }
}

/// Whether XML can carry a name: the service would have another one otherwise.
fn is_writable(name: &GroupName) -> bool {
    name.as_str().chars().all(crate::xml::is_char)
}

fn is_named(group: &str, name: &GroupName) -> bool {
    GroupName::parse(group).is_ok_and(|group| group == *name)
}
