//! What docs/RELIABILITY.md says: every test that it names exists, and its times are those of the code.

use std::collections::BTreeSet;

use mistatus_core::limits;

use crate::sources::{Source, all, read};

const DOCUMENT: &str = "docs/RELIABILITY.md";

#[test]
fn every_test_that_the_document_names_exists() {
    let sources = all();
    let text = read(DOCUMENT);
    let named = named_tests(&text);
    for (path, title) in &named {
        let file = sources.iter().find(|source| source.path == *path);
        assert!(file.is_some_and(|file| has(file, title)), "{path} has no test \"{title}\"");
    }
    let files: BTreeSet<_> = named.iter().map(|(path, _)| path).collect();
    assert!(named.len() > 60 && files.len() > 15, "only {} tests are found", named.len());
}

#[test]
fn every_test_of_reliability_is_named_in_the_document() {
    let text = read(DOCUMENT);
    let named = named_tests(&text);
    for source in all().iter().filter(|source| source.path.starts_with("tests/e2e/reliability/")) {
        for title in titles(source) {
            assert!(
                named.iter().any(|(path, name)| *path == source.path && matches(name, &title)),
                "{DOCUMENT} does not say what \"{title}\" of {} shows",
                source.path
            );
        }
    }
}

#[test]
fn every_complaint_is_answered() {
    let text = read(DOCUMENT);
    let rows: Vec<Vec<&str>> = rows(&text).filter(|row| row[0].parse::<u8>().is_ok()).collect();
    let numbers: Vec<_> = rows.iter().map(|row| row[0].to_owned()).collect();
    assert_eq!(numbers, (1..=25).map(|number: u8| number.to_string()).collect::<Vec<_>>());
    for row in &rows {
        let answers = ["prevented", "not applicable", "open"];
        assert!(
            answers.iter().any(|answer| row[3].starts_with(answer)),
            "complaint {} is neither of {answers:?}",
            row[0]
        );
        assert!(
            !row[3].starts_with("prevented") || !named_tests(row[4]).is_empty(),
            "complaint {} is prevented, but no test shows it",
            row[0]
        );
    }
}

#[test]
fn times_are_those_of_the_code() {
    let text = read(DOCUMENT);
    let told: Vec<_> = rows(&text)
        .filter(|row| row[0].starts_with('`') && row[1].ends_with(" s"))
        .map(|row| (row[0].trim_matches('`').to_owned(), row[1].to_owned()))
        .collect();
    let expected = [
        ("QUIET_GRACE", limits::QUIET_GRACE),
        ("STALE_GRACE", limits::STALE_GRACE),
        ("HEARTBEAT_DEFAULT", limits::HEARTBEAT_DEFAULT),
        ("HEARTBEAT_GRACE", limits::HEARTBEAT_GRACE),
        ("DEPARTURE_DAMPING", limits::DEPARTURE_DAMPING),
        ("RESUME_WINDOW", limits::RESUME_WINDOW),
        ("BACKOFF_FIRST", limits::BACKOFF_FIRST),
        ("BACKOFF_MAX", limits::BACKOFF_MAX),
        ("BACKOFF_UNSEEN_MAX", limits::BACKOFF_UNSEEN_MAX),
        ("CREDENTIALS_BACKOFF_MAX", limits::CREDENTIALS_BACKOFF_MAX),
        ("LOOK_MIN", limits::LOOK_MIN),
        ("RETRY_AFTER_MAX", limits::RETRY_AFTER_MAX),
        ("SIGNIN_TIMEOUT", limits::SIGNIN_TIMEOUT),
        ("RECONNECT_TIMEOUT", limits::RECONNECT_TIMEOUT),
        ("LATE_GRACE", limits::LATE_GRACE),
        ("RESYNC_WAIT", limits::RESYNC_WAIT),
        ("IDLE_AFTER_DEFAULT", limits::IDLE_AFTER_DEFAULT),
        ("LEADER_PROBE", limits::LEADER_PROBE),
        ("LEADER_GRACE", limits::LEADER_GRACE),
    ]
    .map(|(name, span)| {
        let ms = span.as_millis();
        let seconds = match ms % 1_000 {
            0 => format!("{} s", ms / 1_000),
            rest => format!("{}.{} s", ms / 1_000, rest / 100),
        };
        (name.to_owned(), seconds)
    });
    assert_eq!(told, expected);
}

#[test]
fn a_title_with_a_gap_stands_for_what_a_test_fills_in() {
    assert!(matches("a server that is … and back", "a server that is ${how} and back"));
    assert!(!matches("a server that is … and back", "a server that is ${how} and gone"));
    let text = "`tests/a.js` \"one\", \"two\";\n `crates/b.rs` \"three\" and `word` \"no title\".";
    assert_eq!(
        named_tests(text),
        [("tests/a.js", "one"), ("tests/a.js", "two"), ("crates/b.rs", "three")]
    );
}

/// Returns the tests that a Markdown text names: the path of a file in backticks, then titles in quotation marks.
fn named_tests(text: &str) -> Vec<(&str, &str)> {
    let mut named = Vec::new();
    let mut pieces = text.split('`').skip(1);
    while let (Some(path), Some(rest)) = (pieces.next(), pieces.next()) {
        let is_file = path.contains('/') && (path.ends_with(".js") || path.ends_with(".rs"));
        if is_file {
            named.extend(rest.split('"').skip(1).step_by(2).map(|title| (path, title)));
        }
    }
    named
}

/// Returns the titles of the tests in a file; what JavaScript fills in stands there as `${…}`.
fn titles(source: &Source) -> Vec<String> {
    if source.extension() == "rs" {
        let names = source.text.split("fn ").skip(1).filter_map(|rest| rest.split('(').next());
        return names.map(str::to_owned).collect();
    }
    // Where the call is long, the title has a line of its own.
    let calls = source.text.split("test(").skip(1).map(str::trim_start);
    let titles = calls.filter_map(|call| {
        let quote = call.chars().next().filter(|first| matches!(first, '"' | '`'))?;
        call[1..].split(quote).next()
    });
    titles.map(str::to_owned).collect()
}

fn has(source: &Source, title: &str) -> bool {
    titles(source).iter().any(|found| matches(title, found))
}

/// Whether a title of the document, with `…` for what a test fills in, is that of a test.
fn matches(title: &str, found: &str) -> bool {
    match title.split_once('…') {
        Some((start, end)) => {
            found.starts_with(&format!("{start}${{")) && found.ends_with(&format!("}}{end}"))
        }
        None => title == found,
    }
}

/// Returns the cells of every row of every table.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
}
