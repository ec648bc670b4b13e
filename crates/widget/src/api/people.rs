//! Searches of the directory of people, as the facade asks for them. Converts only.

use mistatus_core::{
    limits::FOUND_PEOPLE_MAX,
    search::{FoundPerson, SearchText},
};
use wasm_bindgen::prelude::*;

use super::{Client, error::MessengerError, promise};

#[wasm_bindgen]
impl Client {
    /// Searches the directory; calls back with each who was found, `[sign-in name, display name, title]`, and resolves after
    /// that.
    #[wasm_bindgen(js_name = findPeople, unchecked_return_type = "Promise<void>")]
    pub fn find_people(
        &self,
        text: &JsValue,
        limit: &JsValue,
        #[wasm_bindgen(
            unchecked_param_type = "(found: [signinName: string, friendlyName: string | undefined, title: string | undefined]) => void"
        )]
        found: js_sys::Function,
    ) -> js_sys::Promise {
        promise(|then| {
            let beginning = search_text(text)?;
            let limit = found_limit(limit)?;
            self.presence.find_people(
                beginning,
                Box::new(move |result| {
                    then(result.map(|people| {
                        for person in people.iter().take(limit) {
                            // The facade's own, which throws nothing.
                            let _ = found.call1(&JsValue::UNDEFINED, &entry(person));
                        }
                    }));
                }),
            )?;
            Ok(())
        })
    }
}

fn entry(person: &FoundPerson) -> js_sys::Array {
    let text = |text: &Option<String>| text.as_ref().map_or(JsValue::UNDEFINED, JsValue::from);
    let name = person.name.as_str().into();
    js_sys::Array::of3(&name, &text(&person.friendly_name), &text(&person.title))
}

fn search_text(text: &JsValue) -> Result<SearchText, MessengerError> {
    let Some(text) = text.as_string() else {
        return Err(MessengerError::invalid("the text to search for must be a string"));
    };
    Ok(SearchText::parse(&text)?)
}

// A number of people: all that a search finds where none is said.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
fn found_limit(limit: &JsValue) -> Result<usize, MessengerError> {
    if limit.is_undefined() {
        return Ok(FOUND_PEOPLE_MAX);
    }
    let most = FOUND_PEOPLE_MAX as f64;
    match limit.as_f64().filter(|limit| limit.fract() == 0.0 && (1.0..=most).contains(limit)) {
        Some(limit) => Ok(limit as usize),
        None => Err(MessengerError::invalid(format!(
            "the limit must be a whole number from 1 to {FOUND_PEOPLE_MAX}"
        ))),
    }
}
