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

/** The name of a result code. */
export type HResultName = keyof typeof HRESULT;

/** Is what a failing call throws or rejects with. */
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

/** Is what `connect` takes. */
export interface ConnectOptions {
  /** Address of the event stream, such as `wss://presence.example.com/stream`. */
  server: string | URL;
  /** Token, or a function that gets one; called again when the server asks for a fresh one. */
  token?: string | (() => string | Promise<string>);
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

/** Is what `connect` of the entry `mistatus/xmpp` takes for an XMPP service. */
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
  /** Seconds without input. */
  afterSeconds?: number;
  /** Whether others may know; true unless told. */
  transmit?: boolean;
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
   * What brought the status about: the user by hand, a script, idleness, the end of what had been chosen, or coming and
   * going (also whatever looks like that); null where it is not known.
   */
  readonly source: "user" | "api" | "idle" | "expiry" | "connection" | null;
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

/** Is what goes with a status. */
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

/** Loads the WebAssembly before it is needed. Idempotent; after a failure the next call tries again. */
export declare function init(source?: WebAssemblySource): Promise<unknown>;

/** Gives the elements their tags, where they have none yet. */
export declare function defineElements(registry?: CustomElementRegistry): void;

/** The version of this package. */
export declare const version: string;

/** Is an event of the automation API. `args` holds what the documentation lists, the fields the same by name. */
export declare class MessengerEvent<Args extends readonly unknown[] = readonly unknown[]> extends Event {
  private constructor();
  readonly args: Args;
}

/** The events by their names, as `addEventListener` takes them. */
export interface MessengerEventMap {
  Signin: MessengerEvent<[hr: number]> & { readonly hr: number };
  Signout: MessengerEvent<[]>;
  MyStatusChange: MessengerEvent<[hr: number, status: number]> & { readonly hr: number; readonly status: number };
  /** `args` holds the previous status, as documented; the current one has a field of its own. */
  ContactStatusChange: MessengerEvent<[contact: MessengerContact, previousStatus: number]> & {
    readonly contact: MessengerContact;
    readonly previousStatus: number;
    readonly currentStatus: number;
  };
  ContactListAdd: MessengerEvent<[hr: number, contact: MessengerContact]> & {
    readonly hr: number;
    readonly contact: MessengerContact;
  };
  ContactListRemove: MessengerEvent<[hr: number, contact: MessengerContact]> & {
    readonly hr: number;
    readonly contact: MessengerContact;
  };
  AppShutdown: MessengerEvent<[]>;
  MyFriendlyNameChange: MessengerEvent<[hr: number, previousName: string]> & { readonly hr: number; readonly previousName: string };
  ContactFriendlyNameChange: MessengerEvent<[hr: number, contact: MessengerContact, previousName: string]> & {
    readonly hr: number;
    readonly contact: MessengerContact;
    readonly previousName: string;
  };
  ContactBlockChange: MessengerEvent<[hr: number, contact: MessengerContact, blocked: boolean]> & {
    readonly hr: number;
    readonly contact: MessengerContact;
    readonly blocked: boolean;
  };
  ContactResolved: MessengerEvent<[hr: number, addressType: number, address: string, imAddress: string]> & {
    readonly hr: number;
    readonly addressType: number;
    readonly address: string;
    readonly imAddress: string;
  };
  ContactAddedToGroup: GroupMemberEvent;
  ContactRemovedFromGroup: GroupMemberEvent;
  GroupAdded: GroupEvent;
  GroupNameChanged: GroupEvent;
  GroupRemoved: GroupEvent;
  IMWindowCreated: WindowEvent;
  IMWindowDestroyed: WindowEvent;
  IMWindowContactAdded: WindowMemberEvent;
  IMWindowContactRemoved: WindowMemberEvent;
}

type GroupEvent = MessengerEvent<[hr: number, group: MessengerGroup | null]> & {
  readonly hr: number;
  readonly group: MessengerGroup | null;
};
type GroupMemberEvent = MessengerEvent<[hr: number, group: MessengerGroup, contact: MessengerContact]> & {
  readonly hr: number;
  readonly group: MessengerGroup;
  readonly contact: MessengerContact;
};
type WindowEvent = MessengerEvent<[window: MessengerConversationWnd]> & { readonly window: MessengerConversationWnd };
type WindowMemberEvent = MessengerEvent<[contact: MessengerContact, window: MessengerConversationWnd]> & {
  readonly contact: MessengerContact;
  readonly window: MessengerConversationWnd;
};

/** Is one message of a conversation. */
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

/** Is somebody who asks to see the user. */
export interface ContactRequest {
  readonly signinName: string;
  readonly friendlyName: string;
}

type ListenerOf<Type extends keyof MessengerEventMap> =
  | ((this: Messenger, event: MessengerEventMap[Type]) => void)
  | { handleEvent(event: MessengerEventMap[Type]): void };

/** Is the root object: one signed-in user. PascalCase members are the automation API, camelCase members are ours. */
export declare class Messenger extends EventTarget {
  private constructor();

