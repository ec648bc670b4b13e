//! Somebody's status as a picture, for places without scripts: shapes and colours are those of the widget's dot
//! (`src/ui/status/style.css`). Holds no text of people's.

use mistatus_core::status::MiStatus;

/// What a picture's name ends with.
const SUFFIX: &str = ".svg";

// At least 3:1 against white and against #1f1f1f: a picture does not know on what it lies.
const GOOD: &str = "#15803d";
const STOP: &str = "#c81e3a";
const WAIT: &str = "#a85b00";
const FREE: &str = "#7c3aed";
const CALM: &str = "#66707c";

const DISC: &str = r#"<circle cx="8" cy="8" r="8"/>"#;
const SQUARE: &str = r#"<rect width="16" height="16" rx="2.24"/>"#;
const HOLE: &str = r#"<circle cx="8" cy="8" r="3.8"/>"#;

/// Returns the sign-in name of a picture's file name; `None` for another file.
pub(crate) fn subject(file: &str) -> Option<&str> {
    file.strip_suffix(SUFFIX)
}

/// Draws a status.
pub(crate) fn draw(status: MiStatus) -> String {
    let (colour, body, cut) = shape(status);
    let name = name(status);
    let (mask, masked) = if cut.is_empty() {
        (String::new(), "")
    } else {
        let all = r##"<rect width="16" height="16" fill="#fff"/>"##;
        (format!(r#"<mask id="m">{all}{cut}</mask>"#), r#" mask="url(#m)""#)
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"16\" height=\"16\" viewBox=\"0 0 16 16\" role=\"img\">\
         <title>{name}</title>{mask}<g fill=\"{colour}\" stroke=\"{colour}\" stroke-width=\"0\"{masked}>{body}</g></svg>\n"
    )
}

/// Returns the status in English.
fn name(status: MiStatus) -> String {
    let words = status.kebab().replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Returns colour, body, and what is cut out of it.
fn shape(status: MiStatus) -> (&'static str, &'static str, &'static str) {
    match status {
        // Discs and what is as good: there.
        MiStatus::Online => (GOOD, DISC, ""),
        MiStatus::Custom => (FREE, r#"<path d="M8 0l8 8-8 8-8-8z"/>"#, ""),
        // Squares: busy with something; cuts tell with what.
        MiStatus::Busy => (STOP, SQUARE, ""),
        MiStatus::OnThePhone => {
            (STOP, SQUARE, r##"<path d="M0 16L16 0" stroke="#000" stroke-width="4"/>"##)
        }
        MiStatus::InAMeeting => (STOP, SQUARE, r#"<path d="M6.4 0h3.2v16h-3.2z"/>"#),
        MiStatus::InAConference => {
            (STOP, SQUARE, r#"<path d="M3.7 0h2.5v16h-2.5zM9.8 0h2.5v16h-2.5z"/>"#)
        }
        // Stop signs: not to be disturbed.
        MiStatus::DoNotDisturb => (STOP, DISC, r#"<path d="M0 6.2h16v3.6h-16z"/>"#),
        MiStatus::AllowUrgentInterruptions => {
            (STOP, r#"<path d="M8 0l8 16h-16z"/>"#, r#"<path d="M0 9.4h16v2.6h-16z"/>"#)
        }
        // Pieces of a disc: away, and for how long about.
        MiStatus::BeRightBack => (WAIT, DISC, r#"<path d="M8 0h8v8h-8z"/>"#),
        MiStatus::Away => (WAIT, DISC, r#"<circle cx="13.1" cy="4.2" r="8.4"/>"#),
        MiStatus::OutToLunch => {
            (WAIT, DISC, r#"<path d="M0 3.7h16v2.2h-16zM0 10.1h16v2.2h-16z"/>"#)
        }
        MiStatus::OutOfOffice => (WAIT, r#"<path d="M0 8l8-8v4.5h8v7h-8v4.5z"/>"#, ""),
        MiStatus::Idle => (WAIT, DISC, HOLE),
        MiStatus::MayBeAvailable => (
            WAIT,
            r#"<path d="M0 8a8 8 0 0 0 16 0z"/><circle cx="8" cy="8" r="6" fill="none" stroke-width="4"/>"#,
            "",
        ),
        // Rings: nobody there; a broken one where nobody knows. Nobody is shown as invisible to others, and on the
        // way to a server is only who looks.
        MiStatus::Offline | MiStatus::Invisible => {
            (CALM, r#"<circle cx="8" cy="8" r="6.4" fill="none" stroke-width="3.2"/>"#, "")
        }
        _ => (
            CALM,
            r#"<circle cx="8" cy="8" r="6.4" fill="none" stroke-width="3.2" stroke-dasharray="0 5.03" stroke-linecap="round"/>"#,
            "",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_statuses_that_others_see_look_the_same() {
        let seen: Vec<_> = MiStatus::ALL
            .into_iter()
            .filter(|status| !status.is_transient() && *status != MiStatus::Invisible)
            .collect();
        let shapes = seen.iter().map(|status| {
            let (_, body, cut) = shape(*status);
            (body, cut)
        });
        let shapes: BTreeSet<_> = shapes.collect();
        assert_eq!(shapes.len(), seen.len());
    }

    #[test]
    fn a_picture_says_its_status_in_words_and_nothing_of_who() {
        assert!(draw(MiStatus::BeRightBack).contains("<title>Be right back</title>"));
        assert_eq!(subject("alice@example.com.svg"), Some("alice@example.com"));
        assert_eq!(subject("alice@example.com.png"), None);
    }
}
