// Tells elements whether they are on the screen or near it: one observer and at most one timer for the whole page.

// How long an element may be away before it counts as gone: scrolling back and forth is no reason to ask the server anew.
const LINGER_MS = 30_000;

// One screen around the screen, so that an answer is there before the element is.
const MARGIN = "100%";

/** @type {WeakMap<Element, (near: boolean) => void>} */
const callbacks = new WeakMap();
/** @type {Set<Element>} */
const near = new Set();
/** @type {Map<Element, number>} */
const leaving = new Map();
/** @type {IntersectionObserver | undefined} */
let observer;
/** @type {ReturnType<typeof setTimeout> | undefined} */
// biome-ignore lint/correctness/noUnusedVariables: `??=` reads it
let timer;

/** Returns the observed elements that are near the screen. */
export function nearElements() {
  return [...near];
}

/**
 * Calls back with true when the element comes near the screen, and with false when it has been away for a while.
 * Where the browser cannot tell, everything is near.
 *
 * @param {Element} element
 * @param {(near: boolean) => void} tell
 * @returns {() => void} ends it
 */
export function observeNearness(element, tell) {
  if (!globalThis.IntersectionObserver) {
    near.add(element);
    tell(true);
    return () => near.delete(element);
  }
  observer ??= new IntersectionObserver(look, { rootMargin: MARGIN, scrollMargin: MARGIN });
  callbacks.set(element, tell);
  observer.observe(element);
  return () => {
    /** @type {IntersectionObserver} */ (observer).unobserve(element);
    callbacks.delete(element);
    leaving.delete(element);
    near.delete(element);
  };
}

/** @param {IntersectionObserverEntry[]} entries */
function look(entries) {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) {
      leaving.delete(target);
      near.add(target);
      callbacks.get(target)?.(true);
    } else if (callbacks.has(target)) {
      leaving.set(target, performance.now());
    }
  }
  if (leaving.size > 0) {
    timer ??= setTimeout(sweep, LINGER_MS);
  }
}

function sweep() {
  const gone = performance.now() - LINGER_MS;
  timer = undefined;
  // In the order in which they left.
  for (const [element, since] of leaving) {
    if (since > gone) {
      timer = setTimeout(sweep, since - gone);
      return;
    }
    leaving.delete(element);
    near.delete(element);
    callbacks.get(element)?.(false);
  }
}
