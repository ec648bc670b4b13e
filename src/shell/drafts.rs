//! Where what the user has begun to write is kept: in the tab's `sessionStorage`, by server and user. It ends with the tab,
//! and no other tab reads it; where storage is forbidden or full, the page alone remembers.

use js_sys::{Array, JSON, Reflect};
use leptos::prelude::*;
use mistatus_core::{drafts::Drafts, fold::fold, signin_name::SigninName};
use wasm_bindgen::{JsCast, JsValue};

use super::{Inner, Presence, platform};

/// The texts of one user, as they were read or written last.
#[derive(Default)]
pub(super) struct Kept {
    user: String,
    drafts: Drafts,
}

impl Presence {
    /// Returns what a user has begun to write to somebody.
    pub(crate) fn draft(&self, user: &str, with: &SigninName) -> String {
        self.0.read_drafts(user);
        self.0.kept.borrow().drafts.get(with).to_owned()
    }

    /// Keeps what a user has begun to write to somebody; empty where there is nothing any more.
    pub(crate) fn keep_draft(&self, user: &str, with: &SigninName, text: &str) {
        self.0.read_drafts(user);
        let mut kept = self.0.kept.borrow_mut();
        // Whoever is not there any more has nothing to be kept.
        let is_there = self.me().with_untracked(|me| !user.is_empty() && me.name == user);
        if !is_there || kept.drafts.get(with) == text {
            return;
        }
        kept.drafts.keep(with, text);
        let entries: Array = kept
            .drafts
            .iter()
            .map(|(name, text)| Array::of2(&name.as_str().into(), &text.into()))
            .collect();
        if let Ok(text) = JSON::stringify(&entries) {
            storage("setItem", &[&self.0.drafts_key(user), &text]);
        }
    }
}

impl Inner {
    /// Forgets what the user has begun to write: here too if they sign out here, else until somebody else signs in.
    pub(super) fn drop_drafts(&self, is_here: bool) {
        let mut user = self.model.me().with_untracked(|me| me.name.clone());
        if let (true, Some(name)) = (user.is_empty(), &self.options.signin_name) {
            // On the way to a connection it is not known yet who the user is, but who they say they are.
            name.as_str().clone_into(&mut user);
        }
        storage("removeItem", &[&self.drafts_key(&user)]);
        if is_here {
            self.kept.take();
        }
    }

    fn drafts_key(&self, user: &str) -> JsValue {
        ["mistatus.drafts:", &self.options.server, " ", &fold(user)].concat().into()
    }

    fn stored_drafts(&self, user: &str) -> Option<Array> {
        let text = storage("getItem", &[&self.drafts_key(user)])?.as_string()?;
        JSON::parse(&text).ok()?.dyn_into().ok()
    }

    // Nobody's are never read; another user's take the place of those that were.
    fn read_drafts(&self, user: &str) {
        if user.is_empty() || self.kept.borrow().user == user {
            return;
        }
        let mut drafts = Drafts::default();
        for entry in self.stored_drafts(user).unwrap_or_default() {
            // Whatever else lies there is nothing of ours.
            let [name, text] =
                [0, 1].map(|part: u32| Reflect::get_u32(&entry, part).ok()?.as_string());
            if let (Some(name), Some(text)) = (name, text)
                && let Ok(name) = SigninName::parse(&name)
            {
                drafts.keep(&name, &text);
            }
        }
        self.kept.replace(Kept { user: user.to_owned(), drafts });
    }
}

fn storage(method: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    platform::call(&platform::global("sessionStorage")?, method, arguments)
}
