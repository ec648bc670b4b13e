//! The components in a real browser: what assistive technology and keyboards meet, and what the page is spared.
//!
//! Needs no server: the components are given signals. Runs by `wasm-bindgen-test`.
#![cfg(target_arch = "wasm32")]

mod avatar;
mod components;
mod conversation;
mod frames;
mod list;
mod page;
mod picker;
mod status;
mod styles;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
