//! What the page shows, as Leptos signals: core events in, signals out.
//!
//! No IO and no DOM, so it is tested natively. Whoever draws reads signals from here and nothing else;
//! whoever needs another person's presence asks [`Model::contact`], which also tells the shell to watch.

mod chat;
mod list;

use std::{cell::RefCell, rc::Rc, sync::Arc};

use leptos::prelude::*;
use mistatus_core::{
    by_name::ByName,
    claim::{ClaimSources, KnownClaim, note_and_end},
    dialect::Dialect,
    hresult::HResult,
    idle::IdleChoice,
    presence::{Intent, Note},
    session::{Event, Person, Session},
    signin_name::SigninName,
    status::MiStatus,
    time::UnixMs,
};

pub use self::{
    chat::{ChatView, Said, Unsaid},
    list::{Entry, Line, ListView, Order, Row, Section, lines},
};

/// One person, as a page shows them.
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
    /// When what the person chose ends, by the server's clock.
    pub until: Option<UnixMs>,
    /// Whether the value may be outdated: the connection is lost, or nobody looked for a while.
    pub stale: bool,
}

/// The user, as a page shows them.
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
    /// What services claim about the user, also for later.
    pub claims: Arc<[KnownClaim]>,
    /// Of which kinds of sources the user wants no claim to count.
    pub ignored: ClaimSources,
    /// What the user chose about idleness, for all devices.
    pub idle: IdleChoice,
    /// Chosen and not yet confirmed; sent as soon as there is a connection.
    pub pending: Option<MiStatus>,
    /// Why the last sign-in or change failed; `None` after a success.
    pub failure: Option<HResult>,
    /// Whether somebody was signed in on this page before, and nobody is now.
    pub has_left: bool,
}

/// How the user stands to the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SigninState {
    /// Signed in.
    SignedIn,
    /// On the way there for the first time, or on the way out.
    OnTheWay,
    /// The connection is lost, or could not be had, and is tried again from time to time.
    Lost,
    /// Nobody was signed in yet, and the page says of nobody that they should be.
    NotSignedIn,
    /// The user has signed out, or was.
    SignedOut,
    /// The server did not accept who the user is.
    Refused,
}

/// The signals of one messenger. Cloning is cheap and gives the same model.
#[derive(Clone)]
pub struct Model {
    me: ArcRwSignal<MyView>,
    contacts: Rc<RefCell<ByName<ArcRwSignal<ContactView>>>>,
    lists: Changes,
    crossings: Changes,
    news: Changes,
    chats: Rc<RefCell<ByName<Changes>>>,
}

/// A counter of changes to something that is read elsewhere.
pub type Changes = ArcRwSignal<u32>;

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
            until: None,
            stale: false,
        }
    }

    fn of(person: &Person) -> Self {
        Self {
            name: person.name.as_str().to_owned(),
            friendly_name: person.friendly_name.clone(),
            status: person.presence.status,
            note: person.presence.note.as_ref().map(|note| note.as_str().to_owned()),
            since: person.presence.since,
            until: person.presence.until,
            stale: person.is_stale(),
        }
    }

    /// Returns what to call the person: the display name, else the sign-in name.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.friendly_name.as_deref().unwrap_or(&self.name)
    }
}

impl MyView {
    /// Returns what is said beside the status: by the claim in force, or by the user.
    #[must_use]
    pub fn note(&self) -> Option<&Note> {
        let claim = self.claim_in_force().map(|known| &known.claim);
        note_and_end(self.intent.as_ref()?, claim).0
    }

    /// Returns the status that the user chose, also while the server has not answered; `None` while it is not known.
    #[must_use]
    pub fn chosen_status(&self) -> Option<MiStatus> {
        self.pending.or(self.intent.as_ref().map(|intent| intent.status))
    }

    /// Returns the claim that decides the status; `None` where what the user chose does.
    #[must_use]
    pub fn claim_in_force(&self) -> Option<&KnownClaim> {
        self.claims.iter().find(|known| known.in_force)
    }

