//! That the limits fit each other: the snapshot of a user at all of them may wait, with what is told after it.

use mistatus_core::{
    chat::{ChatMessage, ContactRequest, MessageId, MessageText},
    claim::ClaimSources,
    group::{Group, GroupId, GroupName},
    idle::IdleChoice,
    limits::{
        CONTACT_REQUESTS_MAX, CONTACTS_MAX, FRIENDLY_NAME_MAX, GROUP_MEMBERSHIPS_MAX,
        GROUP_NAME_MAX, GROUPS_MAX, MESSAGE_MAX, NOTE_MAX, SIGNIN_NAME_MAX, UNREAD_MAX,
    },
    message::{Change, MyPresence, Snapshot},
    presence::{Intent, Note, Presence},
    signin_name::SigninName,
    status::MiStatus,
    time::UnixMs,
    unread::Unread,
};

use super::*;
use crate::limits::{
    OUTBOX_BYTES_MAX, OUTBOX_BYTES_SHARE, OUTBOX_MAX, OUTBOXES_BYTES_MAX, OUTBOXES_OF_USER,
};

/// So many messages are told until some are confirmed.
const MESSAGES: usize = 100;

/// The longest name of one byte a character.
fn name() -> SigninName {
    SigninName::parse(&"n".repeat(SIGNIN_NAME_MAX)).unwrap()
}

fn change() -> Change {
    let note = Note::parse(&"n".repeat(NOTE_MAX)).unwrap();
    let presence = Presence { note, ..Presence::of(MiStatus::Busy) };
    let friendly_name = Some("f".repeat(FRIENDLY_NAME_MAX));
    Change { name: name(), friendly_name, presence, settling: false }
}

fn snapshot() -> Snapshot {
    let members = vec![name(); GROUP_MEMBERSHIPS_MAX / GROUPS_MAX];
    let group_name = GroupName::parse(&"g".repeat(GROUP_NAME_MAX)).unwrap();
    let group = Group { id: GroupId(1), name: group_name, members };
    let at = UnixMs::from_millis(0);
    let friendly_name = Some("f".repeat(FRIENDLY_NAME_MAX));
    let request = ContactRequest { from: name(), friendly_name, at };
    let unread = Unread { from: name(), count: 1, newest: Some(MessageId(1)) };
    Snapshot {
        seq: Seq(0),
        me: MyPresence {
            status: MiStatus::Busy,
            intent: Intent::AUTOMATIC,
            since: None,
            source: None,
            claims: Arc::default(),
            ignored: ClaimSources::NONE,
            idle: IdleChoice::NONE,
        },
        contacts: vec![change(); CONTACTS_MAX],
        watched: Vec::new(),
        groups: vec![group; GROUPS_MAX],
        blocked: vec![name(); CONTACTS_MAX],
        requests: vec![request; CONTACT_REQUESTS_MAX],
        unread: vec![unread; UNREAD_MAX],
    }
}

#[test]
fn a_snapshot_at_all_limits_may_wait_with_the_messages_after_it() {
    let max = OutboxMax {
        notices: OUTBOX_MAX,
        bytes: OUTBOX_BYTES_MAX,
        user: OUTBOXES_OF_USER * OUTBOX_BYTES_MAX,
        share: OUTBOX_BYTES_SHARE,
        all: OUTBOXES_BYTES_MAX,
    };
    let (outbox, _queued) = outbox(max, Arc::default());
    let snapshot = Notice::Snapshot(snapshot());
    assert_eq!(outbox.push(Outgoing::Notice(snapshot.into())), Ok(()));
    let text = MessageText::parse(&"m".repeat(MESSAGE_MAX)).unwrap();
    let at = UnixMs::from_millis(0);
    let message =
        ChatMessage { id: MessageId(1), from: name(), to: name(), text, at, delivered: false };
    let update = Arc::new(Update::Message { message, request: None });
    let shared = Arc::new(SharedUpdate::new(update));
    for number in 1..=MESSAGES {
        let outgoing = Outgoing::Update(Seq(number as u64), shared.clone());
        assert_eq!(outbox.push(outgoing), Ok(()), "message {number}");
    }
}
