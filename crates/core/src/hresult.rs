//! Result codes of the automation API, as numbers with names.
//!
//! The table follows §3 of the automation API specification row by row; a test compares the two.
//! Decides nothing: which code belongs to which failure is said where the failure is found.

use core::fmt;

/// A 32-bit result code: bit 31 set means failure (§1.3 of the automation API specification).
///
/// Scripts see it as a signed number ([`HResult::number`]), documents print it as hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HResult(u32);

impl HResult {
    /// Makes a code from the signed number that scripts and frames carry.
    #[must_use]
    pub const fn from_number(number: i32) -> Self {
        Self(number.cast_unsigned())
    }

    /// Returns the signed 32-bit number: negative for failure, zero or positive for success.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0.cast_signed()
    }

    /// Returns the bits as they are printed in the documents, for example `0x8100_031E`.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether bit 31 is set; such a code throws in script, every other does not.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        self.number() < 0
    }

    /// Returns the documented name.
    ///
    /// `None` for a number outside the table.
    /// Where two names share a number (`SR_…` of Messenger and of Communicator), the first of the table answers.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        Self::TABLE.iter().find(|(_, code)| *code == self).map(|(name, _)| *name)
    }

    /// Whether trying the same again later can succeed without the user or the page changing anything.
    ///
    /// Credentials, versions and policies do not heal by waiting; load and broken connections do.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::MSGR_E_CONNECT
                | Self::MSGR_E_DISCONNECTED
                | Self::MSGR_E_LOGON_TIMEOUT
                | Self::MSGR_E_SERVER_ERROR
                | Self::MSGR_E_SERVER_SHUTDOWN
                | Self::MSGR_E_SERVER_TOO_BUSY
                | Self::MSGR_E_SERVER_UNAVAILABLE
                | Self::MSGR_E_SESSION_TIMEOUT
                | Self::MSGR_E_UNEXPECTED
        )
    }
}

