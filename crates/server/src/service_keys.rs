//! Keys of back ends: which ones hold, and what each may do. What a request needs is decided where it is served.

mod file;
mod secret;
#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, fmt, str::FromStr, sync::Arc};

use clap::ValueEnum;
use mistatus_core::{claim::ServiceName, limits::SERVICE_NAME_MAX};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

pub(crate) use self::file::{KeysFile, parse};
use self::secret::Hash;

/// Something that a back end may do. None of them includes another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, ValueEnum, Serialize, Deserialize)]
pub(crate) enum Scope {
    /// Read how people are.
    #[value(name = "presence:read")]
    #[serde(rename = "presence:read")]
    PresenceRead,
    /// Claim for a time how people are.
    #[value(name = "claims:write")]
    #[serde(rename = "claims:write")]
    ClaimsWrite,
    /// Choose a status for people.
    #[value(name = "status:write")]
    #[serde(rename = "status:write")]
    StatusWrite,
    /// Read the directory of people and groups.
    #[value(name = "people:read")]
    #[serde(rename = "people:read")]
    PeopleRead,
    /// Change the directory of people and groups.
    #[value(name = "people:write")]
    #[serde(rename = "people:write")]
    PeopleWrite,
    /// Be told when people change.
    #[value(name = "events:read")]
    #[serde(rename = "events:read")]
    EventsRead,
    /// Operate the server.
    #[value(name = "admin")]
    #[serde(rename = "admin")]
    Admin,
}

/// The name of a key: who the back end is, over all keys that it will have.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct KeyName(ServiceName);

/// Tells what a name has to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct BadKeyName;

/// A back end that showed its key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ServiceKey {
    pub(crate) name: KeyName,
    pub(crate) scopes: BTreeSet<Scope>,
}

/// A key that holds. The key itself is nowhere but with its back end.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct KnownKey {
    hash: Hash,
    key: Arc<ServiceKey>,
}

/// The keys that hold at the moment. Clones see the same ones.
#[derive(Clone)]
pub(crate) struct ServiceKeys {
    current: watch::Receiver<Arc<[KnownKey]>>,
}

impl ServiceKeys {
    /// Finds who shows this key; `None` for one that does not hold, or no longer.
    ///
    /// Compares with each key that holds, to the end: how long it takes tells nothing of any of them.
    pub(crate) fn find(&self, bearer: &str) -> Option<Arc<ServiceKey>> {
        let hash = Hash::of(bearer);
        let current = self.current.borrow().clone();
        current.iter().fold(None, |found, known| {
            if known.hash.is_same(&hash) { Some(known.key.clone()) } else { found }
        })
    }
}

impl Scope {
    /// Returns the name of the scope, as on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::PresenceRead => "presence:read",
            Self::ClaimsWrite => "claims:write",
            Self::StatusWrite => "status:write",
            Self::PeopleRead => "people:read",
            Self::PeopleWrite => "people:write",
            Self::EventsRead => "events:read",
            Self::Admin => "admin",
        }
    }
}

impl KeyName {
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns who claims with this key.
    pub(crate) const fn as_service(&self) -> &ServiceName {
        &self.0
    }
}

impl TryFrom<String> for KeyName {
    type Error = BadKeyName;

    fn try_from(name: String) -> Result<Self, BadKeyName> {
        ServiceName::parse(&name).map(Self).map_err(|_| BadKeyName)
    }
}

impl FromStr for KeyName {
    type Err = BadKeyName;

    fn from_str(name: &str) -> Result<Self, BadKeyName> {
        Self::try_from(name.to_owned())
    }
}

impl From<KeyName> for String {
    fn from(name: KeyName) -> Self {
        name.as_str().to_owned()
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for BadKeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the name of a service key has 1 to {SERVICE_NAME_MAX} characters out of letters, digits, `.`, `_` and `-`"
        )
    }
}

impl std::error::Error for BadKeyName {}

impl fmt::Debug for ServiceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceKeys({})", self.current.borrow().len())
    }
}
