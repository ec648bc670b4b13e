// The types of `mistatus`, written by hand: what design and documentation promise, not what the generated glue happens to have.
// Every exported value must exist in npm/src/index.js; the packaging test compares the two.

/** A value of the enumeration MISTATUS. */
export type Status = (typeof MISTATUS)[keyof Omit<typeof MISTATUS, "isOnline">];

/** A status that a user can choose. */
export type SelectableStatus =
  | typeof MISTATUS.ONLINE
  | typeof MISTATUS.INVISIBLE
  | typeof MISTATUS.BUSY
  | typeof MISTATUS.BE_RIGHT_BACK
  | typeof MISTATUS.AWAY
  | typeof MISTATUS.ON_THE_PHONE
  | typeof MISTATUS.OUT_TO_LUNCH
  | (number & {});

// #region generated: statuses, by npm/generate.mjs
/** The statuses, frozen. */
export declare const MISTATUS: {
  readonly UNKNOWN: 0x0000;
  readonly OFFLINE: 0x0001;
  readonly ONLINE: 0x0002;
  readonly INVISIBLE: 0x0006;
  readonly BUSY: 0x000a;
  readonly BE_RIGHT_BACK: 0x000e;
  readonly IDLE: 0x0012;
  readonly AWAY: 0x0022;
  readonly ON_THE_PHONE: 0x0032;
  readonly OUT_TO_LUNCH: 0x0042;
  readonly IN_A_MEETING: 0x0052;
  readonly OUT_OF_OFFICE: 0x0062;
  readonly DO_NOT_DISTURB: 0x0072;
  readonly IN_A_CONFERENCE: 0x0082;
  readonly ALLOW_URGENT_INTERRUPTIONS: 0x0092;
  readonly MAY_BE_AVAILABLE: 0x00a2;
  readonly CUSTOM: 0x00b2;
  readonly LOCAL_FINDING_SERVER: 0x0100;
  readonly LOCAL_CONNECTING_TO_SERVER: 0x0200;
  readonly LOCAL_SYNCHRONIZING_WITH_SERVER: 0x0300;
  readonly LOCAL_DISCONNECTING_FROM_SERVER: 0x0400;
  /** Whether the online bit is set: true for INVISIBLE, false for UNKNOWN, OFFLINE and every LOCAL_ value. */
  isOnline(status: number): boolean;
};

/** The `status` attribute of the elements. */
export type StatusName =
  | "unknown"
  | "offline"
  | "online"
  | "invisible"
  | "busy"
  | "be-right-back"
  | "idle"
  | "away"
  | "on-the-phone"
  | "out-to-lunch"
  | "in-a-meeting"
  | "out-of-office"
  | "do-not-disturb"
  | "in-a-conference"
  | "allow-urgent-interruptions"
  | "may-be-available"
  | "custom"
  | "finding-server"
  | "connecting-to-server"
  | "synchronizing-with-server"
  | "disconnecting-from-server";
// #endregion

