//! JSON Schemas from the table of frames, and the test that document, schemas and code agree.
//!
//! `BLESS=1 cargo test -p mistatus-json` writes docs/protocol/mistatus.v1.schema.json anew.

use std::{collections::BTreeSet, fs, path::PathBuf};

use mistatus_core::{
    dialect::Dialect,
    hresult::HResult,
    message::{Command, Notice, Signal, Update},
};
use serde_json::{Map, Value, json};

use crate::{
    JsonDialect, Text,
    codec::Codec,
    server,
    table::{Frames, GreetingFields},
};

/// What a JSON value looks like.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Text,
    /// A whole number that is not negative, of so many bits.
    Whole(u8),
    /// A signed number of 32 bits.
    Code,
    Flag,
    Object(Box<Description>),
    List(Box<Shape>),
    /// May be left out.
    Optional(Box<Shape>),
    /// May be left out, or be `null`.
    Nullable(Box<Shape>),
}

/// The fields of an object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Description {
    name: Option<(&'static str, String)>,
    fields: Vec<(&'static str, Shape, String)>,
}

/// A frame: what it is called, what it says, and its fields.
pub(crate) struct FrameDescription {
    kind: &'static str,
    text: String,
    fields: Description,
}

impl Shape {
    pub(crate) fn object(describe: impl FnOnce(&mut Description)) -> Self {
        let mut fields = Description::default();
        describe(&mut fields);
        Self::Object(Box::new(fields))
    }

    pub(crate) fn list(self) -> Self {
        Self::List(Box::new(self))
    }

    pub(crate) fn optional(self) -> Self {
        Self::Optional(Box::new(self))
    }

    pub(crate) fn nullable(self) -> Self {
        Self::Nullable(Box::new(self))
    }

    fn is_required(&self) -> bool {
        !matches!(self, Self::Optional(_) | Self::Nullable(_))
    }

    /// Returns the schema; those of objects go into `defs` and are referred to.
    fn schema(&self, defs: &mut Map<String, Value>) -> Value {
        match self {
            Self::Text => json!({ "type": "string" }),
            Self::Whole(16) => {
                json!({ "type": "integer", "format": "uint16", "minimum": 0, "maximum": 65535 })
            }
            Self::Whole(bits) => {
                json!({ "type": "integer", "format": format!("uint{bits}"), "minimum": 0 })
            }
            Self::Code => json!({ "type": "integer", "format": "int32" }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Object(fields) => {
                let (name, text) = fields.name.clone().expect("an object has a name");
                let schema = fields.schema(&[], &text, defs);
                defs.insert(name.to_owned(), schema);
                json!({ "$ref": format!("#/$defs/{name}") })
            }
            Self::List(entry) => json!({ "type": "array", "items": entry.schema(defs) }),
            Self::Optional(shape) => shape.schema(defs),
            Self::Nullable(shape) => {
                let mut schema = shape.schema(defs);
                match schema.get_mut("type") {
                    Some(kind) => *kind = json!([kind.clone(), "null"]),
                    None => schema = json!({ "anyOf": [schema, { "type": "null" }] }),
                }
                schema
            }
        }
    }
}

impl Description {
    /// Names the object; objects whose fields stand among others' keep the name of those.
    pub(crate) fn named(&mut self, name: &'static str, text: &str) {
        self.name.get_or_insert_with(|| (name, text.trim().to_owned()));
    }

    pub(crate) fn field(&mut self, name: &'static str, shape: Shape, text: &str) {
        self.fields.push((name, shape, text.trim().to_owned()));
    }

    fn schema(&self, first: &[(&str, Value)], text: &str, defs: &mut Map<String, Value>) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (name, schema) in first {
            properties.insert((*name).to_owned(), schema.clone());
            required.push(json!(name));
        }
        for (name, shape, text) in &self.fields {
            let mut schema = shape.schema(defs);
            schema["description"] = json!(text);
            properties.insert((*name).to_owned(), schema);
            if shape.is_required() {
                required.push(json!(name));
            }
        }
        json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "description": text.trim(),
        })
    }
}

impl FrameDescription {
    pub(crate) fn new(
        kind: &'static str,
        text: &str,
        describe: impl FnOnce(&mut Description),
    ) -> Self {
        let mut fields = Description::default();
        describe(&mut fields);
        Self { kind, text: text.to_owned(), fields }
    }

    /// Puts a field before the others.
    fn with(mut self, name: &'static str, shape: Shape, text: &str) -> Self {
        self.fields.fields.insert(0, (name, shape, text.to_owned()));
        self
    }
}

fn docs(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(path)
}

