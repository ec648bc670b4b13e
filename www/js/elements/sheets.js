// Brings a style into shadow roots: one constructable sheet for all of a document, which a strict policy allows.

/**
 * Returns a function that brings a style into a shadow root; a second call for the same root changes nothing.
 * @param {string} text
 * @returns {(root: ShadowRoot) => void}
 */
export function adopter(text) {
  // A sheet is of one document, and a root that is moved to another leaves its sheets behind.
  /** @type {WeakMap<Document, CSSStyleSheet>} */
  const sheets = new WeakMap();
  const adopted = new WeakMap();
  return (root) => {
    const document = root.ownerDocument;
    if (adopted.get(root) === document) {
      return;
    }
    adopted.set(root, document);
    try {
      let sheet = sheets.get(document);
      if (!sheet) {
        sheet = new /** @type {typeof globalThis} */ (document.defaultView).CSSStyleSheet();
        sheet.replaceSync(text);
        sheets.set(document, sheet);
      }
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    } catch {
      // Browsers without constructable sheets; a policy without 'unsafe-inline' leaves them unstyled.
      root.append(Object.assign(document.createElement("style"), { textContent: text }));
    }
  };
}
