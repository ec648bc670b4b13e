// What the elements take and fire, as the types of each framework put it together. No entry of its own.
// Written by npm/frameworks.mjs from custom-elements.json; do not edit.

import type { MyStatusChangeDetail, StatusChangeDetail } from "./index.js";

/** The events of an element that has none. */
export type NoEvents = Record<never, never>;

/** What `<mi-status>` takes in markup. */
export interface MiStatusAttributes {
  /** Whose status: a sign-in name such as alice@example.com. Required. */
  contact?: string;
  /** What stands beside the dot. */
  label?: "none" | "status" | "name" | "full";
  /** Size of the dot. */
  size?: "small" | "medium" | "large";
}

/** The same by the names that scripts use, with what markup cannot say. */
export interface MiStatusProperties {
  /** Whose status: a sign-in name such as alice@example.com. Required. */
  contact?: string;
  /** What stands beside the dot. */
  label?: "none" | "status" | "name" | "full";
  /** Size of the dot. */
  size?: "small" | "medium" | "large";
}

/** The events of `<mi-status>`. */
export interface MiStatusEvents {
  /** The status changed; bubbles and is composed. */
  "mi-status-change": CustomEvent<StatusChangeDetail>;
}

/** What `<mi-avatar>` takes in markup. */
export interface MiAvatarAttributes {
  /** Whose avatar: a sign-in name such as alice@example.com. Required. */
  contact?: string;
  /** Address of a picture; the initials are shown without one, and where it cannot be loaded. */
  src?: string;
  /** What stands beside it. */
  label?: "none" | "status" | "name" | "full";
  /** Size of the disc. */
  size?: "small" | "medium" | "large";
}

/** The same by the names that scripts use, with what markup cannot say. */
export interface MiAvatarProperties {
  /** Whose avatar: a sign-in name such as alice@example.com. Required. */
  contact?: string;
  /** Address of a picture; the initials are shown without one, and where it cannot be loaded. */
  src?: string;
  /** What stands beside it. */
  label?: "none" | "status" | "name" | "full";
  /** Size of the disc. */
  size?: "small" | "medium" | "large";
}

/** The events of `<mi-avatar>`. */
export interface MiAvatarEvents {
  /** The status changed; bubbles and is composed. */
  "mi-status-change": CustomEvent<StatusChangeDetail>;
}

/** What `<mi-my-status>` takes in markup. */
export interface MiMyStatusAttributes {
  /** Which statuses may be chosen: their kebab-case names, apart by spaces. */
  states?: string;
  /** Lets the user choose status, note and end, or the status alone. */
  mode?: "panel" | "menu";
  /** Seconds without input after which the user counts as idle. */
  "idle-after"?: number | `${number}`;
  /** Keeps idleness from others. */
  "no-idle"?: boolean | "";
}

/** The same by the names that scripts use, with what markup cannot say. */
export interface MiMyStatusProperties {
  /** Which statuses may be chosen: their kebab-case names, apart by spaces. */
  states?: string;
  /** Lets the user choose status, note and end, or the status alone. */
  mode?: "panel" | "menu";
  /** Seconds without input after which the user counts as idle. */
  idleAfter?: number | `${number}`;
  /** Keeps idleness from others. */
  noIdle?: boolean | "";
}

/** The events of `<mi-my-status>`. */
export interface MiMyStatusEvents {
  /** The own status changed, or could not be; bubbles and is composed. */
  "mi-my-status-change": CustomEvent<MyStatusChangeDetail>;
}

/** What `<mi-contact-list>` takes in markup. */
export interface MiContactListAttributes {
  /** By group, or by who is there. */
  sort?: "groups" | "onoffline";
  /** Shows the people whose names hold this; the user can change it. */
  filter?: string;
}

/** The same by the names that scripts use, with what markup cannot say. */
export interface MiContactListProperties {
  /** By group, or by who is there. */
  sort?: "groups" | "onoffline";
  /** Shows the people whose names hold this; the user can change it. */
  filter?: string;
}

/** What `<mi-conversation>` takes in markup. */
export interface MiConversationAttributes {
  /** With whom: a sign-in name. Required. */
  contact?: string;
  /** Whether it is to be seen; taken away when the user closes it. */
  open?: boolean | "";
}

/** The same by the names that scripts use, with what markup cannot say. */
export interface MiConversationProperties {
  /** With whom: a sign-in name. Required. */
  contact?: string;
  /** Whether it is to be seen; taken away when the user closes it. */
  open?: boolean | "";
}

/** What `<mi-messenger>` takes in markup. */
export interface MiMessengerAttributes {
  /** Address of the event stream. Required. */
  server?: string;
  /** Address of the page's endpoint that gives out tokens. */
  "token-url"?: string;
  /** With which cookies it is asked. */
  "token-credentials"?: "omit" | "same-origin" | "include";
  /** Sign-in name, for servers that let the client say who it is. */
  "signin-name"?: string;
  /** Display name. */
  "friendly-name"?: string;
  /** Whether tabs of the same user share one connection: false, or a text that names the user. */
  "share-connection"?: string;
  /** Lets a message from somebody on the list open their conversation; read when the messenger is made. */
  "open-on-message"?: boolean | "";
  /** What is spoken with the server. */
  transport?: "json" | "xmpp";
  /** XMPP: the service's domain, if not that of the sign-in name. */
  domain?: string;
  /** XMPP: what the token is. */
  credentials?: "token" | "password" | "anonymous";
  /** XMPP: who may see the user without the user's being asked. */
  approval?: "nobody" | "listed" | "everybody";
}

/** The same by the names that scripts use, with what markup cannot say. */
export interface MiMessengerProperties {
  /** Address of the event stream. Required. */
  server?: string;
  /** Address of the page's endpoint that gives out tokens. */
  tokenUrl?: string;
  /** With which cookies it is asked. */
  tokenCredentials?: "omit" | "same-origin" | "include";
  /** Sign-in name, for servers that let the client say who it is. */
  signinName?: string;
  /** Display name. */
  friendlyName?: string;
  /** Whether tabs of the same user share one connection: false, or a text that names the user. */
  shareConnection?: string;
  /** Lets a message from somebody on the list open their conversation; read when the messenger is made. */
  openOnMessage?: boolean | "";
  /** What is spoken with the server. */
  transport?: "json" | "xmpp";
  /** XMPP: the service's domain, if not that of the sign-in name. */
  domain?: string;
  /** XMPP: what the token is. */
  credentials?: "token" | "password" | "anonymous";
  /** XMPP: who may see the user without the user's being asked. */
  approval?: "nobody" | "listed" | "everybody";
  /** Token, or a function that gets one, of which the newest is asked; goes before `tokenUrl`. */
  token?: string | (() => string | null | Promise<string | null>) | undefined;
}

/** The properties of `<mi-messenger>` that are no attributes. */
export interface MiMessengerOnlyProperties {
  /** Token, or a function that gets one, of which the newest is asked; goes before `tokenUrl`. */
  token?: string | (() => string | null | Promise<string | null>) | undefined;
}
