// What the elements showed when this tab last left the page, so that a reload starts with it instead of nothing.
// Kept in sessionStorage only: for this tab, by server and user. Works without storage, then remembers nothing.

const PREFIX = "mistatus.last-known:";

/**
 * What is kept of an element.
 * @typedef {{ status?: number, kebab?: string, text?: string, name?: string | null }} LastKnown
 */

/** @typedef {[scopeKey: string, name: string, value: LastKnown]} Memory */

/** @type {Map<string, Record<string, LastKnown | undefined>>} */
const read = new Map();
/** @type {Set<() => Memory | undefined>} */
const sources = new Set();
let listening = false;

/**
 * Returns what is remembered under a name, or undefined.
 * @param {string} scopeKey
 * @param {string} name
 */
export function recall(scopeKey, name) {
  if (!read.has(scopeKey)) {
    read.set(scopeKey, parse(storage((store) => store.getItem(PREFIX + scopeKey))));
  }
  return /** @type {Record<string, LastKnown | undefined>} */ (read.get(scopeKey))[name];
}

/**
 * Asks a source what is to be remembered when the page is left.
 * @param {() => Memory | undefined} source
 * @returns {() => void} ends it
 */
export function remember(source) {
  if (!listening) {
    listening = true;
    addEventListener("pagehide", write);
    document.addEventListener("visibilitychange", () => document.hidden && write());
  }
  sources.add(source);
  return () => sources.delete(source);
}

function write() {
  const scopes = new Map();
  for (const source of sources) {
    const [scopeKey, name, value] = source() ?? /** @type {Partial<Memory>} */ ([]);
    if (value) {
      scopes.set(
        scopeKey,
        Object.assign(scopes.get(scopeKey) ?? Object.create(null), { [/** @type {string} */ (name)]: value }),
      );
    }
  }
  for (const [scopeKey, values] of scopes) {
    storage((store) => store.setItem(PREFIX + scopeKey, JSON.stringify(values)));
  }
}

// Storage may be switched off, full, or forbidden in a frame: each of them throws.
/**
 * @template Value
 * @param {(store: Storage) => Value} use
 */
function storage(use) {
  try {
    return use(sessionStorage);
  } catch {
    return null;
  }
}

/** @param {string | null} text */
function parse(text) {
  try {
    return Object.assign(Object.create(null), JSON.parse(text ?? "{}"));
  } catch {
    return Object.create(null);
  }
}
