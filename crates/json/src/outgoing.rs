//! A client's frames on their way out: one type for all of them.
//!
//! The types of [`crate::frame::client`] say what a frame holds, and a server reads by them. Printing each by an
//! implementation of its own costs a page 2 kB gzip more (docs/decisions/0003), and says the same.

use mistatus_core::{message::Token, signin_name::SigninName};
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

/// A JSON object under construction.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(&'static str, Field)>);

#[derive(Debug)]
enum Field {
    Text(String),
    Number(u64),
    Flag(bool),
    Names(Vec<SigninName>),
    Object(Fields),
}

impl Fields {
    /// Starts a frame of that type.
    pub(crate) fn of(kind: &'static str) -> Self {
        Self::default().text("type", Some(kind))
    }

    /// Adds a string; `None` is left out.
    pub(crate) fn text(mut self, name: &'static str, text: Option<&str>) -> Self {
        if let Some(text) = text {
            self.0.push((name, Field::Text(text.to_owned())));
        }
        self
    }

    /// Adds a number, at most 2^53 - 1; `None` is left out.
    pub(crate) fn number(mut self, name: &'static str, number: Option<u64>) -> Self {
        if let Some(number) = number {
            self.0.push((name, Field::Number(number)));
        }
        self
    }

    /// Adds a truth value.
    pub(crate) fn flag(mut self, name: &'static str, flag: bool) -> Self {
        self.0.push((name, Field::Flag(flag)));
        self
    }

    /// Adds a sign-in name as it was given.
    pub(crate) fn name(self, name: &SigninName) -> Self {
        self.text("name", Some(name.as_str()))
    }

    /// Adds a secret.
    pub(crate) fn token(self, token: &Token) -> Self {
        self.text("token", Some(token.reveal()))
    }

    /// Adds sign-in names as they were given.
    pub(crate) fn names(mut self, names: Vec<SigninName>) -> Self {
        self.0.push(("names", Field::Names(names)));
        self
    }

    /// Adds an object; `None` is left out.
    pub(crate) fn object(mut self, name: &'static str, object: Option<Self>) -> Self {
        if let Some(object) = object {
            self.0.push((name, Field::Object(object)));
        }
        self
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, field) in &self.0 {
            map.serialize_entry(name, field)?;
        }
        map.end()
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Names(names) => {
                let mut list = serializer.serialize_seq(Some(names.len()))?;
                for name in names {
                    list.serialize_element(name.as_str())?;
                }
                list.end()
            }
            Self::Object(fields) => fields.serialize(serializer),
        }
    }
}
