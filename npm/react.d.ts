// The elements in the JSX of React 18 and 19. React 18 knows attributes only: listen with `addEventListener` there.
// Written by npm/frameworks.mjs from custom-elements.json; do not edit.

import type { DetailedHTMLProps, HTMLAttributes } from "react";
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
  [Name in keyof Events & string as `on${Name}`]?: (event: Events[Name]) => void;
};

type Props<Element, Own, Events> = Omit<DetailedHTMLProps<HTMLAttributes<Element>, Element>, keyof Own> &
  Own &
  Handlers<Events> & { class?: string };

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "mi-status": Props<MiStatusElement, MiStatusAttributes, MiStatusEvents>;
      "mi-avatar": Props<MiAvatarElement, MiAvatarAttributes, MiAvatarEvents>;
      "mi-my-status": Props<MiMyStatusElement, MiMyStatusAttributes, MiMyStatusEvents>;
      "mi-contact-list": Props<MiContactListElement, MiContactListAttributes, NoEvents>;
      "mi-conversation": Props<MiConversationElement, MiConversationAttributes, NoEvents>;
      "mi-messenger": Props<MiMessengerElement, MiMessengerAttributes & MiMessengerOnlyProperties, NoEvents>;
    }
  }
}
