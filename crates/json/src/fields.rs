//! A JSON object on its way out: one type for all frames of both sides, without a copy of what it holds.
//!
//! Printing each frame by an implementation of its own costs a page 2 kB gzip more (docs/decisions/0003-size.md), and
//! says the same.

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

/// The fields of an object, in their order.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a>(Vec<(&'static str, Content<'a>)>);

/// The content of one field.
#[derive(Debug)]
pub(crate) enum Content<'a> {
    Text(&'a str),
    /// At most 2^53 - 1.
    Number(u64),
    Code(i32),
    Flag(bool),
    Texts(Vec<&'a str>),
    Object(Fields<'a>),
    Objects(Vec<Fields<'a>>),
}

impl<'a> Fields<'a> {
    /// Appends a field.
    pub(crate) fn push(&mut self, name: &'static str, content: Content<'a>) {
        self.0.push((name, content));
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, content) in &self.0 {
            map.serialize_entry(name, content)?;
        }
        map.end()
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Code(code) => serializer.serialize_i32(*code),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Texts(texts) => list(texts, serializer),
            Self::Object(fields) => fields.serialize(serializer),
            Self::Objects(objects) => list(objects, serializer),
        }
    }
}

fn list<T: Serialize, S: Serializer>(entries: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(entries.len()))?;
    for entry in entries {
        list.serialize_element(entry)?;
    }
    list.end()
}
