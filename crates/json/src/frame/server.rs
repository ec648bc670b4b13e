//! Frames that a server sends.

use serde::{Deserialize, Serialize};

use super::{
    ContactEntry, GroupEntry, MessageEntry, MyEntry, RequestEntry, client::frames, is_false,
};

frames! {
    /// Accepts the credentials; a `snapshot` follows, or, when resumed, every numbered frame that was missed.
    SignedInFrame = "signed-in" {
        /// Who the client is now, as the server says.
        name: String,
        /// How this user is shown.
        friendly_name: String,
        /// How often, in milliseconds, the client should be heard of; 5,000 to 55,000.
        heartbeat: u64,
        /// The server's clock in milliseconds since 1970-01-01T00:00:00Z.
        server_time: u64,
        /// What to say in `resume` of a later `signin` to go on after a break; a secret. Absent where that is impossible.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<String>,
        /// True when this connection goes on with the one that `signin` named; absent otherwise.
        #[serde(default, skip_serializing_if = "is_false")]
        resumed: bool,
    }

    /// Everything that the client may see, as of `seq`.
    SnapshotFrame = "snapshot" {
        /// Number of the last change that is contained; the next numbered frame has the following one.
        seq: u64,
        /// One's own status.
        me: MyEntry,
        /// The contact list, in its order.
        contacts: Vec<ContactEntry>,
        /// The watched people who are not on the list.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        watched: Vec<ContactEntry>,
        /// The user's groups, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        groups: Vec<GroupEntry>,
        /// Sign-in names of those whom the user has blocked.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        blocked: Vec<String>,
        /// Who waits for the user's answer, the longest waiting first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        requests: Vec<RequestEntry>,
    }

    /// Tells what changed for people on the list or watched.
    ChangesFrame = "changes" {
        /// Number of this frame.
        seq: u64,
        /// At least one.
        changes: Vec<ContactEntry>,
    }

    /// Tells that one's own status was set, also to the value it had, or changed by itself.
    MyStatusFrame = "my-status" {
        /// Number of this frame.
        seq: u64,
        /// One's own status as of now.
        me: MyEntry,
    }

    /// Tells that somebody is on the contact list now.
    ContactAddedFrame = "contact-added" {
        /// Number of this frame.
        seq: u64,
        /// Who, and what may be seen of them.
        contact: ContactEntry,
    }

    /// Tells that somebody is no longer on the contact list.
    ContactRemovedFrame = "contact-removed" {
        /// Number of this frame.
        seq: u64,
        /// Sign-in name.
        name: String,
    }

    /// Tells that somebody asks to see the user's presence.
    ContactRequestedFrame = "contact-requested" {
        /// Number of this frame.
        seq: u64,
        /// Who, and since when.
        request: RequestEntry,
    }

    /// Tells that a contact request waits no longer: it was answered or taken back.
    ContactRequestGoneFrame = "contact-request-gone" {
        /// Number of this frame.
        seq: u64,
        /// Sign-in name of who had asked.
        name: String,
    }

    /// Tells that somebody is blocked from now on, or no longer.
    BlockedFrame = "blocked" {
        /// Number of this frame.
        seq: u64,
        /// Sign-in name.
        name: String,
        /// Whether.
        blocked: bool,
    }

    /// Tells that there is a new group.
    GroupAddedFrame = "group-added" {
        /// Number of this frame.
        seq: u64,
        /// Which; nobody is in it yet.
        group: GroupEntry,
        /// Id of the request that brought it about, where it may be one of this client's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<u64>,
    }

    /// Tells that a group is called otherwise.
    GroupRenamedFrame = "group-renamed" {
        /// Number of this frame.
        seq: u64,
        /// Which group.
        group: u32,
        /// How it is called now.
        name: String,
    }

    /// Tells that a group is gone.
    GroupRemovedFrame = "group-removed" {
        /// Number of this frame.
        seq: u64,
        /// Which group.
        group: u32,
    }

    /// Tells that a contact came into a group, or left it.
    GroupMemberFrame = "group-member" {
        /// Number of this frame.
        seq: u64,
        /// Which group.
        group: u32,
        /// Sign-in name.
        name: String,
        /// Whether they are in it now.
        member: bool,
    }

    /// A new message, received or sent by the user.
    MessageFrame = "message" {
        /// Number of this frame.
        seq: u64,
        /// What.
        message: MessageEntry,
        /// Id of the request that brought it about, where it may be one of this client's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<u64>,
    }

    /// Tells that a client of the other has messages of the user.
    DeliveredFrame = "delivered" {
        /// Number of this frame.
        seq: u64,
        /// Sign-in name of the other.
        to: String,
        /// Id of the last one.
        up_to: u64,
    }

    /// Answers `fetch-messages`.
    MessagesFrame = "messages" {
        /// Of which request.
        id: u64,
        /// In their order, the newest last; at most 50.
        messages: Vec<MessageEntry>,
        /// True where there are still older ones.
        #[serde(default, skip_serializing_if = "is_false")]
        more: bool,
    }

    /// Ends a request.
    OutcomeFrame = "outcome" {
        /// Number of this frame; absent where the request was refused before anything was done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<u64>,
        /// Of which request.
        id: u64,
        /// HRESULT as a signed 32-bit number; negative for failure.
        hr: i32,
        /// What was wrong and what is allowed, for developers; English.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    }

    /// Tells that a frame was not understood or not accepted; the connection lives on.
    RefusedFrame = "refused" {
        /// HRESULT as a signed 32-bit number; negative.
        hr: i32,
        /// What was wrong and what is allowed, for developers; English.
        message: String,
    }

    /// Asks for a fresh token.
    TokenExpiringFrame = "token-expiring" {
        /// How long the present token still holds, in milliseconds.
        expires_in: u64,
    }

    /// Asks for a pong.
    PingFrame = "ping" {}

    /// Answers a ping.
    PongFrame = "pong" {}

    /// The last frame: the server closes after it.
    ByeFrame = "bye" {
        /// HRESULT as a signed 32-bit number; 0 answers a sign-out.
        hr: i32,
        /// When to come back, in milliseconds from now; absent leaves it to the client.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
        /// Why, for developers; English.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    }
}
