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
 * Returns the attribute of a property: `token-url` of `tokenUrl`.
 * @param {string} property
 */
export const attributeOf = (property) => property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * Reflects attributes as string properties: `tokenUrl` is the attribute `token-url`.
 * @param {{ prototype: Element, upgradable?: readonly string[] }} Class
 * @param {string[]} properties
 * @param {string[]} others which a page may set before the element is defined, too
 */
export function reflect(Class, properties, ...others) {
  Class.upgradable = [...properties, ...others];
  for (const property of properties) {
    const attribute = attributeOf(property);
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
