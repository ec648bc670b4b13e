//! Namespaces of the specifications. No logic.

pub(crate) const FRAMING: &str = "urn:ietf:params:xml:ns:xmpp-framing";
pub(crate) const STREAM: &str = "http://etherx.jabber.org/streams";
pub(crate) const STREAM_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-streams";
pub(crate) const STANZA_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
pub(crate) const CLIENT: &str = "jabber:client";
pub(crate) const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
pub(crate) const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
pub(crate) const ROSTER: &str = "jabber:iq:roster";
pub(crate) const ROSTER_VERSIONS: &str = "urn:xmpp:features:rosterver";
pub(crate) const PRIVACY: &str = "jabber:iq:privacy";
pub(crate) const PRIVATE: &str = "jabber:iq:private";
pub(crate) const DISCO_INFO: &str = "http://jabber.org/protocol/disco#info";
pub(crate) const PING: &str = "urn:xmpp:ping";
pub(crate) const STREAM_MANAGEMENT: &str = "urn:xmpp:sm:3";
pub(crate) const CLIENT_STATE: &str = "urn:xmpp:csi:0";
pub(crate) const IDLE: &str = "urn:xmpp:idle:1";
pub(crate) const DELAY: &str = "urn:xmpp:delay";
pub(crate) const STANZA_IDS: &str = "urn:xmpp:sid:0";
pub(crate) const CORRECTION: &str = "urn:xmpp:message-correct:0";
pub(crate) const RECEIPTS: &str = "urn:xmpp:receipts";
pub(crate) const CARBONS: &str = "urn:xmpp:carbons:2";
pub(crate) const FORWARDING: &str = "urn:xmpp:forward:0";
pub(crate) const ARCHIVE: &str = "urn:xmpp:mam:2";
pub(crate) const PAGES: &str = "http://jabber.org/protocol/rsm";
pub(crate) const FORMS: &str = "jabber:x:data";
pub(crate) const BLOCKING: &str = "urn:xmpp:blocking";
pub(crate) const CAPS: &str = "http://jabber.org/protocol/caps";
pub(crate) const NICK: &str = "http://jabber.org/protocol/nick";
pub(crate) const PUBLISHING: &str = "http://jabber.org/protocol/pubsub";
pub(crate) const PUBLISHED: &str = "http://jabber.org/protocol/pubsub#event";
pub(crate) const HOST_META: &str = "http://docs.oasis-open.org/ns/xri/xrd-1.0";
/// Our own child of a presence.
pub(crate) const OURS: &str = "urn:mistatus:presence:1";
/// Our own element among what is kept at the account.
pub(crate) const CHOICE: &str = "urn:mistatus:choice:1";
/// Bound to the prefix `xml` everywhere.
pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace of the attributes that declare namespaces.
pub(crate) const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