    /// Returns how the user stands to the server.
    #[must_use]
    pub fn signin_state(&self) -> SigninState {
        let failure = self.failure.filter(|_| !self.status.is_online());
        match (self.status, failure) {
            (status, _) if status.is_online() => SigninState::SignedIn,
            (MiStatus::LocalDisconnectingFromServer, _) => SigninState::OnTheWay,
            // Attempts to have it back belong to the loss.
            _ if !self.name.is_empty() => SigninState::Lost,
            (
                MiStatus::Offline,
                Some(HResult::MSGR_E_INVALID_PASSWORD | HResult::E_ACCESSDENIED),
            ) => SigninState::Refused,
            (MiStatus::Offline, Some(hr)) if hr.is_retryable() => SigninState::Lost,
            (MiStatus::Offline, _) if self.has_left => SigninState::SignedOut,
            (MiStatus::Offline, _) => SigninState::NotSignedIn,
            _ => SigninState::OnTheWay,
        }
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn signed_out() -> Self {
        Self {
            name: String::new(),
            friendly_name: String::new(),
            status: MiStatus::Offline,
            intent: None,
            claims: Arc::default(),
            ignored: ClaimSources::NONE,
            idle: IdleChoice::NONE,
            pending: None,
            failure: None,
            has_left: false,
        }
    }
}

impl Default for Model {
    fn default() -> Self {
        Self {
            me: ArcRwSignal::new(MyView::signed_out()),
            contacts: Rc::default(),
            lists: Changes::new(0),
            crossings: Changes::new(0),
            news: Changes::new(0),
            chats: Rc::default(),
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
            .get_or_insert_with(name, || ArcRwSignal::new(ContactView::unknown(name.as_str())))
            .clone()
    }

    /// Counts the changes of who is on the list, in which group, blocked, or asks; not of statuses.
    #[must_use]
    pub fn lists(&self) -> Changes {
        self.lists.clone()
    }

    /// Counts how often somebody on the list came or went.
    #[must_use]
    pub fn crossings(&self) -> Changes {
        self.crossings.clone()
    }

    /// Counts how often there was more unread, or less.
    #[must_use]
    pub fn news(&self) -> Changes {
        self.news.clone()
    }

    /// Counts the changes of the conversation with somebody.
    #[must_use]
    pub fn chat(&self, with: &SigninName) -> Changes {
        self.chats.borrow_mut().get_or_insert_with(with, || Changes::new(0)).clone()
    }

    /// Marks what is shown of somebody as possibly outdated: it is not followed any more.
    pub(crate) fn leave_stale(&self, name: &SigninName) {
        if let Some(signal) = self.contacts.borrow().get(name) {
            let view = signal.get_untracked();
            let stale = view.status != MiStatus::Unknown;
            set_if_changed(signal, ContactView { stale, ..view });
        }
    }

    /// Takes over what an event changed. Signals that would not change are left alone.
    pub(crate) fn apply<D: Dialect>(&self, event: &Event, session: &Session<D>) {
        self.count_changes(event, session);
        match event {
            Event::Presence { name } => {
                // People whom nobody draws have no signal to bring up to date.
                if let Some(signal) = self.contacts.borrow().get(name) {
                    let view = session
                        .person(name)
                        .map_or_else(|| ContactView::unknown(name.as_str()), ContactView::of);
                    set_if_changed(signal, view);
                }
            }
            Event::MyStatus { hr, .. } | Event::Signin { hr, .. } => {
                self.update_me(session, hr.is_failure().then_some(*hr));
            }
            Event::Choosing => self.update_me(session, None),
            Event::Claims | Event::IdleChoice => {
                let failure = self.me.with_untracked(|me| me.failure);
                self.update_me(session, failure);
            }
            Event::Done { .. } if self.me.with_untracked(|me| me.pending.is_some()) => {
                let failure = self.me.with_untracked(|me| me.failure);
                self.update_me(session, failure);
            }
            _ => {}
        }
    }

    fn count_changes<D: Dialect>(&self, event: &Event, session: &Session<D>) {
        match event {
            Event::Signout
            | Event::MyStatus { .. }
            | Event::ContactAdded { .. }
            | Event::ContactRemoved { .. }
            | Event::FriendlyName { .. }
            | Event::GroupAdded { .. }
            | Event::GroupRenamed { .. }
            | Event::GroupRemoved { .. }
            | Event::GroupMember { .. }
            | Event::Blocked { .. }
            | Event::ContactRequests => count(&self.lists),
            Event::ContactStatus { previous, current, .. }
                if previous.is_online() != current.is_online() =>
            {
                count(&self.crossings);
            }
            Event::Chat { with } => {
                if let Some(chat) = self.chats.borrow().get(with) {
                    count(chat);
                }
            }
            Event::Unread { from } => {
                count(&self.news);
                // Somebody who is not on the list has a line in it for as long as something is unread.
                if !session.person(from).is_some_and(|person| person.listed) {
                    count(&self.lists);
                }
            }
            _ => {}
        }
    }

    /// Notes that a choice was refused before it was sent; one before it may still wait.
    pub(crate) fn failed(&self, hr: HResult) {
        let me = MyView { failure: Some(hr), ..self.me.get_untracked() };
        set_if_changed(&self.me, me);
    }

    fn update_me<D: Dialect>(&self, session: &Session<D>, failure: Option<HResult>) {
        let account = session.account();
        let me = MyView {
            name: account.map_or_else(String::new, |account| account.name.as_str().to_owned()),
            friendly_name: account
                .map_or_else(String::new, |account| account.friendly_name.clone()),
            status: session.my_status(),
            intent: session.me().map(|me| me.intent.clone()),
            claims: session.me().map_or_else(Arc::default, |me| me.claims.clone()),
            ignored: session.me().map_or(ClaimSources::NONE, |me| me.ignored),
            idle: session.idle_choice().unwrap_or_default(),
            pending: session.choosing(),
            failure,
            has_left: account.is_none()
                && self.me.with_untracked(|me| me.has_left || !me.name.is_empty()),
        };
        let is_same_user = self.me.with_untracked(|before| before.name == me.name);
        set_if_changed(&self.me, me);
        if !is_same_user {
            count(&self.lists);
        }
    }
}

fn count(changes: &Changes) {
    changes.update(|count| *count = count.wrapping_add(1));
}

fn set_if_changed<T: PartialEq + Send + Sync + 'static>(signal: &ArcRwSignal<T>, value: T) {
    if signal.with_untracked(|current| *current != value) {
        signal.set(value);
    }
}

#[cfg(test)]
mod tests;
