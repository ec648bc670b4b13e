// The elements in the JSX of React 18 and 19. React 18 knows attributes only: listen with `addEventListener` there.
// Written by npm/frameworks.mjs from custom-elements.json; do not edit.

import type { DetailedHTMLProps, HTMLAttributes } from "react";
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

type Props<Element, Own, Events> = Omit<DetailedHTMLProps<HTMLAttributes<Element>, Element>, keyof Own> &
  Own &
  Handlers<Events> & { class?: string };

declare module "react" {
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
