//! What goes into the registry and what comes out of it: plain data.

use core::fmt;
use std::{collections::BTreeSet, sync::Arc};

use mistatus_core::{
    chat::{ChatMessage, MessageId},
    claim::{Claim, ClaimKey, ClaimSource, ClaimSources},
    group::{Group, GroupId, GroupName},
    hresult::HResult,
    idle::IdleChoice,
    message::{Change, Notice, RequestId, Resume, Seq, Token, Update},
    presence::{Intent, Note},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, UnixMs},
};

use crate::{directory::Person, undelivered::Amount};

/// Names one connection, of one client. Chosen by the caller, never used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ConnectionId(pub u64);

/// Names one write, so that its result finds what waits for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ticket(pub u64);

/// Names one request of a service, so that its outcome finds whoever asked. Chosen by the caller, never used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ServiceRequestId(pub u64);

/// Something that a service wants done about one user. Each is answered by one [`Output::ServiceOutcome`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ServiceCommand {
    /// Makes a claim, or replaces the one with that key.
    PutClaim {
        /// Which.
        key: ClaimKey,
        /// What is claimed.
        claim: NewClaim,
    },
    /// Takes a claim back; one that is not there is no error.
    RemoveClaim {
        /// Which.
        key: ClaimKey,
    },
    /// Chooses for the user, as the user could; [`Intent::source`] is [`Source::Api`](mistatus_core::presence::Source::Api).
    SetStatus {
        /// What.
        intent: Intent,
    },
}

/// Something that the company wants said of who exists. Each is answered by one [`Output::ServiceOutcome`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DirectoryCommand {
    /// Puts somebody into the directory, or says something else of them.
    Put {
        /// Who.
        person: Person,
    },
    /// Takes somebody out of the directory and of everything else; one who is not there is no error.
    Remove {
        /// Who.
        name: SigninName,
    },
    /// Puts these people of the directory into a shared group, and takes all others out of it; without anybody there is no
    /// such group.
    SetGroup {
        /// Which.
        group: GroupName,
        /// Who.
        members: BTreeSet<SigninName>,
    },
    /// Lets these people exist and nobody else.
    Replace {
        /// Who; each name once.
        people: Vec<Person>,
    },
}

/// A claim that is to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewClaim {
    /// What kind of source says so.
    pub source: ClaimSource,
    /// How the user is.
    pub status: MiStatus,
    /// What it says about it.
    pub note: Option<Note>,
    /// When it begins; `None` for now, or, where it replaces one that holds, for when that one began.
    pub from: Option<UnixMs>,
    /// When it ends.
    pub until: UnixMs,
}

/// The stored data of one claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClaimRecord {
    /// Which.
    pub key: ClaimKey,
    /// What is claimed.
    pub claim: Claim,
    /// Whether the user does not want it to count.
    pub dismissed: bool,
}

/// A new connection of a user whose identity the caller has verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// Who it is.
    pub name: SigninName,
    /// How the user is to be shown; `None` leaves what is stored. Cleaned by
    /// [`friendly_name::clean`](mistatus_core::friendly_name::clean).
    pub friendly_name: Option<String>,
    /// Time since the last input, where the client is idle already.
    pub idle_for: Option<Span>,
    /// What a later connection is to say to go on with this one: random, another for each connection.
    /// `None` where it cannot be resumed.
    pub resume_token: Option<Token>,
    /// Which connection this one goes on with, as the client says. Nothing that is wrong about it is an error.
    pub resume: Option<Resume>,
}

/// The stored data of one user.
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
    /// Whose permission to see the user has changed without their knowing it yet, and what it seems to be.
    pub deferred: Vec<(SigninName, bool)>,
    /// How the user stands to others beside that.
    pub relations: RelationsRecord,
    /// What services claim about the user, and what has ended of it and was dismissed.
    pub claims: Vec<ClaimRecord>,
    /// Of which kinds of sources the user wants no claim to count.
    pub ignored: ClaimSources,
    /// What the user chose about idleness, for all devices.
    pub idle: IdleChoice,
}

/// The stored groups, blocks and permissions of one user.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RelationsRecord {
    /// In the order in which they were made.
    pub groups: Vec<Group>,
    /// The last number ever given to a group.
    pub last_group: u32,
    /// Who is blocked or was, in that order.
    pub blocked: Vec<BlockRecord>,
    /// Whose request was accepted.
    pub allowed: Vec<SigninName>,
    /// Who waits for an answer, the longest waiting first, and since when.
    pub requests: Vec<(SigninName, UnixMs)>,
}