// #region generated: results, by npm/generate.mjs
/** The result codes, frozen: signed 32-bit numbers, negative for failure. */
export declare const HRESULT: {
  readonly S_OK: 0;
  readonly S_FALSE: 1;
  readonly E_NOTIMPL: -2147467263;
  readonly E_NOINTERFACE: -2147467262;
  readonly E_POINTER: -2147467261;
  readonly E_FAIL: -2147467259;
  readonly E_UNEXPECTED: -2147418113;
  readonly E_ACCESSDENIED: -2147024891;
  readonly E_OUTOFMEMORY: -2147024882;
  readonly E_INVALIDARG: -2147024809;
  readonly RPC_X_NULL_REF_POINTER: -2147023116;
  readonly DISP_E_MEMBERNOTFOUND: -2147352573;
  readonly DISP_E_TYPEMISMATCH: -2147352571;
  readonly DISP_E_UNKNOWNNAME: -2147352570;
  readonly DISP_E_BADVARTYPE: -2147352568;
  readonly MSGR_E_CONNECT: -2130705663;
  readonly MSGR_E_INVALID_SERVER_NAME: -2130705662;
  readonly MSGR_E_INVALID_PASSWORD: -2130705661;
  readonly MSGR_E_ALREADY_LOGGED_ON: -2130705660;
  readonly MSGR_E_SERVER_VERSION: -2130705659;
  readonly MSGR_E_LOGON_TIMEOUT: -2130705658;
  readonly MSGR_E_LIST_FULL: -2130705657;
  readonly MSGR_E_AI_REJECT: -2130705656;
  readonly MSGR_E_AI_REJECT_NOT_INST: -2130705655;
  readonly MSGR_E_USER_NOT_FOUND: -2130705654;
  readonly MSGR_E_ALREADY_IN_LIST: -2130705653;
  readonly MSGR_E_DISCONNECTED: -2130705652;
  readonly MSGR_E_UNEXPECTED: -2130705651;
  readonly MSGR_E_SERVER_TOO_BUSY: -2130705650;
  readonly MSGR_E_INVALID_AUTH_PACKAGES: -2130705649;
  readonly MSGR_E_NEWER_CLIENT_AVAILABLE: -2130705648;
  readonly MSGR_E_AI_TIMEOUT: -2130705647;
  readonly MSGR_E_CANCEL: -2130705646;
  readonly MSGR_E_TOO_MANY_MATCHES: -2130705645;
  readonly MSGR_E_SERVER_UNAVAILABLE: -2130705644;
  readonly MSGR_E_LOGON_UI_ACTIVE: -2130705643;
  readonly MSGR_E_OPTION_UI_ACTIVE: -2130705642;
  readonly MSGR_E_CONTACT_UI_ACTIVE: -2130705641;
  readonly MSGR_E_PRIMARY_SERVICE_NOT_LOGGED_ON: -2130705640;
  readonly MSGR_E_LOGGED_ON: -2130705639;
  readonly MSGR_E_CONNECT_PROXY: -2130705638;
  readonly MSGR_E_PROXY_AUTH: -2130705637;
  readonly MSGR_E_PROXY_AUTH_TYPE: -2130705636;
  readonly MSGR_E_INVALID_PROXY_NAME: -2130705635;
  readonly MSGR_E_NOT_LOGGED_ON: -2130705634;
  readonly MSGR_E_POPUP_UI_ACTIVE: -2130705633;
  readonly MSGR_E_NOT_PRIMARY_SERVICE: -2130705632;
  readonly MSGR_E_TOO_MANY_SESSIONS: -2130705631;
  readonly MSGR_E_TOO_MANY_MESSAGES: -2130705630;
  readonly MSGR_E_REMOTE_LOGIN: -2130705629;
  readonly MSGR_E_INVALID_FRIENDLY_NAME: -2130705628;
  readonly MSGR_E_SESSION_FULL: -2130705627;
  readonly MSGR_E_NOT_ALLOWING_NEW_USERS: -2130705626;
  readonly MSGR_E_INVALID_DOMAIN: -2130705625;
  readonly MSGR_E_TCP_ERROR: -2130705624;
  readonly MSGR_E_SESSION_TIMEOUT: -2130705623;
  readonly MSGR_E_MULTIPOINT_SESSION_BEGIN_TIMEOUT: -2130705622;
  readonly MSGR_E_MULTIPOINT_SESSION_END_TIMEOUT: -2130705621;
  readonly MSGR_E_REVERSE_LIST_FULL: -2130705620;
  readonly MSGR_E_SERVER_ERROR: -2130705619;
  readonly MSGR_E_SYSTEM_CONFIG: -2130705618;
  readonly MSGR_E_NO_DIRECTORY: -2130705617;
  readonly MSGR_E_RETRY_SET: -2130705616;
  readonly MSGR_E_CHILD_WITHOUT_CONSENT: -2130705615;
  readonly MSGR_E_USER_CANCELLED: -2130705614;
  readonly MSGR_E_CANCEL_BEFORE_CONNECT: -2130705613;
  readonly MSGR_E_VOICE_IM_TIMEOUT: -2130705612;
  readonly MSGR_E_NOT_ACCEPTING_PAGES: -2130705611;
  readonly MSGR_E_EMAIL_PASSPORT_NOT_VALIDATED: -2130705610;
  readonly MSGR_E_AUDIO_UI_ACTIVE: -2130705609;
  readonly MSGR_E_NO_HARDWARE: -2130705608;
  readonly MSGR_E_PAGING_UNAVAILABLE: -2130705607;
  readonly MSGR_E_PHONE_INVALID_NUMBER: -2130705606;
  readonly MSGR_E_PHONE_NO_FUNDS: -2130705605;
  readonly MSGR_E_VOICE_NO_ANSWER: -2130705604;
  readonly MSGR_E_VOICE_WAVEIN_DEVICE: -2130705603;
  readonly MSGR_E_FT_TIMEOUT: -2130705602;
  readonly MSGR_E_MESSAGE_TOO_LONG: -2130705601;
  readonly MSGR_E_VOICE_FIREWALL: -2130705600;
  readonly MSGR_E_VOICE_NETCONN: -2130705599;
  readonly MSGR_E_PHONE_CIRCUITS_BUSY: -2130705598;
  readonly MSGR_E_SERVER_PROTOCOL: -2130705597;
  readonly MSGR_E_UNAVAILABLE_VIA_HTTP: -2130705596;
  readonly MSGR_E_PHONE_INVALID_PIN: -2130705595;
  readonly MSGR_E_PHONE_PINPROCEED_TIMEOUT: -2130705594;
  readonly MSGR_E_SERVER_SHUTDOWN: -2130705593;
  readonly MSGR_E_CLIENT_DISALLOWED: -2130705592;
  readonly MSGR_E_PHONE_CALL_NOT_COMPLETE: -2130705591;
  readonly MSGR_E_GROUPS_NOT_ENABLED: -2130705590;
  readonly MSGR_E_GROUP_ALREADY_EXISTS: -2130705589;
  readonly MSGR_E_TOO_MANY_GROUPS: -2130705588;
  readonly MSGR_E_GROUP_DOES_NOT_EXIST: -2130705587;
  readonly MSGR_E_USER_NOT_GROUP_MEMBER: -2130705586;
  readonly MSGR_E_GROUP_NAME_TOO_LONG: -2130705585;
  readonly MSGR_E_GROUP_NOT_EMPTY: -2130705584;
  readonly MSGR_E_BAD_GROUP_NAME: -2130705583;
  readonly MSGR_E_PHONESERVICE_UNAVAILABLE: -2130705582;
  readonly MSGR_E_CANNOT_RENAME: -2130705581;
  readonly MSGR_E_CANNOT_DELETE: -2130705580;
  readonly MSGR_E_INVALID_SERVICE: -2130705579;
  readonly MSGR_E_POLICY_RESTRICTED: -2130705578;
  readonly MSGR_E_BUSY: -2130705577;
  readonly MSGR_E_DNS_SRV_FAIL: -2130705576;
  readonly MSGR_E_DNS_A_RES_FAIL: -2130705575;
  readonly MSGR_E_NO_SERVER_ADDRESS_SPECIFIED: -2130705568;
  readonly MSGR_E_TLS_FAIL: -2130705567;
  readonly MSGR_E_INCOMPATIBLE_ENCRYPTION: -2130705566;
  readonly MSGR_E_SSL_TUNNEL_FAILED: -2130705565;
  readonly MSGR_E_SIP_TIMEOUT: -2130705564;
  readonly MSGR_E_INCOMPATIBLE_IM: -2130705563;
  readonly MSGR_E_MIM_ADD_TO_CONTACTS_FAIL: -2130705562;
  readonly MSGR_E_INVALID_ADDRESS_FORMAT: -2130705561;
  readonly MSGR_E_INVALID_CERTIFICATE: -2130705560;
  readonly MSGR_E_AUTH_TIME_SKEW: -2130705559;
  readonly MSGR_E_CHANGED_CREDENTIALS: -2130705552;
  readonly MSGR_E_SIP_LOGIN_FORBIDDEN: -2130705551;
  readonly MSGR_E_SIP_HIGH_SECURITY_SET_TLS: -2130705550;
  readonly MSGR_E_CALLEE_INSUFFICIENT_SECURITY_LEVEL: -2130705549;
  readonly MSGR_E_CALLER_PEER2PEER_CALLS_NOT_ALLOWED: -2130705548;
  readonly MSGR_E_SIP_UDP_UNSUPPORTED: -2130705547;
  readonly MSGR_E_SIP_SEARCH_FORBIDDEN: -2130705546;
  readonly MSGR_E_INVALID_SERVER_VERSION: -2130705545;
  readonly MSGR_E_AUTH_SERVER_UNAVAILABLE: -2130705544;
  readonly MSGR_E_SESSION_RESTRICTED: -2130705536;
  readonly MSGR_E_MANAGED_USER_INVALID_CVR: -2130705535;
  readonly MSGR_E_RESTRICTED_USER: -2130705534;
  readonly MSGR_E_PROXY_AUTH_REQUIRED: -2130705533;
  readonly MSGR_E_PROXY_REALM_MISMATCH: -2130705532;
  readonly MSGR_E_PROXY_PASSWORD_INCORRECT: -2130705531;
  readonly MSGR_E_RESTRICTED_USER_LOGON_RESTRICED: -2130705530;
  readonly MSGR_E_IE_OFFLINE: -2130705529;
  readonly MSGR_E_IE_CANT_CONNECT: -2130705528;
  readonly MSGR_E_ACCOUNT_ERROR_REDIRECT: -2130705527;
  readonly MSGR_E_INCOMING_INVITE_CANCELLED: -2130705520;
  readonly MSGR_E_INVITE_ACCEPTED_ELSEWHERE: -2130705519;
  readonly MSGR_E_APP_INVITE_NOT_ACCEPTABLE: -2130705518;
  readonly MSGR_S_ALREADY_IN_THE_MODE: 16777985;
  readonly MSGR_S_TRANSFER_SEND_BEGUN: 16777986;
  readonly MSGR_S_TRANSFER_SEND_FINISHED: 16777987;
  readonly MSGR_S_TRANSFER_RECEIVE_BEGUN: 16777988;
  readonly MSGR_S_TRANSFER_RECEIVE_FINISHED: 16777989;
  readonly MSGR_S_GROUP_ALREADY_EXISTS: 16777990;
  readonly MSGR_S_SESSION_PENDING: 16777991;
  readonly MSGR_S_CONV_ID_MATCH: 16777992;
  readonly MSGR_E_API_NOTINITIALIZED: -2130704559;
  readonly MSGR_E_API_LOCKED: -2130704558;
  readonly MSGR_E_API_UNLOCK_FAILED: -2130704557;
  readonly MSGR_E_API_ALREADY_UNLOCKED: -2130704556;
  readonly MSGR_E_API_PENDING_UNLOCK: -2130704555;
  readonly MSGR_E_API_DISABLED: -2130704554;
};
// #endregion

/** The name of a result code. */
export type HResultName = keyof typeof HRESULT;

/** The error that a failing call throws or rejects with. */
export declare class MessengerError extends Error {
  constructor(number: number, message: string, options?: ErrorOptions);
  readonly name: "MessengerError";
  /** The HRESULT as a signed 32-bit number. */
  readonly number: number;
  /** The HRESULT as text: `"0x8100031E"`. */
  readonly hresult: string;
  /** The HRESULT's name: `"MSGR_E_NOT_LOGGED_ON"`; the same as `hresult` where it has none. */
  readonly code: HResultName | (string & {});
  /** Why the WebAssembly could not be had, where that is what failed. */
  readonly reason?: "csp" | "unsupported" | "load";
}

