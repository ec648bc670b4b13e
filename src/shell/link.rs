//! The socket: one WebSocket, by gloo-net, as a link of texts.

use std::{cell::RefCell, future::poll_fn, mem, pin::Pin, rc::Rc};

use futures_util::{Sink, Stream};
use gloo_net::websocket::{Message, State, futures::WebSocket};
use gloo_timers::callback::Timeout;
use mistatus_core::session::LinkEvent;

use super::{early::EarlySocket, run};

/// How long the other end may take to answer a goodbye, in milliseconds.
const LINGER_MS: u32 = 2_000;

/// A socket that is open or opening. Dropping it closes it and silences its events.
pub(super) struct Link {
    socket: Slot,
    /// What was said over a socket that the page opened early, until the session has said the same.
    said_early: RefCell<Option<SaidEarly>>,
}

/// What is called with each event. Boxed, so that the reading task's code is there once.
pub(super) type OnEvent = Box<dyn Fn(LinkEvent<'_>)>;

/// Why there is no address: the result of the sign-in, and what to do, for developers.
#[cfg(feature = "xmpp")]
pub(super) type Unfound = (mistatus_core::hresult::HResult, &'static str);

/// Where the socket is; empty once its owner has dropped it.
type Slot = Rc<RefCell<Option<WebSocket>>>;

struct SaidEarly {
    sent: String,
    /// What the server answered until now; shared with the task that reads.
    received: Rc<RefCell<Vec<String>>>,
    /// Where to connect anew if the session says something else.
    url: String,
    protocol: &'static str,
    /// What to send then, as soon as that is open; shared with the task that reads.
    unsent: Rc<RefCell<Option<String>>>,
}

impl Link {
    /// Opens a socket; what happens to it is told in later tasks, `Closed` last.
    pub(super) fn open(url: &str, protocol: &str, on_event: OnEvent) -> Self {
        match WebSocket::open_with_protocol(url, protocol) {
            Ok(socket) => {
                let link = Self::new(Some(socket));
                run(Box::pin(read(
                    Rc::clone(&link.socket),
                    Rc::default(),
                    Rc::default(),
                    on_event,
                )));
                link
            }
            Err(_) => {
                run(Box::pin(async move { on_event(LinkEvent::Closed) }));
                Self::new(None)
            }
        }
    }

    /// Goes on with a socket that the page opened early. The first text that the session sends was sent there already;
    /// where it is another one, after all, that is sent over a new socket.
    pub(super) fn take_over(
        early: EarlySocket,
        url: &str,
        protocol: &'static str,
        on_event: OnEvent,
    ) -> Self {
        let link = Self::new(WebSocket::try_from(early.socket).ok());
        let received = Rc::new(RefCell::new(early.received));
        let unsent = Rc::default();
        *link.said_early.borrow_mut() = early.sent.map(|sent| SaidEarly {
            sent,
            received: Rc::clone(&received),
            url: url.to_owned(),
            protocol,
            unsent: Rc::clone(&unsent),
        });
        run(Box::pin(read(Rc::clone(&link.socket), received, unsent, on_event)));
        link
    }

    /// Opens a socket to an address that has to be found first.
    #[cfg(feature = "xmpp")]
    pub(super) fn open_later(
        address: std::pin::Pin<Box<dyn Future<Output = Result<String, Unfound>>>>,
        protocol: &'static str,
        on_event: OnEvent,
    ) -> Self {
        let link = Self::new(None);
        let slot = Rc::downgrade(&link.socket);
        run(Box::pin(async move {
            let address = address.await;
            // Dropped by its owner, who needs no telling.
            let Some(slot) = slot.upgrade() else { return };
            match address.map(|url| WebSocket::open_with_protocol(&url, protocol)) {
                Ok(Ok(socket)) => {
                    slot.replace(Some(socket));
                    read(slot, Rc::default(), Rc::default(), on_event).await;
                }
                Ok(Err(_)) => on_event(LinkEvent::Closed),
                Err((hr, message)) => on_event(LinkEvent::Failed { hr, message }),
            }
        }));
        link
    }

    fn new(socket: Option<WebSocket>) -> Self {
        Self { socket: Rc::new(RefCell::new(socket)), said_early: RefCell::default() }
    }

    /// Sends a text. Over a socket that is closing it is lost: only the server's answer proves arrival.
    pub(super) fn send(&self, text: String) {
        match self.said_early.take() {
            None => send(&self.socket, text),
            Some(early) if early.sent == text => {}
            Some(early) => {
                // The answers were to something else. That session ends without a sign-out, as the user goes on at once.
                early.received.take();
                early.unsent.replace(Some(text));
                let socket = WebSocket::open_with_protocol(&early.url, early.protocol).ok();
                self.socket.replace(socket);
            }
        }
    }
}

fn send(socket: &Slot, text: String) {
    if let Some(socket) = &mut *socket.borrow_mut() {
        // An error means that the socket is not open; its end is reported by `read`.
        drop(Pin::new(socket).start_send(Message::Text(text)));
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
        drop(self.socket.take());
    }
}

/// Tells what happens to a socket until it ends or is dropped. Begins with what was received before, once that the
/// session knows of the link; sends first what is left in `unsent` by then.
async fn read(
    socket: Slot,
    received: Rc<RefCell<Vec<String>>>,
    unsent: Rc<RefCell<Option<String>>>,
    on_event: OnEvent,
) {
    if opened(&socket).await {
        on_event(LinkEvent::Opened);
        // By now the session has said who it is.
        for text in mem::take(&mut *received.borrow_mut()) {
            on_event(LinkEvent::Text(&text));
        }
    }
    let first = unsent.take();
    if let Some(text) = first
        && opened(&socket).await
    {
        send(&socket, text);
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

/// Waits until a socket is no longer connecting; returns whether it is open. The borrow ends with each poll: handlers
/// may send, or drop the link.
async fn opened(socket: &Slot) -> bool {
    poll_fn(|context| match &mut *socket.borrow_mut() {
        Some(open) => {
            Pin::new(&mut *open).poll_ready(context).map(|_| matches!(open.state(), State::Open))
        }
        None => std::task::Poll::Ready(false),
    })
    .await
}
