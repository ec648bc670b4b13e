// The pages of examples/bundlers/, each installed, built by its bundler's own command, and opened in Chromium against the real
// server.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { install } from "../../examples/install.mjs";
import { Server } from "../e2e/support/server.js";
import { launch, Site, Visitors } from "./site.js";

const EXAMPLES = fileURLToPath(new URL("../../examples/bundlers/", import.meta.url));
const PLACES = fileURLToPath(new URL("../../target/examples/bundlers/", import.meta.url));
const run = promisify(execFile);

/** By the name of the folder: what is run in it, where what it leaves lies, and the page in that. */
const BUILDS = [
  { example: "vite", site: "dist" },
  { example: "webpack" },
  { example: "rollup" },
  { example: "esbuild" },
  { example: "esbuild", script: "build:classic", output: "dist/classic", page: "classic.html" },
  { example: "parcel", site: "dist" },
];

/** Who is there in the examples, and who is shown. */
const [ALICE, BOB] = ["alice@example.com", "bob@example.com"];

/** What a page for esbuild has to say. */
const WASM_LINE = /^import "mistatus\/wasm";.*\n/m;

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
/** @type {Site} */
let site;

before(async () => {
  site = await Site.start();
  [browser, server] = await Promise.all([launch(), Server.start([site.url], ["--auth", "open"])]);
  site.instead = { "ws://127.0.0.1:8787/stream": server.stream };
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await site?.stop();
});

test("every example of a bundler is tried here", async () => {
  const tried = [...new Set(BUILDS.map(({ example }) => example)), "import-map"];
  assert.deepEqual((await readdir(EXAMPLES)).sort(), tried.sort());
});

for (const { example, script = "build", output = "dist", site: served = ".", page = "" } of BUILDS) {
  test(`a page made by ${example} (${script}) shows another person's status, live, and the contact list`, async () => {
    const folder = await built(example, script);
    assert.deepEqual(await webassembly(path.join(folder, output)), await ofEntry(folder));
    site.folder = path.join(folder, served);
    await isLive(`${example}-${script.replace(":", "-")}`, page);
  });
}

