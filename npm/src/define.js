// The entry `mistatus/define`: importing it gives the elements their tags.

import "../../www/js/automation/connect.js";
import { defineElements } from "../../www/js/elements/define.js";

defineElements();

export {
  MiAvatarElement,
  MiContactListElement,
  MiConversationElement,
  MiMessengerElement,
  MiMyStatusElement,
  MiStatusElement,
} from "../../www/js/elements/elements.js";
