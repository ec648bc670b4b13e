//! What docs/XMPP.md says was tried.

use std::{fs, path::Path};

fn sources(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&fs::read_to_string(path).expect("it is text"));
        }
    }
}

#[test]
fn every_test_that_the_document_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = fs::read_to_string(root.join("../../docs/XMPP.md")).expect("it is there");
    let (_, tried) = document.split_once("## What was tried").expect("it has that part");
    let mut source = String::new();
    sources(&root.join("src"), &mut source);
    sources(&root.join("tests"), &mut source);
    let names: Vec<_> = tried
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.matches('_').count() >= 2 && !name.contains([' ', '/', '-']))
        .collect();
    assert!(names.len() > 40, "{names:?}");
    for name in names {
        assert!(source.contains(&format!("fn {name}(")), "{name}");
    }
}
