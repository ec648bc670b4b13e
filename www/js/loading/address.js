// Addresses of event streams, as pages may write them.

/**
 * Returns the stream's address: http becomes ws, and what is relative is so to the page. Undefined where it is none.
 * @param {string | URL | undefined} server
 */
export function streamAddress(server) {
  try {
    const url = new URL(/** @type {string} */ (server), globalThis.document?.baseURI);
    if (server && /^(ws|http)s?:$/.test(url.protocol)) {
      url.protocol = url.protocol.replace("http", "ws");
      url.hash = "";
      return url.href;
    }
  } catch {
    // No address.
  }
  return undefined;
}