/** Whether a caught value is a `MessengerError`, whichever copy of the library made it. */
export declare function isMessengerError(value: unknown): value is MessengerError;

/** Where the WebAssembly is: an address, an answer, its bytes, or the compiled module. */
export type WebAssemblySource = URL | string | Response | BufferSource | WebAssembly.Module;

/** The options of `connect`. */
export interface ConnectOptions {
  /** Address of the event stream, such as `wss://presence.example.com/stream`. */
  server: string | URL;
  /**
   * Token, or a function that gets one; called at each sign-in, and again when the server asks for a fresh one. It gives
   * null where nobody is logged in, and throws where that cannot be said: it is called again then, after a while.
   */
  token?: string | (() => string | null | Promise<string | null>);
  /** Sign-in name, for servers that let the client say who it is. */
  signinName?: string;
  /** Display name; the sign-in name unless told. */
  friendlyName?: string;
  /** What is spoken with the server. */
  transport?: "json";
  idle?: IdleOptions;
  /** Whether the extended values of MISTATUS are passed on, or folded into the nearest of the basic ones; false unless told. */
  extendedStates?: boolean;
  /**
   * Whether tabs of the same user share one connection; true unless told. The user is known by the `sub` of a token
   * that is a JWT, or by `signinName` where there is no token; for other tokens pass a text that names the user.
   */
  shareConnection?: boolean | string;
  /** Whether a message from somebody on the list opens the conversation with them; false unless told. */
  openOnMessage?: boolean;
  /** Asks the user whether a restricted script may go on; the browser's own question unless told. */
  confirm?: (question: string) => boolean;
  /** Where the WebAssembly is; beside the module unless told. */
  wasm?: WebAssemblySource;
}

/** The options of `connect`, in the entry `mistatus/xmpp`, for an XMPP service. */
export interface XmppConnectOptions extends Omit<ConnectOptions, "server" | "transport"> {
  transport: "xmpp";
  /** Address of the service's WebSocket; looked up at the domain (XEP-0156) unless told. */
  server?: string | URL;
  /** The service's domain; that of `signinName` unless told. Needed for visitors. */
  domain?: string;
  /**
   * What the token is. `token`: made by the site's own back end and said as it is, over TLS or to this machine only;
   * `password`; `anonymous`: nobody signs in by name. `token` unless told, `anonymous` without name and token.
   */
  credentials?: "token" | "password" | "anonymous";
  /** Who may see the user's presence without the user's being asked; `listed` unless told. */
  approval?: "nobody" | "listed" | "everybody";
}

/** Says when the user counts as idle. */
export interface IdleOptions {
  /** Seconds without input, 1 to 86,400; 300 unless told. */
  afterSeconds?: number;
  /** Whether others may know; true unless told. */
  transmit?: boolean;
}

/** What kind of source a claim has, those of the highest rank first. */
export type ClaimSource = "call" | "meeting" | "calendar" | "schedule" | "agent";

/** What a service says about the user, from one instant to another. It counts while the user chose nothing else. */
export interface Claim {
  /** The name of the service that claims. */
  readonly service: string;
  /** What the service calls the claim. */
  readonly id: string;
  readonly source: ClaimSource;
  /** MISTATUS number that is claimed. */
  readonly status: number;
  /** What it says about it; text, never markup. */
  readonly note: string | null;
  /** When it begins, by the server's clock. */
  readonly from: Date;
  /** When it has ended. */
  readonly until: Date;
  /** Whether the user does not want it to count. */
  readonly dismissed: boolean;
  /** Whether it decides the user's status now. */
  readonly inForce: boolean;
}

/** Says why a status is what it is. */
export interface Explanation {
  /** MISTATUS number that is shown. */
  readonly status: number;
  /** Since when, by the server's clock; null where that is not known. */
  readonly since: Date | null;
  /** When what was chosen ends; null for no end, or where it is not known. */
  readonly until: Date | null;
  /**
   * What brought the status about: the user by hand, a script, idleness, the end of what had been chosen or claimed,
   * coming and going (also whatever looks like that), or the claim of a service; null where it is not known.
   */
  readonly source: "user" | "api" | "idle" | "expiry" | "connection" | ClaimSource | null;
  /** What the person says about it; text, never markup. */
  readonly note: string | null;
  /** Whether the value may be outdated. */
  readonly stale: boolean;
  /** Since when it may be. */
  readonly staleSince: Date | null;
  /**
   * What the knowledge rests on. `told`: the server said so. `stale`: it did, before the connection was lost.
   * `settling`: the server has just started and cannot say yet. `not-told-yet`: it has not answered.
   * `not-visible`: no such user, or one whom this user may not see. `lost`: the connection has been lost for longer than
   * a minute. `signed-out`: nobody is signed in here.
   */
  readonly reason: "told" | "stale" | "settling" | "not-told-yet" | "not-visible" | "lost" | "signed-out";
}

/** What may be set together with a status. */
export interface StatusOptions {
  /** Text for others to read. */
  note?: string;
  /** When the status ends: a date, or milliseconds since 1970. */
  until?: Date | number;
}

/**
 * Signs in. Resolves once signed in, rejects with a `MessengerError` otherwise.
 * The first messenger of a page also serves the elements that are in no `<mi-messenger>`.
 */
export declare function connect(options: ConnectOptions | XmppConnectOptions): Promise<Messenger>;

/**
 * Loads the WebAssembly before it is needed. Idempotent; after a failure the next call tries again. `panels` says where
 * the file of contact list and conversations is, which is loaded when a page first has one.
 */
export declare function init(source?: WebAssemblySource, panels?: WebAssemblySource): Promise<unknown>;

/** Gives the elements their tags, where they have none yet. */
export declare function defineElements(registry?: CustomElementRegistry): void;

/**
 * Gives texts of the page's own for a language, a BCP 47 tag, in the place of those that come with mistatus, or for a language
 * that it does not speak. The keys are those of `languages/en.json` in the repository; what is not among them stays as it was. What
 * is wrong with them is said in the console.
 */
export declare function texts(tag: string, texts: Readonly<Record<string, string>>): void;

/** The version of this package. */
export declare const version: string;

/** An event of the automation API. `args` holds what the documentation lists, the fields the same by name. */
export declare class MessengerEvent<Args extends readonly unknown[] = readonly unknown[]> extends Event {
  private constructor();
  readonly args: Args;
}

