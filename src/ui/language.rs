//! In which language the widget speaks: its own texts, dates, and the order of names.
//!
//! English is always there. Other languages are files of `languages/`: pages fetch the one that they need, applications add
//! those of [`languages`] that they want. No formatting: every page pays for the bytes.

pub mod languages;

mod texts;
mod words;

use mistatus_core::{hresult::HResult, status::MiStatus};

use self::texts::ENGLISH;
pub use self::{
    texts::{Texts, UnknownKey},
    words::Word,
};
use crate::model::{MyView, SigninState};

/// The language that a page asks for: in which the widget's texts are, how dates and times are written, and how names are
/// ordered. English texts with British dates stand in for languages that there are no texts in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Language {
    texts: &'static Texts,
    tag: Tag,
}

/// A BCP 47 tag, in place: a language is copied to wherever something is drawn. Empty where a page asked for none.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Tag {
    bytes: [u8; Tag::MAX],
    len: usize,
}

impl Tag {
    /// Enough for language, script and region with an extension, as in `zh-Hant-TW-u-nu-latn`.
    const MAX: usize = 22;

    /// Takes over as many subtags as there is room for, of those that are well-formed.
    fn new(tag: &str) -> Self {
        let mut kept = Self::default();
        for subtag in tag.split(['-', '_']) {
            let is_first = kept.len == 0;
            let is_good = matches!(subtag.len(), 1..=8)
                && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && !(is_first
                    && (subtag.len() == 1 || subtag.bytes().any(|byte| byte.is_ascii_digit())));
            let start = kept.len + usize::from(!is_first);
            let end = start + subtag.len();
            if !is_good || end > Self::MAX {
                break;
            }
            if !is_first {
                kept.bytes[start - 1] = b'-';
            }
            kept.bytes[start..end].copy_from_slice(subtag.as_bytes());
            kept.len = end;
        }
        kept
    }

    fn as_str(&self) -> &str {
        // Only ASCII is taken over.
        str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl Default for Language {
    fn default() -> Self {
        Self::ENGLISH
    }
}

impl Language {
    /// English.
    pub const ENGLISH: Self = Self::of(&ENGLISH);

    /// Returns the language of these texts, with the dates and the order of names that go with it.
    ///
    /// ```
    /// use mistatus::ui::{Language, languages};
    ///
    /// assert_eq!(Language::of(&languages::DUTCH).tag(), "nl");
    /// ```
    #[must_use]
    pub const fn of(texts: &'static Texts) -> Self {
        Self { texts, tag: Tag { bytes: [0; Tag::MAX], len: 0 } }
    }

    /// Adds the texts of a language for [`Language::from_tag`]. An application does so before it draws anything, on a
    /// server, too: what is drawn already keeps its texts until its language is set again.
    ///
    /// ```
    /// use mistatus::ui::{Language, languages};
    ///
    /// Language::add(&languages::GERMAN);
    /// assert_eq!(Language::from_tag("de-AT").tag(), "de");
    /// ```
    pub fn add(texts: &'static Texts) {
        texts::add(texts);
    }

    /// Adds texts of one's own for a tag, by the keys of `languages/en.json`. What is not among them stays as it was: in the
    /// language of the tag where there are texts in it, else in English. In `remove-contact` stands a `#` where a name comes,
    /// and `new-messages.…` may begin with one where the number comes.
    ///
    /// ```
    /// use mistatus::{MiStatus, ui::language::Language};
    ///
    /// Language::add_own("en", [("status.busy", "In the workshop")])?;
    /// assert_eq!(Language::from_tag("en-GB").status(MiStatus::Busy), "In the workshop");
    /// # Ok::<(), mistatus::ui::language::UnknownKey>(())
    /// ```
    ///
    /// # Errors
    /// The first key that is not known. Nothing is added then.
    pub fn add_own<'a>(
        tag: &str,
        texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), UnknownKey> {
        let tag = Tag::new(tag);
        texts::add(texts::find(tag.as_str()).replaced(tag.as_str(), texts)?);
        Ok(())
    }

    /// Returns the language of a BCP 47 tag, in any letter case. Its texts are the last that were added for the whole tag,
    /// else for a beginning of it; English ones where there are none. Names are ordered by the whole tag, up to 22 characters,
    /// and so are dates and times written where there are texts.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        let tag = Tag::new(tag);
        Self { texts: texts::find(tag.as_str()), tag }
    }

