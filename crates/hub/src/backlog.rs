//! The numbered notices of one client, as far as it may still ask for them. Sends nothing.

use std::{collections::VecDeque, sync::Arc};

use mistatus_core::{
    chat::{ChatMessage, ContactRequest, MessageId},
    group::{Group, GroupId, GroupName},
    hresult::HResult,
    message::{Change, MyPresence, Notice, RequestId, Seq},
    presence::Note,
    signin_name::SigninName,
};

/// A notice that gets a sequence number. Its content is shared, since one change goes to many clients.
#[derive(Clone)]
pub(crate) enum Numbered {
    Changes(Arc<[Change]>),
    MyStatus(Arc<MyPresence>),
    ContactAdded(Arc<Change>),
    ContactRemoved(Arc<SigninName>),
    ContactRequested(Arc<ContactRequest>),
    ContactRequestGone(Arc<SigninName>),
    Blocked(Arc<SigninName>, bool),
    GroupAdded(Arc<(Group, RequestId)>),
    GroupRenamed(Arc<(GroupId, GroupName)>),
    GroupRemoved(GroupId),
    GroupMember(Arc<Membership>),
    Message(Arc<Told>),
    Delivered(Arc<(SigninName, MessageId)>),
    Outcome(Arc<Outcome>),
}

/// A person's joining or leaving of a group.
pub(crate) struct Membership {
    pub(crate) group: GroupId,
    pub(crate) name: SigninName,
    pub(crate) member: bool,
}

/// A message, and the request that sent it.
pub(crate) struct Told {
    pub(crate) message: Arc<ChatMessage>,
    pub(crate) request: Option<RequestId>,
}

/// The result of a request.
pub(crate) struct Outcome {
    pub(crate) id: RequestId,
    pub(crate) hr: HResult,
    pub(crate) message: Option<String>,
}

/// Counts what a client is told, and keeps the last of it that the client has not confirmed.
#[derive(Default)]
pub(crate) struct Backlog {
    last: Seq,
    /// Ends with number `last`, without a gap.
    kept: VecDeque<Numbered>,
    bytes: usize,
}

/// Bounds one [`Backlog`].
#[derive(Clone, Copy)]
pub(crate) struct BacklogMax {
    pub(crate) notices: usize,
    pub(crate) bytes: usize,
}

impl Backlog {
    /// Returns the number of the last notice.
    pub(crate) const fn last(&self) -> Seq {
        self.last
    }

    /// Returns about how much memory is kept; what is shared counts in full.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Numbers a notice and keeps it; the oldest ones give way.
    pub(crate) fn push(&mut self, what: Numbered, max: BacklogMax) -> Seq {
        self.last = self.last.next();
        self.bytes += what.bytes();
        self.kept.push_back(what);
        while self.kept.len() > max.notices || self.bytes > max.bytes {
            self.drop_oldest();
        }
        self.last
    }

    /// Forgets what the client has seen; a number that was never given confirms nothing.
    pub(crate) fn confirm(&mut self, seen: Seq) {
        if seen > self.last {
            return;
        }
        while !self.kept.is_empty() && self.before_kept() < seen {
            self.drop_oldest();
        }
        if self.kept.is_empty() {
            self.kept.shrink_to(SPARE);
        }
    }

    /// Whether everything after a number is kept.
    pub(crate) fn reaches(&self, seen: Seq) -> bool {
        self.before_kept() <= seen && seen <= self.last
    }

    /// Returns what is kept after a number, with the old numbers.
    pub(crate) fn after(&self, seen: Seq) -> impl Iterator<Item = Notice> {
        let mut seq = self.before_kept();
        self.kept.iter().filter_map(move |what| {
            seq = seq.next();
            (seq > seen).then(|| what.notice(seq))
        })
    }

    fn before_kept(&self) -> Seq {
        Seq(self.last.0 - self.kept.len() as u64)
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.kept.pop_front() {
            self.bytes -= oldest.bytes();
        }
    }
}

impl Numbered {
    pub(crate) fn notice(&self, seq: Seq) -> Notice {
        match self {
            Self::Changes(changes) => Notice::Changes { seq, changes: changes.to_vec() },
            Self::MyStatus(me) => Notice::MyStatus { seq, me: MyPresence::clone(me) },
            Self::ContactAdded(contact) => {
                Notice::ContactAdded { seq, contact: Change::clone(contact) }
            }
            Self::ContactRemoved(name) => {
                Notice::ContactRemoved { seq, name: SigninName::clone(name) }
            }
            Self::ContactRequested(request) => {
                Notice::ContactRequested { seq, request: ContactRequest::clone(request) }
            }
            Self::ContactRequestGone(name) => {
                Notice::ContactRequestGone { seq, name: SigninName::clone(name) }
            }
            Self::Blocked(name, blocked) => {
                Notice::Blocked { seq, name: SigninName::clone(name), blocked: *blocked }
            }
            Self::GroupAdded(added) => {
                Notice::GroupAdded { seq, group: added.0.clone(), request: Some(added.1) }
            }
            Self::GroupRenamed(renamed) => {
                Notice::GroupRenamed { seq, group: renamed.0, name: renamed.1.clone() }
            }
            Self::GroupRemoved(group) => Notice::GroupRemoved { seq, group: *group },
            Self::GroupMember(membership) => Notice::GroupMember {
                seq,
                group: membership.group,
                name: membership.name.clone(),
                member: membership.member,
            },
            Self::Message(told) => Notice::Message {
                seq,
                message: ChatMessage::clone(&told.message),
                request: told.request,
            },
            Self::Delivered(delivered) => {
                Notice::Delivered { seq, to: delivered.0.clone(), up_to: delivered.1 }
            }
            Self::Outcome(outcome) => Notice::Outcome {
                seq: Some(seq),
                id: outcome.id,
                hr: outcome.hr,
                message: outcome.message.clone(),
            },
        }
    }

