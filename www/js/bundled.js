// What to say where WebAssembly is not beside the script of a page that a bundler made. Must not load anything.

/* global __MISTATUS_WASM_ENTRY__ */

/**
 * Returns what to change in a page whose bundler did not take a file along: a sentence behind what went wrong, or nothing for
 * the script tag, whose files lie beside it.
 */
export function adviceFor(address) {
  if (!__MISTATUS_WASM_ENTRY__) {
    return "";
  }
  const line = /\/\.vite\/deps/.test(address)
    ? 'optimizeDeps: { exclude: ["mistatus"] }" to vite.config.js'
    : `import "${__MISTATUS_WASM_ENTRY__}";" to the page's script`;
  return `. A bundler that made this page has left the file behind: add "${line}, see docs/FRAMEWORKS.md of mistatus`;
}
