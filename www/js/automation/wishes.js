// What the user asks for in what the elements draw, and the messenger carries out.

/**
 * @import { Desk } from "./desk.js"
 * @import { Messenger } from "./messenger.js"
 */

/**
 * @typedef {object} Wishes
 * @property {(name: string) => void} converse opens the conversation with somebody
 * @property {() => void} signIn lets the user sign in: by the page, or with what it gave
 */

/**
 * @param {Messenger} messenger
 * @param {Desk} desk
 * @returns {Wishes}
 */
export function wishesOf(messenger, desk) {
  return {
    converse: (name) => tell(() => messenger.InstantMessage(name)),
    signIn: () => {
      try {
        desk.askPage("signin-request");
      } catch {
        // The page does not answer.
        tell(() => messenger.AutoSignin());
      }
    },
  };
}

/** @param {() => unknown} act */
function tell(act) {
  try {
    act();
  } catch (error) {
    console.error(`mistatus: ${/** @type {Error} */ (error).message}`);
  }
}
