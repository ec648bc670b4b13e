//! Brings the components' styles into a document or a shadow root, once each, as a constructable sheet:
//! that works under a strict content security policy and leaks nothing.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, Node};

/// Is the style of the dot and its label.
pub const STATUS: &str = include_str!("status/style.css");

/// Is the style of the picker; needs [`STATUS`] beside it.
pub const PICKER: &str = include_str!("picker/style.css");

/// Is the style of the contact list; needs [`STATUS`] beside it.
pub const LIST: &str = include_str!("list/style.css");

/// Adopts the styles into the document or shadow root that a node is in; a second call changes nothing.
///
/// # Errors
/// The browser does not know constructable style sheets.
pub fn adopt(node: &Node) -> Result<(), JsValue> {
    thread_local! {
        static SHEET: Result<CssStyleSheet, JsValue> = sheet();
    }
    let sheet = SHEET.with(Clone::clone)?;
    let root = node.get_root_node();
    let sheets = Reflect::get(&root, &"adoptedStyleSheets".into())?.unchecked_into::<Array>();
    if sheets.includes(&sheet, 0) {
        return Ok(());
    }
    // Assigning works in every browser that has the property; changing the list in place does not.
    let sheets = sheets.concat(&Array::of1(&sheet));
    Reflect::set(&root, &"adoptedStyleSheets".into(), &sheets).map(drop)
}

fn sheet() -> Result<CssStyleSheet, JsValue> {
    let sheet = CssStyleSheet::new()?;
    sheet.replace_sync(&[STATUS, PICKER, LIST].concat())?;
    Ok(sheet)
}
