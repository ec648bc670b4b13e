//! How files look: headers, lengths, names that exist, nothing of one particular machine.

use crate::sources::{self, Source};

/// Most lines of a file outside of the tests; aim for half of it.
const LINES_MAX: usize = 800;

#[test]
fn every_file_says_what_it_is() {
    for source in sources::all() {
        let openings: &[&str] = match source.extension() {
            "rs" => &["//!"],
            "js" | "mjs" | "ts" => &["// ", "/** "],
            "css" => &["/* "],
            "toml" if source.path.ends_with("Cargo.toml") => continue,
            "toml" => &["# "],
            _ => continue,
        };
        assert!(
            openings.iter().any(|opening| source.text.starts_with(opening)),
            "{} must open with a comment ({}) that says what it is and what it must not do",
            source.path,
            openings.join("or ")
        );
    }
}

#[test]
fn no_file_is_too_long() {
    for source in sources::all() {
        let is_code = matches!(source.extension(), "rs" | "js" | "mjs" | "css");
        let lines = source.text.lines().count();
        if is_code && !is_test(&source) {
            assert!(
                lines <= LINES_MAX,
                "{} has {lines} lines, {LINES_MAX} are allowed: split it",
                source.path
            );
        }
    }
}

#[test]
fn nothing_names_one_particular_machine() {
    // Put together here, so that this file does not contain them.
    let words = ["/wo|rk/", "/ro|ot/", "/ho|me/", "../sha|red/"].map(|word| word.replace('|', ""));
    for source in sources::all() {
        for word in &words {
            assert!(
                !source.text.contains(word),
                "{} names {word}, which other machines do not have",
                source.path
            );
        }
    }
}

/// Copied from elsewhere, or every byte of it an input.
const AS_THEY_ARE: [&str; 4] = ["LICENSE", "tests/spec/", "tests/vectors/", "fuzz/corpus/"];

#[test]
fn text_is_clean() {
    for source in sources::all() {
        if AS_THEY_ARE.iter().any(|folder| source.path.starts_with(folder)) {
            continue;
        }
        assert!(!source.text.contains('\r'), "{} has carriage returns", source.path);
        assert!(source.text.ends_with('\n'), "{} does not end with a line feed", source.path);
        for (index, line) in source.text.lines().enumerate() {
            assert!(line.trim_end() == line, "{}:{} ends with blanks", source.path, index + 1);
        }
    }
}

#[test]
fn tests_are_named_as_sentences_and_none_is_switched_off() {
    for source in sources::all().iter().filter(|source| source.extension() == "rs") {
        for word in ["fn test|_", "#[ign|ore", "#[should|_panic"].map(|word| word.replace('|', ""))
        {
            assert!(!source.text.contains(&word), "{} has `{word}`", source.path);
        }
    }
}

#[test]
fn no_doc_comment_begins_with_is() {
    for source in sources::all() {
        if !matches!(source.extension(), "rs" | "js" | "mjs") {
            continue;
        }
        for (line, opening) in doc_openings(&source.text) {
            assert!(
                !opening.starts_with("Is "),
                "{}:{line} begins with \"Is\": name a thing (\"A person …\"), or say what a function does (\"Returns …\")",
                source.path
            );
        }
    }
}

#[test]
fn a_doc_comment_opens_with_its_first_line() {
    let rust = "//! A file.\n\n/// A thing.\n/// Is more.\nstruct Thing;\n// Is no doc.\n";
    assert_eq!(doc_openings(rust), [(1, "A file."), (3, "A thing.")]);
    let script = "/**\n * Is long.\n * Is more.\n */\n\n  /** Is short. */\n";
    assert_eq!(doc_openings(script), [(2, "Is long."), (6, "Is short. */")]);
}

/// Returns the first line of each doc comment of Rust or JavaScript, with its number from 1.
fn doc_openings(text: &str) -> Vec<(usize, &str)> {
    let mut openings = Vec::new();
    let mut before = "";
    for (index, line) in text.lines().map(str::trim).enumerate() {
        let opening = if before == "/**" {
            line.strip_prefix("* ")
        } else if before.starts_with("///") || before.starts_with("//!") {
            None
        } else {
            ["/// ", "//! ", "/** "].into_iter().find_map(|start| line.strip_prefix(start))
        };
        openings.extend(opening.map(|opening| (index + 1, opening)));
        before = line;
    }
    openings
}

#[test]
fn paths_that_documents_name_exist() {
    for source in sources::all().iter().filter(|source| source.extension() == "md") {
        let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for path in named_paths(&source.text) {
            let exists = [String::new(), folder.to_owned()]
                .iter()
                .any(|from| sources::root().join(from).join(path.trim_end_matches('/')).exists());
            assert!(exists, "{} names {path}, which does not exist", source.path);
        }
    }
}

#[test]
fn a_path_is_known_by_its_first_folder() {
    let text = "See `crates/core/src/lib.rs`, `cargo xtask test`, `a/b`, `src/ui/<part>/`, [it](docs/PROTOCOL.md#frames).";
    assert_eq!(named_paths(text), ["crates/core/src/lib.rs", "docs/PROTOCOL.md"]);
}

/// Returns what a Markdown text names as a file or folder of this repository: in backticks, or as the target of a link.
fn named_paths(text: &str) -> Vec<&str> {
    const FOLDERS: [&str; 13] = [
        ".cargo/", ".ci/", ".github/", ".vscode/", "crates/", "deploy/", "docs/", "npm/", "site/",
        "src/", "tests/", "www/", "xtask/",
    ];
    // Left by a build, or shown as a pattern.
    let is_meant = |path: &str| {
        FOLDERS.iter().any(|folder| path.starts_with(folder))
            && !path.contains(['<', '*', '{', ' ', '…'])
            && !path.starts_with("npm/dist")
            && !path.starts_with("npm/generated")
    };
    let in_backticks = text.split('`').skip(1).step_by(2);
    let in_links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    in_backticks.chain(in_links).filter(|path| is_meant(path)).collect()
}

fn is_test(source: &Source) -> bool {
    source.path.starts_with("tests/")
        || source.path.contains("/tests/")
        || source.path.ends_with("tests.rs")
}
