// Bundles the JavaScript: `node npm/bundle.mjs VERSION WIDGET_DIR NPM_DIR NAMES [--dev]`, run by `cargo xtask widget`.
// Expects the WebAssembly in NPM_DIR and knows nothing of how it is made; writes into the two folders, and into the file
// NAMES what each file of the script tag is called: its name ends in a hash of its content, so that browsers may keep it
// for ever. Those that pages name themselves, mistatus.js and legacy.js, have no hash.

import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { build, transform } from "esbuild";
import { minify as squeeze } from "terser";

/** @import { BuildOptions, Plugin } from "esbuild" */

const [version, widget, npm, namesFile, mode] = process.argv.slice(2);
if (!version || !widget || !npm || !namesFile || (mode !== undefined && mode !== "--dev")) {
  console.error("usage: node npm/bundle.mjs VERSION WIDGET_DIR NPM_DIR NAMES [--dev]");
  process.exit(2);
}
const minify = mode === undefined;
const root = fileURLToPath(new URL("..", import.meta.url));

// Styles travel as texts, to become constructable sheets; esbuild's own text loader would keep their comments.
/** @type {Plugin} */
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

// The result codes as runs, `-2147467263 E_NOTIMPL E_NOINTERFACE …`: nearly each follows the one before, and their digits
// were a tenth of what a page loads first. Not in the npm package, where bundlers leave the whole table out if they can.
/** @type {Plugin} */
const resultCodes = {
  name: "result-codes",
  setup({ onLoad }) {
    onLoad({ filter: /automation\/constants\.js$/ }, async ({ path }) => {
      const { HRESULT } = await import(pathToFileURL(path).href);
      const words = [];
      let next;
      for (const [name, code] of Object.entries(HRESULT)) {
        words.push(...(code === next ? [] : [code]), name);
        next = code + 1;
      }
      const unpack = `((codes, next) => {
        for (const word of ${JSON.stringify(words.join(" "))}.split(" ")) isNaN(word) ? (codes[word] = next++) : (next = +word);
        return codes;
      })({})`;
      const source = await readFile(path, "utf8");
      return { contents: source.replace(/(?<=HRESULT = Object\.freeze\().*?\}(?=\))/s, () => unpack) };
    });
  },
};

// What the loader has, and has put where it is found before it asks for anything else.
/** @type {Plugin} */
const loaders = {
  name: "loaders",
  setup({ onLoad }) {
    onLoad({ filter: /automation\/constants\.js$/ }, () => ({
      contents: "export const { HRESULT, MISTATUS } = globalThis.mistatus;",
    }));
    onLoad({ filter: /elements\/registry\.js$/ }, () => ({
      contents:
        'export const pageScope = globalThis[Symbol.for("mistatus.page")]; export const Scope = pageScope.constructor;',
    }));
  },
};

// How the script that belongs to the second WebAssembly file is had: from a file of its own, whose address differs at each
// attempt, or, where a page bundles it anyway, at once.
/** @param {string} [name] */
function panelsScript(name) {
  const again = '(failures ? "?again=" + failures : "")';
  return name
    ? `import(new URL("${name}" + ${again}, import.meta.url))`
    : 'Promise.resolve(panelsScript); import * as panelsScript from "../elements/panels.js"';
}

/**
 * Returns a text with something else in the place of a part that must be in it once.
 * @param {string} text
 * @param {string} part
 * @param {string} other
 */
function replaced(text, part, other) {
  if (text.split(part).length !== 2) {
    throw new Error(`this must be there once, to be replaced: ${part}`);
  }
  return text.replace(part, () => other);
}

// The glue makes its coders as soon as it is there. A page's tests run where there are none, as in jsdom: they may import it.
// Each replacement must be found once: another version of wasm-bindgen may write it differently.
/** @param {string} glue */
function withOptionalCoders(glue) {
  /** @type {[string, string][]} */
  const replacements = [
    ["let cachedTextDecoder = new TextDecoder(", "let cachedTextDecoder = globalThis.TextDecoder && new TextDecoder("],
    ["cachedTextDecoder.decode();\nconst MAX", "cachedTextDecoder?.decode();\nconst MAX"],
    [
      "const cachedTextEncoder = new TextEncoder()",
      "const cachedTextEncoder = globalThis.TextEncoder && new TextEncoder()",
    ],
    ["if (!('encodeInto' in cachedTextEncoder))", "if (cachedTextEncoder && !('encodeInto' in cachedTextEncoder))"],
  ];
  return replacements.reduce((text, [from, to]) => replaced(text, from, to), glue);
}

