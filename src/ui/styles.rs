//! Brings the components' styles into a document or a shadow root, once each, as a constructable sheet:
//! that works under a strict content security policy and leaks nothing.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, Node};

/// The style of the dot and its label.
pub const STATUS: &str = include_str!("status/style.css");

/// The style of the avatar; needs [`STATUS`] beside it.
pub const AVATAR: &str = include_str!("avatar/style.css");

/// The style of the picker; needs [`STATUS`] beside it.
pub const PICKER: &str = include_str!("picker/style.css");

/// The style of the contact list; needs [`STATUS`] and [`PICKER`] beside it.
pub const LIST: &str = include_str!("list/style.css");

/// The style of a conversation; needs [`STATUS`], [`PICKER`] and [`LIST`] beside it.
pub const CONVERSATION: &str = include_str!("conversation/style.css");

/// Adopts the styles into the document or shadow root that a node is in; a second call changes nothing. For a node that
/// is in neither yet, as below a `<Suspense>` that waits, it is the page's document.
///
/// # Errors
/// The browser does not know constructable style sheets.
pub fn adopt(node: &Node) -> Result<(), JsValue> {
    thread_local! {
        static SHEET: Result<CssStyleSheet, JsValue> = sheet();
    }
    let sheet = SHEET.with(Clone::clone)?;
    let root =
        if node.is_connected() { node.get_root_node() } else { leptos::prelude::document().into() };
    let sheets = Reflect::get(&root, &"adoptedStyleSheets".into())?.dyn_into::<Array>()?;
    if sheets.includes(&sheet, 0) {
        return Ok(());
    }
    // Assigning works in every browser that has the property; changing the list in place does not.
    let sheets = sheets.concat(&Array::of1(&sheet));
    Reflect::set(&root, &"adoptedStyleSheets".into(), &sheets).map(drop)
}

fn sheet() -> Result<CssStyleSheet, JsValue> {
    let sheet = CssStyleSheet::new()?;
    sheet.replace_sync(&[STATUS, AVATAR, PICKER, LIST, CONVERSATION].concat())?;
    Ok(sheet)
}
