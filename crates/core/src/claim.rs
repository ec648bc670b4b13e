//! Claims: what others than the user say about how somebody is, for a time.
//!
//! A calendar or a telephone system claims; what the user chose ([`Intent`]) stays as it was
//! and counts again when the claim has ended. Which of both others see says
//! [`effective_status`](crate::presence::effective_status).

use core::fmt;

use crate::{
    limits::{CLAIM_AHEAD_MAX, CLAIM_ID_MAX, SERVICE_NAME_MAX},
    presence::{Intent, Note, Source},
    status::{MiStatus, Selectable},
    time::UnixMs,
};

/// The kind of source that a claim comes from, which decides its rank.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ClaimSource {
    /// A call that is going on, as a telephone system knows it.
    Call,
    /// A meeting that has begun, as a conference system knows it.
    Meeting,
    /// An entry of a calendar.
    Calendar,
    /// A plan that repeats itself, such as working hours.
    Schedule,
    /// A program that acts for the user.
    Agent,
}

/// A set of kinds of sources.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ClaimSources(u8);

/// The name of one claim about one user: 1 to 64 characters of `A-Z`, `a-z`, `0-9`, `.`, `_`, `:` and `-`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClaimId(Box<str>);

/// The name of a service that claims: 1 to 64 characters of `A-Z`, `a-z`, `0-9`, `.`, `_` and `-`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ServiceName(Box<str>);

/// The reason why the name of a claim or of a service is not valid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InvalidClaimName {
    max: usize,
    allowed: &'static str,
}

/// What a service says about a user, from one instant to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// What kind of source says so.
    pub source: ClaimSource,
    /// How the user is; always one that [`MiStatus::is_claimable`].
    pub status: MiStatus,
    /// What it says about it.
    pub note: Option<Note>,
    /// When it begins.
    pub from: UnixMs,
    /// When it has ended.
    pub until: UnixMs,
}

/// Names one claim about a user.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ClaimKey {
    /// Who claims.
    pub service: ServiceName,
    /// What the service calls it.
    pub id: ClaimId,
}

/// A claim that has been made and has not ended, as the user whom it is about is told of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownClaim {
    /// Which.
    pub key: ClaimKey,
    /// What is claimed.
    pub claim: Claim,
    /// Whether the user does not want it to count.
    pub dismissed: bool,
    /// Whether it decides the user's status now.
    pub in_force: bool,
}

/// The reason why a claim cannot be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum InvalidClaim {
    /// That status cannot be claimed.
    Status(MiStatus),
    /// It ends before it begins, or at the same instant.
    EndsBeforeItBegins,
    /// It has ended already.
    Ended,
    /// It ends more than [`CLAIM_AHEAD_MAX`] ahead.
    TooFarAhead,
}

impl ClaimSource {
    /// Every kind, the highest rank first.
    pub const ALL: [Self; 5] =
        [Self::Call, Self::Meeting, Self::Calendar, Self::Schedule, Self::Agent];

    /// Returns the rank: whoever has the lower number goes first.
    #[must_use]
    pub const fn rank(self) -> u8 {
        self as u8
    }

    /// Returns the cause of a status that follows from such a claim.
    #[must_use]
    pub const fn cause(self) -> Source {
        match self {
            Self::Call => Source::Call,
            Self::Meeting => Source::Meeting,
            Self::Calendar => Source::Calendar,
            Self::Schedule => Source::Schedule,
            Self::Agent => Source::Agent,
        }
    }

    /// Returns the name in the HTTP API and in the event stream.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.cause().name()
    }

    /// Returns the kind with that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

impl ClaimSources {
    /// No kind of source.
    pub const NONE: Self = Self(0);

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a kind is among them.
    #[must_use]
    pub const fn contains(self, source: ClaimSource) -> bool {
        self.0 & 1 << source.rank() != 0
    }

    /// Puts a kind among them, or takes it out.
    pub const fn set(&mut self, source: ClaimSource, is_in: bool) {
        let bit = 1 << source.rank();
        if is_in {
            self.0 |= bit;
        } else {
            self.0 &= !bit;
        }
    }

    /// Iterates over them, the highest rank first.
    pub fn iter(self) -> impl Iterator<Item = ClaimSource> {
        ClaimSource::ALL.into_iter().filter(move |source| self.contains(*source))
    }
}

impl FromIterator<ClaimSource> for ClaimSources {
    fn from_iter<I: IntoIterator<Item = ClaimSource>>(sources: I) -> Self {
        let mut all = Self::default();
        for source in sources {
            all.set(source, true);
        }
        all
    }
}