    fn bytes(&self) -> usize {
        let texts = match self {
            Self::Changes(changes) => {
                return changes.iter().map(change_bytes).sum::<usize>() + size_of::<Self>();
            }
            Self::ContactAdded(contact) => return change_bytes(contact) + size_of::<Self>(),
            Self::MyStatus(me) => size_of::<MyPresence>() + note_bytes(me.intent.note.as_ref()),
            Self::ContactRemoved(name)
            | Self::ContactRequestGone(name)
            | Self::Blocked(name, _) => name_bytes(name),
            Self::ContactRequested(request) => {
                size_of::<ContactRequest>()
                    + name_bytes(&request.from)
                    + request.friendly_name.as_ref().map_or(0, String::len)
            }
            Self::GroupAdded(added) => size_of::<Group>() + added.0.name.as_str().len(),
            Self::GroupRenamed(renamed) => renamed.1.as_str().len(),
            Self::GroupRemoved(_) => 0,
            Self::GroupMember(membership) => name_bytes(&membership.name),
            Self::Message(told) => message_bytes(&told.message),
            Self::Delivered(delivered) => name_bytes(&delivered.0),
            Self::Outcome(outcome) => {
                size_of::<Outcome>() + outcome.message.as_ref().map_or(0, String::len)
            }
        };
        texts + size_of::<Self>()
    }
}

fn change_bytes(change: &Change) -> usize {
    size_of::<Change>()
        + name_bytes(&change.name)
        + change.friendly_name.as_ref().map_or(0, String::len)
        + note_bytes(change.presence.note.as_ref())
}

/// Returns about how much memory a message takes.
pub(crate) fn message_bytes(message: &ChatMessage) -> usize {
    size_of::<ChatMessage>()
        + name_bytes(&message.from)
        + name_bytes(&message.to)
        + message.text.as_str().len()
}

fn name_bytes(name: &SigninName) -> usize {
    name.as_str().len() + name.folded().len()
}

fn note_bytes(note: Option<&Note>) -> usize {
    note.map_or(0, |note| note.as_str().len())
}

/// How many places an empty backlog keeps for the next notices.
const SPARE: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: BacklogMax = BacklogMax { notices: 3, bytes: 10_000 };

    fn outcome(id: u64) -> Numbered {
        let hr = HResult::S_OK;
        Numbered::Outcome(Arc::new(Outcome { id: RequestId(id), hr, message: None }))
    }

    fn filled(count: u64) -> Backlog {
        let mut backlog = Backlog::default();
        for id in 1..=count {
            assert_eq!(backlog.push(outcome(id), MAX), Seq(id));
        }
        backlog
    }

    fn numbers(backlog: &Backlog, seen: u64) -> Vec<u64> {
        let id = |notice| match notice {
            Notice::Outcome { seq: Some(seq), id, .. } if seq.0 == id.0 => seq.0,
            other => panic!("{other:?} was not pushed with that number"),
        };
        backlog.after(Seq(seen)).map(id).collect()
    }

    #[test]
    fn what_comes_after_a_number_is_kept_as_far_as_it_fits() {
        let backlog = filled(5);
        let reached: Vec<_> = (0..8).filter(|seen| backlog.reaches(Seq(*seen))).collect();
        assert_eq!(reached, [2, 3, 4, 5]);
        assert_eq!(numbers(&backlog, 2), [3, 4, 5]);
        assert_eq!(numbers(&backlog, 4), [5]);
        assert_eq!(numbers(&backlog, 5), [0; 0]);
    }

    #[test]
    fn what_is_confirmed_is_forgotten_and_nothing_else() {
        let mut backlog = filled(3);
        backlog.confirm(Seq(9));
        assert!(backlog.reaches(Seq(0)), "a number that was never given confirms nothing");
        backlog.confirm(Seq(2));
        backlog.confirm(Seq(1));
        assert_eq!(numbers(&backlog, 2), [3]);
        assert!(!backlog.reaches(Seq(1)));
        backlog.confirm(Seq(3));
        assert_eq!((backlog.bytes(), backlog.last()), (0, Seq(3)));
        assert!(backlog.reaches(Seq(3)));
    }

    #[test]
    fn memory_is_bounded_by_what_the_notices_hold() {
        let mut backlog = Backlog::default();
        let long = Numbered::ContactRemoved(Arc::new(
            SigninName::parse(&"n".repeat(120)).expect("a valid name"),
        ));
        let max = BacklogMax { notices: 100, bytes: 600 };
        for _ in 0..100 {
            backlog.push(long.clone(), max);
        }
        assert!(backlog.bytes() <= 600);
        assert!(backlog.reaches(Seq(98)) && !backlog.reaches(Seq(90)));
    }

    #[test]
    fn a_kept_notice_that_others_share_is_small() {
        // Of the 1 GiB for 20,000 clients with a full backlog each, this takes 60 MiB.
        assert!(size_of::<Numbered>() <= 24);
    }
}
