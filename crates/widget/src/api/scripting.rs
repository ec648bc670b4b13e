//! What only the automation API asks: checks ahead of a call, and single answers out of long lists. Converts only.

use mistatus_core::signin_name::SigninName;
use wasm_bindgen::prelude::*;

use super::{Client, arguments, chats, error::MessengerError, key};

#[wasm_bindgen]
impl Client {
    /// Whether somebody is signed in, with the lists there.
    #[wasm_bindgen(getter, js_name = isSignedIn)]
    pub fn is_signed_in(&self) -> bool {
        self.presence.with_session(|session| session.is_signed_in())
    }

    /// Checks a sign-in name and returns the key of whom it names.
    ///
    /// # Errors
    /// `E_INVALIDARG` for a name that is none (§1.4 of the automation API specification).
    #[wasm_bindgen(js_name = signinKey)]
    pub fn signin_key(&self, name: &JsValue) -> Result<String, MessengerError> {
        Ok(key(&arguments::signin_name(name)?))
    }

    /// Follows somebody from now on unless they are on the list, so that name and status come true; nothing when
    /// signed out.
    pub fn follow(&self, name: &str) {
        let name = SigninName::parse(name).ok();
        if let Some(name) = name.filter(|_| self.is_signed_in()) {
            self.follow_unlisted(&name);
        }
    }

    /// How many people are on the contact list; none when signed out.
    #[wasm_bindgen(getter, js_name = contactCount)]
    pub fn contact_count(&self) -> usize {
        self.presence.with_session(|session| session.contacts().count())
    }

    /// Key of the contact at a place of the list, counted from 0.
    #[wasm_bindgen(js_name = contactKey)]
    pub fn contact_key(&self, index: usize) -> Option<String> {
        self.presence
            .with_session(|session| session.contacts().nth(index).map(|person| key(&person.name)))
    }

    /// Checks a message.
    ///
    /// # Errors
    /// `E_INVALIDARG` for one that is empty, `MSGR_E_MESSAGE_TOO_LONG`.
    #[wasm_bindgen(js_name = checkMessage)]
    pub fn check_message(&self, text: &str) -> Result<(), MessengerError> {
        chats::message_text(text).map(drop)
    }

    /// Starts setting status, note and end as one; the verdict arrives as `OnMyStatusChange`.
    ///
    /// # Errors
    /// As [`Client::put_my_status`]; `E_INVALIDARG` for a note that is too long.
    #[wasm_bindgen(js_name = putPresence)]
    pub fn put_presence(
        &self,
        status: &JsValue,
        note: &JsValue,
        until: &JsValue,
    ) -> Result<(), MessengerError> {
        let intent = arguments::intent(status, note, until)?;
        Ok(self.presence.set_status(intent, Box::new(drop))?)
    }
}

impl Client {
    /// Follows somebody who is not on the list.
    pub(super) fn follow_unlisted(&self, name: &SigninName) {
        let listed =
            self.presence.with_session(|session| session.person(name).is_some_and(|p| p.listed));
        if !listed {
            let mut followed = self.followed.borrow_mut();
            followed.get_or_insert_with(name, || self.presence.follow(name.clone()));
        }
    }
}
