//! What client and engine say to each other, whatever bytes carry it.
//!
//! A [`Dialect`](crate::dialect::Dialect) turns a client's messages into bytes and bytes into notices;
//! an embedded server's registry takes a client's messages and gives updates and other notices.

use std::sync::Arc;

use crate::{
    chat::{ChatMessage, ContactRequest, MessageId, MessageText},
    claim::{ClaimKey, ClaimSource, ClaimSources, KnownClaim, note_and_end},
    group::{Group, GroupId, GroupName},
    hresult::HResult,
    idle::IdleChoice,
    presence::{Intent, Presence, Source},
    search::{FoundPerson, SearchText},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, UnixMs},
    unread::Unread,
};

/// The id of one request, by which its outcome is matched to it. Chosen by the client, never 0, never used for
/// another request of the same connection or one that resumes it: the engine carries out a repeated one once.
///
/// At most 2^53 - 1. Tabs that share a connection start at different numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RequestId(pub u64);

/// The number of a change that one client is told: from the snapshot on, without a gap within a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Seq(pub u64);

impl Seq {
    /// Returns the number that must follow.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A message of a client that is signed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClientMessage {
    /// Something that has an outcome.
    Request(Request),
    /// Something that has none.
    Signal(Signal),
}

/// A command on its way, with what finds its [`Outcome`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Finds the outcome.
    pub id: RequestId,
    /// What is to be done.
    pub command: Command,
}

/// Something that a user wants done. Each is answered by one [`Outcome`], and what it changes by an [`Update`] before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// Sets status, note and end as one. Answered by [`Update::MyStatus`].
    SetStatus {
        /// What the user wants.
        intent: Intent,
    },
    /// Lets a claim about the user count no longer, until it is made anew with another beginning. Answered by
    /// [`Update::MyStatus`].
    DismissClaim {
        /// Which.
        key: ClaimKey,
    },
    /// Lets claims of one kind of source count no longer, or again. Answered by [`Update::MyStatus`].
    IgnoreClaims {
        /// Of which kind.
        source: ClaimSource,
        /// Whether they are to be ignored from now on.
        ignored: bool,
    },
    /// Says when the user is idle and whether that is told, on all devices; replaces what was chosen before. Answered by
    /// [`Update::MyStatus`] where that was something else.
    SetIdle {
        /// What; [`IdleChoice::NONE`] leaves it to each page again.
        choice: IdleChoice,
    },
    /// Asks for one's own status. Answered by [`Update::MyStatus`].
    QueryStatus,
    /// Follows people who need not be on the list. Answered by [`Update::Changes`] for all of them.
    Watch {
        /// At most [`WATCH_BATCH_MAX`](crate::limits::WATCH_BATCH_MAX) names.
        names: Vec<SigninName>,
    },
    /// Puts somebody on the contact list. Answered by [`Update::ContactAdded`].
    AddContact {
        /// Whom to add.
        name: SigninName,
    },
    /// Takes somebody off the contact list. Answered by [`Update::ContactRemoved`].
    RemoveContact {
        /// Whom to remove.
        name: SigninName,
    },
    /// Answers somebody who asked to see this user's presence. Answered by [`Update::ContactRequestGone`].
    AnswerContactRequest {
        /// Who asked.
        name: SigninName,
        /// Whether they may; a refusal is not told them.
        accept: bool,
    },
    /// Blocks somebody, on the list or not, or ends that: they see this user as offline and cannot write to them.
    /// Answered by [`Update::Blocked`].
    SetBlocked {
        /// Whom.
        name: SigninName,
        /// Whether from now on.
        blocked: bool,
    },
    /// Makes a group. Answered by [`Update::GroupAdded`].
    CreateGroup {
        /// How it is to be called.
        name: GroupName,
    },
    /// Calls a group otherwise. Answered by [`Update::GroupRenamed`].
    RenameGroup {
        /// Which.
        group: GroupId,
        /// How it is to be called.
        name: GroupName,
    },
    /// Ends a group; its members stay on the list. Answered by [`Update::GroupRemoved`].
    RemoveGroup {
        /// Which.
        group: GroupId,
    },
    /// Puts a contact into a group, or takes them out. Answered by [`Update::GroupMember`].
    SetGroupMember {
        /// Which group.
        group: GroupId,
        /// Who; somebody on the list.
        name: SigninName,
        /// Whether they are to be in it.
        member: bool,
    },
    /// Writes to somebody. Answered by [`Update::Message`] to all of this user's clients.
    ///
    /// The same id from the same user is the same message, on whatever connection: it is taken on once.
    SendMessage {
        /// To whom.
        to: SigninName,
        /// What.
        text: MessageText,
    },
    /// Asks for older messages with somebody. Answered by [`Notice::Messages`].
    FetchMessages {
        /// With whom.
        with: SigninName,
        /// Only what is older than this one; `None` for the newest.
        before: Option<MessageId>,
    },
    /// Searches the directory of people, where the server has one. Answered by [`Notice::People`].
    FindPeople {
        /// How the sign-in name, the friendly name or a word of it begins.
        beginning: SearchText,
    },
    /// Renews the credentials without a break.
    RenewToken {
        /// The fresh token.
        token: Token,
    },
}

