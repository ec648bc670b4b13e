//! What people see: Leptos components with their styles.
//!
//! Two layers: views that take signals ([`status::StatusView`], [`picker::PickerView`]) and know no connection,
//! and wrappers for Leptos applications ([`ContactStatus`], [`MyStatus`], [`ContactList`]) that find theirs in the context.
//! Never touches sockets, clocks or storage.

pub mod conversation;
pub mod language;
pub mod list;
pub mod picker;
pub mod status;
pub mod styles;

pub mod wrappers;

pub(crate) mod dom;
pub(crate) mod menu;

pub use self::{
    language::Language,
    picker::{PickerView, States},
    status::{Label, Size, StatusView},
    wrappers::{ContactList, ContactStatus, MyStatus, provide_presence},
};
