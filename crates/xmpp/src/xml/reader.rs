//! Text to elements: the part of XML 1.0 that XMPP allows (RFC 6120 §11), and no more.
//!
//! One element a text (RFC 7395 §3.3). No document type, no entities but the five, no comments, no processing
//! instructions. Reads in one pass without recursion; size, depth and attributes are bounded.

use core::fmt;
use std::sync::Arc;

use super::{Attribute, Element, Node};
use crate::{
    limits::{ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX, FRAME_MAX},
    ns,
};

/// The reason why a text is not an acceptable XML element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum XmlError {
    /// The text has too many bytes.
    TooLong {
        /// How many it has.
        size: usize,
        /// How many it may have.
        max: usize,
    },
    /// Elements are nested too deeply.
    TooDeep {
        /// How many levels there may be.
        max: usize,
    },
    /// There are too many elements.
    TooManyElements {
        /// How many there may be.
        max: usize,
    },
    /// An element has too many attributes.
    TooManyAttributes {
        /// How many there may be.
        max: usize,
    },
    /// The text ends within the element.
    Ended,
    /// Something follows the element, or stands before it.
    Outside,
    /// A document type, comment or processing instruction (RFC 6120 §11.1).
    Restricted,
    /// A reference to an entity other than the five, or to a character that may not be.
    Reference,
    /// A prefix that was not declared, or that may not be declared so.
    Prefix,
    /// An end tag that closes another element.
    Mismatch,
    /// Two attributes of one name.
    Duplicate,
    /// Anything else that is not well-formed.
    Malformed,
}

/// Reads the one element of a text.
///
/// # Errors
/// Why it is none, or goes beyond a limit.
pub fn read(text: &str) -> Result<Element, XmlError> {
    Reader::new(text)?.read()
}

/// Reads a document of its own, which may begin with an XML declaration and have blanks around its element.
///
/// # Errors
/// As [`read`].
pub fn read_document(text: &str) -> Result<Element, XmlError> {
    let mut text = text.trim_start_matches('\u{FEFF}');
    if let Some(rest) = text.strip_prefix("<?xml") {
        text = rest.split_once("?>").ok_or(XmlError::Ended)?.1;
    }
    read(text.trim_matches(is_blank))
}

struct Reader<'a> {
    rest: &'a str,
    /// Declared prefixes, innermost last.
    scopes: Vec<(&'a str, Arc<str>)>,
    /// Elements that are not closed yet.
    open: Vec<Open<'a>>,
    /// How many elements there were.
    elements: usize,
}

