//! What a user has begun to write and has not sent, by whom it is for. Does not know where it is kept.

use crate::{
    limits::{DRAFTS_BYTES_MAX, DRAFTS_MAX},
    signin_name::SigninName,
};

/// The texts that a user has begun. What was not touched for the longest time makes room where they become too many.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Drafts(Vec<(SigninName, String)>);

impl Drafts {
    /// Returns what was begun to somebody; empty where nothing was.
    #[must_use]
    pub fn get(&self, with: &SigninName) -> &str {
        self.iter().find(|(name, _)| *name == with).map_or("", |(_, text)| text)
    }

    /// Keeps what is begun to somebody; an empty text is none.
    pub fn keep(&mut self, with: &SigninName, text: &str) {
        self.0.retain(|(name, _)| name != with);
        if !text.is_empty() {
            self.0.push((with.clone(), text.to_owned()));
        }
        while self.0.len() > DRAFTS_MAX || self.bytes() > DRAFTS_BYTES_MAX {
            self.0.remove(0);
        }
    }

    /// Iterates over all of them, the latest last.
    pub fn iter(&self) -> impl Iterator<Item = (&SigninName, &str)> {
        self.0.iter().map(|(name, text)| (name, text.as_str()))
    }

    fn bytes(&self) -> usize {
        self.iter().map(|(_, text)| text.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: usize) -> SigninName {
        SigninName::parse(&format!("p{number}@x")).unwrap()
    }

    #[test]
    fn each_person_has_one_until_it_is_empty() {
        let mut drafts = Drafts::default();
        drafts.keep(&name(1), "Hel");
        drafts.keep(&name(2), "Good");
        drafts.keep(&SigninName::parse("P1@X").unwrap(), "Hello");
        let all: Vec<_> = drafts.iter().map(|(_, text)| text).collect();
        assert_eq!((all, drafts.get(&name(3))), (vec!["Good", "Hello"], ""));
        drafts.keep(&name(1), "");
        assert_eq!((drafts.get(&name(1)), drafts.get(&name(2))), ("", "Good"));
    }

    #[test]
    fn the_oldest_make_room_for_what_is_too_much() {
        let mut drafts = Drafts::default();
        for number in 0..=DRAFTS_MAX {
            drafts.keep(&name(number), "Hello");
        }
        assert_eq!((drafts.get(&name(0)), drafts.get(&name(1))), ("", "Hello"));
        drafts.keep(&name(1), &"é".repeat(DRAFTS_BYTES_MAX / 2));
        assert_eq!(drafts.iter().count(), 1);
        drafts.keep(&name(2), &"x".repeat(DRAFTS_BYTES_MAX + 1));
        assert_eq!(drafts.iter().count(), 0);
    }
}
