//! What people see: Leptos components with their styles.
//!
//! The views take signals and know no connection: [`StatusView`], [`AvatarView`], [`PickerView`],
//! [`ContactListView`] and [`ConversationView`]. The components for applications give them one. Never touches sockets, clocks or storage.

pub mod avatar;
pub mod conversation;
pub mod language;
pub mod list;
pub mod picker;
pub mod status;
pub mod styles;

pub(crate) mod announce;
mod dom;
pub(crate) mod fixed;
mod frames;
pub(crate) mod intl;
pub(crate) mod keys;
pub(crate) mod menu;
pub(crate) mod sorted;

pub use self::{
    avatar::AvatarView,
    conversation::ConversationView,
    frames::in_frames,
    language::{Language, languages},
    list::ContactListView,
    picker::{IdleOffer, Mode, Offer, PickerView, States},
    status::{Label, Look, Size, StatusView},
};
