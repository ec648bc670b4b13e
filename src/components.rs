//! What a Leptos application puts on its pages: components that find their connection in the context, and hooks.
//!
//! On a server they draw what is known there, the name and an unknown status; in the browser they connect once the page
//! is drawn or taken over. They bring their styles along ([`crate::ui::styles`]).

pub mod provider;
pub mod hooks;
pub mod contact_status;
pub mod contact_avatar;
pub mod my_status;
pub mod contact_list;
pub mod conversation;

pub mod people;
pub mod talk;

pub use self::{
    contact_avatar::ContactAvatar,
    contact_list::ContactList,
    contact_status::ContactStatus,
    conversation::Conversation,
    hooks::{use_contact, use_my_status, use_presence},
    my_status::MyStatus,
    provider::{PresenceProvider, provide_presence},
};

use leptos::{html, prelude::*};

use crate::ui::styles;

/// Brings the styles to where a component is.
fn styled() -> NodeRef<html::Span> {
    let place = NodeRef::<html::Span>::new();
    Effect::new(move || {
        if let Some(Err(error)) = place.get().map(|place| styles::adopt(&place)) {
            complain(&format!("styles are missing: {error:?}"));
        }
    });
    place
}

/// Returns a signal that has what a function reads, which may be several signals.
fn read_as_one<T: Send + Sync + 'static>(read: impl Fn() -> T + Copy + 'static) -> ReadSignal<T> {
    let (known, set_known) = signal(untrack(read));
    Effect::new(move || set_known.set(read()));
    known
}

/// Tells the developer of the page.
fn complain(what: &str) {
    leptos::logging::error!("mistatus: {what}");
}
