//! The configurations that docs/XMPP.md has, laid over those of Debian's packages as it says. Starts nothing.

use std::{fs, path::Path, process::Command};

const DOCUMENT: &str = include_str!("../../../../docs/XMPP.md");

/// Where the page is whose users sign in, as the document has it.
pub(crate) const ORIGIN: &str = "https://intranet.example.com";

/// Returns the only block of the document in a language.
pub(crate) fn block(language: &str) -> &'static str {
    let fence = format!("\n```{language}\n");
    let blocks: Vec<_> = DOCUMENT.split(&fence).skip(1).collect();
    let [block] = blocks[..] else { panic!("the document has {} blocks of it", blocks.len()) };
    block.split_once("```").expect("a block ends").0
}

/// Returns the text with something in place of what must be there.
pub(crate) fn replace(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "`{old}` is not in {text}");
    text.replace(old, new)
}

/// Returns a file of a package. Some are closed to others.
pub(crate) fn package_file(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|_| {
        let output =
            Command::new("sudo").args(["-n", "cat", path]).output().expect("there is sudo");
        assert!(output.status.success(), "{path} cannot be read: {output:?}");
        String::from_utf8(output.stdout).expect("it is text")
    })
}

/// Returns the package's configuration of ejabberd with the document's, and then with that of the tests.
pub(crate) fn ejabberd(of_tests: &str, adapt: impl Fn(&str) -> String) -> String {
    let package = package_file("/usr/share/ejabberd/ejabberd.yml.example");
    let listens = chunks(&package, 0).into_iter().find(|(name, _)| *name == "listen");
    let (_, listens) = listens.expect("the package listens");
    assert!(!listens.contains("port: 5290"), "the package has that port already");
    lay_over(&lay_over(&package, &adapt(block("yaml")), 0), of_tests, 0)
}

/// Makes the package's configuration of Prosody with the document's, and then with that of the tests; returns its file.
pub(crate) fn prosody(folder: &Path, document: &str, of_tests: &str) -> String {
    let package = package_file("/etc/prosody/prosody.cfg.lua");
    let parts = folder.join("conf.d");
    fs::create_dir_all(&parts).expect("a folder can be made");
    for (name, text) in [("document", document), ("tests", of_tests)] {
        fs::write(parts.join(format!("{name}.cfg.lua")), text).expect("a file can be written");
    }
    let include = format!("Include \"{}/*.cfg.lua\"", parts.display());
    replace(&package, "Include \"conf.d/*.cfg.lua\"", &include)
}

/// Puts entries in place of those with the same names, or beside them; what is below a name, in the same way.
fn lay_over(below: &str, above: &str, indent: usize) -> String {
    let mut entries = chunks(below, indent);
    for (name, text) in chunks(above, indent) {
        match entries.iter_mut().find(|entry| entry.0 == name) {
            Some((_, old)) if indent == 0 && is_mapping(old) && is_mapping(&text) => {
                *old = format!("{name}:\n{}", lay_over(old, &text, 2));
            }
            Some((_, old)) => *old = text,
            None => entries.push((name, text)),
        }
    }
    entries.into_iter().map(|(_, text)| text).collect()
}

/// Splits YAML into entries that begin with so many blanks: their names, and the lines of each.
fn chunks(text: &str, indent: usize) -> Vec<(&str, String)> {
    let mut chunks: Vec<(&str, String)> = Vec::new();
    for line in text.lines() {
        let content = line.trim_start();
        let depth = line.len() - content.len();
        if content.is_empty() || content.starts_with('#') || depth < indent {
            continue;
        }
        if depth == indent {
            let name = content.split_once(':').map_or(content, |(name, _)| name);
            chunks.push((name, String::new()));
        }
        let (_, chunk) = chunks.last_mut().expect("nothing is deeper than what it is below of");
        chunk.push_str(line);
        chunk.push('\n');
    }
    chunks
}

/// Whether there are entries with names below.
fn is_mapping(chunk: &str) -> bool {
    let mut lines = chunk.lines();
    let is_open = lines.next().is_some_and(|line| line.trim_end().ends_with(':'));
    is_open && lines.next().is_some_and(|line| line.starts_with("  ") && !line.starts_with("  -"))
}
