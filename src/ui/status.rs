//! A person's status: the dot, and what may stand beside it.
//!
//! Shape and colour come from `status/style.css` alone, by `data-status`. Names and notes are text, never markup.

use leptos::prelude::*;
use mistatus_core::status::MiStatus;

use super::language::{Language, Word};
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
    let state = move || view.with(|view| state_text(language.get(), view.status, view.stale));
    view! {
        <span
            class="mi-status"
            part="status"
            data-size=move || size.get().name()
            data-stale=move || view.with(|view| view.stale).then_some("")
        >
            <span
                class="mi-dot"
                part="dot"
                role="img"
                data-status=move || view.with(|view| view.status.kebab())
                aria-label=state
                title=move || view.with(|view| full_text(language.get(), view))
            ></span>
            <span class="mi-label" part="label" hidden=move || label.get() == Label::Nothing>
                <bdi class="mi-name">
                    {move || view.with(|view| match label.get() {
                        Label::Name | Label::Full => view.display_name().to_owned(),
                        Label::Nothing | Label::Status => String::new(),
                    })}
                </bdi>
                // The dot's accessible name says the same: heard twice is once too often.
                <span class="mi-state" aria-hidden="true">
                    {move || match label.get() {
                        Label::Status | Label::Full => state(),
                        Label::Nothing | Label::Name => String::new(),
                    }}
                </span>
                <bdi class="mi-note" part="note">
                    {move || view.with(|view| match label.get() {
                        Label::Full => view.note.clone().unwrap_or_default(),
                        Label::Nothing | Label::Status | Label::Name => String::new(),
                    })}
                </bdi>
            </span>
        </span>
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

// Person, status and note in one line, for the tooltip and the accessible description.
fn full_text(language: Language, view: &ContactView) -> String {
    let state = state_text(language, view.status, view.stale);
    let mut text = view.display_name().to_owned();
    for (separator, part) in
        [(": ", state.as_str()), (" – ", view.note.as_deref().unwrap_or_default())]
    {
        if !part.is_empty() {
            if !text.is_empty() {
                text.push_str(separator);
            }
            text.push_str(part);
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
        assert_eq!(full_text(Language::English, &view), "bob@example.com: Busy");
        view.friendly_name = Some("Bob".to_owned());
        view.note = Some("Reviewing".to_owned());
        view.stale = true;
        assert_eq!(full_text(Language::English, &view), "Bob: Busy (last known) – Reviewing");
        assert_eq!(full_text(Language::English, &ContactView::unknown("")), "Unknown");
    }
}
