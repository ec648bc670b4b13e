// The entry `mistatus`: the API and the element classes. Defines no tag and touches no DOM, so that Node can import it;
// what is to happen at once belongs into define.js.

/* global __MISTATUS_VERSION__ */

import { connect as signIn } from "../../www/js/automation/connect.js";
import { pageScope } from "../../www/js/elements/registry.js";
import { beginWith } from "../../www/js/loading/early.js";

/**
 * @import { Options } from "../../www/js/automation/connect.js"
 * @import { OwnTexts } from "../../www/js/elements/registry.js"
 */

export { HRESULT, MISTATUS } from "../../www/js/automation/constants.js";
export { MessengerContact, MessengerContacts } from "../../www/js/automation/contacts.js";
export { isMessengerError, MessengerError } from "../../www/js/automation/errors.js";
export { MessengerEvent } from "../../www/js/automation/events.js";
export { MessengerGroup, MessengerGroups } from "../../www/js/automation/groups.js";
export { Messenger } from "../../www/js/automation/messenger.js";
export { MessengerService, MessengerServices } from "../../www/js/automation/services.js";
export { MessengerConversationWnd, MessengerWindow } from "../../www/js/automation/windows.js";
export { defineElements } from "../../www/js/elements/define.js";
export {
  MiAvatarElement,
  MiContactListElement,
  MiConversationElement,
  MiMessengerElement,
  MiMyStatusElement,
  MiStatusElement,
} from "../../www/js/elements/elements.js";
export { load as init } from "../../www/js/loading/wasm.js";

/** The version of this package. */
export const version = __MISTATUS_VERSION__;

/**
 * Takes texts of the page's own, as its types say.
 * @param {OwnTexts} own
 */
export const texts = (...own) => void pageScope.texts.push(own);

/**
 * Signs in, as its types say; begins to connect while the WebAssembly is on its way.
 * @param {Options} options
 */
export const connect = (options) => beginWith(options, signIn);
