// Where the focus is, and how it goes back there, through all shadow roots.

/** @import { MiContactListElement } from "./elements.js" */

/** Returns the innermost element that has the focus. */
export function focused() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) {
    element = element.shadowRoot.activeElement;
  }
  return element;
}

/**
 * Gives the focus to an element, or to what is around it where it cannot have it any more.
 * @param {Element | null | undefined} element
 * @returns {boolean} whether something has it now
 */
export function giveFocus(element) {
  let node = /** @type {HTMLElement & Partial<MiContactListElement> | null | undefined} */ (element);
  while (node && node !== document.body) {
    (node.focusList ?? node.focus).call(node);
    if (node.matches(":focus-within")) {
      return true;
    }
    node = /** @type {HTMLElement | undefined} */ (/** @type {Partial<ShadowRoot>} */ (node.getRootNode()).host);
  }
  return false;
}