/// The stored data of somebody who is blocked, or was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BlockRecord {
    /// Who.
    pub name: SigninName,
    /// Whether they still are; else they are not to know before the user is seen.
    pub blocked: bool,
    /// What they still see.
    pub view: BlockedView,
}

/// What somebody who is blocked still sees of the user, who seems offline to them: the permission, and the name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BlockedView {
    /// Whether the user allows them to see them.
    pub permits: bool,
    /// How the user is shown.
    pub friendly_name: Option<String>,
}

/// The stored state of messages that the registry needs at the start.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MessagesRecord {
    /// The last number ever given; 0 where there was none.
    pub last: u64,
    /// What waits for somebody, in order.
    pub waiting: Vec<ChatMessage>,
    /// What was confirmed and not told the writer yet, in order.
    pub confirmed: Vec<ChatMessage>,
    /// What its reader has not read: who that is, who wrote it, and which message, in their order. At most
    /// [`UNREAD_MAX`](mistatus_core::limits::UNREAD_MAX) of one reader count.
    pub unread: Vec<(SigninName, SigninName, MessageId)>,
    /// What went nowhere and counts for its writer.
    pub hidden: Vec<HiddenRecord>,
}

/// The stored amount of what somebody wrote and somebody else never hears of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HiddenRecord {
    /// Who wrote it.
    pub writer: SigninName,
    /// To whom.
    pub reader: SigninName,
    /// How much.
    pub amount: Amount,
}

/// Tells how a connection ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Departure {
    /// The user said so: a departure at once.
    SignedOut,
    /// The link broke or fell silent: a departure after the damping time.
    Lost,
}

/// An action that the caller has to carry out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Output {
    /// Send this, which is no update, over that connection.
    Notify(ConnectionId, Notice),
    /// Send this update with that number over that connection. The same one goes over many.
    Update(ConnectionId, Seq, Arc<Update>),
    /// Ask whatever is at the other end of that connection for a sign of life, below the protocol, and report it by
    /// [`Hub::handle_pong`](crate::Hub::handle_pong).
    Probe(ConnectionId),
    /// Make this durable, in the order of the tickets, and report by [`Hub::handle_stored`](crate::Hub::handle_stored).
    Store(Ticket, Write),
    /// Look this up, with all writes of lower tickets in it, and report by
    /// [`Hub::handle_fetched`](crate::Hub::handle_fetched).
    Fetch(Ticket, Query),
    /// A request of a service has ended; what it changed is durable.
    ServiceOutcome {
        /// Which.
        id: ServiceRequestId,
        /// How it ended.
        hr: HResult,
        /// What was wrong and what is allowed, where it failed.
        message: Option<String>,
    },
    /// How somebody is has changed for those who may see everybody: what [`Hub::common_view`](crate::Hub::common_view)
    /// returns from now on, the name as its user gave it.
    PresenceChanged(Change),
    /// Close that connection once everything has been sent. The registry has forgotten it.
    Close(ConnectionId, Closing),
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
    /// The company does not say that the user exists, or says so no longer.
    NotListed,
    /// The server goes down.
    Shutdown,
}