  /** Own MISTATUS: the last that the server confirmed, or a LOCAL_ value on the way. Setting starts; the verdict comes in `OnMyStatusChange`. */
  get MyStatus(): number;
  set MyStatus(status: SelectableStatus);
  /** Own sign-in name. Throws MSGR_E_NOT_LOGGED_ON while signed out. */
  readonly MySigninName: string;
  /** Own display name. */
  readonly MyFriendlyName: string;
  /** Identifies the service: 38 characters with the braces. */
  readonly MyServiceId: string;
  readonly MyServiceName: string;
  /** The live contact list. */
  readonly MyContacts: MessengerContacts;

  /**
   * Returns the contact of that name, the same object each time; null while signed out.
   * With `""` as the service only people on the list are found.
   */
  GetContact(signinName: string, serviceId: string): MessengerContact | null;
  /** Asks the server to put somebody on the list; the verdict comes in `OnContactListAdd`. The first argument is ignored. */
  AddContact(hwndParent: unknown, signinName: string): void;
  /** Starts to sign out. */
  Signout(): void;
  /** Starts to sign in as before; S_FALSE (`lastHResult`) where that is so already. */
  AutoSignin(): void;
  /** Asks the page to let the user sign in, by the event `signin-request`; the arguments are ignored, as for scripts. */
  Signin(hwndParent: unknown, signinName?: string, password?: string): void;

  readonly MyGroups: MessengerGroups;
  readonly Services: MessengerServices;
  /** Asks the server for a new group and returns its object; the verdict comes in `OnGroupAdded`. */
  CreateGroup(name: string, service: MessengerService | unknown): MessengerGroup;
  /** Looks somebody up by an address; the answer comes in `OnContactResolved`. */
  ResolveContact(addressType: number, resolutionType: number, address: string): unknown;
  /** Opens the conversation with somebody, or brings it back. */
  InstantMessage(contact: MessengerContact | string): MessengerConversationWnd;
  /** Opens a conversation; returns its number. */
  StartConversation(
    type: number,
    participants: readonly (string | MessengerContact)[],
    contextualData?: unknown,
    subject?: unknown,
    conversationIndex?: unknown,
    conversationData?: unknown,
  ): number;
  /** The main window: the page's contact list. */
  readonly Window: MessengerWindow;
  /** How the contact list is ordered: by groups (0), or by who is there (1). */
  ContactsSortOrder: number;
  /** The HRESULT of the last call: S_FALSE where it succeeded without anything to do. */
  readonly lastHResult: number;
  /**
   * Returns an object that a script may have: `page` as a web page of that time, `trusted` as one of the intranet.
   * docs/AUTOMATION-API.md says what each may.
   */
  scriptable(level: "page" | "trusted", options?: { sendText?: boolean }): Messenger;

  /** Who waits for the user's answer, the longest waiting first. `contact-requests` tells when that changes. */
  readonly contactRequests: readonly ContactRequest[];
  /** Lets somebody who asked see the user, or not; resolves once the server has confirmed it. */
  answerContactRequest(signinName: string, accept: boolean): Promise<void>;
  /** Returns what is known of what was written with somebody, the oldest first. `chat` tells when that changes. */
  messages(contact: MessengerContact | string): readonly Message[];
  /** Writes to somebody; resolves once the server has taken the message on. */
  sendMessage(contact: MessengerContact | string, text: string): Promise<void>;
  /** Fetches older messages with somebody; resolves to whether there may be more. */
  fetchMessages(contact: MessengerContact | string): Promise<boolean>;

