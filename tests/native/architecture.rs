//! The one-way dependencies of docs/ARCHITECTURE.md, from `cargo metadata` and from what the sources name.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::{Value, json};

use crate::{
    paths,
    sources::{self, Source},
};

/// Which of our packages each of them may depend on; a package that is not in the table fails.
const MAY_DEPEND_ON: [(&str, &[&str]); 9] = [
    ("mistatus-core", &[]),
    ("mistatus-json", &["mistatus-core"]),
    ("mistatus-xmpp", &["mistatus-core"]),
    ("mistatus-hub", &["mistatus-core"]),
    ("mistatus-server", &["mistatus-core", "mistatus-hub", "mistatus-json"]),
    ("mistatus", &["mistatus-core", "mistatus-json", "mistatus-xmpp"]),
    ("mistatus-widget", &["mistatus", "mistatus-core"]),
    ("mistatus-testkit", &["mistatus-core", "mistatus-hub", "mistatus-json"]),
    ("xtask", &[]),
];

/// Only for tests: may be a dev-dependency of everybody.
const FOR_TESTS: &str = "mistatus-testkit";

/// The sans-IO crates, by their folders.
const PURE: [&str; 4] = ["core", "hub", "json", "xmpp"];

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
        if !PURE.iter().any(|room| package.name == format!("mistatus-{room}")) {
            continue;
        }
        for dependency in package.dependencies.iter().filter(|dependency| !dependency.is_dev) {
            // The codec is what serializes.
            let is_codec = package.name == "mistatus-json"
                && matches!(dependency.name.as_str(), "serde" | "serde_json");
            assert!(
                is_codec || !IMPURE.contains(&dependency.name.as_str()),
                "{} must not depend on {}: it does no input and output of its own",
                package.name,
                dependency.name
            );
        }
    }
}

#[test]
fn only_the_library_and_the_widget_know_the_browser() {
    let is_elsewhere =
        |package: &&Package| !matches!(package.name.as_str(), "mistatus" | "mistatus-widget");
    for package in packages().iter().filter(is_elsewhere) {
        for dependency in &package.dependencies {
            assert!(
                !matches!(
                    dependency.name.as_str(),
                    "wasm-bindgen" | "web-sys" | "js-sys" | "leptos"
                ),
                "{} must not depend on {}: only the library and the widget do",
                package.name,
                dependency.name
            );
        }
    }
}

/// Clippy keeps clocks, sleep and random order out, function by function: this is that it is asked to.
#[test]
fn clippy_keeps_clocks_and_chance_out_of_the_pure_crates() {
    let text = sources::read("crates/core/clippy.toml");
    for word in ["std::time::Instant::now", "std::thread::sleep", "std::collections::HashMap"] {
        assert!(text.contains(word), "crates/core/clippy.toml must refuse {word}");
    }
    for package in PURE {
        let path = format!("crates/{package}/clippy.toml");
        assert!(sources::read(&path) == text, "{path} must be that of crates/core");
    }
    // Lifting it is for tests against real services.
    for source in sources::all() {
        let is_pure =
            PURE.iter().any(|room| source.path.starts_with(&format!("crates/{room}/src")));
        assert!(
            !is_pure || !source.text.contains("clippy::disallowed"),
            "{} must not lift what clippy.toml refuses",
            source.path
        );
    }
}

/// What must not be named in a room: itself, what is in it, and globs that reach it.
const MUST_NOT_NAME: [(&str, &[&str]); 8] = [
    // What clippy cannot refuse as a whole.
    ("crates/core/src", &INPUT_AND_OUTPUT),
    ("crates/hub/src", &INPUT_AND_OUTPUT),
    ("crates/json/src", &INPUT_AND_OUTPUT),
    ("crates/xmpp/src", &INPUT_AND_OUTPUT),
    // Takes signals, draws, and knows no connection.
    (
        "src/ui",
        &[
            "crate::shell",
            "crate::components",
            "gloo_net",
            "web_sys::WebSocket",
            "web_sys::Storage",
        ],
    ),
    // Core events in, signals out.
    (
        "src/model",
        &[
            "crate::shell",
            "crate::ui",
            "crate::components",
            "gloo_events",
            "gloo_net",
            "gloo_timers",
            "js_sys",
            "wasm_bindgen",
            "web_sys",
        ],
    ),
    // Draws nothing.
    ("src/shell", &["crate::ui", "crate::components"]),
    // What is here is in the first WebAssembly file, the views of list and conversation are in the second.
    (
        "crates/widget/src",
        &[
            "mistatus::components",
            "mistatus::ContactList",
            "mistatus::Conversation",
            "mistatus::ui::ContactListView",
            "mistatus::ui::ConversationView",
            "mistatus::ui::conversation",
            "mistatus::ui::list::ContactListView",
            "mistatus::ui::list::ListHandle",
        ],
    ),
];

const INPUT_AND_OUTPUT: [&str; 5] =
    ["std::fs", "std::io", "std::net", "std::process", "std::thread"];

const MAY_NAME_ANYTHING: [(&str, &str); 2] = [
    ("crates/json/src/schema.rs", "a test, which writes the schema's file"),
    ("crates/widget/src/element/people/split.rs", "the beginning of the second WebAssembly file"),
];

