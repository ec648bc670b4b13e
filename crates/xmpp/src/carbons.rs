//! Copies of what the user's other clients write and are told (XEP-0280).

use crate::{
    jid::{BareJid, Jid},
    messages, ns, stanza,
    xml::Element,
};

/// A message that another client of the user sent or received.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Copied<'a> {
    /// The other client wrote it.
    Sent(&'a Element),
    /// The other client was told it.
    Received(&'a Element),
}

/// Whether a service makes copies, by its answer to [`stanza::disco_info`].
#[must_use]
pub fn is_offered(query: &Element) -> bool {
    stanza::has_feature(query, ns::CARBONS)
}

/// Asks for copies from now on.
#[must_use]
pub fn enable(id: &str) -> Element {
    stanza::iq("set", id, None, Element::new("enable", ns::CARBONS))
}

/// Returns the message within a copy; `None` for what is none. The caller has made sure that the copy comes from the
/// user's own account and from nobody else (§11): anybody can write an element that looks like one.
#[must_use]
pub fn read<'a>(message: &'a Element, own: &BareJid) -> Option<Copied<'a>> {
    let is_own = |copy: &Element, end| {
        let jid = copy.attribute(end).and_then(Jid::parse);
        jid.is_some_and(|jid| jid.bare == *own)
    };
    let inside = |name| {
        let (copy, _) = messages::forwarded(message.first(name, ns::CARBONS)?)?;
        Some(copy)
    };
    let sent = inside("sent").filter(|copy| is_own(copy, "from")).map(Copied::Sent);
    sent.or_else(|| inside("received").filter(|copy| is_own(copy, "to")).map(Copied::Received))
}
