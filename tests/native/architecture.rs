//! The one-way dependencies of docs/ARCHITECTURE.md, from `cargo metadata` and from `use` lines.

use std::{collections::BTreeMap, process::Command};

use serde_json::Value;

use crate::sources;

/// Which of our packages each of them may depend on; a package that is not in the table fails.
const MAY_DEPEND_ON: [(&str, &[&str]); 8] = [
    ("mistatus-core", &[]),
    ("mistatus-json", &["mistatus-core"]),
    ("mistatus-xmpp", &["mistatus-core"]),
    ("mistatus-hub", &["mistatus-core"]),
    ("mistatus-server", &["mistatus-core", "mistatus-hub", "mistatus-json"]),
    ("mistatus", &["mistatus-core", "mistatus-json", "mistatus-xmpp"]),
    ("mistatus-testkit", &["mistatus-core", "mistatus-hub", "mistatus-json"]),
    ("xtask", &[]),
];

/// Only for tests: may be a dev-dependency of everybody.
const FOR_TESTS: &str = "mistatus-testkit";

/// What a sans-IO crate has no use for.
const IMPURE: [&str; 9] = [
    "getrandom",
    "gloo-net",
    "js-sys",
    "rand",
    "serde",
    "serde_json",
    "tokio",
    "wasm-bindgen",
    "web-sys",
];

#[test]
fn packages_depend_one_way() {
    let table = BTreeMap::from(MAY_DEPEND_ON);
    let packages = packages();
    let ours: Vec<_> = packages.iter().map(|package| package.name.as_str()).collect();
    for package in &packages {
        let allowed = table.get(package.name.as_str()).unwrap_or_else(|| {
            panic!("{} is not in the table of dependencies: decide where it stands", package.name)
        });
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            let is_fine = !ours.contains(&name)
                || allowed.contains(&name)
                || (dependency.is_dev && name == FOR_TESTS);
            assert!(is_fine, "{} must not depend on {name}; it may on {allowed:?}", package.name);
        }
    }
    let missing: Vec<_> = table.keys().filter(|name| !ours.contains(name)).collect();
    assert!(missing.is_empty(), "the table names packages that do not exist: {missing:?}");
}

#[test]
fn pure_packages_depend_on_nothing_impure() {
    for package in packages() {
        if !matches!(package.name.as_str(), "mistatus-core" | "mistatus-hub" | "mistatus-xmpp") {
            continue;
        }
        for dependency in package.dependencies.iter().filter(|dependency| !dependency.is_dev) {
            assert!(
                !IMPURE.contains(&dependency.name.as_str()),
                "{} must not depend on {}: it does no input and output of its own",
                package.name,
                dependency.name
            );
        }
    }
}

#[test]
fn only_the_widget_knows_the_browser() {
    for package in packages().iter().filter(|package| package.name != "mistatus") {
        for dependency in &package.dependencies {
            assert!(
                !matches!(
                    dependency.name.as_str(),
                    "wasm-bindgen" | "web-sys" | "js-sys" | "leptos"
                ),
                "{} must not depend on {}: only the widget does",
                package.name,
                dependency.name
            );
        }
    }
}

#[test]
fn nobody_asks_for_the_time_or_for_chance_inside_the_pure_crates() {
    for source in sources::all() {
        if !["crates/core/src/", "crates/hub/src/", "crates/json/src/", "crates/xmpp/src/"]
            .iter()
            .any(|folder| source.path.starts_with(folder))
        {
            continue;
        }
        for word in
            ["Instant::now", "SystemTime", "thread::sleep", "std::net", "std::fs", "HashMap"]
        {
            assert!(!source.text.contains(word), "{} must not use {word}", source.path);
        }
    }
}

#[test]
fn modules_of_the_widget_keep_to_their_rooms() {
    // The wrappers are for Leptos applications, which hand them a connection; the views know none.
    let rules: [(&str, &[&str], &[&str]); 3] = [
        ("src/ui", &["crate::shell", "crate::api", "crate::element"], &["src/ui/wrappers.rs"]),
        (
            "src/model",
            &["crate::shell", "crate::ui", "crate::api", "crate::element", "web_sys"],
            &[],
        ),
        ("src/shell", &["crate::ui", "crate::api", "crate::element"], &[]),
    ];
    for source in sources::all() {
        for (room, forbidden, exceptions) in &rules {
            let is_inside =
                source.path == format!("{room}.rs") || source.path.starts_with(&format!("{room}/"));
            if !is_inside
                || source.extension() != "rs"
                || exceptions.contains(&source.path.as_str())
            {
                continue;
            }
            for word in *forbidden {
                assert!(!source.text.contains(word), "{} must not use {word}", source.path);
            }
        }
    }
}

#[test]
fn only_api_and_element_export_to_javascript() {
    for source in sources::all() {
        let may = ["src/api", "src/element"].iter().any(|room| source.path.starts_with(room));
        if source.path.starts_with("src/") && source.extension() == "rs" && !may {
            assert!(
                !source.text.contains("#[wasm_bindgen"),
                "{} must export nothing to JavaScript",
                source.path
            );
        }
    }
}

struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    is_dev: bool,
}

fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--locked", "--offline"])
        .current_dir(sources::root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo answers JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().expect("there are packages");
    packages
        .iter()
        .map(|package| Package {
            name: text(&package["name"]),
            dependencies: package["dependencies"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|dependency| Dependency {
                    name: text(&dependency["name"]),
                    is_dev: dependency["kind"] == "dev",
                })
                .collect(),
        })
        .collect()
}
