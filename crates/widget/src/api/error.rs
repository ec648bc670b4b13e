//! Failures as JavaScript errors: a real `Error` with `name`, `number`, `hresult` and `code` (design §4.2).

use std::cell::RefCell;

use js_sys::Function;
use mistatus_core::{
    hresult::HResult, presence::NoteTooLong, search::SearchTextError, signin_name::SigninNameError,
};
use wasm_bindgen::JsValue;

use mistatus::shell::Failure;

/// A failure that is converted to a JavaScript error.
#[derive(Debug)]
pub struct MessengerError(Failure);

impl MessengerError {
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self(Failure { hr: HResult::E_INVALIDARG, message: Some(message.into()) })
    }
}

impl From<HResult> for MessengerError {
    fn from(hr: HResult) -> Self {
        Self(hr.into())
    }
}

impl From<Failure> for MessengerError {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl From<SigninNameError> for MessengerError {
    fn from(error: SigninNameError) -> Self {
        Self::invalid(error.to_string())
    }
}

impl From<NoteTooLong> for MessengerError {
    fn from(error: NoteTooLong) -> Self {
        Self::invalid(error.to_string())
    }
}

impl From<SearchTextError> for MessengerError {
    fn from(error: SearchTextError) -> Self {
        Self::invalid(error.to_string())
    }
}

thread_local! {
    static FACTORY: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Takes the function that makes errors: the class, the names of the codes and the rest of it are the facade's,
/// which has them anyway.
pub(super) fn use_factory(factory: Function) {
    FACTORY.set(Some(factory));
}

impl From<MessengerError> for JsValue {
    fn from(MessengerError(failure): MessengerError) -> Self {
        let why = failure.message.as_deref().unwrap_or_else(|| meaning(failure.hr));
        let number = failure.hr.number().into();
        FACTORY
            .with_borrow(Clone::clone)
            .and_then(|factory| factory.call2(&Self::UNDEFINED, &number, &why.into()).ok())
            // Without the facade, a plain error tells at least what was wrong.
            .unwrap_or_else(|| js_sys::Error::new(why).into())
    }
}

/// Says what the codes mean that come without a message of their own.
const fn meaning(hr: HResult) -> &'static str {
    match hr {
        HResult::MSGR_E_NOT_LOGGED_ON => "nobody is signed in",
        HResult::MSGR_E_ALREADY_LOGGED_ON => "somebody is signed in already, or signing in",
        HResult::MSGR_E_USER_NOT_FOUND => "there is no such person on the contact list",
        HResult::MSGR_E_CONNECT => "the server could not be reached",
        HResult::MSGR_E_INVALID_PASSWORD => "the server did not accept the token",
        HResult::MSGR_E_LOGON_TIMEOUT => "signing in took longer than 15 seconds",
        HResult::MSGR_E_DISCONNECTED => {
            "the connection was lost or left before the server answered"
        }
        HResult::MSGR_E_SERVER_TOO_BUSY => "too many requests are waiting",
        HResult::MSGR_E_CANCEL => "signing in was cancelled",
        HResult::E_FAIL => "the call could not be carried out",
        _ => "the call failed",
    }
}
