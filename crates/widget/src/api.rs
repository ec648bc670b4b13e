//! The way in from JavaScript: what the facade in www/js/automation/messenger.js calls.
//!
//! Converts arguments, results and errors; decides nothing. Names are of our own camelCase here:
//! the facade gives them those of the automation API.

mod arguments;
mod chats;
mod claims;
mod error;
mod lists;
mod people;
mod scripting;
pub mod texts;

use std::{cell::RefCell, rc::Rc};

use mistatus_core::{
    by_name::ByName,
    hresult::HResult,
    message::Command,
    presence::{Intent, Note, Presence, Source},
    session::{Basis, Event, Person},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, UnixMs},
};
use wasm_bindgen::prelude::*;

use error::MessengerError;
use mistatus::shell::{self, Then, Watched};

/// One user's connection, as the JavaScript facade sees it.
///
/// People are named by their key: the case-folded sign-in name.
#[wasm_bindgen]
pub struct Client {
    presence: shell::Presence,
    /// People who were asked for by `GetContact` without being on the list, followed so that their status comes true.
    followed: RefCell<ByName<Watched>>,
    /// A callback that is called with the key of each person about whom something new is known.
    learner: Rc<RefCell<Option<js_sys::Function>>>,
    extended_states: bool,
}

#[wasm_bindgen]
impl Client {
    /// Makes a client that is signed out. `sink` is called with the name of an event and its arguments.
    ///
    /// # Errors
    /// `E_INVALIDARG` naming the option that is missing or wrong.
    #[wasm_bindgen(constructor)]
    pub fn new(
        options: &JsValue,
        #[wasm_bindgen(
            unchecked_param_type = "(event: string, args: (string | number | boolean | undefined)[]) => void"
        )]
        sink: js_sys::Function,
    ) -> Result<Self, MessengerError> {
        let (options, extended_states) = arguments::connect_options(options)?;
        let presence = shell::Presence::new(options);
        let learner: Rc<RefCell<Option<js_sys::Function>>> = Rc::default();
        let told = learner.clone();
        presence.on_event(move |event| {
            let learner = told.borrow().clone();
            if let (Event::Presence { name }, Some(learner)) = (event, learner) {
                // As with events: the facade catches what its callers throw.
                let _ = learner.call1(&JsValue::UNDEFINED, &key(name).into());
            }
            tell(event, extended_states, &sink);
        });
        Ok(Self { presence, followed: RefCell::default(), learner, extended_states })
    }

    /// Says who is called with the key of everybody of whom something new is known, on the list or not, in a task of
    /// its own; the last one wins.
    #[wasm_bindgen(js_name = onPresence)]
    pub fn on_presence(
        &self,
        #[wasm_bindgen(unchecked_param_type = "(key: string) => void")] learner: js_sys::Function,
    ) {
        *self.learner.borrow_mut() = Some(learner);
    }

    /// Says what lets the user sign in who asks for it.
    #[wasm_bindgen(js_name = onSigninRequest)]
    pub fn on_signin_request(
        &self,
        #[wasm_bindgen(unchecked_param_type = "() => void")] act: js_sys::Function,
    ) {
        // As with events: the facade catches what its callers throw.
        self.presence.on_signin_request(move || drop(act.call0(&JsValue::UNDEFINED)));
    }

    /// Starts signing in; resolves once signed in with the lists there.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn signin(&self) -> js_sys::Promise {
        promise(|then| {
            self.presence.signin(then);
            Ok(())
        })
    }

    /// Starts signing out.
    ///
    /// # Errors
    /// `MSGR_E_NOT_LOGGED_ON` when signed out.
    pub fn signout(&self) -> Result<(), MessengerError> {
        Ok(self.presence.signout()?)
    }

    /// Ends the connection for good.
    pub fn close(&self) {
        self.presence.close();
    }

    /// Own status: confirmed, or the `LOCAL_` value on the way.
    #[wasm_bindgen(getter, js_name = myStatus)]
    pub fn my_status(&self) -> u16 {
        self.presence.with_session(|session| session.my_status()).number()
    }

    /// Starts setting the own status; the verdict arrives as `OnMyStatusChange`.
    ///
    /// # Errors
    /// `E_INVALIDARG` for a value that cannot be chosen, `MSGR_E_NOT_LOGGED_ON` unless signed in.
    #[wasm_bindgen(js_name = putMyStatus)]
    pub fn put_my_status(&self, status: &JsValue) -> Result<(), MessengerError> {
        let intent = arguments::intent(status, &JsValue::UNDEFINED, &JsValue::UNDEFINED)?;
        // Nobody waits for it: the event tells.
        Ok(self.presence.set_status(intent, Box::new(drop))?)
    }

    /// Sets status, note and end as one; resolves when the server confirmed.
    #[wasm_bindgen(js_name = setMyStatus, unchecked_return_type = "Promise<void>")]
    pub fn set_my_status(
        &self,
        status: &JsValue,
        note: &JsValue,
        until: &JsValue,
    ) -> js_sys::Promise {
        promise(|then| {
            let intent = arguments::intent(status, note, until)?;
            Ok(self.presence.set_status(intent, then)?)
        })
    }

    /// Goes back to what is found out: online, or idle. Resolves when the server confirmed.
    #[wasm_bindgen(js_name = clearMyStatus, unchecked_return_type = "Promise<void>")]
    pub fn clear_my_status(&self) -> js_sys::Promise {
        let intent = Intent { source: Source::Api, ..Intent::AUTOMATIC };
        promise(|then| Ok(self.presence.set_status(intent, then)?))
    }

    /// Says why a contact has its status, or, without a key, why oneself has: status, since when, until when, by what,
    /// the note, since when that may be outdated, and what the knowledge rests on. Instants are milliseconds since
    /// 1970; what is not known is `undefined`.
    #[wasm_bindgen(
        unchecked_return_type = r#"[status: number, since: number | undefined, until: number | undefined, source: "user" | "api" | "idle" | "expiry" | "connection" | "call" | "meeting" | "calendar" | "schedule" | "agent" | undefined, note: string | undefined, staleSince: number | undefined, reason: "told" | "stale" | "settling" | "not-told-yet" | "not-visible" | "lost" | "signed-out"]"#
    )]
    pub fn explain(&self, key: Option<String>) -> js_sys::Array {
        let (status, presence, stale_since, reason) = match key {
            Some(key) => self.explain_contact(&key),
            None => self.explain_oneself(),
        };
        let instant =
            |at: Option<UnixMs>| at.map_or(JsValue::UNDEFINED, |at| (at.as_millis() as f64).into());
        let text = |text: Option<&str>| text.map_or(JsValue::UNDEFINED, JsValue::from);
        [
            status.into(),
            instant(presence.since),
            instant(presence.until),
            text(presence.source.map(Source::name)),
            text(presence.note.as_ref().map(Note::as_str)),
            instant(stale_since),
            reason.into(),
        ]
        .iter()
        .collect()
    }

    /// Asks the server for the own status; resolves once [`Client::my_status`] has it.
    #[wasm_bindgen(js_name = queryMyStatus, unchecked_return_type = "Promise<void>")]
    pub fn query_my_status(&self) -> js_sys::Promise {
        promise(|then| Ok(self.presence.request(Command::QueryStatus, then).map(drop)?))
    }

    /// Own sign-in name.
    ///
    /// # Errors
    /// `MSGR_E_NOT_LOGGED_ON` when signed out.
    #[wasm_bindgen(getter, js_name = mySigninName)]
    pub fn my_signin_name(&self) -> Result<String, MessengerError> {
        self.presence
            .with_session(|session| session.account().map(|account| account.name.to_string()))
            .ok_or_else(|| HResult::MSGR_E_NOT_LOGGED_ON.into())
    }

    /// Own display name; empty when signed out.
    #[wasm_bindgen(getter, js_name = myFriendlyName)]
    pub fn my_friendly_name(&self) -> String {
        self.presence.with_session(|session| {
            session.account().map_or_else(String::new, |account| account.friendly_name.clone())
        })
    }

    /// Keys of the people on the contact list, in its order; none when signed out.
    #[wasm_bindgen(js_name = contactKeys)]
    pub fn contact_keys(&self) -> Vec<String> {
        self.presence
            .with_session(|session| session.contacts().map(|person| key(&person.name)).collect())
    }

    /// Checks the arguments of `GetContact` and returns the contact's key; nothing when signed out
    /// (§1.3 of the automation API specification, the rule for script).
    ///
    /// A name that is not on the list is followed from then on, so that its status comes true.
    ///
    /// # Errors
    /// `E_FAIL`, `E_INVALIDARG` or `MSGR_E_USER_NOT_FOUND` as documented for `GetContact`.
    #[wasm_bindgen(js_name = getContact)]
    pub fn get_contact(
        &self,
        name: &JsValue,
        service_id: &JsValue,
    ) -> Result<Option<String>, MessengerError> {
        let (name, on_list_only) = arguments::contact(name, service_id)?;
        if !self.presence.with_session(|session| session.is_signed_in()) {
            return Ok(None);
        }
        let listed =
            self.presence.with_session(|session| session.person(&name).is_some_and(|p| p.listed));
        if on_list_only && !listed {
            return Err(HResult::MSGR_E_USER_NOT_FOUND.into());
        }
        self.follow_unlisted(&name);
        Ok(Some(key(&name)))
    }

    /// Current status of a contact; never `INVISIBLE`, never a `LOCAL_` value.
    #[wasm_bindgen(js_name = contactStatus)]
    pub fn contact_status(&self, key: &str) -> u16 {
        let status = self
            .own_status(key)
            .or_else(|| self.of_person(key, |person| person.presence.status))
            .unwrap_or(MiStatus::Unknown);
        shown(status, self.extended_states)
    }

    /// Display name of a contact, else its sign-in name.
    #[wasm_bindgen(js_name = contactFriendlyName)]
    pub fn contact_friendly_name(&self, key: &str) -> String {
        self.of_person(key, |person| person.friendly_name.clone())
            .flatten()
            .unwrap_or_else(|| self.contact_signin_name(key))
    }

    /// Sign-in name of a contact.
    #[wasm_bindgen(js_name = contactSigninName)]
    pub fn contact_signin_name(&self, key: &str) -> String {
        self.of_person(key, |person| person.name.to_string()).unwrap_or_else(|| key.to_owned())
    }

    /// Whether a contact is the local user; false when signed out.
    #[wasm_bindgen(js_name = contactIsSelf)]
    pub fn contact_is_self(&self, key: &str) -> bool {
        self.presence.with_session(|session| {
            session.account().is_some_and(|account| account.name.folded() == key)
        })
    }

    /// Starts putting somebody on the contact list; the verdict arrives as `OnContactListAdd`.
    ///
    /// # Errors
    /// `E_INVALIDARG` for a name that is none, `MSGR_E_NOT_LOGGED_ON` unless signed in.
    #[wasm_bindgen(js_name = addContact)]
    pub fn add_contact(&self, name: &JsValue) -> Result<(), MessengerError> {
        self.start(Command::AddContact { name: arguments::signin_name(name)? })
    }

    /// Starts taking a contact off the list; the verdict arrives as `OnContactListRemove`.
    ///
    /// # Errors
    /// `E_FAIL` for somebody who is not on it, `MSGR_E_NOT_LOGGED_ON` unless signed in.
    #[wasm_bindgen(js_name = removeContact)]
    pub fn remove_contact(&self, key: &str) -> Result<(), MessengerError> {
        self.start(Command::RemoveContact { name: SigninName::parse(key)? })
    }

    /// Changes when the user counts as idle (seconds, default 300) and whether that is told at all.
    ///
    /// # Errors
    /// `E_INVALIDARG` for a number of seconds that is none.
    #[wasm_bindgen(js_name = setIdle)]
    pub fn set_idle(&self, after_seconds: &JsValue, transmit: bool) -> Result<(), MessengerError> {
        let after = arguments::idle_after(after_seconds)?;
        self.presence.set_idle(transmit.then_some(after));
        Ok(())
    }
}

