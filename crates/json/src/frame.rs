//! The frames as they lie on the wire, one type each.
//!
//! Plain data without rules: [`crate::server`] and [`crate::JsonDialect`] check and map them.

pub mod client;
pub mod server;

use mistatus_core::{
    chat::{ChatMessage, ContactRequest},
    group::Group,
    message::{Change, MyPresence},
    time::UnixMs,
};
use serde::{Deserialize, Serialize};

/// One person's presence inside a frame.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ContactEntry {
    /// Sign-in name.
    pub name: String,
    /// Display name; absent where it is unknown or may not be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<String>,
    /// MISTATUS number; never INVISIBLE (6), never a LOCAL_ value (256 and above).
    pub status: u16,
    /// The person's note; absent where there is none or it may not be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Since when, in milliseconds since 1970-01-01T00:00:00Z by the server's clock; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// When what the person chose ends, in milliseconds since 1970-01-01T00:00:00Z; absent for no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
    /// What brought the status about: `user`, `api`, `idle`, `expiry` or `connection`; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// True while the server has just started and cannot say yet; `status` is UNKNOWN (0) then.
    #[serde(default, skip_serializing_if = "is_false")]
    pub settling: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// One's own presence inside a frame: the effective status, and what the user chose.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MyEntry {
    /// Effective MISTATUS number for oneself: INVISIBLE (6) when invisible, IDLE (18) when all clients are idle.
    pub status: u16,
    /// MISTATUS number that the user chose; ONLINE (2) where nothing was.
    pub chosen: u16,
    /// The user's note; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When the server clears the choice, in milliseconds since 1970-01-01T00:00:00Z; absent for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
    /// What set the choice: `user`, `api`, `expiry` or `connection`; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen_by: Option<String>,
    /// Since when `status` holds, in milliseconds since 1970-01-01T00:00:00Z; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// What brought `status` about: `user`, `api`, `idle`, `expiry` or `connection`; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A group inside a frame.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GroupEntry {
    /// Names the group among those of the user; never used again.
    pub id: u32,
    /// What the user calls it; 1 to 64 UTF-16 units without control characters.
    pub name: String,
    /// Sign-in names of the contacts in it, in their order; absent for none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
}

/// A contact request inside a frame.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RequestEntry {
    /// Sign-in name of who asks.
    pub from: String,
    /// Their display name; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<String>,
    /// Since when, in milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
}

/// A message of one person to another inside a frame.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MessageEntry {
    /// Names the message; of two messages the later one has the larger number.
    pub id: u64,
    /// Sign-in name of the writer.
    pub from: String,
    /// Sign-in name of the other.
    pub to: String,
    /// Plain text of 1 to 8,000 UTF-16 units.
    pub text: String,
    /// When the server took it on, in milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
    /// True where a client of the other has it; told only to the writer.
    #[serde(default, skip_serializing_if = "is_false")]
    pub delivered: bool,
}

impl From<&Group> for GroupEntry {
    fn from(group: &Group) -> Self {
        Self {
            id: group.id.0,
            name: group.name.as_str().to_owned(),
            members: group.members.iter().map(|name| name.as_str().to_owned()).collect(),
        }
    }
}

impl From<&ContactRequest> for RequestEntry {
    fn from(request: &ContactRequest) -> Self {
        Self {
            from: request.from.as_str().to_owned(),
            friendly_name: request.friendly_name.clone(),
            at: request.at.as_millis(),
        }
    }
}

impl From<&ChatMessage> for MessageEntry {
    fn from(message: &ChatMessage) -> Self {
        Self {
            id: message.id.0,
            from: message.from.as_str().to_owned(),
            to: message.to.as_str().to_owned(),
            text: message.text.as_str().to_owned(),
            at: message.at.as_millis(),
            delivered: message.delivered,
        }
    }
}

impl From<&Change> for ContactEntry {
    fn from(change: &Change) -> Self {
        Self {
            name: change.name.as_str().to_owned(),
            friendly_name: change.friendly_name.clone(),
            status: change.presence.status.number(),
            note: change.presence.note.as_ref().map(|note| note.as_str().to_owned()),
            since: change.presence.since.map(UnixMs::as_millis),
            until: change.presence.until.map(UnixMs::as_millis),
            source: change.presence.source.map(|source| source.name().to_owned()),
            settling: change.settling,
        }
    }
}

impl From<&MyPresence> for MyEntry {
    fn from(me: &MyPresence) -> Self {
        Self {
            status: me.status.number(),
            chosen: me.intent.status.number(),
            note: me.intent.note.as_ref().map(|note| note.as_str().to_owned()),
            until: me.intent.until.map(UnixMs::as_millis),
            chosen_by: Some(me.intent.source.name().to_owned()),
            since: me.since.map(UnixMs::as_millis),
            source: me.source.map(|source| source.name().to_owned()),
        }
    }
}
