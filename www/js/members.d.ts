// What classes have that no line of theirs declares: members that are defined by name, in a loop, or given from outside.
// Types only: nothing of it is loaded.

import type {
  MiConversationElement as Conversation,
  MiContactListElement as List,
  MessengerEventMap,
  MiMessengerElement as Owner,
  MiMyStatusElement as Picker,
  Messenger as Promised,
  MiStatusElement as Status,
} from "mistatus";
import type { ContactObjects } from "./automation/contacts.js";
import type { GroupObjects, MessengerGroups } from "./automation/groups.js";
import type { MessengerService } from "./automation/services.js";
import type { EventName, UNAVAILABLE } from "./automation/tables.js";
import type { Wanted } from "./elements/mount.js";
import type { Face } from "./legacy/late-bound.js";

declare module "./automation/desk.js" {
  /** Given by the messenger, which makes them once it has its desk. */
  interface Desk {
    readonly contacts: ContactObjects;
    readonly groups: GroupObjects;
    readonly service: MessengerService;
    /** The keys of the contacts that are tagged. */
    readonly tagged: Set<string>;
    groupsOf(key: string): MessengerGroups;
    announce(name: EventName, values: unknown[]): void;
    consent(question: string): boolean;
  }
}

declare module "./automation/errors.js" {
  interface MessengerError {
    /** Why the WebAssembly could not be had, where that is what failed. */
    reason?: "csp" | "unsupported" | "load";
  }
}

declare module "./automation/contacts.js" {
  interface MessengerContact {
    Property(property: 0): MessengerGroups;
    Property(property: 1): string;
  }
}

declare module "./automation/messenger.js" {
  interface Messenger extends Pick<Promised, Extract<keyof Promised, `On${string}`> | (typeof UNAVAILABLE)[number]> {
    Property(property: 0): string;
    Property(property: 1): number;
    addEventListener<Type extends keyof MessengerEventMap>(
      type: Type,
      listener: (event: MessengerEventMap[Type]) => void,
      options?: boolean | AddEventListenerOptions,
    ): void;
    removeEventListener<Type extends keyof MessengerEventMap>(
      type: Type,
      listener: (event: MessengerEventMap[Type]) => void,
      options?: boolean | EventListenerOptions,
    ): void;
  }
}

declare module "./legacy/name-control.js" {
  interface NameControl {
    /** What the page has of it. */
    face: Face;
  }
}

declare module "./legacy/automation.js" {
  interface Sink {
    /** The root object, as the page has it. */
    root: Face;
  }
}

declare module "./elements/element-base.js" {
  interface DrawnElement {
    /** Says what is to be drawn. Subclasses have it. */
    drawing(): Wanted;
    /** Returns what `update` of what is drawn takes, where something has changed. Subclasses have it. */
    updates(): (string | undefined)[];
  }
}

declare module "./elements/elements.js" {
  interface MiStatusElement extends Pick<Status, "contact" | "label" | "size"> {
    /** The picture of an avatar, which alone has one. */
    src?: string;
  }
  interface MiAvatarElement {
    src: string;
  }
  interface MiMyStatusElement extends Pick<Picker, "states" | "mode"> {}
  interface MiContactListElement extends Pick<List, "sort" | "filter"> {}
  interface MiConversationElement extends Pick<Conversation, "contact"> {}
  interface MiMessengerElement
    extends Pick<
        Owner,
        "server" | "tokenUrl" | "tokenCredentials" | "signinName" | "friendlyName" | "shareConnection" | "transport"
      >,
      Pick<Owner, "domain" | "credentials" | "approval"> {}
}
