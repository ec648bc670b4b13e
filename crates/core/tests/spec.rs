//! The vocabulary against the tables of the automation API specification, row by row.

use std::{collections::BTreeSet, path::Path};

use mistatus_core::{
    hresult::HResult,
    limits::{SIGNIN_NAME_MAX, SIGNIN_TIMEOUT},
    status::{MiStatus, Selectable},
};
use serde_json::Value;

fn spec() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/spec/automation-api.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("a copy of the tables"))
        .expect("JSON")
}

fn rows<'a>(spec: &'a Value, table: &str) -> &'a [Value] {
    let rows = spec[table].as_array().expect("a table");
    assert!(!rows.is_empty());
    rows
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().expect("a text")
}

#[test]
fn every_status_is_as_documented() {
    let spec = spec();
    let rows = rows(&spec, "mistatus");
    assert_eq!(rows.len(), MiStatus::ALL.len());
    for (row, status) in rows.iter().zip(MiStatus::ALL) {
        assert_eq!(status.name(), text(row, "name"));
        assert_eq!(Some(u64::from(status.number())), row["value"].as_u64(), "{status}");
        assert_eq!(status.is_online(), row["online"].as_bool().unwrap(), "{status}");
        assert_eq!(status.is_remote(), row["remote"].as_bool().unwrap(), "{status}");
        let selectable = match status.selectable() {
            Selectable::ByUser => "user",
            Selectable::Automatic => "automatic",
            Selectable::Transient => "transient",
            Selectable::Never => "none",
        };
        assert_eq!(selectable, text(row, "selectable"), "{status}");
        assert_eq!(MiStatus::from_number(status.number()), Some(status));
        assert_eq!(MiStatus::from_kebab(status.kebab()), Some(status));
        let folded = row.get("fold_to_wm").and_then(Value::as_str).unwrap_or(status.name());
        assert!(folded.ends_with(status.folded().name()), "{status} folds to {folded}");
    }
}

#[test]
fn attribute_names_are_the_documented_names_in_kebab_case() {
    for status in MiStatus::ALL {
        let name = status.name().trim_start_matches("MISTATUS_").trim_start_matches("LOCAL_");
        assert_eq!(status.kebab(), name.to_lowercase().replace('_', "-"));
    }
}

#[test]
fn numbers_outside_the_enumeration_are_no_status() {
    let known: BTreeSet<_> = MiStatus::ALL.map(MiStatus::number).into();
    for number in 0..=u16::MAX {
        assert_eq!(MiStatus::from_number(number).is_some(), known.contains(&number), "{number}");
    }
}

#[test]
fn what_a_user_can_choose_can_be_set_and_nothing_else() {
    for status in MiStatus::ALL {
        assert_eq!(status.is_settable(), status.selectable() == Selectable::ByUser, "{status}");
    }
}

#[test]
fn messages_name_the_statuses_that_can_be_set() {
    let settable = MiStatus::ALL.into_iter().filter(|status| status.is_settable());
    let numbers: Vec<_> = settable.map(|status| status.number().to_string()).collect();
    assert_eq!(MiStatus::SETTABLE_NUMBERS.replace(" and ", ", "), numbers.join(", "));
}

#[test]
fn every_result_code_is_as_documented() {
    let spec = spec();
    let rows = rows(&spec, "hresult");
    assert_eq!(rows.len(), HResult::TABLE.len());
    for (row, (name, code)) in rows.iter().zip(HResult::TABLE) {
        assert_eq!(*name, text(row, "name"));
        assert_eq!(format!("0x{:08X}", code.bits()), text(row, "value"), "{name}");
        assert_eq!(Some(i64::from(code.number())), row["int32"].as_i64(), "{name}");
        assert_eq!(HResult::from_number(code.number()), *code);
        assert_eq!(code.is_failure(), code.number() < 0);
        // Two codes of one number have one name: the first of the table.
        let first = HResult::TABLE.iter().find(|(_, other)| other == code).map(|(name, _)| *name);
        assert_eq!(code.name(), first);
    }
    assert_eq!(HResult::from_number(-1).name(), None);
}

#[test]
fn limits_are_as_documented() {
    let limits = &spec()["limits"];
    assert_eq!(limits["signinName"].as_u64(), Some(SIGNIN_NAME_MAX as u64));
    assert_eq!(
        limits["signinTimeoutSeconds"].as_u64().map(|s| s * 1000),
        Some(SIGNIN_TIMEOUT.as_millis())
    );
}
