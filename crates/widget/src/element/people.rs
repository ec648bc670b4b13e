//! Draws the contact list and conversations into their elements, and gives them what they read and ask for.

use std::rc::Rc;

use js_sys::Function;
use leptos::prelude::*;
use mistatus::{
    components::{
        people::ConnectedPeople,
        talk::{ConnectedTalk, Reader},
    },
    model::Order,
    ui::{
        Language,
        conversation::Conversation,
        list::{List, Wanted},
    },
};
use mistatus_core::signin_name::SigninName;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ShadowRoot};

use super::start_effects;
use crate::api::Client;

/// A contact list or a conversation in a shadow root, until [`Panel::unmount`].
#[wasm_bindgen]
pub struct Panel {
    drawn: Option<(Owner, HtmlElement)>,
    wanted: ArcRwSignal<Wanted>,
    shown: Option<Shown>,
}

enum Shown {
    List(Rc<List>),
    Conversation { conversation: Rc<Conversation>, _reader: Reader },
}

/// Draws the contact list. `on_converse` is called with the sign-in name of whom the user wants to write to.
#[wasm_bindgen(js_name = mountContactList)]
pub fn mount_contact_list(
    root: &ShadowRoot,
    client: &Client,
    sort: &str,
    filter: &str,
    language: &str,
    on_converse: Function,
) -> Panel {
    let mut panel = Panel::new();
    panel.update(sort, filter, language);
    let converse = move |name: &SigninName| {
        // The element says in the console what went wrong.
        let _ = on_converse.call1(&JsValue::UNDEFINED, &name.as_str().into());
    };
    let people = Rc::new(ConnectedPeople::new(client.presence(), Box::new(converse)));
    let owner = Owner::new();
    let list = owner.with(|| List::new(people, panel.wanted.clone()));
    panel.show(root, owner, list.root().clone());
    panel.shown = Some(Shown::List(list));
    panel
}

/// Draws the conversation with somebody and follows them. `on_close` is called when the user closes it.
///
/// # Errors
/// What is wrong with the name.
#[wasm_bindgen(js_name = mountConversation)]
pub fn mount_conversation(
    root: &ShadowRoot,
    client: &Client,
    contact: &str,
    language: &str,
    on_close: Function,
) -> Result<Panel, JsError> {
    let with = SigninName::parse(contact).map_err(|error| JsError::new(&error.to_string()))?;
    let mut panel = Panel::new();
    panel.update("", "", language);
    let presence = client.presence();
    let reader = Reader::new(&presence, with.clone());
    let close = move || {
        // The element says in the console what went wrong.
        let _ = on_close.call0(&JsValue::UNDEFINED);
    };
    let talk = Rc::new(ConnectedTalk::new(presence, with, Box::new(close)));
    let owner = Owner::new();
    let conversation = owner.with(|| Conversation::new(talk, panel.wanted.clone()));
    panel.show(root, owner, conversation.root().clone());
    panel.shown = Some(Shown::Conversation { conversation, _reader: reader });
    Ok(panel)
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
        match &self.shown {
            Some(Shown::List(list)) => list.focus(),
            Some(Shown::Conversation { conversation, .. }) => conversation.focus(),
            None => {}
        }
    }

    /// Opens the list's field for somebody new, with a name in it already or none; false where it was open.
    #[wasm_bindgen(js_name = openAdd)]
    pub fn open_add(&self, name: &str) -> bool {
        match &self.shown {
            Some(Shown::List(list)) => list.open_add(name),
            _ => false,
        }
    }

    /// Takes it out of the shadow root. A second call does nothing.
    pub fn unmount(&mut self) {
        self.shown = None;
        if let Some((owner, root)) = self.drawn.take() {
            owner.cleanup();
            root.remove();
        }
    }
}

impl Panel {
    fn new() -> Self {
        start_effects();
        Self { drawn: None, wanted: ArcRwSignal::default(), shown: None }
    }

    fn show(&mut self, shadow: &ShadowRoot, owner: Owner, root: HtmlElement) {
        // Fails only where a parent would end up in itself.
        let _ = shadow.append_child(&root);
        self.drawn = Some((owner, root));
    }
}

impl Drop for Panel {
    fn drop(&mut self) {
        // Collected without an unmount: the page may still show it, so it stays.
        std::mem::forget(self.drawn.take());
        std::mem::forget(self.shown.take());
    }
}
