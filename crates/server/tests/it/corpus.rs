//! What fuzzing of the server has kept is run again, without its engine.

#[path = "../../../../fuzz/replay.rs"]
mod replay;

use mistatus_server::fuzz;

use self::replay::replay;

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
