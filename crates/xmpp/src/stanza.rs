//! What presences and requests have in common (RFC 6120 §8): kinds, ids, answers.

use crate::{jid::BareJid, ns, xml::Element};

/// Makes a request to one's own account, or to whom `to` names.
#[must_use]
pub fn iq(kind: &str, id: &str, to: Option<&str>, payload: Element) -> Element {
    Element::new("iq", ns::CLIENT)
        .with("type", kind)
        .with_some("to", to)
        .with("id", id)
        .child(payload)
}

/// Answers a request that was carried out.
#[must_use]
pub fn result_of(request: &Element, payload: Option<Element>) -> Element {
    answer(request, "result").child_some(payload)
}

/// Answers a request that was not (RFC 6120 §8.3).
#[must_use]
pub fn error_of(request: &Element, kind: &str, condition: &str) -> Element {
    answer(request, "error").child(
        Element::new("error", ns::CLIENT)
            .with("type", kind)
            .child(Element::new(condition, ns::STANZA_ERRORS)),
    )
}

fn answer(request: &Element, kind: &str) -> Element {
    Element::new("iq", ns::CLIENT)
        .with("type", kind)
        .with_some("to", request.attribute("from"))
        .with_some("id", request.attribute("id"))
}

/// Makes a presence that asks or answers somebody: `subscribe`, `probe` and the like.
#[must_use]
pub fn presence_to(kind: &str, to: &BareJid) -> Element {
    Element::new("presence", ns::CLIENT).with("type", kind).with("to", &to.to_string())
}

/// Asks what a service can do (XEP-0030).
#[must_use]
pub fn disco_info(id: &str, to: &str) -> Element {
    iq("get", id, Some(to), Element::new("query", ns::DISCO_INFO))
}

/// Whether an answer to [`disco_info`] names a feature.
#[must_use]
pub fn has_feature(query: &Element, feature: &str) -> bool {
    query
        .elements()
        .any(|child| child.is("feature", ns::DISCO_INFO) && child.attribute("var") == Some(feature))
}

/// Asks a service for a sign of life (XEP-0199).
#[must_use]
pub fn ping(id: &str, to: &str) -> Element {
    iq("get", id, Some(to), Element::new("ping", ns::PING))
}

/// Says whether somebody looks at the page (XEP-0352).
#[must_use]
pub fn client_state(active: bool) -> Element {
    Element::new(if active { "active" } else { "inactive" }, ns::CLIENT_STATE)
}

/// Whether an element counts for stream management (XEP-0198 §3).
#[must_use]
pub fn is_stanza(element: &Element) -> bool {
    *element.namespace == *ns::CLIENT
        && matches!(element.name.as_str(), "iq" | "presence" | "message")
}