impl Client {
    /// Returns the connection, for the elements of the same page.
    pub(crate) fn presence(&self) -> shell::Presence {
        self.presence.clone()
    }

    // What others are told of the user, if the contact is the user: known without their being followed.
    fn own_status(&self, key: &str) -> Option<MiStatus> {
        let status = self.presence.with_session(|session| session.my_status());
        let told = if status.is_remote() { status } else { MiStatus::Offline };
        self.contact_is_self(key).then_some(told)
    }

    fn explain_contact(&self, key: &str) -> (u16, Presence, Option<UnixMs>, &'static str) {
        let known = self
            .of_person(key, |person| (person.presence.clone(), person.stale_since, person.basis));
        let (presence, stale_since, basis) =
            known.unwrap_or((Presence::UNKNOWN, None, Basis::NotTold));
        let signed_out = self.presence.with_session(|session| session.account().is_none());
        let reason = match basis {
            _ if signed_out => "signed-out",
            Basis::Settling => "settling",
            _ if stale_since.is_some() => "stale",
            Basis::Told if presence.status == MiStatus::Unknown => "not-visible",
            Basis::Told => "told",
            Basis::NotTold => "not-told-yet",
            Basis::Lost => "lost",
        };
        let status = shown(presence.status, self.extended_states);
        (status, presence, stale_since.map(|since| self.presence.instant(since)), reason)
    }

