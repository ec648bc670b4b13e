// The entry `mistatus/xmpp-wasm` for bundlers that do not read `exports` of package.json, and look for a file of that name.

export * from "./dist/xmpp-wasm.js";
