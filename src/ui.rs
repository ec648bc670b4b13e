//! What people see: Leptos components with their styles.
//!
//! The views take signals and know no connection: [`StatusView`], [`PickerView`], [`ConversationView`], and, made by hand,
//! the contact list. The components for applications give them one. Never touches sockets, clocks or storage.

pub mod conversation;
pub mod language;
pub mod list;
pub mod picker;
pub mod status;
pub mod styles;

pub(crate) mod dom;
mod frames;
pub(crate) mod fixed;
pub(crate) mod keys;
pub(crate) mod menu;
pub(crate) mod sorted;

pub use self::{
    conversation::ConversationView,
    frames::in_frames,
    language::Language,
    picker::{Offer, PickerView, States},
    status::{Label, Look, Size, StatusView},
};
