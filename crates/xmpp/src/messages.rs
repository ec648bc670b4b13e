//! Messages between two people (RFC 6121 §5): texts, ids (XEP-0359), receipts (XEP-0184), delays (XEP-0203).
//!
//! A text is what `<body/>` says. Markup beside it (XEP-0071 and others) is never read.

use mistatus_core::{chat::MessageText, limits::MESSAGE_MAX, time::UnixMs};

use crate::{
    datetime,
    jid::{BareJid, Jid},
    limits::MESSAGE_ID_MAX,
    ns,
    xml::Element,
};

/// The content of a message, and the ids by which it can be recognized.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Words {
    /// The text; one that is longer than allowed is cut.
    pub text: MessageText,
    /// What the writer calls it.
    pub id: Option<String>,
    /// Which message of the same writer it takes the place of (XEP-0308).
    pub replaces: Option<String>,
    /// Whether the writer promises never to call another one so.
    pub is_unique: bool,
    /// What the user's own archive calls it. To be believed only where there is an archive.
    pub archived_as: Option<String>,
    /// Whether the writer wants to know that it arrived.
    pub wants_receipt: bool,
}

/// Makes a message that asks for a receipt.
#[must_use]
pub fn write(to: &BareJid, id: &str, text: &MessageText) -> Element {
    message(&to.to_string(), id)
        .child(Element::new("body", ns::CLIENT).text(text.as_str()))
        .child(Element::new("origin-id", ns::STANZA_IDS).with("id", id))
        .child(Element::new("request", ns::RECEIPTS))
}

/// Makes a receipt for the message of that id.
#[must_use]
pub fn receipt(to: &Jid, id: &str, about: &str) -> Element {
    message(&to.to_string(), id).child(Element::new("received", ns::RECEIPTS).with("id", about))
}

fn message(to: &str, id: &str) -> Element {
    Element::new("message", ns::CLIENT).with("type", "chat").with("to", to).with("id", id)
}

/// Returns what XML can carry of a text; `None` where nothing is left.
#[must_use]
pub fn writable(text: &MessageText) -> Option<MessageText> {
    let left: String = text.as_str().chars().filter(|&char| crate::xml::is_char(char)).collect();
    MessageText::parse(&left).ok()
}

/// Reads a message of two people; `None` for one without a text, and for those of rooms and of services.
#[must_use]
pub fn read(message: &Element, own: &BareJid) -> Option<Words> {
    if !matches!(message.attribute("type"), None | Some("chat" | "normal" | "headline")) {
        return None;
    }
    let body = message.first("body", ns::CLIENT)?.content();
    let given = |element: &Element| {
        element
            .attribute("id")
            .filter(|id| !id.is_empty() && id.len() <= MESSAGE_ID_MAX)
            .map(str::to_owned)
    };
    let origin = message.first("origin-id", ns::STANZA_IDS).and_then(given);
    let is_of_own = |id: &&Element| {
        id.is("stanza-id", ns::STANZA_IDS)
            && id
                .attribute("by")
                .and_then(Jid::parse)
                .is_some_and(|by| by.bare == *own && by.resource.is_none())
    };
    Some(Words {
        text: MessageText::parse(cut(&body)).ok()?,
        replaces: message.first("replace", ns::CORRECTION).and_then(given),
        is_unique: origin.is_some(),
        archived_as: message.elements().find(is_of_own).and_then(given),
        wants_receipt: message.first("request", ns::RECEIPTS).is_some(),
        id: origin.or_else(|| given(message)),
    })
}

/// Returns which message arrived, where this is a receipt.
#[must_use]
pub fn receipt_of(message: &Element) -> Option<&str> {
    if message.attribute("type") == Some("error") {
        return None;
    }
    message.first("received", ns::RECEIPTS)?.attribute("id")
}

/// Returns since when something has been waiting, not in the future, as the user's account or its service says: what a
/// writer says of that may be anything (XEP-0203 §4).
#[must_use]
pub fn delay(element: &Element, own: &BareJid, now: UnixMs) -> Option<UnixMs> {
    let is_of_service = |delay: &&Element| {
        let from = delay.attribute("from").and_then(Jid::parse);
        from.is_some_and(|Jid { bare, resource }| {
            let is_service = bare.local().is_none() && bare.domain() == own.domain();
            resource.is_none() && (bare == *own || is_service)
        })
    };
    let delays = element.elements().filter(|child| child.is("delay", ns::DELAY));
    stamp(delays.filter(is_of_service).last()?, now)
}

