//! What goes into the registry and what comes out of it: plain data.

use core::fmt;

use mistatus_core::{
    message::{Notice, Resume, Token},
    presence::Intent,
    signin_name::SigninName,
    time::{Span, UnixMs},
};

/// Names one connection. Chosen by the caller, never used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClientId(pub u64);

/// Names one write, so that its result finds what waits for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ticket(pub u64);

/// Is a user whose identity the caller has made sure of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// Who it is.
    pub name: SigninName,
    /// How the user is to be shown; `None` leaves what is stored. Longer ones than the limit are cut.
    pub friendly_name: Option<String>,
    /// Time since the last input, where the client is idle already.
    pub idle_for: Option<Span>,
    /// What a later connection is to say to go on with this one: random, another for each connection.
    /// `None` where it cannot be resumed.
    pub resume_token: Option<Token>,
    /// Which connection this one goes on with, as the client says. Nothing that is wrong about it is an error.
    pub resume: Option<Resume>,
}

/// Is what the store holds of one user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UserRecord {
    /// Who it is.
    pub name: SigninName,
    /// How the user is shown.
    pub friendly_name: Option<String>,
    /// What the user chose last; an end that has passed counts as nothing chosen.
    pub intent: Intent,
    /// When that was chosen; `None` where that is not known.
    pub chosen_at: Option<UnixMs>,
    /// The contact list, in its order.
    pub contacts: Vec<SigninName>,
    /// Whom others believe to be on the list or not, where they do not know better yet.
    pub believed: Vec<(SigninName, bool)>,
}

/// Tells how a connection ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Departure {
    /// The user said so: a departure at once.
    SignedOut,
    /// The link broke or fell silent: a departure after the damping time.
    Lost,
}

/// Is what the caller has to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Output {
    /// Send this to that client.
    Notify(ClientId, Notice),
    /// Make this durable, in the order of the tickets, and report by [`Hub::handle_stored`](crate::Hub::handle_stored).
    Store(Ticket, Write),
    /// Close that connection once everything has been sent. The registry has forgotten it.
    Close(ClientId, Closing),
}

/// Tells why a connection is to be closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Closing {
    /// The client signed out.
    SignedOut,
    /// The client did not answer a heartbeat.
    Silent,
    /// The user has too many clients.
    TooManyClients,
    /// Another connection goes on with this one. No `Bye` comes before it.
    Resumed,
    /// The sign-in could not be stored.
    StoreFailed,
    /// The server goes down.
    Shutdown,
}

/// Is something to make durable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Write {
    /// Insert the user, or give the user this friendly name.
    PutUser {
        /// Who.
        name: SigninName,
        /// How the user is shown.
        friendly_name: Option<String>,
    },
    /// Replace the intent of an existing user.
    PutIntent {
        /// Whose.
        name: SigninName,
        /// The new one.
        intent: Intent,
        /// When it was chosen.
        at: UnixMs,
    },
    /// Append to the contact list of an existing user.
    AddContact {
        /// Whose list.
        owner: SigninName,
        /// Who comes onto it.
        contact: SigninName,
        /// What others go on believing: whether `contact` is on the list. `None` where they may know, which ends what
        /// they believed of `contact` before.
        believed: Option<bool>,
    },
    /// Take somebody off the contact list.
    RemoveContact {
        /// Whose list.
        owner: SigninName,
        /// Who leaves it.
        contact: SigninName,
        /// What others go on believing, as in [`Write::AddContact`].
        believed: Option<bool>,
    },
    /// Forget all that others believe of a list: they may know it now.
    Reveal {
        /// Whose list.
        owner: SigninName,
    },
}

/// Tells that a write did not become durable. Details belong into the caller's log, not onto the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StoreError;

/// Tells what a deadline is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timer {
    /// A client was silent for long.
    Heartbeat,
    /// A user whose client vanished may be gone.
    Departure,
    /// An intent ends.
    Expiry,
    /// A lost client has been away for too long to go on where it was.
    ResumeWindow,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the write did not become durable")
    }
}

impl core::error::Error for StoreError {}
