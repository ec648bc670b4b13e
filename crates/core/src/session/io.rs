//! What goes into a session and what comes out of it. Data only.

use crate::{
    chat::MessageId, group::GroupId, hresult::HResult, message::RequestId, search::FoundPerson,
    signin_name::SigninName, status::MiStatus,
};

/// The settings of a session.
#[derive(Clone, Debug, Default)]
pub struct SessionOptions {
    /// Who the client says it is; only engines without authentication listen to it.
    pub signin_name: Option<SigninName>,
    /// How the user wants to be shown.
    pub friendly_name: Option<String>,
    /// Whether a first sign-in that fails is tried again like a lost connection.
    pub keep_trying: bool,
    /// Whether another token can be had after the first was refused.
    pub renewable_token: bool,
    /// Start of the random sequence that spreads reconnects; different in every client.
    pub seed: u64,
}

/// An event of the link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkEvent<'a> {
    /// It is open, with our subprotocol.
    Opened,
    /// It delivered a text.
    Text(&'a str),
    /// It is gone, or could not be opened; also after [`Output::CloseLink`].
    Closed,
    /// It cannot be had.
    Failed {
        /// Which result the sign-in has.
        hr: HResult,
        /// What is wrong and what to do, for developers.
        message: &'a str,
    },
}

/// An action that the session wants carried out, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Output {
    /// Find a token and hand it to [`Session::handle_token`](super::Session::handle_token); a `fresh` one where the last was refused or ends.
    WantToken {
        /// Whether a token that was used before is of no use.
        fresh: bool,
    },
    /// Open a link; what is left of an earlier one must no longer be reported.
    OpenLink,
    /// Close the link.
    CloseLink,
    /// Send a text over the link.
    Transmit(String),
    /// Tell all other tabs that share this connection.
    Post(PeerMessage),
    /// Do something about who leads the tabs; the result goes to [`Session::handle_lead`](super::Session::handle_lead).
    Lead(LeadWish),
    /// Tell whoever listens.
    Event(Event),
}

/// A message between tabs of one browser profile that share a connection.
///
/// One tab, the leader, holds the link; the others follow. Everybody hears everything but what they say themselves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PeerMessage {
    /// Asks the leader whether there is a connection. Answered by `Up`, `Down` or `Busy`.
    Hello,
    /// There is a connection.
    Up {
        /// Another one for each connection; a follower that hears of a new one repeats what has no outcome yet.
        epoch: u64,
        /// Whether the connection goes on with the one before, whose followers missed nothing.
        resumed: bool,
        /// The text by which the engine accepted the credentials.
        welcome: String,
    },
    /// The connection is lost.
    Down {
        /// Whether the leader's page is hidden, so that it does not try to come back.
        hidden: bool,
    },
    /// The leader is about to connect, or to resume.
    Busy,
    /// The engine said this: the epoch of the connection, a space, and the text.
    FromServer(String),
    /// The leader is to say this to the engine, over that connection and no other: epoch, space and text as above.
    ToServer(String),
    /// Somebody no longer watches these; whoever still does says so to the engine once more.
    Unwatch(Vec<SigninName>),
}

/// A session's request about the browser's lock, whose holder is the leading tab.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LeadWish {
    /// Wait in line for it.
    Request,
    /// Take it from a leader that does not answer.
    Steal,
    /// Give it back, or leave the line.
    Release,
}

