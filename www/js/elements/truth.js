// Keeps what elements say of themselves by attributes true: also as states, `:state(busy)`, which nobody can take away, and put
// back where somebody takes an attribute away, as libraries do that make a page as the server wrote it. Comes with the
// WebAssembly: before it nothing is known.

import { put } from "./attributes.js";

/** How long an attribute that was put back may be away when it is taken again: no quarrel with a script may stop a page. */
const QUARREL_MS = 100;

const NAMES = ["status", "stale", "open", "unread"];

/** @type {WeakSet<Element>} */
const kept = new WeakSet();

/**
 * Keeps an element's attributes as long as it lives; a second call changes nothing.
 * @param {HTMLElement} element
 * @param {Record<string, string | null>} truth its attributes as they are to be, by their names; null for one that is to be away
 */
export function keepTrue(element, truth) {
  if (kept.has(element)) {
    return;
  }
  kept.add(element);
  const states = statesOf(element);
  let hasPutBack = false;
  const look = () => {
    tell(states, element, truth);
    const lost = Object.keys(truth).filter((name) => element.getAttribute(name) !== truth[name]);
    if (lost.length === 0 || hasPutBack) {
      return;
    }
    hasPutBack = true;
    for (const name of lost) {
      put(element, name, truth[name]);
    }
    setTimeout(() => {
      hasPutBack = false;
      look();
    }, QUARREL_MS);
  };
  new MutationObserver(look).observe(element, { attributeFilter: NAMES });
  look();
}

/** @param {HTMLElement} element */
function statesOf(element) {
  // A class of the page's own may have taken them.
  try {
    return element.attachInternals().states;
  } catch {
    return undefined;
  }
}

/**
 * @param {CustomStateSet | undefined} states
 * @param {Element} element
 * @param {Record<string, string | null>} truth
 */
function tell(states, element, truth) {
  try {
    states?.clear();
    for (const name of NAMES) {
      // A panel may also be opened by the page, of which nothing is kept.
      const value = name in truth ? truth[name] : element.getAttribute(name);
      if (value !== null && value !== "false") {
        states?.add(name === "status" ? value : name);
      }
    }
  } catch {
    // Browsers whose states had other names.
  }
}
