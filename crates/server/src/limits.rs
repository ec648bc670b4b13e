//! Limits, intervals and close codes of the server, each with its reason. No logic.

use std::time::Duration;

use crate::rate::Rate;

use mistatus_core::time::Span;

/// How long a connection may take until it has signed in (PROTOCOL.md, "A connection").
pub const SIGNIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Most notices that wait for one connection; a reader that is slower than this is closed, so that it can
/// neither hold up others nor fill the memory. A batch of all the contacts of one list coming online fits twice.
pub const OUTBOX_MAX: usize = 20_000;

/// Most bytes of the notices that wait for one connection: two snapshots of the longest list with the most watches, or one
/// of somebody at all limits at once, with the longest names, and the messages that are told after it.
/// Without it a reader that asks for much and reads little would hold a hundred times as much.
pub const OUTBOX_BYTES_MAX: usize = 20 * 1024 * 1024;

/// As many times the bytes of one connection may wait for all connections of a user: somebody who reads slowly may
/// do so twice, and nobody fills by themselves what there is for all.
pub const OUTBOXES_OF_USER: usize = 2;

/// So many bytes may wait for each connection whatever waits for others, and on top of less one notice of any size: a
/// snapshot is as long as its list.
pub const OUTBOX_BYTES_SHARE: usize = 64 * 1024;

/// Most bytes of the notices that wait for all connections together; beyond, those give way for whom most waits. A
/// quarter of the smallest machine that this runs on.
pub const OUTBOXES_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Most frames that are refused on a connection before it has signed in: the attempts of a program that is being
/// written, and little work for anybody else.
pub const REFUSED_BEFORE_SIGNIN_MAX: u32 = 8;

/// Fewest connections from one address that may not have signed in. A page opens the socket before its token is there
/// and, where its user may be idle, before the WebAssembly is (docs/decisions/0014), so that this may last seconds.
pub const STRANGERS_PER_ADDRESS_MIN: usize = 250;

/// What part of the connections from one address may not have signed in: as many of an office as come at once when the
/// server is back.
pub const STRANGERS_PER_ADDRESS_PART: usize = 4;

/// Most connections that have not signed in: each holds some 50 kB for up to [`SIGNIN_TIMEOUT`], and whoever means harm
/// up to [`SIGNIN_WIRE_MAX`] more.
pub const STRANGERS_MAX: usize = 4_000;

/// Most inputs that wait for the registry; connections wait in turn.
pub const ENGINE_QUEUE_MAX: usize = 8_192;

/// Most writes in one transaction: they share one flush to the disk.
pub const STORE_BATCH_MAX: usize = 512;

/// How long delivered messages are kept where nothing else is set.
pub const KEEP_MESSAGES_DAYS: u64 = 30;

/// Longest time for which delivered messages may be kept: ten years.
pub const KEEP_MESSAGES_DAYS_MAX: u64 = 3_650;

/// How long messages are kept that nobody has fetched: months more than anybody is away.
pub const UNDELIVERED_KEPT: Duration = Duration::from_secs(KEEP_MESSAGES_DAYS_MAX * 86_400);

/// How often messages are looked for that are too old.
pub const CLEANING_INTERVAL: Duration = Duration::from_secs(86_400);

/// Most messages that are removed at once, while writes wait.
pub const CLEANING_BATCH: usize = 1_000;

/// What a connection may send: a full set of watches in batches and some more at once, and what no hand can do
/// for long.
pub const CONNECTION_RATE: Rate = Rate { burst: 400, per_second: 50 };

/// What all connections of a user may send together: as much as four busy ones; as many sign-ins at once as a user
/// may have connections.
pub const USER_RATE: Rate = Rate { burst: 1_600, per_second: 200 };

/// As how many frames a message counts, and a request for older ones: the one is kept for long, the other answered by
/// [`mistatus_core::limits::FETCH_MESSAGES_MAX`] of them.
pub const MESSAGE_COST: u32 = 5;

