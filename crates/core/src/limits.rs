//! Every limit and interval, with unit, reason and source. No logic.

use crate::time::Span;

/// Longest sign-in name in UTF-16 units: 64 + `@` + 64 (automation API specification §1.4).
pub const SIGNIN_NAME_MAX: usize = 129;

/// Longest note in UTF-16 units; Skype's Web SDK allowed as many, and a line of a list shows fewer.
pub const NOTE_MAX: usize = 500;

/// Longest name of a claim, in characters: enough for a UUID or the identifier of a calendar's entry.
pub const CLAIM_ID_MAX: usize = 64;

/// Longest name of a service that claims, in characters; the same as that of its key.
pub const SERVICE_NAME_MAX: usize = 64;

/// How far ahead a claim may end: a month's calendar, and no claim that outlives the service that made it for long.
pub const CLAIM_AHEAD_MAX: Span = Span::from_secs(31 * 86_400);

/// Longest friendly name in UTF-16 units; longer ones are cut, since a display name is never a reason to refuse.
pub const FRIENDLY_NAME_MAX: usize = 256;

/// Longest frame in bytes that a server accepts: a batch of [`WATCH_BATCH_MAX`] longest names stays below.
pub const FRAME_FROM_CLIENT_MAX: usize = 64 * 1024;

/// Most characters of an error text that come from what the peer sent: enough to find the fault by, and no way to let
/// a short frame be answered by a long one.
pub const ERROR_EXCERPT_MAX: usize = 200;

/// Longest frame in bytes that a client reads: twice what the longest list takes with the longest names and notes in
/// ASCII. What is longer comes from no engine that means well.
pub const FRAME_FROM_SERVER_MAX: usize = 64 * 1024 * 1024;

/// Most bytes of an engine's text for developers that a client hands on: some long sentences.
pub const ERROR_TEXT_MAX: usize = 1_000;

/// Most faults of an engine that are told to developers on one connection: enough to see what is wrong.
pub const TROUBLES_MAX: u32 = 20;

/// How long the answer to the first question for everything may take after a gap; each further one may take twice as long.
pub const RESYNC_WAIT: Span = Span::from_secs(5);

/// How often everything is asked for until the connection is given up: after 35 s, before [`STALE_GRACE`] ends.
pub const RESYNCS_MAX: u32 = 3;

/// How often at most a page is asked for a fresh token because the engine says that the old one ends: tokens that live for
/// seconds are renewed, and no engine makes pages flood their own server.
pub const TOKEN_RENEWAL_MIN: Span = Span::from_secs(1);

/// Most people on one contact list (design §6 draws 10,000 without a stutter).
pub const CONTACTS_MAX: usize = 10_000;

/// Most names that one client may watch beside its contact list.
pub const WATCHES_MAX: usize = 10_000;

/// Most names in one watch or unwatch request, so that a batch fits into [`FRAME_FROM_CLIENT_MAX`].
pub const WATCH_BATCH_MAX: usize = 100;

/// Most requests of one client that wait for their outcome; one more is refused with `MSGR_E_SERVER_TOO_BUSY`.
pub const PENDING_REQUESTS_MAX: usize = 1_000;

/// A sign-in that takes longer is given up with `MSGR_E_LOGON_TIMEOUT` (automation API specification §4.3).
pub const SIGNIN_TIMEOUT: Span = Span::from_secs(15);

/// How long an attempt to come back may take, for which nobody waits. Longer than a sign-in: a server that has just been
/// started or woken is busy with everybody at once, and ejabberd waits 15 s for connections that have ended meanwhile.
/// Who gives up then comes back only after the next wait, and is shown as gone by that time.
pub const RECONNECT_TIMEOUT: Span = Span::from_secs(20);

/// How long a sign-out waits for the server's confirmation before the client closes by itself.
pub const SIGNOUT_TIMEOUT: Span = Span::from_secs(5);

/// A request without an outcome for this long ends with `MSGR_E_SERVER_UNAVAILABLE`.
pub const REQUEST_TIMEOUT: Span = Span::from_secs(15);

/// How long contacts keep their last value, marked stale, after the connection is lost (design §5, rule 3).
///
/// Long enough for a server restart, short enough that nobody acts on a green dot from before lunch.
pub const STALE_GRACE: Span = Span::from_secs(60);

/// First upper bound of the random wait before a reconnect; doubles with every failure.
pub const BACKOFF_FIRST: Span = Span::from_millis(500);

/// Last upper bound of that wait.
pub const BACKOFF_MAX: Span = Span::from_secs(30);

/// Last upper bound of that wait while nobody looks at the page, or the platform says that there is no network, which is
/// not always true: rare, and nobody seems gone for long after the server is back.
pub const BACKOFF_UNSEEN_MAX: Span = Span::from_secs(60);

/// Last upper bound of that wait where the credentials are at fault: nobody can do anything about these but whoever
/// runs the servers, and a page that is looked at does not wait for it.
pub const CREDENTIALS_BACKOFF_MAX: Span = Span::from_secs(300);

/// How often at most a page that says that nobody is logged in is asked again, each time because somebody looks at it.
pub const LOOK_MIN: Span = Span::from_secs(10);

/// Longest wait that a server may impose by its "come back then"; hostile values are clamped to it.
pub const RETRY_AFTER_MAX: Span = Span::from_secs(300);

/// When a client may come back that was one too many of its user: others end as tabs are closed.
pub const TOO_MANY_SESSIONS_RETRY: Span = Span::from_secs(60);

