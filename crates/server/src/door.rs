//! The door: takes connections, bounds them in number and in time, and hands them to the routes. Knows no frames.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{Router, extract::Request};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::{Notify, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    addresses::{Addresses, Network, Place},
    limits,
    meter::{Meter, Metered},
    metrics::{Metrics, Refused},
};

/// The part of the server that accepts connections.
pub(crate) struct Door {
    pub(crate) router: Router,
    pub(crate) addresses: Arc<Addresses>,
    pub(crate) proxies: Arc<[Network]>,
    pub(crate) metrics: Arc<Metrics>,
    /// How long the head of a request may take, also of the next one on a connection.
    pub(crate) request_timeout: Duration,
    /// How long a connection may last that is no stream.
    pub(crate) connection_max: Duration,
    /// Becomes true when the server stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// The peer that sends a request, and its connection's permit.
#[derive(Clone)]
pub(crate) struct Guest {
    pub(crate) peer: IpAddr,
    pub(crate) place: Arc<Place>,
    /// Bounds what is read from the socket.
    pub(crate) meter: Arc<Meter>,
    stays: Arc<Stays>,
}

/// The answers of a connection that have no end of their own.
#[derive(Default)]
struct Stays {
    count: AtomicUsize,
    /// One has ended.
    over: Notify,
}

/// A permit for an answer that goes on for longer than others may. Dropping it closes the connection, whether or not
/// the peer has read the answer.
pub(crate) struct Stay(Arc<Stays>);

impl Guest {
    pub(crate) fn new(peer: IpAddr, place: Place) -> Self {
        Self { peer, place: Arc::new(place), meter: Arc::default(), stays: Arc::default() }
    }

    /// Lets the connection last for as long as an answer goes on.
    pub(crate) fn stay(&self) -> Stay {
        self.stays.count.fetch_add(1, Relaxed);
        Stay(self.stays.clone())
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Relaxed);
        self.0.over.notify_one();
    }
}

impl Door {
    /// Takes connections until the server stops, then lets the requests under way end.
    pub(crate) async fn keep(self, listener: TcpListener) {
        let mut stopping = self.stopping.clone();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((socket, peer)) => {
                        if let Some(guest) = self.admit(peer) {
                            // Frames are small and wait for nothing.
                            let _ = socket.set_nodelay(true);
                            connections.spawn(self.serve(socket, guest));
                        }
                    }
                    Err(error) => rest_after(&error).await,
                },
                Some(_) = connections.join_next() => {}
                () = stop(&mut stopping) => break,
            }
        }
        drop(listener);
        let ends = async { while connections.join_next().await.is_some() {} };
        let _ = timeout(limits::CLOSE_TIMEOUT, ends).await;
    }

    fn admit(&self, peer: SocketAddr) -> Option<Guest> {
        let address = peer.ip().to_canonical();
        let place = if self.proxies.iter().any(|network| network.contains(address)) {
            // Whom it speaks for is counted where that is known.
            Place::uncounted()
        } else {
            match self.addresses.enter(address) {
                Ok(place) => place,
                Err(full) => {
                    full.report(address, &self.metrics);
                    return None;
                }
            }
        };
        Some(Guest::new(address, place))
    }

    /// Serves requests until the connection ends or becomes a stream, which goes on by itself.
    pub(crate) fn serve<S>(&self, socket: S, guest: Guest) -> impl Future<Output = ()> + use<S>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let routes = TowerToHyperService::new(self.router.clone());
        let socket = Metered::new(socket, guest.meter.clone());
        let (stays, max) = (guest.stays.clone(), self.connection_max);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(guest.clone());
            routes.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.request_timeout)
            .max_buf_size(limits::REQUEST_HEAD_MAX)
            .serve_connection(TokioIo::new(socket), service)
            .with_upgrades();
        let (metrics, mut stopping) = (self.metrics.clone(), self.stopping.clone());
        async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = &mut connection => ended,
                () = closing(&mut stopping, &stays) => {
                    connection.as_mut().graceful_shutdown();
                    match timeout(limits::CLOSE_TIMEOUT, connection).await {
                        Ok(ended) => ended,
                        // The peer does not take the rest.
                        Err(_) => return,
                    }
                }
                () = last_for(max, &stays.count) => return,
            };
            if ended.is_err_and(|error| error.is_timeout()) {
                metrics.refuse(Refused::RequestTimeout);
            }
        }
    }
}

/// Waits until a connection has lasted for as long as it may.
async fn last_for(max: Duration, stays: &AtomicUsize) {
    sleep(max).await;
    while stays.load(Relaxed) > 0 {
        sleep(max).await;
    }
}

/// Waits until a connection has to close.
async fn closing(stopping: &mut watch::Receiver<bool>, stays: &Stays) {
    tokio::select! {
        () = stop(stopping) => {}
        () = stays.over.notified() => {}
    }
}

/// Waits until the server stops, or is dropped.
pub(crate) async fn stop(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// A connection that failed before it was taken is nobody's; anything else, as no file descriptors being left, does
/// not go away by trying at once.
async fn rest_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "no connection can be taken");
        sleep(limits::ACCEPT_REST).await;
    }
}
