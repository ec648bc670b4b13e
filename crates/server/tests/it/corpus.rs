//! What fuzzing of the server has kept is run again, without its engine.

use std::{fs, path::Path};

use mistatus_server::fuzz;

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
fn connections_are_answered_or_ended() {
    replay("connection", fuzz::connection);
}

#[test]
fn tokens_are_taken_or_refused() {
    replay("token", fuzz::token);
}

#[test]
fn files_of_operators_are_read_or_refused() {
    replay("operator_file", fuzz::operator_file);
}
