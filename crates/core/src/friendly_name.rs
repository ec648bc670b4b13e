//! What people are called: texts of other people, so that they are cleaned wherever they come in.

use crate::limits::FRIENDLY_NAME_MAX;

/// Returns what can be shown of what somebody is called, at most [`FRIENDLY_NAME_MAX`] UTF-16 units of it; `None` where
/// there is nothing to be seen, and the sign-in name is to stand there.
///
/// Spaces outside are cut off. Control characters and what turns the direction of the text around are taken out: they
/// would reach beyond the name (Unicode Technical Report 36, §2.4).
#[must_use]
pub fn clean(text: &str) -> Option<String> {
    let kept = text.chars().filter_map(|c| match c {
        c if c.is_control() && c.is_whitespace() => Some(' '),
        c if c.is_control() || turns_direction(c) || takes_no_space(c) => None,
        c => Some(c),
    });
    let mut units = 0;
    let fitting = kept.skip_while(|c| c.is_whitespace()).take_while(|c| {
        units += c.len_utf16();
        units <= FRIENDLY_NAME_MAX
    });
    let mut name: String = fitting.collect();
    name.truncate(name.trim_end().len());
    name.chars().any(|c| !is_invisible(c)).then_some(name)
}

/// Whether a character is one of those that mark, embed, override or isolate a direction.
const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

/// Whether a character is nothing but a place where a line may or may not break.
const fn takes_no_space(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{feff}')
}

/// Whether a character by itself shows nothing. Joiners and selectors stay where they belong to others.
const fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{34f}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200c}'
                | '\u{200d}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{ffa0}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_seen_stays() {
        for name in
            ["Ada", "Žofie d’Arc", "علي", "👩\u{200d}💻", "नमस्ते", "می\u{200c}خواهم", "A\u{a0}B"]
        {
            assert_eq!(clean(name).as_deref(), Some(name));
        }
        assert_eq!(clean("  Ada \n").as_deref(), Some("Ada"));
        assert_eq!(clean("Ada\tLovelace\u{7f}").as_deref(), Some("Ada Lovelace"));
    }

    #[test]
    fn what_reaches_beyond_the_name_is_taken_out() {
        assert_eq!(clean("Eve\u{202e}nimda").as_deref(), Some("Evenimda"));
        assert_eq!(clean("\u{2067}Eve\u{2069}").as_deref(), Some("Eve"));
        assert_eq!(clean("E\u{200b}v\u{feff}e").as_deref(), Some("Eve"));
    }

    #[test]
    fn a_name_of_nothing_is_none() {
        for name in [
            "",
            "  ",
            "\u{a0}",
            "\u{200b}",
            "\u{2800}\u{2800}",
            "\u{3164}",
            "\u{200d}",
            "\u{202e}\u{0}",
            "\u{fe0f}",
        ] {
            assert_eq!(clean(name), None, "{name:?}");
        }
    }

    #[test]
    fn it_is_cut_between_characters() {
        assert_eq!(clean(&"x".repeat(300)).map(|name| name.len()), Some(FRIENDLY_NAME_MAX));
        let cut = clean(&"😀".repeat(200)).map(|name| name.encode_utf16().count());
        assert_eq!(cut, Some(FRIENDLY_NAME_MAX));
    }
}
