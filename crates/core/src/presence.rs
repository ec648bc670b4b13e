//! Intent (what a user chose) and presence (what others may see), kept apart (design §2, §5).

use crate::{limits::NOTE_MAX, status::MiStatus, time::UnixMs};

/// The status that a user chose, with an optional note and an optional end.
///
/// Kept by the server: it survives reloads, devices and restarts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Intent {
    /// Chosen status; always one that [`MiStatus::is_settable`].
    pub status: MiStatus,
    /// What the user says about it.
    pub note: Option<Note>,
    /// When the server clears the intent, whoever is connected.
    pub until: Option<UnixMs>,
    /// Who or what chose it: [`Source::User`] or [`Source::Api`]; [`Source::Expiry`] once an end has cleared it,
    /// [`Source::Connection`] where nothing was ever chosen.
    pub source: Source,
}

/// The cause of a status.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Source {
    /// The user chose it by hand.
    User,
    /// A script chose it for the user.
    Api,
    /// There was no input for a while, or there was again.
    Idle,
    /// The end of what had been chosen or claimed came.
    Expiry,
    /// The user came or went; also whatever looks like that to others.
    Connection,
    /// A telephone system claims it ([`ClaimSource::Call`](crate::claim::ClaimSource::Call)).
    Call,
    /// A conference system claims it ([`ClaimSource::Meeting`](crate::claim::ClaimSource::Meeting)).
    Meeting,
    /// A calendar claims it ([`ClaimSource::Calendar`](crate::claim::ClaimSource::Calendar)).
    Calendar,
    /// A plan claims it ([`ClaimSource::Schedule`](crate::claim::ClaimSource::Schedule)).
    Schedule,
    /// A program that acts for the user claims it ([`ClaimSource::Agent`](crate::claim::ClaimSource::Agent)).
    Agent,
}

/// The text that a user set beside the status: not empty, at most 500 UTF-16 units. It is text, never markup.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Note(Box<str>);

/// The error of a note with more UTF-16 units than are allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoteTooLong {
    /// How many units it has.
    pub units: usize,
}

/// The presence of one user, as far as another may see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Presence {
    /// Effective status; always one that [`MiStatus::is_remote`].
    pub status: MiStatus,
    /// The other's note, where there is one and it may be seen.
    pub note: Option<Note>,
    /// Since when the status is this one; `None` where that is unknown or would tell too much.
    pub since: Option<UnixMs>,
    /// When what the other chose ends; `None` for no end, or where it may not be seen.
    pub until: Option<UnixMs>,
    /// What brought the status about; `None` where that is unknown or would tell too much.
    pub source: Option<Source>,
}

impl Intent {
    /// What a user has who chose nothing: online, without note or end.
    pub const AUTOMATIC: Self = Self::chosen(MiStatus::Online, Source::Connection);

    /// A status without note or end.
    #[must_use]
    pub const fn chosen(status: MiStatus, source: Source) -> Self {
        Self { status, note: None, until: None, source }
    }

    /// Returns whether both say the same, whoever chose it.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        self.status == other.status && self.note == other.note && self.until == other.until
    }

    /// What is left when an end has come.
    #[must_use]
    pub const fn ended() -> Self {
        Self::chosen(MiStatus::Online, Source::Expiry)
    }
}

impl Source {
    /// Every source, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::User,
        Self::Api,
        Self::Idle,
        Self::Expiry,
        Self::Connection,
        Self::Call,
        Self::Meeting,
        Self::Calendar,
        Self::Schedule,
        Self::Agent,
    ];

    /// Returns the name on the wire and in JavaScript.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Api => "api",
            Self::Idle => "idle",
            Self::Expiry => "expiry",
            Self::Connection => "connection",
            Self::Call => "call",
            Self::Meeting => "meeting",
            Self::Calendar => "calendar",
            Self::Schedule => "schedule",
            Self::Agent => "agent",
        }
    }

    /// Returns the source of a name; `None` for one that this version does not know.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

impl Presence {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self::of(MiStatus::Unknown);

