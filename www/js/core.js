// The seam between the elements, which are there at once, and the rest, which comes later or lives in another file.

import { beginWith } from "./early.js";

/** Is the method by which a messenger draws into a shadow root; shared by all copies of the library on a page. */
export const MOUNT = Symbol.for("mistatus.mount");

/** Is the method by which a messenger takes an open conversation panel as one of its windows. */
export const WINDOW = Symbol.for("mistatus.window");

/** Is the method by which the controls of old pages hear of everybody whom they follow; shared like {@link MOUNT}. */
export const LEARN = Symbol.for("mistatus.learn");

/** Names the page's scope on `window.mistatus`, for old pages' scripts, which come in another file. */
export const SCOPE = Symbol.for("mistatus.scope");

let provider = () => Promise.reject(new Error("nobody provided the core"));

/** Says how the core is had: a function of the transport that returns a promise of `{ open }`. */
export function provideCore(get) {
  provider = get;
}

/** Returns a promise of the core for a transport: "json" unless told. */
export function core(transport) {
  return provider(transport);
}

/**
 * Opens a messenger with settings of `connect`, and begins to connect while the core is on its way.
 *
 * @param {object} settings
 * @param {() => string[]} names returns whose statuses are going to be shown first
 */
export function openMessenger(settings, names) {
  return beginWith(settings, async (begun) => (await core(settings.transport)).open(begun), names);
}
