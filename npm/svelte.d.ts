// The elements in the markup of Svelte 4 and 5.
// Written by npm/frameworks.mjs from custom-elements.json; do not edit.

import type { HTMLAttributes } from "svelte/elements";
import type {
  MiAvatarAttributes,
  MiAvatarEvents,
  MiContactListAttributes,
  MiConversationAttributes,
  MiMessengerAttributes,
  MiMessengerOnlyProperties,
  MiMyStatusAttributes,
  MiMyStatusEvents,
  MiStatusAttributes,
  MiStatusEvents,
  NoEvents,
} from "./elements.js";
import type {
  MiAvatarElement,
  MiContactListElement,
  MiConversationElement,
  MiMessengerElement,
  MiMyStatusElement,
  MiStatusElement,
} from "./index.js";

type OldHandlers<Events> = {
  [Name in keyof Events & string as `on:${Name}`]?: (event: Events[Name]) => void;
};

type Handlers<Events> = {
  [Name in keyof Events & string as `on${Name}`]?: (event: Events[Name]) => void;
};

type Props<Element extends EventTarget, Own, Events> = Omit<HTMLAttributes<Element>, keyof Own> &
  Own &
  Handlers<Events> &
  OldHandlers<Events>;

declare module "svelte/elements" {
  interface SvelteHTMLElements {
    "mi-status": Props<MiStatusElement, MiStatusAttributes, MiStatusEvents>;
    "mi-avatar": Props<MiAvatarElement, MiAvatarAttributes, MiAvatarEvents>;
    "mi-my-status": Props<MiMyStatusElement, MiMyStatusAttributes, MiMyStatusEvents>;
    "mi-contact-list": Props<MiContactListElement, MiContactListAttributes, NoEvents>;
    "mi-conversation": Props<MiConversationElement, MiConversationAttributes, NoEvents>;
    "mi-messenger": Props<MiMessengerElement, MiMessengerAttributes & MiMessengerOnlyProperties, NoEvents>;
  }
}
