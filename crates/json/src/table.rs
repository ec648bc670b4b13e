//! The frames of `mistatus.v1`, each said once: what it is called, what stands in it, and what that means.
//!
//! Both sides write and read by this table, and docs/protocol/mistatus.v1.schema.json is made of it.

use mistatus_core::{
    chat::{ChatMessage, ContactRequest},
    claim::{Claim, ClaimKey, KnownClaim},
    group::Group,
    idle::IdleChoice,
    limits::HEARTBEAT_DEFAULT,
    message::{
        Change, Command, Greeting, MyPresence, Notice, Outcome, RequestId, Resume, Seq, Signal,
        Snapshot, Update, Welcome,
    },
    presence::{Intent, Presence},
    search::FoundPerson,
    time::UnixMs,
    unread::Unread,
};

#[cfg(test)]
use crate::schema::{Description, FrameDescription};
use crate::{
    codec::{
        Batch, Chooser, ChosenBy, ChosenStatus, ClaimedStatus, Codec, Defaulted, DisplayName, Flag,
        In, Kinds, List, Maybe, Names, Nested, NewStatus, OptionalList, Or, OwnDisplayName,
        OwnStatus, RemoteStatus, SharedList,
    },
    fields::{Content, Fields},
    reader::Reader,
};

/// Declares how the fields of a type stand in an object.
macro_rules! objects {
    ($(
        $(#[doc = $text:literal])*
        $codec:ident($name:literal): $type:ident {
            $($(#[doc = $field_text:literal])* $field:ident: $field_codec:expr,)*
        }
    )*) => {$(
        $(#[doc = $text])*
        #[derive(Clone, Copy)]
        pub(crate) struct $codec;

        impl Codec<$type> for $codec {
            fn put<'a>(&self, value: &'a $type, into: &mut Fields<'a>) {
                let $type { $($field),* } = value;
                $($field_codec.put($field, into);)*
            }

            fn take<R: Reader>(&self, from: &R) -> Result<$type, R::Error> {
                Ok($type { $($field: $field_codec.take(from)?),* })
            }

            #[cfg(test)]
            fn describe(&self, _text: &str, into: &mut Description) {
                into.named($name, concat!($($text),*));
                // A closure tells which type the field has.
                $(describe::<$type, _>(
                    |value| Some(&value.$field),
                    &$field_codec,
                    concat!($($field_text),*),
                    into,
                );)*
            }
        }
    )*};
}

/// Declares the frames of an enum, and implements [`Frames`] for it: variants with fields, variants that hold one value,
/// and how the rest is written.
macro_rules! frames {
    ($type:ident {
        $(
            $(#[doc = $text:literal])*
            $kind:literal = $variant:ident {
                $($(#[doc = $field_text:literal])* $field:ident: $codec:expr,)*
            }
        )*
    } $(values {$(
        $(#[doc = $whole_text:literal])*
        $whole_kind:literal = $whole:ident($whole_codec:expr)
    )*})? $(else |$into:ident| { $($other:pat => $put:expr,)* })?) => {
        impl Frames for $type {
            #[cfg(feature = "text")]
            const KINDS: &[&str] = &[$($kind,)* $($($whole_kind,)*)?];

            fn put<'a>(&'a self, head: Head, into: &mut Fields<'a>) {
                match self {
                    $($type::$variant { $($field),* } => {
                        head.put($kind, into);
                        $($codec.put($field, into);)*
                    })*
                    $($($type::$whole(value) => {
                        head.put($whole_kind, into);
                        $whole_codec.put(value, into);
                    })*)?
                    $($($other => {
                        let $into = into;
                        $put;
                    })*)?
                }
            }

            fn take<R: Reader>(kind: &str, from: &R) -> Result<Option<Self>, R::Error> {
                Ok(Some(match kind {
                    $($kind => $type::$variant { $($field: $codec.take(from)?),* },)*
                    $($($whole_kind => $type::$whole($whole_codec.take(from)?),)*)?
                    _ => return Ok(None),
                }))
            }

            #[cfg(test)]
            fn describe() -> Vec<FrameDescription> {
                vec![
                    $(FrameDescription::new($kind, concat!($($text),*), |_into| {
                        // A closure tells which type the field has.
                        $(describe::<$type, _>(
                            |frame| match frame {
                                $type::$variant { $field, .. } => Some($field),
                                _ => None,
                            },
                            &$codec,
                            concat!($($field_text),*),
                            _into,
                        );)*
                    }),)*
                    $($(FrameDescription::new($whole_kind, concat!($($whole_text),*), |into| {
                        describe::<$type, _>(
                            |frame| match frame {
                                $type::$whole(value) => Some(value),
                                _ => None,
                            },
                            &$whole_codec,
                            "",
                            into,
                        );
                    }),)*)?
                ]
            }
        }
    };
}

/// The frames of an enum.
pub(crate) trait Frames: Sized {
    /// The value of `type` of each.
    #[cfg(feature = "text")]
    const KINDS: &[&str];

    /// Writes a frame.
    fn put<'a>(&'a self, head: Head, into: &mut Fields<'a>);

    /// Reads a frame of that kind; `None` where it is none of these.
    fn take<R: Reader>(kind: &str, from: &R) -> Result<Option<Self>, R::Error>;

    #[cfg(test)]
    fn describe() -> Vec<FrameDescription>;
}

/// What stands in a frame beside its content.
#[derive(Clone, Copy)]
pub(crate) enum Head {
    Plain,
    /// The id of a request.
    Id(RequestId),
    /// The number of an update.
    Seq(Seq),
}

impl Head {
    fn put(self, kind: &'static str, into: &mut Fields<'_>) {
        into.push("type", Content::Text(kind));
        match self {
            Self::Plain => {}
            Self::Id(id) => into.push("id", Content::Number(id.0)),
            Self::Seq(seq) => into.push("seq", Content::Number(seq.0)),
        }
    }
}

/// Describes a field whose type the accessor tells.
#[cfg(test)]
fn describe<V, T>(
    _: fn(&V) -> Option<&T>,
    codec: &impl Codec<T>,
    text: &str,
    into: &mut Description,
) {
    codec.describe(text, into);
}

objects! {
    /// The content of `signin`.
    GreetingFields("signin"): Greeting {
        /// Proof of identity; a secret. Absent where the server takes the client's word.
        token: In("token"),
        /// Sign-in name; only servers without authentication listen to it.
        signin_name: In("name"),
        /// How the user wants to be shown; at most 256 UTF-16 units, longer ones are cut.
        friendly_name: DisplayName("friendlyName"),
        /// Milliseconds since the last input, where this client is idle already.
        idle_for: In("idleFor"),
        /// Which lost connection this one goes on with.
        resume: Maybe("resume", ResumeEntry),
    }

    /// A lost connection inside a frame, and how far its client got.
    ResumeEntry("ResumeEntry"): Resume {
        /// From `resume` of the last `signed-in`; a secret.
        token: In("token"),
        /// Number of the last numbered frame seen.
        seen: In("seq"),
    }

    /// A choice that is being made.
    NewIntent("set-status"): Intent {
        /// MISTATUS number; one that a user may choose.
        status: NewStatus("status"),
        /// Note of at most 500 UTF-16 units; absent or empty for none.
        note: In("note"),
        /// When the server clears the choice, in milliseconds since 1970-01-01T00:00:00Z; absent for never.
        until: In("until"),
        /// Who chose: `user` or `api`; absent for `user`.
        source: Chooser("source"),
    }

    /// The content of `signed-in`.
    WelcomeFields("signed-in"): Welcome {
        /// Who the client is now, as the server says.
        name: In("name"),
        /// How this user is shown.
        friendly_name: OwnDisplayName("friendlyName"),
        /// How often, in milliseconds, the client should be heard of; 5,000 to 55,000.
        heartbeat: Or("heartbeat", HEARTBEAT_DEFAULT),
        /// The server's clock in milliseconds since 1970-01-01T00:00:00Z.
        server_time: Or("serverTime", UnixMs::from_millis(0)),
        /// What to say in `resume` of a later `signin` to go on after a break; a secret. Absent where that is impossible.
        resume: In("resume"),
        /// True when this connection goes on with the one that `signin` named; absent otherwise.
        resumed: Flag("resumed"),
    }

    /// The content of `snapshot`.
    SnapshotFields("snapshot"): Snapshot {
        /// Number of the last change that is contained; the next numbered frame has the following one.
        seq: In("seq"),
        /// One's own status.
        me: Nested("me", MyEntry),
        /// The contact list, in its order.
        contacts: List("contacts", ContactEntry),
        /// The watched people who are not on the list.
        watched: OptionalList("watched", ContactEntry),
        /// The user's groups, in their order.
        groups: OptionalList("groups", GroupEntry),
        /// Sign-in names of those whom the user has blocked.
        blocked: Names("blocked"),
        /// Who waits for the user's answer, the longest waiting first.
        requests: OptionalList("requests", RequestEntry),
        /// Whose messages the user has not read, and how many.
        unread: OptionalList("unread", UnreadEntry),
    }

    /// The content of `outcome`.
    OutcomeFields("outcome"): Outcome {
        /// Of which request.
        id: In("id"),
        /// HRESULT as a signed 32-bit number; negative for failure.
        hr: In("hr"),
        /// What was wrong and what is allowed, for developers; English.
        message: In("message"),
    }

    /// One person's presence inside a frame.
    ContactEntry("ContactEntry"): Change {
        /// Sign-in name.
        name: In("name"),
        /// Display name; absent where it is unknown or may not be seen.
        friendly_name: DisplayName("friendlyName"),
        presence: PresenceFields,
        /// True while the server has just started and cannot say yet; `status` is UNKNOWN (0) then.
        settling: Flag("settling"),
    }

    /// What may be seen of a person.
    PresenceFields("presence"): Presence {
        /// MISTATUS number; never INVISIBLE (6), never a LOCAL_ value (256 and above).
        status: RemoteStatus("status"),
        /// The person's note; absent where there is none or it may not be seen.
        note: In("note"),
        /// Since when, in milliseconds since 1970-01-01T00:00:00Z by the server's clock; absent where unknown.
        since: In("since"),
        /// When what the person chose ends, in milliseconds since 1970-01-01T00:00:00Z; absent for no end.
        until: In("until"),
        /// What brought the status about: `user`, `api`, `idle`, `expiry`, `connection`, or for a claim `call`, `meeting`,
        /// `calendar`, `schedule` or `agent`; absent where unknown.
        source: In("source"),
    }

    /// One's own presence inside a frame: the effective status, and what the user chose.
    MyEntry("MyEntry"): MyPresence {
        /// Effective MISTATUS number for oneself: INVISIBLE (6) when invisible, IDLE (18) when all clients are idle.
        status: OwnStatus("status"),
        intent: ChosenFields,
        /// Since when `status` holds, in milliseconds since 1970-01-01T00:00:00Z; absent where unknown.
        since: In("since"),
        /// What brought `status` about, as in `ContactEntry`; absent where unknown.
        source: In("source"),
        /// What services claim about the user, also for later.
        claims: SharedList("claims", ClaimEntry),
        /// Of which kinds of sources the user wants no claim to count: `call`, `meeting`, `calendar`, `schedule`, `agent`.
        ignored: Kinds("ignored"),
        /// What the user chose about idleness, for all devices; absent where each page says.
        idle: Defaulted("idle", IdleFields),
    }

    /// What a user chooses about idleness inside a frame, for all devices.
    IdleFields("IdleEntry"): IdleChoice {
        /// Whether idleness is told anybody, where the page tells it.
        transmit: In("transmit"),
        /// After how many milliseconds without input the user is idle; 1,000 to 86,400,000; absent where each page says.
        after: In("after"),
    }

    /// A claim about the user inside a frame.
    ClaimEntry("ClaimEntry"): KnownClaim {
        key: KeyFields,
        claim: ClaimFields,
        /// True where the user does not want it to count.
        dismissed: Flag("dismissed"),
        /// True for the one that decides `status` now.
        in_force: Flag("inForce"),
    }

    /// Which claim it is.
    KeyFields("claim"): ClaimKey {
        /// Name of the service that claims; 1 to 64 letters and digits of ASCII, `.`, `_` and `-`.
        service: In("service"),
        /// What the service calls the claim; 1 to 64 of these and `:`.
        id: In("claim"),
    }

    /// What is claimed.
    ClaimFields("claimed"): Claim {
        /// What kind of source says so: `call`, `meeting`, `calendar`, `schedule` or `agent`, by their rank.
        source: In("source"),
        /// MISTATUS number; never UNKNOWN (0), OFFLINE (1), INVISIBLE (6), IDLE (18) or a LOCAL_ value.
        status: ClaimedStatus("status"),
        /// What it says about it; absent for nothing.
        note: In("note"),
        /// When it begins, in milliseconds since 1970-01-01T00:00:00Z.
        from: In("from"),
        /// When it has ended, in milliseconds since 1970-01-01T00:00:00Z.
        until: In("until"),
    }

    /// What the user chose.
    ChosenFields("chosen"): Intent {
        /// MISTATUS number that the user chose; ONLINE (2) where nothing was.
        status: ChosenStatus("chosen"),
        /// The user's note; absent where there is none.
        note: In("note"),
        /// When the server clears the choice, in milliseconds since 1970-01-01T00:00:00Z; absent for never.
        until: In("until"),
        /// What set the choice: `user`, `api`, `expiry` or `connection`; absent where unknown.
        source: ChosenBy("chosenBy"),
    }

    /// A group inside a frame.
    GroupEntry("GroupEntry"): Group {
        /// Names the group among those of the user; never used again.
        id: In("id"),
        /// What the user calls it; 1 to 64 UTF-16 units without control characters.
        name: In("name"),
        /// Sign-in names of the contacts in it, in their order; absent for none.
        members: Names("members"),
    }

    /// A contact request inside a frame.
    RequestEntry("RequestEntry"): ContactRequest {
        /// Sign-in name of who asks.
        from: In("from"),
        /// Their display name; absent where there is none.
        friendly_name: DisplayName("friendlyName"),
        /// Since when, in milliseconds since 1970-01-01T00:00:00Z.
        at: Or("at", UnixMs::from_millis(0)),
    }

    /// Somebody in the directory inside a frame.
    PersonEntry("PersonEntry"): FoundPerson {
        /// Sign-in name.
        name: In("name"),
        /// Display name; absent where that is for themselves to say.
        friendly_name: DisplayName("friendlyName"),
        /// What they do; absent where that is not known.
        title: DisplayName("title"),
    }

    /// A message of one person to another inside a frame.
    MessageEntry("MessageEntry"): ChatMessage {
        /// Names the message; of two messages the later one has the larger number.
        id: In("id"),
        /// Sign-in name of the writer.
        from: In("from"),
        /// Sign-in name of the other.
        to: In("to"),
        /// Plain text of 1 to 8,000 UTF-16 units.
        text: In("text"),
        /// When the server took it on, in milliseconds since 1970-01-01T00:00:00Z.
        at: Or("at", UnixMs::from_millis(0)),
        /// True where a client of the other has it; told only to the writer.
        delivered: Flag("delivered"),
    }

    /// How much of what one person wrote is unread.
    UnreadEntry("UnreadEntry"): Unread {
        /// Sign-in name of the writer.
        from: In("from"),
        /// How many messages; 0 to 1,000.
        count: In("count"),
        /// Id of the last of them; absent where there are none.
        newest: In("newest"),
    }
}

frames! { Command {
    /// Sets the chosen status, the note and the end as one.
    "set-status" = SetStatus {
        intent: NewIntent,
    }

    /// Lets a claim about the user count no longer, until it is made anew with another beginning.
    "dismiss-claim" = DismissClaim {
        key: KeyFields,
    }

    /// Lets claims of one kind of source count no longer, or again.
    "ignore-claims" = IgnoreClaims {
        /// Of which kind: `call`, `meeting`, `calendar`, `schedule` or `agent`.
        source: In("source"),
        /// Whether they are to be ignored from now on.
        ignored: In("ignored"),
    }

    /// Says when the user is idle and whether that is told, on all devices.
    "set-idle" = SetIdle {
        /// What; absent leaves it to each page.
        choice: Defaulted("idle", IdleFields),
    }

    /// Asks for one's own status.
    "query-status" = QueryStatus {}

    /// Follows people who need not be on the contact list.
    "watch" = Watch {
        /// Sign-in names; 1 to 100.
        names: Batch("names"),
    }

    /// Puts somebody on the contact list.
    "add-contact" = AddContact {
        /// Sign-in name.
        name: In("name"),
    }

    /// Takes somebody off the contact list.
    "remove-contact" = RemoveContact {
        /// Sign-in name.
        name: In("name"),
    }

    /// Answers somebody who asked to see the user's presence.
    "answer-contact-request" = AnswerContactRequest {
        /// Sign-in name of who asked.
        name: In("name"),
        /// Whether they may.
        accept: In("accept"),
    }

    /// Blocks somebody, or ends that.
    "set-blocked" = SetBlocked {
        /// Sign-in name.
        name: In("name"),
        /// Whether from now on.
        blocked: In("blocked"),
    }

    /// Makes a group.
    "create-group" = CreateGroup {
        /// 1 to 64 UTF-16 units without control characters; spaces outside are cut off.
        name: In("name"),
    }

    /// Calls a group otherwise.
    "rename-group" = RenameGroup {
        /// Which group.
        group: In("group"),
        /// As in `create-group`.
        name: In("name"),
    }

    /// Ends a group; its members stay on the list.
    "remove-group" = RemoveGroup {
        /// Which group.
        group: In("group"),
    }

    /// Puts a contact into a group, or takes them out.
    "set-group-member" = SetGroupMember {
        /// Which group.
        group: In("group"),
        /// Sign-in name of somebody on the list.
        name: In("name"),
        /// Whether they are to be in it.
        member: In("member"),
    }

    /// Writes to somebody. `id` names the message for all time: the same id of the same user is taken on once.
    "send-message" = SendMessage {
        /// Sign-in name.
        to: In("to"),
        /// Plain text of 1 to 8,000 UTF-16 units.
        text: In("text"),
    }

    /// Asks for older messages with somebody.
    "fetch-messages" = FetchMessages {
        /// Sign-in name of the other.
        with: In("with"),
        /// Only messages before this one; absent for the newest.
        before: In("before"),
    }

    /// Searches the directory of people, where the server has one.
    "find-people" = FindPeople {
        /// How the sign-in name, the display name or a word of it begins; 1 to 64 UTF-16 units.
        beginning: In("beginning"),
    }

    /// Renews the credentials without a break.
    "renew-token" = RenewToken {
        /// Fresh token for the same user; a secret.
        token: In("token"),
    }
} }

frames! { Signal {
    /// Says that this client is idle, or, without `idleFor`, that there is input again.
    "report-idle" = ReportIdle {
        /// Milliseconds since the last input.
        idle_for: In("idleFor"),
    }

    /// Stops following people.
    "unwatch" = Unwatch {
        /// Sign-in names; 1 to 100.
        names: Batch("names"),
    }

    /// Says that this client has all messages of somebody up to one.
    "confirm-messages" = ConfirmMessages {
        /// Sign-in name of the writer.
        from: In("from"),
        /// Id of the last one.
        up_to: In("upTo"),
    }

    /// Says that the user has read what somebody wrote up to one message.
    "mark-read" = MarkRead {
        /// Sign-in name of the writer.
        from: In("from"),
        /// Id of the last one.
        up_to: In("upTo"),
    }

    /// Asks for a fresh snapshot, after a gap in the numbers.
    "resync" = Resync {}

    /// Asks for a pong.
    "ping" = Ping {
        /// Number of the last numbered frame seen; absent after a gap.
        seen: In("seq"),
    }

    /// Answers a ping.
    "pong" = Pong {
        /// Number of the last numbered frame seen; absent after a gap.
        seen: In("seq"),
    }

    /// Says goodbye.
    "signout" = Signout {}
} }

frames! { Update {
    /// Tells what changed for people on the list or watched.
    "changes" = Changes {
        /// At least one.
        changes: List("changes", ContactEntry),
    }

    /// Tells that one's own status was set, also to the value it had, or changed by itself.
    "my-status" = MyStatus {
        /// One's own status as of now.
        me: Nested("me", MyEntry),
    }

    /// Tells that somebody is on the contact list now.
    "contact-added" = ContactAdded {
        /// Who, and what may be seen of them.
        contact: Nested("contact", ContactEntry),
    }

    /// Tells that somebody is no longer on the contact list.
    "contact-removed" = ContactRemoved {
        /// Sign-in name.
        name: In("name"),
    }

    /// Tells that somebody asks to see the user's presence.
    "contact-requested" = ContactRequested {
        /// Who, and since when.
        request: Nested("request", RequestEntry),
    }

    /// Tells that a contact request waits no longer: it was answered or taken back.
    "contact-request-gone" = ContactRequestGone {
        /// Sign-in name of who had asked.
        name: In("name"),
    }

    /// Tells that somebody is blocked from now on, or no longer.
    "blocked" = Blocked {
        /// Sign-in name.
        name: In("name"),
        /// Whether.
        blocked: In("blocked"),
    }

    /// Tells that there is a new group.
    "group-added" = GroupAdded {
        /// Which; nobody is in it yet.
        group: Nested("group", GroupEntry),
        /// Id of the request that brought it about, where it may be one of this client's.
        request: In("request"),
    }

    /// Tells that a group is called otherwise.
    "group-renamed" = GroupRenamed {
        /// Which group.
        group: In("group"),
        /// How it is called now.
        name: In("name"),
    }

    /// Tells that a group is gone.
    "group-removed" = GroupRemoved {
        /// Which group.
        group: In("group"),
    }

    /// Tells that a contact came into a group, or left it.
    "group-member" = GroupMember {
        /// Which group.
        group: In("group"),
        /// Sign-in name.
        name: In("name"),
        /// Whether they are in it now.
        member: In("member"),
    }

    /// A new message, received or sent by the user.
    "message" = Message {
        /// What.
        message: Nested("message", MessageEntry),
        /// Id of the request that brought it about, where it may be one of this client's.
        request: In("request"),
    }

    /// Tells that a client of the other has messages of the user.
    "delivered" = Delivered {
        /// Sign-in name of the other.
        to: In("to"),
        /// Id of the last one.
        up_to: In("upTo"),
    }

    /// Tells that more of what somebody wrote is unread, or less.
    "unread" = Unread {
        /// How much, of whom.
        unread: Nested("unread", UnreadEntry),
    }

} values {
    /// Ends a request.
    "outcome" = Outcome(OutcomeFields)
} }

frames! { Notice {
    /// Answers `fetch-messages`.
    "messages" = Messages {
        /// Of which request.
        id: In("id"),
        /// In their order, the newest last; at most 50.
        messages: List("messages", MessageEntry),
        /// True where there are still older ones.
        more: Flag("more"),
    }

    /// Answers `find-people`.
    "people" = People {
        /// Of which request.
        id: In("id"),
        /// In the order of their sign-in names; at most 20.
        people: List("people", PersonEntry),
        /// True where there are others beside.
        more: Flag("more"),
    }

    /// Tells that a frame was not understood or not accepted; the connection lives on.
    "refused" = Refused {
        /// HRESULT as a signed 32-bit number; negative.
        hr: In("hr"),
        /// What was wrong and what is allowed, for developers; English.
        message: Or("message", String::new()),
    }

    /// Asks for a fresh token.
    "token-expiring" = TokenExpiring {
        /// How long the present token still holds, in milliseconds.
        expires_in: In("expiresIn"),
    }

    /// Asks for a pong.
    "ping" = Ping {}

    /// Answers a ping.
    "pong" = Pong {}

    /// The last frame: the server closes after it.
    "bye" = Bye {
        /// HRESULT as a signed 32-bit number; 0 answers a sign-out.
        hr: In("hr"),
        /// When to come back, in milliseconds from now; absent leaves it to the client.
        retry_after: In("retryAfter"),
        /// Why, for developers; English.
        message: In("message"),
    }

} values {
    /// Accepts the credentials; a `snapshot` follows, or, when resumed, every numbered frame that was missed.
    "signed-in" = SignedIn(WelcomeFields)

    /// Everything that the client may see, as of `seq`.
    "snapshot" = Snapshot(SnapshotFields)
} else |into| {
    Notice::Update(seq, update) => update.put(Head::Seq(*seq), into),
    Notice::Outcome(outcome) => {
        // As the update of that name, without a number.
        Head::Plain.put("outcome", into);
        OutcomeFields.put(outcome, into);
    },
} }

/// Writes the first frame.
pub(crate) fn put_greeting<'a>(greeting: &'a Greeting, into: &mut Fields<'a>) {
    Head::Plain.put("signin", into);
    GreetingFields.put(greeting, into);
}
