//! What an embedder decides about a dialect.

use core::fmt;

use mistatus_core::{
    presence::Intent,
    status::MiStatus,
    time::{Span, UnixMs},
};

use crate::{limits::PATIENCE, sasl::Mechanism};

/// A wall clock, for the timestamps of presences. Implemented by whoever has access to one.
pub trait Clock {
    /// Returns the instant of now.
    fn now(&self) -> UnixMs;
}

/// The kind of secret that the token of a greeting is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Credentials {
    /// A password, which only leaves this client by PLAIN.
    Password,
    /// A token that the site's back end made: said as it is, on secure connections only.
    Token,
    /// Nothing: a visitor.
    Anonymous,
}

/// The rule for who may see the user's presence without the user being asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Approval {
    /// Nobody.
    Nobody,
    /// Whom the user has on the list.
    Listed,
    /// Everybody who asks.
    Everybody,
}

/// The settings of the dialect, chosen by the embedder.
///
/// ```
/// use mistatus_core::{
///     session::{Session, SessionOptions},
///     signin_name::SigninName,
///     time::UnixMs,
/// };
/// use mistatus_xmpp::{Clock, Credentials, XmppDialect, XmppOptions};
///
/// struct Calendar;
///
/// impl Clock for Calendar {
///     fn now(&self) -> UnixMs {
///         UnixMs::from_millis(1_795_262_400_000) // Date.now()
///     }
/// }
///
/// let seed = [7; 32]; // crypto.getRandomValues()
/// let options = XmppOptions { credentials: Credentials::Token, ..XmppOptions::new(seed) };
/// let session = Session::new(
///     SessionOptions {
///         signin_name: SigninName::parse("alice@example.com").ok(),
///         renewable_token: true,
///         ..SessionOptions::default()
///     },
///     XmppDialect::new(options, Calendar),
/// );
/// assert_eq!(session.subprotocol(), "xmpp");
/// ```
#[derive(Clone)]
pub struct XmppOptions {
    /// The service's domain; `None` for that of the sign-in name.
    pub domain: Option<String>,
    /// What the token of a greeting is.
    pub credentials: Credentials,
    /// Whether nobody else can read the connection: TLS, or the same machine.
    pub is_secure: bool,
    /// Weakest mechanism that may prove a password.
    pub weakest: Mechanism,
    /// 32 random bytes, never used for another dialect: nonces, resources and ids come from it.
    pub seed: [u8; 32],
    /// What the user chose before this dialect was made, and when, where the page keeps it; what is newer at the
    /// account goes first.
    pub chosen: Option<(Intent, UnixMs)>,
    /// Who may see the user's presence without asking.
    pub approval: Approval,
    /// How long to wait for the first presence of everybody before the snapshot; whoever has said nothing by then is
    /// not there. Services say nothing of those, and nobody says when the last one has spoken.
    pub patience: Span,
    /// What clients that do not know a status show instead, in the user's language.
    pub status_text: fn(MiStatus) -> Option<&'static str>,
}

impl XmppOptions {
    /// A password over a secure connection, contacts on the list may see, English texts.
    #[must_use]
    pub fn new(seed: [u8; 32]) -> Self {
        Self {
            domain: None,
            credentials: Credentials::Password,
            is_secure: true,
            weakest: Mechanism::Plain,
            seed,
            chosen: None,
            approval: Approval::Listed,
            patience: PATIENCE,
            status_text: crate::mapping::english,
        }
    }
}

// The seed is a secret, and debug output ends in logs.
impl fmt::Debug for XmppOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XmppOptions")
            .field("credentials", &self.credentials)
            .field("is_secure", &self.is_secure)
            .field("weakest", &self.weakest)
            .field("approval", &self.approval)
            .finish_non_exhaustive()
    }
}
