//! What the user chose, kept at their account (XEP-0049): for their other clients, and for later.
//!
//! It is kept as the presence that says it, so that the normative mapping holds for it, too.

use crate::{mapping, mapping::Shown, ns, stanza, xml::Element};

/// Asks for what is kept.
#[must_use]
pub fn get(id: &str) -> Element {
    stanza::iq("get", id, None, query(Element::new("choice", ns::CHOICE)))
}

/// Keeps what a presence says.
#[must_use]
pub fn set(id: &str, shown: &Shown) -> Element {
    let presence = mapping::write(shown, None);
    stanza::iq("set", id, None, query(Element::new("choice", ns::CHOICE).child(presence)))
}

/// Returns the presence in an answer to [`get`]; `None` where nothing is kept.
#[must_use]
pub fn answered(answer: &Element) -> Option<&Element> {
    let choice = answer.first("query", ns::PRIVATE)?.first("choice", ns::CHOICE)?;
    choice.first("presence", ns::CLIENT)
}

fn query(choice: Element) -> Element {
    Element::new("query", ns::PRIVATE).child(choice)
}
