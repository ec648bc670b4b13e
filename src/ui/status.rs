//! A person's status: the dot, what may stand beside it, and the disc of an avatar under it.
//!
//! Shape and colour come from `status/style.css` alone, by `data-status`. Names and notes are text, never markup.

use leptos::prelude::*;
use mistatus_core::{status::MiStatus, time::UnixMs};

mod disc;
mod initials;

use self::disc::disc;
use super::{
    intl,
    language::{Language, Word},
};
use crate::model::ContactView;

/// What stands beside the dot.
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

/// How large the dot is, relative to the text around it.
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

/// How a status is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Look {
    /// What stands beside the dot.
    pub label: Label,
    /// How large the dot is.
    pub size: Size,
    /// In which language the names are.
    pub language: Language,
}

/// Draws one person's status. [`crate::ContactStatus`] is the same with a connection.
#[component]
pub fn StatusView(
    /// Whom to draw.
    #[prop(into)]
    view: ReadSignal<ContactView>,
    /// How to draw it.
    #[prop(into)]
    look: ReadSignal<Look>,
    /// Address of a picture, or empty, for a disc with the dot on its corner; without it there is the dot alone.
    #[prop(optional_no_strip)]
    picture: Option<ReadSignal<String>>,
) -> impl IntoView {
    move || view.with(|view| status(view, look.get(), picture.map(|picture| picture.get())))
}

/// Draws one person's status with all that may stand beside the dot, for a line of a list or the head of a panel.
pub(crate) fn full(
    view: ArcRwSignal<ContactView>,
    language: impl Fn() -> Language + Send + 'static,
) -> impl IntoView {
    let look = move || Look { label: Label::Full, size: Size::Medium, language: language() };
    move || view.with(|view| status(view, look(), None))
}

fn status(view: &ContactView, look: Look, picture: Option<String>) -> impl IntoView + use<> {
    let Look { label, size, language } = look;
    let state = state_text(language, view.status, view.stale);
    // A server knows neither the user's time zone nor, in this program, a calendar.
    let time = |at: Option<UnixMs>| {
        at.filter(|_| cfg!(target_arch = "wasm32")).map(|at| intl::time(at, language))
    };
    let title = full_text(language, view, [time(view.since), time(view.until)]);
    let tooltip = (label != Label::Nothing).then(|| title.clone());
    let is_avatar = picture.is_some();
    let disc = picture.map(|picture| disc(view, title.clone(), picture));
    // An avatar stands for the person alone where the name is not beside it.
    let name = if is_avatar && !has_name(label) && !view.name.is_empty() {
        [view.display_name(), ", ", &state].concat()
    } else {
        state.clone()
    };
    view! {
        <span
            class=if is_avatar { "mi-status mi-person" } else { "mi-status" } part="status" lang=language.tag()
            data-size=size.name() data-stale=view.stale
        >
            {disc}
            <span
                class="mi-dot" part="dot" role="img"
                data-status=view.status.kebab() aria-label=name title=title
            ></span>
            // The dot describes the person to assistive technology; a pointer is more often on the name.
            <span class="mi-label" part="label" hidden=label == Label::Nothing title=tooltip>
                {(label != Label::Nothing).then(|| beside(view, label, state))}
            </span>
        </span>
    }
}

// What stands beside the dot. The dot's accessible name is the status already: heard twice is once too often.
fn beside(view: &ContactView, label: Label, state: String) -> impl IntoView + use<> {
    let has_state = matches!(label, Label::Status | Label::Full);
    let name = has_name(label).then(|| view.display_name().to_owned());
    let note = view.note.clone().filter(|_| label == Label::Full);
    view! {
        <bdi class="mi-name">{name}</bdi>
        <span class="mi-state" aria-hidden="true">{has_state.then_some(state)}</span>
        <bdi class="mi-note" part="note">{note}</bdi>
    }
}

const fn has_name(label: Label) -> bool {
    matches!(label, Label::Name | Label::Full)
}

/// Returns the name of a status, and that it is only the last known one where it is.
#[must_use]
pub fn state_text(language: Language, status: MiStatus, stale: bool) -> String {
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
    use crate::ui::languages;

    #[test]
    fn the_tooltip_says_who_what_and_why() {
        let mut view = ContactView::unknown("bob@example.com");
        view.status = MiStatus::Busy;
        let never = || [None, None];
        assert_eq!(full_text(Language::ENGLISH, &view, never()), "bob@example.com: Busy");
        view.friendly_name = Some("Bob".to_owned());
        view.note = Some("Reviewing".to_owned());
        view.stale = true;
        assert_eq!(
            full_text(Language::ENGLISH, &view, [Some("10:40".to_owned()), None]),
            "Bob: Busy (last known) – Reviewing, since 10:40"
        );
        view.stale = false;
        assert_eq!(
            full_text(Language::of(&languages::GERMAN), &view, [None, Some("11:30".to_owned())]),
            "Bob: Beschäftigt – Reviewing, bis 11:30"
        );
        assert_eq!(full_text(Language::ENGLISH, &ContactView::unknown(""), never()), "Unknown");
    }
}
