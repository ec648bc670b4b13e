//! The texts of languages, as the facade brings them.

use mistatus::ui::Language;
use wasm_bindgen::prelude::*;

/// Adds texts for a language tag: keys of `languages/en.json` and their texts in turn, with U+0000 between. What is drawn
/// already keeps its texts until it is given its language again.
///
/// # Errors
/// The first key that is not known. Nothing is added then.
#[wasm_bindgen(js_name = addTexts)]
pub fn add_texts(tag: &str, texts: &str) -> Result<(), JsError> {
    let mut parts = texts.split('\0');
    let pairs = std::iter::from_fn(|| Some((parts.next()?, parts.next()?)));
    Language::add_own(tag, pairs).map_err(|error| JsError::new(&error.to_string()))
}
