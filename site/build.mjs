// Builds the site of the documentation: `node site/build.mjs FOLDER [--server ADDRESS]`, by `cargo xtask docs`. Its sources are
// the Markdown files of the repository as they are; what is wrong with one of them ends the build.

import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { build } from "esbuild";

import { example } from "./examples.mjs";
import { layout } from "./layout.mjs";
import { render } from "./markdown.mjs";
import { ROOT, readPages } from "./pages.mjs";
import { searchIndex } from "./search.mjs";

/** @import { Page } from "./pages.mjs" */

/** The scripts that pages load, with what they import. */
const SCRIPTS = ["scripted.js", "site.js", "example.js"];

const [folder, option, address] = process.argv.slice(2);
if (!folder || (option && option !== "--server") || Boolean(option) !== Boolean(address)) {
  console.error("usage: node site/build.mjs FOLDER [--server ADDRESS]");
  process.exit(2);
}

/**
 * Returns what pages read to know where a server is: where to load the widget from, and where the stream is.
 *
 * @param {string | undefined} address
 */
function server(address) {
  if (!address) {
    return {};
  }
  const stream = new URL("/stream", address);
  stream.protocol = stream.protocol.replace("http", "ws");
  return { script: new URL("/mistatus.js", address).href, stream: stream.href };
}

/** @param {Page} page */
async function write(page) {
  const rendered = await render(page, pages);
  const html = layout({ page, pages, ...rendered, example: example(page) });
  const file = path.join(folder, page.address);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, html);
  for (const image of rendered.images) {
    await mkdir(path.dirname(path.join(folder, image)), { recursive: true });
    await cp(path.join(ROOT, image), path.join(folder, image));
  }
  return { page, ...rendered };
}

await rm(folder, { recursive: true, force: true });
const pages = await readPages();
const written = await Promise.all(pages.map(write));
const assets = path.join(folder, "assets");
const { warnings } = await build({
  entryPoints: [...SCRIPTS, "site.css", "code.css"].map((name) => path.join(ROOT, "site/assets", name)),
  bundle: true,
  format: "esm",
  minify: true,
  logLevel: "warning",
  target: "es2022",
  outdir: assets,
});
if (warnings.length > 0) {
  throw new Error("the scripts or styles of the site have faults, as said above");
}
await cp(path.join(ROOT, "www/demo/icon.svg"), path.join(assets, "icon.svg"));
await writeFile(path.join(folder, "search.json"), JSON.stringify(searchIndex(written)));
await writeFile(path.join(folder, "server.json"), `${JSON.stringify(server(address))}\n`);
console.log(`${written.length} pages in ${folder}`);
