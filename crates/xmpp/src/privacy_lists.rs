//! Being invisible by a list that lets no presence out (XEP-0016, XEP-0126).

use crate::{jid::BareJid, ns, stanza, xml::Element};

/// The name of our list among the user's others.
pub const HIDE: &str = "mistatus-invisible";

/// The name of a list that counts for a moment, for one of the user's connections.
pub const SPEAK: &str = "mistatus-answer";

/// Whether a service has lists, by its answer to [`stanza::disco_info`].
#[must_use]
pub fn is_offered(query: &Element) -> bool {
    stanza::has_feature(query, ns::PRIVACY)
}

/// Makes the list [`HIDE`], or makes it anew; with `speaks_to` it is [`SPEAK`], which lets presence out to that person
/// alone. Whom the user has blocked is denied everything: services that keep them in the default list do not look there
/// while another list is active.
#[must_use]
pub fn define<'a>(
    id: &str,
    speaks_to: Option<&BareJid>,
    blocked: impl Iterator<Item = &'a BareJid>,
) -> Element {
    let item = |action: &str, order: usize| {
        Element::new("item", ns::PRIVACY).with("action", action).with("order", &order.to_string())
    };
    let of =
        |item: Element, jid: &BareJid| item.with("type", "jid").with("value", &jid.to_string());
    let presence = || Element::new("presence-out", ns::PRIVACY);
    let (name, order) = if speaks_to.is_some() { (SPEAK, 2) } else { (HIDE, 1) };
    let speaks = speaks_to.map(|jid| of(item("allow", 1), jid).child(presence()));
    let list = Element::new("list", ns::PRIVACY).with("name", name).child_some(speaks);
    let list = list.child(item("deny", order).child(presence()));
    let blocked = blocked.zip(order + 1..).map(|(jid, order)| of(item("deny", order), jid));
    set(id, blocked.fold(list, Element::child))
}

/// Lets a list count for this connection, or no list.
#[must_use]
pub fn activate(id: &str, name: Option<&str>) -> Element {
    set(id, Element::new("active", ns::PRIVACY).with_some("name", name))
}

fn set(id: &str, payload: Element) -> Element {
    stanza::iq("set", id, None, Element::new("query", ns::PRIVACY).child(payload))
}