/// As how many frames a search of the directory counts: each person in it is looked at.
pub const SEARCH_COST: u32 = 10;

/// As how many frames a sign-in and a `resync` count: each is answered by the whole contact list.
pub const SNAPSHOT_COST: u32 = 20;

/// How many frames may be refused for their rate until the connection ends: a burst by mistake, and a client that is
/// a little too fast for long. By a bucket and not in a row, since of a flood a frame is allowed now and then.
pub const RATE_REFUSED: Rate = Rate { burst: 1_000, per_second: 10 };

/// How long a client that sent too much is asked to stay away.
pub const FLOOD_REST: Duration = Duration::from_secs(30);

/// Longest message in bytes that is read to its end before the connection is closed for its size, so that the
/// close code arrives for certain; of longer ones the rest stays unread.
pub const MESSAGE_READ_MAX: usize = 4 * mistatus_core::limits::FRAME_FROM_CLIENT_MAX;

/// Most bytes that are read for one message, with the heads of its frames: the longest message in frames of a few
/// bytes. A message of empty frames would never end.
pub const MESSAGE_WIRE_MAX: usize = 2 * MESSAGE_READ_MAX;

/// The same for one message before the sign-in: the longest frame, or the end of one that is somewhat too long.
pub const SIGNIN_WIRE_MAX: usize = 2 * mistatus_core::limits::FRAME_FROM_CLIENT_MAX;

/// Bytes of a ping's or pong's head, with the mask (RFC 6455 §5.2).
pub const CONTROL_HEAD: usize = 6;

/// How long before its end a token is asked to be renewed; half of what is left where that is less.
pub const TOKEN_NOTICE: Duration = Duration::from_secs(60);

/// How often the same cause of refusals is logged for the same origin: often enough to be seen by who looks into it.
pub const REFUSALS_LOGGED_EVERY: Duration = Duration::from_secs(600);

/// Most pairs of cause and origin that are logged in that time; origins can be made up.
pub const REFUSALS_LOGGED_MAX: usize = 200;

/// Shortest HS256 secret in bytes (RFC 7518 §3.2).
pub const SECRET_BYTES_MIN: usize = 32;

/// Shortest RSA key in bits (RFC 7518 §3.3).
pub const RSA_BITS_MIN: usize = 2_048;

/// Longest RSA key in bits: the most that the crate `rsa` takes; longer ones would refuse every token.
pub const RSA_BITS_MAX: usize = 4_096;

/// Most bytes of a request's body in the HTTP API: a thousand of the longest names in JSON's longest form fit.
pub const API_BODY_MAX: usize = 1024 * 1024;

/// Most bytes of a body that are read to its end before it is refused for its size, so that the answer arrives for
/// certain; of longer ones the rest stays unread.
pub const API_BODY_READ_MAX: usize = 4 * API_BODY_MAX;

/// How long a change may take in the HTTP API until nobody waits for it any more: a disk that is busy for long, and
/// less than what HTTP clients wait for an answer.
pub const API_WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// When a program may try again what could not be done at once.
pub const API_BUSY_RETRY: Duration = Duration::from_secs(1);

/// How often a stream of events says that it lives: below the idle timeout of common proxies (60 s).
pub const API_COMMENT_EVERY: Duration = Duration::from_secs(15);

/// How often it is looked at whether the key of a stream of events still holds: one that was revoked is of no use a
/// moment later.
pub const API_KEY_CHECK: Duration = Duration::from_secs(1);

/// Most streams of events with one service key: one for each process of a large back end.
pub const API_STREAMS_PER_KEY: usize = 100;

/// Most changes of presence that are kept for streams of events that break: a company that comes in the morning.
pub const EVENTS_KEPT_MAX: usize = 10_000;

/// Most changes of presence that wait for one stream of events; a reader that is slower is told how everybody is
/// instead.
pub const EVENTS_WAITING_MAX: usize = 1_024;

/// How long a snapshot of everybody serves all who begin to follow, with what changed since: taking one holds up the
/// registry, and each is kept for as long as somebody reads it.
pub const EVERYBODY_SHARED: Span = Span::from_secs(5);

