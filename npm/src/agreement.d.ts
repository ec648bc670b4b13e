// Compares what the entries export with what npm/index.d.ts promises: the check of types fails where a class does not keep
// its promise. Types only: nothing of it is loaded or packed.

import type * as promised from "mistatus";

import type * as there from "./index.js";

/** What is there, which must be all that is promised. */
type Kept<Promised, There extends Promised> = There;

export type Classes = [
  Kept<promised.Messenger, there.Messenger>,
  Kept<promised.MessengerContact, there.MessengerContact>,
  Kept<promised.MessengerContacts, there.MessengerContacts>,
  Kept<promised.MessengerConversationWnd, there.MessengerConversationWnd>,
  // Whose name is a text there, for the compiler; isMessengerError tells by it.
  Kept<Omit<promised.MessengerError, "name">, there.MessengerError>,
  Kept<promised.MessengerEvent, there.MessengerEvent>,
  Kept<promised.MessengerGroup, there.MessengerGroup>,
  Kept<promised.MessengerGroups, there.MessengerGroups>,
  Kept<promised.MessengerService, there.MessengerService>,
  Kept<promised.MessengerServices, there.MessengerServices>,
  Kept<promised.MessengerWindow, there.MessengerWindow>,
  Kept<promised.MiContactListElement, there.MiContactListElement>,
  Kept<promised.MiConversationElement, there.MiConversationElement>,
  // FIXME: these two settle with nothing where the element is changed or taken away before its messenger is there.
  Kept<Omit<promised.MiMessengerElement, "opened" | "ready">, there.MiMessengerElement>,
  Kept<promised.MiMyStatusElement, there.MiMyStatusElement>,
  Kept<promised.MiStatusElement, there.MiStatusElement>,
];

export type Functions = [
  Kept<typeof promised.connect, typeof there.connect>,
  Kept<typeof promised.defineElements, typeof there.defineElements>,
  Kept<typeof promised.init, typeof there.init>,
];
