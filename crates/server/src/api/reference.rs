//! docs/API.md, made from the description of the API; and what must hold of the description. Only in tests.

use std::{fmt::Write, fs, path::Path};

use serde_json::{Map, Value};

use crate::api::{self, problem::Kind};

#[test]
fn the_reference_is_made_from_the_description() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/API.md");
    let fresh = reference(&description());
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == fresh,
        "docs/API.md is out of date: run BLESS=1 cargo test -p mistatus-server reference"
    );
}

#[test]
fn every_route_is_described_with_its_scope_and_its_problems() {
    let described = description();
    assert_eq!(described["openapi"], "3.1.0");
    let mut count = 0;
    for (path, method, operation) in operations(&described) {
        let place = format!("{method} {path}");
        count += 1;
        let mut expected = vec!["403"];
        if scope(operation).is_some() {
            expected.extend(["401", "429", "431", "503"]);
        }
        if path.contains('{') || !operation["requestBody"].is_null() {
            expected.push("400");
        }
        if !operation["requestBody"].is_null() {
            expected.extend(["413", "415"]);
        }
        let responses = operation["responses"].as_object().unwrap();
        for status in expected {
            assert!(responses.contains_key(status), "{place} does not tell of {status}");
        }
        for (status, response) in responses {
            assert!(!text(&response["description"]).is_empty(), "{place} {status}");
            // What is too large for a head was not read by any route.
            if status.as_str() >= "400" && status != "431" {
                let schema = &response["content"]["application/problem+json"]["schema"];
                assert_eq!(schema["$ref"], "#/components/schemas/Problem", "{place} {status}");
            }
        }
        for field in ["summary", "description", "operationId"] {
            assert!(!text(&operation[field]).is_empty(), "{place} has no {field}");
        }
    }
    // Routes come in with their description only.
    let source = include_str!("../api.rs");
    let routes = source.split("routes!(").skip(1).filter_map(|rest| rest.split(')').next());
    assert_eq!(count, routes.map(|routes| routes.split(',').count()).sum::<usize>());
    // But for that of somebody called `query`, which is described as one of `/presence/{name}`.
    let others = source.replace(".route(\"/presence/query\"", "");
    assert!(!others.contains(".route(") && !others.contains(".nest("));
}

#[test]
fn schemas_that_are_named_are_there_and_take_no_unknown_fields() {
    let described = description();
    let text = described.to_string();
    let schemas = described["components"]["schemas"].as_object().unwrap();
    for name in
        text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next())
    {
        assert!(schemas.contains_key(name), "{name} is named and not described");
    }
    for (path, method, operation) in operations(&described) {
        if let Some(name) =
            operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                .as_str()
                .and_then(|name| name.rsplit('/').next())
        {
            let unknown = &schemas[name]["additionalProperties"];
            assert_eq!(*unknown, Value::Bool(false), "{method} {path}: {name}");
        }
    }
}

/// Attributes take numbers only, and the introduction is a text.
#[test]
fn limits_are_described_as_they_are() {
    use mistatus_core::limits::{CLAIM_AHEAD_MAX, NOTE_MAX};

    use crate::limits::{
        API_BODY_MAX, API_COMMENT_EVERY, API_NAMES_MAX, API_NAMES_PER_REQUEST, API_RATE,
        API_STREAMS_PER_KEY, REQUEST_HEAD_MAX,
    };
    let described = description();
    let property = |object: &str, field: &str, limit: &str| {
        let schema = &described["components"]["schemas"][object]["properties"][field];
        schema[limit].as_u64()
    };
    assert_eq!(property("PresenceQuery", "names", "maxItems"), Some(API_NAMES_MAX as u64));
    for object in ["Presence", "ClaimToMake", "Choice"] {
        assert_eq!(property(object, "note", "maxLength"), Some(NOTE_MAX as u64), "{object}");
    }
    let page = reference(&described);
    let thousands = |number: u32| format!("{},{:03}", number / 1_000, number % 1_000);
    for words in [
        format!("at most {} MiB", API_BODY_MAX >> 20),
        format!("has more than {} KiB", REQUEST_HEAD_MAX >> 10),
        format!("has at most {} KiB", REQUEST_HEAD_MAX >> 10),
        format!("ask {} times at once", thousands(API_RATE.burst)),
        format!("and {} times a second", thousands(API_RATE.per_second)),
        format!("{API_NAMES_PER_REQUEST} names count as one request more"),
        format!("There may be {API_STREAMS_PER_KEY} streams"),
        format!("comes every {} seconds", API_COMMENT_EVERY.as_secs()),
        format!("at most {} days ahead", CLAIM_AHEAD_MAX.as_millis() / 86_400_000),
    ] {
        assert!(page.contains(&words), "{words:?} is missing in docs/API.md");
    }
}

fn description() -> Value {
    let described = serde_json::to_value(api::routes().into_openapi());
    sorted(described.expect("the description is JSON"))
}

