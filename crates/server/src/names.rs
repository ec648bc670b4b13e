//! Sign-in names as identity providers, back ends and files write them.

use mistatus_core::signin_name::{SigninName, SigninNameError};
use unicode_normalization::UnicodeNormalization;

/// Reads a sign-in name: blanks behind it and how its accents are composed, in which systems differ, are not part of it.
///
/// # Errors
/// The rule of [`SigninName::parse`] that is broken.
pub(crate) fn parse(text: &str) -> Result<SigninName, SigninNameError> {
    SigninName::parse(&text.trim_end().nfc().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_however_it_is_composed_and_whatever_blank_is_behind_it() {
        let composed = SigninName::parse("j\u{fc}rgen@example.com").unwrap();
        for written in ["ju\u{308}rgen@example.com", "J\u{dc}RGEN@example.com \u{a0}\t"] {
            assert_eq!(parse(written), Ok(composed.clone()), "{written:?}");
        }
        assert_eq!(parse(" a@x"), Err(SigninNameError::LeadingSpace));
        assert_eq!(parse("\u{a0}"), Err(SigninNameError::Empty));
    }
}
