//! What fuzzing has kept is run again, without its engine.

use std::{fs, path::Path};

use mistatus_testkit::fuzz;

fn replay(target: &str, run: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files: Vec<_> = fs::read_dir(&corpus).expect("each target has a corpus").collect();
    assert!(!files.is_empty(), "{} is empty", corpus.display());
    for file in files {
        let data = fs::read(file.expect("the folder can be read").path());
        run(&data.expect("its files can be read"));
    }
}

#[test]
fn frames_from_clients_are_read_or_refused() {
    replay("server_frame", fuzz::server_frame);
}

#[test]
fn frames_from_servers_are_read_or_refused() {
    replay("client_frame", fuzz::client_frame);
}

#[test]
fn a_session_survives_whatever_it_hears() {
    replay("session", fuzz::session);
}

#[test]
fn a_registry_survives_whatever_it_hears() {
    replay("hub", fuzz::hub);
}