struct Open<'a> {
    element: Element,
    /// Name as it was written, for the end tag.
    written: &'a str,
    /// How many scopes there were outside.
    scopes: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Result<Self, XmlError> {
        if text.len() > FRAME_MAX {
            return Err(XmlError::TooLong { size: text.len(), max: FRAME_MAX });
        }
        Ok(Self { rest: text, scopes: Vec::new(), open: Vec::new(), elements: 0 })
    }

    fn read(mut self) -> Result<Element, XmlError> {
        let root = loop {
            if let Some(done) = self.step()? {
                break done;
            }
        };
        if self.rest.is_empty() { Ok(root) } else { Err(XmlError::Outside) }
    }

    /// Reads one tag or text; returns the outermost element once it is closed.
    fn step(&mut self) -> Result<Option<Element>, XmlError> {
        if self.take("</") {
            return self.end_tag();
        }
        if self.take("<![CDATA[") {
            let (text, rest) = self.rest.split_once("]]>").ok_or(XmlError::Ended)?;
            self.rest = rest;
            let mut resolved = String::new();
            resolve(text, Plain::Cdata, &mut resolved)?;
            return self.add_text(&resolved).map(|()| None);
        }
        if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
            return Err(XmlError::Restricted);
        }
        if self.take("<") {
            return self.start_tag();
        }
        if self.rest.is_empty() {
            return Err(XmlError::Ended);
        }
        let end = self.rest.find('<').unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        let mut resolved = String::new();
        resolve(text, Plain::Text, &mut resolved)?;
        self.add_text(&resolved).map(|()| None)
    }

    fn start_tag(&mut self) -> Result<Option<Element>, XmlError> {
        if self.open.len() >= DEPTH_MAX {
            return Err(XmlError::TooDeep { max: DEPTH_MAX });
        }
        self.elements += 1;
        if self.elements > ELEMENTS_MAX {
            return Err(XmlError::TooManyElements { max: ELEMENTS_MAX });
        }
        let written = self.name()?;
        let scopes = self.scopes.len();
        let mut raw: Vec<(&str, String)> = Vec::new();
        let is_empty = loop {
            let had_blank = self.skip_blanks();
            if self.take(">") {
                break false;
            }
            if self.take("/>") {
                break true;
            }
            if self.rest.is_empty() {
                return Err(XmlError::Ended);
            }
            if !had_blank {
                return Err(XmlError::Malformed);
            }
            if raw.len() >= ATTRIBUTES_MAX {
                return Err(XmlError::TooManyAttributes { max: ATTRIBUTES_MAX });
            }
            let (name, value) = self.attribute()?;
            if raw.iter().any(|(other, _)| *other == name) {
                return Err(XmlError::Duplicate);
            }
            raw.push((name, value));
        };
        self.declare(&raw)?;
        let mut element = Element::new("", "");
        let (prefix, name) = split(written)?;
        name.clone_into(&mut element.name);
        element.namespace = self.namespace(prefix)?;
        for (name, value) in raw {
            if name == "xmlns" || name.starts_with("xmlns:") {
                continue;
            }
            let (prefix, name) = split(name)?;
            // The default namespace is not that of attributes.
            let namespace =
                if prefix.is_empty() { Arc::default() } else { self.namespace(prefix)? };
            let is_double = element
                .attributes
                .iter()
                .any(|other| other.name == name && other.namespace == namespace);
            if is_double {
                return Err(XmlError::Duplicate);
            }
            element.attributes.push(Attribute { name: name.to_owned(), namespace, value });
        }
        self.open.push(Open { element, written, scopes });
        if is_empty { Ok(self.close()) } else { Ok(None) }
    }

    fn end_tag(&mut self) -> Result<Option<Element>, XmlError> {
        let written = self.name()?;
        self.skip_blanks();
        if !self.take(">") {
            return Err(if self.rest.is_empty() { XmlError::Ended } else { XmlError::Malformed });
        }
        match self.open.last() {
            Some(open) if open.written == written => Ok(self.close()),
            Some(_) => Err(XmlError::Mismatch),
            None => Err(XmlError::Outside),
        }
    }

    /// Closes the innermost element; returns it where it was the outermost one.
    fn close(&mut self) -> Option<Element> {
        let closed = self.open.pop()?;
        self.scopes.truncate(closed.scopes);
        match self.open.last_mut() {
            Some(parent) => {
                parent.element.children.push(Node::Element(closed.element));
                None
            }
            None => Some(closed.element),
        }
    }

    fn add_text(&mut self, text: &str) -> Result<(), XmlError> {
        let children = &mut self.open.last_mut().ok_or(XmlError::Outside)?.element.children;
        match children.last_mut() {
            _ if text.is_empty() => {}
            Some(Node::Text(last)) => last.push_str(text),
            _ => children.push(Node::Text(text.to_owned())),
        }
        Ok(())
    }

    fn attribute(&mut self) -> Result<(&'a str, String), XmlError> {
        let name = self.name()?;
        self.skip_blanks();
        if !self.take("=") {
            return Err(XmlError::Malformed);
        }
        self.skip_blanks();
        let quote = if self.take("'") {
            '\''
        } else if self.take("\"") {
            '"'
        } else {
            return Err(XmlError::Malformed);
        };
        let (raw, rest) = self.rest.split_once(quote).ok_or(XmlError::Ended)?;
        self.rest = rest;
        let mut value = String::with_capacity(raw.len());
        resolve(raw, Plain::Attribute, &mut value)?;
        Ok((name, value))
    }

    /// Brings the declarations of a start tag into scope (Namespaces in XML 1.0 §3).
    fn declare(&mut self, raw: &[(&'a str, String)]) -> Result<(), XmlError> {
        for (name, value) in raw {
            let Some(rest) = name.strip_prefix("xmlns") else { continue };
            let prefix = match rest.strip_prefix(':') {
                Some(prefix) => prefix,
                None if rest.is_empty() => "",
                None => continue,
            };
            let is_reserved = value == ns::XMLNS
                || prefix == "xmlns"
                || (prefix == "xml") != (value == ns::XML)
                || (!prefix.is_empty() && value.is_empty());
            if is_reserved {
                return Err(XmlError::Prefix);
            }
            self.scopes.push((prefix, value.as_str().into()));
        }
        Ok(())
    }

    fn namespace(&self, prefix: &str) -> Result<Arc<str>, XmlError> {
        if prefix == "xml" {
            return Ok(ns::XML.into());
        }
        match self.scopes.iter().rev().find(|(declared, _)| *declared == prefix) {
            Some((_, namespace)) => Ok(namespace.clone()),
            None if prefix.is_empty() => Ok(Arc::default()),
            None => Err(XmlError::Prefix),
        }
    }

    fn name(&mut self) -> Result<&'a str, XmlError> {
        let end = self.rest.find(|character| !is_name_char(character)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        if !name.starts_with(is_name_start) {
            return Err(if rest.is_empty() { XmlError::Ended } else { XmlError::Malformed });
        }
        self.rest = rest;
        Ok(name)
    }

    fn skip_blanks(&mut self) -> bool {
        let rest = self.rest.trim_start_matches(is_blank);
        let skipped = rest.len() != self.rest.len();
        self.rest = rest;
        skipped
    }

    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

/// Splits a written name into prefix and name.
fn split(written: &str) -> Result<(&str, &str), XmlError> {
    match written.split_once(':') {
        None => Ok(("", written)),
        Some((prefix, name))
            if !prefix.is_empty() && name.starts_with(is_name_start) && !name.contains(':') =>
        {
            Ok((prefix, name))
        }
        Some(_) => Err(XmlError::Prefix),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    Text,
    Cdata,
    Attribute,
}

/// Resolves references and normalises line ends and, in attributes, blanks (XML 1.0 §2.11, §3.3.3).
fn resolve(raw: &str, kind: Plain, into: &mut String) -> Result<(), XmlError> {
    if kind == Plain::Text && raw.contains("]]>") {
        return Err(XmlError::Malformed);
    }
    let mut rest = raw;
    while let Some(character) = rest.chars().next() {
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        match character {
            '&' if kind != Plain::Cdata => {
                let (name, after) = rest.split_once(';').ok_or(XmlError::Reference)?;
                into.push(referenced(name)?);
                rest = after;
            }
            '<' if kind == Plain::Attribute => return Err(XmlError::Malformed),
            '\r' => {
                rest = rest.strip_prefix('\n').unwrap_or(rest);
                into.push(if kind == Plain::Attribute { ' ' } else { '\n' });
            }
            '\n' | '\t' if kind == Plain::Attribute => into.push(' '),
            other if is_char(other) => into.push(other),
            _ => return Err(XmlError::Malformed),
        }
    }
    Ok(())
}

fn referenced(name: &str) -> Result<char, XmlError> {
    let number = |digits: &str, radix| {
        let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
        is_number.then(|| u32::from_str_radix(digits, radix).ok()).flatten()
    };
    let code = match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "apos" => return Ok('\''),
        "quot" => return Ok('"'),
        _ => match name.strip_prefix("#x") {
            Some(digits) => number(digits, 16),
            None => number(name.strip_prefix('#').ok_or(XmlError::Reference)?, 10),
        },
    };
    code.and_then(char::from_u32).filter(|found| is_char(*found)).ok_or(XmlError::Reference)
}

const fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// Whether an XML document may hold this character (XML 1.0 §2.2).
pub(crate) const fn is_char(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

const fn is_name_start(character: char) -> bool {
    matches!(character, ':' | 'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}'
        | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

const fn is_name_char(character: char) -> bool {
    is_name_start(character)
        || matches!(character, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { size, max } => {
                write!(f, "a text of the service has {size} bytes; at most {max} are read")
            }
            Self::TooDeep { max } => {
                write!(f, "a text of the service nests elements deeper than {max} levels")
            }
            Self::TooManyElements { max } => {
                write!(f, "a text of the service has more than {max} elements")
            }
            Self::TooManyAttributes { max } => {
                write!(f, "an element of the service has more than {max} attributes")
            }
            Self::Ended => write!(f, "a text of the service ends within an element"),
            Self::Outside => write!(f, "a text of the service must be exactly one element"),
            Self::Restricted => {
                write!(f, "document types, comments and instructions are not allowed in XMPP")
            }
            Self::Reference => {
                write!(f, "only the five entities of XML and allowed characters may be referred to")
            }
            Self::Prefix => write!(f, "a text of the service uses prefixes wrongly"),
            Self::Mismatch => write!(f, "an end tag of the service closes another element"),
            Self::Duplicate => write!(f, "an element of the service has an attribute twice"),
            Self::Malformed => write!(f, "a text of the service is not well-formed XML"),
        }
    }
}

impl core::error::Error for XmlError {}