    /// Returns the BCP 47 tag of the texts, for `lang` attributes.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.texts.tag()
    }

    /// Returns the BCP 47 tag of the people who read the texts, by whose customs names are ordered.
    pub(crate) fn locale(&self) -> &str {
        match self.tag.as_str() {
            "" => self.tag(),
            tag => tag,
        }
    }

    /// Returns the BCP 47 tag by which dates and times are written: in words of the language of the texts.
    pub(crate) fn date_locale(&self) -> &str {
        let is_english =
            |tag: &str| tag.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("en"));
        if is_english(self.tag()) && !is_english(self.locale()) {
            // Most of the world writes days before months and counts hours to 24.
            "en-GB"
        } else {
            self.locale()
        }
    }

    /// Says how many messages are new: `count`, which is of that plural category of [`Language::tag`].
    pub(crate) fn new_messages(self, count: u32, category: &str) -> String {
        let text = self.texts.new_messages(category);
        match text.strip_prefix('#') {
            Some(rest) => [&count.to_string(), rest].concat(),
            None => text.to_owned(),
        }
    }

    /// Says that somebody is to go off the list.
    pub(crate) fn remove_contact(self, name: &str) -> String {
        // Once: a name may have one, too.
        self.word(Word::RemoveContact).replacen('#', name, 1)
    }

    /// Returns the name of a status.
    #[must_use]
    pub fn status(self, status: MiStatus) -> &'static str {
        self.texts.status(status)
    }

    /// Returns a text.
    #[must_use]
    pub const fn word(self, word: Word) -> &'static str {
        self.texts.word(word)
    }

    /// Returns what to tell the user who is not signed in, and how they can go on where they can; nothing to one who is.
    pub(crate) fn signin(self, me: &MyView) -> (&'static str, Option<&'static str>) {
        let (text, way) = match me.signin_state() {
            SigninState::SignedIn => return ("", None),
            SigninState::OnTheWay => return (self.status(me.status), None),
            SigninState::Lost => (Word::ConnectionLost, Word::TryNow),
            SigninState::NotSignedIn => (Word::NotSignedIn, Word::SignIn),
            SigninState::SignedOut => (Word::SignedOut, Word::SignIn),
            SigninState::Refused => (Word::SigninRefused, Word::SignIn),
        };
        (self.word(text), Some(self.word(way)))
    }

    /// Returns what to tell the user about a failure.
    #[must_use]
    pub const fn failure(self, hr: HResult) -> &'static str {
        self.word(match hr {
            HResult::MSGR_E_NOT_LOGGED_ON => Word::NotSignedIn,
            HResult::MSGR_E_INVALID_PASSWORD | HResult::E_ACCESSDENIED => Word::SigninRefused,
            HResult::MSGR_E_CONNECT
            | HResult::MSGR_E_DISCONNECTED
            | HResult::MSGR_E_LOGON_TIMEOUT
            | HResult::MSGR_E_SERVER_SHUTDOWN
            | HResult::MSGR_E_SERVER_UNAVAILABLE => Word::ConnectionLost,
            _ => Word::NotChanged,
        })
    }

    /// Returns what to tell the user about a failure that is not about a status.
    #[must_use]
    pub fn problem(self, hr: HResult) -> &'static str {
        let word = match hr {
            HResult::E_INVALIDARG
            | HResult::MSGR_E_BAD_GROUP_NAME
            | HResult::MSGR_E_GROUP_NAME_TOO_LONG => Word::BadName,
            HResult::MSGR_E_ALREADY_IN_LIST | HResult::MSGR_E_GROUP_ALREADY_EXISTS => {
                Word::AlreadyThere
            }
            HResult::MSGR_E_USER_NOT_FOUND => Word::NoSuchUser,
            HResult::MSGR_E_LIST_FULL | HResult::MSGR_E_TOO_MANY_GROUPS => Word::TooMany,
            _ => match self.failure(hr) {
                text if text == self.word(Word::NotChanged) => Word::NotDone,
                text => return text,
            },
        };
        self.word(word)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Once;

    use super::*;

    /// Adds all languages, which all tests of a process share.
    fn speak_all() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| languages::ALL.iter().copied().for_each(Language::add));
    }

    fn all() -> impl Iterator<Item = Language> {
        speak_all();
        languages::ALL.iter().copied().chain([&ENGLISH]).map(Language::of)
    }

    #[test]
    fn a_tag_has_the_texts_of_its_beginning_or_of_its_kin_else_english_ones() {
        speak_all();
        for (tag, expect) in [
            ("de", "de"),
            ("de-AT", "de"),
            ("ES_mx", "es"),
            ("ar-EG-u-nu-arab", "ar"),
            ("den", "en"),
            ("", "en"),
            ("tlh", "en"),
            ("zh", "zh-Hans"),
            ("zh-CN", "zh-Hans"),
            ("zh-tw", "zh-Hant"),
            ("zh-Hant-HK", "zh-Hant"),
            ("zh-Hans-HK", "zh-Hans"),
            ("pt", "pt-BR"),
            ("pt-br", "pt-BR"),
            ("pt-AO", "pt-PT"),
            ("pt-PT-1990", "pt-PT"),
        ] {
            assert_eq!(Language::from_tag(tag).tag(), expect, "{tag}");
        }
    }

    #[test]
    fn names_and_dates_go_by_the_whole_tag() {
        speak_all();
        for (tag, names, dates) in [
            ("de-AT", "de-AT", "de-AT"),
            ("en_GB", "en-GB", "en-GB"),
            ("EN-us", "EN-us", "EN-us"),
            ("fi-FI-u-nu-latn", "fi-FI-u-nu-latn", "en-GB"),
            ("zh-Hant-TW-u-nu-latn", "zh-Hant-TW-u-nu-latn", "zh-Hant-TW-u-nu-latn"),
            // What is too long ends where a part of it ends, what is no tag where it stops to be one.
            ("de-DE-1996-u-co-phonebk-x", "de-DE-1996-u-co", "de-DE-1996-u-co"),
            ("fi;q=0.8", "en", "en"),
            ("fr-Ä", "fr", "fr"),
            ("1-de", "en", "en"),
            ("", "en", "en"),
        ] {
            let language = Language::from_tag(tag);
            assert_eq!((language.locale(), language.date_locale()), (names, dates), "{tag}");
        }
    }

    #[test]
    fn new_messages_are_counted() {
        let text = |texts, count, category| Language::of(texts).new_messages(count, category);
        assert_eq!(text(&ENGLISH, 1, "one"), "1 new message");
        assert_eq!(text(&ENGLISH, 1000, "other"), "1000 new messages");
        assert_eq!(text(&languages::ARABIC, 2, "two"), "رسالتان جديدتان");
        assert_eq!(text(&languages::ARABIC, 7, "few"), "7 رسائل جديدة");
        assert_eq!(text(&ENGLISH, 3, "many"), "3 new messages", "no form of its own");
    }

    #[test]
    fn every_language_is_found_by_its_own_tag() {
        for language in all() {
            assert_eq!(
                Language::from_tag(language.tag()),
                Language { tag: Tag::new(language.tag()), ..language }
            );
        }
    }

    #[test]
    fn no_language_calls_two_statuses_the_same() {
        for language in all() {
            for (row, status) in MiStatus::ALL.into_iter().enumerate() {
                for other in &MiStatus::ALL[row + 1..] {
                    assert_ne!(language.status(status), language.status(*other), "{language:?}");
                }
            }
        }
    }

    #[test]
    fn a_contact_who_is_to_be_removed_is_named_in_every_language() {
        for language in all() {
            let text = language.remove_contact("Bob #1");
            assert!(text.contains("Bob #1") && text.matches('#').count() == 1, "{text}");
        }
    }

    #[test]
    fn names_stand_in_the_row_of_their_status() {
        assert_eq!(Language::ENGLISH.status(MiStatus::Busy), "Busy");
        assert_eq!(Language::of(&languages::GERMAN).status(MiStatus::OutToLunch), "Zu Tisch");
        assert_eq!(
            Language::ENGLISH.status(MiStatus::LocalDisconnectingFromServer),
            "Signing out…"
        );
        assert_eq!(Language::ENGLISH.word(Word::Default), "default", "the last of the words");
    }

    #[test]
    fn texts_of_ones_own_replace_some_and_the_last_hold() -> Result<(), UnknownKey> {
        speak_all();
        Language::add_own("de-LU", [("status.busy", "Am Tun"), ("new-messages.one", "eine neue")])?;
        let language = Language::from_tag("de-LU");
        assert_eq!(language.status(MiStatus::Busy), "Am Tun");
        assert_eq!(language.new_messages(1, "one"), "eine neue");
        assert_eq!(language.status(MiStatus::Away), "Abwesend");
        assert_eq!(Language::from_tag("de").status(MiStatus::Busy), "Beschäftigt");
        Language::add_own("de-lu", [("status.away", "Fort")])?;
        assert_eq!(Language::from_tag("de-LU").status(MiStatus::Busy), "Am Tun");
        assert_eq!(Language::from_tag("de-LU").status(MiStatus::Away), "Fort");
        assert_ne!(Language::from_tag("de-LU"), language, "what is drawn is drawn anew");
        Ok(())
    }

    #[test]
    fn a_key_that_is_not_known_is_named_and_changes_nothing() {
        let error = Language::add_own("eo", [("status.away", "For"), ("status.gone", "For")]);
        let said = error.unwrap_err().to_string();
        assert!(said.contains("\"status.gone\"") && said.contains("languages/en.json"), "{said}");
        assert_eq!(Language::from_tag("eo").status(MiStatus::Away), "Away");
    }

    #[test]
    fn a_failure_says_what_happened() {
        assert_eq!(
            Language::ENGLISH.failure(HResult::MSGR_E_DISCONNECTED),
            "Connection lost, trying again"
        );
        assert_eq!(Language::ENGLISH.failure(HResult::E_FAIL), "The status could not be changed");
        assert_eq!(Language::ENGLISH.problem(HResult::E_FAIL), "That did not work");
        assert_eq!(
            Language::ENGLISH.problem(HResult::MSGR_E_DISCONNECTED),
            "Connection lost, trying again"
        );
        assert_eq!(Language::ENGLISH.problem(HResult::MSGR_E_LIST_FULL), "The list is full");
    }
}
