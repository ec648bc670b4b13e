//! The dialect of a connection: our own JSON, or, in builds that have it, XMPP.

use mistatus_core::{
    dialect::{Dialect, DialectError},
    message::{ClientMessage, Greeting, Notice},
    time::Span,
};
use mistatus_json::JsonDialect;

use super::{ConnectOptions, notation::Browser};

/// The protocol spoken with the server.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Transport {
    /// The event stream of docs/PROTOCOL.md.
    #[default]
    Json,
    /// XMPP over a WebSocket (RFC 7395), see docs/XMPP.md.
    #[cfg(feature = "xmpp")]
    Xmpp(super::xmpp::Xmpp),
}

/// The dialect of one connection.
pub enum Wire {
    /// Our own.
    Json(JsonDialect<Browser>),
    /// XMPP.
    #[cfg(feature = "xmpp")]
    Xmpp(Box<super::xmpp::WebDialect>),
}

impl Wire {
    pub(super) fn new(options: &ConnectOptions) -> Self {
        match &options.transport {
            Transport::Json => Self::Json(JsonDialect::default()),
            #[cfg(feature = "xmpp")]
            Transport::Xmpp(xmpp) => Self::Xmpp(Box::new(super::xmpp::dialect(xmpp, options))),
        }
    }

    // Where there is one dialect only, this is nothing in the WebAssembly.
    fn dialect(&mut self) -> &mut dyn Dialect {
        match self {
            Self::Json(json) => json,
            #[cfg(feature = "xmpp")]
            Self::Xmpp(xmpp) => &mut **xmpp,
        }
    }
}

impl Dialect for Wire {
    fn subprotocol(&self) -> &'static str {
        match self {
            Self::Json(json) => json.subprotocol(),
            #[cfg(feature = "xmpp")]
            Self::Xmpp(xmpp) => xmpp.subprotocol(),
        }
    }

    fn open(&mut self, greeting: Greeting) {
        self.dialect().open(greeting);
    }

    fn attach(&mut self) {
        self.dialect().attach();
    }

    fn send(&mut self, message: ClientMessage) {
        self.dialect().send(message);
    }

    fn receive(&mut self, text: &str) {
        self.dialect().receive(text);
    }

    fn handle_visibility(&mut self, visible: bool) {
        self.dialect().handle_visibility(visible);
    }

    fn leave(&mut self) {
        self.dialect().leave();
    }

    fn poll_timeout(&self) -> Option<Span> {
        match self {
            Self::Json(json) => json.poll_timeout(),
            #[cfg(feature = "xmpp")]
            Self::Xmpp(xmpp) => xmpp.poll_timeout(),
        }
    }

    fn handle_timeout(&mut self) {
        self.dialect().handle_timeout();
    }

    fn poll_transmit(&mut self) -> Option<String> {
        self.dialect().poll_transmit()
    }

    fn poll_notice(&mut self) -> Option<Result<Notice, DialectError>> {
        self.dialect().poll_notice()
    }
}
