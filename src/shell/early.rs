//! A connection that the page began while this code was still on its way.
//!
//! The script that a page loads first fetches the token and opens the socket (www/js/loading/early.js), so that the
//! sign-in does not wait for the WebAssembly. What it did and heard is taken over here, or dropped where it is of no use.

use js_sys::Array;
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};

use super::platform;

/// A connection that was begun early: an object of JavaScript with the methods `take()` and `end()`.
#[derive(Clone)]
pub struct EarlyConnection(SendWrapper<JsValue>);

/// The socket of an [`EarlyConnection`].
pub(super) struct EarlySocket {
    /// Open, or opening.
    pub(super) socket: web_sys::WebSocket,
    /// The one text that was sent, if any was.
    pub(super) sent: Option<String>,
    /// What came back since.
    pub(super) received: Vec<String>,
}

impl EarlyConnection {
    /// Wraps what the page hands over.
    #[must_use]
    pub fn new(object: JsValue) -> Self {
        Self(SendWrapper::new(object))
    }

    /// Returns its socket, the first time; `None` where it has none, or has lost it.
    pub(super) fn take(&self) -> Option<EarlySocket> {
        let taken = platform::call(&self.0, "take", &[])?;
        let taken: Array = taken.dyn_into().ok()?;
        Some(EarlySocket {
            socket: taken.get(0).dyn_into().ok()?,
            sent: taken.get(1).as_string(),
            received: taken.iter().skip(2).filter_map(|text| text.as_string()).collect(),
        })
    }

    /// Closes the socket, unless it was taken.
    pub(super) fn end(&self) {
        platform::call(&self.0, "end", &[]);
    }
}
