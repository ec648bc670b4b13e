//! What the page shows, as Leptos signals: core events in, signals out.
//!
//! No IO and no DOM, so it is tested natively. Whoever draws reads signals from here and nothing else;
//! whoever needs another person's presence asks [`Model::contact`], which also tells the shell to watch.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use leptos::prelude::*;
use mistatus_core::{
    hresult::HResult, presence::Intent, signin_name::SigninName, status::MiStatus, time::UnixMs,
};

/// Is what a page shows of one person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContactView {
    /// Sign-in name as the page or the server gave it.
    pub name: String,
    /// Display name, where one is known.
    pub friendly_name: Option<String>,
    /// Effective status; never `INVISIBLE`, never a `LOCAL_` value.
    pub status: MiStatus,
    /// What the person says about it.
    pub note: Option<String>,
    /// Since when, by the server's clock.
    pub since: Option<UnixMs>,
    /// Whether the value is from before a lost connection.
    pub stale: bool,
}

/// Is what a page shows of the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MyView {
    /// Own sign-in name; empty while signed out.
    pub name: String,
    /// Own display name; empty while signed out.
    pub friendly_name: String,
    /// Confirmed status, or the `LOCAL_` value on the way; `OFFLINE` when not connected.
    pub status: MiStatus,
    /// What the user chose and the server confirmed; `None` while it is not known.
    pub intent: Option<Intent>,
    /// Chosen, sent, not yet confirmed.
    pub pending: Option<MiStatus>,
    /// Why the last sign-in or change failed; `None` after a success.
    pub failure: Option<HResult>,
}

/// Holds the signals of one messenger. Cloning is cheap and gives the same model.
#[derive(Clone)]
pub struct Model {
    me: ArcRwSignal<MyView>,
    contacts: Rc<RefCell<BTreeMap<SigninName, ArcRwSignal<ContactView>>>>,
}

impl ContactView {
    /// Nothing is known of this person.
    #[must_use]
    pub fn unknown(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            friendly_name: None,
            status: MiStatus::Unknown,
            note: None,
            since: None,
            stale: false,
        }
    }

    /// Returns what to call the person: the display name, else the sign-in name.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.friendly_name.as_deref().unwrap_or(&self.name)
    }
}

impl MyView {
    /// Nobody is signed in.
    #[must_use]
    pub const fn signed_out() -> Self {
        Self {
            name: String::new(),
            friendly_name: String::new(),
            status: MiStatus::Offline,
            intent: None,
            pending: None,
            failure: None,
        }
    }
}

impl Default for Model {
    fn default() -> Self {
        Self {
            me: ArcRwSignal::new(MyView::signed_out()),
            contacts: Rc::default(),
        }
    }
}

impl Model {
    /// Returns the signal of the user.
    #[must_use]
    pub fn me(&self) -> ArcRwSignal<MyView> {
        self.me.clone()
    }

    /// Returns the signal of one person, made on first use as [`ContactView::unknown`].
    #[must_use]
    pub fn contact(&self, name: &SigninName) -> ArcRwSignal<ContactView> {
        self.contacts
            .borrow_mut()
            .entry(name.clone())
            .or_insert_with(|| ArcRwSignal::new(ContactView::unknown(name.as_str())))
            .clone()
    }
}
