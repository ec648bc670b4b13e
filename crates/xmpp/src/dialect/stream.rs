//! One stream from the binding of its resource on: what a resumption goes on with.

use crate::map::{Map, Set};
use std::collections::VecDeque;

use mistatus_core::{
    chat::ContactRequest,
    hresult::HResult,
    limits::PENDING_REQUESTS_MAX,
    message::{MyPresence, RequestId, Seq},
    presence::Intent,
    time::UnixMs,
};

use super::{
    contacts::Contacts,
    progress::{Chats, Fetch, Job, Missed},
};
use crate::{
    jid::{BareJid, Jid},
    limits::PUSHES_CROSS,
    mapping::Shown,
    resources::Resources,
    roster::{Item, Subscription},
    stream_management::StreamManagement,
};

#[derive(Debug)]
pub(super) struct Stream {
    pub(super) jid: Jid,
    pub(super) management: Option<StreamManagement>,
    pub(super) client_state: bool,
    /// Whether another dialect has left it and nothing is known of it yet.
    pub(super) is_taken_over: bool,
    /// Number of the last notice.
    pub(super) seq: Seq,
    pub(super) contacts: Contacts,
    /// The user's other connections.
    pub(super) others: Resources,
    /// Requests of this client to the service, by id.
    pub(super) waiting: Map<String, Awaited>,
    /// Requests of the session that have no outcome yet: a repeated one is not carried out twice.
    pub(super) running: Set<RequestId>,
    /// The last ones that have: the session may repeat one before it hears of that.
    finished: Set<RequestId>,
    /// Whom this client has taken off the list, and when.
    removed: Map<BareJid, UnixMs>,
    /// Whether a change of the list was told while the list was asked for: the answer may be older.
    pub(super) is_list_outdated: bool,
    /// Removals of people who are being removed: they end after those, in order.
    too_late: Vec<(RequestId, BareJid)>,
    /// People who want to see the user's presence.
    pub(super) subscribers: Map<BareJid, ContactRequest>,
    /// Whom the user lets see their presence, until the list says so; and by which request.
    pub(super) accepting: Map<BareJid, RequestId>,
    pub(super) start: Start,
    /// What the page wants the user to be called, where others do not know it.
    pub(super) unpublished: Option<String>,
    pub(super) abilities: Abilities,
    pub(super) chats: Chats,
    /// Pages of the archive that are being read, by the id of the query.
    pub(super) fetches: Map<String, Fetch>,
    /// What came while there was no stream, while that is being asked for.
    pub(super) missed: Option<Missed>,
    /// Changes of groups that take several changes of the list.
    pub(super) jobs: Map<RequestId, Job>,
    pub(super) hiding: Hiding,
    /// Who is still to be asked for their presence.
    pub(super) unprobed: Vec<BareJid>,
    /// What is being changed about one's own presence; the next one waits.
    pub(super) change: Option<Change>,
    pub(super) changes_waiting: VecDeque<Change>,
    /// What was last said of oneself on this stream.
    pub(super) sent: Option<Shown>,
    /// What the session was last told of oneself.
    pub(super) told: Option<MyPresence>,
    id_prefix: String,
    ids: u64,
}

/// The progress of the first synchronisation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Start {
    /// The list and what the service can do are asked for; so many answers are missing.
    Asking { open: u8 },
    /// The first presence is on its way; what the service knows of others arrives meanwhile.
    Settling { rounds: u8 },
    /// Somebody has said nothing yet.
    Waiting { until: UnixMs },
    /// The snapshot was given.
    Done,
}

/// The features that the service says it supports.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Abilities {
    /// Blocks people (XEP-0191).
    pub(super) blocking: bool,
    /// Keeps what was written (XEP-0313).
    pub(super) archive: bool,
    /// Keeps what the user chose (XEP-0049).
    pub(super) private_storage: bool,
}

/// The state of hiding the user's presence from others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Hiding {
    /// Whether the service can keep presences back.
    pub(super) is_possible: bool,
    /// Whether it does so now.
    pub(super) is_active: bool,
    /// Whether a presence was sent that was not taken back.
    pub(super) is_available: bool,
}

/// A change of the user's own presence.
#[derive(Debug)]
pub(super) struct Change {
    /// Whose outcome it is; `None` for what no request asked for.
    pub(super) request: Option<RequestId>,
    pub(super) intent: Intent,
    /// When another connection chose it; `None` for this one and now.
    pub(super) chosen_at: Option<UnixMs>,
    /// What was before, for when it fails.
    pub(super) before: Option<(Intent, UnixMs)>,
    pub(super) failure: Option<(HResult, Option<String>)>,
}

