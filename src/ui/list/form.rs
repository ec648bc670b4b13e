//! The one form of the list: a sign-in name, the name of a group, or whether something is really to go.

use std::cell::Cell;

use leptos::prelude::*;
use mistatus_core::{
    group::{GroupId, GroupName},
    message::Command,
    signin_name::{SigninName, without_scheme},
};

use super::{state::State, suggestions::Suggestions};
use crate::{
    model::{Row, Section},
    ui::{
        intl,
        language::{Language, Word},
    },
};

/// What the form asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    /// Whom to add.
    Add,
    /// What a new group is called.
    NewGroup,
    /// What a group is called from now on.
    Rename(GroupId),
    /// Whether a group is really to go.
    RemoveGroup(GroupId),
    /// Whether somebody is really to go.
    RemoveContact(SigninName),
}

/// What the form shows. What is written in its field stays in the field.
#[derive(Clone, Default)]
pub(super) struct FormState {
    /// What is asked for; nothing while the form is closed.
    mode: Option<Mode>,
    /// What the question is about, where it has no field.
    about: String,
    /// Why the last answer was not taken; empty where it was.
    problem: &'static str,
    /// Whether the outcome is awaited.
    is_busy: bool,
}

/// The form, and which of its submissions counts.
pub(super) struct Form {
    state: State,
    /// Counts openings and submissions, so that a late outcome is known as such.
    turn: Cell<u32>,
    pub(super) suggestions: Suggestions,
}

impl Mode {
    /// Returns the question whether what stands in a line is really to go, where it can.
    pub(super) fn remove(row: &Row) -> Option<Self> {
        match row {
            Row::Person(_, entry) if entry.listed => Some(Self::RemoveContact(entry.name.clone())),
            Row::Heading(Section::Group(id)) => Some(Self::RemoveGroup(*id)),
            _ => None,
        }
    }

    /// Returns the question for another name of what stands in a line, where it can have one.
    pub(super) const fn rename(row: &Row) -> Option<Self> {
        match row {
            Row::Heading(Section::Group(id)) => Some(Self::Rename(*id)),
            _ => None,
        }
    }

    /// Returns whether the answer is written in a field.
    pub(super) const fn has_field(&self) -> bool {
        matches!(self, Self::Add | Self::NewGroup | Self::Rename(_))
    }

    // Names the field, or says what is asked; and what the button says that confirms it.
    const fn words(&self) -> (Word, Word) {
        match self {
            Self::Add => (Word::SigninName, Word::Add),
            Self::NewGroup => (Word::GroupName, Word::Add),
            Self::Rename(_) => (Word::GroupName, Word::Save),
            Self::RemoveGroup(_) => (Word::RemoveGroup, Word::RemoveGroup),
            Self::RemoveContact(_) => (Word::RemoveContact, Word::RemoveContact),
        }
    }

    // What the user wants done, or what is wrong with what is written in the field.
    fn command(&self, written: &str) -> Result<Command, Word> {
        let group = || GroupName::parse(written).map_err(|_| Word::BadName);
        Ok(match self {
            Self::Add => Command::AddContact { name: address(written)? },
            Self::NewGroup => Command::CreateGroup { name: group()? },
            Self::Rename(id) => Command::RenameGroup { group: *id, name: group()? },
            Self::RemoveGroup(id) => Command::RemoveGroup { group: *id },
            Self::RemoveContact(name) => Command::RemoveContact { name: name.clone() },
        })
    }
}

/// Returns the one sign-in name that is written: alone, with somebody's name before it, or as a link; or what is wrong.
pub(super) fn address(written: &str) -> Result<SigninName, Word> {
    // Pasted names come with blanks around them, which may be no-break spaces.
    let mut address = written.trim();
    if address.is_empty() {
        return Err(Word::BadName);
    }
    if let Some((_, last)) = address.strip_suffix('>').and_then(|start| start.rsplit_once('<')) {
        address = last.trim();
    }
    let linked = without_scheme(address);
    if linked.len() != address.len() {
        // What follows says what to do with the address.
        address = linked.split(['?', ';']).next().unwrap_or_default();
    }
    let is_one = address.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty() && !domain.is_empty() && !domain.contains('@')
    });
    if !is_one || address.contains([' ', '\u{a0}', ',', ';', '<', '>']) {
        return Err(Word::BadAddress);
    }
    SigninName::parse(&intl::composed(address)).map_err(|_| Word::BadName)
}

impl Form {
    pub(super) fn new(state: State) -> Self {
        Self { state, turn: Cell::new(0), suggestions: Suggestions::default() }
    }

