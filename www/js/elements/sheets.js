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
  const styled = new WeakSet();
  return (root) => {
    const document = root.ownerDocument;
    try {
      let sheet = sheets.get(document);
      if (!sheet) {
        sheet = new /** @type {typeof globalThis} */ (document.defaultView).CSSStyleSheet();
        sheet.replaceSync(text);
        sheets.set(document, sheet);
      }
      // Asked each time: a moment in another document takes it away.
      if (!root.adoptedStyleSheets.includes(sheet)) {
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      }
    } catch {
      // Browsers without constructable sheets; a policy without 'unsafe-inline' leaves them unstyled.
      if (!styled.has(root)) {
        styled.add(root);
        root.append(Object.assign(document.createElement("style"), { textContent: text }));
      }
    }
  };
}
