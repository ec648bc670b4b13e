//! Presence for any web page: the widget as a Leptos component library, as custom elements and as a JavaScript API.
//!
//! Reading order: [`model`] is what the page knows, [`ui`] draws it, [`shell`] keeps it in step with the server;
//! [`element`] and [`api`] are the ways in from JavaScript.

pub mod model;
pub mod ui;
pub mod shell;
pub mod element;
pub mod api;

/// Half of the standard allocator's bytes (docs/decisions/0003-size.md), and constant time.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
