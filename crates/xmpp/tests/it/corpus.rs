//! What fuzzing has kept of documents that say where a service is, is read again.

use std::{fs, path::Path};

use mistatus_xmpp::host_meta;

#[test]
fn documents_about_a_domain_are_read_or_left() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/host_meta");
    let mut found = 0;
    for file in fs::read_dir(corpus).expect("the target has a corpus") {
        let data = fs::read(file.expect("the folder can be read").path());
        let text = String::from_utf8_lossy(&data.expect("its files can be read")).into_owned();
        found += host_meta::from_xml(&text).len() + host_meta::from_json(&text).len();
    }
    assert!(found > 0, "some of them say where a service is");
}
