//! What is searched in the directory of people, and whom it finds.

use core::fmt;

use crate::{limits::SEARCH_TEXT_MAX, signin_name::SigninName};

/// How a name begins that is searched: 1 to 64 UTF-16 units, not only spaces.
#[derive(Clone, PartialEq, Eq)]
pub struct SearchText(Box<str>);

/// The reason why nothing can be searched by a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SearchTextError {
    /// Nothing but spaces.
    Blank,
    /// It is too long.
    TooLong {
        /// How many UTF-16 units it has.
        units: usize,
    },
}

/// Somebody whom a search has found.
#[derive(Clone, PartialEq, Eq)]
pub struct FoundPerson {
    /// Who it is.
    pub name: SigninName,
    /// How they are shown; `None` where that is for themselves to say.
    pub friendly_name: Option<String>,
    /// What they do.
    pub title: Option<String>,
}

impl SearchText {
    /// Takes a text; spaces outside are cut off.
    ///
    /// # Errors
    /// The rule that is broken.
    pub fn parse(text: &str) -> Result<Self, SearchTextError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(SearchTextError::Blank);
        }
        let units = text.encode_utf16().count();
        if units > SEARCH_TEXT_MAX {
            return Err(SearchTextError::TooLong { units });
        }
        Ok(Self(text.into()))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

// Whom somebody looks for is theirs: debug output, which ends in logs, shows only the length.
impl fmt::Debug for SearchText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SearchText(<{} bytes>)", self.0.len())
    }
}

impl fmt::Debug for FoundPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FoundPerson").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Display for SearchTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("there is nothing to search for"),
            Self::TooLong { units } => write!(
                f,
                "the text to search for has {units} UTF-16 units; at most {SEARCH_TEXT_MAX} are allowed"
            ),
        }
    }
}

impl core::error::Error for SearchTextError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(SearchText::parse(" Ada ").unwrap().as_str(), "Ada");
        assert_eq!(SearchText::parse(" \t"), Err(SearchTextError::Blank));
        assert_eq!(
            SearchText::parse(&"😀".repeat(33)),
            Err(SearchTextError::TooLong { units: 66 })
        );
        assert!(!format!("{:?}", SearchText::parse("Ada").unwrap()).contains("Ada"));
    }
}
