//! What begins the second WebAssembly file: `cargo xtask widget` puts there what is reached from these functions alone.
//! Everything else must call them from here, so that it stays in the first.

use std::rc::Rc;

use js_sys::Function;
use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use mistatus::{
    components::{
        people::ConnectedPeople,
        talk::{ConnectedTalk, Reader},
    },
    shell::Presence,
    ui::{
        conversation::Conversation,
        list::{ContactListView, ListHandle, Wanted},
    },
};
use mistatus_core::signin_name::SigninName;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, ShadowRoot};

use super::{Drawn, PanelView};

/// Draws the contact list, once its file is there.
#[wasm_split(panels, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(super) fn contact_list(
    shadow: ShadowRoot,
    presence: Presence,
    wanted: ArcRwSignal<Wanted>,
    on_converse: Function,
) -> Result<Drawn, SplitLoaderError> {
    let converse = move |name: &SigninName| {
        // The element says in the console what went wrong.
        let _ = on_converse.call1(&JsValue::UNDEFINED, &name.as_str().into());
    };
    let people = Rc::new(ConnectedPeople::new(presence, Box::new(converse)));
    let list = ListHandle::default();
    let handle = list.clone();
    // Leptos mounts into elements; of this one it only wants what every node can do.
    let mounted = leptos::mount::mount_to(shadow.unchecked_into(), move || {
        view! { <ContactListView people wanted=wanted.read_only() handle/> }
    });
    Ok(Drawn { handle: Box::new(mounted), view: Box::new(list) })
}

/// Draws a conversation, once its file is there.
#[wasm_split(panels, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(super) fn conversation(
    shadow: ShadowRoot,
    presence: Presence,
    with: SigninName,
    wanted: ArcRwSignal<Wanted>,
    on_close: Function,
) -> Result<Drawn, SplitLoaderError> {
    let reader = Reader::new(&presence, with.clone());
    let close = move || {
        // The element says in the console what went wrong.
        let _ = on_close.call0(&JsValue::UNDEFINED);
    };
    let talk = Rc::new(ConnectedTalk::new(presence, with, Box::new(close)));
    let owner = Owner::new();
    let conversation = owner.with(|| Conversation::new(talk, wanted));
    let root = conversation.root().clone();
    // Fails only where a parent would end up in itself.
    let _ = shadow.append_child(&root);
    let view = Box::new(ReadConversation { conversation, _reader: reader });
    Ok(Drawn { handle: Box::new(Appended { owner, root }), view })
}

/// A view made by hand, which goes when this is dropped.
struct Appended {
    owner: Owner,
    root: HtmlElement,
}

impl Drop for Appended {
    fn drop(&mut self) {
        self.owner.cleanup();
        self.root.remove();
    }
}

/// A conversation that counts as read while it is there.
struct ReadConversation {
    conversation: Rc<Conversation>,
    _reader: Reader,
}

impl PanelView for ListHandle {
    fn focus(&self) {
        Self::focus(self);
    }

    fn open_add(&self, name: &str) -> bool {
        Self::open_add(self, name)
    }
}

impl PanelView for ReadConversation {
    fn focus(&self) {
        self.conversation.focus();
    }

    fn open_add(&self, _: &str) -> bool {
        false
    }
}