// #region generated: events, by npm/generate.mjs
/** The events of the automation API by their names; `addEventListener` takes them with `On` before them as well. */
export interface AutomationEventMap {
  AppShutdown: MessengerEvent<[]>;
  ContactAddedToGroup: MessengerEvent<[hr: number, group: MessengerGroup, contact: MessengerContact]> & {
    readonly hr: number;
    readonly group: MessengerGroup;
    readonly contact: MessengerContact;
  };
  ContactBlockChange: MessengerEvent<[hr: number, contact: MessengerContact, blocked: boolean]> & {
    readonly hr: number;
    readonly contact: MessengerContact;
    readonly blocked: boolean;
  };
  ContactFriendlyNameChange: MessengerEvent<[hr: number, contact: MessengerContact, previousName: string]> & {
    readonly hr: number;
    readonly contact: MessengerContact;
    readonly previousName: string;
  };
  ContactListAdd: MessengerEvent<[hr: number, contact: MessengerContact]> & {
    readonly hr: number;
    readonly contact: MessengerContact;
  };
  ContactListRemove: MessengerEvent<[hr: number, contact: MessengerContact]> & {
    readonly hr: number;
    readonly contact: MessengerContact;
  };
  /** Never told: there is no paging. */
  ContactPagerChange: MessengerEvent<[hr: number, contact: MessengerContact, canPage: boolean]> & {
    readonly hr: number;
    readonly contact: MessengerContact;
    readonly canPage: boolean;
  };
  /** Never told: there are no telephone numbers. */
  ContactPhoneChange: MessengerEvent<[hr: number, contact: MessengerContact, phoneType: number, number: string]> & {
    readonly hr: number;
    readonly contact: MessengerContact;
    readonly phoneType: number;
    readonly number: string;
  };
  /** Never told: it is reserved. */
  ContactPropertyChange: MessengerEvent<[hr: number, contact: MessengerContact, property: number, value: unknown]> & {
    readonly hr: number;
    readonly contact: MessengerContact;
    readonly property: number;
    readonly value: unknown;
  };
  ContactRemovedFromGroup: MessengerEvent<[hr: number, group: MessengerGroup, contact: MessengerContact]> & {
    readonly hr: number;
    readonly group: MessengerGroup;
    readonly contact: MessengerContact;
  };
  ContactResolved: MessengerEvent<[hr: number, addressType: number, address: string, imAddress: string]> & {
    readonly hr: number;
    readonly addressType: number;
    readonly address: string;
    readonly imAddress: string;
  };
  /** `args` holds the previous status, as documented; the current one has a field of its own. */
  ContactStatusChange: MessengerEvent<[contact: MessengerContact, previousStatus: number]> & {
    readonly contact: MessengerContact;
    readonly previousStatus: number;
    readonly currentStatus: number;
  };
  /** The group is null where something failed that `CreateGroup` had not asked for. */
  GroupAdded: MessengerEvent<[hr: number, group: MessengerGroup | null]> & {
    readonly hr: number;
    readonly group: MessengerGroup | null;
  };
  GroupNameChanged: MessengerEvent<[hr: number, group: MessengerGroup]> & {
    readonly hr: number;
    readonly group: MessengerGroup;
  };
  GroupRemoved: MessengerEvent<[hr: number, group: MessengerGroup]> & {
    readonly hr: number;
    readonly group: MessengerGroup;
  };
  IMWindowContactAdded: MessengerEvent<[contact: MessengerContact, window: MessengerConversationWnd]> & {
    readonly contact: MessengerContact;
    readonly window: MessengerConversationWnd;
  };
  IMWindowContactRemoved: MessengerEvent<[contact: MessengerContact, window: MessengerConversationWnd]> & {
    readonly contact: MessengerContact;
    readonly window: MessengerConversationWnd;
  };
  IMWindowCreated: MessengerEvent<[window: MessengerConversationWnd]> & { readonly window: MessengerConversationWnd };
  IMWindowDestroyed: MessengerEvent<[window: MessengerConversationWnd]> & { readonly window: MessengerConversationWnd };
  MyFriendlyNameChange: MessengerEvent<[hr: number, previousName: string]> & {
    readonly hr: number;
    readonly previousName: string;
  };
  /** Never told: there are no telephone numbers. */
  MyPhoneChange: MessengerEvent<[phoneType: number, number: string]> & {
    readonly phoneType: number;
    readonly number: string;
  };
  /** Never told: it is reserved. */
  MyPropertyChange: MessengerEvent<[hr: number, property: number, value: unknown]> & {
    readonly hr: number;
    readonly property: number;
    readonly value: unknown;
  };
  MyStatusChange: MessengerEvent<[hr: number, status: number]> & { readonly hr: number; readonly status: number };
  Signin: MessengerEvent<[hr: number]> & { readonly hr: number };
  Signout: MessengerEvent<[]>;
  /** Never told: there is no mail. */
  UnreadEmailChange: MessengerEvent<[folder: number, count: number, enableDefault: boolean]> & {
    readonly folder: number;
    readonly count: number;
    readonly enableDefault: boolean;
  };
}
// #endregion

/**
 * All events of a messenger by their names: those of the automation API, and ours in kebab case.
 *
 * The requests ask the page for what was a dialog. A listener that does it calls `preventDefault()` before it returns;
 * where none does, the call that asked throws. Like all of ours they are told to the owner only, never to `scriptable` objects.
 */
export interface MessengerEventMap extends AutomationEventMap {
  /** What services claim about the user has changed, or which of it counts; `claims` has it. */
  "claims-change": Event;
  /** Others ask to see the user, or no longer; `contactRequests` has all who do. */
  "contact-requests": Event;
  /** What is known of the conversation with somebody has changed; `messages` has it. */
  chat: CustomEvent<ChatDetail>;
  /** Somebody wrote to the user. It is told once for each message, and followed by `chat`. */
  message: CustomEvent<MessageDetail>;
  /** More messages are unread, or fewer: the user has read some, on this device or another one. */
  "unread-change": CustomEvent<UnreadDetail>;
  /** `Signin` asks for the user to be signed in. Unanswered, it throws E_FAIL. */
  "signin-request": CustomEvent<null>;
  /** `AddContact` asks for somebody to be put on the list, where no contact list can do so. Unanswered, it throws E_FAIL. */
  "add-contact-request": CustomEvent<AddContactDetail>;
  /** `FindContact` asks for a search in the page's directory. Unanswered, it throws E_NOTIMPL. */
  "find-contact-request": CustomEvent<FindContactDetail>;
  /** `OptionsPages` asks for the page's options. Unanswered, it throws E_FAIL. */
  "options-request": CustomEvent<OptionsDetail>;
}

/** The detail of the event `chat`. */
export interface ChatDetail {
  /** With whom. */
  readonly contact: MessengerContact;
}

/** The detail of the event `message`. */
export interface MessageDetail {
  /** Who wrote it. */
  readonly contact: MessengerContact;
  /** The message's number, as `messages` has it. */
  readonly id: number;
}

/** The detail of the event `unread-change`. */
export interface UnreadDetail {
  /** Whose messages. */
  readonly contact: MessengerContact;
  /** How many of theirs are unread. */
  readonly count: number;
  /** How many of everybody's are, as `unread` has it. */
  readonly total: number;
}

/** The detail of the event `add-contact-request`. */
export interface AddContactDetail {
  /** Whom to add; empty where the user is to say. */
  readonly signinName: string;
}

/** The detail of the event `find-contact-request`: whom to search for. What was not given is empty. */
export interface FindContactDetail {
  readonly firstName: string;
  readonly lastName: string;
  readonly city: string;
  readonly state: string;
  readonly country: string;
}

/** The detail of the event `options-request`. */
export interface OptionsDetail {
  /** Number of the page of options (MOPTIONPAGE) that is asked for; 0 is the first. */
  readonly page: number;
}

/** One message of a conversation. */
export interface Message {
  /** Number; later ones are greater. */
  readonly id: number;
  /** Whether the user wrote it. */
  readonly mine: boolean;
  /** Text, never markup. */
  readonly text: string;
  readonly at: Date;
  /** Whether it has arrived at one of the other's devices. */
  readonly delivered: boolean;
}

/** A person of the server's directory, as `findPeople` finds them. */
export interface FoundPerson {
  readonly signinName: string;
  /** Display name, or the sign-in name where the directory has none. */
  readonly friendlyName: string;
  /** What they do; null where the directory does not say. */
  readonly title: string | null;
}

/** A person who asks to see the user's status. */
export interface ContactRequest {
  readonly signinName: string;
  readonly friendlyName: string;
}

type ListenerOf<Type extends keyof MessengerEventMap> =
  | ((this: Messenger, event: MessengerEventMap[Type]) => void)
  | { handleEvent(event: MessengerEventMap[Type]): void };

/**
 * The root object: one signed-in user. PascalCase members are the automation API, camelCase members are ours.
 *
 * Members of the automation API throw a `MessengerError`. After `close` all of them throw E_FAIL.
 */
export declare class Messenger extends EventTarget {
  private constructor();