/// All frames of both sides, with the fields that whole groups of them have.
fn frames() -> [(&'static str, &'static str, Vec<FrameDescription>); 2] {
    let text = "The first frame: says who the client is and proves it.";
    let signin = FrameDescription::new("signin", text, |into| GreetingFields.describe("", into));
    let commands = Command::describe()
        .into_iter()
        .map(|command| command.with("id", Shape::Whole(64), "Finds the outcome; at least 1."));
    let from_client = std::iter::once(signin).chain(commands).chain(Signal::describe());
    let updates = Update::describe().into_iter().map(|update| match update.kind {
        "outcome" => update.with(
            "seq",
            Shape::Whole(64).nullable(),
            "Number of this frame; absent where the request was refused before anything was done.",
        ),
        _ => update.with("seq", Shape::Whole(64), "Number of this frame."),
    });
    let from_server = Notice::describe().into_iter().chain(updates);
    [
        ("FromClient", "client", from_client.collect()),
        ("FromServer", "server", from_server.collect()),
    ]
}

fn schema() -> Value {
    let mut defs = Map::new();
    for (side, prefix, frames) in frames() {
        let mut references = Vec::new();
        for FrameDescription { kind, text, fields } in frames {
            let name = format!("{prefix}-{kind}");
            references.push(json!({ "$ref": format!("#/$defs/{name}") }));
            let schema = fields.schema(&[("type", json!({ "const": kind }))], &text, &mut defs);
            defs.insert(name, schema);
        }
        defs.insert(side.to_owned(), json!({ "oneOf": references }));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mistatus.v1",
        "description": "Frames of the event stream mistatus.v1; docs/PROTOCOL.md says what they mean.",
        "oneOf": [{ "$ref": "#/$defs/FromClient" }, { "$ref": "#/$defs/FromServer" }],
        "$defs": defs,
    })
}

/// Frame types with their fields, as the schema has them.
fn fields(schema: &Value, side: &str) -> Vec<(String, BTreeSet<String>)> {
    schema["$defs"][side]["oneOf"]
        .as_array()
        .expect("frames")
        .iter()
        .map(|frame| {
            let name =
                frame["$ref"].as_str().expect("a reference").rsplit('/').next().expect("a name");
            let properties = schema["$defs"][name]["properties"].as_object().expect("properties");
            let kind = properties["type"]["const"].as_str().expect("a frame names its type");
            let fields = properties.keys().filter(|field| *field != "type").cloned().collect();
            (kind.to_owned(), fields)
        })
        .collect()
}

#[test]
fn the_schema_file_is_that_of_the_table() {
    let path = docs("protocol/mistatus.v1.schema.json");
    let expect = format!("{}\n", serde_json::to_string_pretty(&schema()).expect("JSON"));
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(&path, &expect).expect("writable");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expect, "{} is not that of the table; run with BLESS=1", path.display());
}

#[test]
fn the_document_describes_every_frame_and_every_field() {
    let document = fs::read_to_string(docs("PROTOCOL.md")).expect("docs/PROTOCOL.md");
    let schema = schema();
    for (side, heading) in [("FromClient", "from the client"), ("FromServer", "from the server")] {
        for (kind, fields) in fields(&schema, side) {
            let title = format!("### `{kind}` {heading}\n");
            let start = document.find(&title).unwrap_or_else(|| panic!("no section {title:?}"));
            let section = &document[start + title.len()..];
            let section = &section
                [..section.find("\n### ").or(section.find("\n## ")).unwrap_or(section.len())];
            let described: BTreeSet<_> = section
                .lines()
                .filter_map(|line| line.strip_prefix("| `"))
                .filter_map(|line| line.split('`').next())
                .map(str::to_owned)
                .collect();
            assert_eq!(described, fields, "fields of {kind} {heading}");
        }
    }
    let entries = ["ContactEntry", "MyEntry"];
    for name in entries {
        for field in schema["$defs"][name]["properties"].as_object().expect("properties").keys() {
            assert!(
                document.contains(&format!("| `{field}` |")),
                "{field} of {name} is not described"
            );
        }
    }
}

#[test]
fn every_example_of_the_document_is_a_frame() {
    let document = fs::read_to_string(docs("PROTOCOL.md")).expect("docs/PROTOCOL.md");
    let mut examples = 0;
    for line in document.lines() {
        let (frame, from_client) = match line.split_once("{\"type\":") {
            Some(("C: ", rest)) => (format!("{{\"type\":{rest}"), true),
            Some(("S: ", rest)) => (format!("{{\"type\":{rest}"), false),
            _ => continue,
        };
        examples += 1;
        if from_client {
            server::decode(&frame).unwrap_or_else(|error| panic!("{frame}: {}", error.message));
        } else {
            let mut dialect = JsonDialect::<Text>::default();
            dialect.receive(&frame);
            dialect.poll_notice().expect("one").unwrap_or_else(|error| panic!("{frame}: {error}"));
        }
    }
    assert!(examples >= 20, "the document shows whole conversations, found {examples} frames");
}

#[test]
fn every_result_of_the_document_has_its_number() {
    let document = fs::read_to_string(docs("PROTOCOL.md")).expect("docs/PROTOCOL.md");
    let mut found = 0;
    for (name, code) in HResult::TABLE {
        let mark = format!("`{name}` (");
        for (at, _) in document.match_indices(&mark) {
            found += 1;
            let number = document[at + mark.len()..].split(')').next().expect("a closing bracket");
            assert_eq!(number, code.number().to_string(), "{name}");
        }
    }
    assert!(found >= 9, "found {found}");
}
