//! Being invisible by a list that lets no presence out (XEP-0016, XEP-0126).

use crate::{jid::BareJid, ns, stanza, xml::Element};

/// The name of our list among the user's others.
const LIST: &str = "mistatus-invisible";

/// Whether a service has lists, by its answer to [`stanza::disco_info`].
#[must_use]
pub fn is_offered(query: &Element) -> bool {
    stanza::has_feature(query, ns::PRIVACY)
}

/// Makes the list, or makes it anew. Whom the user has blocked is denied everything: services that keep them in the
/// default list do not look there while another list is active.
#[must_use]
pub fn define<'a>(id: &str, blocked: impl Iterator<Item = &'a BareJid>) -> Element {
    let deny = |order: usize| {
        Element::new("item", ns::PRIVACY).with("action", "deny").with("order", &order.to_string())
    };
    let hide = deny(1).child(Element::new("presence-out", ns::PRIVACY));
    let list = Element::new("list", ns::PRIVACY).with("name", LIST).child(hide);
    let blocked = blocked
        .zip(2..)
        .map(|(jid, order)| deny(order).with("type", "jid").with("value", &jid.to_string()));
    set(id, blocked.fold(list, Element::child))
}

/// Lets the list count for this connection, or no list.
#[must_use]
pub fn activate(id: &str, hidden: bool) -> Element {
    set(id, Element::new("active", ns::PRIVACY).with_some("name", hidden.then_some(LIST)))
}

fn set(id: &str, payload: Element) -> Element {
    stanza::iq("set", id, None, Element::new("query", ns::PRIVACY).child(payload))
}