/** @type {Plugin} */
const optionalCoders = {
  name: "optional-coders",
  setup({ onLoad }) {
    onLoad({ filter: /npm\/generated\/wasm[\w-]*\/mistatus\.js$/ }, async ({ path }) => ({
      contents: withOptionalCoders(await readFile(path, "utf8")),
    }));
  },
};

// What a bundler of somebody else's is to see imported, by its name in the package.
/**
 * @param {Variant} variant
 * @returns {Plugin}
 */
const importedFiles = ({ wasm, panels }) => ({
  name: "imported-files",
  setup({ onResolve }) {
    /** @type {Record<string, string>} */
    const files = { "./mistatus_bg.wasm": wasm, "./mistatus_panels.wasm": panels };
    onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: `./${files[path]}`, external: true }));
  },
});

// The variants have the same scripts around another WebAssembly; `files` says what its two files are called beside the
// script, and, where that is a file of its own, the script that belongs to the second.
/**
 * @param {{ glue: string }} variant
 * @param {{ wasm: string, panels: string, panelsScript?: string }} files
 * @returns {Plugin}
 */
const webassembly = ({ glue }, files) => ({
  name: "webassembly",
  setup({ onLoad }) {
    onLoad({ filter: /loading\/wasm\.js$/ }, async ({ path }) => {
      const source = replaced(
        await readFile(path, "utf8"),
        '/generated/wasm/mistatus.js";',
        `/generated/${glue}/mistatus.js";`,
      );
      return { contents: replaced(source, '"./mistatus_bg.wasm"', JSON.stringify(`./${files.wasm}`)) };
    });
    onLoad({ filter: /loading\/wasm-panels\.js$/ }, async ({ path }) => {
      const source = replaced(
        await readFile(path, "utf8"),
        '"./mistatus_panels.wasm"',
        JSON.stringify(`./${files.panels}`),
      );
      return {
        contents: replaced(source, '=> import("../elements/panels.js")', `=> ${panelsScript(files.panelsScript)}`),
      };
    });
  },
});

// How the script tag has the texts of a language: from a file beside the script.
/** @param {string} hash */
const fetching = (hash) => `async function textsOf(file, early) {
  const response = await (early ?? fetch(new URL("mistatus-" + file + "-${hash}.json", import.meta.url)));
  if (!response.ok) throw new Error(response.url + " answered " + response.status);
  return response.json();
}`;

/**
 * @param {string} hash
 * @returns {Plugin}
 */
const fetchedTexts = (hash) => ({
  name: "fetched-texts",
  setup({ onLoad }) {
    onLoad({ filter: /loading\/texts\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(/async function textsOf\(.*?\n\}/s, () => fetching(hash)),
    }));
  },
});

/** @typedef {{ glue: string, script: string, wasm: string, panels: string }} Variant */

// By the transport of the script tag. The one that speaks XMPP speaks the other, too.
const VARIANTS = {
  json: { glue: "wasm", script: "mistatus-core.js", wasm: "mistatus_bg.wasm", panels: "mistatus_panels.wasm" },
  xmpp: {
    glue: "wasm-xmpp",
    script: "mistatus-xmpp.js",
    wasm: "mistatus-xmpp_bg.wasm",
    panels: "mistatus-xmpp_panels.wasm",
  },
};

/** @type {Record<string, Record<string, string>>} */
const texts = {};
for (const file of (await readdir(`${root}languages`)).sort()) {
  texts[path.parse(file).name] = JSON.parse(await readFile(`${root}languages/${file}`, "utf8"));
}
const languages = Object.keys(texts).filter((tag) => tag !== "en");

const cardWords = Object.fromEntries(
  Object.entries(texts).map(([tag, { converse: talk, "person-card.mail": mail, close }]) => [
    tag,
    { talk, mail, close },
  ]),
);

/** @type {BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  define: {
    __MISTATUS_VERSION__: JSON.stringify(version),
    __MISTATUS_WASM_ENTRY__: '""',
    __MISTATUS_LANGUAGES__: JSON.stringify(` ${languages.join(" ")} `),
    __MISTATUS_CARD_WORDS__: JSON.stringify(cardWords),
  },
  legalComments: "none",
  logLevel: "warning",
  minify,
  plugins: [styles],
  target: "es2022",
  // What tsconfig.json says is for the check of types alone.
  tsconfigRaw: {},
};

/** @type {Record<string, string>} */
const names = {};

