//! The writing half of a connection: sends what is queued, and waits for no reader for long. Decides nothing else.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use axum::{
    body::Bytes,
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket},
};
use futures_util::{SinkExt, stream::SplitSink};
use mistatus_json::server::encode;
use tokio::time::timeout;

use super::StreamLimits;
use crate::{
    limits,
    metrics::{Metrics, Refused, count},
    outbox::{Outgoing, Queued},
};

/// The writing half of a connection.
pub(super) struct Writer {
    pub(super) sink: SplitSink<WebSocket, Message>,
    /// Whether a probe was sent that has not been answered.
    pub(super) is_probed: Arc<AtomicBool>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) limits: StreamLimits,
}

impl Writer {
    /// Sends what comes until the end, then closes; a reader that is too slow is not waited for.
    pub(super) async fn write(mut self, mut queued: Queued) {
        let too_slow = queued.too_slow.clone();
        let code = tokio::select! {
            code = self.deliver(&mut queued) => code,
            () = too_slow.notified() => Some(limits::CLOSE_TOO_SLOW),
        };
        // What was given up is not to take memory until the peer has heard of it.
        drop(queued);
        if let Some(code) = code {
            let frame = CloseFrame { code, reason: Utf8Bytes::from_static("") };
            let close = self.sink.send(Message::Close(Some(frame)));
            let _ = timeout(self.limits.close_timeout, close).await;
        }
    }

    /// Returns the code to close with; `None` where the link is broken.
    async fn deliver(&mut self, queued: &mut Queued) -> Option<u16> {
        while let Some(next) = queued.next().await {
            let message = match next {
                Outgoing::Notice(notice) => Message::Text(encode(&notice).into()),
                Outgoing::Update(seq, update) => Message::Text(update.numbered(seq).into()),
                Outgoing::Probe => {
                    self.is_probed.store(true, Relaxed);
                    Message::Ping(Bytes::new())
                }
                Outgoing::Close(code) => return Some(code),
            };
            count(&self.metrics.frames_out_total);
            let sent = async {
                self.sink.feed(message).await?;
                // One flush for whatever has gathered meanwhile.
                if queued.is_empty() { self.sink.flush().await } else { Ok(()) }
            };
            match timeout(self.limits.write_timeout, sent).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return None,
                Err(_) => {
                    self.metrics.refuse(Refused::SlowReader);
                    return Some(limits::CLOSE_TOO_SLOW);
                }
            }
        }
        Some(limits::CLOSE_NORMAL)
    }
}
