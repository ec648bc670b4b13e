//! Messages, as the facade and the conversation panel ask for them. Converts only.

use mistatus_core::{
    chat::{MessageText, MessageTextError},
    hresult::HResult,
    message::{Command, RequestId},
    signin_name::SigninName,
};
use wasm_bindgen::prelude::*;

use super::{Client, arguments, error::MessengerError, number, promise};
use mistatus::shell::Failure;

#[wasm_bindgen]
impl Client {
    /// What was written between the user and somebody, the oldest first: `[id, byMe, text, at, delivered]` each.
    #[wasm_bindgen(
        unchecked_return_type = "[id: number, byMe: boolean, text: string, at: number, delivered: boolean][]"
    )]
    pub fn messages(&self, contact: &str) -> js_sys::Array {
        let Ok(name) = SigninName::parse(contact) else { return js_sys::Array::new() };
        self.presence.with_session(|session| {
            let messages = session.chat(&name).into_iter().flat_map(|chat| chat.messages());
            messages
                .map(|message| {
                    js_sys::Array::of5(
                        &number(message.id.0).into(),
                        &(message.to == name).into(),
                        &message.text.as_str().into(),
                        &number(message.at.as_millis()).into(),
                        &message.delivered.into(),
                    )
                })
                .collect()
        })
    }

    /// What the user wrote and the server has not taken on: `[request, text, hr]` each; `hr` is undefined while it is on
    /// its way.
    #[wasm_bindgen(
        unchecked_return_type = "[request: number, text: string, hr: number | undefined][]"
    )]
    pub fn unsent(&self, contact: &str) -> js_sys::Array {
        let Ok(name) = SigninName::parse(contact) else { return js_sys::Array::new() };
        self.presence.with_session(|session| {
            let unsent = session.chat(&name).into_iter().flat_map(|chat| chat.unsent());
            unsent
                .map(|unsent| {
                    let failure =
                        unsent.failure.map_or(JsValue::UNDEFINED, |hr| hr.number().into());
                    js_sys::Array::of3(
                        &number(unsent.request.0).into(),
                        &unsent.text.as_str().into(),
                        &failure,
                    )
                })
                .collect()
        })
    }

    /// Whether the server may have older messages than those that are known.
    #[wasm_bindgen(js_name = hasOlderMessages)]
    pub fn has_older_messages(&self, contact: &str) -> bool {
        SigninName::parse(contact).is_ok_and(|name| {
            self.presence
                .with_session(|session| session.chat(&name).is_none_or(|chat| chat.has_more()))
        })
    }

    /// Writes to somebody; resolves when the server has taken the message on.
    ///
    /// Rejects with `E_INVALIDARG`, `MSGR_E_MESSAGE_TOO_LONG` or `MSGR_E_NOT_LOGGED_ON` before anything is sent.
    #[wasm_bindgen(js_name = sendMessage, unchecked_return_type = "Promise<void>")]
    pub fn send_message(&self, to: &JsValue, text: &str) -> js_sys::Promise {
        promise(|then| {
            let to = arguments::signin_name(to)?;
            let text = message_text(text)?;
            self.presence.request(Command::SendMessage { to, text }, then)?;
            Ok(())
        })
    }

    /// Takes a message that could not be sent away.
    #[wasm_bindgen(js_name = discardUnsent)]
    pub fn discard_unsent(&self, contact: &str, request: f64) {
        if let Ok(name) = SigninName::parse(contact) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a number that no request has discards nothing"
            )]
            self.presence.discard_unsent(&name, RequestId(request as u64));
        }
    }

    /// How many messages the user has not read, on any device: of one person, or, without a name, of everybody.
    pub fn unread(&self, contact: Option<String>) -> u32 {
        self.presence.with_session(|session| match contact {
            Some(contact) => SigninName::parse(&contact).map_or(0, |name| session.unread(&name)),
            None => session.unread_people().map(|(_, count)| count).sum(),
        })
    }

    /// Says that the user has before their eyes what is known of the conversation with somebody.
    #[wasm_bindgen(js_name = markRead)]
    pub fn mark_read(&self, contact: &str) {
        if let Ok(name) = SigninName::parse(contact) {
            self.presence.mark_read(&name);
        }
    }

    /// Fetches older messages with somebody; resolves when they are there.
    #[wasm_bindgen(js_name = fetchMessages, unchecked_return_type = "Promise<void>")]
    pub fn fetch_messages(&self, contact: &str) -> js_sys::Promise {
        promise(|then| {
            let name = SigninName::parse(contact)?;
            self.presence.fetch_messages(name, then)?;
            Ok(())
        })
    }
}

pub(super) fn message_text(text: &str) -> Result<MessageText, MessengerError> {
    MessageText::parse(text).map_err(|error| {
        let hr = match error {
            MessageTextError::TooLong { .. } => HResult::MSGR_E_MESSAGE_TOO_LONG,
            _ => HResult::E_INVALIDARG,
        };
        Failure { hr, message: Some(error.to_string()) }.into()
    })
}
