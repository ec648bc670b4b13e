//! Elements to text.

use core::fmt::{self, Display, Write};

use super::{Element, Node};
use crate::ns;

/// Writes the element with its namespace as the default one; no prefixes but `xml`.
impl Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(self, "", f)
    }
}

fn write(element: &Element, around: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "<{}", element.name)?;
    if *element.namespace != *around {
        f.write_str(" xmlns='")?;
        escape(&element.namespace, f)?;
        f.write_char('\'')?;
    }
    for attribute in &element.attributes {
        let prefix = if *attribute.namespace == *ns::XML { "xml:" } else { "" };
        // Nothing of ours has attributes of other namespaces.
        if attribute.namespace.is_empty() || !prefix.is_empty() {
            write!(f, " {prefix}{}='", attribute.name)?;
            escape(&attribute.value, f)?;
            f.write_char('\'')?;
        }
    }
    if element.children.is_empty() {
        return f.write_str("/>");
    }
    f.write_char('>')?;
    for child in &element.children {
        match child {
            Node::Element(child) => write(child, &element.namespace, f)?,
            Node::Text(text) => escape(text, f)?,
        }
    }
    write!(f, "</{}>", element.name)
}

/// Escapes for text and for attributes in either quotes; leaves out what no XML document may hold.
fn escape(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for character in text.chars() {
        match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '\'' => f.write_str("&apos;"),
            '"' => f.write_str("&quot;"),
            // A reader would turn them into line feeds and blanks.
            '\r' | '\n' | '\t' => write!(f, "&#{};", u32::from(character)),
            other if super::reader::is_char(other) => f.write_char(other),
            _ => Ok(()),
        }?;
    }
    Ok(())
}
