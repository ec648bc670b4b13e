//! Counters for operators. Holds no names, and nothing from which an invisible user could be told.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// Counts what happens. One for the whole server.
#[derive(Default, Debug)]
pub(crate) struct Metrics {
    pub(crate) connections: AtomicU64,
    pub(crate) connections_total: AtomicU64,
    pub(crate) frames_in_total: AtomicU64,
    pub(crate) frames_out_total: AtomicU64,
    pub(crate) writes_total: AtomicU64,
    pub(crate) writes_failed_total: AtomicU64,
    pub(crate) messages_total: AtomicU64,
    /// Bytes of what waits to be written to all connections.
    pub(crate) outbox_bytes: AtomicU64,
    /// 1 while the database takes no writes.
    pub(crate) store_failing: AtomicU64,
    /// 1 while the list of revoked credentials cannot be read.
    pub(crate) revoked_failing: AtomicU64,
    /// When the last backup was made, in seconds since 1970; 0 before the first.
    pub(crate) backup_time: AtomicU64,
    /// Service keys that hold.
    pub(crate) service_keys: AtomicU64,
    /// 1 while the service keys cannot be read.
    pub(crate) service_keys_failing: AtomicU64,
    /// 1 while a file of keys cannot be read.
    pub(crate) keys_failing: AtomicU64,
    /// 1 while the set of keys of `--jwks` cannot be fetched.
    pub(crate) jwks_failing: AtomicU64,
    /// 1 while the file of webhooks cannot be read.
    pub(crate) webhooks_failing: AtomicU64,
    /// Bodies that wait for all webhooks.
    pub(crate) webhooks_queued: AtomicU64,
    pub(crate) webhooks_sent_total: AtomicU64,
    pub(crate) webhooks_failed_total: AtomicU64,
    pub(crate) webhooks_dropped_total: AtomicU64,
    refused: [AtomicU64; REASONS.len()],
}

/// Tells why somebody was turned away, or something was not done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refused {
    /// A page of an unknown origin.
    Origin,
    /// A foreign name for this machine.
    Host,
    /// One connection too many from one address.
    Address,
    /// One connection too many that has not signed in.
    Strangers,
    /// One connection too many of one user.
    User,
    /// No request in time on a fresh connection.
    RequestTimeout,
    /// No sign-in in time.
    SigninTimeout,
    /// Credentials that were not accepted, or ended.
    Credentials,
    /// Credentials that were revoked.
    Revoked,
    /// Somebody whom the directory does not have, or has no longer.
    Directory,
    /// A frame that makes no sense, or not now.
    Frame,
    /// A frame that is too large.
    FrameSize,
    /// A frame too many.
    Rate,
    /// A connection that sent too many frames for too long.
    Flood,
    /// A connection that reads too slowly.
    SlowReader,
    /// A connection that fell silent.
    Silent,
}

impl Metrics {
    pub(crate) fn refuse(&self, reason: Refused) -> u64 {
        let counter = REASONS.iter().zip(&self.refused).find(|((known, _), _)| *known == reason);
        counter.map_or(0, |(_, counter)| counter.fetch_add(1, Relaxed) + 1)
    }

    /// Prints everything in the Prometheus text format.
    pub(crate) fn print(&self) -> String {
        let rows = [
            ("connections", "gauge", "Open connections.", &self.connections),
            ("connections_total", "counter", "Connections opened.", &self.connections_total),
            ("frames_in_total", "counter", "Frames received.", &self.frames_in_total),
            ("frames_out_total", "counter", "Frames sent.", &self.frames_out_total),
            ("writes_total", "counter", "Writes made durable.", &self.writes_total),
            ("writes_failed_total", "counter", "Writes that failed.", &self.writes_failed_total),
            ("messages_total", "counter", "Messages taken on.", &self.messages_total),
            ("outbox_bytes", "gauge", "Bytes that wait for readers.", &self.outbox_bytes),
            (
                "store_failing",
                "gauge",
                "1 while the database takes no writes, else 0.",
                &self.store_failing,
            ),
            (
                "revoked_failing",
                "gauge",
                "1 while the list of revoked credentials cannot be read, else 0.",
                &self.revoked_failing,
            ),
            (
                "backup_time_seconds",
                "gauge",
                "When the last backup was made, since 1970; 0 before the first.",
                &self.backup_time,
            ),
            ("service_keys", "gauge", "Service keys that hold.", &self.service_keys),
            (
                "service_keys_failing",
                "gauge",
                "1 while the service keys cannot be read, else 0.",
                &self.service_keys_failing,
            ),
            (
                "keys_failing",
                "gauge",
                "1 while a file of keys cannot be read, else 0.",
                &self.keys_failing,
            ),
            (
                "jwks_failing",
                "gauge",
                "1 while the set of keys of --jwks cannot be fetched, else 0.",
                &self.jwks_failing,
            ),
            (
                "webhooks_failing",
                "gauge",
                "1 while the file of webhooks cannot be read, else 0.",
                &self.webhooks_failing,
            ),
            ("webhooks_queued", "gauge", "Changes that wait for webhooks.", &self.webhooks_queued),
            (
                "webhooks_sent_total",
                "counter",
                "Changes that webhooks have taken.",
                &self.webhooks_sent_total,
            ),
            (
                "webhooks_failed_total",
                "counter",
                "Attempts at webhooks that failed.",
                &self.webhooks_failed_total,
            ),
            (
                "webhooks_dropped_total",
                "counter",
                "Changes that webhooks will never be told.",
                &self.webhooks_dropped_total,
            ),
        ];
        let mut text = String::new();
        for (name, kind, help, value) in rows {
            let value = value.load(Relaxed);
            let _ = write!(
                text,
                "# HELP mistatus_{name} {help}\n# TYPE mistatus_{name} {kind}\nmistatus_{name} {value}\n"
            );
        }
        text.push_str("# HELP mistatus_refused_total What was refused or ended, by reason.\n");
        text.push_str("# TYPE mistatus_refused_total counter\n");
        for ((_, reason), value) in REASONS.iter().zip(&self.refused) {
            let value = value.load(Relaxed);
            let _ = writeln!(text, "mistatus_refused_total{{reason=\"{reason}\"}} {value}");
        }
        text
    }
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}

/// Every reason with its label. Labels are fixed: nothing that a client says becomes one.
const REASONS: [(Refused, &str); 16] = [
    (Refused::Origin, "origin"),
    (Refused::Host, "host"),
    (Refused::Address, "address"),
    (Refused::Strangers, "strangers"),
    (Refused::User, "user"),
    (Refused::RequestTimeout, "request-timeout"),
    (Refused::SigninTimeout, "signin-timeout"),
    (Refused::Credentials, "credentials"),
    (Refused::Revoked, "revoked"),
    (Refused::Directory, "directory"),
    (Refused::Frame, "frame"),
    (Refused::FrameSize, "frame-size"),
    (Refused::Rate, "rate"),
    (Refused::Flood, "flood"),
    (Refused::SlowReader, "slow-reader"),
    (Refused::Silent, "silent"),
];
