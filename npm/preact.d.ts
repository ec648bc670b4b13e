// The elements in the JSX of Preact.
// Written by npm/frameworks.mjs from custom-elements.json; do not edit.

import type { HTMLAttributes } from "preact";
import type {
  MiContactListAttributes,
  MiContactListEvents,
  MiContactListOnlyProperties,
  MiConversationAttributes,
  MiConversationEvents,
  MiConversationOnlyProperties,
  MiMessengerAttributes,
  MiMessengerEvents,
  MiMessengerOnlyProperties,
  MiMyStatusAttributes,
  MiMyStatusEvents,
  MiMyStatusOnlyProperties,
  MiStatusAttributes,
  MiStatusEvents,
  MiStatusOnlyProperties,
} from "./elements.js";
import type { MiContactListElement, MiConversationElement, MiMessengerElement, MiMyStatusElement, MiStatusElement } from "./index.js";

type Handlers<Events> = {
  [Name in keyof Events & string as `on${Name}`]?: (event: Events[Name]) => void;
};

type Props<Element extends EventTarget, Own, Events> = Omit<HTMLAttributes<Element>, keyof Own> & Own & Handlers<Events>;

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "mi-status": Props<MiStatusElement, MiStatusAttributes & MiStatusOnlyProperties, MiStatusEvents>;
      "mi-my-status": Props<MiMyStatusElement, MiMyStatusAttributes & MiMyStatusOnlyProperties, MiMyStatusEvents>;
      "mi-contact-list": Props<MiContactListElement, MiContactListAttributes & MiContactListOnlyProperties, MiContactListEvents>;
      "mi-conversation": Props<MiConversationElement, MiConversationAttributes & MiConversationOnlyProperties, MiConversationEvents>;
      "mi-messenger": Props<MiMessengerElement, MiMessengerAttributes & MiMessengerOnlyProperties, MiMessengerEvents>;
    }
  }
}
