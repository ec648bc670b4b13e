//! The texts of one language, and which languages there are texts in: English always, and what was added.

use std::{
    fmt, ptr,
    sync::{PoisonError, RwLock},
};

use mistatus_core::status::MiStatus;

use super::words;

const STATUSES: usize = MiStatus::ALL.len();
const PLURALS_AT: usize = STATUSES + words::KEYS.len();
const COUNT: usize = PLURALS_AT + PLURAL_CATEGORIES.len();

/// The plural categories of CLDR. Each language has some of them, all have the last.
const PLURAL_CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// Begins the keys of how many messages are new, before the plural category.
const NEW_MESSAGES: &str = "new-messages.";

/// Begins the keys of what only the person card of old pages says.
const PERSON_CARD: &str = "person-card.";

/// All texts of a language: one of [`languages`](super::languages), or what a page says itself.
pub struct Texts {
    tag: &'static str,
    /// Names of statuses, words, and how many messages are new by plural category, empty where a language has no such one.
    all: [&'static str; COUNT],
}

/// A text that cannot be taken over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownKey(pub String);

impl fmt::Display for UnknownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "there is no text with the key \"{}\": the keys are those of languages/en.json",
            self.0
        )
    }
}

impl std::error::Error for UnknownKey {}

/// English, which stands in for what is not there.
pub(super) static ENGLISH: Texts = Texts::from_file("en", super::languages::ENGLISH_FILE);

/// The keys but for those of plural categories, out of the file that has the English texts: each page has them once.
static KEYS: [&str; PLURALS_AT] = keys(super::languages::ENGLISH_FILE);

static ADDED: RwLock<Vec<&Texts>> = RwLock::new(Vec::new());

impl Texts {
    /// Reads a file of `languages/` while it is compiled: one object of strings without escapes, in the order of the keys.
    pub(super) const fn from_file(tag: &'static str, file: &'static str) -> Self {
        let mut all = [""; COUNT];
        let mut rest = file;
        let mut next = 0;
        while let Some((key, text, after)) = read_entry(rest) {
            match index_in_file(next, key) {
                Some(index) => {
                    all[index] = text;
                    next = index + 1;
                }
                None => assert!(
                    strip_prefix(key, PERSON_CARD).is_some(),
                    "a key is unknown or not in the order of languages/en.json"
                ),
            }
            rest = after;
        }
        let mut index = 0;
        while index < COUNT {
            let is_optional = index >= PLURALS_AT && index < COUNT - 1;
            assert!(is_optional || !all[index].is_empty(), "a key of languages/en.json is missing");
            index += 1;
        }
        Self { tag, all }
    }

    /// Returns these texts for a tag, some of them replaced. They stay for the life of the process.
    pub(super) fn replaced<'a>(
        &self,
        tag: &str,
        texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<&'static Self, UnknownKey> {
        let mut all = self.all;
        for (key, text) in texts {
            match index_of(key) {
                Some(index) => all[index] = String::from(text).leak(),
                None if key.starts_with(PERSON_CARD) => {}
                None => return Err(UnknownKey(key.chars().take(40).collect())),
            }
        }
        Ok(Box::leak(Box::new(Self { tag: String::from(tag).leak(), all })))
    }

    /// Returns the BCP 47 tag.
    #[must_use]
    pub const fn tag(&self) -> &'static str {
        self.tag
    }

    pub(super) fn status(&self, status: MiStatus) -> &'static str {
        let row = MiStatus::ALL.iter().position(|known| *known == status).unwrap_or_default();
        self.all[row]
    }

    pub(super) const fn word(&self, word: words::Word) -> &'static str {
        self.all[STATUSES + word as usize]
    }

    /// Returns the text for a plural category; what has no form of its own has the last.
    pub(super) fn new_messages(&self, category: &str) -> &'static str {
        let plurals = &self.all[PLURALS_AT..];
        let found = PLURAL_CATEGORIES.iter().position(|name| *name == category);
        match found.map(|index| plurals[index]) {
            Some(text) if !text.is_empty() => text,
            _ => plurals[plurals.len() - 1],
        }
    }
}

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self, other)
    }
}

impl Eq for Texts {}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Texts").field(&self.tag).finish()
    }
}

/// Adds texts; of several for the same tag the last hold.
pub(super) fn add(texts: &'static Texts) {
    ADDED.write().unwrap_or_else(PoisonError::into_inner).push(texts);
}

