//! What people want to be called (XEP-0172), published where those who see them may read it (XEP-0163).

use mistatus_core::friendly_name;

use crate::{ns, stanza, xml::Element};

/// The feature by which a client subscribes to nicknames.
pub const NOTIFY: &str = "http://jabber.org/protocol/nick+notify";

/// There is one name at a time (XEP-0060 §12.20).
const ITEM: &str = "current";

/// Asks what an account has published: one's own, or `of` somebody whose presence one sees.
#[must_use]
pub fn get(id: &str, of: Option<&str>) -> Element {
    let items = Element::new("items", ns::PUBLISHING).with("node", ns::NICK).with("max_items", "1");
    stanza::iq("get", id, of, Element::new("pubsub", ns::PUBLISHING).child(items))
}

/// Publishes a name.
#[must_use]
pub fn publish(id: &str, name: &str) -> Element {
    let nick = Element::new("nick", ns::NICK).text(name);
    let item = Element::new("item", ns::PUBLISHING).with("id", ITEM).child(nick);
    let publish = Element::new("publish", ns::PUBLISHING).with("node", ns::NICK).child(item);
    stanza::iq("set", id, None, Element::new("pubsub", ns::PUBLISHING).child(publish))
}

/// Returns the name in an answer to [`get`].
#[must_use]
pub fn answered(answer: &Element) -> Option<String> {
    let items = answer.first("pubsub", ns::PUBLISHING)?.first("items", ns::PUBLISHING)?;
    name_in(items, ns::PUBLISHING)
}

/// Reads what somebody's account tells of their name; the inner `None` says that there is none any more. The caller
/// has made sure whose account it is.
#[must_use]
pub fn told(message: &Element) -> Option<Option<String>> {
    let event = message.first("event", ns::PUBLISHED)?;
    let is_about = |element: &&Element| element.attribute("node") == Some(ns::NICK);
    let about = event.elements().find(is_about)?;
    Some(name_in(about, ns::PUBLISHED))
}

/// Returns what somebody who is not known wants to be called, as they say with a request (XEP-0172 §4.2), with their
/// address: anybody may call themselves anything.
#[must_use]
pub fn claimed(presence: &Element, address: &str) -> Option<String> {
    let name = friendly_name::clean(&presence.first("nick", ns::NICK)?.content())?;
    Some(format!("{name} ({address})"))
}

fn name_in(items: &Element, namespace: &str) -> Option<String> {
    let text = items.first("item", namespace)?.first("nick", ns::NICK)?.content();
    friendly_name::clean(&text)
}

#[cfg(test)]
mod tests {
    use mistatus_core::limits::FRIENDLY_NAME_MAX;

    use super::*;
    use crate::xml;

    fn message(inside: &str) -> Element {
        let text = format!(
            "<message xmlns='jabber:client' from='bob@example.com'><event xmlns='{}'>{inside}</event></message>",
            ns::PUBLISHED
        );
        xml::read(&text).unwrap()
    }

    #[test]
    fn what_is_told_is_a_name_or_that_there_is_none() {
        let items = |inside: &str| format!("<items node='{}'>{inside}</items>", ns::NICK);
        let item =
            |name: &str| items(&format!("<item><nick xmlns='{}'>{name}</nick></item>", ns::NICK));
        for (inside, name) in [
            (item("  Bob &amp; Co\n"), Some("Bob & Co".to_owned())),
            (item(" "), None),
            (item(&"x".repeat(2 * FRIENDLY_NAME_MAX)), Some("x".repeat(FRIENDLY_NAME_MAX))),
            (items("<retract id='current'/>"), None),
            (format!("<delete node='{}'/>", ns::NICK), None),
        ] {
            assert_eq!(told(&message(&inside)), Some(name), "{inside}");
        }
        for other in ["", "<items node='urn:other'><item/></items>"] {
            assert_eq!(told(&message(other)), None);
        }
    }

    #[test]
    fn what_is_published_is_what_is_read() {
        let mut items = publish("1", "<Ada>").to_string();
        items = items.replace("publish node", "items node").replace("/publish>", "/items>");
        assert_eq!(answered(&xml::read(&items).unwrap()).as_deref(), Some("<Ada>"));
    }
}
