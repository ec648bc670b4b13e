//! The way in from JavaScript: what the facade in www/js/messenger.js calls.
//!
//! Converts arguments, results and errors; decides nothing. Names are of our own camelCase here:
//! the facade gives them those of the automation API.

mod arguments;
mod error;

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use futures_util::FutureExt;
use mistatus_core::{
    hresult::HResult,
    session::{Event, Person},
    signin_name::SigninName,
    status::MiStatus,
    time::Span,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, spawn_local};

use crate::shell::{Failure, Presence};
use error::MessengerError;

/// Is one user's connection, as the JavaScript facade sees it.
#[wasm_bindgen]
pub struct Client {
    presence: Presence,
    state: Rc<State>,
}

struct State {
    /// Contacts that the facade has objects for, by their key, so that names come back as they were given.
    known: RefCell<BTreeMap<String, SigninName>>,
    extended_states: bool,
}

#[wasm_bindgen]
impl Client {
    /// Makes a client that is signed out. `sink` is called with the name of an event and its arguments.
    ///
    /// # Errors
    /// `E_INVALIDARG` naming the option that is missing or wrong.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, sink: js_sys::Function) -> Result<Self, MessengerError> {
        let (options, extended_states) = arguments::connect_options(options)?;
        let presence = Presence::new(options);
        let state = Rc::new(State { known: RefCell::default(), extended_states });
        let listening = Rc::clone(&state);
        presence.on_event(move |event| listening.tell(event, &sink));
        Ok(Self { presence, state })
    }

    /// Starts signing in; resolves once signed in with the lists there.
    pub fn signin(&self) -> js_sys::Promise {
        promise(self.presence.signin().map(|result| result.map(|()| JsValue::UNDEFINED)))
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
        let verdict = self.presence.set_status(intent)?;
        // Nobody waits: the event tells.
        spawn_local(verdict.map(drop));
        Ok(())
    }

    /// Sets status, note and end as one; resolves when the server confirmed.
    #[wasm_bindgen(js_name = setMyStatus)]
    pub fn set_my_status(
        &self,
        status: &JsValue,
        note: &JsValue,
        until: &JsValue,
    ) -> js_sys::Promise {
        let started = arguments::intent(status, note, until)
            .and_then(|intent| Ok(self.presence.set_status(intent)?));
        match started {
            Ok(verdict) => promise(verdict.map(|result| result.map(|()| JsValue::UNDEFINED))),
            Err(error) => js_sys::Promise::reject(&error.into()),
        }
    }

    /// Asks the server for the own status; resolves with its number.
    #[wasm_bindgen(js_name = queryMyStatus)]
    pub fn query_my_status(&self) -> js_sys::Promise {
        match self.presence.query_status() {
            Ok(answer) => {
                let presence = self.presence.clone();
                promise(answer.map(move |result| {
                    result.map(|()| {
                        presence.with_session(|session| session.my_status()).number().into()
                    })
                }))
            }
            Err(hr) => js_sys::Promise::reject(&MessengerError::from(hr).into()),
        }
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
        self.presence.with_session(|session| {
            session.contacts().map(|person| self.state.key(&person.name)).collect()
        })
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
        if !listed && !self.state.is_known(&name) {
            self.presence.watch(&name);
        }
        Ok(Some(self.state.key(&name)))
    }

    /// Current status of a contact; never `INVISIBLE`, never a `LOCAL_` value.
    #[wasm_bindgen(js_name = contactStatus)]
    pub fn contact_status(&self, key: &str) -> u16 {
        let status =
            self.of_person(key, |person| person.presence.status).unwrap_or(MiStatus::Unknown);
        self.state.shown(status)
    }

    /// Display name of a contact, else its sign-in name.
    #[wasm_bindgen(js_name = contactFriendlyName)]
    pub fn contact_friendly_name(&self, key: &str) -> String {
        self.of_person(key, |person| person.friendly_name.clone())
            .flatten()
            .unwrap_or_else(|| self.contact_signin_name(key))
    }

    /// Sign-in name of a contact, as it was first given.
    #[wasm_bindgen(js_name = contactSigninName)]
    pub fn contact_signin_name(&self, key: &str) -> String {
        self.state.known.borrow().get(key).map_or_else(|| key.to_owned(), ToString::to_string)
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
        Ok(self.presence.add_contact(arguments::signin_name(name)?)?)
    }

    /// Starts taking a contact off the list; the verdict arrives as `OnContactListRemove`.
    ///
    /// # Errors
    /// `E_FAIL` for somebody who is not on it, `MSGR_E_NOT_LOGGED_ON` unless signed in.
    #[wasm_bindgen(js_name = removeContact)]
    pub fn remove_contact(&self, key: &str) -> Result<(), MessengerError> {
        let name = self.state.known.borrow().get(key).cloned().ok_or(HResult::E_FAIL)?;
        Ok(self.presence.remove_contact(name)?)
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
    pub(crate) fn presence(&self) -> Presence {
        self.presence.clone()
    }

    fn of_person<R>(&self, key: &str, read: impl FnOnce(&Person) -> R) -> Option<R> {
        let name = self.state.known.borrow().get(key).cloned()?;
        self.presence.with_session(|session| session.person(&name).map(read))
    }
}