test("an example is not installed over somebody's own files", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "mistatus-own-"));
  try {
    await writeFile(path.join(folder, "work.txt"), "for months");
    await assert.rejects(install("react", folder), /neither empty nor a copy/);
    await assert.rejects(install("raect", folder), /no example `raect`/);
    assert.deepEqual(await readdir(folder), ["work.txt"]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("a page without a bundler shows another person's status, live, and the contact list", async () => {
  site.folder = await installed("import-map");
  await isLive("import-map");
});

test("so does a page whose bundler puts the WebAssembly into the script", async () => {
  const folder = await built("esbuild", "build", {
    "package.json": (text) => text.replace("--loader:.wasm=file", "--loader:.wasm=binary"),
  });
  assert.deepEqual(await webassembly(path.join(folder, "dist")), []);
  site.folder = folder;
  await isLive("inlined");
});

test("a page whose bundler left the WebAssembly behind says which line is missing", async () => {
  for (const [script, page] of [
    ["build", ""],
    ["build:classic", "classic.html"],
  ]) {
    site.folder = await built("esbuild", script, { "main.js": (text) => text.replace(WASM_LINE, "") });
    const said = await failure(page);
    assert.match(said, /the WebAssembly could not be loaded: .*add `import "mistatus\/wasm";` to the page's script/);
  }
});

test("so does a contact list whose WebAssembly was left behind", async () => {
  // The first file is told where it is, the second is not.
  const main =
    'import { init } from "mistatus";\nimport first from "mistatus/mistatus_bg.wasm";\ninit(new URL(first, import.meta.url));\n';
  site.folder = await built("esbuild", "build", { "main.js": (text) => text.replace(WASM_LINE, main) });
  const said = await failure("", "mi-contact-list");
  assert.match(
    said,
    /contact list and conversations could not be loaded from .*add `import "mistatus\/wasm";` to the page's script/,
  );
});

test("a page that cannot be answered at all has no line missing", async () => {
  site.folder = path.join(await built("vite", "build"), "dist");
  const said = await failure("", "mi-my-status", (context) => context.route("**/*.wasm", (route) => route.abort()));
  assert.match(said, /the WebAssembly could not be loaded: Failed to fetch$/m);
});

test("where Vite's development server has moved the script, the page says which option is missing", async () => {
  // Those before Vite 8 do, into this folder and without the files.
  site.folder = await installed("import-map");
  const map = JSON.stringify({ imports: { "mistatus/define": "./node_modules/.vite/deps/define.js" } });
  await edit(site.folder, "index.html", (text) => text.replace(/\{ "imports": .*\}/, map));
  const [scripts, moved] = ["mistatus/dist", ".vite/deps"].map((name) => path.join(site.folder, "node_modules", name));
  await mkdir(moved, { recursive: true });
  for (const name of (await readdir(scripts)).filter((name) => name.endsWith(".js"))) {
    await copyFile(path.join(scripts, name), path.join(moved, name));
  }
  assert.match(await failure(), /add `optimizeDeps: \{ exclude: \["mistatus"\] \}` to vite\.config\.js/);
});

/**
 * Bob chooses Busy on the page; Alice, in another browser context, sees it on hers.
 *
 * @param {string} domain names both
 * @param {string} page
 */
async function isLive(domain, page = "") {
  const visitors = new Visitors(browser);
  try {
    // Others than on the pages before, since the server keeps what people chose.
    const names = { alice: `alice@${domain}.example`, bob: `bob@${domain}.example` };
    const address = (/** @type {string} */ as, /** @type {string} */ sees) =>
      `${site.url}/${page}?${new URLSearchParams({ [ALICE]: as, [BOB]: sees })}`;
    const bob = await visitors.visit(address(names.bob, names.alice));
    const alice = await visitors.visit(address(names.alice, names.bob));
    await alice.locator("mi-status[status=online]").waitFor();
    await bob.getByRole("button", { name: "My status: Online" }).click();
    await bob.getByRole("menuitemradio", { name: "Busy" }).click();
    await alice.locator("mi-status[status=busy]").waitFor();
    await alice.getByRole("button", { name: "Add contact" }).waitFor();
    assert.deepEqual(visitors.complaints, []);
  } catch (error) {
    throw new Error(`${error}\nthe pages said: ${visitors.complaints.join("\n") || "nothing"}`, {
      cause: error,
    });
  } finally {
    await visitors.leave();
  }
}

/**
 * Opens a page that cannot work, and returns what it says once an element is marked.
 *
 * @param {string} page
 * @param {string} element
 * @param {Parameters<Visitors["visit"]>[1]} prepare
 */
async function failure(page = "", element = "mi-my-status", prepare = () => {}) {
  const visitors = new Visitors(browser);
  try {
    const opened = await visitors.visit(`${site.url}/${page}`, prepare);
    await opened.locator(`${element}[error=load]`).waitFor({ state: "attached" });
    return visitors.complaints.join("\n");
  } finally {
    await visitors.leave();
  }
}

/** @param {string} example */
async function installed(example) {
  const folder = path.join(PLACES, example);
  await install(`bundlers/${example}`, folder);
  return folder;
}

/**
 * Installs an example and runs its own command, after changes of its files.
 *
 * @param {string} example
 * @param {string} script
 * @param {Record<string, (text: string) => string>} changes
 */
async function built(example, script, changes = {}) {
  const folder = await installed(example);
  await Promise.all(Object.entries(changes).map(([name, change]) => edit(folder, name, change)));
  await run("npm", ["run", "--silent", script], { cwd: folder }).catch(({ stdout, stderr }) =>
    assert.fail(stdout + stderr),
  );
  return folder;
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {(text: string) => string} change
 */
async function edit(folder, name, change) {
  const file = path.join(folder, name);
  await writeFile(file, change(await readFile(file, "utf8")));
}

/**
 * Returns the WebAssembly of a folder, as a hash of each file: their names are the bundler's.
 *
 * @param {string} folder
 */
async function webassembly(folder) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".wasm"));
  return hashes(names.map((name) => path.join(folder, name)));
}

/** Returns the same of the two files that an entry of the package has. */
const ofEntry = (/** @type {string} */ folder) =>
  hashes(["bg", "panels"].map((name) => path.join(folder, `node_modules/mistatus/dist/mistatus_${name}.wasm`)));

/** @param {string[]} files */
async function hashes(files) {
  const contents = await Promise.all(files.map((file) => readFile(file)));
  return contents.map((content) => createHash("sha256").update(content).digest("hex")).sort();
}
