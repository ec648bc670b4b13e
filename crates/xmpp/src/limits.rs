//! Every bound of this crate, with unit, reason and source. No logic.

use mistatus_core::time::Span;

/// Longest text from a service in bytes: a roster of 10,000 people with names and groups has about two million.
pub(crate) const FRAME_MAX: usize = 4 * 1024 * 1024;

/// Deepest nesting of elements; stanzas of the specifications used here have at most eight levels.
pub(crate) const DEPTH_MAX: usize = 32;

/// Most elements of one text: 10,000 people in nine groups each.
pub(crate) const ELEMENTS_MAX: usize = 100_000;

/// Most attributes of one element, namespace declarations included.
pub(crate) const ATTRIBUTES_MAX: usize = 32;

/// Longest part of an address in bytes (RFC 7622 §3.1).
pub(crate) const JID_PART_MAX: usize = 1023;

/// Fewest rounds of SCRAM that are believed (RFC 5802 §5.1 asks for 4,096; RFC 7677 §4 likewise).
pub(crate) const SCRAM_ROUNDS_MIN: u32 = 4_096;

/// Most rounds of SCRAM that are computed: a page stands still for about a second. Servers use 4,096 to 10,000.
pub(crate) const SCRAM_ROUNDS_MAX: u32 = 500_000;

/// Longest challenge of SCRAM in bytes, decoded.
pub(crate) const CHALLENGE_MAX: usize = 4_096;

/// Most resources that are remembered of one person.
pub(crate) const RESOURCES_MAX: usize = 32;

/// How long a service may take to go on with a stream that another page has left: somebody waits for this sign-in. One
/// service stands still for 15 seconds where a link ends while it says something.
pub(crate) const TAKE_OVER_PATIENCE: Span = Span::from_secs(3);

/// Most stanzas that are kept for a resumption; a service that confirms none loses the right to resume.
pub(crate) const UNACKNOWLEDGED_MAX: usize = 1_000;

/// After how many stanzas a confirmation is asked for, beside the heartbeat's.
pub(crate) const UNACKNOWLEDGED_BEFORE_ASKING: usize = 20;

/// Most people whose request to see one's presence is remembered until it is answered.
pub(crate) const SUBSCRIBERS_MAX: usize = 100;

/// Most people who are asked again at a sign-in to let the user see them.
pub(crate) const ASKED_AGAIN_MAX: usize = 20;

/// Most people who are asked anew within one heartbeat.
pub(crate) const PROBES_MAX: usize = 50;

/// Most people who are asked at a time: services slow down who says a lot at once, and answers come between.
pub(crate) const PROBES_AT_ONCE: usize = 100;

/// Silence of an available contact in milliseconds after which it is asked anew: a node that dies says nothing for
/// those who were on it.
pub(crate) const PROBE_AFTER_MS: u64 = 5 * 60 * 1_000;

/// How long the first presences of others may take, unless the page says otherwise.
pub(crate) const PATIENCE: Span = Span::from_millis(500);

/// How long after a change of the list one may be told that was made before it: services tell of them from several
/// processes.
pub(crate) const PUSHES_CROSS: Span = Span::from_secs(5);

/// Longest id of a message in bytes that is remembered; ids are UUIDs or shorter.
pub(crate) const MESSAGE_ID_MAX: usize = 256;

/// Most messages whose ids are remembered, so that one that comes twice is told once: twenty conversations as long as
/// a session keeps them.
pub(crate) const HISTORY_MAX: usize = 20_000;

/// Most messages that wait for the first snapshot. Services keep a hundred to some thousand for who is away.
pub(crate) const EARLY_MESSAGES_MAX: usize = 10_000;

/// Most receipts that wait for the session's confirmation, which comes at once.
pub(crate) const RECEIPTS_MAX: usize = 1_000;

/// Most pages of an archive that are read for one page of messages: what is no text makes pages empty.
pub(crate) const ARCHIVE_ROUNDS_MAX: usize = 20;

/// Most entries of the list that are being changed for one change of a group.
pub(crate) const GROUP_CHANGES_AT_ONCE: usize = 50;

/// Longest text of a host-meta document in bytes, and its deepest JSON.
pub(crate) const HOST_META_MAX: usize = 64 * 1024;
