//! The contact list's way to a connection.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;
use mistatus_core::{
    hresult::HResult,
    message::{Command, RequestId},
    search::SearchText,
    signin_name::SigninName,
};

use crate::{
    model::{Changes, ContactView, ListView, MyView},
    shell::{self, Failure, Presence},
    ui::list::{People, Then, ThenFound},
};

/// The people of a connection, for a contact list.
pub struct ConnectedPeople {
    presence: Presence,
    converse: Box<dyn Fn(&SigninName)>,
}

impl ConnectedPeople {
    /// Makes it; `converse` is called with whom the user wants to write to.
    #[must_use]
    pub fn new(presence: Presence, converse: Box<dyn Fn(&SigninName)>) -> Self {
        Self { presence, converse }
    }
}

impl People for ConnectedPeople {
    fn changes(&self) -> [Changes; 3] {
        let model = self.presence.model();
        [model.lists(), model.crossings(), model.news()]
    }

    fn view(&self) -> ListView {
        self.presence.with_session(ListView::of)
    }

    fn me(&self) -> ArcRwSignal<MyView> {
        self.presence.me()
    }

    fn unread_people(&self) -> Vec<(SigninName, u32)> {
        let owned = |(name, count): (&SigninName, u32)| (name.clone(), count);
        self.presence.with_session(|session| session.unread_people().map(owned).collect())
    }

    fn connect(&self) {
        self.presence.connect_now();
    }

    fn contact(&self, name: &SigninName) -> ArcRwSignal<ContactView> {
        self.presence.known(name)
    }

    fn unread(&self, name: &SigninName) -> u32 {
        self.presence.with_session(|session| session.unread(name))
    }

    fn ask(&self, command: Command, then: Then) {
        start(then, |then| self.presence.request(command, then));
    }

    fn find(&self, beginning: SearchText, then: ThenFound) {
        start_for(then, |then| self.presence.find_people(beginning, then));
    }

    fn converse(&self, name: &SigninName) {
        (self.converse)(name);
    }
}

/// Starts something whose end is told in either case: by the error of the call, or by the end of the request.
pub(super) fn start(then: Then, request: impl FnOnce(shell::Then) -> Result<RequestId, HResult>) {
    let ended = |result: Result<(), HResult>| then(result.err().unwrap_or(HResult::S_OK));
    start_for(Box::new(ended), |then| request(then).map(drop));
}

/// Starts something that brings something, as [`start`] does.
fn start_for<T: 'static>(
    then: Box<dyn FnOnce(Result<T, HResult>)>,
    request: impl FnOnce(Box<dyn FnOnce(Result<T, Failure>)>) -> Result<(), HResult>,
) {
    let then = Rc::new(RefCell::new(Some(then)));
    let later = Rc::clone(&then);
    let ended = move |result: Result<T, Failure>| {
        if let Some(then) = later.take() {
            then(result.map_err(|failure| failure.hr));
        }
    };
    if let Err(hr) = request(Box::new(ended))
        && let Some(then) = then.take()
    {
        then(Err(hr));
    }
}
