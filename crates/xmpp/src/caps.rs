//! What this client can do, and its fingerprint in each presence (XEP-0030, XEP-0115).
//!
//! By the fingerprint services know what to send unasked: of what people publish, what ends in `+notify` (XEP-0163 §4).

use base64::{Engine, engine::general_purpose::STANDARD};
use sha1::{Digest, Sha1};

use crate::{displayed, nick, ns, xml::Element};

/// The name of this software.
const NODE: &str = "urn:mistatus:client";

/// Category, type, language and name (XEP-0115 §5.1).
const IDENTITY: &str = "client/web//mistatus";

/// In the order of their octets.
const FEATURES: [&str; 9] = [
    ns::CAPS,
    ns::DISCO_INFO,
    nick::NOTIFY,
    ns::OURS,
    ns::IDLE,
    displayed::NOTIFY,
    ns::CORRECTION,
    ns::PING,
    ns::RECEIPTS,
];

/// Says what this client can do, to whoever asks about it or, by `node`, about its fingerprint.
#[must_use]
pub fn description(node: Option<&str>) -> Element {
    let identity = Element::new("identity", ns::DISCO_INFO)
        .with("category", "client")
        .with("type", "web")
        .with("name", "mistatus");
    FEATURES.iter().fold(
        Element::new("query", ns::DISCO_INFO).with_some("node", node).child(identity),
        |query, feature| query.child(Element::new("feature", ns::DISCO_INFO).with("var", feature)),
    )
}

/// Makes the child of a presence by which others know what this client can do.
#[must_use]
pub fn mark() -> Element {
    Element::new("c", ns::CAPS)
        .with("hash", "sha-1")
        .with("node", NODE)
        .with("ver", &fingerprint(IDENTITY, &FEATURES))
}

fn fingerprint(identity: &str, features: &[&str]) -> String {
    let mut hash = Sha1::new();
    for part in [identity].iter().chain(features) {
        hash.update(part.as_bytes());
        hash.update(b"<");
    }
    STANDARD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_that_of_the_specification() {
        // XEP-0115 §5.2.
        let features = [
            "http://jabber.org/protocol/caps",
            "http://jabber.org/protocol/disco#info",
            "http://jabber.org/protocol/disco#items",
            "http://jabber.org/protocol/muc",
        ];
        let exodus = fingerprint("client/pc//Exodus 0.9.1", &features);
        assert_eq!(exodus, "QgayPKawpkPSDYmwT/WM94uAlu0=");
    }

    #[test]
    fn features_stand_in_the_order_of_their_octets() {
        assert!(FEATURES.is_sorted());
    }
}
