//! The browser's own JSON parser as the notation of frames.

use mistatus_json::{Head, Notation};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};

/// Parses by `JSON.parse` and reads fields by serde-wasm-bindgen: no second parser in the WebAssembly.
#[derive(Clone, Copy, Debug)]
pub struct Browser;

impl Notation for Browser {
    type Parsed = JsValue;

    fn parse(text: &str) -> Result<(Head, JsValue), String> {
        let value = js_sys::JSON::parse(text).map_err(|_| "a frame is not JSON".to_owned())?;
        if !value.is_object() || js_sys::Array::is_array(&value) {
            return Err("a frame must be a JSON object".to_owned());
        }
        let field = |name: &str| js_sys::Reflect::get(&value, &name.into()).ok();
        let Some(kind) = field("type").and_then(|kind| kind.as_string()) else {
            return Err("a frame needs a string field `type`".to_owned());
        };
        // The id is read with the frame itself; the head's is for servers.
        Ok((Head { kind, id: None }, value))
    }

    fn read<T: DeserializeOwned>(parsed: &JsValue) -> Result<T, String> {
        serde_wasm_bindgen::from_value(parsed.clone()).map_err(|error| error.to_string())
    }

    fn write<T: Serialize>(frame: &T) -> String {
        frame
            .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
            .ok()
            .and_then(|value| js_sys::JSON::stringify(&value).ok())
            .map(|text| String::from(text.unchecked_ref::<js_sys::JsString>()))
            // Frames are plain structs of strings, numbers and lists: nothing in them can be refused.
            .unwrap_or_default()
    }
}
