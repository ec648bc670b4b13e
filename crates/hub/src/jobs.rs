//! What waits: requests for their turn, and what goes on when the store has answered. Decides nothing.

use std::{collections::VecDeque, sync::Arc};

use mistatus_core::{
    chat::{ChatMessage, MessageId},
    hresult::HResult,
    message::{Request, RequestId},
    signin_name::SigninName,
};

use crate::{
    client::ClientId,
    directory::Person,
    inbox::Taken,
    io::{Arrival, ConnectionId, DirectoryCommand, Query, ServiceCommand, ServiceRequestId, Write},
};

/// Commands about the directory, of which one at a time is written.
#[derive(Default)]
pub(crate) struct DirectoryQueue {
    pub(crate) waiting: VecDeque<(ServiceRequestId, DirectoryCommand)>,
    pub(crate) writing: bool,
}

/// Something in the queue of a user.
pub(crate) enum Queued {
    Client(Job),
    Service(ServiceJob),
}

/// A request of a service about the user.
pub(crate) struct ServiceJob {
    pub(crate) id: ServiceRequestId,
    pub(crate) command: ServiceCommand,
}

/// A request of one of the user's clients.
pub(crate) struct Job {
    pub(crate) client: ClientId,
    pub(crate) request: Request,
}

/// Tells what comes next for a request that may be carried out.
pub(crate) enum Step {
    /// To make this durable.
    Store(Write),
    /// To find out whether it was carried out before.
    LookUp(Query),
    /// To tell the client its user's status.
    TellStatus,
    /// Nothing: it is so already.
    End(HResult),
}

/// The effect on others of a write that is not durable yet.
#[derive(Clone, Copy)]
pub(crate) struct Effect {
    /// The permission that the one whom it is about still seems to have, or not to have.
    pub(crate) deferred: Option<bool>,
    /// Whether they are asked.
    pub(crate) asks: bool,
}

impl Effect {
    pub(crate) const fn of(write: &Write) -> Self {
        let deferred = match write {
            Write::AddContact { deferred, .. }
            | Write::RemoveContact { deferred, .. }
            | Write::AnswerRequest { deferred, .. } => *deferred,
            _ => None,
        };
        Self { deferred, asks: matches!(write, Write::AddContact { asked: Some(_), .. }) }
    }
}

/// What a request is told whose write did not become durable.
pub(crate) const NOT_STORED: &str = "the server could not store it; nothing was changed";

/// What somebody is told who may not sign in, or not any more.
pub(crate) const NOT_LISTED: &str =
    "this sign-in name is not in the directory of the server; whoever runs it can put it there";

/// The reason why a request is refused: the code, and what is allowed.
pub(crate) type Refusal = (HResult, String);

/// Tells what goes on when the store has answered.
pub(crate) enum Continuation {
    /// The sign-in over this connection.
    Join { connection: ConnectionId, arrival: Arrival },
    /// This request.
    Job { owner: SigninName, job: Job, effect: Effect },
    /// This request of a service, which is done by that write.
    Service { owner: SigninName, id: ServiceRequestId, write: Write },
    /// This command about the directory.
    Directory { id: ServiceRequestId, put: Vec<Person>, removed: Vec<SigninName> },
    /// This message of the user's.
    Message { owner: SigninName, job: Job, sent: Sent },
    /// To tell the writer that the user has messages up to that one.
    Confirmed { owner: SigninName, from: SigninName, taken: Taken, told: bool },
    /// To tell the user's clients that these are read, or to count them again.
    Read { owner: SigninName, from: SigninName, read: Vec<MessageId> },
    /// This request, once it is known whether it was carried out before.
    Lookup { owner: SigninName, job: Job },
    /// What a client wants to read.
    History { client: ClientId, id: RequestId, owner: SigninName },
    /// Nothing.
    Nobody,
}

/// A message that is being written to the store.
pub(crate) struct Sent {
    pub(crate) message: Arc<ChatMessage>,
    /// Whether the other never hears of it.
    pub(crate) hidden: bool,
}

/// Tells when a user's own clients hear of their status.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TellOwner {
    /// Also when it is as before: the user has set it.
    Always,
    /// Only when it is another.
    OfChanges,
}
