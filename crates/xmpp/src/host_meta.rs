//! Where a domain's WebSocket is (XEP-0156): reads the two documents that say so. Fetching them is the caller's.

mod json;

use crate::{limits::HOST_META_MAX, ns, xml};

const REL: &str = "urn:xmpp:alt-connections:websocket";

/// Reads `/.well-known/host-meta`: addresses in the order of the document. What is none is left out.
#[must_use]
pub fn from_xml(text: &str) -> Vec<String> {
    if text.len() > HOST_META_MAX {
        return Vec::new();
    }
    let Ok(document) = xml::read_document(text) else { return Vec::new() };
    document
        .elements()
        .filter(|link| link.is("Link", ns::HOST_META) && link.attribute("rel") == Some(REL))
        .filter_map(|link| usable(link.attribute("href")?))
        .collect()
}

/// Reads `/.well-known/host-meta.json`, likewise.
#[must_use]
pub fn from_json(text: &str) -> Vec<String> {
    if text.len() > HOST_META_MAX {
        return Vec::new();
    }
    let document = json::read(text);
    let links = document.as_ref().and_then(|document| document.field("links"));
    links
        .into_iter()
        .flat_map(json::Value::items)
        .filter(|link| link.field("rel").and_then(json::Value::text) == Some(REL))
        .filter_map(|link| usable(link.field("href")?.text()?))
        .collect()
}

/// Only secure ones, but on this very machine: a document that came over an attacked network must not send
/// passwords over it.
fn usable(address: &str) -> Option<String> {
    let is_loopback = |rest: &str| {
        let host = rest.split('/').next().unwrap_or_default();
        ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| {
            host.strip_prefix(name).is_some_and(|port| port.is_empty() || port.starts_with(':'))
        })
    };
    let is_usable =
        address.starts_with("wss://") || address.strip_prefix("ws://").is_some_and(is_loopback);
    is_usable.then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const XML: &str = "<?xml version='1.0' encoding='utf-8'?>\n\
        <XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>\n\
        <Link rel='urn:xmpp:alt-connections:xbosh' href='https://example.com/bosh'/>\n\
        <Link rel='urn:xmpp:alt-connections:websocket' href='wss://example.com/ws'/>\n\
        <Link rel='urn:xmpp:alt-connections:websocket' href='ws://example.com/ws'/>\n\
        <Link rel='urn:xmpp:alt-connections:websocket' href='ws://localhost:5280/ws'/>\n\
        <Link rel='urn:xmpp:alt-connections:websocket' href='ws://localhost.example.com/ws'/>\n</XRD>\n";

    const JSON: &str = r#"{ "subject": null, "n": [1.5e3, -2, true], "links": [
        { "rel": "urn:xmpp:alt-connections:xbosh", "href": "https://example.com/bosh" },
        { "href": "wss:\/\/example.com\/ws", "rel": "urn:xmpp:alt-\u0063onnections:websocket" },
        { "rel": "urn:xmpp:alt-connections:websocket" }, 7,
        { "rel": "urn:xmpp:alt-connections:websocket", "href": "ws://localhost:5280/ws" } ] }"#;

    #[test]
    fn both_documents_are_read() {
        let expect = ["wss://example.com/ws", "ws://localhost:5280/ws"];
        assert_eq!(from_xml(XML), expect);
        assert_eq!(from_json(JSON), expect);
    }

    #[test]
    fn what_is_none_holds_no_address() {
        for text in [
            "",
            "<html></html>",
            "{}",
            "[]",
            "{\"links\":{}}",
            "{\"links\":[",
            "<XRD>",
            "null",
            "\"",
        ] {
            assert!(from_xml(text).is_empty() && from_json(text).is_empty(), "{text}");
        }
        assert!(from_json(&"[".repeat(60_000)).is_empty());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(at in 0..JSON.len(), with in "\\PC{0,3}|[\\\\\"{}\\[\\],:u0-9]{0,3}") {
            let _ = from_json(&format!("{}{with}{}", &JSON[..at], &JSON[at..]));
            let _ = from_json(&JSON[..at]);
        }
    }
}
