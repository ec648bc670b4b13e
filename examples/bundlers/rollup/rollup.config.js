// Rollup leaves files alone that no plugin knows: `url` copies the two of mistatus, which `mistatus/wasm` imports.

import { nodeResolve } from "@rollup/plugin-node-resolve";
import url from "@rollup/plugin-url";

export default {
  input: "main.js",
  output: { dir: "dist", format: "es" },
  plugins: [nodeResolve({ browser: true }), url({ include: "**/*.wasm", limit: 0 })],
};