impl ClaimId {
    /// Takes a name.
    ///
    /// # Errors
    /// It is empty, longer than [`CLAIM_ID_MAX`], or has another character in it.
    pub fn parse(text: &str) -> Result<Self, InvalidClaimName> {
        let error = InvalidClaimName { max: CLAIM_ID_MAX, allowed: "`.`, `_`, `:` and `-`" };
        is_plain(text, CLAIM_ID_MAX, b"._:-").then(|| Self(text.into())).ok_or(error)
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ServiceName {
    /// Takes a name.
    ///
    /// # Errors
    /// It is empty, longer than [`SERVICE_NAME_MAX`], or has another character in it.
    pub fn parse(text: &str) -> Result<Self, InvalidClaimName> {
        let error = InvalidClaimName { max: SERVICE_NAME_MAX, allowed: "`.`, `_` and `-`" };
        is_plain(text, SERVICE_NAME_MAX, b"._-").then(|| Self(text.into())).ok_or(error)
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Claim {
    /// Checks a claim against the clock of whoever takes it.
    ///
    /// # Errors
    /// The rule that is broken; the first of: status, order of the two instants, end.
    pub fn check(&self, now: UnixMs) -> Result<(), InvalidClaim> {
        if !self.status.is_claimable() {
            return Err(InvalidClaim::Status(self.status));
        }
        if self.until <= self.from {
            return Err(InvalidClaim::EndsBeforeItBegins);
        }
        if self.until <= now {
            return Err(InvalidClaim::Ended);
        }
        if self.until > now + CLAIM_AHEAD_MAX {
            return Err(InvalidClaim::TooFarAhead);
        }
        Ok(())
    }
}

impl MiStatus {
    /// Whether a service may claim it: everything that others can see but what only a connection or its absence tells.
    #[must_use]
    pub const fn is_claimable(self) -> bool {
        let is_known = !matches!(self.selectable(), Selectable::Never | Selectable::Transient);
        is_known && !matches!(self, Self::Offline | Self::Idle | Self::Invisible)
    }
}

/// Returns note and end as they show to whoever may see them: those of the claim in force, where there is one, but for a
/// note that it does not have.
#[must_use]
pub fn note_and_end<'a>(
    intent: &'a Intent,
    in_force: Option<&'a Claim>,
) -> (Option<&'a Note>, Option<UnixMs>) {
    let note = in_force.and_then(|claim| claim.note.as_ref()).or(intent.note.as_ref());
    (note, in_force.map_or(intent.until, |claim| Some(claim.until)))
}

fn is_plain(text: &str, max: usize, others: &[u8]) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || others.contains(&byte);
    !text.is_empty() && text.len() <= max && text.bytes().all(is_allowed)
}

impl fmt::Display for InvalidClaimName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be 1 to {} letters and digits of ASCII, {}", self.max, self.allowed)
    }
}

impl core::error::Error for InvalidClaimName {}

impl fmt::Display for InvalidClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status {} cannot be claimed", status.number()),
            Self::EndsBeforeItBegins => f.write_str("`until` must be later than `from`"),
            Self::Ended => f.write_str("`until` has passed"),
            Self::TooFarAhead => {
                let days = CLAIM_AHEAD_MAX.as_millis() / 86_400_000;
                write!(f, "`until` is more than {days} days ahead")
            }
        }
    }
}

impl core::error::Error for InvalidClaim {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_rank_in_the_documented_order() {
        let names = ClaimSource::ALL.map(ClaimSource::name);
        assert_eq!(names, ["call", "meeting", "calendar", "schedule", "agent"]);
        assert!(ClaimSource::ALL.is_sorted_by_key(|source| source.rank()));
        for source in ClaimSource::ALL {
            assert_eq!(ClaimSource::from_name(source.name()), Some(source));
        }
        assert_eq!(ClaimSource::from_name("user"), None);
    }

    #[test]
    fn a_set_of_sources_has_each_once_and_in_the_order_of_their_rank() {
        let mut sources: ClaimSources =
            [ClaimSource::Agent, ClaimSource::Call, ClaimSource::Agent].into_iter().collect();
        assert_eq!(sources.iter().collect::<Vec<_>>(), [ClaimSource::Call, ClaimSource::Agent]);
        sources.set(ClaimSource::Call, false);
        sources.set(ClaimSource::Meeting, false);
        assert_eq!(sources.iter().collect::<Vec<_>>(), [ClaimSource::Agent]);
        sources.set(ClaimSource::Agent, false);
        assert!(sources.is_empty());
    }

    #[test]
    fn what_others_see_can_be_claimed_but_what_only_a_connection_tells() {
        let refused: Vec<_> =
            MiStatus::ALL.into_iter().filter(|status| !status.is_claimable()).collect();
        let expected = [
            MiStatus::Unknown,
            MiStatus::Offline,
            MiStatus::Invisible,
            MiStatus::Idle,
            MiStatus::LocalFindingServer,
            MiStatus::LocalConnectingToServer,
            MiStatus::LocalSynchronizingWithServer,
            MiStatus::LocalDisconnectingFromServer,
        ];
        assert_eq!(refused, expected);
    }

    #[test]
    fn names_of_claims_and_services_are_plain() {
        assert!(ClaimId::parse("event:2026-11-30_a.b").is_ok());
        assert!(ServiceName::parse("calendar-2").is_ok());
        for bad in ["", "a/b", "a b", "ä", &"a".repeat(65)] {
            assert!(ClaimId::parse(bad).is_err(), "{bad:?}");
            assert!(ServiceName::parse(bad).is_err(), "{bad:?}");
        }
        let error = ServiceName::parse("a:b").unwrap_err();
        assert!(error.to_string().contains("1 to 64"), "{error}");
    }

    #[test]
    fn a_claim_is_checked_against_the_clock() {
        let now = UnixMs::from_millis(1_000_000);
        let later = |ms: u64| UnixMs::from_millis(1_000_000 + ms);
        let claim = |status, from, until| Claim {
            source: ClaimSource::Call,
            status,
            note: None,
            from,
            until,
        };
        let busy = |from, until| claim(MiStatus::Busy, from, until).check(now);
        assert_eq!(busy(now, later(1)), Ok(()));
        assert_eq!(busy(UnixMs::from_millis(1), now), Err(InvalidClaim::Ended));
        assert_eq!(busy(later(2), later(2)), Err(InvalidClaim::EndsBeforeItBegins));
        assert_eq!(busy(now, now + CLAIM_AHEAD_MAX), Ok(()));
        let far = UnixMs::from_millis((now + CLAIM_AHEAD_MAX).as_millis() + 1);
        assert_eq!(busy(now, far), Err(InvalidClaim::TooFarAhead));
        let idle = claim(MiStatus::Idle, now, later(1)).check(now);
        assert_eq!(idle, Err(InvalidClaim::Status(MiStatus::Idle)));
    }
}
