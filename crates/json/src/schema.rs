//! JSON Schemas from the frame types, and the test that document, schemas and code agree.
//!
//! `BLESS=1 cargo test -p mistatus-json` writes docs/protocol/mistatus.v1.schema.json anew.

use std::{collections::BTreeSet, fs, path::PathBuf};

use mistatus_core::{dialect::Dialect, hresult::HResult};
use schemars::{Schema, generate::SchemaSettings};
use serde_json::{Value, json};

use crate::{JsonDialect, Text, frame, server};

fn docs(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(path)
}

fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let sides = [
        ("FromClient", "client", frame::client::schemas(&mut generator)),
        ("FromServer", "server", frame::server::schemas(&mut generator)),
    ];
    let mut defs = generator.take_definitions(true);
    for (side, prefix, frames) in sides {
        let mut references = Vec::new();
        for (kind, schema) in frames {
            let name = format!("{prefix}-{kind}");
            references.push(json!({ "$ref": format!("#/$defs/{name}") }));
            defs.insert(name, with_type(kind, schema));
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

/// Adds the field that serde writes for `#[serde(tag)]`, which schemars leaves out on structs.
fn with_type(kind: &str, schema: Schema) -> Value {
    let mut schema = schema.to_value();
    let properties = schema["properties"].take();
    let mut all = serde_json::Map::from_iter([("type".to_owned(), json!({ "const": kind }))]);
    all.extend(properties.as_object().cloned().unwrap_or_default());
    schema["properties"] = Value::Object(all);
    let mut required = vec![json!("type")];
    required.extend(schema["required"].as_array().cloned().unwrap_or_default());
    schema["required"] = Value::Array(required);
    schema
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
fn the_schema_file_is_that_of_the_types() {
    let path = docs("protocol/mistatus.v1.schema.json");
    let expect = format!("{}\n", serde_json::to_string_pretty(&schema()).expect("JSON"));
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(&path, &expect).expect("writable");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expect, "{} is not that of the types; run with BLESS=1", path.display());
}

#[test]
fn every_frame_type_has_a_schema_of_that_name() {
    let schema = schema();
    for (side, kinds) in
        [("FromClient", frame::client::KINDS), ("FromServer", frame::server::KINDS)]
    {
        let found: Vec<_> = fields(&schema, side).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(found, kinds);
    }
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
