//! Groups as the session knows them, out of the names that the service keeps for each entry of the list.
//!
//! A group of XMPP is nothing but a name that entries have in common. One without members is known to this client
//! alone, and lasts as long as the dialect.

use crate::map::{Map, Set};
use mistatus_core::{
    group::{Group, GroupId, GroupName},
    limits::GROUPS_MAX,
    message::Update,
    signin_name::SigninName,
};

use crate::roster::Item;

/// All groups of the user, kept across streams.
#[derive(Debug, Default)]
pub(super) struct Groups {
    known: Map<GroupId, Known>,
    last: u32,
}

#[derive(Debug)]
struct Known {
    name: GroupName,
    /// What entries have as well, while it is being renamed.
    new_name: Option<GroupName>,
    /// Whether it stays without members: it was made here, or emptied.
    is_kept: bool,
    /// Whether it is being removed: that its members leave is not told.
    is_ending: bool,
    /// As they were told.
    members: Vec<SigninName>,
}

impl Groups {
    /// Takes the list of a new stream.
    pub(super) fn begin<'a>(&mut self, items: impl Iterator<Item = &'a Item>) {
        for known in self.known.values_mut() {
            known.new_name = None;
            known.is_ending = false;
            known.members.clear();
        }
        let listed: Vec<_> = items.filter(|item| item.is_listed()).collect();
        // Alphabetically, for there is no other order that is the same next time.
        let all: Set<_> = listed.iter().flat_map(|item| names(&item.groups)).collect();
        for name in all {
            if self.find(&name).is_none() {
                self.make(name);
            }
        }
        for item in listed {
            let Some(member) = item.jid.signin_name() else { continue };
            let groups: Set<_> = names(&item.groups).filter_map(|name| self.find(&name)).collect();
            for group in groups {
                if let Some(known) = self.known.get_mut(&group) {
                    known.members.push(member.clone());
                }
            }
        }
        self.known.retain(|_, known| known.is_kept || !known.members.is_empty());
    }

    pub(super) fn tell_all(&self) -> Vec<Group> {
        self.known.iter().map(|(id, known)| known.tell(*id)).collect()
    }

    /// Takes the groups of somebody on the list; returns what is new.
    pub(super) fn update(&mut self, member: &SigninName, groups: &[String]) -> Vec<Update> {
        let mut news = Vec::new();
        let mut wanted = Set::new();
        for name in names(groups) {
            let group = self.find(&name).or_else(|| {
                let made = self.make(name)?;
                let group = self.known.get(&made)?.tell(made);
                news.push(Update::GroupAdded { group, request: None });
                Some(made)
            });
            wanted.extend(group);
        }
        for (id, known) in self.known.iter_mut().filter(|(_, known)| !known.is_ending) {
            let is_wanted = wanted.contains(id);
            if is_wanted != known.members.contains(member) {
                if is_wanted {
                    known.members.push(member.clone());
                } else {
                    known.members.retain(|other| other != member);
                }
                let (group, name) = (*id, member.clone());
                news.push(Update::GroupMember { group, name, member: is_wanted });
            }
        }
        self.drop_empty(&mut news);
        news
    }

    /// Somebody is no longer on the list, and so in no group; returns what is new beside that.
    pub(super) fn leave(&mut self, member: &SigninName) -> Vec<Update> {
        let mut news = Vec::new();
        for known in self.known.values_mut() {
            known.members.retain(|other| other != member);
        }
        self.drop_empty(&mut news);
        news
    }

    /// This client takes somebody off the list: a group does not end for that.
    pub(super) fn keep_those_of(&mut self, member: &SigninName) {
        for known in self.known.values_mut() {
            known.is_kept |= known.members.contains(member);
        }
    }

    pub(super) fn keep(&mut self, group: GroupId) {
        if let Some(known) = self.known.get_mut(&group) {
            known.is_kept = true;
        }
    }

    /// Makes a group of nobody; `None` where there are too many.
    pub(super) fn make(&mut self, name: GroupName) -> Option<GroupId> {
        if self.known.len() >= GROUPS_MAX {
            return None;
        }
        self.last = self.last.checked_add(1)?;
        let known =
            Known { name, new_name: None, is_kept: false, is_ending: false, members: Vec::new() };
        self.known.insert(GroupId(self.last), known);
        Some(GroupId(self.last))
    }

    pub(super) fn find(&self, name: &GroupName) -> Option<GroupId> {
        let is_it = |known: &Known| known.name == *name || known.new_name.as_ref() == Some(name);
        self.known.iter().find(|(_, known)| is_it(known)).map(|(id, _)| *id)
    }

    pub(super) fn name(&self, group: GroupId) -> Option<&GroupName> {
        self.known.get(&group).map(|known| &known.name)
    }

    pub(super) fn members(&self, group: GroupId) -> &[SigninName] {
        self.known.get(&group).map(|known| known.members.as_slice()).unwrap_or_default()
    }

    /// Lets a group be known by both names.
    pub(super) fn begin_rename(&mut self, group: GroupId, name: GroupName) {
        if let Some(known) = self.known.get_mut(&group) {
            known.new_name = Some(name);
        }
    }

    /// Lets a group be known by one name again.
    pub(super) fn end_rename(&mut self, group: GroupId, is_renamed: bool) {
        if let Some(known) = self.known.get_mut(&group)
            && let Some(name) = known.new_name.take()
            && is_renamed
        {
            known.name = name;
        }
    }

    /// From now on it is not told that members leave.
    pub(super) fn begin_removal(&mut self, group: GroupId) {
        if let Some(known) = self.known.get_mut(&group) {
            known.is_ending = true;
        }
    }

    pub(super) fn end_removal(&mut self, group: GroupId, is_removed: bool) {
        if is_removed {
            self.known.remove(&group);
        } else if let Some(known) = self.known.get_mut(&group) {
            known.is_ending = false;
        }
    }

    fn drop_empty(&mut self, news: &mut Vec<Update>) {
        self.known.retain(|id, known| {
            let stays = known.is_kept || known.is_ending || !known.members.is_empty();
            if !stays {
                news.push(Update::GroupRemoved { group: *id });
            }
            stays
        });
    }
}

impl Known {
    fn tell(&self, id: GroupId) -> Group {
        Group { id, name: self.name.clone(), members: self.members.clone() }
    }
}

/// Returns what can be told of the service's names. Of others nothing is told, but entries keep them.
fn names(groups: &[String]) -> impl Iterator<Item = GroupName> {
    groups.iter().filter_map(|group| GroupName::parse(group).ok())
}
