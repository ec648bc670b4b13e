// Gives the elements their tags. Idempotent: whoever comes first defines, everybody else joins in.

import {
  MiAvatarElement,
  MiContactListElement,
  MiConversationElement,
  MiMessengerElement,
  MiMyStatusElement,
  MiStatusElement,
} from "./elements.js";

// The messenger goes first: the elements inside it look for it when they are upgraded.
/** @type {[tag: string, Class: CustomElementConstructor][]} */
const ELEMENTS = [
  ["mi-messenger", MiMessengerElement],
  ["mi-status", MiStatusElement],
  ["mi-avatar", MiAvatarElement],
  ["mi-my-status", MiMyStatusElement],
  ["mi-contact-list", MiContactListElement],
  ["mi-conversation", MiConversationElement],
];

/** Defines the elements that are not defined yet. */
export function defineElements(registry = globalThis.customElements) {
  for (const [tag, Class] of registry ? ELEMENTS : []) {
    if (!registry.get(tag)) {
      registry.define(tag, Class);
    }
  }
}