    fn explain_oneself(&self) -> (u16, Presence, Option<UnixMs>, &'static str) {
        self.presence.with_session(|session| {
            let me = session.me().filter(|_| session.is_signed_in());
            let reason = if me.is_some() { "told" } else { "signed-out" };
            let presence = me.map_or(Presence::UNKNOWN, |me| me.presence());
            (session.my_status().number(), presence, None, reason)
        })
    }

    fn of_person<R>(&self, key: &str, read: impl FnOnce(&Person) -> R) -> Option<R> {
        let name = SigninName::parse(key).ok()?;
        self.presence.with_session(|session| session.person(&name).map(read))
    }
}

/// Returns how the facade names a person.
fn key(name: &SigninName) -> String {
    name.folded().to_owned()
}

/// Folds Communicator's additional values for pages that know only Messenger's (§2.1).
fn shown(status: MiStatus, extended_states: bool) -> u16 {
    if extended_states { status } else { status.folded() }.number()
}

fn tell(event: &Event, extended_states: bool, sink: &js_sys::Function) {
    let tell = |name: &str, arguments: &[JsValue]| {
        let arguments: js_sys::Array = arguments.iter().collect();
        // The facade catches what handlers throw; there is nobody else to tell.
        let _ = sink.call2(&JsValue::UNDEFINED, &name.into(), &arguments);
    };
    match event {
        Event::Signin { hr, .. } => tell("OnSignin", &[hr.number().into()]),
        Event::Signout => tell("OnSignout", &[]),
        Event::MyStatus { hr, status } => {
            tell("OnMyStatusChange", &[hr.number().into(), status.number().into()]);
        }
        Event::ContactStatus { name, previous, current } => {
            let (previous, current) =
                (shown(*previous, extended_states), shown(*current, extended_states));
            // Two values that fold to the same are no change for a page that cannot tell them apart.
            if previous != current {
                tell("OnContactStatusChange", &[key(name).into(), previous.into(), current.into()]);
            }
        }
        Event::ContactAdded { hr, name } => {
            tell("OnContactListAdd", &[hr.number().into(), key(name).into()]);
        }
        Event::ContactRemoved { hr, name } => {
            tell("OnContactListRemove", &[hr.number().into(), key(name).into()]);
        }
        Event::FriendlyName { name, previous } => {
            tell("OnContactFriendlyNameChange", &[0.into(), key(name).into(), previous.into()]);
        }
        Event::MyFriendlyName { previous } => {
            tell("OnMyFriendlyNameChange", &[0.into(), previous.into()]);
        }
        Event::GroupAdded { hr, group, request } => {
            let group = group.map_or(JsValue::UNDEFINED, |group| group.0.into());
            let request = request.map_or(JsValue::UNDEFINED, |id| number(id.0).into());
            tell("OnGroupAdded", &[hr.number().into(), group, request]);
        }
        Event::GroupRenamed { hr, group } => {
            tell("OnGroupNameChanged", &[hr.number().into(), group.0.into()]);
        }
        Event::GroupRemoved { hr, group } => {
            tell("OnGroupRemoved", &[hr.number().into(), group.0.into()]);
        }
        Event::GroupMember { hr, group, name, member } => {
            let event = if *member { "OnContactAddedToGroup" } else { "OnContactRemovedFromGroup" };
            tell(event, &[hr.number().into(), group.0.into(), key(name).into()]);
        }
        Event::Blocked { hr, name, blocked } => {
            let arguments = [hr.number().into(), key(name).into(), (*blocked).into()];
            tell("OnContactBlockChange", &arguments);
        }
        // Ours, by names without "On".
        Event::ContactRequests => tell("contact-requests", &[]),
        Event::Claims => tell("claims-change", &[]),
        Event::Chat { with } => tell("chat", &[key(with).into()]),
        Event::Unread { from } => tell("unread-change", &[key(from).into()]),
        Event::Message { from, id } => tell("message", &[key(from).into(), number(id.0).into()]),
        Event::NotSignedIn { hr, message } => {
            let message = message.as_ref().map_or(JsValue::UNDEFINED, JsValue::from);
            tell("trouble", &[hr.number().into(), message]);
        }
        Event::Trouble { hr, message } => {
            web_sys::console::warn_3(&"mistatus:".into(), &message.into(), &hr.number().into());
        }
        // The model has what is drawn, promises have what is done.
        Event::Presence { .. }
        | Event::Done { .. }
        | Event::Choosing
        | Event::IdleChoice
        | Event::PeopleFound { .. } => {}
    }
}