/// Returns the instant of a delay, not in the future.
#[must_use]
pub fn stamp(delay: &Element, now: UnixMs) -> Option<UnixMs> {
    datetime::read(delay.attribute("stamp")?).map(|stamp| stamp.min(now))
}

/// Returns the message within a forwarded one (XEP-0297), and what holds its delay.
#[must_use]
pub fn forwarded(around: &Element) -> Option<(&Element, &Element)> {
    let forwarded = around.first("forwarded", ns::FORWARDING)?;
    Some((forwarded.first("message", ns::CLIENT)?, forwarded))
}

/// Cuts to what a message may have; services let longer ones through than this client can send.
fn cut(text: &str) -> &str {
    let mut units = 0;
    let too_long = text.char_indices().find(|(_, char)| {
        units += char.len_utf16();
        units > MESSAGE_MAX
    });
    too_long.map_or(text, |(end, _)| text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml;

    fn own() -> BareJid {
        BareJid::parse("alice@localhost").unwrap()
    }

    fn check(inner: &str) -> Option<Words> {
        let text = format!("<message xmlns='jabber:client' type='chat' id='1'>{inner}</message>");
        read(&xml::read(&text).unwrap(), &own())
    }

    #[test]
    fn what_is_written_is_read() {
        let text = MessageText::parse("<b>&\"'\n\u{202e} two").unwrap();
        let written = write(&own(), "x.1", &text);
        let read = read(&xml::read(&written.to_string()).unwrap(), &own()).unwrap();
        assert_eq!((read.text, read.id.as_deref(), read.is_unique), (text, Some("x.1"), true));
        assert!(read.wants_receipt);
        let to = Jid::parse("bob@localhost/pc").unwrap();
        assert_eq!(receipt_of(&receipt(&to, "y", "x.1")), Some("x.1"));
    }

    #[test]
    fn markup_is_not_read_and_what_has_no_text_is_nothing() {
        let markup = "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'><b>evil</b></body></html>";
        assert_eq!(check(markup), None);
        assert_eq!(check(&format!("{markup}<body>plain</body>")).unwrap().text.as_str(), "plain");
        assert_eq!(check("<body/>"), None);
        assert_eq!(check("<body> \n</body>"), None);
        for kind in ["groupchat", "error", "nonsense"] {
            let text =
                format!("<message xmlns='jabber:client' type='{kind}'><body>x</body></message>");
            assert_eq!(read(&xml::read(&text).unwrap(), &own()), None, "{kind}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut_and_ids_are_bounded() {
        let words = check(&format!("<body>{}</body>", "😀".repeat(9_000))).unwrap();
        assert_eq!(words.text.as_str().chars().count(), MESSAGE_MAX / 2);
        let long = "x".repeat(MESSAGE_ID_MAX + 1);
        let words =
            check(&format!("<body>x</body><origin-id xmlns='urn:xmpp:sid:0' id='{long}'/>"))
                .unwrap();
        assert_eq!((words.id.as_deref(), words.is_unique), (Some("1"), false));
    }

    #[test]
    fn only_the_own_archive_gives_ids() {
        let id = |by: &str| {
            check(&format!("<body>x</body><stanza-id xmlns='urn:xmpp:sid:0' by='{by}' id='7'/>"))
                .unwrap()
                .archived_as
        };
        assert_eq!(id("alice@localhost").as_deref(), Some("7"));
        for by in ["bob@localhost", "localhost", "alice@localhost/pc", ""] {
            assert_eq!(id(by), None, "{by}");
        }
    }

    #[test]
    fn what_xml_cannot_carry_is_left_out() {
        let text = MessageText::parse("a\u{0}b\u{fffe}").unwrap();
        assert_eq!(writable(&text).unwrap().as_str(), "ab");
        assert_eq!(writable(&MessageText::parse("\u{1}").unwrap()), None);
    }
}