/// Something that a client says and that cannot fail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Signal {
    /// This client saw no input for so long, or, with `None`, there is input again.
    ///
    /// A duration and not an instant, since the client's clock may be wrong.
    ReportIdle {
        /// Time since the last input.
        idle_for: Option<Span>,
    },
    /// Stops following.
    Unwatch {
        /// At most [`WATCH_BATCH_MAX`](crate::limits::WATCH_BATCH_MAX) names.
        names: Vec<SigninName>,
    },
    /// This client has all messages of somebody up to one.
    ConfirmMessages {
        /// Who wrote them.
        from: SigninName,
        /// The last one.
        up_to: MessageId,
    },
    /// The user has read what somebody wrote up to one message, on whatever client. Answered by [`Update::Unread`] where
    /// that was not known.
    MarkRead {
        /// Who wrote it.
        from: SigninName,
        /// The last one.
        up_to: MessageId,
    },
    /// Asks for a fresh [`Notice::Snapshot`], after a gap in the numbers.
    Resync,
    /// Asks for a [`Notice::Pong`].
    Ping {
        /// Last number seen, so that the engine need not keep what came before for a resume; `None` after a gap.
        seen: Option<Seq>,
    },
    /// Answers a [`Notice::Ping`].
    Pong {
        /// Last number seen, as in [`Signal::Ping`].
        seen: Option<Seq>,
    },
    /// Says goodbye. Answered by [`Notice::Bye`].
    Signout,
}

impl From<Request> for ClientMessage {
    fn from(request: Request) -> Self {
        Self::Request(request)
    }
}

impl From<Signal> for ClientMessage {
    fn from(signal: Signal) -> Self {
        Self::Signal(signal)
    }
}

/// A message of an engine to a client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Notice {
    /// The credentials were accepted. A [`Notice::Snapshot`] follows, or, where the connection before was resumed,
    /// every update that the client has not seen.
    SignedIn(Welcome),
    /// Everything that the client may see, as of a number.
    Snapshot(Snapshot),
    /// Something has changed, and that has this number.
    Update(Seq, Update),
    /// Older messages that were asked for.
    Messages {
        /// By which request.
        id: RequestId,
        /// In their order, the newest last.
        messages: Vec<ChatMessage>,
        /// Whether there are still older ones.
        more: bool,
    },
    /// People who were searched.
    People {
        /// By which request.
        id: RequestId,
        /// In the order of their sign-in names; at most [`FOUND_PEOPLE_MAX`](crate::limits::FOUND_PEOPLE_MAX).
        people: Vec<FoundPerson>,
        /// Whether there are others beside.
        more: bool,
    },
    /// A request came to its end without a change that is kept, or was refused before it reached the registry: it has
    /// no number.
    Outcome(Outcome),
    /// A frame could not be understood, or was refused; the connection lives on.
    Refused {
        /// Why, as a code.
        hr: HResult,
        /// Why, for developers; English.
        message: String,
    },
    /// The token ends soon; a fresh one is wanted.
    TokenExpiring {
        /// How long it still holds.
        expires_in: Span,
    },
    /// Asks for a [`Signal::Pong`].
    Ping,
    /// Answers a [`Signal::Ping`].
    Pong,
    /// The engine closes after this.
    Bye {
        /// Why; `S_OK` answers a sign-out.
        hr: HResult,
        /// When to come back; `None` leaves it to the client's backoff.
        retry_after: Option<Span>,
        /// Why, for developers; English.
        message: Option<String>,
    },
}