/// Brings fields into the order of their names. Which order they have by themselves depends on what else is built:
/// another crate may turn on `preserve_order` of serde_json.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> =
                fields.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            fields.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Iterates over path, method and description of each route.
fn operations(described: &Value) -> impl Iterator<Item = (&str, String, &Value)> {
    let paths = described["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods
            .map(move |(method, operation)| (path.as_str(), method.to_ascii_uppercase(), operation))
    })
}

fn scope(operation: &Value) -> Option<&str> {
    let keys = operation["security"].as_array()?.iter().find_map(|one| one.get("serviceKey"));
    keys?.get(0)?.as_str()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn reference(described: &Value) -> String {
    let mut page = format!(
        "# HTTP API\n\n<!-- Made from the types of crates/server/src/api by `BLESS=1 cargo test -p mistatus-server \
         reference`. -->\n\n{}\n",
        text(&described["info"]["description"]).trim_end()
    );
    for tag in described["tags"].as_array().into_iter().flatten() {
        let name = text(&tag["name"]);
        page += &format!("\n## {name}\n\n{}\n", sentences(text(&tag["description"])));
        for (path, method, operation) in operations(described) {
            if operation["tags"][0] == name {
                page += &route(path, &method, operation);
            }
        }
    }
    page += "\n## Objects\n";
    for (name, schema) in described["components"]["schemas"].as_object().into_iter().flatten() {
        page += &object(name, schema);
    }
    page += "\n## Problems\n\nThe `type` of a problem is the address of one of these headings.\n";
    for kind in Kind::ALL {
        let (status, name, title) = kind.facts();
        page += &format!("\n### {name}\n\n{title}: status {}.\n", status.as_u16());
    }
    page
}

fn route(path: &str, method: &str, operation: &Value) -> String {
    let mut page = format!("\n### {}\n\n`{method} /api/v1{path}`\n", text(&operation["summary"]));
    match scope(operation) {
        Some(scope) => page += &format!("with the scope `{scope}`.\n"),
        None => page += "without a key.\n",
    }
    page += &format!("\n{}\n", sentences(text(&operation["description"])));
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let rows: String = parameters
        .map(|parameter| {
            let name = text(&parameter["name"]);
            let place = text(&parameter["in"]);
            let what = cell(text(&parameter["description"]));
            format!("| `{name}` | {place} | {} | {what} |\n", kind(&parameter["schema"]))
        })
        .collect();
    if !rows.is_empty() {
        page += &format!("\n| parameter | in | type | |\n|---|---|---|---|\n{rows}");
    }
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        page += &format!("\nBody: {}.\n", kind(body));
    }
    page += "\n| answer | body | |\n|---|---|---|\n";
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let content = response["content"].as_object().into_iter().flatten().next();
        let body = content.map(|(_, content)| kind(&content["schema"])).unwrap_or_default();
        let headers = response["headers"].as_object().map(headers).unwrap_or_default();
        let what = cell(text(&response["description"]));
        page += &format!("| {status} | {body} | {what}{headers} |\n");
    }
    page
}

fn headers(headers: &Map<String, Value>) -> String {
    let each = headers
        .iter()
        .map(|(name, header)| format!(" `{name}`: {}", cell(text(&header["description"]))));
    each.collect()
}

fn object(name: &str, schema: &Value) -> String {
    let mut page = format!("\n### {name}\n");
    let description = text(&schema["description"]);
    if !description.is_empty() {
        page += &format!("\n{}\n", sentences(description));
    }
    let Some(properties) = schema["properties"].as_object() else {
        return page + &format!("\n{}\n", kind(schema));
    };
    page += "\n| field | type | |\n|---|---|---|\n";
    let required = schema["required"].as_array();
    for (field, schema) in properties {
        let is_required = required.is_some_and(|all| all.iter().any(|one| one == field));
        let absent = if is_required { "" } else { ", or absent" };
        let what = cell(text(&schema["description"]));
        page += &format!("| `{field}` | {}{absent} | {what} |\n", kind(schema));
    }
    page
}

/// Says of which type something is, and within which limits.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return format!("[{name}](#{})", name.to_lowercase());
    }
    let several = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(several) = several.or(schema["allOf"].as_array()) {
        return several.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<_> = values.iter().map(|value| format!("`{}`", plain(value))).collect();
        return values.join(", ");
    }
    let mut kind = match &schema["type"] {
        Value::String(name) if name == "array" => {
            format!("list of {}", self::kind(&schema["items"]))
        }
        Value::String(name) => name.clone(),
        Value::Array(names) => {
            names.iter().map(text).filter(|name| *name != "null").collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".to_owned(),
    };
    for (limit, words) in
        [("maxLength", "at most {} characters"), ("maxItems", "at most {} of them")]
    {
        if let Some(number) = schema[limit].as_u64() {
            let _ = write!(kind, ", {}", words.replace("{}", &number.to_string()));
        }
    }
    kind
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Joins lines, so that the text fits into a cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Puts each sentence on a line, in paragraphs.
fn sentences(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| cell(paragraph).replace(". ", ".\n"));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}
