// The elements in the JSX of Solid.
// Written by npm/frameworks.mjs from custom-elements.json; do not edit.

import type { JSX } from "solid-js";
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

type Handlers<Events> = {
  [Name in keyof Events & string as `on:${Name}`]?: (event: Events[Name]) => void;
};

type Explicit<Own> = { [Name in keyof Own & string as `prop:${Name}`]?: Own[Name] };

type Props<Element, Own, OnlyProperties, Events> = Omit<JSX.HTMLAttributes<Element>, keyof Own> &
  Own &
  OnlyProperties &
  Explicit<OnlyProperties> &
  Handlers<Events>;

declare module "solid-js" {
  namespace JSX {
    interface IntrinsicElements {
      "mi-status": Props<MiStatusElement, MiStatusAttributes, unknown, MiStatusEvents>;
      "mi-avatar": Props<MiAvatarElement, MiAvatarAttributes, unknown, MiAvatarEvents>;
      "mi-my-status": Props<MiMyStatusElement, MiMyStatusAttributes, unknown, MiMyStatusEvents>;
      "mi-contact-list": Props<MiContactListElement, MiContactListAttributes, unknown, NoEvents>;
      "mi-conversation": Props<MiConversationElement, MiConversationAttributes, unknown, NoEvents>;
      "mi-messenger": Props<MiMessengerElement, MiMessengerAttributes, MiMessengerOnlyProperties, NoEvents>;
    }
  }
}
