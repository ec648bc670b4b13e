//! What a page loads: the components of [`mistatus`] for custom elements, and the API for the JavaScript facade.
//!
//! [`element`] mounts components into shadow roots, [`api`] is what the facade calls. Both only convert: what they
//! need of presence lies in the library.

pub mod api;
pub mod element;

/// Half of the standard allocator's bytes (docs/decisions/0003-size.md), and constant time.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
