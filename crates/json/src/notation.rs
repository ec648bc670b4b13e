//! Who parses and prints JSON: `serde_json` natively, the browser's own parser in the widget.
//!
//! serde_json adds 28 kB gzip to the WebAssembly (docs/decisions/0002), which the browser has built in.

use serde::{Serialize, de::DeserializeOwned};

/// Parses and prints JSON texts.
pub trait Notation {
    /// A text that was found to be a JSON object.
    type Parsed;

    /// Parses a text as far as needed to tell what frame it is.
    ///
    /// # Errors
    /// The text is not JSON, not an object, or `type` is not a string; the message is for developers.
    fn parse(text: &str) -> Result<(Head, Self::Parsed), String>;

    /// Reads the frame's fields; unknown ones are ignored.
    ///
    /// # Errors
    /// A field is missing or of the wrong type; the message is for developers.
    fn read<T: DeserializeOwned>(parsed: &Self::Parsed) -> Result<T, String>;

    /// Prints a frame.
    fn write<T: Serialize>(frame: &T) -> String;
}

/// Is what every frame has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// What frame it is.
    pub kind: String,
    /// Which request it is or answers, where it has a usable one.
    pub id: Option<u32>,
}

/// Is the notation by `serde_json`.
#[cfg(feature = "text")]
#[derive(Clone, Copy, Debug)]
pub struct Text;

#[cfg(feature = "text")]
impl Notation for Text {
    type Parsed = serde_json::Value;

    fn parse(text: &str) -> Result<(Head, Self::Parsed), String> {
        let value: serde_json::Value = serde_json::from_str(text)
            .map_err(|error| format!("the frame is not JSON: {error}"))?;
        if !value.is_object() {
            return Err("a frame must be a JSON object".to_owned());
        }
        let Some(kind) = value.get("type").and_then(serde_json::Value::as_str) else {
            return Err("a frame needs a string field `type`".to_owned());
        };
        let id =
            value.get("id").and_then(serde_json::Value::as_u64).and_then(|id| id.try_into().ok());
        Ok((Head { kind: kind.to_owned(), id }, value))
    }

    fn read<T: DeserializeOwned>(parsed: &Self::Parsed) -> Result<T, String> {
        T::deserialize(parsed).map_err(|error| error.to_string())
    }

    fn write<T: Serialize>(frame: &T) -> String {
        // Frames are plain structs of strings, numbers and lists: serde_json has nothing to refuse in them.
        serde_json::to_string(frame).unwrap_or_default()
    }
}
