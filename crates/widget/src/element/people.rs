//! Draws the contact list, conversations and the fields of the picker's panel into their elements, and gives them what they
//! read and ask for. Their views come in a WebAssembly file of their own: what is here is in the first one, and must not
//! name them.

mod split;

use std::pin::Pin;

use js_sys::{Function, Promise};
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use mistatus::{
    model::Order,
    ui::{
        Language,
        list::Wanted,
        picker::fields::{Fields, FieldsWanted},
    },
};
use mistatus_core::signin_name::SigninName;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, spawn_local};
use web_sys::ShadowRoot;

use super::start_effects;
use crate::api::Client;

/// A contact list or a conversation in a shadow root, until [`Panel::unmount`].
#[wasm_bindgen]
pub struct Panel {
    view: Option<Box<dyn PanelView>>,
    wanted: ArcRwSignal<Wanted>,
}

/// A view of the second file in a shadow root, until it is dropped. The first file knows it by what it can do alone.
trait PanelView {
    /// Puts the focus where the user goes on.
    fn focus(&self);

    /// Opens a field for somebody new; false where it was open, or where there is none.
    fn open_add(&self, name: &str) -> bool;
}

/// Draws the contact list. `on_converse` is called with the sign-in name of whom the user wants to write to.
///
/// Returns a promise of a [`Panel`], which rejects where the second file could not be loaded.
#[wasm_bindgen(js_name = mountContactList, unchecked_return_type = "Promise<Panel>")]
pub fn mount_contact_list(
    root: &ShadowRoot,
    client: &Client,
    sort: &str,
    filter: &str,
    language: &str,
    #[wasm_bindgen(unchecked_param_type = "(signinName: string) => void")] on_converse: Function,
) -> Promise {
    let panel = Panel::new();
    panel.update(sort, filter, language);
    let presence = client.presence();
    let root = root.clone();
    promise(Box::pin(async move {
        let view = split::contact_list(root, presence, panel.wanted.clone(), on_converse).await;
        panel.showing(view)
    }))
}

/// Draws the conversation with somebody and follows them. `on_close` is called when the user closes it.
///
/// Returns a promise of a [`Panel`], which rejects where the second file could not be loaded.
///
/// # Errors
/// What is wrong with the name.
#[wasm_bindgen(js_name = mountConversation, unchecked_return_type = "Promise<Panel>")]
pub fn mount_conversation(
    root: &ShadowRoot,
    client: &Client,
    contact: &str,
    language: &str,
    #[wasm_bindgen(unchecked_param_type = "() => void")] on_close: Function,
) -> Result<Promise, JsError> {
    let with = SigninName::parse(contact).map_err(|error| JsError::new(&error.to_string()))?;
    let panel = Panel::new();
    panel.update("", "", language);
    let presence = client.presence();
    let root = root.clone();
    Ok(promise(Box::pin(async move {
        let wanted = panel.wanted.clone();
        let view = split::conversation(root, presence, with, wanted, on_close).await;
        panel.showing(view)
    })))
}

/// Draws note and end of the picker where these are wanted; says so in the console where the second file could not be
/// loaded.
pub(super) fn draw_fields(wanted: FieldsWanted, drawn: Box<dyn FnOnce(Box<dyn Fields>)>) {
    spawn_local(async move {
        match split::fields(wanted).await {
            Ok(fields) => drawn(fields),
            Err(error) => {
                leptos::logging::error!("mistatus: note and end cannot be shown: {error}")
            }
        }
    });
}

// Boxed, so that what makes promises of futures is there once.
fn promise(panel: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>) -> Promise {
    future_to_promise(panel)
}

#[wasm_bindgen]
impl Panel {
    /// Changes how it is drawn; a conversation has a language only.
    pub fn update(&self, sort: &str, filter: &str, language: &str) {
        let order = if sort == "onoffline" { Order::Online } else { Order::Groups };
        let language = Language::from_tag(language);
        let wanted = Wanted { order, filter: filter.to_owned(), language };
        if self.wanted.with_untracked(|before| *before != wanted) {
            self.wanted.set(wanted);
        }
    }

    /// Puts the focus where the user goes on: to the people, or into the field for a message.
    pub fn focus(&self) {
        if let Some(view) = &self.view {
            view.focus();
        }
    }

    /// Opens the list's field for somebody new, with a name in it already or none; false where it was open.
    #[wasm_bindgen(js_name = openAdd)]
    pub fn open_add(&self, name: &str) -> bool {
        self.view.as_ref().is_some_and(|view| view.open_add(name))
    }

    /// Takes it out of the shadow root. A second call does nothing.
    pub fn unmount(&mut self) {
        self.view = None;
    }
}

impl Panel {
    fn new() -> Self {
        start_effects();
        Self { view: None, wanted: ArcRwSignal::default() }
    }

    fn showing(
        mut self,
        view: Result<Box<dyn PanelView>, SplitLoaderError>,
    ) -> Result<JsValue, JsValue> {
        self.view = Some(view.map_err(|error| JsError::new(&error.to_string()))?);
        Ok(self.into())
    }
}

impl Drop for Panel {
    fn drop(&mut self) {
        // Collected without an unmount: the page may still show it, so it stays.
        std::mem::forget(self.view.take());
    }
}
