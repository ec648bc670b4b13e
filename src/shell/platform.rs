//! Calls of what a browser may lack or refuse. Missing, throwing and forbidden are all the same here: `None`.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Reads a property; `None` also where it is `undefined` or `null`.
pub(super) fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// Reads a global variable.
pub(super) fn global(name: &str) -> Option<JsValue> {
    get(&js_sys::global(), name)
}

/// Calls a method.
pub(super) fn call(object: &JsValue, method: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    get(object, method)?.dyn_ref::<Function>()?.apply(object, &list(arguments)).ok()
}

/// Makes an object of a class.
pub(super) fn construct(class: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    Reflect::construct(global(class)?.dyn_ref::<Function>()?, &list(arguments)).ok()
}

/// Makes an object that holds some properties.
pub(super) fn object(properties: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        // A plain object takes every property.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

fn list(values: &[&JsValue]) -> Array {
    values.iter().copied().collect()
}
