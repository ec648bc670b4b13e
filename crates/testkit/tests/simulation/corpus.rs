//! What fuzzing has kept is run again, without its engine.

#[path = "../../../../fuzz/replay.rs"]
mod replay;

use mistatus_testkit::fuzz;

use self::replay::replay;

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
