//! The letters that stand for somebody: one or two, in the script of the name, without the tables of Unicode.
//!
//! The style makes capitals of them, by the rules of the page's language.

use std::mem;

use crate::model::ContactView;

/// Returns the letters for somebody: of the display name, or of the sign-in name where that has none. Empty for nobody.
pub(super) fn initials(view: &ContactView) -> String {
    let friendly = view.friendly_name.as_deref().map(of_name).unwrap_or_default();
    if friendly.is_empty() { of_signin_name(&view.name) } else { friendly }
}

// `O'Neil, Bob (HR)` is Bob O'Neil: what stands in brackets says where somebody works, and a comma turns the order.
fn of_name(name: &str) -> String {
    if name.contains('@') && !name.contains(' ') {
        return of_signin_name(name);
    }
    let mut letters = Letters::default();
    let mut before = None;
    let mut is_inside = false;
    for one in name.chars() {
        match one {
            '(' | '[' | '{' | '<' | '（' | '【' => is_inside = true,
            ')' | ']' | '}' | '>' | '）' | '】' => is_inside = false,
            '|' if !letters.first.is_empty() => break,
            ',' | '，' if before.is_none() && !letters.first.is_empty() => {
                before = Some(mem::take(&mut letters));
            }
            _ if !is_inside => letters.add(one, one.is_whitespace()),
            _ => {}
        }
    }
    match before {
        Some(before) if letters.first.is_empty() => before.pair(),
        Some(before) => Letters { last: before.first, ..letters }.pair(),
        None => letters.pair(),
    }
}

// `bob.oneil@example.com` is B O, `bob@example.com` is B, and `4711@example.com` is 4.
fn of_signin_name(name: &str) -> String {
    let mut letters = Letters::default();
    let mut digit = String::new();
    for one in name.chars().take_while(|&one| one != '@') {
        letters.add(one, matches!(one, '.' | '_' | '-' | '+'));
        if digit.is_empty() && one.is_ascii_digit() {
            digit.push(one);
        }
    }
    if letters.first.is_empty() { digit } else { letters.pair() }
}

/// The first letters of the first and of the last word of what is read, each with what belongs to it: an accent that is a
/// character of its own is part of the letter.
#[derive(Default)]
struct Letters {
    first: String,
    last: String,
    /// Whether the present word is not the first that has one.
    is_last: bool,
    /// Whether the present word has had its letter.
    has_one: bool,
    /// Whether what came last is that letter, or belongs to it.
    is_open: bool,
}

impl Letters {
    fn add(&mut self, one: char, ends_word: bool) {
        let begins = !self.has_one && is_letter(one);
        if begins {
            self.has_one = true;
            self.is_last = !self.first.is_empty();
            self.last.clear();
        }
        self.is_open = begins || (self.is_open && is_mark(one));
        if self.is_open {
            let letter = if self.is_last { &mut self.last } else { &mut self.first };
            letter.push(one);
        }
        self.has_one &= !ends_word;
    }

    // Two letters stand beside each other where a script has capitals. Elsewhere they would join, or be a name of its own.
    fn pair(self) -> String {
        let Self { mut first, last, .. } = self;
        if has_capitals(&first) && has_capitals(&last) {
            first.push_str(&last);
        }
        first
    }
}

// All but signs, digits and emoji. The tables of `char::is_alphabetic` would be more than the rest of the avatar; what they
// know beyond this are rare signs inside of scripts, with which no name begins.
fn is_letter(one: char) -> bool {
    let is_sign = matches!(one,
        '\0'..='@' | '['..='`' | '{'..='\u{a9}' | '\u{ab}'..='\u{b4}' | '\u{b6}'..='\u{b9}'
        | '\u{bb}'..='\u{bf}' | '×' | '÷'
        // Punctuation, arrows, symbols, dingbats; of East Asia; private use, variants and forms of punctuation.
        | '\u{2000}'..='\u{2bff}' | '\u{2e00}'..='\u{2e7f}' | '\u{3000}'..='\u{3004}'
        | '\u{3008}'..='\u{3020}' | '\u{3030}' | '\u{303d}' | '\u{30fb}'
        | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe6f}' | '\u{feff}'..='\u{ff20}'
        | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' | '\u{fff0}'..='\u{ffff}'
        // Emoji and their tags.
        | '\u{1f000}'..='\u{1faff}' | '\u{e0000}'..);
    !is_sign && !is_mark(one)
}

