// The entries `mistatus/wasm` and `mistatus/xmpp-wasm`: imports the two WebAssembly files, and says where the bundler has put
// them. For bundlers that copy what is imported and not what `new URL("…", import.meta.url)` names. Loads nothing.

import { useFiles } from "../../www/js/loading/wasm.js";
import main from "./mistatus_bg.wasm";
import panels from "./mistatus_panels.wasm";

// Scripts that are no modules have no `import.meta`, but the tag that they are in.
const tag = /** @type {HTMLScriptElement | null | undefined} */ (globalThis.document?.currentScript);
const base = import.meta.url ?? (tag?.src || globalThis.document?.baseURI);

/**
 * Returns what a bundler has made of a file: an address, from this script where it is relative, or the bytes themselves.
 * @param {string | BufferSource} file
 */
const placed = (file) => (typeof file === "string" ? new URL(file, base) : file);

// On a server there is no place, and nothing that is loaded.
if (base) {
  useFiles(placed(main), placed(panels));
}