/// A change to make durable.
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
    /// Make a claim about an existing user, or replace it. What has ended of that user may be forgotten, but for what was
    /// dismissed since [`DISMISSAL_KEPT`](crate::config::DISMISSAL_KEPT).
    PutClaim {
        /// About whom.
        owner: SigninName,
        /// Which.
        key: ClaimKey,
        /// What is claimed.
        claim: Claim,
        /// Whether the user does not want it to count.
        dismissed: bool,
        /// When it is made.
        at: UnixMs,
    },
    /// Let a claim count no longer.
    DismissClaim {
        /// About whom.
        owner: SigninName,
        /// Which.
        key: ClaimKey,
    },
    /// Let claims of one kind of source count no longer, or again.
    IgnoreClaims {
        /// About whom.
        owner: SigninName,
        /// Of which kind.
        source: ClaimSource,
        /// Whether from now on.
        ignored: bool,
    },
    /// Replace what a user chose about idleness.
    SetIdle {
        /// Who chose.
        owner: SigninName,
        /// What.
        choice: IdleChoice,
    },
    /// Take a claim back. One that was dismissed ends instead, and is known as that.
    RemoveClaim {
        /// About whom.
        owner: SigninName,
        /// Which.
        key: ClaimKey,
        /// When it is taken back.
        at: UnixMs,
    },
    /// Append to the contact list of an existing user; a request of the contact is answered by that.
    AddContact {
        /// Whose list.
        owner: SigninName,
        /// Who comes onto it.
        contact: SigninName,
        /// Whether they still seem to be permitted to see the owner, where the change is not to be known yet. `None`
        /// where it is.
        deferred: Option<bool>,
        /// Since when the owner's request waits at the contact; `None` where nobody has to be asked.
        asked: Option<UnixMs>,
    },
    /// Take somebody off the contact list and out of all groups; takes the owner's request back, and what the owner
    /// has allowed.
    RemoveContact {
        /// Whose list.
        owner: SigninName,
        /// Who leaves it.
        contact: SigninName,
        /// As in [`Write::AddContact`].
        deferred: Option<bool>,
    },
    /// Forget which permissions are deferred, and who was blocked and is no more: they may know now.
    Reveal {
        /// Whose.
        owner: SigninName,
    },
    /// Note that somebody waits for a user's answer.
    PutRequest {
        /// Who is asked.
        owner: SigninName,
        /// Who asks.
        from: SigninName,
        /// Since when.
        at: UnixMs,
    },
    /// End a request.
    AnswerRequest {
        /// Who was asked.
        owner: SigninName,
        /// Who had asked.
        from: SigninName,
        /// Whether they may see the owner from now on.
        accept: bool,
        /// As in [`Write::AddContact`].
        deferred: Option<bool>,
    },
    /// Block somebody, which ends their request, or end that.
    SetBlocked {
        /// Who blocks.
        owner: SigninName,
        /// Whom.
        contact: SigninName,
        /// Whether from now on.
        blocked: bool,
        /// What they still see; `None` where they may know.
        view: Option<BlockedView>,
    },
    /// Make a group, or call it otherwise.
    PutGroup {
        /// Whose.
        owner: SigninName,
        /// Which.
        group: GroupId,
        /// How it is called now.
        name: GroupName,
    },
    /// End a group.
    RemoveGroup {
        /// Whose.
        owner: SigninName,
        /// Which.
        group: GroupId,
    },
    /// Put a contact into a group, or take them out.
    SetGroupMember {
        /// Whose group.
        owner: SigninName,
        /// Which.
        group: GroupId,
        /// Who.
        contact: SigninName,
        /// Whether they are in it now.
        member: bool,
    },
    /// Change the directory, all of it or nothing.
    ChangeDirectory {
        /// Who comes, or is said to be otherwise.
        put: Vec<Person>,
        /// Who goes: nothing stays of them, neither of their own nor with others.
        removed: Vec<SigninName>,
    },
    /// Keep a message, which is unread.
    PutMessage {
        /// What; not delivered yet.
        message: ChatMessage,
        /// By which request of the writer; the two find it again.
        request: RequestId,
        /// Whether it is the writer's alone: the other never hears of it.
        hidden: bool,
    },
    /// Make a message the writer's alone.
    HideMessage {
        /// Which.
        id: MessageId,
    },
    /// What of one person's messages another never hears of counts no longer for the writer.
    ReleaseHidden {
        /// Who never hears of them.
        owner: SigninName,
        /// Who wrote them.
        from: SigninName,
    },
    /// Messages of one person wait no longer for another.
    ConfirmMessages {
        /// Who has them.
        owner: SigninName,
        /// Who wrote them.
        from: SigninName,
        /// The last one.
        up_to: MessageId,
        /// Whether the writer may know.
        told: bool,
    },
    /// A user has read what somebody wrote.
    MarkRead {
        /// Who has read it.
        owner: SigninName,
        /// Who wrote it.
        from: SigninName,
        /// The last one.
        up_to: MessageId,
    },
}

/// A query to the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Query {
    /// The message that a request of somebody brought about.
    Sent {
        /// Who wrote it.
        writer: SigninName,
        /// By which request.
        request: RequestId,
    },
    /// The newest messages of one conversation, in their order, without those that are the other's alone.
    History {
        /// Who asks.
        owner: SigninName,
        /// With whom.
        with: SigninName,
        /// Only those before this one.
        before: Option<MessageId>,
        /// At most so many.
        limit: usize,
    },
}

/// Tells that a write did not become durable, or that something could not be read. Details belong into the caller's log, not onto the wire.
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
    /// A claim begins or ends.
    Claim,
    /// A lost client has been away for too long to go on where it was.
    ResumeWindow,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the write did not become durable")
    }
}

impl core::error::Error for StoreError {}
