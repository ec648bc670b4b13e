// What to say where WebAssembly is not beside the script of a page that a bundler made. Must not load anything.

/**
 * Returns what to change in a page whose bundler did not take a file along: a sentence behind what went wrong. Nothing for the
 * script tag, whose files lie beside it; nothing where no answer came at all, and nothing where the file has another name
 * than in the package: a bundler has taken it along.
 *
 * @param {string | undefined} script the address of the script that looked for the file, which only modules have
 * @param {unknown} address where it looked, if it came so far
 * @param {unknown} error what went wrong
 */
export function adviceFor(script, address, error) {
  if (!__MISTATUS_WASM_ENTRY__ || (script && error instanceof TypeError)) {
    return "";
  }
  if (address && !/\/mistatus(-xmpp)?_(bg|panels)\.wasm$/.test(String(address))) {
    return "";
  }
  // Where Vite before 8, alone or below others, keeps the packages that it has put together.
  const line = /vite\/(.*\/)?deps\//.test(script ?? "")
    ? '`optimizeDeps: { exclude: ["mistatus"] }` to vite.config.js'
    : `\`import "${__MISTATUS_WASM_ENTRY__}";\` to the page's script`;
  return `. If a bundler made this page and left the file behind, add ${line}; see docs/FRAMEWORKS.md of mistatus`;
}