/// In how large pieces a stream of events is handed to its connection: as much as a socket takes at once.
pub const API_PIECE_BYTES: usize = 16 * 1024;

/// How many pieces wait for one connection: it is never idle, and a thousand readers that take nothing hold little.
pub const API_PIECES_WAITING: usize = 4;

/// Most names in one request of the HTTP API: a department, answered within a few milliseconds.
pub const API_NAMES_MAX: usize = 1_000;

/// For so many names a request of the HTTP API counts as one more: the time that they take.
pub const API_NAMES_PER_REQUEST: usize = 100;

/// What may be asked with one service key: twice the thousand claims a second that the database takes on two cores,
/// and a full second of it at once, as when a calendar is read for the first time.
pub const API_RATE: Rate = Rate { burst: 2_000, per_second: 2_000 };

/// Most keys of one set (JWKS): ten times what providers publish while keys change. Each may be tried for a token that
/// names none.
pub const JWKS_KEYS_MAX: usize = 64;

/// Most bytes of a set: each key with a chain of certificates that nobody needs here.
pub const JWKS_BYTES_MAX: u64 = 512 * 1024;

/// How long a set may take to arrive, from the look-up of the name to the last byte.
pub const JWKS_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a token waits for a set that is being fetched: somewhat longer than that may take.
pub const JWKS_WAIT: Duration = Duration::from_secs(6);

/// How often a set is fetched anyway, so that a key which was taken out of it is none any more.
pub const JWKS_REFRESH: Duration = Duration::from_secs(3_600);

/// When a set is fetched again that could not be: soon, and rarely enough for a provider that is in trouble.
pub const JWKS_RETRY: Duration = Duration::from_secs(30);

/// How often tokens with unknown keys may have a set fetched. Anybody can make up such tokens.
pub const JWKS_ASK_AGAIN: Duration = Duration::from_secs(60);

/// How far ahead a token may end: longer than any key is used. Milliseconds taken for seconds are tens of thousands
/// of years ahead.
pub const TOKEN_LIFE_MAX: Duration = Duration::from_secs(3_653 * 86_400);

/// Longest life of a token that `mistatus-server token` signs: it is for trying things, and a forgotten one ends.
pub const TRIAL_TOKEN_MAX: Duration = Duration::from_secs(30 * 86_400);

/// Longest life of an invitation in days: a trial of a month, and whoever finds the link later is nobody.
pub const INVITATION_DAYS_MAX: u64 = 31;

/// How many random bytes the id (`jti`) of such a token has: no two are alike.
pub const TOKEN_ID_BYTES: usize = 12;

/// Longest time that an operator may let tokens hold after their end: more than clocks of machines differ that are set
/// at all, and little that a stolen token gains.
pub const TOKEN_LEEWAY_MAX: Span = Span::from_secs(120);

/// How far ahead of this clock the issuer of a token may be (`nbf`), where no longer leeway is set.
pub const TOKEN_CLOCK_SKEW: Duration = Duration::from_secs(30);

/// How many pages of the database a backup copies between two batches of writes: a mebibyte, which is a few milliseconds.
pub const BACKUP_STEP_PAGES: i32 = 256;

/// How many bytes the disk of the data directory must have beyond the copy that a backup makes: what is written
/// meanwhile fits.
pub const BACKUP_SPARE: u64 = 64 * 1024 * 1024;

/// How many bytes of a backup are handed over at once.
pub const BACKUP_CHUNK: usize = 64 * 1024;

/// How long a program that fetches a backup may take nothing of it: nobody else can have one meanwhile.
pub const BACKUP_TAKE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long an operator's command may take to say what it wants, and to take a piece of a backup.
pub const CONTROL_TIMEOUT: Duration = Duration::from_secs(30);

/// Most bytes of what an operator's command says: one of a few words.
pub const CONTROL_LINE_MAX: u64 = 256;