/// Returns the texts for a tag: for the whole of it, else for its beginning, else for how most people write whose region or
/// script it names, else English ones.
pub(super) fn find(tag: &str) -> &'static Texts {
    let added = ADDED.read().unwrap_or_else(PoisonError::into_inner);
    let named =
        |tag: &str| added.iter().rev().find(|texts| texts.tag.eq_ignore_ascii_case(tag)).copied();
    let mut beginning = Some(tag);
    while let Some(wanted) = beginning {
        if let Some(texts) = named(wanted) {
            return texts;
        }
        beginning = wanted.rsplit_once('-').map(|(shorter, _)| shorter);
    }
    named(kindred(tag)).or_else(|| named("en")).unwrap_or(&ENGLISH)
}

/// Returns the tag of the texts for a language that is written in more than one way.
fn kindred(tag: &str) -> &'static str {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    let mut has = |names: &[&str]| {
        subtags.any(|subtag| names.iter().any(|name| name.eq_ignore_ascii_case(subtag)))
    };
    if language.eq_ignore_ascii_case("zh") {
        if has(&["Hant", "TW", "HK", "MO"]) { "zh-Hant" } else { "zh-Hans" }
    } else if language.eq_ignore_ascii_case("pt") {
        // Outside of Brazil people write as in Portugal.
        if tag.len() == 2 || has(&["BR"]) { "pt-BR" } else { "pt-PT" }
    } else {
        ""
    }
}

/// Returns which text has the key.
fn index_of(key: &str) -> Option<usize> {
    match key.strip_prefix(NEW_MESSAGES) {
        Some(category) => PLURAL_CATEGORIES
            .iter()
            .position(|known| *known == category)
            .map(|index| PLURALS_AT + index),
        None => KEYS.iter().position(|known| *known == key),
    }
}

/// Returns the keys of the English file, which are those of statuses and words in their order.
const fn keys(file: &'static str) -> [&'static str; PLURALS_AT] {
    let mut keys = [""; PLURALS_AT];
    let mut rest = file;
    let mut index = 0;
    while index < PLURALS_AT {
        let Some((key, _, after)) = read_entry(rest) else { panic!("a key is missing") };
        assert!(has_key(index, key), "keys are in the order of statuses and words");
        keys[index] = key;
        rest = after;
        index += 1;
    }
    keys
}

/// The same while it is compiled, from that index on.
const fn index_in_file(start: usize, key: &str) -> Option<usize> {
    let mut index = start;
    while index < COUNT {
        if has_key(index, key) {
            return Some(index);
        }
        index += 1;
    }
    None
}

const fn has_key(index: usize, key: &str) -> bool {
    let (group, name) = if index < STATUSES {
        ("status.", MiStatus::ALL[index].kebab())
    } else if index < PLURALS_AT {
        ("", words::KEYS[index - STATUSES])
    } else {
        (NEW_MESSAGES, PLURAL_CATEGORIES[index - PLURALS_AT])
    };
    match strip_prefix(key, group) {
        Some(rest) => rest.len() == name.len() && strip_prefix(rest, name).is_some(),
        None => false,
    }
}

/// [`str::strip_prefix`] for what is computed while it is compiled.
const fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (bytes, wanted) = (text.as_bytes(), prefix.as_bytes());
    if bytes.len() < wanted.len() {
        return None;
    }
    let mut index = 0;
    while index < wanted.len() {
        if bytes[index] != wanted[index] {
            return None;
        }
        index += 1;
    }
    Some(text.split_at(wanted.len()).1)
}

/// Returns key and text of the next entry, and what is behind it.
const fn read_entry(file: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let Some((_, rest)) = until_quote(file) else { return None };
    let Some((key, rest)) = until_quote(rest) else { panic!("a quotation mark is missing") };
    let Some((_, rest)) = until_quote(rest) else { panic!("a text is missing") };
    let Some((text, rest)) = until_quote(rest) else { panic!("a quotation mark is missing") };
    Some((key, text, rest))
}

/// Splits at the next quotation mark, which is in neither part.
const fn until_quote(text: &'static str) -> Option<(&'static str, &'static str)> {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        assert!(bytes[index] != b'\\', "texts are written without escapes");
        if bytes[index] == b'"' {
            let (before, rest) = text.split_at(index);
            return Some((before, rest.split_at(1).1));
        }
        index += 1;
    }
    None
}
