//! Up to where the user has read conversations, for their own clients alone (XEP-0490).

use crate::{jid::BareJid, limits::MESSAGE_ID_MAX, ns, stanza, xml::Element};

/// The feature by which a client hears what the user's other ones have shown.
pub const NOTIFY: &str = "urn:xmpp:mds:displayed:0+notify";

const NODE: &str = "urn:xmpp:mds:displayed:0";

/// Without these nothing may be published: contacts would see it, and with it that somebody invisible is there. More
/// than these some services do not know, and refuse.
const OPTIONS: [(&str, &str); 2] =
    [("pubsub#persist_items", "true"), ("pubsub#access_model", "whitelist")];

/// Asks for what is known.
#[must_use]
pub fn get(id: &str) -> Element {
    let items = Element::new("items", ns::PUBLISHING).with("node", NODE);
    stanza::iq("get", id, None, Element::new("pubsub", ns::PUBLISHING).child(items))
}

/// Says that the user has read the conversation with somebody up to a message, by what their own archive calls that.
#[must_use]
pub fn publish(id: &str, with: &BareJid, own: &BareJid, message: &str) -> Element {
    let message =
        Element::new("stanza-id", ns::STANZA_IDS).with("by", &own.to_string()).with("id", message);
    let item = Element::new("item", ns::PUBLISHING)
        .with("id", &with.to_string())
        .child(Element::new("displayed", NODE).child(message));
    let field = |name: &str, value: &str| {
        let value = Element::new("value", ns::FORMS).text(value);
        Element::new("field", ns::FORMS).with("var", name).child(value)
    };
    let kind = "http://jabber.org/protocol/pubsub#publish-options";
    let form = Element::new("x", ns::FORMS)
        .with("type", "submit")
        .child(field("FORM_TYPE", kind).with("type", "hidden"));
    let form = OPTIONS.iter().fold(form, |form, (name, value)| form.child(field(name, value)));
    let pubsub = Element::new("pubsub", ns::PUBLISHING)
        .child(Element::new("publish", ns::PUBLISHING).with("node", NODE).child(item))
        .child(Element::new("publish-options", ns::PUBLISHING).child(form));
    stanza::iq("set", id, None, pubsub)
}

/// Returns with whom the user has read up to which message, in an answer to [`get`].
#[must_use]
pub fn answered(answer: &Element) -> Vec<(BareJid, String)> {
    let pubsub = answer.first("pubsub", ns::PUBLISHING);
    pubsub.and_then(|pubsub| pubsub.first("items", ns::PUBLISHING)).map(read).unwrap_or_default()
}

/// Returns the same of what an account tells; `None` for what is something else. The caller has made sure whose it is.
#[must_use]
pub fn told(message: &Element) -> Option<Vec<(BareJid, String)>> {
    let items = message.first("event", ns::PUBLISHED)?.first("items", ns::PUBLISHED)?;
    (items.attribute("node") == Some(NODE)).then(|| read(items))
}

fn read(items: &Element) -> Vec<(BareJid, String)> {
    let item = |item: &Element| {
        let message = item.first("displayed", NODE)?.first("stanza-id", ns::STANZA_IDS)?;
        let id = message.attribute("id").filter(|id| id.len() <= MESSAGE_ID_MAX)?;
        Some((BareJid::parse(item.attribute("id")?)?, id.to_owned()))
    };
    items.elements().filter_map(item).collect()
}