/// Heartbeat interval where the server names none, and the bounds between which its wish is honoured.
pub const HEARTBEAT_DEFAULT: Span = Span::from_secs(25);
/// Shortest heartbeat interval honoured.
pub const HEARTBEAT_MIN: Span = Span::from_secs(5);
/// Longest heartbeat interval honoured: below the idle timeout of common proxies (60 s).
pub const HEARTBEAT_MAX: Span = Span::from_secs(55);

/// How long an answer to a heartbeat may take before the connection counts as dead.
pub const HEARTBEAT_GRACE: Span = Span::from_secs(10);

/// How late a deadline may be looked at: the timers of a hidden page are that coarse. Later, the page stood still.
pub const LATE: Span = Span::from_secs(1);

/// How long a page that stood still has to read what came meanwhile before it judges that nothing did.
pub const LATE_GRACE: Span = Span::from_secs(1);

/// How long a user stays connected for others after the last client vanished: a reload is not a departure
/// (design §5, rule 5). Reloading a page with the widget takes one to three seconds.
pub const DEPARTURE_DAMPING: Span = Span::from_secs(8);

/// Idle threshold where the page names none, in line with what Messenger's options offered.
pub const IDLE_AFTER_DEFAULT: Span = Span::from_secs(300);

/// Shortest threshold of idleness: what is shorter would make whoever reads idle between two strokes.
pub const IDLE_AFTER_MIN: Span = Span::from_secs(1);

/// Longest threshold of idleness: a day, after which nobody is there who was.
pub const IDLE_AFTER_MAX: Span = Span::from_secs(86_400);

/// How long a lost connection may take to be resumed before anybody is told: longer than a reconnect over a mobile
/// network or the takeover by another tab, shorter than it takes to read a status and act on it.
pub const QUIET_GRACE: Span = Span::from_secs(2);

/// How long a connection must have held before the wait for the next one starts from the first bound again, so that
/// an engine which accepts and hangs up at once is not called twice a second for ever.
pub const BACKOFF_FORGIVEN_AFTER: Span = Span::from_secs(10);

/// How often a visible tab that shares another tab's connection makes sure that the other still answers: browsers
/// freeze tabs without a word.
pub const LEADER_PROBE: Span = Span::from_secs(10);

/// How long the other tab may take to answer. Messages between tabs take milliseconds and are not throttled.
pub const LEADER_GRACE: Span = Span::from_secs(2);

/// How long a server keeps what a lost connection has missed. As long as clients keep values as stale: after that
/// they need all of them anew.
pub const RESUME_WINDOW: Span = STALE_GRACE;

/// Most numbered notices that a server keeps for one client: the unconfirmed ones of a heartbeat on a busy list, and
/// what a short break misses. More are cheaper as one snapshot.
pub const RESUME_NOTICES_MAX: usize = 128;

/// Longest name of a group in UTF-16 units; the documentation states a limit and no number.
pub const GROUP_NAME_MAX: usize = 64;

/// Most groups of one user: more than anybody orders a list by, few enough for one snapshot.
pub const GROUPS_MAX: usize = 100;

/// Most memberships of one user's contacts in groups: each of [`CONTACTS_MAX`] people in two, or two hundred in all
/// [`GROUPS_MAX`]. Each is a name in the snapshot, which has to fit into what may wait for one reader.
pub const GROUP_MEMBERSHIPS_MAX: usize = 20_000;

/// Longest message in UTF-16 units: a text of nothing but characters that JSON writes in six bytes still fits into
/// [`FRAME_FROM_CLIENT_MAX`].
pub const MESSAGE_MAX: usize = 8_000;

/// How many messages that a user has not read are counted; beyond, the oldest of whoever wrote most count as read.
pub const UNREAD_MAX: usize = 1_000;

/// Most people to whom a user can have begun to write at once: more than anybody does.
pub const DRAFTS_MAX: usize = 50;

/// Most bytes of all that a user has begun to write: a twentieth of what browsers let a page keep for a tab, and more than
/// ten of the longest messages.
pub const DRAFTS_BYTES_MAX: usize = 256 * 1024;

/// Most messages of one conversation that a client keeps; older ones can be fetched again.
pub const CONVERSATION_MAX: usize = 1_000;

/// Most conversations that a client keeps; of more the one goes where nothing was said for longest. It can be fetched
/// again.
pub const CHATS_MAX: usize = 1_000;

/// Most messages of one conversation of which a client remembers by which request they were sent: services say within
/// minutes that one could not be delivered.
pub const SENT_MAX: usize = 100;

/// Most messages in one answer to [`Command::FetchMessages`](crate::message::Command::FetchMessages).
pub const FETCH_MESSAGES_MAX: usize = 50;

/// Longest text that is searched in the directory, in UTF-16 units: a first name and a family name.
pub const SEARCH_TEXT_MAX: usize = 64;

/// Fewest UTF-16 units by which the contact list searches the directory: one letter finds whoever comes first.
pub const SUGGEST_TEXT_MIN: usize = 2;

/// How long nothing is typed before the contact list searches the directory: at most four searches a second, of which the
/// server allows five for ever.
pub const SUGGEST_PAUSE: Span = Span::from_millis(250);

/// Most people in one answer to [`Command::FindPeople`](crate::message::Command::FindPeople): as many as one reads; who
/// finds more goes on writing.
pub const FOUND_PEOPLE_MAX: usize = 20;

/// Most contact requests that wait for one user's answer; further ones are dropped, or one account could be buried.
pub const CONTACT_REQUESTS_MAX: usize = 1_000;