  OnSignin: ((this: Messenger, hr: number) => void) | null;
  OnSignout: ((this: Messenger) => void) | null;
  OnMyStatusChange: ((this: Messenger, hr: number, status: number) => void) | null;
  /** Is told the previous status; the contact has the current one already. */
  OnContactStatusChange: ((this: Messenger, contact: MessengerContact, previousStatus: number) => void) | null;
  OnContactListAdd: ((this: Messenger, hr: number, contact: MessengerContact) => void) | null;
  OnContactListRemove: ((this: Messenger, hr: number, contact: MessengerContact) => void) | null;
  OnAppShutdown: ((this: Messenger) => void) | null;
  OnMyFriendlyNameChange: ((this: Messenger, hr: number, previousName: string) => void) | null;
  OnContactFriendlyNameChange: ((this: Messenger, hr: number, contact: MessengerContact, previousName: string) => void) | null;
  OnContactBlockChange: ((this: Messenger, hr: number, contact: MessengerContact, blocked: boolean) => void) | null;
  OnContactResolved: ((this: Messenger, hr: number, addressType: number, address: string, imAddress: string) => void) | null;
  OnContactAddedToGroup: ((this: Messenger, hr: number, group: MessengerGroup, contact: MessengerContact) => void) | null;
  OnContactRemovedFromGroup: ((this: Messenger, hr: number, group: MessengerGroup, contact: MessengerContact) => void) | null;
  OnGroupAdded: ((this: Messenger, hr: number, group: MessengerGroup | null) => void) | null;
  OnGroupNameChanged: ((this: Messenger, hr: number, group: MessengerGroup) => void) | null;
  OnGroupRemoved: ((this: Messenger, hr: number, group: MessengerGroup) => void) | null;
  OnIMWindowCreated: ((this: Messenger, window: MessengerConversationWnd) => void) | null;
  OnIMWindowDestroyed: ((this: Messenger, window: MessengerConversationWnd) => void) | null;
  OnIMWindowContactAdded: ((this: Messenger, contact: MessengerContact, window: MessengerConversationWnd) => void) | null;
  OnIMWindowContactRemoved: ((this: Messenger, contact: MessengerContact, window: MessengerConversationWnd) => void) | null;