/// The purpose of a request whose answer is awaited.
#[derive(Debug)]
pub(super) enum Awaited {
    Roster,
    /// What the user is called.
    OwnName,
    /// What the user chose.
    Choice,
    /// What somebody on the list is called.
    NameOf(BareJid),
    /// What the service can do.
    Features,
    /// What the user's account can do.
    AccountFeatures,
    Blocklist,
    /// A ping whose answer says that what was sent before it has been handled.
    Settled,
    /// The same, for a change of one's own presence.
    Changed,
    /// A ping behind questions for the presence of people; whether it is time to hide after the last of them.
    Probed {
        hides: bool,
    },
    HideDefined,
    HideActivated,
    HideLifted,
    Added {
        request: RequestId,
        jid: BareJid,
    },
    Removed {
        request: RequestId,
        jid: BareJid,
    },
    /// A ping whose answer says that all has been told which a removal brought about.
    Gone {
        request: RequestId,
        jid: BareJid,
    },
    /// The list, which says whether somebody is on it although they were taken off.
    Kept {
        request: RequestId,
        jid: BareJid,
    },
    Blocked {
        request: RequestId,
        jid: BareJid,
        blocked: bool,
    },
    /// The last step of something that cannot fail any more.
    Answered {
        request: RequestId,
    },
    /// One entry is in other groups, as a part of a job.
    Regrouped {
        request: RequestId,
        item: Item,
    },
    /// A ping whose answer says that a message was handled.
    Sent {
        request: RequestId,
    },
    Fetched,
    /// What the user has read on other clients.
    Displayed,
    /// A page of what came while there was no stream.
    Missed,
    Pinged,
    /// What it says changes nothing.
    Nothing,
}

impl Stream {
    pub(super) fn new(jid: Jid, client_state: bool, id_prefix: String) -> Self {
        Self {
            jid,
            management: None,
            client_state,
            is_taken_over: false,
            seq: Seq(0),
            contacts: Contacts::default(),
            others: Resources::default(),
            waiting: Map::new(),
            running: Set::new(),
            finished: Set::new(),
            removed: Map::new(),
            is_list_outdated: false,
            too_late: Vec::new(),
            subscribers: Map::new(),
            accepting: Map::new(),
            start: Start::Asking { open: 0 },
            unpublished: None,
            abilities: Abilities::default(),
            chats: Chats::default(),
            fetches: Map::new(),
            missed: None,
            jobs: Map::new(),
            hiding: Hiding { is_possible: false, is_active: false, is_available: false },
            unprobed: Vec::new(),
            change: None,
            changes_waiting: VecDeque::new(),
            sent: None,
            told: None,
            id_prefix,
            ids: 0,
        }
    }

    /// Makes an id that nobody else can guess, and remembers what its answer is about.
    pub(super) fn wait(&mut self, about: Awaited) -> String {
        self.ids += 1;
        let id = format!("{}-{}", self.id_prefix, self.ids);
        self.waiting.insert(id.clone(), about);
        id
    }

    /// Notes that a request is being carried out; false for one that is or was.
    pub(super) fn begin(&mut self, id: RequestId) -> bool {
        !self.finished.contains(&id) && self.running.insert(id)
    }

    /// Notes that a request has its outcome.
    pub(super) fn finish(&mut self, id: RequestId) {
        self.running.remove(&id);
        self.finished.insert(id);
        // Sessions count their requests upwards.
        if self.finished.len() > PENDING_REQUESTS_MAX {
            self.finished.pop_first();
        }
    }

    /// Notes that this client takes somebody off the list.
    pub(super) fn take_off(&mut self, jid: BareJid, now: UnixMs) {
        self.removed.retain(|_, at| now.since(*at) < PUSHES_CROSS);
        self.removed.insert(jid, now);
    }

    /// Notes that this client puts somebody on the list.
    pub(super) fn put_on(&mut self, jid: &BareJid) {
        self.removed.remove(jid);
    }

    /// Whether a change of the list is older than the removal of whom it is about, though it is told after that.
    pub(super) fn is_echo(&self, item: &Item, now: UnixMs) -> bool {
        let at = self.removed.get(&item.jid);
        item.subscription == Subscription::None
            && at.is_some_and(|at| now.since(*at) < PUSHES_CROSS)
    }

    /// Whether the list is asked for and has not been told.
    pub(super) fn awaits_list(&self) -> bool {
        let is_list = |about: &Awaited| matches!(about, Awaited::Roster | Awaited::Kept { .. });
        self.waiting.values().any(is_list)
    }

    /// Notes a removal of somebody who is being removed.
    pub(super) fn come_too_late(&mut self, request: RequestId, jid: BareJid) {
        self.too_late.push((request, jid));
    }

    /// Returns the removals of somebody that were too late.
    pub(super) fn take_too_late(&mut self, jid: &BareJid) -> Vec<RequestId> {
        let (taken, left) = core::mem::take(&mut self.too_late)
            .into_iter()
            .partition::<Vec<_>, _>(|(_, gone)| gone == jid);
        self.too_late = left;
        taken.into_iter().map(|(request, _)| request).collect()
    }

    /// Whether somebody is being taken off the list.
    pub(super) fn is_going(&self, jid: &BareJid) -> bool {
        self.waiting.values().any(|about| match about {
            Awaited::Removed { jid: going, .. }
            | Awaited::Gone { jid: going, .. }
            | Awaited::Kept { jid: going, .. } => going == jid,
            _ => false,
        })
    }

    pub(super) fn next_seq(&mut self) -> Seq {
        self.seq = self.seq.next();
        self.seq
    }

    /// Whether the answer to a request may come from there: the service or the own account (RFC 6120 §8.1.2.1).
    pub(super) fn is_trusted(&self, from: Option<&str>) -> bool {
        let Some(from) = from else { return true };
        let Some(from) = Jid::parse(from) else { return false };
        from == self.jid
            || from.resource.is_none()
                && (from.bare == self.jid.bare
                    || from.bare.local().is_none() && from.bare.domain() == self.jid.bare.domain())
    }
}
