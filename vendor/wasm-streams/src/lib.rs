//! Stands in for `wasm-streams`, which only streaming server functions use, and a widget has none.
//!
//! The real one exports its callbacks to JavaScript, so that no linker can leave them out: 5 kB gzip that every page
//! would load and none would call. Here is just enough for `server_fn` to compile.
//! Must not be used for anything else: who streams by it panics. Applications that depend on this workspace's crates
//! get the real one, since patches are not handed on.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::{Stream, TryStream};
use wasm_bindgen::JsValue;

/// A JavaScript stream.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

/// A JavaScript stream as a Rust [`Stream`].
#[derive(Debug)]
pub struct IntoStream(());

impl ReadableStream {
    /// Takes a stream of JavaScript.
    #[must_use]
    pub const fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// Would make a stream of JavaScript.
    ///
    /// # Panics
    /// Always.
    #[must_use]
    pub fn from_stream<S: TryStream<Ok = JsValue, Error = JsValue> + 'static>(_stream: S) -> Self {
        panic!("server functions with streams are left out of this build");
    }

    /// Returns the stream of JavaScript.
    #[must_use]
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// Would make a stream of Rust; the first poll panics.
    #[must_use]
    pub fn into_stream(self) -> IntoStream {
        IntoStream(())
    }
}

impl Stream for IntoStream {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        panic!("server functions with streams are left out of this build");
    }
}
