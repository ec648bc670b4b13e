//! A person's status: the dot, and what may stand beside it.
//!
//! Shape and colour come from `status/style.css` alone, by `data-status`. Names and notes are text, never markup.

use leptos::prelude::*;
use mistatus_core::{status::MiStatus, time::UnixMs};
use web_sys::HtmlElement;

use super::{
    dom::{self, append, effect, element, hosted, set, set_text},
    language::{Language, Word},
};
use crate::model::ContactView;

/// Is what stands beside the dot.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Label {
    /// Nothing; the dot's accessible name says the status.
    #[default]
    Nothing,
    /// The name of the status.
    Status,
    /// The name of the person.
    Name,
    /// Person, status and note.
    Full,
}

/// Is how large the dot is, relative to the text around it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Size {
    /// For dense lists.
    Small,
    /// For running text.
    #[default]
    Medium,
    /// For headings.
    Large,
}

/// Draws one person's status.
#[component]
pub fn StatusView(
    /// Whom to draw.
    #[prop(into)]
    view: Signal<ContactView>,
    /// What stands beside the dot; nothing unless told.
    #[prop(optional, into)]
    label: Signal<Label>,
    /// How large it is.
    #[prop(optional, into)]
    size: Signal<Size>,
    /// In which language the names are.
    #[prop(optional, into)]
    language: Signal<Language>,
) -> impl IntoView {
    let look = move || Look { label: label.get(), size: size.get(), language: language.get() };
    hosted(draw(move || view.get(), look))
}

/// Is how a status is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Look {
    pub(crate) label: Label,
    pub(crate) size: Size,
    pub(crate) language: Language,
}

/// Makes the boxes, and keeps them as the two functions say for as long as the present owner lives.
pub(crate) fn draw(
    view: impl Fn() -> ContactView + 'static,
    look: impl Fn() -> Look + 'static,
) -> HtmlElement {
    let boxes = Boxes::new();
    let root = boxes.root.clone();
    effect(Box::new(move || boxes.paint(&view(), look())));
    root
}

struct Boxes {
    root: HtmlElement,
    dot: HtmlElement,
    label: HtmlElement,
    name: HtmlElement,
    state: HtmlElement,
    note: HtmlElement,
}

impl Boxes {
    fn new() -> Self {
        let root = element("span", "mi-status", &[("part", "status")]);
        let dot = element("span", "mi-dot", &[("part", "dot"), ("role", "img")]);
        let label = element("span", "mi-label", &[("part", "label")]);
        let name = element("bdi", "mi-name", &[]);
        // The dot's accessible name says the same: heard twice is once too often.
        let state = element("span", "mi-state", &[("aria-hidden", "true")]);
        let note = element("bdi", "mi-note", &[("part", "note")]);
        append(&label, &[&name, &state, &note]);
        append(&root, &[&dot, &label]);
        Self { root, dot, label, name, state, note }
    }

    fn paint(&self, view: &ContactView, look: Look) {
        let state = state_text(look.language, view.status, view.stale);
        let has_name = matches!(look.label, Label::Name | Label::Full);
        let has_state = matches!(look.label, Label::Status | Label::Full);
        let note = view.note.as_deref().filter(|_| look.label == Label::Full);
        set(&self.root, "data-size", Some(look.size.name()));
        set(&self.root, "data-stale", view.stale.then_some(""));
        set(&self.dot, "data-status", Some(view.status.kebab()));
        set(&self.dot, "aria-label", Some(&state));
        let time = |at: Option<UnixMs>| at.map(|at| dom::time_of_day(at, look.language.tag()));
        let times = [time(view.since), time(view.until)];
        set(&self.dot, "title", Some(&full_text(look.language, view, times)));
        set(&self.label, "hidden", (look.label == Label::Nothing).then_some(""));
        set_text(&self.name, if has_name { view.display_name() } else { "" });
        set_text(&self.state, if has_state { &state } else { "" });
        set_text(&self.note, note.unwrap_or_default());
    }
}

/// Returns the name of a status, and that it is only the last known one where it is.
pub(crate) fn state_text(language: Language, status: MiStatus, stale: bool) -> String {
    let mut text = language.status(status).to_owned();
    if stale {
        text.push_str(" (");
        text.push_str(language.word(Word::LastKnown));
        text.push(')');
    }
    text
}

// Person, status, note, since when and until when in one line, for the tooltip and the accessible description.
fn full_text(language: Language, view: &ContactView, times: [Option<String>; 2]) -> String {
    let state = state_text(language, view.status, view.stale);
    let mut text = view.display_name().to_owned();
    let mut add = |parts: [&str; 2]| {
        if !parts[1].is_empty() {
            if !text.is_empty() {
                text.push_str(parts[0]);
            }
            text.push_str(parts[1]);
        }
    };
    add([": ", &state]);
    add([" – ", view.note.as_deref().unwrap_or_default()]);
    for (word, time) in [Word::Since, Word::Until].into_iter().zip(times) {
        if let Some(time) = time {
            add([", ", language.word(word)]);
            add([" ", &time]);
        }
    }
    text
}

impl Label {
    /// Returns the label with that attribute value; anything else is no label.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "status" => Self::Status,
            "name" => Self::Name,
            "full" => Self::Full,
            _ => Self::Nothing,
        }
    }
}

impl Size {
    /// Returns the size with that attribute value; anything else is medium.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "small" => Self::Small,
            "large" => Self::Large,
            _ => Self::Medium,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tooltip_says_who_what_and_why() {
        let mut view = ContactView::unknown("bob@example.com");
        view.status = MiStatus::Busy;
        let never = || [None, None];
        assert_eq!(full_text(Language::English, &view, never()), "bob@example.com: Busy");
        view.friendly_name = Some("Bob".to_owned());
        view.note = Some("Reviewing".to_owned());
        view.stale = true;
        assert_eq!(
            full_text(Language::English, &view, [Some("10:40".to_owned()), None]),
            "Bob: Busy (last known) – Reviewing, since 10:40"
        );
        view.stale = false;
        assert_eq!(
            full_text(Language::German, &view, [None, Some("11:30".to_owned())]),
            "Bob: Beschäftigt – Reviewing, bis 11:30"
        );
        assert_eq!(full_text(Language::English, &ContactView::unknown(""), never()), "Unknown");
    }
}
