//! Frames that a client sends.

use serde::{Deserialize, Serialize};

macro_rules! frames {
    ($($(#[$doc:meta])* $name:ident = $kind:literal { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
            #[cfg_attr(test, derive(schemars::JsonSchema))]
            #[serde(tag = "type", rename = $kind, rename_all = "camelCase")]
            pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }
        )*

        /// The value of `type` of every frame in this module.
        pub const KINDS: &[&str] = &[$($kind),*];

        #[cfg(test)]
        pub(crate) fn schemas(generator: &mut schemars::SchemaGenerator) -> Vec<(&'static str, schemars::Schema)> {
            vec![$(($kind, <$name as schemars::JsonSchema>::json_schema(generator))),*]
        }
    };
}
pub(super) use frames;

/// A lost connection inside a frame, and how far its client got.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ResumeEntry {
    /// From `resume` of the last `signed-in`; a secret.
    pub token: String,
    /// Number of the last numbered frame seen.
    pub seq: u64,
}

frames! {
    /// The first frame: says who the client is and proves it.
    SigninFrame = "signin" {
        /// Proof of identity; a secret. Absent where the server takes the client's word.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
        /// Sign-in name; only servers without authentication listen to it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// How the user wants to be shown; at most 256 UTF-16 units, longer ones are cut.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        friendly_name: Option<String>,
        /// Milliseconds since the last input, where this client is idle already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        idle_for: Option<u64>,
        /// Which lost connection this one goes on with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<ResumeEntry>,
    }

    /// Sets the chosen status, the note and the end as one.
    SetStatusFrame = "set-status" {
        /// Finds the outcome; at least 1.
        id: u64,
        /// MISTATUS number; one that a user may choose.
        status: u16,
        /// Note of at most 500 UTF-16 units; absent or empty for none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// When the server clears the choice, in milliseconds since 1970-01-01T00:00:00Z; absent for never.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<u64>,
        /// Who chose: `user` or `api`; absent for `user`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    }

    /// Asks for one's own status.
    QueryStatusFrame = "query-status" {
        /// Finds the outcome; at least 1.
        id: u64,
    }

    /// Says that this client is idle, or, without `idleFor`, that there is input again.
    ReportIdleFrame = "report-idle" {
        /// Milliseconds since the last input.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        idle_for: Option<u64>,
    }

    /// Follows people who need not be on the contact list.
    WatchFrame = "watch" {
        /// Finds the outcome; at least 1.
        id: u64,
        /// Sign-in names; 1 to 100.
        names: Vec<String>,
    }

    /// Stops following people.
    UnwatchFrame = "unwatch" {
        /// Sign-in names; 1 to 100.
        names: Vec<String>,
    }

    /// Puts somebody on the contact list.
    AddContactFrame = "add-contact" {
        /// Finds the outcome; at least 1.
        id: u64,
        /// Sign-in name.
        name: String,
    }

    /// Takes somebody off the contact list.
    RemoveContactFrame = "remove-contact" {
        /// Finds the outcome; at least 1.
        id: u64,
        /// Sign-in name.
        name: String,
    }

    /// Answers somebody who asked to see the user's presence.
    AnswerContactRequestFrame = "answer-contact-request" {
        /// Finds the outcome; at least 1.
        id: u64,
        /// Sign-in name of who asked.
        name: String,
        /// Whether they may.
        accept: bool,
    }

    /// Blocks somebody, or ends that.
    SetBlockedFrame = "set-blocked" {
        /// Finds the outcome; at least 1.
        id: u64,
        /// Sign-in name.
        name: String,
        /// Whether from now on.
        blocked: bool,
    }

    /// Makes a group.
    CreateGroupFrame = "create-group" {
        /// Finds the outcome; at least 1.
        id: u64,
        /// 1 to 64 UTF-16 units without control characters; spaces outside are cut off.
        name: String,
    }

    /// Calls a group otherwise.
    RenameGroupFrame = "rename-group" {
        /// Finds the outcome; at least 1.
        id: u64,
        /// Which group.
        group: u32,
        /// As in `create-group`.
        name: String,
    }

    /// Ends a group; its members stay on the list.
    RemoveGroupFrame = "remove-group" {
        /// Finds the outcome; at least 1.
        id: u64,
        /// Which group.
        group: u32,
    }

    /// Puts a contact into a group, or takes them out.
    SetGroupMemberFrame = "set-group-member" {
        /// Finds the outcome; at least 1.
        id: u64,
        /// Which group.
        group: u32,
        /// Sign-in name of somebody on the list.
        name: String,
        /// Whether they are to be in it.
        member: bool,
    }

    /// Writes to somebody.
    SendMessageFrame = "send-message" {
        /// Finds the outcome, and names the message for all time: the same id of the same user is taken on once.
        id: u64,
        /// Sign-in name.
        to: String,
        /// Plain text of 1 to 8,000 UTF-16 units.
        text: String,
    }

    /// Says that this client has all messages of somebody up to one.
    ConfirmMessagesFrame = "confirm-messages" {
        /// Sign-in name of the writer.
        from: String,
        /// Id of the last one.
        up_to: u64,
    }

    /// Asks for older messages with somebody.
    FetchMessagesFrame = "fetch-messages" {
        /// Finds the answer; at least 1.
        id: u64,
        /// Sign-in name of the other.
        with: String,
        /// Only messages before this one; absent for the newest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<u64>,
    }

    /// Renews the credentials without a break.
    RenewTokenFrame = "renew-token" {
        /// Finds the outcome; at least 1.
        id: u64,
        /// Fresh token for the same user; a secret.
        token: String,
    }

    /// Asks for a fresh snapshot, after a gap in the numbers.
    ResyncFrame = "resync" {}

    /// Asks for a pong.
    PingFrame = "ping" {
        /// Number of the last numbered frame seen; absent after a gap.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<u64>,
    }

    /// Answers a ping.
    PongFrame = "pong" {
        /// Number of the last numbered frame seen; absent after a gap.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<u64>,
    }

    /// Says goodbye.
    SignoutFrame = "signout" {}
}