impl Notice {
    /// Returns the number of an update; `None` for everything else, also for a snapshot, which says as of which it is.
    #[must_use]
    pub const fn seq(&self) -> Option<Seq> {
        match self {
            Notice::Update(seq, _) => Some(*seq),
            _ => None,
        }
    }

    /// Returns how a request ended, where this is what the notice says, with a number or without.
    #[must_use]
    pub const fn outcome(&self) -> Option<&Outcome> {
        match self {
            Notice::Update(_, Update::Outcome(outcome)) | Notice::Outcome(outcome) => Some(outcome),
            _ => None,
        }
    }
}

/// A change that a client is told with a number, so that none is lost or taken twice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Update {
    /// Changes of people on the list or watched.
    Changes {
        /// At least one change.
        changes: Vec<Change>,
    },
    /// One's own status was set (also to the value it had), or changed by itself.
    MyStatus {
        /// Status, note and end as of now.
        me: MyPresence,
    },
    /// Somebody is on the list now.
    ContactAdded {
        /// Who, and what may be seen of them.
        contact: Change,
    },
    /// Somebody is no longer on the list.
    ContactRemoved {
        /// Who.
        name: SigninName,
    },
    /// Somebody asks to see this user's presence.
    ContactRequested {
        /// Who.
        request: ContactRequest,
    },
    /// A contact request waits no longer: it was answered or taken back.
    ContactRequestGone {
        /// Who had asked.
        name: SigninName,
    },
    /// Somebody is blocked from now on, or no longer.
    Blocked {
        /// Who.
        name: SigninName,
        /// Whether.
        blocked: bool,
    },
    /// There is a new group.
    GroupAdded {
        /// Which; nobody is in it yet.
        group: Group,
        /// Which request brought it about, where it was one of this user's clients.
        request: Option<RequestId>,
    },
    /// A group is called otherwise.
    GroupRenamed {
        /// Which.
        group: GroupId,
        /// How it is called now.
        name: GroupName,
    },
    /// A group is gone.
    GroupRemoved {
        /// Which.
        group: GroupId,
    },
    /// A contact came into a group, or left it.
    GroupMember {
        /// Which group.
        group: GroupId,
        /// Who.
        name: SigninName,
        /// Whether they are in it now.
        member: bool,
    },
    /// There is a new message, from somebody or by this user.
    Message {
        /// What.
        message: ChatMessage,
        /// Which request brought it about, where it was one of this user's clients.
        request: Option<RequestId>,
    },
    /// A client of the other has messages of this user.
    Delivered {
        /// To whom they were written.
        to: SigninName,
        /// The last one.
        up_to: MessageId,
    },
    /// More of what somebody wrote is unread, or less. Follows the [`Update::Message`] that brought it about.
    Unread {
        /// How much, of whom.
        unread: Unread,
    },
    /// A request came to its end.
    Outcome(Outcome),
}

/// How a request ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Which.
    pub id: RequestId,
    /// How.
    pub hr: HResult,
    /// What was wrong and what is allowed, for developers; English.
    pub message: Option<String>,
}

/// The first message of a client: who it is, and what proves it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Greeting {
    /// Proof of identity, where the engine wants one.
    pub token: Option<Token>,
    /// Who the client says it is; only engines without authentication listen to it.
    pub signin_name: Option<SigninName>,
    /// How the user wants to be shown, at most [`FRIENDLY_NAME_MAX`](crate::limits::FRIENDLY_NAME_MAX) UTF-16 units.
    pub friendly_name: Option<String>,
    /// Time since the last input where the client is idle already, so that a reconnect does not pop up as online.
    pub idle_for: Option<Span>,
    /// Which connection this one goes on with.
    pub resume: Option<Resume>,
}

