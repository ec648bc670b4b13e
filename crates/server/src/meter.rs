//! How many bytes of one WebSocket message are read: below the library that puts frames together. Knows no frames.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
};

/// A socket whose reading stops once more was read than is allowed.
#[derive(Debug)]
pub(crate) struct Metered<S> {
    socket: S,
    meter: Arc<Meter>,
}

/// The number of bytes that may still be read. Until there is any, everything may be.
#[derive(Default, Debug)]
pub(crate) struct Meter {
    state: Mutex<State>,
    exceeded: Notify,
}

#[derive(Default, Debug)]
struct State {
    left: Option<usize>,
    reader: Option<Waker>,
}

impl Meter {
    /// Allows so many bytes from now on; what was left is forgotten.
    pub(crate) fn allow(&self, bytes: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.left = Some(bytes);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    /// Allows some more bytes, up to a bound.
    pub(crate) fn allow_more(&self, bytes: usize, max: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.left = state.left.map(|left| left.saturating_add(bytes).min(max.max(left)));
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    /// Waits until the peer has sent more than is allowed.
    pub(crate) async fn exceeded(&self) {
        self.exceeded.notified().await;
    }

    /// Whether anything may be read; else wakes the reader once it may.
    fn is_open(&self, context: &Context<'_>) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_open = state.left != Some(0);
        if !is_open {
            state.reader = Some(context.waker().clone());
            self.exceeded.notify_one();
        }
        is_open
    }

    fn count(&self, bytes: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.left = state.left.map(|left| left.saturating_sub(bytes));
    }
}

impl<S> Metered<S> {
    pub(crate) const fn new(socket: S, meter: Arc<Meter>) -> Self {
        Self { socket, meter }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.meter.is_open(context) {
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(context, buffer);
        self.meter.count(buffer.filled().len() - before);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}
