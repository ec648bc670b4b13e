// What this tab last knew of people as somebody: shown until the server has spoken, so that a page starts with it instead
// of nothing. Only reads; keeper.js, which comes with the WebAssembly, writes. It lies in sessionStorage, by server and
// user. Works without storage, and knows nothing then.

/** Under which keys of the storage it lies. */
export const PREFIX = "mistatus.last-known:";

/** How long it may be shown after the last moment in which it was true, in milliseconds: as for a lost connection. */
export const GRACE_MS = 60_000;

/**
 * What is kept of a person. The user is one, under the empty name.
 * @typedef {{ status: number, name?: string, kebab?: string, text?: string, lang?: string, signinName?: string }} LastKnown
 */

/** @typedef {{ until: number, people: Map<string, LastKnown> }} Memory */

/** @type {Map<string, Memory | undefined> | undefined} */
let read;

/**
 * Returns whose memory it is: the empty text where it is not known who the user is, of whom nothing can be remembered then.
 * @param {string | URL | undefined} server as the page wrote it
 * @param {string | undefined} user
 */
export const ownerOf = (server, user) => (user ? `${server} ${user.toLowerCase()}` : "");

/**
 * Returns what was last known of a person and until when that may be shown, if there is anything.
 * @param {string} owner as {@link ownerOf} returns it
 * @param {string} name of the person; empty for the user
 */
export function recall(owner, name) {
  // Read once for all the elements of a page, and anew in a later task: it may have been cleared.
  if (!read) {
    read = new Map();
    setTimeout(() => {
      read = undefined;
    });
  }
  if (!read.has(owner)) {
    read.set(owner, load(owner));
  }
  const { until, people } = read.get(owner) ?? {};
  const known = people?.get(name.toLowerCase());
  return known && { ...known, until: /** @type {number} */ (until) };
}

/**
 * @param {string} owner
 * @returns {Memory | undefined}
 */
function load(owner) {
  // Storage may be switched off, or forbidden in a frame, and hold anything.
  try {
    const [at, people] = JSON.parse(/** @type {string} */ (sessionStorage.getItem(PREFIX + owner)));
    if (Math.abs(Date.now() - at) < GRACE_MS) {
      return { until: at + GRACE_MS, people: new Map(people) };
    }
  } catch {
    // Then nothing is known.
  }
  return undefined;
}
