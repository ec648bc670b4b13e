// Attributes of elements, and properties that are the same.

/**
 * Gives an element an attribute; null and undefined take it away.
 * @param {Element} element
 * @param {string} attribute
 * @param {string | null | undefined} value
 */
export function put(element, attribute, value) {
  if (value === null || value === undefined) {
    element.removeAttribute(attribute);
  } else {
    element.setAttribute(attribute, value);
  }
}

/**
 * Reflects attributes as string properties: `tokenUrl` is the attribute `token-url`.
 * @param {{ prototype: Element }} Class
 * @param {string[]} properties
 */
export function reflect(Class, properties) {
  for (const property of properties) {
    const attribute = property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    Object.defineProperty(Class.prototype, property, {
      configurable: true,
      enumerable: true,
      /** @this {Element} */
      get() {
        return this.getAttribute(attribute) ?? "";
      },
      /**
       * @this {Element}
       * @param {string | null | undefined} value
       */
      set(value) {
        put(this, attribute, value);
      },
    });
  }
}