    /// Returns what is asked for; nothing while the form is closed.
    pub(super) fn mode(&self) -> Option<Mode> {
        let mut mode = None;
        self.state.read(&mut |state| mode.clone_from(&state.form.mode));
        mode
    }

    /// Opens the form.
    pub(super) fn open(&self, mode: Mode, about: String) {
        self.suggestions.begin();
        self.set(FormState { mode: Some(mode), about, ..FormState::default() });
    }

    /// Closes the form.
    pub(super) fn close(&self) {
        self.set(FormState::default());
    }

    fn set(&self, form: FormState) {
        self.end_turn();
        self.state.update(&mut |state| state.form = form.clone());
    }

    /// Returns what the user wants done, by what is written in the field; says what is wrong, and returns nothing, where
    /// that cannot be meant.
    pub(super) fn command(&self, written: &str, language: Language) -> Option<Command> {
        let command = self.mode()?.command(written);
        if let Err(problem) = command {
            self.fail(language.word(problem));
        }
        command.ok()
    }

    /// Shows that the outcome is awaited, and returns what tells it from others.
    pub(super) fn wait(&self) -> u32 {
        self.end_turn();
        self.show_outcome("", true);
        self.turn.get()
    }

    /// Returns whether an outcome is that of the last submission.
    pub(super) const fn is_turn(&self, turn: u32) -> bool {
        self.turn.get() == turn
    }

    /// Makes outcomes and answers that are still awaited count no longer.
    pub(super) fn end_turn(&self) {
        self.suggestions.end();
        self.turn.set(self.turn.get().wrapping_add(1));
    }

    /// Says what was wrong.
    pub(super) fn fail(&self, problem: &'static str) {
        self.show_outcome(problem, false);
    }

    fn show_outcome(&self, problem: &'static str, is_busy: bool) {
        self.state.update(&mut |state| {
            state.form.problem = problem;
            state.form.is_busy = is_busy;
        });
    }
}

/// Draws the form. Its elements stay, whatever changes: one of them may have the focus.
pub(super) fn form(
    state: &FormState,
    language: Language,
    [field, problem]: [String; 2],
) -> impl IntoView + use<> {
    let mode = state.mode.as_ref().unwrap_or(&Mode::Add);
    let (label, confirm) = mode.words();
    let confirm = match mode {
        Mode::RemoveContact(_) => language.remove_contact(&state.about),
        _ => language.word(confirm).to_owned(),
    };
    let has_field = mode.has_field();
    let is_name = *mode == Mode::Add;
    view! {
        <form
            class="mi-form" part="form" novalidate
            hidden=state.mode.is_none() aria-busy=state.is_busy.then_some("true")
        >
            <label class="mi-form-label" for=field.clone() hidden=!has_field>
                {language.word(label)}
            </label>
            <bdi class="mi-form-about" hidden=has_field>{state.about.clone()}</bdi>
            <div class="mi-form-row">
                <input
                    class="mi-field" part="field" id=field hidden=!has_field
                    autocomplete="off" autocapitalize="none" spellcheck="false"
                    inputmode=is_name.then_some("email") dir=if is_name { "ltr" } else { "auto" }
                    aria-describedby=problem.clone()
                    aria-invalid=(!state.problem.is_empty()).then_some("true")
                />
                <button class="mi-button mi-confirm" part="button" type="submit">
                    {confirm}
                </button>
                <button class="mi-button mi-plain mi-cancel" part="button" type="button">
                    {language.word(Word::Cancel)}
                </button>
            </div>
            <p class="mi-failure" part="failure" id=problem role="alert">{state.problem}</p>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_understood_as_it_is_pasted() {
        for written in [
            "bob@example.com",
            " \u{a0}bob@example.com\u{a0} ",
            "Bob <bob@example.com>",
            "\"Builder, Bob\" < bob@example.com >",
            "mailto:bob@example.com",
            "MAILTO:bob@example.com?subject=Hello",
            "sip:bob@example.com;transport=tcp",
        ] {
            let name = address(written).map(|name| name.as_str().to_owned());
            assert_eq!(name.as_deref(), Ok("bob@example.com"), "{written:?}");
        }
    }

    #[test]
    fn what_is_not_one_address_is_refused_with_what_would_be() {
        let list = ["bob", "a@b, c@d", "a@b;c@d", "bob@", "@example.com", "a b@example.com", "<>"];
        for written in list {
            assert_eq!(address(written), Err(Word::BadAddress), "{written:?}");
        }
        assert_eq!(address(" \u{a0}"), Err(Word::BadName));
    }
}
