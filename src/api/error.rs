//! Failures as JavaScript errors: a real `Error` with `name`, `number`, `hresult` and `code` (design §4.2).

use mistatus_core::{hresult::HResult, presence::NoteTooLong, signin_name::SigninNameError};
use wasm_bindgen::JsValue;

use crate::shell::Failure;

/// Is a failure on its way to JavaScript.
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

impl From<MessengerError> for JsValue {
    fn from(MessengerError(failure): MessengerError) -> Self {
        let hr = failure.hr;
        let code = hr.name().unwrap_or("HRESULT");
        let hresult = format!("0x{:08X}", hr.bits());
        let why = failure.message.as_deref().unwrap_or_else(|| meaning(hr));
        let error = js_sys::Error::new(&format!("{code} ({hresult}): {why}"));
        error.set_name("MessengerError");
        let fields = [
            ("number", hr.number().into()),
            ("hresult", JsValue::from(hresult)),
            ("code", code.into()),
        ];
        for (name, value) in fields {
            // A plain error object takes new fields; there is nobody to tell if it should not.
            let _ = js_sys::Reflect::set(&error, &name.into(), &value);
        }
        error.into()
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
