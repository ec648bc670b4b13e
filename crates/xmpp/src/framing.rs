//! The stream over a WebSocket (RFC 7395): `<open/>`, `<close/>`, and one element a text.

use crate::{
    ns,
    xml::{self, Element, XmlError},
};

/// A frame from the service: one text message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Frame {
    /// The stream begins, or begins anew (§3.4, §3.7).
    Open {
        /// What the service says to be; untrusted until credentials were exchanged.
        from: Option<String>,
        /// Version of XMPP; 1.0 is the only one.
        version: Option<String>,
    },
    /// The service closes (§3.6).
    Close,
    /// What the service offers (RFC 6120 §4.3.2).
    Features(Element),
    /// The stream ends with an error (RFC 6120 §4.9).
    Error(Element),
    /// Anything else: negotiation and stanzas.
    Element(Element),
}

/// Reads one text.
///
/// # Errors
/// Why it is not one element that may be read.
pub fn read(text: &str) -> Result<Frame, XmlError> {
    let element = xml::read(text)?;
    let attribute = |name| element.attribute(name).map(str::to_owned);
    Ok(match (element.name.as_str(), &*element.namespace) {
        ("open", ns::FRAMING) => {
            Frame::Open { from: attribute("from"), version: attribute("version") }
        }
        ("close", ns::FRAMING) => Frame::Close,
        ("features", ns::STREAM) => Frame::Features(element),
        ("error", ns::STREAM) => Frame::Error(element),
        _ => Frame::Element(element),
    })
}

/// Opens a stream to a service.
#[must_use]
pub fn open(to: &str) -> Element {
    Element::new("open", ns::FRAMING).with("to", to).with("version", "1.0")
}

/// Closes a stream.
#[must_use]
pub fn close() -> Element {
    Element::new("close", ns::FRAMING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart() {
        assert!(matches!(
            read("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='a' version='1.0'/>"),
            Ok(Frame::Open { from: Some(from), .. }) if from == "a"
        ));
        assert_eq!(read(&close().to_string()), Ok(Frame::Close));
        assert!(matches!(read("<close/>"), Ok(Frame::Element(_))));
        assert!(matches!(
            read("<s:error xmlns:s='http://etherx.jabber.org/streams'/>"),
            Ok(Frame::Error(_))
        ));
    }

    #[test]
    fn a_stream_as_over_tcp_is_not_one_element() {
        assert_eq!(
            read("<stream:stream xmlns:stream='http://etherx.jabber.org/streams'>"),
            Err(XmlError::Ended)
        );
    }
}
