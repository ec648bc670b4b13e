// Events with their arguments, and the members that other people's scripts may use, of the automation API.
// Generated from tests/spec/automation-api.json: run `node npm/generate.mjs` after a change of either.

/** @import { AutomationEventMap } from "mistatus" */

/**
 * The name of an event, without `On`.
 * @typedef {keyof AutomationEventMap} EventName
 */

/**
 * Names the arguments of each event, in their order. The last one of ContactStatusChange is ours, and only a field.
 * @type {Readonly<Record<EventName, readonly string[]>>}
 */
export const EVENTS = {
  AppShutdown: [],
  ContactAddedToGroup: ["hr", "group", "contact"],
  ContactBlockChange: ["hr", "contact", "blocked"],
  ContactFriendlyNameChange: ["hr", "contact", "previousName"],
  ContactListAdd: ["hr", "contact"],
  ContactListRemove: ["hr", "contact"],
  ContactPagerChange: ["hr", "contact", "canPage"],
  ContactPhoneChange: ["hr", "contact", "phoneType", "number"],
  ContactPropertyChange: ["hr", "contact", "property", "value"],
  ContactRemovedFromGroup: ["hr", "group", "contact"],
  ContactResolved: ["hr", "addressType", "address", "imAddress"],
  ContactStatusChange: ["contact", "previousStatus", "currentStatus"],
  GroupAdded: ["hr", "group"],
  GroupNameChanged: ["hr", "group"],
  GroupRemoved: ["hr", "group"],
  IMWindowContactAdded: ["contact", "window"],
  IMWindowContactRemoved: ["contact", "window"],
  IMWindowCreated: ["window"],
  IMWindowDestroyed: ["window"],
  MyFriendlyNameChange: ["hr", "previousName"],
  MyPhoneChange: ["phoneType", "number"],
  MyPropertyChange: ["hr", "property", "value"],
  MyStatusChange: ["hr", "status"],
  Signin: ["hr"],
  Signout: [],
  UnreadEmailChange: ["folder", "count", "enableDefault"],
};

/**
 * The events that a page's scripts hear; those that they do not hear are for trusted ones.
 * @type {readonly EventName[]}
 */
export const PAGE_EVENTS = [
  "AppShutdown",
  "ContactAddedToGroup",
  "ContactListAdd",
  "ContactListRemove",
  "ContactRemovedFromGroup",
  "ContactStatusChange",
  "GroupAdded",
  "GroupNameChanged",
  "GroupRemoved",
  "IMWindowContactAdded",
  "IMWindowContactRemoved",
  "IMWindowCreated",
  "IMWindowDestroyed",
  "MyStatusChange",
  "Signin",
  "Signout",
];

/** The methods of the messenger that answer E_NOTIMPL whatever they are given. */
export const UNAVAILABLE = /** @type {const} */ ([
  "InviteApp",
  "MediaWizard",
  "OpenInbox",
  "Page",
  "StartVoice",
  "ViewProfile",
  "StartVideo",
  "GetAuthenticationInfo",
]);

// Which members are for which scripts, by class: for those of a page, to be read by them, for trusted ones, with a grant.

export const MESSENGER_ACCESS = {
  page: "AutoSignin GetContact InstantMessage OptionsPages Phone SendFile SendMail Signin MyContacts MyServiceId MyServiceName Services UnreadEmailCount Window MyGroups",
  get: "MyStatus ContactsSortOrder",
  trusted:
    "AddContact FindContact Signout MyFriendlyName MyProperty setMyProperty MySigninName CreateGroup Property setProperty StartConversation ResolveContact messengerPrivate",
};

export const CONTACT_ACCESS = {
  page: "CanPage IsSelf ServiceID ServiceId ServiceName Status",
  get: "Property",
  trusted: "Blocked FriendlyName setProperty SigninName IsTagged PresenceProperties",
};

export const CONTACTS_ACCESS = {
  page: "Count Item _NewEnum",
  trusted: "Remove",
};

export const GROUP_ACCESS = {
  page: "Contacts Service",
  trusted: "AddContact RemoveContact Name",
};

export const GROUPS_ACCESS = {
  page: "Count Item _NewEnum",
  trusted: "Remove",
};

export const SERVICE_ACCESS = {
  page: "MyStatus Property setProperty ServiceID ServiceId ServiceName",
  trusted: "MyFriendlyName MySigninName",
};

export const SERVICES_ACCESS = {
  page: "Count Item PrimaryService _NewEnum",
};

export const WINDOW_ACCESS = {
  page: "Show IsClosed",
  get: "Property",
  trusted: "Close Height Left setProperty Top Width",
};

export const CONVERSATION_ACCESS = {
  page: "Show IsClosed AddContact Contacts",
  get: "Property",
  trusted: "Close Height Left setProperty Top Width History",
  grant: "SendText",
};

export const PRIVATE_ACCESS = {
  trusted: "AddContact",
};
