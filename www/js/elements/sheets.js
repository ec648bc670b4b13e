// Brings a style into shadow roots: one constructable sheet for all of them, which a strict policy allows.

/**
 * Returns a function that brings a style into a shadow root; a second call for the same root changes nothing.
 * @param {string} text
 * @returns {(root: ShadowRoot) => void}
 */
export function adopter(text) {
  /** @type {CSSStyleSheet | undefined} */
  let sheet;
  const adopted = new WeakSet();
  return (root) => {
    if (adopted.has(root)) {
      return;
    }
    adopted.add(root);
    try {
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(text);
      }
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    } catch {
      // Browsers without constructable sheets; a policy without 'unsafe-inline' leaves them unstyled.
      root.append(Object.assign(document.createElement("style"), { textContent: text }));
    }
  };
}
