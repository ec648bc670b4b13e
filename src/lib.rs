//! Presence for any web page, as Leptos components: a dot that says whether somebody is there, a picker with which the
//! user says how they are, the contact list and conversations, kept true by an event stream.
//!
//! Reading order: [`model`] is what the page knows, [`ui`] draws it, [`shell`] keeps it in step with the server, and
//! [`components`] joins the three for applications.

pub mod model;
pub mod ui;
pub mod shell;
pub mod components;

/// The domain, whole, for what is rarely needed.
pub use mistatus_core;
pub use mistatus_core::{
    hresult::HResult,
    idle::{IdleAfter, IdleChoice},
    presence::{Intent, Note, Source},
    signin_name::{SigninName, SigninNameError},
    status::MiStatus,
    time::{Span, UnixMs},
};

pub use self::{
    components::{
        ContactAvatar, ContactList, ContactStatus, Conversation, MyStatus, PresenceProvider,
        provide_presence, use_contact, use_my_status, use_presence,
    },
    shell::{ConnectOptions, Presence},
};

/// What the documents tell people to write is compiled with the examples of this documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../docs/LEPTOS.md")]
#[doc = include_str!("../docs/START.md")]
pub struct Documents;
