//! What a list shows beside its lines.

use leptos::prelude::*;
use mistatus_core::{hresult::HResult, signin_name::SigninName};

use super::{form::FormState, menu::MenuState};
use crate::{model::Section, ui::language::Word};

/// What a list shows beside its lines, and what its lines are chosen by.
#[derive(Clone, Default)]
pub(super) struct ListState {
    /// Whether somebody is signed in.
    pub(super) is_signed_in: bool,
    /// What the user looks for.
    pub(super) filter: String,
    /// Sections whose people are not shown.
    pub(super) closed: Vec<Section>,
    /// What is to be told where nobody is signed in, and how to go on: the language's `signin`.
    pub(super) signin: (&'static str, Option<&'static str>),
    /// Why there are no people; nothing where there are some.
    pub(super) empty: Option<Word>,
    /// Why the last thing that was asked for did not happen.
    pub(super) failure: Option<HResult>,
    pub(super) form: FormState,
    /// Who asks to see the user: sign-in name, and what to call them.
    pub(super) requests: Vec<(SigninName, String)>,
    pub(super) menu: MenuState,
}

/// The state of a list, as one signal: pages pay for the code of each type of signal, and drawing what has not changed
/// touches nothing.
#[derive(Clone, Copy)]
pub(super) struct State(RwSignal<ListState>);

impl State {
    pub(super) fn new() -> Self {
        Self(RwSignal::new(ListState::default()))
    }

    /// Returns the state, and has the present effect run again when it changes.
    pub(super) fn get(self) -> ListState {
        self.0.get()
    }

    /// Looks at the state. Does nothing once the list is gone.
    pub(super) fn read(self, read: &mut dyn FnMut(&ListState)) {
        self.0.try_with_untracked(read);
    }

    /// Changes the state. Does nothing once the list is gone: an outcome may come late.
    pub(super) fn update(self, change: &mut dyn FnMut(&mut ListState)) {
        self.0.try_update(change);
    }
}