  /**
   * Own MISTATUS: the last that the server confirmed, or a LOCAL_ value on the way. Setting starts; the verdict comes in
   * `OnMyStatusChange`. It throws E_INVALIDARG for a status that cannot be chosen, MSGR_E_NOT_LOGGED_ON while signed out.
   */
  get MyStatus(): number;
  set MyStatus(status: SelectableStatus);
  /** Own sign-in name. Throws MSGR_E_NOT_LOGGED_ON while signed out. */
  readonly MySigninName: string;
  /** Own display name; empty while signed out. */
  readonly MyFriendlyName: string;
  /** Identifies the service: 38 characters with the braces. */
  readonly MyServiceId: string;
  /** Names the service for people. */
  readonly MyServiceName: string;
  /** The live contact list. */
  readonly MyContacts: MessengerContacts;

  /**
   * Returns the contact of that name, the same object each time; null while signed out.
   * With `""` as the service only people on the list are found; throws MSGR_E_USER_NOT_FOUND for others.
   * Throws E_FAIL without a name, E_INVALIDARG for what is no name.
   */
  GetContact(signinName: string, serviceId: string): MessengerContact | null;
  /**
   * Asks the server to put somebody on the list; the verdict comes in `OnContactListAdd`. The first argument is ignored.
   * Without a name, or called by other people's scripts, it opens the contact list's field, where the user decides; where
   * `mi-contact-list` is not defined, the page is asked by `add-contact-request`. Throws E_INVALIDARG for what is no name,
   * MSGR_E_NOT_LOGGED_ON where it would add at once and nobody is signed in, E_FAIL where the page does not answer.
   */
  AddContact(hwndParent: unknown, signinName?: string | null): void;
  /**
   * Asks the page to search its directory, by the event `find-contact-request`. The first argument is ignored.
   * Throws E_INVALIDARG for names that are empty, for what is longer than 63 characters, and for a country that is not in ASCII,
   * MSGR_E_NOT_LOGGED_ON while signed out, E_NOTIMPL where the page does not answer.
   */
  FindContact(
    hwndParent: unknown,
    firstName: string,
    lastName: string,
    city?: string | null,
    state?: string | null,
    country?: string | null,
  ): void;
  /** Starts to sign out. Throws MSGR_E_NOT_LOGGED_ON while signed out. */
  Signout(): void;
  /**
   * Starts to sign in as before; S_FALSE (`lastHResult`) where that is so already.
   * Throws E_FAIL where `connect` was given neither a token nor a sign-in name.
   */
  AutoSignin(): void;
  /**
   * Asks the page to let the user sign in, by the event `signin-request`; the arguments are ignored, as for scripts.
   * S_FALSE (`lastHResult`) while signed in. Throws E_FAIL where the page does not answer.
   */
  Signin(hwndParent: unknown, signinName?: string, password?: string): void;

  /** The groups of the contact list; none while signed out. */
  readonly MyGroups: MessengerGroups;
  /** The list of services: one. */
  readonly Services: MessengerServices;
  /**
   * Asks the server for a new group and returns its object; the verdict comes in `OnGroupAdded`.
   * Throws E_POINTER without a name, E_INVALIDARG for an empty one or what is no service, MSGR_E_BAD_GROUP_NAME,
   * MSGR_E_GROUP_NAME_TOO_LONG, MSGR_E_GROUPS_NOT_ENABLED for another service, MSGR_E_NOT_LOGGED_ON while signed out.
   * @param service the service or its id; the one there is unless told
   */
  CreateGroup(name: string, service?: MessengerService | string): MessengerGroup;
  /**
   * Returns the sign-in name of an e-mail address (1) where it is on the list or one's own; else "", with S_FALSE (`lastHResult`).
   * With 2 as the resolution type `OnContactResolved` has the answer later; with 1 nothing more comes.
   * Throws E_INVALIDARG for what is no address, E_NOTIMPL for other types of address.
   */
  ResolveContact(addressType: number, resolutionType: number, address: string): string;
  /**
   * Opens the conversation with somebody, or brings it back; S_FALSE (`lastHResult`) where the page has no focus.
   * Throws E_INVALIDARG for what is no contact, MSGR_E_NOT_LOGGED_ON while signed out, E_FAIL for oneself.
   */
  InstantMessage(contact: MessengerContact | string): MessengerConversationWnd;
  /**
   * Opens a conversation (type 1) and returns its number. With nobody named it shows the contact list and returns 0.
   * Throws E_INVALIDARG for what is no type or no contact, MSGR_E_NOT_LOGGED_ON while signed out, MSGR_E_POLICY_RESTRICTED
   * for the other types, MSGR_E_SESSION_FULL for more than one person, E_FAIL for oneself. What follows the people is ignored.
   */
  StartConversation(
    type: number,
    participants: readonly (string | MessengerContact)[],
    contextualData?: unknown,
    subject?: unknown,
    conversationIndex?: unknown,
    conversationData?: unknown,
  ): number;
  /**
   * Opens a new mail to somebody in the user's own program; S_FALSE (`lastHResult`), and nothing, unless the user has just
   * done something. Throws E_INVALIDARG for what is no contact, MSGR_E_NOT_LOGGED_ON while signed out.
   */
  SendMail(contact: MessengerContact | string): void;
  /**
   * Throws E_NOTIMPL: there are no files. Before that it throws E_INVALIDARG for what is no contact, or for a file name of more
   * than 260 characters, MSGR_E_NOT_LOGGED_ON while signed out, E_FAIL for oneself.
   */
  SendFile(contact: MessengerContact | string, fileName?: string | null): never;
  /**
   * Throws MSGR_E_PHONESERVICE_UNAVAILABLE: there is no telephone. Before that it throws E_INVALIDARG for what is no contact or
   * no type (-1 to 3), or for a number of more than 256 characters, MSGR_E_NOT_LOGGED_ON while signed out, E_FAIL for oneself.
   */
  Phone(contact: MessengerContact | string, phoneType: number, number?: string | null): never;
  /**
   * Asks the page to show its options, by the event `options-request`. The first argument is ignored.
   * Throws E_FAIL where the page does not answer.
   */
  OptionsPages(hwndParent: unknown, page?: number): void;
  /**
   * Returns -1 for the inbox (0), with S_FALSE (`lastHResult`): there is none; undefined while signed out.
   * Throws E_FAIL for other folders.
   */
  UnreadEmailCount(folder: number): number | undefined;
  /** Returns the version of mistatus (0), or the locale id of the user's language (1). Throws E_INVALIDARG for other numbers. */
  Property(property: 0): string;
  Property(property: 1): number;
  Property(property: number): string | number;
  /** Throws E_INVALIDARG: properties of the messenger cannot be set. */
  setProperty(property: number, value: unknown): never;
  /** Throws E_INVALIDARG: it is reserved. */
  MyProperty(property: number): never;
  /** Throws E_INVALIDARG: it is reserved. */
  setMyProperty(property: number, value: unknown): never;
  /** Adds people without asking the user. */
  readonly messengerPrivate: MessengerPrivate;
  /** The main window: the page's contact list, or one that is made when it is first shown. */
  readonly Window: MessengerWindow;
  /**
   * How the contact list is ordered: by groups (0), or by who is there (1).
   * Throws MSGR_E_NOT_LOGGED_ON while signed out; setting throws E_INVALIDARG for other numbers.
   */
  ContactsSortOrder: number;
  /** The HRESULT of the last call: S_FALSE where it succeeded without anything to do. */
  readonly lastHResult: number;
  /**
   * Returns an object that a script may have: `page` as a web page of that time, `trusted` as one of the intranet.
   * docs/AUTOMATION-API.md says what each may; the rest throws E_NOTIMPL. The same object each time.
   */
  scriptable(level: "page" | "trusted", options?: { sendText?: boolean }): ScriptableMessenger;

