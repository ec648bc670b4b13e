//! What is in progress on one stream: messages on their way, pages of the archive, changes of groups. Decides nothing.

use std::collections::VecDeque;

use mistatus_core::{
    chat::{ChatMessage, MessageId, MessageText},
    group::{GroupId, GroupName},
    hresult::HResult,
    message::RequestId,
    time::UnixMs,
};

use crate::{
    history::Mark,
    jid::{BareJid, Jid},
    roster::Item,
};

/// The messages and receipts in progress on one stream.
#[derive(Debug, Default)]
pub(super) struct Chats {
    /// Messages that the service has not confirmed, in their order.
    pub(super) outgoing: VecDeque<Outgoing>,
    /// What came before the first snapshot.
    pub(super) early: VecDeque<ChatMessage>,
    /// Who wants to know that a message arrived, once the session says that it did.
    pub(super) receipts: VecDeque<Receipt>,
}

/// A message of the user that the service has not accepted yet.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) request: RequestId,
    pub(super) to: BareJid,
    pub(super) id: String,
    pub(super) text: MessageText,
}

#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) draft: Draft,
    /// Its number where stanzas are counted; else a ping follows it.
    pub(super) counted: Option<u32>,
}

#[derive(Debug)]
pub(super) struct Receipt {
    pub(super) message: MessageId,
    pub(super) to: Jid,
    pub(super) id: String,
}

/// A page of history that is being fetched.
#[derive(Debug)]
pub(super) struct Fetch {
    pub(super) request: RequestId,
    pub(super) with: BareJid,
    pub(super) before: Option<MessageId>,
    /// What came of the page of the archive that is being read, in its order.
    pub(super) found: Vec<Found>,
    /// What came of those after it.
    pub(super) messages: VecDeque<ChatMessage>,
    /// What somebody has, by the archive's word.
    pub(super) receipts: Vec<String>,
    /// How many pages of the archive were asked for.
    pub(super) rounds: usize,
    /// Which message of the user is looked for, rather than a page; it is sent where it is not there.
    pub(super) wanted: Option<Draft>,
}

/// A message, as the archive or a stanza has it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) mark: Mark,
    pub(super) text: MessageText,
    pub(super) at: UnixMs,
    /// Which message of its writer it takes the place of.
    pub(super) replaces: Option<String>,
}

/// A page of what was missed, on its way.
#[derive(Debug)]
pub(super) struct Missed {
    /// By which query.
    pub(super) query: String,
    /// Whether its messages are news; else only the last one is asked for, so that it is known what comes after.
    pub(super) is_news: bool,
    /// The last message that came.
    pub(super) last: Option<String>,
    /// What was known last when the first page was asked for.
    pub(super) known: Option<String>,
    pub(super) rounds: usize,
    /// What has come of the page.
    pub(super) page: Vec<Found>,
}

/// A change of a group that is in progress.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) kind: JobKind,
    /// Entries as they are to be, which the service has not been told yet.
    pub(super) todo: VecDeque<Item>,
    /// How many the service was told and has not answered.
    pub(super) open: usize,
    pub(super) failure: Option<(HResult, Option<String>)>,
}

#[derive(Debug)]
pub(super) enum JobKind {
    Rename { group: GroupId, name: GroupName },
    Remove { group: GroupId },
    Member,
}
