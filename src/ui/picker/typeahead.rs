//! Finding an item by typing the beginning of its name. Takes the time as an input; knows no DOM.

use std::cell::RefCell;

/// Letters that follow each other faster than this, in milliseconds, belong to one word; platforms use half to one second.
const PAUSE_MS: f64 = 700.0;

/// The characters typed so far, and the time of the last one.
pub(in crate::ui) struct Typeahead(RefCell<(String, f64)>);

impl Default for Typeahead {
    fn default() -> Self {
        Self(RefCell::new((String::new(), f64::NEG_INFINITY)))
    }
}

impl Typeahead {
    /// Whether a word was begun just now.
    pub(in crate::ui) fn is_typing(&self, now_ms: f64) -> bool {
        now_ms - self.0.borrow().1 < PAUSE_MS
    }

    /// Takes a letter and returns which of the names it leads to.
    ///
    /// One letter, also repeated, goes to the next name with it; a longer word stays where it fits. Key and names are
    /// compared as `plain` makes them.
    pub(in crate::ui) fn hit(
        &self,
        key: &str,
        now_ms: f64,
        current: Option<usize>,
        names: &[String],
        plain: fn(&str) -> String,
    ) -> Option<usize> {
        let fresh = !self.is_typing(now_ms);
        let (typed, last) = &mut *self.0.borrow_mut();
        if fresh {
            typed.clear();
        }
        let letter = plain(key);
        typed.push_str(&letter);
        *last = now_ms;
        search(typed, &letter, current, names, plain)
    }
}

// The letter that was typed last may have become several.
fn search(
    typed: &str,
    letter: &str,
    current: Option<usize>,
    names: &[String],
    plain: fn(&str) -> String,
) -> Option<usize> {
    // Of a mark alone nothing is left.
    if letter.is_empty() {
        return None;
    }
    let is_repeated = typed.bytes().zip(letter.bytes().cycle()).all(|(one, other)| one == other);
    let start = current.map_or(0, |current| current + usize::from(is_repeated));
    (start..start + names.len()).map(|index| index % names.len()).find(|index| {
        let name = plain(&names[*index]);
        name.starts_with(if is_repeated { letter } else { typed })
    })
}

#[cfg(test)]
mod tests {
    use mistatus_core::fold::fold;

    use super::*;

    fn names() -> Vec<String> {
        ["Online", "Busy", "Be right back", "On the phone", "Out to lunch"]
            .map(str::to_owned)
            .into()
    }

    #[test]
    fn one_letter_goes_on_to_the_next_name_and_around() {
        assert_eq!(search("b", "b", Some(0), &names(), fold), Some(1));
        assert_eq!(search("b", "b", Some(1), &names(), fold), Some(2));
        assert_eq!(search("bb", "b", Some(2), &names(), fold), Some(1));
    }

    #[test]
    fn more_letters_narrow_it_down_from_where_one_is() {
        assert_eq!(search("be", "e", Some(1), &names(), fold), Some(2));
        assert_eq!(search("on ", " ", Some(0), &names(), fold), Some(3));
        assert_eq!(search("ou", "u", Some(4), &names(), fold), Some(4));
    }

    #[test]
    fn a_letter_that_is_several_when_it_is_plain_is_one() {
        let names = ["Ann", "Thora", "Thorn"].map(str::to_owned);
        assert_eq!(search("th", "th", Some(1), &names, fold), Some(2));
        assert_eq!(search("thth", "th", Some(2), &names, fold), Some(1));
        assert_eq!(search("tho", "o", Some(2), &names, fold), Some(2));
    }

    #[test]
    fn letters_that_fit_nothing_lead_nowhere() {
        assert_eq!(search("x", "x", None, &names(), fold), None);
        assert_eq!(search("x", "x", None, &[], fold), None);
        assert_eq!(search("", "", None, &names(), fold), None);
    }
}
