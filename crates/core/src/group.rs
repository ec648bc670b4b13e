//! Groups, in which a user orders the contact list.

use core::fmt;

use crate::{hresult::HResult, limits::GROUP_NAME_MAX, signin_name::SigninName};

/// The id of one group of one user. Chosen by the engine, never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GroupId(pub u32);

/// The name of a group: 1 to 64 UTF-16 units without control characters, no spaces around it.
///
/// Names are compared as they are: `Team` and `team` are two groups.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupName(Box<str>);

/// The reason why the name of a group is not valid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum GroupNameError {
    /// Nothing but spaces.
    Blank,
    /// It holds a carriage return, a line feed, a tab or another control character.
    ControlCharacter,
    /// It is too long.
    TooLong {
        /// How many UTF-16 units it has.
        units: usize,
    },
}

/// A group and its members.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Which.
    pub id: GroupId,
    /// What the user calls it.
    pub name: GroupName,
    /// Contacts in it, in the order in which they came. One contact may be in several groups.
    pub members: Vec<SigninName>,
}

impl GroupName {
    /// Takes a name; spaces outside are cut off (§7, `CreateGroup`, of the automation API specification).
    ///
    /// # Errors
    /// The rule that is broken; the first of: blank, control character, length.
    pub fn parse(text: &str) -> Result<Self, GroupNameError> {
        let name = text.trim_matches(' ');
        if name.is_empty() {
            return Err(GroupNameError::Blank);
        }
        if name.chars().any(char::is_control) {
            return Err(GroupNameError::ControlCharacter);
        }
        let units = name.encode_utf16().count();
        if units > GROUP_NAME_MAX {
            return Err(GroupNameError::TooLong { units });
        }
        Ok(Self(name.into()))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl GroupNameError {
    /// Returns the documented code.
    #[must_use]
    pub const fn hr(self) -> HResult {
        match self {
            Self::Blank => HResult::E_INVALIDARG,
            Self::ControlCharacter => HResult::MSGR_E_BAD_GROUP_NAME,
            Self::TooLong { .. } => HResult::MSGR_E_GROUP_NAME_TOO_LONG,
        }
    }
}

// What people call their groups is theirs: debug output, which ends in logs, shows only the length.
impl fmt::Debug for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GroupName(<{} bytes>)", self.0.len())
    }
}

impl fmt::Display for GroupNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("a group must have a name"),
            Self::ControlCharacter => f.write_str(
                "the name of a group must have no line breaks, tabs or other control characters",
            ),
            Self::TooLong { units } => write!(
                f,
                "the name of the group has {units} UTF-16 units; at most {GROUP_NAME_MAX} are allowed"
            ),
        }
    }
}

impl core::error::Error for GroupNameError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_checked() {
        assert_eq!(GroupName::parse("  Team A ").unwrap().as_str(), "Team A");
        assert_eq!(GroupName::parse(""), Err(GroupNameError::Blank));
        assert_eq!(GroupName::parse("   "), Err(GroupNameError::Blank));
        for name in ["a\rb", "a\nb", "a\tb", "a\u{7}b"] {
            assert_eq!(GroupName::parse(name), Err(GroupNameError::ControlCharacter));
        }
        let long = "é".repeat(64);
        assert_eq!(GroupName::parse(&long).unwrap().as_str(), long);
        assert_eq!(GroupName::parse(&"😀".repeat(33)), Err(GroupNameError::TooLong { units: 66 }));
    }

    #[test]
    fn each_rule_has_its_documented_code() {
        assert_eq!(GroupNameError::Blank.hr(), HResult::E_INVALIDARG);
        assert_eq!(GroupNameError::ControlCharacter.hr(), HResult::MSGR_E_BAD_GROUP_NAME);
        assert_eq!(GroupNameError::TooLong { units: 65 }.hr(), HResult::MSGR_E_GROUP_NAME_TOO_LONG);
    }
}
