// Bundles the JavaScript: `node npm/bundle.mjs VERSION WIDGET_DIR NPM_DIR [--dev]`, run by `cargo xtask widget`.
// Knows the entries and nothing of how the WebAssembly is made; writes into the two folders only.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build, transform } from "esbuild";

const [version, widget, npm, mode] = process.argv.slice(2);
if (!version || !widget || !npm || (mode !== undefined && mode !== "--dev")) {
  console.error("usage: node npm/bundle.mjs VERSION WIDGET_DIR NPM_DIR [--dev]");
  process.exit(2);
}
const minify = mode === undefined;
const root = fileURLToPath(new URL("..", import.meta.url));

// Styles travel as texts, to become constructable sheets; esbuild's own text loader would keep their comments.
const styles = {
  name: "styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const { code } = minify
        ? await transform(source, { loader: "css", minify: true, target: "es2022" })
        : { code: source };
      return { contents: code.trim(), loader: "text" };
    });
  },
};

// The variant that speaks XMPP too has the same scripts around another WebAssembly.
const xmpp = {
  name: "xmpp",
  setup({ onLoad }) {
    onLoad({ filter: /www\/js\/wasm\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: source.replace("generated/wasm/", "generated/wasm-xmpp/").replace("mistatus_bg", "mistatus-xmpp_bg") };
    });
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  define: { __MISTATUS_VERSION__: JSON.stringify(version) },
  legalComments: "none",
  logLevel: "warning",
  minify,
  plugins: [styles],
  target: "es2022",
};

const withXmpp = { plugins: [styles, xmpp], format: "esm" };

await Promise.all([
  build({ ...common, entryPoints: ["www/js/loader.js"], format: "iife", outfile: `${widget}/mistatus.js` }),
  build({ ...common, entryPoints: ["www/js/core-entry.js"], format: "esm", outfile: `${widget}/mistatus-core.js` }),
  build({ ...common, entryPoints: ["www/js/legacy/entry.js"], format: "iife", outfile: `${widget}/legacy.js` }),
  build({ ...common, ...withXmpp, entryPoints: ["www/js/core-entry.js"], outfile: `${widget}/mistatus-xmpp.js` }),
  build({ ...common, ...withXmpp, entryPoints: ["npm/src/index.js"], outfile: `${npm}/xmpp.js` }),
  build({
    ...common,
    entryPoints: ["npm/src/index.js", "npm/src/define.js", "npm/src/legacy.js"],
    format: "esm",
    // All entries share one messenger and one WebAssembly.
    splitting: true,
    chunkNames: "[name]-[hash]",
    outdir: npm,
  }),
]);