impl State {
    /// Returns the key of a person and remembers the name as it was first given.
    fn key(&self, name: &SigninName) -> String {
        let key = name.folded().to_owned();
        self.known.borrow_mut().entry(key.clone()).or_insert_with(|| name.clone());
        key
    }

    fn is_known(&self, name: &SigninName) -> bool {
        self.known.borrow().contains_key(name.folded())
    }

    /// Folds Communicator's additional values for pages that know only Messenger's (§2.1).
    fn shown(&self, status: MiStatus) -> u16 {
        if self.extended_states { status } else { status.folded() }.number()
    }

    fn tell(&self, event: &Event, sink: &js_sys::Function) {
        let tell = |name: &str, arguments: &[JsValue]| {
            let arguments: js_sys::Array = arguments.iter().collect();
            // The facade catches what handlers throw; there is nobody else to tell.
            let _ = sink.call2(&JsValue::UNDEFINED, &name.into(), &arguments);
        };
        match event {
            Event::Signin { hr, message } => {
                tell("OnSignin", &[hr.number().into(), message.clone().into()])
            }
            Event::Signout => tell("OnSignout", &[]),
            Event::MyStatus { hr, status } => {
                tell("OnMyStatusChange", &[hr.number().into(), status.number().into()]);
            }
            Event::ContactStatus { name, previous, current } => {
                let (previous, current) = (self.shown(*previous), self.shown(*current));
                // Two values that fold to the same are no change for a page that cannot tell them apart.
                if previous != current {
                    let key = self.key(name);
                    tell("OnContactStatusChange", &[key.into(), previous.into(), current.into()]);
                }
            }
            Event::ContactAdded { hr, name } => {
                tell("OnContactListAdd", &[hr.number().into(), self.key(name).into()]);
            }
            Event::ContactRemoved { hr, name } => {
                tell("OnContactListRemove", &[hr.number().into(), self.key(name).into()]);
            }
            Event::Trouble { message } => {
                web_sys::console::warn_1(&format!("mistatus: {message}").into());
            }
            // The model has what is drawn, promises have what is done.
            Event::Presence { .. } | Event::Done { .. } => {}
        }
    }
}

fn promise(future: impl Future<Output = Result<JsValue, Failure>> + 'static) -> js_sys::Promise {
    future_to_promise(
        future.map(|result| result.map_err(|failure| MessengerError::from(failure).into())),
    )
}

/// Returns the idle threshold where a page names none.
pub(crate) const fn default_idle() -> Span {
    mistatus_core::limits::IDLE_AFTER_DEFAULT
}
