//! What an operator may choose about the registry, and its limits. No logic.

use mistatus_core::{limits, time::Span};

/// Tells who may see whose presence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Visibility {
    /// Everybody sees everybody, as on a company's staff list.
    Everyone,
    /// Only people who have each other on their contact lists.
    Contacts,
}

/// Is everything that can be set about a [`Hub`](crate::Hub).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HubConfig {
    /// Who may see whose presence.
    pub visibility: Visibility,
    /// How long a user stays connected for others after a client vanished.
    pub damping: Span,
    /// A client that was silent for so long is asked for a sign of life.
    pub heartbeat: Span,
    /// How long that sign may take.
    pub heartbeat_grace: Span,
    /// Most people on one contact list.
    pub contacts_max: usize,
    /// Most names that one client may watch.
    pub watches_max: usize,
    /// Most clients of one user at a time.
    pub clients_max: usize,
    /// Most requests of one client that wait for the store.
    pub pending_max: usize,
}

impl Default for HubConfig {
    fn default() -> Self {
        Self {
            visibility: Visibility::Everyone,
            damping: limits::DEPARTURE_DAMPING,
            heartbeat: limits::HEARTBEAT_DEFAULT,
            heartbeat_grace: limits::HEARTBEAT_GRACE,
            contacts_max: limits::CONTACTS_MAX,
            watches_max: limits::WATCHES_MAX,
            clients_max: CLIENTS_MAX,
            pending_max: limits::PENDING_REQUESTS_MAX,
        }
    }
}

/// Most clients of one user: far more devices and browser profiles than a person has, few enough that one
/// account cannot take all the sockets.
pub const CLIENTS_MAX: usize = 64;

/// How often the calendar is looked at while an end of an intent is awaited, since it may be set forward
/// without the monotonic clock noticing.
pub(crate) const CALENDAR_RECHECK: Span = Span::from_secs(60);