impl fmt::Debug for HResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for HResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} (0x{:08X})", self.0),
            None => write!(f, "0x{:08X}", self.0),
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $bits:literal;)*) => {
        impl HResult {
            $($(#[$doc])* pub const $name: Self = Self($bits);)*

            /// Every documented code with its name, in the order of the specification.
            pub const TABLE: &[(&'static str, Self)] = &[$((stringify!($name), Self::$name)),*];
        }
    };
}

codes! {
    /// Success (alias MSGR_S_OK).
    S_OK = 0x0000_0000;
    /// Success with nothing done / already so; invisible to script error traps.
    S_FALSE = 0x0000_0001;
    /// Member not available, in particular to script.
    E_NOTIMPL = 0x8000_4001;
    /// Object lacks that interface.
    E_NOINTERFACE = 0x8000_4002;
    /// Null object argument.
    E_POINTER = 0x8000_4003;
    /// General failure (alias MSGR_E_FAIL); reused for self-targeting and closed windows.
    E_FAIL = 0x8000_4005;
    /// Broken internal state.
    E_UNEXPECTED = 0x8000_FFFF;
    /// PresenceProperties set on somebody else's contact.
    E_ACCESSDENIED = 0x8007_0005;
    /// Allocation failed.
    E_OUTOFMEMORY = 0x8007_000E;
    /// Argument failed validation, or reserved member.
    E_INVALIDARG = 0x8007_0057;
    /// Null output pointer; Win32 error 1780 (0x6F4) as an HRESULT; misspelt PRC_X_… on two pages.
    RPC_X_NULL_REF_POINTER = 0x8007_06F4;
    /// Late-bound member missing.
    DISP_E_MEMBERNOTFOUND = 0x8002_0003;
    /// Late-bound argument of wrong type.
    DISP_E_TYPEMISMATCH = 0x8002_0005;
    /// Late-bound name unknown.
    DISP_E_UNKNOWNNAME = 0x8002_0006;
    /// Variant of unknown type (Blocked, CanPage).
    DISP_E_BADVARTYPE = 0x8002_0008;
    /// Connection to server failed.
    MSGR_E_CONNECT = 0x8100_0301;
    /// Server name cannot be used or resolved.
    MSGR_E_INVALID_SERVER_NAME = 0x8100_0302;
    /// Credentials rejected (unknown user looks the same).
    MSGR_E_INVALID_PASSWORD = 0x8100_0303;
    /// Sign-in while signed in.
    MSGR_E_ALREADY_LOGGED_ON = 0x8100_0304;
    /// Server and client versions incompatible.
    MSGR_E_SERVER_VERSION = 0x8100_0305;
    /// Sign-in took longer than 15 s.
    MSGR_E_LOGON_TIMEOUT = 0x8100_0306;
    /// Contact list at its server limit.
    MSGR_E_LIST_FULL = 0x8100_0307;
    /// Internal, never surfaced.
    MSGR_E_AI_REJECT = 0x8100_0308;
    /// Internal, never surfaced.
    MSGR_E_AI_REJECT_NOT_INST = 0x8100_0309;
    /// No such user on that service.
    MSGR_E_USER_NOT_FOUND = 0x8100_030A;
    /// Contact is on the list already.
    MSGR_E_ALREADY_IN_LIST = 0x8100_030B;
    /// Client lost or left the connection.
    MSGR_E_DISCONNECTED = 0x8100_030C;
    /// Server answered with something unforeseen.
    MSGR_E_UNEXPECTED = 0x8100_030D;
    /// Server refuses for load.
    MSGR_E_SERVER_TOO_BUSY = 0x8100_030E;
    /// Listed as not supported.
    MSGR_E_INVALID_AUTH_PACKAGES = 0x8100_030F;
    /// Client update exists.
    MSGR_E_NEWER_CLIENT_AVAILABLE = 0x8100_0310;
    /// Listed as not supported.
    MSGR_E_AI_TIMEOUT = 0x8100_0311;
    /// User cancelled what was running.
    MSGR_E_CANCEL = 0x8100_0312;
    /// Listed as not supported.
    MSGR_E_TOO_MANY_MATCHES = 0x8100_0313;
    /// Server reached but out of service.
    MSGR_E_SERVER_UNAVAILABLE = 0x8100_0314;
    /// Sign-in dialog waits for input.
    MSGR_E_LOGON_UI_ACTIVE = 0x8100_0315;
    /// Options dialog waits for input.
    MSGR_E_OPTION_UI_ACTIVE = 0x8100_0316;
    /// Add-contact wizard waits for input.
    MSGR_E_CONTACT_UI_ACTIVE = 0x8100_0317;
    /// Primary service is signed out.
    MSGR_E_PRIMARY_SERVICE_NOT_LOGGED_ON = 0x8100_0318;
    /// User is signed in already.
    MSGR_E_LOGGED_ON = 0x8100_0319;
    /// Proxy connection failed.
    MSGR_E_CONNECT_PROXY = 0x8100_031A;
    /// Listed as not supported.
    MSGR_E_PROXY_AUTH = 0x8100_031B;
    /// Listed as not supported.
    MSGR_E_PROXY_AUTH_TYPE = 0x8100_031C;
    /// Proxy name unusable.
    MSGR_E_INVALID_PROXY_NAME = 0x8100_031D;
    /// No user signed in.
    MSGR_E_NOT_LOGGED_ON = 0x8100_031E;
    /// A popup dialog is open (name only; no text).
    MSGR_E_POPUP_UI_ACTIVE = 0x8100_031F;
    /// Service given is not the primary one.
    MSGR_E_NOT_PRIMARY_SERVICE = 0x8100_0320;
    /// Session limit reached.
    MSGR_E_TOO_MANY_SESSIONS = 0x8100_0321;
    /// Listed as not supported.
    MSGR_E_TOO_MANY_MESSAGES = 0x8100_0322;
    /// Same account signed in elsewhere.
    MSGR_E_REMOTE_LOGIN = 0x8100_0323;
    /// Display name not acceptable.
    MSGR_E_INVALID_FRIENDLY_NAME = 0x8100_0324;
    /// Conversation has its maximum of participants.
    MSGR_E_SESSION_FULL = 0x8100_0325;
    /// Listed as not supported.
    MSGR_E_NOT_ALLOWING_NEW_USERS = 0x8100_0326;
    /// Listed as not supported.
    MSGR_E_INVALID_DOMAIN = 0x8100_0327;
    /// Listed as not supported.
    MSGR_E_TCP_ERROR = 0x8100_0328;
    /// Session expired.
    MSGR_E_SESSION_TIMEOUT = 0x8100_0329;
    /// Listed as not supported.
    MSGR_E_MULTIPOINT_SESSION_BEGIN_TIMEOUT = 0x8100_032A;
    /// Listed as not supported.
    MSGR_E_MULTIPOINT_SESSION_END_TIMEOUT = 0x8100_032B;
    /// List of watchers is full.
    MSGR_E_REVERSE_LIST_FULL = 0x8100_032C;
    /// Server failed for no stated reason.
    MSGR_E_SERVER_ERROR = 0x8100_032D;
    /// Listed as not supported.
    MSGR_E_SYSTEM_CONFIG = 0x8100_032E;
    /// Listed as not supported.
    MSGR_E_NO_DIRECTORY = 0x8100_032F;
    /// Listed as not supported.
    MSGR_E_RETRY_SET = 0x8100_0330;
    /// Listed as not supported.
    MSGR_E_CHILD_WITHOUT_CONSENT = 0x8100_0331;
    /// User cancelled e.g. the sign-in.
    MSGR_E_USER_CANCELLED = 0x8100_0332;
    /// Cancelled before a connection existed.
    MSGR_E_CANCEL_BEFORE_CONNECT = 0x8100_0333;
    /// Voice session timed out.
    MSGR_E_VOICE_IM_TIMEOUT = 0x8100_0334;
    /// Listed as not supported.
    MSGR_E_NOT_ACCEPTING_PAGES = 0x8100_0335;
    /// Listed as not supported.
    MSGR_E_EMAIL_PASSPORT_NOT_VALIDATED = 0x8100_0336;
    /// Audio wizard waits for input.
    MSGR_E_AUDIO_UI_ACTIVE = 0x8100_0337;
    /// Listed as not supported.
    MSGR_E_NO_HARDWARE = 0x8100_0338;
    /// Paging not possible for this client/contact.
    MSGR_E_PAGING_UNAVAILABLE = 0x8100_0339;
    /// Number invalid or not set.
    MSGR_E_PHONE_INVALID_NUMBER = 0x8100_033A;
    /// Listed as not supported.
    MSGR_E_PHONE_NO_FUNDS = 0x8100_033B;
    /// Listed as not supported.
    MSGR_E_VOICE_NO_ANSWER = 0x8100_033C;
    /// Listed as not supported.
    MSGR_E_VOICE_WAVEIN_DEVICE = 0x8100_033D;
    /// Listed as not supported.
    MSGR_E_FT_TIMEOUT = 0x8100_033E;
    /// Message text exceeds the limit.
    MSGR_E_MESSAGE_TOO_LONG = 0x8100_033F;
    /// Listed as not supported.
    MSGR_E_VOICE_FIREWALL = 0x8100_0340;
    /// Listed as not supported.
    MSGR_E_VOICE_NETCONN = 0x8100_0341;
    /// Listed as not supported.
    MSGR_E_PHONE_CIRCUITS_BUSY = 0x8100_0342;
    /// Listed as not supported.
    MSGR_E_SERVER_PROTOCOL = 0x8100_0343;
    /// Listed as not supported.
    MSGR_E_UNAVAILABLE_VIA_HTTP = 0x8100_0344;
    /// Listed as not supported.
    MSGR_E_PHONE_INVALID_PIN = 0x8100_0345;
    /// Listed as not supported.
    MSGR_E_PHONE_PINPROCEED_TIMEOUT = 0x8100_0346;
    /// Signed out because the server went down.
    MSGR_E_SERVER_SHUTDOWN = 0x8100_0347;
    /// Listed as not supported.
    MSGR_E_CLIENT_DISALLOWED = 0x8100_0348;
    /// Listed as not supported.
    MSGR_E_PHONE_CALL_NOT_COMPLETE = 0x8100_0349;
    /// Service has no groups.
    MSGR_E_GROUPS_NOT_ENABLED = 0x8100_034A;
    /// Group name is taken.
    MSGR_E_GROUP_ALREADY_EXISTS = 0x8100_034B;
    /// Group limit reached.
    MSGR_E_TOO_MANY_GROUPS = 0x8100_034C;
    /// No such group.
    MSGR_E_GROUP_DOES_NOT_EXIST = 0x8100_034D;
    /// User is not in that group.
    MSGR_E_USER_NOT_GROUP_MEMBER = 0x8100_034E;
    /// Group name over the limit.
    MSGR_E_GROUP_NAME_TOO_LONG = 0x8100_034F;
    /// Group still holds contacts.
    MSGR_E_GROUP_NOT_EMPTY = 0x8100_0350;
    /// Group name has bad characters.
    MSGR_E_BAD_GROUP_NAME = 0x8100_0351;
    /// Phone service off or absent.
    MSGR_E_PHONESERVICE_UNAVAILABLE = 0x8100_0352;
    /// Group may not be renamed.
    MSGR_E_CANNOT_RENAME = 0x8100_0353;
    /// Contact or group may not be deleted.
    MSGR_E_CANNOT_DELETE = 0x8100_0354;
    /// Contact or group belongs to another service.
    MSGR_E_INVALID_SERVICE = 0x8100_0355;
    /// Policy forbids the operation.
    MSGR_E_POLICY_RESTRICTED = 0x8100_0356;
    /// Listed as not supported.
    MSGR_E_BUSY = 0x8100_0357;
    /// Listed as not supported.
    MSGR_E_DNS_SRV_FAIL = 0x8100_0358;
    /// Listed as not supported.
    MSGR_E_DNS_A_RES_FAIL = 0x8100_0359;
    /// Listed as not supported.
    MSGR_E_NO_SERVER_ADDRESS_SPECIFIED = 0x8100_0360;
    /// TLS connection failed.
    MSGR_E_TLS_FAIL = 0x8100_0361;
    /// Listed as not supported.
    MSGR_E_INCOMPATIBLE_ENCRYPTION = 0x8100_0362;
    /// Listed as not supported.
    MSGR_E_SSL_TUNNEL_FAILED = 0x8100_0363;
    /// SIP attempt timed out.
    MSGR_E_SIP_TIMEOUT = 0x8100_0364;
    /// Client versions do not match.
    MSGR_E_INCOMPATIBLE_IM = 0x8100_0365;
    /// No more contacts fit in a multi-party conversation.
    MSGR_E_MIM_ADD_TO_CONTACTS_FAIL = 0x8100_0366;
    /// Address malformed.
    MSGR_E_INVALID_ADDRESS_FORMAT = 0x8100_0367;
    /// No valid client certificate for TLS.
    MSGR_E_INVALID_CERTIFICATE = 0x8100_0368;
    /// Listed as not supported.
    MSGR_E_AUTH_TIME_SKEW = 0x8100_0369;
    /// Credentials differ from the stored ones.
    MSGR_E_CHANGED_CREDENTIALS = 0x8100_0370;
    /// User may not sign in over SIP.
    MSGR_E_SIP_LOGIN_FORBIDDEN = 0x8100_0371;
    /// Listed as not supported.
    MSGR_E_SIP_HIGH_SECURITY_SET_TLS = 0x8100_0372;
    /// Listed as not supported.
    MSGR_E_CALLEE_INSUFFICIENT_SECURITY_LEVEL = 0x8100_0373;
    /// Listed as not supported.
    MSGR_E_CALLER_PEER2PEER_CALLS_NOT_ALLOWED = 0x8100_0374;
    /// Server refuses UDP.
    MSGR_E_SIP_UDP_UNSUPPORTED = 0x8100_0375;
    /// User search forbidden.
    MSGR_E_SIP_SEARCH_FORBIDDEN = 0x8100_0376;
    /// Name only.
    MSGR_E_INVALID_SERVER_VERSION = 0x8100_0377;
    /// Name only.
    MSGR_E_AUTH_SERVER_UNAVAILABLE = 0x8100_0378;
    /// Listed as not supported.
    MSGR_E_SESSION_RESTRICTED = 0x8100_0380;
    /// Listed as not supported.
    MSGR_E_MANAGED_USER_INVALID_CVR = 0x8100_0381;
    /// Inviting someone who is not on the contact list.
    MSGR_E_RESTRICTED_USER = 0x8100_0382;
    /// Listed as not supported.
    MSGR_E_PROXY_AUTH_REQUIRED = 0x8100_0383;
    /// Listed as not supported.
    MSGR_E_PROXY_REALM_MISMATCH = 0x8100_0384;
    /// Listed as not supported.
    MSGR_E_PROXY_PASSWORD_INCORRECT = 0x8100_0385;
    /// Listed as not supported (spelt so).
    MSGR_E_RESTRICTED_USER_LOGON_RESTRICED = 0x8100_0386;
    /// Browser is in offline mode (docs print 0x0086 by mistake).
    MSGR_E_IE_OFFLINE = 0x8100_0387;
    /// Browser has no network.
    MSGR_E_IE_CANT_CONNECT = 0x8100_0388;
    /// Name only.
    MSGR_E_ACCOUNT_ERROR_REDIRECT = 0x8100_0389;
    /// Name only.
    MSGR_E_INCOMING_INVITE_CANCELLED = 0x8100_0390;
    /// Name only.
    MSGR_E_INVITE_ACCEPTED_ELSEWHERE = 0x8100_0391;
    /// Name only.
    MSGR_E_APP_INVITE_NOT_ACCEPTABLE = 0x8100_0392;
    /// Listed as not supported.
    MSGR_S_ALREADY_IN_THE_MODE = 0x0100_0301;
    /// Listed as not supported.
    MSGR_S_TRANSFER_SEND_BEGUN = 0x0100_0302;
    /// Listed as not supported.
    MSGR_S_TRANSFER_SEND_FINISHED = 0x0100_0303;
    /// Listed as not supported.
    MSGR_S_TRANSFER_RECEIVE_BEGUN = 0x0100_0304;
    /// Listed as not supported.
    MSGR_S_TRANSFER_RECEIVE_FINISHED = 0x0100_0305;
    /// Group to be created is there already (success flavour).
    MSGR_S_GROUP_ALREADY_EXISTS = 0x0100_0306;
    /// Name only (OC header).
    MSGR_S_SESSION_PENDING = 0x0100_0307;
    /// Name only (OC header).
    MSGR_S_CONV_ID_MATCH = 0x0100_0308;
    /// Lock-and-key not initialised.
    MSGR_E_API_NOTINITIALIZED = 0x8100_0751;
    /// Private API still locked.
    MSGR_E_API_LOCKED = 0x8100_0752;
    /// Challenge answered wrongly.
    MSGR_E_API_UNLOCK_FAILED = 0x8100_0753;
    /// Unlocked earlier.
    MSGR_E_API_ALREADY_UNLOCKED = 0x8100_0754;
    /// Challenge outstanding or timed out.
    MSGR_E_API_PENDING_UNLOCK = 0x8100_0755;
    /// Private API switched off.
    MSGR_E_API_DISABLED = 0x8100_0756;
    /// Session-invite result, out of scope.
    SR_APPLICATION_LAUNCH_FAILED = 0x8100_0601;
    /// Session-invite result, out of scope.
    SR_INVITATION_DECLINED = 0x8100_0602;
    /// Session-invite result, out of scope.
    SR_CONNECTION_FAILURE = 0x8100_0603;
    /// Session-invite result, out of scope.
    SR_AUTHENTICATION_FAILED = 0x8100_0604;
    /// Session-invite result, out of scope.
    SR_SESSION_NOT_READY = 0x8100_0605;
    /// Session-invite result, out of scope.
    SR_SESSION_CANCELLED_LOCAL = 0x8100_0606;
    /// Session-invite result, out of scope.
    SR_SESSION_CANCELLED_REMOTE = 0x8100_0607;
    /// Session-invite result, out of scope.
    SR_SESSION_PROTOCOL_ERROR = 0x8100_0608;
    /// Session-invite result, out of scope.
    SR_SESSION_TIMEOUT = 0x8100_0609;
    /// Session-invite result, out of scope.
    SR_CANCEL_BEFORE_CONNECT = 0x8100_060A;
    /// Session-invite result, out of scope.
    SR_NOT_INVITEE = 0x8100_060B;
    /// Session-invite result, out of scope.
    SR_NOT_INVITER = 0x8100_060C;
    /// Session-invite result, out of scope.
    SR_APP_ALREADY_REGISTERED = 0x8100_060D;
    /// Session-invite result, out of scope.
    SR_APP_NOT_REGISTERED = 0x8100_060E;
    /// Session-invite result, out of scope.
    SR_NOT_VALID_FOR_APP_INVITE = 0x8100_060F;
    /// Session-invite result, out of scope.
    SR_APP_NOT_SPECIFIED = 0x8100_0610;
    /// Session-invite result, out of scope.
    SR_CONTEXT_DATA_OVER_LIMIT = 0x8100_0611;
    /// Session-invite result, out of scope.
    SR_NO_USER_INVITED = 0x8100_0612;
    /// Session-invite result, out of scope.
    SR_INVITED_SELF = 0x8100_0613;
    /// Session-invite result, out of scope.
    SR_SESSION_STATE_INVALID = 0x8100_0614;
    /// Session-invite result, out of scope.
    SR_INVITATION_SEND_FAILURE = 0x8100_0615;
    /// Session-invite result, out of scope.
    SR_CANCEL_SEND_FAILURE = 0x8100_0616;
    /// Session-invite result, out of scope.
    SR_DECLINE_SEND_FAILURE = 0x8100_0617;
    /// Session-invite result, out of scope.
    SR_ACCEPT_SEND_FAILURE = 0x8100_0618;
    /// Session-invite result, out of scope.
    SR_CONTEXT_DATA_SEND_FAILURE = 0x8100_0619;
    /// Session-invite result, out of scope; WM meaning.
    SR_NETWORK_CONFIG_FAILURE = 0x8100_0620;
    /// Session-invite result, out of scope; WM meaning.
    SR_NET_NOT_SUPPORTED = 0x8100_0621;
    /// Session-invite result, out of scope; WM only.
    SR_REMOTE_NET_NOT_SUPPORTED = 0x8100_0622;
    /// Session-invite result, out of scope; WM only.
    SR_FIREWALL_NOT_SUPPORTED = 0x8100_0623;
    /// Session-invite result, out of scope; WM only.
    SR_OLD_SIP_STACK = 0x8100_0624;
    /// Session-invite result, out of scope; OC meaning of the same number.
    SR_SESSION_ACCEPTED_ELSEWHERE = 0x8100_0620;
    /// Session-invite result, out of scope; OC meaning of the same number.
    SR_VOICE_ALREADY_ACTIVE = 0x8100_0621;
}

const _: () = assert!(size_of::<HResult>() == 4, "result codes travel by value everywhere");
