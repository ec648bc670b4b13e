// Tells what is drawn when its language is another: when `lang` of the page, of anything around an element or of the browser
// was changed. Comes with the WebAssembly; what the language is says the element.

import { learn, onTexts } from "../loading/texts.js";

/** @import { DrawnElement } from "./element-base.js" */

/**
 * The language in which each element is drawn.
 * @type {Map<DrawnElement, string>}
 */
const spoken = new Map();

/** @type {MutationObserver | undefined} */
let observer;

/** @param {DrawnElement} element */
const languageOf = (element) => element.updates().at(-1);

/**
 * Follows the language of an element, as it is now and where it is now.
 * @param {DrawnElement} element
 * @returns {() => void} ends it
 */
export function followLanguage(element) {
  if (!observer) {
    observer = new MutationObserver(look);
    addEventListener("languagechange", look);
    onTexts(drawAnew);
  }
  const language = /** @type {string} */ (languageOf(element));
  spoken.set(element, language);
  learn(language);
  for (
    let node = /** @type {Node & { assignedSlot?: Node | null, host?: Node } | null | undefined} */ (element);
    node;
    node = node.assignedSlot ?? node.parentNode ?? node.host
  ) {
    if (!node.parentNode) {
      // A document or a shadow root. A second time changes nothing.
      observer.observe(node, { subtree: true, attributeFilter: ["lang"] });
    }
  }
  return () => spoken.delete(element);
}

function look() {
  for (const [element, language] of spoken) {
    const now = /** @type {string} */ (languageOf(element));
    if (now !== language) {
      spoken.set(element, now);
      learn(now);
      element.changed("lang");
    }
  }
}

function drawAnew() {
  for (const [element, language] of spoken) {
    learn(language);
    element.changed("lang");
  }
}
