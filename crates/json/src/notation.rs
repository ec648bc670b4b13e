//! Who parses and prints JSON for a client: `serde_json` natively, the browser's own parser in the widget.
//!
//! Reading goes field by field and not by serde: deserializing costs 13 kB gzip of WebAssembly
//! (docs/decisions/0003), which every page would load.

use serde::Serialize;

/// Parses and prints JSON texts.
pub trait Notation {
    /// A JSON object.
    type Object: Object;

    /// Parses a text; `None` if it is not JSON, or not an object.
    fn parse(text: &str) -> Option<Self::Object>;

    /// Prints a frame.
    fn write<T: Serialize>(frame: &T) -> String;
}

/// Gives the fields of a JSON object; `None` for one that is absent, `null` or of another type.
pub trait Object: Sized {
    /// Returns a string.
    fn text(&self, field: &str) -> Option<String>;

    /// Returns a number.
    fn number(&self, field: &str) -> Option<f64>;

    /// Returns whether a field is `true`.
    fn flag(&self, field: &str) -> bool;

    /// Returns an object.
    fn object(&self, field: &str) -> Option<Self>;

    /// Returns a list of strings; what is none is left out.
    fn texts(&self, field: &str) -> Option<Vec<String>>;

    /// Returns a list of objects; what is none is left out.
    fn objects(&self, field: &str) -> Option<Vec<Self>>;
}

/// The implementation of [`Notation`] by `serde_json`.
#[cfg(feature = "text")]
#[derive(Clone, Copy, Debug)]
pub struct Text;

#[cfg(feature = "text")]
impl Notation for Text {
    type Object = serde_json::Map<String, serde_json::Value>;

    fn parse(text: &str) -> Option<Self::Object> {
        serde_json::from_str(text).ok()
    }

    fn write<T: Serialize>(frame: &T) -> String {
        // Frames are objects of strings, numbers and lists: serde_json has nothing to refuse in them.
        serde_json::to_string(frame).unwrap_or_default()
    }
}

#[cfg(feature = "text")]
impl Object for serde_json::Map<String, serde_json::Value> {
    fn text(&self, field: &str) -> Option<String> {
        self.get(field)?.as_str().map(str::to_owned)
    }

    fn number(&self, field: &str) -> Option<f64> {
        self.get(field)?.as_f64()
    }

    fn flag(&self, field: &str) -> bool {
        self.get(field).and_then(serde_json::Value::as_bool).unwrap_or_default()
    }

    fn object(&self, field: &str) -> Option<Self> {
        self.get(field)?.as_object().cloned()
    }

    fn texts(&self, field: &str) -> Option<Vec<String>> {
        let list = self.get(field)?.as_array()?;
        Some(list.iter().filter_map(|entry| entry.as_str().map(str::to_owned)).collect())
    }

    fn objects(&self, field: &str) -> Option<Vec<Self>> {
        let list = self.get(field)?.as_array()?;
        Some(list.iter().filter_map(|entry| entry.as_object().cloned()).collect())
    }
}
