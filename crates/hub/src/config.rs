//! What an operator may choose about the registry, and its limits. No logic.

use mistatus_core::{limits, time::Span};

use crate::{backlog::BacklogMax, undelivered::Amount};

/// Tells who may see whose presence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Visibility {
    /// Everybody sees everybody, as on a company's staff list.
    Everyone,
    /// Only people who have each other on their contact lists.
    Contacts,
}

/// The settings of a [`Hub`](crate::Hub).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HubConfig {
    /// Who may see whose presence.
    pub visibility: Visibility,
    /// Whether people may appear offline while they are there.
    pub may_hide: bool,
    /// How long a user stays connected for others after a client vanished.
    pub damping: Span,
    /// A client that was silent for so long is asked for a sign of life.
    pub heartbeat: Span,
    /// How long that sign may take.
    pub heartbeat_grace: Span,
    /// Most people on one contact list.
    pub contacts_max: usize,
    /// Most memberships of one user's contacts in groups.
    pub memberships_max: usize,
    /// Most names that one client may watch beside its contact list.
    pub watches_max: usize,
    /// Most clients of one user at a time.
    pub clients_max: usize,
    /// Most names that all clients of one user watch together.
    pub watches_per_user_max: usize,
    /// Most requests of one client that wait for the store.
    pub pending_max: usize,
    /// Most requests of all clients of one user that wait for the store.
    pub pending_per_user_max: usize,
    /// How long a lost client may take to go on where it was.
    pub resume_window: Span,
    /// Most updates kept for one client, and most outcomes.
    pub backlog_max: usize,
    /// About how many bytes of updates are kept for one client.
    pub backlog_bytes_max: usize,
    /// Most lost clients that are kept; the longest lost give way.
    pub lost_max: usize,
    /// Most lost clients of one user that are kept.
    pub lost_per_user_max: usize,
    /// About how many bytes of updates are kept for all lost clients together.
    pub lost_bytes_max: usize,
    /// Most messages of one writer to one reader that were not delivered yet, as the writer knows.
    pub undelivered_to_one_max: Amount,
    /// Most messages of one writer to all readers that were not delivered yet, as the writer knows.
    pub undelivered_max: Amount,
}

impl HubConfig {
    pub(crate) const fn backlog_max(&self) -> BacklogMax {
        BacklogMax { updates: self.backlog_max, bytes: self.backlog_bytes_max }
    }
}

impl Default for HubConfig {
    fn default() -> Self {
        Self {
            visibility: Visibility::Everyone,
            may_hide: true,
            damping: limits::DEPARTURE_DAMPING,
            heartbeat: limits::HEARTBEAT_DEFAULT,
            heartbeat_grace: limits::HEARTBEAT_GRACE,
            contacts_max: limits::CONTACTS_MAX,
            memberships_max: limits::GROUP_MEMBERSHIPS_MAX,
            watches_max: limits::WATCHES_MAX,
            clients_max: CLIENTS_MAX,
            watches_per_user_max: WATCHES_PER_USER_MAX,
            pending_max: limits::PENDING_REQUESTS_MAX,
            pending_per_user_max: PENDING_PER_USER_MAX,
            resume_window: limits::RESUME_WINDOW,
            backlog_max: limits::RESUME_NOTICES_MAX,
            backlog_bytes_max: BACKLOG_BYTES_MAX,
            lost_max: LOST_MAX,
            lost_per_user_max: LOST_PER_USER_MAX,
            lost_bytes_max: LOST_BYTES_MAX,
            undelivered_to_one_max: UNDELIVERED_TO_ONE_MAX,
            undelivered_max: UNDELIVERED_MAX,
        }
    }
}

/// Most clients of one user: far more devices and browser profiles than a person has, few enough that one
/// account cannot take all the sockets.
pub const CLIENTS_MAX: usize = 64;

/// Most names that all clients of one user watch together: several devices with the fullest of pages, and not
/// [`CLIENTS_MAX`] times that.
pub const WATCHES_PER_USER_MAX: usize = 4 * limits::WATCHES_MAX;

/// Most requests of one user that wait for the store.
pub const PENDING_PER_USER_MAX: usize = 4 * limits::PENDING_REQUESTS_MAX;

/// Most claims of one service about one user: a day of meetings, and a few that stand beside them.
pub const CLAIMS_PER_SERVICE_MAX: usize = 16;

/// Most claims of all services about one user.
pub const CLAIMS_MAX: usize = 64;

/// How long it is known that a user has dismissed a claim that has ended since: programs that claim anew what they have
/// taken back, or make longer what is over, do so within a day. As many of these are kept as there may be claims.
pub const DISMISSAL_KEPT: Span = Span::from_secs(86_400);

/// Most requests of services about one user that wait for the store, so that they do not take the user's own places.
pub const SERVICE_PENDING_PER_USER_MAX: usize = 64;

/// Most people in the directory, about 300 bytes each.
pub const PEOPLE_MAX: usize = 100_000;

/// Most shared groups of one person: more than anybody has teams, sites and projects.
pub const PERSON_GROUPS_MAX: usize = 32;

/// Most changes of the directory that wait for the store; each may be of everybody.
pub const DIRECTORY_PENDING_MAX: usize = 64;

/// About how many bytes of updates are kept for one client: a page that watches a thousand people is answered by
/// 150 kB, and notes of the greatest length must not make [`limits::RESUME_NOTICES_MAX`] updates into 30 MB.
pub const BACKLOG_BYTES_MAX: usize = 256 * 1024;

/// Most lost clients that are kept: all of a full server, when the network before it fails for a moment.
pub const LOST_MAX: usize = 50_000;

/// Most lost clients of one user that are kept: reloads leave one behind each, for a minute.
pub const LOST_PER_USER_MAX: usize = 16;

/// About how many bytes of updates are kept for all lost clients together.
pub const LOST_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Most messages of one writer to one reader that were not delivered yet: months of them for somebody who does not come,
/// in 1 MiB, which is that many of a few sentences, since they are held in memory. Others have as much for the same reader.
pub const UNDELIVERED_TO_ONE_MAX: Amount = Amount { count: 1_000, bytes: 1024 * 1024 };

/// Most messages of one writer to all readers that were not delivered yet, also to those who do not exist: ten times
/// that, in 4 MiB. So much of the server's memory and disk one user can fill for as long as undelivered messages are
/// kept. Whoever is there can be written to nevertheless: what they fetch counts no longer.
pub const UNDELIVERED_MAX: Amount = Amount { count: 10_000, bytes: 4 * 1024 * 1024 };

/// Most messages that a user's clients are told without one of them confirming any: so many fit among the updates
/// that are kept for a client, and a flood does not make it too slow a reader.
pub(crate) const UNCONFIRMED_MAX: usize = 100;

/// How often the calendar is looked at while an end of an intent is awaited, since it may be set forward
/// without the monotonic clock noticing.
pub(crate) const CALENDAR_RECHECK: Span = Span::from_secs(60);
