// The elements in templates of Vue 3.
// Written by npm/frameworks.mjs from custom-elements.json; do not edit.

import type { DefineComponent, HTMLAttributes } from "vue";
import type {
  MiAvatarEvents,
  MiAvatarProperties,
  MiContactListProperties,
  MiConversationProperties,
  MiMessengerProperties,
  MiMyStatusEvents,
  MiMyStatusProperties,
  MiStatusEvents,
  MiStatusProperties,
  NoEvents,
} from "./elements.js";

type Capital<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${Capitalize<First>}${Capital<Rest>}`
  : Capitalize<Name>;

type Handlers<Events> = {
  [Name in keyof Events & string as `on${Capital<Name>}`]?: (event: Events[Name]) => void;
};

type Component<Own, Events> = DefineComponent<Own & Handlers<Events> & Omit<HTMLAttributes, keyof Own>>;

declare module "vue" {
  interface GlobalComponents {
    "mi-status": Component<MiStatusProperties, MiStatusEvents>;
    "mi-avatar": Component<MiAvatarProperties, MiAvatarEvents>;
    "mi-my-status": Component<MiMyStatusProperties, MiMyStatusEvents>;
    "mi-contact-list": Component<MiContactListProperties, NoEvents>;
    "mi-conversation": Component<MiConversationProperties, NoEvents>;
    "mi-messenger": Component<MiMessengerProperties, NoEvents>;
  }
}