/// Returns a number for JavaScript: ids and instants are at most 2^53 - 1.
#[expect(clippy::cast_precision_loss, reason = "at most 2^53 - 1")]
const fn number(value: u64) -> f64 {
    value as f64
}

/// Starts something and returns the promise of its end.
fn promise(start: impl FnOnce(Then) -> Result<(), MessengerError>) -> js_sys::Promise {
    let mut start = Some(start);
    // The promise calls this once.
    settled_by(&mut |then| start.take().map_or(Ok(()), |start| start(then)))
}

/// Apart from [`promise`], so that its code is there once and not for everything that can be started.
fn settled_by(start: &mut dyn FnMut(Then) -> Result<(), MessengerError>) -> js_sys::Promise {
    js_sys::Promise::new(&mut |resolve, reject| {
        let refuse = reject.clone();
        let then: Then = Box::new(move |result| {
            // Settling a promise runs nobody's code now, and cannot fail.
            let _ = match result {
                Ok(()) => resolve.call0(&JsValue::UNDEFINED),
                Err(failure) => {
                    reject.call1(&JsValue::UNDEFINED, &MessengerError::from(failure).into())
                }
            };
        });
        if let Err(error) = start(then) {
            let _ = refuse.call1(&JsValue::UNDEFINED, &error.into());
        }
    })
}

/// Returns the idle threshold where a page names none.
pub(crate) const fn default_idle() -> Span {
    mistatus_core::limits::IDLE_AFTER_DEFAULT
}

/// Says how errors are made: called with the HRESULT and what was wrong.
#[wasm_bindgen(js_name = useErrors)]
pub fn use_errors(
    #[wasm_bindgen(unchecked_param_type = "(number: number, message: string) => Error")]
    factory: js_sys::Function,
) {
    error::use_factory(factory);
}