/// A lost connection that is to be resumed, and the last update that its client saw.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resume {
    /// From [`Welcome::resume`] of the lost connection.
    pub token: Token,
    /// Last number that the client saw.
    pub seen: Seq,
}

/// A secret. Debug output does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes a secret.
    #[must_use]
    pub const fn new(secret: String) -> Self {
        Self(secret)
    }

    /// Returns the secret, for the one place that sends or checks it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Debug for Token {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The engine's answer to accepted credentials.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Welcome {
    /// Who the client is now, as the engine says.
    pub name: SigninName,
    /// How this user is shown.
    pub friendly_name: String,
    /// How often the client should be heard of.
    pub heartbeat: Span,
    /// The engine's clock.
    pub server_time: UnixMs,
    /// What a later connection is to say in [`Greeting::resume`]; a secret. `None` where the engine cannot resume.
    pub resume: Option<Token>,
    /// Whether this connection goes on with the one that the greeting named: no snapshot follows.
    pub resumed: bool,
}

/// The state that a client starts from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    /// Number of the last change that is contained; the next notice has the following one.
    pub seq: Seq,
    /// One's own status.
    pub me: MyPresence,
    /// The contact list, in its order.
    pub contacts: Vec<Change>,
    /// The watched people who are not on the list; empty after a sign-in.
    pub watched: Vec<Change>,
    /// The user's groups, in their order.
    pub groups: Vec<Group>,
    /// Whom the user has blocked.
    pub blocked: Vec<SigninName>,
    /// Who waits for the user's answer.
    pub requests: Vec<ContactRequest>,
    /// Whose messages the user has not read, and how many.
    pub unread: Vec<Unread>,
}

/// The user's own presence: the effective status, and the intent behind it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MyPresence {
    /// Effective status for oneself: `INVISIBLE` when invisible, `IDLE` when all clients are.
    pub status: MiStatus,
    /// What the user chose.
    pub intent: Intent,
    /// Since when the effective status is this one.
    pub since: Option<UnixMs>,
    /// What brought the effective status about.
    pub source: Option<Source>,
    /// What services claim about the user, also for later; in the order of the services' names.
    pub claims: Arc<[KnownClaim]>,
    /// Of which kinds of sources the user wants no claim to count.
    pub ignored: ClaimSources,
    /// What the user chose about idleness, for all devices.
    pub idle: IdleChoice,
}

impl MyPresence {
    /// Returns the status with its reasons: note and end are those of the claim in force, or of what the user chose.
    #[must_use]
    pub fn presence(&self) -> Presence {
        let claim = self.claim_in_force().map(|known| &known.claim);
        let (note, until) = note_and_end(&self.intent, claim);
        let Self { status, since, source, .. } = *self;
        Presence { status, note: note.cloned(), since, until, source }
    }

    /// Returns the claim that decides the status; `None` where what the user chose does.
    #[must_use]
    pub fn claim_in_force(&self) -> Option<&KnownClaim> {
        self.claims.iter().find(|known| known.in_force)
    }

    /// Whether the claims are the same, and those that count.
    #[must_use]
    pub fn has_claims_of(&self, other: &Self) -> bool {
        self.claims == other.claims && self.ignored == other.ignored
    }

    /// Whether everything is the same but the claims and the choice about idleness.
    #[must_use]
    pub fn has_status_of(&self, other: &Self) -> bool {
        let Self { status, intent, since, source, claims: _, ignored: _, idle: _ } = self;
        (status, intent, since, source)
            == (&other.status, &other.intent, &other.since, &other.source)
    }
}

/// One person's presence as of now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Who.
    pub name: SigninName,
    /// How they are shown; `None` where it is unknown or may not be seen: show the sign-in name.
    pub friendly_name: Option<String>,
    /// What may be seen.
    pub presence: Presence,
    /// Whether the engine cannot say yet: it has just started, and people are on their way back. The presence is
    /// UNKNOWN then, and a client that knows an earlier one keeps it as stale.
    pub settling: bool,
}