    /// Not connected, as far as the viewer may know.
    pub const OFFLINE: Self = Self::of(MiStatus::Offline);

    /// A status of which nothing else is known.
    #[must_use]
    pub const fn of(status: MiStatus) -> Self {
        Self { status, note: None, since: None, until: None, source: None }
    }
}

impl Note {
    /// Takes a text as a note; the empty text is no note.
    ///
    /// # Errors
    /// The text has more than [`NOTE_MAX`] UTF-16 units.
    pub fn parse(text: &str) -> Result<Option<Self>, NoteTooLong> {
        let units = text.encode_utf16().count();
        match units {
            0 => Ok(None),
            _ if units > NOTE_MAX => Err(NoteTooLong { units }),
            _ => Ok(Some(Self(text.into()))),
        }
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

// Notes are user data: debug output, which ends in logs, shows only the length.
impl core::fmt::Debug for Note {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Note(<{} bytes>)", self.0.len())
    }
}

impl core::fmt::Display for NoteTooLong {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the note has {} UTF-16 units; at most {NOTE_MAX} are allowed", self.units)
    }
}

impl core::error::Error for NoteTooLong {}

/// Combines intent, claims and reachability into what the user and everybody else see (design §5, rule 1).
///
/// `connected` and `idle` are those of the user as a whole, all clients merged. `claimed` is what the highest ranking
/// claim says that holds now; it counts only where the user chose nothing else than to be online.
#[must_use]
pub fn effective_status(
    intent: MiStatus,
    claimed: Option<MiStatus>,
    connected: bool,
    idle: bool,
    viewer: Viewer,
) -> MiStatus {
    match (connected, intent, viewer) {
        (false, ..) | (true, MiStatus::Invisible, Viewer::Other) => MiStatus::Offline,
        (true, MiStatus::Online, _) => match claimed {
            Some(claimed) => claimed,
            None if idle => MiStatus::Idle,
            None => MiStatus::Online,
        },
        (true, chosen, _) => chosen,
    }
}

/// The person for whom a status is computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Viewer {
    /// The user, who is told about being invisible.
    Oneself,
    /// Anybody else.
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_applies_decides() {
        use MiStatus::{Busy, Idle, InAMeeting, Invisible, Offline, Online};
        use Viewer::{Oneself, Other};
        let meeting = Some(InAMeeting);
        let rows = [
            (Busy, None, false, false, Other, Offline),
            (Online, meeting, false, false, Other, Offline),
            (Invisible, None, false, false, Oneself, Offline),
            (Invisible, meeting, true, false, Other, Offline),
            (Invisible, meeting, true, true, Oneself, Invisible),
            (Busy, meeting, true, true, Other, Busy),
            (Online, meeting, true, true, Other, InAMeeting),
            (Online, meeting, true, false, Oneself, InAMeeting),
            (Online, None, true, true, Other, Idle),
            (Online, None, true, true, Oneself, Idle),
            (Online, None, true, false, Other, Online),
        ];
        for (intent, claimed, connected, idle, viewer, expect) in rows {
            assert_eq!(effective_status(intent, claimed, connected, idle, viewer), expect);
        }
    }

    #[test]
    fn others_never_see_what_only_oneself_may() {
        let claimable = MiStatus::ALL.into_iter().filter(|status| status.is_claimable());
        let claims: Vec<_> = claimable.map(Some).chain([None]).collect();
        for intent in MiStatus::ALL.into_iter().filter(|status| status.is_settable()) {
            for (connected, idle) in [(false, false), (true, false), (true, true)] {
                for claimed in &claims {
                    let seen = effective_status(intent, *claimed, connected, idle, Viewer::Other);
                    assert!(seen.is_remote());
                }
            }
        }
    }

    #[test]
    fn an_empty_note_is_none_and_a_long_one_an_error() {
        assert_eq!(Note::parse(""), Ok(None));
        assert!(Note::parse(&"n".repeat(500)).is_ok());
        assert_eq!(Note::parse(&"n".repeat(501)), Err(NoteTooLong { units: 501 }));
    }
}