/// How long the database may be held by a server that is just ending.
pub const STORE_PATIENCE: Duration = Duration::from_secs(2);

/// Shortest damping that an operator may choose; without any, each reload would be told as a departure.
pub const DAMPING_MIN: Span = Span::from_secs(1);
/// Longest damping that an operator may choose; who vanished must not look present for longer.
pub const DAMPING_MAX: Span = Span::from_secs(60);

/// How long the head of a request may take, and a connection wait for the next request.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Most bytes of a request's head: tokens and cookies of other sites on the host fit, nothing more is of use.
pub const REQUEST_HEAD_MAX: usize = 32 * 1024;

/// How long a connection that is no stream may last: the widget's files arrive over the slowest network meanwhile.
pub const PLAIN_CONNECTION_MAX: Duration = Duration::from_secs(300);

/// Most connections from one address where nothing else is set: an office behind one address, and a twentieth of
/// what a server holds.
pub const CONNECTIONS_PER_ADDRESS: usize = 1_000;

/// How long to wait after no connection could be taken.
pub const ACCEPT_REST: Duration = Duration::from_secs(1);

/// How long one message may take to be written: the largest snapshot over the slowest network that is of any use.
/// A reader that takes nothing for so long has its connection closed even where its queue never fills.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(120);

/// How often the list of revoked credentials is looked at.
pub const REVOKED_CHECK: Duration = Duration::from_secs(1);

/// How often the files of keys are looked at.
pub const KEYS_CHECK: Duration = Duration::from_secs(1);

/// How often the service keys are looked at: one that was revoked is of no use a moment later.
pub const SERVICE_KEYS_CHECK: Duration = Duration::from_secs(1);

/// How many random bytes a service key has: as many as its hash, so that guessing one is of no use to anybody.
pub const SERVICE_KEY_BYTES: usize = 32;

/// Most service keys: each request is compared with all of them, and nobody has as many back ends.
pub const SERVICE_KEYS_MAX: usize = 256;

/// Most bytes of the file of service keys: twice as many as that many keys with the longest names and all scopes take.
pub const SERVICE_KEYS_BYTES_MAX: u64 = 256 * 1024;

/// Most members of a shared group in one request: 150 kB of names; a larger group comes with a file.
pub const GROUP_MEMBERS_PER_REQUEST: usize = 5_000;

/// Most people in one answer of the directory: about 30 kB.
pub const PEOPLE_PAGE: usize = 100;

/// Most bytes of a file of people: as many as the directory takes, with long names and titles.
pub const PEOPLE_FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Most lines of a file of people that are said to be wrong: as many as one mends in a go.
pub const PEOPLE_FILE_ERRORS_MAX: usize = 20;

/// Most names of each kind that are shown of what a file of people would change.
pub const PEOPLE_SHOWN_MAX: usize = 50;

/// How often the file of webhooks is looked at.
pub const WEBHOOKS_CHECK: Duration = Duration::from_secs(1);

/// Most webhooks: one for each back end of a large company. Each has threads of its own.
pub const WEBHOOKS_MAX: usize = 32;

/// Most people whom one webhook names; one that follows more follows everybody.
pub const WEBHOOK_NAMES_MAX: usize = 1_000;

/// Most bytes of the file of webhooks: as many as that many webhooks with the longest names in ASCII take, and some more.
pub const WEBHOOKS_BYTES_MAX: u64 = 5 * 1024 * 1024;

/// Shortest secret of a webhook in bytes (Standard Webhooks, "Signature scheme").
pub const WEBHOOK_SECRET_BYTES_MIN: usize = 24;

/// Longest secret of a webhook in bytes (the same).
pub const WEBHOOK_SECRET_BYTES_MAX: usize = 64;

/// How many random bytes the id of what is sent to a webhook has: no two are alike, also after a backup was restored.
pub const WEBHOOK_ID_BYTES: usize = 18;

/// Most changes that wait for one webhook, about 300 bytes each: a company of 10,000 for a day without an answer. Of more
/// the oldest are dropped.
pub const WEBHOOK_QUEUE_MAX: u64 = 100_000;

