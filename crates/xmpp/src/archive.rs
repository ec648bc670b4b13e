//! What the service keeps of conversations (XEP-0313), in pages (XEP-0059).

use mistatus_core::{limits::FETCH_MESSAGES_MAX, time::UnixMs};

use crate::{jid::BareJid, messages, ns, stanza, xml::Element};

/// A message of the archive.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// For which query.
    pub query: &'a str,
    /// What the archive calls it.
    pub id: &'a str,
    /// The message.
    pub message: &'a Element,
    /// When the archive took it.
    pub at: UnixMs,
}

/// The end of a page of results.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct End {
    /// Whether there is nothing before the page.
    pub is_complete: bool,
    /// The first message of the page; `None` for an empty one.
    pub first: Option<String>,
}

/// A page of the archive, by a message beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Page<'a> {
    /// The last one before a message; before none, the last of all.
    Before(&'a str),
    /// The first one after a message; after none, the first of all.
    After(&'a str),
    /// The last message alone.
    Last,
}

/// Whether an account has an archive, by its answer to [`stanza::disco_info`].
#[must_use]
pub fn is_offered(query: &Element) -> bool {
    stanza::has_feature(query, ns::ARCHIVE)
}

/// Asks for a page of messages, with somebody or with all; the id names the query too.
#[must_use]
pub fn query(id: &str, with: Option<&BareJid>, page: Page<'_>) -> Element {
    let value = |text: &str| Element::new("value", ns::FORMS).text(text);
    let field = |name: &str| Element::new("field", ns::FORMS).with("var", name);
    let form = Element::new("x", ns::FORMS)
        .with("type", "submit")
        .child(field("FORM_TYPE").with("type", "hidden").child(value(ns::ARCHIVE)))
        .child_some(with.map(|with| field("with").child(value(&with.to_string()))));
    let (max, side, beside) = match page {
        Page::Before(message) => (FETCH_MESSAGES_MAX, "before", message),
        Page::After(message) => (FETCH_MESSAGES_MAX, "after", message),
        Page::Last => (1, "before", ""),
    };
    let page = Element::new("set", ns::PAGES)
        .child(Element::new("max", ns::PAGES).text(&max.to_string()))
        // What has nothing before it is the first page.
        .child_some((page != Page::After("")).then(|| Element::new(side, ns::PAGES).text(beside)));
    let query = Element::new("query", ns::ARCHIVE).with("queryid", id).child(form).child(page);
    stanza::iq("set", id, None, query)
}

/// Reads a message of the archive; `None` for what is none. The caller has made sure that the user's own account sent it.
#[must_use]
pub fn read(message: &Element, now: UnixMs) -> Option<Kept<'_>> {
    let result = message.first("result", ns::ARCHIVE)?;
    let (message, around) = messages::forwarded(result)?;
    Some(Kept {
        query: result.attribute("queryid")?,
        id: result.attribute("id")?,
        message,
        // The account says all of it.
        at: messages::stamp(around.first("delay", ns::DELAY)?, now)?,
    })
}

/// Reads the end of a page; `None` for what is none.
#[must_use]
pub fn end(answer: &Element) -> Option<End> {
    let end = answer.first("fin", ns::ARCHIVE)?;
    let first = end.first("set", ns::PAGES).and_then(|set| set.first("first", ns::PAGES));
    let first = first.map(Element::content).filter(|first| !first.is_empty());
    // A service that neither says that it is done nor where it began would be asked the same for ever.
    let is_complete = matches!(end.attribute("complete"), Some("true" | "1")) || first.is_none();
    Some(End { is_complete, first })
}
