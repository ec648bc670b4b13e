//! Elements: read from a text, built, written. Knows namespaces, nothing of XMPP.
//!
//! Why there is a reader of our own: docs/decisions/0011-xml.md.

mod reader;
mod writer;

pub(crate) use reader::is_char;
pub use reader::{XmlError, read, read_document};

use std::sync::Arc;

/// An element with all its content. Names are expanded: prefixes are resolved to namespaces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Element {
    /// Name without prefix.
    pub name: String,
    /// Namespace; empty for none. Shared, for otherwise a long one with many elements would fill the memory.
    pub namespace: Arc<str>,
    /// Attributes in the order of the text, without declarations of namespaces.
    pub attributes: Vec<Attribute>,
    /// What is inside, in order.
    pub children: Vec<Node>,
}

/// An attribute of an element.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attribute {
    /// Name without prefix.
    pub name: String,
    /// Namespace; empty for an attribute without prefix.
    pub namespace: Arc<str>,
    /// Value with references resolved.
    pub value: String,
}

/// A child of an element.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Text with references resolved; never empty, never two in a row.
    Text(String),
}

impl Element {
    /// Makes an empty element.
    #[must_use]
    pub fn new(name: &str, namespace: &str) -> Self {
        Self {
            name: name.to_owned(),
            namespace: namespace.into(),
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Adds an attribute without namespace.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.attributes.push(Attribute {
            name: name.to_owned(),
            namespace: Arc::default(),
            value: value.to_owned(),
        });
        self
    }

    /// Adds an attribute where there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a child.
    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        self.children.push(Node::Element(child));
        self
    }

    /// Adds a child where there is one.
    #[must_use]
    pub fn child_some(self, child: Option<Self>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    /// Adds text; the empty text is nothing.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        if !text.is_empty() {
            match self.children.last_mut() {
                Some(Node::Text(last)) => last.push_str(text),
                _ => self.children.push(Node::Text(text.to_owned())),
            }
        }
        self
    }

    /// Whether this is the element of that name.
    #[must_use]
    pub fn is(&self, name: &str, namespace: &str) -> bool {
        self.name == name && *self.namespace == *namespace
    }

    /// Returns the value of an attribute without namespace.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name && attribute.namespace.is_empty())
            .map(|attribute| attribute.value.as_str())
    }

    /// Iterates over the elements inside, in order.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Returns the first child of that name.
    #[must_use]
    pub fn first(&self, name: &str, namespace: &str) -> Option<&Self> {
        self.elements().find(|element| element.is(name, namespace))
    }

    /// Returns the text directly inside.
    #[must_use]
    pub fn content(&self) -> String {
        self.children
            .iter()
            .filter_map(|node| match node {
                Node::Text(text) => Some(text.as_str()),
                Node::Element(_) => None,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
