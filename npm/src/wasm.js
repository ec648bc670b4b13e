// The entries `mistatus/wasm` and `mistatus/xmpp-wasm`: imports the two WebAssembly files, and says where the bundler has put
// them. For bundlers that copy what is imported and not what `new URL("…", import.meta.url)` names. Loads nothing.

import main from "./mistatus_bg.wasm";
import panels from "./mistatus_panels.wasm";

import { useFiles } from "../../www/js/wasm.js";

// Scripts that are no modules have no `import.meta`, but the tag that they are in.
const base = import.meta.url ?? document.currentScript?.src ?? document.baseURI;

// A bundler answers an address, from this script where it is relative, or the bytes themselves.
useFiles(...[main, panels].map((file) => (typeof file === "string" ? new URL(file, base) : file)));
