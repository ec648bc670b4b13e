// Follows people whose element has no box of its own (`display: contents`), which no observer of the screen ever sees: what is
// drawn in it has one. Comes with the WebAssembly, when it is drawn.

import { observeNearness } from "./nearness.js";

/** @type {Set<() => void>} */
const looks = new Set();

/**
 * Returns what is to be called with whether an element is near the screen, in the place of `watch`, and what ends it.
 * @param {Element} element
 * @param {Element} box what is drawn in it
 * @param {(near: boolean) => void} watch
 */
export function withBox(element, box, watch) {
  let isNear = false;
  let isBoxNear = false;
  /** @type {(() => void) | undefined} */
  let unobserve;
  const look = () => {
    if (!isNear && !unobserve && getComputedStyle(element).display === "contents") {
      unobserve = observeNearness(box, (near) => {
        isBoxNear = near;
        watch(isNear || isBoxNear);
      });
    }
  };
  inNextFrame(look);
  return {
    watch: (/** @type {boolean} */ near) => {
      isNear = near;
      watch(isNear || isBoxNear);
      // It may have lost its box.
      inNextFrame(look);
    },
    end: () => {
      looks.delete(look);
      unobserve?.();
    },
  };
}

// All at once: a page of thousands cannot afford to be asked for a style after each element that is drawn.
/** @param {() => void} look */
function inNextFrame(look) {
  if (looks.size === 0) {
    requestAnimationFrame(() => {
      const all = [...looks];
      looks.clear();
      for (const look of all) {
        look();
      }
    });
  }
  looks.add(look);
}
