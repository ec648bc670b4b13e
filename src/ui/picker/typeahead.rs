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
        typed.push_str(&plain(key));
        *last = now_ms;
        search(typed, current, names, plain)
    }
}

fn search(
    typed: &str,
    current: Option<usize>,
    names: &[String],
    plain: fn(&str) -> String,
) -> Option<usize> {
    let first = typed.chars().next()?;
    let is_repeated = typed.chars().all(|letter| letter == first);
    let start = current.map_or(0, |current| current + usize::from(is_repeated));
    (start..start + names.len()).map(|index| index % names.len()).find(|index| {
        let name = plain(&names[*index]);
        if is_repeated { name.starts_with(first) } else { name.starts_with(typed) }
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
        assert_eq!(search("b", Some(0), &names(), fold), Some(1));
        assert_eq!(search("b", Some(1), &names(), fold), Some(2));
        assert_eq!(search("bb", Some(2), &names(), fold), Some(1));
    }

    #[test]
    fn more_letters_narrow_it_down_from_where_one_is() {
        assert_eq!(search("be", Some(1), &names(), fold), Some(2));
        assert_eq!(search("on ", Some(0), &names(), fold), Some(3));
        assert_eq!(search("ou", Some(4), &names(), fold), Some(4));
    }

    #[test]
    fn letters_that_fit_nothing_lead_nowhere() {
        assert_eq!(search("x", None, &names(), fold), None);
        assert_eq!(search("x", None, &[], fold), None);
    }
}
