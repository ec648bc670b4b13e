//! What a client is told as the bytes that it is sent: names compare without regard to case, and bytes do not.

use mistatus_core::message::Notice;

/// Prints a notice as the server does.
#[must_use]
pub fn frame(notice: &Notice) -> String {
    mistatus_json::server::encode(notice)
}

/// Prints notices in their order.
#[must_use]
pub fn frames(notices: &[Notice]) -> Vec<String> {
    notices.iter().map(frame).collect()
}
