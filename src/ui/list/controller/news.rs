//! What the user of a list learns without looking: that nobody is signed in, who wrote, who asks.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;
use mistatus_core::signin_name::SigninName;

use super::Controller;
use crate::{
    model::ListView,
    ui::{
        announce::{Troubles, announce},
        dom::{after_effects, effect},
        intl,
        language::Word,
    },
};

impl Controller {
    /// Shows and says why the user is not signed in, until the present owner ends.
    pub(super) fn follow_signin(self: &Rc<Self>) {
        let this = Rc::clone(self);
        let troubles = Troubles::default();
        effect(Box::new(move || {
            let language = this.wanted.with(|wanted| wanted.language);
            let me = this.people.me();
            let signin = me.with(|me| language.signin(me));
            let trouble = if signin.1.is_some() { signin.0 } else { "" };
            if let Some(root) = this.root.get() {
                troubles.hear(root, trouble, me.with(|me| me.status.is_online()));
            }
            let has_focus = this.part(".mi-connect:focus").is_some();
            this.state.update(&mut |state| state.signin = signin);
            if has_focus && signin.1.is_none() {
                // The button goes: where the user goes on can have the focus once it is drawn.
                let this = Rc::clone(&this);
                after_effects(Box::new(move || this.focus()));
            }
        }));
    }

    /// Says how many messages are new, and whose where all are somebody's, until the present owner ends; not what waited at
    /// the sign-in.
    pub(super) fn follow_messages(self: &Rc<Self>) {
        let this = Rc::clone(self);
        let known = RefCell::new(None);
        effect(Box::new(move || {
            let [.., news] = this.people.changes();
            news.track();
            let user = this.people.me().with(|me| me.name.clone());
            let now = this.people.unread_people();
            let before = known.replace(Some((user.clone(), now.clone())));
            if let Some((_, before)) = before.filter(|(same_user, _)| *same_user == user) {
                this.announce_messages(&before, now);
            }
        }));
    }

    fn announce_messages(&self, before: &[(SigninName, u32)], now: Vec<(SigninName, u32)>) {
        let more = |(name, count): (SigninName, u32)| {
            let place = before.binary_search_by(|(known, _)| known.cmp(&name)).ok();
            let known = place.and_then(|place| before.get(place)).map_or(0, |(_, count)| *count);
            (count > known).then(|| (name, count - known))
        };
        let new = now.into_iter().filter_map(more).collect::<Vec<_>>();
        let Some((name, _)) = new.first() else { return };
        let text = intl::new_messages(new.iter().map(|(_, count)| count).sum(), self.language());
        let who = self.people.contact(name).with_untracked(|view| view.display_name().to_owned());
        self.announce(&if new.len() == 1 { [&*who, ": ", &text].concat() } else { text });
    }

    /// Says who asks to see the user and did not before; of several how many ask.
    pub(super) fn announce_requests(&self, before: &ListView, now: &ListView) {
        // What waited at the sign-in is seen, and no news.
        if before.user != now.user || before.requests == now.requests {
            return;
        }
        let is_known = |name: &SigninName| before.requests.iter().any(|(known, _)| known == name);
        let new = now.requests.iter().filter(|(name, _)| !is_known(name)).collect::<Vec<_>>();
        let language = self.language();
        match new[..] {
            [] => {}
            [(_, called)] => self.announce(&[called, " ", language.word(Word::Asks)].concat()),
            _ => {
                let count = now.requests.len().to_string();
                self.announce(&[language.word(Word::Requests), ": ", &count].concat());
            }
        }
    }

    pub(super) fn announce(&self, text: &str) {
        if let Some(root) = self.root.get() {
            announce(root, text);
        }
    }
}
