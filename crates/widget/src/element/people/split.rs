//! What begins the second WebAssembly file: `cargo xtask widget` puts there what is reached from these functions alone.
//! Everything else must call them from here, so that it stays in the first.

use std::{any::Any, rc::Rc};

use js_sys::Function;
use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use mistatus::{
    components::{people::ConnectedPeople, talk::ConnectedTalk},
    shell::Presence,
    ui::{
        conversation::{Conversation, ConversationView},
        list::{ContactListView, ListHandle, Wanted},
        picker::fields::{Fields, FieldsWanted, fields as draw},
    },
};
use mistatus_core::signin_name::SigninName;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, ShadowRoot};

use super::PanelView;

/// Draws the contact list, once its file is there.
#[wasm_split(panels, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(super) fn contact_list(
    root: ShadowRoot,
    presence: Presence,
    wanted: ArcRwSignal<Wanted>,
    on_converse: Function,
) -> Result<Box<dyn PanelView>, SplitLoaderError> {
    let converse = move |name: &SigninName| {
        // The element says in the console what went wrong.
        let _ = on_converse.call1(&JsValue::UNDEFINED, &name.as_str().into());
    };
    let people = Rc::new(ConnectedPeople::new(presence, Box::new(converse)));
    let list = ListHandle::default();
    let handle = list.clone();
    let mounted = leptos::mount::mount_to(as_element(root), move || {
        view! { <ContactListView people wanted=wanted.read_only() handle/> }
    });
    Ok(Box::new(ListPanel { list, _mounted: Box::new(mounted) }))
}

/// Draws a conversation, once its file is there.
#[wasm_split(panels, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(super) fn conversation(
    root: ShadowRoot,
    presence: Presence,
    with: SigninName,
    wanted: ArcRwSignal<Wanted>,
    on_close: Function,
) -> Result<Box<dyn PanelView>, SplitLoaderError> {
    let close = move || {
        // The element says in the console what went wrong.
        let _ = on_close.call0(&JsValue::UNDEFINED);
    };
    let talk = Rc::new(ConnectedTalk::new(presence, with, Box::new(close)));
    let owner = Owner::new();
    let (conversation, mounted) = owner.with(|| {
        let language = move || wanted.with(|wanted| wanted.language);
        let conversation = Conversation::new(talk, language);
        let drawn = Rc::clone(&conversation);
        let view = move || view! { <ConversationView conversation=drawn/> };
        (conversation, Box::new(leptos::mount::mount_to(as_element(root), view)))
    });
    Ok(Box::new(ConversationPanel { conversation, _mounted: mounted, _owner: owner }))
}

/// Draws note and end of the picker, once their file is there.
#[wasm_split(panels, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(in crate::element) fn fields(
    wanted: FieldsWanted,
) -> Result<Box<dyn Fields>, SplitLoaderError> {
    Ok(draw(wanted))
}

// Leptos mounts into elements; of this one it only wants what every node can do.
fn as_element(root: ShadowRoot) -> HtmlElement {
    root.unchecked_into()
}

/// A contact list in its shadow root.
struct ListPanel {
    list: ListHandle,
    _mounted: Box<dyn Any>,
}

/// A conversation in its shadow root. It ends in the order of its parts.
struct ConversationPanel {
    conversation: Rc<Conversation>,
    _mounted: Box<dyn Any>,
    _owner: Owner,
}

impl PanelView for ListPanel {
    fn focus(&self) {
        self.list.focus();
    }

    fn open_add(&self, name: &str) -> bool {
        self.list.open_add(name)
    }
}

impl PanelView for ConversationPanel {
    fn focus(&self) {
        self.conversation.focus();
    }

    fn open_add(&self, _: &str) -> bool {
        false
    }
}