#[test]
fn modules_keep_to_their_rooms() {
    let mut read = BTreeSet::new();
    let mut wrong = Vec::new();
    for source in sources::all().iter().filter(|source| source.extension() == "rs") {
        if MAY_NAME_ANYTHING.iter().any(|(path, _)| source.path == *path) {
            continue;
        }
        for (room, forbidden) in MUST_NOT_NAME.iter().filter(|(room, _)| is_inside(source, room)) {
            read.insert(*room);
            for path in paths::named(&source.path, &source.text) {
                if let Some(place) = forbidden.iter().find(|place| paths::is_in(&path, place)) {
                    wrong.push(format!(
                        "{} names {path}: {room} must not name {place}",
                        source.path
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(read.len(), MUST_NOT_NAME.len(), "rooms without files: only {read:?} have some");
    for (path, reason) in MAY_NAME_ANYTHING {
        assert!(sources::root().join(path).exists(), "{path} ({reason}) does not exist");
    }
}

/// `crate::ContactList` would be another name of what is in a room: lib.rs is for those outside.
#[test]
fn the_library_names_its_own_by_their_rooms() {
    let rooms = ["components", "model", "shell", "ui"];
    for source in sources::all().iter().filter(|source| is_inside(source, "src")) {
        if source.extension() != "rs" || source.path == "src/lib.rs" {
            continue;
        }
        for path in paths::named(&source.path, &source.text) {
            let name = path.strip_prefix("crate::").and_then(|rest| rest.split("::").next());
            assert!(
                name.is_none_or(|name| rooms.contains(&name)),
                "{} names {path}: say in which room it is",
                source.path
            );
        }
    }
}

#[test]
fn only_api_and_element_of_the_widget_export_to_javascript() {
    let may = ["crates/widget/src/api", "crates/widget/src/element"];
    for source in sources::all() {
        let is_ours = ["src/", "crates/"].iter().any(|room| source.path.starts_with(room));
        if is_ours
            && source.extension() == "rs"
            && !may.iter().any(|room| source.path.starts_with(room))
        {
            assert!(
                !source.text.contains("#[wasm_bindgen"),
                "{} must export nothing to JavaScript",
                source.path
            );
        }
    }
}

/// Leptos applications have an allocator of their own, and cargo leaves link-time optimisation out where a cdylib and
/// an rlib are built together.
#[test]
fn the_library_is_a_library_and_the_widget_is_nothing_else() {
    for source in sources::all() {
        if source.path.starts_with("src/") {
            assert!(!source.text.contains("global_allocator"), "{} must not allocate", source.path);
        }
    }
    let kinds = |name: &str| {
        let package = metadata()["packages"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|package| package["name"] == name)
            .map(|package| package["targets"].clone());
        let targets = package.expect("the package is there");
        let targets = targets.as_array().cloned().unwrap_or_default();
        let libraries = targets.iter().filter(|target| target["kind"] != json!(["test"]));
        libraries.map(|target| target["crate_types"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(kinds("mistatus"), [json!(["lib"])]);
    assert_eq!(kinds("mistatus-widget"), [json!(["cdylib"])]);
}

/// Whether a file is a module of this path, or inside of it.
fn is_inside(source: &Source, room: &str) -> bool {
    let rest = source.path.strip_prefix(room);
    rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    is_dev: bool,
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--locked", "--offline"])
        .current_dir(sources::root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo answers JSON")
}

fn packages() -> Vec<Package> {
    let metadata = metadata();
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

/// A module below another may name what is above it: it is a part of that. Apart from that a module can be read without
/// those that name it.
#[test]
fn no_modules_name_each_other_in_a_circle() {
    for room in ["crates/core/src", "crates/hub/src", "crates/json/src", "crates/xmpp/src"] {
        let sources: Vec<_> =
            sources::all().into_iter().filter(|source| is_product(source, room)).collect();
        let modules: BTreeSet<_> =
            sources.iter().map(|source| paths::module(&source.path)).collect();
        let mut names = BTreeMap::<_, BTreeSet<_>>::new();
        for source in &sources {
            let module = paths::module(&source.path);
            let named = paths::named(&source.path, &source.text);
            let others = named.iter().filter_map(|path| {
                modules
                    .iter()
                    .filter(|other| paths::is_in(path, other))
                    .max_by_key(|other| other.len())
            });
            let others = others.filter(|other| !paths::is_in(&module, other));
            names.entry(module.clone()).or_default().extend(others.cloned());
        }
        for module in &modules {
            let mut reached = BTreeSet::new();
            let mut next: Vec<_> = names[module].iter().collect();
            while let Some(other) = next.pop() {
                if reached.insert(other) {
                    next.extend(&names[other]);
                }
            }
            let circle: Vec<_> = reached
                .iter()
                .filter(|other| {
                    reached.contains(module) && names[**other].iter().any(|of| reached.contains(of))
                })
                .collect();
            assert!(
                !reached.contains(module),
                "{room}: {module} is named by what it names: {circle:?}"
            );
        }
    }
}

/// Whether a file is a module of the crate in that folder, and no test.
fn is_product(source: &Source, room: &str) -> bool {
    source.extension() == "rs"
        && is_inside(source, room)
        && !source.path.contains("/tests")
        && !MAY_NAME_ANYTHING.iter().any(|(path, _)| source.path == *path)
}
