//! Whom the user has blocked, as the service keeps it (XEP-0191).

use crate::{
    jid::{BareJid, Jid},
    ns, stanza,
    xml::Element,
};

/// A change of the block list by another client of the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Push {
    /// These are blocked from now on.
    Blocked(Vec<BareJid>),
    /// These are no longer.
    Unblocked(Vec<BareJid>),
    /// Nobody is any longer.
    AllUnblocked,
}

/// Whether a service can block, by its answer to [`stanza::disco_info`].
#[must_use]
pub fn is_offered(query: &Element) -> bool {
    stanza::has_feature(query, ns::BLOCKING)
}

/// Asks whom the user has blocked.
#[must_use]
pub fn get(id: &str) -> Element {
    stanza::iq("get", id, None, Element::new("blocklist", ns::BLOCKING))
}

/// Blocks somebody, or ends that.
#[must_use]
pub fn set(id: &str, jid: &BareJid, blocked: bool) -> Element {
    let item = Element::new("item", ns::BLOCKING).with("jid", &jid.to_string());
    let name = if blocked { "block" } else { "unblock" };
    stanza::iq("set", id, None, Element::new(name, ns::BLOCKING).child(item))
}

/// Reads people out of a list. Services, and single connections of somebody, are left out: nobody is shown as blocked
/// who can be heard of in another way.
#[must_use]
pub fn read(list: &Element) -> Vec<BareJid> {
    list.elements()
        .filter(|child| child.is("item", ns::BLOCKING))
        .filter_map(|item| Jid::parse(item.attribute("jid")?))
        .filter(|jid| jid.resource.is_none() && jid.bare.signin_name().is_some())
        .map(|jid| jid.bare)
        .collect()
}

/// Reads a push; `None` for what is none.
#[must_use]
pub fn push(payload: &Element) -> Option<Push> {
    let is = |name| payload.is(name, ns::BLOCKING);
    let is_empty = payload.elements().next().is_none();
    match () {
        () if is("block") => Some(Push::Blocked(read(payload))),
        () if is("unblock") && is_empty => Some(Push::AllUnblocked),
        () if is("unblock") => Some(Push::Unblocked(read(payload))),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml;

    fn check(text: &str, expect: Option<Push>) {
        assert_eq!(push(&xml::read(text).unwrap()), expect, "{text}");
    }

    #[test]
    fn pushes_name_people() {
        let mallory = || vec![BareJid::parse("mallory@localhost").unwrap()];
        let item =
            "<item jid='Mallory@localhost'/><item jid='localhost'/><item jid='a@b/c'/><item/>";
        check(
            &format!("<block xmlns='urn:xmpp:blocking'>{item}</block>"),
            Some(Push::Blocked(mallory())),
        );
        check(
            &format!("<unblock xmlns='urn:xmpp:blocking'>{item}</unblock>"),
            Some(Push::Unblocked(mallory())),
        );
        check("<unblock xmlns='urn:xmpp:blocking'/>", Some(Push::AllUnblocked));
        check(
            "<unblock xmlns='urn:xmpp:blocking'><item jid='localhost'/></unblock>",
            Some(Push::Unblocked(vec![])),
        );
        check("<unblock xmlns='urn:example'/>", None);
        check("<blocklist xmlns='urn:xmpp:blocking'/>", None);
    }
}