// Accents of Europe, vowel signs of India (each script has a block of 128 in the same order), vowels and ends of a syllable
// of Hangul that is written in parts.
fn is_mark(one: char) -> bool {
    let code = u32::from(one);
    match code {
        0x300..=0x36f | 0x1160..=0x11ff => true,
        0x900..=0xdff => matches!(code % 0x80, 0..=3 | 0x3a..=0x3c | 0x3e..=0x4c),
        _ => false,
    }
}

// Latin, Greek, Cyrillic, Armenian and Georgian.
fn has_capitals(letter: &str) -> bool {
    let first = letter.chars().next();
    first.is_some_and(|first| {
        matches!(first, 'A'..='\u{58f}' | '\u{10a0}'..='\u{10ff}' | '\u{1e00}'..='\u{1fff}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_and_last_names_have_a_letter_each() {
        for (name, letters) in [
            ("Alice", "A"),
            ("Alice Rivera", "AR"),
            ("  Alice   Maria\u{a0}Rivera ", "AR"),
            ("O'Neil, Bob", "BO"),
            ("O'Neil, Bob (HR)", "BO"),
            ("(HR) Bob O'Neil", "BO"),
            ("Rivera,", "R"),
            ("de la Cruz", "dC"),
            ("Anne-Marie Dubois", "AD"),
            ("Élodie Ångström", "ÉÅ"),
            ("E\u{301}lodie A\u{30a}ngstro\u{308}m", "E\u{301}A\u{30a}"),
            ("Ørsted ß", "Øß"),
            ("Ирина Петрова", "ИП"),
            ("Ελένη Παππά", "ΕΠ"),
            ("\"Bob\" 'O'Neil'", "BO"),
            ("Bob <bob@example.com>", "B"),
            ("Bob O'Neil | Sales", "BO"),
            ("Bob 2", "B"),
        ] {
            assert_eq!(of_name(name), letters, "{name}");
        }
    }

    #[test]
    fn scripts_without_capitals_have_one_letter() {
        for (name, letters) in [
            ("山田太郎", "山"),
            ("山田 太郎", "山"),
            ("王小明（市场部）", "王"),
            ("김철수", "김"),
            ("\u{1100}\u{1175}\u{11b7}철수", "\u{1100}\u{1175}\u{11b7}"),
            ("محمد علي", "م"),
            ("דוד כהן", "ד"),
            ("राम कुमार", "रा"),
            ("สมชาย ใจดี", "ส"),
            ("𠮷田", "𠮷"),
        ] {
            assert_eq!(of_name(name), letters, "{name}");
        }
    }

    #[test]
    fn emoji_and_signs_are_no_letters() {
        for (name, letters) in [
            ("👩\u{200d}🔧 Bob", "B"),
            ("🇩🇪 Bob ❤\u{fe0f}", "B"),
            ("\u{202e}Bob\u{2069} O'Neil", "BO"),
            ("*** Bob ***", "B"),
            ("🐙", ""),
            ("42", ""),
            ("", ""),
        ] {
            assert_eq!(of_name(name), letters, "{name}");
        }
    }

    #[test]
    fn a_name_without_letters_gives_way_to_the_signin_name() {
        let mut view = ContactView::unknown("bob.oneil@example.com");
        assert_eq!(initials(&view), "bo");
        view.friendly_name = Some("🐙".to_owned());
        assert_eq!(initials(&view), "bo");
        view.friendly_name = Some("Bob".to_owned());
        assert_eq!(initials(&view), "B");
        view.friendly_name = Some("bob@example.com".to_owned());
        assert_eq!(initials(&view), "b");
    }

    #[test]
    fn every_signin_name_has_something_where_it_has_letters_or_digits() {
        for (name, letters) in [
            ("bob@example.com", "b"),
            ("bob_jr-oneil+x@example.com", "bx"),
            ("4711@example.com", "4"),
            ("...@example.com", ""),
            ("", ""),
        ] {
            assert_eq!(of_signin_name(name), letters, "{name}");
        }
    }
}