/// An event for the page's listeners.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// The outcome of reaching and authenticating (`OnSignin`).
    Signin {
        /// `S_OK`, or why not.
        hr: HResult,
        /// What was wrong, for developers.
        message: Option<String>,
    },
    /// Sign-out is under way (`OnSignout`).
    Signout,
    /// The user has chosen a status: [`Session::choosing`](super::Session::choosing) says which. Its verdict follows by
    /// [`Event::MyStatus`].
    Choosing,
    /// Own status was set, changed, or could not be (`OnMyStatusChange`).
    MyStatus {
        /// `S_OK`, or why the change or the connection failed.
        hr: HResult,
        /// Own status as of now.
        status: MiStatus,
    },
    /// What services claim about the user has changed, or which of it counts: [`Session::me`](super::Session::me) has it.
    Claims,
    /// What the user chose about idleness has changed: [`Session::idle_choice`](super::Session::idle_choice) has it.
    IdleChoice,
    /// Somebody on the list has another status (`OnContactStatusChange`).
    ContactStatus {
        /// Who.
        name: SigninName,
        /// The status before.
        previous: MiStatus,
        /// The status now.
        current: MiStatus,
    },
    /// The outcome of putting somebody on the list (`OnContactListAdd`).
    ContactAdded {
        /// `S_OK`, or why not.
        hr: HResult,
        /// Who.
        name: SigninName,
    },
    /// The outcome of taking somebody off the list (`OnContactListRemove`).
    ContactRemoved {
        /// `S_OK`, or why not.
        hr: HResult,
        /// Who.
        name: SigninName,
    },
    /// A search of the directory has found these; [`Event::Done`] ends the request.
    PeopleFound {
        /// By which request.
        id: RequestId,
        /// In the order of their sign-in names.
        people: Vec<FoundPerson>,
        /// Whether there are others beside.
        more: bool,
    },
    /// Somebody on the list is called otherwise (`OnContactFriendlyNameChange`).
    FriendlyName {
        /// Who.
        name: SigninName,
        /// How before.
        previous: String,
    },
    /// The user is called otherwise since the last connection (`OnMyFriendlyNameChange`).
    MyFriendlyName {
        /// How before.
        previous: String,
    },
    /// The outcome of making a group (`OnGroupAdded`).
    GroupAdded {
        /// `S_OK`, or why not.
        hr: HResult,
        /// Which; `None` on failure.
        group: Option<GroupId>,
        /// By which request, where it was this client's.
        request: Option<RequestId>,
    },
    /// The outcome of calling a group otherwise (`OnGroupNameChanged`).
    GroupRenamed {
        /// `S_OK`, or why not.
        hr: HResult,
        /// Which.
        group: GroupId,
    },
    /// The outcome of ending a group (`OnGroupRemoved`).
    GroupRemoved {
        /// `S_OK`, or why not.
        hr: HResult,
        /// Which.
        group: GroupId,
    },
    /// The outcome of putting somebody into a group (`OnContactAddedToGroup`) or taking them out
    /// (`OnContactRemovedFromGroup`).
    GroupMember {
        /// `S_OK`, or why not.
        hr: HResult,
        /// Which group.
        group: GroupId,
        /// Who.
        name: SigninName,
        /// Whether into it.
        member: bool,
    },
    /// The outcome of blocking somebody or ending that (`OnContactBlockChange`).
    Blocked {
        /// `S_OK`, or why not.
        hr: HResult,
        /// Who.
        name: SigninName,
        /// Whether blocked.
        blocked: bool,
    },
    /// Others ask to see the user, or no longer.
    ContactRequests,
    /// Something about a conversation is otherwise than before.
    Chat {
        /// With whom.
        with: SigninName,
    },
    /// Somebody wrote.
    Message {
        /// Who.
        from: SigninName,
        /// Which of the conversation's messages.
        id: MessageId,
    },
    /// More of what somebody wrote is unread, or less: [`Session::unread`](super::Session::unread) says how much.
    Unread {
        /// Who wrote it.
        from: SigninName,
    },
    /// Something that is shown of this person changed, staleness included.
    Presence {
        /// Who.
        name: SigninName,
    },
    /// A request came to its end.
    Done {
        /// Which.
        id: RequestId,
        /// How.
        hr: HResult,
        /// What was wrong, for developers.
        message: Option<String>,
    },
    /// The reason why nobody is signed in, told once for each until somebody is; for developers.
    NotSignedIn {
        /// Why, as a code.
        hr: HResult,
        /// Why; `None` where the code says all that is known.
        message: Option<String>,
    },
    /// The engine refused a frame, or sent one that is none; for the developers' console.
    Trouble {
        /// Why, as a code.
        hr: HResult,
        /// What was wrong.
        message: String,
    },
}

/// The user who is signed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Sign-in name as the engine has it.
    pub name: SigninName,
    /// How the user is shown.
    pub friendly_name: String,
}

/// The reason why no token could be obtained.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenFailure {
    /// What was wrong, for developers; holds no secret.
    pub message: String,
}
