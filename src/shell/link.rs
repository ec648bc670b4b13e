//! The socket: one WebSocket, by gloo-net, as a link of texts.

use std::{cell::RefCell, future::poll_fn, pin::Pin, rc::Rc};

use futures_util::{Sink, Stream};
use gloo_net::websocket::{Message, State, futures::WebSocket};
use gloo_timers::callback::Timeout;
use mistatus_core::session::LinkEvent;

use super::run;

/// How long the other end may take to answer a goodbye, in milliseconds.
const LINGER_MS: u32 = 2_000;

/// Is an open or opening socket. Dropping it closes it and silences its events.
pub(super) struct Link(Rc<RefCell<Option<WebSocket>>>);

impl Link {
    /// Opens a socket; what happens to it is told in later tasks, `Closed` last.
    pub(super) fn open(
        url: &str,
        protocol: &str,
        on_event: impl Fn(LinkEvent<'_>) + 'static,
    ) -> Self {
        let socket = WebSocket::open_with_protocol(url, protocol).ok();
        if socket.is_none() {
            run(Box::pin(async move { on_event(LinkEvent::Closed) }));
            return Self(Rc::default());
        }
        let socket = Rc::new(RefCell::new(socket));
        run(Box::pin(read(Rc::clone(&socket), on_event)));
        Self(socket)
    }

    /// Opens a socket to an address that has to be found first; where there is none, that is told as `Closed`.
    #[cfg(feature = "xmpp")]
    pub(super) fn open_later(
        address: std::pin::Pin<Box<dyn Future<Output = Option<String>>>>,
        protocol: &'static str,
        on_event: impl Fn(LinkEvent<'_>) + 'static,
    ) -> Self {
        let link = Rc::new(RefCell::default());
        let place = Rc::downgrade(&link);
        run(Box::pin(async move {
            let address = address.await;
            // Dropped by its owner, who needs no telling.
            let Some(place) = place.upgrade() else { return };
            match address.and_then(|url| WebSocket::open_with_protocol(&url, protocol).ok()) {
                Some(socket) => {
                    place.replace(Some(socket));
                    read(place, on_event).await;
                }
                None => on_event(LinkEvent::Closed),
            }
        }));
        Self(link)
    }

    /// Sends a text. Over a socket that is closing it is lost: only the server's answer proves arrival.
    pub(super) fn send(&self, text: String) {
        if let Some(socket) = &mut *self.0.borrow_mut() {
            // An error means that the socket is not open; its end is reported by `read`.
            drop(Pin::new(socket).start_send(Message::Text(text)));
        }
    }
}

impl Link {
    /// Leaves it to the other end to close the socket, for a while: some services stand still for seconds when that
    /// happens while they answer.
    pub(super) fn linger(self) {
        Timeout::new(LINGER_MS, move || drop(self)).forget();
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Dropping gloo-net's socket closes it with the default code 1005: "no reason given".
        drop(self.0.take());
    }
}

/// Tells what happens to a socket until it ends or is dropped.
async fn read(socket: Rc<RefCell<Option<WebSocket>>>, on_event: impl Fn(LinkEvent<'_>)) {
    // The borrow ends with each poll: handlers may send, or drop the link.
    let opened = poll_fn(|context| match &mut *socket.borrow_mut() {
        Some(open) => {
            Pin::new(&mut *open).poll_ready(context).map(|_| matches!(open.state(), State::Open))
        }
        None => std::task::Poll::Ready(false),
    })
    .await;
    if opened {
        on_event(LinkEvent::Opened);
    }
    loop {
        let message = poll_fn(|context| match &mut *socket.borrow_mut() {
            Some(open) => Pin::new(open).poll_next(context).map(Some),
            None => std::task::Poll::Ready(None),
        })
        .await;
        match message {
            // Dropped by its owner, who needs no telling.
            None => return,
            Some(Some(Ok(Message::Text(text)))) => on_event(LinkEvent::Text(&text)),
            // Not of our protocols, which are text: heard, and no more.
            Some(Some(Ok(Message::Bytes(_)))) => {}
            Some(Some(Err(_)) | None) => break,
        }
    }
    on_event(LinkEvent::Closed);
}