  /** Throws E_NOTIMPL: there are no applications to invite to. */
  InviteApp(contact: MessengerContact | string, appId: string): never;
  /** Throws E_NOTIMPL: there is neither sound nor picture. */
  MediaWizard(hwndParent: unknown): never;
  /** Throws E_NOTIMPL: a page cannot open the user's inbox. */
  OpenInbox(): never;
  /** Throws E_NOTIMPL: there is no paging. */
  Page(contact: MessengerContact | string): never;
  /** Throws E_NOTIMPL: there is no sound. */
  StartVoice(contact: MessengerContact | string): never;
  /** Throws E_NOTIMPL: there is no picture. */
  StartVideo(contact: MessengerContact | string): never;
  /** Throws E_NOTIMPL: there are no profiles. */
  ViewProfile(contact: MessengerContact | string): never;
  /** Throws E_NOTIMPL: pages are given no credentials. */
  GetAuthenticationInfo(): never;
  /** Throws E_NOTIMPL: there are no telephone numbers. */
  MyPhoneNumber(phoneType: number): never;
  /** Throws E_NOTIMPL: pages have no folders. */
  readonly ReceiveFileDirectory: never;

  /** What services claim about the user, also for later. `claims-change` tells when that changes. */
  readonly claims: readonly Claim[];
  /** Of which kinds of sources the user wants no claim to count. */
  readonly ignoredClaims: readonly ClaimSource[];
  /** Lets a claim count no longer, until it is made anew with another beginning; resolves once the server has confirmed it. */
  dismissClaim(claim: Pick<Claim, "service" | "id">): Promise<void>;
  /** Lets claims of one kind of source count no longer, or again; resolves once the server has confirmed it. */
  ignoreClaims(source: ClaimSource, ignored?: boolean): Promise<void>;
  /** How many messages the user has not read, on any device. `unread-change` tells when that changes. */
  readonly unread: number;
  /** Returns how many messages of somebody the user has not read, on any device. */
  unreadFrom(contact: MessengerContact | string): number;
  /** Says that the user has before their eyes what `messages` has of somebody: it is read, on all devices. */
  markRead(contact: MessengerContact | string): void;
  /** Who waits for the user's answer, the longest waiting first. `contact-requests` tells when that changes. */
  readonly contactRequests: readonly ContactRequest[];
  /** Lets somebody who asked see the user, or not; resolves once the server has confirmed it. */
  answerContactRequest(signinName: string, accept: boolean): Promise<void>;
  /**
   * Searches the server's directory of people; resolves to whom that finds, in the order of their sign-in names. Rejects
   * with E_NOTIMPL where there is no directory to search: the server runs without one, or is an XMPP service.
   * @param text how the sign-in name, the display name or a word of it begins, whatever the letter case: 1 to 64 UTF-16 units
   * @param limit how many at most, from 1 to 20; 20 where it is left out, which a longer text tells apart
   */
  findPeople(text: string, limit?: number): Promise<readonly FoundPerson[]>;
  /** Returns what is known of what was written with somebody, the oldest first. `chat` tells when that changes. */
  messages(contact: MessengerContact | string): readonly Message[];
  /** Writes to somebody; resolves once the server has taken the message on. */
  sendMessage(contact: MessengerContact | string, text: string): Promise<void>;
  /** Fetches older messages with somebody; resolves to whether there may be more. */
  fetchMessages(contact: MessengerContact | string): Promise<boolean>;

  // #region generated: handlers, by npm/generate.mjs
  OnAppShutdown: ((this: Messenger) => void) | null;
  OnContactAddedToGroup:
    | ((this: Messenger, hr: number, group: MessengerGroup, contact: MessengerContact) => void)
    | null;
  OnContactBlockChange: ((this: Messenger, hr: number, contact: MessengerContact, blocked: boolean) => void) | null;
  OnContactFriendlyNameChange:
    | ((this: Messenger, hr: number, contact: MessengerContact, previousName: string) => void)
    | null;
  OnContactListAdd: ((this: Messenger, hr: number, contact: MessengerContact) => void) | null;
  OnContactListRemove: ((this: Messenger, hr: number, contact: MessengerContact) => void) | null;
  /** Never called: there is no paging. */
  OnContactPagerChange: ((this: Messenger, hr: number, contact: MessengerContact, canPage: boolean) => void) | null;
  /** Never called: there are no telephone numbers. */
  OnContactPhoneChange:
    | ((this: Messenger, hr: number, contact: MessengerContact, phoneType: number, number: string) => void)
    | null;
  /** Never called: it is reserved. */
  OnContactPropertyChange:
    | ((this: Messenger, hr: number, contact: MessengerContact, property: number, value: unknown) => void)
    | null;
  OnContactRemovedFromGroup:
    | ((this: Messenger, hr: number, group: MessengerGroup, contact: MessengerContact) => void)
    | null;
  OnContactResolved:
    | ((this: Messenger, hr: number, addressType: number, address: string, imAddress: string) => void)
    | null;
  /** Called with the previous status; the contact has the current one already. */
  OnContactStatusChange: ((this: Messenger, contact: MessengerContact, previousStatus: number) => void) | null;
  OnGroupAdded: ((this: Messenger, hr: number, group: MessengerGroup | null) => void) | null;
  OnGroupNameChanged: ((this: Messenger, hr: number, group: MessengerGroup) => void) | null;
  OnGroupRemoved: ((this: Messenger, hr: number, group: MessengerGroup) => void) | null;
  OnIMWindowContactAdded:
    | ((this: Messenger, contact: MessengerContact, window: MessengerConversationWnd) => void)
    | null;
  OnIMWindowContactRemoved:
    | ((this: Messenger, contact: MessengerContact, window: MessengerConversationWnd) => void)
    | null;
  OnIMWindowCreated: ((this: Messenger, window: MessengerConversationWnd) => void) | null;
  OnIMWindowDestroyed: ((this: Messenger, window: MessengerConversationWnd) => void) | null;
  OnMyFriendlyNameChange: ((this: Messenger, hr: number, previousName: string) => void) | null;
  /** Never called: there are no telephone numbers. */
  OnMyPhoneChange: ((this: Messenger, phoneType: number, number: string) => void) | null;
  /** Never called: it is reserved. */
  OnMyPropertyChange: ((this: Messenger, hr: number, property: number, value: unknown) => void) | null;
  OnMyStatusChange: ((this: Messenger, hr: number, status: number) => void) | null;
  OnSignin: ((this: Messenger, hr: number) => void) | null;
  OnSignout: ((this: Messenger) => void) | null;
  /** Never called: there is no mail. */
  OnUnreadEmailChange: ((this: Messenger, folder: number, count: number, enableDefault: boolean) => void) | null;
  // #endregion

