//! What stands in two places and must be the same in both.

use std::collections::{BTreeMap, BTreeSet};

use mistatus_core::{hresult::HResult, status::MiStatus};
use serde_json::Value;

use crate::sources::{all, read};

#[test]
fn one_version_of_wasm_bindgen_is_used_by_everybody() {
    let bindgen = locked("wasm-bindgen");
    assert_eq!(
        locked("wasm-bindgen-cli"),
        bindgen,
        "the program that binds must be of the library's version"
    );
}

#[test]
fn the_npm_package_has_the_version_of_the_workspace() {
    let package: Value =
        serde_json::from_str(&read("npm/package.json")).expect("npm/package.json is JSON");
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn one_repository_is_named_by_everybody() {
    let repository = env!("CARGO_PKG_REPOSITORY");
    let package: Value =
        serde_json::from_str(&read("npm/package.json")).expect("npm/package.json is JSON");
    assert_eq!(package["repository"]["url"], format!("git+{repository}.git"));
    let report = format!("{repository}/security/advisories/new");
    for path in [
        "SECURITY.md",
        ".github/ISSUE_TEMPLATE/bug_report.yml",
        ".github/ISSUE_TEMPLATE/config.yml",
    ] {
        assert!(read(path).contains(&report), "{path} must say where to report: {report}");
    }
}

#[test]
fn development_tools_are_pinned_exactly() {
    let packages: Value =
        serde_json::from_str(&read("package.json")).expect("package.json is JSON");
    for (name, version) in packages["devDependencies"].as_object().expect("there are tools") {
        let version = version.as_str().unwrap_or_default();
        assert!(
            version.split('.').count() == 3
                && version.starts_with(|first: char| first.is_ascii_digit()),
            "{name} is not pinned: {version}"
        );
    }
}

#[test]
fn javascript_has_the_statuses_of_core() {
    let expected: BTreeMap<_, _> = MiStatus::ALL
        .into_iter()
        .map(|status| {
            (status.name().trim_start_matches("MISTATUS_").to_owned(), i64::from(status.number()))
        })
        .collect();
    assert_eq!(constants("export const MISTATUS"), expected);
}

#[test]
fn javascript_has_the_results_of_core() {
    let expected: BTreeMap<_, _> = HResult::TABLE
        .iter()
        .map(|(name, code)| ((*name).to_owned(), i64::from(code.bits())))
        .collect();
    let mut constants = constants("export const HRESULT");
    // Two names that share a number are told apart by nobody; the facade may leave one out.
    for (name, bits) in &expected {
        if name.starts_with("SR_") {
            constants.entry(name.clone()).or_insert(*bits);
        }
    }
    assert_eq!(constants, expected);
}

#[test]
fn the_element_manifest_lists_the_parts_that_are_drawn() {
    let drawn: BTreeSet<_> = all()
        .into_iter()
        .filter(|source| source.path.starts_with("src/ui") && source.extension() == "rs")
        .flat_map(|source| {
            // In a view, or by hand.
            let texts =
                ["part=\"", "(\"part\", \""].map(|opening| source.text.split(opening).skip(1));
            let parts = texts.into_iter().flatten();
            parts.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect::<Vec<_>>()
        })
        .collect();
    let manifest: Value =
        serde_json::from_str(&read("npm/custom-elements.json")).expect("it is JSON");
    let listed: BTreeSet<_> = manifest["modules"]
        .as_array()
        .expect("there are modules")
        .iter()
        .flat_map(|module| module["declarations"].as_array().expect("there are declarations"))
        .flat_map(|declaration| declaration["cssParts"].as_array().into_iter().flatten())
        .map(|part| part["name"].as_str().expect("a part has a name").to_owned())
        .collect();
    assert_eq!(listed, drawn);
}

#[test]
fn what_comments_cite_of_the_design_is_there() {
    let design = read("docs/DESIGN.md");
    let places = numbered(&design);
    let mut count = 0;
    for source in all() {
        for place in citations(&source.text) {
            assert!(
                places.contains(&place),
                "{} cites section {place} of docs/DESIGN.md, which is not there",
                source.path
            );
            count += 1;
        }
    }
    assert!(count > 12, "only {count} citations are found");
}

#[test]
fn citations_of_the_design_are_read_with_their_rules() {
    // Put together here, so that this file cites nothing.
    let text =
        "(desi|gn §4.2). Desi|gn §2, §5; desi|gn §5, rules 1, 3 and\n/// 7: 8, RFC 7395 §3.1;
        a desi|gn of §9; desi|gn §6 draws 10,000";
    let found = citations(&text.replace('|', ""));
    assert_eq!(found, ["4.2", "2", "5", "5", "5 rule 1", "5 rule 3", "5 rule 7", "6"]);
    let places = numbered("## 5 Rules\n\n1. A.\n2. B.\n### 5.1 More\n## Words\n1. C.");
    assert_eq!(Vec::from_iter(places), ["5", "5 rule 1", "5 rule 2", "5.1"]);
}

/// Returns what a text cites of the design, as [`numbered`] writes it: sections, and rules of the last one.
fn citations(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let text = text.to_lowercase();
    // A comment may go on in the next line.
    let words: Vec<_> = text.split_whitespace().filter(|word| !word.starts_with("//")).collect();
    for at in (1..words.len()).filter(|at| words[at - 1].ends_with("design")) {
        let mut section = None;
        let mut in_rules = false;
        for word in &words[at..] {
            let number =
                word.trim_start_matches('§').trim_end_matches(|end: char| !end.is_ascii_digit());
            if word.starts_with('§') {
                (section, in_rules) = (Some(number), false);
                found.push(number.to_owned());
            } else if let Some(section) = section.filter(|_| in_rules && !number.is_empty()) {
                found.push(format!("{section} rule {number}"));
            } else if matches!(*word, "rule" | "rules") {
                in_rules = true;
            } else if *word != "and" {
                break;
            }
            if word.ends_with([')', '.', ':', ';']) {
                break;
            }
        }
    }
    found
}

/// Returns the numbers of a document's headings and, for lists below them, of their entries: `5`, `5 rule 2`, `5.1`.
fn numbered(text: &str) -> BTreeSet<String> {
    let is_number =
        |text: &str| !text.is_empty() && text.split('.').all(|part| part.parse::<u8>().is_ok());
    let mut found = BTreeSet::new();
    let mut section = None;
    for line in text.lines() {
        if line.starts_with('#') {
            let heading = line.trim_start_matches('#').trim_start();
            section = heading.split(' ').next().filter(|number| is_number(number));
            found.extend(section.map(ToOwned::to_owned));
        } else if let (Some(section), Some((number, _))) = (section, line.split_once(". "))
            && is_number(number)
        {
            found.insert(format!("{section} rule {number}"));
        }
    }
    found
}

/// Reads `NAME: 0x…,` lines of one object in www/js/automation/constants.js.
fn constants(opening: &str) -> BTreeMap<String, i64> {
    let text = read("www/js/automation/constants.js");
    let (_, rest) = text.split_once(opening).expect("the object is there");
    let (body, _) = rest.split_once("\n}").expect("it ends");
    body.lines()
        .filter_map(|line| line.trim().split_once(": 0x"))
        .map(|(name, value)| {
            let digits: String = value.chars().take_while(char::is_ascii_hexdigit).collect();
            (name.to_owned(), i64::from_str_radix(&digits, 16).expect("it is a number"))
        })
        .collect()
}

/// Returns the version of a package in Cargo.lock, of which there must be one.
fn locked(name: &str) -> String {
    let lock = read("Cargo.lock");
    let opening = format!("name = \"{name}\"\nversion = \"");
    let versions: Vec<_> = lock
        .split(opening.as_str())
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(ToOwned::to_owned)
        .collect();
    assert_eq!(versions.len(), 1, "Cargo.lock must hold one version of {name}: {versions:?}");
    versions.into_iter().next().unwrap_or_default()
}
