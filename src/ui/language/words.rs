//! What the widget says, by name: each text has a key, by which the files of `languages/` give it.

/// Makes the enum and the keys of its values, in the same order.
macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident = $key:literal,)*) => {
        /// A text of the widget that is not the name of a status.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Word {
            $($(#[doc = $doc])+ $name,)*
        }

        pub(super) const KEYS: &[&str] = &[$($key,)*];
    };
}

words! {
    /// Names the picker.
    MyStatus = "my-status",
    /// Follows a status that is known only from before a lost connection.
    LastKnown = "last-known",
    /// Follows a status that was chosen and is not confirmed yet.
    Changing = "changing",
    /// Precedes a status that a service claims and the user does not want.
    DoNotShow = "do-not-show",
    /// Says that nobody is signed in.
    NotSignedIn = "not-signed-in",
    /// Says that the connection is gone and will be tried again.
    ConnectionLost = "connection-lost",
    /// Says that the engine did not accept who one is.
    SigninRefused = "signin-refused",
    /// Says that a change did not happen.
    NotChanged = "not-changed",
    /// Precedes the time of day at which a status began.
    Since = "since",
    /// Precedes the time of day at which a status ends.
    Until = "until",
    /// Names the choice of how long a status stays.
    Duration = "duration",
    /// Names the contact list.
    Contacts = "contacts",
    /// Names the field that searches it.
    Search = "search",
    /// Puts somebody on the list.
    AddContact = "add-contact",
    /// Makes a group.
    NewGroup = "new-group",
    /// Heads the contacts in no group.
    Others = "others",
    /// Heads people beside the list who wrote.
    Strangers = "strangers",
    /// Heads the people who are blocked, and marks one.
    Blocked = "blocked",
    /// Says that the list is empty.
    Nobody = "nobody",
    /// Says that a search found nobody.
    NotFound = "not-found",
    /// Names those whom a search of the directory found, and precedes how many they are.
    PeopleFound = "people-found",
    /// Names the field for a sign-in name.
    SigninName = "signin-name",
    /// Names the field for the name of a group.
    GroupName = "group-name",
    /// Confirms an addition.
    Add = "add",
    /// Confirms a change.
    Save = "save",
    /// Leaves things as they are.
    Cancel = "cancel",
    /// Opens a conversation.
    Converse = "converse",
    /// Takes somebody off the list, whose name takes the place of the `#`.
    RemoveContact = "remove-contact",
    /// Blocks somebody.
    Block = "block",
    /// Ends that.
    Unblock = "unblock",
    /// Precedes the name of a group in which somebody is or could be.
    InGroup = "in-group",
    /// Calls a group otherwise.
    RenameGroup = "rename-group",
    /// Ends a group; its people stay.
    RemoveGroup = "remove-group",
    /// Follows the name of somebody who asks to see the user.
    Asks = "asks",
    /// Names the list of those.
    Requests = "requests",
    /// Lets somebody see the user.
    Accept = "accept",
    /// Does not.
    Refuse = "refuse",
    /// Says what keys do in the list.
    Keys = "keys",
    /// Says that a name cannot be.
    BadName = "bad-name",
    /// Says that what was given is not one address, and how one is written.
    BadAddress = "bad-address",
    /// Says that it is there already.
    AlreadyThere = "already-there",
    /// Says that nobody has the name.
    NoSuchUser = "no-such-user",
    /// Says that no more can be had.
    TooMany = "too-many",
    /// Says that something did not happen.
    NotDone = "not-done",
    /// Precedes the name of the other in the name of a conversation.
    Conversation = "conversation",
    /// Closes a conversation.
    Close = "close",
    /// Names the handle of a conversation.
    Move = "move",
    /// Names the field for a message.
    Message = "message",
    /// Sends it.
    Send = "send",
    /// Fetches older messages.
    Older = "older",
    /// Precedes what the user wrote.
    Me = "me",
    /// Says that a message is on its way.
    Sending = "sending",
    /// Says that the server has it.
    Sent = "sent",
    /// Says that the other has it.
    Delivered = "delivered",
    /// Says that it could not be sent.
    NotSent = "not-sent",
    /// Sends it once more.
    Retry = "retry",
    /// Takes it away.
    Discard = "discard",
    /// Says in a conversation that the other is blocked.
    YouBlocked = "you-blocked",
    /// Names the button that opens a menu.
    More = "more",
    /// Precedes by how many characters a message is too long.
    Surplus = "surplus",
    /// Names the field for a note about the own status.
    Note = "note",
    /// Says that a status stays until another is chosen.
    NoEnd = "no-end",
    /// Lets the user choose day and time of an end.
    DateAndTime = "date-and-time",
    /// Takes back what was chosen: from then on the status follows from what the user does.
    Automatic = "automatic",
    /// Says that the user has signed out.
    SignedOut = "signed-out",
    /// Tries at once to have the connection back.
    TryNow = "try-now",
    /// Lets the user sign in.
    SignIn = "sign-in",
    /// Lets the user choose whether others are told of idleness.
    ShowIdle = "show-idle",
    /// Names the choice after how long the user is idle.
    IdleAfter = "idle-after",
    /// Follows what holds where nothing is chosen.
    Default = "default",
}