/// Most changes that are queued in one transaction: what a user chose waits behind it.
pub const WEBHOOK_BATCH: usize = 256;

/// How many changes are on their way to one webhook at a time, each about another person: one that hangs does not hold
/// up the others, and 32 webhooks that hang take 128 threads.
pub const WEBHOOK_DELIVERIES_MAX: usize = 4;

/// How long a webhook may take to answer, from the look-up of its name on: as Standard Webhooks recommends (15 to 30 s).
pub const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(15);

/// How long the connection may take of that: a machine that is off does not answer at all.
pub const WEBHOOK_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How many bytes of a webhook's answer are read, and thrown away: a receiver that says `ok` need not see its connection
/// break.
pub const WEBHOOK_ANSWER_BYTES: u64 = 4 * 1024;

/// After how long a webhook is tried again that failed once; each further attempt takes twice as long.
pub const WEBHOOK_RETRY: Duration = Duration::from_secs(5);

/// Longest time between two attempts, and the longest for which a webhook may ask.
pub const WEBHOOK_RETRY_MAX: Duration = Duration::from_secs(3_600);

/// For how long a change is tried; later it is of no use to anybody.
pub const WEBHOOK_GIVE_UP: Duration = Duration::from_secs(86_400);

/// When webhooks ask the registry or the database again that did not answer.
pub const WEBHOOK_BUSY_RETRY: Duration = Duration::from_secs(1);

/// That changes for a webhook are dropped is logged again when none was for so long: longer than two attempts are apart.
pub const WEBHOOK_LOG_REST: Duration = Duration::from_secs(2 * 3_600);

/// How long a stop of the server waits for changes that are on their way; what has not arrived then is sent again.
pub const WEBHOOK_STOP: Duration = Duration::from_secs(2);

/// How many random bytes a resume token has; 16 would do (RFC 6819 §5.1.4.2.2).
pub const RESUME_TOKEN_BYTES: usize = 24;

/// How long a closing handshake may take.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// When a client whose credentials were refused may try again, where that may lead to something. In addition clients
/// wait for a random time that doubles up to minutes.
pub const CREDENTIALS_RETRY: Duration = Duration::from_secs(5);

/// Over how long the returns of all clients are spread after a shutdown.
pub const SHUTDOWN_SPREAD: Duration = Duration::from_secs(3);

/// How long the goodbyes of a shutdown may take.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// How long registry and store may take to answer a health check.
pub const HEALTH_TIMEOUT: Duration = Duration::from_secs(2);

/// Close code: the client signed out (RFC 6455 §7.4.1).
pub const CLOSE_NORMAL: u16 = 1000;
/// Close code: the server goes down (RFC 6455 §7.4.1).
pub const CLOSE_GOING_AWAY: u16 = 1001;
/// Close code: what came was no WebSocket message (RFC 6455 §7.4.1).
pub const CLOSE_PROTOCOL: u16 = 1002;
/// Close code: a frame was larger than allowed (RFC 6455 §7.4.1).
pub const CLOSE_TOO_LARGE: u16 = 1009;
/// Close code: the credentials were not accepted, or have ended.
pub const CLOSE_CREDENTIALS: u16 = 4401;
/// Close code: no sign-in in time.
pub const CLOSE_SIGNIN_TIMEOUT: u16 = 4408;
/// Close code: the user has too many connections.
pub const CLOSE_TOO_MANY: u16 = 4409;
/// Close code: the connection fell silent.
pub const CLOSE_SILENT: u16 = 4410;
/// Close code: another connection goes on with this one.
pub const CLOSE_RESUMED: u16 = 4411;
/// Close code: the client sends too much.
pub const CLOSE_TOO_FAST: u16 = 4429;
/// Close code: the client reads too slowly.
pub const CLOSE_TOO_SLOW: u16 = 4430;
/// Close code: the server cannot work now.
pub const CLOSE_UNAVAILABLE: u16 = 4503;
