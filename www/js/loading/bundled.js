// What to say where WebAssembly is not beside the script of a page that a bundler made. Must not load anything.

/**
 * Returns what to change in a page whose bundler did not take a file along: a sentence behind what went wrong. Nothing for the
 * script tag, whose files lie beside it, and nothing where no answer came at all.
 *
 * @param {string | undefined} script the address of the script that looked for the file, which only modules have
 * @param {unknown} error what went wrong
 */
export function adviceFor(script, error) {
  if (!__MISTATUS_WASM_ENTRY__ || (script && error instanceof TypeError)) {
    return "";
  }
  const line = /\/\.vite\/deps/.test(script ?? "")
    ? '`optimizeDeps: { exclude: ["mistatus"] }` to vite.config.js'
    : `\`import "${__MISTATUS_WASM_ENTRY__}";\` to the page's script`;
  return `. If a bundler made this page and left the file behind, add ${line}; see docs/FRAMEWORKS.md of mistatus`;
}
