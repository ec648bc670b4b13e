//! Being invisible by a list that lets no presence out (XEP-0016, XEP-0126).

use crate::{ns, stanza, xml::Element};

/// Names our list among the user's others.
const LIST: &str = "mistatus-invisible";

/// Whether a service has lists, by its answer to [`stanza::disco_info`].
#[must_use]
pub fn is_offered(query: &Element) -> bool {
    query.elements().any(|child| {
        child.is("feature", ns::DISCO_INFO) && child.attribute("var") == Some(ns::PRIVACY)
    })
}

/// Makes the list, or makes it anew.
#[must_use]
pub fn define(id: &str) -> Element {
    let rule = Element::new("item", ns::PRIVACY)
        .with("action", "deny")
        .with("order", "1")
        .child(Element::new("presence-out", ns::PRIVACY));
    set(id, Element::new("list", ns::PRIVACY).with("name", LIST).child(rule))
}

/// Lets the list count for this connection, or no list.
#[must_use]
pub fn activate(id: &str, hidden: bool) -> Element {
    set(id, Element::new("active", ns::PRIVACY).with_some("name", hidden.then_some(LIST)))
}

fn set(id: &str, payload: Element) -> Element {
    stanza::iq("set", id, None, Element::new("query", ns::PRIVACY).child(payload))
}