  addEventListener<Type extends keyof MessengerEventMap>(
    type: Type,
    listener: ListenerOf<Type> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Type extends keyof AutomationEventMap>(
    type: `On${Type}`,
    listener: ListenerOf<Type> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof MessengerEventMap>(
    type: Type,
    listener: ListenerOf<Type> | null,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof AutomationEventMap>(
    type: `On${Type}`,
    listener: ListenerOf<Type> | null,
    options?: boolean | EventListenerOptions,
  ): void;

  /** Settles with the first sign-in. */
  readonly signedIn: Promise<this>;
  /** Sets status, note and end as one; resolves once the server has confirmed. */
  setMyStatus(status: SelectableStatus, options?: StatusOptions): Promise<void>;
  /** Goes back to what is found out (online, or idle), without note or end; resolves once the server has confirmed. */
  clearMyStatus(): Promise<void>;
  /**
   * Says why somebody has the status that is shown, as far as this user may know; without an argument, why oneself has.
   * @param contact a contact, or a sign-in name that is on the list or shown on the page
   */
  explain(contact?: MessengerContact | string): Explanation;
  /** Asks the server for one's own status. */
  queryMyStatus(): Promise<number>;
  /** Says when the user counts as idle. What is left out stays as it is; null is as it was said when connecting. */
  setIdle(options?: { [Name in keyof IdleOptions]: IdleOptions[Name] | null }): void;
  /** Ends for good: the connection is closed, `OnAppShutdown` is told as the last event, and all objects are dead. */
  close(): void;
}

/** The object that `scriptable` returns: the members of the automation API, without ours. */
export type ScriptableMessenger = Omit<
  Messenger,
  | "answerContactRequest"
  | "clearMyStatus"
  | "close"
  | "contactRequests"
  | "explain"
  | "fetchMessages"
  | "findPeople"
  | "markRead"
  | "messages"
  | "queryMyStatus"
  | "scriptable"
  | "sendMessage"
  | "setIdle"
  | "setMyStatus"
  | "signedIn"
  | "unread"
  | "unreadFrom"
>;

/** Stands for one person; the same object for the same person. */
export declare class MessengerContact {
  private constructor();
  /** Current MISTATUS: never INVISIBLE, never a LOCAL_ value. */
  readonly Status: number;
  /** Unique name of this person. */
  readonly SigninName: string;
  /** Display name, or the sign-in name where none is known. */
  readonly FriendlyName: string;
  /** Whether this is the user who is signed in. */
  readonly IsSelf: boolean;
  /** Identifies the service, as `MyServiceId`. */
  readonly ServiceId: string;
  /** The same as `ServiceId`, as documented. */
  readonly ServiceID: string;
  /** Names the service for people. */
  readonly ServiceName: string;
  /**
   * Whether the user has blocked this person; false while signed out. Setting starts; the verdict comes in `OnContactBlockChange`.
   * Setting what is so already is S_FALSE (`lastHResult`). Setting throws DISP_E_BADVARTYPE for what is neither true nor false,
   * E_FAIL while signed out.
   */
  get Blocked(): boolean;
  set Blocked(blocked: boolean | 0 | -1);
  /** Always false: there is no paging. */
  readonly CanPage: boolean;
  /** Whether the user wants to hear of this person; kept by the page. */
  IsTagged: boolean;
  /**
   * An array by PRESENCE_PROPERTY. Setting, on oneself only, publishes status and note; what is null in it stays as it is.
   * Setting throws E_INVALIDARG for what is no such array, MSGR_E_NOT_LOGGED_ON while signed out, E_ACCESSDENIED for anybody else.
   */
  get PresenceProperties(): unknown[];
  set PresenceProperties(values: readonly unknown[]);
  /** Returns the groups that the contact is in (0), or the e-mail address (1). Throws E_INVALIDARG for other numbers. */
  Property(property: 0): MessengerGroups;
  Property(property: 1): string;
  Property(property: number): MessengerGroups | string;
  /** Throws E_INVALIDARG: properties of contacts cannot be set. */
  setProperty(property: number, value: unknown): never;
  /** Throws E_NOTIMPL: there are no telephone numbers. */
  PhoneNumber(phoneType: number): never;
}

/** A group of the contact list. */
export declare class MessengerGroup {
  private constructor();
  /**
   * Throws MSGR_E_NOT_LOGGED_ON while signed out. Setting starts; the verdict comes in `OnGroupNameChanged`.
   * Setting throws E_INVALIDARG for an empty name, MSGR_E_BAD_GROUP_NAME, MSGR_E_GROUP_NAME_TOO_LONG, MSGR_E_GROUP_DOES_NOT_EXIST
   * for a group that is gone, MSGR_E_CANNOT_RENAME for the one of people in no other.
   */
  Name: string;
  readonly Service: MessengerService;
  /** Who is in it. */
  readonly Contacts: MessengerContacts;
  /**
   * Asks the server to put somebody on the list into the group; the verdict comes in `OnContactAddedToGroup`.
   * Throws E_INVALIDARG for what is no contact, MSGR_E_NOT_LOGGED_ON while signed out, MSGR_E_USER_NOT_FOUND for somebody who is
   * not on the list, E_FAIL for a group that is gone or that of people in no other.
   */
  AddContact(contact: MessengerContact | string): void;
  /**
   * Asks the server to take somebody out of the group; the verdict comes in `OnContactRemovedFromGroup`.
   * Throws as `AddContact` does.
   */
  RemoveContact(contact: MessengerContact | string): void;
}

/** The groups of the contact list. */
export declare class MessengerGroups implements Iterable<MessengerGroup> {
  private constructor();
  readonly Count: number;
  /** Returns the group at an index that starts with 0. Throws E_INVALIDARG for what is no index, E_FAIL where nothing is there. */
  Item(index: number): MessengerGroup;
  /**
   * Asks the server to remove a group; the verdict comes in `OnGroupRemoved`.
   * Throws E_POINTER without a group, E_INVALIDARG for what is none, MSGR_E_CONNECT while signed out, E_FAIL for one that is not
   * among these, MSGR_E_CANNOT_DELETE for the one of people in no other.
   */
  Remove(group: MessengerGroup): void;
  /** Goes through a copy, as `for … of` does. */
  readonly _NewEnum: IterableIterator<MessengerGroup>;
  [Symbol.iterator](): IterableIterator<MessengerGroup>;
}

/** The one service that there is. */
export declare class MessengerService {
  private constructor();
  readonly ServiceID: string;
  readonly ServiceId: string;
  readonly ServiceName: string;
  /** Own sign-in name. Throws MSGR_E_NOT_LOGGED_ON while signed out. */
  readonly MySigninName: string;
  /** Own display name. Throws MSGR_E_NOT_LOGGED_ON while signed out. */
  readonly MyFriendlyName: string;
  readonly MyStatus: number;
  /** Throws E_INVALIDARG: it is reserved. */
  Property(property: number): never;
  /** Throws E_INVALIDARG: it is reserved. */
  setProperty(property: number, value: unknown): never;
}

/** The list of services: one. */
export declare class MessengerServices implements Iterable<MessengerService> {
  private constructor();
  readonly Count: number;
  /** Returns the service at an index that starts with 0. Throws E_INVALIDARG for what is no index, E_FAIL where nothing is there. */
  Item(index: number): MessengerService;
  readonly PrimaryService: MessengerService;
  /** Goes through a copy, as `for … of` does. */
  readonly _NewEnum: IterableIterator<MessengerService>;
  [Symbol.iterator](): IterableIterator<MessengerService>;
}

/**
 * A panel of the page. Positions and sizes are in CSS pixels.
 *
 * The main window can be closed and shown again. A conversation that was closed is dead: all but `Close` throws E_FAIL.
 */
export declare class MessengerWindow {
  protected constructor();
  /** In CSS pixels, kept within the viewport. Setting throws E_INVALIDARG for what is no number above 0. */
  Height: number;
  /** In CSS pixels, kept within the viewport. Setting throws E_INVALIDARG for what is no number above 0. */
  Width: number;
  /**
   * Distance from the left edge of the viewport, within it; -32000 while there is nothing to be seen.
   * Setting throws E_INVALIDARG for what is no number.
   */
  Left: number;
  /**
   * Distance from the upper edge of the viewport, within it; -32000 while there is nothing to be seen.
   * Setting throws E_INVALIDARG for what is no number.
   */
  Top: number;
  /** Whether there is nothing to be seen of the main window; false for a conversation. */
  readonly IsClosed: boolean;
  /** Shows the window and gives it the focus. */
  Show(): void;
  /** Closes the window; where it is closed already that is S_FALSE (`lastHResult`). */
  Close(): void;
  /**
   * Returns what `setProperty` was told of sidebar (0) or toolbar (1) of a conversation; false at first. There is neither to be seen.
   * Throws E_INVALIDARG for other numbers, E_NOTIMPL for the main window.
   */
  Property(property: number): boolean;
  /**
   * Keeps whether sidebar (0) or toolbar (1) are wanted; S_FALSE (`lastHResult`) where that is so already.
   * Throws as `Property` does, and E_INVALIDARG for what is neither true nor false.
   */
  setProperty(property: number, value: boolean): void;
  /** Throws E_NOTIMPL: pages have no window handles. */
  readonly HWND: never;
}

/**
 * A conversation with one person. `Contacts`, `History`, `AddContact` and `SendText` throw E_FAIL while signed out and
 * after it is closed; where the page has no focus all but `AddContact` are S_FALSE (`lastHResult`).
 */
export declare class MessengerConversationWnd extends MessengerWindow {
  /** Who takes part, without the user. */
  readonly Contacts: MessengerContacts;
  /** What was written so far, as plain text: a line for each message. */
  readonly History: string;
  /** Number of the conversation, as `StartConversation` returned it. */
  readonly handle: number;
  /**
   * Throws MSGR_E_SESSION_FULL: a conversation is between two. With the person who takes part already it is S_FALSE (`lastHResult`).
   * Throws E_INVALIDARG for what is no contact, E_FAIL for oneself.
   */
  AddContact(contact: MessengerContact | string): void;
  /** Sends a message. Whether it went is seen in the conversation. Throws E_INVALIDARG for an empty one, MSGR_E_MESSAGE_TOO_LONG. */
  SendText(text: string): void;
}

/** The live contact list; empty while signed out. */
export declare class MessengerContacts implements Iterable<MessengerContact> {
  private constructor();
  readonly Count: number;
  /** Returns the contact at an index that starts with 0. Throws E_INVALIDARG for what is no index, E_FAIL where nobody is there. */
  Item(index: number): MessengerContact;
  /**
   * Asks the server to take a contact off the list; the verdict comes in `OnContactListRemove`.
   * Throws E_POINTER without a contact, E_INVALIDARG for what is none, E_FAIL for one that is not among these.
   */
  Remove(contact: MessengerContact): void;
  /** Goes through a copy, as `for … of` does. */
  readonly _NewEnum: IterableIterator<MessengerContact>;
  [Symbol.iterator](): IterableIterator<MessengerContact>;
}

/** The object that `messengerPrivate` returns; it was an object of its own. */
export interface MessengerPrivate {
  /**
   * Asks the server to put somebody on the list; the verdict comes in `OnContactListAdd`. For other people's scripts the user
   * is asked first. Throws E_POINTER without a name, E_INVALIDARG for what is none, MSGR_E_GROUPS_NOT_ENABLED for another service,
   * MSGR_E_NOT_LOGGED_ON while signed out, MSGR_E_API_LOCKED where the user refused.
   * @param service the service or its id; the one there is unless told, or for `""`
   */
  AddContact(signinName: string, service?: MessengerService | string | null): void;
  /** Throws E_NOTIMPL: there are no alerts. */
  EnableAlertEvents(siteIds: readonly number[]): never;
}

/** `<mi-status contact="alice@example.com">`: somebody's status, live. */
export declare class MiStatusElement extends HTMLElement {
  /** Whose status: a sign-in name. */
  contact: string;
  /** What stands beside the dot: `none`, `status`, `name` or `full`. */
  label: string;
  /** Size of the dot: `small`, `medium` or `large`. */
  size: string;
  /** MISTATUS as shown. */
  readonly status: number;
  /** Whether that is known only from before a lost connection. */
  readonly stale: boolean;
  /** The messenger that serves this element; null while there is none. */
  readonly messenger: Messenger | null;
}

/** `<mi-avatar contact="alice@example.com">`: somebody's initials or picture, with their status on it, live. */
export declare class MiAvatarElement extends HTMLElement {
  /** Whose avatar: a sign-in name. */
  contact: string;
  /** Address of a picture; empty for the initials. */
  src: string;
  /** What stands beside it: `none`, `status`, `name` or `full`. */
  label: string;
  /** Size of the disc: `small`, `medium` or `large`. */
  size: string;
  /** MISTATUS as shown. */
  readonly status: number;
  /** Whether that is known only from before a lost connection. */
  readonly stale: boolean;
  /** The messenger that serves this element; null while there is none. */
  readonly messenger: Messenger | null;
}

/** `<mi-my-status>`: one's own status, and the choice of another. */
export declare class MiMyStatusElement extends HTMLElement {
  /** Which statuses may be chosen: their names, apart by spaces. */
  states: string;
  /** `panel` lets the user choose status, note and end; `menu` the status alone. Empty for the panel. */
  mode: string;
  /** Seconds without input after which the user counts as idle; null for the default. */
  idleAfter: number | null;
  /** Whether idleness is kept from others. */
  noIdle: boolean;
  /** MISTATUS as shown. */
  readonly status: number;
  /** Whether the connection is lost. */
  readonly stale: boolean;
  /** The messenger that serves this element; null while there is none. */
  readonly messenger: Messenger | null;
}

/** `<mi-contact-list>`: the people on the list, in their groups, and all that can be done with them. */
export declare class MiContactListElement extends HTMLElement {
  /** `groups`, or `onoffline`: by who is there. */
  sort: string;
  /** Shows the people whose names hold this; the user can change it. */
  filter: string;
  /** How many messages the user has not read, on any device; the attribute `unread`, which is absent for none. */
  readonly unread: number;
  /** The messenger that serves this element; null while there is none. */
  readonly messenger: Messenger | null;
  /** Puts the focus where the people are. */
  focusList(): void;
  /** Opens the field for somebody new, with a name in it already or none; false where it was open. */
  openAdd(name?: string): boolean | undefined;
}

/** `<mi-conversation contact="alice@example.com" open>`: a panel in which two people write to each other. */
export declare class MiConversationElement extends HTMLElement {
  /** With whom: a sign-in name. */
  contact: string;
  /** Whether the panel is to be seen; false once the user has closed it. */
  open: boolean;
  /** The messenger that serves this element; null while there is none. */
  readonly messenger: Messenger | null;
  /** Opens the panel and puts the focus into its field. */
  show(): void;
  /** Closes the panel; the focus returns to where it was before `show`. */
  close(): void;
}

/** `<mi-messenger server="…">`: a messenger for the elements inside it. */
export declare class MiMessengerElement extends HTMLElement {
  /** Address of the event stream. */
  server: string;
  /** Address of the page's endpoint that gives out tokens. */
  tokenUrl: string;
  /** With which cookies that is asked: `omit`, `same-origin` or `include`; empty for `same-origin`. */
  tokenCredentials: string;
  /** Sign-in name, for servers that let the client say who it is. */
  signinName: string;
  /** Display name. */
  friendlyName: string;
  /** Whether tabs of the same user share one connection: `"false"`, or a text that names the user. */
  shareConnection: string;
  /** What is spoken with the server: `json`, or `xmpp` with the entry `mistatus/xmpp`. */
  transport: string;
  /** XMPP: the service's domain, if not that of the sign-in name. */
  domain: string;
  /** XMPP: what the token is: `token`, `password` or `anonymous`. */
  credentials: string;
  /** XMPP: who may see the user without the user's being asked: `nobody`, `listed` or `everybody`. */
  approval: string;
  /** Token, or a function that gets one, of which the newest is asked; goes before `tokenUrl`. */
  token: ConnectOptions["token"];
  /** The messenger; null until the WebAssembly is there. */
  readonly messenger: Messenger | null;
  /** Settles with the messenger before it is signed in, so that no event is missed. */
  readonly opened: Promise<Messenger>;
  /** Settles with the first sign-in. */
  readonly ready: Promise<Messenger>;
}

/** The detail of the event `mi-status-change`. */
export interface StatusChangeDetail {
  contact: string;
  status: number;
  previousStatus: number;
}

/** The detail of the event `mi-my-status-change`. */
export interface MyStatusChangeDetail {
  hr: number;
  status: number;
}

declare global {
  interface HTMLElementTagNameMap {
    "mi-status": MiStatusElement;
    "mi-avatar": MiAvatarElement;
    "mi-my-status": MiMyStatusElement;
    "mi-contact-list": MiContactListElement;
    "mi-conversation": MiConversationElement;
    "mi-messenger": MiMessengerElement;
  }
  interface GlobalEventHandlersEventMap {
    "mi-status-change": CustomEvent<StatusChangeDetail>;
    "mi-my-status-change": CustomEvent<MyStatusChangeDetail>;
  }
}
