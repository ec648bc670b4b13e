// The seam between the elements, which are there at once, and the rest, which comes later or lives in another file.

import { beginWith } from "./early.js";

/**
 * @import { Options } from "../automation/connect.js"
 * @import { Messenger } from "../automation/messenger.js"
 */

/** The key of the method by which a messenger draws into a shadow root; the same for all copies of the library. */
export const MOUNT = Symbol.for("mistatus.mount");

/** The key of the method by which a messenger takes an open conversation panel as one of its windows. */
export const WINDOW = Symbol.for("mistatus.window");

/** The key of the method by which old pages' controls subscribe to everybody they follow; shared like {@link MOUNT}. */
export const LEARN = Symbol.for("mistatus.learn");

/** The key of the page's scope on `window.mistatus`, for old pages' scripts, which come in another file. */
export const SCOPE = Symbol.for("mistatus.scope");

/**
 * What the core can do.
 *
 * @typedef {object} Core
 * @property {(options: Options) => Promise<Messenger>} open
 */

/** @typedef {(transport?: string) => Promise<Core>} Provider */

/** @type {Provider} */
let provider;

/**
 * Says how the core is had, by transport.
 * @param {Provider} get
 */
export function provideCore(get) {
  provider = get;
}

/**
 * Returns a promise of the core for a transport: "json" unless told.
 * @param {string} [transport]
 */
export function core(transport) {
  return provider(transport);
}

/**
 * Opens a messenger for elements with settings of `connect`, and says what went wrong; with a signal, begins to connect while
 * the core is on its way.
 *
 * @param {Options} settings
 * @param {object} beginning
 * @param {() => string[]} beginning.names returns whose statuses are going to be shown first
 * @param {AbortSignal} [beginning.signal] ends what was begun; without one nothing is begun
 */
export async function openMessenger(settings, { names, signal }) {
  // What the API says and what the elements show must not differ.
  Object.assign(settings, { extendedStates: true, keepTrying: true });
  const open = async (/** @type {Options} */ begun) => (await core(settings.transport)).open(begun);
  try {
    return await (signal ? beginWith(settings, open, names, signal) : open(settings));
  } catch (error) {
    console.error(`mistatus: ${/** @type {Error} */ (error).message}`);
    throw error;
  }
}
