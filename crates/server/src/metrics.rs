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
    pub(crate) frames_refused_total: AtomicU64,
    pub(crate) signins_refused_total: AtomicU64,
    pub(crate) origins_refused_total: AtomicU64,
    pub(crate) slow_readers_total: AtomicU64,
    pub(crate) writes_total: AtomicU64,
    pub(crate) writes_failed_total: AtomicU64,
    /// 1 while the database takes no writes.
    pub(crate) store_failing: AtomicU64,
}

impl Metrics {
    /// Prints everything in the Prometheus text format.
    pub(crate) fn print(&self) -> String {
        let rows = [
            ("connections", "gauge", "Open connections.", &self.connections),
            ("connections_total", "counter", "Connections opened.", &self.connections_total),
            ("frames_in_total", "counter", "Frames received.", &self.frames_in_total),
            ("frames_out_total", "counter", "Frames sent.", &self.frames_out_total),
            ("frames_refused_total", "counter", "Frames refused.", &self.frames_refused_total),
            ("signins_refused_total", "counter", "Sign-ins refused.", &self.signins_refused_total),
            (
                "origins_refused_total",
                "counter",
                "Streams refused for their origin.",
                &self.origins_refused_total,
            ),
            (
                "slow_readers_total",
                "counter",
                "Connections closed for reading too slowly.",
                &self.slow_readers_total,
            ),
            ("writes_total", "counter", "Writes made durable.", &self.writes_total),
            ("writes_failed_total", "counter", "Writes that failed.", &self.writes_failed_total),
            (
                "store_failing",
                "gauge",
                "1 while the database takes no writes, else 0.",
                &self.store_failing,
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
        text
    }
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}
