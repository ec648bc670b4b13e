//! Sign-in names: checked once here, trusted everywhere else.

use core::{cmp::Ordering, fmt, hash};

use crate::{fold::fold, limits::SIGNIN_NAME_MAX};

/// The id of a user; looks like `alice@example.com`.
///
/// At most 129 UTF-16 units, not empty, no space first, no carriage return or line feed
/// (§1.4 of the automation API specification).
/// Two names are equal when they are after case folding; [`SigninName::as_str`] shows the name as it was given.
#[derive(Clone)]
pub struct SigninName {
    given: Box<str>,
    // `None` where folding changes nothing, which is the usual case.
    folded: Option<Box<str>>,
}

/// The reason why a sign-in name is not valid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SigninNameError {
    /// The name has no characters.
    Empty,
    /// The first character is a space.
    LeadingSpace,
    /// The name holds a carriage return or a line feed.
    LineBreak,
    /// The name is too long.
    TooLong {
        /// How many UTF-16 units it has.
        units: usize,
        /// How many it may have.
        max: usize,
    },
}

/// What links that lead to people begin with, before a colon, in any case.
const SCHEMES: [&str; 5] = ["mailto", "sip", "sips", "im", "xmpp"];

/// Takes off a text what makes a link of a sign-in name, as in `mailto:alice@example.com`.
#[must_use]
pub fn without_scheme(text: &str) -> &str {
    match text.split_once(':') {
        Some((scheme, rest)) if SCHEMES.iter().any(|link| link.eq_ignore_ascii_case(scheme)) => {
            rest
        }
        _ => text,
    }
}

impl SigninName {
    /// Checks a name.
    ///
    /// # Errors
    /// The rule that is broken; the first of: empty, leading space, line break, length.
    pub fn parse(given: &str) -> Result<Self, SigninNameError> {
        if given.is_empty() {
            return Err(SigninNameError::Empty);
        }
        if given.starts_with(' ') {
            return Err(SigninNameError::LeadingSpace);
        }
        if given.contains(['\r', '\n']) {
            return Err(SigninNameError::LineBreak);
        }
        let units = given.encode_utf16().count();
        if units > SIGNIN_NAME_MAX {
            return Err(SigninNameError::TooLong { units, max: SIGNIN_NAME_MAX });
        }
        let folded = fold(given);
        let folded = (folded != given).then(|| folded.into_boxed_str());
        Ok(Self { given: given.into(), folded })
    }

    /// Returns the name as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.given
    }

    /// Returns the case-folded name: the key under which this user is known.
    #[must_use]
    pub fn folded(&self) -> &str {
        self.folded.as_deref().unwrap_or(&self.given)
    }
}

impl PartialEq for SigninName {
    fn eq(&self, other: &Self) -> bool {
        #[cfg(test)]
        crate::work::done();
        self.folded() == other.folded()
    }
}

impl Eq for SigninName {}

impl PartialOrd for SigninName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SigninName {
    fn cmp(&self, other: &Self) -> Ordering {
        #[cfg(test)]
        crate::work::done();
        self.folded().cmp(other.folded())
    }
}

impl hash::Hash for SigninName {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.folded().hash(state);
    }
}

impl fmt::Display for SigninName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.given)
    }
}

// Names are user data: debug output, which ends in logs, shows only the length.
impl fmt::Debug for SigninName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigninName(<{} bytes>)", self.given.len())
    }
}

impl fmt::Display for SigninNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the sign-in name is empty; it looks like alice@example.com"),
            Self::LeadingSpace => {
                write!(f, "the sign-in name starts with a space, which is not allowed")
            }
            Self::LineBreak => {
                write!(
                    f,
                    "the sign-in name holds a carriage return or line feed, which is not allowed"
                )
            }
            Self::TooLong { units, max } => {
                write!(f, "the sign-in name has {units} UTF-16 units; at most {max} are allowed")
            }
        }
    }
}

impl core::error::Error for SigninNameError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_link_to_somebody_holds_their_name() {
        for (link, name) in [
            ("mailto:alice@x", "alice@x"),
            ("SIPS:alice@x", "alice@x"),
            ("alice@x", "alice@x"),
            ("tel:alice@x", "tel:alice@x"),
            ("corp:alice", "corp:alice"),
        ] {
            assert_eq!(without_scheme(link), name);
        }
    }

    fn check(given: &str, expect: Result<(), SigninNameError>) {
        assert_eq!(SigninName::parse(given).map(|_| ()), expect, "{given:?}");
    }

    #[test]
    fn limits_are_those_of_the_documents() {
        check("alice@example.com", Ok(()));
        check("", Err(SigninNameError::Empty));
        check(" alice@example.com", Err(SigninNameError::LeadingSpace));
        check("alice @example.com", Ok(()));
        check("alice\n@example.com", Err(SigninNameError::LineBreak));
        check("alice@example.com\r", Err(SigninNameError::LineBreak));
        check(&"a".repeat(129), Ok(()));
        check(&"a".repeat(130), Err(SigninNameError::TooLong { units: 130, max: 129 }));
    }

    #[test]
    fn length_is_counted_in_utf16_units() {
        check(&"😀".repeat(64), Ok(()));
        check(&"😀".repeat(65), Err(SigninNameError::TooLong { units: 130, max: 129 }));
    }

    #[test]
    fn letter_case_is_shown_but_not_compared() {
        let mixed = SigninName::parse("Alice@Example.COM").unwrap();
        assert_eq!(mixed, SigninName::parse("alice@example.com").unwrap());
        assert_eq!(mixed.as_str(), "Alice@Example.COM");
        assert_eq!(mixed.folded(), "alice@example.com");
        assert_eq!(SigninName::parse("ΟΔΟΣ").unwrap(), SigninName::parse("οδοσ").unwrap());
        assert_eq!(SigninName::parse("ÄNNE@x").unwrap(), SigninName::parse("änne@x").unwrap());
    }

    #[test]
    fn debug_output_keeps_the_name_to_itself() {
        let name = SigninName::parse("alice@example.com").unwrap();
        assert!(!format!("{name:?}").contains("alice"));
    }

    proptest! {
        #[test]
        fn any_text_is_accepted_or_refused_by_the_rules(given in "\\PC{0,140}") {
            let allowed = !given.is_empty()
                && !given.starts_with(' ')
                && !given.contains(['\r', '\n'])
                && given.encode_utf16().count() <= SIGNIN_NAME_MAX;
            prop_assert_eq!(SigninName::parse(&given).is_ok(), allowed);
        }

        #[test]
        fn order_and_equality_agree(a in "[a-cA-C]{1,3}", b in "[a-cA-C]{1,3}") {
            let (a, b) = (SigninName::parse(&a).unwrap(), SigninName::parse(&b).unwrap());
            prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
        }
    }
}
