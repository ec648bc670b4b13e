//! The browser's own JSON parser as the notation of frames.

use js_sys::{Array, JSON, JsString, Reflect};
use mistatus_json::{Notation, Object};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

/// The browser's JSON: parses by `JSON.parse`, prints by serde-wasm-bindgen and `JSON.stringify`.
#[derive(Clone, Copy, Debug)]
pub struct Browser;

/// A JavaScript object returned by `JSON.parse`.
#[derive(Clone, Debug)]
pub struct Parsed(JsValue);

impl Notation for Browser {
    type Object = Parsed;

    fn parse(text: &str) -> Option<Parsed> {
        Parsed::new(JSON::parse(text).ok()?)
    }

    fn write<T: Serialize>(frame: &T) -> String {
        print(frame.serialize(&Serializer::json_compatible()).ok())
    }
}

/// Apart from [`Browser::write`], which is there once for every frame.
#[inline(never)]
fn print(frame: Option<JsValue>) -> String {
    frame
        .and_then(|value| JSON::stringify(&value).ok())
        .map(|text: JsString| text.into())
        // Frames are objects of strings, numbers and lists: nothing in them can be refused.
        .unwrap_or_default()
}

impl Parsed {
    fn new(value: JsValue) -> Option<Self> {
        (value.is_object() && !Array::is_array(&value)).then_some(Self(value))
    }

    fn field(&self, field: &str) -> JsValue {
        // What JSON.parse made has no getters that could throw.
        Reflect::get(&self.0, &field.into()).unwrap_or(JsValue::UNDEFINED)
    }
}

impl Object for Parsed {
    fn text(&self, field: &str) -> Option<String> {
        self.field(field).as_string()
    }

    fn number(&self, field: &str) -> Option<f64> {
        self.field(field).as_f64()
    }

    fn flag(&self, field: &str) -> bool {
        self.field(field).is_truthy()
    }

    fn object(&self, field: &str) -> Option<Self> {
        Self::new(self.field(field))
    }

    fn texts(&self, field: &str) -> Option<Vec<String>> {
        let list = self.field(field);
        Some(list.dyn_ref::<Array>()?.iter().filter_map(|entry| entry.as_string()).collect())
    }

    fn objects(&self, field: &str) -> Option<Vec<Self>> {
        let list = self.field(field);
        Some(list.dyn_ref::<Array>()?.iter().filter_map(Self::new).collect())
    }
}