  addEventListener<Type extends keyof MessengerEventMap>(
    type: Type | `On${Type}`,
    listener: ListenerOf<Type> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof MessengerEventMap>(
    type: Type | `On${Type}`,
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
  /** Says when the user counts as idle. */
  setIdle(options?: IdleOptions): void;
  /** Ends for good: the connection is closed, nothing is announced any more. */
  close(): void;
}

/** Stands for one person; the same object for the same person. */
export declare class MessengerContact {
  private constructor();
  /** Current MISTATUS: never INVISIBLE, never a LOCAL_ value. */
  readonly Status: number;
  readonly SigninName: string;
  /** Display name, or the sign-in name where none is known. */
  readonly FriendlyName: string;
  /** Whether this is the user who is signed in. */
  readonly IsSelf: boolean;
  readonly ServiceId: string;
  readonly ServiceID: string;
  readonly ServiceName: string;
  /** Whether the user has blocked this person. Setting starts; the verdict comes in `OnContactBlockChange`. */
  Blocked: boolean;
  /** Always false: there is no paging. */
  readonly CanPage: boolean;
  /** Whether the user wants to hear of this person; kept by the page. */
  IsTagged: boolean;
  /** An array by PRESENCE_PROPERTY. */
  PresenceProperties: unknown[];
  Property(property: number): unknown;
}

/** Is a group of the contact list. */
export declare class MessengerGroup {
  private constructor();
  /** Setting starts; the verdict comes in `OnGroupNameChanged`. */
  Name: string;
  readonly Service: MessengerService;
  /** Who is in it. */
  readonly Contacts: MessengerContacts;
  AddContact(contact: MessengerContact): void;
  RemoveContact(contact: MessengerContact): void;
}

/** Is the groups of the contact list. */
export declare class MessengerGroups implements Iterable<MessengerGroup> {
  private constructor();
  readonly Count: number;
  Item(index: number): MessengerGroup;
  /** Asks the server to remove a group; the verdict comes in `OnGroupRemoved`. */
  Remove(group: MessengerGroup): void;
  [Symbol.iterator](): IterableIterator<MessengerGroup>;
}

/** Is the one service that there is. */
export declare class MessengerService {
  private constructor();
  readonly ServiceID: string;
  readonly ServiceId: string;
  readonly ServiceName: string;
  readonly MySigninName: string;
  readonly MyFriendlyName: string;
  readonly MyStatus: number;
}

/** Is the list of services: one. */
export declare class MessengerServices implements Iterable<MessengerService> {
  private constructor();
  readonly Count: number;
  Item(index: number): MessengerService;
  readonly PrimaryService: MessengerService;
  [Symbol.iterator](): IterableIterator<MessengerService>;
}

/** Is a panel of the page. Positions and sizes are in CSS pixels. */
export declare class MessengerWindow {
  protected constructor();
  Height: number;
  Width: number;
  Left: number;
  Top: number;
  readonly IsClosed: boolean;
  Show(): void;
  Close(): void;
}

/** Is a conversation with one person. */
export declare class MessengerConversationWnd extends MessengerWindow {
  /** Who takes part, without the user. */
  readonly Contacts: MessengerContacts;
  /** What was written so far, as plain text: a line for each message. */
  readonly History: string;
  /** Number of the conversation, as `StartConversation` returned it. */
  readonly handle: number;
  /** Throws MSGR_E_SESSION_FULL: a conversation is between two. */
  AddContact(contact: MessengerContact | string): void;
  SendText(text: string): void;
}

/** Is the live contact list; empty while signed out. */
export declare class MessengerContacts implements Iterable<MessengerContact> {
  private constructor();
  readonly Count: number;
  /** Returns the contact at an index that starts with 0. */
  Item(index: number): MessengerContact;
  /** Asks the server to take a contact off the list; the verdict comes in `OnContactListRemove`. */
  Remove(contact: MessengerContact): void;
  [Symbol.iterator](): IterableIterator<MessengerContact>;
}

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

/** `<mi-status contact="alice@example.com">`: somebody's status, live. */
export declare class MiStatusElement extends HTMLElement {
  /** Whose status: a sign-in name. */
  contact: string;
  /** What stands beside the dot: `none`, `status`, `name` or `full`. */
  label: string;
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
  /** Seconds without input after which the user counts as idle; null for the default. */
  idleAfter: number | null;
  /** Whether idleness is kept from others. */
  noIdle: boolean;
  readonly status: number;
  readonly stale: boolean;
  readonly messenger: Messenger | null;
}

/** `<mi-contact-list>`: the people on the list, in their groups, and all that can be done with them. */
export declare class MiContactListElement extends HTMLElement {
  /** `groups`, or `onoffline`: by who is there. */
  sort: string;
  /** Shows the people whose names hold this; the user can change it. */
  filter: string;
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
  readonly messenger: Messenger | null;
  /** Opens the panel and puts the focus into its field. */
  show(): void;
  /** Closes the panel; the focus returns to where it was before `show`. */
  close(): void;
}

/** `<mi-messenger server="…">`: a messenger for the elements inside it. */
export declare class MiMessengerElement extends HTMLElement {
  server: string;
  /** Address of the page's endpoint that gives out tokens. */
  tokenUrl: string;
  signinName: string;
  friendlyName: string;
  /** Whether tabs of the same user share one connection: `"false"`, or a text that names the user. */
  shareConnection: string;
  transport: string;
  /** Token, or a function that gets one; goes before `tokenUrl`. */
  token: ConnectOptions["token"];
  readonly messenger: Messenger | null;
  /** Settles with the messenger before it is signed in, so that no event is missed. */
  readonly opened: Promise<Messenger>;
  /** Settles with the first sign-in. */
  readonly ready: Promise<Messenger>;
}

/** Is what `mi-status-change` carries. */
export interface StatusChangeDetail {
  contact: string;
  status: number;
  previousStatus: number;
}

/** Is what `mi-my-status-change` carries. */
export interface MyStatusChangeDetail {
  hr: number;
  status: number;
}

declare global {
  interface HTMLElementTagNameMap {
    "mi-status": MiStatusElement;
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
