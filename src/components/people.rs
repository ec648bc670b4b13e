//! The contact list's way to a connection.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;
use mistatus_core::{hresult::HResult, message::RequestId, signin_name::SigninName, time::Tick};

use crate::{
    model::{Changes, ContactView, ListView},
    shell::{BrowserSession, Failure, Presence},
    ui::list::{People, Then, Wish},
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
        self.presence.with_session(|session| ListView::of(session, self.presence.model()))
    }

    fn contact(&self, name: &SigninName) -> ArcRwSignal<ContactView> {
        self.presence.known(name)
    }

    fn unread(&self, name: &SigninName) -> u32 {
        self.presence.model().unread(name)
    }

    fn ask(&self, wish: Wish, then: Then) {
        ask(&self.presence, wish, then);
    }

    fn converse(&self, name: &SigninName) {
        (self.converse)(name);
    }
}

fn ask(presence: &Presence, wish: Wish, then: Then) {
    request(presence, then, |session, now| match wish {
        Wish::Add(name) => session.add_contact(name, now),
        Wish::Remove(name) => session.remove_contact(name, now),
        Wish::Block(name, blocked) => session.set_blocked(name, blocked, now),
        Wish::Answer(name, accept) => session.answer_contact_request(name, accept, now),
        Wish::CreateGroup(name) => session.create_group(name, now),
        Wish::RenameGroup(group, name) => session.rename_group(group, name, now),
        Wish::RemoveGroup(group) => session.remove_group(group, now),
        Wish::Member(group, name, member) => session.set_group_member(group, name, member, now),
    });
}

/// Asks the session for something; `then` is told how that ended.
pub(super) fn request(
    presence: &Presence,
    then: Then,
    ask: impl FnOnce(&mut BrowserSession, Tick) -> Result<RequestId, HResult>,
) {
    // Told in either case, by whoever comes first: an error of the call, or the end of the request.
    let then = Rc::new(RefCell::new(Some(then)));
    let told = Rc::clone(&then);
    let ended = move |result: Result<(), Failure>| {
        if let Some(then) = told.take() {
            then(result.map_or_else(|failure| failure.hr, |()| HResult::S_OK));
        }
    };
    if let Err(hr) = presence.request(ask, Box::new(ended))
        && let Some(then) = then.take()
    {
        then(hr);
    }
}