/** @param {string | Uint8Array} contents */
const hashOf = (contents) => createHash("sha256").update(contents).digest("hex").slice(0, 8);

// Writes a file of the script tag, and returns what it is called.
/**
 * @param {string} name
 * @param {string | Uint8Array} contents
 */
async function put(name, contents) {
  const { name: stem, ext } = path.parse(name.replace("_bg", "").replace("_", "-"));
  names[name] = `${stem}-${hashOf(contents)}${ext}`;
  await writeFile(path.join(widget, names[name]), contents);
  return names[name];
}

// Bundles a script of the script tag. What esbuild leaves, terser makes smaller by a fiftieth (docs/decisions/0003-size.md).
/**
 * @param {string} entry
 * @param {BuildOptions} [options]
 */
async function bundled(entry, options) {
  const { outputFiles } = await build({ ...common, format: "iife", ...options, entryPoints: [entry], write: false });
  const [{ text }] = outputFiles;
  if (!minify) {
    return text;
  }
  const isModule = options?.format === "esm";
  const { code } = await squeeze(text, { compress: { passes: 3 }, ecma: 2020, module: isModule });
  return /** @type {string} */ (code);
}

// Each name has the hash of what is below it: those of the two WebAssembly files, which are of one build, and of the panels'
// script stand in their script; that of the script and of the first file stand in the loader.
/**
 * @param {Variant} variant
 * @param {string} panelsScript
 * @param {string} textsHash
 */
async function core(variant, panelsScript, textsHash) {
  const [wasm, panels] = await Promise.all(
    [variant.wasm, variant.panels].map(async (file) => put(file, await readFile(path.join(npm, file)))),
  );
  const script = await bundled("www/js/loading/core-entry.js", {
    format: "esm",
    plugins: [styles, loaders, fetchedTexts(textsHash), webassembly(variant, { wasm, panels, panelsScript })],
  });
  return [await put(variant.script, script), wasm];
}

// Texts have the hash of all of them in their names, so that the loader need not know one for each. Returns it.
async function putTexts() {
  const hash = hashOf(JSON.stringify(texts));
  for (const tag of languages) {
    const name = `mistatus-${tag}-${hash}.json`;
    names[`languages/${tag}.json`] = name;
    await writeFile(path.join(widget, name), JSON.stringify(texts[tag]));
  }
  return hash;
}

async function scriptTag() {
  const panels = await put("mistatus-panels.js", await bundled("www/js/elements/panels.js", { format: "esm" }));
  const hash = await putTexts();
  const files = { json: await core(VARIANTS.json, panels, hash), xmpp: await core(VARIANTS.xmpp, panels, hash) };
  const loader = await bundled("www/js/loading/loader.js", {
    plugins: [styles, resultCodes],
    define: {
      ...common.define,
      __MISTATUS_FILES__: JSON.stringify(files),
      __MISTATUS_TEXTS__: JSON.stringify(hash),
    },
  });
  await writeFile(`${widget}/mistatus.js`, loader);
  await writeFile(`${widget}/legacy.js`, await bundled("www/js/legacy/entry.js"));
  // As TOML, in which names that are quoted are those of JSON.
  const lines = Object.entries(names).map((pair) => pair.map((name) => JSON.stringify(name)).join(" = "));
  await writeFile(namesFile, `${lines.join("\n")}\n`);
}

// Builds entries of the npm package that share one messenger and one WebAssembly; `wasmEntry` says what those import that have
// to say where it is.
/**
 * @param {Variant} variant
 * @param {string[] | Record<string, string>} entryPoints
 * @param {string} wasmEntry
 */
function npmEntries(variant, entryPoints, wasmEntry) {
  const { wasm, panels } = variant;
  return build({
    ...common,
    entryPoints,
    format: "esm",
    plugins: [styles, optionalCoders, importedFiles(variant), webassembly(variant, { wasm, panels })],
    define: { ...common.define, __MISTATUS_WASM_ENTRY__: JSON.stringify(wasmEntry) },
    splitting: true,
    chunkNames: "[name]-[hash]",
    outdir: npm,
  });
}

await Promise.all([
  scriptTag(),
  npmEntries(VARIANTS.xmpp, { xmpp: "npm/src/index.js", "xmpp-wasm": "npm/src/wasm.js" }, "mistatus/xmpp-wasm"),
  npmEntries(
    VARIANTS.json,
    ["index", "define", "legacy", "wasm"].map((name) => `npm/src/${name}.js`),
    "mistatus/wasm",
  ),
]);
